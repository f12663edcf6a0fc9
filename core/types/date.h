// Business dates and months (UTC+8), counted from 2000-01-01 and 2000-01. No clock: dates are
// arguments.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ph {

// Gregorian, proleptic; y 2000..2099.
struct YearMonthDay {
  int year{};
  int month{};
  int day{};
};

class Month {
 public:
  static constexpr std::uint16_t kCount = 1200;  // 2000-01 .. 2099-12

  constexpr Month() = default;
  constexpr explicit Month(std::uint16_t months) : n_(months) {}
  // `YYYY-MM`; nullopt when it is not such a month.
  [[nodiscard]] static std::optional<Month> parse(std::string_view text);

  [[nodiscard]] constexpr std::uint16_t count() const { return n_; }
  [[nodiscard]] constexpr int year() const { return 2000 + n_ / 12; }
  [[nodiscard]] constexpr int month() const { return 1 + n_ % 12; }
  [[nodiscard]] constexpr int quarter() const { return 1 + (n_ % 12) / 3; }
  [[nodiscard]] constexpr Month next() const { return Month(static_cast<std::uint16_t>(n_ + 1)); }
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string quarter_text() const;  // `2007Q1`

  friend constexpr auto operator<=>(Month, Month) = default;

 private:
  std::uint16_t n_{0};
};

class BusinessDate {
 public:
  static constexpr std::uint16_t kCount = 36525;  // 2000-01-01 .. 2099-12-31

  constexpr BusinessDate() = default;
  constexpr explicit BusinessDate(std::uint16_t days) : n_(days) {}
  [[nodiscard]] static constexpr BusinessDate of(int year, int month, int day) {
    return BusinessDate(static_cast<std::uint16_t>(days_from_civil(year, month, day)));
  }
  // `YYYY-MM-DD`; nullopt when there is no such day.
  [[nodiscard]] static std::optional<BusinessDate> parse(std::string_view text);
  // `YYYYMMDD`, as it stands in ids.
  [[nodiscard]] static std::optional<BusinessDate> parse_compact(std::string_view text);

  [[nodiscard]] constexpr std::uint16_t count() const { return n_; }
  [[nodiscard]] YearMonthDay civil() const;
  [[nodiscard]] Month month() const;
  // 0 = Monday .. 6 = Sunday. 2000-01-01 was a Saturday.
  [[nodiscard]] constexpr int weekday() const { return (n_ + 5) % 7; }
  [[nodiscard]] constexpr BusinessDate plus_days(int days) const {
    return BusinessDate(static_cast<std::uint16_t>(n_ + days));
  }
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string compact_text() const;

  friend constexpr auto operator<=>(BusinessDate, BusinessDate) = default;

  // Days since 2000-01-01.
  [[nodiscard]] static constexpr int days_from_civil(int year, int month, int day) {
    const int y = month <= 2 ? year - 1 : year;
    const int era = y / 400;
    const int yoe = y - era * 400;
    const int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468 - 10957;
  }

 private:
  std::uint16_t n_{0};
};

[[nodiscard]] BusinessDate first_day(Month month);
[[nodiscard]] BusinessDate last_day(Month month);

}  // namespace ph
