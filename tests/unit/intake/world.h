// A small clearing: a rule book, items in a few words, batches that live as long as the books that
// point into them. What tests of intake, matching, pricing, netting and statements share.
#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/close/settlement.h"
#include "core/close/snapshot.h"
#include "core/rules/rulebook.h"
#include "tests/unit/home/rows.h"

namespace ph::test {

inline constexpr Participant kBank{103};
inline constexpr Participant kInn{104};
inline const Month kApril = month_of(2007, 4);
inline const Month kMay = month_of(2007, 5);
inline const BusinessDate kOpen{BusinessDate::kCount};  // `to` of a row without an end

// Price versions of the world. In fen per point but for OUT (units per point) and IN (points per
// unit).
enum Version : std::uint32_t {
  kDefault = 1,          // INTER 7/10 until the end of April
  kDefaultMay = 2,       // INTER 4/5 from May on
  kPhone = 3,            // INTER, PHONE_CREDIT: 3/5
  kPhonePair = 4,        // INTER, PHONE_CREDIT, from P03 to P02: 1/2
  kFunding = 5,          // INTER, FUNDING: 9/10
  kAirSale = 10,         // 6/5
  kAirBuy = 11,          // 5/2
  kAirOut = 12,          // 1/10; blocks of 100 points, 1000 at least
  kAirIn = 13,           // 8; blocks of 10 miles, 50 at least
  kShopReimburse = 20,   // 4/5
  kShopCommission = 21,  // 1/20
  kShopSale = 22,        // 1
  kBankSale = 30,        // 1
};

inline PriceRow price(std::uint32_t version, PriceKind kind, Participant partner, std::int64_t num,
                      std::int64_t den) {
  return {.version = version,
          .kind = kind,
          .partner = partner,
          .num = num,
          .den = den,
          .from = on(2007, 1, 1),
          .to = kOpen};
}
inline PriceRow inter(std::uint32_t version, Form form, std::int64_t num, std::int64_t den) {
  PriceRow row = price(version, PriceKind::kInter, {}, num, den);
  row.form = form;
  return row;
}

inline ContractRow contract(Participant partner, Participant acquirer, std::string_view types,
                            std::string unit) {
  return {.partner = partner,
          .acquirer = acquirer,
          .accumulating = types.find('A') != std::string_view::npos,
          .use = types.find('U') != std::string_view::npos,
          .discount = types.find('D') != std::string_view::npos,
          .exchanging = types.find('X') != std::string_view::npos,
          .netted = true,
          .unit = std::move(unit),
          .from = on(2007, 1, 1),
          .to = kOpen};
}

// P01 to P03, the clearing, an airline and a shop of P02, a bank and an inn of P01.
inline RuleRows rule_rows() {
  RuleRows rows;
  const auto add = [&rows](Participant who, ParticipantKind kind, std::string code) {
    rows.participants.push_back({.code = code,
                                 .participant = who,
                                 .kind = kind,
                                 .name_zh = "某" + code,
                                 .name_en = "Name of " + code});
  };
  add(kP1, ParticipantKind::kProvince, "P01");
  add(kP2, ParticipantKind::kProvince, "P02");
  add(kP3, ParticipantKind::kProvince, "P03");
  add(kClearingHouse, ParticipantKind::kClearing, "CLR");
  add(kAir, ParticipantKind::kAirline, "AIR1");
  add(kShop, ParticipantKind::kMerchant, "SHOP");
  add(kBank, ParticipantKind::kBank, "BANK");
  add(kInn, ParticipantKind::kHotel, "INN");
  rows.contracts = {contract(kAir, kP2, "AX", "mile"), contract(kShop, kP2, "AU", ""),
                    contract(kBank, kP1, "A", ""), contract(kInn, kP1, "A", "")};
  rows.contracts[1].netted = false;
  rows.contracts[2].carry = true;
  PriceRow april = inter(kDefault, {}, 7, 10);
  april.to = on(2007, 5, 1);
  PriceRow may = inter(kDefaultMay, {}, 4, 5);
  may.from = april.to;
  PriceRow pair = inter(kPhonePair, Form::kPhoneCredit, 1, 2);
  pair.issuer = kP3;
  pair.acquirer = kP2;
  PriceRow out = price(kAirOut, PriceKind::kOut, kAir, 1, 10);
  out.block = 100;
  out.min = 1000;
  PriceRow in = price(kAirIn, PriceKind::kIn, kAir, 8, 1);
  in.block = 10;
  in.min = 50;
  rows.prices = {april,
                 may,
                 inter(kPhone, Form::kPhoneCredit, 3, 5),
                 pair,
                 inter(kFunding, Form::kFunding, 9, 10),
                 price(kAirSale, PriceKind::kSale, kAir, 6, 5),
                 price(kAirBuy, PriceKind::kBuy, kAir, 5, 2),
                 out,
                 in,
                 price(kShopReimburse, PriceKind::kReimburse, kShop, 4, 5),
                 price(kShopCommission, PriceKind::kCommission, kShop, 1, 20),
                 price(kShopSale, PriceKind::kSale, kShop, 1, 1),
                 price(kBankSale, PriceKind::kSale, kBank, 1, 1)};
  return rows;
}
inline RuleBook rule_book(RuleRows rows = rule_rows()) {
  Result<RuleBook, std::vector<RuleFault>> book = RuleBook::build(std::move(rows));
  check(book.ok(), "the world's rules are right");
  return std::move(book).value();
}

// An item with its slices, as a batch holds them.
struct Report {
  Item item{};
  std::vector<Slice> slices{};
};

// Points of issuers, as slices of one lot each: {issuer, points}.
using Shares = std::vector<std::pair<Participant, std::int64_t>>;

// A lot of each issuer that is never short: see World::open.
inline LotId deep_lot(Participant issuer) {
  return LotId(issuer, on(2006, 12, 31), 1);
}
inline constexpr std::int64_t kDeep = 1'000'000'000;

inline Slice slice_of(Participant issuer, Account account, std::int64_t delta) {
  return {.lot = deep_lot(issuer),
          .earned_month = month_of(2006, 12),
          .expires_on = on(2010, 1, 1),
          .source = Source::kConsumption,
          .rating = 1,
          .account = account,
          .original = kDeep,
          .delta = delta};
}
inline std::vector<Slice> slices_of(const Shares& shares, Account account, int sign) {
  std::vector<Slice> slices;
  for (const auto& [issuer, points] : shares) {
    slices.push_back(slice_of(issuer, account, sign * points));
  }
  return slices;
}
inline std::int64_t sum_of(const Shares& shares) {
  std::int64_t sum = 0;
  for (const auto& [issuer, points] : shares) {
    sum += points;
  }
  return sum;
}

inline Report report(Kind kind, const TransactionId& id, Member member, std::int64_t points) {
  Report out;
  out.item.kind = kind;
  out.item.id = id;
  out.item.member = member;
  out.item.points = points;
  return out;
}
inline Report from_partner(Kind kind, const TransactionId& id, Member member, std::int64_t points,
                           Participant partner = kAir) {
  Report out = report(kind, id, member, points);
  out.item.partner = partner;
  return out;
}

inline const EntryId kCode{kP1, kDay, 77};  // an authorisation code

// A home's REDEEM, its points from these issuers; given by `giver`, or at a merchant.
inline Report redeemed(const TransactionId& id, Member member, const Shares& shares,
                       Participant giver, Form form = Form::kPhoneCredit) {
  Report out = report(Kind::kRedeem, id, member, sum_of(shares));
  out.item.form = form;
  out.item.counterparty = giver;
  out.item.partner = form == Form::kMerchant ? giver : Participant();
  out.item.authorisation = kCode;
  out.slices = slices_of(shares, Account::kRedeemed, -1);
  return out;
}
inline Report delivered(const TransactionId& id, Member member, std::int64_t points,
                        Participant home = kP1, Form form = Form::kPhoneCredit) {
  Report out = report(Kind::kDelivery, id, member, points);
  out.item.form = form;
  out.item.counterparty = home;
  out.item.authorisation = kCode;
  return out;
}
inline Report at_shop(const TransactionId& id, Member member, std::int64_t points) {
  Report out = from_partner(Kind::kPartnerRedemption, id, member, points, kShop);
  out.item.authorisation = kCode;
  return out;
}
inline Report exchanged_out(const TransactionId& id, Member member, const Shares& shares,
                            std::int64_t units) {
  Report out = report(Kind::kExchangeOut, id, member, sum_of(shares));
  out.item.form = Form::kExchangeOut;
  out.item.counterparty = out.item.partner = kAir;
  out.item.units = units;
  out.item.rate_version = kAirOut;
  out.slices = slices_of(shares, Account::kRedeemed, -1);
  return out;
}
inline Report partner_exchanged(Kind kind, const TransactionId& id, Member member,
                                std::int64_t points, std::int64_t units) {
  Report out = from_partner(kind, id, member, points);
  out.item.units = units;
  out.item.rate_version = kind == Kind::kPartnerExchangeOut ? kAirOut : kAirIn;
  return out;
}
// An accrual or exchange in at `home`: the points go to the home's deep lot.
inline Report issued(Kind kind, const TransactionId& id, Member member, std::int64_t points,
                     Participant home = kP1, Participant partner = kAir) {
  Report out = from_partner(kind, id, member, points, partner);
  out.item.counterparty = partner;
  out.slices = {slice_of(home, Account::kIssued, points)};
  return out;
}
inline Report refunded(const TransactionId& id, const TransactionId& parent, Member member,
                       const Shares& shares, Participant giver) {
  Report out = report(Kind::kRefund, id, member, sum_of(shares));
  out.item.parent = parent;
  out.item.counterparty = giver;
  out.item.partner = giver.number() > kClearingHouse.number() ? giver : Participant();
  out.slices = slices_of(shares, Account::kRedeemed, 1);
  return out;
}
inline Report took_back(const TransactionId& id, const TransactionId& parent, Member member,
                        std::int64_t points, Participant home = kP1) {
  Report out = report(Kind::kDeliveryRefund, id, member, points);
  out.item.parent = parent;
  out.item.counterparty = home;
  return out;
}
inline Report partner_refunded(const TransactionId& id, const TransactionId& parent, Member member,
                               std::int64_t points, Participant partner = kAir) {
  Report out = from_partner(Kind::kPartnerRefund, id, member, points, partner);
  out.item.parent = parent;
  return out;
}
inline Report unissued(const TransactionId& id, const TransactionId& parent, Member member,
                       std::int64_t points, Participant home = kP1) {
  Report out = from_partner(Kind::kUnissue, id, member, points);
  out.item.counterparty = kAir;
  out.item.parent = parent;
  out.slices = {slice_of(home, Account::kIssued, -points)};
  return out;
}
inline Report not_credited(const TransactionId& id, const TransactionId& parent, Member member) {
  Report out = from_partner(Kind::kNotCredited, id, member, 0);
  out.item.parent = parent;
  return out;
}
inline Report gift_costs(Report out, std::int64_t cost, std::int64_t freight, std::int64_t cash) {
  out.item.cost = cost;
  out.item.freight = freight;
  out.item.cash = cash;
  return out;
}
inline Report citing(Action action, std::uint32_t sequence, std::uint32_t entry, Report out) {
  out.item.action = action;
  out.item.cited_sequence = sequence;
  out.item.cited_entry = entry;
  return out;
}

class World {
 public:
  explicit World(RuleRows rows = rule_rows())
      : rules_(rule_book(std::move(rows))), settlement_(std::make_unique<Settlement>(rules_)) {}

