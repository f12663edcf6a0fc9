#include <cstring>
#include <stdexcept>

#include "app/bench/w4.h"
#include "app/generate/random.h"
#include "core/pricing/leg.h"

namespace ph::bench {

namespace {

using generate::Random;

constexpr std::uint32_t kPerCent = 100;
constexpr std::uint32_t kPriorPerMille = 5;

// Makes settled transactions and asks the pricing of the core for their legs.
class LegMaker {
 public:
  LegMaker(const World& world, std::uint64_t seed) : world_(world), random_(seed) {}

  // The legs of one transaction more.
  const std::vector<Leg>& next() {
    const std::uint32_t luck = random_.below(kPerCent);
    if (luck < 5 && !legs_.empty()) {
      refund();
      return refunded_;
    }
    legs_.clear();
    while (legs_.empty()) {
      first_hand(luck);
    }
    return legs_;
  }

 private:
  TransactionId new_id(Participant starter) {
    const bool prior = random_.below(1'000) < kPriorPerMille;
    const int day = static_cast<int>(random_.below(31));
    TransactionId id{.participant = starter,
                     .date = first_day(kPeriod).plus_days(prior ? -1 - day : day)};
    const std::string text = std::to_string(++reference_);
    std::memcpy(id.reference.data(), text.data(), text.size());
    return id;
  }

  void add_slices(Participant home, std::int64_t points) {
    slices_.clear();
    const bool two = random_.one_in(3);
    const std::int64_t first = two ? points / 3 + 1 : points;
    slices_.push_back(slice(random_.one_in(10) ? world_.provinces.pick(random_) : home, first));
    if (two && points > first) {
      slices_.push_back(slice(world_.provinces.pick(random_), points - first));
    }
  }
  static Slice slice(Participant issuer, std::int64_t points) {
    return {.lot = LotId(issuer, BusinessDate::of(2024, 5, 1), 1),
            .source = Source::kConsumption,
            .account = Account::kRedeemed,
            .delta = -points};
  }

  void first_hand(std::uint32_t luck) {
    const Participant home = world_.provinces.pick(random_);
    item_ = {};
    item_.points = random_.between(100, 20'000);
    if (luck < 40) {
      redemption(home);
    } else if (luck < 75) {
      item_.kind = Kind::kRedeem;
      item_.form = Form::kMerchant;
      item_.partner = item_.counterparty = world_.merchants.pick(random_);
    } else if (luck < 85) {
      item_.kind = Kind::kExchangeOut;
      item_.form = Form::kExchangeOut;
      item_.partner = item_.counterparty = world_.airlines.pick(random_);
      item_.points = 250 * std::int64_t{random_.between(2, 60)};
      item_.units = item_.points * 2 / 25;
    } else {
      item_.kind = Kind::kAccrual;
      item_.partner = item_.counterparty = world_.partners.pick(random_);
    }
    item_.id = new_id(item_.counterparty);
    add_slices(home, item_.points);
    const bool priced = append_legs(item_, slices_, home, nullptr, world_.rules, legs_);
    check(priced, "the benchmark's rule book has every price");
  }

  void redemption(Participant home) {
    item_.kind = Kind::kRedeem;
    item_.counterparty = world_.provinces.pick(random_);
    const std::uint32_t luck = random_.below(kPerCent);
    item_.form = luck < 60   ? Form::kPhoneCredit
                 : luck < 85 ? Form::kOwnProduct
                 : luck < 95 ? Form::kGift
                             : Form::kFixedLine;
    if (item_.form == Form::kGift) {
      item_.cost = random_.between(1'000, 30'000);
      item_.freight = random_.between(0, 1'500);
      item_.cash = item_.counterparty == home ? 0 : random_.between(0, 500);
    }
  }

  // Of the transaction before, whole.
  void refund() {
    Item back = item_;
    back.kind = item_.kind == Kind::kAccrual ? Kind::kUnissue : Kind::kRefund;
    back.id = new_id(item_.counterparty);
    back.parent = item_.id;
    refunded_.clear();
    append_refund_legs(back, slices_, item_, legs_, refunded_);
    legs_.clear();
  }

  const World& world_;
  Random random_;
  std::uint64_t reference_{0};
  Item item_{};
  std::vector<Slice> slices_;
  std::vector<Leg> legs_;
  std::vector<Leg> refunded_;
};

}  // namespace

void prepare_w4(const World& world, const BenchOptions& options, const std::string& directory) {
  LegMaker maker(world, options.seed);
  LineTotals totals;
  LegsHeader header{.period = kPeriod, .legs = options.rows};
  std::vector<PackedLeg> legs;
  legs.reserve(options.rows);
  while (legs.size() < options.rows) {
    ++header.transactions;
    for (const Leg& leg : maker.next()) {
      if (legs.size() < options.rows) {
        legs.push_back(pack(leg, kPeriod));
        totals.add(legs.back());
      }
    }
  }
  FileWriter file(directory + "/legs.bin");
  file.write(&header, sizeof header);
  for (const PackedLeg& leg : legs) {
    file.write(&leg, sizeof leg);
  }
  file.close();
  FileWriter snapshot(directory + "/totals.bin");
  for (const LineTotal& total : totals.totals()) {
    snapshot.write(&total, sizeof total);
  }
  snapshot.close();
}

StoredLegs load_legs(const std::string& directory) {
  const std::string path = directory + "/legs.bin";
  StoredLegs stored{.file = MappedFile(path)};
  const Bytes bytes = stored.file.bytes();
  if (bytes.size() >= sizeof(LegsHeader)) {
    std::memcpy(&stored.header, bytes.data(), sizeof(LegsHeader));
  }
  if (stored.header.magic != LegsHeader().magic ||
      bytes.size() != sizeof(LegsHeader) + stored.header.legs * sizeof(PackedLeg)) {
    throw std::runtime_error(path + " is not the benchmark's; remove the directory");
  }
  stored.legs = {reinterpret_cast<const PackedLeg*>(bytes.data() + sizeof(LegsHeader)),
                 static_cast<std::size_t>(stored.header.legs)};
  return stored;
}

LineTotals load_totals(const std::string& directory) {
  const MappedFile file(directory + "/totals.bin");
  const Bytes bytes = file.bytes();
  LineTotals totals(bytes.size() / sizeof(LineTotal));
  for (std::size_t at = 0; at + sizeof(LineTotal) <= bytes.size(); at += sizeof(LineTotal)) {
    LineTotal total;
    std::memcpy(&total, bytes.data() + at, sizeof total);
    totals.add(total);
  }
  return totals;
}

void export_w4(const World& world, std::span<const PackedLeg> legs, const std::string& directory) {
  FileWriter file(directory + "/legs.csv");
  const auto put = [&file](std::int64_t number, char end = ',') {
    file.number(number);
    file.write(&end, 1);
  };
  for (const PackedLeg& leg : legs) {
    put(leg.debtor.number());
    put(leg.creditor.number());
    put(static_cast<int>(leg.reason));
    put(leg.prior);
    put(leg.partner.number());
    put(leg.version);
    put(leg.second);
    put(leg.quantity);
    put(leg.fen, '\n');
  }
  file.close();
  FileWriter prices(directory + "/prices.csv");
  for (const PriceRow& row : world.rules.rows().prices) {
    prices.number(row.version);
    prices.text(",");
    prices.number(row.num);
    prices.text(",");
    prices.number(row.den);
    prices.text("\n");
  }
  prices.close();
}

std::string lines_text(const std::vector<Line>& lines) {
  std::string out;
  for (const Line& line : lines) {
    const auto put = [&out](std::int64_t number, char end = ',') {
      out += std::to_string(number);
      out += end;
    };
    put(line.debtor.number());
    put(line.creditor.number());
    put(static_cast<int>(line.reason));
    put(line.partner.number());
    put(line.version);
    put(line.second);
    put(static_cast<std::int64_t>(line.items));
    put(static_cast<std::int64_t>(line.prior_items));
    put(line.quantity);
    put(line.fen, '\n');
  }
  return out;
}

}  // namespace ph::bench
