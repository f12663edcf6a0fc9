// A run over all members of a home: the award of a year, a grading, a notice, a month's figures
// (docs/decisions/0023-programme-format.md, section 4.1). What is kept of each, and its states.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/home/member_records.h"
#include "core/types/chunks.h"

namespace ph {

enum class RunKind : std::uint8_t { kAward = 1, kGrade = 2, kNotice = 3, kKpi = 4 };

// COUNTING -> COUNTED -> POSTING -> DONE; WAITING for the clearing and GRADING by what it said lie
// before COUNTED; DROPPED before it was published, it may begin anew.
enum class RunState : std::uint8_t {
  kCounting = 1,
  kCounted = 2,
  kWaiting = 3,
  kGrading = 4,
  kPosting = 5,
  kDone = 6,
  kDropped = 7,
};

[[nodiscard]] std::string_view word(RunKind kind);
[[nodiscard]] std::string_view word(RunState state);
[[nodiscard]] std::optional<RunKind> run_kind(std::string_view word);

// Which run: of these at most one is published, ever. `grading`: number of its name, 0 without one.
struct RunKey {
  RunKind kind{};
  std::uint8_t grading{};
  Month reference{};
  friend bool operator==(const RunKey&, const RunKey&) = default;
};

// What came of each step while a run is open: 4 bytes each, larger values aside.
class RunResults {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;
  static constexpr std::uint32_t kLarge = 0xfffffffe;

  // The next step's; nullopt: nothing. Not below 0.
  void add(std::optional<std::int64_t> value);
  // Of a step that was added.
  void change(std::uint32_t step, std::optional<std::int64_t> value);
  [[nodiscard]] std::optional<std::int64_t> at(std::uint32_t step) const;
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  // What came of each step at which something did is right: `is_right(step, value)`.
  template <class IsRight>
  [[nodiscard]] bool all(const IsRight& is_right) const {
    for (std::uint32_t step = 0; step < size(); ++step) {
      if (const auto value = at(step); value && !is_right(step, *value)) {
        return false;
      }
    }
    return true;
  }

  [[nodiscard]] const Chunks<std::uint32_t>& values() const { return values_; }
  [[nodiscard]] const std::map<std::uint32_t, std::int64_t>& large() const { return large_; }
  // As they were saved. False: a large one is missing.
  void adopt(std::uint32_t value) { values_.push_back(value); }
  void adopt_large(std::uint32_t step, std::int64_t value) { large_[step] = value; }

 private:
  Chunks<std::uint32_t> values_;
  std::map<std::uint32_t, std::int64_t> large_;  // by step: few are
};

// Of a NOTICE's counts: for how many members it found something.
inline constexpr std::size_t kFoundCount = 0;
// Among a GRADE's counts: which run of a grading it is, from 1 on; of a MONTHLY by PRODUCT, which
// keeps a result for each account, this one, but for one that an earlier release began.
inline constexpr std::size_t kModeCount = 7;
inline constexpr std::int64_t kMonthlyByAccount = 4;
// A level's bound as the clearing has found it, from all provinces' units.
struct FoundThreshold {
  std::string level{};
  int percent{};
  std::int64_t threshold{};
};

// A run, and what its kind keeps with it. The cohorts stay for ever: of them its file is made.
struct Run {
  book::RunRecord record{};
  std::vector<book::CohortRecord> cohorts{};
  RunResults results{};
  Chunks<book::NoticeRecord> found{};  // of a NOTICE, until its points have expired

  [[nodiscard]] std::uint32_t number() const { return record.number; }
  [[nodiscard]] RunKey key() const {
    return {static_cast<RunKind>(record.kind), record.grading, Month(record.reference)};
  }
  [[nodiscard]] RunState state() const { return static_cast<RunState>(record.state); }
  [[nodiscard]] bool is(RunState state) const { return this->state() == state; }
  // Its file can be made: it was counted, is not dropped, and what it found is still kept.
  [[nodiscard]] bool has_file() const {
    return (is(RunState::kCounted) || is(RunState::kPosting) || is(RunState::kDone)) &&
           !has_forgotten();
  }
  // It was found, and isn't kept any more.
  [[nodiscard]] bool has_forgotten() const {
    return key().kind == RunKind::kNotice &&
           record.counts[kFoundCount] != static_cast<std::int64_t>(found.size());
  }
  // Steps of a MONTHLY are members: its results may be those of accounts all the same.
  [[nodiscard]] bool keeps_accounts() const {
    return key().kind == RunKind::kGrade && record.counts[kModeCount] == kMonthlyByAccount;
  }
  void set(RunState state) { record.state = static_cast<std::uint8_t>(state); }
};

}  // namespace ph
