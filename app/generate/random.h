// The generator's own random numbers: integers only, the same on every machine and compiler.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace ph::generate {

// SplitMix64's finaliser: a good hash of a counter.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

// xoshiro256**, started from SplitMix64 as its authors advise.
class Random {
 public:
  constexpr explicit Random(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
      word = mixed(seed);
      seed += 0x9E3779B97F4A7C15U;
    }
  }

  constexpr std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // 0 .. bound - 1; bound above zero. The bias is below 2^-11 for every bound in use here.
  constexpr std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>((next() >> 32) * bound >> 32);
  }
  constexpr std::uint32_t between(std::uint32_t low, std::uint32_t high) {
    return low + below(high - low + 1);
  }
  constexpr bool one_in(std::uint32_t n) { return below(n) == 0; }

 private:
  std::array<std::uint64_t, 4> state_{};
};

// Says yes every `period`th time, from the middle of the first round on: rare variants occur in
// small months too, and at the same share in large ones.
class Every {
 public:
  constexpr explicit Every(std::uint32_t period) : period_(period), count_(period / 2) {}
  constexpr bool due() {
    if (++count_ < period_) return false;
    count_ = 0;
    return true;
  }

 private:
  std::uint32_t period_;
  std::uint32_t count_;
};

}  // namespace ph::generate
