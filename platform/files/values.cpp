#include "platform/files/values.h"

#include <array>
#include <cstring>

#include "core/home/member_columns.h"
#include "core/types/check.h"

namespace ph {

namespace {

using enum FaultCode;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text) {
  for (const char c : text) {
    if (!is_digit(c)) {
      return false;
    }
  }
  return !text.empty();
}

// ISO 7064 MOD 11,10: the next product for each product and digit.
constexpr auto kNextProduct = [] {
  std::array<std::array<std::uint8_t, 10>, 11> table{};
  for (std::size_t product = 1; product <= 10; ++product) {
    for (std::size_t digit = 0; digit < 10; ++digit) {
      const std::size_t sum = (product + digit) % 10;
      table[product][digit] = static_cast<std::uint8_t>(2 * (sum == 0 ? 10 : sum) % 11);
    }
  }
  return table;
}();

FaultCode parse_member(std::string_view text, std::int64_t& out) {
  constexpr std::size_t kDigits = 14;
  if (text.size() != kDigits) {
    return kMemberSyntax;
  }
  std::int64_t value = 0;
  std::size_t product = 10;
  std::size_t before = 0;
  for (const char c : text) {
    const auto digit = static_cast<std::size_t>(static_cast<unsigned char>(c)) - '0';
    if (digit > 9) {
      return kMemberSyntax;
    }
    before = product;
    product = kNextProduct[product][digit];
    value = value * 10 + static_cast<std::int64_t>(digit);
  }
  if (value < 1'000'000'000'000) {
    return kMemberSyntax;
  }
  out = value;
  return static_cast<std::int64_t>((11 - before) % 10) == value % 10 ? kNone : kMemberCheckDigit;
}

struct IdParts {
  Participant participant{};
  BusinessDate date{};
  std::string_view reference{};
};

FaultCode parse_id_parts(std::string_view text, Codes& codes, IdParts& parts) {
  constexpr std::size_t kDateDigits = 8;
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || text.size() < slash + kDateDigits + 3 ||
      text[slash + 1 + kDateDigits] != '/' || !valid_code(text.substr(0, slash))) {
    return kIdSyntax;
  }
  parts.reference = text.substr(slash + kDateDigits + 2);
  const std::string_view date_text = text.substr(slash + 1, kDateDigits);
  if (!valid_reference(parts.reference) || !all_digits(date_text)) {
    return kIdSyntax;
  }
  const std::optional<BusinessDate> date = BusinessDate::parse_compact(date_text);
  if (!date) {
    return kDateInvalid;
  }
  parts.date = *date;
  parts.participant = codes.find(text.substr(0, slash));
  return parts.participant.none() ? kUnknownParticipant : kNone;
}

FaultCode parse_id(std::string_view text, Codes& codes, TransactionId& id) {
  IdParts parts;
  if (const FaultCode code = parse_id_parts(text, codes, parts); code != kNone) {
    return code;
  }
  id.participant = parts.participant;
  id.date = parts.date;
  id.reference.fill('\0');
  std::memcpy(id.reference.data(), parts.reference.data(), parts.reference.size());
  return kNone;
}

FaultCode parse_entry_id(std::string_view text, Codes& codes, std::int64_t& out) {
  constexpr std::int64_t kNumberMax = 4'294'967'295;
  IdParts parts;
  if (const FaultCode code = parse_id_parts(text, codes, parts); code != kNone) {
    return code;
  }
  std::int64_t number = 0;
  if (parse_number(parts.reference, 0, kNumberMax, number) != kNone) {
    return kIdSyntax;
  }
  out = static_cast<std::int64_t>(
      EntryId(parts.participant, parts.date, static_cast<std::uint32_t>(number)).packed());
  return kNone;
}

FaultCode parse_signed(std::string_view text, std::int64_t& out) {
  if (!text.starts_with('-')) {
    return parse_number(text, 0, kAmountMax, out);
  }
  if (text == "-0") {
    return kNumberSyntax;
  }
  const FaultCode code = parse_number(text.substr(1), 0, kAmountMax, out);
  out = -out;
  return code;
}

FaultCode parse_word(std::span<const WordSpec> words, std::string_view text, std::int64_t& out) {
  for (const WordSpec& word : words) {
    if (word.text == text) {
      out = word.value;
      return kNone;
    }
  }
  return kWordUnknown;
}

// One or more of the letters A U D X in that order, as bits 0 to 3.
FaultCode parse_types(std::string_view text, std::int64_t& out) {
  constexpr std::string_view kLetters = "AUDX";
  out = 0;
  std::size_t next = 0;
  for (const char c : text) {
    const std::size_t place = kLetters.find(c, next);
    if (place == std::string_view::npos) {
      return kWordUnknown;
    }
    out |= std::int64_t{1} << place;
    next = place + 1;
  }
  return kNone;
}

FaultCode parse_account(std::string_view text) {
  constexpr std::size_t kAccountMax = 16;
  return text.size() <= kAccountMax && valid_reference(text) ? kNone : kAccountSyntax;
}

