// Every fault of the programme file: by its number, its line, and what would be right.
#include <set>

#include "tests/unit/files/programme_text.h"

namespace ph::test {
namespace {

struct Wrong {
  FaultCode code{};
  std::string_view base{};   // the file that ships
  std::string_view after{};  // the change is the first `old` behind it
  std::string_view old{};
  std::string_view with{};
  std::string_view at{};  // the fault's line is that of this text, behind `at_after`, once changed
  std::string_view at_after{};
  std::string_view column{};
  std::string_view expected{};  // stands in the fault's `expected`
};

constexpr std::string_view kTel = "china-telecom";
constexpr std::string_view kUni = "china-unicom";
constexpr std::string_view kGo = "china-mobile-gotone";

using enum FaultCode;

const std::vector<Wrong>& wrongs() {
  static const std::vector<Wrong> kWrongs = {
      {kProgrammeToml, kTel, {}, "years = 3", "years = = 3", "years = =", {}, "", "TOML"},
      {kProgrammeToml, kTel, {}, "years = 3", "years = 3.0", "years = 3.0", {}, "expiry.years",
       "no float"},
      {kProgrammeToml, kTel, {}, "\"2004-01-01\"", "2004-01-01", "effective = 2004", {},
       "programme.effective", "in quotes"},
      {kProgrammeToml, kTel, {}, "[\"video\"]", "[[\"video\"]]", "services = [[", {},
       "campaign.services", "not nested"},
      {kProgrammeToml, kTel, {}, "years = 3", "years = {n = 3}", "years = {", {}, "expiry.years",
       "no table"},
      {kProgrammeToml, kTel, {}, "[programme]", "stray = 1\n[programme]", "stray", {}, "stray",
       "within a section"},
      {kProgrammeSection, kTel, {}, "[expiry]", "[expiries]", "[expiries]", {}, "expiries",
       "one of the sections"},
      {kProgrammeSection, kTel, {}, "[limits]", "[earn]\n[limits]", "[earn]\n[lim", {}, "",
       "redefine"},
      {kProgrammeSection, kTel, {}, "[orders]", "[[orders]]", "[[orders]]", {}, "orders",
       "in one bracket"},
      {kProgrammeSection, kTel, {}, "[[queue]]\nname = \"last\"", "[last]\nname = \"last\"",
       "[last]", {}, "last", "one of"},
      {kProgrammeKey, kTel, {}, "years = 3", "year = 3", "year = 3", {}, "expiry.year",
       "policy years notice_months"},
      {kProgrammeKey, kTel, "mode = \"LUMP", "rate = \"0\"", "rate = \"0\"\npoints = 5",
       "[[tenure_band]]", {}, "tenure_band.points", "isn't used"},
      {kProgrammeKey, kTel, "name = \"growth\"", "publish = \"AUTO\"",
       "publish = \"AUTO\"\napply_months = 6", "apply_months = 6", {}, "grading.apply_months",
       "only with `apply`"},
      {kProgrammeKey, kTel, {}, "points = 200\n", "points = 200\nrate = \"1/2\"\n",
       "[[campaign]]", {}, "campaign.rate", "not both"},
      {kProgrammeType, kTel, {}, "years = 3", "years = \"3\"", "years = \"3\"", {},
       "expiry.years", "an integer, 1 to 10"},
      {kProgrammeType, kTel, {}, "code = \"china-telecom\"", "code = \"China\"", "code = \"China",
       {}, "programme.code", "a-z 0-9 -"},
      {kProgrammeType, kTel, {}, "\"1/10\"", "\"0.1\"", "rate = \"0.1\"", {}, "tenure_band.rate",
       "num/den"},
      {kProgrammeType, kTel, {}, "policy = \"QUARTER\"", "policy = \"MONTH\"", "\"MONTH\"", {},
       "expiry.policy", "one of QUARTER YEAR"},
      {kProgrammeType, kTel, {}, "effective = \"2004-01-01\"", "effective = \"2004-02-30\"",
       "2004-02-30", {}, "programme.effective", "YYYY-MM-DD"},
      {kProgrammeType, kTel, {}, "hours_from = \"00:00\"", "hours_from = \"0:00\"", "\"0:00\"", {},
       "price.hours_from", "HH:MM"},
      {kProgrammeRange, kTel, {}, "years = 3", "years = 11", "years = 11", {}, "expiry.years",
       "1 to 10"},
      {kProgrammeRange, kTel, {}, "share = \"3/10\"", "share = \"11/10\"", "share = \"11", {},
       "sp.share", "up to 1"},
      {kProgrammeRange, kTel, {}, "effective = \"01-01\"", "effective = \"02-29\"", "02-29", {},
       "grading.effective", "every year"},
      {kProgrammeRange, kTel, {}, "region = 3", "region = 4", "[[threshold]]", "min = 24000",
       "threshold.region", "0 to 3"},
      {kProgrammeMissing, kTel, {}, "points_per_yuan = \"1/10\"", "", "[[partner]]", {},
       "partner.points_per_yuan", "num/den"},
      {kProgrammeMissing, kTel, {}, "[[source]]\nsource = \"SP\"\nrating = false\n", "", {}, {},
       "source.source", "a [[source]] of SP"},
      {kProgrammeMissing, kTel, {}, "[[level_rate]]\nlevel = \"gold\"\nrate = \"1/5\"\n", "",
       "[level_award]", {}, "level_rate.level", "this level"},
      {kProgrammeFormat, kTel, {}, "format = 1", "format = 2", "format = 2", {},
       "programme.format", "1"},
      {kProgrammeTwice, kTel, {}, "\"silver\", \"gold\", \"diamond\"]",
       "\"silver\", \"silver\", \"diamond\"]", "levels = [\"ordinary\", \"vip-card\", \"silver\"",
       {}, "grading.levels", "each name once"},
      {kProgrammeTwice, kTel, {}, "source = \"LEVEL\"", "source = \"TENURE\"", "[[source]]",
       "source = \"TENURE\"", "source.source", "see line"},
      {kProgrammeRatioZero, kTel, {}, "credit = \"3/5\"", "credit = \"0/5\"", "credit = \"0", {},
       "item.credit", "above 0"},
      {kProgrammeRatioZero, kTel, {}, "out = \"1/1\"", "out = \"1/0\"", "out = \"1/0", {},
       "fixed_line.out", "den 1 to"},
      {kProgrammeRoundTrip, kTel, {}, "in = \"1/2\"", "in = \"3/2\"", "[fixed_line]", {},
       "fixed_line.out", "of 1 at most"},
      {kProgrammeOverlap, kTel, "title = \"Dedicated counter", "from = \"2004-01-01\"",
       "from = \"2004-01-01\"\n[[benefit]]\nname = \"counter\"\ntitle = \"x\"\n"
       "levels = [\"gold\"]\nfrom = \"2005-01-01\"",
       "[[benefit]]\nname = \"counter\"\ntitle = \"x\"", {}, "benefit.from",
       "both hold on 2005-01-01; see line"},
      {kProgrammeInterval, kTel, {}, "to = \"2008-10-01\"", "to = \"2008-07-01\"", "[[campaign]]",
       {}, "campaign.to", "behind `from`, 2008-07-01"},
      {kProgrammeBands, kTel, {}, "from = 25", "from = 26", "[[tenure_band]]\nfrom = 26", {},
       "tenure_band.from", "25"},
      {kProgrammeLevelUnknown, kTel, {}, "levels = [\"gold\", \"diamond\"]",
       "levels = [\"golden\", \"diamond\"]", "[[benefit]]\nname = \"manager\"", {},
       "benefit.levels", "a level or flag"},
      {kProgrammeLevelUnknown, kTel, {}, "grading = \"growth\"", "grading = \"grow\"", "[[score]]",
       {}, "score.grading", "a [[grading]]"},
      {kProgrammeLevelOrder, kTel, {}, "min = 4000", "min = 2299", "[[threshold]]", "min = 2300",
       "threshold.min", "at least 2300"},
      {kProgrammeThresholdMissing, kTel, {}, "region = 2", "region = 2\nto = \"2010-01-01\"",
       "[[grading]]", {}, "grading.levels", "class 2 can reach this level on 2010-01-01"},
      {kProgrammeCuts, kUni, {}, "percent = 30", "percent = 15", "[[cut]]", "percent = 15",
       "cut.percent", "more than 15"},
      {kProgrammeReference, kUni, {}, "queue = \"high\"", "queue = \"higher\"",
       "[[benefit]]\nname = \"priority-10010\"", {}, "benefit.queue", "a [[queue]]"},
      {kProgrammeReference, kTel, {}, "grades = [\"ordinary\", \"other\"]",
       "grades = [\"ordinary\", \"other\", \"gold\"]", "[[queue]]\nname = \"normal\"", {},
       "queue.grades", "one queue alone"},
      {kProgrammeReference, kTel, {}, "grades = [\"vip-card\", \"silver\"]",
       "grades = [\"vip-card\"]", "[[queue]]\nname = \"last\"", {}, "queue.grades", "in none"},
      {kProgrammeSum, kTel, {}, "high = 100", "high = 101", "[[sheet]]", {}, "sheet.high",
       "100, the sum"},
      {kProgrammeSum, kTel, {}, "min = 5\nmax = 9", "min = 6\nmax = 9", "[[sheet_band]]",
       "max = 4\n", "sheet_band.min", "5, behind"},
      {kProgrammeSum, kTel, {}, "of = \"silver\"\nratio = \"1/5\"",
       "of = \"vip-card\"\nratio = \"4/5\"", "[[share]]", "ratio = \"1/4\"", "share.ratio",
       "fit into"},
      {kProgrammeOnePerson, kTel, {}, "checker = \"G-0002\"", "checker = \"G-0001\"",
       "[programme]", {}, "programme.checker", "another officer"},
      {kProgrammeTiers, kTel, {}, "points = 20000", "points = 9999", "[[price]]\nitem = \"voucher\"",
       "points = 10000", "price.points", "10000 to 30000"},
      {kProgrammeTiers, kTel, {}, "points = 20000", "points = 30001",
       "[[price]]\nitem = \"voucher\"", "points = 10000", "price.points", "10000 to 30000"},
  };
  return kWrongs;
}

TEST(ProgrammeCheck, EveryFaultIsNamedByItsLineAndReason) {
  std::set<FaultCode> seen;
  for (const Wrong& wrong : wrongs()) {
    const std::string text = changed(ready_text(wrong.base), wrong.old, wrong.with, wrong.after);
    const std::vector<Fault> faults = faults_of(text);
    ASSERT_FALSE(faults.empty()) << wrong.with;
    const auto found = std::ranges::find_if(faults, [&](const Fault& fault) {
      return fault.code == wrong.code && fault.column == wrong.column;
    });
    ASSERT_NE(found, faults.end()) << wrong.with << ": " << codes(faults) << faults[0].column;
    EXPECT_EQ(found->line, wrong.at.empty() ? 0 : line_of(text, wrong.at, wrong.at_after))
        << wrong.with;
    EXPECT_NE(found->expected.find(wrong.expected), std::string::npos)
        << wrong.with << ": " << found->expected;
    seen.insert(wrong.code);
  }
  for (int number = 1101; number <= 1122; ++number) {
    if (number == 1120) continue;  // Of the rule book: a case of its own.
    EXPECT_TRUE(seen.contains(static_cast<FaultCode>(number))) << number;
  }
}

TEST(ProgrammeCheck, TheSameFileGivesTheSameFaults) {
  for (const Wrong& wrong : wrongs()) {
    const std::string text = changed(ready_text(wrong.base), wrong.old, wrong.with, wrong.after);
    const std::vector<Fault> once = faults_of(text);
    const std::vector<Fault> again = faults_of(text);
    ASSERT_EQ(once.size(), again.size());
    for (std::size_t i = 0; i < once.size(); ++i) {
      EXPECT_EQ(once[i].line, again[i].line);
      EXPECT_EQ(once[i].column + once[i].value + once[i].expected,
                again[i].column + again[i].value + again[i].expected);
    }
    EXPECT_TRUE(std::ranges::is_sorted(once, {}, &Fault::line));
  }
}

// Single values, and what rows that are right say against each other, in one go.
TEST(ProgrammeCheck, ManyFaultsAreListedTogether) {
  std::string text = ready_text(kTel);
  text = changed(text, "years = 3", "years = 30");
  text = changed(text, "min = 600", "min = \"600\"");
  text = changed(text, "in = \"1/2\"", "in = \"2/1\"");
  text = changed(text, "checker = \"G-0002\"", "checker = \"G-0001\"");
  text = changed(text, "to = \"2008-10-01\"", "to = \"2008-01-01\"");
  const std::vector<Fault> faults = faults_of(text);
  EXPECT_EQ(codes(faults), std::to_string(line_of(text, "[programme]")) +
                               ":PROGRAMME_ONE_PERSON " +
                               std::to_string(line_of(text, "[[campaign]]")) +
                               ":PROGRAMME_INTERVAL " +
                               std::to_string(line_of(text, "[fixed_line]")) +
                               ":PROGRAMME_ROUND_TRIP " +
                               std::to_string(line_of(text, "years = 30")) + ":PROGRAMME_RANGE " +
                               std::to_string(line_of(text, "min = \"600\"")) + ":PROGRAMME_TYPE");
}

TEST(ProgrammeCheck, AFileOfMoreThanAMegabyteIsRefused) {
  std::string text = ready_text(kTel);
  text += "#" + std::string((1U << 20U) - text.size() - 1, ' ');
  EXPECT_TRUE(faults_of(text).empty());
  EXPECT_EQ(codes(faults_of(text + " ")), "0:PROGRAMME_TOML");
}

TEST(ProgrammeCheck, AtMostSoManySections) {
  std::string text = ready_text(kTel);
  std::size_t sections = 101;
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
  // A phone's 5,000 points pay for 500 yuan, which is the cheapest from outside: 1 point for 10 fen.
  const auto with = [](std::string_view market) {
    return changed(ready_text(kTel), "kind = \"OWN\"", "kind = \"OWN\"\nmarket_fen = " +
                   std::string(market), "name = \"night-minutes\"");
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
  text += "[[grading]]\nname = \"star-7\"\ntitle = \"x\"\nlevels = [\"ordinary\", \"s1\", \"s2\", "
          "\"s3\", \"s4\", \"s5\", \"s6\", \"s7\"]\nbasis = \"PRODUCT\"\nrun = \"MONTHLY\"\n"
          "effective = \"NEXT_MONTH\"\nstandards = \"FIXED\"\n[[factor]]\ngrading = \"star-7\"\n"
          "years_from = 0\nfactor = \"1/1\"\n";
  const std::vector<Fault> faults = faults_of(text);
  ASSERT_EQ(faults.size(), 7U);
  for (const Fault& fault : faults) {
    EXPECT_EQ(fault.code, kProgrammeThresholdMissing);
    EXPECT_EQ(fault.line, line_of(text, "[[grading]]\nname = \"star-7\""));
  }
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

}  // namespace
}  // namespace ph::test
