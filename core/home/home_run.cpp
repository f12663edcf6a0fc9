// Runs at a home: which one is under way, its steps, and what a run may do here.
#include <algorithm>

#include "core/home/home.h"
#include "core/home/run_grade.h"
#include "core/programme/month_range.h"
#include "core/types/check.h"

namespace ph {

const MemberBook& RunScene::book() const {
  return *home_.book_;
}

MemberBook& RunScene::book() {
  return *home_.book_;
}

std::uint32_t RunScene::members() const {
  return static_cast<std::uint32_t>(home_.accounts_.size());
}

std::uint32_t RunScene::accounts() const {
  return static_cast<std::uint32_t>(book().accounts());
}

bool RunScene::is_here(std::uint32_t member) const {
  return home_.accounts_[member].state == MemberState::kHome &&
         book().member(member).merged_into == MemberBook::kNone;
}

bool RunScene::counts(std::uint32_t member, const Programme& version) const {
  const bool profile = !version.rows().head.profile_required || book().member(member).profile != 0;
  return profile && is_here(member);
}

Member RunScene::number_of(std::uint32_t member) const {
  return home_.accounts_[member].member;
}

void RunScene::visit_lots(std::uint32_t member,
                          const std::function<void(const Lot&)>& visit) const {
  std::uint32_t node = home_.accounts_[member].lots.head;
  for (; node != LotBook::kEnd; node = home_.lots_.next(node)) {
    visit(home_.lots_.at(node));
  }
}

std::int64_t RunScene::expiring(std::uint32_t member, BusinessDate on) const {
  std::int64_t out = 0;
  std::uint32_t node = home_.accounts_[member].lots.head;
  for (; node != LotBook::kEnd; node = home_.lots_.next(node)) {
    const Lot lot = home_.lots_.at(node);
    if (lot.expires_on > on) {
      break;  // The list is in the order of expiry.
    }
    out += lot.expires_on == on ? lot.remaining : 0;
  }
  return out;
}

bool RunScene::is_expiry_run(BusinessDate day) const {
  return ph::is_expiry_run(home_.expiry_, day);
}

void RunScene::visit_points(
    std::uint32_t member, const std::function<void(Participant, int, std::int64_t)>& visit) const {
  const MemberRecord& holder = home_.accounts_[member];
  for (std::uint32_t node = holder.lots.head; node != LotBook::kEnd;
       node = home_.lots_.next(node)) {
    const Lot lot = home_.lots_.at(node);
    if (lot.remaining != 0) {
      visit(lot.id.participant(), lot.earned_month.count() / 3, lot.remaining);
    }
  }
  auto debt = home_.debts_.lower_bound({holder.member, Participant()});
  for (; debt != home_.debts_.end() && debt->first.first == holder.member; ++debt) {
    visit(debt->first.second, kOfDebt, -debt->second);
  }
}

std::uint32_t RunScene::find(Member member) const {
  return home_.find_account(member);
}

void RunScene::visit_open_day(std::size_t& movements, std::size_t& items,
                              const std::function<void(Member, const Slice&)>& visit) const {
  if (!home_.open_) {
    return;
  }
  const DayResult& day = home_.result_;
  for (; movements < day.movements.size(); ++movements) {
    visit(day.movements[movements].member, day.movements[movements].slice);
  }
  std::size_t slice = 0;
  for (std::size_t n = 0; n < day.items.size(); ++n) {
    const Item& item = day.items[n];
    for (std::uint32_t k = 0; k < item.slice_count; ++k, ++slice) {
      if (n >= items) {
        visit(item.member, day.slices[slice]);
      }
    }
  }
  items = day.items.size();
}

const NodeSources* RunScene::node() const {
  return home_.node_.sealed_days ? &home_.node_ : nullptr;
}

BusinessDate RunScene::day() const {
  return home_.day_;
}

std::string RunScene::bills_warning(Month month, std::string_view consequence) const {
  const Month before = programme::month_before(month);
  std::size_t lacking = 0;
  bool any = false;
  for (std::uint32_t n = 0; n < accounts(); ++n) {
    const bool own = (book().account(n).flags & book::AccountRecord::kCarriedIn) == 0;
    const bool billed = book().billed(n, month).has_value();
    any = any || billed;
    lacking += own && book().billed(n, before) && !billed ? 1U : 0U;
  }
  std::string out;
  if (lacking != 0) {
    out = std::to_string(lacking) + " accounts that had a bill of " + before.text() +
          " have none of " + month.text() + ": ";
  } else if (!any) {
    out = "no account has a bill of " + month.text() + ": ";
  }
  return out.empty() ? out : out + std::string(consequence);
}

void RunScene::prefetch_member(std::uint32_t member) const {
  __builtin_prefetch(&home_.accounts_[member]);
  __builtin_prefetch(&book().member(member));
}

void RunScene::prefetch_lots(std::uint32_t member) const {
  home_.lots_.prefetch(home_.accounts_[member].lots.head);
}

void RunScene::earn(std::uint32_t member, Source source, const MemberBook::Given& given) {
  MemberBook::Given of_source = given;
  of_source.source = source;
  home_.earn_lot(member, home_.next_generated(), of_source);
}

void RunScene::give_grade(std::uint32_t member, std::uint8_t grading, const programme::Grade& grade,
                          std::uint32_t run) {
  home_.write_grade(member, grading, grade, run);
}

void RunScene::expect_lots(std::size_t lots) {
  home_.result_.movements.reserve(home_.result_.movements.size() + lots);
}

std::vector<RunKey> RunWork::due(BusinessDate /*day*/, const RunScene& /*scene*/) const {
  return {};
}

BusinessDate RunWork::posts_from(const Run& /*run*/, const RunScene& /*scene*/) const {
  return {};
}

std::uint32_t RunWork::posting_steps(const Run& run) const {
  return static_cast<std::uint32_t>(run.results.size());
}

void RunWork::grade(Run& /*run*/, const RunScene& /*scene*/, std::uint32_t /*first*/,
                    std::uint32_t /*last*/) const {
  check(false, "only a run that goes GRADING has a second pass");
}

std::uint32_t RunWork::grading_steps(const Run& run) const {
  return static_cast<std::uint32_t>(run.results.size());
}

void RunWork::dropped(Run& /*run*/) const {}

AfterCount RunWork::graded(Run& /*run*/, const RunScene& /*scene*/) const {
  return AfterCount::kPublish;
}

void RunWork::account_lost(Run& /*run*/, const MemberBook& /*book*/,
                           std::uint32_t /*account*/) const {}

void RunWork::member_lost(Run& /*run*/, std::uint32_t /*member*/) const {}

const RunWork* work_of(RunKind kind) {
  switch (kind) {
    case RunKind::kAward:
      return &award_work();
    case RunKind::kGrade:
      return &grade_work();
    case RunKind::kNotice:
      return &notice_work();
    case RunKind::kKpi:
      return &kpi_work();
  }
  return nullptr;
}

// A work that only looks is given a scene, too: what changes something is asked of those that are
// not const.
RunScene Home::scene() const {
  return RunScene(const_cast<Home&>(*this));
}

std::string Home::run_refusal(const RunKey& key) const {
  const RunWork* work = work_of(key.kind);
  if (!book_) {
    return "no programme was taken: drop its file, called *.toml, into the inbox";
  }
  if (work == nullptr) {
    return "this release doesn't carry out runs of kind " + std::string(word(key.kind));
  }
  if (const Run* other = run_under_way()) {
    return "run " + std::to_string(other->number()) + " is " + std::string(word(other->state())) +
           ": wait until it is over (node run status)";
  }
  std::string out = book_->runs().refusal(key);
  return out.empty() ? work->refusal(key, scene()) : out;
}

std::vector<RunKey> Home::due_runs(BusinessDate day) const {
  std::vector<RunKey> out;
  for (const RunKind kind : {RunKind::kGrade, RunKind::kNotice, RunKind::kKpi}) {
    const RunWork* work = work_of(kind);
    if (book_ && work != nullptr) {
      const std::vector<RunKey> due = work->due(day, scene());
      out.insert(out.end(), due.begin(), due.end());
    }
  }
  return out;
}

std::optional<RunKey> Home::due_run(BusinessDate day) const {
  const std::vector<RunKey> due = due_runs(day);
  const auto found = std::find_if(due.begin(), due.end(),
                                  [this](const RunKey& key) { return run_refusal(key).empty(); });
  return found == due.end() ? std::nullopt : std::optional(*found);
}

std::optional<BusinessDate> Home::missing_notice(BusinessDate first, BusinessDate on) const {
  return book_ ? ph::missing_notice(scene(), first, on) : std::nullopt;
}

std::string Home::run_warning(const RunKey& key) const {
  return work_of(key.kind)->warning(key, scene());
}

void Home::begin_run(const RunKey& key, BusinessDate on, bool by_account) {
  Run& run = book_->runs().begin(key, on);
  const RunWork& work = *work_of(key.kind);
  run.record.steps = work.begin(run, scene());
  if (!by_account) {
    keep_members(run);
  }
  if (run.record.steps == 0) {
    end_counting(run, work);
  }
}

const Run* Home::run_under_way() const {
  if (!book_) {
    return nullptr;
  }
  const Run* run = book_->runs().counting();
  return run != nullptr ? run : open_ ? book_->runs().posting(day_) : nullptr;
}

bool Home::run_waits_for_opening() const {
  const Run* run = run_under_way();
  return run != nullptr && run->is(RunState::kPosting) && !opening_is_over();
}

void Home::end_counting(Run& run, const RunWork& work) {
  switch (run.is(RunState::kGrading) ? work.graded(run, scene()) : work.counted(run, scene())) {
    case AfterCount::kPublish:
      run.set(RunState::kCounted);
      return;
    case AfterCount::kPost:
      run.set(RunState::kCounted);
      begin_posting(run, work);
      return;
    case AfterCount::kDone:
      book_->runs().end(run);
      return;
    case AfterCount::kGrade:
      begin_grading(run, work);
      return;
    case AfterCount::kWait:
      run.set(RunState::kWaiting);
      return;
  }
}

void Home::begin_grading(Run& run, const RunWork& work) {
  run.set(RunState::kGrading);
  run.record.cursor = 0;
  run.record.steps = work.grading_steps(run);
  if (run.record.steps == 0) {
    end_counting(run, work);
  }
}

bool Home::take_thresholds(std::uint32_t number, const std::vector<FoundThreshold>& found) {
  Run* run = book_ ? book_->runs().at(number) : nullptr;
  if (run == nullptr || !run->is(RunState::kWaiting) || run_under_way() != nullptr ||
      !put_thresholds(*run, *book_, found)) {
    return false;
  }
  begin_grading(*run, *work_of(run->key().kind));
  return true;
}

void Home::begin_posting(Run& run, const RunWork& work) {
  book_->runs().publish(run, work.posts_from(run, scene()), work.posting_steps(run));
  if (run.record.steps == 0) {
    book_->runs().end(run);
  }
}

void Home::take_run_steps(std::uint32_t count) {
  const Run* under_way = run_under_way();
  check(under_way != nullptr && !run_waits_for_opening(), "steps are those of a run under way");
  Run& run = *book_->runs().at(under_way->number());
  const RunWork& work = *work_of(run.key().kind);
  const std::uint32_t first = run.record.cursor;
  const std::uint32_t last = first + std::min(count, run.record.steps - first);
  RunScene to = scene();
  if (run.is(RunState::kPosting)) {
    date_ = day_;
    work.post(run, to, first, last);
  } else if (run.is(RunState::kGrading)) {
    work.grade(run, to, first, last);
  } else {
    work.count(run, to, first, last);
  }
  run.record.cursor = last;
  if (last < run.record.steps) {
    return;
  }
  if (run.is(RunState::kPosting)) {
    book_->runs().end(run);
  } else {
    end_counting(run, work);
  }
}

void Home::publish_run(std::uint32_t number) {
  Run& run = *book_->runs().at(number);
  begin_posting(run, *work_of(run.key().kind));
}

void Home::drop_run(std::uint32_t number) {
  Run& run = *book_->runs().at(number);
  work_of(run.key().kind)->dropped(run);
  book_->runs().drop(*book_->runs().at(number));
}

void Home::visit_run_lines(std::uint32_t number,
                           const std::function<void(const RunLine&)>& visit) const {
  const Run& run = *book_->runs().at(number);
  check(run.has_file(), "a run has its file once it was counted");
  work_of(run.key().kind)->visit_lines(run, scene(), visit);
}

}  // namespace ph
