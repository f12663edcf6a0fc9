// Matching over sealed batches: against a plain search through all items, in random months with
// late, missing and contested items.
#include "core/match/join.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "app/generate/random.h"
#include "core/batch/seal.h"

namespace ph {
namespace PH_FILE {

using generate::Random;

constexpr Participant kPartner{101};
constexpr std::uint16_t kHomes = 4;
constexpr int kDays = 6;

BusinessDate day_at(int day) {
  return BusinessDate::of(2026, 3, 1).plus_days(day);
}

TransactionId id_of(Participant starter, int day, std::uint32_t reference) {
  TransactionId id{.participant = starter, .date = day_at(day)};
  const std::string text = std::to_string(reference);
  std::memcpy(id.reference.data(), text.data(), text.size());
  return id;
}

// Batches of a few senders, built item by item.
class Month {
 public:
  void add(Participant sender, int day, Item item) {
    std::vector<Item>& items = days_[{sender, std::min(day, kDays - 1)}];
    item.entry = static_cast<std::uint32_t>(items.size() + 1);
    items.push_back(item);
  }
  void close() {
    for (auto& [key, items] : days_) {
      std::ranges::sort(items, item_before);
    }
  }
  [[nodiscard]] BatchView batch(Participant sender, int day) const {
    BatchView view;
    view.header.sender = sender;
    view.header.date = day_at(day);
    const auto found = days_.find({sender, day});
    if (found != days_.end()) {
      view.items = found->second;
    }
    return view;
  }
  [[nodiscard]] std::vector<SentItem> all() const {
    std::vector<SentItem> out;
    for (const auto& [key, items] : days_) {
      for (const Item& item : items) {
        out.push_back({&item, key.first});
      }
    }
    return out;
  }

 private:
  std::map<std::pair<Participant, int>, std::vector<Item>> days_;
};

// What the join finds, as text that can be compared.
struct Found {
  std::vector<std::string> lines{};

  static std::string text(const SentItem& sent) {
    return std::to_string(sent.sender.number()) + "/" +
           std::string(sent.item->id.reference_text()) + "/" + sent.item->id.date.text() + "/" +
           std::to_string(static_cast<int>(sent.item->kind)) + " ";
  }
  void pair(const SentItem& home, const SentItem& other) {
    lines.push_back("pair " + text(home) + text(other));
  }
  void unanswered(const SentItem& home) { lines.push_back("unanswered " + text(home)); }
  void unclaimed(const SentItem& other) { lines.push_back("unclaimed " + text(other)); }
};

// Every home's item, homes ascending, against every other item.
Found plain_search(const Month& month) {
  Found found;
  const std::vector<SentItem> all = month.all();
  std::vector<bool> claimed(all.size());
  for (const SentItem& home : all) {
    if (!is_home_item(*home.item)) {
      continue;
    }
    bool answered = false;
    for (std::size_t n = 0; n < all.size() && !answered; ++n) {
      if (!claimed[n] && all[n].item->id == home.item->id && answers(home, all[n])) {
        claimed[n] = answered = true;
        found.pair(home, all[n]);
      }
    }
    if (!answered) {
      found.unanswered(home);
    }
  }
  for (std::size_t n = 0; n < all.size(); ++n) {
    if (!is_home_item(*all[n].item) && !claimed[n]) {
      found.unclaimed(all[n]);
    }
  }
  std::ranges::sort(found.lines);
  return found;
}

Found joined(const Month& month) {
  Found found;
  Joiner joiner;
  std::map<std::pair<std::uint16_t, int>, RunCursor> cursors;
  for (std::uint16_t home = 1; home <= kHomes; ++home) {
    for (int day = 0; day < kDays; ++day) {
      cursors[{home, day}] = RunCursor(month.batch(Participant(home), day));
    }
  }
  const auto runs = [&](std::uint16_t of, std::uint16_t with) {
    std::vector<ItemRun> out;
    for (int day = 0; day < kDays; ++day) {
      out.push_back(cursors[{of, day}].take(Participant(with)));
    }
    return out;
  };
  for (std::uint16_t a = 1; a <= kHomes; ++a) {
    for (auto b = static_cast<std::uint16_t>(a + 1); b <= kHomes; ++b) {
      joiner.join_provinces(runs(a, b), runs(b, a), found);
    }
  }
  Found by_day;
  std::vector<ItemRun> others;
  joiner.start_partner();
  for (int day = 0; day < kDays; ++day) {
    others.push_back(RunCursor(month.batch(kPartner, day)).take(Participant()));
    std::vector<ItemRun> homes;
    for (std::uint16_t home = 1; home <= kHomes; ++home) {
      homes.push_back(cursors[{home, day}].take(kPartner));
    }
    joiner.join_day(others.back(), homes, by_day);
  }
  if (!joiner.finish_partner(others, by_day)) {
    by_day.lines.clear();
    std::vector<ItemRun> homes;
    for (std::uint16_t home = 1; home <= kHomes; ++home) {
      for (const ItemRun& run : runs(home, kPartner.number())) {
        homes.push_back(run);
      }
    }
    joiner.join_partner(others, homes, by_day);
  }
  found.lines.insert(found.lines.end(), by_day.lines.begin(), by_day.lines.end());
  std::ranges::sort(found.lines);
  return found;
}

int late(Random& random, int day) {
  return random.one_in(5) ? day + 1 + random.one_in(3) : day;
}

// A home's item and its answer, one of them perhaps missing, late or not fitting.
void add_transaction(Month& month, Random& random, int day, std::uint32_t reference) {
  const Participant home(static_cast<std::uint16_t>(random.between(1, kHomes)));
  Participant giver(static_cast<std::uint16_t>(random.between(1, kHomes)));
  const bool partner = giver == home || random.one_in(2);
  giver = partner ? kPartner : giver;
  const bool refund = random.one_in(6);
  Item item{.kind = refund ? Kind::kRefund : Kind::kRedeem, .counterparty = giver};
  item.partner = partner ? kPartner : Participant();
  item.form = refund ? Form::kNone : partner ? Form::kMerchant : Form::kPhoneCredit;
  item.member = Member(random.between(1, 3));
  item.id = id_of(giver, day, reference);
  item.points = 10;
  Item answer = item;
  answer.kind = answering_kind(item);
  answer.counterparty = partner ? Participant() : home;
  answer.form = partner ? Form::kNone : item.form;
  if (random.one_in(12)) {
    answer.member = Member(9);
  }
  if (!random.one_in(12)) {
    month.add(home, late(random, day), item);
  }
  if (!random.one_in(12)) {
    month.add(giver, late(random, day), answer);
  }
  if (partner && random.one_in(40)) {  // Another home says the same.
    const auto next = static_cast<std::uint16_t>(home.number() % kHomes + 1);
    month.add(Participant(next), late(random, day), item);
  }
}

TEST(Join, FindsInRandomMonthsWhatASearchThroughEverythingFinds) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    Month month;
    std::uint32_t reference = 0;
    for (int day = 0; day < kDays; ++day) {
      for (int n = 0; n < 60; ++n) {
        add_transaction(month, random, day, ++reference);
      }
    }
    month.close();
    ASSERT_EQ(joined(month).lines, plain_search(month).lines);
  }
}

