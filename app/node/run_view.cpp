#include "app/node/run_view.h"

#include <array>
#include <sstream>
#include <vector>

#include "app/node/table.h"
#include "core/types/amount.h"

namespace ph {

namespace {

using Json = nlohmann::ordered_json;

std::string title_of(const Json& run) {
  const auto grading = run.at("grading").get<std::string>();
  return "run " + std::to_string(run.at("number").get<int>()) + ", " +
         run.at("kind").get<std::string>() + (grading.empty() ? "" : " " + grading) + " of " +
         run.at("of").get<std::string>();
}

std::string progress_of(const Json& run) {
  const auto state = run.at("state").get<std::string>();
  const bool moves = state == "COUNTING" || state == "GRADING" || state == "POSTING";
  return state + (moves ? " " + std::to_string(run.at("done").get<std::uint64_t>()) + " of " +
                              std::to_string(run.at("steps").get<std::uint64_t>())
                        : "");
}

// Yuan of each, to the fen, from a fraction of fen; cut off, as figures for people are.
std::string yuan_of(const std::string& fraction) {
  const std::size_t slash = fraction.find('/');
  const auto num = std::stoll(fraction.substr(0, slash));
  const auto den = slash == std::string::npos ? 1 : std::stoll(fraction.substr(slash + 1));
  const auto fen = num / den;
  const std::string rest = std::to_string(fen % 100);
  return grouped(std::to_string(fen / 100)) + (rest.size() == 1 ? ".0" : ".") + rest;
}

// TENURE from, to, rate, accounts, sum, average, exact, each; LEVEL level, rate, ...
std::string award_table(const std::vector<Cells>& lines) {
  std::string out;
  Int128 total = 0;
  for (const char* kind : {"TENURE", "LEVEL"}) {
    const bool tenure = std::string(kind) == "TENURE";
    std::vector<Cells> rows{{tenure ? "months" : "level", "rate", tenure ? "accounts" : "members",
                             "average yuan", "exact", "each", "points"}};
    for (const Cells& line : lines) {
      const std::size_t at = tenure ? 3 : 2;
      if (line.front() != kind || line.size() < at + 6) {
        continue;
      }
      const Int128 points = Int128{std::stoll(line[at + 1])} * std::stoll(line[at + 5]);
      total += points;
      rows.push_back(
          {tenure ? line[1] + (line[2].empty() ? " and more" : " to " + line[2]) : line[1],
           line[at], grouped(line[at + 1]), yuan_of(line[at + 3]), line[at + 4],
           grouped(line[at + 5]), grouped(Ratio(points, 1).text())});
    }
    if (rows.size() > 1) {
      out += std::string(tenure ? "\n  To each account, by tenure\n\n"
                                : "\n  To each member, by level\n\n") +
             table_of(rows);
    }
  }
  return out + "\n  points in all: " + grouped(Ratio(total, 1).text()) + "\n";
}

// STANDARD region, level, min, members; COUNT level, before, after, rose, fell.
std::string grade_table(const std::vector<Cells>& lines) {
  std::vector<Cells> standards{{"level", "region class", "reached from", "members"}};
  std::vector<Cells> counts{{"level", "before", "after", "rose", "fell"}};
  for (const Cells& line : lines) {
    if (line.front() == "STANDARD" && line.size() == 5) {
      standards.push_back({line[2], line[1] == "0" ? "all" : line[1],
                           line[3].empty() ? "nobody can" : grouped(line[3]), grouped(line[4])});
    } else if (line.front() == "COUNT" && line.size() == 6) {
      counts.push_back(
          {line[1], grouped(line[2]), grouped(line[3]), grouped(line[4]), grouped(line[5])});
    }
  }
  return (standards.size() > 1 ? "\n  Standards\n\n" + table_of(standards) : std::string()) +
         "\n  Members who were graded\n\n" + table_of(counts);
}

// EXPIRES member, points, expires_on: so many that the first ones have to do.
std::string notice_table(const std::vector<Cells>& lines) {
  constexpr std::size_t kShown = 20;
  std::vector<Cells> rows{{"member", "points", "expire on"}};
  std::size_t members = 0;
  Int128 total = 0;
  for (const Cells& line : lines) {
    if (line.front() != "EXPIRES" || line.size() < 4) {
      continue;
    }
    total += std::stoll(line[2]);
    if (members++ < kShown) {
      rows.push_back({line[1], grouped(line[2]), line[3]});
    }
  }
  return "\n" + table_of(rows) + (members > kShown ? "  ...\n" : "") +
         "\n  members: " + grouped(std::to_string(members)) +
         "\n  points in all: " + grouped(Ratio(total, 1).text()) + "\n";
}

}  // namespace

Json run_json(const RunStatus& run) {
  return {{"number", run.number},
          {"kind", std::string(word(run.kind))},
          {"grading", run.grading},
          {"of", run.of.text()},
          {"state", std::string(word(run.state))},
          {"began", run.began.text()},
          {"done", run.done},
          {"steps", run.steps},
          {"next", run.next}};
}

std::string runs_under_way(const Json& status) {
  std::string out;
  for (const Json& run : status.value("runs", Json::array())) {
    const auto state = run.at("state").get<std::string>();
    if (state != "DONE" && state != "DROPPED") {
      out += "  " + title_of(run) + ": " + progress_of(run) + "; " +
             run.at("next").get<std::string>() + "\n";
    }
  }
  return out;
}

std::string runs_table(const std::string& status) {
  const Json in = Json::parse(status);
  std::vector<Cells> rows{{"run", "kind", "of", "began", "state", "what next"}};
  for (const Json& run : in.value("runs", Json::array())) {
    const auto grading = run.at("grading").get<std::string>();
    rows.push_back({std::to_string(run.at("number").get<int>()),
                    run.at("kind").get<std::string>() + (grading.empty() ? "" : " " + grading),
                    run.at("of").get<std::string>(), run.at("began").get<std::string>(),
                    progress_of(run), run.at("next").get<std::string>()});
  }
  return rows.size() == 1 ? "no run yet: node run begin --kind AWARD --of YYYY-12 begins one\n"
                          : table_of(rows);
}

std::string preview_table(const std::string& json) {
  const Json in = Json::parse(json);
  std::vector<Cells> lines;
  std::istringstream file(in.at("file").get<std::string>());
  for (std::string line; std::getline(file, line);) {
    lines.push_back(cells_of(line));
  }
  std::string out = title_of(in.at("run")) + ": " + progress_of(in.at("run")) + "\n";
  const auto kind = in.at("run").at("kind").get<std::string>();
  if (kind == "AWARD") {
    out += award_table(lines);
  } else if (kind == "NOTICE") {
    out += notice_table(lines);
  } else if (kind == "GRADE") {
    out += grade_table(lines);
  } else {
    out += "\n" + table_of({lines.begin() + 1, lines.end() - 1});
  }
  return out + "  digest: " + in.at("digest").get<std::string>() +
         "\n  file: " + in.at("path").get<std::string>() +
         "\n  next: " + in.at("run").at("next").get<std::string>() + "\n";
}

}  // namespace ph
