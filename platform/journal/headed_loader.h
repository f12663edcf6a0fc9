// A saved state that begins with a head of its own, its size before it as a u64: the head is taken
// whole, what follows as it comes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "platform/journal/recover.h"

namespace ph {

class HeadedLoader : public StateLoader {
 public:
  void take(Bytes part) final {
    if (bad_) {
      return;
    }
    if (have_head_) {
      take_rest(part);
      return;
    }
    head_.insert(head_.end(), part.begin(), part.end());
    std::uint64_t size = 0;
    if (head_.size() < sizeof size) {
      return;
    }
    std::memcpy(&size, head_.data(), sizeof size);
    if (size > kHeadBytesMax) {
      bad_ = true;
    } else if (head_.size() - sizeof size >= size) {
      const Bytes all(head_);
      have_head_ = true;
      bad_ = !load_head(all.subspan(sizeof size, size));
      take_rest(all.subspan(sizeof size + size));
      head_ = {};
    }
  }
  [[nodiscard]] bool finish() final { return have_head_ && !bad_ && load_rest(); }

 private:
  static constexpr std::uint64_t kHeadBytesMax = 1ULL << 32U;

  void take_rest(Bytes part) {
    if (!part.empty() && !bad_) {
      bad_ = !load_part(part);
    }
  }

  // Each says whether it is a state's.
  [[nodiscard]] virtual bool load_head(Bytes head) = 0;
  [[nodiscard]] virtual bool load_part(Bytes part) = 0;
  [[nodiscard]] virtual bool load_rest() = 0;  // All of it has come.

  std::vector<std::byte> head_;
  bool have_head_{false};
  bool bad_{false};
};

}  // namespace ph
