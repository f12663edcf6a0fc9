// GRADE, run MONTHLY: growth values of the month that is over (docs/programme-file.md, section 5).
// It begins by itself behind the first opening at or behind the grading's `run_day`. One pass: what
// a member reaches hangs on nobody else; a result is a level.
#include <algorithm>
#include <array>
#include <optional>

#include "core/home/run_grade_levels.h"
#include "core/programme/score.h"
#include "core/programme/tenure.h"
#include "core/programme/yearly.h"

namespace ph {

namespace {
namespace monthly {

using programme::BeforeRun;
using programme::GradeReason;
using programme::Grading;
using programme::LevelStandards;

// Among its counts: the day that was open, or the last one, when it began. It may come late.
constexpr std::size_t kDay = 5;

// By growth values and thresholds alone.
bool is_carried_out(const Grading& grading) {
  return grading.run == programme::GradingRun::kMonthly &&
         grading.basis == programme::Basis::kGrowth &&
         grading.standards == programme::Standards::kFixed;
}

struct Grown {
  std::int64_t value{};
  int region{};
};

// Of his mobile accounts that were living at the month's end and have a joining month; nullopt: he
// had none. Bills count whether they gave points or not.
std::optional<Grown> growth_of(const MemberBook& book, std::uint32_t member, const Grading& grading,
                               Month reference) {
  programme::GrowthInput input{.tenure_months = -1};
  int region = 0;
  const int months = grading.score.months;
  for (std::uint32_t n = book.member(member).first_account; n != MemberBook::kNone;
       n = book.account(n).next) {
    const book::AccountRecord& account = book.account(n);
    // What is left of months that came along counts when an account has taken the others over, too.
    const bool living = book.is_living(n, reference);
    const bool rest = (account.flags & book::AccountRecord::kCarriedIn) != 0 &&
                      (account.flags & book::AccountRecord::kLost) == 0;
    if (!living && !rest) {
      continue;
    }
    if (living) {
      region = region == 0 ? account.region : std::min<int>(region, account.region);
    }
    if (account.joined == book::kNoMonth || account.service == book::AccountRecord::kFixedLine) {
      continue;
    }
    const Month joined(account.joined);
    input.sum_fen += book.spend(n, programme::growth_window(joined, reference, months));
    input.tenure_months =
        std::max(input.tenure_months, living ? programme::complete_months(joined, reference) : -1);
    for (int back = 0; back < months && back <= reference.count(); ++back) {
      input.suspensions +=
          book.suspensions(n, Month(static_cast<std::uint16_t>(reference.count() - back)));
    }
  }
  if (input.tenure_months < 0) {
    return std::nullopt;
  }
  return Grown{.value = programme::growth_value(input, grading.score), .region = region};
}

class MonthlyWork final : public LevelsWork {
 public:
  [[nodiscard]] std::string refusal(const RunKey& key, const RunScene& scene) const override {
    const Grading& grading = *grading_of(key, scene.book());
    const Month of = key.reference;
    if (!is_carried_out(grading)) {
      return "this release runs MONTHLY by GROWTH and thresholds alone";
    }
    if (scene.day() <= last_day(of)) {
      return "the last day that was opened is " + scene.day().text() + ": " + of.text() +
             " is counted from the first day behind it on, once its bills are in";
    }
    if (scene.day().month().count() - of.count() >
        std::max(1, book::kRingMonths - grading.score.months)) {
      return "months that " + of.text() +
             " counts have left the accounts' 24 months: too late to count it";
    }
    return {};
  }

  [[nodiscard]] std::string warning(const RunKey& key, const RunScene& scene) const override {
    return scene.bills_warning(key.reference, "what they would add isn't counted");
  }

  // The month before, of each grading once; what was dropped begins anew by its operator alone.
  [[nodiscard]] std::optional<RunKey> due(BusinessDate day, const RunScene& scene) const override {
    const MemberBook& book = scene.book();
    if (day.month().count() == 0) {
      return std::nullopt;
    }
    const Month reference = programme::month_before(day.month());
    const Programme* version = book.programmes().of_day(last_day(reference));
    if (version == nullptr) {
      return std::nullopt;
    }
    for (const Grading& grading : version->rows().gradings) {
      const RunKey key{
          .kind = RunKind::kGrade,
          .grading = static_cast<std::uint8_t>(book.names().gradings.find(grading.name)),
          .reference = reference};
      if (is_carried_out(grading) && day.civil().day >= grading.run_day &&
          book.runs().find(key) == nullptr) {
        return key;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::uint32_t begin(Run& run, const RunScene& scene) const override {
    const Grading& grading = *grading_of(run.key(), scene.book());
    const std::uint32_t steps = LevelsWork::begin(run, scene);
    run.record.counts[kDay] = scene.day().count();
    for (int region = 1; region <= kRegions; ++region) {
      keep_standards(
          run, grading, region,
          programme::fixed_standards(grading, region, holds_from(run.key(), scene.book())), 0);
    }
    return steps;
  }

  void count(Run& run, const RunScene& scene, std::uint32_t first,
             std::uint32_t last) const override {
    const MemberBook& book = scene.book();
    const Grading& grading = *grading_of(run.key(), book);
    const BusinessDate from = holds_from(run.key(), book);
    const BusinessDate on =
        std::max(from, BusinessDate(static_cast<std::uint16_t>(run.record.counts[kDay])));
    const auto levels = level_counts(run, grading);
    for (std::uint32_t member = first; member < last; ++member) {
      fetch_ahead(scene, member, last);
      const BeforeRun before = book.grade_on(member, run.record.grading, on);
      const auto grown = scene.is_here(member)
                             ? growth_of(book, member, grading, run.key().reference)
                             : std::nullopt;
      if (!grown) {
        run.results.add(std::nullopt);
        count_level(levels, before, programme::lapsed_grade(grading, before, from), false);
        continue;
      }
      const std::uint8_t level =
          programme::level_for(grown->value, standards_of(run, grading, grown->region));
      run.results.add(level);
      ++count_of(run, kGraded);
      for (std::size_t n = 1; n < grading.levels.size(); ++n) {
        auto& sums = run.cohorts[place_of(grading, grown->region, n)].sums;
        ++sums[kOfClass];
        sums[kReached] += n == level ? 1 : 0;
      }
      count_level(levels, before, programme::run_grade(grading, before, level, reason(), from),
                  true);
    }
  }

  [[nodiscard]] AfterCount counted(Run& run, const RunScene& scene) const override {
    return grading_of(run.key(), scene.book())->publish == programme::Publish::kAuto
               ? AfterCount::kPost
               : AfterCount::kPublish;
  }

  [[nodiscard]] bool right(const Run& run, const MemberBook& book) const override {
    const Grading& grading = *grading_of(run.key(), book);
    const book::RunRecord& record = run.record;
    const bool counts = run.is(RunState::kCounting);
    if (run.is(RunState::kWaiting) || run.is(RunState::kGrading) || !is_carried_out(grading) ||
        record.counts[kDay] >= BusinessDate::kCount || !right_sizes(run, book, grading, counts) ||
        !run.results.all([&](std::uint32_t, std::int64_t of) { return is_level(of, grading); })) {
      return false;
    }
    return run.is(RunState::kDone) || run.results.size() == (counts ? record.cursor : record.steps);
  }

 private:
  [[nodiscard]] GradeReason reason() const override { return GradeReason::kGrowth; }
};

}  // namespace monthly
}  // namespace

const RunWork& monthly_work() {
  static const monthly::MonthlyWork work;
  return work;
}

}  // namespace ph
