#include "core/types/date.h"

#include <array>

namespace ph {

namespace {

// Value of `text` if it is all digits, else -1.
int digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return -1;
    }
    value = value * 10 + (c - '0');
  }
  return value;
}

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays.at(static_cast<std::size_t>(month - 1));
}

std::optional<BusinessDate> from_civil(int year, int month, int day) {
  if (year < 2000 || year > 2099 || month < 1 || month > 12 || day < 1 ||
      day > days_in_month(year, month)) {
    return std::nullopt;
  }
  return BusinessDate::of(year, month, day);
}

void put(std::string& out, int value, int width) {
  std::array<char, 4> buffer{};
  for (int i = width - 1; i >= 0; --i) {
    buffer.at(static_cast<std::size_t>(i)) = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(buffer.data(), static_cast<std::size_t>(width));
}

}  // namespace

std::optional<Month> Month::parse(std::string_view text) {
  if (text.size() != 7 || text[4] != '-') {
    return std::nullopt;
  }
  const int year = digits(text.substr(0, 4));
  const int month = digits(text.substr(5, 2));
  if (year < 2000 || year > 2099 || month < 1 || month > 12) {
    return std::nullopt;
  }
  return Month(static_cast<std::uint16_t>((year - 2000) * 12 + month - 1));
}

std::string Month::text() const {
  std::string out;
  put(out, year(), 4);
  out.push_back('-');
  put(out, month(), 2);
  return out;
}

std::string Month::quarter_text() const {
  std::string out;
  put(out, year(), 4);
  out.push_back('Q');
  put(out, quarter(), 1);
  return out;
}

std::optional<BusinessDate> BusinessDate::parse(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
    return std::nullopt;
  }
  return from_civil(digits(text.substr(0, 4)), digits(text.substr(5, 2)),
                    digits(text.substr(8, 2)));
}

std::optional<BusinessDate> BusinessDate::parse_compact(std::string_view text) {
  if (text.size() != 8) {
    return std::nullopt;
  }
  return from_civil(digits(text.substr(0, 4)), digits(text.substr(4, 2)),
                    digits(text.substr(6, 2)));
}

YearMonthDay BusinessDate::civil() const {
  const int z = n_ + 10957 + 719468;
  const int era = z / 146097;
  const int doe = z - era * 146097;
  const int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const int mp = (5 * doy + 2) / 153;
  const int month = mp < 10 ? mp + 3 : mp - 9;
  return {.year = yoe + era * 400 + (month <= 2 ? 1 : 0),
          .month = month,
          .day = doy - (153 * mp + 2) / 5 + 1};
}

Month BusinessDate::month() const {
  const YearMonthDay ymd = civil();
  return Month(static_cast<std::uint16_t>((ymd.year - 2000) * 12 + ymd.month - 1));
}

std::string BusinessDate::text() const {
  const YearMonthDay ymd = civil();
  std::string out;
  put(out, ymd.year, 4);
  out.push_back('-');
  put(out, ymd.month, 2);
  out.push_back('-');
  put(out, ymd.day, 2);
  return out;
}

std::string BusinessDate::compact_text() const {
  const YearMonthDay ymd = civil();
  std::string out;
  put(out, ymd.year, 4);
  put(out, ymd.month, 2);
  put(out, ymd.day, 2);
  return out;
}

BusinessDate first_day(Month month) {
  return BusinessDate::of(month.year(), month.month(), 1);
}

BusinessDate last_day(Month month) {
  return BusinessDate::of(month.year(), month.month(), days_in_month(month.year(), month.month()));
}

}  // namespace ph
