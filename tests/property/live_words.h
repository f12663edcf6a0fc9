// What the oracle of live events says and what core/home does, in the same words.
#pragma once

#include <map>
#include <string>

#include "tests/property/live_oracle.h"
#include "tests/unit/home/live.h"

namespace ph::test {

using oracle::Code;
using oracle::Event;
using oracle::What;

inline RowKind row_kind(What what) {
  static const std::map<What, RowKind> kinds{{What::kRedeem, RowKind::kRedeem},
                                             {What::kHold, RowKind::kHold},
                                             {What::kCapture, RowKind::kCapture},
                                             {What::kVoid, RowKind::kVoid},
                                             {What::kExchangeOut, RowKind::kExchangeOut},
                                             {What::kAccrual, RowKind::kAccrual},
                                             {What::kExchangeIn, RowKind::kExchangeIn},
                                             {What::kRefund, RowKind::kRefund},
                                             {What::kReversal, RowKind::kUnissue},
                                             {What::kDelivery, RowKind::kDelivery},
                                             {What::kDeliveryRefund, RowKind::kDeliveryRefund},
                                             {What::kEarn, RowKind::kEarn},
                                             {What::kUnearn, RowKind::kUnearn},
                                             {What::kTransfer, RowKind::kTransfer},
                                             {What::kLeave, RowKind::kLeave},
                                             {What::kMoveOut, RowKind::kMoveOut},
                                             {What::kMoveIn, RowKind::kMoveIn},
                                             {What::kConfirm, RowKind::kConfirm},
                                             {What::kWithdraw, RowKind::kWithdraw}};
  return kinds.at(what);
}

inline Row row_of(const Event& event) {
  Row out;
  out.row = {.kind = row_kind(event.what),
             .form = event.form,
             .source = event.what == What::kEarn ? Source::kTenure : Source::kNone,
             .flag = event.final ? std::uint8_t{1} : std::uint8_t{0},
             .month = event.month,
             .expires = event.expires,
             .giver = event.giver,
             .partner = event.partner,
             .other = event.other,
             .member = event.member,
             .lot = event.lot,
             .id = event.id,
             .parent = event.parent,
             .cited_sequence = event.cited_sequence,
             .cited_entry = event.cited_entry,
             .points = event.points,
             .units = event.units};
  for (const oracle::Brought& brought : event.brought) {
    out.children.push_back({.lot = brought.lot,
                            .earned_month = brought.earned,
                            .expires_on = brought.expires,
                            .source = brought.source,
                            .original = brought.original,
                            .points = brought.points});
  }
  return out;
}

inline std::string text_of(const oracle::Said& said) {
  std::string out = std::to_string(static_cast<int>(said.code)) + " entry " +
                    oracle::text_of(said.entry) + " by " + oracle::text_of(said.authorisation) +
                    " at " + said.at.text() + " ends " + said.ends.text() + " points " +
                    std::to_string(said.points) + " available " + std::to_string(said.available);
  for (const oracle::Part& part : said.parts) {
    out += "; " + oracle::text_of(part.lot) + " " + std::to_string(part.points);
  }
  return out;
}
inline oracle::Said said_of(const LiveAnswer& answer) {
  oracle::Said said{.code = static_cast<Code>(answer.code),
                    .entry = answer.entry,
                    .authorisation = answer.authorisation,
                    .at = answer.at,
                    .ends = answer.ends,
                    .points = answer.points,
                    .available = answer.available};
  for (const LiveSlice& slice : answer.slices) {
    said.parts.push_back({.lot = slice.lot, .points = slice.points});
  }
  return said;
}

inline std::string change_of(const Slice& slice) {
  const std::string_view account = word(slice.account);
  if (slice.source == Source::kDebt) {
    return oracle::debt_text(account, slice.lot.participant(), slice.delta);
  }
  const oracle::Lot lot{.id = slice.lot,
                        .earned = slice.earned_month,
                        .expires = slice.expires_on,
                        .source = slice.source,
                        .rating = slice.rating,
                        .original = slice.original};
  return oracle::change_text(account, lot, slice.delta);
}

inline oracle::Day day_of(const DayResult& result) {
  oracle::Day day;
  for (const Movement& movement : result.movements) {
    day.movements.push_back(oracle::movement_text(word(movement.kind), movement.entry,
                                                  movement.member, change_of(movement.slice)));
  }
  std::size_t at = 0;
  for (const Item& item : result.items) {
    const Event event{.form = item.form,
                      .other = item.counterparty,
                      .id = item.id,
                      .parent = item.parent,
                      .units = item.units};
    const std::string kind = item.action == Action::kWithdraw ? "WITHDRAW " : "";
    day.items.push_back(oracle::item_text(kind + std::string(word(item.kind)), item.entry, event,
                                          item.member, item.authorisation, item.points));
    for (std::uint32_t n = 0; n < item.slice_count; ++n) {
      day.items.back() += "; " + change_of(result.slices.at(at++));
    }
  }
  for (const ReturnedRow& row : result.returned) {
    day.returned.push_back(std::to_string(row.serial) + " " +
                           std::to_string(static_cast<int>(row.code)));
  }
  return day;
}

inline std::string text_of(const Lot& lot) {
  return oracle::text_of(lot.id) + " " + std::to_string(lot.remaining) + " (" +
         std::to_string(lot.held) + " held) of " + std::to_string(lot.original) + " till " +
         lot.expires_on.text() + (lot.transit ? " in transit" : "");
}

}  // namespace ph::test
