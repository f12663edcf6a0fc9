#include "app/node/standing_view.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/home/member_columns.h"
#include "core/programme/grade.h"

namespace ph {

namespace {

using Json = nlohmann::ordered_json;
using programme::GradeReason;

const char* word(programme::FlagBy by) {
  switch (by) {
    case programme::FlagBy::kReview:
      return "REVIEW";
    case programme::FlagBy::kTenure:
      return "TENURE";
    case programme::FlagBy::kLegacy:
      return "LEGACY";
  }
  return "";
}

Json grade_name(const Programme& version, std::uint16_t grade) {
  return grade == programme::kNoIndex ? Json() : Json(version.grades()[grade]);
}

// Empty: until cancelled.
std::string end_text(std::uint16_t to) {
  return to >= BusinessDate::kCount ? "" : BusinessDate(to).text();
}

std::string reason_text(std::uint8_t reason) {
  return std::string(programme::word(static_cast<GradeReason>(reason)));
}

Json grades_json(const MemberBook& book, const Programme& version, std::uint32_t member,
                 BusinessDate on) {
  Json out = Json::array();
  for (const programme::Grading& grading : version.rows().gradings) {
    const auto number = static_cast<std::uint8_t>(book.names().gradings.find(grading.name));
    const book::GradeRecord grade = book.grade_on(member, number, on);
    Json row{{"grading", grading.name}, {"level", grading.levels[grade.level].name}};
    if (grade.reason != 0) {
      row["reason"] = reason_text(grade.reason);
      row["from"] = BusinessDate(grade.from).text();
      row["to"] = end_text(grade.to);
    }
    out.push_back(row);
  }
  return out;
}

Json flags_json(const MemberBook& book, const Programme& version, std::uint32_t member,
                BusinessDate on) {
  Json out = Json::array();
  for (const programme::Flag& flag : version.rows().flags) {
    const bool holds = book.has_flag(member, flag, on);
    const bool by_row = flag.by != programme::FlagBy::kTenure;
    const book::FlagRecord* given =
        by_row ? book.given_flag(member, book.names().flags.find(flag.name)) : nullptr;
    if (!holds && given == nullptr) {
      continue;
    }
    Json row{{"flag", flag.name}, {"by", word(flag.by)}, {"holds", holds}};
    if (given != nullptr) {
      row["from"] = Month(given->from).text();
      row["until"] = Month(given->to).text();
    }
    if (given != nullptr && given->proposal != book::kNone) {
      const book::ProposalRecord& by = book.proposal(given->proposal);
      row["maker"] = ph::text_of(by.maker);
      row["checker"] = ph::text_of(by.checker);
    }
    out.push_back(row);
  }
  return out;
}

// Of an account nobody has to see more than its last characters.
std::string account_text(const std::array<char, 16>& account) {
  const std::string text(account.data(), std::find(account.begin(), account.end(), '\0'));
  return text.size() <= 4 ? text : "..." + text.substr(text.size() - 4);
}

Json accounts_json(const MemberBook& book, std::uint32_t member) {
  Json out = Json::array();
  for (std::uint32_t n = book.member(member).first_account; n != book::kNone;
       n = book.account(n).next) {
    const book::AccountRecord& account = book.account(n);
    Json row{{"account", account_text(account.account)}};
    row["plan"] = account.plan == 0
                      ? ""
                      : book.names().plans.name(static_cast<std::uint16_t>(account.plan - 1));
    row["joined"] = account.joined == book::kNoMonth ? "" : Month(account.joined).text();
    row["ended"] = account.ended == book::kNoMonth ? "" : Month(account.ended).text();
    out.push_back(row);
  }
  return out;
}

// Newest first.
Json history_json(const MemberBook& book, std::uint32_t member) {
  Json out = Json::array();
  for (std::uint32_t n = book.member(member).last_history; n != book::kNone;
       n = book.history(n).next) {
    const book::HistoryRecord& record = book.history(n);
    Json row{{"decided", BusinessDate(record.decided).text()},
             {"reason", reason_text(record.reason)}};
    if (record.grading == book::kFlagGrading) {
      row["flag"] = book.names().flags.name(record.run);
    } else if (record.grading != book::kBrandGrading) {
      row["grading"] = book.names().gradings.name(record.grading);
      row["level"] = book.names().levels[record.grading].name(record.level);
    }
    row["from"] = BusinessDate(record.from).text();
    row["to"] = end_text(record.to);
    out.push_back(row);
  }
  return out;
}

// The number, and the day; nullopt: it isn't that.
std::optional<std::pair<Member, BusinessDate>> parse(const std::string& asked, BusinessDate today) {
  const std::size_t comma = asked.find(',');
  const auto member = Member::parse(asked.substr(0, comma));
  const auto on = comma == std::string::npos ? std::optional(today)
                                             : BusinessDate::parse(asked.substr(comma + 1));
  return member && on ? std::optional(std::pair(*member, *on)) : std::nullopt;
}

std::string padded(const std::string& text, std::size_t width) {
  return text.size() >= width ? text + " " : text + std::string(width - text.size(), ' ');
}

std::string text_at(const Json& in, const char* key) {
  const auto found = in.find(key);
  return found == in.end() || !found->is_string() ? "" : found->get<std::string>();
}

std::string span_text(const Json& row, const char* last) {
  const std::string from = text_at(row, "from");
  const std::string to = text_at(row, last);
  return from.empty() ? "" : from + " to " + (to.empty() ? "further notice" : to);
}

std::string history_lines(const Json& in) {
  std::string out =
      in.at("history").empty() ? "" : "\n  decided     what                  reason\n";
  for (const Json& row : in.at("history")) {
    const std::string what = row.contains("flag") ? "flag " + text_at(row, "flag")
                             : row.contains("grading")
                                 ? text_at(row, "grading") + " " + text_at(row, "level")
                                 : "brand";
    out += "  " + padded(text_at(row, "decided"), 12) + padded(what, 22) +
           padded(text_at(row, "reason"), 12) + span_text(row, "to") + "\n";
  }
  return out;
}

}  // namespace

http::Response standing_response(const Home& home, const std::string& asked, BusinessDate today) {
  const auto parsed = parse(asked, today);
  if (!parsed) {
    return http::refusal(400,
                         "a member number has 14 digits and a right check digit, a day is "
                         "written as 2026-03-05");
  }
  const auto [number, on] = *parsed;
  const auto state = home.state_of(number);
  if (!state || *state == MemberState::kMoved) {
    return http::refusal(404, "no such member is at home here");
  }
  const MemberBook* book = home.book();
  const Programme* version = book == nullptr ? nullptr : book->programmes().of_day(on);
  if (version == nullptr) {
    return http::refusal(404, "no programme is in force on " + on.text());
  }
  const std::uint32_t member = home.number_of(number);
  const book::ProgrammeMember& record = book->member(member);
  Json out{{"member", asked.substr(0, asked.find(','))},
           {"on", on.text()},
           {"state", *state == MemberState::kClosed ? "CLOSED" : "HOME"},
           {"effective", grade_name(*version, book->effective_on(member, on))},
           {"grades", grades_json(*book, *version, member, on)},
           {"flags", flags_json(*book, *version, member, on)},
           {"blacklisted", (record.flags & book::ProgrammeMember::kBlacklisted) != 0},
           {"in_arrears", (record.flags & book::ProgrammeMember::kInArrears) != 0},
           {"profile", record.profile == 0 ? "" : BusinessDate(record.profile).text()},
           {"accounts", accounts_json(*book, member)},
           {"history", history_json(*book, member)}};
  return {.body = out.dump() + "\n"};
}

std::string standing_table(const std::string& json) {
  const Json in = Json::parse(json);
  const std::string effective = text_at(in, "effective");
  std::string out = text_at(in, "member") + " on " + text_at(in, "on") + ": " +
                    (effective.empty() ? "no grade that counts" : effective) +
                    (text_at(in, "state") == "CLOSED" ? ", has left" : "") +
                    (in.at("blacklisted").get<bool>() ? ", blacklisted" : "") +
                    (in.at("in_arrears").get<bool>() ? ", in arrears" : "") + "\n";
  for (const Json& row : in.at("grades")) {
    out += "  " + padded(text_at(row, "grading"), 14) + padded(text_at(row, "level"), 18) +
           padded(text_at(row, "reason"), 12) + span_text(row, "to") + "\n";
  }
  for (const Json& row : in.at("flags")) {
    out += "  flag " + padded(text_at(row, "flag"), 27) + padded(text_at(row, "by"), 12) +
           span_text(row, "until") + (row.at("holds").get<bool>() ? "" : ": over") + "\n";
  }
  return out + history_lines(in);
}

}  // namespace ph
