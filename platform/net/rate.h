// How much one participant may send: a bucket of messages and one of bytes, each filled at its rate
// and holding a second's worth. Time is an argument.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "core/types/check.h"

namespace ph {

class TokenBucket {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::uint64_t kPerSecondMax = 8'000'000'000;  // So that no product overflows.

  // Full at first.
  explicit TokenBucket(std::uint64_t per_second) : per_second_(per_second) {
    check(per_second > 0 && per_second <= kPerSecondMax, "a rate within its bounds");
    nano_ = per_second_ * kNano;
  }

  void fill(Clock::time_point now) {
    if (now <= filled_) return;
    const std::chrono::nanoseconds passed =
        std::min<std::chrono::nanoseconds>(now - filled_, std::chrono::seconds(1));
    filled_ = now;
    nano_ = std::min(per_second_ * kNano,
                     nano_ + per_second_ * static_cast<std::uint64_t>(passed.count()));
  }
  [[nodiscard]] std::uint64_t per_second() const { return per_second_; }
  [[nodiscard]] bool has(std::uint64_t tokens) const { return tokens <= nano_ / kNano; }
  // There are as many.
  void take(std::uint64_t tokens) {
    check(has(tokens), "no more is taken than there is");
    nano_ -= tokens * kNano;
  }

 private:
  static constexpr std::uint64_t kNano = 1'000'000'000;
  std::uint64_t per_second_;
  std::uint64_t nano_{0};  // Thousand millionths of a token.
  Clock::time_point filled_{};
};

}  // namespace ph
