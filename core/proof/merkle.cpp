#include "core/proof/merkle.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

#include "core/types/check.h"

namespace ph {

namespace {

constexpr std::array<std::byte, 1> kLeafPrefix{std::byte{0}};

// The largest power of two below n; n >= 2 (RFC 6962, 2.1).
std::uint64_t split(std::uint64_t n) {
  return std::bit_floor(n - 1);
}

// Walks the tree of `size` leaves from left to right along the edges of [first, last).
class RangeWalk {
 public:
  RangeWalk(Sha256 hash, std::span<const Digest> leaves, std::uint64_t first,
            std::span<const Digest> proof)
      : hash_(hash), leaves_(leaves), first_(first), proof_(proof) {}

  // Of the leaves [begin, end). When the proof runs out, `short_` is set and the value means
  // nothing.
  Digest walk(std::uint64_t begin, std::uint64_t end) {
    const std::uint64_t last = first_ + leaves_.size();
    if (end <= first_ || begin >= last) {
      return take();
    }
    if (end - begin == 1) {
      return leaves_[begin - first_];
    }
    const std::uint64_t middle = begin + split(end - begin);
    const Digest left = walk(begin, middle);
    const Digest right = walk(middle, end);
    return node_hash(hash_, left, right);
  }

  [[nodiscard]] bool used_up() const { return !short_ && used_ == proof_.size(); }

 private:
  Digest take() {
    if (used_ == proof_.size()) {
      short_ = true;
      return {};
    }
    return proof_[used_++];
  }

