// What the member service may be asked: each path with its method, its scope and its word for the
// metrics (docs/members.md, section 4; schema/member.yaml has the same paths).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/home/member_row.h"
#include "core/types/result.h"
#include "node/member_channels.h"
#include "platform/http/http.h"

namespace ph {

enum class MemberAsk : std::uint8_t {
  // Look-ups
  kHealth,
  kBalance,
  kExpiring,
  kHistory,
  kLevel,
  kLevels,
  kEntitlements,
  kCatalogue,
  kOrder,
  kStaffOpen,
  // Requests, with an id each
  kClaim,
  kNewOrder,
  kComplaint,
  kRegistration,
  kApplication,
  kProfile,
  kStaff,
};

struct MemberAskRow {
  MemberAsk ask{};
  std::string_view word{};  // for the metrics
  std::string_view method{};
  // `{number}` is a member's, `{id}` the three segments of an id, `{kind}` a row's word.
  std::string_view path{};
  Scope scope{};  // of kStaff as its kind has it; of kHealth none
};
// All of them, in the order of the enumeration.
[[nodiscard]] std::span<const MemberAskRow> member_ask_rows();
[[nodiscard]] const MemberAskRow& row_of(MemberAsk ask);
[[nodiscard]] inline std::string_view word(MemberAsk ask) {
  return row_of(ask).word;
}
// The path without the number: for the log of look-ups.
[[nodiscard]] inline std::string_view path_of(MemberAsk ask) {
  return row_of(ask).path;
}
[[nodiscard]] constexpr bool is_request(MemberAsk ask) {
  return ask >= MemberAsk::kClaim;
}

// What method and path mean. The refusal says so when they mean nothing.
struct MemberTarget {
  MemberAsk ask{};
  std::string_view number{};  // as it stands in the path; of a member's paths
  std::string_view id{};      // likewise, of an order's paths
  MemberKind kind{};          // the row that a request is; none of a look-up
  Scope scope{};
};
[[nodiscard]] Result<MemberTarget, http::Response> member_target(std::string_view method,
                                                                 std::string_view path);
// The kinds that `/v1/staff/{kind}` takes, and what they need.
[[nodiscard]] std::optional<Scope> staff_scope(MemberKind kind);

}  // namespace ph
