// GRADE, run YEARLY: who has which level by the year that is over (docs/programme-file.md, section
// 5). A first pass over the members finds scores and, at its end, the standards of each region
// class; a second one who is where by them. Steps are the members as they were when it began; a
// result is score and class, then the level.
#include <algorithm>
#include <array>
#include <map>

#include "core/home/run_grade_levels.h"
#include "core/programme/score.h"
#include "core/programme/tenure.h"
#include "core/programme/yearly.h"

namespace ph {

namespace {
namespace yearly {

using programme::Basis;
using programme::BeforeRun;
using programme::GradeReason;
using programme::Grading;
using programme::LevelStandards;
using programme::MonthRange;

constexpr std::int64_t kPerScore = 16;  // a result is score x 16 + class
// Far more than anybody earns in a year; times 16 a result.
constexpr std::int64_t kYearMax = 200'000'000'000'000'000;
constexpr int kMonths = 12;

// What a year says of a member: his score, and the class that is his.
struct Scored {
  std::int64_t score{};
  int region{};
};

// nullopt: no account of his was living at the year's end, or none that has a score.
std::optional<Scored> score_of(const MemberBook& book, std::uint32_t member, const Grading& grading,
                               Month december) {
  const MonthRange year = programme::year_of(december);
  const bool of_accounts = grading.unit == programme::GradingUnit::kAccount;
  int region = 0;
  int eldest = -1;
  std::int64_t fen = 0;
  std::optional<std::int64_t> best;
  const bool by_points = grading.basis == Basis::kRatingPoints;
  for (std::uint32_t n = book.member(member).first_account; n != MemberBook::kNone;
       n = book.account(n).next) {
    const book::AccountRecord& account = book.account(n);
    const std::int64_t spend = by_points ? 0 : book.spend(n, year);
    fen += spend;
    if (!book.is_living(n, december)) {
      continue;
    }
    region = region == 0 ? account.region : std::min<int>(region, account.region);
    if (account.joined == book::kNoMonth) {
      continue;
    }
    const int months = programme::complete_months(Month(account.joined), december);
    eldest = std::max(eldest, months);
    if ((account.flags & book::AccountRecord::kCarriedIn) != 0) {
      continue;  // The member's spend, but no account's.
    }
    best = std::max(best.value_or(0),
                    programme::spend_score(spend, months / kMonths, grading.tenure_points));
  }
  if (region == 0 || (!by_points && of_accounts && !best)) {
    return std::nullopt;
  }
  const int years = eldest < 0 ? -1 : eldest / kMonths;
  const std::int64_t score = by_points ? book.rating_points(member, year)
                             : of_accounts
                                 ? *best
                                 : programme::spend_score(fen, years, grading.tenure_points);
  return Scored{.score = std::clamp<std::int64_t>(score, 0, kYearMax), .region = region};
}

class YearlyWork final : public LevelsWork {
 public:
  [[nodiscard]] std::string refusal(const RunKey& key, const RunScene& scene) const override {
    const Month of = key.reference;
    const std::string year = of.text().substr(0, 4);
    const Grading& grading = *grading_of(key, scene.book());
    if (of.count() % kMonths != kMonths - 1) {
      return "grading " + grading.name + " is of a year's December, such as " + year + "-12";
    }
    if (grading.basis != Basis::kRatingPoints && grading.basis != Basis::kSpendScore) {
      return "this release runs YEARLY by RATING_POINTS and SPEND_SCORE alone";
    }
    if (scene.day() <= last_day(of)) {
      return "the last day that was opened is " + scene.day().text() +
             ": grades are counted from the first day behind " + last_day(of).text() +
             " on, once the bills of December are in";
    }
    if (scene.day().month().count() - (of.count() - kMonths + 1) >= book::kRingMonths) {
      return "months of " + year + " have left the accounts' 24 months: too late to count it";
    }
    if (waits_for_award(key, scene)) {
      return "the award of " + year + " counts towards the levels, and isn't posted: first " +
             "node run begin --kind AWARD --of " + of.text() +
             ", or publish it, if it is counted (node run status)";
    }
    return {};
  }

  [[nodiscard]] std::string warning(const RunKey& key, const RunScene& scene) const override {
    return scene.bills_warning(key.reference, "what they would add isn't counted");
  }

  void count(Run& run, const RunScene& scene, std::uint32_t first,
             std::uint32_t last) const override {
    const MemberBook& book = scene.book();
    const Programme& version = *book.programmes().of_day(last_day(run.key().reference));
    const Grading& grading = *grading_of(run.key(), book);
    for (std::uint32_t member = first; member < last; ++member) {
      fetch_ahead(scene, member, last);
      std::optional<Scored> found;
      if (scene.counts(member, version)) {
        found = score_of(book, member, grading, run.key().reference);
      }
      count_of(run, kGraded) += found ? 1 : 0;
      run.results.add(found ? std::optional(found->score * kPerScore + found->region)
                            : std::nullopt);
    }
  }

