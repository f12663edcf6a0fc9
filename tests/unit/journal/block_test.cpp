// The journal's block: its bytes as docs/journal.md, section 2 has them, and each fault.
#include "core/journal/block.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "platform/crypto/sha256.h"

namespace ph {
namespace PH_FILE {

using Buffer = std::vector<std::byte>;

Buffer bytes_of(std::string_view text) {
  return {as_bytes(text).begin(), as_bytes(text).end()};
}

JournalBlock sample() {
  JournalBlock block{.shard = 3, .sequence = 258};
  block.previous.fill(std::byte{0xAB});
  block.commands.push_back({.kind = 7, .version = 2, .at = BusinessTime(65'537), .payload = {}});
  block.commands.push_back(
      {.kind = 8, .version = 1, .at = BusinessTime(1), .payload = bytes_of("123456789")});
  return block;
}

BlockFault fault_of(Bytes encoded) {
  JournalBlock block;
  return decode_block(encoded, &sha256, block);
}

// Changes bytes and puts the digest right again, so that the checks behind it are reached.
template <class T>
BlockFault fault_with(std::size_t at, T value) {
  Buffer bytes = encode_block(sample(), &sha256);
  std::memcpy(bytes.data() + at, &value, sizeof value);
  const std::size_t body = bytes.size() - sizeof(Digest);
  const Digest digest = sha256(Bytes(bytes).first(body));
  std::memcpy(bytes.data() + body, digest.data(), digest.size());
  return fault_of(bytes);
}

constexpr std::size_t kFirstCommand = 64;
constexpr std::size_t kSecondCommand = kFirstCommand + 16;
constexpr std::size_t kPadding = kSecondCommand + 16 + 9;

TEST(JournalBlock, HasTheDocumentedBytes) {
  const Buffer bytes = encode_block(sample(), &sha256);
  std::string expected("PHJ1\x01\x00\x03\x00\x02\x01\x00\x00\x00\x00\x00\x00", 16);
  expected += std::string("\x02\x00\x00\x00\x30\x00\x00\x00", 8);  // 2 commands, 16 + 32 bytes
  expected += std::string(32, '\xAB') + std::string(8, '\0');
  expected += std::string("\x07\x00\x02\x00\x00\x00\x00\x00\x01\x00\x01\x00\x00\x00\x00\x00", 16);
  expected += std::string("\x08\x00\x01\x00\x09\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00", 16);
  expected += std::string("123456789") + std::string(7, '\0');
  ASSERT_EQ(bytes.size(), expected.size() + 32);
  EXPECT_TRUE(std::ranges::equal(Bytes(bytes).first(expected.size()), as_bytes(expected)));
  EXPECT_EQ(block_digest(bytes), sha256(as_bytes(expected)));
}

TEST(JournalBlock, ComesBackAsItWas) {
  const JournalBlock block = sample();
  JournalBlock again{.shard = 9, .commands = {{.kind = 1}}};  // What was in it is gone.
  ASSERT_EQ(decode_block(encode_block(block, &sha256), &sha256, again), BlockFault::kNone);
  EXPECT_EQ(again.shard, block.shard);
  EXPECT_EQ(again.sequence, block.sequence);
  EXPECT_EQ(again.previous, block.previous);
  ASSERT_EQ(again.commands.size(), 2U);
  for (std::size_t n = 0; n < 2; ++n) {
    EXPECT_EQ(again.commands[n].kind, block.commands[n].kind);
    EXPECT_EQ(again.commands[n].version, block.commands[n].version);
    EXPECT_EQ(again.commands[n].at, block.commands[n].at);
    EXPECT_EQ(again.commands[n].payload, block.commands[n].payload);
  }
}

TEST(JournalBlock, MayHoldNothing) {
  const JournalBlock block{.shard = 0, .sequence = 1};
  EXPECT_EQ(encode_block(block, &sha256).size(), kBlockFrameBytes);
  EXPECT_EQ(fault_of(encode_block(block, &sha256)), BlockFault::kNone);
}

TEST(JournalBlock, EveryChangedByteIsFound) {
  const Buffer good = encode_block(sample(), &sha256);
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const int bit : {0x01, 0x80}) {
      Buffer bad = good;
      bad[at] ^= static_cast<std::byte>(bit);
      EXPECT_NE(fault_of(bad), BlockFault::kNone) << "byte " << at;
    }
  }
}

TEST(JournalBlock, EveryCutAndEveryTailIsFound) {
  const Buffer good = encode_block(sample(), &sha256);
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_NE(fault_of(Bytes(good).first(size)), BlockFault::kNone) << size << " bytes";
  }
  EXPECT_EQ(fault_of(Bytes(good).first(kBlockFrameBytes - 1)), BlockFault::kLength);
  for (std::size_t more = 1; more <= 40; ++more) {
    Buffer longer = good;
    longer.resize(good.size() + more);
    EXPECT_EQ(fault_of(longer), BlockFault::kLength) << more << " bytes more";
  }
}

TEST(JournalBlock, AnotherMagicIsAFault) {
  EXPECT_EQ(fault_with(0, 'Q'), BlockFault::kMagic);
  EXPECT_EQ(fault_with(3, '2'), BlockFault::kMagic);
}

TEST(JournalBlock, AnotherLayoutIsAFault) {
  EXPECT_EQ(fault_with(4, std::uint16_t{2}), BlockFault::kLayout);
  EXPECT_EQ(fault_with(4, std::uint16_t{0}), BlockFault::kLayout);
}

TEST(JournalBlock, LengthsThatDoNotAddUpAreAFault) {
  EXPECT_EQ(fault_with(20, std::uint32_t{40}), BlockFault::kLength);  // bytes of commands
  EXPECT_EQ(fault_with(16, std::uint32_t{1}), BlockFault::kLength);   // commands: one too few
  EXPECT_EQ(fault_with(16, std::uint32_t{3}), BlockFault::kLength);   // one too many
  EXPECT_EQ(fault_with(16, std::uint32_t{65'537}), BlockFault::kLength);
  const std::size_t length = kSecondCommand + 4;
  EXPECT_EQ(fault_with(length, std::uint32_t{17}), BlockFault::kLength);
  EXPECT_EQ(fault_with(length, ~std::uint32_t{0}), BlockFault::kLength);
  EXPECT_EQ(fault_with(length, std::uint32_t{8}), BlockFault::kLength);
}

TEST(JournalBlock, AnotherDigestIsAFault) {
  Buffer bytes = encode_block(sample(), &sha256);
  bytes.back() ^= std::byte{1};
  EXPECT_EQ(fault_of(bytes), BlockFault::kDigest);
  bytes = encode_block(sample(), &sha256);
  bytes[kSecondCommand + 16] ^= std::byte{1};
  EXPECT_EQ(fault_of(bytes), BlockFault::kDigest);
}

TEST(JournalBlock, ValuesThatCannotBeAreAFault) {
  EXPECT_EQ(fault_with(8, std::uint64_t{0}), BlockFault::kValue);   // sequence
  EXPECT_EQ(fault_with(56, std::uint64_t{1}), BlockFault::kValue);  // the zeros of the header
  EXPECT_EQ(fault_with(kFirstCommand, std::uint16_t{0}), BlockFault::kValue);      // kind
  EXPECT_EQ(fault_with(kFirstCommand + 2, std::uint16_t{0}), BlockFault::kValue);  // version
  EXPECT_EQ(fault_with(kFirstCommand + 8, std::int64_t{-1}), BlockFault::kValue);  // time
  EXPECT_EQ(fault_with(kPadding, 'x'), BlockFault::kValue);
  EXPECT_EQ(fault_with(kPadding + 6, 'x'), BlockFault::kValue);
}

TEST(JournalBlock, EachFaultHasItsWord) {
  for (const BlockFault fault : {BlockFault::kNone, BlockFault::kMagic, BlockFault::kLayout,
                                 BlockFault::kLength, BlockFault::kDigest, BlockFault::kValue}) {
    EXPECT_FALSE(word(fault).empty());
  }
}

JournalBlock of_size(std::size_t payload) {
  JournalBlock block{.shard = 0, .sequence = 1};
  block.commands.push_back({.kind = 1, .payload = Buffer(payload)});
  return block;
}

TEST(JournalBlock, TakesItsLimitOfBytesButNotOneMore) {
  const JournalBlock largest = of_size(kBlockBytesMax - kBlockFrameBytes - 16);
  EXPECT_EQ(bytes_in_block(largest.commands[0]), kBlockBytesMax - kBlockFrameBytes);
  const Buffer bytes = encode_block(largest, &sha256);
  EXPECT_EQ(bytes.size(), kBlockBytesMax);
  EXPECT_EQ(fault_of(bytes), BlockFault::kNone);
  EXPECT_EQ(fault_of(Buffer(kBlockBytesMax + 1)), BlockFault::kLength);
}

TEST(JournalBlock, TakesItsLimitOfCommands) {
  JournalBlock block{.shard = 0, .sequence = 1};
  block.commands.resize(kCommandsPerBlockMax, {.kind = 1});
  const Buffer bytes = encode_block(block, &sha256);
  JournalBlock again;
  ASSERT_EQ(decode_block(bytes, &sha256, again), BlockFault::kNone);
  EXPECT_EQ(again.commands.size(), kCommandsPerBlockMax);
}

TEST(JournalBlockDeathTest, WhatCannotBeIsNotWritten) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto encode = [](const JournalBlock& block) { (void)encode_block(block, &sha256); };
  EXPECT_DEATH(encode(of_size(kBlockBytesMax - kBlockFrameBytes - 15)), "limit of bytes");
  JournalBlock block{.shard = 0, .sequence = 1};
  block.commands.resize(kCommandsPerBlockMax + 1, {.kind = 1});
  EXPECT_DEATH(encode(block), "limit of commands");
  EXPECT_DEATH(encode({.sequence = 0}), "has a sequence");
  EXPECT_DEATH(encode({.sequence = 1, .commands = {{.kind = 0}}}), "has a kind");
  EXPECT_DEATH(encode({.sequence = 1, .commands = {{.kind = 1, .at = BusinessTime(-1)}}}),
               "and a time");
}

}  // namespace PH_FILE
}  // namespace ph