FaultCode parse_unit(std::string_view text) {
  constexpr std::size_t kUnitMax = 12;
  for (const char c : text) {
    if (c < 'a' || c > 'z') {
      return kUnitSyntax;
    }
  }
  return text.size() <= kUnitMax ? kNone : kUnitSyntax;
}

// The text is UTF-8: the line has been checked.
FaultCode parse_text(std::string_view text) {
  constexpr std::size_t kCharactersMax = 60;
  std::size_t characters = 0;
  for (const char c : text) {
    characters += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1U : 0U;
  }
  return characters <= kCharactersMax ? kNone : kTextLength;
}

FaultCode parse_digest(std::string_view text) {
  constexpr std::size_t kDigits = 64;
  for (const char c : text) {
    if (!is_digit(c) && (c < 'a' || c > 'f')) {
      return kDigestSyntax;
    }
  }
  return text.size() == kDigits ? kNone : kDigestSyntax;
}

FaultCode parse_hex(std::string_view text) {
  constexpr std::size_t kDigitsMax = 900;
  for (const char c : text) {
    if (!is_digit(c) && (c < 'a' || c > 'f')) {
      return kHexSyntax;
    }
  }
  return text.size() % 2 == 0 && text.size() <= kDigitsMax ? kNone : kHexSyntax;
}

template <class T>
FaultCode take(std::optional<T> parsed, FaultCode otherwise, std::int64_t& out) {
  if (!parsed) {
    return otherwise;
  }
  out = parsed->count();
  return kNone;
}

FaultCode parse_code(std::string_view text, Codes& codes, std::int64_t& out) {
  if (!valid_code(text)) {
    return kCodeSyntax;
  }
  out = codes.find(text).number();
  return out == 0 ? kUnknownParticipant : kNone;
}

}  // namespace

FaultCode parse_number(std::string_view text, std::int64_t min, std::int64_t max,
                       std::int64_t& out) {
  constexpr std::size_t kDigitsMax = 18;  // Fits int64; no column's maximum is longer.
  if (text.empty() || (text[0] == '0' && text.size() > 1)) {
    return kNumberSyntax;
  }
  if (text.size() > kDigitsMax) {
    return all_digits(text) ? kNumberRange : kNumberSyntax;
  }
  std::int64_t value = 0;
  for (const char c : text) {
    if (!is_digit(c)) {
      return kNumberSyntax;
    }
    value = value * 10 + (c - '0');
  }
  out = value;
  return value >= min && value <= max ? kNone : kNumberRange;
}

FaultCode parse_cell(const ColumnSpec& column, std::string_view text, Codes& codes, Cell& cell) {
  cell.text = text;
  cell.number = 0;
  if (column.type == ValueType::kId) {
    cell.id = {};
  }
  if (text.empty()) {
    return column.optional ? kNone : kValueMissing;
  }
  switch (column.type) {
    case ValueType::kCode:
      return parse_code(text, codes, cell.number);
    case ValueType::kNewCode:
      return valid_code(text) ? kNone : kCodeSyntax;
    case ValueType::kMember:
      return parse_member(text, cell.number);
    case ValueType::kSerial:
      return parse_number(text, 1, kSerialMax, cell.number);
    case ValueType::kId:
      return parse_id(text, codes, cell.id);
    case ValueType::kEntryId:
      return parse_entry_id(text, codes, cell.number);
    case ValueType::kDate:
      return take(BusinessDate::parse(text), kDateInvalid, cell.number);
    case ValueType::kMonth:
      return take(Month::parse(text), kMonthInvalid, cell.number);
    case ValueType::kPoints:
    case ValueType::kFen:
    case ValueType::kUnits:
      return parse_number(text, 0, kAmountMax, cell.number);
    case ValueType::kSigned:
      return parse_signed(text, cell.number);
    case ValueType::kNumber:
      return parse_number(text, column.min, column.max, cell.number);
    case ValueType::kFlag:
      return parse_number(text, 0, 1, cell.number);
    case ValueType::kAccount:
      return parse_account(text);
    case ValueType::kWord:
      return parse_word(column.words, text, cell.number);
    case ValueType::kTypes:
      return parse_types(text, cell.number);
    case ValueType::kUnit:
      return parse_unit(text);
    case ValueType::kText:
      return parse_text(text);
    case ValueType::kDigest:
      return parse_digest(text);
    case ValueType::kName:
      return valid_name(text) ? kNone : kNameSyntax;
    case ValueType::kOfficer:
      return valid_officer(text) ? kNone : kOfficerSyntax;
    case ValueType::kHex:
      return parse_hex(text);
  }
  check_failed("value type", __FILE__, __LINE__);
}

Digest digest_of(std::string_view hex) {
  const auto nibble = [](char c) {
    return static_cast<unsigned>(is_digit(c) ? c - '0' : c - 'a' + 10);
  };
  Digest digest{};
  check(hex.size() == 2 * digest.size(), "digits of a digest");
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = std::byte(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
  }
  return digest;
}

}  // namespace ph
