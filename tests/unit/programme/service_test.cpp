// What members are served: limits, benefits and claims, queues, scoring sheets.
#include <gtest/gtest.h>

#include <array>

#include "core/programme/benefit.h"
#include "core/programme/limits.h"
#include "core/programme/queue.h"
#include "core/programme/sheet.h"
#include "tests/unit/programme/figures.h"

namespace ph::programme {
namespace PH_FILE {

Limits telecom_limits() {
  return {.single_max = 200'000, .daily_max = 500'000, .earned_min = 1'000, .new_days = 30};
}
MemberFacts in_order() {
  return {.joined = month("2008-01"), .earned = Points::of(1'000'000)};
}
const BusinessDate kToday = BusinessDate::of(2009, 3, 5);

TEST(Limits, ThousandEarnedFirst) {
  MemberFacts facts = in_order();
  facts.earned = Points::of(999);
  EXPECT_EQ(may_redeem(telecom_limits(), facts, Points::of(1), kToday), Refusal::kEarnedTooLittle);
  facts.earned = Points::of(1'000);
  EXPECT_EQ(may_redeem(telecom_limits(), facts, Points::of(1), kToday), Refusal::kNone);
}

TEST(Limits, EachHasItsCode) {
  const auto code = [](const MemberFacts& facts, std::int64_t points, BusinessDate on) {
    return may_redeem(telecom_limits(), facts, Points::of(points), on);
  };
  MemberFacts facts = in_order();
  EXPECT_EQ(code(facts, 200'000, kToday), Refusal::kNone);
  EXPECT_EQ(code(facts, 200'001, kToday), Refusal::kOverSingle);
  facts.taken_today = Points::of(400'000);
  EXPECT_EQ(code(facts, 100'000, kToday), Refusal::kNone);
  EXPECT_EQ(code(facts, 100'001, kToday), Refusal::kOverDaily);
  // 30 days behind the joining month's last day.
  EXPECT_EQ(code(in_order(), 1, day("2008-03-01")), Refusal::kNewAccount);
  EXPECT_EQ(code(in_order(), 1, day("2008-03-02")), Refusal::kNone);
  facts.in_arrears = true;
  EXPECT_EQ(code(facts, 1, kToday), Refusal::kInArrears);
  facts.blacklisted = true;
  EXPECT_EQ(code(facts, 1, kToday), Refusal::kBlacklisted);
}

TEST(Limits, NoneWhereNoneAreGiven) {
  const MemberFacts facts{.joined = kToday.month(), .taken_today = Points::of(kAmountMax)};
  EXPECT_EQ(may_redeem({}, facts, Points::of(kAmountMax), kToday), Refusal::kNone);
  const Limits lenient{.arrears = Redeeming::kAllow, .blacklist = Redeeming::kAllow};
  EXPECT_EQ(may_redeem(lenient, {.blacklisted = true, .in_arrears = true}, Points::of(1), kToday),
            Refusal::kNone);
}

TEST(Refusals, OthersHearNothingOfTheMember) {
  EXPECT_EQ(told_outside(Refusal::kBlacklisted), Refusal::kNotAllowed);
  EXPECT_EQ(told_outside(Refusal::kOverDaily), Refusal::kNotAllowed);
  EXPECT_EQ(told_outside(Refusal::kNoAccount), Refusal::kNoAccount);
  EXPECT_EQ(told_outside(Refusal::kNone), Refusal::kNone);
}

TEST(Refusals, NumbersAreStable) {
  const std::array<const char*, 18> words{
      "NOT_ALLOWED", "BLACKLISTED", "IN_ARREARS",     "NEW_ACCOUNT", "EARNED_TOO_LITTLE",
      "OVER_SINGLE", "OVER_DAILY",  "NO_ACCOUNT",     "MERGED",      "UNKNOWN_NAME",
      "NOT_REACHED", "ONE_PERSON",  "NOT_ENTITLED",   "PRICE",       "OUT_OF_STOCK",
      "STATE",       "RUN_OPEN",    "NOTHING_MISSING"};
  for (std::size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(word(static_cast<Refusal>(26 + i)), words.at(i));
  }
}

// GoTone's claims: 0 and 1 the reactivations by level, 2 that by star, 3 and 4 roaming packs.
std::vector<Benefit> gotone_benefits() {
  const auto claimed = [](const char* name, std::vector<Ref> levels, const char* group) {
    Benefit benefit{.name = name, .levels = std::move(levels), .kind = BenefitKind::kClaim};
    benefit.per = ClaimPer::kGrade;
    benefit.count = 1;
    benefit.group = group;
    return benefit;
  };
  std::vector<Benefit> all;
  all.push_back(claimed("reactivation-48", refs({2}), "reactivation"));
  all.push_back(claimed("reactivation-72", refs({3, 4, 5}), "reactivation"));
  all.push_back(claimed("reactivation-star", refs({9, 10, 11, 12}), "reactivation"));
  for (std::size_t i = 0; i < 3; ++i) {
    all[i].prefer = Prefer::kHours;
    all[i].hours = std::array<int, 3>{48, 72, 24}.at(i);
  }
  all.push_back(claimed("roaming-gold", refs({3}), "roaming"));
  all.push_back(claimed("roaming-diamond", refs({5}), "roaming"));
  for (std::size_t i = 3; i < 5; ++i) {
    all[i].prefer = Prefer::kDays;
    all[i].days = i == 3 ? 3 : 7;
    all[i].usable_days = 90;
  }
  return all;
}

TEST(GoTone, BestReactivationOnce) {
  const std::vector<Benefit> all = gotone_benefits();
  const std::vector<Held> held{
      {2, day("2025-02-01")}, {3, day("2025-03-01")}, {9, day("2025-01-01")}};
  const BusinessDate on = day("2025-05-01");
  const std::vector<Entitled> has = benefits_of(all, held, {}, on);
  EXPECT_EQ(has, (std::vector<Entitled>{{0, false, 1}, {1, true, 1}, {2, false, 1}, {3, true, 1}}));
  EXPECT_EQ(claim(all, 0, held, {}, "app", on).error(), Refusal::kNotEntitled);
  EXPECT_EQ(claim(all, 2, held, {}, "app", on).error(), Refusal::kNotEntitled);
  const auto made = claim(all, 1, held, {}, "app", on);
  ASSERT_TRUE(made);
  // Once: neither again, nor by the star.
  const std::vector<Claim> claims{*made};
  EXPECT_EQ(claim(all, 1, held, claims, "app", on).error(), Refusal::kNotEntitled);
  EXPECT_EQ(claim(all, 2, held, claims, "app", on).error(), Refusal::kNotEntitled);
  // The grade given again is a new one.
  const std::vector<Held> again{{3, day("2026-02-01")}};
  EXPECT_TRUE(claim(all, 1, again, claims, "app", day("2026-02-01")));
  EXPECT_EQ(claim(all, 9, held, {}, "app", on).error(), Refusal::kUnknownName);
}

TEST(Benefits, GivenAnewWithTheLaterOfTwoGrades) {
  // Diamond by the year from February, gold by a plan from June: one claim for each.
  const std::vector<Benefit> all = gotone_benefits();
  const std::vector<Claim> claims{{.benefit = 1, .day = day("2025-03-01")}};
  const std::vector<Held> held{{3, day("2025-06-01")}, {5, day("2025-02-01")}};
  EXPECT_TRUE(claim(all, 1, held, claims, "app", day("2025-06-02")));
  EXPECT_FALSE(claim(all, 1, {held.data() + 1, 1}, claims, "app", day("2025-06-02")));
}

TEST(GoTone, WhatAnotherOfItsGroupGaveCounts) {
  // Reactivated by the star on 10 February; gold, written later, holds from the 1st.
  const std::vector<Benefit> all = gotone_benefits();
  const std::vector<Claim> claims{{.benefit = 2, .day = day("2025-02-10")}};
  const std::vector<Held> both{{3, day("2025-02-01")}, {9, day("2025-01-01")}};
  EXPECT_EQ(claim(all, 1, both, claims, "app", day("2025-02-20")).error(), Refusal::kNotEntitled);
  EXPECT_EQ(benefits_of(all, both, claims, day("2025-02-20"))[0], (Entitled{1, true, 0}));
  // Another group isn't touched.
  EXPECT_TRUE(claim(all, 3, both, claims, "app", day("2025-02-20")));
}

TEST(GoTone, RoamingWithinNinetyDays) {
  const std::vector<Held> held{{5, day("2025-02-01")}};
  const auto pack = claim(gotone_benefits(), 4, held, {}, "app", day("2025-03-01"));
  ASSERT_TRUE(pack);
  EXPECT_TRUE(pack->usable(day("2025-03-01")));
  EXPECT_TRUE(pack->usable(day("2025-05-30")));
  EXPECT_FALSE(pack->usable(day("2025-05-31")));
  EXPECT_FALSE(pack->usable(day("2025-02-28")));
  EXPECT_EQ(claim(gotone_benefits(), 3, held, {}, "app", day("2025-03-01")).error(),
            Refusal::kNotEntitled);
}

TEST(GoTone, BirthdayOnceAYear) {
  Benefit birthday{.name = "birthday", .levels = refs({2}), .kind = BenefitKind::kClaim};
  birthday.per = ClaimPer::kBirthday;
  birthday.count = 1;
  const std::vector<Benefit> all{birthday};
  const std::vector<Held> held{{2, day("2025-02-01")}};
  const std::vector<Claim> claims{{.benefit = 0, .day = day("2025-03-03")}};
  EXPECT_FALSE(claim(all, 0, held, claims, "sms", day("2025-12-31")));
  EXPECT_TRUE(claim(all, 0, held, claims, "sms", day("2026-01-01")));
}

// While the last day of a year is open, claims come live for the first one of the next.
TEST(Benefits, AClaimOfTheNextYearIsNoneOfTheOldOne) {
  Benefit yearly{.name = "yearly", .levels = refs({2}), .kind = BenefitKind::kClaim};
  yearly.count = 1;
  const std::vector<Held> held{{2, day("2025-02-01")}};
  const auto left = [&](ClaimPer per, const char* claimed, const char* on) {
    yearly.per = per;
    const std::vector<Claim> claims{{.benefit = 0, .day = day(claimed)}};
    return *benefits_of({&yearly, 1}, held, claims, day(on))[0].left;
  };
  for (const ClaimPer per : {ClaimPer::kYear, ClaimPer::kBirthday}) {
    EXPECT_EQ(left(per, "2026-01-01", "2025-12-31"), 1);
    EXPECT_EQ(left(per, "2026-01-01", "2026-01-01"), 0);
    EXPECT_EQ(left(per, "2025-12-31", "2025-12-30"), 0);
    EXPECT_EQ(left(per, "2025-01-01", "2025-12-31"), 0);
    EXPECT_EQ(left(per, "2099-12-31", "2099-12-30"), 0);
  }
  // Once is once, on whatever day.
  EXPECT_EQ(left(ClaimPer::kOnce, "2026-01-01", "2025-12-31"), 0);
  EXPECT_EQ(left(ClaimPer::kGrade, "2026-01-01", "2025-12-31"), 0);
}

TEST(Benefits, ClubByLevel) {
  const std::vector<Benefit> all{
      {.name = "club-golf", .levels = refs({kGold, kDiamond}), .kind = BenefitKind::kClub}};
  const std::vector<Held> gold{{.grade = kGold}};
  const std::vector<Held> silver{{.grade = kSilver}};
  EXPECT_EQ(benefits_of(all, gold, {}, kToday), (std::vector<Entitled>{{0, true, std::nullopt}}));
  EXPECT_TRUE(benefits_of(all, silver, {}, kToday).empty());
  EXPECT_EQ(claim(all, 0, gold, {}, "web", kToday).error(), Refusal::kNotEntitled);
}

TEST(Benefits, HigherLevelHasAllOfTheLower) {
  const std::vector<Benefit> all{{.name = "gift-points", .levels = refs({1, 2, 3, 4})},
                                 {.name = "counter", .levels = refs({2, 3, 4})},
                                 {.name = "manager", .levels = refs({3, 4})}};
  std::size_t before = 0;
  for (std::uint16_t level = 0; level <= kDiamond; ++level) {
    const std::vector<Held> held{{.grade = level}};
    const std::size_t now = benefits_of(all, held, {}, kToday).size();
    EXPECT_GE(now, before);
    before = now;
  }
  EXPECT_EQ(before, 3U);
}

TEST(Benefits, ClaimsOfAYearThroughTheirChannels) {
  Benefit lounge{.name = "lounge", .levels = refs({2}), .kind = BenefitKind::kClaim};
  lounge.per = ClaimPer::kYear;
  lounge.count = 6;
  lounge.channels = {"app", "account"};
  lounge.in_force = {.from = day("2025-01-01"), .to = day("2027-01-01")};
  const std::vector<Benefit> all{lounge};
  const std::vector<Held> held{{2, day("2024-02-01")}};
  const std::vector<Claim> claims{{.benefit = 0, .day = day("2025-03-03"), .count = 5}};
  EXPECT_EQ(benefits_of(all, held, claims, day("2025-12-31"))[0].left, 1);
  EXPECT_EQ(benefits_of(all, held, claims, day("2026-01-01"))[0].left, 6);
  EXPECT_TRUE(claim(all, 0, held, claims, "app", day("2025-12-31")));
  EXPECT_FALSE(claim(all, 0, held, claims, "counter", day("2025-12-31")));
  EXPECT_FALSE(claim(all, 0, held, claims, "app", day("2027-01-01")));  // not in force
  EXPECT_FALSE(claim(all, 0, {}, claims, "app", day("2025-12-31")));
}

TEST(Benefits, OnceIsOnceForEver) {
  Benefit gift{.name = "welcome", .levels = refs({1}), .kind = BenefitKind::kClaim};
  gift.per = ClaimPer::kOnce;
  gift.count = 1;
  const std::vector<Held> held{{1, day("2025-01-01")}};
  const std::vector<Claim> claims{{.benefit = 0, .day = day("2005-01-01")}};
  EXPECT_TRUE(claim({&gift, 1}, 0, held, {}, "", kToday));
  EXPECT_FALSE(claim({&gift, 1}, 0, held, claims, "", day("2030-01-01")));
  gift.count = 0;  // that is once
  EXPECT_FALSE(claim({&gift, 1}, 0, held, claims, "", day("2030-01-01")));
  gift.per = ClaimPer::kAny;  // unlimited
  EXPECT_EQ(claim({&gift, 1}, 0, held, claims, "", day("2099-12-31"))->until,
            BusinessDate(BusinessDate::kCount));
}

std::vector<Queue> telecom_queues() {
  std::vector<Queue> queues(4);
  queues[0] = {.name = "high", .position = QueuePosition::kFirst, .grades = refs({3, 4})};
  queues[1] = {.name = "middle", .position = QueuePosition::kNormal, .grades = refs({1, 2})};
  queues[2] = {.name = "normal", .position = QueuePosition::kNormal, .grades = refs({0})};
  queues[3] = {.name = "last", .position = QueuePosition::kLast, .blacklist = true};
  queues[2].other = true;
  queues[1].call_back_hours = 24;
  for (Queue& queue : queues) {
    queue.answer_seconds = 20;
    queue.answer_percent = queue.name == "high" ? 90 : 85;
  }
  return queues;
}

TEST(Queue, OrderAndCallBacks) {
  const std::vector<Queue> queues = telecom_queues();
  EXPECT_EQ(queue_of(queues, kDiamond, false), 0);
  EXPECT_EQ(queue_of(queues, kSilver, false), 1);
  EXPECT_EQ(queue_of(queues, 0, false), 2);
  EXPECT_EQ(queue_of(queues, kNoIndex, false), 2);
  EXPECT_EQ(queue_of(queues, 99, false), 2);
  EXPECT_EQ(queue_of(queues, kDiamond, true), 3);
  EXPECT_EQ(queue_of({}, kDiamond, false), kNoIndex);
  QueueFigures figures;
  figures.add(queues[1], {.seconds = 60, .answered = false, .called_back = 24 * 3'600});
  figures.add(queues[1], {.seconds = 60, .answered = false, .called_back = 24 * 3'600 + 1});
  EXPECT_EQ(figures, (QueueFigures{.calls = 2, .called_back = 2, .in_time = 1}));
}

TEST(Queue, ShareWithinTwentySeconds) {
  const std::vector<Queue> queues = telecom_queues();
  QueueFigures figures;
  for (int call = 0; call < 100; ++call) {
    figures.add(queues[0], {.seconds = call < 90 ? 20 : 21, .answered = true});
  }
  EXPECT_EQ(figures, (QueueFigures{.calls = 100, .answered = 100, .within = 90}));
  EXPECT_TRUE(figures.meets(queues[0]));
  figures.add(queues[0], {.seconds = 5, .answered = false});
  EXPECT_FALSE(figures.meets(queues[0]));
  EXPECT_TRUE(figures.meets(queues[1]));
  EXPECT_TRUE(QueueFigures{}.meets(queues[0]));
}

TEST(Sheet, WeightsAndCutOffs) {
  const Sheet sheet = b2b_sheet();
  const auto total = [&](std::int64_t nature, std::int64_t others, std::int64_t importance) {
    const std::vector<SheetAnswer> answers{
        {"nature", nature, {}}, {"strength", 3, others},     {"growth", 3, others},
        {"profit", 3, others},  {"relationship", 3, others}, {"importance", 3, importance}};
    return sheet_total(sheet, answers).value();
  };
  EXPECT_EQ(total(3, 15, 20), (SheetTotal{95, 0}));
  EXPECT_EQ(total(3, 15, 15), (SheetTotal{90, 0}));
  EXPECT_EQ(total(1, 15, 20), (SheetTotal{85, 0}));
  // The cut-offs, inclusive.
  const auto of_total = [&](std::int64_t points) {
    Sheet one{.cuts = sheet.cuts};
    one.inputs.push_back({.name = "all", .bands = {{.from = 0, .min = 0, .max = 100}}});
    const std::vector<SheetAnswer> answers{{"all", 0, points}};
    return sheet.cuts[sheet_total(one, answers)->cut].grade;
  };
  EXPECT_EQ(of_total(75), "a");
  EXPECT_EQ(of_total(74), "b");
  EXPECT_EQ(of_total(60), "b");
  EXPECT_EQ(of_total(59), "c");
}

TEST(Sheet, SaysWhatIsWrong) {
  const Sheet sheet = b2b_sheet();
  std::vector<SheetAnswer> good{{"nature", 2, {}}, {"strength", 1, 4},      {"growth", 2, 5},
                                {"profit", 3, 10}, {"relationship", 2, 10}, {"importance", 1, 0}};
  EXPECT_EQ(*sheet_total(sheet, good), (SheetTotal{39, 2}));
  const auto fault = [&](std::size_t at, const SheetAnswer& answer) {
    std::vector<SheetAnswer> answers = good;
    answers.at(at) = answer;
    return sheet_total(sheet, answers).error();
  };
  EXPECT_EQ(fault(0, {"nature", 0, {}}), SheetFault::kBelowBands);
  EXPECT_EQ(fault(0, {"nature", 2, 11}), SheetFault::kPointsOutside);
  EXPECT_EQ(fault(1, {"strength", 1, {}}), SheetFault::kPointsMissing);
  EXPECT_EQ(fault(1, {"strength", 1, 5}), SheetFault::kPointsOutside);
  EXPECT_EQ(fault(1, {"strength", 2, 4}), SheetFault::kPointsOutside);
  EXPECT_EQ(fault(1, {"weight", 1, 4}), SheetFault::kUnknownInput);
  EXPECT_EQ(fault(2, {"strength", 1, 4}), SheetFault::kTwice);
  good.pop_back();
  EXPECT_EQ(sheet_total(sheet, good).error(), SheetFault::kMissingInput);
  EXPECT_EQ(word(SheetFault::kPointsOutside), "POINTS_OUTSIDE");
}

TEST(Sheet, AnyOtherIsData) {
  // A sheet of prospects: other inputs, other cut-offs, none of them for a total of 0.
  Sheet sheet{.name = "prospects", .high = 10};
  sheet.inputs.push_back(
      {.name = "assets",
       .max = 10,
       .bands = {{.from = 0, .min = 0, .max = 0}, {.from = 1'000'000, .min = 10, .max = 10}}});
  sheet.cuts = {{.grade = "likely", .from = 1}};
  const std::vector<SheetAnswer> rich{{"assets", 1'000'000, {}}};
  const std::vector<SheetAnswer> poor{{"assets", 999'999, {}}};
  EXPECT_EQ(*sheet_total(sheet, rich), (SheetTotal{10, 0}));
  EXPECT_EQ(sheet_total(sheet, poor).error(), SheetFault::kNoGrade);
}

// Customers by turnover, credit, margin, growth; prospects by type, assets, turnover, growth,
// demand: a sheet each, with weights of whoever writes it.
TEST(Sheet, CustomersAndProspectsHaveOneEach) {
  const auto sheet_of = [](std::initializer_list<const char*> inputs) {
    Sheet sheet{.name = "sheet"};
    for (const char* name : inputs) {
      sheet.high += 20;
      sheet.inputs.push_back(
          {.name = name,
           .max = 20,
           .bands = {{.from = 0, .min = 0, .max = 9}, {.from = 100, .min = 10, .max = 20}}});
    }
    sheet.cuts = {{.grade = "a", .from = 50}, {.grade = "b", .from = 0}};
    return sheet;
  };
  const Sheet customers = sheet_of({"turnover", "credit", "margin", "growth"});
  const Sheet prospects = sheet_of({"type", "assets", "turnover", "growth", "demand"});
  const std::vector<SheetAnswer> of_customer{
      {"turnover", 100, 20}, {"credit", 100, 20}, {"margin", 0, 0}, {"growth", 99, 9}};
  std::vector<SheetAnswer> of_prospect{{"type", 100, 10},
                                       {"assets", 100, 10},
                                       {"turnover", 100, 10},
                                       {"growth", 100, 10},
                                       {"demand", 100, 10}};
  EXPECT_EQ(*sheet_total(customers, of_customer), (SheetTotal{49, 1}));
  EXPECT_EQ(*sheet_total(prospects, of_prospect), (SheetTotal{50, 0}));
  EXPECT_EQ(sheet_total(customers, of_prospect).error(), SheetFault::kUnknownInput);
  of_prospect.pop_back();
  EXPECT_FALSE(sheet_total(prospects, of_prospect));
}

}  // namespace PH_FILE
}  // namespace ph::programme
