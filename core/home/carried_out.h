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
      return false;
    case MemberKind::kSpSpend:
      return false;
    case MemberKind::kPartnerSpend:
      return false;
    case MemberKind::kFixedIn:
      return false;
    case MemberKind::kEvent:
      return false;
    case MemberKind::kPlan:
      return false;
    case MemberKind::kBrand:
      return false;
    case MemberKind::kMerge:
      return false;
    case MemberKind::kUnmerge:
      return false;
    case MemberKind::kOwner:
      return false;
    case MemberKind::kArrears:
      return false;
    case MemberKind::kBlacklist:
      return false;
    case MemberKind::kVipPropose:
      return false;
    case MemberKind::kVipDecide:
      return false;
    case MemberKind::kLegacy:
      return false;
    case MemberKind::kApply:
      return false;
    case MemberKind::kGrade:
      return true;
    case MemberKind::kSheet:
      return false;
    case MemberKind::kOrder:
      return false;
    case MemberKind::kOrderState:
      return false;
    case MemberKind::kStock:
      return false;
    case MemberKind::kComplaint:
      return false;
    case MemberKind::kComplaintEnd:
      return false;
    case MemberKind::kClaim:
      return false;
    case MemberKind::kRegister:
      return false;
    case MemberKind::kRegisterEnd:
      return false;
    case MemberKind::kCall:
      return false;
    case MemberKind::kSpent:
      return true;
  }
  return false;
}
// What a MOVE_IN brings besides its lots.
inline constexpr bool kStandingCarriedOut = false;

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
