#include "platform/pdf/numbers.h"

#include <gtest/gtest.h>

#include <limits>

#include "platform/pdf/labels.h"

namespace ph::pdf {
namespace PH_FILE {

TEST(PdfNumbers, GroupsDigitsByThree) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(-1'000), "-1,000");
  EXPECT_EQ(grouped(9'000'000'000'000'000), "9,000,000,000,000,000");
  EXPECT_EQ(grouped(std::numeric_limits<std::int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(PdfNumbers, ShowsFenAsYuanWithTwoDecimals) {
  EXPECT_EQ(yuan(0), "0.00");
  EXPECT_EQ(yuan(5), "0.05");
  EXPECT_EQ(yuan(-5), "-0.05");
  EXPECT_EQ(yuan(-123'450), "-1,234.50");
  EXPECT_EQ(yuan(9'000'000'000'000'000), "90,000,000,000,000.00");
}

TEST(PdfNumbers, ShowsFractionsExactly) {
  EXPECT_EQ(exact_number("120"), "120");
  EXPECT_EQ(exact_number("-1201"), "-1,201");
  EXPECT_EQ(exact_number("3/5"), "0.6");
  EXPECT_EQ(exact_number("-6/5"), "-1.2");
  EXPECT_EQ(exact_number("1/1000000"), "0.000001");
  EXPECT_EQ(exact_number("1/10000000"), "1/10,000,000");
  EXPECT_EQ(exact_number("31777/30"), "1,059 7/30");
  EXPECT_EQ(exact_number("-1/3"), "-1/3");
}

TEST(PdfNumbers, LeavesOtherTextAsItIs) {
  for (const char* text :
       {"cost", "", "-", "1/", "/2", "1/0", "1.5", "12345678901234567890123456789012345678/7"}) {
    EXPECT_EQ(exact_number(text), text);
  }
}

TEST(PdfNumbers, WritesAmountsInCapitals) {
  EXPECT_EQ(capitals(0), "零元整");
  EXPECT_EQ(capitals(5), "伍分");
  EXPECT_EQ(capitals(50), "伍角整");
  EXPECT_EQ(capitals(100), "壹元整");
  EXPECT_EQ(capitals(105), "壹元零伍分");
  EXPECT_EQ(capitals(1'000'32), "壹仟元叁角贰分");
  EXPECT_EQ(capitals(1'005'00), "壹仟零伍元整");
  EXPECT_EQ(capitals(1'234'005), "壹万贰仟叁佰肆拾元零伍分");
  EXPECT_EQ(capitals(100'010'00), "壹拾万零壹拾元整");
  EXPECT_EQ(capitals(1'0000'0000'00), "壹亿元整");
  EXPECT_EQ(capitals(1'0000'0001'00), "壹亿零壹元整");
  EXPECT_EQ(capitals(1'0500'0000'00), "壹亿零伍佰万元整");
  EXPECT_EQ(capitals(9'000'000'000'000'000), "玖拾万亿元整");
  EXPECT_EQ(capitals(12'3456'7890'1234'56),
            "壹拾贰万叁仟肆佰伍拾陆亿柒仟捌佰玖拾万壹仟贰佰叁拾肆元"
            "伍角陆分");
}

TEST(PdfLabels, KnowEveryReason) {
  EXPECT_EQ(reason_label("PHONE_CREDIT").zh, "抵付话费");
  EXPECT_EQ(reason_label("EXCHANGE_OUT_AIR1").zh, "积分兑出 · AIR1");
  EXPECT_EQ(reason_label("SALE_POINTS_BANK2").en, "Sale of points · BANK2");
  EXPECT_EQ(reason_label("FUND_ISSUER_AIR1").en, "Funding of issuer · AIR1");
  EXPECT_EQ(reason_label("PURCHASE_MILES_AIR1").zh, "购入里程 · AIR1");
  EXPECT_EQ(reason_label("PURCHASE_STARS_HOTEL9").en, "Purchase of stars · HOTEL9");
  EXPECT_EQ(reason_label("PURCHASE_").zh, "购入单位");
  EXPECT_EQ(reason_label("OTHER").zh, "OTHER");
}

}  // namespace PH_FILE
}  // namespace ph::pdf
