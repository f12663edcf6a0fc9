// What the fuzzers of the readers share: a rule book, and the property that holds for each of them.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "platform/files/read.h"
#include "platform/files/reading.h"

namespace ph::fuzz {

inline constexpr std::string_view kBook =
    "POINTHOUSE,RULEBOOK,1,CMCC,2007-01-01,0\n"
    "PARTICIPANT,P01,1,PROVINCE,A,A\n"
    "PARTICIPANT,P02,2,PROVINCE,B,B\n"
    "PARTICIPANT,P03,3,PROVINCE,C,C\n"
    "PARTICIPANT,CMCC,100,CLEARING,D,D\n"
    "PARTICIPANT,AIR1,101,AIRLINE,E,E\n"
    "PARTICIPANT,BANK1,102,BANK,F,F\n"
    "PARTICIPANT,MER1,103,MERCHANT,G,G\n"
    "END,7,0,0\n";

inline const RuleBook& book() {
  static const RuleBook kBuilt = [] {
    std::vector<Fault> faults;
    return *load_rulebook(InputFile("book", as_bytes(kBook)), faults);
  }();
  return kBuilt;
}

inline void need(bool right) {
  if (!right) {
    std::abort();
  }
}

inline Bytes input(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span<const std::uint8_t>(data, size));
}

// A value and no fault, or faults and no value. Without the rule book nothing more is found wrong.
template <class Read>
void check_reader(const std::uint8_t* data, std::size_t size, Read read) {
  const InputFile file("fuzz", input(data, size));
  std::vector<Fault> faults;
  const auto value = read(Reading{.file = file, .book = &book(), .faults = faults});
  need(value.has_value() == faults.empty());
  need(faults.size() <= kFaultsPerFileMax + 1);
  std::vector<Fault> lone;
  (void)read(Reading{.file = file, .faults = lone});
  need(!value.has_value() || lone.empty());
  std::vector<Fault> of_header;
  const auto header = read_header(file, of_header);
  need(header.has_value() == of_header.empty());
  need(!value.has_value() || header.has_value());
}

}  // namespace ph::fuzz
