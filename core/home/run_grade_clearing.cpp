// GRADE, run CLEARING: stars by thresholds that hold nationwide (docs/programme-file.md, section 5;
// docs/decisions/0023-programme-format.md, section 4.2). A first pass over the accounts finds their
// scores, which stay as they are: what is sent of them, how many have which, is made of them
// whenever it is asked for. Once the clearing's thresholds are there a second pass, over the
// members, finds who is where; a member has the highest level of his accounts.
#include <algorithm>

#include "core/home/run_grade.h"
#include "core/programme/score.h"
#include "core/programme/tenure.h"
#include "core/programme/yearly.h"
#include "core/types/check.h"

namespace ph {

namespace {
namespace rating {

using book::AccountRecord;
using book::CohortRecord;
using programme::BeforeRun;
using programme::FactorTable;
using programme::GradeReason;
using programme::Grading;
using programme::Histogram;
using programme::LevelStandards;

constexpr std::uint16_t kStandard = 1;  // index: the level
constexpr std::uint16_t kLevelCount = 2;
constexpr int kEverywhere = 0;  // thresholds are those of all region classes
constexpr std::uint32_t kAheadSteps = 16;
constexpr auto kScoreMax = static_cast<std::int64_t>(Histogram::kScoreMax);
// Added to the score of an account that has another owner since: it was rated, and is sent.
constexpr std::int64_t kLost = kScoreMax + 1;
// Second lowest: whoever is rated and reaches nothing.
constexpr std::uint8_t kBase = 1;

// counts of its record; the last one is kModeCount
enum Count : std::size_t { kAccounts, kMembers, kRated, kWritten, kLapsed, kGone };
// sums of a standard
enum StandardSum : std::size_t { kMin, kReached };

std::int64_t& count_of(Run& run, Count what) {
  return run.record.counts[what];
}
std::uint32_t steps_of(const Run& run, Count what) {
  return static_cast<std::uint32_t>(run.record.counts[what]);
}
const Programme* version_of(const RunKey& key, const MemberBook& book) {
  return book.programmes().of_day(last_day(key.reference));
}

// Cohorts: levels from the third lowest, which have thresholds; then all, from the lowest.
std::size_t standards(const Grading& grading) {
  return grading.levels.size() - kBase - 1;
}
std::size_t place_of(std::size_t level) {
  return level - kBase - 1;
}

LevelStandards standards_of(const Run& run, const Grading& grading) {
  LevelStandards out;
  out.levels = static_cast<std::uint8_t>(grading.levels.size());
  out.base = kBase;
  out.scale = scale_of(grading);
  for (std::size_t level = kBase + 1; level < grading.levels.size(); ++level) {
    const std::int64_t min = run.cohorts[place_of(level)].sums[kMin];
    out.min[level] = min == kNobodyReaches ? LevelStandards::kUnreachable : min;
  }
  return out;
}

// n = 0: there are no thresholds, and nobody is graded.
bool any_cut(const Run& run) {
  return std::ranges::any_of(run.cohorts, [](const CohortRecord& record) {
    return record.table == kStandard && record.sums[kMin] != kNobodyReaches;
  });
}

class ClearingWork final : public RunWork {
 public:
  [[nodiscard]] std::string refusal(const RunKey& key, const RunScene& scene) const override {
    const Month of = key.reference;
    const Grading& grading = *grading_of(key, scene.book());
    if (grading.basis != programme::Basis::kProduct) {
      return "this release rates by PRODUCT alone";
    }
    if (scene.day() <= last_day(of)) {
      return "the last day that was opened is " + scene.day().text() +
             ": scores are counted from the first day behind " + last_day(of).text() +
             " on, once the bills of the month are in";
    }
    if (scene.day().month().count() - (of.count() - grading.score.months) >= book::kRingMonths) {
      return "months before " + of.text() + " have left the accounts' 24 months: too late to " +
             "count it";
    }
    return {};
  }

  [[nodiscard]] std::string warning(const RunKey& key, const RunScene& scene) const override {
    return scene.bills_warning(key.reference, "they aren't rated");
  }

