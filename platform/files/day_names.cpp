#include "platform/files/day_names.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/home/member_columns.h"
#include "core/programme/campaign.h"
#include "core/programme/level.h"
#include "core/programme/sheet.h"
#include "core/programme/sources.h"

namespace ph {

namespace {

using programme::FlagBy;

// What a list of a programme has that counts, for whoever meant one of it.
template <class List, class Counts>
std::string names_of(const List& list, Counts counts) {
  constexpr std::size_t kNamedMax = 12;
  std::string out;
  std::size_t named = 0;
  for (const auto& each : list) {
    if (!counts(each)) continue;
    if (named++ == kNamedMax) return out + " ...";
    out += " " + each.name;
  }
  return out.empty() ? "nothing: the programme has none that day" : "one of" + out;
}

template <class List>
std::string names_of(const List& list) {
  return names_of(list, [](const auto&) { return true; });
}

class DayNames {
 public:
  DayNames(const DayFile& day, const ProgrammeBook& programmes, const RuleBook* book,
           FaultSink& warnings)
      : day_(day), programmes_(programmes), book_(book), warnings_(warnings) {}

  void run() {
    version_ = programmes_.of_day(day_.date);
    for (const DayRow& row : day_.rows) {
      if (warnings_.full()) return;
      line_ = row.line;
      if (!is_of_member(row.kind)) {
        look_at_redemption(row);
      } else if (version_ == nullptr) {
        warnings_.add(FaultCode::kWarnProgramme, line_, {}, word(member_row_of(day_, row).kind),
                      "a version with `effective` on " + day_.date.text() + " or before");
        return;
      } else {
        look_at(row, member_row_of(day_, row));
      }
    }
  }

 private:
  [[nodiscard]] const programme::Rows& rules() const { return version_->rows(); }

  void warn(std::string_view column, std::string_view value, std::string expected) {
    warnings_.add(FaultCode::kWarnName, line_, column, value, std::move(expected));
  }

  // The name in the list, of a row that counts on the day.
  template <class List>
  void dated(std::string_view column, const List& list, std::string_view name) {
    const auto counts = [this](const auto& row) { return row.in_force.holds(day_.date); };
    const bool known =
        std::ranges::any_of(list, [&](const auto& row) { return row.name == name && counts(row); });
    if (!known) warn(column, name, names_of(list, counts));
  }

  void flag(std::string_view name, FlagBy by) {
    const auto counts = [by](const programme::Flag& row) { return row.by == by; };
    const bool known = std::ranges::any_of(
        rules().flags, [&](const auto& row) { return row.name == name && counts(row); });
    if (!known) warn("flag", name, names_of(rules().flags, counts));
  }

  // nullptr: no such one, and it was warned of.
  const programme::Grading* grading(std::string_view name) {
    const std::uint16_t found = version_->find_grading(name);
    if (found == programme::kNoIndex) {
      warn("grading", name, names_of(rules().gradings));
      return nullptr;
    }
    return &rules().gradings[found];
  }

  void level(std::string_view grading_name, std::string_view name) {
    const programme::Grading* of = grading(grading_name);
    if (of != nullptr && version_->find_level(*of, name) == programme::kNoIndex) {
      warn("level", name, names_of(of->levels));
    }
  }

  void look_at_redemption(const DayRow& row);
  void look_at(const DayRow& row, const MemberRow& says);
  void sources(const DayRow& row, const MemberRow& says);
  void event(const MemberRow& says);
  void sheet(const DayRow& row, const MemberRow& says);

