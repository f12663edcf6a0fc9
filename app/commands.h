// The subcommands' options: each function adds its commands to the program and, when one of them is
// given, sets `command` to what carries it out.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace ph {

void add_file_commands(CLI::App& app, std::function<int()>& command);
void add_settle_commands(CLI::App& app, std::function<int()>& command);
void add_proof_commands(CLI::App& app, std::function<int()>& command);
void add_generate_command(CLI::App& app, std::function<int()>& command);
void add_process_commands(CLI::App& app, std::function<int()>& command);
void add_journal_commands(CLI::App& app, std::function<int()>& command);

}  // namespace ph
