// Rows of members of a PROVINCE_DAY, as the reader gives them.
#include <algorithm>

#include "core/home/member_columns.h"
#include "tests/unit/files/support.h"

namespace ph {
namespace PH_FILE {

using test::codes;
using test::good_book;
using test::in_memory;
using test::open_good;

class MemberRowsTest : public ::testing::Test {
 protected:
  // What is wrong with a day of these rows; empty: nothing.
  std::string faults_of(const std::string& rows, std::string_view date = "2007-04-05") {
    const std::string text = "POINTHOUSE,PROVINCE_DAY,1,P01," + std::string(date) + ",5\n" + rows;
    faults_.clear();
    day_ = read_day(in_memory(text), book_, faults_);
    std::erase_if(faults_, [](const Fault& fault) {
      return fault.code == FaultCode::kTrailerMissing;  // Sums are of other tests.
    });
    return codes(faults_);
  }

  const RuleBook book_ = good_book();
  std::vector<Fault> faults_;
  std::optional<DayFile> day_;
};

TEST_F(MemberRowsTest, EveryRowOfTheGoodFileIsRight) {
  const auto day = read_day(open_good("province-day-members.csv"), book_, faults_);
  ASSERT_TRUE(day.has_value()) << codes(faults_);
  EXPECT_EQ(day->member_rows.size(), 43U);
  std::size_t members = 0;
  std::size_t inputs = 0;
  for (const DayRow& row : day->rows) {
    if (is_of_member(row.kind)) {
      const MemberRow& out = member_row_of(*day, row);
      EXPECT_EQ(row.first_child, members++);
      EXPECT_EQ(static_cast<int>(out.kind), static_cast<int>(row.kind));
      EXPECT_EQ(out.member, row.member);
      EXPECT_FALSE(row.id.none());
      EXPECT_TRUE(out.id.none() || out.id == row.id);
      EXPECT_TRUE(right_member_row(out, inputs_of(*day, row))) << "line " << row.line;
      inputs += inputs_of(*day, row).size();
    }
  }
  EXPECT_EQ(members, day->member_rows.size());
  EXPECT_EQ(inputs, day->inputs.size());
}

// Whoever reads a fault knows what to write: not the remedy of its code once more.
TEST_F(MemberRowsTest, AFaultSaysWhatWouldBeRight) {
  const auto expected = [this](const std::string& row) {
    const std::string found = faults_of(row);
    return found + ": " + (faults_.empty() ? "" : faults_.front().expected);
  };
  EXPECT_EQ(expected("BLACKLIST,1,01000000000012,yes\n"), "2:NUMBER_SYNTAX: 1 for yes, 0 for no");
  EXPECT_EQ(expected("BLACKLIST,1,01000000000012,2\n"), "2:NUMBER_RANGE: 1 for yes, 0 for no");
  EXPECT_EQ(expected("CLAIM,1,,01000000000012,VIP_Lounge\n"),
            "2:NAME_SYNTAX: vip-lounge, if the programme's file has that name");
  EXPECT_EQ(expected("CLAIM,1,,01000000000012,lounge!\n"),
            "2:NAME_SYNTAX: 1 to 24 of a-z 0-9 -, such as phone-credit");
  EXPECT_EQ(expected("VIP_DECIDE,1,P01/20070405/1,1,Wang Xiaoming\n"),
            "2:OFFICER_SYNTAX: 1 to 16 of A-Z a-z 0-9 -; here are 13 bytes");
  EXPECT_EQ(
      expected("ORDER_STATE,1,P02/20070405/1,SHIPPED,,\n"),
      "2:ID_STARTER: the id that the ORDER of P01 got, or P01/<YYYYMMDD>/<serial> of its row");
  EXPECT_EQ(expected("REGISTER_END,1,AIR1/20070405/1,CREDITED\n"),
            "2:ID_STARTER: the id that the REGISTER of P01 got, or P01/<YYYYMMDD>/<serial> of its "
            "row");
}

TEST_F(MemberRowsTest, ValuesStandInTheirFields) {
  const auto day = read_day(open_good("province-day-members.csv"), book_, faults_);
  ASSERT_TRUE(day.has_value()) << codes(faults_);
  const auto row_of = [&day](std::uint32_t serial) -> const MemberRow& {
    const auto found = std::ranges::find(day->rows, serial, &DayRow::serial);
    return member_row_of(*day, *found);
  };
  const MemberRow& account = row_of(2);
  EXPECT_EQ(std::string(account.account.data()), "A-1001");
  EXPECT_EQ(account.month, *Month::parse("2005-06"));
  EXPECT_EQ(account.word, 2);
  EXPECT_EQ(account.flag[0], 0);
  EXPECT_EQ(account.flag[1], 1);
  EXPECT_EQ(account.number[0], 3U);
  EXPECT_EQ(row_of(5).id.reference_text(), "5");  // filled in
  EXPECT_EQ(row_of(6).id.reference_text(), "profile-6");
  EXPECT_TRUE(row_of(2).id.none());
  EXPECT_EQ(row_of(7).fen[2], 500);
  EXPECT_EQ(day->rows[9].partner, Participant(101));
  EXPECT_EQ(text_of(row_of(12).name[2]), "plan-88");
  EXPECT_EQ(row_of(17).other, Member::make(Participant(1), 1));
  EXPECT_EQ(text_of(row_of(24).officer), "Shop-12");
  EXPECT_EQ(row_of(24).until, Month::parse("2008-03")->count());
  EXPECT_EQ(row_of(28).until, BusinessDate::of(2008, 1, 1).count());
  EXPECT_EQ(row_of(29).until, 0);
  const MemberRow& state = row_of(34);
  EXPECT_EQ(state.fen[0], 3000);
  EXPECT_EQ(state.flag[0], 1);
  EXPECT_EQ(state.flag[1], 1);  // 0 fen of freight, given
  EXPECT_EQ(row_of(35).flag[1], 0);
  EXPECT_EQ(row_of(36).points, -3);
  EXPECT_EQ(row_of(43).number[1], 3600U);
  const auto sheet = std::ranges::find(day->rows, 30U, &DayRow::serial);
  const auto inputs = inputs_of(*day, *sheet);
  ASSERT_EQ(inputs.size(), 2U);
  EXPECT_EQ(inputs[0].points, -1);
  EXPECT_EQ(inputs[1].points, 18);
  EXPECT_EQ(text_of(inputs[1].name), "strength");
  const auto other = inputs_of(*day, *std::ranges::find(day->rows, 31U, &DayRow::serial));
  ASSERT_EQ(other.size(), 1U);
  EXPECT_EQ(other[0].value, 0);
  EXPECT_EQ(other[0].points, 0);
}

TEST_F(MemberRowsTest, StandingRowsOfAMoveContinueEachOther) {
  const auto day = read_day(open_good("province-day-members.csv"), book_, faults_);
  ASSERT_TRUE(day.has_value()) << codes(faults_);
  ASSERT_EQ(day->standings.size(), 2U);
  EXPECT_EQ(day->rows[day->standings[0].row].serial, 45U);
  EXPECT_EQ(day->standings[0].size, 10U);
  EXPECT_EQ(day->standing_bytes[0], std::byte{0x50});
  EXPECT_EQ(day->standing_bytes[9], std::byte{0xEF});
  EXPECT_EQ(day->rows[day->standings[1].row].serial, 46U);
  EXPECT_EQ(day->standings[1].first, 10U);
  EXPECT_EQ(day->standings[1].size, 1U);
  EXPECT_EQ(day->rows[day->standings[0].row].child_count, 2U);  // lots and debts alone
}

TEST_F(MemberRowsTest, SerialsAndIdsAreThoseOfOneFile) {
  EXPECT_EQ(faults_of("TRANSFER,5,01000000000012\nBLACKLIST,5,01000000000012,1\n"),
            "3:SERIAL_ORDER");
  EXPECT_EQ(faults_of("BLACKLIST,6,01000000000012,1\nTRANSFER,5,01000000000012\n"),
            "3:SERIAL_ORDER");
  EXPECT_EQ(faults_of("PROFILE,1,P01/20070405/x,01000000000012\n"
                      "CLAIM,2,P01/20070405/x,01000000000012,birthday\n"
                      "PROFILE,3,P01/20070405/x,01000000000012\n"),
            "4:DUPLICATE_ID");
}

TEST_F(MemberRowsTest, AnIdIsTheSendersOwnWithALetterOrADash) {
  for (const char* id : {"P01/20070405/17", "P02/20070405/x", "AIR1/20070405/x"}) {
    EXPECT_EQ(faults_of(std::string("PROFILE,1,") + id + ",01000000000012\n"), "2:ID_STARTER")
        << id;
  }
  EXPECT_EQ(faults_of("PROFILE,1,P01/20070406/x,01000000000012\n"), "2:DATE_AFTER_FILE");
  EXPECT_EQ(faults_of("PROFILE,1,P01/20070405/17-,01000000000012\n"), "");
  EXPECT_EQ(faults_of("PARTNER_SPEND,1,P01/20070405/x,01000000000012,AIR1,5\n"), "2:ID_STARTER");
  EXPECT_EQ(faults_of("PARTNER_SPEND,1,BANK1/20070405/x,01000000000012,AIR1,5\n"), "2:ID_STARTER");
  EXPECT_EQ(faults_of("PARTNER_SPEND,1,P02/20070405/x,01000000000012,P02,5\n"),
            "2:PARTICIPANT_ROLE");
  EXPECT_EQ(faults_of("PARTNER_SPEND,1,,01000000000012,AIR1,5\n"), "2:VALUE_MISSING");
  EXPECT_EQ(faults_of("PARTNER_SPEND,1,AIR1/20070405/17,01000000000012,AIR1,5\n"), "");
}

TEST_F(MemberRowsTest, WhatARowCitesIsTheSendersAndNotNewer) {
  EXPECT_EQ(faults_of("VIP_DECIDE,1,P02/20070405/1,1,X\n"), "2:ID_STARTER");
  EXPECT_EQ(faults_of("UNMERGE,1,P01/20070406/1,01000000000012\n"), "2:DATE_AFTER_FILE");
  EXPECT_EQ(faults_of("COMPLAINT,1,P01/20070405/x,P01/20070405/x,LATE\n"), "2:PARENT_SELF");
  EXPECT_EQ(faults_of("COMPLAINT,9,,P01/20070405/9,LATE\n"), "2:PARENT_SELF");
  EXPECT_EQ(faults_of("COMPLAINT,9,,P01/20070405/8,LATE\n"), "");
}

TEST_F(MemberRowsTest, MonthsLieOnTheirSideOfTheFile) {
  const std::string member = "01000000000012";
  EXPECT_EQ(faults_of("ACCOUNT,1,A," + member + ",2007-05,MOBILE_2G,0,0,1\n"), "2:DATE_AFTER_FILE");
  EXPECT_EQ(faults_of("SPENT,1,A," + member + ",2007-05,1,1\n"), "2:DATE_AFTER_FILE");
  EXPECT_EQ(faults_of("REGISTER,1,," + member + ",A,2007-05,OTHER\n"), "2:DATE_AFTER_FILE");
  EXPECT_EQ(faults_of("APPLY,1,," + member + ",g,l,2007-05\n"), "2:DATE_AFTER_FILE");
  EXPECT_EQ(faults_of("APPLY,1,," + member + ",g,l,2007-04\n"), "");
  EXPECT_EQ(faults_of("LEGACY,1," + member + ",f,2007-03\n"), "2:VALUE_UNEXPECTED");
  EXPECT_EQ(faults_.at(0).expected, "2007-04 or later");
  EXPECT_EQ(faults_of("VIP_PROPOSE,1,," + member + ",f,RANK,2007-03,X\n"), "2:VALUE_UNEXPECTED");
  EXPECT_EQ(faults_of("LEGACY,1," + member + ",f,2007-04\n"), "");
  // Of a header whose date is at fault rows are judged mildly.
  EXPECT_EQ(faults_of("LEGACY,1," + member + ",f,2007-03\n", "2007-04-31"), "1:DATE_INVALID");
}

TEST_F(MemberRowsTest, SaysWhatWouldBeRightBesideTheOtherValues) {
  EXPECT_EQ(faults_of("BILL_SPLIT,1,A,01000000000012,2007-03,100,60,41\n"), "2:VALUE_UNEXPECTED");
  EXPECT_EQ(faults_.at(0).column, "collected");
  EXPECT_EQ(faults_.at(0).value, "41");
  EXPECT_EQ(faults_.at(0).expected, "at most 40: what is left of the total");
  EXPECT_EQ(faults_of("BILL_SPLIT,1,A,01000000000012,2007-03,100,101,0\n"), "2:VALUE_UNEXPECTED");
  EXPECT_EQ(faults_.at(0).column, "third_party");
  EXPECT_EQ(faults_of("MERGE,1,,01000000000012,,01000000000012\n"), "2:VALUE_UNEXPECTED");
  EXPECT_EQ(faults_of("GRADE,1,01000000000012,g,l,2007-01-01,2007-01-01\n"), "2:EMPTY_INTERVAL");
  EXPECT_EQ(faults_of("ORDER_STATE,1,P01/20070405/7,FAILED,,0\n"), "2:VALUE_UNEXPECTED");
  EXPECT_EQ(faults_.at(0).column, "freight");
}

TEST_F(MemberRowsTest, InputsStandBelowASheetAlone) {
  const std::string sheet = "SHEET,1,01000000000012,b2b,\n";
  EXPECT_EQ(faults_of("INPUT,a,1,\n"), "2:CHILD_WITHOUT_PARENT");
  EXPECT_EQ(faults_of("MOVE_IN,1,02000000000015,P02\nINPUT,a,1,\n"), "3:CHILD_WITHOUT_PARENT");
  EXPECT_EQ(faults_of(sheet + "LOT,P02/20070105/3,2006-12,CONSUMPTION,1,2010-01-01,5,5\n"
                              "INPUT,a,1,\n"),
            "3:CHILD_WITHOUT_PARENT");
  EXPECT_EQ(faults_of(sheet), "2:ROW_MISSING");
  EXPECT_EQ(faults_of(sheet + "BLACKLIST,2,01000000000012,1\n"), "2:ROW_MISSING");
  EXPECT_EQ(faults_of(sheet + "INPUT,a,1,\nSHEET,2,01000000000012,b2b,\n"), "4:ROW_MISSING");
  EXPECT_EQ(faults_of(sheet + "INPUT,a,1,\nSHEET,2,01000000000012,b2b,\nINPUT,a,1,\n"), "");
  EXPECT_EQ(faults_of(sheet + "INPUT,a,x,\n"), "3:NUMBER_SYNTAX");
  EXPECT_EQ(faults_of("SHEET,1,01000000000013,b2b,\nINPUT,a,1,\n"), "2:MEMBER_CHECK_DIGIT");
  EXPECT_EQ(faults_of(sheet + "INPUT,a,1,\nINPUT,b,1,\nINPUT,a,2,\n"), "5:DUPLICATE_ROW");
  std::string many = sheet;
  for (std::size_t n = 0; n < kSheetInputsMax; ++n) {
    many += "INPUT,i-" + std::to_string(n) + ",1,\n";
  }
  EXPECT_EQ(faults_of(many), "");
  EXPECT_EQ(faults_of(many + "INPUT,more,1,\n"), "67:CHILD_WITHOUT_PARENT");
}

TEST_F(MemberRowsTest, AStandingStandsBelowAMoveAlone) {
  const std::string move = "MOVE_IN,1,02000000000015,P02\n";
  EXPECT_EQ(faults_of("STANDING,00\n"), "2:CHILD_WITHOUT_PARENT");
  EXPECT_EQ(faults_of("REFUND,1,,P01/20070401/1,01000000000012,1,P01,\nSTANDING,00\n"),
            "3:CHILD_WITHOUT_PARENT");
  const std::string digits(900, 'a');
  EXPECT_EQ(faults_of(move + "STANDING," + digits + "\n"), "");
  for (const std::string& wrong : {std::string("0"), std::string("0A"), digits + "00"}) {
    EXPECT_EQ(faults_of(move + "STANDING," + wrong + "\n"), "3:HEX_SYNTAX");
  }
  std::string most = move;
  for (int n = 0; n < 18; ++n) {
    most += "STANDING," + digits + "\n";  // 450 bytes each, 8,100 together
  }
  EXPECT_EQ(faults_of(most + "STANDING," + std::string(184, '0') + "\n"), "");
  EXPECT_EQ(faults_of(most + "STANDING," + std::string(186, '0') + "\n"),
            "21:CHILD_WITHOUT_PARENT");
}

}  // namespace PH_FILE
}  // namespace ph
