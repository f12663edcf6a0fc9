// Random days of a home: whatever comes in, points are conserved, lots stay within their bounds,
// and holds give back all that was not captured.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>
#include <set>

#include "core/batch/seal.h"
#include "core/intake/lot_ledger.h"
#include "platform/crypto/sha256.h"
#include "tests/unit/home/rows.h"

namespace ph::test {
namespace PH_FILE {

// A row to be made from what is known when its turn comes.
struct Step {
  std::uint8_t what{};
  std::uint8_t who{};
  std::uint8_t which{};
  std::uint8_t points{};
  bool next_day{};
};

std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << "{" << int{step.what} << "," << int{step.who} << "," << int{step.which} << ","
             << int{step.points} << "," << step.next_day << "}";
}

rc::Gen<Step> any_step() {
  using rc::gen::inRange;
  return rc::gen::build<Step>(rc::gen::set(&Step::what, inRange<std::uint8_t>(0, 21)),
                              rc::gen::set(&Step::who, inRange<std::uint8_t>(0, 4)),
                              rc::gen::set(&Step::which, inRange<std::uint8_t>(0, 255)),
                              rc::gen::set(&Step::points, inRange<std::uint8_t>(0, 60)),
                              rc::gen::set(&Step::next_day, rc::gen::arbitrary<bool>()));
}

// Three of this province, and one who comes from another.
Member member_number(std::uint8_t who) {
  return who < 3 ? member_of(who + std::uint64_t{1}) : member_of(1, kP2);
}

Digest digest_of(Bytes first, Bytes second) {
  return sha256(first, second);
}

// All that a day says, in words.
Texts words_of(const DayResult& day) {
  Texts texts = movements_of(day);
  for (const Texts& more : {slices_of(day), returned_of(day)}) {
    texts.insert(texts.end(), more.begin(), more.end());
  }
  for (const Item& item : day.items) {
    texts.push_back(std::string(word(item.kind)) + " " + std::to_string(item.entry) + " " +
                    std::to_string(item.points) + " " + std::to_string(item.slice_count));
  }
  return texts;
}

// Plays steps on a node, and its batches on a ledger of the clearing.
class Play {
 public:
  Play() {
    opening_.province = kP1;
    for (std::uint8_t who = 0; who < 3; ++who) {
      for (std::uint32_t n = 0; n < 4; ++n) {
        OpeningLot lot =
            opening_lot_of(who * 4 + n + 1, member_number(who), 20 + 10 * n,
                           kDay.plus_days(static_cast<int>(n) * 12 - 3),
                           month_of(2004, static_cast<int>(12 - n)), n % 2 == 0 ? kP1 : kP2);
        lot.remaining = lot.original - n;
        opening_.lots.push_back(lot);
      }
    }
    opening_.debts = {{.member = member_number(0), .issuer = kP2, .points = 5}};
    node_.opened(opening_);
    ledger_.open(opening_);
  }

  void slice(std::size_t rows) { node_.slice(rows); }
  // By number of the day.
  void reload_before(std::set<int> days) { reload_before_ = std::move(days); }
  [[nodiscard]] const Texts& said() const { return said_; }
  [[nodiscard]] const std::vector<std::byte>& batches() const { return batches_; }
  [[nodiscard]] const Home& home() const { return node_.home(); }

  void play(const std::vector<Step>& steps) {
    std::vector<Row> rows;
    for (const Step& step : steps) {
      if (step.next_day) {
        day(std::move(rows));
        rows.clear();
      }
      rows.push_back(make(step, static_cast<std::uint32_t>(rows.size() + 1)));
    }
    day(std::move(rows));
  }

