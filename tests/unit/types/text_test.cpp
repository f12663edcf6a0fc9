#include "core/types/text.h"

#include <gtest/gtest.h>

#include <string>

namespace ph {
namespace PH_FILE {

TEST(Utf8, RefusesOverlongSurrogateAndCut) {
  EXPECT_EQ(first_not_utf8("a京\U0001F600\u07FF"), std::string_view::npos);
  for (const std::string_view bad :
       {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80", "\xE4\xBA", "\xF0\x9F\x98"}) {
    EXPECT_EQ(first_not_utf8("ab" + std::string(bad)), 2U);
  }
}

TEST(ControlCharacter, IsSeenInBothRanges) {
  EXPECT_EQ(first_control_character("积分 ~\u00A0\u00C2"), std::string_view::npos);
  for (const std::string_view bad : {"\n", "\t", "\x1F", "\x7F", "\xC2\x80", "\xC2\x9F"}) {
    EXPECT_EQ(first_control_character("京" + std::string(bad) + "x"), 3U);
    EXPECT_FALSE(is_clean_text(bad));
  }
  EXPECT_EQ(first_control_character(std::string_view("\0", 1)), 0U);
  EXPECT_TRUE(is_clean_text(""));
  EXPECT_FALSE(is_clean_text("\xFF"));
}

}  // namespace PH_FILE
}  // namespace ph
