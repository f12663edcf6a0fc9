// Business time: seconds, UTC+8. A value, never a clock: who acts stamps a command once, and hands
// the time on as an argument.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/types/date.h"

namespace ph {

// Seconds since 2000-01-01T00:00:00+08:00. Range: that of BusinessDate.
class BusinessTime {
 public:
  static constexpr std::int64_t kDaySeconds = 86'400;

  constexpr BusinessTime() = default;
  constexpr explicit BusinessTime(std::int64_t seconds) : n_(seconds) {}
  // `seconds_of_day` after 00:00 of `date`; it may pass 24:00 into the days after.
  [[nodiscard]] static constexpr BusinessTime of(BusinessDate date, std::int64_t seconds_of_day) {
    return BusinessTime(std::int64_t{date.count()} * kDaySeconds + seconds_of_day);
  }
  // `YYYY-MM-DDTHH:MM:SS+08:00`; nullopt when it is no such time.
  [[nodiscard]] static std::optional<BusinessTime> parse(std::string_view text);

  [[nodiscard]] constexpr std::int64_t seconds() const { return n_; }
  [[nodiscard]] constexpr BusinessDate date() const {
    return BusinessDate(static_cast<std::uint16_t>(n_ / kDaySeconds));
  }
  [[nodiscard]] constexpr std::int64_t seconds_of_day() const { return n_ % kDaySeconds; }
  [[nodiscard]] constexpr BusinessTime plus_seconds(std::int64_t seconds) const {
    return BusinessTime(n_ + seconds);
  }
  [[nodiscard]] std::string text() const;

  friend constexpr auto operator<=>(BusinessTime, BusinessTime) = default;

 private:
  std::int64_t n_{0};
};

// 24:00 of a date: the first second that is no longer in it.
[[nodiscard]] constexpr BusinessTime end_of(BusinessDate date) {
  return BusinessTime::of(date, BusinessTime::kDaySeconds);
}

}  // namespace ph
