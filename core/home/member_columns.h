// The columns of the rows of members, as data: where each value stands in a MemberRow, and what it
// may be (docs/formats.md, section 2). The reader of files, the journal and whoever shows a row go
// by this one table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/home/member_row.h"

namespace ph {

// Where a column's value stands, and with that its type. Those of one array follow each other.
enum class MemberField : std::uint8_t {
  kMember,
  kOther,
  kPartner,  // a code: the participant of the row's id, which stands nowhere else
  kAccount,
  kMonth,
  kDate,
  kUntilMonth,
  kUntilDate,
  kWord,
  kFlag0,
  kFlag1,
  kNumber0,
  kNumber1,
  kNumber2,
  kName0,
  kName1,
  kName2,
  kId,
  kParent,
  kPoints,
  kUnits,   // in `points`
  kChange,  // in `points`, with a sign
  // An optional one sets the flag of its place when it is given: nothing isn't 0 fen.
  kFen0,
  kFen1,
  kFen2,
  kOfficer,
};

struct MemberColumn {
  std::string_view name{};
  MemberField field{};
  bool optional{};
  std::span<const std::string_view> words{};  // of kWord; the first one is 1
  std::int64_t min{};                         // of a number; an optional one begins at 1
  std::int64_t max{};
};

inline constexpr std::uint8_t kMemberKindFirst = 21;
inline constexpr std::uint8_t kMemberKindLast = 51;
inline constexpr std::size_t kMemberKinds = kMemberKindLast - kMemberKindFirst + 1;
[[nodiscard]] constexpr bool valid_member_kind(MemberKind kind) {
  const auto number = static_cast<std::uint8_t>(kind);
  return number >= kMemberKindFirst && number <= kMemberKindLast;
}

inline constexpr std::size_t kSheetInputsMax = 64;          // below one SHEET
inline constexpr std::int64_t kSheetPointsMax = 1'000'000;  // of one input, by the grader

// As it stands in files. The kind must be one of those there are.
[[nodiscard]] std::string_view word(MemberKind kind);
// In the order of the row, without its serial.
[[nodiscard]] std::span<const MemberColumn> columns_of(MemberKind kind);

// 1 to 24 of a-z 0-9 -, and 1 to 16 of A-Z a-z 0-9 -.
[[nodiscard]] bool valid_name(std::string_view text);
[[nodiscard]] bool valid_officer(std::string_view text);
// Without the zero bytes that pad it.
[[nodiscard]] std::string_view text_of(const NameText& name);
[[nodiscard]] std::string_view text_of(const OfficerText& officer);

// What values of a row, each right by itself, must be beside each other.
enum class MemberRule : std::uint8_t {
  kSplitNotBelowZero,   // BILL_SPLIT: third_party and collected are parts of the total
  kIntoAnother,         // MERGE: `into` is another number
  kEndsAfterItBegins,   // GRADE: `to` is after `from`
  kCostsWhenDelivered,  // ORDER_STATE: cost and freight with DELIVERED alone
  kCitesAnother,        // a row doesn't cite itself
};
struct MemberBreach {
  MemberRule rule{};
  std::string_view column{};
};
[[nodiscard]] std::optional<MemberBreach> breach_of(const MemberRow& row);

// Could a reader have made this row with these inputs? Of what was not written by this build's
// reader just now: bytes of a journal, a request. Kind, words, numbers and texts in their ranges,
// members with their check digits, padding and whatever the kind hasn't got zero.
[[nodiscard]] bool right_member_row(const MemberRow& row, std::span<const SheetInputRow> inputs);

// The same of a row that came live: a kind without the column `id` may have the request's.
[[nodiscard]] bool right_live_row(const MemberRow& row, std::span<const SheetInputRow> inputs);

// The same of the bytes of a MEMBER command: the row, then its inputs, nothing behind them.
struct MemberRequest {
  MemberRow row{};
  std::vector<SheetInputRow> inputs{};
};
[[nodiscard]] std::optional<MemberRequest> right_member_row(std::span<const std::byte> bytes);
[[nodiscard]] std::vector<std::byte> bytes_of(const MemberRow& row,
                                              std::span<const SheetInputRow> inputs);

}  // namespace ph
