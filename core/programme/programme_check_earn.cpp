// What a programme says of earning, and its dated rows.
#include <algorithm>
#include <array>

#include "core/programme/programme_check.h"

namespace ph {

namespace {

using namespace programme;
using enum ProgrammeFaultCode;

void check_sources(const Rows& rows, ProgrammeFaults& faults) {
  find_doubles(
      rows.sources, [](const auto& a, const auto& b) { return a.source == b.source; },
      [&](const SourceRow& row, const SourceRow& before) {
        faults.add(kTwice, row.line, "source.source", word(row.source), "each source once",
                   before.line);
      });
  constexpr std::array kNeeded = {Source::kConsumption, Source::kTenure,    Source::kLevel,
                                  Source::kAward,       Source::kFixedLine, Source::kSp,
                                  Source::kPartner,     Source::kExchangeIn};
  for (const Source source : kNeeded) {
    if (std::ranges::find(rows.sources, source, &SourceRow::source) == rows.sources.end()) {
      faults.add(kMissing, 0, "source.source", {}, "a [[source]] of " + std::string(word(source)));
    }
  }
}

// `rate` of a lump or of option A, `points` of an entry: one of them, as the mode says.
template <class Row>
void check_given(const Row& row, AwardMode mode, std::string_view section,
                 ProgrammeFaults& faults) {
  const bool entry = mode == AwardMode::kOnEntry;
  const std::string needed = std::string(section) + (entry ? ".points" : ".rate");
  const std::string other = std::string(section) + (entry ? ".rate" : ".points");
  const bool has_needed = entry ? row.points.has_value() : row.rate.has_value();
  const bool has_other = entry ? row.rate.has_value() : row.points.has_value();
  if (!has_needed) {
    faults.add(kMissing, row.line, needed, {}, "needed with this mode");
  }
  if (has_other) {
    faults.add(kKey, row.line, other, {}, "nothing: it isn't used with this mode");
  }
}

void check_band_order(const Rows& rows, ProgrammeFaults& faults) {
  const std::vector<TenureBand>& bands = rows.tenure_bands;
  if (bands.front().from != 0) {
    faults.add(kBands, bands.front().line, "tenure_band.from", std::to_string(bands.front().from),
               "0, in the first band");
  }
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const TenureBand& band = bands[i];
    const bool open = band.to == TenureBand::kOpenBand;
    if (band.to < band.from) {
      faults.add(kBands, band.line, "tenure_band.to", std::to_string(band.to),
                 "at least `from`, " + std::to_string(band.from));
    }
    if (i + 1 == bands.size()) {
      if (!open) {
        faults.add(kBands, band.line, "tenure_band.to", std::to_string(band.to),
                   "no `to` in the last band");
      }
      break;
    }
    const TenureBand& next = bands[i + 1];
    if (next.from == band.from) {
      faults.add(kTwice, next.line, "tenure_band.from", std::to_string(next.from), "each band once",
                 band.line);
    } else if (open) {
      faults.add(kBands, band.line, "tenure_band.to", {}, "a `to`: only the last band has none",
                 next.line);
    } else if (next.from != band.to + 1) {
      faults.add(kBands, next.line, "tenure_band.from", std::to_string(next.from),
                 std::to_string(band.to + 1), band.line);
    }
  }
}

void check_tenure_award(const Rows& rows, ProgrammeFaults& faults) {
  const AwardRule& award = rows.tenure_award;
  if (award.mode == AwardMode::kNone) {
    for (const TenureBand& band : rows.tenure_bands) {
      faults.add(kKey, band.line, "tenure_band", {}, "no band: the tenure award's mode is NONE",
                 award.line);
    }
    return;
  }
  if (rows.tenure_bands.empty()) {
    faults.add(kMissing, award.line, "tenure_band", {}, "a [[tenure_band]] that begins at 0");
    return;
  }
  check_band_order(rows, faults);
  for (const TenureBand& band : rows.tenure_bands) {
    check_given(band, award.mode, "tenure_band", faults);
  }
}

void check_level_award(const Rows& rows, ProgrammeFaults& faults) {
  const AwardRule& award = rows.level_award;
  if (award.mode == AwardMode::kNone) {
    if (award.grading.given()) {
      faults.add(kKey, award.line, "level_award.grading", award.grading.name,
                 "nothing: the mode is NONE");
    }
    for (const LevelRate& row : rows.level_rates) {
      faults.add(kKey, row.line, "level_rate", row.level.name,
                 "no level: the level award's mode is NONE", award.line);
    }
    return;
  }
  if (!award.grading.given()) {
    faults.add(kMissing, award.line, "level_award.grading", {}, "the name of a [[grading]]");
  }
  find_doubles(
      rows.level_rates, [](const auto& a, const auto& b) { return a.level.name == b.level.name; },
      [&](const LevelRate& row, const LevelRate& before) {
        faults.add(kTwice, row.line, "level_rate.level", row.level.name, "each level once",
                   before.line);
      });
  for (const LevelRate& row : rows.level_rates) {
    check_given(row, award.mode, "level_rate", faults);
  }
  if (award.grading.index == kNoIndex) return;
  const Grading& grading = rows.gradings[award.grading.index];
  for (std::size_t i = 1; i < grading.levels.size(); ++i) {
    const std::string& level = grading.levels[i].name;
    if (std::ranges::none_of(rows.level_rates,
                             [&](const LevelRate& row) { return row.level.name == level; })) {
      faults.add(kMissing, award.line, "level_rate.level", level, "a [[level_rate]] of this level",
                 grading.line);
    }
  }
}

void check_campaigns(const Rows& rows, ProgrammeFaults& faults) {
  for (const Campaign& row : rows.campaigns) {
    if (!row.points && !row.rate) {
      faults.add(kMissing, row.line, "campaign.points", row.name, "`points` or `rate`");
    } else if (row.points && row.rate) {
      faults.add(kKey, row.line, "campaign.rate", row.name, "`points` or `rate`, not both");
    }
  }
}

// Each row's interval; and no two rows of one key hold on one day.
template <class Row, class Same, class Value>
void check_intervals(const std::vector<Row>& rows, std::string_view section, Same same, Value value,
                     ProgrammeFaults& faults) {
  const auto key = [section](std::string_view name) {
    return std::string(section) + std::string(name);
  };
  for (const Row& row : rows) {
    if (row.in_force.to <= row.in_force.from) {
      faults.add(kInterval, row.line, key(".to"), row.in_force.to.text(),
                 "a day behind `from`, " + row.in_force.from.text());
    }
  }
  find_doubles(
      rows,
      [&](const Row& a, const Row& b) {
        return a.in_force.from < b.in_force.to && b.in_force.from < a.in_force.to && same(a, b);
      },
      [&](const Row& row, const Row& before) {
        const BusinessDate both = std::max(row.in_force.from, before.in_force.from);
        faults.add(kOverlap, row.line, key(".from"), value(row),
                   "another day: both hold on " + both.text(), before.line);
      });
}

}  // namespace