  const DayFile& day_;
  const ProgrammeBook& programmes_;
  const RuleBook* book_;
  FaultSink& warnings_;
  const Programme* version_{};
  std::uint32_t line_{};
};

void DayNames::look_at_redemption(const DayRow& row) {
  const bool fixed = row.kind == RowKind::kRedeem && row.form == Form::kFixedLine;
  if (fixed && version_ != nullptr && !programme::fixed_out(programmes_, day_.date, Points())) {
    warn("form", word(row.form), "another form: the programme has no [fixed_line]");
  }
}

void DayNames::look_at(const DayRow& row, const MemberRow& says) {
  const std::string_view first = text_of(says.name[0]);
  switch (says.kind) {
    case MemberKind::kAccount:
      if (const auto classes = static_cast<std::uint32_t>(rules().head.region_classes);
          says.number[0] > classes) {
        warn("region", std::to_string(says.number[0]),
             "a class from 1 to " + std::to_string(classes));
      }
      return;
    case MemberKind::kPlan:
      if (!first.empty() && !programme::is_plan(rules(), first, day_.date)) {
        warn("plan", first, "a plan of an [[entry]] in force, or of a campaign");
      }
      return;
    case MemberKind::kVipPropose:
      return flag(first, FlagBy::kReview);
    case MemberKind::kLegacy:
      return flag(first, FlagBy::kLegacy);
    case MemberKind::kApply:
    case MemberKind::kGrade:
      return level(first, text_of(says.name[1]));
    case MemberKind::kSheet:
      return sheet(row, says);
    case MemberKind::kOrder:
    case MemberKind::kStock:
      return dated("item", rules().items, first);
    case MemberKind::kClaim:
      return dated("benefit", rules().benefits, first);
    case MemberKind::kEvent:
      return event(says);
    case MemberKind::kSpSpend:
    case MemberKind::kPartnerSpend:
    case MemberKind::kFixedIn:
      return sources(row, says);
    case MemberKind::kAccountEnd:
    case MemberKind::kProfile:
    case MemberKind::kBillSplit:
    case MemberKind::kBrand:
    case MemberKind::kMerge:
    case MemberKind::kUnmerge:
    case MemberKind::kOwner:
    case MemberKind::kArrears:
    case MemberKind::kBlacklist:
    case MemberKind::kVipDecide:
    case MemberKind::kOrderState:
    case MemberKind::kComplaint:
    case MemberKind::kComplaintEnd:
    case MemberKind::kRegister:
    case MemberKind::kRegisterEnd:
    case MemberKind::kCall:
    case MemberKind::kSpent:
      return;
  }
}

void DayNames::sources(const DayRow& row, const MemberRow& says) {
  if (says.kind == MemberKind::kSpSpend) {
    const std::string_view service = text_of(says.name[0]);
    if (!programme::sp_source(programmes_, says.month, service, Fen::of(says.fen[0]))) {
      warn("service", service,
           "a service of an [[sp]] in force on " + first_day(says.month).text());
    }
  } else if (says.kind == MemberKind::kPartnerSpend) {
    const std::string code = book_ != nullptr ? book_->code(row.id.participant) : "";
    if (book_ != nullptr &&
        !programme::partner_source(programmes_, row.id.date, code, Fen::of(says.fen[0]))) {
      warn("partner", code, "a partner of a [[partner]] in force on " + row.id.date.text());
    }
  } else if (!programme::fixed_source(programmes_, row.id.date.month(), Units::of(says.points))) {
    warn({}, word(says.kind), "no such row: the programme has no [fixed_line]");
  }
}

void DayNames::event(const MemberRow& says) {
  const programme::Event event{
      .service = text_of(says.name[0]),
      .channel = text_of(says.name[1]),
      .plan = text_of(says.name[2]),
      .credit = says.number[0] == 0 ? std::nullopt : std::optional<std::int64_t>(says.number[0])};
  if (programme::matching(rules().campaigns, event, day_.date).empty()) {
    warn({}, word(says.kind), "service, channel, plan and credit of a campaign in force");
  }
}

// The sum and the bands are the node's to judge; names come before them.
void DayNames::sheet(const DayRow& row, const MemberRow& says) {
  const std::string_view name = text_of(says.name[0]);
  const std::string_view grading_name = text_of(says.name[1]);
  const programme::Grading* into = grading_name.empty() ? nullptr : grading(grading_name);
  const auto found = std::ranges::find(rules().sheets, name, &programme::Sheet::name);
  if (found == rules().sheets.end()) {
    warn("sheet", name, names_of(rules().sheets));
    return;
  }
  std::vector<programme::SheetAnswer> answers;
  for (const SheetInputRow& input : inputs_of(day_, row)) {
    answers.push_back({.input = text_of(input.name),
                       .value = input.value,
                       .points = input.points < 0 ? std::nullopt : std::optional(input.points)});
    const bool known = std::ranges::any_of(
        found->inputs, [&](const auto& each) { return each.name == answers.back().input; });
    if (!known) warn("input", answers.back().input, names_of(found->inputs));
  }
  for (const programme::SheetInput& input : found->inputs) {
    const bool given = std::ranges::any_of(
        answers, [&](const auto& answer) { return answer.input == input.name; });
    if (!given) warn("input", {}, "an INPUT row of " + input.name);
  }
  const auto total = programme::sheet_total(*found, answers);
  if (total && into != nullptr) {
    const std::string& grade = found->cuts[total->cut].grade;
    if (version_->find_level(*into, grade) == programme::kNoIndex) {
      warn("grading", grading_name,
           "a grading with the level " + grade + ", which the sheet gives");
    }
  }
}

}  // namespace

void warn_of_names(const DayFile& day, const ProgrammeBook& programmes, const RuleBook* book,
                   FaultSink& warnings) {
  DayNames(day, programmes, book, warnings).run();
}

}  // namespace ph
