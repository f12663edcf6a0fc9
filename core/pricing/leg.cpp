#include "core/pricing/leg.h"

#include <algorithm>
#include <numeric>

#include "core/types/check.h"

namespace ph {

namespace {

// Collects the legs of one transaction and remembers whether a price was missing.
class Collector {
 public:
  Collector(const TransactionId& id, const RuleBook& rules, std::vector<Leg>& out)
      : id_(id), rules_(rules), out_(out), start_(out.size()) {}

  void add(Participant debtor, Participant creditor, Reason reason, Participant partner,
           const PriceRow* price, std::int64_t quantity, const PriceRow* second = nullptr) {
    if (price == nullptr) {
      complete_ = false;
      return;
    }
    if (debtor != creditor) {
      out_.push_back({.debtor = debtor,
                      .creditor = creditor,
                      .reason = reason,
                      .partner = partner,
                      .version = price->version,
                      .second = second == nullptr ? 0 : second->version,
                      .id = id_,
                      .quantity = quantity});
    }
  }
  // Each issuer owes `creditor` p(form).
  void add_issuers(const std::vector<IssuerShare>& shares, Participant creditor, Form form,
                   Reason reason, Participant partner) {
    for (const IssuerShare& share : shares) {
      if (share.issuer != creditor) {
        add(share.issuer, creditor, reason, partner,
            rules_.inter_price(form, share.issuer, creditor, id_.date), share.points);
      }
    }
  }
  [[nodiscard]] bool done() {
    if (!complete_) {
      out_.resize(start_);
    }
    return complete_;
  }
  [[nodiscard]] const PriceRow* partner_price(PriceKind kind, Participant partner) const {
    return rules_.partner_price(kind, partner, id_.date);
  }

