#include "app/verify/points.h"

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "core/types/date.h"
#include "core/types/id.h"
#include "core/types/words.h"

namespace ph::verify {

namespace {

// opening, issued, redeemed, expired, forfeited, moved, closing.
using Flow = std::array<Int128, 7>;
constexpr std::array<std::string_view, 7> kFlow{"opening",   "issued", "redeemed", "expired",
                                                "forfeited", "moved",  "closing"};
using Quarter = std::pair<std::string, std::string>;  // issuer, `2007Q1` or `-`

// Columns `first` to `first` + 6; the first six must add up to the last.
Flow read_flow(CsvReader& row, std::size_t first) {
  Flow flow{};
  Int128 sum = 0;
  for (std::size_t i = 0; i < flow.size(); ++i) {
    flow[i] = row.integer(first + i);
    if (i < 6) {
      sum += flow[i];
    }
  }
  if (sum != flow[6]) {
    row.fault(std::string(row[0]) + ": closing is " + text_of(flow[6]) +
              "; opening and movements give " + text_of(sum));
  }
  return flow;
}

std::map<std::string, Flow> read_rollforward(std::string_view text,
                                             const Participants& participants, Report& report) {
  CsvReader row("rollforward.csv", text, kRollforwardColumns, report);
  std::map<std::string, Flow> flows;
  std::optional<std::size_t> previous;
  while (row.next()) {
    if (!row.ok()) continue;
    const auto place = participants.place(row[0]);
    if (!place || (previous && *place <= *previous)) {
      row.fault(std::string(row[0]) + ": not a participant in the order of numbers");
    }
    previous = place;
    flows[std::string(row[0])] = read_flow(row, 1);
    (void)row.integer(8);
  }
  return flows;
}

// `2007Q1`, or `-` for debts.
bool is_quarter(std::string_view text) {
  if (text == "-") return true;
  return text.size() == 6 && text[4] == 'Q' && text[5] >= '1' && text[5] <= '4' &&
         Month::parse(std::string(text.substr(0, 4)) + "-01");
}

std::map<Quarter, Int128> read_quarters(std::string_view text,
                                        std::map<std::string, Flow> rollforward, Report& report) {
  CsvReader row("quarters.csv", text,
                "issuer,quarter,opening,issued,redeemed,expired,forfeited,moved,closing", report);
  std::map<Quarter, Int128> closing;
  Quarter previous;
  while (row.next()) {
    if (!row.ok()) continue;
    const Flow flow = read_flow(row, 2);
    const std::string issuer(row[0]);
    // Debts come last: behind any year.
    const std::pair order{issuer, row[1] == "-" ? std::string("~") : std::string(row[1])};
    if (!is_quarter(row[1]) || (previous.first == issuer && previous >= order)) {
      row.fault(issuer + ": " + std::string(row[1]) + " isn't a quarter, in the order of time");
    }
    previous = order;
    if (!closing.emplace(Quarter{issuer, std::string(row[1])}, flow[6]).second) {
      row.fault(issuer + " " + std::string(row[1]) + " stands twice");
    }
    Flow& rest = rollforward[issuer];
    for (std::size_t i = 0; i < flow.size(); ++i) {
      rest[i] -= flow[i];
    }
  }
  for (const auto& [issuer, rest] : rollforward) {
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (rest[i] != 0) {
        report.fault("quarters.csv", 0,
                     issuer + ": " + std::string(kFlow[i]) +
                         " of its quarters differs from rollforward.csv by " + text_of(-rest[i]));
      }
    }
  }
  return closing;
}

using LotOrder = std::tuple<std::size_t, std::size_t, std::string, std::int64_t>;

// Home, then the lot's participant, date and number; nullopt when one isn't such a thing.
std::optional<LotOrder> lot_order(std::string_view home, std::string_view lot,
                                  const Participants& participants) {
  const auto parts = split(lot, '/');
  if (parts.size() != 3) return std::nullopt;
  const auto home_place = participants.place(home);
  const auto issuer = participants.place(parts[0]);
  const auto number = parse_integer(parts[2]);
  if (!home_place || !issuer || !number || *number < 0 || !BusinessDate::parse_compact(parts[1])) {
    return std::nullopt;
  }
  return LotOrder{*home_place, *issuer, std::string(parts[1]), *number};
}

void add_lots(std::string_view text, const Participants& participants,
              std::map<Quarter, Int128>& sums, Report& report) {
  CsvReader row("closing-lots.csv", text,
                "home,lot,member,issuer,earned_month,expires_on,source,rating,original,remaining",
                report);
  std::optional<LotOrder> previous;
  while (row.next()) {
    if (!row.ok()) continue;
    const std::string lot = "lot " + std::string(row[1]);
    auto order = lot_order(row[0], row[1], participants);
    const auto month = Month::parse(row[4]);
    const bool form = Member::parse(row[2]) && BusinessDate::parse(row[5]) &&
                      from_word<Source>(row[6]) && (row[7] == "0" || row[7] == "1");
    if (!order || !month || !form || row[3] != row[1].substr(0, row[1].find('/'))) {
      row.fault(lot + ": one of the fields before original isn't such a thing");
      continue;
    }
    if (previous && *order <= *previous) {
      row.fault(lot + " stands behind one that comes later");
    }
    previous = std::move(order);
    const std::int64_t original = row.integer(8);
    const std::int64_t remaining = row.integer(9);
    if (remaining < 0 || remaining > original) {
      row.fault(lot + ": remaining isn't between 0 and original");
    }
    if (remaining != 0) {
      sums[{std::string(row[3]), month->quarter_text()}] += remaining;
    }
  }
}

void add_debts(std::string_view text, const Participants& participants,
               std::map<Quarter, Int128>& sums, Report& report) {
  CsvReader row("closing-debts.csv", text, "home,member,issuer,points", report);
  std::optional<std::tuple<std::size_t, std::string, std::size_t>> previous;
  while (row.next()) {
    if (!row.ok()) continue;
    const std::int64_t points = row.integer(3);
    const auto home = participants.place(row[0]);
    const auto issuer = participants.place(row[2]);
    if (points <= 0 || !home || !issuer) {
      row.fault("member " + std::string(row[1]) + ": not a debt of some points to an issuer");
      continue;
    }
    const std::tuple order{*home, std::string(row[1]), *issuer};
    if (previous && order <= *previous) {
      row.fault("member " + std::string(row[1]) + " stands behind one that comes later");
    }
    previous = order;
    sums[{std::string(row[2]), "-"}] -= points;
  }
}

}  // namespace

