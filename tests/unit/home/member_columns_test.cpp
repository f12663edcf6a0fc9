// Rows of members as bytes: which ones are right, and what their fingerprint is.
#include "core/home/member_columns.h"

#include <gtest/gtest.h>
#include <algorithm>

#include <cstring>
#include <fstream>
#include <functional>
#include <set>
#include <string>

#include "core/home/carried_out.h"
#include "core/home/fingerprint.h"
#include "core/home/home.h"
#include "tests/support/checkout.h"

namespace ph {
namespace PH_FILE {

std::vector<MemberKind> all_kinds() {
  std::vector<MemberKind> kinds;
  for (int number = kMemberKindFirst; number <= kMemberKindLast; ++number) {
    kinds.push_back(static_cast<MemberKind>(number));
  }
  return kinds;
}

template <std::size_t N>
std::array<char, N> padded(std::string_view text) {
  std::array<char, N> out{};
  std::ranges::copy(text, out.begin());
  return out;
}

TransactionId id_of(std::string_view reference) {
  return {.participant = Participant(1),
          .date = BusinessDate::of(2007, 4, 5),
          .reference = padded<24>(reference)};
}

SheetInputRow input_of(std::string_view name) {
  return {.name = padded<24>(name), .value = 3};
}

std::size_t nth(MemberField field, MemberField first) {
  return static_cast<std::size_t>(field) - static_cast<std::size_t>(first);
}

// A right value of a column.
void give(MemberRow& row, const MemberColumn& column) {
  using F = MemberField;
  constexpr std::array<std::string_view, 3> kNames{"plan-88", "abcdefghijklmnopqrstuvw-", "9"};
  constexpr std::array<std::int64_t, 3> kFen{7, 3, 4};
  switch (column.field) {
    case F::kMember:
      row.member = Member::make(Participant(1), 1);
      return;
    case F::kOther:
      row.other = Member::make(Participant(1), 2);
      return;
    case F::kPartner:
      return;
    case F::kAccount:
      row.account = padded<16>("A-1001");
      return;
    case F::kMonth:
      row.month = Month(80);
      return;
    case F::kDate:
      row.date = BusinessDate(1000);
      return;
    case F::kUntilMonth:
    case F::kUntilDate:
      row.until = 1001;
      return;
    case F::kWord:
      row.word = 2;
      return;
    case F::kFlag0:
    case F::kFlag1:
      row.flag.at(nth(column.field, F::kFlag0)) = 1;
      return;
    case F::kNumber0:
    case F::kNumber1:
    case F::kNumber2:
      row.number.at(nth(column.field, F::kNumber0)) = 1;
      return;
    case F::kName0:
    case F::kName1:
    case F::kName2:
      row.name.at(nth(column.field, F::kName0)) =
          padded<24>(kNames.at(nth(column.field, F::kName0)));
      return;
    case F::kId:
      row.id = id_of("o-1");
      return;
    case F::kParent:
      row.parent = id_of("17");
      return;
    case F::kPoints:
    case F::kUnits:
    case F::kChange:
      row.points = 5;
      return;
    case F::kFen0:
    case F::kFen1:
    case F::kFen2:
      row.fen.at(nth(column.field, F::kFen0)) = kFen.at(nth(column.field, F::kFen0));
      if (column.optional) {
        row.flag.at(nth(column.field, F::kFen0)) = 1;
      }
      return;
    case F::kOfficer:
      row.officer = padded<16>("Shop-12");
      return;
  }
}

// A right row of each kind, with whatever the kind may have.
MemberRow sample(MemberKind kind) {
  MemberRow row{.kind = kind};
  for (const MemberColumn& column : columns_of(kind)) {
    give(row, column);
  }
  row.inputs = kind == MemberKind::kSheet ? 2 : 0;
  return row;
}

std::vector<SheetInputRow> inputs_for(const MemberRow& row) {
  return row.inputs == 0 ? std::vector<SheetInputRow>()
                         : std::vector{input_of("nature"), input_of("strength")};
}

bool right(const MemberRow& row) {
  return right_member_row(row, inputs_for(row));
}

TEST(MemberColumns, EveryKindHasItsWordAndColumns) {
  std::set<std::string_view> words;
  for (const MemberKind kind : all_kinds()) {
    words.insert(word(kind));
    EXPECT_EQ(word(static_cast<RowKind>(kind)), word(kind));
    EXPECT_FALSE(columns_of(kind).empty()) << word(kind);
  }
  EXPECT_EQ(words.size(), kMemberKinds);
  EXPECT_EQ(word(MemberKind::kAccount), "ACCOUNT");
  EXPECT_EQ(word(MemberKind::kOwner), "OWNER");
  EXPECT_EQ(word(MemberKind::kSpent), "SPENT");
  EXPECT_EQ(word(RowKind::kWithdraw), "WITHDRAW");
}

TEST(MemberColumns, ARightRowOfEachKindIsRightAndComesBackFromItsBytes) {
  for (const MemberKind kind : all_kinds()) {
    const MemberRow row = sample(kind);
    EXPECT_TRUE(right(row)) << word(kind);
    const auto inputs = inputs_for(row);
    const auto back = right_member_row(bytes_of(row, inputs));
    ASSERT_TRUE(back.has_value()) << word(kind);
    EXPECT_EQ(back->row, row);
    EXPECT_EQ(back->inputs, inputs);
  }
}

// Where a column's value stands in the row.
std::pair<std::size_t, std::size_t> place_of(MemberField field) {
  const auto from = [field](MemberField first) { return nth(field, first); };
  switch (field) {
    case MemberField::kMember:
      return {24, 8};
    case MemberField::kOther:
      return {32, 8};
    case MemberField::kPartner:
      return {0, 0};
    case MemberField::kAccount:
      return {40, 16};
    case MemberField::kMonth:
      return {4, 2};
    case MemberField::kDate:
      return {6, 2};
    case MemberField::kUntilMonth:
    case MemberField::kUntilDate:
      return {8, 2};
    case MemberField::kWord:
      return {1, 1};
    case MemberField::kFlag0:
    case MemberField::kFlag1:
      return {2 + from(MemberField::kFlag0), 1};
    case MemberField::kNumber0:
    case MemberField::kNumber1:
    case MemberField::kNumber2:
      return {12 + 4 * from(MemberField::kNumber0), 4};
    case MemberField::kName0:
    case MemberField::kName1:
    case MemberField::kName2:
      return {56 + 24 * from(MemberField::kName0), 24};
    case MemberField::kId:
      return {136, 28};
    case MemberField::kParent:
      return {164, 28};
    case MemberField::kPoints:
    case MemberField::kUnits:
    case MemberField::kChange:
      return {192, 8};
    case MemberField::kFen0:
    case MemberField::kFen1:
    case MemberField::kFen2:
      return {200 + 8 * from(MemberField::kFen0), 8};
    case MemberField::kOfficer:
      return {224, 16};
  }
  return {0, 0};
}

TEST(MemberColumns, RefusesAByteWhereTheKindHasNothing) {
  for (const MemberKind kind : all_kinds()) {
    const MemberRow row = sample(kind);
    std::vector<std::byte> bytes = bytes_of(row, inputs_for(row));
    std::set<std::size_t> has{0};
    for (const MemberColumn& column : columns_of(kind)) {
      const auto place = place_of(column.field);
      for (std::size_t n = 0; n < place.second; ++n) {
        has.insert(place.first + n);
      }
      if (column.optional && column.field >= MemberField::kFen0 &&
          column.field <= MemberField::kFen2) {
        has.insert(2 + (place.first - 200) / 8);
      }
    }
    for (std::size_t at = 0; at < sizeof row; ++at) {
      if (!has.contains(at)) {
        bytes[at] ^= std::byte{1};
        EXPECT_FALSE(right_member_row(bytes).has_value()) << word(kind) << ", byte " << at;
        bytes[at] ^= std::byte{1};
      }
    }
  }
}

using Change = std::function<void(MemberRow&)>;

void refuses(MemberKind kind, const std::vector<Change>& changes) {
  for (std::size_t n = 0; n < changes.size(); ++n) {
    MemberRow row = sample(kind);
    changes[n](row);
    EXPECT_FALSE(right(row)) << word(kind) << ", change " << n;
  }
}

TEST(MemberColumns, RefusesValuesOutOfTheirRange) {
  refuses(MemberKind::kAccount,
          {[](MemberRow& row) { row.kind = static_cast<MemberKind>(20); },
           [](MemberRow& row) { row.kind = static_cast<MemberKind>(52); },
           [](MemberRow& row) { row.word = 0; },
           [](MemberRow& row) { row.word = 7; },
           [](MemberRow& row) { row.flag[0] = 2; },
           [](MemberRow& row) { row.flag[1] = 2; },
           [](MemberRow& row) { row.month = Month(Month::kCount); },
           [](MemberRow& row) { row.number[0] = 0; },
           [](MemberRow& row) { row.number[0] = 10; },
           [](MemberRow& row) { row.number[1] = 1; },
           [](MemberRow& row) { row.member = Member(row.member.number() + 1); },
           [](MemberRow& row) { row.member = {}; },
           [](MemberRow& row) { row.account = {}; },
           [](MemberRow& row) { row.account = padded<16>("A 1"); },
           [](MemberRow& row) { row.account[15] = '1'; },
           [](MemberRow& row) { row.zero = 1; },
           [](MemberRow& row) { row.zero_end = 1; },
           [](MemberRow& row) { row.lot = 1; },
           [](MemberRow& row) { row.id = id_of("x"); },
           [](MemberRow& row) { row.inputs = 1; }});
  refuses(MemberKind::kBillSplit, {[](MemberRow& row) { row.fen[0] = -1; },
                                   [](MemberRow& row) { row.fen[0] = 100'000'000'001; },
                                   [](MemberRow& row) { row.fen[1] = -1; }});
  refuses(
      MemberKind::kVipPropose,
      {[](MemberRow& row) { row.name[0] = padded<24>("Gold"); },
       [](MemberRow& row) { row.name[0] = {}; },
       [](MemberRow& row) { row.officer = padded<16>("Wang Li"); },
       [](MemberRow& row) { row.officer = {}; }, [](MemberRow& row) { row.until = Month::kCount; },
       [](MemberRow& row) { row.id = {}; }, [](MemberRow& row) { row.id.reference[23] = 'x'; }});
  refuses(MemberKind::kGrade,
          {[](MemberRow& row) { row.date = BusinessDate(BusinessDate::kCount); },
           [](MemberRow& row) { row.until = BusinessDate::kCount; }});
  refuses(MemberKind::kOrderState,
          {[](MemberRow& row) { row.flag[0] = 0; }, [](MemberRow& row) { row.flag[1] = 2; },
           [](MemberRow& row) { row.parent = {}; }});
  refuses(MemberKind::kFixedIn, {[](MemberRow& row) { row.points = -1; }});
}

TEST(MemberColumns, OptionalValuesMayLack) {
  MemberRow event = sample(MemberKind::kEvent);
  event.name = {};
  event.number = {};
  EXPECT_TRUE(right(event));
  MemberRow merge = sample(MemberKind::kMerge);
  merge.account = {};
  EXPECT_TRUE(right(merge));
  MemberRow order = sample(MemberKind::kOrder);
  order.other = {};
  EXPECT_TRUE(right(order));
  MemberRow grade = sample(MemberKind::kGrade);
  grade.until = 0;
  EXPECT_TRUE(right(grade));
  MemberRow state = sample(MemberKind::kOrderState);
  state.fen = {};
  EXPECT_TRUE(right(state));  // 0 fen, given
  state.flag = {};
  EXPECT_TRUE(right(state));
  MemberRow stock = sample(MemberKind::kStock);
  stock.points = -100'000'000'000;
  EXPECT_TRUE(right(stock));
}

TEST(MemberColumns, RefusesValuesThatDoNotGoTogether) {
  refuses(MemberKind::kBillSplit, {[](MemberRow& row) {
                                     row.fen = {6, 3, 4};
                                   },
                                   [](MemberRow& row) {
                                     row.fen = {2, 3, 0};
                                   }});
  refuses(MemberKind::kMerge, {[](MemberRow& row) { row.other = row.member; }});
  refuses(MemberKind::kGrade,
          {[](MemberRow& row) { row.until = static_cast<std::uint16_t>(row.date.count()); }});
  refuses(MemberKind::kOrderState, {[](MemberRow& row) { row.word = 1; }});
  refuses(MemberKind::kComplaint, {[](MemberRow& row) { row.parent = row.id; }});
  MemberRow split = sample(MemberKind::kBillSplit);
  EXPECT_TRUE(right(split));  // 7 = 3 + 4: nothing is left, and that is fine
  split.fen[2] = 5;
  EXPECT_EQ(breach_of(split)->column, "collected");
}

TEST(MemberColumns, ASheetHasItsInputsOnceEach) {
  const MemberRow sheet = sample(MemberKind::kSheet);
  const SheetInputRow one = input_of("nature");
  EXPECT_FALSE(right_member_row(sheet, std::vector{one}));
  EXPECT_FALSE(right_member_row(sheet, std::vector{one, one}));
  for (const Change& change : std::vector<Change>{[](MemberRow& row) { row.inputs = 0; },
                                                  [](MemberRow& row) { row.inputs = 65; }}) {
    MemberRow other = sheet;
    change(other);
    EXPECT_FALSE(right_member_row(other, std::vector<SheetInputRow>(other.inputs, one)));
  }
  for (SheetInputRow wrong :
       {SheetInputRow{.name = padded<24>("x"), .value = -1},
        SheetInputRow{.name = padded<24>("x"), .points = -2},
        SheetInputRow{.name = padded<24>("x"), .points = 1'000'001}, SheetInputRow{}}) {
    EXPECT_FALSE(right_member_row(sheet, std::vector{one, wrong}));
  }
}

TEST(MemberColumns, RefusesBytesThatAreCutOrGoOn) {
  const MemberRow sheet = sample(MemberKind::kSheet);
  std::vector<std::byte> bytes = bytes_of(sheet, inputs_for(sheet));
  ASSERT_EQ(bytes.size(), 248U + 2 * 40);
  EXPECT_TRUE(right_member_row(bytes).has_value());
  bytes.push_back(std::byte{0});
  EXPECT_FALSE(right_member_row(bytes).has_value());
  while (!bytes.empty()) {
    bytes.resize(bytes.size() - 1);
    EXPECT_EQ(right_member_row(bytes).has_value(), bytes.size() == 248U + 2 * 40);
  }
}

// Each line: the fingerprint and the bytes, as tests/oracle/member_rows.py makes them.
TEST(MemberFingerprint, IsWhatTheSecondImplementationComputes) {
  std::ifstream table(test::in_checkout("tests/files/member_rows.csv"));
  const auto number = [](const std::string& text, std::size_t at, std::size_t digits) {
    return static_cast<std::uint32_t>(std::stoul(text.substr(at, digits), nullptr, 16));
  };
  int rows = 0;
  for (std::string line; std::getline(table, line); ++rows) {
    std::vector<std::byte> bytes;
    for (std::size_t at = 33; at < line.size(); at += 2) {
      bytes.push_back(static_cast<std::byte>(number(line, at, 2)));
    }
    const auto request = right_member_row(bytes);
    ASSERT_TRUE(request.has_value()) << "line " << rows + 1;
    const Fingerprint print = fingerprint(request->row, request->inputs);
    for (std::size_t n = 0; n < print.size(); ++n) {
      EXPECT_EQ(print.at(n), number(line, n * 8, 8)) << "line " << rows + 1;
    }
  }
  EXPECT_EQ(rows, 13);
}

TEST(MemberFingerprint, DiffersWithEveryByteOfTheRowAndItsInputs) {
  std::set<Fingerprint> prints;
  const MemberRow row = sample(MemberKind::kSheet);
  const std::vector<std::byte> bytes = bytes_of(row, inputs_for(row));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::vector<std::byte> other = bytes;
    other[at] ^= std::byte{1};
    MemberRow changed;
    std::vector<SheetInputRow> inputs(2);
    std::memcpy(&changed, other.data(), sizeof changed);
    std::memcpy(inputs.data(), other.data() + sizeof changed, 2 * sizeof(SheetInputRow));
    prints.insert(fingerprint(changed, inputs));
  }
  EXPECT_EQ(prints.size(), bytes.size());
}

DayFile day_of(std::initializer_list<MemberKind> kinds) {
  DayFile file{.rows = {{.kind = RowKind::kBill, .line = 2}}};
  for (const MemberKind kind : kinds) {
    file.rows.push_back({.kind = static_cast<RowKind>(kind),
                         .line = static_cast<std::uint32_t>(file.rows.size() + 2),
                         .first_child = static_cast<std::uint32_t>(file.member_rows.size())});
    file.member_rows.push_back(sample(kind));
  }
  return file;
}

TEST(RefusedRow, WithoutAProgrammeNoRowOfMembersIsTaken) {
  EXPECT_FALSE(refused_row(day_of({}), false).has_value());
  EXPECT_FALSE(refused_row(day_of({}), true).has_value());
  for (const MemberKind kind : all_kinds()) {
    const auto row = refused_row(day_of({kind}), false);
    ASSERT_TRUE(row.has_value()) << word(kind);
    EXPECT_TRUE(row->no_programme);
    EXPECT_EQ(row->line, 3U);
    EXPECT_EQ(row->kind, word(kind));
  }
}

TEST(RefusedRow, WithAProgrammeTheFirstThatThisBuildDoesNotCarryOut) {
  for (const MemberKind kind : all_kinds()) {
    const auto row = refused_row(day_of({kind}), true);
    EXPECT_EQ(row.has_value(), !carried_out(kind)) << word(kind);
    EXPECT_TRUE(!row || (!row->no_programme && row->kind == word(kind)));
  }
}

TEST(RefusedRow, AStandingIsOneOfThemWithoutAProgramme) {
  DayFile file = day_of({});
  file.rows.push_back({.kind = RowKind::kMoveIn, .line = 3});
  EXPECT_FALSE(refused_row(file, false).has_value());
  file.standings.push_back({.row = 1, .first = 0, .size = 1});
  EXPECT_EQ(refused_row(file, false)->kind, "STANDING");
  EXPECT_EQ(first_member_row(file)->line, 3U);
  EXPECT_FALSE(refused_row(file, true).has_value());
}

}  // namespace PH_FILE
}  // namespace ph
