// The columns of every row of every CSV input file, as data: the same table drives parsing, checks,
// messages and the comparison with docs/formats.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "platform/files/read.h"

namespace ph {

enum class ValueType : std::uint8_t {
  kCode,     // a participant: known in the rule book
  kNewCode,  // a participant: made known by this row
  kMember,
  kSerial,
  kId,
  kEntryId,
  kDate,
  kMonth,
  kPoints,
  kFen,
  kUnits,
  kSigned,
  kNumber,
  kFlag,
  kAccount,
  kWord,
  kTypes,  // the letters of a contract
  kUnit,   // the name of a partner's unit
  kText,
  kDigest,
  kName,     // of a programme: a plan, a level, an item
  kOfficer,  // a staff code
  kHex,
};

// A word of a column and the number it stands for.
struct WordSpec {
  std::string_view text{};
  std::uint8_t value{};
};

struct ColumnSpec {
  std::string_view name{};
  ValueType type{};
  bool optional{};
  std::span<const WordSpec> words{};  // of kWord
  std::int64_t min{};                 // of kNumber
  std::int64_t max{};
};

struct KindSpec {
  std::string_view name{};
  std::uint8_t number{};  // its place in the file type, from 0
  std::span<const ColumnSpec> columns{};
  bool last_may_lack{};  // the last column is optional, and may be left out with its comma
};

inline constexpr std::size_t kColumnsMax = 20;

[[nodiscard]] std::span<const FileType> all_file_types();
[[nodiscard]] std::span<const KindSpec> kinds_of(FileType type);
[[nodiscard]] std::string_view word(ValueType type);

// `type,kind,column,value type,optional|required`, a line each.
void print_formats(std::string& out);

}  // namespace ph