 private:
  const TransactionId& id_;
  const RuleBook& rules_;
  std::vector<Leg>& out_;
  std::size_t start_;
  bool complete_{true};
};

void add_gift(const Item& home, const Item& giver_item, Participant giver,
              const std::vector<IssuerShare>& shares, std::vector<Leg>& out) {
  const std::int64_t total =
      std::max(std::int64_t{0}, giver_item.cost + giver_item.freight - giver_item.cash);
  const std::vector<std::int64_t> parts = split_by_largest_remainder(total, shares);
  for (std::size_t n = 0; n < shares.size(); ++n) {
    if (shares[n].issuer != giver) {
      out.push_back({.debtor = shares[n].issuer,
                     .creditor = giver,
                     .reason = Reason::kGiftCost,
                     .id = home.id,
                     .quantity = shares[n].points,
                     .fen = parts[n]});
    }
  }
}

void add_merchant(Collector& legs, const Item& home, Participant acquirer,
                  const std::vector<IssuerShare>& shares) {
  legs.add_issuers(shares, acquirer, Form::kMerchant, Reason::kMerchantRedemption, {});
  const PriceRow* reimburse = legs.partner_price(PriceKind::kReimburse, home.partner);
  const PriceRow* commission = legs.partner_price(PriceKind::kCommission, home.partner);
  legs.add(acquirer, home.partner, Reason::kMerchantReimbursement, {}, reimburse, home.points);
  if (commission == nullptr) {
    reimburse = nullptr;  // The pair is the version: both rows are needed.
  }
  legs.add(home.partner, acquirer, Reason::kMerchantCommission, {}, reimburse, home.points,
           commission);
}

}  // namespace

std::vector<IssuerShare> shares_of(std::span<const Slice> slices) {
  std::vector<IssuerShare> shares;
  for (const Slice& slice : slices) {
    const Participant issuer = slice.lot.participant();
    auto it = std::ranges::find(shares, issuer, &IssuerShare::issuer);
    if (it == shares.end()) {
      it = shares.insert(it, {.issuer = issuer});
    }
    it->points += slice.delta < 0 ? -slice.delta : slice.delta;
  }
  return shares;
}

std::vector<std::int64_t> split_by_largest_remainder(std::int64_t total,
                                                     const std::vector<IssuerShare>& shares) {
  Int128 points = 0;
  for (const IssuerShare& share : shares) {
    points += share.points;
  }
  std::vector<std::int64_t> parts;
  std::vector<Int128> rests;
  std::int64_t given = 0;
  for (const IssuerShare& share : shares) {
    const Int128 exact = static_cast<Int128>(total) * share.points;
    parts.push_back(static_cast<std::int64_t>(exact / points));
    rests.push_back(exact % points);
    given += parts.back();
  }
  std::vector<std::size_t> order(shares.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order,
                           [&rests](std::size_t a, std::size_t b) { return rests[a] > rests[b]; });
  for (std::size_t n = 0; given < total; ++n, ++given) {
    ++parts[order[n]];
  }
  return parts;
}

bool append_legs(const Item& home, std::span<const Slice> slices, Participant sender,
                 const Item* other, const RuleBook& rules, std::vector<Leg>& out) {
  Collector legs(home.id, rules, out);
  const std::vector<IssuerShare> shares = shares_of(slices);
  const ContractRow* contract = rules.contract(home.partner, home.id.date);
  check(home.partner.none() || contract != nullptr, "an item in effect has its contract");
  switch (home.kind) {
    case Kind::kRedeem:
      if (home.form == Form::kGift) {
        add_gift(home, other == nullptr ? home : *other, home.counterparty, shares, out);
      } else if (home.form == Form::kMerchant) {
        add_merchant(legs, home, contract->acquirer, shares);
      } else {
        const Reason reason = home.form == Form::kPhoneCredit  ? Reason::kPhoneCredit
                              : home.form == Form::kOwnProduct ? Reason::kOwnProduct
                                                               : Reason::kFixedLine;
        legs.add_issuers(shares, home.counterparty, home.form, reason, {});
      }
      break;
    case Kind::kExchangeOut:
      legs.add_issuers(shares, contract->acquirer, Form::kExchangeOut, Reason::kExchangeOut,
                       home.partner);
      legs.add(contract->acquirer, home.partner, Reason::kPurchase, home.partner,
               legs.partner_price(PriceKind::kBuy, home.partner), home.units);
      break;
    case Kind::kAccrual:
    case Kind::kExchangeIn:
      legs.add(home.partner, contract->acquirer, Reason::kSalePoints, home.partner,
               legs.partner_price(PriceKind::kSale, home.partner), home.points);
      if (contract->acquirer != sender) {
        legs.add(contract->acquirer, sender, Reason::kFundIssuer, home.partner,
                 rules.inter_price(Form::kFunding, sender, contract->acquirer, home.id.date),
                 home.points);
      }
      break;
    default:
      break;  // NOLINT: moves give no legs; refunds have their own function
  }
  return legs.done();
}

void append_refund_legs(const Item& refund, std::span<const Slice> slices, const Item& parent,
                        std::span<const Leg> parent_legs, std::vector<Leg>& out) {
  const bool whole = parent.form == Form::kGift || parent.form == Form::kExchangeOut;
  const std::vector<IssuerShare> shares = shares_of(slices);
  for (Leg leg : parent_legs) {
    leg.id = refund.id;
    if (whole) {
      leg.quantity = -leg.quantity;
      leg.fen = -leg.fen;
      out.push_back(leg);
      continue;
    }
    const bool by_issuer = leg.reason == Reason::kPhoneCredit ||
                           leg.reason == Reason::kOwnProduct || leg.reason == Reason::kFixedLine ||
                           leg.reason == Reason::kMerchantRedemption;
    leg.quantity = -refund.points;
    if (by_issuer) {
      const auto share = std::ranges::find(shares, leg.debtor, &IssuerShare::issuer);
      leg.quantity = share == shares.end() ? 0 : -share->points;
    }
    if (leg.quantity != 0) {
      out.push_back(leg);
    }
  }
}

std::string reason_text(Reason reason, const std::string& partner, const std::string& unit) {
  switch (reason) {
    case Reason::kPhoneCredit:
      return "PHONE_CREDIT";
    case Reason::kOwnProduct:
      return "OWN_PRODUCT";
    case Reason::kGiftCost:
      return "GIFT_COST";
    case Reason::kMerchantRedemption:
      return "MERCHANT_REDEMPTION";
    case Reason::kMerchantReimbursement:
      return "MERCHANT_REIMBURSEMENT";
    case Reason::kMerchantCommission:
      return "MERCHANT_COMMISSION";
    case Reason::kFixedLine:
      return "FIXED_LINE";
    case Reason::kExchangeOut:
      return "EXCHANGE_OUT_" + partner;
    case Reason::kPurchase: {
      std::string text = "PURCHASE_";
      for (const char c : unit) {
        text.push_back(static_cast<char>(c - 'a' + 'A'));
      }
      return text + "S_" + partner;
    }
    case Reason::kSalePoints:
      return "SALE_POINTS_" + partner;
    case Reason::kFundIssuer:
      return "FUND_ISSUER_" + partner;
  }
  return "";
}

}  // namespace ph