  [[nodiscard]] std::uint32_t begin(Run& run, const RunScene& scene) const override {
    const Grading& grading = *grading_of(run.key(), scene.book());
    count_of(run, kAccounts) = scene.accounts();
    count_of(run, kMembers) = scene.members();
    for (std::size_t level = kBase + 1; level < grading.levels.size(); ++level) {
      run.cohorts.push_back({.table = kStandard,
                             .index = static_cast<std::uint16_t>(level),
                             .sums = {kNobodyReaches}});
    }
    for (std::size_t level = 0; level < grading.levels.size(); ++level) {
      run.cohorts.push_back({.table = kLevelCount, .index = static_cast<std::uint16_t>(level)});
    }
    return scene.accounts();
  }

  void count(Run& run, const RunScene& scene, std::uint32_t first,
             std::uint32_t last) const override {
    const MemberBook& book = scene.book();
    const Grading& grading = *grading_of(run.key(), book);
    const auto factors = FactorTable::of(grading.factors);
    for (std::uint32_t account = first; account < last; ++account) {
      if (account + kAheadSteps < last) {
        scene.prefetch_member(book.account(account + kAheadSteps).member);
      }
      std::optional<std::int64_t> score;
      if (factors && scene.counts(book.account(account).member, *version_of(run.key(), book))) {
        score = rated_score(book, account, grading, *factors, run.key().reference);
      }
      count_of(run, kRated) += score ? 1 : 0;
      run.results.add(score);
    }
  }

  [[nodiscard]] AfterCount counted(Run& /*run*/, const RunScene& /*scene*/) const override {
    return AfterCount::kWait;
  }

  [[nodiscard]] std::uint32_t grading_steps(const Run& run) const override {
    return steps_of(run, kMembers);
  }

  void grade(Run& run, const RunScene& scene, std::uint32_t first,
             std::uint32_t last) const override {
    const MemberBook& book = scene.book();
    const Grading& grading = *grading_of(run.key(), book);
    const LevelStandards reached = standards_of(run, grading);
    const BusinessDate from = holds_from(run.key(), book);
    const BusinessDate on = std::max(from, BusinessDate(run.record.began));
    const auto levels = std::span(run.cohorts).subspan(standards(grading));
    for (std::uint32_t member = first; member < last; ++member) {
      fetch_ahead(scene, member, last);
      const BeforeRun before = book.grade_on(member, run.record.grading, on);
      const auto score = best_of(run, book, member, kLost).result;
      if (!score || !any_cut(run)) {
        count_level(levels, before, programme::lapsed_grade(grading, before, from), false);
        continue;
      }
      const std::uint8_t level = programme::level_for(*score, reached);
      if (level > kBase) {
        ++run.cohorts[place_of(level)].sums[kReached];
      }
      count_level(levels, before,
                  programme::run_grade(grading, before, level, GradeReason::kRated, from), true);
    }
  }

  [[nodiscard]] AfterCount graded(Run& run, const RunScene& scene) const override {
    return grading_of(run.key(), scene.book())->publish == programme::Publish::kAuto
               ? AfterCount::kPost
               : AfterCount::kPublish;
  }

  void visit_lines(const Run& run, const RunScene& scene,
                   const std::function<void(const RunLine&)>& visit) const override {
    const Grading& grading = *grading_of(run.key(), scene.book());
    for (const CohortRecord& record : run.cohorts) {
      const std::string& level = grading.levels[record.index].name;
      visit(
          {.text = record.table == kStandard
                       ? standard_line(kEverywhere, level, record.sums[kMin], record.sums[kReached])
                       : level_line(level, record)});
    }
  }

  [[nodiscard]] std::uint32_t posting_steps(const Run& run) const override {
    return steps_of(run, kMembers);
  }

