// Repeats of live events: the first answer again, a refusal too, wherever the event stands by now;
// other content under the id is refused. And the same through snapshots in between.
#include <gtest/gtest.h>

#include "core/types/bytes.h"
#include "tests/unit/home/live.h"

namespace ph::test {
namespace PH_FILE {

const BusinessDate kLater = on(2010, 1, 1);
const BusinessDate kNext = kDay.plus_days(1);
const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const BusinessTime kNoon = at(kDay, 12);

TransactionId name(std::string_view text, BusinessDate date = kDay) {
  return id_of(kP1, date, text);
}

LiveHome with_points(std::int64_t points) {
  LiveHome home(
      {.lots = {opening_lot_of(1, kAnn, points, kLater), opening_lot_of(2, kBob, points, kLater)}});
  home.open(kDay);
  return home;
}

TEST(LiveRepeat, GetsTheFirstAnswerAndDoesNothing) {
  LiveHome home = with_points(100);
  const LiveAnswer first = home.live(redeem(kAnn, 40), name("a"), kNoon);
  (void)home.live(redeem(kAnn, 10), name("b"), kNoon);
  EXPECT_EQ(home.live(redeem(kAnn, 40), name("a"), at(kDay, 13)), first);
  EXPECT_EQ(home.remaining(kAnn), 50);
  EXPECT_EQ(home.said(redeem(kAnn, 41), name("a"), kNoon), "DUPLICATE 0");
  EXPECT_EQ(home.said(redeem(kBob, 40), name("a"), kNoon), "DUPLICATE 0");
}

TEST(LiveRepeat, OfEachKindGetsItsFirstAnswer) {
  LiveHome home = with_points(1'000);
  const TransactionId air = id_of(kAir, kDay, "e");
  std::vector<std::pair<Row, TransactionId>> events{
      {hold(kAnn, 50, {}), name("h")},
      {capture(name("h"), 20, false), name("c")},
      {void_hold(name("h")), name("v")},
      {redeem(kAnn, 40), name("r")},
      {refund(name("r"), kAnn, 10), name("b")},
      {exchange_out(air, kAnn, 30, 3), air},
      {accrual(air, kAnn, 25), air},
      {exchange_in(air, kAnn, 5, 1), air},
      {delivery(member_of(7, kP2), kP2, 12), name("d")},
      {delivery_refund(name("d"), member_of(7, kP2), kP2, 12), name("db")}};
  std::vector<LiveAnswer> answers;
  for (const auto& [row, id] : events) {
    answers.push_back(home.live(row, id, kNoon));
    EXPECT_EQ(answers.back().code, 0);
  }
  const std::vector<std::byte> before = saved_bytes(home.home());
  for (std::size_t n = 0; n < events.size(); ++n) {
    EXPECT_EQ(home.live(events[n].first, events[n].second, at(kDay, 13)), answers[n]) << n;
  }
  EXPECT_EQ(saved_bytes(home.home()), before);
}

TEST(LiveRepeat, OfARefusalIsRefusedThoughItWouldFitNow) {
  LiveHome home = with_points(100);
  const LiveAnswer first = home.live(redeem(kAnn, 101), name("a"), kNoon);
  EXPECT_EQ(text_of(first), "INSUFFICIENT_POINTS 100");
  (void)home.live(accrual(id_of(kAir, kDay, "x"), kAnn, 50), id_of(kAir, kDay, "x"), kNoon);
  EXPECT_EQ(home.live(redeem(kAnn, 101), name("a"), kNoon), first);
  EXPECT_EQ(home.said(redeem(kAnn, 100), name("a"), kNoon), "DUPLICATE 0");
}

TEST(LiveRepeat, OfWhatWasPutOffAndPostedGetsItsFirstAnswer) {
  LiveHome home = with_points(100);
  const BusinessTime night = at(kNext, 0, 5);
  const LiveAnswer first = home.live(redeem(kAnn, 40), name("a", kNext), night);
  EXPECT_EQ(home.live(redeem(kAnn, 40), name("a", kNext), night), first);
  (void)home.close();
  EXPECT_EQ(home.live(redeem(kAnn, 40), name("a", kNext), night), first);  // No day is open.
  home.open(kNext);
  EXPECT_EQ(home.live(redeem(kAnn, 40), name("a", kNext), at(kNext, 9)), first);
  (void)home.close();
  EXPECT_EQ(home.remaining(kAnn), 60);
}

TEST(LiveRepeat, OfAHoldThatHasEndedGetsItsFirstAnswer) {
  LiveHome home = with_points(100);
  const Row row = named(hold(kAnn, 40, {}), name("h"));
  const LiveAnswer first = home.take(live_of(row, 3'600), kNoon);
  EXPECT_EQ(first.ends, at(kDay, 13));
  EXPECT_EQ(home.take(live_of(row, 3'600), at(kDay, 15)), first);
  EXPECT_EQ(text_of(home.take(live_of(row, 3'601), kNoon)), "DUPLICATE 0");
}

TEST(LiveRepeat, WithinAFileIsACopy) {
  LiveHome home = with_points(100);
  const TransactionId air = id_of(kAir, kDay, "x");
  (void)home.live(accrual(air, kAnn, 5), air, kNoon);
  const DayResult day = home.close({accrual(air, kAnn, 5), accrual(air, kAnn, 6)});
  EXPECT_EQ(returned_of(day), (Texts{"1 COPY", "2 DUPLICATE"}));
}

TEST(LiveRepeat, OfWhatAFileBroughtIsACopy) {
  LiveHome home = with_points(100);
  const TransactionId air = id_of(kAir, kDay, "x");
  const TransactionId refused = id_of(kAir, kDay, "y");
  EXPECT_EQ(home.said(exchange_out(refused, kAnn, 101, 1), refused, kNoon),
            "INSUFFICIENT_POINTS 100");
  (void)home.close({accrual(air, kAnn, 5), exchange_out(refused, kAnn, 101, 1)});
  home.open(kNext);
  EXPECT_EQ(home.said(accrual(air, kAnn, 5), air, at(kNext, 9)), "COPY 4");
  EXPECT_EQ(home.said(accrual(air, kAnn, 6), air, at(kNext, 9)), "DUPLICATE 4");
  // Refused live, then carried out by the file: the refusal stands for nobody any more.
  EXPECT_EQ(home.said(exchange_out(refused, kAnn, 101, 1), refused, at(kNext, 9)), "COPY 4");
}

TEST(LiveRepeat, IsKnownForAHundredDays) {
  LiveHome home = with_points(100);
  const LiveAnswer refused = home.live(redeem(kAnn, 101), name("a"), kNoon);
  const LiveAnswer done = home.live(redeem(kAnn, 1), name("b"), kNoon);
  (void)home.close();
  const std::size_t full = saved_bytes(home.home()).size();
  home.open(kDay.plus_days(100));
  EXPECT_EQ(home.live(redeem(kAnn, 101), name("a"), at(kDay.plus_days(100), 1)), refused);
  EXPECT_EQ(home.live(redeem(kAnn, 1), name("b"), at(kDay.plus_days(100), 1)), done);
  (void)home.close();
  home.open(kDay.plus_days(101));
  EXPECT_EQ(home.said(redeem(kAnn, 101), name("a"), at(kDay.plus_days(101), 1)), "TOO_OLD 0");
  (void)home.close();
  // Two answers, a slice, are forgotten; two files came.
  EXPECT_EQ(saved_bytes(home.home()).size(), full - 2 * 104 - 16 + 2 * 8);
}

// The answer may have been lost at midnight.
TEST(LiveRepeat, OfWhatWasDoneOnItsIdsLastDayGetsItsFirstAnswerTheDayAfter) {
  LiveHome home = with_points(100);
  (void)home.close();
  home.open(kDay.plus_days(90));
  const LiveAnswer done = home.live(redeem(kAnn, 1), name("a"), at(kDay.plus_days(90), 23));
  EXPECT_EQ(done.code, 0);
  EXPECT_EQ(home.live(redeem(kAnn, 1), name("a"), at(kDay.plus_days(91), 0)), done);
  EXPECT_EQ(home.said(redeem(kAnn, 1), name("b"), at(kDay.plus_days(91), 0)), "TOO_OLD 0");
}

// --- snapshots ----------------------------------------------------------------------------------

// Something in every table of layout 2.
LiveHome busy() {
  LiveHome home = with_points(100);
  const TransactionId air = id_of(kAir, kDay, "x");
  (void)home.live(redeem(kAnn, 10), name("r"), kNoon);
  (void)home.live(hold(kAnn, 20, {}), name("h"), kNoon, at(kNext, 20));
  (void)home.live(hold(kBob, 7, {}), name("g"), kNoon, at(kNext, 21));
  (void)home.live(accrual(air, kBob, 5), air, kNoon);
  (void)home.live(redeem(kAnn, 1'000), name("no"), kNoon);
  const BusinessTime night = at(kNext, 0, 5);
  (void)home.live(capture(name("h"), 15, false), name("c", kNext), night);
  (void)home.live(redeem(kBob, 30), name("s", kNext), night);
  (void)home.live(refund(name("r"), kAnn, 4), name("b", kNext), night);
  (void)home.live(refund(name("s", kNext), kBob, 3), name("b2", kNext), night);
  const TransactionId night_air = id_of(kAir, kNext, "x");
  (void)home.live(accrual(night_air, kBob, 6), night_air, night);
  (void)home.live(unissue(air, kBob, LotId(kP1, kDay, kLiveFrom + 3), 2), night_air, night);
  (void)home.live(delivery(member_of(7, kP2), kP2, 12), name("d", kNext), night);
  return home;
}

TEST(LiveSnapshot, GoesOnAsIfNothingHadBeen) {
  const auto play = [](bool reload) {
    LiveHome home = busy();
    std::vector<std::byte> out;
    const auto pause = [&] {
      if (reload) {
        home.reload();
      }
    };
    const auto keep = [&](const DayResult& day) {
      const OwnedBatch batch = seal({.sender = kP1}, day.movements, day.items, day.slices, &sha256);
      out.insert(out.end(), batch.bytes().begin(), batch.bytes().end());
    };
    pause();
    (void)home.live(redeem(kAnn, 1), name("t"), at(kDay, 23));
    keep(home.close({redeem(kAnn, 2), bill(kAnn, month_of(2007, 3), 500)}));
    pause();
    home.open(kNext);
    pause();
    (void)home.live(capture(name("h"), 2, true), name("c2", kNext), at(kNext, 19));
    (void)home.live(capture(name("g"), 2, true), name("c3", kNext), at(kNext, 21));
    keep(home.close({withdraw(1, kLiveFrom), redeem(kBob, 40)}));
    pause();
    const auto saved = saved_bytes(home.home());
    out.insert(out.end(), saved.begin(), saved.end());
    return out;
  };
  EXPECT_EQ(play(true), play(false));
}

// Whether the next day has lots to expire is looked at or not, with a start between or without.
TEST(LiveSnapshot, KnowsOfAHoldThatEndedWhileItsLotsExpired) {
  LiveHome home(
      {.lots = {opening_lot_of(1, kAnn, 50, kNext), opening_lot_of(2, kAnn, 20, kLater)}});
  home.open(kDay);
  (void)home.live(hold(kAnn, 50, {}), name("h"), at(kDay, 23, 55), at(kNext, 0, 10));
  (void)home.close();
  home.home().open_day(kNext, 2);
  EXPECT_EQ(home.said(redeem(kAnn, 1), name("r", kNext), at(kNext, 1)).substr(0, 2), "OK");
  home.post();
  const DayFile file{.sender = kP1, .date = kNext, .sequence = 2};
  home.home().bring_file(file);
  home.post();
  EXPECT_EQ(movements_of(home.home().end_day()), Texts{"EXPIRE 3000000000 EXPIRED 1 -50"});
  Home started = loaded_home(saved_bytes(home.home())).value();
  for (Home* each : {&started, &home.home()}) {
    each->open_day(kNext.plus_days(1), 3);
    EXPECT_TRUE(each->opening_is_over());
  }
}

TEST(LiveSnapshot, RepeatsAreKnownBehindIt) {
  LiveHome home = busy();
  const LiveAnswer first = home.live(redeem(kAnn, 3), name("q"), at(kDay, 23));
  home.reload();
  EXPECT_EQ(home.live(redeem(kAnn, 3), name("q"), at(kDay, 23)), first);
  EXPECT_EQ(home.said(redeem(kAnn, 1'000), name("no"), kNoon), "INSUFFICIENT_POINTS 70");
}

TEST(LiveSnapshot, OfAHomeWithoutLiveEventsIsOfLayoutOne) {
  Home home(kP1);
  home.open({.province = kP1, .lots = {opening_lot_of(1, kAnn, 5, kLater)}});
  EXPECT_EQ(saved_bytes(home).at(4), std::byte{1});
  home.open_day(kDay, 1);
  EXPECT_EQ(saved_bytes(home).at(4), std::byte{2});
  const DayFile file{.sender = kP1, .date = kDay, .sequence = 1};
  home.bring_file(file);
  EXPECT_FALSE(home.take_rows(1));
  (void)home.end_day();
  EXPECT_EQ(saved_bytes(home).at(4), std::byte{1});
}

TEST(LiveSnapshot, LiesAsDescribed) {
  LiveHome home = with_points(100);
  (void)home.live(hold(kAnn, 20, {}), name("h"), kNoon);
  const std::vector<std::byte> saved = saved_bytes(home.home());
  const std::size_t first = 96 + 2 * 16 + 2 * 24 + 40 + 44 + 8 + 24 + 16;
  ASSERT_EQ(saved.size(), first + 104 + 16 + 8 + 8 + 104 + 16);
  ByteReader in(Bytes(saved).subspan(first));
  EXPECT_EQ(in.get<std::uint16_t>(), kDay.count());
  EXPECT_EQ(in.get<std::uint16_t>(), 0x0101U);
  EXPECT_EQ(in.get<std::uint32_t>(), 0U);  // nothing is put off
  EXPECT_EQ(in.get<std::uint32_t>(), kGeneratedFrom);
  EXPECT_EQ(in.get<std::uint32_t>(), kLiveFrom + 1);
  EXPECT_EQ(in.get<std::uint32_t>(), kLiveFrom);
  EXPECT_EQ(in.get<std::uint32_t>(), 0U);
  for (const std::uint64_t count : {1U, 1U, 1U, 0U, 0U, 1U, 1U, 0U, 0U, 0U}) {
    EXPECT_EQ(in.get<std::uint64_t>(), count);
  }
  EXPECT_EQ(in.get<std::int64_t>(), at(kDay, 12, 15).seconds());
}

TEST(LiveSnapshot, ThatBreaksOffGivesNoHome) {
  const std::vector<std::byte> saved = saved_bytes(busy().home());
  for (std::size_t size = 0; size < saved.size(); ++size) {
    EXPECT_FALSE(loaded_home(Bytes(saved).first(size)).has_value()) << size;
  }
}

// What is put off is posted from it, too: whatever was damaged and taken keeps I-1.
TEST(LiveSnapshot, WithAnyByteChangedNeverReachesBeyondItsTables) {
  const std::vector<std::byte> saved = saved_bytes(busy().home());
  std::size_t loaded_count = 0;
  for (std::size_t at = 0; at < saved.size(); ++at) {
    // One of four changes in turn: all four at each byte take minutes under a sanitizer.
    constexpr unsigned kFlips[] = {0x01U, 0x10U, 0x80U, 0xFFU};
    const unsigned flip = kFlips[at % 4];
    std::vector<std::byte> damaged = saved;
    damaged[at] ^= static_cast<std::byte>(flip);
    if (std::optional<Home> loaded = loaded_home(damaged)) {
      ++loaded_count;
      EXPECT_EQ(saved_bytes(*loaded), damaged);
      for (const Member member : {kAnn, kBob}) {
        (void)loaded->balance(member, kDay);
        (void)loaded->lots(member);
      }
    }
  }
  EXPECT_LT(loaded_count, saved.size());
}

TEST(LiveSnapshotDeathTest, IsNotTakenWhileAFileIsPosted) {
  LiveHome home = with_points(100);
  const DayFile file{.sender = kP1, .date = kDay, .sequence = 1};
  home.home().bring_file(file);
  EXPECT_DEATH(saved_bytes(home.home()), "before the open one has its file");
}

}  // namespace PH_FILE
}  // namespace ph::test
