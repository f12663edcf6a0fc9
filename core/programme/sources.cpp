#include "core/programme/sources.h"

#include <algorithm>

#include "core/programme/earning.h"

namespace ph::programme {

namespace {

SourcePoints made(const Programme& version, Source source, Points points) {
  return {.points = lot_points(points),
          .rating = static_cast<std::uint8_t>(version.is_rating(source) ? 1 : 0)};
}

}  // namespace

std::int64_t lot_points(Points points) {
  return std::min(points.count(), kAmountMax);
}

std::optional<SourcePoints> sp_source(const ProgrammeBook& book, Month bill,
                                      std::string_view service, Fen spend) {
  const Programme* version = book.of_month(bill);
  if (version == nullptr) {
    return std::nullopt;
  }
  for (const SpShare& row : version->rows().sp_shares) {
    if (row.service == service && row.in_force.holds(first_day(bill))) {
      return made(*version, Source::kSp, sp_points(version->rows().earn, spend, row.share));
    }
  }
  return std::nullopt;
}

std::optional<SourcePoints> partner_source(const ProgrammeBook& book, BusinessDate on,
                                           std::string_view partner, Fen spend) {
  const Programme* version = book.of_month(on.month());
  if (version == nullptr) {
    return std::nullopt;
  }
  for (const PartnerSpend& row : version->rows().partner_spends) {
    if (row.partner == partner && row.in_force.holds(on)) {
      return made(*version, Source::kPartner, partner_points(spend, row.points_per_yuan));
    }
  }
  return std::nullopt;
}

std::optional<SourcePoints> fixed_source(const ProgrammeBook& book, Month earned, Units units) {
  const Programme* version = book.of_month(earned);
  if (version == nullptr || !version->rows().fixed_line) {
    return std::nullopt;
  }
  return made(*version, Source::kFixedLine, converted(units, version->rows().fixed_line->in));
}

std::optional<Units> fixed_out(const ProgrammeBook& book, BusinessDate on, Points points) {
  const Programme* version = book.of_day(on);
  if (version == nullptr || !version->rows().fixed_line) {
    return std::nullopt;
  }
  return converted(points, version->rows().fixed_line->out);
}

}  // namespace ph::programme
