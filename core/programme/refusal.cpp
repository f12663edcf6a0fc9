#include "core/programme/refusal.h"

namespace ph::programme {

std::string_view word(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone:
      return "";
    case Refusal::kNotAllowed:
      return "NOT_ALLOWED";
    case Refusal::kBlacklisted:
      return "BLACKLISTED";
    case Refusal::kInArrears:
      return "IN_ARREARS";
    case Refusal::kNewAccount:
      return "NEW_ACCOUNT";
    case Refusal::kEarnedTooLittle:
      return "EARNED_TOO_LITTLE";
    case Refusal::kOverSingle:
      return "OVER_SINGLE";
    case Refusal::kOverDaily:
      return "OVER_DAILY";
    case Refusal::kNoAccount:
      return "NO_ACCOUNT";
    case Refusal::kMerged:
      return "MERGED";
    case Refusal::kUnknownName:
      return "UNKNOWN_NAME";
    case Refusal::kNotReached:
      return "NOT_REACHED";
    case Refusal::kOnePerson:
      return "ONE_PERSON";
    case Refusal::kNotEntitled:
      return "NOT_ENTITLED";
    case Refusal::kPrice:
      return "PRICE";
    case Refusal::kOutOfStock:
      return "OUT_OF_STOCK";
    case Refusal::kState:
      return "STATE";
    case Refusal::kRunOpen:
      return "RUN_OPEN";
    case Refusal::kNothingMissing:
      return "NOTHING_MISSING";
  }
  return "";
}

}  // namespace ph::programme