  // All holds ended, everything that can be spent is spent, and not one point more.
  void spend_all() {
    std::vector<Row> voids;
    for (const TransactionId& hold : holds_) {
      voids.push_back(void_hold(hold));
    }
    day(voids);
    for (std::uint8_t who = 0; who < 3; ++who) {
      const Member member = member_number(who);
      // Lots that expire with the next file's run can't be spent in it.
      std::int64_t points = 0;
      for (const auto& [lot, tally] : node_.lots()) {
        const bool usable = owner_[lot] == member && tally.expires_on > date_.plus_days(1);
        points += usable ? tally.remaining : 0;
      }
      for (const auto& [key, owed] : node_.debts()) {
        points -= key.first == member ? owed : 0;
      }
      points = std::max(points, std::int64_t{0});
      const DayResult result = day({redeem(member, points + 1), redeem(member, points)});
      const bool open = returned_of(result) != (Texts{"1 CLOSED", "2 CLOSED"});
      if (open && !away_.contains(member)) {
        RC_ASSERT(!result.returned.empty());
        RC_ASSERT(result.returned.front().code == ReturnCode::kInsufficientPoints);
        RC_ASSERT(result.items.size() == (points > 0 ? 1U : 0U));
      }
    }
  }

 private:
  TransactionId pick(const std::vector<TransactionId>& ids, std::uint8_t which) const {
    return ids.empty() ? own_id(kDay, 999) : ids[which % ids.size()];
  }
  LotId pick_lot(Member member, std::uint8_t which) const {
    std::vector<LotId> lots;
    for (const auto& [lot, owner] : owner_) {
      if (owner == member) {
        lots.push_back(lot);
      }
    }
    return lots.empty() ? LotId() : lots[which % lots.size()];
  }

  Row make(const Step& step, std::uint32_t serial) {
    const Member member = member_number(step.who);
    const TransactionId fresh = id_of(kAir, date_, std::to_string(date_.count() * 1000 + serial));
    switch (step.what) {
      case 0:
        return bill(member, month_of(2007, 1 + step.which % 3), step.points * 60,
                    std::to_string(step.which % 16));
      case 1:
        return earn(member, month_of(2004, 1 + step.which % 12), step.points);
      case 2:
        return unearn(member, pick_lot(member, step.which), step.points);
      case 3:
      case 4:
        return redeem(member, step.points, step.which % 4 == 0 ? Form::kGift : Form::kPhoneCredit);
      case 5:
      case 6:
        return hold(member, step.points, date_.plus_days(step.which % 4));
      case 7:
      case 8:
        return capture(pick(holds_, step.which), step.points % 25, step.points % 3 == 0);
      case 9:
        return void_hold(pick(holds_, step.which));
      case 10:
        return exchange_out(fresh, member, step.points);
      case 11:
        return accrual(fresh, member, step.points);
      case 12:
      case 13: {
        const TransactionId parent = pick(taken_, step.which);
        return refund(parent, member, step.points % 30);
      }
      case 14:
        return unissue(pick(accruals_, step.which), member, pick_lot(member, step.which),
                       step.points);
      case 15:
        return withdraw(1 + step.which % std::max(node_.sequence(), 1U), 1 + step.points % 5);
      case 16:
        return rare(step) ? leave(member) : earn(member, month_of(2007, 3), step.points);
      case 17:
        return rare(step) ? transfer(member) : bill(member, month_of(2006, 9), 5000);
      case 18:
        return rare(step) ? move_out(fresh, member, kP2) : redeem(member, step.points);
      case 19: {
        const LotId lot(kP2, date_, serial);
        return move_in(member, kP2,
                       {lot_row(lot, month_of(2005, 5), date_.plus_days(step.which % 20),
                                step.points + std::int64_t{9}, step.points + std::int64_t{1})});
      }
      default:
        return confirm(pick(moves_, step.which));
    }
  }
  // Few members leave, or little would happen in a long run.
  static bool rare(const Step& step) { return step.which % 32 == 0; }

  DayResult day(std::vector<Row> rows) {
    date_ = date_.plus_days(1);
    const std::size_t count = rows.size();
    if (reload_before_.contains(days_++)) {
      node_.reload();
    }
    DayResult result = node_.take(date_, std::move(rows));
    note(result, count);
    const Texts words = words_of(result);
    said_.insert(said_.end(), words.begin(), words.end());
    const OwnedBatch batch = seal({.sender = kP1, .date = date_}, result.movements, result.items,
                                  result.slices, digest_of);
    batches_.insert(batches_.end(), batch.bytes().begin(), batch.bytes().end());
    check_slices(result);
    check_ledger(result);
    return result;
  }

