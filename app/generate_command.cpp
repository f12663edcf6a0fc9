// `generate`: its options.
#include <memory>

#include "app/commands.h"
#include "app/generate/options.h"

namespace ph {

namespace {

// How often things happen.
void add_event_options(CLI::App& generate, GenerateOptions& to) {
  const auto per_mille = CLI::Range(0U, GenerateOptions::kPerMilleMax);
  generate
      .add_option("--redemptions-per-mille", to.redemptions_per_mille, "of the members, in a month")
      ->check(per_mille)
      ->capture_default_str();
  generate.add_option("--exchanges-per-mille", to.exchanges_per_mille, "of the members")
      ->check(per_mille)
      ->capture_default_str();
  generate.add_option("--accruals-per-mille", to.accruals_per_mille, "of the members")
      ->check(per_mille)
      ->capture_default_str();
  generate.add_option("--holds-per-mille", to.holds_per_mille, "of the members")
      ->check(per_mille)
      ->capture_default_str();
  generate.add_option("--moves-per-mille", to.moves_per_mille, "of the members")
      ->check(per_mille)
      ->capture_default_str();
  generate
      .add_option("--faults-per-mille", to.faults_per_mille,
                  "of the two-sided events: made so that they don't match")
      ->check(per_mille)
      ->capture_default_str();
}

}  // namespace

void add_generate_command(CLI::App& app, std::function<int()>& command) {
  struct Given {
    GenerateOptions options;
    std::string out;
    std::string period{"2026-03"};
    std::string expiry{"QUARTER"};
  };
  const auto given = std::make_shared<Given>();
  GenerateOptions& to = given->options;
  CLI::App* generate =
      app.add_subcommand("generate", "Make a seeded month of input files to try things with");
  generate->add_option("--out", given->out, "directory to write")->required();
  generate->add_option("--period", given->period, "the month, YYYY-MM")->capture_default_str();
  generate->add_option("--members", to.members, "members over all provinces")
      ->check(CLI::Range(1U, GenerateOptions::kMembersMax))
      ->capture_default_str();
  generate->add_option("--seed", to.seed, "same seed, same bytes on any machine")
      ->capture_default_str();
  generate->add_option("--provinces", to.provinces, "how many provinces, the first by code")
      ->check(CLI::Range(1U, GenerateOptions::kProvincesMax))
      ->capture_default_str();
  generate->add_option("--days", to.days, "only the first days of the month; 0: all")
      ->check(CLI::Range(0, 31))
      ->capture_default_str();
  generate
      ->add_option("--opening-lots", to.opening_lots, "lots a member has at the start, on average")
      ->check(CLI::Range(0U, GenerateOptions::kOpeningLotsMax))
      ->capture_default_str();
  add_event_options(*generate, to);
  generate
      ->add_option("--expiry", given->expiry,
                   "when points expire: QUARTER, or YEAR of what was earned from last year on")
      ->check(CLI::IsMember({"QUARTER", "YEAR"}))
      ->capture_default_str();
  generate->add_flag("--programme", to.programme,
                     "the first day brings along what a programme needs: accounts, last year's "
                     "spend, levels");
  generate->add_flag("--force", to.force, "replace the generated files in a directory in use");
  generate->footer(
      "What a month holds: docs/generator.md. Then: pointhouse settle --in DIR --period ...");
  generate->callback([&command, given] {
    command = [given] {
      const auto period = Month::parse(given->period);
      if (!period) {
        std::fprintf(stderr, "pointhouse generate: --period is a month such as 2026-03, not '%s'\n",
                     given->period.c_str());
        return 2;
      }
      given->options.period = *period;
      given->options.out = given->out;
      given->options.expiry =
          given->expiry == "YEAR" ? ExpiryPolicy::kYear : ExpiryPolicy::kQuarter;
      return run_generate(given->options);
    };
  });
}

}  // namespace ph
