// Points from elsewhere than a bill, and what stands beside one, through a home
// (docs/programme-file.md, section 4).
#include <gtest/gtest.h>
#include <algorithm>

#include "tests/unit/home/members.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const BusinessDate kBegin = on(2004, 1, 1);
const Month kMarch = month_of(2007, 3);

Row said(Row row, std::initializer_list<std::int64_t> fen, std::string_view name = {}) {
  std::ranges::copy(fen, row.says[0].fen.begin());
  std::ranges::copy(name, row.says[0].name[0].begin());
  return row;
}
Row of_month(MemberKind kind, Member member, Month month, std::string_view account = "A-1") {
  Row out = member_row(kind, member, account);
  out.says[0].month = month;
  return out;
}
Row split(Member member, Month month, std::int64_t total, std::int64_t third, std::int64_t other) {
  return said(of_month(MemberKind::kBillSplit, member, month), {total, third, other});
}
Row sp_spend(Member member, Month month, std::int64_t fen, std::string_view service) {
  return said(of_month(MemberKind::kSpSpend, member, month), {fen}, service);
}
Row partner_spend(Member member, std::int64_t fen, std::string_view reference,
                  Participant partner = kShop) {
  Row out = said(member_row(MemberKind::kPartnerSpend, member), {fen});
  out.row.id = out.says[0].id = id_of(partner, kDay, reference);
  out.row.partner = partner;
  return out;
}
Row fixed_in(Member member, std::int64_t units) {
  Row out = member_row(MemberKind::kFixedIn, member);
  out.says[0].points = units;
  return out;
}
Row event(Member member, std::string_view service, std::uint32_t credit = 0,
          std::string_view account = "A-1") {
  Row out = said(member_row(MemberKind::kEvent, member, account), {}, service);
  out.says[0].number[0] = credit;
  return out;
}

programme::Rows plain() {
  programme::Rows rows = small_programme(kBegin);
  rows.head.profile_required = false;
  return rows;
}
programme::Rows with_sources() {
  programme::Rows rows = plain();
  rows.sp_shares.push_back({.service = "ring", .share = Ratio(3, 10), .in_force = {kBegin, {}}});
  rows.sp_shares.back().in_force.to = BusinessDate(BusinessDate::kCount);
  rows.partner_spends.push_back(
      {.partner = "SHOP", .points_per_yuan = Ratio(2, 1), .in_force = {.from = kBegin}});
  rows.fixed_line = programme::FixedLine{.in = Ratio(1, 2), .out = Ratio(3, 2)};
  return rows;
}
programme::TenureBand band(int from, int to, std::optional<Ratio> rate,
                           std::optional<std::int64_t> points = std::nullopt) {
  return {.from = from, .to = to, .rate = rate, .points = points};
}

// A node that knows what its rule book calls the shop.
ProgrammeNode shop_node(programme::Rows rows) {
  ProgrammeNode node(std::move(rows));
  node.home().use_codes({{kShop, "SHOP"}});
  return node;
}

