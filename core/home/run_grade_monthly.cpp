// GRADE, run MONTHLY: growth values, or star scores against thresholds of one's own, of the month
// that is over (docs/programme-file.md, section 5).
// It begins by itself behind the first opening at or behind the grading's `run_day`. One pass over
// the members: what one reaches hangs on nobody else; a result is a level, of stars each account's.
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "core/home/run_grade_levels.h"
#include "core/programme/score.h"
#include "core/programme/tenure.h"
#include "core/programme/yearly.h"

namespace ph {

namespace {
namespace monthly {

using programme::BeforeRun;
using programme::FactorTable;
using programme::GradeReason;
using programme::Grading;
using programme::LevelStandards;

// Among its counts: the day that was open, or the last one, when it began. It may come late.
constexpr std::size_t kDay = 5;

// Bill months before the reference month that a run reads.
int months_back(const Grading& grading) {
  return grading.score.months - (grading.basis == programme::Basis::kGrowth ? 1 : 0);
}

// By growth values or star scores, and thresholds alone; of a star all of its months are still
// there in the month behind.
bool is_carried_out(const Grading& grading) {
  const bool stars =
      grading.basis == programme::Basis::kProduct && months_back(grading) + 1 < book::kRingMonths;
  return grading.run == programme::GradingRun::kMonthly &&
         grading.standards == programme::Standards::kFixed &&
         (stars || grading.basis == programme::Basis::kGrowth);
}

// What a month says of a member, and the class that is his.
struct Found {
  std::int64_t score{};
  int region{};
};

// Of his mobile accounts that were living at the month's end and have a joining month; nullopt: he
// had none. Bills count whether they gave points or not.
std::optional<Found> growth_of(const MemberBook& book, std::uint32_t member, const Grading& grading,
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
  return Found{.score = programme::growth_value(input, grading.score), .region = region};
}

// An account and its score, over the factors' scale.
struct Rated {
  std::uint32_t account{};
  std::int64_t score{};
};

// Of his accounts that are rated, which `rated` is then, the best score; nullopt: none is.
std::optional<Found> product_of(const MemberBook& book, std::uint32_t member,
                                const Grading& grading, const FactorTable& factors, Month reference,
                                std::vector<Rated>& rated) {
  std::optional<std::int64_t> best;
  int region = 0;
  rated.clear();
  for (std::uint32_t n = book.member(member).first_account; n != MemberBook::kNone;
       n = book.account(n).next) {
    if (book.is_living(n, reference)) {
      const int of = book.account(n).region;
      region = region == 0 ? of : std::min(region, of);
      if (const auto score = rated_score(book, n, grading, factors, reference)) {
        rated.push_back({.account = n, .score = *score});
        best = std::max(best, score);
      }
    }
  }
  return best ? std::optional(Found{.score = *best, .region = region}) : std::nullopt;
}

// nullopt: he isn't graded. `factors`, `rated`: of PRODUCT.
std::optional<Found> found_of(const RunScene& scene, std::uint32_t member, const Grading& grading,
                              const std::optional<FactorTable>& factors, const RunKey& key,
                              std::vector<Rated>& rated) {
  const MemberBook& book = scene.book();
  if (grading.basis == programme::Basis::kGrowth) {
    return scene.is_here(member) ? growth_of(book, member, grading, key.reference) : std::nullopt;
  }
  return factors && scene.counts(member, *book.programmes().of_day(last_day(key.reference)))
             ? product_of(book, member, grading, *factors, key.reference, rated)
             : std::nullopt;
}

class MonthlyWork final : public LevelsWork {
 public:
  [[nodiscard]] std::string refusal(const RunKey& key, const RunScene& scene) const override {
    const Grading& grading = *grading_of(key, scene.book());
    const Month of = key.reference;
    if (!is_carried_out(grading)) {
      return "this release runs MONTHLY by GROWTH, or PRODUCT of at most 22 months, alone";
    }
    if (scene.day() <= last_day(of)) {
      return "the last day that was opened is " + scene.day().text() + ": " + of.text() +
             " is counted from the first day behind it on, once its bills are in";
    }
    if (scene.day().month().count() - of.count() >
        std::max(1, book::kRingMonths - 1 - months_back(grading))) {
      return "months that " + of.text() +
             " counts have left the accounts' 24 months: too late to count it";
    }
    return {};
  }

