// Who has moved where, and whom to ask about it.
#include "core/switch/home_directory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace ph {
namespace PH_FILE {

constexpr Participant kA{1};
constexpr Participant kB{2};
constexpr Participant kC{3};
constexpr BusinessDate kDay = BusinessDate::of(2007, 4, 5);
const Member kAnn = Member::make(kA, 1);

TransactionId id(std::string_view reference, BusinessDate date = kDay) {
  TransactionId out{.participant = kB, .date = date};
  std::copy(reference.begin(), reference.end(), out.reference.begin());
  return out;
}
Move live(std::string_view name, Participant from, Participant to, BusinessDate date, int hour) {
  return {.id = id(name),
          .from = from,
          .to = to,
          .at = BusinessTime::of(date, hour * 3'600),
          .live = true};
}
Move by_file(std::string_view name, Participant from, Participant to, BusinessDate date = kDay) {
  return {.id = id(name), .from = from, .to = to, .at = end_of(date)};
}
Ask ask(AskKind kind, BusinessDate date) {
  return {.kind = kind, .id = id("x", date), .member = kAnn};
}
using Homes = std::vector<Participant>;

TEST(HomeDirectory, WhoNeverMovedIsWhereHisNumberSays) {
  const HomeDirectory none;
  EXPECT_EQ(none.home_of(kAnn), kA);
  EXPECT_EQ(none.homes_for(ask(AskKind::kRedeem, kDay)), Homes{kA});
  EXPECT_EQ(none.size(), 0U);
}

TEST(HomeDirectory, AMoveIsKnownOnceWhoeverTellsOfIt) {
  HomeDirectory directory;
  EXPECT_TRUE(directory.moved(kAnn, live("m", kA, kB, kDay, 9)));
  EXPECT_FALSE(directory.moved(kAnn, by_file("m", kA, kB)));
  EXPECT_EQ(directory.home_of(kAnn), kB);
  ASSERT_EQ(directory.moves_of(kAnn).size(), 1U);
  EXPECT_TRUE(directory.moves_of(kAnn)[0].live);
}

TEST(HomeDirectory, WhoCameBeforeTheJournalBeganHasNoFormerHome) {
  HomeDirectory directory;
  EXPECT_TRUE(directory.moved(kAnn, {.id = {.participant = kClearingHouse, .date = kDay},
                                     .from = kB,
                                     .to = kB,
                                     .at = BusinessTime::of(kDay, 0)}));
  for (const AskKind kind : {AskKind::kRedeem, AskKind::kRefund}) {
    EXPECT_EQ(directory.homes_for(ask(kind, kDay)), Homes{kB});
  }
  (void)directory.moved(kAnn, live("m", kB, kC, kDay, 9));
  EXPECT_EQ(directory.home_of(kAnn), kC);
  EXPECT_EQ(directory.homes_for(ask(AskKind::kRefund, kDay.plus_days(100))), (Homes{kB, kC}));
  (void)directory.moved(kAnn, by_file("f", kC, kA, kDay.plus_days(3)));
  EXPECT_EQ(directory.home_of(kAnn), kA);
}

TEST(HomeDirectory, FormerHomesAreAskedOldestFirstAsLongAsTheyMayKnow) {
  HomeDirectory directory;
  (void)directory.moved(kAnn, live("m-1", kA, kB, kDay, 9));
  (void)directory.moved(kAnn, live("m-2", kB, kC, kDay.plus_days(10), 9));
  const auto homes = [&](AskKind kind, int days) {
    return directory.homes_for(ask(kind, kDay.plus_days(days)));
  };
  EXPECT_EQ(homes(AskKind::kRedeem, 0), (Homes{kA, kB, kC}));
  EXPECT_EQ(homes(AskKind::kHold, 1), (Homes{kA, kB, kC}));
  EXPECT_EQ(homes(AskKind::kRedeem, 2), (Homes{kB, kC}));
  EXPECT_EQ(homes(AskKind::kMove, 12), Homes{kC});
  EXPECT_EQ(homes(AskKind::kRefund, 400), (Homes{kA, kB, kC}));
  EXPECT_EQ(
      directory.homes_for({.kind = AskKind::kRedeem, .id = id("x"), .member = Member::make(kA, 2)}),
      Homes{kA});
}

TEST(HomeDirectory, OfAMoveByFileNobodyKnowsWhenItLeft) {
  HomeDirectory directory;
  (void)directory.moved(kAnn, by_file("m", kA, kB));
  EXPECT_EQ(directory.homes_for(ask(AskKind::kRedeem, kDay.plus_days(91))), (Homes{kA, kB}));
  EXPECT_EQ(directory.homes_for(ask(AskKind::kRedeem, kDay.plus_days(92))), Homes{kB});
}

TEST(HomeDirectory, WhoComesBackIsAskedForLastAndOnce) {
  HomeDirectory directory;
  (void)directory.moved(kAnn, live("m-1", kA, kB, kDay, 9));
  (void)directory.moved(kAnn, live("m-2", kB, kA, kDay, 10));
  EXPECT_EQ(directory.homes_for(ask(AskKind::kRedeem, kDay)), (Homes{kB, kA}));
  (void)directory.moved(kAnn, live("m-3", kA, kB, kDay, 11));
  (void)directory.moved(kAnn, live("m-4", kB, kC, kDay, 12));
  EXPECT_EQ(directory.homes_for(ask(AskKind::kRedeem, kDay)), (Homes{kA, kB, kC}));
}

// Batches of several provinces' days come in any order.
TEST(HomeDirectory, MovesOfOneDayByFilesLeadFromHomeToHomeInWhateverOrderTheyCame) {
  std::vector<Move> moves{by_file("z", kA, kB), by_file("y", kB, kC), by_file("x", kC, kA),
                          live("w", kA, kC, kDay.plus_days(1), 9)};
  HomeDirectory first;
  for (const Move& move : moves) {
    (void)first.moved(kAnn, move);
  }
  EXPECT_EQ(first.moves_of(kAnn), (std::vector<Move>{moves[0], moves[1], moves[2], moves[3]}));
  const std::vector<Move> right = first.moves_of(kAnn);
  std::ranges::sort(moves, {}, &Move::id);
  do {
    HomeDirectory other;
    (void)other.moved(kAnn, by_file("a", kB, kA, kDay.plus_days(-9)));
    for (const Move& move : moves) {
      (void)other.moved(kAnn, move);
    }
    const std::vector<Move>& all = other.moves_of(kAnn);
    EXPECT_EQ(std::vector<Move>(all.begin() + 1, all.end()), right);
  } while (std::ranges::next_permutation(moves, {}, &Move::id).found);
}

Move at_nine(Participant from, Participant to) {
  return {.id = {.participant = to, .date = kDay},
          .from = from,
          .to = to,
          .at = BusinessTime::of(kDay, 9 * 3'600),
          .live = true};
}

// Business time has seconds, and may stand; ids say nothing about who came first.
TEST(HomeDirectory, WhoComesBackAndGoesOnWithinOneSecondIsWhereTheMovesLead) {
  HomeDirectory directory;
  for (const Move& one : {at_nine(kA, kC), at_nine(kC, kA), at_nine(kA, kB)}) {
    (void)directory.moved(kAnn, one);
    EXPECT_EQ(directory.home_of(kAnn), one.to);
  }
  EXPECT_EQ(directory.homes_for(ask(AskKind::kAccrual, kDay.plus_days(1))), (Homes{kA, kC, kB}));
}

TEST(HomeDirectory, ItIsSoThoughNobodyKnowsYetHowHeCameToTheFirstOfThem) {
  HomeDirectory directory;
  for (const Move& one : {at_nine(kC, kB), at_nine(kB, kC), at_nine(kC, kA)}) {
    (void)directory.moved(kAnn, one);
  }
  EXPECT_EQ(directory.home_of(kAnn), kA);
}

TEST(HomeDirectory, AMoveByFileIsOfTheDayAtWhoseEndItStands) {
  HomeDirectory directory;
  (void)directory.moved(kAnn, by_file("m-1", kA, kB));
  (void)directory.moved(kAnn, live("m-2", kB, kC, kDay, 12));
  EXPECT_EQ(directory.home_of(kAnn), kC);
}

TEST(HomeDirectory, WhereHomesClocksDifferMovesOfOneDayLeadFromHomeToHome) {
  HomeDirectory directory;
  (void)directory.moved(kAnn, live("m-1", kA, kB, kDay, 9));
  (void)directory.moved(kAnn, live("m-2", kB, kC, kDay, 8));
  EXPECT_EQ(directory.home_of(kAnn), kC);
  EXPECT_EQ(directory.homes_for(ask(AskKind::kAccrual, kDay)), (Homes{kA, kB, kC}));
}

// A way through a few homes, all of one second or of any times; known in any order.
TEST(HomeDirectory, HoweverOftenHeMovesOnOneDayTheLastHomeIsWhereTheWayEnds) {
  std::mt19937 random(7);
  const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  const std::array homes{kA, kB, kC, Participant{4}};
  for (int round = 0; round < 500; ++round) {
    const bool at_once = below(2) == 0;
    std::vector<Move> way;
    Participant home = kAnn.first_home();
    for (std::size_t left = 1 + below(9); left > 0; --left) {
      Participant to = homes[below(homes.size())];
      to = to == home ? (home == kA ? kB : kA) : to;
      const std::string name = std::to_string(below(1'000)) + "-" + std::to_string(left);
      way.push_back(live(name, home, to, kDay, at_once ? 9 : static_cast<int>(below(24))));
      home = to;
    }
    HomeDirectory known_in_order;
    for (const Move& move : way) {
      (void)known_in_order.moved(kAnn, move);
      ASSERT_EQ(known_in_order.home_of(kAnn), move.to) << round;
    }
    std::ranges::shuffle(way, random);
    HomeDirectory directory;
    for (const Move& move : way) {
      (void)directory.moved(kAnn, move);
    }
    const std::vector<Move>& moves = directory.moves_of(kAnn);
    ASSERT_EQ(moves, known_in_order.moves_of(kAnn)) << round;
    for (std::size_t n = 1; n < moves.size(); ++n) {
      ASSERT_EQ(moves[n].from, moves[n - 1].to) << round;
    }
  }
}

// Of a day of which something isn't known yet: by time.
TEST(HomeDirectory, MovesThatDoNotLeadOnAreInTheOrderOfTheirTimes) {
  HomeDirectory directory;
  (void)directory.moved(kAnn, live("m-1", kB, kC, kDay, 9));
  (void)directory.moved(kAnn, live("m-2", kA, kB, kDay.plus_days(1), 9));
  (void)directory.moved(kAnn, live("m-4", kC, kB, kDay.plus_days(1), 12));
  EXPECT_EQ(directory.home_of(kAnn), kB);
  EXPECT_EQ(directory.moves_of(kAnn)[1].from, kA);
  (void)directory.moved(kAnn, live("m-3", kB, kC, kDay.plus_days(1), 10));
  EXPECT_EQ(directory.home_of(kAnn), kB);
  EXPECT_EQ(directory.moves_of(kAnn)[2].to, kC);
}

TEST(HomeDirectory, ASavedOneIsTheSame) {
  HomeDirectory directory;
  (void)directory.moved(kAnn, live("m-1", kA, kB, kDay, 9));
  (void)directory.moved(kAnn, by_file("m-2", kB, kC, kDay.plus_days(1)));
  (void)directory.moved(Member::make(kB, 5), by_file("m-3", kB, kC));
  ByteWriter out;
  directory.save(out);
  ByteReader in(out.bytes());
  HomeDirectory loaded;
  ASSERT_TRUE(loaded.load(in));
  EXPECT_TRUE(in.done());
  EXPECT_EQ(loaded.moves_of(kAnn), directory.moves_of(kAnn));
  ByteWriter again;
  loaded.save(again);
  EXPECT_TRUE(std::ranges::equal(again.bytes(), out.bytes()));
  for (std::size_t cut = 1; cut < out.bytes().size(); cut += 7) {
    ByteReader part(out.bytes().first(cut));
    HomeDirectory none;
    EXPECT_FALSE(none.load(part) && part.done()) << cut;
  }
}

}  // namespace PH_FILE
}  // namespace ph
