// Packed lots: what goes in comes out, in taking order, and I-1 is asked of every change.
#include "core/lots/lot_book.h"

#include <gtest/gtest.h>

namespace ph::test {
namespace PH_FILE {

constexpr std::int64_t kMax = LotBook::kPointsMax;

Lot lot_of(std::uint32_t number, std::uint16_t expires, std::uint16_t month = 80) {
  return {.id = LotId(Participant(7), BusinessDate(2000), number),
          .earned_month = Month(month),
          .expires_on = BusinessDate(expires),
          .source = Source::kTenure,
          .original = 100,
          .remaining = 90};
}

std::vector<std::uint32_t> numbers_of(const LotBook& book, LotBook::List list) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t node = list.head; node != LotBook::kEnd; node = book.next(node)) {
    out.push_back(book.at(node).id.number());
  }
  return out;
}

TEST(LotBook, KeepsEveryValueAtTheEndsOfItsRange) {
  LotBook book;
  LotBook::List list;
  Lot lot{.id = LotId(Participant(99), BusinessDate(BusinessDate::kCount), 0xFFFFFFFF),
          .earned_month = Month(Month::kCount),
          .expires_on = BusinessDate(0xFFFF),
          .source = Source::kDebt,
          .rating = 1,
          .transit = true,
          .original = kMax,
          .remaining = kMax,
          .held = kMax};
  const std::uint32_t full = book.insert(list, lot);
  const std::uint32_t empty = book.insert(list, {});
  EXPECT_EQ(book.at(full), lot);
  EXPECT_EQ(book.at(empty), Lot{});
  EXPECT_EQ(book.next(empty), full);
  EXPECT_EQ(book.next(full), LotBook::kEnd);
  lot.remaining = 0;
  lot.held = 0;
  lot.transit = false;
  book.put(full, lot);
  EXPECT_EQ(book.at(full), lot);
}

TEST(LotBook, HangsLotsInTakingOrder) {
  LotBook book;
  LotBook::List list;
  for (const Lot& lot :
       {lot_of(5, 300), lot_of(4, 300), lot_of(3, 200), lot_of(2, 300, 79), lot_of(1, 400)}) {
    book.insert(list, lot);
  }
  EXPECT_EQ(numbers_of(book, list), (std::vector<std::uint32_t>{3, 2, 4, 5, 1}));
}

TEST(LotBook, ANewExpiryMovesALotFromAnyPlace) {
  LotBook book;
  LotBook::List list;
  const std::uint32_t first = book.insert(list, lot_of(1, 100));
  const std::uint32_t second = book.insert(list, lot_of(2, 200));
  book.insert(list, lot_of(3, 300));
  book.set_expiry(list, first, BusinessDate(250));
  EXPECT_EQ(numbers_of(book, list), (std::vector<std::uint32_t>{2, 1, 3}));
  book.set_expiry(list, first, BusinessDate(350));
  EXPECT_EQ(numbers_of(book, list), (std::vector<std::uint32_t>{2, 3, 1}));
  book.set_expiry(list, second, BusinessDate(201));
  EXPECT_EQ(numbers_of(book, list), (std::vector<std::uint32_t>{2, 3, 1}));
  EXPECT_EQ(book.at(second).expires_on, BusinessDate(201));
}

TEST(LotBook, FindsInItsListAlone) {
  LotBook book;
  LotBook::List mine;
  LotBook::List other;
  const std::uint32_t node = book.insert(mine, lot_of(1, 100));
  EXPECT_EQ(book.find(mine, lot_of(1, 0).id), node);
  EXPECT_EQ(book.find(other, lot_of(1, 0).id), LotBook::kEnd);
  EXPECT_EQ(book.find(mine, lot_of(2, 0).id), LotBook::kEnd);
}

TEST(LotBook, ListsAreOneBeyondManyChunks) {
  LotBook book;
  LotBook::List list;
  for (std::uint32_t n = 200'000; n > 0; --n) {
    book.insert(list, lot_of(n, 100));
  }
  std::uint32_t expected = 0;
  for (std::uint32_t node = list.head; node != LotBook::kEnd; node = book.next(node)) {
    ASSERT_EQ(book.at(node).id.number(), ++expected);
  }
  EXPECT_EQ(expected, 200'000U);
}

TEST(LotBook, SearchesAllLists) {
  LotBook book;
  LotBook::List one;
  LotBook::List other;
  book.insert(one, lot_of(1, 100));
  const std::uint32_t node = book.insert(other, lot_of(2, 50));
  EXPECT_EQ(book.search(lot_of(2, 1).id), node);
  EXPECT_EQ(book.id(node), lot_of(2, 1).id);
  EXPECT_EQ(book.search(lot_of(3, 1).id), LotBook::kEnd);
}

TEST(LotBookDeathTest, I1IsAskedOfEveryChange) {
  LotBook book;
  LotBook::List list;
  Lot lot = lot_of(1, 100);
  const std::uint32_t node = book.insert(list, lot);
  lot.remaining = 101;
  EXPECT_DEATH(book.put(node, lot), "I-1");
  EXPECT_DEATH(book.insert(list, lot), "I-1");
  lot.remaining = -1;
  EXPECT_DEATH(book.put(node, lot), "I-1");
  lot.remaining = 10;
  lot.held = 11;
  EXPECT_DEATH(book.put(node, lot), "I-1");
  lot.held = -1;
  EXPECT_DEATH(book.put(node, lot), "I-1");
}

TEST(LotBookDeathTest, RefusesALotThatItsBitsCanNotHold) {
  LotBook book;
  LotBook::List list;
  Lot lot = lot_of(1, 100);
  lot.id = LotId(Participant(128), BusinessDate(), 1);
  EXPECT_DEATH(book.insert(list, lot), "fits its record");
  lot = lot_of(1, 100);
  lot.original = kMax + 1;
  EXPECT_DEATH(book.insert(list, lot), "fits its record");
  EXPECT_DEATH(book.put(book.insert(list, lot_of(1, 100)), lot_of(2, 100)), "where it came from");
}

}  // namespace PH_FILE
}  // namespace ph::test
