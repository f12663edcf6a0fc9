#include "core/types/words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ph {

namespace {

template <class E, std::size_t N>
using Table = std::array<std::pair<E, std::string_view>, N>;

constexpr Table<Form, 7> kForms{{{Form::kPhoneCredit, "PHONE_CREDIT"},
                                 {Form::kOwnProduct, "OWN_PRODUCT"},
                                 {Form::kGift, "GIFT"},
                                 {Form::kMerchant, "MERCHANT"},
                                 {Form::kFixedLine, "FIXED_LINE"},
                                 {Form::kExchangeOut, "EXCHANGE_OUT"},
                                 {Form::kFunding, "FUNDING"}}};
constexpr Table<Source, 10> kSources{{{Source::kConsumption, "CONSUMPTION"},
                                      {Source::kTenure, "TENURE"},
                                      {Source::kLevel, "LEVEL"},
                                      {Source::kAward, "AWARD"},
                                      {Source::kFixedLine, "FIXED_LINE"},
                                      {Source::kSp, "SP"},
                                      {Source::kPartner, "PARTNER"},
                                      {Source::kExchangeIn, "EXCHANGE_IN"},
                                      {Source::kMigration, "MIGRATION"},
                                      {Source::kDebt, "DEBT"}}};
constexpr Table<Account, 6> kAccounts{{{Account::kIssued, "ISSUED"},
                                       {Account::kRedeemed, "REDEEMED"},
                                       {Account::kExpired, "EXPIRED"},
                                       {Account::kForfeited, "FORFEITED"},
                                       {Account::kMoved, "MOVED"},
                                       {Account::kRepaid, "REPAID"}}};
constexpr Table<Kind, 23> kKinds{{{Kind::kEarn, "EARN"},
                                  {Kind::kUnearn, "UNEARN"},
                                  {Kind::kExpire, "EXPIRE"},
                                  {Kind::kForfeit, "FORFEIT"},
                                  {Kind::kRepay, "REPAY"},
                                  {Kind::kWriteOff, "WRITE_OFF"},
                                  {Kind::kReassign, "REASSIGN"},
                                  {Kind::kRedeem, "REDEEM"},
                                  {Kind::kExchangeOut, "EXCHANGE_OUT"},
                                  {Kind::kAccrual, "ACCRUAL"},
                                  {Kind::kExchangeIn, "EXCHANGE_IN"},
                                  {Kind::kRefund, "REFUND"},
                                  {Kind::kUnissue, "UNISSUE"},
                                  {Kind::kMoveOut, "MOVE_OUT"},
                                  {Kind::kMoveIn, "MOVE_IN"},
                                  {Kind::kDelivery, "DELIVERY"},
                                  {Kind::kDeliveryRefund, "DELIVERY_REFUND"},
                                  {Kind::kPartnerRedemption, "PARTNER_REDEMPTION"},
                                  {Kind::kPartnerExchangeOut, "PARTNER_EXCHANGE_OUT"},
                                  {Kind::kPartnerAccrual, "PARTNER_ACCRUAL"},
                                  {Kind::kPartnerExchangeIn, "PARTNER_EXCHANGE_IN"},
                                  {Kind::kPartnerRefund, "PARTNER_REFUND"},
                                  {Kind::kNotCredited, "NOT_CREDITED"}}};
constexpr Table<Action, 3> kActions{
    {{Action::kNew, "NEW"}, {Action::kCorrect, "CORRECT"}, {Action::kWithdraw, "WITHDRAW"}}};
constexpr Table<ParticipantKind, 6> kParticipantKinds{{{ParticipantKind::kProvince, "PROVINCE"},
                                                       {ParticipantKind::kClearing, "CLEARING"},
                                                       {ParticipantKind::kAirline, "AIRLINE"},
                                                       {ParticipantKind::kBank, "BANK"},
                                                       {ParticipantKind::kHotel, "HOTEL"},
                                                       {ParticipantKind::kMerchant, "MERCHANT"}}};
constexpr Table<PriceKind, 7> kPriceKinds{{{PriceKind::kInter, "INTER"},
                                           {PriceKind::kSale, "SALE"},
                                           {PriceKind::kReimburse, "REIMBURSE"},
                                           {PriceKind::kCommission, "COMMISSION"},
                                           {PriceKind::kOut, "OUT"},
                                           {PriceKind::kIn, "IN"},
                                           {PriceKind::kBuy, "BUY"}}};

template <class E, std::size_t N>
std::string_view find_word(const Table<E, N>& table, E value) {
  const auto it = std::ranges::find(table, value, &std::pair<E, std::string_view>::first);
  return it == table.end() ? std::string_view() : it->second;
}

template <class E, std::size_t N>
std::optional<E> find_value(const Table<E, N>& table, std::string_view text) {
  const auto it = std::ranges::find(table, text, &std::pair<E, std::string_view>::second);
  return it == table.end() ? std::nullopt : std::optional(it->first);
}

}  // namespace

std::string_view word(Form value) {
  return find_word(kForms, value);
}
std::string_view word(Source value) {
  return find_word(kSources, value);
}
std::string_view word(Account value) {
  return find_word(kAccounts, value);
}
std::string_view word(Kind value) {
  return find_word(kKinds, value);
}
std::string_view word(Action value) {
  return find_word(kActions, value);
}
std::string_view word(ParticipantKind value) {
  return find_word(kParticipantKinds, value);
}
std::string_view word(PriceKind value) {
  return find_word(kPriceKinds, value);
}

template <>
std::optional<Form> from_word(std::string_view text) {
  return find_value(kForms, text);
}
template <>
std::optional<Source> from_word(std::string_view text) {
  return find_value(kSources, text);
}
template <>
std::optional<Account> from_word(std::string_view text) {
  return find_value(kAccounts, text);
}
template <>
std::optional<Kind> from_word(std::string_view text) {
  return find_value(kKinds, text);
}
template <>
std::optional<Action> from_word(std::string_view text) {
  return find_value(kActions, text);
}
template <>
std::optional<ParticipantKind> from_word(std::string_view text) {
  return find_value(kParticipantKinds, text);
}
template <>
std::optional<PriceKind> from_word(std::string_view text) {
  return find_value(kPriceKinds, text);
}

}  // namespace ph
