// `node run`: begins a run over all members, shows what came of it, publishes or drops it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "app/node/config.h"

namespace ph {

// Loads the node's settings: 0, or the exit code.
using LoadNode = std::function<int(NodeConfig&)>;

// `config`: where `--config` is kept.
void add_node_run(CLI::App& node, std::function<int()>& command, LoadNode load,
                  std::string* config);

}  // namespace ph
