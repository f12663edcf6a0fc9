// The call centre's queues: who waits where, and how fast calls were answered (domain 6).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/programme/programme_rows.h"

namespace ph::programme {

// Index of the queue of a caller with this effective grade, kNoIndex: none, as of a number that is
// no member's. A blacklisted one waits in the blacklist's queue, whatever grade he has.
[[nodiscard]] std::uint16_t queue_of(std::span<const Queue> queues, std::uint16_t effective,
                                     bool blacklisted);

// A call: how long it waited; seconds until the call-back, if there was one.
struct Call {
  std::int64_t seconds{};
  bool answered{};
  std::optional<std::int64_t> called_back{};
};

// Of a queue and month.
struct QueueFigures {
  std::uint64_t calls{};
  std::uint64_t answered{};
  std::uint64_t within{};  // answered within the queue's seconds
  std::uint64_t called_back{};
  std::uint64_t in_time{};  // of those

  void add(const Queue& queue, const Call& call);
  // Of all calls, those that nobody answered too. A queue without a target meets it.
  [[nodiscard]] bool meets(const Queue& queue) const;
  friend bool operator==(const QueueFigures&, const QueueFigures&) = default;
};

}  // namespace ph::programme
