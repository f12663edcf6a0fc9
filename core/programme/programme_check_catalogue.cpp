// The catalogue: each item has a price, larger quantities are never the worse offer, and an own
// product is never the dearer one.
#include <algorithm>
#include <tuple>
#include <utility>

#include "core/programme/programme_check.h"

namespace ph {

namespace {

using namespace programme;
using enum ProgrammeFaultCode;

bool same_window(const Price& a, const Price& b) {
  return a.minute_from == b.minute_from && a.minute_to == b.minute_to && a.weekdays == b.weekdays;
}

bool meet(const InForce& a, const InForce& b) {
  return a.from < b.to && b.from < a.to;
}

bool meet(const Price& a, const Price& b) {
  return meet(a.in_force, b.in_force) && a.minute_from < b.minute_to &&
         b.minute_from < a.minute_to && (a.weekdays & b.weekdays) != 0;
}

void check_hours(const Price& row, ProgrammeFaults& faults) {
  if (row.minute_to <= row.minute_from) {
    faults.add(kInterval, row.line, "price.hours_to", row.item.name,
               "a time behind `hours_from`; over midnight it takes two rows");
  }
}

void check_keys(const CatalogueItem& item, ProgrammeFaults& faults) {
  if (item.credit && item.form != Form::kPhoneCredit) {
    faults.add(kKey, item.line, "item.credit", item.name, "only with form PHONE_CREDIT");
  }
  if (!item.credit && item.step != 1) {
    faults.add(kKey, item.line, "item.step", std::to_string(item.step), "only with `credit`");
  }
  if (item.credit) {
    for (const Price& price : item.prices) {
      faults.add(kKey, price.line, "price.item", item.name,
                 "an item without `credit`: that one has no other price", item.line);
    }
  } else if (item.prices.empty()) {
    faults.add(kMissing, item.line, "price.item", item.name, "a [[price]] of this item");
  }
  if (item.form != Form::kGift && (item.cost != 0 || item.freight != 0)) {
    faults.add(kKey, item.line, item.cost != 0 ? "item.cost" : "item.freight", item.name,
               "only with form GIFT");
  }
}

// Of the rows of a window those that count on a day, ascending by quantity: of one quantity that
// which came last.
std::vector<const Price*> tiers_on(const std::vector<const Price*>& window, BusinessDate on) {
  std::vector<const Price*> tiers;
  for (const Price* row : window) {  // Ascending by quantity, then by `from`.
    if (!row->in_force.holds(on)) continue;
    if (!tiers.empty() && tiers.back()->quantity == row->quantity) {
      tiers.back() = row;
    } else {
      tiers.push_back(row);
    }
  }
  return tiers;
}

void check_pair(const Price& less, const Price& more, ProgrammeFaults& faults) {
  const Int128 most = Int128{less.points} * more.quantity / less.quantity;
  if (more.points >= less.points && more.points <= most) return;
  faults.add(kTiers, more.line, "price.points", std::to_string(more.points),
             std::to_string(less.points) + " to " +
                 std::to_string(static_cast<std::int64_t>(most)) + ", beside " +
                 std::to_string(less.points) + " points for a quantity of " +
                 std::to_string(less.quantity),
             less.line);
}

// More pieces cost more points, and not more a piece. What holds of neighbours holds of all.
void check_tiers_of(std::vector<const Price*> window, ProgrammeFaults& faults) {
  std::ranges::sort(window, {}, [](const Price* row) {
    return std::tuple(row->quantity, row->in_force.from, row->line);
  });
  std::vector<BusinessDate> days;
  for (const Price* row : window) {
    days.push_back(row->in_force.from);
    days.push_back(row->in_force.to);
  }
  std::ranges::sort(days);
  days.erase(std::unique(days.begin(), days.end()), days.end());
  std::vector<std::pair<const Price*, const Price*>> pairs;
  for (const BusinessDate day : days) {
    const std::vector<const Price*> tiers = tiers_on(window, day);
    for (std::size_t i = 1; i < tiers.size(); ++i)
      pairs.emplace_back(tiers[i - 1], tiers[i]);
  }
  const auto lines = [](const auto& pair) {
    return std::pair(pair.first->line, pair.second->line);
  };
  std::ranges::sort(pairs, {}, lines);
  const auto same = [&](const auto& a, const auto& b) { return lines(a) == lines(b); };
  pairs.erase(std::unique(pairs.begin(), pairs.end(), same), pairs.end());
  for (const auto& pair : pairs)
    check_pair(*pair.first, *pair.second, faults);
}

void check_tiers(const CatalogueItem& item, ProgrammeFaults& faults) {
  std::vector<bool> done(item.prices.size());
  for (std::size_t i = 0; i < item.prices.size(); ++i) {
    if (done[i]) continue;
    std::vector<const Price*> window;
    for (std::size_t k = i; k < item.prices.size(); ++k) {
      if (!same_window(item.prices[i], item.prices[k])) continue;
      window.push_back(&item.prices[k]);
      done[k] = true;
    }
    check_tiers_of(std::move(window), faults);
  }
}

// What a price's points pay for, in fen: the price outside less the cash. 0: not comparable.
Int128 fen_paid(const CatalogueItem& item, const Price& price) {
  const Int128 outside = Int128{item.market_fen} * price.quantity;
  return item.market_fen == 0 || outside <= price.cash ? Int128{0} : outside - price.cash;
}

void check_own_is_not_dearer(const CatalogueItem& own, const Rows& rows, ProgrammeFaults& faults) {
  for (const Price& price : own.prices) {
    const Int128 fen = fen_paid(own, price);
    if (fen == 0) continue;
    const auto dearer_than = [&](const CatalogueItem& item, const Price& other) {
      const Int128 other_fen = fen_paid(item, other);
      return other_fen != 0 && meet(item.in_force, own.in_force) && meet(price, other) &&
             price.points * other_fen > other.points * fen;
    };
    bool found = false;
    for (const CatalogueItem& item : rows.items) {
      if (item.kind != ItemKind::kBought || found) continue;
      for (const Price& other : item.prices) {
        if (!dearer_than(item, other)) continue;
        faults.add(
            kTiers, price.line, "price.points", std::to_string(price.points),
            std::to_string(static_cast<std::int64_t>(other.points * fen / fen_paid(item, other))) +
                " at most: " + own.name + " is an own product, and " + item.name +
                " from outside costs fewer points a fen",
            other.line);
        found = true;
        break;
      }
    }
  }
}

}  // namespace

void check_catalogue(const Rows& rows, ProgrammeFaults& faults) {
  for (const Price& row : rows.prices) {
    check_hours(row, faults);
  }
  for (const CatalogueItem& item : rows.items) {
    const bool again = std::ranges::any_of(rows.items, [&](const CatalogueItem& other) {
      return other.name == item.name && other.line < item.line;
    });
    check_keys(item, faults);
    if (!again) check_tiers(item, faults);
    if (item.kind == ItemKind::kOwn) check_own_is_not_dearer(item, rows, faults);
  }
}

}  // namespace ph
