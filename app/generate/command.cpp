// `generate`: its options.
#include <memory>

#include "app/commands.h"
#include "app/generate/options.h"

namespace ph {

void add_generate_command(CLI::App& app, std::function<int()>& command) {
  struct Options {
    GenerateOptions generate;
    std::string out;
    std::string period{"2026-03"};
  };
  const auto options = std::make_shared<Options>();
  GenerateOptions& made = options->generate;
  CLI::App* generate = app.add_subcommand("generate", "Make a month of input files, from a seed");
  generate->add_option("--out", options->out, "directory to write; new or empty")->required();
  generate->add_option("--period", options->period, "the month, 2025-12 to 2026-11")
      ->capture_default_str();
  const auto number = [generate](const char* name, auto& value, const char* help) {
    generate->add_option(name, value, help)->capture_default_str();
  };
  number("--members", made.members, "members, over all provinces");
  number("--seed", made.seed, "the same seed and options give the same bytes");
  number("--provinces", made.provinces, "provinces, 1 to 31");
  number("--days", made.days, "only the first days of the month; 0: all");
  number("--opening-lots", made.opening_lots, "lots a member has on average on the first day");
  number("--redemptions-per-mille", made.redemptions_per_mille, "in 1,000 members, in a month");
  number("--exchanges-per-mille", made.exchanges_per_mille, "likewise, out and in");
  number("--accruals-per-mille", made.accruals_per_mille, "likewise, of partners");
  number("--holds-per-mille", made.holds_per_mille, "likewise");
  number("--moves-per-mille", made.moves_per_mille, "likewise, between provinces");
  number("--faults", made.faults_per_mille, "in 1,000 two-sided events, made not to match");
  generate->add_flag("--force", made.force, "replace generated files that lie in --out");
  generate->footer(
      "What the month holds: docs/generator.md. 10 million rows for a benchmark:\n"
      "  pointhouse generate --out DIR --members 5000000 --opening-lots 2\n"
      "Exit code: 0 made, 2 usage, 3 failure.");
  generate->callback([&command, options] {
    const auto period = Month::parse(options->period);
    if (!period) throw CLI::ValidationError("--period", "a month YYYY-MM");
    options->generate.period = *period;
    options->generate.out = options->out;
    command = [options] { return run_generate(options->generate); };
  });
}

}  // namespace ph