  // Every province opens with a deep lot of every issuer, half full.
  World& opened() {
    for (const Participant home : {kP1, kP2, kP3}) {
      Opening opening{.province = home, .date = on(2007, 4, 1)};
      for (const Participant issuer : {kP1, kP2, kP3}) {
        opening.lots.push_back({.lot = deep_lot(issuer),
                                .member = member_of(1),
                                .earned_month = month_of(2006, 12),
                                .expires_on = on(2010, 1, 1),
                                .source = Source::kConsumption,
                                .rating = 1,
                                .original = kDeep,
                                .remaining = kDeep / 2});
      }
      book(home).open(opening);
    }
    return *this;
  }

  // The sender's next batch. Entries count from 1. Returns the sequence, which a batch that is
  // refused leaves free.
  std::uint32_t send(Participant sender, BusinessDate date, std::vector<Report> reports,
                     std::vector<Movement> movements = {}, Part part = Part::kOpen) {
    const std::uint32_t sequence = sequences_[sender] + 1;
    taken_ = book(sender).take(
        hold(sender, date, sequence, std::move(reports), std::move(movements)), rules_, part);
    sequences_[sender] += taken_.fault ? 0U : 1U;
    return sequence;
  }

  // What a clearing keeps when it ends.
  [[nodiscard]] std::vector<std::byte> saved() const {
    std::vector<std::byte> out;
    settlement_->save([&out](Bytes part) { out.insert(out.end(), part.begin(), part.end()); });
    return out;
  }
  // It starts again from that, read in parts of so many bytes. False: the bytes are refused.
  [[nodiscard]] bool restart(Bytes snapshot, std::size_t part) {
    settlement_ = std::make_unique<Settlement>(rules_);
    SettlementLoader loader(*settlement_,
                            [this](Participant sender, std::uint32_t sequence,
                                   const Digest& /*digest*/) -> std::optional<BatchView> {
                              const auto batch = sent_.find({sender, sequence});
                              return batch == sent_.end() ? std::nullopt
                                                          : std::optional(batch->second);
                            });
    while (!snapshot.empty()) {
      const Bytes next = snapshot.first(std::min(part, snapshot.size()));
      snapshot = snapshot.subspan(next.size());
      if (!loader.take(next).empty()) {
        return false;
      }
    }
    return loader.finish();
  }