void check_points(const PointsFiles& files, const Participants& participants, Report& report) {
  const Claim claim(report);
  const auto rollforward = read_rollforward(files.rollforward, participants, report);
  const auto quarters = read_quarters(files.quarters, rollforward, report);
  std::map<Quarter, Int128> sums;
  add_lots(files.closing_lots, participants, sums, report);
  add_debts(files.closing_debts, participants, sums, report);
  std::set<Quarter> all;
  for (const auto& [quarter, points] : quarters) {
    all.insert(quarter);
  }
  for (const auto& [quarter, points] : sums) {
    all.insert(quarter);
  }
  for (const Quarter& quarter : all) {
    const auto told = quarters.find(quarter);
    const Int128 closing = told == quarters.end() ? 0 : told->second;
    if (closing != sums[quarter]) {
      report.fault("quarters.csv", 0,
                   quarter.first + " " + quarter.second + ": closing is " + text_of(closing) +
                       "; closing-lots.csv and closing-debts.csv give " + text_of(sums[quarter]));
    }
  }
  claim.proven(
      "rollforward.csv, quarters.csv, closing-lots.csv, closing-debts.csv: opening and movements "
      "give closing, and closing is what the lots hold less the debts");
}

void check_opening(std::string_view rollforward, std::string_view previous, Report& report) {
  const Claim claim(report);
  std::map<std::string, std::int64_t, std::less<>> closing;
  CsvReader before("the previous rollforward.csv", previous, kRollforwardColumns, report);
  while (before.next()) {
    if (before.ok()) closing[std::string(before[0])] = before.integer(7);
  }
  Report ignored;
  CsvReader row("rollforward.csv", rollforward, kRollforwardColumns, ignored);
  while (row.next()) {
    const auto at = closing.find(row[0]);
    const std::int64_t expected = at == closing.end() ? 0 : at->second;
    if (row.ok() && row.integer(1) != expected) {
      report.fault("rollforward.csv", row.line(),
                   std::string(row[0]) + ": opening is " + std::string(row[1]) +
                       "; the period before closed with " + std::to_string(expected));
    }
  }
  claim.proven("rollforward.csv opens with what the previous period closed with");
}

}  // namespace ph::verify
