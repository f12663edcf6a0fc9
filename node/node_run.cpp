// An operator's word about runs over all members, and how they go on by themselves.
#include "core/home/member_columns.h"
#include "core/home/run_grade.h"
#include "core/programme/histogram_bytes.h"
#include "node/node.h"
#include "platform/sys/kill_points.h"

namespace ph {

namespace {

std::string run_text(std::uint32_t number) {
  return "run " + std::to_string(number);
}

RunReply no_run(std::uint32_t number) {
  return {.text = "there is no " + run_text(number) + ": node run status names those there are"};
}

// What comes next, in words.
std::string next_of(const Run& run, bool day_open) {
  switch (run.state()) {
    case RunState::kCounting:
      return "it counts; rows of files wait until it has";
    case RunState::kGrading:
      return "it grades by the standards that it has; rows of files wait until it has";
    case RunState::kCounted:
      return "look at it (node run preview), then node run publish, or node run drop";
    case RunState::kWaiting:
      return "it waits for the clearing's thresholds";
    case RunState::kPosting:
      return day_open ? "it is posted on the open day, which is sealed behind it"
                      : "it is posted by itself once a day is open";
    case RunState::kDone:
      switch (run.key().kind) {
        case RunKind::kAward:
          return "done: single points are taken back by UNEARN rows";
        case RunKind::kGrade:
          return "done: its grades are in the members' histories";
        case RunKind::kNotice:
          return run.has_file() ? "done: its file is for the SMS gateway"
                                : "done: the points that it told of have expired";
        case RunKind::kKpi:
          return "done: its file has the month's figures";
      }
      return {};
    case RunState::kDropped:
      return "it was dropped, and may begin anew";
  }
  return {};
}

}  // namespace

std::optional<std::uint8_t> Node::number_of_grading(const std::string& name) const {
  if (name.empty()) {
    return std::uint8_t{0};
  }
  const MemberBook* book = province_.book();
  const std::uint16_t found =
      book == nullptr ? NameTable::kNone : book->names().gradings.find(name);
  return found == NameTable::kNone ? std::nullopt : std::optional(static_cast<std::uint8_t>(found));
}

RunReply Node::begin_run(RunKind kind, const std::string& grading, Month of, bool anyway,
                         BusinessTime now) {
  const auto number = number_of_grading(grading);
  if (!province_.opening() || !province_.poster()) {
    return {.text = "the province isn't opened: bring the rule book and the opening file first"};
  }
  if (!number) {
    return {.text = "no version of the programme has a grading " + grading};
  }
  if ((kind == RunKind::kGrade) == grading.empty()) {
    return {.text = kind == RunKind::kGrade
                        ? "a run GRADE is of one grading: say --grading and its name"
                        : "a run " + std::string(word(kind)) + " has no grading: leave it out"};
  }
  const Home& home = province_.poster()->home();
  const RunKey key{.kind = kind, .grading = *number, .reference = of};
  if (auto refusal = home.run_refusal(key); !refusal.empty()) {
    return {.text = std::move(refusal)};
  }
  if (province_.posts()) {
    return {.text = province_.open()->taken.date.text() +
                    " is being posted: ask again when it is (node status says when)"};
  }
  const std::string warning = home.run_warning(key);
  if (!warning.empty() && !anyway) {
    return {.text = warning + ". Nothing was begun: bring them first, or say --anyway"};
  }
  const RunBegun begun = province_.run_to_begin(key);
  kill_point<"node_run_beginning">();
  journal(encode(begun, now));
  province_.begin_run(begun, now);
  return {.good = true,
          .text = run_text(begun.number) +
                  " counts; node run status says how far it is, node run " +
                  "preview what came of it" + (warning.empty() ? "" : ". Mind: " + warning),
          .number = begun.number};
}

// No operator is asked: what is due is known with the day's opening.
void Node::begin_due_run(const RunKey& key, BusinessTime now) {
  const RunBegun begun = province_.run_to_begin(key);
  kill_point<"node_due_run_beginning">();
  journal(encode(begun, now));
  province_.begin_run(begun, now);
}

std::string Node::late_notice(BusinessTime now) const {
  const auto& sealed = province_.sealed();
  if (!province_.poster() || (sealed.empty() && !province_.open())) {
    return {};
  }
  const BusinessDate first = sealed.empty() ? province_.open()->taken.date : sealed.front().date;
  // The last day that is opened at its cut-off if no file and no live event did it before.
  const BusinessDate on = now.plus_seconds(-settings_.seal_empty_after_s).date().plus_days(-1);
  const auto expires = province_.poster()->home().missing_notice(first, on);
  if (!expires) {
    return {};
  }
  const std::string text = "no notice was made of the points that expire on " + expires->text();
  const auto last = province_.open() ? province_.open()->taken.date : sealed.back().date;
  return text + (*expires > last
                     ? ", and its day is over: it is made with the next day that is opened, so "
                       "bring the day files that lack"
                     : ", and they have expired: the members weren't told by its file");
}

void Node::post_run_slice(const Run& run, std::uint32_t steps, BusinessTime now) {
  const RunStepped slice{.number = run.number(), .steps = steps};
  if (run.is(RunState::kPosting)) {
    kill_point<"node_run_posting">();
  } else {
    kill_point<"node_run_counting">();
  }
  journal(encode(slice, now));
  province_.take_run_steps(slice);
  if (run.is(RunState::kDone)) {
    kill_point<"node_run_done">();
  } else if (run.is(RunState::kCounted)) {
    kill_point<"node_run_counted">();
  }
}

// What waits for the clearing is sent until it is taken; its thresholds are kept once no file is
// being posted and no other run is under way.
void Node::tend_ratings(BusinessTime now) {
  const MemberBook* book = province_.book();
  if (book == nullptr) {
    return;
  }
  for (const Run& run : book->runs().runs()) {
    if (run.key().kind != RunKind::kGrade || !run.is(RunState::kWaiting)) {
      continue;
    }
    const ScoreSender::Key key{book->names().gradings.name(run.key().grading), run.key().reference};
    if (unsendable_.contains(key)) {
      continue;
    }
    if (!scores_.has(key)) {
      Province::Rating rating = province_.rating_of(run);
      if (rating.bytes.empty()) {
        unsendable_.insert(key);
        continue;
      }
      scores_.send({.grading = std::move(rating.grading),
                    .month = rating.month,
                    .programme = rating.programme,
                    .revision = rating.revision,
                    .bytes = std::move(rating.bytes)});
      kill_point<"node_scores_ready">();
    }
    const wire::Thresholds* found = scores_.thresholds(key);
    if (found == nullptr || province_.posts() || province_.run_under_way() != nullptr ||
        !province_.thresholds_fault(run.number(), found->text).empty()) {
      continue;
    }
    const ThresholdsTaken taken{
        .number = run.number(), .text = found->text, .signature = found->signature};
    kill_point<"node_run_thresholds">();
    journal(encode(taken, now));
    kill_point<"node_run_graded">();
    province_.take_thresholds(taken);
    scores_.forget(key);
    return;
  }
}

RunReply Node::grade_by_last(std::uint32_t number, BusinessTime now) {
  const MemberBook* book = province_.book();
  const Run* run = book == nullptr ? nullptr : book->runs().at(number);
  if (run == nullptr) {
    return no_run(number);
  }
  if (!run->is(RunState::kWaiting)) {
    return {.text = run_text(number) + " is " + std::string(word(run->state())) +
                    ": only one that waits for the clearing's thresholds can do without"};
  }
  const ScoreSender::Key key{book->names().gradings.name(run->key().grading), run->key().reference};
  const std::string of = run->key().reference.text();
  if (scores_.thresholds(key) != nullptr) {
    return {.text = "the thresholds of " + of + " are here: it grades by them by itself"};
  }
  const auto status = scores_.status();
  const auto found = std::ranges::find(status, key, &ScoreSender::Status::key);
  if (found != status.end() && found->taken) {
    return {.text = "the clearing has its scores: wait for the thresholds of " + of +
                    ", which will be other ones"};
  }
  if (found != status.end() && !found->refused) {
    return {.text = "the clearing hasn't said whether it rates " + of +
                    ": ask again once the node has reached it (node run status)"};
  }
  const auto last = last_thresholds(*book, *run);
  if (last.empty()) {
    return {.text = "no thresholds of " + key.first +
                    " ever came here: have the clearing's operator open a rating of the month"};
  }
  if (!thresholds_fit(*grading_of(run->key(), *book), last)) {
    return {.text = "the thresholds that were last aren't of the levels that " + of +
                    " has: have the clearing's operator open a rating of the month"};
  }
  if (province_.posts() || province_.run_under_way() != nullptr) {
    return {.text =
                "a file is being posted, or another run is under way: ask again when it is "
                "over"};
  }
  const ThresholdsTaken by_last{.number = number};
  journal(encode(by_last, now));
  province_.take_thresholds(by_last);
  scores_.forget(key);
  return {.good = true,
          .text = run_text(number) + " grades by the thresholds that were last",
          .number = number};
}

// What a run that waits for the clearing waits for.
std::string Node::rating_text(const Run& run) const {
  const ScoreSender::Key key{province_.book()->names().gradings.name(run.key().grading),
                             run.key().reference};
  if (const wire::Thresholds* found = scores_.thresholds(key)) {
    const std::string fault = province_.thresholds_fault(run.number(), found->text);
    return fault.empty() ? "thresholds are here, and taken once nothing is posted"
                         : "thresholds are here, but " + fault;
  }
  for (const ScoreSender::Status& status : scores_.status()) {
    if (status.key == key) {
      return std::string(status.taken ? "its scores are there, it waits for the thresholds"
                                      : "its scores are on their way") +
             (status.why.empty() ? "" : ": " + status.why);
    }
  }
  return "its accounts have more different scores than the " +
         std::to_string(programme::kHistogramEntriesMax) + " that can be sent: tell the makers";
}

RunReply Node::publish_run(std::uint32_t number, const Digest& preview, const std::string& officer,
                           BusinessTime now) {
  const MemberBook* book = province_.book();
  const Run* run = book == nullptr ? nullptr : book->runs().at(number);
  if (run == nullptr) {
    return no_run(number);
  }
  if (!valid_officer(officer)) {
    return {.text = "an officer is 1 to 16 of A-Z a-z 0-9 -, such as G-0007"};
  }
  if (!run->is(RunState::kCounted)) {
    return {.text = run_text(number) + " is " + std::string(word(run->state())) + ": " +
                    next_of(*run, province_.open().has_value())};
  }
  if (preview != province_.run_digest(number)) {
    return {.text = "what was looked at has the digest " + hex(preview) + ", and " +
                    run_text(number) + " has " + hex(province_.run_digest(number)) +
                    ": look at it again (node run preview), then publish that"};
  }
  const RunPublished published{.number = number, .preview = preview, .officer = officer};
  kill_point<"node_run_publishing">();
  journal(encode(published, now));
  kill_point<"node_run_published">();
  province_.publish_run(published);
  return {
      .good = true,
      .text = run_text(number) + " is published: " + next_of(*run, province_.open().has_value()),
      .number = number};
}

RunReply Node::drop_run(std::uint32_t number, const std::string& officer, BusinessTime now) {
  const MemberBook* book = province_.book();
  const Run* run = book == nullptr ? nullptr : book->runs().at(number);
  if (run == nullptr) {
    return no_run(number);
  }
  if (!valid_officer(officer)) {
    return {.text = "an officer is 1 to 16 of A-Z a-z 0-9 -, such as G-0007"};
  }
  if (run->is(RunState::kPosting) || run->is(RunState::kDone) || run->is(RunState::kDropped)) {
    return {.text = run_text(number) + " is " + std::string(word(run->state())) +
                    ": only what isn't published can be dropped"};
  }
  const RunDropped dropped{.number = number, .officer = officer};
  journal(encode(dropped, now));
  province_.drop_run(dropped);
  if (run->key().kind == RunKind::kGrade) {
    const ScoreSender::Key key{book->names().gradings.name(run->key().grading),
                               run->key().reference};
    scores_.forget(key);
    unsendable_.erase(key);
  }
  return {.good = true,
          .text = run_text(number) + " is dropped: nothing of it takes effect. It may begin anew",
          .number = number};
}

// A member who comes or goes while a run counts would be in it or not, as the steps are.
bool Node::move_waits_for_run(RowKind kind) const {
  const MemberBook* book = province_.book();
  return (kind == RowKind::kMoveOut || kind == RowKind::kMoveIn) && book != nullptr &&
         book->runs().counting() != nullptr;
}

std::vector<RunStatus> Node::run_status() const {
  std::vector<RunStatus> out;
  const MemberBook* book = province_.book();
  if (book == nullptr) {
    return out;
  }
  for (const Run& run : book->runs().runs()) {
    const RunKey key = run.key();
    out.push_back({.number = run.number(),
                   .kind = key.kind,
                   .grading = key.kind == RunKind::kGrade ? book->names().gradings.name(key.grading)
                                                          : std::string(),
                   .of = key.reference,
                   .state = run.state(),
                   .began = BusinessDate(run.record.began),
                   .from = BusinessDate(run.record.from),
                   .done = run.record.cursor,
                   .steps = run.record.steps,
                   .has_file = run.has_file(),
                   .next = run.is(RunState::kWaiting)
                               ? rating_text(run)
                               : next_of(run, province_.open().has_value())});
  }
  return out;
}

}  // namespace ph
