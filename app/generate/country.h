// Who takes part in a generated month, and the working days of its year. All of it is data made for
// the purpose: prices, contracts and partners are nobody's.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/types/date.h"
#include "core/types/id.h"
#include "core/types/words.h"

namespace ph::generate {

// A province: number and code by GB/T 2260, `weight` its people in ten thousands (census of 2020).
struct Province {
  std::uint16_t number{};
  std::string_view name_zh{};
  std::string_view name_en{};
  std::uint32_t weight{};
};

// A partner. `acquirer`: -1 the clearing, else its province as a share of all, in 1/8.
struct Partner {
  std::uint16_t number{};
  std::string_view code{};
  ParticipantKind kind{};
  std::string_view name_zh{};
  std::string_view name_en{};
  std::string_view types{};
  std::string_view unit{};
  int acquirer{-1};
  bool netted{true};
  bool carry{false};

  [[nodiscard]] bool has(char type) const { return types.find(type) != std::string_view::npos; }
};

inline constexpr std::size_t kProvinces = 31;
inline constexpr std::size_t kPartners = 8;
[[nodiscard]] const std::array<Province, kProvinces>& provinces();
[[nodiscard]] const std::array<Partner, kPartners>& partners();

// `P11`, `CLR`, `AIR1`.
[[nodiscard]] std::string_view code_of(Participant participant);

// The calendar that the generator knows: days off from Monday to Friday, weekend days that are
// worked.
inline constexpr int kCalendarYear = 2026;
struct CalendarDays {
  std::vector<BusinessDate> holidays{};
  std::vector<BusinessDate> workdays{};
};
[[nodiscard]] CalendarDays calendar_days();

}  // namespace ph::generate
