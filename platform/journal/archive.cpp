#include "platform/journal/archive.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "core/types/bytes.h"
#include "platform/crypto/sha256.h"
#include "platform/journal/posix.h"

namespace ph {

namespace {

constexpr std::string_view kEnding = ".phj";
constexpr const char* kPart = ".part";
constexpr std::size_t kRandomDigits = 32;  // of random_name()

std::string name_of(std::uint16_t shard, std::uint64_t from, std::uint64_t to) {
  return std::to_string(shard) + "-" + std::to_string(from) + "-" + std::to_string(to) +
         std::string(kEnding);
}

// Takes a number and what stands behind it off the text; nullopt when it doesn't begin so.
std::optional<std::uint64_t> take_number(std::string_view& text, std::string_view behind) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.starts_with(behind)) {
    return std::nullopt;
  }
  text.remove_prefix(behind.size());
  return number;
}

Damaged damaged(const std::string& where, const std::string& what) {
  return Damaged(where + ": " + what + ". Keep what is there, and bring it back from a copy");
}

// The digest that a snapshot begins with; all of it is read.
Digest chain_of_snapshot(SnapshotStore& snapshots, std::uint16_t shard, std::uint64_t sequence) {
  std::vector<std::byte> start;
  snapshots.load_pages(shard, sequence, [&start](Bytes part) {
    const Bytes wanted = part.first(std::min(part.size(), sizeof(Digest) - start.size()));
    start.insert(start.end(), wanted.begin(), wanted.end());
  });
  ByteReader reader(start);
  return reader.get<Digest>();
}

Digest digest_in_journal(Journal& journal, std::uint16_t shard, std::uint64_t sequence) {
  std::optional<Digest> digest;
  journal.read(shard, sequence, [&](std::uint64_t, Bytes bytes) {
    JournalBlock block;
    if (const auto fault = decode_block(bytes, &sha256, block); fault != BlockFault::kNone) {
      throw damaged("the journal", block_name(shard, sequence) + " " + std::string(word(fault)));
    }
    digest = block_digest(bytes);
    return false;
  });
  if (!digest) {
    throw damaged("the journal", block_name(shard, sequence) + " is missing");
  }
  return *digest;
}

// Writes one segment from `point` on, at least one block and none from `end` on; it is in place,
// and read back, on return, and `point` at its end.
ArchiveSegment write_segment(Journal& journal, const std::string& directory, std::uint16_t shard,
                             ChainPoint& point, std::uint64_t end, std::uint64_t bytes_max) {
  ChainPoint again = point;
  ArchiveSegment segment{.from = point.sequence + 1};
  const std::string part = directory + "/" + random_name() + kPart;
  {
    FileHandle file(part, O_WRONLY | O_CREAT | O_EXCL);
    std::uint64_t written = 0;
    journal.read(shard, segment.from, [&](std::uint64_t sequence, Bytes bytes) {
      if (sequence >= end || (written > 0 && written + bytes.size() > bytes_max)) {
        return false;
      }
      (void)next_in_chain(bytes, shard, point, "the journal");
      ByteWriter length;
      length.put(static_cast<std::uint32_t>(bytes.size()));
      file.write(length.bytes());
      file.write(bytes);
      written += bytes.size();
      return true;
    });
    file.sync();
  }
  if (point.sequence < segment.from) {
    throw damaged("the journal", block_name(shard, segment.from) + " is missing");
  }
  segment.to = point.sequence;
  segment.path = directory + "/" + name_of(shard, segment.from, segment.to);
  rename_durably(part, segment.path);
  read_segment(segment, shard, again, [](const JournalBlock&, std::size_t) {});
  if (again.digest != point.digest) {
    throw damaged(segment.path, "it isn't what was written to it");
  }
  return segment;
}

