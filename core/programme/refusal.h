// Why a row of a member comes back, with its stable number among the codes of returned rows
// (docs/decisions/0023-programme-format.md, section 2): those that a programme's rules give.
#pragma once

#include <cstdint>
#include <string_view>

namespace ph::programme {

enum class Refusal : std::uint8_t {
  kNone = 0,  // it may be
  kNotAllowed = 26,
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

// The word as it stands in answers; empty for kNone.
[[nodiscard]] std::string_view word(Refusal);

// What other provinces and partners are told: arrears, a blacklist and limits are the home's
// affair.
[[nodiscard]] constexpr Refusal told_outside(Refusal refusal) {
  return refusal >= Refusal::kBlacklisted && refusal <= Refusal::kOverDaily ? Refusal::kNotAllowed
                                                                            : refusal;
}

}  // namespace ph::programme