  void note(const DayResult& result, std::size_t rows) {
    std::size_t at = 0;
    for (const Movement& movement : result.movements) {
      owner_[movement.slice.lot] = movement.member;
    }
    for (const Item& item : result.items) {
      for (std::uint32_t n = 0; n < item.slice_count; ++n) {
        owner_[result.slices.at(at++).lot] = item.member;
      }
      if (item.action == Action::kNew &&
          (item.kind == Kind::kRedeem || item.kind == Kind::kExchangeOut)) {
        taken_.push_back(item.id);
      }
      if (item.kind == Kind::kAccrual) {
        accruals_.push_back(item.id);
      }
      if (item.kind == Kind::kMoveIn) {
        moves_.push_back(item.id);
      }
      if (item.kind == Kind::kMoveOut) {
        away_.insert({item.member, true});
      }
    }
    // Every row may have been a hold; those that weren't are unknown parents later on.
    for (std::uint32_t serial = 1; serial <= rows; ++serial) {
      holds_.push_back(own_id(date_, serial));
    }
  }

  // What a redemption took are its points, in taking order.
  void check_slices(const DayResult& result) const {
    std::size_t at = 0;
    for (const Item& item : result.items) {
      const auto begin = result.slices.begin() + static_cast<std::ptrdiff_t>(at);
      const auto end = begin + item.slice_count;
      at += item.slice_count;
      const auto add = [](std::int64_t sum, const Slice& slice) { return sum + slice.delta; };
      const std::int64_t sum = std::accumulate(begin, end, std::int64_t{0}, add);
      if (item.action == Action::kWithdraw) {
        RC_ASSERT(sum > 0);
      } else if (item.kind == Kind::kRedeem || item.kind == Kind::kExchangeOut) {
        RC_ASSERT(sum == -item.points);
        const bool whole_row = item.authorisation == EntryId(kP1, date_, item.entry);
        const auto before = [](const Slice& a, const Slice& b) {
          return std::tuple(a.expires_on, a.earned_month, a.lot) <
                 std::tuple(b.expires_on, b.earned_month, b.lot);
        };
        RC_ASSERT(!whole_row || std::is_sorted(begin, end, before));
      } else if (item.kind == Kind::kRefund) {
        RC_ASSERT(sum == item.points);
      } else if (item.kind == Kind::kUnissue && item.slice_count > 0) {
        RC_ASSERT(sum == -item.points);
      }
    }
    RC_ASSERT(at == result.slices.size());
  }

  // The clearing finds every lot within its bounds, and opening + movements = closing.
  void check_ledger(const DayResult& result) {
    BatchView view;
    view.header.date = date_;
    view.movements = result.movements;
    view.items = result.items;
    view.slices = result.slices;
    RC_ASSERT(!ledger_.apply(view, Part::kOpen).has_value());
    std::map<Participant, std::int64_t> closing;
    for (const LotState& lot : ledger_.lots()) {
      const auto tally = node_.lots().find(lot.lot);
      RC_ASSERT(tally != node_.lots().end());
      RC_ASSERT(tally->second.remaining == lot.remaining);
      RC_ASSERT(tally->second.original == lot.original);
      RC_ASSERT(tally->second.expires_on == lot.expires_on);
      RC_ASSERT(lot.remaining >= 0 && lot.remaining <= lot.original);
      closing[lot.lot.participant()] += lot.remaining;
    }
    for (const auto& [key, points] : node_.debts()) {
      RC_ASSERT(points >= 0);
      closing[key.second] -= points;
    }
    for (const auto& [issuer, points] : closing) {
      const IssuerPoints* sums = ledger_.issuer(issuer.number());
      RC_ASSERT(sums != nullptr);
      std::int64_t sum = 0;
      for (std::size_t q = 0; q <= IssuerPoints::kDebtQuarter; ++q) {
        sum += sums->opening.at(q) + sums->period.at(q).total();
      }
      RC_ASSERT(sum == points);
    }
  }

