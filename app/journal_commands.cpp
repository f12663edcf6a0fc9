// `journal show|verify|archive`: the journal of a process, beside that process (docs/journal.md).
#include <cstdio>
#include <memory>

#include "app/clearing/config.h"
#include "app/commands.h"
#include "app/journal/journal.h"
#include "app/node/config.h"
#include "app/process/shell.h"
#include "platform/journal/archive.h"

namespace ph {

namespace {

struct Where {
  std::string node{};
  std::string clearing{};
  std::string url{};
  std::string of{};
};

// The journal that a process's settings name; empty, with the faults told, when they have some.
template <class Config>
std::string url_in(const std::string& file, const char* title) {
  Config config;
  ConfigSchema schema(title);
  declare(schema, config);
  if (const auto faults = schema.load(file); !faults.empty()) {
    std::fprintf(stderr, "%s", faults_text(faults).c_str());
    return "";
  }
  return storage_url(config.journal, config.data);
}

using Work = int (*)(const JournalOptions&);

int with_journal(const Where& where, JournalOptions options, Work work) {
  if (!where.node.empty()) {
    options.of = JournalOf::kNode;
    options.url = url_in<NodeConfig>(where.node, "node");
  } else if (!where.clearing.empty()) {
    options.of = JournalOf::kClearing;
    options.url = url_in<ClearingConfig>(where.clearing, "clearing");
  } else {
    options.of = where.of == "node"       ? JournalOf::kNode
                 : where.of == "clearing" ? JournalOf::kClearing
                                          : JournalOf::kUnknown;
    options.url = where.url;
  }
  if (options.url.empty()) {
    return 1;
  }
  if (where.url == options.url && holds_password(options.url)) {
    std::fprintf(stderr, "pointhouse: %s\n", kPasswordIsSeen);
    return 2;
  }
  return work(options);
}

CLI::App* add_one(CLI::App* journal, const char* name, const char* help, Work work,
                  const std::shared_ptr<JournalOptions>& options, std::function<int()>& command) {
  const auto where = std::make_shared<Where>();
  CLI::App* one = journal->add_subcommand(name, help);
  CLI::Option_group* which = one->add_option_group("journal", "whose journal");
  which->add_option("--node", where->node, "of the node with these settings");
  which->add_option("--clearing", where->clearing, "of the clearing with these settings");
  CLI::Option* url = which->add_option("--journal", where->url, "lmdb:DIR or postgresql://...");
  which->require_option(1);
  one->add_option("--of", where->of, "whose --journal it is: its commands get their names")
      ->check(CLI::IsMember({"node", "clearing"}))
      ->needs(url);
  one->add_flag("--json", options->json, "as JSON");
  one->callback([&command, where, options, work] {
    command = [where, options, work] { return with_journal(*where, *options, work); };
  });
  return one;
}

void add_archive_option(CLI::App* one, const std::shared_ptr<JournalOptions>& options) {
  one->add_option("--archive", options->archive, "directory of the segments that were put aside")
      ->check(CLI::ExistingDirectory);
}

}  // namespace

void add_journal_commands(CLI::App& app, std::function<int()>& command) {
  CLI::App* journal =
      app.add_subcommand("journal", "Look at a journal, prove its chain, put its past aside");
  journal->require_subcommand(1);
  journal->footer(
      "A journal in LMDB belongs to its process: stop that first. One on PostgreSQL may be looked\n"
      "at, and archived, while its process works.");

  const auto show = std::make_shared<JournalOptions>();
  CLI::App* one = add_one(journal, "show", "What its blocks hold", &show_journal, show, command);
  one->add_option("--from", show->from, "first block; without it the last 20")
      ->check(CLI::PositiveNumber);
  one->add_option("--to", show->to, "last block")->check(CLI::PositiveNumber);
  add_archive_option(one, show);
  one->footer("Exit code: 0 done, 1 a block is damaged (it is named), 2 usage, 3 failure.");

  const auto verify = std::make_shared<JournalOptions>();
  one = add_one(journal, "verify", "Read every byte, follow the chain from block to block",
                &verify_journal, verify, command);
  add_archive_option(one, verify);
  one->footer(
      "Exit code: 0 proven, 1 a block is damaged or missing (it is named: the first wrong byte\n"
      "lies in it), 2 usage, 3 failure.");

  const auto archive = std::make_shared<JournalOptions>();
  archive->segment_bytes_max = kSegmentBytesMax;
  one = add_one(journal, "archive", "Move the blocks that no start needs into files",
                &archive_of_journal, archive, command);
  one->add_option("--to", archive->archive, "directory of the segments; made where it lacks")
      ->required();
  one->add_option("--segment-bytes", archive->segment_bytes_max, "bytes a file has at most")
      ->check(CLI::PositiveNumber);
  one->footer(
      "Only blocks before the older of two whole snapshots go, and only once their file was read\n"
      "back. Exit code: 0 done or nothing to do, 2 usage, 3 failure, or damage: nothing is moved.");
}

}  // namespace ph
