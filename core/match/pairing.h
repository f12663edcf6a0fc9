// Which items belong together: who answers whom, and when the two sides agree (docs/events.md,
// section 4). The judge and the join over batches go by the same rules.
#pragma once

#include "core/batch/item.h"

namespace ph {

// The home's side of a transaction; of a move the old home's.
[[nodiscard]] constexpr bool is_home_item(const Item& item) {
  return item.kind < Kind::kDelivery && item.kind != Kind::kMoveIn;
}

// The kind of item that answers a home's item; kNone for an item that is not a home's.
[[nodiscard]] constexpr Kind answering_kind(const Item& home) {
  switch (home.kind) {
    case Kind::kRedeem:
      return home.partner.none() ? Kind::kDelivery : Kind::kPartnerRedemption;
    case Kind::kExchangeOut:
      return Kind::kPartnerExchangeOut;
    case Kind::kAccrual:
      return Kind::kPartnerAccrual;
    case Kind::kExchangeIn:
      return Kind::kPartnerExchangeIn;
    case Kind::kRefund:
      return home.partner.none() ? Kind::kDeliveryRefund : Kind::kPartnerRefund;
    case Kind::kUnissue:
      return Kind::kPartnerRefund;
    case Kind::kMoveOut:
      return Kind::kMoveIn;
    default:
      return Kind::kNone;  // NOLINT: not a home's item
  }
}

// An item of a batch, and whose batch it is.
struct SentItem {
  const Item* item{};
  Participant sender{};
};

// Is `other` the counterpart of `home`? Both have the same id.
[[nodiscard, gnu::always_inline]] inline bool answers(const SentItem& home, const SentItem& other) {
  const Item& h = *home.item;
  const Item& o = *other.item;
  if (o.kind != answering_kind(h) || other.sender != h.counterparty || o.member != h.member) {
    return false;
  }
  switch (o.kind) {
    case Kind::kDelivery:
      return o.counterparty == home.sender && o.form == h.form;
    case Kind::kDeliveryRefund:
      return o.counterparty == home.sender && o.parent == h.parent;
    case Kind::kPartnerRefund:
      return o.parent == h.parent;
    case Kind::kMoveIn:
      return o.counterparty == home.sender;
    default:
      return true;  // NOLINT: a partner's item names no home
  }
}

// Points; of exchanges units. A move's lots, and a refund's parent, are for the judge.
[[nodiscard]] constexpr bool amounts_agree(const Item& home, const Item& other) {
  return home.kind == Kind::kExchangeOut || home.kind == Kind::kExchangeIn
             ? home.units == other.units
             : home.points == other.points;
}

// Has the answer to a redemption the home's code?
[[nodiscard]] constexpr bool authorised(const Item& home, const Item& other) {
  return home.kind != Kind::kRedeem ||
         (!other.authorisation.none() && other.authorisation == home.authorisation);
}

}  // namespace ph
