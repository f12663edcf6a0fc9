// What all adapters of the port check and say alike, so that the same fault reads the same from
// each of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "platform/journal/journal.h"

namespace ph {

inline constexpr std::size_t kSnapshotPageBytes = std::size_t{1} << 20U;

// Throws std::logic_error: bugs of the caller.
void check_append(std::uint16_t shard, std::uint64_t sequence, Bytes block, std::uint64_t last);
void check_drop(std::uint16_t shard, std::uint64_t before, std::uint64_t last);
void check_not_finished(bool finished);

[[nodiscard]] Fenced fenced(std::uint16_t shard, std::uint64_t sequence);
// `where` is the path or server, without a password.
[[nodiscard]] Damaged damaged_blob(std::string_view where, const Digest& address);
[[nodiscard]] Damaged damaged_snapshot(std::string_view where, std::uint16_t shard,
                                       std::uint64_t sequence, std::string_view what);

}  // namespace ph
