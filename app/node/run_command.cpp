#include "app/node/run_command.h"

#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/node/run_view.h"
#include "app/print.h"
#include "app/process/ask.h"
#include "platform/crypto/sha256.h"
#include "platform/http/client.h"

namespace ph {

namespace {

constexpr int kRunSeconds = 60;  // A count of accounts without a bill walks over all of them.

struct RunOptions {
  std::string kind{};
  std::string of{};
  std::string grading{};
  std::string officer{};
  std::string digest{};
  std::uint32_t number{};
  bool anyway{};
  bool json{};
};

std::string said(const std::string& json) {
  return nlohmann::json::parse(json).at("text").get<std::string>() + "\n";
}

// The digest of what the officer has looked at: as he says, else of the file that lies there.
std::string looked_at(const NodeConfig& settings, const RunOptions& options) {
  if (!options.digest.empty()) {
    return options.digest;
  }
  const auto answer =
      http::http_get(http::Endpoint::at_socket(settings.control),
                     "/v1/run-preview/" + std::to_string(options.number), kRunSeconds * 1000);
  if (answer.status != 200) {
    return {};
  }
  std::ifstream file(nlohmann::json::parse(answer.body).at("path").get<std::string>(),
                     std::ios::binary);
  if (!file) {
    return {};
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return hex(sha256(as_bytes(text)));
}

void add_begin_options(CLI::App& begin, RunOptions& options) {
  begin.add_option("--kind", options.kind, "AWARD or GRADE")->required();
  begin.add_option("--of", options.of, "the month that it is of; an award's is December")
      ->required();
  begin.add_option("--grading", options.grading, "of a run GRADE: its grading");
  begin.add_flag("--anyway", options.anyway, "though bills lack, as it said");
}

void add_preview_options(CLI::App& preview, RunOptions& options) {
  preview.add_option("--number", options.number, "of the run; the last one when not given");
  preview.add_flag("--json", options.json, "as JSON, with the file's text");
}

void add_publish_options(CLI::App& publish, RunOptions& options) {
  publish.add_option("--number", options.number, "of the run")->required();
  publish.add_option("--officer", options.officer, "who has looked at it, G-0007")->required();
  publish.add_option("--digest", options.digest,
                     "of the preview that was looked at; that of the run's file when not given");
}

}  // namespace

void add_node_run(CLI::App& node, std::function<int()>& command, LoadNode load,
                  std::string* config) {
  const auto options = std::make_shared<RunOptions>();
  CLI::App* run =
      node.add_subcommand("run", "Runs over all members: the award of a year, gradings");
  run->require_subcommand(1);
  run->footer(
      "A run counts, is looked at, then published or dropped; what it posts is posted once, ever.\n"
      "Exit code: 0 done, 1 refused, with what to do now, 2 usage, 3 failure.");
  using Path = std::function<std::string(const NodeConfig&, const RunOptions&)>;
  const auto add = [&](const char* name, const char* help, const char* method, const Path& path,
                       std::string (*show)(const std::string&)) {
    CLI::App* sub = run->add_subcommand(name, help);
    sub->add_option("--config", *config, "the node's settings, a TOML file");
    sub->callback([&command, options, load, method, path, show] {
      command = [options, load, method, path, show] {
        NodeConfig settings;
        const int code = load(settings);
        return code != 0 ? code
                         : ask(settings.control, method, path(settings, *options), kRunSeconds,
                               options->json, show);
      };
    });
    return sub;
  };
  CLI::App* begin = add(
      "begin", "Begins to count, on the state as it is now", "POST",
      [](const NodeConfig&, const RunOptions& o) {
        return "/v1/run-begin/" + o.kind + "," + o.of + "," + o.grading + "," +
               (o.anyway ? "1" : "0");
      },
      said);
  add_begin_options(*begin, *options);
  CLI::App* preview = add(
      "preview", "What was counted, as a table", "GET",
      [](const NodeConfig&, const RunOptions& o) {
        return "/v1/run-preview/" + std::to_string(o.number);
      },
      preview_table);
  add_preview_options(*preview, *options);
  CLI::App* publish = add(
      "publish", "What was counted takes effect, once", "POST",
      [](const NodeConfig& settings, const RunOptions& o) {
        return "/v1/run-publish/" + std::to_string(o.number) + "," + looked_at(settings, o) + "," +
               o.officer;
      },
      said);
  add_publish_options(*publish, *options);
  CLI::App* by_last = add(
      "by-last", "Of a month without a rating: grades by the clearing's last thresholds", "POST",
      [](const NodeConfig&, const RunOptions& o) {
        return "/v1/run-by-last/" + std::to_string(o.number);
      },
      said);
  by_last->add_option("--number", options->number, "of the run that waits")->required();
  CLI::App* drop = add(
      "drop", "Nothing of it takes effect; it may begin anew", "POST",
      [](const NodeConfig&, const RunOptions& o) {
        return "/v1/run-drop/" + std::to_string(o.number) + "," + o.officer;
      },
      said);
  drop->add_option("--number", options->number, "of the run")->required();
  drop->add_option("--officer", options->officer, "who says so, G-0007")->required();
  CLI::App* status = add(
      "status", "All runs, and how far they are", "GET",
      [](const NodeConfig&, const RunOptions&) { return std::string("/v1/status"); }, runs_table);
  status->add_flag("--json", options->json, "as JSON: the node's status");
}

}  // namespace ph
