// `node`, `clearing`, `gateway` and `close`: the running processes, and questions to them.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "app/clearing/inputs.h"
#include "app/clearing/process.h"
#include "app/clearing/rating_view.h"
#include "app/clearing/view.h"
#include "app/commands.h"
#include "app/gateway/process.h"
#include "app/gateway/view.h"
#include "app/node/ask_command.h"
#include "app/node/kpi_view.h"
#include "app/node/process.h"
#include "app/node/run_command.h"
#include "app/node/standing_view.h"
#include "app/node/view.h"
#include "app/print.h"
#include "app/process/ask.h"
#include "app/process/shell.h"
#include "core/programme/histogram_bytes.h"
#include "platform/crypto/key_files.h"
#include "platform/sys/config.h"

namespace ph {

namespace {

namespace fs = std::filesystem;

constexpr int kAskSeconds = 10;
constexpr int kCloseSeconds = 3'600;  // Statements of a large month take their time.

struct CommonOptions {
  std::string config{};
  std::string journal{};  // goes before that of the settings
  bool check{false};
  bool example{false};
  bool json{false};
};

// Loads a process's settings: 0, or the exit code with the faults on standard error.
template <class Config>
int load(const CommonOptions& options, const char* title, Config& config, std::string* effective) {
  ConfigSchema schema(title);
  declare(schema, config);
  if (options.config.empty()) {
    std::fprintf(stderr, "pointhouse: --config FILE is missing; --example-config prints one\n");
    return 2;
  }
  std::error_code error;
  if (fs::status(options.config, error).type() == fs::file_type::not_found) {
    std::fprintf(stderr,
                 "pointhouse: no settings at %s; --example-config prints some, to be edited\n",
                 options.config.c_str());
    return 2;
  }
  const auto faults = schema.load(options.config);
  if (!faults.empty()) {
    std::fprintf(stderr, "%s", faults_text(faults).c_str());
    return 1;
  }
  if constexpr (requires { config.journal; }) {
    if (holds_password(options.journal)) {
      std::fprintf(stderr, "pointhouse: %s\n", kPasswordIsSeen);
      return 2;
    }
    if (!options.journal.empty()) {
      config.journal = options.journal;
    }
  }
  if (effective != nullptr) {
    *effective = schema.effective();
  }
  return 0;
}

int show_settings(const std::string& effective, const SettingsCheck& check) {
  print(effective);
  std::fflush(stdout);
  for (const std::string& warning : check.warnings()) {
    std::fprintf(stderr, "warning: %s\n", warning.c_str());
  }
  for (const std::string& fault : check.faults()) {
    std::fprintf(stderr, "%s\n", fault.c_str());
  }
  return check.faults().empty() ? 0 : 1;
}

template <class Config>
int run_process(const CommonOptions& options, const char* title, int (*run)(Config)) {
  Config config;
  if (options.example) {
    ConfigSchema schema(title);
    declare(schema, config);
    print(schema.example());
    return 0;
  }
  std::string effective;
  if (const int code = load(options, title, config, &effective); code != 0) {
    return code;
  }
  if (options.check) {
    SettingsCheck check(config.clock);
    look_at(config, check);
    return show_settings(effective, check);
  }
  config.log_anew = [file = options.config, title] {
    Config fresh;
    ConfigSchema schema(title);
    declare(schema, fresh);
    if (const auto faults = schema.load(file); !faults.empty()) {
      throw std::runtime_error(faults_text(faults));
    }
    return fresh.log;
  };
  return run(std::move(config));
}

std::string retry_text(const std::string&) {
  return "The alarms are taken note of, and everything without a receipt is offered again. What "
         "comes of it: pointhouse node status.\n";
}

constexpr const char* kNodeTitle = "A province's node of Pointhouse.";
constexpr const char* kClearingTitle = "The clearing of Pointhouse.";
constexpr const char* kGatewayTitle = "The gateway of Pointhouse, for partners.";

template <class Config>
int ask_process(const CommonOptions& options, const char* title, const std::string& method,
                const std::string& path, int seconds, std::string (*show)(const std::string&)) {
  Config config;
  if (const int code = load(options, title, config, nullptr); code != 0) {
    return code;
  }
  return ask(config.control, method, path, seconds, options.json, show);
}

// Drops a file into the inbox and waits for its report.
int ingest(const CommonOptions& options, const std::string& file, int seconds) {
  NodeConfig config;
  if (const int code = load(options, kNodeTitle, config, nullptr); code != 0) {
    return code;
  }
  const std::string name = fs::path(file).filename().string();
  const fs::path inbox = config.inbox;
  for (const char* verdict : {"accepted", "refused"}) {
    fs::remove(inbox / verdict / (name + ".report.txt"));
    fs::remove(inbox / verdict / (name + ".report.json"));
  }
  fs::copy_file(file, inbox / (name + ".part"), fs::copy_options::overwrite_existing);
  fs::rename(inbox / (name + ".part"), inbox / name);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (std::chrono::steady_clock::now() < until) {
    for (const char* verdict : {"accepted", "refused"}) {
      const fs::path report =
          inbox / verdict / (name + (options.json ? ".report.json" : ".report.txt"));
      if (fs::exists(report) && !fs::exists(inbox / name)) {
        std::FILE* in = std::fopen(report.c_str(), "rb");
        std::string text(fs::file_size(report), '\0');
        text.resize(in == nullptr ? 0 : std::fread(text.data(), 1, text.size(), in));
        if (in != nullptr) {
          std::fclose(in);
        }
        print(text);
        return std::string_view(verdict) == "accepted" ? 0 : 1;
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  std::fprintf(stderr,
               "pointhouse: %s lies in %s, and the node has said nothing of it in %d s; "
               "`pointhouse node status` tells what it waits for\n",
               name.c_str(), inbox.c_str(), seconds);
  return 3;
}

void add_common(CLI::App* command, CommonOptions& options) {
  command->add_option("--config", options.config, "the process's settings, a TOML file");
}

void add_journal_option(CLI::App* command, CommonOptions& options) {
  command->add_option("--journal", options.journal,
                      "where the journal is, instead of what the settings say: lmdb:DIR or "
                      "postgresql://...; without a password");
}

void add_run_options(CLI::App* command, CommonOptions& options) {
  add_common(command, options);
  command->add_flag("--check-config", options.check,
                    "say what is wrong with the settings and the keys, certificates, addresses and "
                    "folders that they name, show all that hold, and end; nothing is started");
  command->add_flag("--example-config", options.example,
                    "print a file of settings with every option explained, and end");
}

void add_counter(CLI::App& node, const std::shared_ptr<CommonOptions>& options,
                 std::function<int()>& command) {
  const auto asked = std::make_shared<AskOptions>();
  CLI::App* counter = node.add_subcommand(
      "ask", "Redeem, hold, capture, void, refund at a counter of this province; take a member in");
  add_common(counter, *options);
  declare(*counter, *asked);
  counter->callback([&command, options, asked] {
    command = [options, asked] {
      NodeConfig config;
      const int code = load(*options, kNodeTitle, config, nullptr);
      return code != 0 ? code : run_ask(counter_socket(config), *asked);
    };
  });
}

void add_node_programme(CLI::App& node, std::function<int()>& command,
                        const std::shared_ptr<CommonOptions>& options) {
  CLI::App* programme = node.add_subcommand("programme", "The programme of the province");
  programme->require_subcommand(1);
  CLI::App* show = programme->add_subcommand("show", "Its versions, and which of them is in force");
  add_common(show, *options);
  show->callback([&command, options] {
    command = [options] {
      return ask_process<NodeConfig>(*options, kNodeTitle, "GET", "/v1/status", kAskSeconds,
                                     programme_view_table);
    };
  });

  const auto number = std::make_shared<std::string>();
  const auto day = std::make_shared<std::string>();
  CLI::App* member = programme->add_subcommand(
      "member", "A member's grades and flags, the one that counts, and how they came to be");
  add_common(member, *options);
  member->add_option("number", *number, "member number, 14 digits")->required();
  member->add_option("--on", *day, "the day, as 2026-03-05 (today)");
  member->add_flag("--json", options->json, "as JSON");
  member->callback([&command, options, number, day] {
    command = [options, number, day] {
      return ask_process<NodeConfig>(
          *options, kNodeTitle, "GET",
          "/v1/programme-member/" + *number + (day->empty() ? "" : "," + *day), kAskSeconds,
          standing_table);
    };
  });

  const auto month = std::make_shared<std::string>();
  CLI::App* calls = programme->add_subcommand(
      "calls", "A month's calls: of each queue and grade, how many, and how many in time");
  add_common(calls, *options);
  calls->add_option("--of", *month, "the month, as 2026-03")->required();
  calls->add_flag("--json", options->json, "as JSON");
  calls->callback([&command, options, month] {
    command = [options, month] {
      return ask_process<NodeConfig>(*options, kNodeTitle, "GET", "/v1/programme-calls/" + *month,
                                     kAskSeconds, calls_table);
    };
  });
}

void add_node_kpi(CLI::App& node, std::function<int()>& command,
                  const std::shared_ptr<CommonOptions>& options) {
  const auto month = std::make_shared<std::string>("last");
  CLI::App* kpi = node.add_subcommand(
      "kpi", "A month's figures: points, rates, grades, liability, breakage, queues");
  add_common(kpi, *options);
  kpi->add_option("--of", *month, "the month, as 2026-03; the last one when not given");
  kpi->add_flag("--json", options->json, "as JSON, rates as exact fractions");
  kpi->callback([&command, options, month] {
    command = [options, month] {
      return ask_process<NodeConfig>(*options, kNodeTitle, "GET", "/v1/kpi/" + *month, kAskSeconds,
                                     kpi_table);
    };
  });
}

void add_node_returned(CLI::App& node, std::function<int()>& command,
                       const std::shared_ptr<CommonOptions>& options) {
  CLI::App* returned = node.add_subcommand(
      "returned", "Rows that were sent back: of the open day so far, else of the one sealed last");
  add_common(returned, *options);
  returned->add_flag("--json", options->json, "as JSON, rows as in *.posted.csv");
  returned->callback([&command, options] {
    command = [options] {
      return ask_process<NodeConfig>(*options, kNodeTitle, "GET", "/v1/returned", kAskSeconds,
                                     returned_table);
    };
  });
}

void add_node(CLI::App& app, std::function<int()>& command) {
  const auto options = std::make_shared<CommonOptions>();
  CLI::App* node = app.add_subcommand("node", "Run a province's node, or ask one");
  node->require_subcommand(0, 1);
  add_run_options(node, *options);
  add_journal_option(node, *options);
  node->footer(
      "Without a further word the node runs until SIGTERM. It takes the files of its inbox, posts\n"
      "and seals days, and pushes each batch until the clearing's signed receipt is here\n"
      "(docs/operating.md). Exit code: 0 stopped, 1 faults in the settings, 2 usage, 3 failure.");
  node->callback([&command, options, node] {
    if (node->get_subcommands().empty()) {
      command = [options] { return run_process<NodeConfig>(*options, kNodeTitle, run_node); };
    }
  });

  CLI::App* status = node->add_subcommand("status", "What is posted, sealed, receipted, waiting");
  add_common(status, *options);
  status->add_flag("--json", options->json, "as JSON");
  status->callback([&command, options] {
    command = [options] {
      return ask_process<NodeConfig>(*options, kNodeTitle, "GET", "/v1/status", kAskSeconds,
                                     node_view_table);
    };
  });

  add_node_programme(*node, command, options);
  add_node_kpi(*node, command, options);
  add_node_run(
      *node, command,
      [options](NodeConfig& config) { return load(*options, kNodeTitle, config, nullptr); },
      &options->config);

  const auto file = std::make_shared<std::string>();
  const auto seconds = std::make_shared<int>(120);
  CLI::App* in = node->add_subcommand("ingest", "Drop a file into the inbox, wait for its report");
  add_common(in, *options);
  in->add_option("file", *file, "the file")->required()->check(CLI::ExistingFile);
  in->add_option("--seconds", *seconds, "how long to wait")->check(CLI::Range(1, 86'400));
  in->add_flag("--json", options->json, "the report as JSON");
  in->footer("Exit code: 0 accepted, 1 refused, 3 nothing was said in time.");
  in->callback([&command, options, file, seconds] {
    command = [options, file, seconds] { return ingest(*options, *file, *seconds); };
  });

  const auto member = std::make_shared<std::string>();
  CLI::App* balance = node->add_subcommand("balance", "A member's points and lots, as JSON");
  add_common(balance, *options);
  balance->add_option("member", *member, "member number, 14 digits")->required();
  balance->callback([&command, options, member] {
    command = [options, member] {
      return ask_process<NodeConfig>(*options, kNodeTitle, "GET", "/v1/members/" + *member,
                                     kAskSeconds, nullptr);
    };
  });

  add_node_returned(*node, command, options);
  add_counter(*node, options, command);

  CLI::App* retry = node->add_subcommand(
      "retry", "Offer again what the clearing refused for good, after somebody has acted");
  add_common(retry, *options);
  retry->callback([&command, options] {
    command = [options] {
      return ask_process<NodeConfig>(*options, kNodeTitle, "POST", "/v1/retry", kAskSeconds,
                                     retry_text);
    };
  });
}

// What a closed period was computed from, for `settle` on any machine.
int copy_inputs(const CommonOptions& options, const std::string& text, const std::string& out) {
  ClearingConfig config;
  if (const int code = load(options, kClearingTitle, config, nullptr); code != 0) {
    return code;
  }
  const auto period = Month::parse(text);
  if (!period) {
    std::fprintf(stderr, "pointhouse: a period is a month such as 2026-03, not %s\n", text.c_str());
    return 2;
  }
  const std::size_t count = fetch_inputs(config.periods, config.control, *period, out);
  print(std::to_string(count) + " files are in " + out +
        ". Compute the period anew: pointhouse settle --in " + out + " --period " + text +
        " --out DIR; then compare DIR with " + (config.periods / text).string() + "\n");
  return 0;
}

void add_inputs(CLI::App* clearing, const std::shared_ptr<CommonOptions>& options,
                std::function<int()>& command) {
  const auto period = std::make_shared<std::string>();
  const auto out = std::make_shared<std::string>();
  CLI::App* inputs = clearing->add_subcommand(
      "inputs", "Copy what a closed period was computed from: rules, opening lots, sealed batches");
  add_common(inputs, *options);
  inputs->add_option("period", *period, "the month, YYYY-MM")->required();
  inputs->add_option("--out", *out, "a folder that is empty, or isn't there yet")->required();
  inputs->footer(
      "With these files alone `pointhouse settle` computes the period anew, on any machine: every\n"
      "file but manifest.csv has to be the same to the byte. Each is checked\n"
      "against the digest in the period's manifest. Exit code: 0 done, 2 usage, 3 failure.");
  inputs->callback([&command, options, period, out] {
    command = [options, period, out] { return copy_inputs(*options, *period, *out); };
  });
}

struct Listing {
  const char* name{};
  const char* help{};
  const char* path{};
  std::string (*printed)(const std::string& json){};
};

// A question about one sender.
void add_listing(CLI::App* clearing, std::function<int()>& command,
                 const std::shared_ptr<CommonOptions>& options, const Listing& listing) {
  const auto sender = std::make_shared<std::string>();
  CLI::App* sub = clearing->add_subcommand(listing.name, listing.help);
  add_common(sub, *options);
  sub->add_option("sender", *sender, "code of a province or partner")->required();
  sub->add_flag("--json", options->json, "as JSON");
  sub->callback([&command, options, sender, listing] {
    command = [options, sender, listing] {
      return ask_process<ClearingConfig>(*options, kClearingTitle, "GET", listing.path + *sender,
                                         kAskSeconds * 6, listing.printed);
    };
  });
}

struct RatingOptions {
  std::string grading{};
  std::string month{};
  std::vector<std::string> provinces{};
};

int open_rating(const CommonOptions& options, const RatingOptions& rating) {
  const auto month = Month::parse(rating.month);
  if (!month || !programme::valid_grading_name(rating.grading)) {
    std::fprintf(stderr,
                 "pointhouse: a rating is a grading's name and a month, such as star, 2016-03\n");
    return 2;
  }
  const std::string target = rating_target(
      {.key = {.grading = rating.grading, .month = *month}, .provinces = rating.provinces});
  return ask_process<ClearingConfig>(options, kClearingTitle, "POST", target, kAskSeconds,
                                     rating_answer_text);
}

void add_rating(CLI::App* clearing, const std::shared_ptr<CommonOptions>& options,
                std::function<int()>& command) {
  CLI::App* rating =
      clearing->add_subcommand("rating", "Thresholds that hold nationwide, of a grading and month");
  rating->require_subcommand(1);
  const auto asked = std::make_shared<RatingOptions>();
  CLI::App* open = rating->add_subcommand("open", "Rate a month: provinces may send their scores");
  add_common(open, *options);
  open->add_option("--grading", asked->grading, "a grading of the programme")->required();
  open->add_option("--month", asked->month, "the month that is rated, YYYY-MM")->required();
  open->add_option("--provinces", asked->provinces,
                   "codes of the provinces that count; all of the rule book, unless said")
      ->delimiter(',');
  open->add_flag("--json", options->json, "the answer as JSON");
  open->footer(
      "Thresholds are published by themselves once every one of these provinces has sent its\n"
      "scores, and then never change. Until then a rating may be opened anew for others: that is\n"
      "how one that will never send is taken out. Exit code: 0 open, 1 it can't be opened, 2\n"
      "usage, 3 failure.");
  open->callback([&command, options, asked] {
    command = [options, asked] { return open_rating(*options, *asked); };
  });
  CLI::App* status = rating->add_subcommand(
      "status", "Who has sent, who lacks, what to do next; thresholds once published");
  add_common(status, *options);
  status->add_flag("--json", options->json, "as JSON");
  status->callback([&command, options] {
    command = [options] {
      return ask_process<ClearingConfig>(*options, kClearingTitle, "GET", "/v1/ratings",
                                         kAskSeconds, ratings_text);
    };
  });
}

void add_clearing(CLI::App& app, std::function<int()>& command) {
  const auto options = std::make_shared<CommonOptions>();
  CLI::App* clearing = app.add_subcommand("clearing", "Run the clearing, or ask it");
  clearing->require_subcommand(0, 1);
  add_run_options(clearing, *options);
  add_journal_option(clearing, *options);
  clearing->footer(
      "Without a further word the clearing runs until SIGTERM. It takes the batches of the nodes\n"
      "and the files of its inbox, and answers each with a signed receipt (docs/wire.md,\n"
      "docs/operating.md). Exit code: 0 stopped, 1 faults in the settings, 2 usage, 3 failure.");
  clearing->callback([&command, options, clearing] {
    if (clearing->get_subcommands().empty()) {
      command = [options] {
        return run_process<ClearingConfig>(*options, kClearingTitle, run_clearing);
      };
    }
  });

  CLI::App* status = clearing->add_subcommand(
      "status", "Participants and days, suspense by reason and age, running positions");
  add_common(status, *options);
  status->add_flag("--json", options->json, "as JSON");
  status->callback([&command, options] {
    command = [options] {
      return ask_process<ClearingConfig>(*options, kClearingTitle, "GET", "/v1/status",
                                         kAskSeconds * 6, clearing_view_table);
    };
  });

  add_listing(clearing, command, options,
              {.name = "returned",
               .help = "Items that were sent back to a sender, as CSV, its latest batch first",
               .path = "/v1/returned/",
               .printed = returned_csv});
  add_listing(
      clearing, command, options,
      {.name = "days",
       .help = "A sender's batches, as CSV, the latest first: its days, and whether each was "
               "SENT, sealed from a FILE or from the events of the API",
       .path = "/v1/days/",
       .printed = days_csv});
  add_inputs(clearing, options, command);
  add_rating(clearing, options, command);
}

void add_gateway(CLI::App& app, std::function<int()>& command) {
  const auto options = std::make_shared<CommonOptions>();
  CLI::App* gateway = app.add_subcommand("gateway", "Run the partners' gateway, or ask it");
  gateway->require_subcommand(0, 1);
  add_run_options(gateway, *options);
  gateway->footer(
      "Without a further word the gateway runs until SIGTERM. It answers partners over HTTPS\n"
      "(docs/partners.md) and asks the clearing for them; it keeps nothing, so there may be\n"
      "several. SIGHUP has the certificate and the level of the log read anew\n"
      "(docs/operating.md). Exit code: 0 stopped, 1 faults in the settings, 2 usage, 3 failure.");
  gateway->callback([&command, options, gateway] {
    if (gateway->get_subcommands().empty()) {
      command = [options] {
        return run_process<GatewayConfig>(*options, kGatewayTitle, run_gateway);
      };
    }
  });

  CLI::App* status = gateway->add_subcommand(
      "status", "Whether the clearing speaks, what is under way, how long the certificate lasts");
  add_common(status, *options);
  status->add_flag("--json", options->json, "as JSON");
  status->callback([&command, options] {
    command = [options] {
      return ask_process<GatewayConfig>(*options, kGatewayTitle, "GET", "/v1/status", kAskSeconds,
                                        gateway_view_text);
    };
  });
}

void add_close(CLI::App& app, std::function<int()>& command) {
  const auto options = std::make_shared<CommonOptions>();
  const auto period = std::make_shared<std::string>();
  const auto dry_run = std::make_shared<bool>(false);
  CLI::App* close = app.add_subcommand("close", "Close a period at the running clearing");
  add_common(close, *options);
  close->add_option("period", *period, "the month, YYYY-MM")->required();
  close->add_flag("--dry-run", *dry_run, "only say what stops the close, and what is missing");
  close->add_flag("--json", options->json, "the answer as JSON");
  close->footer(
      "Writes the cut-off record, statements and proofs of the open period, once its cut-off\n"
      "(24:00 of working day 3 of the next month) has passed or everybody's days are here. A\n"
      "period that is closed never changes: closing it again says so and does nothing.\n"
      "Exit code: 0 closed, 1 it can't be closed yet, 2 usage, 3 failure.");
  close->callback([&command, options, period, dry_run] {
    command = [options, period, dry_run] {
      const std::string path = (*dry_run ? "/v1/close-dry-run/" : "/v1/close/") + *period;
      return ask_process<ClearingConfig>(*options, kClearingTitle, "POST", path, kCloseSeconds,
                                         close_answer_text);
    };
  });
}

}  // namespace

void add_process_commands(CLI::App& app, std::function<int()>& command) {
  add_node(app, command);
  add_clearing(app, command);
  add_gateway(app, command);
  add_close(app, command);
}

}  // namespace ph
