// Keys whose order as bytes is the order of their numbers.
#pragma once

#include <cstdint>
#include <vector>

#include "core/types/digest.h"

namespace ph {

template <class T>
void put_big_endian(std::vector<std::byte>& key, T value) {
  for (std::size_t n = sizeof(T); n-- > 0;) {
    key.push_back(static_cast<std::byte>(value >> (8 * n)));
  }
}

// Zero for bytes that are too few.
template <class T>
[[nodiscard]] T get_big_endian(Bytes key, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t n = 0; n < sizeof(T) && at + n < key.size(); ++n) {
    value = value << 8U | std::to_integer<std::uint64_t>(key[at + n]);
  }
  return static_cast<T>(value);
}

// Shard u16, sequence u64.
[[nodiscard]] inline std::vector<std::byte> block_key(std::uint16_t shard, std::uint64_t sequence) {
  std::vector<std::byte> key;
  put_big_endian(key, shard);
  put_big_endian(key, sequence);
  return key;
}
[[nodiscard]] inline std::uint16_t shard_of(Bytes key) {
  return get_big_endian<std::uint16_t>(key, 0);
}
[[nodiscard]] inline std::uint64_t sequence_of(Bytes key) {
  return get_big_endian<std::uint64_t>(key, 2);
}

}  // namespace ph
