// Where the columns of a PROVINCE_DAY row go in a DayRow. Private to this folder.
#pragma once

#include <array>

#include "core/home/day.h"
#include "platform/files/schema.h"
#include "platform/files/values.h"

namespace ph {

inline constexpr std::uint8_t kCorrectKind = 21;  // The kinds before it are those of RowKind.
inline constexpr std::uint8_t kLotKind = 22;
inline constexpr std::uint8_t kDebtKind = 23;

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
using DaySlots = std::array<std::array<DaySlot, kColumnsMax>, kCorrectKind>;

[[nodiscard]] const DaySlots& day_slots();
void put(DayRow& row, DaySlot slot, const Cell& cell);

}  // namespace ph
