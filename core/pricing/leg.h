// Obligations: who owes whom for a settled transaction, why, and at which price version
// (docs/events.md, section 5). Quantities stay exact; money appears in a leg only for gifts, which
// settle on cost.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/batch/item.h"
#include "core/rules/rulebook.h"

namespace ph {

// In the order of statements; numbers never change.
enum class Reason : std::uint8_t {
  kPhoneCredit = 1,
  kOwnProduct = 2,
  kGiftCost = 3,
  kMerchantRedemption = 4,
  kMerchantReimbursement = 5,
  kMerchantCommission = 6,
  kFixedLine = 7,
  kExchangeOut = 8,
  kPurchase = 9,
  kSalePoints = 10,
  kFundIssuer = 11,
};

struct Leg {
  Participant debtor{};
  Participant creditor{};
  Reason reason{};
  Participant partner{};    // of EXCHANGE_OUT, PURCHASE, SALE_POINTS, FUND_ISSUER
  std::uint32_t version{};  // price row; 0 for gifts
  std::uint32_t second{};   // commission row, else 0
  TransactionId id{};
  std::int64_t quantity{};  // points, or the partner's units of a purchase
  std::int64_t fen{};       // gifts only

  friend bool operator==(const Leg&, const Leg&) = default;
};

// Points of each issuer in a list of slices, in the order in which the issuers first appear.
// Absolute values.
struct IssuerShare {
  Participant issuer{};
  std::int64_t points{};
};
[[nodiscard]] std::vector<IssuerShare> shares_of(std::span<const Slice> slices);

// `total` split in proportion to points by largest remainder, ties to the earlier share; parts sum
// to total.
[[nodiscard]] std::vector<std::int64_t> split_by_largest_remainder(
    std::int64_t total, const std::vector<IssuerShare>& shares);

// Appends the legs of a home's item that has settled; `other` is its counterpart's item or nullptr.
// False, with nothing appended, if a price that is needed isn't in force on the id's date.
[[nodiscard]] bool append_legs(const Item& home, std::span<const Slice> slices, Participant sender,
                               const Item* other, const RuleBook& rules, std::vector<Leg>& out);

// Appends the legs of a refund or reversal: the parent's, negative, in the refund's quantities.
// `parent_legs` are those of the settled parent.
void append_refund_legs(const Item& refund, std::span<const Slice> slices, const Item& parent,
                        std::span<const Leg> parent_legs, std::vector<Leg>& out);

// EXCHANGE_OUT_AIR1, PURCHASE_MILES_AIR1, ... `unit` is the partner's.
[[nodiscard]] std::string reason_text(Reason reason, const std::string& partner,
                                      const std::string& unit);

}  // namespace ph
