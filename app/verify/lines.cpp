#include "app/verify/lines.h"

#include <algorithm>
#include <array>

#include "core/types/date.h"
#include "core/types/id.h"

namespace ph::verify {

namespace {

// Of quantity and fen of one item: ten times what a file may say, so that sums stay in 128 bits.
constexpr std::int64_t kItemMax = 1'000'000'000'000;

constexpr std::array<std::string_view, 11> kReasons{"PHONE_CREDIT",
                                                    "OWN_PRODUCT",
                                                    "GIFT_COST",
                                                    "MERCHANT_REDEMPTION",
                                                    "MERCHANT_REIMBURSEMENT",
                                                    "MERCHANT_COMMISSION",
                                                    "FIXED_LINE",
                                                    "EXCHANGE_OUT_",
                                                    "PURCHASE_",
                                                    "SALE_POINTS_",
                                                    "FUND_ISSUER_"};

// Place of the reason, place of its partner; nullopt when it is no reason.
std::optional<std::pair<std::size_t, std::size_t>> reason_order(std::string_view reason,
                                                                const Participants& participants) {
  for (std::size_t i = 0; i < kReasons.size(); ++i) {
    if (reason == kReasons[i] && !reason.ends_with('_')) return std::pair{i, std::size_t{0}};
    if (!kReasons[i].ends_with('_') || !reason.starts_with(kReasons[i])) continue;
    const auto partner = participants.place(reason.substr(reason.rfind('_') + 1));
    if (partner) return std::pair{i, *partner};
  }
  return std::nullopt;
}

// `` for gifts, `n` or `n+m`.
std::optional<std::pair<std::int64_t, std::int64_t>> version_order(std::string_view version,
                                                                   std::string_view reason) {
  if (version.empty()) {
    if (reason != "GIFT_COST") return std::nullopt;
    return std::pair{std::int64_t{0}, std::int64_t{0}};
  }
  const auto plus = version.find('+');
  const auto first = parse_integer(version.substr(0, plus));
  const auto second = plus == version.npos ? 0 : parse_integer(version.substr(plus + 1));
  const bool pair = reason == "MERCHANT_COMMISSION";
  if (!first || !second || *first < 1 || *second < (pair ? 1 : 0) ||
      pair != (plus != version.npos)) {
    return std::nullopt;
  }
  return std::pair{*first, *second};
}

Line line_of(CsvReader& row) {
  Line line;
  line.debtor = row[0];
  line.creditor = row[1];
  line.reason = row[2];
  line.version = row[3];
  line.unit = row[4];
  line.quantity = row.integer(5);
  line.price = row[6];
  line.exact = row[7];
  line.fen = row.integer(8);
  line.residue = row[9];
  line.items = static_cast<std::uint64_t>(std::max<std::int64_t>(row.integer(10), 0));
  line.prior_items = static_cast<std::uint64_t>(std::max<std::int64_t>(row.integer(11), 0));
  line.prior_quantity = row.integer(12);
  line.at_line = row.line();
  return line;
}

std::string differs(std::string_view column, std::string_view is, const std::string& derived) {
  return std::string(column) + " is " + std::string(is) + "; its items give " + derived;
}

}  // namespace

std::string Line::name() const {
  std::string out = debtor + "→" + creditor + " " + reason;
  if (!version.empty()) {
    out.append(" at price ").append(version);
  }
  return out;
}

Totals ItemWalk::walk(const Line& line, CsvReader& items) {
  Totals totals;
  previous_.reset();
  for (std::uint64_t i = 0; i < line.items; ++i) {
    if (!items.next()) {
      items.fault("ends within line " + line.name());
      break;
    }
    if (items.ok()) {
      add(line, items, totals);
    }
  }
  return totals;
}

void ItemWalk::add(const Line& line, CsvReader& items, Totals& totals) {
  const std::string item = "item " + std::string(items[4]) + " of line " + line.name();
  if (items[0] != line.debtor || items[1] != line.creditor || items[2] != line.reason ||
      items[3] != line.version) {
    items.fault("item " + std::string(items[4]) + " stands where an item of line " + line.name() +
                " must");
    return;
  }
  const auto id = split(items[4], '/');
  const bool id_ok = id.size() == 3 && BusinessDate::parse_compact(id[1]) &&
                     valid_reference(id[2]) &&
                     (participants_ == nullptr || participants_->place(id[0]));
  const auto quantity = parse_integer(items[5]);
  const auto fen = line.gift() ? parse_integer(items[6]) : std::optional<std::int64_t>(0);
  const auto within = [](std::int64_t n) { return n <= kItemMax && n >= -kItemMax; };
  if (!id_ok || !quantity || !fen || (!line.gift() && !items[6].empty()) || !within(*quantity) ||
      !within(*fen)) {
    items.fault(item + ": an id, quantity or fen that isn't one");
    return;
  }
  const std::string day = std::string(id[1].substr(0, 4)) + "-" + std::string(id[1].substr(4, 2)) +
                          "-" + std::string(id[1].substr(6));
  const bool prior = day < first_day_;
  if (items[7] != (prior ? "1" : "0")) {
    items.fault(item + ": prior must be " + (prior ? "1" : "0"));
  }
  totals.quantity += *quantity;
  totals.fen += *fen;
  if (prior) {
    ++totals.prior_items;
    totals.prior_quantity += *quantity;
  }
  if (participants_ != nullptr) {
    Order order{*participants_->place(id[0]), day, std::string(id[2]), *quantity, *fen};
    if (previous_ && order < *previous_) {
      items.fault(item + " stands behind one that comes later");
    }
    previous_ = std::move(order);
  }
}

void check_figures(const Line& line, const Totals& totals, std::string_view file, Report& report) {
  const auto wrong = [&](std::string_view column, std::string_view is, const std::string& derived) {
    report.fault(file, line.at_line, "line " + line.name() + ": " + differs(column, is, derived));
  };
  const auto integer = [&](std::string_view column, Int128 is, Int128 derived) {
    if (is != derived) wrong(column, text_of(is), text_of(derived));
  };
  integer("quantity", line.quantity, totals.quantity);
  integer("prior_items", line.prior_items, totals.prior_items);
  integer("prior_quantity", line.prior_quantity, totals.prior_quantity);
  Fraction exact{totals.fen, 1};
  if (line.gift()) {
    if (line.price != "cost") wrong("price", line.price, "cost");
  } else {
    const auto price = parse_fraction(line.price);
    if (!price || price->num < 0) {
      report.fault(file, line.at_line, "line " + line.name() + ": price isn't one");
      return;
    }
    exact = reduced(totals.quantity * price->num, price->den);
  }
  const Int128 fen = round_half_up(exact);
  if (line.exact != text_of(exact)) wrong("exact", line.exact, text_of(exact));
  integer("fen", line.fen, fen);
  const std::string residue = text_of(Fraction{exact.num - fen * exact.den, exact.den});
  if (line.residue != residue) wrong("residue", line.residue, residue);
  const bool purchase = line.reason.starts_with("PURCHASE_");
  if (purchase ? line.unit.empty() : line.unit != "point") {
    report.fault(file, line.at_line, "line " + line.name() + ": unit `" + line.unit + "`");
  }
}

std::vector<Line> read_lines(std::string_view text, const Participants& participants,
                             Report& report) {
  CsvReader row("lines.csv", text, "debtor,creditor," + std::string(kFigureColumns), report);
  std::vector<Line> lines;
  using Place = std::pair<std::size_t, std::size_t>;
  using Version = std::pair<std::int64_t, std::int64_t>;
  std::optional<std::tuple<Place, Place, Version>> previous;
  std::uint64_t first_leaf = 0;
  while (row.next()) {
    if (!row.ok()) continue;
    Line line = line_of(row);
    const auto debtor = participants.place(line.debtor);
    const auto creditor = participants.place(line.creditor);
    const auto reason = reason_order(line.reason, participants);
    const auto version = version_order(line.version, line.reason);
    if (!debtor || !creditor || debtor == creditor || !reason || !version) {
      row.fault("line " + line.name() + ": a participant, reason or version that isn't one");
    } else {
      const std::tuple order{Place{*debtor, *creditor}, *reason, *version};
      if (previous && order <= *previous) {
        row.fault("line " + line.name() + " stands behind one that comes later");
      }
      previous = order;
    }
    if (line.items == 0) {
      row.fault("line " + line.name() + " has no items");
    }
    line.first_leaf = first_leaf;
    first_leaf += line.items;
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace ph::verify