// What `write_segment` calls a file that it is writing: a random name, and nothing of anybody else.
bool is_part(const std::filesystem::path& path) {
  const std::string name = path.stem().string();
  return path.extension() == kPart && name.size() == kRandomDigits &&
         name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// Leftovers of a process that died while it wrote.
void remove_parts(const std::string& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (is_part(entry.path())) {
      std::filesystem::remove(entry.path());
    }
  }
}

// The block before which all may go: the one that the older of two whole snapshots was taken at.
// 0 when there aren't two.
std::uint64_t end_by_snapshots(Storage& storage, std::uint16_t shard) {
  const std::vector<std::uint64_t> snapshots = storage.snapshots->list(shard);
  for (const std::uint64_t sequence : snapshots) {
    if (sequence > 0 && chain_of_snapshot(*storage.snapshots, shard, sequence) !=
                            digest_in_journal(*storage.journal, shard, sequence)) {
      throw damaged("the snapshot at block " + std::to_string(sequence),
                    "it was not taken at the journal's block of that number");
    }
  }
  return snapshots.size() < 2 ? 0 : snapshots.back();
}

void check_no_gap(const std::vector<ArchiveSegment>& segments, const std::string& directory,
                  std::uint16_t shard) {
  std::uint64_t next = segments.empty() ? 0 : std::max(segments.front().from, std::uint64_t{1});
  for (const ArchiveSegment& segment : segments) {
    if (segment.from != next || segment.to < segment.from) {
      throw damaged(directory, block_name(shard, next) + " is missing before " + segment.path);
    }
    next = segment.to + 1;
  }
}

// The end of the block before the segment, as its first block says.
ChainPoint start_of(const ArchiveSegment& segment, std::uint16_t shard) {
  if (segment.from <= 1) {
    return {};
  }
  const MappedFile file(FileHandle(segment.path, O_RDONLY));
  ByteReader reader(file.bytes());
  JournalBlock block;
  const auto length = reader.get<std::uint32_t>();
  if (decode_block(reader.get_raw(length), &sha256, block) != BlockFault::kNone) {
    throw damaged(segment.path, block_name(shard, segment.from) + " is damaged");
  }
  return {.sequence = segment.from - 1, .digest = block.previous};
}

// Where the archive ends. Its last segment, and each that holds blocks which the journal still has,
// is read again along the chain, whose end is held against the journal: a run that died may have
// written them, and what they hold is dropped next.
ChainPoint end_of_archive(Journal& journal, const std::string& directory, std::uint16_t shard) {
  const std::uint64_t first = journal.first(shard);
  const std::vector<ArchiveSegment> segments = archive_segments(directory, shard);
  check_no_gap(segments, directory, shard);
  const std::uint64_t end = segments.empty() ? 0 : segments.back().to;
  if (end + 1 < first) {
    throw damaged(directory, block_name(shard, end + 1) +
                                 " is missing: the journal begins with block " +
                                 std::to_string(first));
  }
  ChainPoint point;
  if (segments.empty()) {
    return point;
  }
  auto segment = std::ranges::lower_bound(segments, first, {}, &ArchiveSegment::to);
  segment = std::min(segment, segments.end() - 1);
  point = start_of(*segment, shard);
  for (; segment != segments.end(); ++segment) {
    read_segment(*segment, shard, point, [](const JournalBlock&, std::size_t) {});
  }
  if (end >= first && digest_in_journal(journal, shard, end) != point.digest) {
    throw damaged(segments.back().path, "it is not what the journal has");
  }
  return point;
}

}  // namespace

std::vector<ArchiveSegment> archive_segments(const std::string& directory, std::uint16_t shard) {
  std::vector<ArchiveSegment> segments;
  if (!exists(directory)) {
    return segments;
  }
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    std::string_view rest = name;
    const auto its_shard = take_number(rest, "-");
    const auto from = its_shard ? take_number(rest, "-") : std::nullopt;
    const auto to = from ? take_number(rest, kEnding) : std::nullopt;
    if (to && rest.empty() && *its_shard == shard && name == name_of(shard, *from, *to)) {
      segments.push_back({.from = *from, .to = *to, .path = entry.path().string()});
    }
  }
  std::ranges::sort(segments, {}, &ArchiveSegment::from);
  return segments;
}

