// REGISTER and REGISTER_END: what a home credits itself, and what waits for somebody
// (docs/decisions/0023-programme-format.md, rulings 31, 100 and 101).
#include <gtest/gtest.h>

#include "tests/unit/home/members.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Month kMarch = month_of(2007, 3);
const BusinessDate kNext = kDay.plus_days(1);

enum : std::uint8_t { kNoPoints = 1, kPartner = 2, kOther = 3, kCredited = 1, kRefused = 2 };

Row missing(Month month, std::uint8_t why = kNoPoints, Member member = kAnn,
            std::string_view account = "A-1") {
  Row out = member_row(MemberKind::kRegister, member, account);
  out.says[0].month = month;
  out.says[0].word = why;
  return out;
}
Row ended(const TransactionId& registration, std::uint8_t outcome) {
  Row out = member_row(MemberKind::kRegisterEnd, {});
  out.says[0].parent = out.row.parent = registration;
  out.says[0].word = outcome;
  return out;
}
Row arrears(std::uint8_t state, std::string_view account = "A-1") {
  Row out = member_row(MemberKind::kArrears, kAnn, account);
  out.says[0].word = state;
  return out;
}
std::string state_of(const ProgrammeNode& node, std::uint32_t number) {
  constexpr std::string_view kStates[] = {"", "OPEN", "CREDITED", "REFUSED"};
  return std::string(kStates[node.book().registrations().at(number).state]);
}

Texts returned(ProgrammeNode& node, BusinessDate date, std::vector<Row> rows) {
  return returned_of(node.take(date, std::move(rows)));
}

// What waited in arrears isn't caught up with when they end: who asks for it gets it.
programme::Rows never_caught_up() {
  programme::Rows rows = small_programme(on(2004, 1, 1));
  rows.earn.catch_up_months = 0;
  rows.head.backfill_months = 3;
  return rows;
}

