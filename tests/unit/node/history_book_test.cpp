// Pages of a history: newest first, the same while days are sealed, and nobody else's.
#include "node/history_book.h"

#include <gtest/gtest.h>

#include "tests/unit/node/history_world.h"

namespace ph {
namespace PH_FILE {

using namespace history;  // NOLINT(google-build-using-namespace)

using Names = std::vector<std::string>;

const BusinessDate kDay = BusinessDate::of(2026, 3, 30);

class HistoryBookTest : public ::testing::Test {
 protected:
  Result<HistoryPage, HistoryFault> page(Member member, const std::string& before,
                                         std::size_t limit) {
    return book_.page(member, HistoryPlace::parse(before), limit, world_.days());
  }
  Names names(Member member, const std::string& before, std::size_t limit) {
    const auto found = page(member, before, limit);
    EXPECT_TRUE(found.ok());
    Names out;
    for (const HistoryLine& line : found->lines)
      out.push_back(line.at.text());
    more_ = found->more;
    return out;
  }
  // All pages, from the newest line on.
  Names all(Member member, std::size_t limit) {
    Names out;
    std::string before;
    do {
      if (out.size() > 10'000) {
        ADD_FAILURE() << "a page that comes again";
        break;
      }
      const Names next = names(member, before, limit);
      out.insert(out.end(), next.begin(), next.end());
      before = next.empty() ? before : next.back();
    } while (more_);
    return out;
  }
  void earned(int day, const std::vector<Member>& members) {
    world_.earned(kDay.plus_days(day), members);
    book_.use(set_of(world_));
  }

  // An index of the first day alone that says this.
  static std::shared_ptr<const HistorySet> set_with(const std::vector<HistoryRecord>& records) {
    auto set = std::make_shared<HistorySet>();
    set->files.push_back(opened(file_of(records, kDay, kDay)));
    set->complete = true;
    return set;
  }

