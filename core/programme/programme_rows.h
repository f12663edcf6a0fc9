// The sections of a programme file (docs/programme-file.md) as plain values, in the order of the
// file. The reader of files makes them; `Programme::build` checks what holds between them and fills
// in what their names refer to.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/rules/expiry.h"
#include "core/types/amount.h"
#include "core/types/date.h"
#include "core/types/ratio.h"
#include "core/types/words.h"

namespace ph::programme {

inline constexpr std::uint16_t kNoIndex = 0xffff;
inline constexpr std::size_t kGradingsMax = 4;
inline constexpr int kAllRegions = 0;

// A name that refers to a row elsewhere in the file. `index` is filled in by `Programme::build`:
// where the row stands among those of its section, or the grade among `Programme::grades()`.
struct Ref {
  std::string name{};
  std::uint16_t index{kNoIndex};

  [[nodiscard]] bool given() const { return !name.empty(); }
};

// In force from `from` on, until the day before `to`.
struct InForce {
  BusinessDate from{};
  BusinessDate to{BusinessDate::kCount};

  [[nodiscard]] bool holds(BusinessDate on) const { return from <= on && on < to; }
};

enum class Enrolment : std::uint8_t { kAutomatic, kOnRequest };
enum class Rounding : std::uint8_t { kFloor, kUp };
enum class AwardMode : std::uint8_t { kNone, kOptionA, kLump31Dec, kOnEntry };
enum class CampaignPer : std::uint8_t { kAccount, kMember, kEvent };
enum class Basis : std::uint8_t {
  kRatingPoints,
  kSpendScore,
  kProduct,
  kGrowth,
  kPlan,
  kSheet,
  kReview,
};
enum class GradingUnit : std::uint8_t { kMember, kAccount };
enum class GradingRun : std::uint8_t { kYearly, kMonthly, kClearing, kNone };
enum class Standards : std::uint8_t { kNone, kFixed, kRatios, kClearing };
enum class Publish : std::uint8_t { kOperator, kAuto };
enum class FlagBy : std::uint8_t { kReview, kTenure, kLegacy };
enum class BenefitKind : std::uint8_t { kService, kClaim, kClub, kQueue };
enum class ClaimPer : std::uint8_t { kAny, kOnce, kYear, kBirthday, kGrade };
enum class Prefer : std::uint8_t { kNone, kHours, kDays, kCount };
enum class QueuePosition : std::uint8_t { kFirst, kNormal, kLast };
enum class ItemKind : std::uint8_t { kOwn, kBought, kService };
enum class Beneficiary : std::uint8_t { kAny, kSelf };
enum class Stock : std::uint8_t { kOpen, kCounted };
enum class Redeeming : std::uint8_t { kBlock, kAllow };

// [programme]
struct Head {
  std::uint32_t line{};
  std::string code{};
  std::string title{};
  std::uint32_t version{};
  BusinessDate effective{};
  std::string maker{};
  std::string checker{};
  Enrolment enrolment{};
  bool profile_required{true};
  int backfill_months{6};
  int region_classes{3};
};

// [earn]
struct EarnRule {
  std::uint32_t line{};
  std::int64_t unit_fen{100};
  Ratio points_per_unit{1, 1};
  Rounding round{};
  bool pause_in_arrears{true};
  int catch_up_months{6};
};

// [[source]]
struct SourceRow {
  std::uint32_t line{};
  Source source{};
  bool rating{};
};

// [[tenure_band]]: complete months, both inclusive. `to` of the last one: kOpenBand.
struct TenureBand {
  static constexpr int kOpenBand = 1'000'000;
  std::uint32_t line{};
  int from{};
  int to{kOpenBand};
  std::optional<Ratio> rate{};           // of OPTION_A and LUMP_31DEC
  std::optional<std::int64_t> points{};  // of ON_ENTRY
};

// [[level_rate]]
struct LevelRate {
  std::uint32_t line{};
  Ref level{};  // index: of the level within the award's grading
  std::optional<Ratio> rate{};
  std::optional<std::int64_t> points{};
};

// [tenure_award], [level_award]. `grading`: of levels alone.
struct AwardRule {
  std::uint32_t line{};
  AwardMode mode{AwardMode::kLump31Dec};
  Ref grading{};
};

// [[campaign]]: all conditions that are given must hold. Exactly one of points and rate.
struct Campaign {
  std::uint32_t line{};
  std::string name{};
  std::string title{};
  std::vector<std::string> services{};
  std::vector<std::string> channels{};
  std::vector<std::string> plans{};
  std::int64_t credit_min{};
  std::optional<std::int64_t> points{};
  std::optional<Ratio> rate{};
  CampaignPer per{};
  std::int64_t budget{};  // 0: none
  InForce in_force{};
};

// [fixed_line]
struct FixedLine {
  std::uint32_t line{};
  Ratio in{};
  Ratio out{};
};

// [[sp]]
struct SpShare {
  std::uint32_t line{};
  std::string service{};
  Ratio share{};
  InForce in_force{};
};

// [[partner]]
struct PartnerSpend {
  std::uint32_t line{};
  std::string partner{};  // code of the rule book
  Ratio points_per_yuan{};
  InForce in_force{};
};

// [expiry]
struct ExpiryRow {
  std::uint32_t line{};
  ExpiryRule rule{};
  int notice_months{1};
};

// [[threshold]]: lower bound, inclusive, in units of the grading's basis.
struct Threshold {
  std::uint32_t line{};
  Ref grading{};
  Ref level{};              // index within the grading
  int region{kAllRegions};  // class 1 to 9
  std::int64_t min{};
  InForce in_force{};
};

// [[share]]. `of`: a level of the grading, index within it; or "all", kNoIndex.
struct Share {
  std::uint32_t line{};
  Ref grading{};
  Ref level{};
  Ref of{};
  Ratio ratio{};
};

// [[cut]]: the score at this share of units, counted from the highest.
struct Cut {
  std::uint32_t line{};
  Ref grading{};
  Ref level{};
  int percent{};
};

// [[factor]]
struct Factor {
  std::uint32_t line{};
  Ref grading{};
  int years_from{};
  Ratio factor{};
};

// [[score]]
struct ScoreRule {
  std::uint32_t line{};
  Ref grading{};
  int months{12};
  int months_min{0};
  std::int64_t threshold_round{1};
  std::int64_t per_tenure_month{};
  std::int64_t per_suspension{};
};

// [[tenure_points]]
struct TenurePoints {
  std::uint32_t line{};
  Ref grading{};
  int years_from{};
  std::int64_t points{};
};

// [[entry]]
struct Entry {
  std::uint32_t line{};
  Ref grading{};
  Ref level{};
  std::string plan{};
  InForce in_force{};
};

// From when a run's grades hold: a day of the year, or the month after the reference month.
struct EffectiveDay {
  int month{};  // 1 to 12; 0: NEXT_MONTH
  int day{};
};

// [[grading]], and what other sections say of it, in their order; filled in by `Programme::build`.
struct Grading {
  std::uint32_t line{};
  std::string name{};
  std::string title{};
  std::vector<Ref> levels{};  // lowest first; the first is what everybody has
  Basis basis{};
  GradingUnit unit{};
  GradingRun run{GradingRun::kNone};
  std::optional<EffectiveDay> effective{};
  int valid_months{12};  // 0: until cancelled
  bool lapse{true};
  bool up_only{false};
  bool apply{false};
  int apply_months{12};
  Standards standards{};
  Publish publish{};
  int run_day{10};

