// Why a row or live event came back: stable numbers, told by name (docs/events.md).
#pragma once

#include <cstdint>
#include <string_view>

namespace ph {

enum class ReturnCode : std::uint8_t {
  kTooOld = 1,
  kCopy = 2,
  kDuplicate = 3,
  kNotHome = 4,
  kClosed = 5,
  kUnknownParent = 6,
  kHoldEnded = 7,
  kHoldOpen = 8,
  kMoveOpen = 9,
  kBillMismatch = 10,
  kAlreadyRefunded = 11,
  kWholeOnly = 12,
  kExceedsParent = 13,
  kZeroPoints = 14,
  kInsufficientPoints = 15,
  // At the clearing.
  kNoContract = 16,
  kUnknownCited = 17,
  // Of live events.
  kAgainLater = 18,
  kInvalid = 24,  // 19 to 23 are the switch's (core/types/ask.h)
  // Of a home with a programme.
  kNotAllowed = 26,  // what others are told instead of 27 to 32
  kBlacklisted = 27,
  kInArrears = 28,
  kNewAccount = 29,
  kEarnedTooLittle = 30,
  kOverSingle = 31,
  kOverDaily = 32,
  kNoAccount = 33,
  kMerged = 34,
  kUnknownName = 35,
  kNotReached = 36,
  kOnePerson = 37,
  kNotEntitled = 38,
  kPrice = 39,
  kOutOfStock = 40,
  kState = 41,
  kRunOpen = 42,
  kNothingMissing = 43,
};
[[nodiscard]] std::string_view word(ReturnCode code);
// Of a live event: the answer stands for the id. The others change nothing: the same event is
// judged anew.
[[nodiscard]] bool is_kept(ReturnCode code);

}  // namespace ph
