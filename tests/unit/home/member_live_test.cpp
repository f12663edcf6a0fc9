// Rows of members that come one by one (docs/decisions/0023-programme-format.md, section 3.1).
#include <gtest/gtest.h>

#include "tests/unit/home/members.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Month kMarch = month_of(2007, 3);
const BusinessDate kNext = kDay.plus_days(1);

MemberRequest profile_under(std::string_view reference, Member member = kAnn,
                            BusinessDate date = kNext) {
  MemberRequest out;
  out.row.kind = MemberKind::kProfile;
  out.row.member = member;
  out.row.id = id_of(kP1, date, reference);
  return out;
}
std::string code_of(const LiveAnswer& answer) {
  return answer.code == 0 ? "DONE" : std::string(word(static_cast<ReturnCode>(answer.code)));
}
BusinessTime noon(BusinessDate date) {
  return BusinessTime::of(date, 12 * 3600);
}

class LiveMember : public ::testing::Test {
 protected:
  LiveMember() {
    node_.take(kDay, {bill(kAnn, kMarch, 5'000)});
    node_.home().open_day(kNext, 2);
    EXPECT_FALSE(node_.home().take_rows(1));
  }
  LiveAnswer ask(const MemberRequest& request, BusinessDate on = kNext) {
    return node_.home().take_member(request, noon(on));
  }
  ProgrammeNode node_{small_programme(on(2004, 1, 1))};
};

TEST_F(LiveMember, AProfileGivesWhatWaitedAtOnce) {
  const LiveAnswer answer = ask(profile_under("P-1"));
  EXPECT_EQ(code_of(answer), "DONE");
  EXPECT_EQ(answer.points, 50);
  EXPECT_EQ(answer.available, 50);
  ASSERT_EQ(answer.slices.size(), 1U);
  EXPECT_EQ(answer.entry, EntryId(kP1, kNext, kLiveFrom));
  // A repeat gets the first answer, from a snapshot too; another content doesn't.
  EXPECT_EQ(ask(profile_under("P-1")), answer);
  node_.reload();
  EXPECT_EQ(ask(profile_under("P-1")), answer);
  EXPECT_EQ(code_of(ask(profile_under("P-1", member_of(2)))), "DUPLICATE");
  EXPECT_EQ(node_.points(kAnn), 50);
}

TEST_F(LiveMember, WhatCantBeIsInvalid) {
  MemberRequest wrong = profile_under("P-1");
  wrong.row.fen[0] = 1;
  EXPECT_EQ(code_of(ask(wrong)), "INVALID");
  EXPECT_EQ(code_of(ask(profile_under("17"))), "INVALID");
  MemberRequest end = profile_under("E-1");
  end.row.kind = MemberKind::kBlacklist;
  EXPECT_EQ(code_of(ask(end)), "INVALID");
  ProgrammeNode without;
  EXPECT_EQ(code_of(without.home().take_member(profile_under("P-1"), noon(kNext))), "INVALID");
}

TEST_F(LiveMember, OnTheOpenDayAloneAndNotTooLate) {
  EXPECT_EQ(code_of(ask(profile_under("P-1"), kNext.plus_days(1))), "AGAIN_LATER");
  EXPECT_EQ(code_of(ask(profile_under("P-1", kAnn, kNext.plus_days(1)))), "AGAIN_LATER");
  EXPECT_EQ(code_of(ask(profile_under("P-2", kAnn, kNext.plus_days(-91)))), "TOO_OLD");
  EXPECT_EQ(code_of(ask(profile_under("P-3", member_of(9, kP2)))), "NOT_HOME");
  EXPECT_EQ(code_of(ask(profile_under("P-3", member_of(9, kP2)))), "NOT_HOME");
  EXPECT_EQ(node_.points(kAnn), 0);
}

TEST_F(LiveMember, ARowOfAFileUnderItsIdIsACopy) {
  EXPECT_EQ(code_of(ask(profile_under("P-1"))), "DONE");
  const auto row = [](std::string_view reference, Member member) {
    Row out = profile(member);
    out.row.id = out.says[0].id = id_of(kP1, kNext, reference);
    return out;
  };
  DayFile file{.sender = kP1, .date = kNext, .sequence = 2};
  add_rows(file, {row("P-1", kAnn), row("P-1", member_of(2)), row("P-2", member_of(3)),
                  row("P-2", member_of(3))});
  node_.home().bring_file(file);
  while (node_.home().take_rows(9)) {
  }
  EXPECT_EQ(returned_of(node_.home().end_day()), (Texts{"1 COPY", "2 DUPLICATE", "4 COPY"}));
}

}  // namespace PH_FILE
}  // namespace ph::test
