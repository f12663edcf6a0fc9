// One field of a CSV row: from text to a value, or to a fault. Hot: no allocation unless there is a
// fault.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/types/amount.h"
#include "core/types/id.h"
#include "platform/files/codes.h"
#include "platform/files/fault.h"
#include "platform/files/schema.h"

namespace ph {

inline constexpr std::int64_t kSerialMax = 2'999'999'999;

// A parsed field. An empty optional field has number 0 and no id.
struct Cell {
  std::string_view text{};
  // An amount, a number, a flag, a word's number, days, months, a participant's number, a member's
  // number, or the bits of an entry id.
  std::int64_t number{};
  TransactionId id{};  // of type id

  [[nodiscard]] bool given() const { return !text.empty(); }
  [[nodiscard]] std::uint8_t small() const { return static_cast<std::uint8_t>(number); }
  [[nodiscard]] std::uint32_t u32() const { return static_cast<std::uint32_t>(number); }
  [[nodiscard]] Participant participant() const {
    return Participant(static_cast<std::uint16_t>(number));
  }
  [[nodiscard]] Member member() const { return Member(static_cast<std::uint64_t>(number)); }
  [[nodiscard]] EntryId entry_id() const { return EntryId(static_cast<std::uint64_t>(number)); }
  [[nodiscard]] BusinessDate date() const {
    return BusinessDate(static_cast<std::uint16_t>(number));
  }
  [[nodiscard]] Month month() const { return Month(static_cast<std::uint16_t>(number)); }
};

// Fills `cell` from a field that may be empty; kNone when it is right.
[[nodiscard]] FaultCode parse_cell(const ColumnSpec& column, std::string_view text, Codes& codes,
                                   Cell& cell);

// A decimal number without sign and leading zero.
[[nodiscard]] FaultCode parse_number(std::string_view text, std::int64_t min, std::int64_t max,
                                     std::int64_t& out);

// 64 lower-case hexadecimal digits that have been checked.
[[nodiscard]] Digest digest_of(std::string_view hex);

// What would be right in place of a field that has this fault, in words.
[[nodiscard]] std::string expected_value(const ColumnSpec& column, FaultCode code,
                                         std::string_view text, const RuleBook* book);

}  // namespace ph
