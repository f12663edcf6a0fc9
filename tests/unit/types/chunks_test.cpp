// Chunks: records stay where they are, and their bytes come out as they go in.
#include "core/types/chunks.h"

#include <gtest/gtest.h>

namespace ph::test {
namespace PH_FILE {

constexpr std::uint32_t kMany = 700'000;  // of 4 bytes: several chunks

Chunks<std::uint32_t> counted() {
  Chunks<std::uint32_t> chunks;
  for (std::uint32_t n = 0; n < kMany; ++n) {
    chunks.push_back(n);
  }
  return chunks;
}

TEST(Chunks, KeepRecordsWhereTheyAre) {
  Chunks<std::uint32_t> chunks;
  EXPECT_TRUE(chunks.empty());
  chunks.push_back(7);
  const std::uint32_t* first = &chunks[0];
  for (std::uint32_t n = 1; n < kMany; ++n) {
    chunks.push_back(n);
  }
  EXPECT_EQ(first, &chunks[0]);
  EXPECT_EQ(chunks.size(), kMany);
  EXPECT_EQ(chunks.back(), kMany - 1);
}

TEST(Chunks, TakeBackTheirOwnBytesInPartsOfAnySize) {
  const Chunks<std::uint32_t> chunks = counted();
  std::vector<std::byte> all;
  chunks.visit_bytes([&all](Bytes part) { all.insert(all.end(), part.begin(), part.end()); });
  ASSERT_EQ(all.size(), kMany * sizeof(std::uint32_t));
  Chunks<std::uint32_t> again;
  Bytes rest = all;
  for (std::size_t records = 1; !rest.empty(); records = records * 3 + 1) {
    const std::size_t size = std::min(rest.size(), records * sizeof(std::uint32_t));
    again.append_bytes(rest.first(size));
    rest = rest.subspan(size);
  }
  ASSERT_EQ(again.size(), kMany);
  for (std::uint32_t n = 0; n < kMany; ++n) {
    ASSERT_EQ(again[n], n);
  }
}

}  // namespace PH_FILE
}  // namespace ph::test
