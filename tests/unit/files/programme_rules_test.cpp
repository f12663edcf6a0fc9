// Limits of the programme file, and its faults that need more than one change to see.
#include "tests/unit/files/programme_text.h"

namespace ph::test {
namespace PH_FILE {

using enum FaultCode;

constexpr std::string_view kTel = "china-telecom";
constexpr std::string_view kUni = "china-unicom";

TEST(ProgrammeCheck, AFileOfMoreThanAMegabyteIsRefused) {
  std::string text = ready_text(kTel);
  text += "#" + std::string((1U << 20U) - text.size() - 1, ' ');
  EXPECT_TRUE(faults_of(text).empty());
  EXPECT_EQ(codes(faults_of(text + " ")), "0:PROGRAMME_TOML");
}

// What breaks an assertion of the TOML library is a fault of the file, with its line.
TEST(ProgrammeCheck, ATextThatBreaksTheTomlLibraryIsAFault) {
  const std::string text = changed(ready_text(kTel), "[orders]", "[&]\n[orders]");
  const std::vector<Fault> faults = faults_of(text);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].code, kProgrammeToml);
  EXPECT_EQ(faults[0].line, line_of(text, "[&]"));
}

TEST(ProgrammeCheck, AtMostSoManySections) {
  std::string text = ready_text(kTel);
  std::size_t sections = 105;
  for (; sections < 4096; ++sections) {
    text += "[[segment]]\nname = \"s" + std::to_string(sections) +
            "\"\nfrom_fen = 0\nto_fen = 0\nincome = \"1\"\ncredit = \"1\"\n";
  }
  EXPECT_EQ(codes(faults_of(text)), "");
  text += "[[segment]]\n";
  const std::vector<Fault> faults = faults_of(text);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].code, kProgrammeSection);
}

TEST(ProgrammeCheck, OwnProductDearerThanOutside) {
  // A phone's 5,000 points pay for 500 yuan, which is the cheapest from outside: 1 point for 10
  // fen.
  const auto with = [](std::string_view market) {
    return changed(ready_text(kTel), "kind = \"OWN\"",
                   "kind = \"OWN\"\nmarket_fen = " + std::string(market),
                   "name = \"night-minutes\"");
  };
  EXPECT_EQ(codes(faults_of(with("10000"))), "");
  const std::string text = with("9999");
  const std::vector<Fault> faults = faults_of(text);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].code, kProgrammeTiers);
  EXPECT_EQ(faults[0].line, line_of(text, "[[price]]\nitem = \"night-minutes\""));
  EXPECT_NE(faults[0].expected.find("999 at most"), std::string::npos) << faults[0].expected;
}

TEST(ProgrammeCheck, SevenStarsWithoutStandards) {
  std::string text = ready_text(kUni);
  text +=
      "[[grading]]\nname = \"star-7\"\ntitle = \"x\"\nlevels = [\"ordinary\", \"s1\", \"s2\", "
      "\"s3\", \"s4\", \"s5\", \"s6\", \"s7\"]\nbasis = \"PRODUCT\"\nrun = \"MONTHLY\"\n"
      "effective = \"NEXT_MONTH\"\nstandards = \"FIXED\"\n[[factor]]\ngrading = \"star-7\"\n"
      "years_from = 0\nfactor = \"1/1\"\n";
  const std::vector<Fault> faults = faults_of(text);
  ASSERT_EQ(faults.size(), 6U);  // Whoever is rated has the lowest star.
  for (const Fault& fault : faults) {
    EXPECT_EQ(fault.code, kProgrammeThresholdMissing);
    EXPECT_EQ(fault.line, line_of(text, "[[grading]]\nname = \"star-7\""));
  }
}