JournalBlock next_in_chain(Bytes bytes, std::uint16_t shard, ChainPoint& point,
                           const std::string& where) {
  JournalBlock block;
  const std::string name = block_name(shard, point.sequence + 1);
  if (const auto fault = decode_block(bytes, &sha256, block); fault != BlockFault::kNone) {
    throw damaged(where, name + " " + std::string(word(fault)));
  }
  if (block.shard != shard || block.sequence != point.sequence + 1) {
    throw damaged(where,
                  "in the place of " + name + " stands " + block_name(block.shard, block.sequence));
  }
  if (block.previous != point.digest) {
    throw damaged(where, name + " does not follow the block before it");
  }
  point = {.sequence = block.sequence, .digest = block_digest(bytes)};
  return block;
}

void read_segment(const ArchiveSegment& segment, std::uint16_t shard, ChainPoint& point,
                  const BlockVisit& visit) {
  const MappedFile file(FileHandle(segment.path, O_RDONLY));
  ByteReader reader(file.bytes());
  while (reader.left() > 0) {
    const auto length = reader.get<std::uint32_t>();
    const Bytes bytes = reader.get_raw(length);
    if (!reader.good()) {
      throw damaged(segment.path, "it is cut off within " + block_name(shard, point.sequence + 1));
    }
    visit(next_in_chain(bytes, shard, point, segment.path), bytes.size());
  }
  if (point.sequence != segment.to) {
    throw damaged(segment.path, "it ends with block " + std::to_string(point.sequence));
  }
}

ChainPoint read_history(Journal& journal, const std::string& directory, std::uint16_t shard,
                        const BlockVisit& visit) {
  ChainPoint point;
  for (const ArchiveSegment& segment : archive_segments(directory, shard)) {
    if (segment.from != point.sequence + 1) {
      throw damaged(directory, block_name(shard, point.sequence + 1) + " is missing");
    }
    read_segment(segment, shard, point, visit);
  }
  const std::uint64_t first = journal.first(shard);
  const std::uint64_t last = journal.last(shard);
  if (first > point.sequence + 1) {
    throw damaged(directory, block_name(shard, point.sequence + 1) +
                                 " is missing: the journal begins with block " +
                                 std::to_string(first));
  }
  // What is still in both must be the same.
  if (first <= point.sequence &&
      digest_in_journal(journal, shard, point.sequence) != point.digest) {
    throw damaged(directory, block_name(shard, point.sequence) + " is not the journal's");
  }
  journal.read(shard, point.sequence + 1, [&](std::uint64_t, Bytes bytes) {
    visit(next_in_chain(bytes, shard, point, "the journal"), bytes.size());
    return true;
  });
  if (point.sequence < last) {
    throw damaged("the journal", block_name(shard, point.sequence + 1) + " is missing");
  }
  return point;
}

ArchiveResult archive_journal(Storage& storage, const std::string& directory, std::uint16_t shard,
                              std::uint64_t segment_bytes_max) {
  ArchiveResult result;
  Journal& journal = *storage.journal;
  const std::uint64_t end = end_by_snapshots(storage, shard);
  if (end == 0) {
    result.nothing = "there aren't two snapshots yet";
    return result;
  }
  make_directory(directory);
  remove_parts(directory);
  ChainPoint point = end_of_archive(journal, directory, shard);
  while (point.sequence + 1 < end) {
    result.written.push_back(
        write_segment(journal, directory, shard, point, end, segment_bytes_max));
  }
  const std::uint64_t first = journal.first(shard);
  const std::uint64_t before = std::min(point.sequence + 1, end);
  if (before > first) {
    journal.drop(shard, before);
    result.dropped = before - first;
  }
  if (result.written.empty() && result.dropped == 0) {
    result.nothing = "all before block " + std::to_string(end) + " is archived already";
  }
  return result;
}

}  // namespace ph
