#include "clearing/switchboard.h"

#include <algorithm>

#include "clearing/commands.h"
#include "core/pricing/quote.h"
#include "core/types/check.h"

namespace ph {

namespace {

// In words, with what to do.
std::string_view detail_of(AskCode code) {
  switch (code) {
    case AskCode::kTooOld:
      return "the id is more than 90 days old; begin a new transaction";
    case AskCode::kDuplicate:
      return "this id came before with other content, which stands; use a new id";
    case AskCode::kUnknownParent:
      return "the hold is not known, was refused, or is another member's; look at its answer";
    case AskCode::kNoContract:
      return "the partner has no contract for this on the id's date; ask the clearing";
    case AskCode::kAgainLater:
      return "nothing is decided yet: what it cites is under way, or the clocks differ; ask again";
    case AskCode::kHomeSilent:
      return "the member's home is not connected; nothing is decided, ask again";
    case AskCode::kBusy:
      return "too many asks are under way; ask again, more slowly";
    case AskCode::kNotYours:
      return "id, giver or partner is not that of who asks; nothing was kept";
    case AskCode::kRate:
      return "units and points do not keep to the ratio in force on the id's date; ask for a quote";
    case AskCode::kCapReached:
      return "the partner's cap leaves no room for it; ask the clearing";
    case AskCode::kInvalid:
      return "no such event can be at the member's home; ask the clearing";
    case AskCode::kMoved:
      return "the member is moving; nothing is decided, ask again";
    case AskCode::kDone:
      break;
  }
  return "";
}

// But for what former homes have said meanwhile.
bool same_ask(Ask waiting, const Ask& ask) {
  waiting.slices.clear();
  return waiting == ask;
}

bool is_gateways_question(const wire::Message& message) {
  return std::holds_alternative<LookUp>(message) || std::holds_alternative<QuoteRequest>(message) ||
         std::holds_alternative<RosterRequest>(message) ||
         std::holds_alternative<wire::DayFilePart>(message) ||
         std::holds_alternative<wire::DayFileRequest>(message);
}

wire::Refusal no_gateway(const std::string& code) {
  return {.code = static_cast<std::uint16_t>(wire::RefusalCode::kNotAGateway),
          .retry = true,
          .detail = code +
                    " is no gateway: wire.gateways of the clearing's settings has to name it, "
                    "and no participant of the rule book may have this code"};
}

// Those behind `after`, as many as one message has.
Roster roster_of(Participant after, const RuleBook* rules) {
  Roster out{.after = after};
  if (rules == nullptr) {
    return out;
  }
  for (const ParticipantRow& row : rules->participants()) {
    if (row.participant <= after) {
      continue;
    }
    if (out.rows.size() == kRosterMax) {
      out.more = true;
      break;
    }
    out.rows.push_back({.participant = row.participant, .code = row.code});
  }
  return out;
}

// What a former home says of a refund's parent, put to what others have said: its slices, in the
// order in which they were taken, come from the one that knows it; the others tell what they have
// given back.
void add_slices(const std::vector<AskSlice>& said, std::vector<AskSlice>& to) {
  std::vector<AskSlice> others = said;
  if (std::ranges::any_of(said, [](const AskSlice& slice) { return slice.points >= 0; })) {
    std::swap(others, to);
  }
  for (const AskSlice& other : others) {
    const auto same = std::ranges::find(to, other.lot, &AskSlice::lot);
    if (same == to.end()) {
      to.push_back(other);
      continue;
    }
    same->points = std::max(same->points + other.points, -same->original);
    same->expires_on = std::max(same->expires_on, other.expires_on);
  }
  to.resize(std::min(to.size(), kSlicesPerAskMax));
}

}  // namespace

Switchboard::Switchboard(SwitchSettings settings, std::vector<std::string> gateways,
                         SwitchBook& book, HomeDirectory& directory, Reach reach)
    : settings_(settings),
      gateways_(std::move(gateways)),
      book_(book),
      directory_(directory),
      reach_(std::move(reach)) {}

void Switchboard::tell(const Asker& to, Answer answer, Out& out) {
  answer.number = to.number;
  out.messages.emplace_back(to.peer, wire::encode(answer));
}

void Switchboard::say(const Asker& to, const Ask& ask, AskCode code, bool definite,
                      const SwitchTurn& turn, Out& out) const {
  tell(to,
       {.kind = ask.kind,
        .id = ask.id,
        .definite = definite,
        .code = static_cast<std::uint8_t>(code),
        .at = turn.now.seconds(),
        .detail = std::string(detail_of(code))},
       out);
}

bool Switchboard::is_gateway(const std::string& code, const RuleBook* rules) const {
  return std::ranges::find(gateways_, code) != gateways_.end() &&
         (rules == nullptr || !rules->by_code(code));
}

// The id, and what it cites, belong to who asks: a province by its own key, a partner by a
// gateway.
bool Switchboard::may_ask(const Peer& from, const Ask& ask, const RuleBook& rules) const {
  const Participant asker = ask.giver.none() ? ask.partner : ask.giver;
  const bool right = ask.giver.none() ? rules.is_partner(ask.partner)  // A gateway has asked.
                                      : rules.by_code(from.participant) == ask.giver;
  return right && ask.id.participant == asker &&
         (ask.parent.none() || ask.parent.participant == asker) && ask.slices.empty();
}

void Switchboard::on_ask(const Peer& from, const Ask& asked, const SwitchTurn& turn, Out& out) {
  const Asker asker{.peer = from, .number = asked.number};
  Ask ask = asked;
  ask.number = 0;
  if (ask.giver.none() && !is_gateway(from.participant, turn.rules)) {
    out.messages.emplace_back(from, wire::encode(no_gateway(from.participant)));
  } else if (turn.rules == nullptr || !may_ask(from, ask, *turn.rules)) {
    say(asker, ask, AskCode::kNotYours, true, turn, out);
  } else if (ask.giver.none()) {
    book_.complete(ask);
    on_partner_ask(asker, ask, turn, out);
  } else {
    wait_for(asker, ask, false, turn, out);
  }
}

void Switchboard::on_partner_ask(const Asker& from, const Ask& ask, const SwitchTurn& turn,
                                 Out& out) {
  const SwitchBook::Decision decision = book_.judge(ask, turn.now, *turn.rules);
  switch (decision.what) {
    case SwitchBook::What::kAnswer: {
      Answer answer = decision.answer;
      answer.detail = detail_of(static_cast<AskCode>(answer.code));
      tell(from, std::move(answer), out);
      return;
    }
    case SwitchBook::What::kRefuse: {
      out.commands.push_back(encode(Asked{.ask = ask, .refused = decision.code}, turn.now));
      book_.asked(ask, decision.code, turn.now);
      Answer answer = book_.answer_of(*book_.find(ask.kind, ask.id));
      answer.detail = detail_of(decision.code);
      tell(from, std::move(answer), out);
      return;
    }
    case SwitchBook::What::kForward:
      if (is_full(share_of(ask), turn)) {
        say(from, ask, AskCode::kBusy, false, turn, out);
        return;
      }
      out.commands.push_back(encode(Asked{.ask = ask, .refused = AskCode::kDone}, turn.now));
      book_.asked(ask, AskCode::kDone, turn.now);
      [[fallthrough]];
    case SwitchBook::What::kPending:
      wait_for(from, ask, true, turn, out);
      return;
  }
}

Switchboard::Share Switchboard::share_of(const Ask& ask) const {
  return {ask.giver.none() ? ask.partner : ask.giver, directory_.homes_for(ask).front()};
}

bool Switchboard::is_full(const Share& share, const SwitchTurn& turn) const {
  const bool silent = !reach_(turn.rules->code(share.second));
  const auto charged = charged_.find(share);
  return charged != charged_.end() &&
         charged->second >= (silent ? settings_.waiting_of_silent_max : settings_.waiting_max);
}

// The home is asked, and who asks is told when it answers.
void Switchboard::wait_for(const Asker& from, const Ask& ask, bool kept, const SwitchTurn& turn,
                           Out& out) {
  const Key key{.kind = ask.kind, .id = ask.id};
  auto found = waiting_.find(key);
  if (found == waiting_.end()) {
    const Share charged = share_of(ask);
    if (!kept && is_full(charged, turn)) {
      say(from, ask, AskCode::kBusy, false, turn, out);
      return;
    }
    ++charged_[charged];
    found = waiting_.emplace(key, Waiting{.ask = ask, .charged = charged, .kept = kept}).first;
    found->second.pause_ms = settings_.repeat_ms;
  } else if (!kept && !same_ask(found->second.ask, ask)) {
    say(from, ask, AskCode::kDuplicate, true, turn, out);
    return;
  }
  Waiting& waiting = found->second;
  waiting.heard_ms = turn.steady_ms;
  const auto known = std::ranges::find_if(
      waiting.askers, [&](const Asker& asker) { return asker.peer.route == from.peer.route; });
  if (known != waiting.askers.end()) {
    known->number = from.number;
  } else {
    if (waiting.askers.size() == settings_.askers_max) {
      waiting.askers.erase(waiting.askers.begin());
    }
    waiting.askers.push_back(from);
  }
  ask_home(waiting, turn, out);
  if (!reach_(turn.rules->code(waiting.home()))) {
    say(from, ask, AskCode::kHomeSilent, false, turn, out);
  }
}

void Switchboard::ask_home(Waiting& waiting, const SwitchTurn& turn, Out& out) {
  waiting.next_ms = turn.steady_ms + waiting.pause_ms;
  find_homes(waiting);
  if (const auto home = reach_(turn.rules->code(waiting.home()))) {
    Ask ask = waiting.ask;
    book_.cite_parent(ask);
    out.messages.emplace_back(*home, wire::encode(ask));
  }
}

// When the member has moved since, the asking begins anew with the oldest home.
void Switchboard::find_homes(Waiting& waiting) const {
  const std::size_t moves = directory_.moves_of(waiting.ask.member).size();
  if (waiting.homes.empty() || waiting.moves != moves) {
    waiting.homes = directory_.homes_for(waiting.ask);
    waiting.step = 0;
    waiting.moves = moves;
    waiting.ask.slices.clear();
  }
}

// The home that was asked has nothing of it, and the member isn't there any more. False: no other
// one is known that could be asked.
bool Switchboard::goes_on(Waiting& waiting, const Answer& moved, const SwitchTurn& turn, Out& out) {
  const std::size_t moves = waiting.moves;
  find_homes(waiting);
  if (waiting.moves == moves) {
    if (waiting.step + 1 == waiting.homes.size()) {
      waiting.homes.clear();  // The next time from the beginning.
      return false;
    }
    add_slices(moved.slices, waiting.ask.slices);
    ++waiting.step;
  }
  ask_home(waiting, turn, out);
  return true;
}

// Before the new home hears that the member has left the old one.
void Switchboard::note_move(const Ask& ask, const Answer& told, const SwitchTurn& turn, Out& out) {
  const Move move{
      .id = ask.id, .from = told.home, .to = ask.giver, .at = BusinessTime(told.at), .live = true};
  if (directory_.moved(ask.member, move)) {
    out.commands.push_back(encode(MemberMoved{.member = ask.member, .move = move}, turn.now));
  }
}

// From the home that was asked alone: it decides for its own members.
void Switchboard::on_answer(const Peer& from, const Answer& answer, const SwitchTurn& turn,
                            Out& out) {
  const auto found = waiting_.find({.kind = answer.kind, .id = answer.id});
  if (found == waiting_.end() || turn.rules == nullptr || found->second.homes.empty() ||
      turn.rules->code(found->second.home()) != from.participant) {
    return;
  }
  Waiting& waiting = found->second;
  const Participant home = waiting.home();
  const bool moved = answer.code == static_cast<std::uint8_t>(AskCode::kMoved);
  if (moved && goes_on(waiting, answer, turn, out)) {
    return;
  }
  if (waiting.kept && answer.definite && !book_.could_be(answer)) {
    ++out.unbelieved;
    return;  // It is asked again, and waits for an answer that can be.
  }
  Answer told = answer;
  told.home = home;
  if (moved) {
    told.code = static_cast<std::uint8_t>(AskCode::kAgainLater);
    told.detail = detail_of(AskCode::kMoved);
    told.slices.clear();
  }
  if (answer.definite && answer.code == 0 && answer.kind == AskKind::kMove) {
    note_move(waiting.ask, told, turn, out);
  }
  if (waiting.kept && answer.definite) {
    check(book_.answered(told, turn.now), "what the switch waits for is pending in its book");
    out.commands.push_back(encode(Answered{.answer = told}, turn.now));
    told = book_.answer_of(*book_.find(answer.kind, answer.id));
    told.detail = answer.detail;
  }
  for (const Asker& asker : waiting.askers) {
    tell(asker, told, out);
  }
  if (answer.definite || !waiting.kept) {
    --charged_[waiting.charged];
    waiting_.erase(found);
  } else {
    waiting.askers.clear();  // They ask again.
  }
}

bool Switchboard::on_question(const Peer& from, const wire::Message& question,
                              const SwitchTurn& turn, Out& out) const {
  if (!is_gateways_question(question)) {
    return false;
  }
  if (!is_gateway(from.participant, turn.rules)) {
    out.messages.emplace_back(from, wire::encode(no_gateway(from.participant)));
  } else if (const auto* look_up = std::get_if<LookUp>(&question)) {
    Found found = book_.look_up(*look_up, turn.now.date());
    found.answer.detail = detail_of(static_cast<AskCode>(found.answer.code));
    out.messages.emplace_back(from, wire::encode(found));
  } else if (const auto* request = std::get_if<QuoteRequest>(&question)) {
    const Quote quote = turn.rules == nullptr
                            ? Quote{.number = request->number, .code = AskCode::kNoContract}
                            : quote_of(*request, *turn.rules);
    out.messages.emplace_back(from, wire::encode(quote));
  } else if (const auto* who = std::get_if<RosterRequest>(&question)) {
    out.messages.emplace_back(from, wire::encode(roster_of(who->after, turn.rules)));
  } else {
    return false;  // Of day files: not the switch's.
  }
  return true;
}

void Switchboard::tick(const SwitchTurn& turn, Out& out) {
  if (turn.rules == nullptr) {
    return;
  }
  if (!begun_) {
    begun_ = true;
    for (const std::uint32_t number : book_.pending()) {
      const Ask ask = SwitchBook::ask_of(book_.record(number));
      Waiting waiting{.ask = ask,
                      .charged = share_of(ask),
                      .next_ms = turn.steady_ms,
                      .pause_ms = settings_.repeat_ms,
                      .kept = true};
      const Key key{.kind = ask.kind, .id = ask.id};
      charged_[waiting.charged] += waiting_.contains(key) ? 0U : 1U;
      waiting_.emplace(key, std::move(waiting));
    }
  }
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    Waiting& waiting = it->second;
    if (!waiting.kept && turn.steady_ms - waiting.heard_ms >= settings_.forget_ms) {
      --charged_[waiting.charged];
      it = waiting_.erase(it);
      continue;
    }
    if (waiting.kept && turn.steady_ms >= waiting.next_ms) {
      waiting.pause_ms = std::min(waiting.pause_ms * 2, settings_.repeat_max_ms);
      ask_home(waiting, turn, out);
    }
    ++it;
  }
}

}  // namespace ph
