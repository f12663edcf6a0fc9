#include "core/switch/compared_day.h"

#include <algorithm>
#include <utility>

#include "core/types/amount.h"

namespace ph {

namespace {

// Live items beyond it are in the batch of the day after: a sum has its bound.
constexpr Int128 kPointsPerBatchMax = Points::kMax;

// A row that is about a live event, as it stands in the batch.
bool keep_row(Item& row, const SwitchRecord& live, ComparedDay& out) {
  if (const auto field = difference(row, live)) {
    out.conflicts.push_back({.row = row, .live = SwitchBook::item_of(live), .field = *field});
    return false;
  }
  if (live.has(SwitchRecord::kPending)) {
    ++out.pending;
    return true;
  }
  if (live.has(SwitchRecord::kInBatch)) {
    ++out.before;
    return false;
  }
  ++out.both;
  row.authorisation = SwitchBook::item_of(live).authorisation;
  return true;
}

}  // namespace

std::string_view word(LiveField field) {
  switch (field) {
    case LiveField::kMember:
      return "member";
    case LiveField::kPoints:
      return "points";
    case LiveField::kUnits:
      return "units";
    case LiveField::kRate:
      return "rate";
    case LiveField::kParent:
      return "parent";
    case LiveField::kAuthorisation:
      return "authorisation";
  }
  return "";
}

std::optional<LiveField> difference(const Item& row, const SwitchRecord& live) {
  const Item item = SwitchBook::item_of(live);
  if (row.parent != item.parent) {
    return LiveField::kParent;
  }
  if (row.member != item.member) {
    return LiveField::kMember;
  }
  if (row.points != item.points) {
    return LiveField::kPoints;
  }
  if (row.units != item.units) {
    return LiveField::kUnits;
  }
  if (row.rate_version != item.rate_version) {
    return LiveField::kRate;
  }
  const bool said = live.carried_out() && !row.authorisation.none();
  return said && row.authorisation != item.authorisation ? std::optional(LiveField::kAuthorisation)
                                                         : std::nullopt;
}

ComparedDay compare_day(const SwitchBook& book, Participant partner, BusinessDate date,
                        std::vector<Item> rows) {
  ComparedDay out;
  Int128 points = 0;
  std::vector<std::pair<Kind, TransactionId>> named;  // live and unsealed, by a row
  for (Item& row : rows) {
    const SwitchRecord* live = book.asked_as(partner, row);
    const bool meant = live != nullptr && live->code == 0;  // What was refused is no event.
    if (meant && !keep_row(row, *live, out)) {
      continue;
    }
    if (meant && live->carried_out()) {
      named.emplace_back(row.kind, row.id);
    } else {
      out.alone.push_back(row.entry);
    }
    points += row.points;
    out.items.push_back(row);
  }
  std::ranges::sort(named);
  for (Item& item : book.unsealed(partner, date)) {
    if (std::ranges::binary_search(named, std::pair(item.kind, item.id))) {
      continue;
    }
    points += item.points;
    if (points > kPointsPerBatchMax) {
      break;
    }
    ++out.added;
    item.entry = kLiveEntry + static_cast<std::uint32_t>(out.added - 1);
    out.items.push_back(item);
  }
  return out;
}

}  // namespace ph
