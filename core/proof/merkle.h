// The Merkle tree of RFC 6962 (2.1): the root of a list, and proofs that one leaf, or a range of
// leaves without a gap, stands in it. Leaf = H(0x00 | data), node = H(0x01 | left | right), the
// empty list = H(""). The hash is an argument.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/types/digest.h"

namespace ph {

[[nodiscard]] Digest leaf_hash(Sha256 hash, Bytes data);
[[nodiscard]] Digest node_hash(Sha256 hash, const Digest& left, const Digest& right);

// A list that only grows. Keeps every leaf hash and the nodes from 16 leaves upwards: 36 bytes a
// leaf. A root or a proof costs some ten hashes a level, whatever the size.
class MerkleTree {
 public:
  static constexpr std::uint64_t kLeavesMax = std::uint64_t{1} << 32;

  explicit MerkleTree(Sha256 hash) : hash_(hash) {}

  void reserve(std::uint64_t leaves);
  void append(const Digest& leaf);
  void append(Bytes data) { append(leaf_hash(hash_, data)); }

  [[nodiscard]] std::uint64_t size() const { return leaves_.size(); }
  [[nodiscard]] const Digest& leaf(std::uint64_t index) const { return leaves_[index]; }
  [[nodiscard]] Digest root() const { return root(size()); }
  // Of the first `size` leaves.
  [[nodiscard]] Digest root(std::uint64_t size) const;

  // The audit path of RFC 6962, 2.1.1: siblings from the leaf upwards. index < size().
  [[nodiscard]] std::vector<Digest> inclusion_proof(std::uint64_t index) const;

  // The roots of the largest subtrees that lie outside [first, last), from left to right: the
  // fewest hashes from which, with the leaves of the range, the root follows. first < last <=
  // size().
  [[nodiscard]] std::vector<Digest> range_proof(std::uint64_t first, std::uint64_t last) const;

  // RFC 6962, 2.1.2: that the first `old_size` leaves are what they were. 0 < old_size <= size();
  // empty when they are equal.
  [[nodiscard]] std::vector<Digest> consistency_proof(std::uint64_t old_size) const;

 private:
  static constexpr unsigned kLowestKeptLevel = 4;

  [[nodiscard]] Digest complete(unsigned level, std::uint64_t index) const;
  [[nodiscard]] Digest subtree(std::uint64_t first, std::uint64_t last) const;
  void outside(std::uint64_t begin, std::uint64_t end, std::uint64_t first, std::uint64_t last,
               std::vector<Digest>& out) const;

  Sha256 hash_;
  std::vector<Digest> leaves_;
  // kept_[k][i]: the root of the leaves [i << (k + 4), (i + 1) << (k + 4)).
  std::vector<std::vector<Digest>> kept_;
};

// The verifiers trust nothing that they are given; they work without a tree, and refuse a proof
// that is too short or too long.

// The root that follows from a leaf at `index` of `size`; nullopt when the path doesn't fit.
[[nodiscard]] std::optional<Digest> root_from_inclusion(Sha256 hash, const Digest& leaf,
                                                        std::uint64_t index, std::uint64_t size,
                                                        std::span<const Digest> path);

// The root that follows from `leaves` at [first, first + leaves.size()) of `size`.
[[nodiscard]] std::optional<Digest> root_from_range(Sha256 hash, std::span<const Digest> leaves,
                                                    std::uint64_t first, std::uint64_t size,
                                                    std::span<const Digest> proof);

// How many hashes a range proof of this shape has; 0 too for a range that isn't one.
[[nodiscard]] std::uint64_t range_proof_size(std::uint64_t first, std::uint64_t last,
                                             std::uint64_t size);

// True when the list of `new_root` starts with the whole list of `old_root`. 0 < old_size.
[[nodiscard]] bool consistent(Sha256 hash, std::uint64_t old_size, const Digest& old_root,
                              std::uint64_t new_size, const Digest& new_root,
                              std::span<const Digest> proof);

}  // namespace ph
