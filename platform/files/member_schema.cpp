#include "platform/files/member_schema.h"

#include <array>

#include "core/types/amount.h"
#include "core/types/check.h"

namespace ph {

namespace {

constexpr std::size_t kMemberColumnsMax = 10;
constexpr std::size_t kWordsMax = 8;

ValueType type_of(MemberField field) {
  switch (field) {
    case MemberField::kMember:
    case MemberField::kOther:
      return ValueType::kMember;
    case MemberField::kPartner:
      return ValueType::kCode;
    case MemberField::kAccount:
      return ValueType::kAccount;
    case MemberField::kMonth:
    case MemberField::kUntilMonth:
      return ValueType::kMonth;
    case MemberField::kDate:
    case MemberField::kUntilDate:
      return ValueType::kDate;
    case MemberField::kWord:
      return ValueType::kWord;
    case MemberField::kFlag0:
    case MemberField::kFlag1:
      return ValueType::kFlag;
    case MemberField::kNumber0:
    case MemberField::kNumber1:
    case MemberField::kNumber2:
      return ValueType::kNumber;
    case MemberField::kName0:
    case MemberField::kName1:
    case MemberField::kName2:
      return ValueType::kName;
    case MemberField::kId:
    case MemberField::kParent:
      return ValueType::kId;
    case MemberField::kPoints:
      return ValueType::kPoints;
    case MemberField::kUnits:
      return ValueType::kUnits;
    case MemberField::kChange:
      return ValueType::kSigned;
    case MemberField::kFen0:
    case MemberField::kFen1:
    case MemberField::kFen2:
      return ValueType::kFen;
    case MemberField::kOfficer:
      return ValueType::kOfficer;
  }
  check_failed("field of a member's row", __FILE__, __LINE__);
}

// Spans point into the tables beside them: made once, never moved.
class MemberSchema {
 public:
  MemberSchema() {
    for (std::size_t n = 0; n < kMemberKinds; ++n) {
      const auto number = static_cast<std::uint8_t>(kMemberKindFirst + n);
      const auto kind = static_cast<MemberKind>(number);
      const auto from = columns_of(kind);
      auto& to = columns_[n];
      to[0] = {.name = "serial", .type = ValueType::kSerial};
      for (std::size_t i = 0; i < from.size(); ++i) {
        to.at(i + 1) = column_of(n, from[i]);
      }
      kinds_[n] = {word(kind), number, std::span(to).first(from.size() + 1)};
    }
  }
  MemberSchema(const MemberSchema&) = delete;
  MemberSchema& operator=(const MemberSchema&) = delete;

  [[nodiscard]] std::span<const KindSpec> kinds() const { return kinds_; }

 private:
  ColumnSpec column_of(std::size_t kind, const MemberColumn& column) {
    auto& words = words_[kind];  // A kind has one column of words at most.
    for (std::size_t i = 0; i < column.words.size(); ++i) {
      words.at(i) = {column.words[i], static_cast<std::uint8_t>(i + 1)};
    }
    return {.name = column.name,
            .type = type_of(column.field),
            .optional = column.optional,
            .words = std::span(words).first(column.words.size()),
            .min = column.min,
            .max = column.max};
  }

  std::array<std::array<ColumnSpec, kMemberColumnsMax>, kMemberKinds> columns_{};
  std::array<std::array<WordSpec, kWordsMax>, kMemberKinds> words_{};
  std::array<KindSpec, kMemberKinds> kinds_{};
};

constexpr ColumnSpec kInputColumns[] = {
    {.name = "input", .type = ValueType::kName},
    {.name = "value", .type = ValueType::kNumber, .min = 0, .max = kAmountMax},
    {.name = "points",
     .type = ValueType::kNumber,
     .optional = true,
     .min = 0,
     .max = kSheetPointsMax}};
constexpr ColumnSpec kStandingColumns[] = {{.name = "payload", .type = ValueType::kHex}};

}  // namespace

std::span<const KindSpec> member_kinds() {
  static const MemberSchema kSchema;
  return kSchema.kinds();
}

std::span<const ColumnSpec> sheet_input_columns() {
  return kInputColumns;
}

std::span<const ColumnSpec> standing_columns() {
  return kStandingColumns;
}

}  // namespace ph
