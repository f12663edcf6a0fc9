#include "app/node/counter_desk.h"

#include <optional>
#include <utility>

#include "core/programme/earning.h"
#include "node/member_service.h"
#include "partners/gate.h"
#include "partners/translate.h"

namespace ph {

namespace {

constexpr std::uint64_t kBodyBytesMax = 4'096;
constexpr std::size_t kCountersMax = 256;
constexpr std::string_view kStaffPaths = "/v1/staff/";

// What of the partners' API a province's counter has.
bool is_for_counters(ApiAction action) {
  switch (action) {
    case ApiAction::kHealth:
    case ApiAction::kHold:
    case ApiAction::kCapture:
    case ApiAction::kVoid:
    case ApiAction::kRedemption:
    case ApiAction::kRefund:
    case ApiAction::kLookUp:
    case ApiAction::kMove:
      return true;
    case ApiAction::kQuote:
    case ApiAction::kAccrual:
    case ApiAction::kExchangeOut:
    case ApiAction::kExchangeIn:
    case ApiAction::kReversal:
    case ApiAction::kUploadDay:
    case ApiAction::kLookUpDay:
      return false;
  }
  return false;
}

http::Response response_of(ApiReply reply) {
  return {reply.status, std::move(reply.content_type), std::move(reply.body),
          reply.retry_after_seconds, std::move(reply.allow)};
}

http::Response response_of(const Problem& problem, const ApiId& id = {}) {
  return response_of(problem_reply(problem, id));
}

std::int64_t left_of(const Ask& ask) {
  if (ask.kind == AskKind::kHold) {
    return ask.points;
  }
  return ask.final || ask.kind == AskKind::kVoid ? 0 : Answer::kNotSaid;
}

}  // namespace

CounterDesk::CounterDesk(Loop& loop, Options options, Node& node, Process process, Log& log)
    : options_(std::move(options)),
      node_(node),
      process_(std::move(process)),
      log_(log),
      server_(loop, {.connections_max = kCountersMax}) {
  server_.refuse_with(PartnerGate::refuse);
  server_.serve(
      [this](const http::Request& request) { return admit(request); },
      [this](const http::Request& request, const http::Reply& reply) { handle(request, reply); });
}

http::Admission CounterDesk::admit(const http::Request& request) const {
  http::Admission out;
  if (request.path.starts_with(kStaffPaths)) {
    const auto staff = member_target(request.method, request.path);
    if (staff) {
      out.name = word(staff->ask);
      out.options = {.body_bytes_max = kBodyBytesMax, .answer_ms_max = options_.answer_ms_max * 2};
      out.context = *staff;
    } else {
      out.refusal = staff.error();
    }
    return out;
  }
  const auto target = parse_target_of_api(request.method, request.path);
  if (!target) {
    out.refusal = response_of(target.error().problem);
    out.refusal->allow = target.error().allow;
    return out;
  }
  if (!is_for_counters(target->action)) {
    out.refusal = response_of(
        Problem{ProblemCode::kNoSuchPath, "this is for partners, at the clearing's gateway", {}});
    return out;
  }
  out.name = word(target->action);
  out.options = {.body_bytes_max = kBodyBytesMax, .answer_ms_max = options_.answer_ms_max * 2};
  out.context = *target;
  return out;
}

// Paths of staff of the member service: its bodies and codes, without its tokens.
void CounterDesk::handle_staff(const MemberTarget& target, const http::Request& request,
                               const http::Reply& reply) {
  const BusinessTime now = process_.now();
  const MemberMoment moment{
      .province = &node_.province(), .now = now, .take = [this, now](const MemberRequest& row) {
        return node_.take_member(row, now);
      }};
  to_tell_.emplace_back(reply, MemberService::answer_staff(target, request, moment));
  process_.commit_soon();
}

void CounterDesk::handle(const http::Request& request, const http::Reply& reply) {
  if (const auto* staff = std::any_cast<MemberTarget>(&request.context)) {
    handle_staff(*staff, request, reply);
    return;
  }
  const auto& target = std::any_cast<const ApiTarget&>(request.context);
  const BusinessTime now = process_.now();
  if (target.action == ApiAction::kHealth) {
    reply(response_of(health_reply(now, options_.code, "")));
    return;
  }
  const auto key = request.fields.find("idempotency-key");
  const ApiInput input{
      .target = target,
      .query = request.query,
      .idempotency_key = key == request.fields.end() ? std::nullopt : std::optional(key->second),
      .content_type = request.content_type,
      .body = request.body,
      .names_goods = true};
  const auto parsed = parse_api_request(input, options_.code, now.date());
  if (!parsed) {
    reply(response_of(parsed.error()));
  } else if (target.action == ApiAction::kLookUp) {
    reply(look_up(*parsed));
  } else {
    ask(*parsed, reply);
  }
}

void CounterDesk::ask(const ApiRequest& request, const http::Reply& reply) {
  if (!node_.rules()) {
    reply(
        response_of({ProblemCode::kUnavailable, "the node has no rule book yet", {}}, request.id));
    return;
  }
  const auto asked = ask_of(request, roster());
  if (!asked) {
    reply(response_of(asked.error(), request.id));
    return;
  }
  Intent intent{.ask = *asked,
                .cost = request.cost.count(),
                .freight = request.freight.count(),
                .cash = request.cash.count()};
  intent.ask.partner = Participant();
  intent.ask.form = request.form;
  const CounterAnswer answer = node_.take_counter(intent, process_.now());
  if (answer.pending) {
    waiting_.emplace(Key{intent.ask.kind, intent.ask.id},
                     Waiting{.intent = intent,
                             .reply = reply,
                             .until_ms = process_.steady_ms() + options_.answer_ms_max});
  } else {
    to_tell_.emplace_back(reply, reply_to(intent, answer));
  }
  process_.commit_soon();
}

http::Response CounterDesk::look_up(const ApiRequest& request) {
  const auto asked = look_up_of(request, roster());
  if (!asked) {
    return response_of(asked.error(), request.id);
  }
  Found found;
  if (const auto known = node_.look_up(asked->id)) {
    found.ask = known->first.ask;
    found.answer = known->second.answer;
    found.answer.left = left_of(known->first.ask);
  } else if (process_.now().date().count() - asked->id.date.count() > kLateDaysMax) {
    found.answer.code = static_cast<std::uint8_t>(AskCode::kTooOld);
  }
  return response_of(reply_of(request, found, roster()));
}

http::Response CounterDesk::reply_to(const Intent& intent, const CounterAnswer& answer) {
  Answer told = answer.answer;
  told.left = left_of(intent.ask);
  if (const IntentRecord* record =
          node_.province().intents().find(intent.ask.kind, intent.ask.id)) {
    told.member = record->member;  // A capture doesn't name it.
  }
  if (answer.pending) {
    told.home = intent.ask.member.first_home();  // The intent is kept: it isn't decided, no more.
    told.definite = false;
  }
  return response_of(reply_of(options_.code, intent.ask, told, roster()));
}

void CounterDesk::tell() {
  for (auto& [reply, response] : std::exchange(to_tell_, {})) {
    reply(std::move(response));
  }
  for (const Answer& answer : node_.take_counter_answers()) {
    const auto [first, last] = waiting_.equal_range({answer.kind, answer.id});
    for (auto waiting = first; waiting != last; ++waiting) {
      waiting->second.reply(
          reply_to(waiting->second.intent, {.pending = !answer.definite, .answer = answer}));
    }
    waiting_.erase(first, last);
    const IntentRecord* record = node_.province().intents().find(answer.kind, answer.id);
    if (record != nullptr && record->own == static_cast<std::uint8_t>(ReturnCode::kDuplicate)) {
      log_.warning("delivery_differs",
                   {{"id", std::string(record->id.reference_text())}, {"date", record->id.date}});
    }
  }
}

void CounterDesk::turn() {
  const std::int64_t now_ms = process_.steady_ms();
  for (auto waiting = waiting_.begin(); waiting != waiting_.end();) {
    if (waiting->second.until_ms > now_ms) {
      ++waiting;
      continue;
    }
    const Intent& intent = waiting->second.intent;
    waiting->second.reply(reply_to(
        intent, {.pending = true, .answer = {.kind = intent.ask.kind, .id = intent.ask.id}}));
    waiting = waiting_.erase(waiting);
  }
}

void CounterDesk::stop() {
  for (auto& [key, waiting] : waiting_) {
    waiting.until_ms = 0;
  }
  turn();
  server_.stop();
}

// Codes and numbers by the rule book in force.
const ClearingRoster& CounterDesk::roster() {
  if (rules_ != node_.rules()) {
    rules_ = node_.rules();
    Roster page;
    for (const ParticipantRow& row : rules_->participants()) {
      page.rows.push_back({.participant = row.participant, .code = row.code});
    }
    static_cast<void>(roster_.take(page));
  }
  return roster_;
}

}  // namespace ph
