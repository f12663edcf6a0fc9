#include "core/netting/lines.h"

#include <algorithm>
#include <tuple>

#include "core/types/check.h"

namespace ph {

namespace {

auto line_key(const Leg& leg) {
  return std::tuple(leg.debtor, leg.creditor, leg.reason, leg.partner, leg.version, leg.second);
}

bool canonical_less(const Leg& a, const Leg& b) {
  const auto ka = line_key(a);
  const auto kb = line_key(b);
  if (ka != kb) {
    return ka < kb;
  }
  if (a.id != b.id) {
    return a.id < b.id;
  }
  return std::tuple(a.quantity, a.fen) < std::tuple(b.quantity, b.fen);
}

void append(std::vector<Leg>& out, const Judgement& from, const SettledTransaction& transaction,
            bool negative) {
  for (std::size_t n = 0; n < transaction.leg_count; ++n) {
    Leg leg = from.legs[transaction.first_leg + n];
    if (negative) {
      leg.quantity = -leg.quantity;
      leg.fen = -leg.fen;
    }
    out.push_back(leg);
  }
}

bool same_legs(const Judgement& a, const SettledTransaction& x, const Judgement& b,
               const SettledTransaction& y) {
  return x.leg_count == y.leg_count &&
         std::equal(a.legs.begin() + static_cast<std::ptrdiff_t>(x.first_leg),
                    a.legs.begin() + static_cast<std::ptrdiff_t>(x.first_leg + x.leg_count),
                    b.legs.begin() + static_cast<std::ptrdiff_t>(y.first_leg));
}

Ratio price_of(const Leg& leg, const RuleBook& rules) {
  if (leg.version == 0) {
    return {};
  }
  const PriceRow* row = rules.by_version(leg.version);
  check(row != nullptr, "a leg's price version is in the book");
  if (leg.second == 0) {
    return row->ratio();
  }
  const PriceRow* second = rules.by_version(leg.second);
  check(second != nullptr, "a leg's commission version is in the book");
  return row->ratio() * second->ratio();
}

}  // namespace

std::vector<Leg> period_legs(const Judgement& now, const Judgement* before) {
  std::vector<Leg> out;
  if (before == nullptr) {
    out = now.legs;
  } else {
    const auto key = [](const SettledTransaction& s) { return std::tie(s.id, s.kind, s.home); };
    auto old = before->settled.begin();
    for (const SettledTransaction& transaction : now.settled) {
      while (old != before->settled.end() && key(*old) < key(transaction)) {
        append(out, *before, *old++, true);
      }
      if (old != before->settled.end() && key(*old) == key(transaction)) {
        if (!same_legs(now, transaction, *before, *old)) {
          append(out, *before, *old, true);
          append(out, now, transaction, false);
        }
        ++old;
      } else {
        append(out, now, transaction, false);
      }
    }
    while (old != before->settled.end()) {
      append(out, *before, *old++, true);
    }
  }
  std::ranges::sort(out, canonical_less);
  return out;
}

std::vector<Line> lines_of(const std::vector<Leg>& legs, Month period, const RuleBook& rules) {
  const BusinessDate first = first_day(period);
  std::vector<Line> lines;
  const Leg* last = nullptr;
  for (std::size_t n = 0; n < legs.size(); ++n) {
    const Leg& leg = legs[n];
    if (last == nullptr || line_key(*last) != line_key(leg)) {
      lines.push_back({.debtor = leg.debtor,
                       .creditor = leg.creditor,
                       .reason = leg.reason,
                       .partner = leg.partner,
                       .version = leg.version,
                       .second = leg.second,
                       .price = price_of(leg, rules),
                       .first_leaf = n});
    }
    last = &leg;
    Line& line = lines.back();
    line.quantity = (Points::of(line.quantity) + Points::of(leg.quantity)).count();
    line.fen = (Fen::of(line.fen) + Fen::of(leg.fen)).count();
    ++line.items;
    if (leg.id.date < first) {
      ++line.prior_items;
      line.prior_quantity += leg.quantity;
    }
  }
  for (Line& line : lines) {
    if (line.at_cost()) {
      line.exact = Ratio(line.fen, 1);
    } else {
      line.exact = line.price * line.quantity;
      line.fen = line.exact.round_half_up();
    }
  }
  return lines;
}

std::vector<Position> positions_of(const std::vector<Line>& lines, Month period,
                                   const RuleBook& rules,
                                   const std::map<Participant, std::int64_t>& carried) {
  std::vector<Position> positions;
  for (const ParticipantRow& row : rules.participants()) {
    positions.push_back({.participant = row.participant});
  }
  const auto at = [&positions](Participant participant) -> Position& {
    return *std::ranges::lower_bound(positions, participant, {}, &Position::participant);
  };
  for (const Line& line : lines) {
    at(line.debtor).payable += line.fen;
    at(line.creditor).receivable += line.fen;
  }
  std::int64_t clearing_pays = 0;
  std::int64_t clearing_receives = 0;
  for (Position& position : positions) {
    position.net = position.receivable - position.payable;
    if (position.participant == kClearingHouse) {
      continue;
    }
    const auto brought = carried.find(position.participant);
    position.brought_forward = brought == carried.end() ? 0 : brought->second;
    const ContractRow* contract = rules.contract(position.participant, last_day(period));
    const std::int64_t due = position.net + position.brought_forward;
    if (contract != nullptr && contract->carry && due < 0) {
      position.carried_forward = due;
    } else if (contract != nullptr && !contract->netted) {
      const std::int64_t payable = position.payable - position.brought_forward;
      position.pays =
          std::max(payable, std::int64_t{0}) + std::max(-position.receivable, std::int64_t{0});
      position.receives =
          std::max(position.receivable, std::int64_t{0}) + std::max(-payable, std::int64_t{0});
    } else {
      position.pays = std::max(-due, std::int64_t{0});
      position.receives = std::max(due, std::int64_t{0});
    }
    clearing_pays += position.receives;
    clearing_receives += position.pays;
  }
  Position& clearing = at(kClearingHouse);
  clearing.pays = clearing_pays;
  clearing.receives = clearing_receives;
  return positions;
}

}  // namespace ph
