// The executable: subcommands, their options, and the exit codes 0 done, 1 refused, 2 usage, 3
// failure of the world.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "app/bench/commands.h"
#include "app/commands.h"
#include "platform/sys/kill_points.h"

namespace {

// A word that should have been one of the commands; empty when that isn't what is wrong.
std::string no_command(const CLI::App& app, const std::string& name) {
  const std::vector<std::string> words = app.remaining();
  const bool has_commands = !app.get_subcommands([](const CLI::App*) { return true; }).empty();
  if (!has_commands || words.empty() || words.front().starts_with('-')) {
    return {};
  }
  return name + ": no command '" + words.front() + "'; `" + name + " --help` lists them\n";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Pointhouse, a clearing house for loyalty points.\n"
      "From the daily files of provinces and partners to settlement statements that anyone can\n"
      "recompute. Start with `pointhouse generate`, `pointhouse settle`, `pointhouse verify`.",
      "pointhouse"};
  app.set_version_flag("--version", "pointhouse " PH_VERSION);
  // For the tests: where PH_KILL_AT may kill.
  const auto list_kill_points = [] {
    std::string lines;
    for (const std::string& name : ph::kill_point_names())
      lines += name + "\n";
    throw CLI::CallForVersion(lines, 0);
  };
  app.add_flag_callback("--list-kill-points", list_kill_points)->group("");
  app.require_subcommand(1);
  app.failure_message([](const CLI::App* failed, const CLI::Error& error) {
    // The help that has the answer is that of the subcommand which was given.
    std::string name = failed->get_name();
    while (!failed->get_subcommands().empty()) {
      failed = failed->get_subcommands().front();
      name += " " + failed->get_name();
    }
    if (std::string fault = no_command(*failed, name); !fault.empty()) {
      return fault;
    }
    return std::string(error.what()) + "\n`" + name + " --help` tells how to say it.\n";
  });
  std::function<int()> command;
  ph::add_file_commands(app, command);
  ph::add_settle_commands(app, command);
  ph::add_proof_commands(app, command);
  ph::add_generate_command(app, command);
  ph::add_process_commands(app, command);
  ph::add_journal_commands(app, command);
  ph::add_bench_command(app, command);
  if (const std::string fault = ph::kill_point_fault(); !fault.empty()) {
    std::fprintf(stderr, "pointhouse: %s\n", fault.c_str());
    return 2;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    // `pointhouse nonsense --help`: the help of all would hide that there is no such command.
    const std::string fault = app.get_subcommands().empty() ? no_command(app, app.get_name()) : "";
    if (!fault.empty()) {
      std::fprintf(stderr, "%s", fault.c_str());
      return 2;
    }
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return command();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "pointhouse: %s\n", error.what());
    return 3;
  }
}
