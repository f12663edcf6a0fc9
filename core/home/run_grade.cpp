// GRADE: a run of one of the programme's gradings. Which work it is stands in its grading's `run`;
// a run that has begun keeps it among its counts.
#include "core/home/run_grade.h"

#include <algorithm>

#include "core/types/check.h"

namespace ph {

namespace {

using programme::Grading;
using programme::GradingRun;

// nullptr: this release doesn't carry out such runs.
const RunWork* work_of_mode(GradingRun mode) {
  switch (mode) {
    case GradingRun::kYearly:
      return &yearly_work();
    case GradingRun::kClearing:
      return &clearing_work();
    case GradingRun::kMonthly:
      return &monthly_work();
    case GradingRun::kNone:
      break;
  }
  return nullptr;
}

const RunWork& work_of_run(const Run& run) {
  const RunWork* work = work_of_mode(mode_of(run));
  check(work != nullptr, "a run of a grading has begun as one that there is");
  return *work;
}

// Months of a grading are graded in their order, one after the other: who was rated by one isn't
// rated by the next as if he had not been, and no older grade is written over a newer one.
std::string order_fault(const RunKey& key, const MemberBook& book) {
  for (const Run& other : book.runs().runs()) {
    const Month of = other.key().reference;
    if (other.key().kind != RunKind::kGrade || other.record.grading != key.grading ||
        of == key.reference || other.is(RunState::kDropped)) {
      continue;
    }
    if (of > key.reference) {
      return "this grading was run for " + of.text() + " already, and months go in their order: " +
             (other.is(RunState::kDone) ? "single grades are given by GRADE rows"
                                        : "drop run " + std::to_string(other.number()) + " first");
    }
    if (!other.is(RunState::kDone)) {
      return "run " + std::to_string(other.number()) + ", of " + of.text() +
             ", isn't over: publish or drop it first (node run status)";
    }
  }
  return {};
}

class GradeWork final : public RunWork {
 public:
  [[nodiscard]] std::string refusal(const RunKey& key, const RunScene& scene) const override {
    const Grading* grading = grading_of(key, scene.book());
    const RunWork* work = grading == nullptr ? nullptr : work_of_mode(grading->run);
    if (grading == nullptr) {
      return "the programme of " + last_day(key.reference).text() + " has no such grading";
    }
    if (work == nullptr) {
      return "this release doesn't carry out runs of grading " + grading->name + ", whose `run` " +
             "is NONE";
    }
    const std::string out_of_order = order_fault(key, scene.book());
    return out_of_order.empty() ? work->refusal(key, scene) : out_of_order;
  }
  [[nodiscard]] std::string warning(const RunKey& key, const RunScene& scene) const override {
    return work_of_mode(grading_of(key, scene.book())->run)->warning(key, scene);
  }
  // Of the others an operator says when.
  [[nodiscard]] std::vector<RunKey> due(BusinessDate day, const RunScene& scene) const override {
    return monthly_work().due(day, scene);
  }
  [[nodiscard]] std::uint32_t begin(Run& run, const RunScene& scene) const override {
    const GradingRun mode = grading_of(run.key(), scene.book())->run;
    run.record.counts[kModeCount] = static_cast<std::int64_t>(mode) + 1;
    return work_of_mode(mode)->begin(run, scene);
  }
  void count(Run& run, const RunScene& scene, std::uint32_t first,
             std::uint32_t last) const override {
    work_of_run(run).count(run, scene, first, last);
  }
  [[nodiscard]] AfterCount counted(Run& run, const RunScene& scene) const override {
    return work_of_run(run).counted(run, scene);
  }
  void grade(Run& run, const RunScene& scene, std::uint32_t first,
             std::uint32_t last) const override {
    work_of_run(run).grade(run, scene, first, last);
  }
  [[nodiscard]] std::uint32_t grading_steps(const Run& run) const override {
    return work_of_run(run).grading_steps(run);
  }
  void dropped(Run& run) const override { work_of_run(run).dropped(run); }
  [[nodiscard]] AfterCount graded(Run& run, const RunScene& scene) const override {
    return work_of_run(run).graded(run, scene);
  }
  void visit_lines(const Run& run, const RunScene& scene,
                   const std::function<void(const RunLine&)>& visit) const override {
    work_of_run(run).visit_lines(run, scene, visit);
  }
  // Its grades hold from this day on, and are written no sooner.
  [[nodiscard]] BusinessDate posts_from(const Run& run, const RunScene& scene) const override {
    return holds_from(run.key(), scene.book());
  }
  [[nodiscard]] std::uint32_t posting_steps(const Run& run) const override {
    return work_of_run(run).posting_steps(run);
  }
  void post(Run& run, RunScene& scene, std::uint32_t first, std::uint32_t last) const override {
    work_of_run(run).post(run, scene, first, last);
  }
  [[nodiscard]] bool right(const Run& run, const MemberBook& book) const override {
    const bool dropped = run.is(RunState::kDropped);
    const Grading* grading =
        run.record.grading < book.names().gradings.size() ? grading_of(run.key(), book) : nullptr;
    if (grading == nullptr || work_of_mode(grading->run) == nullptr ||
        std::ranges::any_of(run.record.counts, [](std::int64_t count) { return count < 0; })) {
      return false;
    }
    if (dropped) {
      return run.cohorts.empty() && run.record.steps == 0;
    }
    return mode_of(run) == grading->run && work_of_run(run).right(run, book);
  }
  void account_lost(Run& run, const MemberBook& book, std::uint32_t account) const override {
    work_of_run(run).account_lost(run, book, account);
  }
  void member_lost(Run& run, std::uint32_t member) const override {
    work_of_run(run).member_lost(run, member);
  }
};

}  // namespace

const Grading* grading_of(const RunKey& key, const MemberBook& book) {
  const Programme* version = book.programmes().of_day(last_day(key.reference));
  if (version == nullptr || key.grading >= book.names().gradings.size()) {
    return nullptr;
  }
  const std::uint16_t found = version->find_grading(book.names().gradings.name(key.grading));
  return found == programme::kNoIndex ? nullptr : &version->rows().gradings[found];
}

BusinessDate holds_from(const RunKey& key, const MemberBook& book) {
  return effective_from(grading_of(key, book)->effective.value_or(programme::EffectiveDay{}),
                        key.reference);
}

GradingRun mode_of(const Run& run) {
  const std::int64_t mode = run.record.counts[kModeCount];
  if (mode < 1 || mode > kMonthlyByAccount) {
    return GradingRun::kNone;
  }
  return mode == kMonthlyByAccount ? GradingRun::kMonthly : static_cast<GradingRun>(mode - 1);
}

bool keeps_accounts(const RunKey& key, const MemberBook& book) {
  const Grading* grading = key.kind == RunKind::kGrade ? grading_of(key, book) : nullptr;
  return grading != nullptr && grading->run == GradingRun::kMonthly &&
         grading->basis == programme::Basis::kProduct;
}

void keep_members(Run& run) {
  if (run.keeps_accounts()) {
    run.record.counts[kModeCount] = static_cast<std::int64_t>(GradingRun::kMonthly) + 1;
    run.results = {};
  }
}

Best best_of(const Run& run, const MemberBook& book, std::uint32_t member, std::int64_t lost) {
  Best best;
  for (std::uint32_t n = book.member(member).first_account;
       n != MemberBook::kNone && n < run.results.size(); n = book.account(n).next) {
    const auto result = run.results.at(n);
    best.lost = best.lost || (result && *result >= lost);
    if (result && *result < lost) {
      best.result = std::max(best.result.value_or(0), *result);
    }
  }
  return best;
}

void lose_result(Run& run, std::uint32_t account, std::int64_t lost) {
  if (account < run.results.size() && !run.is(RunState::kCounting)) {
    if (const auto result = run.results.at(account); result && *result < lost) {
      run.results.change(account, *result + lost);
    }
  }
}

std::optional<std::int64_t> left_of(const Best& best, bool here, std::int64_t& gone) {
  if ((best.lost && !best.result) || (best.result && !here)) {
    ++gone;
    return std::nullopt;
  }
  return best.result;
}

void count_level(std::span<book::CohortRecord> levels, const programme::BeforeRun& before,
                 const std::optional<programme::Grade>& grade, bool graded) {
  if (!graded && !grade) {
    return;
  }
  const std::uint8_t after = grade ? grade->level : before.level;
  ++levels[before.level].sums[kLevelBefore];
  auto& sums = levels[after].sums;
  ++sums[kLevelAfter];
  sums[kLevelUp] += after > before.level ? 1 : 0;
  sums[kLevelDown] += after < before.level ? 1 : 0;
}

std::string standard_line(int region, const std::string& level, std::int64_t min,
                          std::int64_t members) {
  return "STANDARD," + std::to_string(region) + "," + level + "," +
         (min == kNobodyReaches ? std::string() : std::to_string(min)) + "," +
         std::to_string(members);
}

std::string level_line(const std::string& level, const book::CohortRecord& record) {
  std::string text = "COUNT," + level;
  for (const LevelSum sum : {kLevelBefore, kLevelAfter, kLevelUp, kLevelDown}) {
    text += "," + std::to_string(record.sums[sum]);
  }
  return text;
}

programme::LevelStandards standards_on(const MemberBook& book, std::uint8_t number,
                                       const Grading& grading, int region, BusinessDate on) {
  programme::LevelStandards out = programme::fixed_standards(grading, region, on);
  const Run* last = nullptr;
  for (const Run& run : book.runs().runs()) {
    const bool of_grading = run.key().kind == RunKind::kGrade && run.record.grading == number;
    if (of_grading && mode_of(run) == GradingRun::kYearly && run.is(RunState::kDone) &&
        run.record.from <= on.count() &&
        (last == nullptr || last->record.reference < run.record.reference)) {
      last = &run;
    }
  }
  for (const programme::Share& share : grading.shares) {
    const std::size_t level = share.level.index;
    out.min[level] = last == nullptr ? programme::LevelStandards::kUnreachable
                                     : yearly_standard(*last, region, level);
  }
  return out;
}

const RunWork& grade_work() {
  static const GradeWork work;
  return work;
}

}  // namespace ph