  ScoreRule score{};
  std::vector<Threshold> thresholds{};
  std::vector<Share> shares{};
  std::vector<Cut> cuts{};                    // highest level first
  std::vector<Factor> factors{};              // ascending by years
  std::vector<TenurePoints> tenure_points{};  // likewise
  std::vector<Entry> entries{};
};

// [[flag]]
struct Flag {
  std::uint32_t line{};
  std::string name{};
  FlagBy by{};
  int months{};
  int valid_months{};
};

// [[benefit]]
struct Benefit {
  std::uint32_t line{};
  std::string name{};
  std::string title{};
  std::vector<Ref> levels{};  // grades: levels and flags
  BenefitKind kind{};
  ClaimPer per{};
  std::int64_t count{};  // 0: unlimited
  int days{};
  int usable_days{};
  int hours{};
  std::string group{};
  Prefer prefer{};
  std::vector<std::string> channels{};  // empty: any
  Ref queue{};
  std::int64_t priority{};
  std::vector<std::string> terms{};
  InForce in_force{};
};

// [[queue]]
struct Queue {
  std::uint32_t line{};
  std::string name{};
  QueuePosition position{};
  std::vector<Ref> grades{};  // of levels and flags
  bool blacklist{};           // names `blacklist`
  bool other{};               // names `other`
  std::int64_t answer_seconds{};
  std::int64_t answer_percent{};
  std::int64_t call_back_hours{};
};

// [[sheet_band]]: an input value from `from` on gives so many points, or lets the grader give min
// to max.
struct SheetBand {
  std::uint32_t line{};
  Ref sheet{};
  Ref input{};
  std::int64_t from{};
  std::int64_t min{};
  std::int64_t max{};  // equal to min: `points`
};
// [[sheet_input]]
struct SheetInput {
  std::uint32_t line{};
  Ref sheet{};
  std::string name{};
  std::int64_t max{};
  std::vector<SheetBand> bands{};  // ascending
};
// [[sheet_cut]]
struct SheetCut {
  std::uint32_t line{};
  Ref sheet{};
  std::string grade{};
  std::int64_t from{};
};
// [[sheet]]
struct Sheet {
  std::uint32_t line{};
  std::string name{};
  std::string title{};
  std::int64_t high{};
  std::vector<SheetInput> inputs{};
  std::vector<SheetCut> cuts{};  // descending
};

// [[segment]]
struct Segment {
  std::uint32_t line{};
  std::string name{};
  std::int64_t from_fen{};
  std::int64_t to_fen{};
  std::string income{};
  std::string credit{};
};

// [limits]; 0: none
struct Limits {
  std::uint32_t line{};
  std::int64_t single_max{};
  std::int64_t daily_max{};
  std::int64_t earned_min{};
  int new_days{};
  Redeeming arrears{};
  Redeeming blacklist{};
};

// Pieces of a price, and of an order: its record has 16 bits for them.
inline constexpr std::int64_t kQuantityMax = 65'535;

// [[price]]
struct Price {
  std::uint32_t line{};
  Ref item{};
  std::int64_t quantity{1};  // A row with a fault in it is compared with others, too.
  std::int64_t points{};
  std::int64_t cash{};  // fen
  InForce in_force{};
  int minute_from{};            // of the day, inclusive
  int minute_to{24 * 60};       // exclusive
  std::uint8_t weekdays{0x7f};  // bit 0: Monday

