#include "platform/files/day_slots.h"

#include <cstring>

#include "core/types/check.h"

namespace ph {

namespace {

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
  for (const KindSpec& kind : kinds_of(FileType::kProvinceDay).first(kCorrectKind)) {
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
  switch (slot) {
    case DaySlot::kSerial:
      row.serial = cell.u32();
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
    case DaySlot::kFen:
      row.fen = cell.number;
      return;
    case DaySlot::kCorrected:
      row.corrected = cell.number;
      return;
    case DaySlot::kLot:
      row.lot = cell.entry_id();
      return;
    case DaySlot::kSource:
      row.source = static_cast<Source>(cell.number);
      return;
    case DaySlot::kPoints:
      row.points = cell.number;
      return;
    case DaySlot::kFlag:
      row.flag = cell.small();
      return;
    case DaySlot::kId:
      row.id = cell.id;
      return;
    case DaySlot::kForm:
      row.form = static_cast<Form>(cell.number);
      return;
    case DaySlot::kGiver:
      row.giver = cell.participant();
      return;
    case DaySlot::kPartner:
      row.partner = cell.participant();
      return;
    case DaySlot::kOther:
      row.other = cell.participant();
      return;
    case DaySlot::kCost:
      row.cost = cell.number;
      return;
    case DaySlot::kFreight:
      row.freight = cell.number;
      return;
    case DaySlot::kCash:
      row.cash = cell.number;
      return;
    case DaySlot::kExpires:
      row.expires = cell.date();
      return;
    case DaySlot::kParent:
      row.parent = cell.id;
      return;
    case DaySlot::kUnits:
      row.units = cell.number;
      return;
    case DaySlot::kRate:
      row.rate = cell.u32();
      return;
    case DaySlot::kAuthorisation:
      row.authorisation = cell.entry_id();
      return;
    case DaySlot::kCitedSequence:
      row.cited_sequence = cell.u32();
      return;
    case DaySlot::kCitedEntry:
      row.cited_entry = cell.u32();
      return;
  }
}

}  // namespace ph
