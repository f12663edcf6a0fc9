// A node and its province's counters: what they want of this home's own members is decided here;
// other homes are asked, and their answers journaled with our own records
// (docs/decisions/0016). What other homes ask of members who are here, or have moved (0018).
#include <algorithm>
#include <array>

#include "core/programme/earning.h"
#include "core/programme/refusal.h"
#include "node/asks.h"
#include "node/node.h"

namespace ph {

namespace {

Answer said(const Ask& ask, AskCode code, bool definite, BusinessTime now, const char* detail) {
  return {.kind = ask.kind,
          .id = ask.id,
          .definite = definite,
          .code = static_cast<std::uint8_t>(code),
          .at = now.seconds(),
          .detail = detail};
}

// Arrears, a blacklist and limits are the home's affair: others learn that it may not be.
LiveAnswer told_outside(LiveAnswer decided) {
  const auto refusal = static_cast<programme::Refusal>(decided.code);
  decided.code = static_cast<std::uint8_t>(programme::told_outside(refusal));
  return decided;
}

bool is_code(const std::optional<LiveAnswer>& known, ReturnCode code) {
  return known && known->code == static_cast<std::uint8_t>(code);
}

bool comes_from_counters(AskKind kind) {
  return kind == AskKind::kRedeem || kind == AskKind::kHold || cites_hold(kind) ||
         kind == AskKind::kRefund || kind == AskKind::kMove;
}

// As the home's live event.
LiveCommand command_of(const Intent& intent) {
  LiveCommand command = command_of(intent.ask);
  command.row.cost = intent.cost;
  command.row.freight = intent.freight;
  command.row.cash = intent.cash;
  return command;
}

// Another home gives no goods of this province's but these.
bool goods_fit(const Ask& ask) {
  const bool goods = ask.kind == AskKind::kRedeem || ask.kind == AskKind::kCapture;
  return !goods || (ask.form >= Form::kPhoneCredit && ask.form <= Form::kGift);
}

// A home that isn't this one, to see what our own record would be before it is known who answers.
Participant some_home(Member member, Participant province) {
  const Participant first = member.first_home();
  return first != province ? first : Participant(province.number() == 1 ? 2 : 1);
}

}  // namespace

// Who has never been here may open an account here, if his number says so.
bool Node::at_home_here(Member member) const {
  const Home& home = province_.poster()->home();
  const auto state = home.state_of(member);
  return state ? *state != MemberState::kMoved : member.first_home() == home.province();
}

CounterAnswer Node::take_counter(Intent intent, BusinessTime now) {
  Ask& ask = intent.ask;
  ask.giver = province_.number();
  if (!province_.opening() || !province_.rules()) {
    return {.answer = said(ask, AskCode::kAgainLater, false, now,
                           "the node has no rule book or no opening file yet")};
  }
  if (!comes_from_counters(ask.kind) || ask.id.participant != ask.giver) {
    return {.answer = said(ask, AskCode::kNotYours, true, now, "")};
  }
  const IntentBook& intents = province_.intents();
  if (const IntentRecord* record = intents.find(ask.kind, ask.id)) {
    if (!same_content(*record, intent)) {
      return {.answer = said(ask, AskCode::kDuplicate, true, now, "")};
    }
    asker_.hurry(ask.kind, ask.id);
    return {.pending = record->pending(), .answer = answer_of(*record)};
  }
  const Home& home = province_.poster()->home();
  if (home.first_answer({.class_ = class_of(ask.kind), .id = ask.id})) {
    return take_at_home(intent, now);
  }
  if (cites_hold(ask.kind)) {
    const IntentRecord* hold = intents.find_parent(ask);
    if (hold == nullptr) {
      return take_at_home(intent, now);
    }
    ask.member = hold->member;
    return ask_elsewhere(intent, now);
  }
  // What other homes know of a refund's parent comes from the clearing alone.
  const bool far =
      ask.kind == AskKind::kMove || (ask.kind == AskKind::kRefund && home.has_moved_in(ask.member));
  const bool here = !far && at_home_here(ask.member);
  return here ? take_at_home(intent, now) : ask_elsewhere(intent, now);
}

CounterAnswer Node::take_at_home(const Intent& intent, BusinessTime now) {
  Answer answer = answer_to(intent.ask, take_live(command_of(intent), now), province_.number());
  if (!answer.definite) {  // Nothing of it is kept.
    answer = said(intent.ask, AskCode::kAgainLater, false, now,
                  "the days before aren't sealed, or the clocks differ");
  }
  return {.answer = std::move(answer)};
}

CounterAnswer Node::ask_elsewhere(const Intent& intent, BusinessTime now) {
  if (const auto refused = refuse_intent(intent, now)) {
    return {.answer = *refused};
  }
  add_pending(encode(IntentTaken{.intent = intent}, now));
  province_.take_intent(intent, now);
  if (const auto here = refuse_move(intent.ask, now)) {  // It stands, wherever he goes later.
    add_pending(encode(IntentAnswered{.answer = *here}, now));
    province_.take_answer(*here, now);
    return {.answer = *here};
  }
  return {.pending = true, .answer = {.kind = intent.ask.kind, .id = intent.ask.id}};
}

// Why an intent isn't taken; nothing of it is recorded. The order of the checks is protocol.
std::optional<Answer> Node::refuse_intent(const Intent& intent, BusinessTime now) {
  const Ask& ask = intent.ask;
  const IntentBook& intents = province_.intents();
  const Participant home = ask.member.first_home();
  const auto final = [&](AskCode code, const char* detail = "") {
    return std::optional(said(ask, code, true, now, detail));
  };
  const auto later = [&](AskCode code, const char* detail) {
    return std::optional(said(ask, code, false, now, detail));
  };
  // A MOVE_OUT is the other home's.
  const auto own =
      own_record(intent, {.definite = true, .home = some_home(ask.member, province_.number())});
  const bool move = ask.kind == AskKind::kMove;
  if (!well_formed(move ? *own : command_of(intent), province_.number()) || !goods_fit(ask)) {
    return final(static_cast<AskCode>(ReturnCode::kInvalid));
  }
  if (ask.id.date > now.date()) {
    return later(AskCode::kAgainLater, "the id's date has not begun here");
  }
  if (now.date().count() - ask.id.date.count() > kLateDaysMax) {
    return final(AskCode::kTooOld);
  }
  if (!province_.rules()->is_province(home)) {
    return final(static_cast<AskCode>(ReturnCode::kNotHome));
  }
  if (move && intents.moving_in(ask.member)) {
    return later(AskCode::kAgainLater, "another move of the member is under way");
  }
  if (!ask.parent.none() && ask.parent.participant != province_.number()) {
    return final(AskCode::kUnknownParent);
  }
  if (const IntentRecord* parent = intents.find_parent(ask); parent && parent->pending()) {
    return later(AskCode::kAgainLater, "what it cites has no answer yet");
  }
  if (intents.pending_count() >= kIntentsMax) {
    return later(AskCode::kBusy, "too many requests wait for an answer of other homes");
  }
  if (intents.pending_of(home) >= kIntentsOfHomeMax) {
    return later(AskCode::kBusy, "too many requests wait for an answer of the member's home");
  }
  if (own && is_code(known_answer(*own, now), ReturnCode::kAgainLater)) {
    return later(AskCode::kAgainLater,
                 move ? "nobody moves while yesterday isn't sealed, or a day is being opened"
                      : "the node has to seal the day before yesterday first");
  }
  return std::nullopt;
}

// Whom nobody else has to be asked for: he is here, or has left the network here.
std::optional<Answer> Node::refuse_move(const Ask& ask, BusinessTime now) const {
  const auto state = province_.poster()->home().state_of(ask.member);
  if (ask.kind != AskKind::kMove || !state || *state == MemberState::kMoved) {
    return std::nullopt;
  }
  const bool closed = *state == MemberState::kClosed;
  const ReturnCode code = closed ? ReturnCode::kClosed : ReturnCode::kMoveOpen;
  Answer answer = said(ask, static_cast<AskCode>(code), true, now, "");
  answer.home = province_.number();
  return answer;
}

// From the clearing, on behalf of a partner or another province.
void Node::take_ask(const Ask& ask, BusinessTime now) {
  if (auto elsewhere = answer_elsewhere(ask, now)) {
    answers_.push_back(std::move(*elsewhere));
    return;
  }
  LiveCommand command = command_of(ask);
  command.tells_standing = ask.kind == AskKind::kMove && province_.book() != nullptr;
  const LiveAnswer decided = take_live(command, now);
  Answer answer = answer_to(ask, told_outside(decided), province_.number());
  if (ask.kind == AskKind::kMove && decided.code == 0) {
    answer.slices = province_.poster()->home().moved_slices(ask.member, decided);
    answer.standing = decided.standing;
  }
  answers_.push_back(std::move(answer));
}

// Of a member who isn't here: nothing is decided, and nothing kept. What was decided while he was
// is told again, and so is what a file had. Who is on his way here isn't here either: until then
// his old home decides, or nobody.
std::optional<Answer> Node::answer_elsewhere(const Ask& ask, BusinessTime now) const {
  if (!province_.opening() || !province_.rules() || ask.member.none()) {
    return std::nullopt;
  }
  const Home& home = province_.poster()->home();
  const auto state = home.state_of(ask.member);
  if ((state && *state != MemberState::kMoved) ||
      home.knows({.class_ = class_of(ask.kind), .id = ask.id})) {
    return std::nullopt;
  }
  const bool elsewhere = state || province_.intents().moving_in(ask.member);
  return elsewhere ? std::optional(moved_answer(ask, home, now)) : std::nullopt;
}

// What can't be journaled together with our own record is dropped: the home says it again.
void Node::take_answer(const Answer& said, BusinessTime now) {
  Answer answer = said;
  if (province_.book() == nullptr) {
    answer.standing.clear();  // Without a programme there is nobody who would read it.
  }
  const IntentRecord* record = province_.intents().find(answer.kind, answer.id);
  if (record == nullptr || !record->pending() || record->kind != answer.kind) {
    return;  // It came before.
  }
  if (answer.definite) {
    if (const auto own = own_record(intent_of(*record, province_.number()), answer)) {
      const auto known = known_answer(*own, now);
      if (is_code(known, ReturnCode::kAgainLater) || move_waits_for_run(own->row.kind)) {
        return;
      }
      if (is_code(known, ReturnCode::kInvalid) || !can_be(*own, answer)) {
        ++answers_that_cannot_be_;
        return;
      }
    }
    const bool moved = answer.kind == AskKind::kMove && answer.code == 0;
    add_pending(moved ? encode(MoveAnswered{.answer = answer}, now)
                      : encode(IntentAnswered{.answer = answer}, now));
    province_.take_answer(answer, now);
    asker_.forget(answer.kind, answer.id);
  }
  counter_answers_.push_back(answer);
  counter_answers_.back().slices.clear();
  counter_answers_.back().standing.clear();
}

// Of what leaves another home nothing may be lost: what couldn't be taken in isn't believed, and is
// asked for again.
bool Node::can_be(const LiveCommand& own, const Answer& answer) const {
  return province_.rules()->is_province(answer.home) && knows_issuers(own.children) &&
         (answer.kind != AskKind::kMove || province_.poster()->home().can_take_in(own));
}

std::optional<std::pair<Intent, CounterAnswer>> Node::look_up(const TransactionId& id) const {
  constexpr std::array kKinds{AskKind::kRedeem, AskKind::kHold, AskKind::kVoid, AskKind::kRefund,
                              AskKind::kMove};
  if (!province_.poster() || id.participant != province_.number()) {
    return std::nullopt;
  }
  for (const AskKind kind : kKinds) {
    if (const IntentRecord* record = province_.intents().find(kind, id)) {
      return std::pair{intent_of(*record, province_.number()),
                       CounterAnswer{.pending = record->pending(), .answer = answer_of(*record)}};
    }
  }
  for (const AskKind kind : kKinds) {
    const auto first =
        province_.poster()->home().first_answer({.class_ = class_of(kind), .id = id});
    if (first) {
      Intent intent{.ask = {.kind = kind, .id = id, .giver = province_.number()}};
      if (kind == AskKind::kRedeem && first->entry != first->authorisation) {
        intent.ask.kind = AskKind::kCapture;  // Its authorisation is its hold's.
      }
      intent.ask.points = first->points;
      return std::pair{intent,
                       CounterAnswer{.answer = answer_to(intent.ask, *first, province_.number())}};
    }
  }
  return std::nullopt;
}

}  // namespace ph
