// Random months whose batches overlap: what is taken of the next period before the open one is
// closed changes no byte of either, nor does what is refused or looked at in between, nor a
// new start from a snapshot.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "core/statement/tables.h"
#include "tests/property/deals.h"
#include "tests/unit/intake/ledger_text.h"

namespace ph::test {
namespace PH_FILE {

using rc::gen::inRange;

const std::vector<Participant> kSenders{kP1, kP2, kP3, kAir, kShop};
constexpr std::size_t kBatches = 7;  // of each sender
constexpr std::size_t kPeriods = 3;

// Something that is reported: a deal; or, about what a sender reported before, a correction, a
// withdrawal or a copy; or a movement of a small lot or a debt.
struct Step {
  std::uint8_t what{};
  std::uint8_t sender{};
  std::uint8_t batch{};
  std::uint8_t other_batch{};
  std::uint16_t which{};
  Deal deal{};
};

std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << "{" << int{step.what} << "," << int{step.sender} << "," << int{step.batch} << ","
             << int{step.other_batch} << "," << step.which << "," << step.deal << "}";
}

rc::Gen<std::vector<Step>> any_steps() {
  return rc::gen::container<std::vector<Step>>(
      rc::gen::build<Step>(rc::gen::set(&Step::what, inRange<std::uint8_t>(0, 17)),
                           rc::gen::set(&Step::sender, inRange<std::uint8_t>(0, 5)),
                           rc::gen::set(&Step::batch, inRange<std::uint8_t>(0, kBatches)),
                           rc::gen::set(&Step::other_batch, inRange<std::uint8_t>(0, kBatches)),
                           rc::gen::set(&Step::which, rc::gen::arbitrary<std::uint16_t>()),
                           rc::gen::set(&Step::deal, any_deal())));
}

struct Batch {
  BusinessDate date{};
  std::vector<Report> reports{};
  std::vector<Movement> movements{};
};
using Batches = std::map<Participant, std::vector<Batch>>;

// Of a debt, or of one of three lots of an issuer.
Slice small_slice(Participant issuer, std::uint32_t which, Account account, std::int64_t delta) {
  if (which == 0) {
    return {.lot = LotId(issuer, BusinessDate(), 0),
            .source = Source::kDebt,
            .account = account,
            .delta = -delta};
  }
  return {.lot = LotId(issuer, kDay, which),
          .earned_month = month_of(2006, static_cast<int>(which) * 3),
          .expires_on = on(2010, 1, 1),
          .source = Source::kLevel,
          .account = account,
          .original = 100,
          .delta = delta};
}

Movement small_movement(const Step& step) {
  const Participant issuer{static_cast<std::uint16_t>(1 + step.which % 3)};
  const std::int64_t delta = (step.deal.one % 3 + 1) * (step.deal.two % 2 == 0 ? 10 : -10);
  Movement movement{.member = member_of(1 + step.which / 8 % 2), .entry = 1};
  movement.slice = small_slice(issuer, step.which / 16 % 5 % 4,
                               static_cast<Account>(1 + step.which / 128 % 6), delta);
  if (movement.slice.source != Source::kDebt) {
    movement.slice.expires_on = movement.slice.expires_on.plus_days(step.deal.fault);
  }
  return movement;
}

// What a home begins with, so that not everything that is taken away is missing.
std::vector<Movement> first_movements() {
  std::vector<Movement> movements;
  for (const Participant issuer : {kP1, kP2, kP3}) {
    for (std::uint32_t which = 0; which < 3; ++which) {  // The third lot is new when it comes.
      for (const std::uint64_t member : {1U, 2U}) {
        if (which == 0 || member == 1) {
          movements.push_back({.member = member_of(member),
                               .entry = 1,
                               .slice = small_slice(issuer, which, Account::kIssued, 30)});
        }
      }
    }
  }
  return movements;
}

// What cites or repeats something that its sender reports in the batch of the same number or in one
// before; nothing if there is nothing.
void add_citing(Batches& batches, const Step& step) {
  const Participant sender = kSenders[step.sender];
  std::vector<Batch>& sent = batches[sender];
  const std::size_t cited_batch = std::min(step.batch, step.other_batch);
  const std::vector<Report>& there = sent[cited_batch].reports;
  if (there.empty()) {
    return;
  }
  const std::size_t entry = step.which % there.size();
  Report report = there[entry];
  report.item.points += step.deal.one % 4;
  if (step.what != 12) {
    const bool slices = !report.slices.empty();
    const bool withdraw = slices || step.what < 9;
    for (Slice& slice : report.slices) {
      slice.delta = -slice.delta;
    }
    report = citing(withdraw ? Action::kWithdraw : Action::kCorrect,
                    static_cast<std::uint32_t>(cited_batch + 1),
                    static_cast<std::uint32_t>(entry + 1), std::move(report));
  } else {
    report.item.points -= step.deal.one % 2;
  }
  sent[std::max(step.batch, step.other_batch)].reports.push_back(std::move(report));
}

Batches batches_of(const std::vector<Step>& steps) {
  Batches batches;
  for (const Participant sender : kSenders) {
    for (std::size_t n = 0; n < kBatches; ++n) {
      batches[sender].push_back({.date = kDay.plus_days(static_cast<int>(n) * 11)});
    }
    if (sender.number() <= kProvinceNumberMax) {
      batches[sender][0].movements = first_movements();
    }
  }
  for (std::size_t n = 0; n < steps.size(); ++n) {
    const Step& step = steps[n];
    if (step.what < 7) {
      std::vector<Sent> sides;
      const std::size_t first = std::min(step.batch, step.other_batch);
      add_deal(sides, step.deal, n, kDay.plus_days(static_cast<int>(first) * 11));
      for (std::size_t side = 0; side < sides.size(); ++side) {
        batches[sides[side].sender][side % 2 == 0 ? step.batch : step.other_batch]
            .reports.push_back(sides[side].report);
      }
      // Another home may want the same answer.
      if (step.which % 3 == 0 && !sides.empty() && sides[0].sender != kP2) {
        batches[sides[0].sender == kP1 ? kP3 : kP1][step.other_batch].reports.push_back(
            sides[0].report);
      }
    } else if (step.what < 13) {
      add_citing(batches, step);
    } else {
      batches[kSenders[step.sender % 3U]][step.batch].movements.push_back(small_movement(step));
    }
  }
  return batches;
}

// How many batches of each sender are taken by the end of each period, and before each close.
struct Schedule {
  std::map<Participant, std::array<std::size_t, kPeriods>> of_period{};
  std::map<Participant, std::array<std::size_t, kPeriods>> ahead{};
  std::vector<std::uint8_t> picks{};  // whose turn it is, and what happens in between
};

Schedule any_schedule() {
  Schedule schedule;
  for (const Participant sender : kSenders) {
    const std::size_t first = *inRange<std::size_t>(0, kBatches + 1);
    const std::size_t second = *inRange<std::size_t>(first, kBatches + 1);
    schedule.of_period[sender] = {first, second, kBatches};
    schedule.ahead[sender] = {*inRange<std::size_t>(first, second + 1),
                              *inRange<std::size_t>(second, kBatches + 1), kBatches};
  }
  schedule.picks = *rc::gen::container<std::vector<std::uint8_t>>(
      kBatches * kSenders.size() * 2, rc::gen::arbitrary<std::uint8_t>());
  return schedule;
}

std::string returned_lines(World& world, const Names& names) {
  std::vector<ReturnedLine> lines;
  for (const SenderBook* book : world.settlement().books()) {
    for (const ReturnedItem& item : book->returned()) {
      lines.push_back({.by_clearing = true,
                       .sender = book->sender(),
                       .sequence = item.sequence,
                       .entry = item.entry,
                       .kind = word(item.kind),
                       .id = item.id,
                       .code = item.code});
    }
  }
  return returned_csv(std::move(lines), names);
}

// All that is written of a period.
Texts outputs_of(World& world, const PeriodResult& result) {
  const RuleBook& rules = world.rules();
  const Names names(rules);
  const auto books = std::as_const(world.settlement()).books();
  Texts out{items_csv(result, rules, names),   lines_csv(result, rules, names),
            matrix_csv(result, names),         positions_csv(result, names),
            ledger_csv(result, rules, names),  suspense_csv(result, names),
            returned_lines(world, names),      rollforward_csv(books, rules, names),
            quarters_csv(books, rules, names), closing_debts_csv(books, names)};
  for (const SenderBook* book : books) {
    out.push_back(closing_lots_of(*book, names));
  }
  for (const Statement& statement : statements_of(result, books, rules, names)) {
    out.push_back(statement_json(statement));
  }
  return out;
}

// What was seen on the way, so that a run without any of it is noticed.
struct Seen {
  std::size_t citing_ahead{};
  std::size_t refused{};
  std::size_t returned_ahead{};
  std::size_t legs{};
};

class Clearing {
 public:
  Clearing(const Batches& batches, const Schedule& schedule, Seen& seen)
      : batches_(batches), schedule_(schedule), seen_(seen) {
    world_.opened();
  }