  World world_;
  HistoryBook book_{world_.blobs()};
  bool more_{};
};

TEST_F(HistoryBookTest, NewestFirstAcrossMonths) {
  earned(0, {who(1), who(2)});
  earned(1, {who(2), who(1), who(1)});
  earned(2, {});
  earned(3, {who(1)});
  EXPECT_EQ(names(who(1), "", 100),
            (Names{"20260402-0", "20260331-2", "20260331-1", "20260330-0"}));
  EXPECT_FALSE(more_);
  EXPECT_EQ(book_.as_of(), kDay.plus_days(3));
  for (const std::size_t limit : {1U, 2U, 3U, 4U}) {
    EXPECT_EQ(all(who(1), limit), names(who(1), "", 100)) << limit;
  }
}

TEST_F(HistoryBookTest, OneMoreThanAPageIsSaidAndNotTold) {
  earned(0, std::vector<Member>(100, who(1)));
  EXPECT_EQ(names(who(1), "", 100).size(), 100U);
  EXPECT_FALSE(more_);
  EXPECT_EQ(names(who(1), "", 99).size(), 99U);
  EXPECT_TRUE(more_);
  EXPECT_EQ(names(who(1), "", 1), Names{"20260330-99"});
  EXPECT_TRUE(more_);
  EXPECT_TRUE(names(who(1), "20260330-0", 100).empty());
  EXPECT_FALSE(more_);
}

TEST_F(HistoryBookTest, APageStaysTheSameWhileDaysAreSealed) {
  for (int day = 0; day < 3; ++day)
    earned(day, {who(1), who(2), who(1)});
  const Names first = names(who(1), "", 2);
  const Names second = names(who(1), first.back(), 2);
  earned(3, std::vector<Member>(50, who(1)));
  EXPECT_EQ(names(who(1), first.back(), 2), second);
  EXPECT_EQ(names(who(1), second.back(), 2), (Names{"20260330-2", "20260330-0"}));
  EXPECT_NE(names(who(1), "", 2), first);
}

TEST_F(HistoryBookTest, WhoHasNoLinesHasAnEmptyPage) {
  EXPECT_EQ(page(who(1), "", 10).error(), HistoryFault::kNotReady);
  book_.use(set_of(world_));
  EXPECT_TRUE(names(who(1), "", 10).empty());
  EXPECT_FALSE(book_.as_of().has_value()) << "no day is sealed";
  earned(0, {who(2)});
  EXPECT_TRUE(names(who(1), "", 10).empty());
  EXPECT_FALSE(more_);
}

TEST_F(HistoryBookTest, ANameThatIsNoLineOfHisIsRefused) {
  earned(0, {who(1), who(2)});
  earned(1, {who(1)});
  for (const char* before : {"20260330-1", "20260330-2", "20260331-1", "20260401-0"}) {
    const auto found = page(who(1), before, 10);
    ASSERT_FALSE(found.ok()) << before;
    EXPECT_EQ(found.error(), HistoryFault::kNoSuchEntry);
  }
  EXPECT_TRUE(names(who(1), "20251231-7", 10).empty()) << "it has left the months";
  EXPECT_FALSE(more_);
}

TEST_F(HistoryBookTest, ALineHasItsSlicesAndThePairItsOtherNumber) {
  World::Records records;
  const Slice lot = slice_of(lot_of(kDay, 1), Account::kMoved, 40);
  const auto pass = [](Member member, Slice slice, std::int64_t delta) {
    slice.delta = delta;
    return Movement{.member = member, .entry = 9, .kind = Kind::kReassign, .slice = slice};
  };
  Slice debt{
      .lot = LotId(kHome, BusinessDate(), 0), .source = Source::kDebt, .account = Account::kMoved};
  records.movements = {pass(who(1), lot, -40), pass(who(2), lot, 40), pass(who(1), debt, 7),
                       pass(who(2), debt, -7)};
  world_.redeem(records, who(2), 11, "R",
                {slice_of(lot_of(kDay, 1), Account::kRedeemed, -30),
                 slice_of(lot_of(kDay, 2), Account::kRedeemed, -5)},
                kDay);
  world_.redeem(records, who(1), 10, "Q", {slice_of(lot_of(kDay, 3), Account::kRedeemed, -1)},
                kDay);
  world_.add(kDay, records);
  book_.use(set_of(world_));
  const auto one = page(who(1), "", 10);
  ASSERT_EQ(one->lines.size(), 3U);
  EXPECT_EQ(one->lines[0].item->id, id_of(kDay, "Q"));
  EXPECT_EQ(one->lines[0].slices.size(), 1U);
  EXPECT_EQ(one->lines[0].slices[0].delta, -1);
  EXPECT_EQ(one->lines[1].other, who(2));
  EXPECT_EQ(one->lines[2].other, who(2));
  const auto two = page(who(2), "", 10);
  ASSERT_EQ(two->lines.size(), 3U);
  EXPECT_EQ(two->lines[0].slices.size(), 2U);
  EXPECT_EQ(two->lines[0].slices[1].delta, -5);
  EXPECT_EQ(two->lines[1].other, who(1));
  EXPECT_EQ(two->lines[2].other, who(1));
}

TEST_F(HistoryBookTest, ARecordThatLeadsToAnotherMemberIsADamage) {
  World::Records day;
  day.movements = {earn(who(1), 1, 1, kDay), earn(who(2), 2, 1, kDay)};
  world_.redeem(day, who(2), 3, "R", {slice_of(lot_of(kDay, 2), Account::kRedeemed, -1)}, kDay);
  world_.add(kDay, day);
  const auto records = history_records(world_.batch(0));
  for (const std::uint32_t place : {1U, 2U, 3U, 4'000'000'000U}) {
    auto wrong = records;
    wrong[0].place = place;
    book_.use(set_with(wrong));
    const auto found = page(who(1), "", 10);
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.error(), HistoryFault::kDamaged);
    EXPECT_EQ(book_.take_doubt(), kDay);
    EXPECT_FALSE(book_.take_doubt().has_value()) << "once";
  }
}

TEST_F(HistoryBookTest, AnItemWithMoreSlicesThanThereAreIsADamage) {
  World::Records records;
  world_.redeem(records, who(1), 1, "R", {slice_of(lot_of(kDay, 1), Account::kRedeemed, -1)}, kDay);
  world_.add(kDay, records);
  auto wrong = history_records(world_.batch(0));
  wrong[0].slice = 1;
  book_.use(set_with(wrong));
  EXPECT_EQ(page(who(1), "", 10).error(), HistoryFault::kDamaged);
}

TEST_F(HistoryBookTest, AnItemWithTheSlicesOfAnotherIsADamage) {
  World::Records records;
  world_.redeem(records, who(1), 1, "A", {slice_of(lot_of(kDay, 1), Account::kRedeemed, -1)}, kDay);
  world_.redeem(records, who(2), 2, "B", {slice_of(lot_of(kDay, 2), Account::kRedeemed, -9)}, kDay);
  world_.add(kDay, records);
  book_.use(set_of(world_));
  EXPECT_EQ(page(who(1), "", 10)->lines.size(), 1U);
  auto wrong = history_records(world_.batch(0));
  wrong[0].slice = 1;
  book_.use(set_with(wrong));
  EXPECT_EQ(page(who(1), "", 10).error(), HistoryFault::kDamaged);
}

TEST_F(HistoryBookTest, ARecordOfADayThatIsNotItsFilesIsADamage) {
  world_.earned(kDay, {who(1)});
  world_.earned(kDay.plus_days(1), {who(1)});
  book_.use(set_with(history_records(world_.batch(1))));
  EXPECT_EQ(page(who(1), "", 10).error(), HistoryFault::kDamaged);
  EXPECT_EQ(book_.take_doubt(), kDay) << "whose file it is";
}

TEST_F(HistoryBookTest, ADoubtIsOfTheSetAtHandAndRaisedOnce) {
  world_.earned(kDay, {who(1)});
  const auto right = set_of(world_);
  auto records = history_records(world_.batch(0));
  records[0].place = 7;
  const auto set = set_with(records);
  book_.use(set);
  EXPECT_EQ(page(who(1), "", 10).error(), HistoryFault::kDamaged);
  EXPECT_EQ(book_.take_doubt(), kDay);
  EXPECT_EQ(page(who(1), "", 10).error(), HistoryFault::kDamaged);
  EXPECT_FALSE(book_.take_doubt().has_value()) << "it is on its way already";
  book_.use(set);
  EXPECT_EQ(page(who(1), "", 10).error(), HistoryFault::kDamaged);
  book_.use(right);
  EXPECT_FALSE(book_.take_doubt().has_value()) << "of a set that has gone";
  EXPECT_EQ(page(who(1), "", 10)->lines.size(), 1U);
}

TEST_F(HistoryBookTest, ABatchThatCannotBeReadIsTheFaultOfItsPagesUntilItCan) {
  FailingBlobs blobs(world_.blobs());
  HistoryBook book(blobs);
  world_.earned(kDay, {who(1), who(2)});
  world_.earned(kDay.plus_days(1), {who(1)});
  book.use(set_of(world_));
  blobs.refuse({world_.days()[0].blob});
  const auto ask = [&](Member member, std::size_t limit) {
    return book.page(member, {}, limit, world_.days());
  };
  EXPECT_EQ(ask(who(1), 10).error(), HistoryFault::kLacks);
  EXPECT_NE(book.fault().find("2026-03-30"), std::string::npos) << book.fault();
  EXPECT_FALSE(book.take_doubt().has_value()) << "the index may be right";
  EXPECT_EQ(ask(who(1), 1)->lines.size(), 1U);
  book.look_again(world_.days());
  EXPECT_FALSE(book.fault().empty());
  blobs.refuse({});
  book.look_again(world_.days());
  EXPECT_TRUE(book.fault().empty());
  EXPECT_EQ(ask(who(1), 10)->lines.size(), 2U);
}

TEST_F(HistoryBookTest, ABatchThatHasGoneOrIsNoneIsNoDoubtOfTheIndex) {
  FailingBlobs blobs(world_.blobs());
  HistoryBook book(blobs);
  world_.earned(kDay, {who(1)});
  book.use(set_of(world_));
  blobs.lose({world_.days()[0].blob});
  EXPECT_EQ(book.page(who(1), {}, 10, world_.days()).error(), HistoryFault::kLacks);
  EXPECT_FALSE(book.take_doubt().has_value());
  EXPECT_NE(book.fault().find("2026-03-30"), std::string::npos) << book.fault();
  blobs.lose({});
  book.look_again(world_.days());
  EXPECT_TRUE(book.fault().empty());
  EXPECT_EQ(book.page(who(1), {}, 10, world_.days())->lines.size(), 1U);
  auto days = world_.days();
  days[0].blob = world_.blobs().put(std::as_bytes(std::span("no batch of anybody's")));
  HistoryBook other(blobs);
  other.use(set_of(world_));
  EXPECT_EQ(other.page(who(1), {}, 10, days).error(), HistoryFault::kLacks);
  EXPECT_FALSE(other.take_doubt().has_value());
  EXPECT_FALSE(other.fault().empty());
}

TEST_F(HistoryBookTest, ABadSectorOfABatchIsTheFaultOfTheLinesThatStandThere) {
  FailingBlobs blobs(world_.blobs());
  HistoryBook book(blobs);
  world_.earned(kDay, {who(1), who(2), who(3)});
  book.use(set_of(world_));
  const auto ask = [&](Member member) { return book.page(member, {}, 10, world_.days()); };
  const std::uint64_t second = sizeof(BatchHeader) + sizeof(Movement);
  blobs.spoil(FailingBlobs::Bad{world_.days()[0].blob, second, second + sizeof(Movement)});
  EXPECT_EQ(ask(who(2)).error(), HistoryFault::kLacks);
  EXPECT_FALSE(book.take_doubt().has_value());
  EXPECT_EQ(ask(who(1))->lines.size(), 1U);
  EXPECT_EQ(ask(who(3))->lines.size(), 1U);
  book.look_again(world_.days());
  EXPECT_NE(book.fault().find("2026-03-30"), std::string::npos) << book.fault();
  blobs.spoil({});
  book.look_again(world_.days());
  EXPECT_TRUE(book.fault().empty());
  EXPECT_EQ(ask(who(2))->lines.size(), 1U);
}

TEST_F(HistoryBookTest, ABadSectorOfTheIndexIsADamage) {
  world_.earned(kDay, {who(1), who(2)});
  const auto keep = std::make_shared<const std::vector<std::byte>>(
      file_of(history_records(world_.batch(0)), kDay, kDay));
  auto set = std::make_shared<HistorySet>();
  set->files.push_back(
      HistoryFile::of(std::make_shared<const BadSector>(source_of(Blob(keep, *keep)), 144, 145)));
  set->complete = true;
  book_.use(set);
  EXPECT_EQ(page(who(1), "", 10).error(), HistoryFault::kDamaged);
  EXPECT_EQ(book_.take_doubt(), kDay);
  EXPECT_TRUE(book_.fault().empty());
}

TEST_F(HistoryBookTest, AnIncompleteSetAnswersNothing) {
  earned(0, {who(1)});
  auto set = std::make_shared<HistorySet>(*set_of(world_));
  set->complete = false;
  book_.use(set);
  EXPECT_EQ(page(who(1), "", 10).error(), HistoryFault::kNotReady);
  EXPECT_FALSE(book_.as_of().has_value());
}

TEST_F(HistoryBookTest, ReadsMoreDaysThanItKeepsOpen) {
  for (int day = 0; day < 1'100; ++day)
    world_.earned(kDay.plus_days(day), {who(1)});
  book_.use(set_of(world_));
  const Names once = all(who(1), 100);
  EXPECT_EQ(once.size(), 1'100U);
  EXPECT_EQ(all(who(1), 100), once);
}

TEST(HistoryPlaceText, IsOneTextForOneLine) {
  for (const char* text : {"20260305-0", "20260305-17", "20260305-4294967295"}) {
    const auto place = HistoryPlace::parse(text);
    ASSERT_TRUE(place) << text;
    EXPECT_EQ(place->text(), text);
  }
  for (const char* text :
       {"", "20260305", "20260305-", "20260305-01", "20260305-4294967296", "20260305-1 ",
        "20260230-1", "2026-03-05-1", "20260305-+1", "20260305--1", "20260305_1", "x"}) {
    EXPECT_FALSE(HistoryPlace::parse(text)) << text;
  }
}

}  // namespace PH_FILE
}  // namespace ph
