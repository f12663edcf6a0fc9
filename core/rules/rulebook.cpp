#include "core/rules/rulebook.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "core/rules/rule_check.h"

namespace ph {

namespace {

constexpr int kDateBits = 16;

// All of a price's key but its `from`, in one number; its order is that of prices_.
std::uint64_t key_of(PriceKind kind, Participant partner, Form form, Participant issuer,
                     Participant acquirer) {
  std::uint64_t key = static_cast<std::uint64_t>(kind);
  key = key << 16 | partner.number();
  key = key << 4 | static_cast<std::uint64_t>(form);
  key = key << 8 | issuer.number();    // A province: at most 99, as build has checked.
  key = key << 8 | acquirer.number();  // A province or the clearing: at most 100.
  return key << kDateBits;
}

auto order_of(const PriceRow& row) {
  return std::tuple(row.kind, row.partner, row.form, row.issuer, row.acquirer, row.from);
}

auto cap_order(const CapRow& row) {
  return std::tuple(row.partner, row.kind, row.span, row.from);
}

}  // namespace

Result<RuleBook, std::vector<RuleFault>> RuleBook::build(RuleRows rows) {
  if (std::vector<RuleFault> faults = check_rules(rows); !faults.empty()) {
    return Fail{std::move(faults)};
  }
  RuleBook book;
  book.participants_ = rows.participants;
  std::ranges::sort(book.participants_, {}, &ParticipantRow::participant);
  book.by_number_.resize(std::size_t{book.participants_.back().participant.number()} + 1);
  for (std::uint32_t i = 0; i < book.participants_.size(); ++i) {
    book.by_number_[book.participants_[i].participant.number()] = i + 1;
  }
  book.by_code_.resize(book.participants_.size());
  std::iota(book.by_code_.begin(), book.by_code_.end(), 0U);
  std::ranges::sort(book.by_code_, {}, [&](std::uint32_t i) -> const std::string& {
    return book.participants_[i].code;
  });
  book.contracts_ = rows.contracts;
  std::ranges::sort(book.contracts_, {},
                    [](const ContractRow& row) { return std::tuple(row.partner, row.from); });
  book.caps_ = rows.caps;
  std::ranges::sort(book.caps_, {}, cap_order);
  std::vector<ExpiryFrom> expiries;
  for (const ExpiryRuleRow& row : rows.expiries) {
    expiries.push_back({.from = row.from, .rule = row.rule});
  }
  book.expiry_ = ExpiryRules(std::move(expiries));
  book.prices_ = rows.prices;
  std::ranges::sort(book.prices_, {}, order_of);
  for (const PriceRow& row : book.prices_) {
    book.price_keys_.push_back(key_of(row.kind, row.partner, row.form, row.issuer, row.acquirer) |
                               row.from.count());
  }
  book.by_version_.resize(book.prices_.size());
  std::iota(book.by_version_.begin(), book.by_version_.end(), 0U);
  std::ranges::sort(book.by_version_, {}, [&](std::uint32_t i) { return book.prices_[i].version; });
  book.rows_ = std::move(rows);
  return book;
}

const ParticipantRow* RuleBook::find(Participant participant) const {
  const std::size_t number = participant.number();
  if (number >= by_number_.size() || by_number_[number] == 0) {
    return nullptr;
  }
  return &participants_[by_number_[number] - 1];
}

std::optional<Participant> RuleBook::by_code(std::string_view code) const {
  const auto found = std::ranges::lower_bound(
      by_code_, code, {},
      [&](std::uint32_t i) -> std::string_view { return participants_[i].code; });
  if (found == by_code_.end() || participants_[*found].code != code) {
    return std::nullopt;
  }
  return participants_[*found].participant;
}

std::string RuleBook::code(Participant participant) const {
  const ParticipantRow* row = find(participant);
  return row != nullptr ? row->code : "?" + std::to_string(participant.number());
}

bool RuleBook::is_province(Participant participant) const {
  const ParticipantRow* row = find(participant);
  return row != nullptr && row->kind == ParticipantKind::kProvince;
}

bool RuleBook::is_partner(Participant participant) const {
  const ParticipantRow* row = find(participant);
  return row != nullptr && row->kind != ParticipantKind::kProvince &&
         row->kind != ParticipantKind::kClearing;
}

const ContractRow* RuleBook::contract(Participant partner, BusinessDate date) const {
  const auto order = [](const ContractRow& row) { return std::tuple(row.partner, row.from); };
  auto after = std::ranges::upper_bound(contracts_, std::tuple(partner, date), {}, order);
  if (after == contracts_.begin()) {
    return nullptr;
  }
  --after;
  return after->partner == partner && date < after->to ? &*after : nullptr;
}

const CapRow* RuleBook::cap(Participant partner, CapKind kind, CapSpan span,
                            BusinessDate date) const {
  const auto after =
      std::ranges::upper_bound(caps_, std::tuple(partner, kind, span, date), {}, cap_order);
  if (after == caps_.begin()) {
    return nullptr;
  }
  const CapRow& row = *(after - 1);
  const bool same = row.partner == partner && row.kind == kind && row.span == span;
  return same && date < row.to ? &row : nullptr;
}

const PriceRow* RuleBook::price_in_force(std::uint64_t key, BusinessDate date) const {
  const auto after = std::ranges::upper_bound(price_keys_, key | date.count());
  if (after == price_keys_.begin() || *(after - 1) >> kDateBits != key >> kDateBits) {
    return nullptr;
  }
  const PriceRow& row = prices_[static_cast<std::size_t>(after - 1 - price_keys_.begin())];
  return date < row.to ? &row : nullptr;
}

const PriceRow* RuleBook::inter_price(Form form, Participant issuer, Participant acquirer,
                                      BusinessDate date) const {
  const PriceRow* found = nullptr;
  if (form != Form::kNone && issuer.number() <= kProvinceNumberMax &&
      acquirer.number() <= kClearingHouse.number()) {
    found = price_in_force(key_of(PriceKind::kInter, {}, form, issuer, acquirer), date);
  }
  if (found == nullptr && form != Form::kNone) {
    found = price_in_force(key_of(PriceKind::kInter, {}, form, {}, {}), date);
  }
  return found != nullptr ? found : price_in_force(key_of(PriceKind::kInter, {}, {}, {}, {}), date);
}

const PriceRow* RuleBook::partner_price(PriceKind kind, Participant partner,
                                        BusinessDate date) const {
  return price_in_force(key_of(kind, partner, {}, {}, {}), date);
}

const PriceRow* RuleBook::by_version(std::uint32_t version) const {
  const auto found = std::ranges::lower_bound(by_version_, version, {},
                                              [&](std::uint32_t i) { return prices_[i].version; });
  if (found == by_version_.end() || prices_[*found].version != version) {
    return nullptr;
  }
  return &prices_[*found];
}

}  // namespace ph
