// W1: a province whose node takes a day's file of bills after another.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "app/bench/options.h"
#include "core/types/date.h"
#include "core/types/id.h"

namespace ph::bench {

inline constexpr std::string_view kW1Code = "P11";
inline constexpr Participant kW1Province{11};

// The first day, and the day that file number `n` (from 1) is of.
[[nodiscard]] BusinessDate w1_day(unsigned n);
[[nodiscard]] Member w1_member(std::uint64_t number);

struct W1Files {
  std::string rulebook{};
  std::string opening{};
  std::string calendar{};
  std::string folder{};
  // `day-<n>.csv` for n from 1, as a province drops it.
  [[nodiscard]] std::string day(unsigned n) const;
  [[nodiscard]] static std::string day_name(unsigned n) {
    return "day-" + std::to_string(n) + ".csv";
  }
  // What others load: `accounts.csv` (member, points) and `bills-<n>.csv` (account, month, member,
  // fen), numbers in decimal, no header line.
  [[nodiscard]] std::string bills(unsigned n) const;
};

// Makes what lacks of the files of `days` days.
[[nodiscard]] W1Files prepare_w1(const W1Options& options, unsigned days);

// What all members have together: how many there are, the sum of their points, and the sum of
// points times the remainder of the member's number by kW1Weight, which tells whose they are.
inline constexpr std::uint64_t kW1Weight = 1'000'003;
struct W1Sums {
  std::uint64_t members{};
  std::uint64_t points{};
  std::uint64_t weighted{};

  void add(Member member, std::uint64_t of_member) {
    ++members;
    points += of_member;
    weighted += of_member * (member.number() % kW1Weight);
  }
  [[nodiscard]] std::string text() const {
    return std::to_string(members) + "|" + std::to_string(points) + "|" + std::to_string(weighted);
  }
};

}  // namespace ph::bench
