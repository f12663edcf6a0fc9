#include "platform/wire/receipt.h"

#include <gtest/gtest.h>

namespace ph::wire {
namespace PH_FILE {

ReceiptText sample() {
  ReceiptText out{.clearing = "CLR",
                  .sender = "P01",
                  .sequence = 5,
                  .date = BusinessDate::of(2007, 4, 5),
                  .taken_at = *BusinessTime::parse("2007-04-06T05:12:03+08:00"),
                  .returned = 2};
  out.digest.fill(std::byte{0xab});
  return out;
}

TEST(ReceiptText, IsOneLineThatComesBack) {
  const std::string text = receipt_text(sample());
  EXPECT_TRUE(text.starts_with("RECEIPT,1,CLR,P01,5,2007-04-05,abab"));
  EXPECT_NE(text.find(",2007-04-06T05:12:03+08:00,2,"), std::string::npos);
  const auto back = parse_receipt(text);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(receipt_text(*back), text);
}

TEST(ReceiptText, RefusesEveryOtherSpelling) {
  const std::string text = receipt_text(sample());
  for (const auto& [from, to] :
       std::initializer_list<std::pair<const char*, const char*>>{{"RECEIPT,1", "RECEIPT,2"},
                                                                  {",5,", ",05,"},
                                                                  {",5,", ",-5,"},
                                                                  {"CLR", "clr"},
                                                                  {"2007-04-05", "2007-4-5"},
                                                                  {"+08:00", "+09:00"},
                                                                  {"abab", "ABAB"},
                                                                  {",2,", ",2,,"}}) {
    std::string changed = text;
    changed.replace(changed.find(from), std::string_view(from).size(), to);
    EXPECT_FALSE(parse_receipt(changed).has_value()) << changed;
  }
  EXPECT_FALSE(parse_receipt(text + "\n").has_value());
  EXPECT_FALSE(parse_receipt("").has_value());
}

}  // namespace PH_FILE
}  // namespace ph::wire
