#include "node/history_files.h"

#include <algorithm>
#include <array>

#include "core/batch/framed.h"
#include "platform/crypto/sha256.h"

namespace ph {

namespace {

constexpr std::uint64_t kRecordsAtOnce = 256;  // 4 KiB: to read less is no faster

template <class Record>
std::span<std::byte> bytes_of(Record& record) {
  return std::as_writable_bytes(std::span(&record, 1));
}

}  // namespace

std::shared_ptr<const HistoryFile> HistoryFile::of(std::shared_ptr<const ByteSource> source) {
  HistoryHeader header;
  if (source->size() < sizeof header) return nullptr;
  source->read(0, bytes_of(header));
  if (!is_history(header, source->size(), &sha256)) return nullptr;
  return std::make_shared<const HistoryFile>(std::move(source), header);
}

void HistoryFile::read(std::uint64_t first, std::span<HistoryRecord> into) const {
  source_->read(sizeof(HistoryHeader) + first * sizeof(HistoryRecord),
                std::as_writable_bytes(into));
}

std::vector<HistoryRecord> HistoryFile::of(Member member) const {
  const std::uint64_t first = history_key(member);
  const std::uint64_t end = history_key(Member(member.number() + 1));
  std::uint64_t low = 0;  // The first one is here, up to `high`.
  for (std::uint64_t high = header_.records; high - low > kRecordsAtOnce;) {
    const std::uint64_t middle = low + (high - low) / 2;
    HistoryRecord record;
    read(middle, {&record, 1});
    (record.key < first ? low : high) = middle;
  }
  std::vector<HistoryRecord> out;
  std::array<HistoryRecord, kRecordsAtOnce> buffer{};
  while (low < header_.records) {
    const auto part = std::span(buffer).first(std::min(header_.records - low, kRecordsAtOnce));
    read(low, part);
    for (const HistoryRecord& record : part) {
      if (record.key >= end) return out;
      if (record.key >= first) out.push_back(record);
    }
    low += part.size();
  }
  return out;
}

std::optional<StoredBatch> StoredBatch::of(std::shared_ptr<const ByteSource> source) {
  BatchHeader header;
  if (source->size() < sizeof header) return std::nullopt;
  source->read(0, bytes_of(header));
  if (!is_framed(header, source->size())) return std::nullopt;
  return StoredBatch(std::move(source), header);
}

Digest StoredBatch::digest() const {
  Digest digest{};
  source_->read(digest_at(header_), bytes_of(digest));
  return digest;
}

void StoredBatch::read(std::uint64_t first, std::span<Movement> into) const {
  source_->read(movements_at() + first * sizeof(Movement), std::as_writable_bytes(into));
}

void StoredBatch::read(std::uint64_t first, std::span<Item> into) const {
  source_->read(items_at(header_) + first * sizeof(Item), std::as_writable_bytes(into));
}

void StoredBatch::read(std::uint64_t first, std::span<Slice> into) const {
  source_->read(slices_at(header_) + first * sizeof(Slice), std::as_writable_bytes(into));
}

}  // namespace ph
