// Where the columns of a PROVINCE_DAY row go in a DayRow. Private to this folder.
#pragma once

#include <array>

#include "core/home/day.h"
#include "core/home/member_columns.h"
#include "platform/files/schema.h"
#include "platform/files/values.h"

namespace ph {

// The kinds before these are those of RowKind, then those of MemberKind.
inline constexpr std::uint8_t kDayCorrect = kMemberKindLast + 1;
inline constexpr std::uint8_t kDayLot = kDayCorrect + 1;
inline constexpr std::uint8_t kDayDebt = kDayLot + 1;
inline constexpr std::uint8_t kDayInput = kDayDebt + 1;
inline constexpr std::uint8_t kDayStanding = kDayInput + 1;
inline constexpr std::size_t kDayKindCount = kDayStanding + 1;

// Where a column's value goes in a DayRow.
enum class DaySlot : std::uint8_t {
  // Amounts.
  kFen,
  kCorrected,
  kPoints,
  kUnits,
  kCost,
  kFreight,
  kCash,
  // Participants.
  kGiver,
  kPartner,
  kOther,
  // Numbers.
  kSerial,
  kRate,
  kCitedSequence,
  kCitedEntry,
  // The rest.
  kAccount,
  kMember,
  kMonth,
  kExpires,
  kLot,
  kAuthorisation,
  kSource,
  kForm,
  kFlag,
  kId,
  kParent,
};

// By kind and place of the column.
using DaySlots = std::array<std::array<DaySlot, kColumnsMax>, kMemberKindFirst>;

[[nodiscard]] const DaySlots& day_slots();
void put(DayRow& row, DaySlot slot, const Cell& cell);

}  // namespace ph
