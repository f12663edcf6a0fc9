#include "core/programme/campaign.h"

#include <gtest/gtest.h>

#include "tests/unit/programme/figures.h"

namespace ph::programme {
namespace PH_FILE {

Campaign launch() {
  Campaign campaign{.name = "launch-video", .services = {"video"}, .points = 200};
  campaign.per = CampaignPer::kMember;
  campaign.in_force = {.from = day("2008-07-01"), .to = day("2008-10-01")};
  return campaign;
}

TEST(Campaign, AllConditionsMustHold) {
  Campaign campaign = launch();
  campaign.channels = {"web", "sms"};
  campaign.plans = {"e9"};
  campaign.credit_min = 600;
  const Event event{.service = "video", .channel = "sms", .plan = "e9", .credit = 600};
  const BusinessDate on = day("2008-08-15");
  EXPECT_TRUE(matches(campaign, event, on));
  Event other = event;
  other.service = "ring-tones";
  EXPECT_FALSE(matches(campaign, other, on));
  other = event;
  other.channel = "counter";
  EXPECT_FALSE(matches(campaign, other, on));
  other = event;
  other.plan = {};
  EXPECT_FALSE(matches(campaign, other, on));
  other = event;
  other.credit = 599;
  EXPECT_FALSE(matches(campaign, other, on));
  other.credit.reset();
  EXPECT_FALSE(matches(campaign, other, on));
  campaign.credit_min = 0;
  EXPECT_TRUE(matches(campaign, other, on));
}

TEST(Campaign, OncePerMemberWithinItsDates) {
  const Campaign campaign = launch();
  const Event video{.service = "video"};
  EXPECT_FALSE(matches(campaign, video, day("2008-06-30")));
  EXPECT_TRUE(matches(campaign, video, day("2008-07-01")));
  EXPECT_TRUE(matches(campaign, video, day("2008-09-30")));
  EXPECT_FALSE(matches(campaign, video, day("2008-10-01")));
  EXPECT_EQ(campaign_points(campaign, {}, {}).count(), 200);
  EXPECT_EQ(campaign_points(campaign, {.to_member = true}, {}).count(), 0);
  EXPECT_EQ(campaign_points(campaign, {.to_account = false, .to_member = true}, {}).count(), 0);
}

TEST(Campaign, PerAccountAndPerEvent) {
  Campaign campaign = launch();
  campaign.per = CampaignPer::kAccount;
  EXPECT_EQ(campaign_points(campaign, {.to_account = true}, {}).count(), 0);
  EXPECT_EQ(campaign_points(campaign, {.to_member = true}, {}).count(), 200);
  campaign.per = CampaignPer::kEvent;
  EXPECT_EQ(campaign_points(campaign, {.to_account = true, .to_member = true}, {}).count(), 200);
}

TEST(Campaign, EachThatMatchesGives) {
  Campaign any = launch();
  any.services.clear();
  Campaign web = launch();
  web.channels = {"web"};
  const std::vector<Campaign> all{launch(), web, any};
  const BusinessDate on = day("2008-08-01");
  EXPECT_EQ(matching(all, {.service = "video"}, on), (std::vector<std::uint16_t>{0, 2}));
  EXPECT_EQ(matching(all, {.service = "mail"}, on), (std::vector<std::uint16_t>{2}));
  EXPECT_TRUE(matching(all, {.service = "video"}, day("2009-01-01")).empty());
}

TEST(Campaign, RateOfTheMonthsPoints) {
  Campaign campaign = launch();
  campaign.points.reset();
  campaign.rate = Ratio{1, 2};
  EXPECT_EQ(campaign_points(campaign, {}, Points::of(99)).count(), 49);
}

TEST(Campaign, WhoComesBehindTheBudgetGetsNone) {
  Campaign campaign = launch();
  campaign.budget = 1'000;
  EXPECT_EQ(campaign_points(campaign, {.spent = Points::of(800)}, {}).count(), 200);
  EXPECT_EQ(campaign_points(campaign, {.spent = Points::of(801)}, {}).count(), 0);
}

}  // namespace PH_FILE
}  // namespace ph::programme
