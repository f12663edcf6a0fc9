// Sections of the programme file: what levels give, the call centre, sheets, redemption.
#include <algorithm>

#include "core/programme/earning.h"
#include "platform/files/programme_keys.h"

namespace ph::programme_keys {

namespace {

using namespace programme;

constexpr WordSpec kBenefitKinds[] = {
    as("SERVICE", BenefitKind::kService), as("CLAIM", BenefitKind::kClaim),
    as("CLUB", BenefitKind::kClub), as("QUEUE", BenefitKind::kQueue)};
constexpr WordSpec kClaimPer[] = {as("ONCE", ClaimPer::kOnce), as("YEAR", ClaimPer::kYear),
                                  as("BIRTHDAY", ClaimPer::kBirthday),
                                  as("GRADE", ClaimPer::kGrade), as("ANY", ClaimPer::kAny)};
constexpr WordSpec kPrefer[] = {as("hours", Prefer::kHours), as("days", Prefer::kDays),
                                as("count", Prefer::kCount)};
constexpr WordSpec kPositions[] = {as("FIRST", QueuePosition::kFirst),
                                   as("NORMAL", QueuePosition::kNormal),
                                   as("LAST", QueuePosition::kLast)};
constexpr WordSpec kRedeeming[] = {as("BLOCK", Redeeming::kBlock), as("ALLOW", Redeeming::kAllow)};
constexpr WordSpec kForfeit[] = {{"FORFEIT", 0}};
constexpr WordSpec kKeep[] = {{"KEEP", 0}};
// A merchant's goods have a partner and fixed-line points a ratio: neither is an item's.
constexpr WordSpec kForms[] = {as("PHONE_CREDIT", Form::kPhoneCredit),
                               as("OWN_PRODUCT", Form::kOwnProduct), as("GIFT", Form::kGift)};
constexpr WordSpec kItemKinds[] = {as("OWN", ItemKind::kOwn), as("BOUGHT", ItemKind::kBought),
                                   as("SERVICE", ItemKind::kService)};
constexpr WordSpec kBeneficiaries[] = {as("SELF", Beneficiary::kSelf),
                                       as("ANY", Beneficiary::kAny)};
constexpr WordSpec kStocks[] = {as("COUNTED", Stock::kCounted), as("OPEN", Stock::kOpen)};
constexpr WordSpec kWeekdays[] = {{"MON", 0}, {"TUE", 1}, {"WED", 2}, {"THU", 3},
                                  {"FRI", 4}, {"SAT", 5}, {"SUN", 6}};

constexpr ProgrammeKey kEffective[] = {
    needed(names(
        "order",
        [](Rows& rows, const ProgrammeValue& value) { assign(rows.effective_order, value); })),
};

constexpr ProgrammeKey kBenefit[] = {
    needed(name("name", set<&Rows::benefits, &Benefit::name>)),
    needed(text("title", set<&Rows::benefits, &Benefit::title>)),
    needed(names("levels", set<&Rows::benefits, &Benefit::levels>).range(1, kListMax)),
    or_else("SERVICE", word_of("kind", kBenefitKinds, set<&Rows::benefits, &Benefit::kind>)),
    or_else("ANY", word_of("per", kClaimPer, set<&Rows::benefits, &Benefit::per>)),
    or_else("0", count("count", set<&Rows::benefits, &Benefit::count>)),
    or_else("0", days("days", set<&Rows::benefits, &Benefit::days>)),
    or_else("0", days("usable_days", set<&Rows::benefits, &Benefit::usable_days>)),
    or_else("0", hours("hours", set<&Rows::benefits, &Benefit::hours>)),
    name("group", set<&Rows::benefits, &Benefit::group>),
    word_of("prefer", kPrefer, set<&Rows::benefits, &Benefit::prefer>),
    names("channels", set<&Rows::benefits, &Benefit::channels>),
    name("queue", set<&Rows::benefits, &Benefit::queue>),
    or_else("0", count("priority", set<&Rows::benefits, &Benefit::priority>)),
    names("terms", set<&Rows::benefits, &Benefit::terms>),
    from<&Rows::benefits>(),
    to<&Rows::benefits>(),
};

// `blacklist` and `other` are callers without a grade of the programme.
void set_queue_grades(Rows& rows, const ProgrammeValue& value) {
  Queue& queue = rows.queues.back();
  for (const std::string& name : value.names) {
    if (name == "blacklist") {
      queue.blacklist = true;
    } else if (name == "other") {
      queue.other = true;
    } else {
      queue.grades.push_back({.name = name});
    }
  }
}
constexpr ProgrammeKey kQueue[] = {
    needed(name("name", set<&Rows::queues, &Queue::name>)),
    needed(word_of("position", kPositions, set<&Rows::queues, &Queue::position>)),
    needed(names("grades", set_queue_grades).range(1, kListMax)),
    or_else("0", count("answer_seconds", set<&Rows::queues, &Queue::answer_seconds>)),
    or_else("0", count("answer_percent", set<&Rows::queues, &Queue::answer_percent>).range(0, 100)),
    or_else("0", count("call_back_hours", set<&Rows::queues, &Queue::call_back_hours>)),
};

constexpr ProgrammeKey kSheet[] = {
    needed(name("name", set<&Rows::sheets, &Sheet::name>)),
    needed(text("title", set<&Rows::sheets, &Sheet::title>)),
    needed(count("high", set<&Rows::sheets, &Sheet::high>)),
};
constexpr ProgrammeKey kSheetInput[] = {
    needed(name("sheet", set<&Rows::sheet_inputs, &SheetInput::sheet>)),
    needed(name("name", set<&Rows::sheet_inputs, &SheetInput::name>)),
    needed(count("max", set<&Rows::sheet_inputs, &SheetInput::max>)),
};
void set_band_points(Rows& rows, const ProgrammeValue& value) {
  rows.sheet_bands.back().min = value.number;
  rows.sheet_bands.back().max = value.number;
}
constexpr ProgrammeKey kSheetBand[] = {
    needed(name("sheet", set<&Rows::sheet_bands, &SheetBand::sheet>)),
    needed(name("input", set<&Rows::sheet_bands, &SheetBand::input>)),
    needed(count("from", set<&Rows::sheet_bands, &SheetBand::from>)),
    count("points", set_band_points),
    count("min", set<&Rows::sheet_bands, &SheetBand::min>),
    count("max", set<&Rows::sheet_bands, &SheetBand::max>),
};
constexpr ProgrammeKey kSheetCut[] = {
    needed(name("sheet", set<&Rows::sheet_cuts, &SheetCut::sheet>)),
    needed(name("grade", set<&Rows::sheet_cuts, &SheetCut::grade>)),
    needed(count("from", set<&Rows::sheet_cuts, &SheetCut::from>)),
};
constexpr ProgrammeKey kSegment[] = {
    needed(name("name", set<&Rows::segments, &Segment::name>)),
    needed(fen("from_fen", set<&Rows::segments, &Segment::from_fen>)),
    needed(fen("to_fen", set<&Rows::segments, &Segment::to_fen>)),
    needed(text("income", set<&Rows::segments, &Segment::income>)),
    needed(text("credit", set<&Rows::segments, &Segment::credit>)),
};

constexpr ProgrammeKey kLimits[] = {
    or_else("0", points("single_max", set<&Rows::limits, &Limits::single_max>)),
    or_else("0", points("daily_max", set<&Rows::limits, &Limits::daily_max>)),
    or_else("0", points("earned_min", set<&Rows::limits, &Limits::earned_min>)),
    or_else("0", days("new_days", set<&Rows::limits, &Limits::new_days>)),
    or_else("BLOCK", word_of("arrears", kRedeeming, set<&Rows::limits, &Limits::arrears>)),
    or_else("BLOCK", word_of("blacklist", kRedeeming, set<&Rows::limits, &Limits::blacklist>)),
};
constexpr ProgrammeKey kTransfer[] = {
    or_else("FORFEIT", word_of("ownership", kForfeit, set_nothing)),
    or_else("KEEP", word_of("move", kKeep, set_nothing)),
    or_else("KEEP", word_of("brand", kKeep, set_nothing)),
};

constexpr ProgrammeKey kItem[] = {
    needed(name("name", set<&Rows::items, &CatalogueItem::name>)),
    needed(text("title", set<&Rows::items, &CatalogueItem::title>)),
    needed(word_of("form", kForms, set<&Rows::items, &CatalogueItem::form>)),
    needed(name("supplier", set<&Rows::items, &CatalogueItem::supplier>)),
    needed(word_of("kind", kItemKinds, set<&Rows::items, &CatalogueItem::kind>)),
    or_else("true", boolean("principal", set<&Rows::items, &CatalogueItem::principal>)),
    names("levels", set<&Rows::items, &CatalogueItem::levels>),
    or_else("ANY",
            word_of("beneficiary", kBeneficiaries, set<&Rows::items, &CatalogueItem::beneficiary>)),
    ratio("credit", set<&Rows::items, &CatalogueItem::credit>),
    or_else("1", points("step", set<&Rows::items, &CatalogueItem::step>).range(1, kWholeMax)),
    or_else("0", fen("cost", set<&Rows::items, &CatalogueItem::cost>)),
    or_else("0", fen("freight", set<&Rows::items, &CatalogueItem::freight>)),
    or_else("OPEN", word_of("stock", kStocks, set<&Rows::items, &CatalogueItem::stock>)),
    or_else("0", fen("market_fen", set<&Rows::items, &CatalogueItem::market_fen>)),
    from<&Rows::items>(),
    to<&Rows::items>(),
};

void set_weekdays(Rows& rows, const ProgrammeValue& value) {
  unsigned bits = 0;
  for (const std::string& name : value.names) {
    const auto* const found = std::ranges::find(kWeekdays, name, &WordSpec::text);
    if (found != std::end(kWeekdays)) bits |= 1U << found->value;
  }
  rows.prices.back().weekdays = static_cast<std::uint8_t>(bits);
}
constexpr ProgrammeKey kPrice[] = {
    needed(name("item", set<&Rows::prices, &Price::item>)),
    needed(count("quantity", set<&Rows::prices, &Price::quantity>).range(1, kQuantityMax)),
    needed(points("points", set<&Rows::prices, &Price::points>)),
    needed(fen("cash", set<&Rows::prices, &Price::cash>)),
    or_else("00:00", key("hours_from", kTime, set<&Rows::prices, &Price::minute_from>)),
    or_else("24:00", key("hours_to", kTime, set<&Rows::prices, &Price::minute_to>)),
    {.name = "weekdays",
     .type = kWords,
     .min = 1,
     .max = 7,
     .words = kWeekdays,
     .set = set_weekdays},
    from<&Rows::prices>(),
    to<&Rows::prices>(),
};

constexpr ProgrammeKey kOrders[] = {
    or_else("15", days("complaint_days", set<&Rows::orders, &OrderRule::complaint_days>)),
    or_else("90",
            days("hold_days", set<&Rows::orders, &OrderRule::hold_days>).range(0, kLateDaysMax)),
};

void begin_effective(Rows& rows, std::uint32_t line) {
  rows.effective_line = line;
}
void begin_transfer(Rows& rows, std::uint32_t line) {
  (void)rows;
  (void)line;
}

}  // namespace

void add_service_sections(std::vector<ProgrammeSection>& sections) {
  sections.push_back(
      {.name = "effective", .needed = true, .keys = kEffective, .begin = begin_effective});
  sections.push_back(dated<&Rows::benefits>("benefit", kBenefit));
  sections.push_back(many<&Rows::queues>("queue", kQueue));
  sections.push_back(many<&Rows::sheets>("sheet", kSheet));
  sections.push_back(many<&Rows::sheet_inputs>("sheet_input", kSheetInput));
  sections.push_back(many<&Rows::sheet_bands>("sheet_band", kSheetBand));
  sections.push_back(many<&Rows::sheet_cuts>("sheet_cut", kSheetCut));
  sections.push_back(many<&Rows::segments>("segment", kSegment));
  sections.push_back(once<&Rows::limits>("limits", kLimits));
  sections.push_back({.name = "transfer", .keys = kTransfer, .begin = begin_transfer});
  sections.push_back(dated<&Rows::items>("item", kItem));
  sections.push_back(dated<&Rows::prices>("price", kPrice));
  sections.push_back(once<&Rows::orders>("orders", kOrders));
}

}  // namespace ph::programme_keys
