// What a run of one kind does, in steps: the part that differs between kinds. A work has no state
// of its own; what a run finds lies in its `Run`. Adding a kind: a work in a file of its own, and
// its line in `work_of` (docs/architecture.md, "Runs over all members").
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/batch/item.h"
#include "core/home/member_book.h"
#include "core/home/run.h"
#include "core/lots/lot_book.h"
#include "core/rules/rulebook.h"
#include "core/types/words.h"

namespace ph {

class Home;

// What lies with a home's node and runs read: the sealed batches of its days, and the rule book in
// force. All are set, or none.
struct NodeSources {
  // How many days of a month are sealed.
  std::function<std::uint32_t(Month)> sealed_days{};
  // The batch of one of them, from 0.
  using VisitBatch = std::function<void(const BatchView&)>;
  std::function<void(Month, std::uint32_t, const VisitBatch&)> visit_day{};
  std::function<const RuleBook&()> rules{};
};

// What a run sees of its home, and may do to it.
class RunScene {
 public:
  explicit RunScene(Home& home) : home_(home) {}

  [[nodiscard]] const MemberBook& book() const;
  [[nodiscard]] MemberBook& book();
  [[nodiscard]] std::uint32_t members() const;
  [[nodiscard]] std::uint32_t accounts() const;
  // At home here, not closed, not merged into another.
  [[nodiscard]] bool is_here(std::uint32_t member) const;
  // Is here, and has a profile where this version needs one: whom runs count.
  [[nodiscard]] bool counts(std::uint32_t member, const Programme& version) const;
  [[nodiscard]] Member number_of(std::uint32_t member) const;
  // Free and held points of the member's lots that aren't in transit; `visit` gets each lot.
  void visit_lots(std::uint32_t member, const std::function<void(const Lot&)>& visit) const;
  // The open day, else the last one that was.
  [[nodiscard]] BusinessDate day() const;
  // Points of his lots that expire on this day, held ones too.
  [[nodiscard]] std::int64_t expiring(std::uint32_t member, BusinessDate on) const;
  // Do points of any month expire on this day, by the rule book?
  [[nodiscard]] bool is_expiry_run(BusinessDate day) const;
  // Every lot of his, and every debt: issuer, quarter counted from 2000 on or kOfDebt, points.
  static constexpr int kOfDebt = 0x7fff;
  void visit_points(std::uint32_t member,
                    const std::function<void(Participant, int, std::int64_t)>& visit) const;
  // kNone of FlatIndex: he was never at home here.
  [[nodiscard]] std::uint32_t find(Member member) const;
  // What the open day has moved so far: from these movements and items on, which become those that
  // there are.
  void visit_open_day(std::size_t& movements, std::size_t& items,
                      const std::function<void(Member, const Slice&)>& visit) const;
  // nullptr: there is no node.
  [[nodiscard]] const NodeSources* node() const;
  // What lacks of the month's bills, and what comes of that: "3 accounts ... have none of 2008-12:
  // <consequence>". Empty: each account that had one of the month before has one.
  [[nodiscard]] std::string bills_warning(Month month, std::string_view consequence) const;
  // Memory that steps about this member will look at.
  void prefetch_member(std::uint32_t member) const;
  void prefetch_lots(std::uint32_t member) const;

  // While posting, on the open day: a lot under an entry that the home makes; what is rating is
  // noted, too.
  void earn(std::uint32_t member, Source source, const MemberBook::Given& given);
  // Likewise a grade, and what it gives ON_ENTRY. `grading`: its number.
  void give_grade(std::uint32_t member, std::uint8_t grading, const programme::Grade& grade,
                  std::uint32_t run);
  // Room for so many lots' movements, asked for once.
  void expect_lots(std::size_t lots);

 private:
  Home& home_;
};

// A line of a run's file, and what it adds to the trailer's sums.
struct RunLine {
  std::string text{};
  std::int64_t points{};
  Int128 fen{};
};

// What becomes of a run that has been counted.
enum class AfterCount : std::uint8_t {
  kPublish,  // it is looked at, then published or dropped
  kPost,     // it publishes itself
  kDone,     // it posts nothing: its file is all
  kGrade,    // a second pass, by what the first one has found
  kWait,     // for the clearing
};

class RunWork {
 public:
  RunWork() = default;
  virtual ~RunWork() = default;
  RunWork(const RunWork&) = delete;
  RunWork& operator=(const RunWork&) = delete;

  // Why such a run can't begin, and what now, as a sentence; empty: it can.
  [[nodiscard]] virtual std::string refusal(const RunKey& key, const RunScene& scene) const = 0;
  // What the operator has to know before it begins; empty: nothing.
  [[nodiscard]] virtual std::string warning(const RunKey& key, const RunScene& scene) const = 0;
  // Runs that begin by themselves behind the opening of this day, in order, and haven't been begun.
  [[nodiscard]] virtual std::vector<RunKey> due(BusinessDate day, const RunScene& scene) const;
  // Makes its cohorts; the number of steps that it counts.
  [[nodiscard]] virtual std::uint32_t begin(Run& run, const RunScene& scene) const = 0;
  // Steps first to last - 1: adds a result for each.
  virtual void count(Run& run, const RunScene& scene, std::uint32_t first,
                     std::uint32_t last) const = 0;
  // Behind the last step.
  [[nodiscard]] virtual AfterCount counted(Run& run, const RunScene& scene) const = 0;
  // The second pass, of who goes GRADING: its steps, and behind the last one what becomes of it.
  [[nodiscard]] virtual std::uint32_t grading_steps(const Run& run) const;
  virtual void grade(Run& run, const RunScene& scene, std::uint32_t first,
                     std::uint32_t last) const;
  [[nodiscard]] virtual AfterCount graded(Run& run, const RunScene& scene) const;
  // Its file's lines, in order; the same whenever it is asked for.
  virtual void visit_lines(const Run& run, const RunScene& scene,
                           const std::function<void(const RunLine&)>& visit) const = 0;
  // It is published: from which day on it posts, and in how many steps.
  [[nodiscard]] virtual BusinessDate posts_from(const Run& run, const RunScene& scene) const;
  [[nodiscard]] virtual std::uint32_t posting_steps(const Run& run) const;
  virtual void post(Run& run, RunScene& scene, std::uint32_t first, std::uint32_t last) const = 0;
  // A run of it was dropped: what has to be told apart when it begins anew.
  virtual void dropped(Run& run) const;
  // Could this run, of a snapshot, be one of this book's? Nothing of it leads outside of a table.
  [[nodiscard]] virtual bool right(const Run& run, const MemberBook& book) const = 0;
  // An account has passed to another owner since it was counted.
  virtual void account_lost(Run& run, const MemberBook& book, std::uint32_t account) const;
  // The number has: TRANSFER.
  virtual void member_lost(Run& run, std::uint32_t member) const;
};

// nullptr: this release doesn't carry out such runs.
[[nodiscard]] const RunWork* work_of(RunKind kind);
[[nodiscard]] const RunWork& award_work();   // run_award.cpp
[[nodiscard]] const RunWork& grade_work();   // run_grade.cpp
[[nodiscard]] const RunWork& notice_work();  // run_notice.cpp
[[nodiscard]] const RunWork& kpi_work();     // run_kpi.cpp

// The expiry whose notice day lies at or before `on`, and of which no notice was made; behind its
// day, for a month. Of days up to `first` nobody could be told. nullopt: none is missing.
[[nodiscard]] std::optional<BusinessDate> missing_notice(const RunScene& scene, BusinessDate first,
                                                         BusinessDate on);

}  // namespace ph
