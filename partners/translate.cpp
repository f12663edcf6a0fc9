#include "partners/translate.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/types/check.h"
#include "platform/files/fault.h"

namespace ph {

namespace {

// The home's reasons by their numbers (docs/events.md, section 2), then those of the switch.
ProblemCode refusal_of(std::uint8_t code) {
  switch (code) {
    case 1:
      return ProblemCode::kTooOld;
    case 2:  // The same came by file.
    case 3:
      return ProblemCode::kIdTaken;
    case 4:
      return ProblemCode::kNotHome;
    case 5:
      return ProblemCode::kClosed;
    case 6:
      return ProblemCode::kUnknownParent;
    case 7:
      return ProblemCode::kHoldEnded;
    case 8:
      return ProblemCode::kHoldOpen;
    case 9:
      return ProblemCode::kMoveOpen;
    case 11:
      return ProblemCode::kAlreadyRefunded;
    case 12:
      return ProblemCode::kWholeOnly;
    case 13:
      return ProblemCode::kExceedsParent;
    case 15:
      return ProblemCode::kInsufficientPoints;
    case 16:
      return ProblemCode::kNoContract;
    case 21:
      return ProblemCode::kKeyParticipant;
    case 22:
      return ProblemCode::kRate;
    case 23:
      return ProblemCode::kCapReached;
    case 26:
    case 27:  // From here on to the home's own counters alone: the detail says which of them.
    case 28:
    case 29:
    case 30:
    case 31:
    case 32:
      return ProblemCode::kNotAllowed;
    default:  // What no partner's transaction should be refused with, kInvalid too.
      return ProblemCode::kInvalid;
  }
}

TransactionId wire_id(const ApiId& id, Participant participant) {
  TransactionId out{.participant = participant, .date = id.date};
  std::copy(id.reference.begin(), id.reference.end(), out.reference.begin());
  return out;
}

ApiId api_id(const TransactionId& id, const std::string& code) {
  return id.none() ? ApiId{} : ApiId{code, id.date, std::string(id.reference_text())};
}

std::optional<AskKind> kind_of(ApiAction action) {
  switch (action) {
    case ApiAction::kHold:
      return AskKind::kHold;
    case ApiAction::kCapture:
      return AskKind::kCapture;
    case ApiAction::kVoid:
      return AskKind::kVoid;
    case ApiAction::kRedemption:
      return AskKind::kRedeem;
    case ApiAction::kRefund:
      return AskKind::kRefund;
    case ApiAction::kAccrual:
      return AskKind::kAccrual;
    case ApiAction::kExchangeOut:
      return AskKind::kExchangeOut;
    case ApiAction::kExchangeIn:
      return AskKind::kExchangeIn;
    case ApiAction::kReversal:
      return AskKind::kReversal;
    case ApiAction::kMove:
      return AskKind::kMove;
    case ApiAction::kHealth:
    case ApiAction::kQuote:
    case ApiAction::kLookUp:
    case ApiAction::kUploadDay:
    case ApiAction::kLookUpDay:
      break;
  }
  return std::nullopt;
}

ApiAction action_of(AskKind kind) {
  switch (kind) {
    case AskKind::kRedeem:
      return ApiAction::kRedemption;
    case AskKind::kHold:
      return ApiAction::kHold;
    case AskKind::kCapture:
      return ApiAction::kCapture;
    case AskKind::kVoid:
      return ApiAction::kVoid;
    case AskKind::kExchangeOut:
      return ApiAction::kExchangeOut;
    case AskKind::kAccrual:
      return ApiAction::kAccrual;
    case AskKind::kExchangeIn:
      return ApiAction::kExchangeIn;
    case AskKind::kRefund:
      return ApiAction::kRefund;
    case AskKind::kReversal:
      return ApiAction::kReversal;
    case AskKind::kMove:
      return ApiAction::kMove;
  }
  check(false, "every kind of ask is a request's");
  return {};
}

// The home's code, which stands in the partner's own record; of an accrual it would be a lot.
bool tells_authorisation(AskKind kind) {
  return kind == AskKind::kHold || kind == AskKind::kCapture || kind == AskKind::kRedeem;
}

Result<Participant, Problem> number_of(const std::string& code, const ClearingRoster& roster) {
  if (const auto number = roster.number(code)) {
    return *number;
  }
  return Fail{Problem{ProblemCode::kUnavailable,
                      roster.size() == 0 ? "the clearing has not been reached yet"
                                         : "the rule book in force doesn't know " + code + " yet",
                      {}}};
}

// What is known of a transaction; nullopt when a code that it has to say isn't known yet.
std::optional<ApiAnswer> known_of(const std::string& participant, const Ask& ask,
                                  const Answer& answer, const ClearingRoster& roster) {
  const bool told_by_home = ask.kind == AskKind::kVoid || ask.kind == AskKind::kMove;
  ApiAnswer out{.state = !answer.definite   ? ApiState::kPending
                         : answer.code == 0 ? ApiState::kDone
                                            : ApiState::kRefused,
                .action = action_of(ask.kind),
                .id = api_id(ask.id, participant),
                .time = BusinessTime(answer.at),
                .parent = api_id(ask.parent, participant),
                .member = answer.member.none() ? ask.member : answer.member,
                .points = Points::of(told_by_home ? answer.points : ask.points),
                .left = Points::of(std::max<std::int64_t>(answer.left, 0)),
                .units = Units::of(ask.units),
                .rate = ask.rate,
                .held_until = BusinessTime(answer.ends)};
  out.left_known = answer.left != Answer::kNotSaid;
  if (out.state == ApiState::kRefused) {
    out.refusal = refusal_of(answer.code);
    out.detail = answer.detail;
  }
  if (out.state == ApiState::kDone && tells_authorisation(ask.kind) &&
      !answer.authorisation.none()) {
    const auto home = roster.code(answer.authorisation.participant());
    if (!home) return std::nullopt;
    out.authorisation = *home + "/" + answer.authorisation.date().compact_text() + "/" +
                        std::to_string(answer.authorisation.number());
  }
  return out;
}

ApiDayFault fault_of(const wire::DayFileFault& fault) {
  ApiDayFault out{.line = fault.line,
                  .number = fault.number,
                  .column = fault.column,
                  .value = fault.value,
                  .expected = fault.expected};
  const auto code = static_cast<FaultCode>(fault.number);
  const auto known = std::ranges::find(all_faults(), code, &FaultInfo::code);
  if (known != all_faults().end()) {  // Else of a later version.
    out.name = known->name;
    out.remedy = known->remedy;
  }
  return out;
}

// Why there is no answer that the partner may rely on.
ApiReply undecided(const ApiId& id, const Ask& ask, const Answer& answer) {
  const auto say = [&](ProblemCode code) { return problem_reply({code, answer.detail, {}}, id); };
  switch (static_cast<AskCode>(answer.code)) {
    case AskCode::kBusy:
      return say(ProblemCode::kTooMany);
    case AskCode::kAgainLater:
      return say(ask.id.date > BusinessTime(answer.at).date() ? ProblemCode::kClocksDiffer
                                                              : ProblemCode::kUnavailable);
    default:
      return say(ProblemCode::kUndecided);
  }
}

}  // namespace

Result<Ask, Problem> ask_of(const ApiRequest& request, const ClearingRoster& roster) {
  const auto kind = kind_of(request.action);
  check(kind.has_value(), "a request that moves something");
  if (!request.parent.none() && request.parent.code != request.participant) {
    return Fail{Problem{ProblemCode::kKeyParticipant, "you are " + request.participant, "parent"}};
  }
  const auto number = number_of(request.participant, roster);
  if (!number) return Fail{number.error()};
  const bool goods = *kind == AskKind::kRedeem || *kind == AskKind::kCapture;
  return Ask{.kind = *kind,
             .form = goods ? Form::kMerchant : Form::kNone,
             .final = request.final,
             .id = wire_id(request.id, *number),
             .parent = request.parent.none() ? TransactionId{} : wire_id(request.parent, *number),
             .member = request.member,
             .partner = *number,
             .rate = request.rate,
             .seconds = static_cast<std::uint32_t>(request.hold_seconds),
             .points = request.points.count(),
             .units = request.units.count(),
             .request = request.signed_digest};
}

Result<LookUp, Problem> look_up_of(const ApiRequest& request, const ClearingRoster& roster) {
  if (request.id.code != request.participant) {
    return Fail{Problem{ProblemCode::kKeyParticipant, "you are " + request.participant, "id"}};
  }
  const auto number = number_of(request.participant, roster);
  if (!number) return Fail{number.error()};
  return LookUp{.id = wire_id(request.id, *number)};
}

Result<QuoteRequest, Problem> quote_request_of(const ApiRequest& request,
                                               const ClearingRoster& roster) {
  const auto number = number_of(request.participant, roster);
  if (!number) return Fail{number.error()};
  return QuoteRequest{.kind = *kind_of(request.quoted),
                      .partner = *number,
                      .date = request.date,
                      .points = request.points.count(),
                      .units = request.units.count(),
                      .fen = request.fen.count()};
}

Result<wire::DayFilePart, Problem> day_file_part_of(const ApiRequest& request,
                                                    const ClearingRoster& roster) {
  if (request.file_size == 0) {
    return Fail{Problem{ProblemCode::kFieldRange, "a file of 1 byte or more", "body"}};
  }
  const auto number = number_of(request.participant, roster);
  if (!number) return Fail{number.error()};
  return wire::DayFilePart{.partner = *number,
                           .date = request.date,
                           .size = request.file_size,
                           .digest = request.file_digest,
                           .signature = request.file_signature};
}

Result<wire::DayFileRequest, Problem> day_file_request_of(const ApiRequest& request,
                                                          const ClearingRoster& roster) {
  const auto number = number_of(request.participant, roster);
  if (!number) return Fail{number.error()};
  return wire::DayFileRequest{.partner = *number, .date = request.date};
}

ApiReply reply_of(const std::string& participant, const Ask& ask, const Answer& answer,
                  const ClearingRoster& roster) {
  const ApiId id = api_id(ask.id, participant);
  // The clearing has it, and the home has not decided; of itself it says that nothing was kept.
  const bool kept =
      !answer.home.none() || answer.code == static_cast<std::uint8_t>(AskCode::kHomeSilent);
  if (!answer.definite && !kept) return undecided(id, ask, answer);
  const auto known = known_of(participant, ask, answer, roster);
  return known ? answer_reply(*known) : problem_reply({ProblemCode::kUndecided, {}, {}}, id);
}

ApiReply reply_of(const ApiRequest& request, const Found& found, const ClearingRoster& roster) {
  if (!found.ask) {
    const bool may_have_been = found.answer.code == static_cast<int>(AskCode::kTooOld);
    return problem_reply(
        {may_have_been ? ProblemCode::kTooOld : ProblemCode::kUnknownTransaction, {}, {}},
        request.id);
  }
  const auto known = known_of(request.participant, *found.ask, found.answer, roster);
  return known ? look_up_reply(*known)
               : problem_reply({ProblemCode::kUnavailable, {}, {}}, request.id);
}

ApiReply reply_of(const ApiRequest& request, const Quote& quote) {
  switch (quote.code) {
    case AskCode::kDone:
      return quote_reply({.quoted = request.quoted,
                          .date = request.date,
                          .points = Points::of(quote.points),
                          .units = Units::of(quote.units),
                          .fen = Fen::of(quote.fen),
                          .rate = quote.rate,
                          .num = quote.num,
                          .den = quote.den,
                          .block = quote.block,
                          .min = quote.min});
    case AskCode::kRate:
      return problem_reply({ProblemCode::kFieldRange, "the price makes no amount of it", {}});
    default:
      return problem_reply({ProblemCode::kNoContract, {}, {}});
  }
}

ApiReply reply_of(const ApiRequest& request, const wire::DayFile& day) {
  ApiDay out{.date = request.date,
             .sequence = day.sequence,
             .rows = day.rows,
             .digest = day.digest,
             .detail = day.why};
  switch (day.state) {
    case wire::DayFileState::kReading:
      out.state = ApiDayState::kReading;
      return day_reply(out);
    case wire::DayFileState::kAccepted:
      out.state = ApiDayState::kAccepted;
      return day_reply(out);
    case wire::DayFileState::kRefused:
      out.state = ApiDayState::kRefused;
      for (const wire::DayFileFault& fault : day.faults) {
        out.faults.push_back(fault_of(fault));
      }
      return day_reply(out);
    case wire::DayFileState::kOther:
      return problem_reply(
          {ProblemCode::kDayTaken, "the one that was accepted has SHA-256 " + hex(day.digest), {}});
    case wire::DayFileState::kNone:
      return problem_reply({ProblemCode::kUnknownDay, {}, {}});
    case wire::DayFileState::kBusy:
      return problem_reply({ProblemCode::kTooMany, day.why, {}});
    case wire::DayFileState::kWanted:
      break;
  }
  return problem_reply({ProblemCode::kUndecided, {}, {}});
}

}  // namespace ph