TEST(Join, GivesAContestedAnswerToTheLowestHomeWhicheverDayItSpoke) {
  Month month;
  Item item{.kind = Kind::kRedeem, .counterparty = kPartner, .partner = kPartner};
  item.id = id_of(kPartner, 0, 7);
  month.add(Participant(3), 0, item);
  month.add(Participant(2), 4, item);
  Item answer = item;
  answer.kind = Kind::kPartnerRedemption;
  answer.counterparty = Participant();
  month.add(kPartner, 0, answer);
  month.close();
  const Found found = joined(month);
  ASSERT_EQ(found.lines.size(), 2U);
  EXPECT_EQ(found.lines[0].substr(0, 7), "pair 2/");
  EXPECT_EQ(found.lines[1].substr(0, 13), "unanswered 3/");
}

TEST(RunCursor, FindsRunsInWhateverOrderTheyAreAskedFor) {
  Month month;
  for (std::uint32_t n = 0; n < 40; ++n) {
    Item item{.kind = Kind::kRedeem};
    item.counterparty = Participant(static_cast<std::uint16_t>(n % 7 * 2 + 1));
    item.id = id_of(Participant(1), 0, n);
    month.add(Participant(1), 0, item);
  }
  month.close();
  RunCursor cursor(month.batch(Participant(1), 0));
  for (const int wanted : {1, 3, 13, 5, 5, 2, 99, 1, 9}) {
    const ItemRun run = cursor.take(Participant(static_cast<std::uint16_t>(wanted)));
    const bool there = wanted % 2 == 1 && wanted <= 13;
    EXPECT_EQ(run.items.size(), !there ? 0U : wanted <= 9 ? 6U : 5U) << wanted;
    for (const Item& item : run.items) {
      EXPECT_EQ(item.counterparty.number(), wanted);
    }
  }
}

TEST(ExceptionFinder, NamesTheFirstReasonThatApplies) {
  Item home{.kind = Kind::kRedeem};
  home.points = 5;
  home.authorisation = EntryId(Participant(1), day_at(0), 1);
  Item other{.kind = Kind::kDelivery};
  other.points = 6;
  ExceptionFinder finder;
  finder.pair({&home, Participant(1)}, {&other, Participant(2)});
  other.points = 5;
  finder.pair({&home, Participant(1)}, {&other, Participant(2)});
  other.authorisation = home.authorisation;
  finder.pair({&home, Participant(1)}, {&other, Participant(2)});
  ASSERT_EQ(finder.exceptions().size(), 2U);
  EXPECT_EQ(finder.exceptions()[0].reason, SuspenseReason::kAmount);
  EXPECT_EQ(finder.exceptions()[1].reason, SuspenseReason::kAuthorisation);
  EXPECT_EQ(finder.matched(), 1U);
}

}  // namespace PH_FILE
}  // namespace ph