  Opening opening_;
  Node node_;
  LotLedger ledger_;
  BusinessDate date_ = kDay;
  std::map<LotId, Member> owner_ = [] {
    std::map<LotId, Member> owner;
    for (std::uint32_t n = 0; n < 12; ++n) {
      owner[opening_lot(n + 1, n % 2 == 0 ? kP1 : kP2)] =
          member_number(static_cast<std::uint8_t>(n / 4));
    }
    return owner;
  }();
  std::map<Member, bool> away_;
  std::vector<TransactionId> holds_;
  std::vector<TransactionId> taken_;
  std::vector<TransactionId> accruals_;
  std::vector<TransactionId> moves_;
  Texts said_;  // of all days
  std::vector<std::byte> batches_;
  std::set<int> reload_before_;
  int days_{0};
};

TEST(HomeProperty, PointsAreConservedAndLotsStayWithinTheirBounds) {
  EXPECT_TRUE(rc::check("any steps", [] {
    Play play;
    play.play(*rc::gen::container<std::vector<Step>>(any_step()));
    play.spend_all();
  }));
}

TEST(HomeProperty, LongRunsConserveThemToo) {
  EXPECT_TRUE(rc::check("many steps", [] {
    Play play;
    play.play(*rc::gen::container<std::vector<Step>>(150, any_step()));
    play.spend_all();
  }));
}

// Nothing but holds, captures and voids: what isn't captured is there again at the end.
TEST(HomeProperty, HoldsNeverLosePoints) {
  EXPECT_TRUE(rc::check("holds", [] {
    const auto steps =
        *rc::gen::container<std::vector<Step>>(rc::gen::map(any_step(), [](Step step) {
          step.what = static_cast<std::uint8_t>(5 + step.what % 5);
          return step;
        }));
    Play play;
    play.play(steps);
    play.spend_all();
  }));
}

TEST(HomeProperty, SlicesOfADayGiveWhatTheDayGivesAtOnce) {
  EXPECT_TRUE(rc::check("slices", [] {
    const auto steps = *rc::gen::container<std::vector<Step>>(any_step());
    Play at_once;
    Play sliced;
    sliced.slice(*rc::gen::inRange<std::size_t>(1, 5));
    at_once.play(steps);
    sliced.play(steps);
    RC_ASSERT(at_once.said() == sliced.said());
  }));
}

// What goes on from a snapshot says to the byte what the undisturbed home says.
TEST(HomeProperty, AHomeFromItsSnapshotGoesOnAsIfNothingHadBeen) {
  EXPECT_TRUE(rc::check("snapshots", [] {
    const auto steps = *rc::gen::scale(3.0, rc::gen::container<std::vector<Step>>(any_step()));
    Play undisturbed;
    Play reloaded;
    reloaded.reload_before(*rc::gen::container<std::set<int>>(rc::gen::inRange(0, 40)));
    undisturbed.play(steps);
    undisturbed.spend_all();
    reloaded.play(steps);
    reloaded.spend_all();
    RC_ASSERT(undisturbed.batches() == reloaded.batches());
    RC_ASSERT(undisturbed.said() == reloaded.said());
    RC_ASSERT(saved_bytes(undisturbed.home()) == saved_bytes(reloaded.home()));
  }));
}

TEST(HomeProperty, TheSameRowsGiveTheSameResult) {
  EXPECT_TRUE(rc::check("twice", [](std::uint8_t points, std::uint8_t held) {
    const auto run = [&] {
      Node node;
      const Member member = member_number(0);
      const DayResult one = node.take(kDay, {earn(member, month_of(2007, 3), points),
                                             hold(member, held, kDay), redeem(member, held)});
      return words_of(one);
    };
    RC_ASSERT(run() == run());
  }));
}

}  // namespace PH_FILE
}  // namespace ph::test
