#include "app/generate/population.h"

#include <algorithm>

#include "app/generate/country.h"

namespace ph::generate {

namespace {

// Quantiles k/32 of a log-normal spend in fen: median 6,800, sigma of the logarithm 0.8.
constexpr std::array<std::uint32_t, 33> kSpendFen{
    815,   1532,  1993,  2369,  2709,  3031,  3344,  3654,  3964,  4279,  4599,
    4929,  5270,  5625,  5996,  6387,  6800,  7240,  7712,  8221,  8774,  9381,
    10054, 10807, 11664, 12655, 13827, 15255, 17068, 19518, 23202, 30178, 56746};

constexpr std::uint64_t kSaltMember = 0x6D656D626572;
constexpr std::uint64_t kSaltBill = 0x62696C6C;

// In 1,000 members: who came from another province, who has no account yet, who has one without
// lots.
constexpr std::uint32_t kForeignPerMille = 12;
constexpr std::uint32_t kNewPerMille = 20;
constexpr std::uint32_t kEmptyPerMille = 20;
constexpr std::uint32_t kDebtPerMille = 3;
constexpr std::uint32_t kForeignDebtOneIn = 3;
constexpr std::uint32_t kGraceOneIn = 150;  // has a lot that a refund revived for 30 days

constexpr std::uint64_t kForeignSerial = 50'000'000;  // above every native serial
constexpr std::uint32_t kLotsMax = 16;                // of a member on the first day

}  // namespace

std::uint32_t spend_fen(std::uint32_t place) {
  const std::size_t at = place / 32;
  const std::uint32_t low = kSpendFen.at(at);
  return low + (kSpendFen.at(at + 1) - low) * (place % 32) / 32;
}

Population::Population(const GenerateOptions& options)
    : options_(options),
      start_(first_day(options.period)),
      expiry_(options.expiry_rows()),
      oldest_(options.period) {
  while (expiry_.expiry_of(Month(static_cast<std::uint16_t>(oldest_.count() - 1))) >= start_) {
    oldest_ = Month(static_cast<std::uint16_t>(oldest_.count() - 1));
  }
  std::uint64_t total = 0;
  for (std::uint32_t i = 0; i < options.provinces; ++i) {
    total += generate::provinces().at(i).weight;
  }
  // One member for each province first, then the rest by weight.
  const std::uint64_t rest = options.members - options.provinces;
  std::uint64_t weight = 0;
  for (std::uint32_t i = 0; i < options.provinces; ++i) {
    first_.push_back(static_cast<std::uint32_t>(i + rest * weight / total));
    weight += generate::provinces().at(i).weight;
  }
  first_.push_back(options.members);
}

std::uint64_t Population::hash(std::uint64_t what, std::uint64_t salt) const {
  return mixed(mixed(options_.seed ^ salt) ^ what);
}

std::uint32_t Population::bill_day(std::uint32_t holder, std::uint32_t account) const {
  const std::uint64_t h = hash(std::uint64_t{holder} * 4 + account, kSaltBill);
  return kBillDayFirst + static_cast<std::uint32_t>((h >> 32) * kBillDays >> 32);
}

std::uint32_t Population::bill_fen(const Holder& who, std::uint32_t holder,
                                   std::uint32_t account) const {
  const std::uint64_t h = hash(std::uint64_t{holder} * 4 + account, kSaltBill + 1);
  // Around the member's place, by +-96 of 1,024; and some odd fen.
  const std::uint32_t place = 96 + who.spend * 831U / 255U;
  const auto jitter = static_cast<std::uint32_t>(h % 193);
  return spend_fen(place + jitter - 96) + static_cast<std::uint32_t>(h >> 40) % 97;
}

void Population::make(const std::filesystem::path& folder, Holdings& holdings, Written& written) {
  // Lots of the first day, one for each bill, and some more.
  const std::size_t lots = std::size_t{options_.members} * (options_.opening_lots + 2);
  holdings.reserve(options_.members, lots);
  CsvFile file(written);
  for (std::size_t province = 0; province < provinces(); ++province) {
    file.open(folder, Participant(generate::provinces().at(province).number), start_,
              "OPENING_LOTS", 0);
    for (std::uint32_t place = 0; place < first(province + 1) - first(province); ++place) {
      make_one(province, place, holdings, file);
    }
    file.close();
  }
}

void Population::make_one(std::size_t province, std::uint32_t place, Holdings& holdings,
                          CsvFile& file) {
  const std::uint32_t index = holdings.size();
  Random random(hash(index, kSaltMember));
  const Participant home(generate::provinces().at(province).number);
  Holder who{.home = static_cast<std::uint8_t>(province)};
  who.accounts = random.below(10) < 3 ? 2 : 1;
  who.spend = static_cast<std::uint8_t>(random.below(256));
  const std::uint32_t kind = random.below(1000);
  const bool foreign = kind < kForeignPerMille && provinces() > 1;
  if (foreign) {
    const std::size_t other =
        (province + 1 + random.below(static_cast<std::uint32_t>(provinces()) - 1)) % provinces();
    const Participant first_home(generate::provinces().at(other).number);
    who.number = Member::make(first_home, kForeignSerial + index).number();
  } else {
    who.number = Member::make(home, place + 1U).number();
  }
  const std::uint32_t holder = holdings.add_holder(who);
  if (!foreign && kind < kForeignPerMille + kNewPerMille) return;
  const bool empty = options_.opening_lots == 0 ||
                     (!foreign && kind < kForeignPerMille + kNewPerMille + kEmptyPerMille);
  if (foreign || empty) {
    file.begin(Row::kOpeningMember).member(who.number).end();
    holdings.holder(holder).set(Holder::kKnown);
  }
  if (!empty) make_lots(holder, holdings, file, random);
  // Who came from elsewhere owes his first home, which his new bills do not repay.
  if (foreign ? random.one_in(kForeignDebtOneIn) : random.below(1000) < kDebtPerMille) {
    const Participant issuer = foreign ? Member(who.number).first_home() : home;
    const Debt debt{.issuer = issuer, .points = random.between(5, 60)};
    file.begin(Row::kOpeningDebt).member(who.number).code(issuer).points(debt.points).end();
    holdings.add_debt(holder, debt);
  }
}

void Population::make_lots(std::uint32_t holder, Holdings& holdings, CsvFile& file,
                           Random& random) {
  const std::uint32_t count = std::min(kLotsMax, 1 + random.below(2 * options_.opening_lots - 1));
  for (std::uint32_t i = 0; i < count; ++i) {
    const Holder& who = holdings.holder(holder);
    const Lot lot = make_lot(who, holder, i, random);
    file.begin(Row::kOpeningLot).entry(lot.name()).member(who.number).month(lot.earned);
    file.text(word(lot.source)).number(lot.rating ? 1 : 0).date(lot.expires);
    file.points(lot.original).points(lot.remaining).end();
    holdings.add_lot(holder, lot);
  }
}

Lot Population::make_lot(const Holder& who, std::uint32_t holder, std::uint32_t number,
                         Random& random) const {
  const auto months = static_cast<std::uint32_t>(options_.period.count() - oldest_.count() - 1);
  Lot lot;
  lot.earned = Month(static_cast<std::uint16_t>(oldest_.count() + random.below(months)));
  lot.expires = expiry_.expiry_of(lot.earned);
  if (random.one_in(kGraceOneIn)) {
    lot.earned = Month(static_cast<std::uint16_t>(oldest_.count() - 1 - random.below(3)));
    lot.expires = start_.plus_days(static_cast<int>(random.between(1, 28)));
  }
  const BusinessDate made =
      first_day(lot.earned.next()).plus_days(static_cast<int>(2 + random.below(6)));
  // A member who came from elsewhere brought his older lots along.
  const auto first_home = static_cast<std::uint16_t>(who.number / 1'000'000'000'000U);
  const bool brought = number % 2 == 0;
  const Participant issuer(brought ? first_home : generate::provinces().at(who.home).number);
  lot.id = EntryId(issuer, made, holder * kLotsMax + number + 1).packed();
  const std::uint32_t yuan = spend_fen(std::min(1023U, who.spend * 4U + random.below(4))) / 100;
  const std::uint32_t kind = random.below(100);
  lot.rating = true;
  if (kind < 60) {
    lot.source = Source::kConsumption;
    lot.original = std::max(1U, yuan * random.between(75, 125) / 100);
  } else if (kind < 85) {  // The points of a quarter or more, taken over from an older scheme.
    lot.source = Source::kMigration;
    lot.original = yuan * random.between(3, 24);
  } else if (kind < 95) {
    lot.source = kind < 90 ? Source::kTenure : Source::kLevel;
    lot.original = 12 * yuan * random.between(1, 6) / 10 + 1;
  } else {
    lot.source = kind < 98 ? Source::kAward : Source::kSp;
    lot.rating = kind < 98;
    lot.original = 50 * random.between(1, 20);
  }
  lot.remaining = random.below(10) < 6 ? lot.original : random.between(1, lot.original);
  return lot;
}

}  // namespace ph::generate