  // The standards of each class; then everybody is held against them.
  [[nodiscard]] AfterCount counted(Run& run, const RunScene& scene) const override {
    const Grading& grading = *grading_of(run.key(), scene.book());
    std::array<programme::HistogramBuilder, kRegions + 1> scores;
    for (std::uint32_t n = 0; n < run.results.size(); ++n) {
      if (const auto result = run.results.at(n)) {
        scores[static_cast<std::size_t>(*result % kPerScore)].add(
            static_cast<programme::Score>(*result / kPerScore));
      }
    }
    for (int region = 1; region <= kRegions; ++region) {
      const auto of_class = std::move(scores[static_cast<std::size_t>(region)]).build();
      const LevelStandards standards = programme::yearly_standards(
          grading, region, of_class, holds_from(run.key(), scene.book()));
      keep_standards(run, grading, region, standards, static_cast<std::int64_t>(of_class.units()));
    }
    return AfterCount::kGrade;
  }

  void grade(Run& run, const RunScene& scene, std::uint32_t first,
             std::uint32_t last) const override {
    const MemberBook& book = scene.book();
    const Grading& grading = *grading_of(run.key(), book);
    const BusinessDate from = holds_from(run.key(), book);
    const BusinessDate on = std::max(from, BusinessDate(run.record.began));
    std::array<LevelStandards, kRegions + 1> standards;
    for (int region = 1; region <= kRegions; ++region) {
      standards[static_cast<std::size_t>(region)] = standards_of(run, grading, region);
    }
    const auto levels = level_counts(run, grading);
    for (std::uint32_t member = first; member < last; ++member) {
      fetch_ahead(scene, member, last);
      const BeforeRun before = book.grade_on(member, run.record.grading, on);
      const auto result = run.results.at(member);
      if (!result) {
        count_level(levels, before, programme::lapsed_grade(grading, before, from), false);
        continue;
      }
      const int region = static_cast<int>(*result % kPerScore);
      const std::uint8_t level =
          programme::level_for(*result / kPerScore, standards[static_cast<std::size_t>(region)]);
      run.results.change(member, level);
      if (level > 0) {
        ++run.cohorts[place_of(grading, region, level)].sums[kReached];
      }
      count_level(levels, before,
                  programme::run_grade(grading, before, level, GradeReason::kAnnual, from), true);
    }
  }

  [[nodiscard]] AfterCount graded(Run& run, const RunScene& scene) const override {
    return grading_of(run.key(), scene.book())->publish == programme::Publish::kAuto
               ? AfterCount::kPost
               : AfterCount::kPublish;
  }

  [[nodiscard]] bool right(const Run& run, const MemberBook& book) const override {
    const Grading& grading = *grading_of(run.key(), book);
    const book::RunRecord& record = run.record;
    const bool over = run.is(RunState::kDone);
    const bool counts = run.is(RunState::kCounting) || run.is(RunState::kGrading);
    const bool graded = run.is(RunState::kCounted) || run.is(RunState::kPosting);
    if (run.is(RunState::kWaiting) || record.revision != 0 ||
        record.reference % kMonths != kMonths - 1 || !right_sizes(run, book, grading, counts)) {
      return false;
    }
    const auto is_right = [&](std::uint32_t step, std::int64_t result) {
      const bool level = graded || (run.is(RunState::kGrading) && step < record.cursor);
      return level ? is_level(result, grading)
                   : result % kPerScore >= 1 && result % kPerScore <= kRegions &&
                         result / kPerScore <= kScoreMax;
    };
    return run.results.all(is_right) &&
           (over || run.is(RunState::kCounting) || run.results.size() == record.steps);
  }

 private:
  [[nodiscard]] GradeReason reason(const Grading& /*grading*/) const override {
    return GradeReason::kAnnual;
  }

  // Points of the award count for the year: it comes first (ruling 4).
  static bool waits_for_award(const RunKey& key, const RunScene& scene) {
    const RunKey award{.kind = RunKind::kAward, .reference = key.reference};
    const programme::Rows& rows = scene.book().programmes().of_day(last_day(key.reference))->rows();
    const bool any = rows.tenure_award.mode == programme::AwardMode::kLump31Dec ||
                     rows.level_award.mode == programme::AwardMode::kLump31Dec;
    const Run* run = scene.book().runs().find(award);
    return any && (run == nullptr || !run->is(RunState::kDone));
  }
};

}  // namespace yearly
}  // namespace

std::int64_t yearly_standard(const Run& run, int region, std::size_t level) {
  const auto index = static_cast<std::uint16_t>(region * 16 + static_cast<int>(level));
  for (const book::CohortRecord& record : run.cohorts) {
    if (record.table == LevelsWork::kStandard && record.index == index &&
        record.sums[LevelsWork::kMin] != kNobodyReaches) {
      return record.sums[LevelsWork::kMin];
    }
  }
  return programme::LevelStandards::kUnreachable;
}

const RunWork& yearly_work() {
  static const yearly::YearlyWork work;
  return work;
}

}  // namespace ph
