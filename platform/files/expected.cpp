// The cold half of values.h: what would be right, said with the concrete value where there is one.
#include <algorithm>
#include <array>
#include <string>

#include "core/home/member_columns.h"
#include "core/types/check.h"
#include "platform/files/values.h"

namespace ph {

namespace {

using enum FaultCode;

bool digits_only(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string range_text(std::int64_t min, std::int64_t max) {
  return "a number from " + std::to_string(min) + " to " + std::to_string(max);
}

std::string range_of(const ColumnSpec& column) {
  switch (column.type) {
    case ValueType::kSerial:
      return range_text(1, kSerialMax);
    case ValueType::kPoints:
    case ValueType::kFen:
    case ValueType::kUnits:
      return range_text(0, kAmountMax);
    case ValueType::kSigned:
      return range_text(-kAmountMax, kAmountMax);
    case ValueType::kFlag:
      return "1 for yes, 0 for no";
    case ValueType::kNumber:
      return range_text(column.min, column.max);
    case ValueType::kCode:
    case ValueType::kNewCode:
    case ValueType::kMember:
    case ValueType::kId:
    case ValueType::kEntryId:
    case ValueType::kDate:
    case ValueType::kMonth:
    case ValueType::kAccount:
    case ValueType::kWord:
    case ValueType::kTypes:
    case ValueType::kUnit:
    case ValueType::kText:
    case ValueType::kDigest:
    case ValueType::kName:
    case ValueType::kOfficer:
    case ValueType::kHex:
      break;
  }
  return "a value";
}

// A number with what cannot stand in it taken out, if that leaves one.
std::string number_without_faults(const ColumnSpec& column, std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      if (digits != "0") {
        digits += c;
      } else {
        digits = c;
      }
    } else if (c != ' ' && c != '_' && c != '\'' && !(c == '+' && digits.empty())) {
      return "digits alone: " + range_of(column);
    }
  }
  return digits.empty() ? range_of(column) : digits;
}

std::string right_member(std::string_view text) {
  constexpr std::size_t kDigits = 14;
  if (digits_only(text) && text.size() < kDigits) {
    return "14 digits; here are " + std::to_string(text.size());
  }
  return "14 digits, the first two a province from 01 to 99";
}

std::string right_check_digit(std::string_view text) {
  std::uint64_t first_13 = 0;
  for (const char c : text.substr(0, 13)) {
    first_13 = first_13 * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return std::string(text.substr(0, 13)) + std::to_string(Member::check_digit(first_13)) +
         " if the first 13 digits are right";
}

// For a day that there is not: the last one of its month; for another form: the same day as it is
// written.
std::string right_date(std::string_view text, bool compact) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits),
                       [](char c) { return c >= '0' && c <= '9'; });
  const auto written = [&](BusinessDate date) {
    return compact ? date.compact_text() : date.text();
  };
  if (digits.size() == 8) {
    if (const auto date = BusinessDate::parse_compact(digits)) {
      return written(*date);
    }
    const std::string month = digits.substr(0, 4) + "-" + digits.substr(4, 2);
    if (const auto parsed = Month::parse(month)) {
      return "a day of " + month + ", whose last is " + written(last_day(*parsed));
    }
  }
  return compact ? "YYYYMMDD from 20000101 to 20991231"
                 : "YYYY-MM-DD from 2000-01-01 to 2099-12-31";
}

std::string right_word(const ColumnSpec& column) {
  if (column.type == ValueType::kTypes) {
    return "one or more of the letters A U D X in that order";
  }
  std::string out = "one of";
  for (const WordSpec& word : column.words) {
    out += ' ';
    out += word.text;
  }
  return out;
}

std::string known_participants(const RuleBook* book) {
  constexpr std::size_t kNamedMax = 40;
  if (book == nullptr) {
    return "at most 65535 participants";
  }
  std::string out = "a participant of the rule book";
  if (book->participants().size() <= kNamedMax) {
    out += ':';
    for (const ParticipantRow& row : book->participants()) {
      out += ' ';
      out += row.code;
    }
  }
  return out;
}

// As it would be with what is usually wrong with it mended, if that gives a name.
std::string right_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool capital = c >= 'A' && c <= 'Z';
    name += capital ? static_cast<char>(c - 'A' + 'a') : c == '_' || c == ' ' ? '-' : c;
  }
  return valid_name(name) ? name + ", if the programme's file has that name"
                          : "1 to 24 of a-z 0-9 -, such as phone-credit";
}

std::string right_hex(std::string_view text) {
  return std::to_string(text.size()) +
         " characters are here: an even number, 2 to 900, of 0-9 and a-f";
}

std::string right_digest(std::string_view text) {
  if (text.size() != 64) {
    return "64 digits; here are " + std::to_string(text.size());
  }
  return "digits 0-9 and a-f alone";
}

}  // namespace

std::string expected_value(const ColumnSpec& column, FaultCode code, std::string_view text,
                           const RuleBook* book) {
  const bool entry = column.type == ValueType::kEntryId;
  if (code == kValueMissing) {
    return "a value of type " + std::string(word(column.type));
  }
  if (code == kNumberSyntax && column.type != ValueType::kFlag) {
    return number_without_faults(column, text);
  }
  if (code == kNumberRange || code == kNumberSyntax) {
    return range_of(column);
  }
  if (code == kDateInvalid) {
    const bool id = entry || column.type == ValueType::kId;
    return id ? right_date(text.substr(text.find('/') + 1, 8), true) : right_date(text, false);
  }
  if (code == kMonthInvalid) {
    return "YYYY-MM from 2000-01 to 2099-12";
  }
  if (code == kIdSyntax) {
    return entry ? "<code>/<YYYYMMDD>/<number>, such as P02/20070403/17"
                 : "<code>/<YYYYMMDD>/<reference>, such as P02/20070403/17";
  }
  if (code == kCodeSyntax) {
    return "a capital and 1 to 11 capitals and digits, such as P02";
  }
  if (code == kMemberSyntax) {
    return right_member(text);
  }
  if (code == kMemberCheckDigit) {
    return right_check_digit(text);
  }
  if (code == kWordUnknown) {
    return right_word(column);
  }
  if (code == kDigestSyntax) {
    return right_digest(text);
  }
  if (code == kNameSyntax) {
    return right_name(text);
  }
  if (code == kOfficerSyntax || code == kAccountSyntax) {
    return "1 to 16 of A-Z a-z 0-9 -; here are " + std::to_string(text.size()) + " bytes";
  }
  if (code == kHexSyntax) {
    return right_hex(text);
  }
  if (code == kUnknownParticipant) {
    return known_participants(book);
  }
  return std::string(info(code).remedy);
}

}  // namespace ph
