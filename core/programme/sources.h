// What spend elsewhere and fixed-line points give, by the versions of a programme: which of them
// counts, and which of its rows (docs/programme-file.md, section 4).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/programme/programme_book.h"
#include "core/types/amount.h"
#include "core/types/date.h"

namespace ph::programme {

struct SourcePoints {
  std::int64_t points{};  // at most what a lot can have
  std::uint8_t rating{};
};

// A lot can't have more than an amount of a file, whatever a rate says.
[[nodiscard]] std::int64_t lot_points(Points points);

// nullopt: the version of that month has no such row in force.
// Spend on a service provider's service; the row in force on the month's first day.
[[nodiscard]] std::optional<SourcePoints> sp_source(const ProgrammeBook& book, Month bill,
                                                    std::string_view service, Fen spend);
// Spend at a partner on that day.
[[nodiscard]] std::optional<SourcePoints> partner_source(const ProgrammeBook& book, BusinessDate on,
                                                         std::string_view partner, Fen spend);
// Fixed-line points that become mobile ones.
[[nodiscard]] std::optional<SourcePoints> fixed_source(const ProgrammeBook& book, Month earned,
                                                       Units units);
// Mobile points that become fixed-line ones on that day.
[[nodiscard]] std::optional<Units> fixed_out(const ProgrammeBook& book, BusinessDate on,
                                             Points points);

}  // namespace ph::programme
