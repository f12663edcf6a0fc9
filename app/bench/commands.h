// `bench`: its options. As the functions of app/commands.h.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace ph {

void add_bench_command(CLI::App& app, std::function<int()>& command);

}  // namespace ph
