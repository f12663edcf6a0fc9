// The three programmes that ship say what the operators' documents say (docs/decisions/
// 0023-programme-format.md, section 7).
#include "core/programme/catalogue.h"
#include "core/programme/level.h"
#include "core/programme/tenure.h"
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
  }
}

constexpr const char* kReady[] = {"china-telecom", "china-unicom", "china-mobile-gotone"};

TEST(Ready, TelecomsOwnPointsRateThoseFromOutsideDoNot) {
  for (const char* name : kReady) {
    const Programme made = programme_of(ready_text(name));
    for (const Source source : {Source::kConsumption, Source::kTenure, Source::kLevel,
                                Source::kAward, Source::kFixedLine}) {
      EXPECT_TRUE(made.is_rating(source)) << name << static_cast<int>(source);
    }
    for (const Source source : {Source::kSp, Source::kPartner, Source::kExchangeIn}) {
      EXPECT_FALSE(made.is_rating(source)) << name << static_cast<int>(source);
    }
  }
}

TEST(Ready, OneYuanIsOnePoint) {
  for (const char* name : kReady) {
    const Programme made = programme_of(ready_text(name));
    const EarnRule& earn = made.rows().earn;
    EXPECT_EQ(earn.unit_fen, 100) << name;
    EXPECT_EQ(earn.points_per_unit, Ratio(1, 1)) << name;
    const bool up = made.rows().head.code == "china-mobile-gotone";
    EXPECT_EQ(earn.round, up ? Rounding::kUp : Rounding::kFloor) << name;
  }
}

