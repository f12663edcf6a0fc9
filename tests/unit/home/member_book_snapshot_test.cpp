// The snapshot of a home with a programme, layout 4: what was saved goes on as if nothing had been
// (docs/journal.md, section 3); what was damaged gives no home.
#include <gtest/gtest.h>

#include "core/home/header.h"
#include "tests/unit/home/members.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const Month kMarch = month_of(2007, 3);

std::vector<Row> first_rows() {
  return {account_row(kAnn, "A-1", month_of(2005, 5), 2),
          bill(kAnn, kMarch, 12'345, "A-1"),
          bill(kAnn, kMarch, 100'000'000'000, "A-2"),
          bill(kBob, kMarch, 5'000, "B-1"),
          earn(kBob, kMarch, 30, Source::kTenure, 1),
          spent(kBob, "B-1", month_of(2007, 1), 900, true)};
}
std::vector<Row> second_rows() {
  return {profile(kAnn), rebill(kAnn, kMarch, {}, 12'345, 9'000, "A-1"),
          bill(kBob, month_of(2007, 4), 700, "B-1"), account_end(kAnn, "A-2")};
}
std::vector<Row> third_rows() {
  return {profile(kBob), bill(kAnn, month_of(2007, 4), 4'000, "A-1"),
          unearn(kBob, LotId(kP1, kDay, 5), 10)};
}

ProgrammeNode with_programme() {
  ProgrammeNode node;
  node.take(kDay.plus_days(-1), {bill(kAnn, month_of(2007, 2), 8'000, "A-1")});
  node.give(small_programme(on(2007, 3, 1)));
  node.take(kDay, first_rows());
  return node;
}

TEST(MemberBookSnapshot, AStartGivesTheStateThatTheWholeJournalMakes) {
  ProgrammeNode straight = with_programme();
  ProgrammeNode started = with_programme();
  started.reload();
  EXPECT_EQ(saved_bytes(started.home()), saved_bytes(straight.home()));
  for (int day = 1; day <= 2; ++day) {
    const auto rows = day == 1 ? second_rows() : third_rows();
    const DayResult expected = straight.take(kDay.plus_days(day), rows);
    const DayResult result = started.take(kDay.plus_days(day), rows);
    EXPECT_EQ(movements_of(result), movements_of(expected));
    EXPECT_EQ(returned_of(result), returned_of(expected));
    EXPECT_FALSE(expected.movements.empty());
    started.reload();
    EXPECT_EQ(saved_bytes(started.home()), saved_bytes(straight.home()));
  }
  EXPECT_EQ(started.rating_points(kBob, kMarch), 50 + 30 - 10);
}

TEST(MemberBookSnapshot, OfAHomeWithoutAProgrammeIsAsBefore) {
  ProgrammeNode node;
  node.take(kDay, {bill(kAnn, kMarch, 8'000)});
  HomeHeader header;
  const auto saved = saved_bytes(node.home());
  std::memcpy(&header, saved.data(), sizeof header);
  EXPECT_EQ(header.layout, 1);
}

TEST(MemberBookSnapshot, HasTheDocumentedBytes) {
  ProgrammeNode node(small_programme(on(2007, 4, 5)));
  const auto saved = saved_bytes(node.home());
  // Header, that of live events, that of the book, a version.
  ASSERT_EQ(saved.size(), 96U + 104U + 208U + 40U);
  EXPECT_EQ(std::to_integer<int>(saved[4]), 4);
  const std::string_view magic("PHM1\x01\x00\x00\x00\x01", 9);
  EXPECT_EQ(std::memcmp(saved.data() + 200, magic.data(), magic.size()), 0);
  EXPECT_EQ(saved[408], std::byte{1});  // the blob
}

TEST(MemberBookSnapshot, NeedsTheProgrammeThatItNames) {
  const ProgrammeNode node = with_programme();
  EXPECT_FALSE(loaded_home(saved_bytes(node.home())).has_value());
  ProgrammeNode other(small_programme(on(2007, 4, 6)));
  EXPECT_FALSE(other.loaded(saved_bytes(node.home())).has_value());
}

// Where the book's tables begin, from its header on.
struct Places {
  std::size_t header{};
  std::size_t accounts{};
  std::size_t members{};
  std::size_t other{};
  std::size_t large{};
  std::size_t origins{};
  std::size_t end{};
};
Places places_in(const std::vector<std::byte>& saved, const MemberBook& book, std::size_t lots) {
  Places out;
  out.end = saved.size();
  out.origins = out.end - lots * 4;
  out.large = out.origins - 16;
  out.other = out.large - 16;
  out.members = out.other - book.members() * 64;
  out.accounts = out.members - book.accounts() * 136;
  out.header = out.accounts - 40 - 208;
  return out;
}

struct Damage {
  const char* what{};
  std::size_t at{};
  std::vector<int> bytes{};
};

TEST(MemberBookSnapshot, RefusesWhatLeadsAstray) {
  const ProgrammeNode node = with_programme();
  const std::vector<std::byte> saved = saved_bytes(node.home());
  ASSERT_TRUE(node.loaded(saved).has_value());
  const Places at = places_in(saved, node.book(), 2);
  const std::size_t slot = kMarch.count() % 24;
  const std::vector<Damage> all{
      {"another layout", at.header + 4, {2}},
      {"a table that nothing fills", at.header + 8 + 4 * 8, {1}},
      {"an account fewer", at.header + 16, {2}},
      {"another day of the version", at.header + 208 + 32, {0}},
      {"an account without a name", at.accounts, {0}},
      {"a name twice", at.accounts + 136 + 2, {'1'}},
      {"a member that isn't there", at.accounts + 16, {9}},
      {"another's account", at.accounts + 16, {1}},
      {"a chain that doesn't end", at.accounts + 136 + 20, {0, 0, 0, 0}},
      {"a chain that leads nowhere", at.accounts + 20, {77, 0, 0, 0}},
      {"a chain that leaves one out", at.accounts + 20, {255, 255, 255, 255}},
      {"no such joining month", at.accounts + 24, {255, 127}},
      {"a newest month before the bills", at.accounts + 28, {3, 0}},
      {"a plan that no version has", at.accounts + 30, {1}},
      {"points of no bill", at.accounts + 32, {255, 255, 255}},
      {"a bit of no month", at.accounts + 35, {1}},
      {"no such service", at.accounts + 36, {7}},
      {"no such flag", at.accounts + 37, {32}},
      {"suspended one way and both", at.accounts + 37, {12}},
      {"no such region", at.accounts + 39, {0}},
      {"a large month without its fen", at.accounts + 40 + slot * 4, {255, 255, 255, 255}},
      {"fen of no large month", at.accounts + 136 + 40 + slot * 4, {1, 0, 0, 0}},
      {"a first account that isn't there", at.members, {9}},
      {"no such flag of a member", at.members + 20, {4}},
      {"a grade", at.members + 32, {1}},
      {"a history", at.members + 4, {0, 0, 0, 0}},
      {"merged", at.members + 56, {0, 0, 0, 0}},
      {"two that share other points", at.members + 8, {0, 0, 0, 0}},
      {"other points of nobody", at.members + 64 + 8, {255, 255, 255, 255}},
      {"a chain of others without end", at.other, {0, 0, 0, 0}},
      {"no such month of others", at.other + 4, {255, 255}},
      {"fen that fit the ring", at.large + 8, {1, 0, 0, 0, 0, 0, 0, 0}},
      {"an account that no lot comes from", at.origins, {9, 0, 0, 0}},
  };
  for (const Damage& damage : all) {
    std::vector<std::byte> bytes = saved;
    for (std::size_t n = 0; n < damage.bytes.size(); ++n) {
      bytes.at(damage.at + n) = static_cast<std::byte>(damage.bytes[n]);
    }
    EXPECT_TRUE(bytes != saved) << damage.what;
    EXPECT_FALSE(node.loaded(bytes).has_value()) << damage.what;
  }
  for (const std::size_t shorter : {1U, 4U, 100U}) {
    EXPECT_FALSE(node.loaded(Bytes(saved).first(saved.size() - shorter)).has_value());
  }
}

}  // namespace PH_FILE
}  // namespace ph::test