  void post(Run& run, RunScene& scene, std::uint32_t first, std::uint32_t last) const override {
    const MemberBook& book = scene.book();
    const Grading& grading = *grading_of(run.key(), book);
    const LevelStandards reached = standards_of(run, grading);
    const BusinessDate from = holds_from(run.key(), book);
    const BusinessDate on = std::max(from, scene.day());
    for (std::uint32_t member = first; member < last; ++member) {
      fetch_ahead(scene, member, last);
      const auto score =
          left_of(best_of(run, book, member, kLost), scene.is_here(member), count_of(run, kGone));
      const bool graded = score && any_cut(run);
      const BeforeRun before = book.grade_on(member, run.record.grading, on);
      const auto grade =
          graded ? programme::run_grade(grading, before, programme::level_for(*score, reached),
                                        GradeReason::kRated, from)
                 : programme::lapsed_grade(grading, before, from);
      if (grade) {
        ++count_of(run, graded ? kWritten : kLapsed);
        scene.give_grade(member, run.record.grading, *grade, run.number());
      }
    }
  }

  // Another histogram may take the place of the one that was sent: its revision is one more.
  void dropped(Run& run) const override {
    run.record.revision = static_cast<std::uint16_t>(std::min(run.record.revision + 1, 0xfffe));
  }

  [[nodiscard]] bool right(const Run& run, const MemberBook& book) const override {
    const Grading& grading = *grading_of(run.key(), book);
    const book::RunRecord& record = run.record;
    const std::int64_t accounts = record.counts[kAccounts];
    const std::int64_t members = record.counts[kMembers];
    const bool over_accounts = run.is(RunState::kCounting) || run.is(RunState::kWaiting);
    const bool goes_on = run.is(RunState::kCounting) || run.is(RunState::kGrading);
    if (grading.basis != programme::Basis::kProduct ||
        accounts > static_cast<std::int64_t>(book.accounts()) ||
        members > static_cast<std::int64_t>(book.members()) ||
        record.steps != (over_accounts ? accounts : members) ||
        (goes_on && record.cursor == record.steps) || record.counts[kRated] > accounts ||
        !right_cohorts(run, grading)) {
      return false;
    }
    const auto is_right = [](std::uint32_t, std::int64_t of) { return of <= kLost + kScoreMax; };
    if (!run.results.all(is_right)) {
      return false;
    }
    return run.is(RunState::kDone) || run.is(RunState::kCounting) ||
           run.results.size() == static_cast<std::size_t>(accounts);
  }

  // Its score was sent, and stays so.
  void account_lost(Run& run, const MemberBook& /*book*/, std::uint32_t account) const override {
    lose_result(run, account, kLost);
  }

 private:
  static void fetch_ahead(const RunScene& scene, std::uint32_t member, std::uint32_t last) {
    if (member + kAheadSteps < last) {
      scene.prefetch_member(member + kAheadSteps);
    }
  }

