// Blobs are mapped or read, and none is kept before somebody wants it.
#include "platform/journal/blob_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "tests/support/scratch.h"

namespace ph {
namespace PH_FILE {

namespace fs = std::filesystem;

std::vector<std::byte> bytes_of(std::size_t size, int seed) {
  std::vector<std::byte> bytes(size);
  for (std::size_t n = 0; n < size; ++n) {
    bytes[n] = static_cast<std::byte>(n * 7 + static_cast<std::size_t>(seed));
  }
  return bytes;
}

// Mappings of files below that folder, as the system counts them.
std::size_t mappings_of(const std::string& folder) {
  std::size_t count = 0;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    count += line.find(folder) == std::string::npos ? 0U : 1U;
  }
  return count;
}

std::size_t descriptors_of(const std::string& folder) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    count += fs::read_symlink(entry.path(), gone).string().starts_with(folder) ? 1U : 0U;
  }
  return count;
}

std::size_t files_of(const std::string& folder) {
  const fs::recursive_directory_iterator all(folder);
  return static_cast<std::size_t>(
      std::count_if(begin(all), end(all), [](const auto& at) { return at.is_regular_file(); }));
}

// The clearing holds every batch that it has ever taken, and a process may have 65,530 mappings.
TEST(BlobFiles, NoMoreFilesAreMappedThanAllowedAndSmallOnesNever) {
  const test::Scratch scratch;
  const std::uint64_t others = MappedFile::count();
  BlobFiles blobs(scratch / "blobs", {.read_bytes_max = 4'096, .mapped_files_max = others + 5});
  std::vector<Blob> held;
  std::vector<std::vector<std::byte>> wanted;
  for (int n = 0; n < 40; ++n) {
    wanted.push_back(bytes_of(n % 2 == 0 ? 4'096 : 4'097, n));
    held.push_back(blobs.get(blobs.put(wanted.back()), true).value());
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(held.back().bytes().data()) % 8, 0U);
  }
  EXPECT_EQ(mappings_of(scratch.path()), 5U);
  EXPECT_EQ(MappedFile::count(), others + 5);
  EXPECT_EQ(descriptors_of(scratch.path()), 0U);
  for (std::size_t n = 0; n < held.size(); ++n) {
    EXPECT_TRUE(std::ranges::equal(held[n].bytes(), wanted[n])) << n;
  }
  held.clear();
  EXPECT_EQ(MappedFile::count(), others);
  EXPECT_TRUE(blobs.get(blobs.put({}), true)->bytes().empty());
}

TEST(BlobFiles, WhatWasLookedAtAndNotWantedIsGone) {
  const test::Scratch scratch;
  BlobFiles blobs(scratch / "blobs", {.read_bytes_max = 100});
  for (const std::size_t size : {std::size_t{50}, std::size_t{100'000}}) {
    const std::vector<std::byte> bytes = bytes_of(size, 1);
    std::optional<Blob> content;
    {
      const auto writer = blobs.create();
      writer->write(bytes);
      content = writer->content();
      EXPECT_EQ(descriptors_of(scratch.path()), 0U);
      EXPECT_FALSE(blobs.get(sha256(bytes), false).has_value());
    }
    EXPECT_EQ(files_of(scratch.path()), 0U);
    EXPECT_TRUE(std::ranges::equal(content->bytes(), bytes));
  }
}

TEST(BlobFiles, WhatIsOpenedIsReadAndNeverMapped) {
  const test::Scratch scratch;
  BlobFiles blobs(scratch / "blobs");
  for (const std::size_t size : {std::size_t{3'000'000}, std::size_t{100}}) {
    const std::vector<std::byte> bytes = bytes_of(size, 1);
    EXPECT_EQ(blobs.open(sha256(bytes), true), nullptr);
    const Digest address = blobs.put(bytes);
    const auto source = blobs.open(address, true);
    ASSERT_NE(source, nullptr);
    EXPECT_EQ(mappings_of(scratch.path()), 0U);
    EXPECT_EQ(source->size(), size);
    std::vector<std::byte> part(7);
    source->read(size - 7, part);
    EXPECT_TRUE(std::ranges::equal(part, std::span(bytes).last(7)));
    EXPECT_THROW(source->read(size - 6, part), std::system_error);
    const std::string path =
        scratch / "blobs" + "/" + hex(address).substr(0, 2) + "/" + hex(address);
    fs::resize_file(path, size / 2);
    EXPECT_THROW(source->read(size - 7, part), std::system_error) << "no signal";
    source->read(0, part);
    EXPECT_THROW((void)blobs.open(address, true), Damaged);
    EXPECT_NE(blobs.open(address, false), nullptr);
  }
}

}  // namespace PH_FILE
}  // namespace ph
