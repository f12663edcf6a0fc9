// Answers to look-ups of the member service: what a member has, is, may and did, written without a
// document tree (docs/members.md, section 5).
#pragma once

#include <cstdint>
#include <utility>

#include "core/home/home.h"
#include "core/rules/expiry.h"
#include "core/types/id.h"
#include "core/types/time.h"
#include "node/province.h"
#include "platform/http/http.h"

namespace ph {

// Of whom, and when. The member is at home, or has left the network there.
struct MemberView {
  const Province& province;
  const Home& home;
  Member member{};
  std::uint32_t number{};        // the home's
  const Programme* programme{};  // of today; nullptr: none is in force
  BusinessTime now{};

  [[nodiscard]] const MemberBook& book() const { return *home.book(); }
  [[nodiscard]] BusinessDate today() const { return now.date(); }
};

[[nodiscard]] http::Response balance_answer(const MemberView& view, const Balance& balance);
[[nodiscard]] http::Response expiring_answer(const MemberView& view);
// These need a programme.
[[nodiscard]] http::Response level_answer(const MemberView& view);
[[nodiscard]] http::Response levels_answer(const MemberView& view);
[[nodiscard]] http::Response entitlements_answer(const MemberView& view);
[[nodiscard]] http::Response catalogue_answer(const MemberView& view);

// Rows of one answer at most; of what waits the oldest, of a history the newest.
inline constexpr std::size_t kMemberRowsMax = 100;

// `order`: its number in the book of orders.
[[nodiscard]] http::Response order_answer(const Province& province, std::uint32_t order,
                                          BusinessTime now);
// What waits for somebody.
[[nodiscard]] http::Response open_answer(const Province& province, BusinessTime now);

// `P01/20260305/W-17`.
[[nodiscard]] std::string id_text(const Province& province, const TransactionId& id);
// One of this province's, as it is written; nullopt: it isn't one.
[[nodiscard]] std::optional<TransactionId> own_id_of(const Province& province,
                                                     std::string_view text);

// The first two days after `today` on which points of some earned month are cancelled, whoever has
// any; beyond the calendar when there are fewer.
[[nodiscard]] std::pair<BusinessDate, BusinessDate> next_runs(const ExpiryRules& rules,
                                                              BusinessDate today);

}  // namespace ph