  Sha256 hash_;
  std::span<const Digest> leaves_;
  std::uint64_t first_;
  std::span<const Digest> proof_;
  std::size_t used_{0};
  bool short_{false};
};

std::uint64_t count_outside(std::uint64_t begin, std::uint64_t end, std::uint64_t first,
                            std::uint64_t last) {
  if (end <= first || begin >= last) return 1;
  if (begin >= first && end <= last) return 0;
  const std::uint64_t middle = begin + split(end - begin);
  return count_outside(begin, middle, first, last) + count_outside(middle, end, first, last);
}

}  // namespace

Digest leaf_hash(Sha256 hash, Bytes data) {
  return hash(kLeafPrefix, data);
}

Digest node_hash(Sha256 hash, const Digest& left, const Digest& right) {
  std::array<std::byte, 33> first;
  first[0] = std::byte{1};
  std::copy(left.begin(), left.end(), first.begin() + 1);
  return hash(first, right);
}

void MerkleTree::reserve(std::uint64_t leaves) {
  check(leaves <= kLeavesMax, "leaves of a tree within their bound");
  leaves_.reserve(leaves);
}

void MerkleTree::append(const Digest& leaf) {
  check(size() < kLeavesMax, "leaves of a tree within their bound");
  leaves_.push_back(leaf);
  const std::uint64_t count = size();
  for (unsigned level = kLowestKeptLevel; count % (std::uint64_t{1} << level) == 0; ++level) {
    const unsigned row = level - kLowestKeptLevel;
    const std::uint64_t index = (count >> level) - 1;
    if (row == kept_.size()) {
      kept_.emplace_back();
    }
    const Digest node =
        node_hash(hash_, complete(level - 1, 2 * index), complete(level - 1, 2 * index + 1));
    kept_[row].push_back(node);
  }
}

// The root of the complete subtree of 2^level leaves that starts at index << level.
Digest MerkleTree::complete(unsigned level, std::uint64_t index) const {
  if (level == 0) return leaves_[index];
  if (level >= kLowestKeptLevel) return kept_[level - kLowestKeptLevel][index];
  return node_hash(hash_, complete(level - 1, 2 * index), complete(level - 1, 2 * index + 1));
}

// The root of [first, last), a subtree that the splits of 2.1 make: first is a multiple of the
// smallest power of two that holds the length.
Digest MerkleTree::subtree(std::uint64_t first, std::uint64_t last) const {
  const std::uint64_t length = last - first;
  if (std::has_single_bit(length)) {
    const auto level = static_cast<unsigned>(std::countr_zero(length));
    return complete(level, first >> level);
  }
  const std::uint64_t middle = first + split(length);
  return node_hash(hash_, subtree(first, middle), subtree(middle, last));
}

Digest MerkleTree::root(std::uint64_t size) const {
  check(size <= this->size(), "a size within the tree");
  return size == 0 ? hash_({}, {}) : subtree(0, size);
}

std::vector<Digest> MerkleTree::inclusion_proof(std::uint64_t index) const {
  check(index < size(), "a leaf of the tree");
  std::vector<Digest> path;
  std::uint64_t begin = 0;
  std::uint64_t end = size();
  while (end - begin > 1) {
    const std::uint64_t middle = begin + split(end - begin);
    if (index < middle) {
      path.push_back(subtree(middle, end));
      end = middle;
    } else {
      path.push_back(subtree(begin, middle));
      begin = middle;
    }
  }
  std::reverse(path.begin(), path.end());
  return path;
}

void MerkleTree::outside(std::uint64_t begin, std::uint64_t end, std::uint64_t first,
                         std::uint64_t last, std::vector<Digest>& out) const {
  if (end <= first || begin >= last) {
    out.push_back(subtree(begin, end));
    return;
  }
  if (begin >= first && end <= last) return;
  const std::uint64_t middle = begin + split(end - begin);
  outside(begin, middle, first, last, out);
  outside(middle, end, first, last, out);
}

std::vector<Digest> MerkleTree::range_proof(std::uint64_t first, std::uint64_t last) const {
  check(first < last && last <= size(), "a range of the tree");
  std::vector<Digest> proof;
  outside(0, size(), first, last, proof);
  return proof;
}

std::vector<Digest> MerkleTree::consistency_proof(std::uint64_t old_size) const {
  check(old_size > 0 && old_size <= size(), "an earlier size of the tree");
  std::vector<Digest> proof;
  std::uint64_t begin = 0;
  std::uint64_t end = size();
  while (end != old_size) {  // SUBPROOF of 2.1.2, from the top.
    const std::uint64_t middle = begin + split(end - begin);
    if (old_size <= middle) {
      proof.push_back(subtree(middle, end));
      end = middle;
    } else {
      proof.push_back(subtree(begin, middle));
      begin = middle;
    }
  }
  if (begin != 0) {  // Else it is the old tree itself, whose root the verifier has.
    proof.push_back(subtree(begin, end));
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

std::optional<Digest> root_from_inclusion(Sha256 hash, const Digest& leaf, std::uint64_t index,
                                          std::uint64_t size, std::span<const Digest> path) {
  if (index >= size) return std::nullopt;
  Digest node = leaf;
  std::uint64_t at = index;
  std::uint64_t last = size - 1;
  for (const Digest& sibling : path) {  // RFC 9162, 2.1.3.2.
    if (last == 0) return std::nullopt;
    if (at % 2 == 1 || at == last) {
      node = node_hash(hash, sibling, node);
      while (at % 2 == 0 && at != 0) {
        at /= 2;
        last /= 2;
      }
    } else {
      node = node_hash(hash, node, sibling);
    }
    at /= 2;
    last /= 2;
  }
  if (last != 0) return std::nullopt;
  return node;
}

std::uint64_t range_proof_size(std::uint64_t first, std::uint64_t last, std::uint64_t size) {
  return first < last && last <= size ? count_outside(0, size, first, last) : 0;
}

std::optional<Digest> root_from_range(Sha256 hash, std::span<const Digest> leaves,
                                      std::uint64_t first, std::uint64_t size,
                                      std::span<const Digest> proof) {
  if (size > MerkleTree::kLeavesMax || leaves.empty() || leaves.size() > size ||
      first > size - leaves.size()) {
    return std::nullopt;
  }
  RangeWalk walk(hash, leaves, first, proof);
  const Digest root = walk.walk(0, size);
  if (!walk.used_up()) return std::nullopt;
  return root;
}

bool consistent(Sha256 hash, std::uint64_t old_size, const Digest& old_root, std::uint64_t new_size,
                const Digest& new_root, std::span<const Digest> proof) {
  if (old_size == 0 || old_size > new_size) return false;
  if (old_size == new_size) return proof.empty() && old_root == new_root;
  // RFC 9162, 2.1.4.2. An old tree that is complete is its own first node.
  const bool whole = std::has_single_bit(old_size);
  if (!whole && proof.empty()) return false;
  std::uint64_t at = old_size - 1;
  std::uint64_t last = new_size - 1;
  while (at % 2 == 1) {
    at /= 2;
    last /= 2;
  }
  Digest old_node = whole ? old_root : proof.front();
  Digest new_node = old_node;
  for (const Digest& sibling : whole ? proof : proof.subspan(1)) {
    if (last == 0) return false;
    if (at % 2 == 1 || at == last) {
      old_node = node_hash(hash, sibling, old_node);
      new_node = node_hash(hash, sibling, new_node);
      while (at % 2 == 0 && at != 0) {
        at /= 2;
        last /= 2;
      }
    } else {
      new_node = node_hash(hash, new_node, sibling);
    }
    at /= 2;
    last /= 2;
  }
  return last == 0 && old_node == old_root && new_node == new_root;
}

}  // namespace ph
