// Makes a seeded month of input files for demonstrations and benchmarks (`pointhouse generate`).
// The files are valid by docs/formats.md; docs/generator.md says what stands in them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/rules/expiry.h"
#include "core/types/date.h"

namespace ph {

struct GenerateOptions {
  static constexpr std::uint32_t kMembersMax = 20'000'000;
  static constexpr std::uint32_t kProvincesMax = 31;
  static constexpr std::uint32_t kOpeningLotsMax = 8;
  static constexpr std::uint32_t kPerMilleMax = 2'000;

  std::filesystem::path out{};               // --out
  Month period{26 * 12 + 2};                 // --period, default 2026-03
  std::uint32_t members{300'000};            // --members, over all provinces
  std::uint64_t seed{1};                     // --seed
  std::uint32_t provinces{31};               // --provinces, 1..31: the first ones by code
  std::uint32_t days{0};                     // --days, the first days of the month only; 0 = all
  std::uint32_t opening_lots{4};             // --opening-lots, a member has so many on average
  std::uint32_t redemptions_per_mille{150};  // --redemptions-per-mille of the members, in a month
  std::uint32_t exchanges_per_mille{50};     // --exchanges-per-mille
  std::uint32_t accruals_per_mille{80};      // --accruals-per-mille
  std::uint32_t holds_per_mille{15};         // --holds-per-mille
  std::uint32_t moves_per_mille{3};          // --moves-per-mille
  std::uint32_t faults_per_mille{
      2};  // --faults-per-mille of the two-sided events: made not to match
  // --expiry; the calendar year's holds for what was earned from the year before the period on
  ExpiryPolicy expiry{ExpiryPolicy::kQuarter};
  bool programme{false};  // --programme: day 1 brings accounts, spend and levels of before
  bool force{false};      // --force: replace the generated files in a directory in use

  // The EXPIRY rows of the rule book: none, or one from where contracts and prices begin, too.
  [[nodiscard]] std::vector<ExpiryFrom> expiry_rows() const;
};

// What was made. The expectations are those of the generator's own model of every member's lots.
struct GeneratedMonth {
  struct Count {
    std::string what{};
    std::uint64_t count{};
  };
  std::vector<Count> rows{};  // by kind; a partner's kinds begin with `partner `
  std::uint64_t day_rows{};   // rows of PROVINCE_DAY and PARTNER_DAY files
  std::uint64_t files{};
  std::uint64_t bytes{};
  std::vector<Count> suspense{};  // items expected in suspense, by reason
  std::uint64_t returned{};       // rows and items expected back with a code other than COPY
  std::uint64_t copies{};         // expected to be counted as copies
};

// Writes the month into options.out. Throws std::invalid_argument for options that cannot be
// served, std::runtime_error for a directory in use, std::system_error when the disk fails.
[[nodiscard]] GeneratedMonth generate_month(const GenerateOptions& options, bool show_progress);

// The subcommand: messages to stderr, the table of what was made to stdout.
// Returns 0, or 2 for options that cannot be served or a directory in use. Throws when the disk
// fails.
[[nodiscard]] int run_generate(const GenerateOptions& options);

}  // namespace ph
