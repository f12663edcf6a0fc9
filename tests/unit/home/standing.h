// A programme with all kinds of grades, and the rows that give them, in a few words.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/unit/home/members.h"

namespace ph::test {

inline programme::Ref named(std::string name) {
  programme::Ref out;
  out.name = std::move(name);
  return out;
}
inline std::vector<programme::Ref> names_of(const std::vector<std::string>& names) {
  std::vector<programme::Ref> out;
  for (const std::string& name : names) {
    out.push_back(named(name));
  }
  return out;
}

inline programme::Grading grading_named(const char* name, programme::Basis basis,
                                        const std::vector<std::string>& levels,
                                        int valid_months = 12) {
  programme::Grading out;
  out.name = name;
  out.title = name;
  out.levels = names_of(levels);
  out.basis = basis;
  out.valid_months = valid_months;
  return out;
}

// Gradings `plan` by plan, `card` by review, `b2b` by a sheet; flags vip, loyal, old.
inline programme::Rows standing_programme(std::uint32_t version = 1,
                                          BusinessDate effective = on(2004, 1, 1)) {
  programme::Rows rows = small_programme(effective, version);
  rows.head.profile_required = false;
  rows.gradings = {
      grading_named("plan", programme::Basis::kPlan, {"no-plan", "plan-silver", "plan-gold"}, 0),
      grading_named("card", programme::Basis::kReview, {"ordinary", "silver", "gold"}),
      grading_named("b2b", programme::Basis::kSheet, {"none", "c", "b", "a"}, 6)};
  rows.entries = {{.grading = named("plan"), .level = named("plan-gold"), .plan = "p-199"},
                  {.grading = named("plan"), .level = named("plan-silver"), .plan = "p-129"}};
  rows.flags = {{.name = "vip", .by = programme::FlagBy::kReview, .valid_months = 3},
                {.name = "loyal", .by = programme::FlagBy::kTenure, .months = 24},
                {.name = "old", .by = programme::FlagBy::kLegacy}};
  rows.effective_order =
      names_of({"gold", "vip", "old", "plan-gold", "loyal", "silver", "plan-silver", "ordinary"});
  rows.sheets = {{.name = "firm", .title = "Firm", .high = 30}};
  rows.sheet_inputs = {{.sheet = named("firm"), .name = "nature", .max = 10},
                       {.sheet = named("firm"), .name = "profit", .max = 20}};
  const auto band = [](const char* input, std::int64_t from, std::int64_t min, std::int64_t max) {
    return programme::SheetBand{
        .sheet = named("firm"), .input = named(input), .from = from, .min = min, .max = max};
  };
  rows.sheet_bands = {band("nature", 1, 5, 5), band("nature", 2, 10, 10), band("profit", 0, 0, 9),
                      band("profit", 100, 10, 20)};
  rows.sheet_cuts = {{.sheet = named("firm"), .grade = "a", .from = 20},
                     {.sheet = named("firm"), .grade = "b", .from = 12},
                     {.sheet = named("firm"), .grade = "c", .from = 0}};
  return rows;
}

inline void put_name(Row& row, std::size_t n, std::string_view name) {
  row.says[0].name.at(n) = {};
  std::ranges::copy(name, row.says[0].name.at(n).begin());
}
inline OfficerText officer_of(std::string_view text) {
  OfficerText out{};
  std::ranges::copy(text, out.begin());
  return out;
}
inline Row plan_row(Member member, std::string_view plan, std::string_view account = "A-1") {
  Row out = member_row(MemberKind::kPlan, member, account);
  put_name(out, 0, plan);
  return out;
}
inline Row propose_row(Member member, std::string_view flag, Month until,
                       std::string_view officer = "S-1") {
  Row out = member_row(MemberKind::kVipPropose, member);
  put_name(out, 0, flag);
  out.says[0].word = 1;
  out.says[0].until = until.count();
  out.says[0].officer = officer_of(officer);
  return out;
}
inline Row decide_row(const TransactionId& proposal, bool approve,
                      std::string_view officer = "S-2") {
  Row out = member_row(MemberKind::kVipDecide, {});
  out.says[0].parent = proposal;
  out.says[0].flag[0] = approve ? 1 : 0;
  out.says[0].officer = officer_of(officer);
  return out;
}
inline Row legacy_row(Member member, std::string_view flag, Month until) {
  Row out = member_row(MemberKind::kLegacy, member);
  put_name(out, 0, flag);
  out.says[0].until = until.count();
  return out;
}
inline SheetInputRow input_row(std::string_view name, std::int64_t value,
                               std::int64_t points = -1) {
  SheetInputRow out{.value = value, .points = points};
  std::ranges::copy(name, out.name.begin());
  return out;
}
inline Row sheet_row(Member member, std::string_view sheet, std::string_view grading,
                     std::vector<SheetInputRow> inputs) {
  Row out = member_row(MemberKind::kSheet, member);
  put_name(out, 0, sheet);
  put_name(out, 1, grading);
  out.inputs = std::move(inputs);
  return out;
}

// What of a node tells of a member's grades on a day.
class StandingNode : public ProgrammeNode {
 public:
  using ProgrammeNode::ProgrammeNode;

  [[nodiscard]] std::string effective(Member member, BusinessDate on) const {
    const Programme* version = book().programmes().of_day(on);
    const std::uint16_t grade = book().effective_on(Node::home().number_of(member), on);
    return grade == programme::kNoIndex ? "" : version->grades()[grade];
  }
  [[nodiscard]] std::string level(Member member, std::string_view grading, BusinessDate on) const {
    const auto number = static_cast<std::uint8_t>(book().names().gradings.find(grading));
    return book().names().levels[number].name(
        book().level_on(Node::home().number_of(member), number, on));
  }
  [[nodiscard]] bool has(Member member, std::string_view flag, BusinessDate on) const {
    for (const programme::Flag& row : book().programmes().of_day(on)->rows().flags) {
      if (row.name == flag) {
        return book().has_flag(Node::home().number_of(member), row, on);
      }
    }
    return false;
  }
  // `REVIEW vip 2007-04-01 2007-07-01`, newest first.
  [[nodiscard]] Texts history(Member of) const {
    Texts out;
    for (std::uint32_t n = member(of).last_history; n != book::kNone; n = book().history(n).next) {
      const book::HistoryRecord& record = book().history(n);
      const std::string what = record.grading == book::kFlagGrading
                                   ? book().names().flags.name(record.run)
                                   : book().names().levels[record.grading].name(record.level);
      out.push_back(
          std::string(word(static_cast<programme::GradeReason>(record.reason))) + " " + what + " " +
          BusinessDate(record.from).text() +
          (record.to == BusinessDate::kCount ? "" : " " + BusinessDate(record.to).text()));
    }
    return out;
  }
};

}  // namespace ph::test
