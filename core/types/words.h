// The closed sets of words of the formats, with their stable numbers (docs/formats.md, section 6).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ph {

enum class Form : std::uint8_t {
  kNone = 0,
  kPhoneCredit = 1,
  kOwnProduct = 2,
  kGift = 3,
  kMerchant = 4,
  kFixedLine = 5,
  kExchangeOut = 6,
  kFunding = 7,
};

enum class Source : std::uint8_t {
  kNone = 0,
  kConsumption = 1,
  kTenure = 2,
  kLevel = 3,
  kAward = 4,
  kFixedLine = 5,
  kSp = 6,
  kPartner = 7,
  kExchangeIn = 8,
  kMigration = 9,
  kDebt = 15,
};

// Where a movement of points is booked against OUTSTANDING.
enum class Account : std::uint8_t {
  kNone = 0,
  kIssued = 1,
  kRedeemed = 2,
  kExpired = 3,
  kForfeited = 4,
  kMoved = 5,
  kRepaid = 6,
};

enum class Kind : std::uint8_t {
  kNone = 0,
  // Movements of a home's own lots.
  kEarn = 1,
  kUnearn = 2,
  kExpire = 3,
  kForfeit = 4,
  kRepay = 5,
  kWriteOff = 6,
  kReassign = 7,
  // A home's items.
  kRedeem = 16,
  kExchangeOut = 17,
  kAccrual = 18,
  kExchangeIn = 19,
  kRefund = 20,
  kUnissue = 21,
  kMoveOut = 22,
  kMoveIn = 23,
  // The other side's items.
  kDelivery = 32,
  kDeliveryRefund = 33,
  kPartnerRedemption = 34,
  kPartnerExchangeOut = 35,
  kPartnerAccrual = 36,
  kPartnerExchangeIn = 37,
  kPartnerRefund = 38,
  kNotCredited = 39,
};

enum class Action : std::uint8_t { kNew = 0, kCorrect = 1, kWithdraw = 2 };

enum class ParticipantKind : std::uint8_t {
  kProvince = 1,
  kClearing = 2,
  kAirline = 3,
  kBank = 4,
  kHotel = 5,
  kMerchant = 6,
};

enum class PriceKind : std::uint8_t {
  kInter = 1,
  kSale = 2,
  kReimburse = 3,
  kCommission = 4,
  kOut = 5,
  kIn = 6,
  kBuy = 7,
};

// A price row's version, from 1 on; of an exchange the one that its record cites.
inline constexpr std::uint32_t kPriceVersionMax = 2'147'483'647;

// What a cap counts: points taken at the partner (redemptions, exchanges out), or points that it
// causes (accruals, exchanges in).
enum class CapKind : std::uint8_t { kTaken = 1, kSold = 2 };
// A calendar day or month, business time.
enum class CapSpan : std::uint8_t { kDay = 1, kMonth = 2 };

// The word as it stands in files; empty for kNone.
[[nodiscard]] std::string_view word(Form);
[[nodiscard]] std::string_view word(Source);
[[nodiscard]] std::string_view word(Account);
[[nodiscard]] std::string_view word(Kind);
[[nodiscard]] std::string_view word(Action);
[[nodiscard]] std::string_view word(ParticipantKind);
[[nodiscard]] std::string_view word(PriceKind);

// The value a word stands for; nullopt for any other text, the empty one too.
template <class E>
[[nodiscard]] std::optional<E> from_word(std::string_view text);
template <>
std::optional<Form> from_word(std::string_view text);
template <>
std::optional<Source> from_word(std::string_view text);
template <>
std::optional<Account> from_word(std::string_view text);
template <>
std::optional<Kind> from_word(std::string_view text);
template <>
std::optional<Action> from_word(std::string_view text);
template <>
std::optional<ParticipantKind> from_word(std::string_view text);
template <>
std::optional<PriceKind> from_word(std::string_view text);

}  // namespace ph
