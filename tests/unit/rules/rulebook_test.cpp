#include "core/rules/rulebook.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ph {
namespace PH_FILE {

constexpr BusinessDate kOpen{BusinessDate::kCount};
constexpr Participant kP1{1};
constexpr Participant kP2{2};
constexpr Participant kAir{101};

BusinessDate day(int month, int day_of_month) {
  return BusinessDate::of(2007, month, day_of_month);
}

RuleRows base() {
  RuleRows rows;
  rows.participants = {
      {.code = "AIR1", .participant = kAir, .kind = ParticipantKind::kAirline, .line = 2},
      {.code = "P02", .participant = kP2, .kind = ParticipantKind::kProvince, .line = 3},
      {.code = "P01", .participant = kP1, .kind = ParticipantKind::kProvince, .line = 4},
      {.code = "CMCC",
       .participant = Participant(100),
       .kind = ParticipantKind::kClearing,
       .line = 5}};
  rows.contracts = {{.partner = kAir,
                     .acquirer = kP1,
                     .accumulating = true,
                     .exchanging = true,
                     .unit = "mile",
                     .from = day(1, 1),
                     .to = day(7, 1),
                     .line = 6}};
  return rows;
}

PriceRow inter(std::uint32_t version, Form form, Participant issuer, Participant acquirer,
               BusinessDate from, BusinessDate to) {
  return {.version = version,
          .kind = PriceKind::kInter,
          .form = form,
          .issuer = issuer,
          .acquirer = acquirer,
          .num = 1,
          .from = from,
          .to = to,
          .line = version + 10};
}

PriceRow exchange(std::uint32_t version, PriceKind kind, std::int64_t num, std::int64_t den,
                  BusinessDate from, BusinessDate to) {
  return {.version = version,
          .kind = kind,
          .partner = kAir,
          .num = num,
          .den = den,
          .block = 1,
          .min = 1,
          .from = from,
          .to = to,
          .line = version + 10};
}

std::vector<RuleFault> faults_of(const RuleRows& rows) {
  const auto book = RuleBook::build(rows);
  return book ? std::vector<RuleFault>() : book.error();
}

bool has(const RuleRows& rows, RuleFaultCode code, std::uint32_t line) {
  return std::ranges::any_of(faults_of(rows), [&](const RuleFault& fault) {
    return fault.code == code && fault.line == line;
  });
}

TEST(RuleBook, FindsParticipantsByNumberAndCode) {
  const auto book = RuleBook::build(base());
  ASSERT_TRUE(book.ok());
  EXPECT_EQ(book->participants().front().code, "P01");
  EXPECT_EQ(book->by_code("AIR1"), kAir);
  EXPECT_EQ(book->by_code("AIR"), std::nullopt);
  EXPECT_EQ(book->by_code(""), std::nullopt);
  EXPECT_EQ(book->code(kP2), "P02");
  EXPECT_EQ(book->code(Participant(7)), "?7");
  EXPECT_EQ(book->find(Participant(65535)), nullptr);
  EXPECT_TRUE(book->is_province(kP1));
  EXPECT_FALSE(book->is_province(kAir));
  EXPECT_TRUE(book->is_partner(kAir));
  EXPECT_FALSE(book->is_partner(kClearingHouse));
  EXPECT_FALSE(book->is_partner(Participant(7)));
}

TEST(RuleBook, SaysWhenPointsOfAMonthExpire) {
  const ExpiryRule years{.policy = ExpiryPolicy::kYear, .years = 2};
  RuleRows rows = base();
  EXPECT_EQ(RuleBook::build(rows)->expiry_rule(day(3, 1).month()), ExpiryRule{});
  rows.expiries = {{.rule = years, .from = day(4, 1).month(), .line = 7},
                   {.rule = {}, .from = day(7, 1).month(), .line = 8}};
  const auto book = RuleBook::build(rows);
  ASSERT_TRUE(book.ok());
  EXPECT_EQ(book->expiry_rule(day(3, 31).month()), ExpiryRule{});
  EXPECT_EQ(book->expiry_rule(day(4, 1).month()), years);
  EXPECT_EQ(book->expiry_rule(day(6, 30).month()), years);
  EXPECT_EQ(book->expiry().expiry_of(day(6, 1).month()).text(), "2010-01-01");
  EXPECT_EQ(book->expiry().expiry_of(day(7, 1).month()).text(), "2010-10-01");
}

TEST(RuleBook, WantsExpiryRowsAscendingOnceEach) {
  RuleRows rows = base();
  rows.expiries = {{.rule = {}, .from = day(4, 1).month(), .line = 7},
                   {.rule = {}, .from = day(4, 1).month(), .line = 8},
                   {.rule = {}, .from = day(3, 1).month(), .line = 9},
                   {.rule = {}, .from = day(5, 1).month(), .line = 10}};
  const std::vector<RuleFault> faults = faults_of(rows);
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_EQ(faults[0].code, RuleFaultCode::kExpiryOrder);
  EXPECT_EQ(faults[0].line, 8U);
  EXPECT_EQ(faults[0].other_line, 7U);
  EXPECT_EQ(faults[1].line, 9U);
  EXPECT_EQ(faults[1].other_line, 7U);
}

TEST(RuleBook, PicksFormAndPairThenFormThenDefault) {
  RuleRows rows = base();
  rows.prices = {inter(1, Form::kNone, {}, {}, day(1, 1), kOpen),
                 inter(2, Form::kGift, {}, {}, day(2, 1), day(6, 1)),
                 inter(3, Form::kGift, kP1, kP2, day(3, 1), day(4, 1))};
  const auto book = RuleBook::build(rows);
  ASSERT_TRUE(book.ok());
  const auto version = [&](Form form, Participant issuer, Participant acquirer, BusinessDate date) {
    const PriceRow* row = book->inter_price(form, issuer, acquirer, date);
    return row == nullptr ? 0 : row->version;
  };
  EXPECT_EQ(version(Form::kGift, kP1, kP2, day(3, 31)), 3U);
  EXPECT_EQ(version(Form::kGift, kP1, kP2, day(4, 1)), 2U);  // `to` is exclusive.
  EXPECT_EQ(version(Form::kGift, kP2, kP1, day(3, 31)), 2U);
  EXPECT_EQ(version(Form::kGift, kP1, kP2, day(6, 1)), 1U);
  EXPECT_EQ(version(Form::kMerchant, kP1, kP2, day(3, 31)), 1U);
  EXPECT_EQ(version(Form::kNone, kP1, kP2, day(3, 31)), 1U);
  EXPECT_EQ(version(Form::kGift, kP1, kP2, BusinessDate::of(2006, 12, 31)), 0U);
  EXPECT_EQ(version(Form::kGift, Participant(257), Participant(2), day(3, 31)), 2U);
}

TEST(RuleBook, PicksPartnerPricesVersionsAndContracts) {
  RuleRows rows = base();
  rows.prices = {exchange(9, PriceKind::kOut, 1, 10, day(2, 1), day(3, 1)),
                 exchange(4, PriceKind::kOut, 1, 20, day(3, 1), kOpen)};
  const auto book = RuleBook::build(rows);
  ASSERT_TRUE(book.ok());
  EXPECT_EQ(book->partner_price(PriceKind::kOut, kAir, day(1, 31)), nullptr);
  EXPECT_EQ(book->partner_price(PriceKind::kOut, kAir, day(2, 28))->version, 9U);
  EXPECT_EQ(book->partner_price(PriceKind::kOut, kAir, day(3, 1))->version, 4U);
  EXPECT_EQ(book->partner_price(PriceKind::kIn, kAir, day(3, 1)), nullptr);
  EXPECT_EQ(book->by_version(9)->den, 10);
  EXPECT_EQ(book->by_version(5), nullptr);
  EXPECT_EQ(book->contract(kAir, day(6, 30))->acquirer, kP1);
  EXPECT_EQ(book->contract(kAir, day(7, 1)), nullptr);
  EXPECT_EQ(book->contract(kAir, BusinessDate::of(2006, 12, 31)), nullptr);
  EXPECT_EQ(book->contract(Participant(102), day(6, 30)), nullptr);
}

TEST(RuleBook, EachFaultIsNamedAtItsRow) {
  using enum RuleFaultCode;
  const auto with = [](auto change) {
    RuleRows rows = base();
    change(rows);
    return rows;
  };
  EXPECT_TRUE(faults_of(base()).empty());
  EXPECT_TRUE(has(with([](RuleRows& r) { r.participants[1].code = "P01"; }), kDuplicateCode, 4));
  EXPECT_TRUE(
      has(with([](RuleRows& r) { r.participants[1].participant = kP1; }), kDuplicateNumber, 4));
  EXPECT_TRUE(has(with([](RuleRows& r) { r.participants[1].participant = Participant(101); }),
                  kNumberOfKind, 3));
  EXPECT_TRUE(has(with([](RuleRows& r) { r.participants.pop_back(); }), kNoClearing, 0));
  EXPECT_TRUE(has(with([](RuleRows& r) { r.contracts[0].partner = Participant(7); }),
                  kUnknownParticipant, 6));
  EXPECT_TRUE(
      has(with([](RuleRows& r) { r.contracts[0].acquirer = kAir; }), kRoleOfParticipant, 6));
  EXPECT_TRUE(has(with([](RuleRows& r) { r.contracts[0].to = day(1, 1); }), kEmptyInterval, 6));
  EXPECT_TRUE(has(with([](RuleRows& r) { r.contracts[0].unit.clear(); }), kColumnsOfKind, 6));
  EXPECT_TRUE(has(with([](RuleRows& r) {
                    r.prices = {inter(1, Form::kNone, {}, {}, day(1, 1), kOpen),
                                inter(1, Form::kGift, {}, {}, day(1, 1), kOpen)};
                  }),
                  kDuplicateVersion, 11));
  EXPECT_TRUE(
      has(with([](RuleRows& r) { r.prices = {inter(1, Form::kNone, kP1, kP2, day(1, 1), kOpen)}; }),
          kColumnsOfKind, 11));
}

TEST(RuleBook, OverlapIsSeenAcrossALongRow) {
  RuleRows rows = base();
  rows.prices = {inter(1, Form::kGift, {}, {}, day(1, 1), kOpen),
                 inter(2, Form::kGift, {}, {}, day(2, 1), day(2, 2)),
                 inter(3, Form::kGift, {}, {}, day(3, 1), day(3, 2))};
  EXPECT_TRUE(has(rows, RuleFaultCode::kOverlap, 12));
  EXPECT_TRUE(has(rows, RuleFaultCode::kOverlap, 13));
  rows.prices[0].to = day(2, 1);
  EXPECT_TRUE(faults_of(rows).empty());
}

TEST(RuleBook, RoundTripMayGiveBackAllButNotMore) {
  RuleRows rows = base();
  rows.prices = {exchange(1, PriceKind::kOut, 1, 10, day(1, 1), day(3, 1)),
                 exchange(2, PriceKind::kIn, 10, 1, day(2, 1), kOpen)};
  EXPECT_TRUE(faults_of(rows).empty());
  rows.prices[1].num = 11;
  EXPECT_TRUE(has(rows, RuleFaultCode::kRoundTrip, 12));
  rows.prices[1].from = day(3, 1);  // Never in force together.
  EXPECT_TRUE(faults_of(rows).empty());
}

TEST(RuleBook, ACapIsFoundByPartnerKindSpanAndDate) {
  RuleRows rows = base();
  const auto cap = [](CapKind kind, CapSpan span, std::int64_t points, BusinessDate from,
                      BusinessDate to, std::uint32_t line) {
    return CapRow{.partner = kAir,
                  .kind = kind,
                  .span = span,
                  .points = points,
                  .from = from,
                  .to = to,
                  .line = line};
  };
  rows.caps = {cap(CapKind::kTaken, CapSpan::kMonth, 900, day(1, 1), kOpen, 7),
               cap(CapKind::kTaken, CapSpan::kDay, 200, day(2, 1), kOpen, 8),
               cap(CapKind::kTaken, CapSpan::kDay, 100, day(1, 1), day(2, 1), 9)};
  const auto book = RuleBook::build(rows);
  ASSERT_TRUE(book);
  EXPECT_EQ(book->cap(kAir, CapKind::kTaken, CapSpan::kDay, day(1, 31))->points, 100);
  EXPECT_EQ(book->cap(kAir, CapKind::kTaken, CapSpan::kDay, day(2, 1))->points, 200);
  EXPECT_EQ(book->cap(kAir, CapKind::kTaken, CapSpan::kMonth, day(5, 1))->points, 900);
  EXPECT_EQ(book->cap(kAir, CapKind::kSold, CapSpan::kDay, day(2, 1)), nullptr);
  EXPECT_EQ(book->cap(kAir, CapKind::kTaken, CapSpan::kDay, BusinessDate::of(2006, 12, 31)),
            nullptr);

  rows.caps[0].partner = Participant(7);
  rows.caps[1].to = day(2, 1);
  rows.caps[2].to = day(1, 1);
  rows.caps.push_back(cap(CapKind::kSold, CapSpan::kDay, 1, day(1, 1), kOpen, 10));
  rows.caps.push_back(cap(CapKind::kSold, CapSpan::kDay, 2, day(6, 1), kOpen, 11));
  EXPECT_TRUE(has(rows, RuleFaultCode::kUnknownParticipant, 7));
  EXPECT_TRUE(has(rows, RuleFaultCode::kEmptyInterval, 8));
  EXPECT_TRUE(has(rows, RuleFaultCode::kOverlap, 11));
  rows.caps[0].partner = kP1;
  EXPECT_TRUE(has(rows, RuleFaultCode::kRoleOfParticipant, 7));
}

}  // namespace PH_FILE
}  // namespace ph