TEST(Ready, TelecomLevels) {
  const Programme made = programme_of(ready_text("china-telecom"));
  const Grading& level = made.rows().gradings.at(made.find_grading("level"));
  EXPECT_EQ(names_of(level.levels), "ordinary vip-card silver gold diamond");
  EXPECT_EQ(names_of(made.rows().effective_order), "diamond gold silver vip-card ordinary");
  ASSERT_TRUE(level.effective);
  EXPECT_EQ(level.effective->month, 1);
  EXPECT_EQ(level.effective->day, 1);
  EXPECT_EQ(level.basis, Basis::kRatingPoints);
  EXPECT_EQ(level.run, GradingRun::kYearly);
  EXPECT_EQ(level.valid_months, 12);
  EXPECT_TRUE(level.apply);
  EXPECT_EQ(level.apply_months, 12);
  EXPECT_EQ(rate_of(made.rows().level_rates, 0), Ratio());
  EXPECT_EQ(rate_of(made.rows().level_rates, 1), Ratio());  // the VIP card
  const ShareCounts counts = share_counts(level, 1'000);
  EXPECT_EQ((std::vector{counts[1].count, counts[2].count, counts[3].count}),
            (std::vector<std::uint64_t>{234, 83, 16}));
  EXPECT_FALSE(counts[4].shared);
  for (int region = 1; region <= 3; ++region) {
    EXPECT_EQ(fixed_standards(level, region, made.rows().head.effective).min[4],
              (std::array{30'000, 24'000, 18'000}[static_cast<std::size_t>(region - 1)]));
  }
}

TEST(Ready, TelecomGrowth) {
  const Programme made = programme_of(ready_text("china-telecom"));
  const Grading& growth = made.rows().gradings.at(made.find_grading("growth"));
  std::vector<std::int64_t> mins;
  for (const Threshold& row : growth.thresholds)
    mins.push_back(row.min);
  EXPECT_EQ(mins, (std::vector<std::int64_t>{600, 1'000, 1'500, 2'300, 4'000, 6'000, 8'000}));
  EXPECT_EQ(growth.score.months, 12);
  EXPECT_EQ(growth.score.per_tenure_month, 10);
  EXPECT_EQ(growth.score.per_suspension, 10);
  EXPECT_EQ(growth.valid_months, 12);
  EXPECT_TRUE(growth.up_only);
}

// What a level has, each level above it has, too; and more points.
TEST(Ready, TelecomHigherLevelHasAllOfTheLower) {
  const Programme made = programme_of(ready_text("china-telecom"));
  const Grading& level = made.rows().gradings.at(made.find_grading("level"));
  for (std::size_t n = 0; n + 1 < level.levels.size(); ++n) {
    const std::string& lower = level.levels[n].name;
    const std::string& higher = level.levels[n + 1].name;
    for (const Benefit& row : made.rows().benefits) {
      const auto has = [&row](const std::string& name) {
        return std::ranges::find(row.levels, name, &Ref::name) != row.levels.end();
      };
      EXPECT_TRUE(!has(lower) || has(higher)) << row.name << " of " << lower;
    }
  }
  const auto& rates = made.rows().level_rates;
  for (std::size_t n = 1; n < rates.size(); ++n) {
    EXPECT_TRUE(!(*rates[n].rate <= *rates[n - 1].rate)) << rates[n].level.name;
  }
}

// The sample for group customers: six weights, bands, cut-offs; where it grades, with A the best.
TEST(Ready, SheetOfGroupCustomers) {
  for (const char* name : kReady) {
    const Programme made = programme_of(ready_text(name));
    ASSERT_EQ(made.rows().sheets.size(), 1U);
    const Sheet& sheet = made.rows().sheets[0];
    std::string weights;
    std::string bands;
    for (const SheetInput& input : sheet.inputs) {
      weights += input.name + " " + std::to_string(input.max) + " ";
      for (const SheetBand& band : input.bands)
        bands += std::to_string(band.min) + "-" + std::to_string(band.max) + " ";
    }
    EXPECT_EQ(weights, "nature 15 strength 15 growth 15 profit 15 relationship 20 importance 20 ");
    EXPECT_EQ(bands,
              "5-5 10-10 15-15 0-4 5-9 10-15 0-4 5-9 10-15 0-4 5-9 10-15 0-9 10-14 15-20 0-9 "
              "10-14 15-20 ");
    ASSERT_EQ(sheet.cuts.size(), 3U);
    EXPECT_EQ(sheet.cuts[0].grade + sheet.cuts[1].grade + sheet.cuts[2].grade, "abc");
    EXPECT_EQ(sheet.cuts[0].from, 75);
    EXPECT_EQ(sheet.cuts[1].from, 60);
    const std::uint16_t grading = made.find_grading("b2b");
    if (made.rows().head.code == "china-mobile-gotone") {
      EXPECT_EQ(grading, kNoIndex);
      continue;
    }
    EXPECT_EQ(made.rows().gradings.at(grading).basis, Basis::kSheet);
    EXPECT_EQ(names_of(made.rows().gradings.at(grading).levels), "not-graded c b a");
  }
}

// 20 seconds: the high-end in 90 % of calls, others in 85 %; the middle called back within 24 h.
TEST(Ready, CallCentreOfEachOperator) {
  const auto text_of = [](const Programme& made) {
    std::string out;
    for (const Queue& queue : made.rows().queues) {
      out += queue.name + " " + std::to_string(static_cast<int>(queue.position)) + " " +
             std::to_string(queue.answer_seconds) + " " + std::to_string(queue.answer_percent) +
             " " + std::to_string(queue.call_back_hours) + (queue.blacklist ? " blacklist" : "") +
             "; ";
    }
    return out;
  };
  const auto place = [](QueuePosition position) {
    return std::to_string(static_cast<int>(position));
  };
  const std::string normal = place(QueuePosition::kNormal);
  const std::string expected = "high " + place(QueuePosition::kFirst) + " 20 90 0; middle " +
                               normal + " 20 85 24; normal " + normal + " 20 85 0; last " +
                               place(QueuePosition::kLast) + " 0 0 0 blacklist; ";
  for (const char* name : kReady) {
    EXPECT_EQ(text_of(programme_of(ready_text(name))), expected) << name;
  }
}

const CatalogueItem& item_of(const Programme& programme, std::string_view name) {
  const auto& all = programme.rows().items;
  return all.at(
      static_cast<std::size_t>(std::ranges::find(all, name, &CatalogueItem::name) - all.begin()));
}

// Phone: market price 2,000 yuan, cost 1,500, for 5,000 points + 1,500 yuan. 10,000 points buy 100
// yuan, 20,000 points 300. 5,000 points are a top-up of 30 yuan.
TEST(Ready, CatalogueOfEachOperator) {
  for (const char* name : kReady) {
    const Programme made = programme_of(ready_text(name));
    const BusinessTime at = BusinessTime::of(made.rows().head.effective.plus_days(9), 9 * 3600);
    const CatalogueItem& phone = item_of(made, "handset");
    EXPECT_EQ(phone.form, Form::kGift);
    EXPECT_EQ(phone.cost, 150'000);
    EXPECT_EQ(phone.freight, 0);
    EXPECT_EQ(phone.market_fen, 200'000);
    EXPECT_EQ(price_at(phone, 1, at)->points, 5'000);
    EXPECT_EQ(price_at(phone, 1, at)->cash, 150'000);
    const CatalogueItem& voucher = item_of(made, "voucher");
    EXPECT_EQ(price_at(voucher, 1, at)->points, 10'000);
    EXPECT_EQ(price_at(voucher, 3, at)->points, 20'000);
    EXPECT_EQ(voucher.market_fen, 10'000);
    EXPECT_EQ(credit_of(item_of(made, "phone-credit"), Points::of(5'000)), Fen::of(3'000));
    EXPECT_EQ(item_of(made, "phone-credit").beneficiary, Beneficiary::kAny);
  }
}

// Own goods are the operator's, others bought in; none is sold as an agent, and none is a special
// service.
TEST(Ready, GoodsOfEachOperator) {
  for (const char* name : kReady) {
    const Programme made = programme_of(ready_text(name));
    std::string goods;
    for (const CatalogueItem& item : made.rows().items) {
      EXPECT_NE(item.kind, ItemKind::kService);
      goods += item.name + (item.kind == ItemKind::kOwn ? " own " : " bought ") + item.supplier +
               (item.principal ? " principal " : " agent ") + std::to_string(item.cost) + "+" +
               std::to_string(item.freight) + "; ";
    }
    EXPECT_EQ(goods,
              "phone-credit own own principal 0+0; handset bought handsets principal 150000+0; "
              "voucher bought vouchers principal 10000+0; night-minutes own own principal 0+0; ")
        << name;
    EXPECT_EQ(made.rows().orders.complaint_days, 15) << name;
  }
}

TEST(Ready, GoodsSoldAsAnAgentAndSpecialServicesAreRead) {
  const std::string text = changed(ready_text("china-telecom"), "kind = \"BOUGHT\"",
                                   "principal = false\nkind = \"SERVICE\"", "name = \"voucher\"");
  const Programme made = programme_of(text);
  EXPECT_FALSE(item_of(made, "voucher").principal);
  EXPECT_EQ(item_of(made, "voucher").kind, ItemKind::kService);
  EXPECT_TRUE(item_of(made, "handset").principal);
}

TEST(Ready, ThousandPointsAreEarnedBeforeAnyIsTaken) {
  for (const char* name : kReady)
    EXPECT_EQ(programme_of(ready_text(name)).rows().limits.earned_min, 1'000) << name;
}

// Off-peak minutes are cheaper each night, over midnight, and cheaper still for a month.
TEST(Ready, NightMinutesAreCheaperOffPeak) {
  const std::pair<const char*, int> ready[] = {
      {"china-telecom", 2008}, {"china-unicom", 2016}, {"china-mobile-gotone", 2024}};
  for (const auto& each : ready) {
    const Programme made = programme_of(ready_text(each.first));
    const CatalogueItem& item = item_of(made, "night-minutes");
    const auto price = [&](int month, int day, int minute) {
      const BusinessDate date = BusinessDate::of(each.second, month, day);
      return price_at(item, 1, BusinessTime::of(date, minute * 60))->points;
    };
    for (const int peak : {7 * 60, 12 * 60, 22 * 60 - 1}) {
      EXPECT_EQ(price(4, 30, peak), 1'000);
      EXPECT_EQ(price(5, 31, peak), 1'000);
    }
    for (const int night : {22 * 60, 24 * 60 - 1, 0, 7 * 60 - 1}) {
      EXPECT_EQ(price(4, 30, night), 800);
      EXPECT_EQ(price(5, 1, night), 600);
      EXPECT_EQ(price(5, 31, night), 600);
      EXPECT_EQ(price(6, 1, night), 800);
    }
  }
}

TEST(Ready, GoToneSegments) {
  const Programme made = programme_of(ready_text("china-mobile-gotone"));
  std::string all;
  for (const Segment& row : made.rows().segments) {
    all += std::to_string(row.from_fen / 100) + "-" + std::to_string(row.to_fen / 100) + " " +
           row.income + "/" + row.credit + "; ";
  }
  EXPECT_EQ(all,
            "500-1000000 13/5.3; 200-500 4.7/5.6; 120-200 2.7/8.6; 0-120 1.6/6.7; 0-0 5.4/2.4; "
            "0-0 4.2/2.4; ");
}

// A place in a queue is promised to grades that wait there.
TEST(Ready, WhoIsPromisedAQueueWaitsInIt) {
  const auto faults_of_new = [](const std::string& text) {
    std::vector<Fault> faults;
    check_new_programme(programme_of(text), "x", faults);
    return faults;
  };
  for (const char* name : kReady) {
    EXPECT_EQ(codes(faults_of_new(ready_text(name))), "") << name;
  }
  const std::string moved =
      changed(changed(ready_text("china-unicom"), ", \"four-star\"]", "]", "[[queue]]"),
              "\"three-star\"]", "\"four-star\", \"three-star\"]", "[[queue]]");
  const auto faults = faults_of_new(moved);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].code, FaultCode::kProgrammeReference);
  EXPECT_EQ(faults[0].line, line_of(moved, "[[benefit]]\nname = \"priority-10010\""));
  EXPECT_EQ(faults[0].column, "benefit.queue");
  EXPECT_TRUE(faults[0].expected.starts_with("middle, the queue in which four-star waits"));
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
  const Ratio of_level[] = {{0, 1}, {0, 1}, {1, 10}, {1, 5}, {1, 2}};  // ordinary to diamond
  ASSERT_EQ(rows.level_rates.size(), 4U);
  for (std::uint16_t level = 0; level < 5; ++level)
    EXPECT_EQ(rate_of(rows.level_rates, level), of_level[level]) << level;
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

TEST(Ready, UnicomOrder) {
  const Programme made = programme_of(ready_text("china-unicom"));
  EXPECT_EQ(names_of(made.rows().effective_order),
            "legacy-diamond five-star legacy-gold vip loyal legacy-silver four-star three-star "
            "two-star one-star ordinary");
  const Grading& star = made.rows().gradings.at(0);
  std::string cuts;  // The highest first.
  for (const Cut& cut : star.cuts)
    cuts += cut.level.name + " " + std::to_string(cut.percent) + "; ";
  EXPECT_EQ(cuts, "five-star 5; four-star 15; three-star 30; two-star 70; ");
  EXPECT_EQ(star.score.months, 12);
  EXPECT_EQ(star.score.months_min, 6);
  EXPECT_EQ(star.score.threshold_round, 10);
  ASSERT_EQ(star.factors.size(), 6U);
  for (int years = 0; years <= 5; ++years) {
    const Factor& row = star.factors[static_cast<std::size_t>(years)];
    EXPECT_EQ(row.years_from, years);
    EXPECT_EQ(row.factor, Ratio(10 + years, 10));
  }
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
            "priority-10010 staffed-counter roaming-no-deposit long-distance-no-deposit "
            "birthday-message reactivation do-not-disturb broadband-repair broadband-move ");
  EXPECT_EQ(levels_of(made, "appointment"),
            "legacy-diamond legacy-gold legacy-silver five-star vip loyal");
  // What four stars have those above them have, too.
  for (const Benefit& row : made.rows().benefits) {
    if (row.name != "appointment" && row.name != "free-sim") {
      EXPECT_EQ(names_of(row.levels),
                "legacy-diamond legacy-gold legacy-silver five-star vip loyal four-star")
          << row.name;
    }
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
  ASSERT_EQ(annual.thresholds.size(), 1U);
  EXPECT_EQ(annual.thresholds[0].level.name, "diamond");
  EXPECT_EQ(annual.thresholds[0].min, 4000);
  ASSERT_TRUE(annual.effective);
  EXPECT_EQ(annual.effective->month, 2);
  EXPECT_EQ(annual.effective->day, 1);
  EXPECT_EQ(annual.valid_months, 12);
  std::string tenure;
  for (const TenurePoints& row : annual.tenure_points)
    tenure += std::to_string(row.years_from) + " " + std::to_string(row.points) + "; ";
  EXPECT_EQ(tenure, "1 100; 3 200; 10 300; ");
  EXPECT_EQ(made.rows().earn.round, Rounding::kUp);
}

// Stars stand apart: no grade of theirs counts, and the fifth is split in three.
TEST(Ready, GoToneStarsAndOrder) {
  const Programme made = programme_of(ready_text("china-mobile-gotone"));
  EXPECT_EQ(names_of(made.rows().effective_order), "diamond platinum gold silver vip none");
  const Grading& star = made.rows().gradings.at(made.find_grading("credit-star"));
  EXPECT_EQ(names_of(star.levels),
            "none star-1 star-2 star-3 star-4 star-5-silver star-5-gold star-5-diamond");
  EXPECT_EQ(star.basis, Basis::kReview);
}

// What isn't additive stands in one group, of which the best applies, once a grade.
TEST(Ready, GoToneGroupsOfWhichTheBestApplies) {
  const Programme made = programme_of(ready_text("china-mobile-gotone"));
  const auto lies_in = [&made](const std::string& name, const char* group, Prefer prefer) {
    const Benefit* row = benefit_of(made, name);
    ASSERT_NE(row, nullptr);
    EXPECT_EQ(row->group, group) << name;
    EXPECT_EQ(row->prefer, prefer) << name;
    EXPECT_EQ(row->kind, BenefitKind::kClaim) << name;
    EXPECT_EQ(row->per, ClaimPer::kGrade) << name;
    EXPECT_EQ(row->count, 1) << name;
  };
  for (const char* name : {"reactivation-72", "reactivation-48", "reactivation-star"})
    lies_in(name, "reactivation", Prefer::kHours);
  EXPECT_EQ(levels_of(made, "reactivation-star"),
            "star-4 star-5-silver star-5-gold star-5-diamond");
  EXPECT_EQ(benefit_of(made, "reactivation-star")->hours, 24);
  for (const char* level : {"diamond", "platinum", "gold", "silver"}) {
    lies_in("roaming-" + std::string(level), "roaming", Prefer::kDays);
    EXPECT_EQ(levels_of(made, "roaming-" + std::string(level)), level);
  }
}

TEST(Ready, GoToneBenefits) {
  const Programme made = programme_of(ready_text("china-mobile-gotone"));
  for (const char* name : {"complaints", "nuisance-calls"}) {
    EXPECT_EQ(levels_of(made, name), "vip silver gold platinum diamond");
  }
  EXPECT_EQ(levels_of(made, "birthday"), "silver gold platinum diamond");
  EXPECT_EQ(benefit_of(made, "birthday")->kind, BenefitKind::kClaim);
  EXPECT_EQ(benefit_of(made, "birthday")->per, ClaimPer::kBirthday);
  EXPECT_EQ(benefit_of(made, "birthday")->count, 1);
  EXPECT_EQ(benefit_of(made, "birthday")->days, 1);
  EXPECT_EQ(benefit_of(made, "reactivation-72")->hours, 72);
  EXPECT_EQ(benefit_of(made, "reactivation-48")->hours, 48);
  EXPECT_EQ(benefit_of(made, "birthday")->terms,
            (std::vector<std::string>{"voice", "data", "sms", "not-hk-mo-tw", "not-audiotext",
                                      "not-forwarding"}));
  EXPECT_EQ(levels_of(made, "free-sim"), "silver gold platinum diamond");
  EXPECT_EQ(benefit_of(made, "free-sim")->kind, BenefitKind::kService);
  EXPECT_EQ(levels_of(made, "reactivation-72"), "gold platinum diamond");
  EXPECT_EQ(levels_of(made, "reactivation-48"), "silver");
  for (const char* name : {"lounge", "hotel", "perk-days"}) {
    EXPECT_EQ(levels_of(made, name), "silver gold platinum diamond") << name;
    EXPECT_EQ(benefit_of(made, name)->per, ClaimPer::kYear);
    EXPECT_EQ(benefit_of(made, name)->channels, (std::vector<std::string>{"app", "account"}));
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
