#include "core/types/time.h"

namespace ph {

namespace {

// Two digits below `limit`; nullopt otherwise.
std::optional<int> two_digits(std::string_view text, int limit) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 2 || !digit(text[0]) || !digit(text[1])) {
    return std::nullopt;
  }
  const int value = (text[0] - '0') * 10 + (text[1] - '0');
  return value < limit ? std::optional(value) : std::nullopt;
}

void append_two(std::string& out, std::int64_t value) {
  out.push_back(static_cast<char>('0' + value / 10));
  out.push_back(static_cast<char>('0' + value % 10));
}

}  // namespace

std::optional<BusinessTime> BusinessTime::parse(std::string_view text) {
  if (text.size() != 25 || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      text.substr(19) != "+08:00") {
    return std::nullopt;
  }
  const auto date = BusinessDate::parse(text.substr(0, 10));
  const auto hour = two_digits(text.substr(11, 2), 24);
  const auto minute = two_digits(text.substr(14, 2), 60);
  const auto second = two_digits(text.substr(17, 2), 60);
  if (!date || !hour || !minute || !second) {
    return std::nullopt;
  }
  return of(*date, *hour * 3600 + *minute * 60 + *second);
}

std::string BusinessTime::text() const {
  std::string out = date().text();
  const std::int64_t of_day = seconds_of_day();
  out.push_back('T');
  append_two(out, of_day / 3600);
  out.push_back(':');
  append_two(out, of_day / 60 % 60);
  out.push_back(':');
  append_two(out, of_day % 60);
  return out + "+08:00";
}

}  // namespace ph