TEST(Sources, ASplitBillEarnsOfWhatIsTheTelecomsOwn) {
  ProgrammeNode node(plain());
  const DayResult day =
      node.take(kDay, {split(kAnn, kMarch, 10'000, 2'050, 1'000), bill(kAnn, kMarch, 10'000)});
  EXPECT_EQ(movements_of(day), Texts{"EARN 1 ISSUED 1 69"});
  EXPECT_EQ(returned_of(day), Texts{"2 DUPLICATE"});
  EXPECT_EQ(node.book().billed(0, kMarch), 6'950);
}

TEST(Sources, RatingFlagOfEach) {
  programme::Rows rows = with_sources();
  rows.campaigns.push_back(
      {.name = "video", .title = "V", .services = {"video"}, .points = 30, .in_force = {kBegin}});
  rows.campaigns.back().in_force.to = BusinessDate(BusinessDate::kCount);
  rows.sources[4].rating = false;  // FIXED_LINE
  rows.sources[6].rating = true;   // PARTNER
  ProgrammeNode node = shop_node(rows);
  const DayResult day = node.take(
      kDay, {bill(kAnn, kMarch, 500), sp_spend(kAnn, kMarch, 1'099, "ring"),
             partner_spend(kAnn, 1'050, "S-1"), fixed_in(kAnn, 15), event(kAnn, "video")});
  EXPECT_EQ(returned_of(day), Texts{});
  std::vector<std::pair<Source, int>> flags;
  for (const Movement& movement : day.movements) {
    flags.emplace_back(movement.slice.source, movement.slice.rating);
  }
  for (const Slice& slice : day.slices) {
    flags.emplace_back(slice.source, slice.rating);
    EXPECT_EQ(slice.delta, 21);
  }
  EXPECT_EQ(flags, (std::vector<std::pair<Source, int>>{{Source::kConsumption, 1},
                                                        {Source::kSp, 0},
                                                        {Source::kFixedLine, 0},
                                                        {Source::kAward, 1},
                                                        {Source::kPartner, 1}}));
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 5);
  EXPECT_EQ(node.rating_points(kAnn, kDay.month()), 30 + 21);
  // What is taken back of it doesn't count any more.
  node.take(kDay.plus_days(1), {unissue(id_of(kShop, kDay, "S-1"), kAnn, LotId(kP1, kDay, 3), 11,
                                        id_of(kShop, kDay, "S-2"))});
  EXPECT_EQ(node.rating_points(kAnn, kDay.month()), 30 + 10);
}

TEST(Sources, WhatTheProgrammeDoesntKnowComesBack) {
  ProgrammeNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 500)});
  const DayResult day = node.take(
      kDay.plus_days(1),
      {sp_spend(kAnn, kMarch, 1'000, "ring"), sp_spend(kAnn, kDay.month().next(), 1, "ring"),
       sp_spend(kBob, kMarch, 1'000, "ring"), partner_spend(kAnn, 1'000, "S-1"), fixed_in(kAnn, 15),
       redeem(kAnn, 1, Form::kFixedLine), event(kAnn, "video")});
  EXPECT_EQ(returned_of(day), (Texts{"1 UNKNOWN_NAME", "2 INVALID", "3 NOT_HOME", "4 UNKNOWN_NAME",
                                     "5 UNKNOWN_NAME", "6 UNKNOWN_NAME"}));
  EXPECT_TRUE(day.movements.empty());
}

TEST(Sources, SpendThatMakesNoPointIsReturned) {
  ProgrammeNode node = shop_node(with_sources());
  node.take(kDay, {bill(kAnn, kMarch, 500)});
  const DayResult day = node.take(
      kDay.plus_days(1),
      {sp_spend(kAnn, kMarch, 300, "ring"), partner_spend(kAnn, 49, "S-1"), fixed_in(kAnn, 1)});
  EXPECT_EQ(returned_of(day), (Texts{"1 ZERO_POINTS", "2 ZERO_POINTS", "3 ZERO_POINTS"}));
}

TEST(Partner, ExchangeInIsNotRating) {
  ProgrammeNode node = shop_node(with_sources());
  const DayResult day = node.take(kDay, {exchange_in(id_of(kAir, kDay, "X-1"), kAnn, 100),
                                         accrual(id_of(kShop, kDay, "A-1"), kAnn, 50)});
  ASSERT_EQ(day.slices.size(), 2U);
  for (const Slice& slice : day.slices) {
    EXPECT_EQ(slice.rating, 0);
  }
  EXPECT_EQ(node.rating_points(kAnn, kDay.month()), 0);
}

TEST(FixedLine, OutIsARedemption) {
  ProgrammeNode node = shop_node(with_sources());
  node.take(kDay, {fixed_in(kAnn, 300)});
  const DayResult day = node.take(kDay.plus_days(1), {redeem(kAnn, 101, Form::kFixedLine)});
  ASSERT_EQ(day.items.size(), 1U);
  EXPECT_EQ(day.items[0].kind, Kind::kRedeem);
  EXPECT_EQ(day.items[0].form, Form::kFixedLine);
  EXPECT_EQ(node.points(kAnn), 49);
}

TEST(OptionA, StandsBesideEachBill) {
  programme::Rows rows = plain();
  rows.tenure_award.mode = programme::AwardMode::kOptionA;
  rows.tenure_bands = {band(0, 11, Ratio()), band(12, 23, Ratio(1, 10)),
                       band(24, programme::TenureBand::kOpenBand, Ratio(3, 10))};
  ProgrammeNode node(rows);
  const DayResult day = node.take(
      kDay,
      {account_row(kAnn, "A-1", month_of(2005, 2)), account_row(kAnn, "A-2", month_of(2006, 3)),
       bill(kAnn, kMarch, 9'999, "A-1"), bill(kAnn, kMarch, 9'999, "A-2"),
       bill(kAnn, month_of(2007, 2), 9'999, "A-2"), bill(kAnn, kMarch, 999, "A-3")});
  // 25 months; 12, 11; without a joining month none.
  EXPECT_EQ(movements_of(day), (Texts{"EARN 3 ISSUED 3 99", "EARN 3000000000 ISSUED 3000000000 29",
                                      "EARN 4 ISSUED 4 99", "EARN 3000000001 ISSUED 3000000001 9",
                                      "EARN 5 ISSUED 5 99", "EARN 6 ISSUED 6 9"}));
  EXPECT_EQ(day.movements[1].slice.source, Source::kTenure);
  EXPECT_EQ(day.movements[1].slice.earned_month, kMarch);
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 99 + 29 + 99 + 9 + 9);
}

// By the level that holds on the bill month's last day, of each account of the member.
TEST(OptionA, OfALevelStandsBesideEachBill) {
  programme::Rows rows = plain();
  programme::Grading grading;
  grading.name = "level";
  grading.title = "Level";
  grading.levels = {{.name = "ordinary"}, {.name = "gold"}};
  grading.basis = programme::Basis::kReview;
  rows.gradings = {grading};
  rows.level_award.mode = programme::AwardMode::kOptionA;
  rows.level_award.grading = {.name = "level"};
  rows.level_rates = {{.level = {.name = "gold"}, .rate = Ratio(1, 5)}};
  ProgrammeNode node(rows);
  const DayResult day = node.take(
      kDay, {bill(kBob, kMarch, 9'999, "B-1"), bill(kAnn, month_of(2006, 12), 700, "A-1"),
             grade_row(kAnn, "level", "gold", on(2007, 2, 28)),
             bill(kAnn, month_of(2007, 1), 1'000, "A-1"), bill(kAnn, kMarch, 9'999, "A-1"),
             bill(kAnn, kMarch, 999, "A-2"), bill(kAnn, month_of(2007, 2), 500, "A-1")});
  EXPECT_EQ(returned_of(day), Texts{});
  EXPECT_EQ(movements_of(day),
            (Texts{"EARN 1 ISSUED 1 99", "EARN 2 ISSUED 2 7", "EARN 4 ISSUED 4 10",
                   "EARN 5 ISSUED 5 99", "EARN 3000000000 ISSUED 3000000000 19",
                   "EARN 6 ISSUED 6 9", "EARN 3000000001 ISSUED 3000000001 1", "EARN 7 ISSUED 7 5",
                   "EARN 3000000002 ISSUED 3000000002 1"}));
  EXPECT_EQ(day.movements[4].slice.source, Source::kLevel);
  EXPECT_EQ(day.movements[4].slice.earned_month, kMarch);
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 99 + 19 + 9 + 1);
}

TEST(OptionA, ARebillChangesEachSource) {
  programme::Rows rows = plain();
  rows.tenure_award.mode = programme::AwardMode::kOptionA;
  rows.tenure_bands = {band(0, programme::TenureBand::kOpenBand, Ratio(1, 3))};
  ProgrammeNode node(rows);
  node.take(kDay, {account_row(kAnn, "A-1", month_of(2005, 2)), bill(kAnn, kMarch, 9'000)});
  const LotId lot(kP1, kDay, 2);
  const DayResult up = node.take(kDay.plus_days(1), {rebill(kAnn, kMarch, lot, 9'000, 12'000)});
  EXPECT_EQ(movements_of(up),
            (Texts{"EARN 1 ISSUED 1 30", "EARN 3000000000 ISSUED 3000000000 10"}));
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 160);
  // 120 and 40 become 50 and 16: 94 less, the bill's own lot first.
  const DayResult down = node.take(kDay.plus_days(2), {rebill(kAnn, kMarch, lot, 12'000, 5'000)});
  EXPECT_EQ(movements_of(down), (Texts{"UNEARN 1 ISSUED 2 -90", "UNEARN 1 ISSUED 3000000000 -4"}));
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 66);
}

TEST(OnEntry, OncePerBandWithItsFirstBill) {
  programme::Rows rows = plain();
  rows.tenure_award.mode = programme::AwardMode::kOnEntry;
  rows.tenure_bands = {band(0, 11, std::nullopt, 0), band(12, 23, std::nullopt, 20),
                       band(24, programme::TenureBand::kOpenBand, std::nullopt, 40)};
  ProgrammeNode node(rows);
  const DayResult day = node.take(
      kDay, {account_row(kAnn, "A-1", month_of(2006, 2)), bill(kAnn, month_of(2007, 1), 100),
             bill(kAnn, month_of(2007, 2), 100), bill(kAnn, kMarch, 50)});
  EXPECT_EQ(movements_of(day), (Texts{"EARN 2 ISSUED 2 1", "EARN 3 ISSUED 3 1",
                                      "EARN 3000000000 ISSUED 3000000000 20"}));
  node.reload();
  const BusinessDate later = on(2008, 3, 4);
  const DayResult next =
      node.take(later, {bill(kAnn, month_of(2008, 2), 0), bill(kAnn, month_of(2008, 1), 100)});
  EXPECT_EQ(movements_of(next),
            (Texts{"EARN 3000000000 ISSUED 3000000000 40", "EARN 2 ISSUED 2 1"}));
}

TEST(Campaign, GivesOncePerAccountAndWithinItsBudget) {
  programme::Rows rows = plain();
  rows.campaigns = {{.name = "each",
                     .title = "E",
                     .services = {"video"},
                     .points = 30,
                     .in_force = {.from = kBegin}},
                    {.name = "once",
                     .title = "O",
                     .points = 7,
                     .per = programme::CampaignPer::kMember,
                     .in_force = {.from = kBegin}},
                    {.name = "rate",
                     .title = "R",
                     .credit_min = 3,
                     .rate = Ratio(1, 2),
                     .per = programme::CampaignPer::kEvent,
                     .budget = 60,
                     .in_force = {.from = kBegin}}};
  ProgrammeNode node(rows);
  node.take(kDay, {bill(kAnn, kMarch, 5'000, "A-1"), bill(kAnn, kMarch, 100, "A-2")});
  const DayResult day =
      node.take(kDay.plus_days(1), {event(kAnn, "video", 3), event(kAnn, "video", 3),
                                    event(kAnn, "", 5), event(kAnn, "video", 0, "A-2"),
                                    event(kBob, "video"), event(kAnn, "video", 0, "A-9")});
  std::vector<std::int64_t> points;
  for (const Movement& movement : day.movements) {
    points.push_back(movement.slice.delta);
  }
  // 30, 7 and half of 50; again 25; then the budget has 10 left; A-2: 30, the member had his 7.
  EXPECT_EQ(points, (std::vector<std::int64_t>{30, 7, 25, 25, 30}));
  EXPECT_EQ(returned_of(day), (Texts{"5 NOT_HOME", "6 NO_ACCOUNT"}));
  EXPECT_EQ(day.movements[0].slice.earned_month, kDay.month());
  node.reload();
  EXPECT_TRUE(node.take(kDay.plus_days(2), {event(kAnn, "video", 3)}).movements.empty());
}

TEST(Sources, EachLotComesFromItsAccount) {
  ProgrammeNode node = shop_node(with_sources());
  node.take(kDay,
            {bill(kAnn, kMarch, 500), sp_spend(kAnn, kMarch, 1'000, "ring"), fixed_in(kAnn, 15)});
  EXPECT_EQ(node.book().origin(0), 0U);
  EXPECT_EQ(node.book().origin(1), 0U);
  EXPECT_EQ(node.book().origin(2), MemberBook::kNone);
}

}  // namespace PH_FILE
}  // namespace ph::test