  [[nodiscard]] std::string warning(const RunKey& key, const RunScene& scene) const override {
    return scene.bills_warning(key.reference, "what they would add isn't counted");
  }

  // The month before, of each grading once; what was dropped begins anew by its operator alone.
  [[nodiscard]] std::vector<RunKey> due(BusinessDate day, const RunScene& scene) const override {
    const MemberBook& book = scene.book();
    std::vector<RunKey> out;
    if (day.month().count() == 0) {
      return out;
    }
    const Month reference = programme::month_before(day.month());
    const Programme* version = book.programmes().of_day(last_day(reference));
    if (version == nullptr) {
      return out;
    }
    for (const Grading& grading : version->rows().gradings) {
      const RunKey key{
          .kind = RunKind::kGrade,
          .grading = static_cast<std::uint8_t>(book.names().gradings.find(grading.name)),
          .reference = reference};
      if (is_carried_out(grading) && day.civil().day >= grading.run_day &&
          book.runs().find(key) == nullptr) {
        out.push_back(key);
      }
    }
    return out;
  }

  [[nodiscard]] std::uint32_t begin(Run& run, const RunScene& scene) const override {
    const Grading& grading = *grading_of(run.key(), scene.book());
    const std::uint32_t steps = LevelsWork::begin(run, scene);
    run.record.counts[kDay] = scene.day().count();
    if (keeps_accounts(run.key(), scene.book())) {
      run.record.counts[kModeCount] = kMonthlyByAccount;
      for (std::uint32_t account = 0; account < scene.accounts(); ++account) {
        run.results.add(std::nullopt);
      }
    }
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
    const auto factors = FactorTable::of(grading.factors);  // none: it has none, or no scale
    std::array<LevelStandards, kRegions + 1> standards;
    for (int region = 1; region <= kRegions; ++region) {
      standards[static_cast<std::size_t>(region)] = standards_of(run, grading, region);
    }
    const auto levels = level_counts(run, grading);
    std::vector<Rated> rated;
    for (std::uint32_t member = first; member < last; ++member) {
      fetch_ahead(scene, member, last);
      const BeforeRun before = book.grade_on(member, run.record.grading, on);
      const auto found = found_of(scene, member, grading, factors, run.key(), rated);
      if (!found) {
        keep(run, std::nullopt);
        count_level(levels, before, programme::lapsed_grade(grading, before, from), false);
        continue;
      }
      const LevelStandards& of_class = standards[static_cast<std::size_t>(found->region)];
      const std::uint8_t level = programme::level_for(found->score, of_class);
      keep(run, level);
      for (const Rated& one : rated) {
        if (run.keeps_accounts()) {
          run.results.change(one.account, programme::level_for(one.score, of_class));
        }
      }
      ++count_of(run, kGraded);
      for (std::size_t n = 1; n < grading.levels.size(); ++n) {
        auto& sums = run.cohorts[place_of(grading, found->region, n)].sums;
        ++sums[kOfClass];
        sums[kReached] += n == level ? 1 : 0;
      }
      count_level(levels, before,
                  programme::run_grade(grading, before, level, reason(grading), from), true);
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
        (run.keeps_accounts() && grading.basis != programme::Basis::kProduct) ||
        record.counts[kDay] >= BusinessDate::kCount || !right_sizes(run, book, grading, counts) ||
        !run.results.all([&](std::uint32_t, std::int64_t of) { return is_level(of, grading); })) {
      return false;
    }
    const std::int64_t results = run.keeps_accounts() ? record.counts[kAccounts]
                                 : counts             ? record.cursor
                                                      : record.steps;
    return run.is(RunState::kDone) || run.results.size() == static_cast<std::size_t>(results);
  }

 private:
  // The member's level, where it isn't each account's that is kept.
  static void keep(Run& run, std::optional<std::int64_t> level) {
    if (!run.keeps_accounts()) {
      run.results.add(level);
    }
  }

  [[nodiscard]] GradeReason reason(const Grading& grading) const override {
    return grading.basis == programme::Basis::kGrowth ? GradeReason::kGrowth : GradeReason::kRated;
  }
};

}  // namespace monthly
}  // namespace

const RunWork& monthly_work() {
  static const monthly::MonthlyWork work;
  return work;
}

}  // namespace ph
