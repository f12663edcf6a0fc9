// Award points by service, channel, plan or credit, within a campaign's dates (domain 3.3).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/programme/programme_rows.h"
#include "core/types/amount.h"

namespace ph::programme {

// What has happened; what its row leaves out is empty.
struct Event {
  std::string_view service{};
  std::string_view channel{};
  std::string_view plan{};
  std::optional<std::int64_t> credit{};
};

// All conditions that the campaign gives hold on this date.
[[nodiscard]] bool matches(const Campaign& campaign, const Event& event, BusinessDate on);
// Indexes of campaigns that match, ascending.
[[nodiscard]] std::vector<std::uint16_t> matching(std::span<const Campaign> campaigns,
                                                  const Event& event, BusinessDate on);

// What a campaign has given so far.
struct Given {
  bool to_account{};
  bool to_member{};
  Points spent{};  // by all in this province
};
// What one who matches gets; 0: had it already, or the budget doesn't have it any more.
// `month_points`: of the account's bill month, for a campaign with a rate.
[[nodiscard]] Points campaign_points(const Campaign& campaign, const Given& given,
                                     Points month_points);

}  // namespace ph::programme
