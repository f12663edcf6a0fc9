// Which rows of members this build carries out. A file with any other is refused whole: a later
// build, which knows what the row does, would make another state of the same journal.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/home/day.h"

namespace ph {

// Each kind is switched on by the change that carries it out.
[[nodiscard]] constexpr bool carried_out(MemberKind kind) {
  switch (kind) {
    case MemberKind::kAccount:
      return true;
    case MemberKind::kAccountEnd:
      return true;
    case MemberKind::kProfile:
      return true;
    case MemberKind::kBillSplit:
      return true;
    case MemberKind::kSpSpend:
      return true;
    case MemberKind::kPartnerSpend:
      return true;
    case MemberKind::kFixedIn:
      return true;
    case MemberKind::kEvent:
      return true;
    case MemberKind::kPlan:
      return true;
    case MemberKind::kBrand:
      return true;
    case MemberKind::kMerge:
      return true;
    case MemberKind::kUnmerge:
      return true;
    case MemberKind::kOwner:
      return true;
    case MemberKind::kArrears:
      return true;
    case MemberKind::kBlacklist:
      return true;
    case MemberKind::kVipPropose:
      return true;
    case MemberKind::kVipDecide:
      return true;
    case MemberKind::kLegacy:
      return true;
    case MemberKind::kApply:
      return true;
    case MemberKind::kGrade:
      return true;
    case MemberKind::kSheet:
      return true;
    case MemberKind::kOrder:
      return true;
    case MemberKind::kOrderState:
      return true;
    case MemberKind::kStock:
      return true;
    case MemberKind::kComplaint:
      return true;
    case MemberKind::kComplaintEnd:
      return true;
    case MemberKind::kClaim:
      return true;
    case MemberKind::kRegister:
      return true;
    case MemberKind::kRegisterEnd:
      return true;
    case MemberKind::kCall:
      return true;
    case MemberKind::kSpent:
      return true;
  }
  return false;
}
// Those that come one by one, too; all others are rows of files alone.
[[nodiscard]] constexpr bool comes_live(MemberKind kind) {
  switch (kind) {
    case MemberKind::kProfile:
    case MemberKind::kVipPropose:
    case MemberKind::kVipDecide:
    case MemberKind::kApply:
    case MemberKind::kOrder:
    case MemberKind::kOrderState:
    case MemberKind::kComplaint:
    case MemberKind::kComplaintEnd:
    case MemberKind::kClaim:
    case MemberKind::kRegister:
    case MemberKind::kRegisterEnd:
    case MemberKind::kCall:
      return true;
    case MemberKind::kAccount:
    case MemberKind::kAccountEnd:
    case MemberKind::kBillSplit:
    case MemberKind::kSpSpend:
    case MemberKind::kPartnerSpend:
    case MemberKind::kFixedIn:
    case MemberKind::kEvent:
    case MemberKind::kPlan:
    case MemberKind::kBrand:
    case MemberKind::kMerge:
    case MemberKind::kUnmerge:
    case MemberKind::kOwner:
    case MemberKind::kArrears:
    case MemberKind::kBlacklist:
    case MemberKind::kLegacy:
    case MemberKind::kGrade:
    case MemberKind::kSheet:
    case MemberKind::kStock:
    case MemberKind::kSpent:
      break;
  }
  return false;
}
// Those that make no lots: they may also be told of the day after the open one, and while a day is
// being opened, as nothing of them has to be put off.
[[nodiscard]] constexpr bool is_decided_at_once(MemberKind kind) {
  return kind == MemberKind::kVipPropose || kind == MemberKind::kVipDecide ||
         kind == MemberKind::kClaim || kind == MemberKind::kCall;
}

// A row that keeps a day's file from being taken: the first one.
struct RefusedRow {
  bool no_programme{};  // else: it isn't carried out by this release
  std::uint32_t line{};
  std::string_view kind{};
};
// nullopt: nothing of the rows of members is against it.
[[nodiscard]] std::optional<RefusedRow> refused_row(const DayFile& file, bool programme_in_force);

// The first row, with its line, that only a home with a programme takes; nullopt: there is none.
[[nodiscard]] std::optional<RefusedRow> first_member_row(const DayFile& file);

}  // namespace ph
