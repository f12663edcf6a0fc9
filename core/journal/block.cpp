#include "core/journal/block.h"

#include <array>

#include "core/types/bytes.h"
#include "core/types/check.h"

namespace ph {

namespace {

constexpr std::array<char, 4> kMagic{'P', 'H', 'J', '1'};
constexpr std::uint16_t kLayout = 1;
constexpr std::size_t kHeaderBytes = 64;
constexpr std::size_t kCommandHeaderBytes = 16;
constexpr std::size_t kDigestBytes = 32;

struct BlockHeader {
  std::array<char, 4> magic{kMagic};
  std::uint16_t layout{kLayout};
  std::uint16_t shard{};
  std::uint64_t sequence{};
  std::uint32_t commands{};
  std::uint32_t bytes{};  // of the commands, padding too
  Digest previous{};
  std::uint64_t zero{};
};
static_assert(sizeof(BlockHeader) == kHeaderBytes);
static_assert(kBlockFrameBytes == kHeaderBytes + kDigestBytes);

struct CommandHeader {
  std::uint16_t kind{};
  std::uint16_t version{};
  std::uint32_t length{};
  std::int64_t at{};
};
static_assert(sizeof(CommandHeader) == kCommandHeaderBytes);

constexpr std::size_t padded(std::size_t size) {
  return (size + 7) / 8 * 8;
}

bool all_zero(Bytes bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

BlockFault decode_commands(ByteReader reader, std::uint32_t count, JournalBlock& block) {
  for (std::uint32_t n = 0; n < count; ++n) {
    const auto header = reader.get<CommandHeader>();
    const Bytes payload = reader.get_raw(header.length);
    const Bytes padding = reader.get_raw(padded(header.length) - header.length);
    if (!reader.good()) {
      return BlockFault::kLength;
    }
    if (header.kind == 0 || header.version == 0 || header.at < 0 || !all_zero(padding)) {
      return BlockFault::kValue;
    }
    block.commands.push_back({.kind = header.kind,
                              .version = header.version,
                              .at = BusinessTime(header.at),
                              .payload = {payload.begin(), payload.end()}});
  }
  return reader.done() ? BlockFault::kNone : BlockFault::kLength;
}

}  // namespace

std::string_view word(BlockFault fault) {
  switch (fault) {
    case BlockFault::kNone:
      return "none";
    case BlockFault::kMagic:
      return "does not begin with PHJ1";
    case BlockFault::kLayout:
      return "has a layout that this release does not know";
    case BlockFault::kLength:
      return "has another length than its header says";
    case BlockFault::kDigest:
      return "does not have the digest it ends with: bytes were changed or lost";
    case BlockFault::kValue:
      return "holds a value that cannot be";
  }
  return "";
}

std::string block_name(std::uint16_t shard, std::uint64_t sequence) {
  return "block " + std::to_string(sequence) + " of shard " + std::to_string(shard);
}

std::size_t bytes_in_block(const JournalCommand& command) {
  return kCommandHeaderBytes + padded(command.payload.size());
}

std::vector<std::byte> encode_block(std::uint16_t shard, std::uint64_t sequence,
                                    const Digest& previous,
                                    std::span<const JournalCommand> commands, Sha256 sha256) {
  check(sequence > 0, "a block has a sequence");
  check(commands.size() <= kCommandsPerBlockMax, "a block keeps its limit of commands");
  std::size_t bytes = 0;
  for (const JournalCommand& command : commands) {
    check(command.kind > 0 && command.version > 0 && command.at.seconds() >= 0,
          "a command has a kind, a version and a time");
    bytes += bytes_in_block(command);
  }
  check(bytes + kBlockFrameBytes <= kBlockBytesMax, "a block keeps its limit of bytes");
  ByteWriter out;
  out.put_record(BlockHeader{.shard = shard,
                             .sequence = sequence,
                             .commands = static_cast<std::uint32_t>(commands.size()),
                             .bytes = static_cast<std::uint32_t>(bytes),
                             .previous = previous});
  for (const JournalCommand& command : commands) {
    out.put_record(CommandHeader{.kind = command.kind,
                                 .version = command.version,
                                 .length = static_cast<std::uint32_t>(command.payload.size()),
                                 .at = command.at.seconds()});
    out.put_raw(command.payload);
    out.pad(8);
  }
  out.put(sha256(out.bytes(), {}));
  return out.take();
}

std::vector<std::byte> encode_block(const JournalBlock& block, Sha256 sha256) {
  return encode_block(block.shard, block.sequence, block.previous, block.commands, sha256);
}

Digest block_digest(Bytes encoded) {
  check(encoded.size() >= kHeaderBytes + kDigestBytes, "an encoded block has a digest");
  return ByteReader(encoded.last(kDigestBytes)).get<Digest>();
}

BlockFault decode_block(Bytes encoded, Sha256 sha256, JournalBlock& block) {
  block = {};
  if (encoded.size() < kHeaderBytes + kDigestBytes || encoded.size() > kBlockBytesMax) {
    return BlockFault::kLength;
  }
  ByteReader reader(encoded.first(encoded.size() - kDigestBytes));
  const auto header = reader.get<BlockHeader>();
  if (header.magic != kMagic) {
    return BlockFault::kMagic;
  }
  if (header.layout != kLayout) {
    return BlockFault::kLayout;
  }
  if (header.bytes != reader.left() || header.commands > kCommandsPerBlockMax) {
    return BlockFault::kLength;
  }
  if (sha256(encoded.first(encoded.size() - kDigestBytes), {}) != block_digest(encoded)) {
    return BlockFault::kDigest;
  }
  if (header.sequence == 0 || header.zero != 0) {
    return BlockFault::kValue;
  }
  block.shard = header.shard;
  block.sequence = header.sequence;
  block.previous = header.previous;
  return decode_commands(reader, header.commands, block);
}

}  // namespace ph