// A grading that no run could grade is refused before it is taken.
TEST(ProgrammeCheck, EachGradingHasARunThatNodesCarryOut) {
  const auto fault_of = [](std::string_view basis, std::string_view run, std::string_view more) {
    const std::string text =
        ready_text(kUni) +
        "[[grading]]\nname = \"own\"\ntitle = \"x\"\nlevels = [\"o0\", \"o1\"]\n" + "basis = \"" +
        std::string(basis) + "\"\nrun = \"" + std::string(run) + "\"\neffective = \"" +
        (run == "YEARLY" ? "01-01" : "NEXT_MONTH") + "\"\n" + std::string(more);
    std::vector<Fault> faults;
    check_new_programme(programme_of(text), "x", faults);
    EXPECT_TRUE(faults.empty() || faults[0].line == line_of(text, "[[grading]]\nname = \"own\""));
    return codes(faults).substr(codes(faults).find(':') + 1);
  };
  const std::string fixed =
      "standards = \"FIXED\"\n[[threshold]]\ngrading = \"own\"\nlevel = \"o1\"\nmin = 5\n"
      "from = \"2015-01-01\"\n";
  const std::string factor =
      fixed + "[[factor]]\ngrading = \"own\"\nyears_from = 0\nfactor = \"1/1\"\n";
  const auto months = [&factor](const char* count) {
    return factor + "[[score]]\ngrading = \"own\"\nmonths = " + count + "\n";
  };
  const std::string ratios =
      "standards = \"RATIOS\"\n[[share]]\ngrading = \"own\"\nlevel = \"o1\"\nof = \"all\"\n"
      "ratio = \"1/3\"\n";
  EXPECT_EQ(fault_of("RATING_POINTS", "YEARLY", fixed), "");
  EXPECT_EQ(fault_of("SPEND_SCORE", "YEARLY", ratios), "");
  EXPECT_EQ(fault_of("GROWTH", "MONTHLY", fixed), "");
  EXPECT_EQ(fault_of("PRODUCT", "MONTHLY", months("22")), "");
  EXPECT_EQ(fault_of("PRODUCT", "MONTHLY", months("23")), "PROGRAMME_KEY");
  EXPECT_EQ(fault_of("PRODUCT", "YEARLY", factor), "PROGRAMME_KEY");
  EXPECT_EQ(fault_of("GROWTH", "YEARLY", fixed), "PROGRAMME_KEY");
  EXPECT_EQ(fault_of("GROWTH", "MONTHLY", ratios), "PROGRAMME_KEY");
  EXPECT_EQ(fault_of("RATING_POINTS", "MONTHLY", fixed), "PROGRAMME_KEY");
}

TEST(ProgrammeCheck, TheRuleBookKnowsPartnersAndExpiry) {
  const RuleBook book = good_book();
  std::vector<Fault> faults;
  const std::string text = changed(ready_text(kTel), "MER2", "MER1");
  check_programme_rules(programme_of(text), book, "x", faults);
  EXPECT_EQ(codes(faults), "");
  check_programme_rules(programme_of(ready_text(kTel)), book, "x", faults);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].code, kProgrammeReference);
  EXPECT_EQ(faults[0].line, line_of(text, "[[partner]]"));
  faults.clear();
  check_programme_rules(programme_of(changed(text, "\"QUARTER\"", "\"YEAR\"")), book, "x", faults);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].code, kProgrammeExpiry);
  EXPECT_EQ(faults[0].line, line_of(text, "[expiry]"));
  EXPECT_EQ(faults[0].expected, "QUARTER, 3 years, as the rule book beside it says");
  faults.clear();
  check_programme_rules(programme_of(changed(text, "MER1", "CMCC")), book, "x", faults);
  EXPECT_EQ(faults.size(), 1U);  // The clearing is no partner.
}

// The rule of the month from which the programme holds.
TEST(ProgrammeCheck, ExpiresAsTheRuleBookSaysForItsFirstMonth) {
  const std::string quarter = changed(ready_text(kTel), "MER2", "MER1");
  const std::string year =
      changed(changed(quarter, "\"QUARTER\"", "\"YEAR\""), "years = 3", "years = 2");
  const Month first = programme_of(quarter).rows().head.effective.month();
  const auto found = [&](Month from, const std::string& text) {
    RuleRows rows = good_book().rows();
    rows.expiries = {{.rule = {.policy = ExpiryPolicy::kYear, .years = 2}, .from = from}};
    const auto book = RuleBook::build(rows);
    std::vector<Fault> faults;
    check_programme_rules(programme_of(text), *book, "x", faults);
    return faults.empty() ? std::string() : faults.front().expected;
  };
  EXPECT_EQ(found(first, year), "");
  EXPECT_EQ(found(first, quarter), "YEAR, 2 years, as the rule book beside it says");
  EXPECT_EQ(found(first.next(), quarter), "");
  EXPECT_EQ(found(first.next(), year), "QUARTER, 3 years, as the rule book beside it says");
}

}  // namespace PH_FILE
}  // namespace ph::test
