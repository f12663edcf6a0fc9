// What refusals and faults of messages are called (docs/wire.md, section 5).
#include "platform/wire/message.h"

namespace ph::wire {

std::string_view word(RefusalCode code) {
  switch (code) {
    case RefusalCode::kMalformed:
      return "MALFORMED";
    case RefusalCode::kVersion:
      return "VERSION";
    case RefusalCode::kTooLarge:
      return "TOO_LARGE";
    case RefusalCode::kNotASender:
      return "NOT_A_SENDER";
    case RefusalCode::kSenderMismatch:
      return "SENDER_MISMATCH";
    case RefusalCode::kSignature:
      return "SIGNATURE";
    case RefusalCode::kKeyNotValid:
      return "KEY_NOT_VALID";
    case RefusalCode::kSequenceTaken:
      return "SEQUENCE_TAKEN";
    case RefusalCode::kDigest:
      return "DIGEST";
    case RefusalCode::kBatchFault:
      return "BATCH_FAULT";
    case RefusalCode::kPoints:
      return "POINTS";
    case RefusalCode::kChain:
      return "CHAIN";
    case RefusalCode::kDateOrder:
      return "DATE_ORDER";
    case RefusalCode::kDateFuture:
      return "DATE_FUTURE";
    case RefusalCode::kPeriodAhead:
      return "PERIOD_AHEAD";
    case RefusalCode::kBusy:
      return "BUSY";
    case RefusalCode::kGapTooWide:
      return "GAP_TOO_WIDE";
    case RefusalCode::kNotAGateway:
      return "NOT_A_GATEWAY";
  }
  return "UNKNOWN";
}

std::string_view word(ScoresState state) {
  switch (state) {
    case ScoresState::kWanted:
      return "WANTED";
    case ScoresState::kTaken:
      return "TAKEN";
    case ScoresState::kNotOpen:
      return "NOT_OPEN";
    case ScoresState::kOtherProgramme:
      return "OTHER_PROGRAMME";
    case ScoresState::kOther:
      return "OTHER_TAKEN";
    case ScoresState::kWrong:
      return "WRONG";
    case ScoresState::kBusy:
      return "BUSY";
  }
  return "";
}

std::string_view word(DecodeFault fault) {
  switch (fault) {
    case DecodeFault::kNone:
      return "none";
    case DecodeFault::kTooLarge:
      return "the message is longer than 2 MiB";
    case DecodeFault::kMalformed:
      return "the bytes are no message of schema/wire.capnp, or a value in it cannot be";
    case DecodeFault::kVersion:
      return "the message has another version than 1";
    case DecodeFault::kLimit:
      return "a chunk, text or list is beyond its limit (docs/wire.md)";
  }
  return "";
}

}  // namespace ph::wire