  // A batch that lives as long as the world.
  BatchView hold(Participant sender, BusinessDate date, std::uint32_t sequence,
                 std::vector<Report> reports, std::vector<Movement> movements = {}) {
    Kept& kept = kept_.emplace_back();
    kept.movements = std::move(movements);
    std::uint32_t entry = 0;
    for (Report& report : reports) {
      report.item.entry = ++entry;
      report.item.slice_count = static_cast<std::uint32_t>(report.slices.size());
      kept.items.push_back(report.item);
      kept.slices.insert(kept.slices.end(), report.slices.begin(), report.slices.end());
    }
    BatchView view;
    view.header.sender = sender;
    view.header.date = date;
    view.header.sequence = sequence;
    view.movements = kept.movements;
    view.items = kept.items;
    view.slices = kept.slices;
    view.digest[0] = static_cast<std::byte>(kept_.size());  // No two in a row have the same.
    sent_[{sender, sequence}] = view;
    return view;
  }

  [[nodiscard]] SenderBook& book(Participant sender) { return settlement_->book(sender); }
  [[nodiscard]] Settlement& settlement() { return *settlement_; }
  [[nodiscard]] const RuleBook& rules() const { return rules_; }
  [[nodiscard]] const std::optional<LotFault>& fault() const { return taken_.fault; }
  [[nodiscard]] const Taken& taken() const { return taken_; }