  static bool right_cohorts(const Run& run, const Grading& grading) {
    if (run.cohorts.size() != standards(grading) + grading.levels.size()) {
      return false;
    }
    for (std::size_t n = 0; n < run.cohorts.size(); ++n) {
      const CohortRecord& record = run.cohorts[n];
      const bool standard = n < standards(grading);
      if (record.table != (standard ? kStandard : kLevelCount) ||
          record.index != (standard ? n + kBase + 1 : n - standards(grading)) || record.zero != 0) {
        return false;
      }
      for (std::size_t sum = 0; sum < record.sums.size(); ++sum) {
        const bool min = standard && sum == kMin;
        const bool used = sum <= (standard ? std::size_t{kReached} : std::size_t{kLevelDown});
        const std::int64_t most = !used ? 0 : min ? kScoreMax : run.record.counts[kMembers];
        if (record.sums[sum] > most || record.sums[sum] < (min ? kNobodyReaches : 0)) {
          return false;
        }
      }
    }
    return true;
  }
};

}  // namespace rating
}  // namespace

std::optional<std::int64_t> rated_score(const MemberBook& book, std::uint32_t number,
                                        const programme::Grading& grading,
                                        const programme::FactorTable& factors, Month rating) {
  using book::AccountRecord;
  using programme::MonthRange;
  const AccountRecord& account = book.account(number);
  const std::optional<std::int64_t> bill = book.billed(number, rating);
  const std::optional<Month> joined =
      account.joined == book::kNoMonth ? std::nullopt : std::optional(Month(account.joined));
  if (account.service == AccountRecord::kFixedLine || !book.is_living(number, rating) || !bill ||
      (account.flags & AccountRecord::kCarriedIn) != 0) {
    return std::nullopt;
  }
  const BusinessDate next = first_day(rating.next());
  const auto& flags = book.programmes().of_day(last_day(rating))->rows().flags;
  const auto grading_number = static_cast<std::uint8_t>(book.names().gradings.find(grading.name));
  const programme::Grade grade = book.grade_on(account.member, grading_number, next).grade;
  const programme::StarInput input{
      .real_name = (account.flags & AccountRecord::kRealName) != 0,
      .data_card = account.service == AccountRecord::kDataCard,
      .bill = Fen::of(*bill),
      .joined = joined,
      .legacy_until = book.legacy_until(account.member, flags, next),
      .grade_to = grading.lapse && grade.level > 0 ? grade.to : BusinessDate()};
  if (programme::why_not_rated(input, rating, grading.score.months_min)) {
    return std::nullopt;
  }
  const MonthRange window = programme::arpu_window(*joined, rating, grading.score.months);
  const std::int64_t arpu = programme::arpu_yuan(book.spend(number, window), window.size());
  const int years = programme::whole_years(programme::complete_months(*joined, rating));
  return static_cast<std::int64_t>(programme::star_score(arpu, factors, years));
}

programme::Histogram scores_of(const Run& run) {
  programme::HistogramBuilder builder;
  for (std::uint32_t n = 0; n < run.results.size(); ++n) {
    if (const auto result = run.results.at(n)) {
      builder.add(static_cast<programme::Score>(*result < rating::kLost ? *result
                                                                        : *result - rating::kLost));
    }
  }
  return std::move(builder).build();
}

std::uint32_t scale_of(const programme::Grading& grading) {
  const auto factors = programme::FactorTable::of(grading.factors);
  return factors ? factors->scale() : 1;
}

bool thresholds_fit(const programme::Grading& grading, const std::vector<FoundThreshold>& found) {
  if (!found.empty() && found.size() != grading.cuts.size()) {
    return false;
  }
  for (std::size_t n = 0; n < found.size(); ++n) {
    const programme::Cut& cut = grading.cuts[n];
    if (found[n].level != cut.level.name || found[n].percent != cut.percent ||
        found[n].threshold < 0 || found[n].threshold > rating::kScoreMax) {
      return false;
    }
  }
  return true;
}

std::vector<FoundThreshold> last_thresholds(const MemberBook& book, const Run& run) {
  const programme::Grading& grading = *grading_of(run.key(), book);
  const Run* last = nullptr;
  for (const Run& one : book.runs().runs()) {
    const bool rated = one.key().kind == RunKind::kGrade &&
                       one.record.grading == run.record.grading && one.has_file() &&
                       mode_of(one) == programme::GradingRun::kClearing && rating::any_cut(one);
    if (rated && (last == nullptr || last->record.reference < one.record.reference)) {
      last = &one;
    }
  }
  std::vector<FoundThreshold> out;
  for (const programme::Cut& cut : grading.cuts) {
    if (last != nullptr) {
      const std::size_t place = rating::place_of(cut.level.index);
      out.push_back({.level = cut.level.name,
                     .percent = cut.percent,
                     .threshold = last->cohorts[place].sums[rating::kMin]});
    }
  }
  return out;
}

bool put_thresholds(Run& run, const MemberBook& book, const std::vector<FoundThreshold>& found) {
  const programme::Grading& grading = *grading_of(run.key(), book);
  if (mode_of(run) != programme::GradingRun::kClearing || !thresholds_fit(grading, found)) {
    return false;
  }
  for (std::size_t n = 0; n < found.size(); ++n) {
    run.cohorts[rating::place_of(grading.cuts[n].level.index)].sums[rating::kMin] =
        found[n].threshold;
  }
  return true;
}

const RunWork& clearing_work() {
  static const rating::ClearingWork work;
  return work;
}

}  // namespace ph
