// What there was before the month: since when members have their accounts, what these were billed,
// and which levels their members had. By hashes alone, as all of the population.
#include <algorithm>

#include "app/generate/population.h"

namespace ph::generate {

namespace {

constexpr std::uint64_t kSaltAccount = 0x6163636F756E74;
constexpr std::uint64_t kSaltMonth = 0x6D6F6E7468;
constexpr std::uint64_t kSaltLevel = 0x6C6576656C;

// Accounts in 1,000, by complete months of tenure in the month before.
struct Tenure {
  std::uint32_t per_mille{};
  std::uint32_t from{};
  std::uint32_t to{};
};
constexpr std::array<Tenure, 7> kTenures{{{60, 2, 7},
                                          {90, 8, 14},
                                          {160, 15, 26},
                                          {150, 27, 38},
                                          {130, 39, 50},
                                          {120, 51, 62},
                                          {290, 63, 180}}};
constexpr std::uint32_t kRegions = 3;

// A part of a hash as a number below `bound`.
constexpr std::uint32_t below(std::uint64_t hash, std::uint32_t shift, std::uint32_t bound) {
  return static_cast<std::uint32_t>((hash >> shift) % bound);
}

std::string_view service_of(std::uint32_t per_mille) {
  if (per_mille < 800) return "MOBILE_4G";
  if (per_mille < 920) return "CONVERGED";
  if (per_mille < 970) return "MOBILE_3G";
  return "DATA_CARD";
}

}  // namespace

void put_account(CsvFile& file, const Holder& who, std::uint32_t account) {
  std::array<char, 14> text{'A'};
  std::uint64_t digits = who.number / 10;
  digits = digits / 100'000'000'000 * 1'000'000'000 + digits % 1'000'000'000;
  for (std::size_t at = 12; at-- > 1; digits /= 10) {
    text.at(at) = static_cast<char>('0' + digits % 10);
  }
  text[12] = '-';
  text[13] = static_cast<char>('1' + account);
  file.text({text.data(), text.size()});
}

AccountBefore Population::account_before(std::uint32_t holder, std::uint32_t account) const {
  const std::uint64_t h = hash(std::uint64_t{holder} * 4 + account, kSaltAccount);
  std::uint32_t place = below(h, 0, 1000);
  std::size_t at = 0;
  while (place >= kTenures.at(at).per_mille) {
    place -= kTenures.at(at++).per_mille;
  }
  const Tenure& tenure = kTenures.at(at);
  const std::uint32_t months = tenure.from + below(h, 10, tenure.to - tenure.from + 1);
  return {.joined = Month(static_cast<std::uint16_t>(options_.period.count() - 1U - months)),
          .service = service_of(below(h, 20, 1000)),
          .prepaid = below(h, 30, 4) == 0,
          .real_name = below(h, 34, 50) != 0,
          .region = 1 + below(h, 42, kRegions)};
}

std::uint32_t Population::spent_fen(const Holder& who, std::uint32_t holder, std::uint32_t account,
                                    Month month) const {
  const std::uint64_t h =
      hash((std::uint64_t{holder} * 4 + account) * Month::kCount + month.count(), kSaltMonth);
  // As a bill of the period: around the member's place, by +-96 of 1,024; and some odd fen.
  const std::uint32_t place = who.spend * 831U / 255U + below(h, 0, 193);
  return spend_fen(place) + below(h, 40, 97);
}

std::string_view Population::level_before(const Holder& who, std::uint32_t holder) const {
  // By his place among all, give or take some: so some rise in the next run, and some fall.
  const int place = who.spend + static_cast<int>(below(hash(holder, kSaltLevel), 0, 61)) - 30;
  if (place >= 281) return "diamond";
  if (place >= 268) return "gold";
  if (place >= 238) return "silver";
  if (place >= 171) return "vip-card";
  return {};
}

}  // namespace ph::generate