  // As at a cut-off: what settled is marked.
  Judgement judged() {
    const Judgement now = judge(settlement_->books(), rules_);
    std::vector<SenderBook*> books;
    for (const SenderBook* one : settlement_->books()) {
      books.push_back(&book(one->sender()));
    }
    mark_settled(books, now);
    return now;
  }
  PeriodResult closed(Month period) {
    return settlement_->close(period, {.close = first_day(period.next()).plus_days(2)});
  }

 private:
  struct Kept {
    std::vector<Movement> movements{};
    std::vector<Item> items{};
    std::vector<Slice> slices{};
  };

  RuleBook rules_;
  std::unique_ptr<Settlement> settlement_;
  std::map<Participant, std::uint32_t> sequences_;
  std::deque<Kept> kept_;
  std::map<std::pair<Participant, std::uint32_t>, BatchView> sent_;  // the last of a sequence
  Taken taken_;
};

// `2 DUPLICATE`: entry, code.
inline Texts texts_of(std::span<const ReturnedItem> returned) {
  Texts out;
  for (const ReturnedItem& item : returned) {
    out.push_back(std::to_string(item.entry) + " " + std::string(word(item.code)));
  }
  return out;
}
inline Texts returned_of(const SenderBook& book) {
  return texts_of(std::span(book.returned()));
}

// `AMOUNT 1 REDEEM`: reason, sender, kind.
inline Texts suspense_of(const std::vector<SuspendedItem>& suspended) {
  Texts out;
  for (const SuspendedItem& one : suspended) {
    out.push_back(std::string(word(one.reason)) + " " + std::to_string(one.record.sender.number()) +
                  " " + std::string(word(one.record.item->kind)));
  }
  return out;
}

// `1>2 PHONE_CREDIT v3 50`, a gift's `1>2 GIFT_COST 50 =70`: debtor, creditor, reason, version,
// quantity, fen.
inline std::string text_of(const Leg& leg) {
  std::string out = std::to_string(leg.debtor.number()) + ">" +
                    std::to_string(leg.creditor.number()) + " " +
                    reason_text(leg.reason, std::to_string(leg.partner.number()), "mile");
  if (leg.version != 0) {
    out += " v" + std::to_string(leg.version);
  }
  if (leg.second != 0) {
    out += "+" + std::to_string(leg.second);
  }
  out += " " + std::to_string(leg.quantity);
  return leg.reason == Reason::kGiftCost ? out + " =" + std::to_string(leg.fen) : out;
}
inline Texts texts_of(const std::vector<Leg>& legs) {
  Texts out;
  for (const Leg& leg : legs) {
    out.push_back(text_of(leg));
  }
  return out;
}

}  // namespace ph::test
