// The three programmes that ship say what the operators' documents say (docs/decisions/
// 0023-programme-format.md, section 7).
#include "tests/unit/files/programme_text.h"

namespace ph::test {
namespace PH_FILE {

using namespace programme;

std::string names_of(const std::vector<Ref>& refs) {
  std::string out;
  for (const Ref& ref : refs)
    out += (out.empty() ? "" : " ") + ref.name;
  return out;
}

const Benefit* benefit_of(const Programme& programme, std::string_view name) {
  const auto& all = programme.rows().benefits;
  const auto found = std::ranges::find(all, name, &Benefit::name);
  EXPECT_NE(found, all.end()) << name;
  return found == all.end() ? nullptr : &*found;
}

std::string levels_of(const Programme& programme, std::string_view benefit) {
  const Benefit* found = benefit_of(programme, benefit);
  return found == nullptr ? "" : names_of(found->levels);
}

// Every name of the file is resolved to what it names.
TEST(Ready, EveryReferenceIsResolved) {
  for (const char* name : {"china-telecom", "china-unicom", "china-mobile-gotone"}) {
    const Programme made = programme_of(ready_text(name));
    const Rows& rows = made.rows();
    for (const Grading& grading : rows.gradings) {
      for (const Threshold& row : grading.thresholds) {
        EXPECT_EQ(grading.levels.at(row.level.index).name, row.level.name);
        EXPECT_EQ(rows.gradings.at(row.grading.index).name, row.grading.name);
      }
      for (const Share& row : grading.shares) {
        EXPECT_EQ(row.of.name == "all", row.of.index == kNoIndex);
      }
    }
    for (const Benefit& row : rows.benefits) {
      for (const Ref& ref : row.levels)
        EXPECT_EQ(made.grades().at(ref.index), ref.name);
      if (row.queue.given()) {
        EXPECT_EQ(rows.queues.at(row.queue.index).name, row.queue.name);
      }
    }
    for (const Price& row : rows.prices) {
      EXPECT_EQ(rows.items.at(row.item.index).name, row.item.name);
    }
    for (std::size_t i = 0; i < rows.effective_order.size(); ++i) {
      EXPECT_EQ(made.rank_of_grade(rows.effective_order[i].index), i);
    }
    EXPECT_TRUE(made.is_rating(Source::kConsumption));
    EXPECT_FALSE(made.is_rating(Source::kPartner));
  }
}

TEST(Ready, TelecomGivesLumpSums) {
  const Programme made = programme_of(ready_text("china-telecom"));
  const Rows& rows = made.rows();
  EXPECT_EQ(rows.tenure_award.mode, AwardMode::kLump31Dec);
  EXPECT_EQ(rows.level_award.mode, AwardMode::kLump31Dec);
  ASSERT_EQ(rows.tenure_bands.size(), 7U);
  const Ratio rates[] = {{0, 1}, {1, 10}, {1, 5}, {3, 10}, {2, 5}, {1, 2}, {3, 5}};
  const int from[] = {0, 7, 13, 25, 37, 49, 61};
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(*rows.tenure_bands[i].rate, rates[i]);
    EXPECT_EQ(rows.tenure_bands[i].from, from[i]);
  }
  EXPECT_EQ(rows.tenure_bands.back().to, TenureBand::kOpenBand);
  ASSERT_EQ(rows.level_rates.size(), 4U);
  EXPECT_EQ(*rows.level_rates[3].rate, Ratio(1, 2));
  EXPECT_EQ(rows.level_rates[3].level.index, 4);  // diamond
  EXPECT_EQ(rows.earn.unit_fen, 100);
  EXPECT_EQ(rows.earn.round, Rounding::kFloor);
  EXPECT_EQ(rows.expiry.rule, ExpiryRule{});
}

TEST(Ready, TelecomCommunity) {
  const Programme made = programme_of(ready_text("china-telecom"));
  for (const char* name : {"forum", "magazine", "chat"}) {
    EXPECT_EQ(levels_of(made, name), "ordinary vip-card silver gold diamond");
    EXPECT_EQ(benefit_of(made, name)->kind, BenefitKind::kClub);
  }
  for (const char* name : {"club-golf", "club-women", "club-car", "club-travel"}) {
    EXPECT_EQ(levels_of(made, name), "gold diamond");
    EXPECT_EQ(benefit_of(made, name)->kind, BenefitKind::kClub);
  }
}

TEST(Ready, TelecomTieredService) {
  const Programme made = programme_of(ready_text("china-telecom"));
  EXPECT_EQ(levels_of(made, "counter"), "silver gold diamond");
  EXPECT_EQ(levels_of(made, "hotline"), "silver gold diamond");
  EXPECT_EQ(levels_of(made, "manager"), "gold diamond");
  EXPECT_EQ(levels_of(made, "gift-points"), "vip-card silver gold diamond");
  EXPECT_EQ(levels_of(made, "cross-province-sim"), "vip-card silver gold diamond");
}

TEST(Ready, TelecomSheetHasThreeBandsAnInput) {
  const Programme made = programme_of(ready_text("china-telecom"));
  ASSERT_EQ(made.rows().sheets.size(), 1U);
  const Sheet& sheet = made.rows().sheets[0];
  ASSERT_EQ(sheet.inputs.size(), 6U);
  for (const SheetInput& input : sheet.inputs)
    EXPECT_EQ(input.bands.size(), 3U) << input.name;
  EXPECT_EQ(sheet.cuts.front().grade, "a");
  EXPECT_EQ(sheet.cuts.front().from, 75);
}

TEST(Ready, UnicomOrder) {
  const Programme made = programme_of(ready_text("china-unicom"));
  EXPECT_EQ(names_of(made.rows().effective_order),
            "legacy-diamond five-star legacy-gold vip loyal legacy-silver four-star three-star "
            "two-star one-star ordinary");
  const Grading& star = made.rows().gradings.at(0);
  ASSERT_EQ(star.cuts.size(), 4U);
  EXPECT_EQ(star.cuts.front().level.name, "five-star");  // The highest first.
  EXPECT_EQ(star.cuts.back().percent, 70);
  EXPECT_EQ(star.score.months_min, 6);
  EXPECT_EQ(star.score.threshold_round, 10);
  EXPECT_EQ(star.factors.size(), 6U);
  EXPECT_EQ(made.rows().flags.at(made.find_flag("loyal")).months, 60);
}

TEST(Ready, UnicomBenefits) {
  const Programme made = programme_of(ready_text("china-unicom"));
  EXPECT_EQ(levels_of(made, "free-sim"), "loyal");
  std::string of_four_star;
  for (const Benefit& row : made.rows().benefits) {
    if (std::ranges::find(row.levels, "four-star", &Ref::name) != row.levels.end()) {
      of_four_star += row.name + " ";
    }
  }
  EXPECT_EQ(of_four_star,
            "priority-10010 reactivation do-not-disturb broadband-repair broadband-move ");
  for (const char* name : {"appointment", "staffed-counter", "roaming-no-deposit",
                           "long-distance-no-deposit", "birthday-message"}) {
    EXPECT_EQ(levels_of(made, name),
              "legacy-diamond legacy-gold legacy-silver five-star vip loyal");
  }
}

TEST(Ready, GoToneLevels) {
  const Programme made = programme_of(ready_text("china-mobile-gotone"));
  ASSERT_EQ(made.rows().gradings.size(), 3U);
  for (const char* name : {"annual", "monthly"}) {
    const Grading& grading = made.rows().gradings.at(made.find_grading(name));
    EXPECT_EQ(names_of(grading.levels), "none vip silver gold platinum diamond");
  }
  const Grading& annual = made.rows().gradings.at(0);
  EXPECT_EQ(annual.thresholds.at(0).min, 4000);
  EXPECT_EQ(annual.effective->month, 2);
  EXPECT_EQ(annual.tenure_points.size(), 3U);
  EXPECT_EQ(made.rows().gradings.at(2).levels.size(), 8U);
  EXPECT_EQ(made.rows().earn.round, Rounding::kUp);
}

TEST(Ready, GoToneBenefits) {
  const Programme made = programme_of(ready_text("china-mobile-gotone"));
  for (const char* name : {"complaints", "nuisance-calls"}) {
    EXPECT_EQ(levels_of(made, name), "vip silver gold platinum diamond");
  }
  EXPECT_EQ(levels_of(made, "birthday"), "silver gold platinum diamond");
  EXPECT_EQ(benefit_of(made, "birthday")->per, ClaimPer::kBirthday);
  EXPECT_EQ(benefit_of(made, "reactivation-72")->hours, 72);
  EXPECT_EQ(benefit_of(made, "reactivation-48")->hours, 48);
  for (const char* name : {"lounge", "hotel", "perk-days"}) {
    EXPECT_EQ(benefit_of(made, name)->per, ClaimPer::kYear);
  }
  int before = 1000;
  for (const char* level : {"diamond", "platinum", "gold", "silver"}) {
    const Benefit* pack = benefit_of(made, "roaming-" + std::string(level));
    ASSERT_NE(pack, nullptr);
    EXPECT_EQ(pack->usable_days, 90);
    EXPECT_EQ(pack->per, ClaimPer::kGrade);
    EXPECT_LT(pack->days, before);
    before = pack->days;
  }
}

// A key that a file leaves out has the default that `formats --programme` prints.
TEST(Ready, WhatIsLeftOutHasItsDefault) {
  std::string text = ready_text("china-telecom");
  text = changed(text,
                 "unit_fen = 100\npoints_per_unit = \"1/1\"\nround = \"FLOOR\"\narrears = "
                 "\"PAUSE\"\n",
                 "");
  text = changed(text, "policy = \"QUARTER\"\nyears = 3\nnotice_months = 1\n", "");
  text = changed(text, "complaint_days = 15\nhold_days = 90\n", "");
  const Programme made = programme_of(text);
  const Rows& rows = made.rows();
  EXPECT_EQ(rows.earn.unit_fen, 100);
  EXPECT_EQ(rows.earn.points_per_unit, Ratio(1, 1));
  EXPECT_TRUE(rows.earn.pause_in_arrears);
  EXPECT_EQ(rows.earn.catch_up_months, 6);
  EXPECT_EQ(rows.expiry.rule, ExpiryRule{});
  EXPECT_EQ(rows.expiry.notice_months, 1);
  EXPECT_EQ(rows.orders.complaint_days, 15);
  EXPECT_EQ(rows.orders.hold_days, 90);
  EXPECT_EQ(rows.prices.at(0).weekdays, 0x7f);
  EXPECT_EQ(rows.prices.at(0).minute_to, 24 * 60);
  EXPECT_EQ(rows.gradings.at(1).run_day, 10);
}

TEST(Modes, EachIsTakenByTheCheck) {
  const std::string text = ready_text("china-telecom");
  EXPECT_EQ(codes(faults_of(changed(text, "mode = \"LUMP_31DEC\"", "mode = \"OPTION_A\""))), "");
  std::string none =
      text.substr(0, text.find("[[tenure_band]]")) + text.substr(text.find("[level_award]"));
  none = changed(none, "mode = \"LUMP_31DEC\"", "mode = \"NONE\"");
  EXPECT_EQ(codes(faults_of(none)), "");
  std::string entry = changed(text, "mode = \"LUMP_31DEC\"", "mode = \"ON_ENTRY\"");
  for (const char* rate :
       {"\"0\"", "\"1/10\"", "\"1/5\"", "\"3/10\"", "\"2/5\"", "\"1/2\"", "\"3/5\""}) {
    entry = changed(entry, "rate = " + std::string(rate), "points = 100", "[tenure_award]");
  }
  EXPECT_EQ(codes(faults_of(entry)), "");
}

}  // namespace PH_FILE
}  // namespace ph::test
