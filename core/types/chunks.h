// An array that grows by chunks: growing copies nothing and never asks for twice the memory, and a
// record stays where it is. For the large tables of a process's state, which are saved as they are.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <vector>

#include "core/types/check.h"
#include "core/types/digest.h"

namespace ph {

template <class T>
class Chunks {
  static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= alignof(std::max_align_t));

 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] T& operator[](std::size_t n) { return chunks_[n / kPerChunk].get()[n % kPerChunk]; }
  [[nodiscard]] const T& operator[](std::size_t n) const {
    return chunks_[n / kPerChunk].get()[n % kPerChunk];
  }
  [[nodiscard]] T& back() { return (*this)[size_ - 1]; }
  [[nodiscard]] const T& back() const { return (*this)[size_ - 1]; }

  void push_back(const T& record) {
    make_room();
    (*this)[size_++] = record;
  }

  // The records' bytes, in order, in parts.
  template <class Visit>
  void visit_bytes(Visit&& visit) const {
    for (std::size_t n = 0; n < size_; n += kPerChunk) {
      visit(std::as_bytes(
          std::span<const T>(chunks_[n / kPerChunk].get(), std::min(kPerChunk, size_ - n))));
    }
  }
  // Whole records, as `visit_bytes` gave them.
  void append_bytes(Bytes bytes) {
    check(bytes.size() % sizeof(T) == 0, "whole records are appended");
    while (!bytes.empty()) {
      make_room();
      const std::size_t at = size_ % kPerChunk;
      const std::size_t count = std::min(kPerChunk - at, bytes.size() / sizeof(T));
      std::memcpy(static_cast<void*>(chunks_.back().get() + at), bytes.data(), count * sizeof(T));
      bytes = bytes.subspan(count * sizeof(T));
      size_ += count;
    }
  }

 private:
  static constexpr std::size_t kPerChunk = std::bit_floor((std::size_t{1} << 20U) / sizeof(T));

  void make_room() {
    if (size_ == chunks_.size() * kPerChunk) {
      chunks_.emplace_back(static_cast<T*>(::operator new(kPerChunk * sizeof(T))));
    }
  }

  // Raw memory, in which the records begin to live as they are written: what isn't used yet isn't
  // touched.
  struct Free {
    void operator()(T* chunk) const { ::operator delete(chunk); }
  };
  std::vector<std::unique_ptr<T, Free>> chunks_;
  std::size_t size_{0};
};

}  // namespace ph
