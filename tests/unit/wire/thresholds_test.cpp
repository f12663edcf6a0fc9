// The line of the thresholds: written, and read again to the byte.
#include "platform/wire/thresholds.h"

#include <gtest/gtest.h>

namespace ph::wire {
namespace PH_FILE {

const std::string kProgramme(64, 'a');
const std::string kLine = "THRESHOLDS,1,CLR,star,2016-03," + kProgramme +
                          ",20,10,five-star:5:1:312:310,four-star:15:3:176:180,"
                          "three-star:30:6:1287/10:130,two-star:70:14:45:50";

TEST(Thresholds, AreALineThatIsReadToTheByte) {
  const auto read = parse_thresholds(kLine);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->clearing, "CLR");
  EXPECT_EQ(read->grading, "star");
  EXPECT_EQ(read->month.text(), "2016-03");
  EXPECT_EQ(read->units, 20U);
  EXPECT_EQ(read->scale, 10U);
  ASSERT_EQ(read->cuts.size(), 4U);
  EXPECT_EQ(read->cuts[0].score, 3'120U);
  EXPECT_EQ(read->cuts[2].score, 1'287U);
  EXPECT_EQ(read->cuts[2].level, "three-star");
  EXPECT_EQ(read->cuts[3].percent, 70);
  EXPECT_EQ(read->cuts[3].rank, 14U);
  EXPECT_EQ(read->cuts[3].threshold, 50);
  EXPECT_EQ(thresholds_text(*read), kLine);
}

TEST(Thresholds, OfNobodyHaveNoCuts) {
  const std::string line = "THRESHOLDS,1,CLR,star,2016-03," + kProgramme + ",0,10";
  const auto read = parse_thresholds(line);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->cuts.empty());
  EXPECT_EQ(thresholds_text(*read), line);
}

// Of all provinces together there may be more units than in one histogram.
TEST(Thresholds, OfEverybodyMayBeOfMoreUnitsThanOneHistogramHas) {
  const auto line = [](std::uint64_t units) {
    return "THRESHOLDS,1,CLR,star,2016-03," + kProgramme + "," + std::to_string(units) + ",10";
  };
  EXPECT_TRUE(parse_thresholds(line(99 * programme::Histogram::kUnitsMax)));
  EXPECT_FALSE(parse_thresholds(line(99 * programme::Histogram::kUnitsMax + 1)));
}

TEST(Thresholds, AnythingElseIsNone) {
  const auto replaced = [](std::string_view from, std::string_view to) {
    std::string line = kLine;
    line.replace(line.find(from), from.size(), to);
    return line;
  };
  for (const std::string& line : {std::string(),
                                  kLine + ",",
                                  kLine + ",five-star",
                                  replaced("THRESHOLDS", "RECEIPT"),
                                  replaced(",1,CLR", ",2,CLR"),
                                  replaced("CLR", "clr"),
                                  replaced("star,", "Star,"),
                                  replaced("2016-03", "2016-13"),
                                  replaced("aaa", "AAA"),
                                  replaced(",20,", ",020,"),
                                  replaced(",10,", ",0,"),
                                  replaced(",10,", ",-1,"),
                                  replaced(":5:", ":0:"),
                                  replaced(":70:", ":100:"),
                                  replaced(":1:312", ":0:312"),
                                  replaced("312", "624/2"),
                                  replaced("1287/10", "1287/7"),
                                  replaced("1287/10", "1287/0"),
                                  replaced(":310", ":-310"),
                                  replaced(":310", ":310:1"),
                                  replaced("312", "4000000000000000001")}) {
    EXPECT_FALSE(parse_thresholds(line)) << line;
  }
}

}  // namespace PH_FILE
}  // namespace ph::wire
