#include "core/home/return_code.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/programme/refusal.h"

namespace ph {

namespace {

using programme::Refusal;

// What core/programme refuses is told by these codes: one number each, in both lists.
constexpr bool is_number_of(ReturnCode code, Refusal refusal) {
  return static_cast<std::uint8_t>(code) == static_cast<std::uint8_t>(refusal);
}
static_assert(is_number_of(ReturnCode::kNotAllowed, Refusal::kNotAllowed));
static_assert(is_number_of(ReturnCode::kBlacklisted, Refusal::kBlacklisted));
static_assert(is_number_of(ReturnCode::kInArrears, Refusal::kInArrears));
static_assert(is_number_of(ReturnCode::kNewAccount, Refusal::kNewAccount));
static_assert(is_number_of(ReturnCode::kEarnedTooLittle, Refusal::kEarnedTooLittle));
static_assert(is_number_of(ReturnCode::kOverSingle, Refusal::kOverSingle));
static_assert(is_number_of(ReturnCode::kOverDaily, Refusal::kOverDaily));
static_assert(is_number_of(ReturnCode::kNoAccount, Refusal::kNoAccount));
static_assert(is_number_of(ReturnCode::kMerged, Refusal::kMerged));
static_assert(is_number_of(ReturnCode::kUnknownName, Refusal::kUnknownName));
static_assert(is_number_of(ReturnCode::kNotReached, Refusal::kNotReached));
static_assert(is_number_of(ReturnCode::kOnePerson, Refusal::kOnePerson));
static_assert(is_number_of(ReturnCode::kNotEntitled, Refusal::kNotEntitled));
static_assert(is_number_of(ReturnCode::kPrice, Refusal::kPrice));
static_assert(is_number_of(ReturnCode::kOutOfStock, Refusal::kOutOfStock));
static_assert(is_number_of(ReturnCode::kState, Refusal::kState));
static_assert(is_number_of(ReturnCode::kRunOpen, Refusal::kRunOpen));
static_assert(is_number_of(ReturnCode::kNothingMissing, Refusal::kNothingMissing));

constexpr std::array kWords{
    std::pair(ReturnCode::kTooOld, std::string_view("TOO_OLD")),
    std::pair(ReturnCode::kCopy, std::string_view("COPY")),
    std::pair(ReturnCode::kDuplicate, std::string_view("DUPLICATE")),
    std::pair(ReturnCode::kNotHome, std::string_view("NOT_HOME")),
    std::pair(ReturnCode::kClosed, std::string_view("CLOSED")),
    std::pair(ReturnCode::kUnknownParent, std::string_view("UNKNOWN_PARENT")),
    std::pair(ReturnCode::kHoldEnded, std::string_view("HOLD_ENDED")),
    std::pair(ReturnCode::kHoldOpen, std::string_view("HOLD_OPEN")),
    std::pair(ReturnCode::kMoveOpen, std::string_view("MOVE_OPEN")),
    std::pair(ReturnCode::kBillMismatch, std::string_view("BILL_MISMATCH")),
    std::pair(ReturnCode::kAlreadyRefunded, std::string_view("ALREADY_REFUNDED")),
    std::pair(ReturnCode::kWholeOnly, std::string_view("WHOLE_ONLY")),
    std::pair(ReturnCode::kExceedsParent, std::string_view("EXCEEDS_PARENT")),
    std::pair(ReturnCode::kZeroPoints, std::string_view("ZERO_POINTS")),
    std::pair(ReturnCode::kInsufficientPoints, std::string_view("INSUFFICIENT_POINTS")),
    std::pair(ReturnCode::kNoContract, std::string_view("NO_CONTRACT")),
    std::pair(ReturnCode::kUnknownCited, std::string_view("UNKNOWN_CITED")),
    std::pair(ReturnCode::kAgainLater, std::string_view("AGAIN_LATER")),
    std::pair(ReturnCode::kInvalid, std::string_view("INVALID")),
    std::pair(ReturnCode::kNotAllowed, std::string_view("NOT_ALLOWED")),
    std::pair(ReturnCode::kBlacklisted, std::string_view("BLACKLISTED")),
    std::pair(ReturnCode::kInArrears, std::string_view("IN_ARREARS")),
    std::pair(ReturnCode::kNewAccount, std::string_view("NEW_ACCOUNT")),
    std::pair(ReturnCode::kEarnedTooLittle, std::string_view("EARNED_TOO_LITTLE")),
    std::pair(ReturnCode::kOverSingle, std::string_view("OVER_SINGLE")),
    std::pair(ReturnCode::kOverDaily, std::string_view("OVER_DAILY")),
    std::pair(ReturnCode::kNoAccount, std::string_view("NO_ACCOUNT")),
    std::pair(ReturnCode::kMerged, std::string_view("MERGED")),
    std::pair(ReturnCode::kUnknownName, std::string_view("UNKNOWN_NAME")),
    std::pair(ReturnCode::kNotReached, std::string_view("NOT_REACHED")),
    std::pair(ReturnCode::kOnePerson, std::string_view("ONE_PERSON")),
    std::pair(ReturnCode::kNotEntitled, std::string_view("NOT_ENTITLED")),
    std::pair(ReturnCode::kPrice, std::string_view("PRICE")),
    std::pair(ReturnCode::kOutOfStock, std::string_view("OUT_OF_STOCK")),
    std::pair(ReturnCode::kState, std::string_view("STATE")),
    std::pair(ReturnCode::kRunOpen, std::string_view("RUN_OPEN")),
    std::pair(ReturnCode::kNothingMissing, std::string_view("NOTHING_MISSING")),
};

}  // namespace

std::string_view word(ReturnCode code) {
  const auto found = std::ranges::find(kWords, code, [](const auto& row) { return row.first; });
  return found == kWords.end() ? std::string_view() : found->second;
}

bool is_kept(ReturnCode code) {
  switch (code) {
    case ReturnCode::kTooOld:
    case ReturnCode::kCopy:
    case ReturnCode::kDuplicate:
    case ReturnCode::kAgainLater:
    case ReturnCode::kInvalid:
    case ReturnCode::kRunOpen:
      return false;
    case ReturnCode::kNotHome:
    case ReturnCode::kClosed:
    case ReturnCode::kUnknownParent:
    case ReturnCode::kHoldEnded:
    case ReturnCode::kHoldOpen:
    case ReturnCode::kMoveOpen:
    case ReturnCode::kBillMismatch:
    case ReturnCode::kAlreadyRefunded:
    case ReturnCode::kWholeOnly:
    case ReturnCode::kExceedsParent:
    case ReturnCode::kZeroPoints:
    case ReturnCode::kInsufficientPoints:
    case ReturnCode::kNoContract:
    case ReturnCode::kUnknownCited:
    case ReturnCode::kNotAllowed:
    case ReturnCode::kBlacklisted:
    case ReturnCode::kInArrears:
    case ReturnCode::kNewAccount:
    case ReturnCode::kEarnedTooLittle:
    case ReturnCode::kOverSingle:
    case ReturnCode::kOverDaily:
    case ReturnCode::kNoAccount:
    case ReturnCode::kMerged:
    case ReturnCode::kUnknownName:
    case ReturnCode::kNotReached:
    case ReturnCode::kOnePerson:
    case ReturnCode::kNotEntitled:
    case ReturnCode::kPrice:
    case ReturnCode::kOutOfStock:
    case ReturnCode::kState:
    case ReturnCode::kNothingMissing:
      break;
  }
  return true;
}

}  // namespace ph