  // Each sender's batches of a period, then its close.
  void in_order() {
    for (std::size_t period = 0; period < kPeriods; ++period) {
      for (const Participant sender : kSenders) {
        while (next_[sender] < schedule_.of_period.at(sender)[period]) {
          send(sender, Part::kOpen);
        }
      }
      close(period);
    }
  }

  // Senders in any order, some ahead of the close; refused batches and looks in between.
  void overlapping() {
    auto pick = schedule_.picks.begin();
    for (std::size_t period = 0; period < kPeriods; ++period) {
      for (std::vector<Participant> left = behind(period); !left.empty(); left = behind(period)) {
        const std::uint8_t picked = pick == schedule_.picks.end() ? 0 : *pick++;
        const Participant sender = left[picked % left.size()];
        const bool ahead = next_[sender] >= schedule_.of_period.at(sender)[period];
        const Part part = ahead ? Part::kNext : Part::kOpen;
        if (picked % 4 == 0 && sender.number() <= kProvinceNumberMax) {
          refuse(sender, part);
        }
        if (picked % 4 == 1) {
          (void)preview(period);
        }
        if (picked % 8 == 2) {
          restart(picked);
        }
        send(sender, part);
      }
      const Texts looked = outputs_of(world_, preview(period));
      close(period);
      RC_ASSERT(looked == out_.back());
    }
  }

