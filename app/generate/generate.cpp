#include <unistd.h>
#include <algorithm>

#include <cstdio>
#include <stdexcept>

#include "app/generate/country.h"
#include "app/generate/month.h"
#include "app/generate/options.h"
#include "app/generate/rule_files.h"
#include "core/types/id.h"

namespace ph {

namespace {

using generate::Row;

// Throws std::invalid_argument.
void check_options(const GenerateOptions& options) {
  const auto need = [](bool condition, const char* message) {
    if (!condition) throw std::invalid_argument(message);
  };
  need(!options.out.empty(), "--out: name the directory to write");
  need(options.provinces >= 1 && options.provinces <= GenerateOptions::kProvincesMax,
       "--provinces: from 1 to 31");
  need(options.members >= options.provinces && options.members <= GenerateOptions::kMembersMax,
       "--members: from one a province to 20,000,000");
  need(options.days <= 31, "--days: at most the month");
  need(options.opening_lots <= GenerateOptions::kOpeningLotsMax, "--opening-lots: at most 8");
  for (const std::uint32_t rate :
       {options.redemptions_per_mille, options.exchanges_per_mille, options.accruals_per_mille,
        options.holds_per_mille, options.moves_per_mille}) {
    need(rate <= GenerateOptions::kPerMilleMax, "a rate: at most 2,000 per mille");
  }
  need(options.faults_per_mille <= 1000, "--faults-per-mille: at most 1,000");
  // The close is in the month after; its working days come from the one calendar that is known.
  need(options.period.next().year() == generate::kCalendarYear,
       "--period: from 2025-12 to 2026-11; the close needs the calendar of 2026");
}

// A customary name of an input file, which --force may replace.
bool generated_name(std::string_view name) {
  constexpr std::string_view kTypes[] = {"PROVINCE_DAY", "PARTNER_DAY", "OPENING_LOTS", "RULEBOOK",
                                         "CALENDAR"};
  constexpr std::size_t kDateSize = 10;
  const std::size_t dash = name.find('-');
  if (dash == std::string_view::npos || name.size() < dash + kDateSize + 2 ||
      !valid_code(name.substr(0, dash)) || !BusinessDate::parse(name.substr(dash + 1, kDateSize))) {
    return false;
  }
  std::string_view rest = name.substr(dash + 1 + kDateSize);
  if (rest.ends_with(".part")) {
    rest.remove_suffix(5);
  }
  return rest.starts_with('-') && rest.ends_with(".csv") && rest.size() > 5 &&
         std::ranges::find(kTypes, rest.substr(1, rest.size() - 5)) != std::ranges::end(kTypes);
}

// Makes the directory; what an earlier run left there is removed when that is asked for.
void prepare(const GenerateOptions& options) {
  std::filesystem::create_directories(options.out);
  std::vector<std::filesystem::path> old;
  for (const auto& entry : std::filesystem::directory_iterator(options.out)) {
    const std::string name = entry.path().filename().string();
    if (!options.force) {
      throw std::runtime_error(options.out.string() +
                               ": not empty; name another directory, or replace with --force");
    }
    if (generated_name(name)) {
      old.push_back(entry.path());
    } else if (name.ends_with(".csv") || name.ends_with(".phb")) {
      throw std::runtime_error(options.out.string() + ": holds " + name +
                               ", which --force does not replace and `settle` would read too");
    }
  }
  for (const std::filesystem::path& path : old) {
    std::filesystem::remove(path);
  }
}

void add_counts(GeneratedMonth& made, const generate::Written& written) {
  for (std::size_t i = 0; i < generate::kRows; ++i) {
    const std::uint64_t count = written.rows.at(i);
    const auto row = static_cast<Row>(i);
    if (row < Row::kOpeningMember) made.day_rows += count;
    if (count > 0) made.rows.push_back({std::string(label_of(row)), count});
  }
  made.files = written.files;
  made.bytes = written.bytes;
}

void add_expected(GeneratedMonth& made, const generate::Expected& expected) {
  made.suspense = {{"MISSING_HOME", expected.missing_home},
                   {"MISSING_ACQUIRER", expected.missing_acquirer},
                   {"AMOUNT", expected.amount},
                   {"RATE", expected.rate},
                   {"AUTHORISATION", expected.authorisation},
                   {"PARENT", expected.parent}};
  made.returned = expected.returned;
  made.copies = expected.copies;
}

// 1234567 as `1,234,567`.
std::string grouped(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t at = digits.size(); at > 3; at -= 3) {
    digits.insert(at - 3, 1, ',');
  }
  return digits;
}

void print(const GeneratedMonth& made) {
  const auto line = [](const std::string& what, std::uint64_t count) {
    std::printf("  %-24s %15s\n", what.c_str(), grouped(count).c_str());
  };
  std::puts("rows");
  for (const GeneratedMonth::Count& count : made.rows) {
    line(count.what, count.count);
  }
  std::puts("made");
  line("rows of days", made.day_rows);
  line("files", made.files);
  line("MB", (made.bytes + 999'999) / 1'000'000);
  std::puts("expected of a settlement");
  for (const GeneratedMonth::Count& count : made.suspense) {
    line(count.what, count.count);
  }
  line("returned", made.returned);
  line("copies", made.copies);
}

}  // namespace

std::vector<ExpiryFrom> GenerateOptions::expiry_rows() const {
  if (expiry == ExpiryPolicy::kQuarter) {
    return {};
  }
  constexpr int kYears = 2;
  const BusinessDate from = BusinessDate::of(period.year() - 1, 1, 1);
  return {{.from = from.month(), .rule = {.policy = expiry, .years = kYears}}};
}

GeneratedMonth generate_month(const GenerateOptions& options, bool show_progress) {
  check_options(options);
  prepare(options);
  const auto progress = [show_progress](const std::string& what) {
    if (show_progress) std::fprintf(stderr, "\r%-40s", what.c_str());
  };
  generate::Written written;
  generate::Holdings holdings;
  generate::Population population(options);
  progress("rule book, calendar");
  generate::write_rule_book(options, population.provinces(), written);
  generate::write_calendar(options.out, written);
  progress("opening lots");
  population.make(options.out, holdings, written);
  generate::DayFiles files(options.out, population.provinces(), written);
  generate::MonthMaker maker(options, population, holdings, files);
  for (std::uint32_t day = 1; day <= maker.days(); ++day) {
    const BusinessDate date = first_day(options.period).plus_days(static_cast<int>(day) - 1);
    progress(date.text() + ", " + grouped(written.bytes / 1'000'000) + " MB");
    files.open(date, day);
    maker.play(day);
    files.close();
  }
  progress("");
  if (show_progress) std::fputc('\r', stderr);
  GeneratedMonth made;
  add_counts(made, written);
  add_expected(made, maker.expected());
  return made;
}

int run_generate(const GenerateOptions& options) {
  try {
    print(generate_month(options, ::isatty(STDERR_FILENO) != 0));
  } catch (const std::invalid_argument& refused) {
    std::fprintf(stderr, "pointhouse generate: %s\n", refused.what());
    return 2;
  } catch (const std::system_error&) {
    throw;
  } catch (const std::runtime_error& refused) {
    std::fprintf(stderr, "pointhouse generate: %s\n", refused.what());
    return 2;
  }
  return 0;
}

}  // namespace ph
