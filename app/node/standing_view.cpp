#include "app/node/standing_view.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "core/home/member_columns.h"
#include "core/programme/queue.h"
#include "node/member_told.h"

namespace ph {

namespace {

using Json = nlohmann::ordered_json;

Json grade_name(const Programme& version, std::uint16_t grade) {
  return grade == programme::kNoIndex ? Json() : Json(version.grades()[grade]);
}

// Empty: until cancelled.
std::string end_text(std::optional<BusinessDate> to) {
  return to ? to->text() : "";
}

Json grades_json(const MemberBook& book, const Programme& version, std::uint32_t member,
                 BusinessDate on) {
  Json out = Json::array();
  for (const ToldGrade& told : grades_of(book, version, member, on)) {
    Json row{{"grading", told.grading.name}, {"level", told.level()}};
    if (told.grade.reason != programme::GradeReason::kNone) {
      row["reason"] = programme::word(told.grade.reason);
      row["from"] = told.grade.from.text();
      row["to"] = end_text(end_day_of(told.grade.to.count()));
    }
    out.push_back(row);
  }
  return out;
}

// Those that he has, or was given.
Json flags_json(const MemberBook& book, const Programme& version, std::uint32_t member,
                BusinessDate on) {
  Json out = Json::array();
  for (const auto& [flag, holds, given] : flags_of(book, version, member, on)) {
    if (!holds && !given) {
      continue;
    }
    Json row{{"flag", flag.name}, {"by", word(flag.by)}, {"holds", holds}};
    if (given) {
      row["from"] = Month(given->from).text();
      row["until"] = Month(given->to).text();
      if (given->proposal != book::kNone) {
        const book::ProposalRecord& by = book.proposal(given->proposal);
        row["maker"] = ph::text_of(by.maker);
        row["checker"] = ph::text_of(by.checker);
      }
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
    const bool carried = (account.flags & book::AccountRecord::kCarriedIn) != 0;
    Json row{{"account", carried ? "carried in" : account_text(account.account)}};
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
    const ToldRecord record = record_of(book, book.history(n));
    Json row{{"decided", record.decided.text()}, {"reason", record.reason}};
    if (record.flag != nullptr) {
      row["flag"] = *record.flag;
    } else if (record.grading != nullptr) {
      row["grading"] = *record.grading;
      row["level"] = *record.level;
    }
    row["from"] = record.from.text();
    row["to"] = end_text(record.to);
    out.push_back(row);
  }
  return out;
}

// null: the programme has no queues.
Json queue_json(const MemberBook& book, const Programme& version, std::uint32_t member,
                BusinessDate on) {
  const auto waits = queue_of(book, version, member, on);
  return waits ? Json{{"queue", waits->queue.name},
                      {"position", word(waits->queue.position)},
                      {"priority", waits->priority}}
               : Json();
}

Json benefits_json(const MemberBook& book, const Programme& version, std::uint32_t member,
                   BusinessDate on) {
  Json out = Json::array();
  for (const programme::Entitled& has : benefits_of(book, version, member, on)) {
    const programme::Benefit& benefit = version.rows().benefits[has.benefit];
    Json row{{"benefit", benefit.name}, {"kind", word(benefit.kind)}, {"best", has.best}};
    if (has.left) {
      row["left"] = *has.left;
    }
    if (benefit.hours > 0) {
      row["hours"] = benefit.hours;
    }
    if (benefit.days > 0) {
      row["days"] = benefit.days;
    }
    out.push_back(row);
  }
  return out;
}

// Newest first. `until`: empty where there is no end.
Json claims_json(const MemberBook& book, std::uint32_t member, BusinessDate on) {
  Json out = Json::array();
  for (std::uint32_t n = book.member(member).last_claim; n != book::kNone; n = book.claim(n).next) {
    const book::ClaimRecord& record = book.claim(n);
    out.push_back({{"benefit", book.names().benefits.name(record.benefit)},
                   {"day", BusinessDate(record.day).text()},
                   {"until", end_text(end_day_of(record.until))},
                   {"count", record.count},
                   {"usable", record.day <= on.count() && on.count() <= record.until}});
  }
  return out;
}

std::string grade_text(const MemberBook& book, std::uint16_t grade) {
  return grade == book::CallsRecord::kBlacklist ? "blacklist"
         : grade == book::CallsRecord::kOther   ? "other"
                                                : book.names().grades.name(grade);
}

void add_figures(Json& row, const programme::QueueFigures& figures) {
  row["calls"] = figures.calls;
  row["answered"] = figures.answered;
  row["within"] = figures.within;
  row["called_back"] = figures.called_back;
  row["in_time"] = figures.in_time;
}

programme::QueueFigures figures_of(const book::CallsRecord& record) {
  return {.calls = record.calls,
          .answered = record.answered,
          .within = record.within,
          .called_back = record.called_back,
          .in_time = record.in_time};
}

// A queue's grades, one by one and together, against its target in that month.
Json queue_calls_json(const MemberBook& book, const Programme& version, std::uint16_t number,
                      const std::vector<book::CallsRecord>& all) {
  const std::string& name = book.names().queues.name(number);
  Json grades = Json::array();
  programme::QueueFigures sum;
  for (const book::CallsRecord& record : all) {
    if (record.queue == number) {
      sum.calls += record.calls;
      sum.answered += record.answered;
      sum.within += record.within;
      sum.called_back += record.called_back;
      sum.in_time += record.in_time;
      Json row{{"grade", grade_text(book, record.grade)}};
      add_figures(row, figures_of(record));
      grades.push_back(row);
    }
  }
  Json out{{"queue", name}};
  const auto& queues = version.rows().queues;
  const auto rule = std::ranges::find(queues, name, &programme::Queue::name);
  if (rule != queues.end()) {
    out["position"] = word(rule->position);
    out["answer_seconds"] = rule->answer_seconds;
    out["answer_percent"] = rule->answer_percent;
    out["call_back_hours"] = rule->call_back_hours;
    out["met"] = sum.meets(*rule);
  }
  add_figures(out, sum);
  out["grades"] = grades;
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

// Empty: it isn't.
std::string merged_into(const Home& home, const book::ProgrammeMember& record) {
  return record.merged_into == MemberBook::kNone ? "" : home.member_at(record.merged_into).text();
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
           {"merged_into", merged_into(home, record)},
           {"effective", grade_name(*version, book->effective_on(member, on))},
           {"grades", grades_json(*book, *version, member, on)},
           {"flags", flags_json(*book, *version, member, on)},
           {"blacklisted", (record.flags & book::ProgrammeMember::kBlacklisted) != 0},
           {"in_arrears", (record.flags & book::ProgrammeMember::kInArrears) != 0},
           {"profile", record.profile == 0 ? "" : BusinessDate(record.profile).text()},
           {"accounts", accounts_json(*book, member)},
           {"queue", queue_json(*book, *version, member, on)},
           {"benefits", benefits_json(*book, *version, member, on)},
           {"claims", claims_json(*book, member, on)},
           {"history", history_json(*book, member)}};
  return {.body = out.dump() + "\n"};
}

http::Response calls_response(const Home& home, const std::string& asked) {
  const auto month = Month::parse(asked);
  if (!month) {
    return http::refusal(400, "a month is written as 2026-03");
  }
  const MemberBook* book = home.book();
  const Programme* version =
      book == nullptr ? nullptr : book->programmes().of_day(last_day(*month));
  if (version == nullptr) {
    return http::refusal(404, "no programme was in force in " + asked);
  }
  const std::vector<book::CallsRecord> all = book->calls(*month);
  Json queues = Json::array();
  for (std::size_t n = 0; n < all.size(); ++n) {
    if (n == 0 || all[n].queue != all[n - 1].queue) {
      queues.push_back(queue_calls_json(*book, *version, all[n].queue, all));
    }
  }
  const Json out{{"month", asked}, {"queues", queues}};
  return {.body = out.dump() + "\n"};
}

namespace {

std::string count_at(const Json& in, const char* key) {
  return std::to_string(in.at(key).get<std::uint64_t>());
}

// Of a hundred, rounded down: what is told as reached is reached.
std::string percent_text(const Json& in, const char* part, const char* whole) {
  const auto all = in.at(whole).get<std::uint64_t>();
  return all == 0 ? "-" : std::to_string(in.at(part).get<std::uint64_t>() * 100 / all) + " %";
}

std::string figures_line(const Json& row, const std::string& name) {
  return "  " + padded(name, 26) + padded(count_at(row, "calls"), 8) +
         padded(count_at(row, "answered"), 10) + padded(count_at(row, "within"), 8) +
         padded(percent_text(row, "within", "calls"), 8) +
         padded(count_at(row, "called_back"), 13) + count_at(row, "in_time");
}

std::string service_lines(const Json& in) {
  std::string out;
  if (const Json& queue = in.at("queue"); !queue.is_null()) {
    out += "  calls wait in queue " + text_at(queue, "queue") + ", " + text_at(queue, "position") +
           ", priority " + count_at(queue, "priority") + "\n";
  }
  for (const Json& row : in.at("benefits")) {
    out += "  " + padded(text_at(row, "kind"), 8) + " " + padded(text_at(row, "benefit"), 23) +
           (row.at("best").get<bool>() ? "" : " another of its group is better") +
           (row.contains("left") ? " left " + count_at(row, "left") : "") +
           (row.contains("hours") ? ", " + count_at(row, "hours") + " hours" : "") + "\n";
  }
  for (const Json& row : in.at("claims")) {
    const std::string until = text_at(row, "until");
    out += "  claimed  " + padded(text_at(row, "benefit"), 23) + " on " + text_at(row, "day") +
           ", " + count_at(row, "count") + (until.empty() ? "" : ", usable until " + until) + "\n";
  }
  return out;
}

}  // namespace

std::string calls_table(const std::string& json) {
  const Json in = Json::parse(json);
  std::string out = "calls of " + text_at(in, "month") + "\n";
  if (in.at("queues").empty()) {
    return out + "  none\n";
  }
  out +=
      "  queue, grade              calls   answered  in time  of all called back  in its hours\n";
  for (const Json& queue : in.at("queues")) {
    const bool known = queue.contains("met");
    out += figures_line(queue, text_at(queue, "queue"));
    out += known && queue.at("answer_percent").get<int>() > 0
               ? "  target " + count_at(queue, "answer_percent") + " % in " +
                     count_at(queue, "answer_seconds") +
                     " s: " + (queue.at("met").get<bool>() ? "met" : "NOT MET")
               : "";
    out += "\n";
    for (const Json& row : queue.at("grades")) {
      out += figures_line(row, "  " + text_at(row, "grade")) + "\n";
    }
  }
  return out;
}

std::string standing_table(const std::string& json) {
  const auto merged_text = [](const Json& of) {
    const std::string into = text_at(of, "merged_into");
    return into.empty() ? into : ", merged into " + into;
  };
  const Json in = Json::parse(json);
  const std::string effective = text_at(in, "effective");
  std::string out = text_at(in, "member") + " on " + text_at(in, "on") + ": " +
                    (effective.empty() ? "no grade that counts" : effective) +
                    (text_at(in, "state") == "CLOSED" ? ", has left" : "") + merged_text(in) +
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
  return out + service_lines(in) + history_lines(in);
}

}  // namespace ph
