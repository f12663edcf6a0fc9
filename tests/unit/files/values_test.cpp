#include "platform/files/values.h"

#include <gtest/gtest.h>

namespace ph {
namespace PH_FILE {

struct Example {
  ValueType type;
  std::string_view text;
  FaultCode code;
  std::int64_t number;
};

class Values : public testing::TestWithParam<Example> {};

TEST_P(Values, AreTakenWithinTheirBoundsAndNotOneBeyond) {
  const auto& [type, text, code, number] = GetParam();
  const ColumnSpec column{.name = "x", .type = type, .min = 3, .max = 4'294'967'295};
  Codes codes(nullptr);
  Cell cell;
  EXPECT_EQ(parse_cell(column, text, codes, cell), code) << text;
  if (code == FaultCode::kNone) {
    EXPECT_EQ(cell.number, number) << text;
  } else {
    EXPECT_FALSE(expected_value(column, code, text, nullptr).empty());
  }
}

using enum FaultCode;

INSTANTIATE_TEST_SUITE_P(
    Numbers, Values,
    testing::Values(Example{ValueType::kFen, "0", kNone, 0},
                    Example{ValueType::kFen, "1", kNone, 1},
                    Example{ValueType::kFen, "100000000000", kNone, 100'000'000'000},
                    Example{ValueType::kFen, "100000000001", kNumberRange, 0},
                    Example{ValueType::kFen, "999999999999999999", kNumberRange, 0},
                    Example{ValueType::kFen, "9223372036854775808", kNumberRange, 0},
                    Example{ValueType::kFen, "18446744073709551616", kNumberRange, 0},
                    Example{ValueType::kFen, "", kValueMissing, 0},
                    Example{ValueType::kFen, "00", kNumberSyntax, 0},
                    Example{ValueType::kFen, "01", kNumberSyntax, 0},
                    Example{ValueType::kFen, "-1", kNumberSyntax, 0},
                    Example{ValueType::kFen, " 1", kNumberSyntax, 0},
                    Example{ValueType::kFen, "1e3", kNumberSyntax, 0},
                    Example{ValueType::kSigned, "-100000000000", kNone, -100'000'000'000},
                    Example{ValueType::kSigned, "-100000000001", kNumberRange, 0},
                    Example{ValueType::kSigned, "-0", kNumberSyntax, 0},
                    Example{ValueType::kSigned, "--1", kNumberSyntax, 0},
                    Example{ValueType::kSigned, "-", kNumberSyntax, 0},
                    Example{ValueType::kSerial, "0", kNumberRange, 0},
                    Example{ValueType::kSerial, "1", kNone, 1},
                    Example{ValueType::kSerial, "2999999999", kNone, 2'999'999'999},
                    Example{ValueType::kSerial, "3000000000", kNumberRange, 0},
                    Example{ValueType::kNumber, "2", kNumberRange, 0},
                    Example{ValueType::kNumber, "3", kNone, 3},
                    Example{ValueType::kNumber, "4294967295", kNone, 4'294'967'295},
                    Example{ValueType::kNumber, "4294967296", kNumberRange, 0},
                    Example{ValueType::kFlag, "1", kNone, 1},
                    Example{ValueType::kFlag, "2", kNumberRange, 0}));

INSTANTIATE_TEST_SUITE_P(Dates, Values,
                         testing::Values(Example{ValueType::kDate, "2000-01-01", kNone, 0},
                                         Example{ValueType::kDate, "2099-12-31", kNone, 36524},
                                         Example{ValueType::kDate, "1999-12-31", kDateInvalid, 0},
                                         Example{ValueType::kDate, "2100-01-01", kDateInvalid, 0},
                                         Example{ValueType::kDate, "2008-02-29", kNone, 2981},
                                         Example{ValueType::kDate, "2007-02-29", kDateInvalid, 0},
                                         Example{ValueType::kDate, "2007-2-1", kDateInvalid, 0},
                                         Example{ValueType::kMonth, "2000-01", kNone, 0},
                                         Example{ValueType::kMonth, "2099-12", kNone, 1199},
                                         Example{ValueType::kMonth, "2007-00", kMonthInvalid, 0},
                                         Example{ValueType::kMonth, "2100-01", kMonthInvalid, 0}));

INSTANTIATE_TEST_SUITE_P(
    Identities, Values,
    testing::Values(Example{ValueType::kMember, "01000000000012", kNone, 1'000'000'000'012},
                    Example{ValueType::kMember, "01000000000013", kMemberCheckDigit, 0},
                    Example{ValueType::kMember, "10000000000012", kMemberCheckDigit, 0},
                    Example{ValueType::kMember, "0100000000001", kMemberSyntax, 0},
                    Example{ValueType::kMember, "010000000000120", kMemberSyntax, 0},
                    Example{ValueType::kMember, "00000000000010", kMemberSyntax, 0},
                    Example{ValueType::kMember, "0100000000001x", kMemberSyntax, 0},
                    Example{ValueType::kCode, "P1", kNone, 1},
                    Example{ValueType::kCode, "P", kCodeSyntax, 0},
                    Example{ValueType::kCode, "ABCDEFGHIJKL", kNone, 1},
                    Example{ValueType::kCode, "ABCDEFGHIJKLM", kCodeSyntax, 0},
                    Example{ValueType::kCode, "1P", kCodeSyntax, 0},
                    Example{ValueType::kEntryId, "P1/20000101/0", kNone, std::int64_t{1} << 48},
                    Example{ValueType::kEntryId, "P1/20000102/4294967295", kNone,
                            (std::int64_t{1} << 48 | std::int64_t{1} << 32) + 4'294'967'295},
                    Example{ValueType::kEntryId, "P1/20000101/4294967296", kIdSyntax, 0},
                    Example{ValueType::kEntryId, "P1/20000101/00", kIdSyntax, 0},
                    Example{ValueType::kId, "P1/20000101/a", kNone, 0},
                    Example{ValueType::kId, "P1/20000101/", kIdSyntax, 0},
                    Example{ValueType::kId, "P1/20000101/abcdefghijklmnopqrstuvwx", kNone, 0},
                    Example{ValueType::kId, "P1/20000101/abcdefghijklmnopqrstuvwxy", kIdSyntax, 0},
                    Example{ValueType::kId, "P1/2000010/1", kIdSyntax, 0},
                    Example{ValueType::kId, "P1/20000230/1", kDateInvalid, 0},
                    Example{ValueType::kId, "P1/20000101/a_b", kIdSyntax, 0}));

INSTANTIATE_TEST_SUITE_P(Texts, Values,
                         testing::Values(Example{ValueType::kAccount, "A-9z", kNone, 0},
                                         Example{ValueType::kAccount, "1234567890123456", kNone, 0},
                                         Example{ValueType::kAccount, "12345678901234567",
                                                 kAccountSyntax, 0},
                                         Example{ValueType::kTypes, "AUDX", kNone, 15},
                                         Example{ValueType::kTypes, "X", kNone, 8},
                                         Example{ValueType::kTypes, "XA", kWordUnknown, 0},
                                         Example{ValueType::kTypes, "AA", kWordUnknown, 0},
                                         Example{ValueType::kUnit, "abcdefghijkl", kNone, 0},
                                         Example{ValueType::kUnit, "abcdefghijklm", kUnitSyntax, 0},
                                         Example{ValueType::kUnit, "Mile", kUnitSyntax, 0},
                                         Example{ValueType::kDigest, "0", kDigestSyntax, 0}));

TEST(Values, TextCountsCharactersNotBytes) {
  Codes codes(nullptr);
  Cell cell;
  const ColumnSpec column{.name = "x", .type = ValueType::kText};
  std::string text;
  for (int i = 0; i < 60; ++i) {
    text += "京";
  }
  EXPECT_EQ(parse_cell(column, text, codes, cell), kNone);
  EXPECT_EQ(parse_cell(column, text + "x", codes, cell), kTextLength);
}

TEST(Values, IdHoldsParticipantDateAndReference) {
  Codes codes(nullptr);
  Cell cell;
  const ColumnSpec column{.name = "id", .type = ValueType::kId};
  ASSERT_EQ(parse_cell(column, "AIR1/20070405/x-9", codes, cell), kNone);
  EXPECT_EQ(cell.id.participant, Participant(1));
  EXPECT_EQ(cell.id.date, BusinessDate::of(2007, 4, 5));
  EXPECT_EQ(cell.id.reference_text(), "x-9");
}

TEST(Values, ExpectedNamesTheRightValue) {
  const auto expected = [](ValueType type, FaultCode code, std::string_view text) {
    return expected_value({.name = "x", .type = type}, code, text, nullptr);
  };
  EXPECT_NE(
      expected(ValueType::kMember, kMemberCheckDigit, "01000000000013").find("01000000000012"),
      std::string::npos);
  EXPECT_EQ(expected(ValueType::kFen, kNumberSyntax, "007"), "7");
  EXPECT_EQ(expected(ValueType::kDate, kDateInvalid, "2007/04/05"), "2007-04-05");
  EXPECT_NE(expected(ValueType::kDate, kDateInvalid, "2007-02-29").find("2007-02-28"),
            std::string::npos);
}

TEST(Codes, GivesEachCodeOneNumberHoweverMany) {
  Codes codes(nullptr);
  std::vector<Participant> first;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 5000; ++i) {
      const Participant one = codes.find("C" + std::to_string(i));
      if (round == 0) {
        first.push_back(one);
      }
      ASSERT_EQ(one, first[static_cast<std::size_t>(i)]);
    }
  }
  EXPECT_EQ(first.front(), Participant(1));
  EXPECT_EQ(first.back(), Participant(5000));
}

TEST(Digests, AreReadAsTheyArePrinted) {
  Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest.at(i) = std::byte(i * 8 + 7);
  }
  EXPECT_EQ(digest_of(hex(digest)), digest);
}

}  // namespace PH_FILE
}  // namespace ph
