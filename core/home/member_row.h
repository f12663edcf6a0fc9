// A row of a member: what the programme of a province is told of him, by a day's file or live
// (docs/decisions/0023-programme-format.md, sections 2 and 3.1). Fixed bytes, as they stand in the
// journal's MEMBER command.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "core/types/date.h"
#include "core/types/id.h"

namespace ph {

// Behind the kinds of RowKind, in one numbering.
enum class MemberKind : std::uint8_t {
  kAccount = 21,
  kAccountEnd = 22,
  kProfile = 23,
  kBillSplit = 24,
  kSpSpend = 25,
  kPartnerSpend = 26,
  kFixedIn = 27,
  kEvent = 28,
  kPlan = 29,
  kBrand = 30,
  kMerge = 31,
  kUnmerge = 32,
  kOwner = 33,
  kArrears = 34,
  kBlacklist = 35,
  kVipPropose = 36,
  kVipDecide = 37,
  kLegacy = 38,
  kApply = 39,
  kGrade = 40,
  kSheet = 41,
  kOrder = 42,
  kOrderState = 43,
  kStock = 44,
  kComplaint = 45,
  kComplaintEnd = 46,
  kClaim = 47,
  kRegister = 48,
  kRegisterEnd = 49,
  kCall = 50,
  kSpent = 51,
};

using NameText = std::array<char, 24>;     // padded with zero bytes
using OfficerText = std::array<char, 16>;  // likewise

// What its kind doesn't have is zero. Columns lie in the order of the row: the first of type number
// in `number[0]`, and so on; likewise `name` and `fen`.
struct MemberRow {
  MemberKind kind{};
  std::uint8_t word{};  // from 1 on: place of the word in the column's list
  std::array<std::uint8_t, 2> flag{};
  Month month{};
  BusinessDate date{};
  std::uint16_t until{};  // a month, or a date, as the row's column is
  std::uint16_t zero{};
  std::array<std::uint32_t, 3> number{};
  Member member{};
  Member other{};  // into, beneficiary
  std::array<char, 16> account{};
  std::array<NameText, 3> name{};
  std::uint64_t lot{};
  TransactionId id{};
  TransactionId parent{};  // merge, proposal, order, complaint, register
  std::int64_t points{};   // points, units, change
  std::array<std::int64_t, 3> fen{};
  OfficerText officer{};
  std::uint32_t inputs{};
  std::uint32_t zero_end{};

  friend bool operator==(const MemberRow&, const MemberRow&) = default;
};
static_assert(sizeof(MemberRow) == 248 && std::is_trivially_copyable_v<MemberRow>);

// An input of a scoring sheet. `points`: given by the grader, or -1.
struct SheetInputRow {
  NameText name{};
  std::int64_t value{};
  std::int64_t points{-1};

  friend bool operator==(const SheetInputRow&, const SheetInputRow&) = default;
};
static_assert(sizeof(SheetInputRow) == 40 && std::is_trivially_copyable_v<SheetInputRow>);

}  // namespace ph
