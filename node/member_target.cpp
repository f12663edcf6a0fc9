#include "node/member_target.h"

#include <algorithm>
#include <array>

#include "core/home/member_columns.h"
#include "core/types/check.h"
#include "node/member_problem.h"

namespace ph {

namespace {

constexpr std::array<MemberAskRow, 17> kMemberAsks{{
    {MemberAsk::kHealth, "HEALTH", "GET", "/v1/health", Scope::kBalance},
    {MemberAsk::kBalance, "BALANCE", "GET", "/v1/members/{number}/balance", Scope::kBalance},
    {MemberAsk::kExpiring, "EXPIRING", "GET", "/v1/members/{number}/expiring", Scope::kBalance},
    {MemberAsk::kHistory, "HISTORY", "GET", "/v1/members/{number}/history", Scope::kHistory},
    {MemberAsk::kLevel, "LEVEL", "GET", "/v1/members/{number}/level", Scope::kLevel},
    {MemberAsk::kLevels, "LEVELS", "GET", "/v1/members/{number}/levels", Scope::kLevel},
    {MemberAsk::kEntitlements, "ENTITLEMENTS", "GET", "/v1/members/{number}/entitlements",
     Scope::kEntitlement},
    {MemberAsk::kCatalogue, "CATALOGUE", "GET", "/v1/catalogue", Scope::kCatalogue},
    {MemberAsk::kOrder, "ORDER", "GET", "/v1/orders/{id}", Scope::kOrder},
    {MemberAsk::kStaffOpen, "STAFF_OPEN", "GET", "/v1/staff/open", Scope::kStaff},
    {MemberAsk::kClaim, "CLAIM", "POST", "/v1/members/{number}/claims", Scope::kClaim},
    {MemberAsk::kNewOrder, "NEW_ORDER", "POST", "/v1/members/{number}/orders", Scope::kRedeem},
    {MemberAsk::kComplaint, "COMPLAINT", "POST", "/v1/orders/{id}/complaints", Scope::kOrder},
    {MemberAsk::kRegistration, "REGISTRATION", "POST", "/v1/members/{number}/registrations",
     Scope::kRegister},
    {MemberAsk::kApplication, "APPLICATION", "POST", "/v1/members/{number}/applications",
     Scope::kApply},
    {MemberAsk::kProfile, "PROFILE", "POST", "/v1/members/{number}/profile", Scope::kProfile},
    {MemberAsk::kStaff, "STAFF", "POST", "/v1/staff/{kind}", Scope::kStaff},
}};

// Takes the first segment off, with the slash before it.
std::string_view take_segment(std::string_view& path) {
  const std::size_t end = std::min(path.find('/', 1), path.size());
  const std::string_view segment = path.substr(path.empty() ? 0 : 1, end == 0 ? 0 : end - 1);
  path.remove_prefix(end);
  return segment;
}

MemberKind kind_of(MemberAsk ask) {
  switch (ask) {
    case MemberAsk::kClaim:
      return MemberKind::kClaim;
    case MemberAsk::kNewOrder:
      return MemberKind::kOrder;
    case MemberAsk::kComplaint:
      return MemberKind::kComplaint;
    case MemberAsk::kRegistration:
      return MemberKind::kRegister;
    case MemberAsk::kApplication:
      return MemberKind::kApply;
    case MemberAsk::kProfile:
      return MemberKind::kProfile;
    case MemberAsk::kHealth:
    case MemberAsk::kBalance:
    case MemberAsk::kExpiring:
    case MemberAsk::kHistory:
    case MemberAsk::kLevel:
    case MemberAsk::kLevels:
    case MemberAsk::kEntitlements:
    case MemberAsk::kCatalogue:
    case MemberAsk::kOrder:
    case MemberAsk::kStaffOpen:
    case MemberAsk::kStaff:
      break;
  }
  return {};
}

// False: staff tells no such row.
bool take_kind(std::string_view text, MemberTarget& target) {
  for (std::uint8_t n = kMemberKindFirst; n <= kMemberKindLast; ++n) {
    const auto kind = static_cast<MemberKind>(n);
    if (const auto scope = staff_scope(kind); scope && word(kind) == text) {
      target.kind = kind;
      target.scope = *scope;
      return true;
    }
  }
  return false;
}

// False: the path isn't of the pattern.
bool is_of(std::string_view pattern, std::string_view path, MemberTarget& target) {
  while (!pattern.empty() && path.starts_with('/')) {
    const std::string_view part = take_segment(pattern);
    const char* begin = path.data() + 1;
    const std::string_view segment = take_segment(path);
    if (part == "{number}") {
      target.number = segment;
    } else if (part == "{kind}") {
      if (!take_kind(segment, target)) return false;
    } else if (part == "{id}") {
      const std::string_view date = take_segment(path);
      const std::string_view reference = take_segment(path);
      if (segment.empty() || date.empty() || reference.empty()) return false;
      target.id = {begin, segment.size() + date.size() + reference.size() + 2};
    } else if (part != segment) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

}  // namespace

std::span<const MemberAskRow> member_ask_rows() {
  return kMemberAsks;
}

const MemberAskRow& row_of(MemberAsk ask) {
  const MemberAskRow& row = kMemberAsks[static_cast<std::size_t>(ask)];
  check(row.ask == ask, "a row for each ask, in their order");
  return row;
}

std::optional<Scope> staff_scope(MemberKind kind) {
  if (kind == MemberKind::kVipPropose || kind == MemberKind::kVipDecide) return Scope::kReview;
  if (kind == MemberKind::kCall) return Scope::kCalls;
  const bool staff = kind == MemberKind::kOrderState || kind == MemberKind::kComplaintEnd ||
                     kind == MemberKind::kRegisterEnd;
  return staff ? std::optional(Scope::kStaff) : std::nullopt;
}

Result<MemberTarget, http::Response> member_target(std::string_view method, std::string_view path) {
  for (const MemberAskRow& row : kMemberAsks) {
    MemberTarget target{.ask = row.ask, .kind = kind_of(row.ask), .scope = row.scope};
    if (!is_of(row.path, path, target)) continue;
    if (method == row.method) return target;
    http::Response refusal = member_problem(MemberProblem::kMethod);
    refusal.allow = row.method;
    return Fail{std::move(refusal)};
  }
  return Fail{member_problem(MemberProblem::kNoSuchPath)};
}

}  // namespace ph
