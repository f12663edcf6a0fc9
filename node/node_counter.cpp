// A node and its province's counters: what they want of this home's own members is decided here;
// other homes are asked, and their answers journaled with our own records
// (docs/decisions/0016).
#include <algorithm>
#include <array>

#include "core/programme/earning.h"
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

bool is_code(const std::optional<LiveAnswer>& known, ReturnCode code) {
  return known && known->code == static_cast<std::uint8_t>(code);
}

bool comes_from_counters(AskKind kind) {
  return kind == AskKind::kRedeem || kind == AskKind::kHold || cites_hold(kind) ||
         kind == AskKind::kRefund;
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

}  // namespace

// Until the clearing knows who has moved where, it asks the home that the number names.
bool Node::at_home_here(Member member) const {
  const Home& home = province_.poster()->home();
  if (member.first_home() == home.province()) {
    return true;
  }
  const auto balance = home.balance(member, home.open_date().value_or(BusinessDate()));
  return balance && balance->state != MemberState::kMoved;
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
  return at_home_here(ask.member) ? take_at_home(intent, now) : ask_elsewhere(intent, now);
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
  if (!well_formed(command_of(intent), province_.number()) || !goods_fit(ask)) {
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
  const auto own = own_record(intent, {.definite = true, .home = home});
  if (own && is_code(known_answer(*own, now), ReturnCode::kAgainLater)) {
    return later(AskCode::kAgainLater, "the node has to seal the day before yesterday first");
  }
  return std::nullopt;
}

// What can't be journaled together with our own record is dropped: the home says it again.
void Node::take_answer(const Answer& answer, BusinessTime now) {
  const IntentRecord* record = province_.intents().find(answer.kind, answer.id);
  if (record == nullptr || !record->pending() || record->kind != answer.kind) {
    return;  // It came before.
  }
  if (answer.definite) {
    if (const auto own = own_record(intent_of(*record, province_.number()), answer)) {
      const auto known = known_answer(*own, now);
      if (is_code(known, ReturnCode::kAgainLater)) {
        return;
      }
      if (is_code(known, ReturnCode::kInvalid) || !province_.rules()->is_province(answer.home)) {
        ++answers_that_cannot_be_;
        return;
      }
    }
    add_pending(encode(IntentAnswered{.answer = answer}, now));
    province_.take_answer(answer, now);
    asker_.forget(answer.kind, answer.id);
  }
  counter_answers_.push_back(answer);
}

std::optional<std::pair<Intent, CounterAnswer>> Node::look_up(const TransactionId& id) const {
  constexpr std::array kKinds{AskKind::kRedeem, AskKind::kHold, AskKind::kVoid, AskKind::kRefund};
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