void check_earning(const Rows& rows, ProgrammeFaults& faults) {
  if (rows.head.maker == rows.head.checker) {
    faults.add(kOnePerson, rows.head.line, "programme.checker", rows.head.checker,
               "another officer than the maker");
  }
  check_sources(rows, faults);
  check_tenure_award(rows, faults);
  check_level_award(rows, faults);
  check_campaigns(rows, faults);
  if (rows.fixed_line && !(rows.fixed_line->in * rows.fixed_line->out <= Ratio(1, 1))) {
    faults.add(kRoundTrip, rows.fixed_line->line, "fixed_line.out", rows.fixed_line->out.text(),
               "`in` x `out` of 1 at most; `in` is " + rows.fixed_line->in.text());
  }
}

void check_dated(const Rows& rows, ProgrammeFaults& faults) {
  const auto same_name = [](const auto& a, const auto& b) { return a.name == b.name; };
  const auto name = [](const auto& row) -> std::string_view { return row.name; };
  check_intervals(rows.campaigns, "campaign", same_name, name, faults);
  check_intervals(
      rows.sp_shares, "sp", [](const auto& a, const auto& b) { return a.service == b.service; },
      [](const SpShare& row) -> std::string_view { return row.service; }, faults);
  check_intervals(
      rows.partner_spends, "partner",
      [](const auto& a, const auto& b) { return a.partner == b.partner; },
      [](const PartnerSpend& row) -> std::string_view { return row.partner; }, faults);
  check_intervals(
      rows.thresholds, "threshold",
      [](const Threshold& a, const Threshold& b) {
        return a.grading.name == b.grading.name && a.level.name == b.level.name &&
               (a.region == b.region || a.region == kAllRegions || b.region == kAllRegions);
      },
      [](const Threshold& row) -> std::string_view { return row.level.name; }, faults);
  check_intervals(
      rows.entries, "entry",
      [](const Entry& a, const Entry& b) {
        return a.grading.name == b.grading.name && a.plan == b.plan;
      },
      [](const Entry& row) -> std::string_view { return row.plan; }, faults);
  check_intervals(rows.benefits, "benefit", same_name, name, faults);
  check_intervals(rows.items, "item", same_name, name, faults);
  // Of prices the narrowest counts, then the later one: only equals conflict.
  check_intervals(
      rows.prices, "price",
      [](const Price& a, const Price& b) {
        return a.item.name == b.item.name && a.quantity == b.quantity &&
               a.in_force.from == b.in_force.from && a.minutes_a_week() == b.minutes_a_week() &&
               (a.weekdays & b.weekdays) != 0 && a.minute_from < b.minute_to &&
               b.minute_from < a.minute_to;
      },
      [](const Price& row) -> std::string_view { return row.item.name; }, faults);
}

}  // namespace ph
