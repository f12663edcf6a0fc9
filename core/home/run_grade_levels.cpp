#include "core/home/run_grade_levels.h"

#include <algorithm>

#include "core/programme/yearly.h"

namespace ph {

namespace {

using book::CohortRecord;
using programme::BeforeRun;
using programme::Grading;
using programme::LevelStandards;

constexpr std::uint32_t kAheadGraded = 16;

}  // namespace

LevelStandards LevelsWork::standards_of(const Run& run, const Grading& grading, int region) {
  LevelStandards out;
  out.levels = static_cast<std::uint8_t>(grading.levels.size());
  for (std::size_t level = 1; level < grading.levels.size(); ++level) {
    const std::int64_t min = run.cohorts[place_of(grading, region, level)].sums[kMin];
    out.min[level] = min == kNobodyReaches ? LevelStandards::kUnreachable : min;
  }
  if (grading.basis == programme::Basis::kProduct) {
    out.base = programme::base_of(grading, out);
    out.scale = scale_of(grading);
  }
  return out;
}

void LevelsWork::keep_standards(Run& run, const Grading& grading, int region,
                                const LevelStandards& standards, std::int64_t of_class) {
  for (std::size_t level = 1; level < grading.levels.size(); ++level) {
    auto& sums = run.cohorts[place_of(grading, region, level)].sums;
    const std::int64_t min = standards.min[level];
    sums[kMin] = min == LevelStandards::kUnreachable ? kNobodyReaches : min;
    sums[kOfClass] = of_class;
  }
}

std::uint32_t LevelsWork::begin(Run& run, const RunScene& scene) const {
  const Grading& grading = *grading_of(run.key(), scene.book());
  count_of(run, kMembers) = scene.members();
  count_of(run, kAccounts) = static_cast<std::int64_t>(scene.book().accounts());
  for (int region = 1; region <= kRegions; ++region) {
    for (std::size_t level = 1; level < grading.levels.size(); ++level) {
      const auto index = static_cast<std::uint16_t>(region * 16 + static_cast<int>(level));
      run.cohorts.push_back({.table = kStandard, .index = index, .sums = {kNobodyReaches}});
    }
  }
  for (std::size_t level = 0; level < grading.levels.size(); ++level) {
    run.cohorts.push_back({.table = kLevelCount, .index = static_cast<std::uint16_t>(level)});
  }
  return scene.members();
}

void LevelsWork::visit_lines(const Run& run, const RunScene& scene,
                             const std::function<void(const RunLine&)>& visit) const {
  const Grading& grading = *grading_of(run.key(), scene.book());
  for (const CohortRecord& record : run.cohorts) {
    if (record.table == kLevelCount) {
      visit({.text = level_line(grading.levels[record.index].name, record)});
    } else if (record.sums[kOfClass] > 0) {
      visit({.text = standard_line(record.index / 16, grading.levels[record.index % 16].name,
                                   record.sums[kMin], record.sums[kReached])});
    }
  }
}

std::uint32_t LevelsWork::posting_steps(const Run& run) const {
  return static_cast<std::uint32_t>(run.record.counts[kMembers]);
}

Best LevelsWork::reached_by(const Run& run, const MemberBook& book, std::uint32_t member) {
  if (run.keeps_accounts()) {
    return best_of(run, book, member, kLost);
  }
  const auto result = run.results.at(member);
  const bool lost = result == kLost;
  return {.result = lost ? std::nullopt : result, .lost = lost};
}

void LevelsWork::post(Run& run, RunScene& scene, std::uint32_t first, std::uint32_t last) const {
  const Grading& grading = *grading_of(run.key(), scene.book());
  const BusinessDate from = holds_from(run.key(), scene.book());
  const BusinessDate on = std::max(from, scene.day());
  for (std::uint32_t member = first; member < last; ++member) {
    fetch_ahead(scene, member, last);
    const auto level =
        left_of(reached_by(run, scene.book(), member), scene.is_here(member), count_of(run, kGone));
    const BeforeRun before = scene.book().grade_on(member, run.record.grading, on);
    const auto grade =
        level ? programme::run_grade(grading, before, static_cast<std::uint8_t>(*level),
                                     reason(grading), from)
              : programme::lapsed_grade(grading, before, from);
    if (grade) {
      ++count_of(run, level ? kWritten : kLapsed);
      scene.give_grade(member, run.record.grading, *grade, run.number());
    }
  }
}

void LevelsWork::account_lost(Run& run, const MemberBook& book, std::uint32_t account) const {
  if (run.keeps_accounts()) {
    lose_result(run, account, kLost);
    return;
  }
  const std::uint32_t member = book.account(account).member;
  for (std::uint32_t n = book.member(member).first_account; n != MemberBook::kNone;
       n = book.account(n).next) {
    if (n < count_of(run, kAccounts) && book.is_living(n, run.key().reference)) {
      return;
    }
  }
  member_lost(run, member);
}

// His accounts are lost one by one, where each has a result.
void LevelsWork::member_lost(Run& run, std::uint32_t member) const {
  if (run.keeps_accounts()) {
    return;
  }
  if ((run.is(RunState::kCounted) || run.is(RunState::kPosting)) && member < run.results.size() &&
      run.results.at(member)) {
    run.results.change(member, kLost);
  }
}

void LevelsWork::fetch_ahead(const RunScene& scene, std::uint32_t member, std::uint32_t last) {
  const MemberBook& book = scene.book();
  if (member + 2 * kAheadGraded < last) {
    scene.prefetch_member(member + 2 * kAheadGraded);
  }
  if (member + kAheadGraded >= last) {
    return;
  }
  const book::ProgrammeMember& ahead = book.member(member + kAheadGraded);
  if (ahead.first_account != MemberBook::kNone) {
    __builtin_prefetch(&book.account(ahead.first_account));
    __builtin_prefetch(&book.account(ahead.first_account).ring[8]);
  }
}

// Those that `begin` makes, with sums that can be.
bool LevelsWork::right_cohorts(const Run& run, const Grading& grading) {
  const std::size_t above = levels_above(grading);
  if (run.cohorts.size() != kRegions * above + grading.levels.size()) {
    return false;
  }
  for (std::size_t n = 0; n < run.cohorts.size(); ++n) {
    const CohortRecord& record = run.cohorts[n];
    const bool standard = n < kRegions * above;
    const std::size_t index =
        standard ? (n / above + 1) * 16 + n % above + 1 : n - kRegions * above;
    if (record.table != (standard ? kStandard : kLevelCount) || record.index != index ||
        record.zero != 0) {
      return false;
    }
    for (std::size_t sum = 0; sum < record.sums.size(); ++sum) {
      const bool min = standard && sum == kMin;
      const bool used = sum <= (standard ? std::size_t{kOfClass} : std::size_t{kLevelDown});
      const std::int64_t most = !used ? 0 : min ? kScoreMax : run.record.counts[kMembers];
      if (record.sums[sum] > most || record.sums[sum] < (min ? kNobodyReaches : 0)) {
        return false;
      }
    }
  }
  return true;
}

bool LevelsWork::right_sizes(const Run& run, const MemberBook& book, const Grading& grading,
                             bool counts) {
  const book::RunRecord& record = run.record;
  const std::int64_t members = record.counts[kMembers];
  return members <= static_cast<std::int64_t>(book.members()) && record.steps == members &&
         record.counts[kGraded] <= members &&
         record.counts[kAccounts] <= static_cast<std::int64_t>(book.accounts()) &&
         !(counts && record.cursor == record.steps) && right_cohorts(run, grading);
}

}  // namespace ph
