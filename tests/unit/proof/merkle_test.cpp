// The tree against the published vectors of Certificate Transparency, and against digests over all
// proofs of sizes 0 to 70 that a direct transcription of RFC 6962 in Python gave.
#include "core/proof/merkle.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "platform/crypto/sha256.h"

namespace ph {
namespace PH_FILE {

constexpr std::uint64_t kSizeMax = 70;

Digest leaf_of(std::uint64_t i) {
  return leaf_hash(&sha256, as_bytes("leaf " + std::to_string(i)));
}

MerkleTree tree_of(std::uint64_t size) {
  MerkleTree tree(&sha256);
  for (std::uint64_t i = 0; i < size; ++i) {
    tree.append(leaf_of(i));
  }
  return tree;
}

MerkleTree published_tree(std::size_t size) {
  using namespace std::string_literals;
  const std::array<std::string, 8> data{""s,         "\x00"s,
                                        "\x10"s,     "\x20\x21"s,
                                        "\x30\x31"s, "\x40\x41\x42\x43"s,
                                        "PQRSTUVW"s, "`abcdefghijklmno"s};
  MerkleTree tree(&sha256);
  for (std::size_t i = 0; i < size; ++i) {
    tree.append(as_bytes(data[i]));
  }
  return tree;
}

std::vector<std::string> hex_of(const std::vector<Digest>& digests) {
  std::vector<std::string> out;
  for (const Digest& digest : digests) {
    out.push_back(hex(digest));
  }
  return out;
}

void add(Sha256Stream& stream, const std::vector<Digest>& digests) {
  for (const Digest& digest : digests) {
    stream.update(digest);
  }
}

TEST(Merkle, GivesThePublishedRoots) {
  const std::array<const char*, 9> roots{
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  for (std::size_t size = 0; size < roots.size(); ++size) {
    EXPECT_EQ(hex(published_tree(size).root()), roots[size]);
    EXPECT_EQ(hex(published_tree(8).root(size)), roots[size]);
  }
}

TEST(Merkle, GivesThePublishedPathsAndConsistencyProofs) {
  using Paths = std::vector<std::string>;
  const MerkleTree tree = published_tree(8);
  EXPECT_EQ(hex_of(tree.inclusion_proof(5)),
            (Paths{"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                   "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                   "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
  EXPECT_EQ(hex_of(published_tree(3).inclusion_proof(2)),
            (Paths{"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}));
  EXPECT_EQ(hex_of(tree.consistency_proof(6)),
            (Paths{"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                   "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                   "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
  EXPECT_EQ(hex_of(published_tree(5).consistency_proof(2)),
            (Paths{"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                   "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}));
}

TEST(Merkle, GivesTheProofsOfTheTranscriptionForAllSizes) {
  Sha256Stream paths;
  Sha256Stream ranges;
  const MerkleTree whole = tree_of(kSizeMax);
  for (std::uint64_t size = 0; size <= kSizeMax; ++size) {
    const MerkleTree tree = tree_of(size);
    EXPECT_EQ(tree.root(), whole.root(size));
    paths.update(tree.root());
    for (std::uint64_t i = 0; i < size; ++i) {
      add(paths, tree.inclusion_proof(i));
    }
    for (std::uint64_t old_size = 1; old_size <= size; ++old_size) {
      add(paths, tree.consistency_proof(old_size));
    }
    for (std::uint64_t first = 0; first < size; ++first) {
      for (std::uint64_t last = first + 1; last <= size; ++last) {
        add(ranges, tree.range_proof(first, last));
      }
    }
  }
  EXPECT_EQ(hex(paths.finish()),
            "c4fedc8db81ee31203268f6e69ff1534aeeeedd94b1b54c3ca4381c68d46e39c");
  EXPECT_EQ(hex(ranges.finish()),
            "d030f15a3b6eb1f4f56f7567191f7b64501914510fd13007ba328230d5ce1e78");
}

TEST(Merkle, InclusionVerifiesAtItsOwnPlaceAlone) {
  for (std::uint64_t size = 1; size <= kSizeMax; ++size) {
    const MerkleTree tree = tree_of(size);
    for (std::uint64_t i = 0; i < size; ++i) {
      auto path = tree.inclusion_proof(i);
      EXPECT_EQ(root_from_inclusion(&sha256, leaf_of(i), i, size, path), tree.root());
      for (std::uint64_t other = 0; other <= size; ++other) {
        if (other != i) {
          EXPECT_NE(root_from_inclusion(&sha256, leaf_of(i), other, size, path), tree.root());
        }
      }
      EXPECT_NE(root_from_inclusion(&sha256, leaf_of(i + 1), i, size, path), tree.root());
      path.emplace_back();
      EXPECT_EQ(root_from_inclusion(&sha256, leaf_of(i), i, size, path), std::nullopt);
      path.resize(path.size() - 1);
      if (!path.empty()) {
        path.pop_back();
        EXPECT_EQ(root_from_inclusion(&sha256, leaf_of(i), i, size, path), std::nullopt);
      }
    }
  }
}

void expect_range(const MerkleTree& tree, std::uint64_t first, std::uint64_t last) {
  const std::uint64_t size = tree.size();
  std::vector<Digest> leaves;
  for (std::uint64_t i = first; i < last; ++i) {
    leaves.push_back(leaf_of(i));
  }
  auto proof = tree.range_proof(first, last);
  ASSERT_EQ(proof.size(), range_proof_size(first, last, size));
  ASSERT_EQ(root_from_range(&sha256, leaves, first, size, proof), tree.root());
  // Elsewhere, with one leaf fewer, with another leaf, with too long or short a proof: never.
  // (Another size may give the same root: the size is not in the hash, so period.json has it.)
  ASSERT_NE(root_from_range(&sha256, leaves, first + 1, size, proof), tree.root());
  ASSERT_NE(root_from_range(&sha256, std::span(leaves).subspan(1), first + 1, size, proof),
            tree.root());
  leaves.back() = leaf_of(last);
  ASSERT_NE(root_from_range(&sha256, leaves, first, size, proof), tree.root());
  leaves.back() = leaf_of(last - 1);
  proof.emplace_back();
  ASSERT_EQ(root_from_range(&sha256, leaves, first, size, proof), std::nullopt);
  proof.pop_back();
  if (!proof.empty()) {
    proof.back()[31] ^= std::byte{1};
    ASSERT_NE(root_from_range(&sha256, leaves, first, size, proof), tree.root());
    proof.pop_back();
    ASSERT_EQ(root_from_range(&sha256, leaves, first, size, proof), std::nullopt);
  }
}

TEST(Merkle, EveryRangeVerifiesAndNoOther) {
  for (std::uint64_t size = 1; size <= kSizeMax; ++size) {
    const MerkleTree tree = tree_of(size);
    for (std::uint64_t first = 0; first < size; ++first) {
      for (std::uint64_t last = first + 1; last <= size; ++last) {
        ASSERT_NO_FATAL_FAILURE(expect_range(tree, first, last))
            << first << " to " << last << " of " << size;
      }
    }
  }
}

TEST(Merkle, RefusesRangesThatAreNone) {
  const std::vector<Digest> leaves(3);
  EXPECT_EQ(root_from_range(&sha256, {}, 0, 5, {}), std::nullopt);
  EXPECT_EQ(root_from_range(&sha256, leaves, 0, 2, {}), std::nullopt);
  EXPECT_EQ(root_from_range(&sha256, leaves, ~std::uint64_t{0}, 5, {}), std::nullopt);
  EXPECT_EQ(root_from_range(&sha256, leaves, 0, ~std::uint64_t{0}, {}), std::nullopt);
  EXPECT_EQ(range_proof_size(3, 3, 5), 0U);
  EXPECT_EQ(range_proof_size(3, 6, 5), 0U);
}

TEST(Merkle, ConsistencyVerifiesForItsTwoRootsAlone) {
  const MerkleTree whole = tree_of(kSizeMax);
  for (std::uint64_t size = 1; size <= kSizeMax; ++size) {
    const MerkleTree tree = tree_of(size);
    for (std::uint64_t old = 1; old <= size; ++old) {
      auto proof = tree.consistency_proof(old);
      const Digest old_root = whole.root(old);
      EXPECT_TRUE(consistent(&sha256, old, old_root, size, tree.root(), proof));
      EXPECT_FALSE(consistent(&sha256, old, whole.root(old - 1), size, tree.root(), proof));
      EXPECT_FALSE(consistent(&sha256, old, old_root, size, whole.root(size - 1), proof));
      EXPECT_FALSE(consistent(&sha256, old, old_root, old - 1, tree.root(), proof));
      proof.emplace_back();
      EXPECT_FALSE(consistent(&sha256, old, old_root, size, tree.root(), proof));
      proof.pop_back();
      if (!proof.empty()) {
        proof.pop_back();
        EXPECT_FALSE(consistent(&sha256, old, old_root, size, tree.root(), proof));
      }
    }
  }
  EXPECT_FALSE(consistent(&sha256, 0, whole.root(0), 1, whole.root(1), {}));
}

TEST(Merkle, ProofsOfALargeTreeAreShort) {
  constexpr std::uint64_t kLeaves = 100'003;
  const MerkleTree tree = tree_of(kLeaves);
  EXPECT_EQ(
      root_from_inclusion(&sha256, leaf_of(77'777), 77'777, kLeaves, tree.inclusion_proof(77'777)),
      tree.root());
  const auto proof = tree.range_proof(49'999, 50'002);
  EXPECT_LE(proof.size(), 34U);
  const std::vector<Digest> leaves{leaf_of(49'999), leaf_of(50'000), leaf_of(50'001)};
  EXPECT_EQ(root_from_range(&sha256, leaves, 49'999, kLeaves, proof), tree.root());
}

}  // namespace PH_FILE
}  // namespace ph
