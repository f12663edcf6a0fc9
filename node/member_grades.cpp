// What a member is by his grades and flags, what they give him, and what he may order.
#include <algorithm>
#include <string>

#include "core/home/run.h"
#include "core/programme/benefit.h"
#include "core/programme/catalogue.h"
#include "core/programme/grade.h"
#include "node/member_told.h"
#include "node/member_views.h"
#include "platform/http/json_writer.h"

namespace ph {

namespace {

constexpr std::size_t kBytesOfGrades = 2'048;

http::JsonWriter opened_grades(const MemberView& view) {
  http::JsonWriter json(kBytesOfGrades);
  json.add("member", view.member.text());
  json.add("time", view.now.text());
  return json;
}

void add_effective(http::JsonWriter& json, const MemberView& view) {
  const std::uint16_t grade = view.book().effective_on(view.number, view.today());
  if (grade != programme::kNoIndex) json.add("effective", view.programme->grades()[grade]);
}

// The first day on which it holds no more, if there is one.
void add_end(http::JsonWriter& json, std::optional<BusinessDate> to) {
  if (to) json.add("to", to->text());
}

// The lower bound by which the run that gave this grade has graded: of the member's region class,
// or everybody's. nullopt: no run gave it, or the level has none.
std::optional<std::int64_t> standard_of(const MemberView& view, const programme::Grading& grading,
                                        std::uint8_t number, const programme::Grade& grade) {
  constexpr std::uint16_t kStandards = 1;
  constexpr int kLevels = 16;
  const bool nationwide = grading.run == programme::GradingRun::kClearing;
  const int place =
      nationwide ? grade.level : view.book().region_now(view.number) * kLevels + grade.level;
  const auto& runs = view.book().runs().runs();
  const auto run = std::find_if(runs.rbegin(), runs.rend(), [&](const Run& one) {
    return one.key().kind == RunKind::kGrade && one.key().grading == number &&
           one.record.from == grade.from.count() &&
           (one.is(RunState::kDone) || one.is(RunState::kPosting));
  });
  const bool by_run = grade.reason == programme::GradeReason::kAnnual ||
                      grade.reason == programme::GradeReason::kRated ||
                      grade.reason == programme::GradeReason::kGrowth;
  if (!by_run || run == runs.rend()) return std::nullopt;
  for (const book::CohortRecord& line : run->cohorts) {
    if (line.table == kStandards && line.index == place && line.sums[0] >= 0) return line.sums[0];
  }
  return std::nullopt;
}

void add_grades(http::JsonWriter& json, const MemberView& view) {
  json.begin_list("grades");
  for (const auto& [grading, number, grade] :
       grades_of(view.book(), *view.programme, view.number, view.today())) {
    json.begin_object();
    json.add("grading", grading.name);
    json.add("title", grading.title);
    json.add("level", grading.levels[grade.level].name);
    if (grade.reason != programme::GradeReason::kNone) {
      json.add("reason", programme::word(grade.reason));
      json.add("from", grade.from.text());
      add_end(json, end_day_of(grade.to.count()));
      if (const auto least = standard_of(view, grading, number, grade)) {
        json.add("standard", *least);
      }
    }
    json.end_object();
  }
  json.end_list();
}

// All flags of the programme, those that he hasn't, too.
void add_flags(http::JsonWriter& json, const MemberView& view) {
  json.begin_list("flags");
  for (const auto& [flag, holds, given] :
       flags_of(view.book(), *view.programme, view.number, view.today())) {
    json.begin_object();
    json.add("flag", flag.name);
    json.add("by", word(flag.by));
    json.add_flag("holds", holds);
    if (given) {
      json.add("from", Month(given->from).text());
      json.add("until", Month(given->to).text());
    }
    json.end_object();
  }
  json.end_list();
}

void add_record(http::JsonWriter& json, const ToldRecord& record) {
  json.add("decided_on", record.decided.text());
  json.add("reason", record.reason);
  if (record.flag != nullptr) json.add("flag", *record.flag);
  if (record.grading != nullptr) json.add("grading", *record.grading);
  if (record.level != nullptr) json.add("level", *record.level);
  json.add("from", record.from.text());
  add_end(json, record.to);
}

void add_queue(http::JsonWriter& json, const MemberView& view) {
  const auto waits = queue_of(view.book(), *view.programme, view.number, view.today());
  if (!waits) return;
  json.add("queue", waits->queue.name);
  json.add("position", word(waits->queue.position));
  json.add("priority", waits->priority);
}

void add_texts(http::JsonWriter& json, std::string_view name,
               const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  json.begin_list(name);
  for (const std::string& text : texts) {
    json.add_item(text);
  }
  json.end_list();
}

void add_benefit(http::JsonWriter& json, const programme::Benefit& benefit,
                 const programme::Entitled& has) {
  json.begin_object();
  json.add("benefit", benefit.name);
  json.add("title", benefit.title);
  json.add("kind", word(benefit.kind));
  json.add_flag("best", has.best);
  if (has.left) json.add("left", *has.left);
  if (benefit.hours > 0) json.add("hours", std::int64_t{benefit.hours});
  if (benefit.days > 0) json.add("days", std::int64_t{benefit.days});
  if (benefit.usable_days > 0) json.add("usable_days", std::int64_t{benefit.usable_days});
  add_texts(json, "channels", benefit.channels);
  add_texts(json, "terms", benefit.terms);
  json.end_object();
}

// The last day on which a claim may be used: hours, too, by the benefit as it was when it was
// claimed. A claim has its day alone, so its hours end behind those of the day's last second.
std::uint16_t last_day_of(const MemberBook& book, const book::ClaimRecord& record) {
  constexpr int kHoursADay = 24;
  const BusinessDate day(record.day);
  const Programme* version = book.programmes().of_day(day);
  if (version == nullptr) return record.until;
  const auto& benefits = version->rows().benefits;
  const auto found = std::ranges::find_if(benefits, [&](const programme::Benefit& benefit) {
    return benefit.name == book.names().benefits.name(record.benefit) &&
           benefit.in_force.holds(day);
  });
  if (found == benefits.end() || found->hours == 0) return record.until;
  const auto days = (std::int64_t{found->hours} + kHoursADay - 1) / kHoursADay;
  return static_cast<std::uint16_t>(
      std::min(std::int64_t{record.day} + days, std::int64_t{record.until}));
}

// Those that may still be used, newest first.
void add_claims(http::JsonWriter& json, const MemberView& view) {
  const MemberBook& book = view.book();
  json.begin_list("claims");
  std::size_t told = 0;
  for (std::uint32_t n = book.member(view.number).last_claim;
       n != book::kNone && told < kMemberRowsMax; n = book.claim(n).next) {
    const book::ClaimRecord& record = book.claim(n);
    const std::uint16_t until = last_day_of(book, record);
    if (until < view.today().count()) continue;
    ++told;
    json.begin_object();
    json.add("benefit", book.names().benefits.name(record.benefit));
    json.add("claimed_on", BusinessDate(record.day).text());
    if (until < BusinessDate::kCount) {
      json.add("usable_until", BusinessDate(until).text());
    }
    json.add("count", std::int64_t{record.count});
    json.end_object();
  }
  json.end_list();
}

bool may_have(const programme::CatalogueItem& item, const std::vector<programme::Held>& held) {
  return item.levels.empty() || std::ranges::any_of(item.levels, [&](const programme::Ref& level) {
           return std::ranges::find(held, level.index, &programme::Held::grade) != held.end();
         });
}

// The price now of each quantity that has one, ascending.
void add_prices(http::JsonWriter& json, const programme::CatalogueItem& item, BusinessTime now) {
  std::vector<std::int64_t> quantities;
  for (const programme::Price& price : item.prices) {
    quantities.push_back(price.quantity);
  }
  std::ranges::sort(quantities);
  quantities.erase(std::unique(quantities.begin(), quantities.end()), quantities.end());
  json.begin_list("prices");
  for (const std::int64_t quantity : quantities) {
    const programme::Price* price = programme::price_at(item, quantity, now);
    if (price == nullptr) continue;
    json.begin_object();
    json.add("quantity", quantity);
    json.add("points", price->points);
    json.add("cash", price->cash);
    json.end_object();
  }
  json.end_list();
}

void add_item(http::JsonWriter& json, const MemberView& view,
              const programme::CatalogueItem& item) {
  json.begin_object();
  json.add("item", item.name);
  json.add("title", item.title);
  json.add("beneficiary", item.beneficiary == programme::Beneficiary::kSelf ? "SELF" : "ANY");
  if (item.market_fen > 0) json.add("market_fen", item.market_fen);
  if (item.stock == programme::Stock::kCounted) {
    json.add("pieces", view.book().orders().stock(view.book().names().items.find(item.name)));
  }
  if (item.credit) {
    json.add("credit", item.credit->text());
    json.add("step", item.step);
  } else {
    add_prices(json, item, view.now);
  }
  json.end_object();
}

}  // namespace

http::Response level_answer(const MemberView& view) {
  http::JsonWriter json = opened_grades(view);
  add_effective(json, view);
  add_grades(json, view);
  add_flags(json, view);
  return {.body = json.take()};
}

http::Response levels_answer(const MemberView& view) {
  const MemberBook& book = view.book();
  http::JsonWriter json = opened_grades(view);
  json.begin_list("history");
  std::size_t told = 0;
  for (std::uint32_t n = book.member(view.number).last_history;
       n != book::kNone && told < kMemberRowsMax; n = book.history(n).next, ++told) {
    json.begin_object();
    add_record(json, record_of(book, book.history(n)));
    json.end_object();
  }
  json.end_list();
  return {.body = json.take()};
}

http::Response entitlements_answer(const MemberView& view) {
  const programme::Rows& rows = view.programme->rows();
  http::JsonWriter json = opened_grades(view);
  add_effective(json, view);
  add_queue(json, view);
  json.begin_list("benefits");
  for (const programme::Entitled& has :
       benefits_of(view.book(), *view.programme, view.number, view.today())) {
    add_benefit(json, rows.benefits[has.benefit], has);
  }
  json.end_list();
  add_claims(json, view);
  return {.body = json.take()};
}

http::Response catalogue_answer(const MemberView& view) {
  const auto held = view.book().held_on(view.number, view.today());
  http::JsonWriter json = opened_grades(view);
  json.begin_list("items");
  for (const programme::CatalogueItem& item : view.programme->rows().items) {
    if (item.in_force.holds(view.today()) && may_have(item, held)) add_item(json, view, item);
  }
  json.end_list();
  return {.body = json.take()};
}

}  // namespace ph
