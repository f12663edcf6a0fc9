#include "core/programme/campaign.h"

#include <algorithm>

#include "core/programme/earning.h"

namespace ph::programme {

namespace {

// An empty list asks for nothing; one that names something isn't met by an event that says nothing.
bool is_among(const std::vector<std::string>& names, std::string_view name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool matches(const Campaign& campaign, const Event& event, BusinessDate on) {
  return campaign.in_force.holds(on) && is_among(campaign.services, event.service) &&
         is_among(campaign.channels, event.channel) && is_among(campaign.plans, event.plan) &&
         (campaign.credit_min == 0 || event.credit.value_or(0) >= campaign.credit_min);
}

std::vector<std::uint16_t> matching(std::span<const Campaign> campaigns, const Event& event,
                                    BusinessDate on) {
  std::vector<std::uint16_t> found;
  for (std::size_t i = 0; i < campaigns.size(); ++i) {
    if (matches(campaigns[i], event, on)) {
      found.push_back(static_cast<std::uint16_t>(i));
    }
  }
  return found;
}

Points campaign_points(const Campaign& campaign, const Given& given, Points month_points) {
  const bool had = (campaign.per == CampaignPer::kAccount && given.to_account) ||
                   (campaign.per == CampaignPer::kMember && given.to_member);
  if (had) {
    return {};
  }
  const Points gets = campaign.rate ? uplift(month_points, *campaign.rate)
                                    : Points::of(campaign.points.value_or(0));
  const bool over = campaign.budget != 0 && (given.spent + gets).count() > campaign.budget;
  return over ? Points{} : gets;
}

}  // namespace ph::programme
