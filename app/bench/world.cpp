#include "app/bench/world.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <stdexcept>

#include "app/bench/store.h"
#include "app/generate/country.h"
#include "platform/files/input_file.h"
#include "platform/files/read.h"

namespace ph::bench {

namespace {

constexpr int kAirlineEvery = 20;

std::string digits(unsigned number, std::size_t width) {
  const std::string text = std::to_string(number);
  return std::string(width > text.size() ? width - text.size() : 0, '0') + text;
}

bool is_airline(std::uint16_t number) {
  return (number - kFirstPartner) % kAirlineEvery == kAirlineEvery - 1;
}

std::string code_of(std::uint16_t number) {
  if (number < 100) {
    return "P" + digits(number, 2);
  }
  return number == 100 ? "CLR" : (is_airline(number) ? "AIR" : "MER") + digits(number - 100U, 5);
}

// The RULEBOOK's rows (docs/formats.md, section 4).
class BookWriter {
 public:
  void participant(std::uint16_t number, std::string_view kind) {
    row("PARTICIPANT," + code_of(number) + "," + std::to_string(number) + "," + std::string(kind) +
        "," + code_of(number) + "," + code_of(number));
  }
  void contract(std::uint16_t partner, std::uint16_t acquirer, bool airline) {
    row("CONTRACT," + code_of(partner) + "," + code_of(acquirer) + "," +
        (airline ? "AX,1,0,mile," : "AU,1,0,,") + kFrom + ",");
  }
  // `key`: kind, partner, form, issuer, acquirer.
  void price(const std::string& key, unsigned num, unsigned den, const std::string& block = ",") {
    row("PRICE," + std::to_string(++version_) + "," + key + "," + std::to_string(num) + "," +
        std::to_string(den) + "," + block + "," + kFrom + ",");
  }
  // Two rows: one before the change, one after.
  void changing_price(const std::string& key, unsigned num, unsigned den, unsigned later) {
    const std::string change = first_day(kPeriod).plus_days(kChangeDay - 1).text();
    row("PRICE," + std::to_string(++version_) + "," + key + "," + std::to_string(num) + "," +
        std::to_string(den) + ",,," + kFrom + "," + change);
    row("PRICE," + std::to_string(++version_) + "," + key + "," + std::to_string(later) + "," +
        std::to_string(den) + ",,," + change + ",");
  }
  [[nodiscard]] std::string text() const {
    return "POINTHOUSE,RULEBOOK,1,CLR," + first_day(kPeriod).text() + ",0\n" + rows_ + "END," +
           std::to_string(count_) + ",0,0\n";
  }

 private:
  static constexpr const char* kFrom = "2025-01-01";

  void row(const std::string& text) {
    rows_ += text;
    rows_ += '\n';
    ++count_;
  }
  std::string rows_;
  unsigned count_{0};
  unsigned version_{0};
};

void write_prices(BookWriter& book, std::uint16_t partners) {
  book.changing_price("INTER,,,,", 3, 5, 31);
  book.price("INTER,,OWN_PRODUCT,,", 11, 20);
  book.price("INTER,,FUNDING,,", 3, 5);
  unsigned pair = 0;
  for (const auto& issuer : generate::provinces()) {
    for (const auto& acquirer : generate::provinces()) {
      if (issuer.number != acquirer.number) {
        book.price("INTER,,PHONE_CREDIT," + code_of(issuer.number) + "," + code_of(acquirer.number),
                   57 + ++pair % 7, 100);
      }
    }
  }
  for (std::uint16_t n = 0; n < partners; ++n) {
    const auto number = static_cast<std::uint16_t>(kFirstPartner + n);
    const std::string code = code_of(number);
    book.price("SALE," + code + ",,,", 79 + n % 3U, 100);
    if (is_airline(number)) {
      book.price("BUY," + code + ",,,", 7, 1);
      book.price("OUT," + code + ",,,", 2, 25, "250,500");
      book.price("IN," + code + ",,,", 10, 1, "100,100");
    } else {
      book.changing_price("REIMBURSE," + code + ",,,", 58 + n % 5U, 100, 61);
      book.price("COMMISSION," + code + ",,,", 1 + n % 2U, 20);
    }
  }
}

std::string rule_book(std::uint16_t partners) {
  const auto& provinces = generate::provinces();
  BookWriter book;
  for (const auto& province : provinces) {
    book.participant(province.number, "PROVINCE");
  }
  book.participant(kClearingHouse.number(), "CLEARING");
  for (std::uint16_t n = 0; n < partners; ++n) {
    const auto number = static_cast<std::uint16_t>(kFirstPartner + n);
    book.participant(number, is_airline(number) ? "AIRLINE" : "MERCHANT");
  }
  for (std::uint16_t n = 0; n < partners; ++n) {
    const auto number = static_cast<std::uint16_t>(kFirstPartner + n);
    const bool airline = is_airline(number);
    const std::uint16_t acquirer =
        airline ? kClearingHouse.number() : provinces.at(n * 7U % provinces.size()).number;
    book.contract(number, acquirer, airline);
  }
  write_prices(book, partners);
  return book.text();
}

std::uint32_t partner_weight(Participant partner) {
  constexpr std::uint32_t kScale = 1'000'000;
  constexpr std::uint32_t kFlat = 20;
  return kScale / (kFlat + partner.number() - kFirstPartner);
}

}  // namespace

void Choice::add(Participant one, std::uint32_t weight) {
  all_.push_back(one);
  until_.push_back((until_.empty() ? 0 : until_.back()) + weight);
}

Participant Choice::pick(generate::Random& random) const {
  const auto found = std::ranges::upper_bound(until_, random.below(until_.back()));
  return all_[static_cast<std::size_t>(found - until_.begin())];
}

World open_world(const std::string& path, std::uint16_t partners) {
  if (!std::filesystem::exists(path)) {
    write_file(path, rule_book(partners));
  }
  std::vector<Fault> faults;
  const auto file = InputFile::open(path, faults);
  auto rules = file ? load_rulebook(*file, faults) : std::nullopt;
  if (!rules) {
    throw std::runtime_error(
        path + ": not the benchmark's rule book: " + (faults.empty() ? "" : faults.front().value));
  }
  World world{.rules = std::move(*rules)};
  for (const auto& province : generate::provinces()) {
    world.provinces.add(Participant(province.number), province.weight);
  }
  for (const ParticipantRow& row : world.rules.participants()) {
    const bool airline = row.kind == ParticipantKind::kAirline;
    if (airline || row.kind == ParticipantKind::kMerchant) {
      const std::uint32_t weight = partner_weight(row.participant);
      world.partners.add(row.participant, weight);
      (airline ? world.airlines : world.merchants).add(row.participant, weight);
    }
  }
  return world;
}

}  // namespace ph::bench