  // How narrow the row is: of those that hold the narrowest one counts.
  [[nodiscard]] int minutes_a_week() const {
    return (minute_to - minute_from) * std::popcount(weekdays);
  }
};

// [[item]]
struct CatalogueItem {
  std::uint32_t line{};
  std::string name{};
  std::string title{};
  Form form{};
  std::string supplier{};
  ItemKind kind{};
  bool principal{true};
  std::vector<Ref> levels{};  // grades; empty: any
  Beneficiary beneficiary{};
  std::optional<Ratio> credit{};  // fen a point
  std::int64_t step{1};
  std::int64_t cost{};
  std::int64_t freight{};
  Stock stock{};
  std::int64_t market_fen{};
  InForce in_force{};
  std::vector<Price> prices{};
};

// [orders]
struct OrderRule {
  std::uint32_t line{};
  int complaint_days{15};
  int hold_days{90};
};

// The whole file. Where a section isn't given, its defaults stand, with line 0.
struct Rows {
  Head head{};
  EarnRule earn{};
  std::vector<SourceRow> sources{};
  AwardRule tenure_award{};
  std::vector<TenureBand> tenure_bands{};
  AwardRule level_award{};
  std::vector<LevelRate> level_rates{};
  std::vector<Campaign> campaigns{};
  std::optional<FixedLine> fixed_line{};
  std::vector<SpShare> sp_shares{};
  std::vector<PartnerSpend> partner_spends{};
  ExpiryRow expiry{};
  std::vector<Grading> gradings{};
  std::vector<Threshold> thresholds{};
  std::vector<Share> shares{};
  std::vector<Cut> cuts{};
  std::vector<Factor> factors{};
  std::vector<ScoreRule> scores{};
  std::vector<TenurePoints> tenure_points{};
  std::vector<Entry> entries{};
  std::vector<Flag> flags{};
  std::uint32_t effective_line{};
  std::vector<Ref> effective_order{};  // grades, highest first
  std::vector<Benefit> benefits{};
  std::vector<Queue> queues{};
  std::vector<Sheet> sheets{};
  std::vector<SheetInput> sheet_inputs{};
  std::vector<SheetBand> sheet_bands{};
  std::vector<SheetCut> sheet_cuts{};
  std::vector<Segment> segments{};
  Limits limits{};
  std::vector<CatalogueItem> items{};
  std::vector<Price> prices{};
  OrderRule orders{};
};

}  // namespace ph::programme
