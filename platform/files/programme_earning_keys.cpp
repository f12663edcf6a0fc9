// Sections of the programme file: who it is, earning, awards, expiry, gradings.
#include "platform/files/programme_keys.h"

namespace ph::programme_keys {

namespace {

using namespace programme;

constexpr WordSpec kEnrolments[] = {as("AUTOMATIC", Enrolment::kAutomatic),
                                    as("ON_REQUEST", Enrolment::kOnRequest)};
constexpr WordSpec kProfiles[] = {as("REQUIRED", true), as("NOT_REQUIRED", false)};
constexpr WordSpec kRoundings[] = {as("FLOOR", Rounding::kFloor), as("UP", Rounding::kUp)};
constexpr WordSpec kArrears[] = {as("PAUSE", true), as("EARN", false)};
constexpr WordSpec kSources[] = {as("CONSUMPTION", Source::kConsumption),
                                 as("TENURE", Source::kTenure),
                                 as("LEVEL", Source::kLevel),
                                 as("AWARD", Source::kAward),
                                 as("FIXED_LINE", Source::kFixedLine),
                                 as("SP", Source::kSp),
                                 as("PARTNER", Source::kPartner),
                                 as("EXCHANGE_IN", Source::kExchangeIn)};
constexpr WordSpec kModes[] = {as("NONE", AwardMode::kNone), as("OPTION_A", AwardMode::kOptionA),
                               as("LUMP_31DEC", AwardMode::kLump31Dec),
                               as("ON_ENTRY", AwardMode::kOnEntry)};
constexpr WordSpec kPer[] = {as("ACCOUNT", CampaignPer::kAccount),
                             as("MEMBER", CampaignPer::kMember), as("EVENT", CampaignPer::kEvent)};
constexpr WordSpec kPolicies[] = {as("QUARTER", ExpiryPolicy::kQuarter),
                                  as("YEAR", ExpiryPolicy::kYear)};
constexpr WordSpec kBases[] = {as("RATING_POINTS", Basis::kRatingPoints),
                               as("SPEND_SCORE", Basis::kSpendScore),
                               as("PRODUCT", Basis::kProduct),
                               as("GROWTH", Basis::kGrowth),
                               as("PLAN", Basis::kPlan),
                               as("SHEET", Basis::kSheet),
                               as("REVIEW", Basis::kReview)};
constexpr WordSpec kUnits[] = {as("MEMBER", GradingUnit::kMember),
                               as("ACCOUNT", GradingUnit::kAccount)};
constexpr WordSpec kRuns[] = {as("YEARLY", GradingRun::kYearly),
                              as("MONTHLY", GradingRun::kMonthly),
                              as("CLEARING", GradingRun::kClearing), as("NONE", GradingRun::kNone)};
constexpr WordSpec kStandards[] = {as("FIXED", Standards::kFixed), as("RATIOS", Standards::kRatios),
                                   as("CLEARING", Standards::kClearing)};
constexpr WordSpec kPublish[] = {as("OPERATOR", Publish::kOperator), as("AUTO", Publish::kAuto)};
constexpr WordSpec kFlagBy[] = {as("REVIEW", FlagBy::kReview), as("TENURE", FlagBy::kTenure),
                                as("LEGACY", FlagBy::kLegacy)};

constexpr ProgrammeKey kHead[] = {
    needed(integer("format", "count", kWholeMax, set_nothing)),
    needed(name("code", set<&Rows::head, &Head::code>)),
    needed(text("title", set<&Rows::head, &Head::title>)),
    needed(count("version", set<&Rows::head, &Head::version>).range(1, 1'000'000)),
    needed(key("effective", kDate, set<&Rows::head, &Head::effective>)),
    needed(key("maker", kOfficer, set<&Rows::head, &Head::maker>)),
    needed(key("checker", kOfficer, set<&Rows::head, &Head::checker>)),
    or_else("AUTOMATIC", word_of("enrolment", kEnrolments, set<&Rows::head, &Head::enrolment>)),
    or_else("REQUIRED", word_of("profile", kProfiles, set<&Rows::head, &Head::profile_required>)),
    or_else("6", months("backfill_months", set<&Rows::head, &Head::backfill_months>).range(0, 23)),
    or_else("3", count("region_classes", set<&Rows::head, &Head::region_classes>).range(1, 9)),
};

constexpr ProgrammeKey kEarn[] = {
    or_else("100", fen("unit_fen", set<&Rows::earn, &EarnRule::unit_fen>).range(1, kWholeMax)),
    or_else("1/1", ratio("points_per_unit", set<&Rows::earn, &EarnRule::points_per_unit>)),
    or_else("FLOOR", word_of("round", kRoundings, set<&Rows::earn, &EarnRule::round>)),
    or_else("PAUSE", word_of("arrears", kArrears, set<&Rows::earn, &EarnRule::pause_in_arrears>)),
    or_else("6",
            months("catch_up_months", set<&Rows::earn, &EarnRule::catch_up_months>).range(0, 23)),
};

constexpr ProgrammeKey kSource[] = {
    needed(word_of("source", kSources, set<&Rows::sources, &SourceRow::source>)),
    needed(boolean("rating", set<&Rows::sources, &SourceRow::rating>)),
};

constexpr ProgrammeKey kTenureAward[] = {
    or_else("LUMP_31DEC", word_of("mode", kModes, set<&Rows::tenure_award, &AwardRule::mode>)),
};
constexpr ProgrammeKey kTenureBand[] = {
    needed(months("from", set<&Rows::tenure_bands, &TenureBand::from>)),
    months("to", set<&Rows::tenure_bands, &TenureBand::to>),
    rate("rate", set<&Rows::tenure_bands, &TenureBand::rate>),
    points("points", set<&Rows::tenure_bands, &TenureBand::points>),
};
constexpr ProgrammeKey kLevelAward[] = {
    or_else("LUMP_31DEC", word_of("mode", kModes, set<&Rows::level_award, &AwardRule::mode>)),
    name("grading", set<&Rows::level_award, &AwardRule::grading>),
};
constexpr ProgrammeKey kLevelRate[] = {
    needed(name("level", set<&Rows::level_rates, &LevelRate::level>)),
    rate("rate", set<&Rows::level_rates, &LevelRate::rate>),
    points("points", set<&Rows::level_rates, &LevelRate::points>),
};

constexpr ProgrammeKey kCampaign[] = {
    needed(name("name", set<&Rows::campaigns, &Campaign::name>)),
    needed(text("title", set<&Rows::campaigns, &Campaign::title>)),
    names("services", set<&Rows::campaigns, &Campaign::services>),
    names("channels", set<&Rows::campaigns, &Campaign::channels>),
    names("plans", set<&Rows::campaigns, &Campaign::plans>),
    or_else("0", count("credit_min", set<&Rows::campaigns, &Campaign::credit_min>)),
    points("points", set<&Rows::campaigns, &Campaign::points>),
    rate("rate", set<&Rows::campaigns, &Campaign::rate>),
    or_else("ACCOUNT", word_of("per", kPer, set<&Rows::campaigns, &Campaign::per>)),
    or_else("0", points("budget", set<&Rows::campaigns, &Campaign::budget>)),
    from<&Rows::campaigns>(),
    to<&Rows::campaigns>(),
};

constexpr ProgrammeKey kFixedLine[] = {
    needed(ratio("in", set<&Rows::fixed_line, &FixedLine::in>)),
    needed(ratio("out", set<&Rows::fixed_line, &FixedLine::out>)),
};
constexpr ProgrammeKey kSp[] = {
    needed(name("service", set<&Rows::sp_shares, &SpShare::service>)),
    needed(rate("share", set<&Rows::sp_shares, &SpShare::share>).range(0, 1)),
    from<&Rows::sp_shares>(),
    to<&Rows::sp_shares>(),
};
constexpr ProgrammeKey kPartner[] = {
    needed(key("partner", kCode, set<&Rows::partner_spends, &PartnerSpend::partner>)),
    needed(ratio("points_per_yuan", set<&Rows::partner_spends, &PartnerSpend::points_per_yuan>)),
    from<&Rows::partner_spends>(),
    to<&Rows::partner_spends>(),
};

void set_policy(Rows& rows, const ProgrammeValue& value) {
  rows.expiry.rule.policy = static_cast<ExpiryPolicy>(value.number);
}
void set_years(Rows& rows, const ProgrammeValue& value) {
  rows.expiry.rule.years = static_cast<int>(value.number);
}
constexpr ProgrammeKey kExpiry[] = {
    or_else("QUARTER", word_of("policy", kPolicies, set_policy)),
    or_else("3", count("years", set_years).range(1, 10)),
    or_else("1",
            months("notice_months", set<&Rows::expiry, &ExpiryRow::notice_months>).range(0, 12)),
};

constexpr ProgrammeKey kGrading[] = {
    needed(name("name", set<&Rows::gradings, &Grading::name>)),
    needed(text("title", set<&Rows::gradings, &Grading::title>)),
    needed(names("levels", set<&Rows::gradings, &Grading::levels>).range(2, 16)),
    needed(word_of("basis", kBases, set<&Rows::gradings, &Grading::basis>)),
    or_else("MEMBER", word_of("unit", kUnits, set<&Rows::gradings, &Grading::unit>)),
    needed(word_of("run", kRuns, set<&Rows::gradings, &Grading::run>)),
    key("effective", kDayOrNext, set<&Rows::gradings, &Grading::effective>),
    or_else("12", months("valid_months", set<&Rows::gradings, &Grading::valid_months>)),
    or_else("true", boolean("lapse", set<&Rows::gradings, &Grading::lapse>)),
    or_else("false", boolean("up_only", set<&Rows::gradings, &Grading::up_only>)),
    or_else("false", boolean("apply", set<&Rows::gradings, &Grading::apply>)),
    or_else("12",
            months("apply_months", set<&Rows::gradings, &Grading::apply_months>).range(1, 23)),
    word_of("standards", kStandards, set<&Rows::gradings, &Grading::standards>),
    or_else("OPERATOR", word_of("publish", kPublish, set<&Rows::gradings, &Grading::publish>)),
    or_else("10", count("run_day", set<&Rows::gradings, &Grading::run_day>).range(1, 28)),
};

constexpr ProgrammeKey kThreshold[] = {
    needed(name("grading", set<&Rows::thresholds, &Threshold::grading>)),
    needed(name("level", set<&Rows::thresholds, &Threshold::level>)),
    or_else("0", count("region", set<&Rows::thresholds, &Threshold::region>).range(0, 9)),
    needed(count("min", set<&Rows::thresholds, &Threshold::min>)),
    from<&Rows::thresholds>(),
    to<&Rows::thresholds>(),
};
constexpr ProgrammeKey kShare[] = {
    needed(name("grading", set<&Rows::shares, &Share::grading>)),
    needed(name("level", set<&Rows::shares, &Share::level>)),
    needed(name("of", set<&Rows::shares, &Share::of>)),
    needed(ratio("ratio", set<&Rows::shares, &Share::ratio>).range(0, 1)),
};
constexpr ProgrammeKey kCut[] = {
    needed(name("grading", set<&Rows::cuts, &Cut::grading>)),
    needed(name("level", set<&Rows::cuts, &Cut::level>)),
    needed(count("percent", set<&Rows::cuts, &Cut::percent>).range(1, 99)),
};
constexpr ProgrammeKey kFactor[] = {
    needed(name("grading", set<&Rows::factors, &Factor::grading>)),
    needed(count("years_from", set<&Rows::factors, &Factor::years_from>).range(0, 100)),
    needed(ratio("factor", set<&Rows::factors, &Factor::factor>)),
};
constexpr ProgrammeKey kScore[] = {
    needed(name("grading", set<&Rows::scores, &ScoreRule::grading>)),
    or_else("12", months("months", set<&Rows::scores, &ScoreRule::months>).range(1, 24)),
    or_else("0", months("months_min", set<&Rows::scores, &ScoreRule::months_min>)),
    or_else("1", count("threshold_round", set<&Rows::scores, &ScoreRule::threshold_round>)
                     .range(1, 1'000'000)),
    or_else("0", points("per_tenure_month", set<&Rows::scores, &ScoreRule::per_tenure_month>)),
    or_else("0", points("per_suspension", set<&Rows::scores, &ScoreRule::per_suspension>)),
};
constexpr ProgrammeKey kTenurePoints[] = {
    needed(name("grading", set<&Rows::tenure_points, &TenurePoints::grading>)),
    needed(count("years_from", set<&Rows::tenure_points, &TenurePoints::years_from>).range(0, 100)),
    needed(points("points", set<&Rows::tenure_points, &TenurePoints::points>)),
};
constexpr ProgrammeKey kEntry[] = {
    needed(name("grading", set<&Rows::entries, &Entry::grading>)),
    needed(name("level", set<&Rows::entries, &Entry::level>)),
    needed(name("plan", set<&Rows::entries, &Entry::plan>)),
    from<&Rows::entries>(),
    to<&Rows::entries>(),
};
constexpr ProgrammeKey kFlag[] = {
    needed(name("name", set<&Rows::flags, &Flag::name>)),
    needed(word_of("by", kFlagBy, set<&Rows::flags, &Flag::by>)),
    months("months", set<&Rows::flags, &Flag::months>).range(1, kMonthsMax),
    months("valid_months", set<&Rows::flags, &Flag::valid_months>).range(1, kMonthsMax),
};

}  // namespace

void add_earning_sections(std::vector<ProgrammeSection>& sections) {
  sections.push_back(once<&Rows::head>("programme", kHead));
  sections.back().needed = true;
  sections.push_back(once<&Rows::earn>("earn", kEarn));
  sections.push_back(many<&Rows::sources>("source", kSource));
  sections.push_back(once<&Rows::tenure_award>("tenure_award", kTenureAward));
  sections.push_back(many<&Rows::tenure_bands>("tenure_band", kTenureBand));
  sections.push_back(once<&Rows::level_award>("level_award", kLevelAward));
  sections.push_back(many<&Rows::level_rates>("level_rate", kLevelRate));
  sections.push_back(dated<&Rows::campaigns>("campaign", kCampaign));
  sections.push_back(once<&Rows::fixed_line>("fixed_line", kFixedLine));
  sections.push_back(dated<&Rows::sp_shares>("sp", kSp));
  sections.push_back(dated<&Rows::partner_spends>("partner", kPartner));
  sections.push_back(once<&Rows::expiry>("expiry", kExpiry));
  sections.push_back(many<&Rows::gradings>("grading", kGrading));
  sections.push_back(dated<&Rows::thresholds>("threshold", kThreshold));
  sections.push_back(many<&Rows::shares>("share", kShare));
  sections.push_back(many<&Rows::cuts>("cut", kCut));
  sections.push_back(many<&Rows::factors>("factor", kFactor));
  sections.push_back(many<&Rows::scores>("score", kScore));
  sections.push_back(many<&Rows::tenure_points>("tenure_points", kTenurePoints));
  sections.push_back(dated<&Rows::entries>("entry", kEntry));
  sections.push_back(many<&Rows::flags>("flag", kFlag));
}

}  // namespace ph::programme_keys
