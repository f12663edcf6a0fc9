// Sockets of one process may share the threads below them. Who asks for nothing gets its own; a
// process of many clients (a simulation, a test) shares one. At most one server fits into it: there
// is one list of allowed keys a context.
#pragma once

#include <memory>

namespace ph {

class PeerContext;

[[nodiscard]] std::shared_ptr<PeerContext> make_peer_context();

}  // namespace ph