class Register : public ::testing::Test {
 protected:
  Register() {
    node_.take(kDay.plus_days(-1), {profile(kAnn), account_row(kAnn, "A-1", month_of(2006, 1))});
    node_.take(kDay, {arrears(2), bill(kAnn, kMarch, 5'000), bill(kAnn, month_of(2007, 1), 700),
                      bill(kAnn, month_of(2006, 11), 900), arrears(1),
                      bill(kAnn, month_of(2007, 2), 300)});
  }
  ProgrammeNode node_{never_caught_up()};
};

TEST_F(Register, CreditsWhatGaveNothingAndIsWithinTheWindow) {
  EXPECT_EQ(node_.points(kAnn), 3);
  EXPECT_EQ(returned(node_, kNext, {missing(kMarch), missing(kMarch)}),
            (Texts{"2 NOTHING_MISSING"}));
  EXPECT_EQ(node_.points(kAnn), 53);
  EXPECT_EQ(node_.rating_points(kAnn, kMarch), 50);
  EXPECT_EQ(state_of(node_, 0), "CREDITED");
  const auto lots = node_.home().lots(kAnn);
  EXPECT_TRUE(std::ranges::any_of(
      lots, [](const Lot& lot) { return lot.earned_month == kMarch && lot.remaining == 50; }));
}

TEST_F(Register, LeavesTheRestToStaff) {
  EXPECT_EQ(returned(node_, kNext,
                     {missing(month_of(2006, 11)), missing(kMarch, kPartner),
                      missing(month_of(2005, 1), kOther)}),
            Texts());
  EXPECT_EQ(node_.points(kAnn), 3);
  EXPECT_EQ(node_.book().registrations().open().size(), 3U);
  const auto second = own_id(kNext, 2);
  EXPECT_EQ(returned(node_, kNext.plus_days(1),
                     {ended(own_id(kNext, 1), kCredited), ended(second, kRefused),
                      ended(second, kCredited), ended(own_id(kNext, 9), kRefused)}),
            (Texts{"3 STATE", "4 UNKNOWN_PARENT"}));
  EXPECT_EQ(state_of(node_, 0), "CREDITED");
  EXPECT_EQ(state_of(node_, 1), "REFUSED");
  EXPECT_EQ(node_.book().registrations().open().size(), 1U);
  EXPECT_EQ(node_.points(kAnn), 3) << "what staff credits comes by a row of its own";
}

TEST_F(Register, NothingIsMissingOfWhatGaveItsPointsOrHasNoBill) {
  EXPECT_EQ(
      returned(node_, kNext,
               {missing(month_of(2007, 2)), missing(month_of(2006, 12)),
                missing(kMarch, kNoPoints, kAnn, "B-1"), missing(kMarch, kNoPoints, member_of(2))}),
      (Texts{"1 NOTHING_MISSING", "2 NOTHING_MISSING", "3 NO_ACCOUNT", "4 NOT_HOME"}));
  EXPECT_EQ(node_.book().registrations().size(), 0U);
}

TEST_F(Register, OfAnAccountInArrearsWaits) {
  EXPECT_EQ(returned(node_, kNext, {arrears(2), missing(kMarch)}), Texts());
  EXPECT_EQ(node_.points(kAnn), 3);
  EXPECT_EQ(state_of(node_, 0), "OPEN");
}

TEST_F(Register, OfALostAccountNothingIsMissing) {
  EXPECT_EQ(returned(node_, kNext, {member_row(MemberKind::kOwner, kAnn, "A-1"), missing(kMarch)}),
            (Texts{"2 NOTHING_MISSING"}));
}

// Of an account and month, for whatever reason.
TEST_F(Register, WaitsOnceForSomebody) {
  EXPECT_EQ(returned(node_, kNext,
                     {missing(kMarch, kPartner), missing(kMarch), missing(kMarch, kOther),
                      missing(month_of(2007, 1), kOther)}),
            (Texts{"2 STATE", "3 STATE"}));
  node_.reload();
  EXPECT_EQ(returned(node_, kNext.plus_days(1),
                     {missing(kMarch), ended(own_id(kNext, 1), kRefused), missing(kMarch)}),
            Texts{"1 STATE"});
  EXPECT_EQ(node_.points(kAnn), 53);
}

TEST_F(Register, EndsWhenItIsCaughtUpWith) {
  programme::Rows rows = never_caught_up();
  rows.earn.catch_up_months = 6;
  ProgrammeNode node{rows};
  node.take(kDay,
            {profile(kAnn), account_row(kAnn, "A-1", month_of(2006, 1)), arrears(2),
             bill(kAnn, kMarch, 5'000), missing(kMarch), missing(month_of(2007, 2), kPartner)});
  ASSERT_EQ(state_of(node, 0), "OPEN");
  EXPECT_EQ(returned(node, kNext, {arrears(1), ended(own_id(kDay, 5), kCredited)}),
            Texts{"2 STATE"});
  EXPECT_EQ(node.points(kAnn), 50);
  EXPECT_EQ(state_of(node, 0), "CREDITED");
  EXPECT_EQ(state_of(node, 1), "OPEN") << "the partner's points are no matter of the bill";
  const auto saved = saved_bytes(node.home());
  node.reload();
  EXPECT_EQ(saved_bytes(node.home()), saved);
}

TEST_F(Register, OfWhoHasLeftEndsRefused) {
  EXPECT_EQ(returned(node_, kNext,
                     {missing(kMarch, kPartner), missing(month_of(2007, 1), kPartner), leave(kAnn),
                      ended(own_id(kNext, 1), kCredited), ended(own_id(kNext, 1), kRefused)}),
            Texts{"4 CLOSED"});
  EXPECT_EQ(node_.book().registrations().open().size(), 1U);
}

TEST_F(Register, OutlivesASnapshotAndWhatLiesIsRefused) {
  EXPECT_EQ(returned(node_, kNext, {missing(kMarch), missing(kMarch, kPartner)}), Texts());
  const auto saved = saved_bytes(node_.home());
  node_.reload();
  EXPECT_EQ(saved_bytes(node_.home()), saved);
  EXPECT_EQ(state_of(node_, 0), "CREDITED");
  EXPECT_EQ(node_.book().registrations().open().size(), 1U);
  const book::RegistrationRecord& record = node_.book().registrations().at(0);
  const Bytes wanted = std::as_bytes(std::span(&record, 1));
  const auto at =
      std::search(saved.begin(), saved.end(), wanted.begin(), wanted.end()) - saved.begin();
  ASSERT_LT(at, static_cast<std::ptrdiff_t>(saved.size()));
  for (const std::size_t byte : {3U, 28U, 32U, 37U, 39U, 41U, 42U, 43U, 44U}) {
    auto wrong = saved;
    wrong[static_cast<std::size_t>(at) + byte] = std::byte{0xee};
    EXPECT_FALSE(node_.loaded(wrong)) << byte;
  }
}

MemberRequest live(const Row& row, std::string_view reference, BusinessDate date = kNext) {
  MemberRequest out{.row = row.says[0]};
  out.row.id = id_of(kP1, date, reference);
  return out;
}
std::string code_of(const LiveAnswer& answer) {
  return answer.code == 0 ? "DONE" : std::string(word(static_cast<ReturnCode>(answer.code)));
}

TEST_F(Register, ComesLiveOnceItsDayIsOpen) {
  const auto noon = [](BusinessDate date) { return BusinessTime::of(date, 12 * 3600); };
  const MemberRequest asked = live(missing(kMarch), "R-1");
  EXPECT_EQ(code_of(node_.home().take_member(asked, noon(kNext))), "AGAIN_LATER");
  node_.home().open_day(kNext, 3);
  EXPECT_FALSE(node_.home().take_rows(1));
  const LiveAnswer answer = node_.home().take_member(asked, noon(kNext));
  EXPECT_EQ(code_of(answer), "DONE");
  EXPECT_EQ(answer.points, 50);
  EXPECT_EQ(answer.authorisation, answer.entry);
  EXPECT_EQ(node_.home().take_member(asked, noon(kNext)), answer);
  const LiveAnswer open =
      node_.home().take_member(live(missing(kMarch, kOther), "R-2"), noon(kNext));
  EXPECT_EQ(code_of(open), "DONE");
  EXPECT_EQ(open.authorisation, EntryId());
  EXPECT_EQ(code_of(node_.home().take_member(live(missing(month_of(2007, 5)), "R-3"), noon(kNext))),
            "INVALID");
  const LiveAnswer end =
      node_.home().take_member(live(ended(id_of(kP1, kNext, "R-2"), kRefused), "E-1"), noon(kNext));
  EXPECT_EQ(code_of(end), "DONE");
  EXPECT_EQ(end.available, 53);
  EXPECT_EQ(state_of(node_, 1), "REFUSED");
}

TEST(KeptBack, IsWhatAProfileOfTodayWouldGive) {
  ProgrammeNode node{small_programme(on(2004, 1, 1))};
  node.take(kDay, {bill(kAnn, kMarch, 5'000), bill(kAnn, month_of(2006, 10), 800),
                   bill(kAnn, month_of(2006, 9), 100), bill(kAnn, month_of(2007, 2), 99)});
  const std::uint32_t ann = node.home().number_of(kAnn);
  EXPECT_EQ(node.book().kept_back(ann, kNext), 58);
  EXPECT_EQ(node.book().kept_back(ann, on(2007, 6, 1)), 50);
  EXPECT_EQ(returned(node, kNext, {profile(kAnn)}), Texts());
  EXPECT_EQ(node.points(kAnn), 58);
  EXPECT_EQ(node.book().kept_back(ann, kNext), std::nullopt);
}

}  // namespace PH_FILE
}  // namespace ph::test
