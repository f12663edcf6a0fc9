#include "partners/line.h"

#include <algorithm>
#include <utility>

#include "partners/translate.h"

namespace ph {

namespace {

constexpr std::int64_t kRosterPauseMs = 1'000;  // between two requests for it

ApiReply reply_with(ProblemCode code, std::string detail, const ApiId& id = {}) {
  return problem_reply({code, std::move(detail), {}}, id);
}

// Said of the connection.
bool refuses(const wire::Message& message, wire::RefusalCode code) {
  const auto* refusal = std::get_if<wire::Refusal>(&message);
  return refusal != nullptr && refusal->sequence == 0 &&
         refusal->code == static_cast<std::uint16_t>(code);
}

// The same wish, whoever signed it when.
bool same_wish(Ask a, Ask b) {
  for (Ask* one : {&a, &b}) {
    one->number = 0;
    one->request = {};
  }
  return a == b;
}

}  // namespace

Result<wire::Message, Problem> ClearingLine::message_of(const ApiRequest& request) const {
  const auto as_message = [](auto result) -> Result<wire::Message, Problem> {
    if (!result) return Fail{result.error()};
    return wire::Message(std::move(result).value());
  };
  switch (request.action) {
    case ApiAction::kLookUp:
      return as_message(look_up_of(request, roster_));
    case ApiAction::kQuote:
      return as_message(quote_request_of(request, roster_));
    case ApiAction::kUploadDay:
      return as_message(day_file_part_of(request, roster_));
    case ApiAction::kLookUpDay:
      return as_message(day_file_request_of(request, roster_));
    default:
      return as_message(ask_of(request, roster_));
  }
}

void ClearingLine::ask(const ApiRequest& request, std::shared_ptr<const http::BodyFile> day_file,
                       Answered answered, std::int64_t steady_ms) {
  if (request.action == ApiAction::kMove) {
    answered(reply_with(ProblemCode::kNoSuchPath, "members move at a province's counter"));
    return;
  }
  auto message = message_of(request);
  if (!message) {
    if (message.error().code == ProblemCode::kUnavailable) want_roster(steady_ms);
    answered(problem_reply(message.error(), request.id));
    return;
  }
  const auto* moves_something = std::get_if<Ask>(&message.value());
  if (moves_something != nullptr) {
    if (const auto found = moving_.find(moves_something->id); found != moving_.end()) {
      join(questions_.at(found->second), request, *moves_something, std::move(answered), steady_ms);
      return;
    }
  }
  if (questions_.size() >= settings_.questions_max) {
    answered(reply_with(ProblemCode::kTooMany, "the gateway has too much under way", request.id));
    return;
  }
  const std::uint64_t number = ++last_number_;
  Question question{.request = request,
                    .message = std::move(message).value(),
                    .day_file = std::move(day_file),
                    .pause_ms = settings_.repeat_ms};
  std::visit(
      [number](auto& body) {
        if constexpr (requires { body.number; }) body.number = number;
      },
      question.message);
  if (!port_.send(wire::encode(question.message))) {
    answered(reply_with(ProblemCode::kUnavailable, "the clearing can't be reached", request.id));
    return;
  }
  ++counts_.asked;
  question.next_ms = steady_ms + question.pause_ms;
  question.waiters.push_back({std::move(answered), steady_ms + settings_.answer_ms_max});
  if (const auto* ask = std::get_if<Ask>(&question.message)) moving_.emplace(ask->id, number);
  questions_.emplace(number, std::move(question));
}

// A repeat, while the first one is under way.
void ClearingLine::join(Question& question, const ApiRequest& request, const Ask& ask,
                        Answered answered, std::int64_t steady_ms) {
  if (!same_wish(std::get<Ask>(question.message), ask)) {
    answered(reply_with(ProblemCode::kUnavailable,
                        "another request under this id is being decided; this one wasn't asked",
                        request.id));
    return;
  }
  if (question.waiters.size() >= settings_.waiters_max) {
    answered(reply_with(ProblemCode::kTooMany, "the same is under way several times", request.id));
    return;
  }
  question.waiters.push_back({std::move(answered), steady_ms + settings_.answer_ms_max});
}

void ClearingLine::on_connected(BusinessTime now, std::int64_t steady_ms) {
  heard_ms_.reset();
  connected_ms_ = steady_ms;
  beat_ms_ = steady_ms;
  port_.send(wire::encode(wire::Heartbeat{.at = now.seconds()}));
  roster_ms_.reset();
  want_roster(steady_ms);
  for (auto& [number, question] : questions_) {  // What was under way may be lost.
    question.pause_ms = settings_.repeat_ms;
    send(question, steady_ms);
  }
}

void ClearingLine::want_roster(std::int64_t steady_ms) {
  if (!roster_ms_ || steady_ms - *roster_ms_ >= kRosterPauseMs) {
    roster_ms_ = steady_ms;
    port_.send(wire::encode(RosterRequest{}));
  }
}

void ClearingLine::send(Question& question, std::int64_t steady_ms) {
  ++counts_.repeated;
  question.pause_ms = std::min(question.pause_ms * 2, settings_.repeat_max_ms);
  question.next_ms = steady_ms + question.pause_ms;
  port_.send(wire::encode(question.message));
}

void ClearingLine::forget(Questions::iterator question) {
  if (const auto* ask = std::get_if<Ask>(&question->second.message)) moving_.erase(ask->id);
  questions_.erase(question);
}

void ClearingLine::answer(std::uint64_t number,
                          const std::function<ApiReply(const Question&)>& reply) {
  const auto found = questions_.find(number);
  if (found == questions_.end()) {
    ++counts_.unasked;
    return;
  }
  ++counts_.answered;
  const ApiReply said = reply(found->second);
  const std::vector<Waiter> waiters = std::move(found->second.waiters);
  forget(found);
  for (const Waiter& waiter : waiters) {
    waiter.answered(said);
  }
}

// The part that is wanted goes at once; the one that is under way goes again by the time alone.
void ClearingLine::on_day_file(const wire::DayFile& day, std::int64_t steady_ms) {
  const auto found = questions_.find(day.number);
  if (found == questions_.end() || day.state != wire::DayFileState::kWanted) {
    answer(day.number, [&](const Question& question) { return reply_of(question.request, day); });
    return;
  }
  Question& question = found->second;
  auto* part = std::get_if<wire::DayFilePart>(&question.message);
  if (part == nullptr || day.digest != part->digest || day.offset >= part->size ||
      (day.offset == part->offset && !part->bytes.empty())) {
    return;
  }
  part->offset = day.offset;
  part->bytes = question.day_file->read(day.offset, wire::kChunkBytesMax);
  question.pause_ms = settings_.repeat_ms;
  question.next_ms = steady_ms + question.pause_ms;
  port_.send(wire::encode(question.message));
}

void ClearingLine::on_message(Bytes bytes, std::int64_t steady_ms) {
  wire::Message message;
  // A connection whose key's days are over is as good as none.
  if (wire::decode(bytes, message) != wire::DecodeFault::kNone ||
      refuses(message, wire::RefusalCode::kKeyNotValid)) {
    return;
  }
  heard_ms_ = steady_ms;
  if (const auto* told = std::get_if<Answer>(&message)) {
    answer(told->number, [&](const Question& question) {
      const auto* ask = std::get_if<Ask>(&question.message);
      const bool its = ask != nullptr && ask->kind == told->kind && ask->id == told->id;
      return its ? reply_of(question.request.participant, *ask, *told, roster_)
                 : reply_with(ProblemCode::kUndecided, {}, question.request.id);
    });
  } else if (const auto* found = std::get_if<Found>(&message)) {
    answer(found->number, [&](const Question& question) {
      const auto* look_up = std::get_if<LookUp>(&question.message);
      const bool its = look_up != nullptr && (!found->ask || found->ask->id == look_up->id);
      return its ? reply_of(question.request, *found, roster_)
                 : reply_with(ProblemCode::kUnavailable, {}, question.request.id);
    });
  } else if (const auto* quote = std::get_if<Quote>(&message)) {
    answer(quote->number, [&](const Question& question) {
      return std::holds_alternative<QuoteRequest>(question.message)
                 ? reply_of(question.request, *quote)
                 : reply_with(ProblemCode::kUndecided, {}, question.request.id);
    });
  } else if (refuses(message, wire::RefusalCode::kNotAGateway)) {
    unlisted_ = true;
    roster_ = {};  // Nothing is asked until it comes again.
  } else if (const auto* day = std::get_if<wire::DayFile>(&message)) {
    on_day_file(*day, steady_ms);
  } else if (const auto* page = std::get_if<Roster>(&message)) {
    unlisted_ = false;
    if (const auto next = roster_.take(*page)) port_.send(wire::encode(*next));
  }
}

void ClearingLine::tick(BusinessTime now, std::int64_t steady_ms) {
  for (auto it = questions_.begin(); it != questions_.end();) {
    const auto question = it++;
    std::erase_if(question->second.waiters,
                  [&](const Waiter& waiter) { return steady_ms >= waiter.until_ms; });
    if (question->second.waiters.empty()) {
      ++counts_.expired;
      forget(question);
    } else if (steady_ms >= question->second.next_ms) {
      send(question->second, steady_ms);
    }
  }
  if (steady_ms - beat_ms_ >= settings_.heartbeat_ms) {
    beat_ms_ = steady_ms;
    port_.send(wire::encode(wire::Heartbeat{.at = now.seconds()}));
  }
  if (!roster_ms_ || steady_ms - *roster_ms_ >= settings_.roster_ms) want_roster(steady_ms);
  if (steady_ms - std::max(heard_ms_.value_or(connected_ms_), connected_ms_) >=
      settings_.silence_ms) {
    connected_ms_ = steady_ms;
    port_.reconnect();
  }
}

bool ClearingLine::heard(std::int64_t steady_ms) const {
  return heard_ms_ && steady_ms - *heard_ms_ < settings_.silence_ms && roster_.size() > 0;
}

}  // namespace ph
