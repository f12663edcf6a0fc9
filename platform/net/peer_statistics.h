// What a server or client of peers has seen since it was made; for the metrics.
#pragma once

#include <cstdint>

namespace ph {

struct PeerStatistics {
  std::uint64_t received{0};  // Given to on_message.
  std::uint64_t received_bytes{0};
  std::uint64_t sent{0};  // Queued for a peer; whether it read them, nobody knows.
  std::uint64_t sent_bytes{0};
  std::uint64_t not_sent{0};  // The peer is gone, or doesn't read what it was sent before.

  std::uint64_t handshakes_accepted{0};  // A server's: by key. A client's: by the server.
  std::uint64_t handshakes_refused{0};

  // Dropped, by their first reason.
  std::uint64_t dropped_key{0};    // The key was taken off the list after the handshake.
  std::uint64_t dropped_rate{0};   // Beyond the participant's messages or bytes a second.
  std::uint64_t dropped_shape{0};  // Not one frame.
  std::uint64_t dropped_route{0};  // The peer chose a routing id: it could be another's.
};

}  // namespace ph
