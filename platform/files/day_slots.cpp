#include "platform/files/day_slots.h"

#include <cstring>

#include "core/types/check.h"

namespace ph {

namespace {

// In the order of DaySlot.
constexpr std::array<std::int64_t DayRow::*, 7> kAmounts{
    &DayRow::fen,  &DayRow::corrected, &DayRow::points, &DayRow::units,
    &DayRow::cost, &DayRow::freight,   &DayRow::cash};
constexpr std::array<Participant DayRow::*, 3> kParticipants{&DayRow::giver, &DayRow::partner,
                                                             &DayRow::other};
constexpr std::array<std::uint32_t DayRow::*, 4> kNumbers{
    &DayRow::serial, &DayRow::rate, &DayRow::cited_sequence, &DayRow::cited_entry};

DaySlot slot_of(std::string_view column) {
  struct Name {
    std::string_view column;
    DaySlot slot;
  };
  constexpr Name kNames[] = {{"serial", DaySlot::kSerial},
                             {"account", DaySlot::kAccount},
                             {"member", DaySlot::kMember},
                             {"bill_month", DaySlot::kMonth},
                             {"fen", DaySlot::kFen},
                             {"billed", DaySlot::kFen},
                             {"corrected", DaySlot::kCorrected},
                             {"lot", DaySlot::kLot},
                             {"source", DaySlot::kSource},
                             {"earned_month", DaySlot::kMonth},
                             {"points", DaySlot::kPoints},
                             {"rating", DaySlot::kFlag},
                             {"final", DaySlot::kFlag},
                             {"id", DaySlot::kId},
                             {"form", DaySlot::kForm},
                             {"giver", DaySlot::kGiver},
                             {"partner", DaySlot::kPartner},
                             {"home", DaySlot::kOther},
                             {"to", DaySlot::kOther},
                             {"from", DaySlot::kOther},
                             {"cost", DaySlot::kCost},
                             {"freight", DaySlot::kFreight},
                             {"cash", DaySlot::kCash},
                             {"expires", DaySlot::kExpires},
                             {"hold", DaySlot::kParent},
                             {"parent", DaySlot::kParent},
                             {"move", DaySlot::kParent},
                             {"units", DaySlot::kUnits},
                             {"rate", DaySlot::kRate},
                             {"authorisation", DaySlot::kAuthorisation},
                             {"sequence", DaySlot::kCitedSequence},
                             {"entry", DaySlot::kCitedEntry}};
  for (const Name& name : kNames) {
    if (name.column == column) {
      return name.slot;
    }
  }
  check_failed("every column of a day has a slot", __FILE__, __LINE__);
}

DaySlots make_slots() {
  DaySlots slots{};
  for (const KindSpec& kind : kinds_of(FileType::kProvinceDay).first(kMemberKindFirst)) {
    for (std::size_t i = 0; i < kind.columns.size(); ++i) {
      slots.at(kind.number).at(i) = slot_of(kind.columns[i].name);
    }
  }
  return slots;
}

}  // namespace

const DaySlots& day_slots() {
  static const DaySlots kSlots = make_slots();
  return kSlots;
}

void put(DayRow& row, DaySlot slot, const Cell& cell) {
  const auto from = [slot](DaySlot first) {
    return static_cast<std::size_t>(slot) - static_cast<std::size_t>(first);
  };
  switch (slot) {
    case DaySlot::kFen:
    case DaySlot::kCorrected:
    case DaySlot::kPoints:
    case DaySlot::kUnits:
    case DaySlot::kCost:
    case DaySlot::kFreight:
    case DaySlot::kCash:
      row.*kAmounts.at(from(DaySlot::kFen)) = cell.number;
      return;
    case DaySlot::kGiver:
    case DaySlot::kPartner:
    case DaySlot::kOther:
      row.*kParticipants.at(from(DaySlot::kGiver)) = cell.participant();
      return;
    case DaySlot::kSerial:
    case DaySlot::kRate:
    case DaySlot::kCitedSequence:
    case DaySlot::kCitedEntry:
      row.*kNumbers.at(from(DaySlot::kSerial)) = cell.u32();
      return;
    case DaySlot::kAccount:
      std::memcpy(row.account.data(), cell.text.data(), cell.text.size());
      return;
    case DaySlot::kMember:
      row.member = cell.member();
      return;
    case DaySlot::kMonth:
      row.month = cell.month();
      return;
    case DaySlot::kExpires:
      row.expires = cell.date();
      return;
    case DaySlot::kLot:
      row.lot = cell.entry_id();
      return;
    case DaySlot::kAuthorisation:
      row.authorisation = cell.entry_id();
      return;
    case DaySlot::kSource:
      row.source = static_cast<Source>(cell.number);
      return;
    case DaySlot::kForm:
      row.form = static_cast<Form>(cell.number);
      return;
    case DaySlot::kFlag:
      row.flag = cell.small();
      return;
    case DaySlot::kId:
      row.id = cell.id;
      return;
    case DaySlot::kParent:
      row.parent = cell.id;
      return;
  }
}

}  // namespace ph