  [[nodiscard]] const std::vector<Texts>& out() const { return out_; }
  // Of each batch: was it refused, and what was sent back.
  [[nodiscard]] const std::map<Participant, Texts>& answers() const { return answers_; }

 private:
  [[nodiscard]] std::vector<Participant> behind(std::size_t period) {
    std::vector<Participant> out;
    for (const Participant sender : kSenders) {
      if (next_[sender] < schedule_.ahead.at(sender)[period]) {
        out.push_back(sender);
      }
    }
    return out;
  }

  void send(Participant sender, Part part) {
    const Batch& batch = batches_.at(sender)[next_[sender]++];
    world_.send(sender, batch.date, batch.reports, batch.movements, part);
    std::string answer = world_.fault() ? "refused" : "taken";
    for (const std::string& text : texts_of(world_.taken().returned)) {
      answer += ", " + text;
    }
    seen_.refused += world_.fault() ? 1U : 0U;
    if (part == Part::kNext) {
      seen_.returned_ahead += world_.taken().returned.size();
      for (const Report& report : batch.reports) {
        seen_.citing_ahead += report.item.action != Action::kNew ? 1U : 0U;
      }
    }
    answers_[sender].push_back(std::move(answer));
  }

  // The batch that comes next, with something that can't be.
  void refuse(Participant sender, Part part) {
    Batch batch = batches_.at(sender)[next_[sender]];
    Slice slice = slice_of(kP2, Account::kExpired, -2 * kDeep);
    batch.movements.push_back({.member = kAnyone, .entry = 1, .slice = slice});
    world_.send(sender, batch.date, batch.reports, batch.movements, part);
    RC_ASSERT(world_.fault().has_value());
    RC_ASSERT(world_.taken().returned.empty());
  }

  // From a snapshot, which gives the same again.
  void restart(std::size_t part) {
    const std::vector<std::byte> snapshot = world_.saved();
    RC_ASSERT(world_.restart(snapshot, part * part));
    RC_ASSERT(world_.saved() == snapshot);
  }

  static PeriodDates dates_of(std::size_t period) {
    return {.close = on(2007, 5 + static_cast<int>(period), 8)};
  }
  static Month month(std::size_t period) { return month_of(2007, 4 + static_cast<int>(period)); }

  PeriodResult preview(std::size_t period) {
    return std::as_const(world_.settlement()).preview(month(period), dates_of(period));
  }
  void close(std::size_t period) {
    const PeriodResult result = world_.settlement().close(month(period), dates_of(period));
    seen_.legs += result.legs.size();
    out_.push_back(outputs_of(world_, result));
    world_.settlement().next_period();
  }

  const Batches& batches_;
  const Schedule& schedule_;
  Seen& seen_;
  World world_;
  std::map<Participant, std::size_t> next_;
  std::vector<Texts> out_;
  std::map<Participant, Texts> answers_;
};

TEST(PeriodsProperty, BatchesOfTheNextPeriodChangeNothingOfTheOpenOneNorOfTheirOwn) {
  Seen seen;
  EXPECT_TRUE(rc::check("months in order and overlapping", [&seen] {
    const Batches batches = batches_of(*rc::gen::scale(2.0, any_steps()));
    const Schedule schedule = any_schedule();
    Clearing one(batches, schedule, seen);
    one.in_order();
    Clearing other(batches, schedule, seen);
    other.overlapping();
    RC_ASSERT(one.answers() == other.answers());
    for (std::size_t period = 0; period < kPeriods; ++period) {
      RC_ASSERT(one.out()[period] == other.out()[period]);
    }
  }));
  EXPECT_GT(seen.citing_ahead, 0U);
  EXPECT_GT(seen.refused, 0U);
  EXPECT_GT(seen.returned_ahead, 0U);
  EXPECT_GT(seen.legs, 0U);
}

}  // namespace PH_FILE
}  // namespace ph::test
