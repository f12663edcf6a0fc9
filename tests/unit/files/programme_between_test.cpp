// Every way in which rows of a programme exclude, need or contradict each other.
#include "tests/unit/files/programme_text.h"

namespace ph::test {
namespace PH_FILE {

using enum FaultCode;

struct Wrong {
  FaultCode code{};
  std::string_view base{};
  std::string_view after{};
  std::string_view old{};
  std::string_view with{};
  std::string_view column{};
};

constexpr std::string_view kTel = "china-telecom";
constexpr std::string_view kUni = "china-unicom";
constexpr std::string_view kGo = "china-mobile-gotone";

constexpr Wrong kAwards[] = {
    {kProgrammeKey, kTel, {}, "mode = \"LUMP_31DEC\"", "mode = \"NONE\"", "tenure_band"},
    {kProgrammeKey, kTel, "[level_award]", "mode = \"LUMP_31DEC\"", "mode = \"NONE\"",
     "level_award.grading"},
    {kProgrammeKey, kTel, "[level_award]", "mode = \"LUMP_31DEC\"", "mode = \"NONE\"",
     "level_rate"},
    {kProgrammeMissing, kTel, "[level_award]", "grading = \"level\"", "", "level_award.grading"},
    {kProgrammeLevelUnknown, kTel, "[level_award]", "grading = \"level\"", "grading = \"x\"",
     "level_award.grading"},
    {kProgrammeLevelUnknown, kTel, "[level_award]", "level = \"gold\"", "level = \"x\"",
     "level_rate.level"},
    {kProgrammeTwice, kTel, "[level_award]", "level = \"gold\"", "level = \"silver\"",
     "level_rate.level"},
    {kProgrammeMissing, kTel, "[tenure_award]", "rate = \"1/10\"", "", "tenure_band.rate"},
    {kProgrammeMissing, kUni, "[tenure_award]", "mode = \"NONE\"", "", "tenure_band"},
    {kProgrammeBands, kTel, "[tenure_award]", "from = 0", "from = 1", "tenure_band.from"},
    {kProgrammeBands, kTel, "[tenure_award]", "to = 6\n", "", "tenure_band.to"},
    {kProgrammeBands, kTel, "[tenure_award]", "from = 61", "from = 61\nto = 90", "tenure_band.to"},
    {kProgrammeBands, kTel, "[tenure_award]", "to = 12\n", "to = 5\n", "tenure_band.to"},
    {kProgrammeTwice, kTel, "[tenure_award]", "from = 7", "from = 0", "tenure_band.from"},
    {kProgrammeMissing, kTel, "[[campaign]]", "points = 200\n", "", "campaign.points"},
    {kProgrammeMissing,
     kTel,
     {},
     "[[source]]\nsource = \"AWARD\"\nrating = true",
     "",
     "source.source"},
    {kProgrammeOverlap,
     kTel,
     {},
     "[expiry]",
     "[[sp]]\nservice = \"ring-tones\"\nshare = \"0\"\nfrom = \"2010-01-01\"\n[expiry]",
     "sp.from"},
    {kProgrammeOverlap,
     kTel,
     {},
     "[expiry]",
     "[[partner]]\npartner = \"MER2\"\npoints_per_yuan = \"1/1\"\nfrom = \"2010-01-01\"\n"
     "[expiry]",
     "partner.from"},
    {kProgrammeOverlap, kTel, {}, "region = 2", "region = 1", "threshold.from"},
    {kProgrammeOverlap, kTel, {}, "region = 2", "region = 0", "threshold.from"},
    {kProgrammeOverlap, kGo, {}, "plan = \"gotone-89\"", "plan = \"gotone-129\"", "entry.from"},
};

constexpr Wrong kGradings[] = {
    {kProgrammeKey, kGo, "name = \"credit-star\"", "run = \"NONE\"",
     "run = \"NONE\"\nstandards = \"FIXED\"", "grading.standards"},
    {kProgrammeMissing, kTel, "name = \"growth\"", "standards = \"FIXED\"\n", "",
     "grading.standards"},
    {kProgrammeKey, kGo, "name = \"credit-star\"", "run = \"NONE\"",
     "run = \"MONTHLY\"\neffective = \"NEXT_MONTH\"", "grading.run"},
    {kProgrammeKey, kGo, "name = \"credit-star\"", "run = \"NONE\"", "run = \"NONE\"\napply = true",
     "grading.apply"},
    {kProgrammeKey, kGo, "name = \"credit-star\"", "run = \"NONE\"",
     "run = \"NONE\"\neffective = \"NEXT_MONTH\"", "grading.effective"},
    {kProgrammeMissing, kTel, "name = \"growth\"", "effective = \"NEXT_MONTH\"\n", "",
     "grading.effective"},
    {kProgrammeKey, kTel, "name = \"level\"", "effective = \"01-01\"", "effective = \"NEXT_MONTH\"",
     "grading.effective"},
    {kProgrammeKey, kTel, "name = \"growth\"", "effective = \"NEXT_MONTH\"",
     "effective = \"01-01\"", "grading.effective"},
    {kProgrammeKey, kUni, {}, "run = \"CLEARING\"", "run = \"MONTHLY\"", "grading.run"},
    {kProgrammeKey, kTel, {}, "run = \"MONTHLY\"", "run = \"CLEARING\"", "grading.run"},
    {kProgrammeKey, kTel, "name = \"level\"", "valid_months", "run_day = 5\nvalid_months",
     "grading.run_day"},
    {kProgrammeKey, kTel, {}, "standards = \"RATIOS\"", "standards = \"FIXED\"", "share.grading"},
    {kProgrammeKey, kUni, {}, "standards = \"CLEARING\"", "standards = \"FIXED\"", "cut.grading"},
    {kProgrammeKey, kUni, {}, "basis = \"PRODUCT\"", "basis = \"GROWTH\"", "factor.grading"},
    {kProgrammeKey,
     kGo,
     {},
     "basis = \"SPEND_SCORE\"",
     "basis = \"GROWTH\"",
     "tenure_points.grading"},
    {kProgrammeKey, kGo, {}, "basis = \"PLAN\"", "basis = \"REVIEW\"", "entry.grading"},
    {kProgrammeKey, kTel, {}, "basis = \"GROWTH\"", "basis = \"RATING_POINTS\"", "score.grading"},
    {kProgrammeKey, kGo, "[[threshold]]", "level = \"diamond\"", "level = \"none\"",
     "threshold.level"},
    {kProgrammeKey,
     kUni,
     {},
     "percent = 70",
     "percent = 70\n[[threshold]]\ngrading = \"star\"\n"
     "level = \"two-star\"\nmin = 1\nfrom = \"2015-07-01\"",
     "threshold.grading"},
    {kProgrammeTwice,
     kUni,
     {},
     "percent = 15",
     "percent = 15\n[[score]]\ngrading = \"star\"",
     "score.grading"},
    {kProgrammeTwice, kGo, {}, "name = \"monthly\"", "name = \"annual\"", "grading.name"},
    {kProgrammeTwice, kUni, {}, "name = \"loyal\"", "name = \"vip\"", "flag.name"},
    {kProgrammeTwice, kUni, {}, "name = \"loyal\"", "name = \"one-star\"", "flag.name"},
    {kProgrammeTwice, kUni, {}, "name = \"loyal\"", "name = \"other\"", "flag.name"},
    {kProgrammeTwice, kUni, {}, "\"two-star\", \"three", "\"all\", \"three", "grading.levels"},
    {kProgrammeMissing, kUni, {}, "months = 60\n", "", "flag.months"},
    {kProgrammeKey, kUni, {}, "months = 60", "months = 60\nvalid_months = 3", "flag.valid_months"},
    {kProgrammeMissing, kUni, "name = \"vip\"", "valid_months = 12\n", "", "flag.valid_months"},
    {kProgrammeKey, kUni, "name = \"vip\"", "valid_months = 12", "valid_months = 12\nmonths = 3",
     "flag.months"},
    {kProgrammeBands, kUni, {}, "years_from = 0", "years_from = 6", "factor.years_from"},
    {kProgrammeTwice, kUni, {}, "years_from = 2", "years_from = 1", "factor.years_from"},
    {kProgrammeTwice, kGo, {}, "years_from = 3", "years_from = 1", "tenure_points.years_from"},
    {kProgrammeTwice, kUni, {}, "level = \"four-star\"", "level = \"five-star\"", "cut.level"},
    {kProgrammeKey, kUni, {}, "level = \"two-star\"", "level = \"one-star\"", "cut.level"},
    {kProgrammeThresholdMissing,
     kUni,
     {},
     "level = \"two-star\"",
     "level = \"one-star\"",
     "grading.levels"},
    {kProgrammeLevelOrder, kTel, {}, "of = \"silver\"", "of = \"diamond\"", "share.of"},
    {kProgrammeReference, kTel, {}, "of = \"vip-card\"", "of = \"ordinary\"", "share.of"},
    {kProgrammeTwice, kTel, {}, "of = \"silver\"", "of = \"all\"", "share.of"},
    {kProgrammeTwice, kTel, "of = \"vip-card\"", "level = \"gold\"", "level = \"silver\"",
     "share.level"},
    {kProgrammeThresholdMissing, kGo, "plan = \"gotone-299\"", "from", "to = \"2030-01-01\"\nfrom",
     "grading.levels"},
    {kProgrammeLevelUnknown, kTel, "[effective]", "\"gold\"", "\"x\"", "effective.order"},
    {kProgrammeLevelUnknown, kTel, {}, "of = \"silver\"", "of = \"x\"", "share.of"},
    {kProgrammeSection,
     kGo,
     {},
     "[effective]",
     "[[grading]]\nname = \"a\"\ntitle = \"a\"\nlevels = [\"a\", \"b\"]\nbasis = \"REVIEW\"\n"
     "run = \"NONE\"\n[[grading]]\nname = \"b\"\ntitle = \"b\"\nlevels = [\"a\", \"b\"]\n"
     "basis = \"REVIEW\"\nrun = \"NONE\"\n[effective]",
     "grading"},
};

constexpr Wrong kServices[] = {
    {kProgrammeKey, kTel, {}, "kind = \"CLUB\"", "kind = \"CLUB\"\nper = \"YEAR\"", "benefit.kind"},
    {kProgrammeMissing, kUni, {}, "queue = \"high\"\n", "", "benefit.queue"},
    {kProgrammeKey, kUni, "name = \"appointment\"", "from", "queue = \"high\"\nfrom",
     "benefit.queue"},
    {kProgrammeMissing, kGo, {}, "prefer = \"hours\"\n", "", "benefit.prefer"},
    {kProgrammeReference, kGo, {}, "group = \"roaming\"\n", "", "benefit.group"},
    {kProgrammeReference, kGo, {}, "prefer = \"hours\"", "prefer = \"days\"", "benefit.prefer"},
    {kProgrammeTwice, kTel, {}, "name = \"middle\"", "name = \"high\"", "queue.name"},
    {kProgrammeMissing, kTel, "[[queue]]", "answer_seconds = 20\n", "", "queue.answer_seconds"},
    {kProgrammeMissing, kTel, "[[queue]]", "answer_percent = 90\n", "", "queue.answer_percent"},
    {kProgrammeReference,
     kTel,
     {},
     "grades = [\"blacklist\"]",
     "grades = [\"star-1\"]",
     "queue.grades"},
    {kProgrammeReference, kTel, {}, "\"ordinary\", \"other\"]", "\"ordinary\"]", "queue.grades"},
    {kProgrammeReference, kTel, "[[sheet_input]]", "sheet = \"b2b\"", "sheet = \"x\"",
     "sheet_input.sheet"},
    {kProgrammeReference, kTel, "[[sheet_band]]", "sheet = \"b2b\"", "sheet = \"x\"",
     "sheet_band.sheet"},
    {kProgrammeReference, kTel, "[[sheet_band]]", "input = \"nature\"", "input = \"x\"",
     "sheet_band.input"},
    {kProgrammeReference, kTel, "[[sheet_cut]]", "sheet = \"b2b\"", "sheet = \"x\"",
     "sheet_cut.sheet"},
    {kProgrammeTwice, kTel, {}, "grade = \"b\"", "grade = \"a\"", "sheet_cut.grade"},
    {kProgrammeTwice, kTel, "name = \"strength\"", "name = \"growth\"", "name = \"strength\"",
     "sheet_input.name"},
    {kProgrammeTwice, kTel, "input = \"nature\"", "from = 2", "from = 1", "sheet_band.from"},
    {kProgrammeSum, kTel, "grade = \"c\"", "from = 0", "from = 1", "sheet_cut.from"},
    {kProgrammeSum, kTel, "grade = \"a\"", "from = 75", "from = 101", "sheet_cut.from"},
    {kProgrammeSum, kTel, "input = \"strength\"", "max = 15", "max = 16", "sheet_band.max"},
    {kProgrammeSum, kTel, "input = \"strength\"", "max = 15", "max = 14", "sheet_input.max"},
    {kProgrammeSum, kTel, "input = \"strength\"", "min = 10", "min = 16", "sheet_band.min"},
    {kProgrammeMissing, kTel, "input = \"nature\"", "points = 5\n", "min = 1\n",
     "sheet_band.points"},
    {kProgrammeKey, kTel, "input = \"nature\"", "points = 5\n", "points = 5\nmin = 1\n",
     "sheet_band.min"},
    {kProgrammeTwice, kGo, {}, "name = \"arpu-200\"", "name = \"arpu-500\"", "segment.name"},
    {kProgrammeInterval, kGo, {}, "to_fen = 100000000", "to_fen = 50000", "segment.to_fen"},
    {kProgrammeKey, kTel, {}, "form = \"PHONE_CREDIT\"", "form = \"GIFT\"", "item.credit"},
    {kProgrammeKey, kTel, "name = \"handset\"", "cost = 150000", "cost = 150000\nstep = 5",
     "item.step"},
    {kProgrammeKey, kTel, {}, "item = \"voucher\"", "item = \"phone-credit\"", "price.item"},
    {kProgrammeMissing, kTel, {}, "item = \"handset\"", "item = \"voucher\"", "price.item"},
    {kProgrammeReference, kTel, {}, "item = \"handset\"", "item = \"x\"", "price.item"},
    {kProgrammeKey, kTel, "name = \"voucher\"", "form = \"GIFT\"", "form = \"OWN_PRODUCT\"",
     "item.cost"},
    {kProgrammeInterval,
     kTel,
     {},
     "hours_to = \"07:00\"",
     "hours_to = \"00:00\"",
     "price.hours_to"},
    {kProgrammeLevelUnknown, kTel, "name = \"voucher\"", "kind", "levels = [\"x\"]\nkind",
     "item.levels"},
    {kProgrammeRange, kTel, "name = \"level\"", "title = \"会员等级\"", "title = \"\"",
     "grading.title"},
    {kProgrammeType,
     kTel,
     {},
     "points = 200\n",
     "points = 200\nplans = [\"X\"]\n",
     "campaign.plans"},
    {kProgrammeTwice, kTel, {}, "[\"video\"]", "[\"video\", \"video\"]", "campaign.services"},
    {kProgrammeRange, kTel, {}, "hours_to = \"07:00\"", "hours_to = \"24:01\"", "price.hours_to"},
    {kProgrammeRange, kTel, {}, "in = \"1/2\"", "in = \"1/1000001\"", "fixed_line.in"},
    {kProgrammeType, kTel, {}, "in = \"1/2\"", "in = \"01/2\"", "fixed_line.in"},
    {kProgrammeRange, kTel, "[[share]]", "ratio = \"1/3\"", "ratio = \"1/1\"", "share.ratio"},
    {kProgrammeType, kTel, {}, "maker = \"G-0001\"", "maker = \"张三\"", "programme.maker"},
};

void hold(std::span<const Wrong> wrongs) {
  for (const Wrong& wrong : wrongs) {
    const std::string text = changed(ready_text(wrong.base), wrong.old, wrong.with, wrong.after);
    const std::vector<Fault> faults = faults_of(text);
    EXPECT_TRUE(std::ranges::any_of(faults,
                                    [&](const Fault& fault) {
                                      return fault.code == wrong.code &&
                                             fault.column == wrong.column;
                                    }))
        << wrong.column << ": " << wrong.with << ": " << codes(faults);
  }
}

TEST(ProgrammeCheck, AwardsAgreeWithTheirModes) {
  hold(kAwards);
}

TEST(ProgrammeCheck, GradingsAgreeWithTheirBasisAndStandards) {
  hold(kGradings);
}

TEST(ProgrammeCheck, ServicesAndCatalogueAgreeWithEachOther) {
  hold(kServices);
}

// A later row takes an earlier one's place; where it ends, that one counts again.
TEST(ProgrammeCheck, TiersAreThoseOfADay) {
  const auto with = [](std::string_view to) {
    return changed(ready_text(kTel), "[orders]",
                   "[[price]]\nitem = \"voucher\"\nquantity = 1\npoints = 6000\ncash = 0\n"
                   "from = \"2010-01-01\"\n" +
                       std::string(to) +
                       "[[price]]\nitem = \"voucher\"\nquantity = 3\npoints = 9000\ncash = 0\n"
                       "from = \"2010-01-01\"\n[orders]");
  };
  EXPECT_EQ(codes(faults_of(with(""))), "");
  // From 2011 on one piece costs 10,000 again, and three 9,000.
  const std::vector<Fault> faults = faults_of(with("to = \"2011-01-01\"\n"));
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].code, kProgrammeTiers);
}

}  // namespace PH_FILE
}  // namespace ph::test
