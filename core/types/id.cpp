#include "core/types/id.h"

#include <algorithm>

#include "core/types/check.h"

namespace ph {

int Member::check_digit(std::uint64_t first_13_digits) {
  std::uint64_t power = 1'000'000'000'000;
  int product = 10;
  for (int i = 0; i < 13; ++i, power /= 10) {
    const int digit = static_cast<int>(first_13_digits / power % 10);
    int sum = (product + digit) % 10;
    if (sum == 0) {
      sum = 10;
    }
    product = 2 * sum % 11;
  }
  return (11 - product) % 10;
}

std::optional<Member> Member::parse(std::string_view text) {
  if (text.size() != 14) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (value / 1'000'000'000'000 == 0 || check_digit(value / 10) != static_cast<int>(value % 10)) {
    return std::nullopt;
  }
  return Member(value);
}

Member Member::make(Participant first_home, std::uint64_t serial) {
  check(first_home.number() >= 1 && first_home.number() <= kProvinceNumberMax, "member's province");
  check(serial <= kSerialMax, "member's serial within 11 digits");
  const std::uint64_t digits =
      static_cast<std::uint64_t>(first_home.number()) * 100'000'000'000 + serial;
  return Member(digits * 10 + static_cast<std::uint64_t>(check_digit(digits)));
}

std::string Member::text() const {
  std::string out(14, '0');
  std::uint64_t value = n_;
  for (std::size_t i = 14; i-- > 0; value /= 10) {
    out[i] = static_cast<char>('0' + value % 10);
  }
  return out;
}

TransactionId TransactionId::of(EntryId entry) {
  TransactionId id{.participant = entry.participant(), .date = entry.date()};
  const std::string digits = std::to_string(entry.number());
  std::memcpy(id.reference.data(), digits.data(), digits.size());
  return id;
}

std::string_view TransactionId::reference_text() const {
  std::size_t size = 0;
  while (size < kReferenceMax && reference.at(size) != '\0') {
    ++size;
  }
  return {reference.data(), size};
}

bool valid_code(std::string_view text) {
  if (text.size() < 2 || text.size() > kCodeMax || text[0] < 'A' || text[0] > 'Z') {
    return false;
  }
  for (const char c : text) {
    if ((c < 'A' || c > 'Z') && (c < '0' || c > '9')) {
      return false;
    }
  }
  return true;
}

bool valid_reference(std::string_view text) {
  if (text.empty() || text.size() > TransactionId::kReferenceMax) {
    return false;
  }
  for (const char c : text) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    const bool digit = c >= '0' && c <= '9';
    if (!letter && !digit && c != '-') {
      return false;
    }
  }
  return true;
}

bool valid_member(Member member) {
  constexpr std::uint64_t kFirst = 1'000'000'000'000;
  const std::uint64_t number = member.number();
  return number >= kFirst && number < 100 * kFirst &&
         Member::check_digit(number / 10) == static_cast<int>(number % 10);
}

bool valid_id(const TransactionId& id) {
  const std::string_view text = id.reference_text();
  const bool padded = std::all_of(id.reference.begin() + static_cast<std::ptrdiff_t>(text.size()),
                                  id.reference.end(), [](char c) { return c == '\0'; });
  return !id.participant.none() && id.date.count() < BusinessDate::kCount && padded &&
         valid_reference(text);
}

bool valid_entry(EntryId entry) {
  return valid_province(entry.participant()) && entry.date().count() < BusinessDate::kCount;
}

}  // namespace ph
