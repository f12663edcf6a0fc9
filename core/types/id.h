// Identity: participants, members, entries of a province's day (they name lots and authorisations),
// and transactions. Canonical orders are those of docs/formats.md, section 6.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "core/types/date.h"

namespace ph {

// Number of a participant in the rule book. 0 = none. Provinces 1..99, the clearing 100, partners
// from 101.
class Participant {
 public:
  constexpr Participant() = default;
  constexpr explicit Participant(std::uint16_t number) : n_(number) {}
  [[nodiscard]] constexpr std::uint16_t number() const { return n_; }
  [[nodiscard]] constexpr bool none() const { return n_ == 0; }
  friend constexpr auto operator<=>(Participant, Participant) = default;

 private:
  std::uint16_t n_{0};
};

inline constexpr Participant kClearingHouse{100};
inline constexpr std::uint16_t kProvinceNumberMax = 99;
[[nodiscard]] constexpr bool valid_province(Participant one) {
  return !one.none() && one.number() <= kProvinceNumberMax;
}

// Nationally unique member number: 2 digits first home, 11 digits serial, 1 check digit. 0 = none.
class Member {
 public:
  static constexpr std::uint64_t kSerialMax = 99'999'999'999;

  constexpr Member() = default;
  constexpr explicit Member(std::uint64_t number) : n_(number) {}
  // 14 digits with a right check digit; nullopt otherwise.
  [[nodiscard]] static std::optional<Member> parse(std::string_view text);
  [[nodiscard]] static Member make(Participant first_home, std::uint64_t serial);
  // ISO 7064 MOD 11,10 over the first 13 digits.
  [[nodiscard]] static int check_digit(std::uint64_t first_13_digits);

  [[nodiscard]] constexpr std::uint64_t number() const { return n_; }
  [[nodiscard]] constexpr bool none() const { return n_ == 0; }
  [[nodiscard]] constexpr Participant first_home() const {
    return Participant(static_cast<std::uint16_t>(n_ / 1'000'000'000'000));
  }
  [[nodiscard]] std::string text() const;
  friend constexpr auto operator<=>(Member, Member) = default;

 private:
  std::uint64_t n_{0};
};

// An entry of a province's own day: participant, date, number. Names lots and authorisation codes.
// The packed value is its canonical order. 0 = none.
class EntryId {
 public:
  constexpr EntryId() = default;
  constexpr explicit EntryId(std::uint64_t packed) : n_(packed) {}
  constexpr EntryId(Participant participant, BusinessDate date, std::uint32_t number)
      : n_(static_cast<std::uint64_t>(participant.number()) << 48 |
           static_cast<std::uint64_t>(date.count()) << 32 | number) {}

  [[nodiscard]] constexpr std::uint64_t packed() const { return n_; }
  [[nodiscard]] constexpr bool none() const { return n_ == 0; }
  [[nodiscard]] constexpr Participant participant() const {
    return Participant(static_cast<std::uint16_t>(n_ >> 48));
  }
  [[nodiscard]] constexpr BusinessDate date() const {
    return BusinessDate(static_cast<std::uint16_t>(n_ >> 32 & 0xFFFF));
  }
  [[nodiscard]] constexpr std::uint32_t number() const { return static_cast<std::uint32_t>(n_); }
  friend constexpr auto operator<=>(EntryId, EntryId) = default;

 private:
  std::uint64_t n_{0};
};

using LotId = EntryId;

// A transaction's id: fixed by who starts it, before the first send.
struct TransactionId {
  static constexpr std::size_t kReferenceMax = 24;

  Participant participant{};
  BusinessDate date{};
  std::array<char, kReferenceMax> reference{};  // Padded with zero bytes.

  [[nodiscard]] static TransactionId of(EntryId entry);
  [[nodiscard]] bool none() const { return participant.none(); }
  [[nodiscard]] std::string_view reference_text() const;

  friend bool operator==(const TransactionId& a, const TransactionId& b) {
    return a.participant == b.participant && a.date == b.date &&
           std::memcmp(a.reference.data(), b.reference.data(), kReferenceMax) == 0;
  }
  friend std::strong_ordering operator<=>(const TransactionId& a, const TransactionId& b) {
    if (const auto order = a.participant <=> b.participant; order != 0) {
      return order;
    }
    if (const auto order = a.date <=> b.date; order != 0) {
      return order;
    }
    return std::memcmp(a.reference.data(), b.reference.data(), kReferenceMax) <=> 0;
  }
};

static_assert(sizeof(TransactionId) == 28);

// A participant's code: a capital, then 1 to 11 capitals and digits.
inline constexpr std::size_t kCodeMax = 12;
[[nodiscard]] bool valid_code(std::string_view text);
// 1 to 24 of A-Z a-z 0-9 -.
[[nodiscard]] bool valid_reference(std::string_view text);

// Of values that came as numbers, not as text. A first home, and the right check digit.
[[nodiscard]] bool valid_member(Member member);
// A participant, a date of the calendar, a reference that is padded with zeros.
[[nodiscard]] bool valid_id(const TransactionId& id);
// Of a province's day.
[[nodiscard]] bool valid_entry(EntryId entry);

}  // namespace ph
