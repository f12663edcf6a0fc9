// What a version may change against those before it.
#include "core/programme/programme_version.h"

#include "tests/unit/files/programme_text.h"

namespace ph::test {
namespace PH_FILE {

std::string version(std::string text, int number, std::string_view effective) {
  text = changed(text, "version = 1", "version = " + std::to_string(number));
  return changed(text, "effective = \"2024-01-01\"",
                 "effective = \"" + std::string(effective) + "\"");
}

std::string one() {
  return ready_text("china-mobile-gotone");
}
std::string two() {
  return version(one(), 2, "2025-01-01");
}

// Codes and lines of what of `after` may not follow.
std::string faults(const std::vector<std::string>& before, const std::string& after) {
  std::vector<Programme> made;
  for (const std::string& text : before)
    made.push_back(programme_of(text));
  std::vector<const Programme*> pointers;
  for (const Programme& each : made)
    pointers.push_back(&each);
  std::string out;
  for (const ProgrammeFault& fault : version_faults(pointers, programme_of(after))) {
    out += std::to_string(fault.line) + ":" + std::to_string(static_cast<int>(fault.code)) + ":" +
           fault.key + " ";
  }
  return out;
}

std::string grading(std::string_view name, std::string_view levels) {
  return "[[grading]]\nname = \"" + std::string(name) + "\"\ntitle = \"x\"\nlevels = [" +
         std::string(levels) + "]\nbasis = \"REVIEW\"\nrun = \"NONE\"\n";
}

TEST(ProgrammeVersion, TheNextOneLaterMayFollow) {
  EXPECT_EQ(faults({one()}, two()), "");
  EXPECT_FALSE(version_fault(programme_of(one()), programme_of(two())).has_value());
}

TEST(ProgrammeVersion, CodeNumberAndDayAreHeldAgainstTheOneBefore) {
  const std::string head = std::to_string(line_of(one(), "[programme]"));
  EXPECT_EQ(faults({one()}, version(one(), 3, "2025-01-01")), head + ":1012:programme.version ");
  EXPECT_EQ(faults({one()}, version(one(), 2, "2024-01-02")), "");
  EXPECT_EQ(faults({one()}, changed(one(), "version = 1", "version = 2")),
            head + ":1013:programme.effective ");
  EXPECT_EQ(faults({one()}, changed(two(), "\"china-mobile-gotone\"", "\"other\"")),
            head + ":1012:programme.code ");
}

TEST(ProgrammeVersion, AGradingKeepsItsLevels) {
  const std::string more = changed(two(), "\"star-5-diamond\",\n", "\"star-5-diamond\", \"x\",\n");
  EXPECT_EQ(faults({one()}, more),
            std::to_string(line_of(more, "[[grading]]\nname = \"credit-star\"")) +
                ":1014:grading.levels ");
  // Though a version between them left the grading out.
  const std::string with =
      changed(one(), "[effective]", grading("a", "\"l0\", \"l1\"") + "[effective]");
  const std::string again = changed(version(one(), 3, "2026-01-01"), "[effective]",
                                    grading("a", "\"l1\", \"l0\"") + "[effective]");
  EXPECT_EQ(faults({with, two()}, again),
            std::to_string(line_of(again, "[[grading]]\nname = \"a\"")) + ":1014:grading.levels ");
}

TEST(ProgrammeVersion, FourGradingsOverAllVersions) {
  const auto with = [](const std::string& text, std::string_view name) {
    return changed(text, "[effective]", grading(name, "\"l0\", \"l1\"") + "[effective]");
  };
  const std::string first = with(one(), "fourth");
  EXPECT_EQ(faults({first}, with(two(), "fourth")), "");
  const std::string fifth = with(two(), "fifth");  // Though the fourth is gone.
  EXPECT_EQ(
      faults({first}, fifth),
      std::to_string(line_of(fifth, "[[grading]]\nname = \"fifth\"")) + ":1014:grading.name ");
  const Programme a = programme_of(one());
  const Programme b = programme_of(fifth);
  const std::vector<const Programme*> both = {&a, &b};
  EXPECT_EQ(grading_places(both),
            (std::vector<std::string>{"annual", "monthly", "credit-star", "fifth"}));
}

}  // namespace PH_FILE
}  // namespace ph::test
