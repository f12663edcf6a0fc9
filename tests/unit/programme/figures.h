// The operators' programmes as their documents have them, in rows: what the tests of the pure
// functions hold their figures against.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "core/programme/grade.h"
#include "core/programme/programme_rows.h"
#include "core/types/date.h"

namespace ph::programme {

inline Month month(const char* text) {
  return Month::parse(text).value();
}
inline BusinessDate day(const char* text) {
  return BusinessDate::parse(text).value();
}
inline Ref ref(std::string name, std::uint16_t index) {
  return {.name = std::move(name), .index = index};
}
// Names of a list with the grades that they are.
inline std::vector<Ref> refs(std::initializer_list<std::uint16_t> grades) {
  std::vector<Ref> list;
  for (const std::uint16_t grade : grades) {
    list.push_back(ref("grade-" + std::to_string(grade), grade));
  }
  return list;
}
inline Threshold threshold(std::uint16_t level, std::int64_t min, int region = kAllRegions) {
  return {.level = ref("level", level), .region = region, .min = min};
}

// --- China Telecom
// --------------------------------------------------------------------------------

inline std::vector<TenureBand> telecom_bands() {
  const auto band = [](int from, int to, Int128 num, Int128 den) {
    return TenureBand{.from = from, .to = to, .rate = Ratio{num, den}};
  };
  return {band(0, 6, 0, 1),
          band(7, 12, 1, 10),
          band(13, 24, 1, 5),
          band(25, 36, 3, 10),
          band(37, 48, 2, 5),
          band(49, 60, 1, 2),
          band(61, TenureBand::kOpenBand, 3, 5)};
}

inline constexpr std::uint16_t kVipCard = 1;
inline constexpr std::uint16_t kSilver = 2;
inline constexpr std::uint16_t kGold = 3;
inline constexpr std::uint16_t kDiamond = 4;

inline std::vector<LevelRate> telecom_level_rates() {
  return {{.level = ref("vip-card", kVipCard), .rate = Ratio{0, 1}},
          {.level = ref("silver", kSilver), .rate = Ratio{1, 10}},
          {.level = ref("gold", kGold), .rate = Ratio{1, 5}},
          {.level = ref("diamond", kDiamond), .rate = Ratio{1, 2}}};
}

inline Grading telecom_levels() {
  Grading grading{.name = "level", .levels = refs({0, 1, 2, 3, 4}), .basis = Basis::kRatingPoints};
  grading.run = GradingRun::kYearly;
  grading.effective = EffectiveDay{.month = 1, .day = 1};
  grading.apply = true;
  grading.standards = Standards::kRatios;
  grading.shares = {{.level = ref("vip-card", 1), .of = ref("all", kNoIndex), .ratio = {1, 3}},
                    {.level = ref("silver", 2), .of = ref("vip-card", 1), .ratio = {1, 4}},
                    {.level = ref("gold", 3), .of = ref("silver", 2), .ratio = {1, 5}}};
  grading.thresholds = {threshold(kDiamond, 30000, 1), threshold(kDiamond, 24000, 2),
                        threshold(kDiamond, 18000, 3)};
  return grading;
}

inline Grading telecom_growth() {
  Grading grading{.name = "growth", .levels = refs({0, 1, 2, 3, 4, 5, 6, 7})};
  grading.basis = Basis::kGrowth;
  grading.run = GradingRun::kMonthly;
  grading.effective = EffectiveDay{};
  grading.up_only = true;
  grading.standards = Standards::kFixed;
  grading.score.per_tenure_month = 10;
  grading.score.per_suspension = 10;
  std::uint16_t level = 1;
  for (const std::int64_t min : {600, 1000, 1500, 2300, 4000, 6000, 8000}) {
    grading.thresholds.push_back(threshold(level++, min));
  }
  return grading;
}

// --- China Unicom
// ---------------------------------------------------------------------------------

// Grades: the six levels, then the flags.
inline constexpr std::uint16_t kVip = 6;
inline constexpr std::uint16_t kLoyal = 7;
inline constexpr std::uint16_t kLegacyDiamond = 8;
inline constexpr std::uint16_t kLegacyGold = 9;
inline constexpr std::uint16_t kLegacySilver = 10;

inline Grading unicom_stars() {
  Grading grading{.name = "star", .levels = refs({0, 1, 2, 3, 4, 5}), .basis = Basis::kProduct};
  grading.unit = GradingUnit::kAccount;
  grading.run = GradingRun::kClearing;
  grading.effective = EffectiveDay{};
  grading.standards = Standards::kClearing;
  grading.score.months_min = 6;
  grading.score.threshold_round = 10;
  for (int years = 0; years <= 5; ++years) {
    grading.factors.push_back({.years_from = years, .factor = Ratio{10 + years, 10}});
  }
  grading.cuts = {{.level = ref("five-star", 5), .percent = 5},
                  {.level = ref("four-star", 4), .percent = 15},
                  {.level = ref("three-star", 3), .percent = 30},
                  {.level = ref("two-star", 2), .percent = 70}};
  return grading;
}
inline std::vector<Ref> unicom_order() {
  return refs({kLegacyDiamond, 5, kLegacyGold, kVip, kLoyal, kLegacySilver, 4, 3, 2, 1, 0});
}

// --- China Mobile
// ---------------------------------------------------------------------------------

inline Grading gotone_annual() {
  Grading grading{
      .name = "annual", .levels = refs({0, 1, 2, 3, 4, 5}), .basis = Basis::kSpendScore};
  grading.run = GradingRun::kYearly;
  grading.effective = EffectiveDay{.month = 2, .day = 1};
  grading.standards = Standards::kFixed;
  grading.tenure_points = {{.years_from = 1, .points = 100},
                           {.years_from = 3, .points = 200},
                           {.years_from = 10, .points = 300}};
  grading.thresholds = {threshold(5, 4000)};
  return grading;
}
inline Grading gotone_monthly() {
  Grading grading{.name = "monthly", .levels = refs({0, 1, 2, 3, 4, 5}), .basis = Basis::kPlan};
  grading.valid_months = 0;
  std::uint16_t level = 1;
  for (const char* plan : {"gotone-89", "gotone-129", "gotone-199", "gotone-299", "gotone-599"}) {
    grading.entries.push_back({.level = ref("level", level++), .plan = plan});
  }
  return grading;
}

// --- the same for all
// -----------------------------------------------------------------------------

inline Sheet b2b_sheet() {
  Sheet sheet{.name = "b2b", .high = 100};
  const auto fixed = [](std::int64_t from, std::int64_t points) {
    return SheetBand{.from = from, .min = points, .max = points};
  };
  const auto graders = [](std::int64_t from, std::int64_t min, std::int64_t max) {
    return SheetBand{.from = from, .min = min, .max = max};
  };
  sheet.inputs.push_back(
      {.name = "nature", .max = 15, .bands = {fixed(1, 5), fixed(2, 10), fixed(3, 15)}});
  for (const char* name : {"strength", "growth", "profit"}) {
    sheet.inputs.push_back({.name = name,
                            .max = 15,
                            .bands = {graders(1, 0, 4), graders(2, 5, 9), graders(3, 10, 15)}});
  }
  for (const char* name : {"relationship", "importance"}) {
    sheet.inputs.push_back({.name = name,
                            .max = 20,
                            .bands = {graders(1, 0, 9), graders(2, 10, 14), graders(3, 15, 20)}});
  }
  sheet.cuts = {{.grade = "a", .from = 75}, {.grade = "b", .from = 60}, {.grade = "c", .from = 0}};
  return sheet;
}

}  // namespace ph::programme
