// The gateway's process: partners' HTTPS on one side, the clearing's wire on the other. It keeps
// nothing (docs/decisions/0014).
#pragma once

#include "app/gateway/config.h"

namespace ph {

// Runs until it is told to stop. Returns the exit code; throws when the world fails.
int run_gateway(GatewayConfig config);

}  // namespace ph
