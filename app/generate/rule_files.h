// The generated month's rule book and calendar, and the exchange ratios that its events apply.
#pragma once

#include <cstdint>
#include <filesystem>

#include "app/generate/csv_file.h"
#include "app/generate/options.h"
#include "core/types/id.h"

namespace ph::generate {

// An exchange ratio in force: `num/den`, whole blocks of what the member gives.
struct Rate {
  std::uint32_t version{};
  std::uint32_t num{};
  std::uint32_t den{1};
  std::uint32_t block{};
  std::uint32_t min{};
};

// The partner must have type X.
[[nodiscard]] Rate out_rate(Participant partner, BusinessDate date, Month period);
[[nodiscard]] Rate in_rate(Participant partner);

// Participants in the first `province_count` provinces; contracts and prices from the year before
// on, and when points expire.
void write_rule_book(const GenerateOptions& options, std::size_t province_count, Written& written);
// The calendar of kCalendarYear.
void write_calendar(const std::filesystem::path& folder, Written& written);

}  // namespace ph::generate
