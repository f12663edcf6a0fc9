// KPI: a month's figures of a home (docs/decisions/0023-programme-format.md, section 2, `KPI`). It
// begins by itself with the first opening behind the month, before any row, so the home is as it
// was at the month's end but for what the open day has moved by then, which is taken off. Steps are
// the members, then the month's sealed days; a member's result says whether he was active.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>

#include "core/home/run_work.h"
#include "core/types/flat_index.h"

namespace ph {

namespace kpi {

namespace {

using book::CohortRecord;

// tables of cohorts, in the order of the file
constexpr std::uint16_t kCounts = 1;     // index: name; sums: value
constexpr std::uint16_t kGrades = 2;     // index: place in the order; sums: members
constexpr std::uint16_t kSegments = 3;   // index: segment; sums: members
constexpr std::uint16_t kLiability = 4;  // index: issuer; sums: quarter, points
constexpr std::uint16_t kBreakage = 5;   // index: issuer; sums: points, fen, exact fen
constexpr std::uint16_t kQueues = 6;     // index: queue; sums: as of QueueSum

enum Name : std::uint16_t {
  kMembers,
  kActive,
  kOpening,
  kIssued,
  kRedeemed,
  kExpired,
  kForfeited,
  kMoved,
  kClosing,
  kSpend,
  kRedeemedPoints,
  kRedeemedFen,
  kNames,
};
constexpr std::array<std::string_view, kNames> kNameTexts{
    "members",   "active", "opening", "issued",    "redeemed",        "expired",
    "forfeited", "moved",  "closing", "spend_fen", "redeemed_points", "redeemed_fen"};

// counts of its record: steps of each kind, and what was seen of the open day
constexpr std::size_t kMemberSteps = 0;
constexpr std::size_t kDaySteps = 1;
constexpr std::size_t kSeenMovements = 2;
constexpr std::size_t kSeenItems = 3;
constexpr std::size_t kCountsUsed = 4;

constexpr std::size_t kValue = 0;
constexpr std::size_t kQuarter = 0;  // of kLiability
constexpr std::size_t kPoints = 1;
constexpr std::size_t kBreakagePoints = 0;  // of kBreakage
constexpr std::size_t kBreakageFen = 1;
constexpr std::size_t kExact = 2;  // low and high half of the numerator, denominator
enum QueueSum : std::size_t { kCalls, kAnswered, kWithin, kCalledBack, kInTime };
constexpr std::uint32_t kMembersAhead = 16;
constexpr std::uint32_t kDaysMax = 31;

// Which line of a table; of kLiability each quarter of an issuer is one.
using LineKey = std::tuple<std::uint16_t, std::uint16_t, std::int64_t>;

LineKey key_of(const CohortRecord& record) {
  return {record.table, record.index, record.table == kLiability ? record.sums[kQuarter] : 0};
}

CohortRecord& line_of(Run& run, const LineKey& key) {
  const auto at = std::ranges::lower_bound(run.cohorts, key, {}, key_of);
  if (at != run.cohorts.end() && key_of(*at) == key) {
    return *at;
  }
  CohortRecord made{.table = std::get<0>(key), .index = std::get<1>(key)};
  if (made.table == kLiability) {
    made.sums[kQuarter] = std::get<2>(key);
  }
  return *run.cohorts.insert(at, made);
}

std::int64_t& value_of(Run& run, Name name) {
  return line_of(run, {kCounts, name, 0}).sums[kValue];
}

Ratio exact_of(const CohortRecord& record) {
  const auto high = static_cast<Int128>(record.sums[kExact + 1]);
  const auto low = static_cast<std::uint64_t>(record.sums[kExact]);
  const std::int64_t den = record.sums[kExact + 2];
  return {high * (Int128{1} << 64U) + static_cast<Int128>(low), den == 0 ? 1 : den};
}

void add_exact(CohortRecord& record, Ratio fen) {
  const Ratio sum = exact_of(record) + fen;
  record.sums[kExact] = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum.num()));
  record.sums[kExact + 1] = static_cast<std::int64_t>(sum.num() >> 64U);
  record.sums[kExact + 2] = static_cast<std::int64_t>(sum.den());
}

Month before(Month month) {
  return Month(static_cast<std::uint16_t>(month.count() - 1));
}

const Programme& version_of(const Run& run, const MemberBook& book) {
  return *book.programmes().of_day(last_day(run.key().reference));
}

// What each slice of a batch adds to the month's flows; kNames: nothing.
Name flow_of(const Slice& slice) {
  switch (slice.account) {
    case Account::kIssued:
      return kIssued;
    case Account::kRedeemed:
      return kRedeemed;
    case Account::kExpired:
      return kExpired;
    case Account::kForfeited:
      return kForfeited;
    case Account::kMoved:
      return kMoved;
    case Account::kRepaid:
    case Account::kNone:
      break;
  }
  return kNames;
}

// Cost of an item in fen: of a gift what it cost without what the member paid; else the price at
// which homes settle its form.
Ratio cost_of(const Item& item, const RuleBook& rules, BusinessDate date) {
  if (item.form == Form::kGift) {
    return {Int128{item.cost} + item.freight - item.cash, 1};
  }
  const PriceRow* price = rules.inter_price(item.form, {}, {}, date);
  return price == nullptr ? Ratio() : price->ratio() * item.points;
}

std::string queue_text(const programme::Queue& queue, const CohortRecord& record) {
  const auto sum = [&record](QueueSum of) { return "," + std::to_string(record.sums[of]); };
  return "QUEUE," + queue.name + sum(kCalls) + sum(kAnswered) + sum(kWithin) + "," +
         std::to_string(queue.answer_percent) + sum(kCalledBack) + sum(kInTime);
}

bool right_queue(const CohortRecord& record) {
  const auto& sums = record.sums;
  return std::ranges::all_of(sums, [](std::int64_t sum) { return sum >= 0; }) &&
         sums[kAnswered] <= sums[kCalls] && sums[kWithin] <= sums[kAnswered] &&
         sums[kCalledBack] <= sums[kCalls] && sums[kInTime] <= sums[kCalledBack];
}

bool has_claimed(const MemberBook& book, std::uint32_t member, Month month) {
  std::uint32_t n = book.member(member).last_claim;
  while (n != book::kNone && BusinessDate(book.claim(n).day).month() != month) {
    n = book.claim(n).next;
  }
  return n != book::kNone;
}

class KpiWork final : public RunWork {
 public:
  [[nodiscard]] std::string refusal(const RunKey& key, const RunScene& scene) const override {
    const Month of = key.reference;
    if (key.grading != 0 || scene.node() == nullptr || of.count() == 0 ||
        scene.day() <= last_day(of) || scene.book().programmes().of_day(last_day(of)) == nullptr ||
        scene.day().month().count() != of.count() + 1 ||
        scene.node()->sealed_days(scene.day().month()) != 0) {
      return "the figures of " + of.text() +
             " are of the home as it was at the month's end: they begin by themselves with the "
             "first day opened behind it, and can't be counted later";
    }
    return {};
  }

  [[nodiscard]] std::string warning(const RunKey& /*key*/,
                                    const RunScene& /*scene*/) const override {
    return {};
  }

  [[nodiscard]] std::vector<RunKey> due(BusinessDate day, const RunScene& scene) const override {
    const Month month = day.month();
    if (scene.node() == nullptr || month.count() < 2 || scene.node()->sealed_days(month) != 0 ||
        scene.node()->sealed_days(before(month)) == 0) {
      return {};
    }
    const RunKey key{.kind = RunKind::kKpi, .reference = before(month)};
    const Run* run = scene.book().runs().find(key);
    const bool had = run != nullptr && !run->is(RunState::kDropped);
    return had || scene.book().programmes().of_day(last_day(key.reference)) == nullptr
               ? std::vector<RunKey>{}
               : std::vector<RunKey>{key};
  }

  [[nodiscard]] std::uint32_t begin(Run& run, const RunScene& scene) const override {
    for (std::uint16_t name = 0; name < kNames; ++name) {
      (void)line_of(run, {kCounts, name, 0});
    }
    const programme::Rows& rows = version_of(run, scene.book()).rows();
    for (std::size_t n = 0; n < rows.effective_order.size(); ++n) {
      (void)line_of(run, {kGrades, static_cast<std::uint16_t>(n), 0});
    }
    for (std::size_t n = 0; n < rows.segments.size(); ++n) {
      if (is_by_spend(rows.segments[n])) {
        (void)line_of(run, {kSegments, static_cast<std::uint16_t>(n), 0});
      }
    }
    run.record.counts[kMemberSteps] = scene.members();
    run.record.counts[kDaySteps] = scene.node()->sealed_days(run.key().reference);
    return static_cast<std::uint32_t>(run.record.counts[kMemberSteps] +
                                      run.record.counts[kDaySteps]);
  }

  void count(Run& run, const RunScene& scene, std::uint32_t first,
             std::uint32_t last) const override {
    const auto members = static_cast<std::uint32_t>(run.record.counts[kMemberSteps]);
    if (first < members) {
      take_off_open_day(run, scene, first);
      count_members(run, scene, first, std::min(last, members));
    }
    for (std::uint32_t step = std::max(first, members); step < last; ++step) {
      run.results.add(std::nullopt);
      count_day(run, scene, step - members);
    }
  }

  [[nodiscard]] AfterCount counted(Run& run, const RunScene& scene) const override {
    const auto members = static_cast<std::uint32_t>(run.record.counts[kMemberSteps]);
    note_orders(run, scene);
    std::int64_t active = 0;
    for (std::uint32_t member = 0; member < members; ++member) {
      active += run.results.at(member).value_or(0);
    }
    value_of(run, kActive) = active;
    count_queues(run, scene.book());
    std::int64_t closing = 0;
    for (CohortRecord& record : run.cohorts) {
      closing += record.table == kLiability ? record.sums[kPoints] : 0;
      if (record.table == kBreakage) {
        record.sums[kBreakageFen] = exact_of(record).round_half_up();
      }
    }
    value_of(run, kClosing) = closing;
    std::int64_t flows = 0;
    for (const Name name : {kIssued, kRedeemed, kExpired, kForfeited, kMoved}) {
      flows += value_of(run, name);
    }
    value_of(run, kOpening) = closing - flows;
    CohortRecord& cost = line_of(run, {kCounts, kRedeemedFen, 0});
    cost.sums[kValue] = exact_of(cost).round_half_up();
    run.record.counts[kSeenMovements] = 0;
    run.record.counts[kSeenItems] = 0;
    return AfterCount::kDone;
  }

  void visit_lines(const Run& run, const RunScene& scene,
                   const std::function<void(const RunLine&)>& visit) const override {
    const programme::Rows& rows = version_of(run, scene.book()).rows();
    const auto count = [&visit](const std::string& name, std::int64_t value) {
      visit({.text = "COUNT," + name + "," + std::to_string(value)});
    };
    for (const CohortRecord& record : run.cohorts) {
      const std::int64_t value = record.sums[kValue];
      if (record.table == kCounts) {
        count(std::string(kNameTexts[record.index]), value);
      } else if (record.table == kGrades) {
        count("grade-" + rows.effective_order[record.index].name, value);
      } else if (record.table == kSegments) {
        count("segment-" + rows.segments[record.index].name, value);
      } else if (record.table == kQueues) {
        visit({.text = queue_text(rows.queues[record.index], record)});
      } else {
        visit_points_line(record, scene, visit);
      }
    }
  }

  void post(Run& /*run*/, RunScene& /*scene*/, std::uint32_t /*first*/,
            std::uint32_t /*last*/) const override {}

  [[nodiscard]] bool right(const Run& run, const MemberBook& book) const override {
    const auto& counts = run.record.counts;
    const bool over = run.is(RunState::kDone) || run.is(RunState::kDropped);
    if ((!over && !run.is(RunState::kCounting)) || run.record.grading != 0 ||
        run.record.from != 0 ||
        book.programmes().of_day(last_day(run.key().reference)) == nullptr ||
        std::ranges::any_of(counts, [](std::int64_t count) { return count < 0; }) ||
        std::any_of(counts.begin() + kCountsUsed, counts.end(), [](auto c) { return c != 0; })) {
      return false;
    }
    if (run.is(RunState::kDropped)) {
      return run.cohorts.empty() && run.record.steps == 0;
    }
    if (counts[kMemberSteps] > static_cast<std::int64_t>(book.members()) ||
        counts[kDaySteps] > kDaysMax ||
        run.record.steps != counts[kMemberSteps] + counts[kDaySteps]) {
      return false;
    }
    for (std::uint32_t step = 0; step < run.results.size(); ++step) {
      if (run.results.at(step).value_or(0) > 1) {
        return false;
      }
    }
    return right_lines(run, version_of(run, book).rows());
  }

 private:
  static bool is_by_spend(const programme::Segment& segment) {
    return segment.from_fen != 0 || segment.to_fen != 0;
  }

  // Those that `begin` makes, and of points those that can be.
  static bool right_lines(const Run& run, const programme::Rows& rows) {
    std::array<std::size_t, kQueues + 1> sizes{};
    for (std::size_t n = 0; n < run.cohorts.size(); ++n) {
      const CohortRecord& record = run.cohorts[n];
      if (record.table < kCounts || record.table > kQueues || record.zero != 0 ||
          (n > 0 && key_of(run.cohorts[n - 1]) >= key_of(record)) ||
          (record.table != kQueues && record.sums[kExact + 2] < 0) ||
          (record.table == kQueues && !right_queue(record)) ||
          (record.table == kSegments &&
           (record.index >= rows.segments.size() || !is_by_spend(rows.segments[record.index])))) {
        return false;
      }
      ++sizes[record.table];
      const std::int64_t quarter = record.sums[kQuarter];
      if (record.table == kLiability &&
          (quarter < 0 || (quarter >= Month::kCount / 3 && quarter != RunScene::kOfDebt))) {
        return false;
      }
      if ((record.table <= kGrades || record.table == kQueues) &&
          record.index != sizes[record.table] - 1) {
        return false;
      }
    }
    const std::size_t queues = run.is(RunState::kDone) ? rows.queues.size() : 0;
    return sizes[kCounts] == kNames && sizes[kGrades] == rows.effective_order.size() &&
           sizes[kQueues] == queues &&
           sizes[kSegments] ==
               static_cast<std::size_t>(std::ranges::count_if(rows.segments, is_by_spend));
  }

  // What the open day has moved since the last steps, of members who are still to be counted, is
  // of the month that has begun.
  static void take_off_open_day(Run& run, const RunScene& scene, std::uint32_t first) {
    auto movements = static_cast<std::size_t>(run.record.counts[kSeenMovements]);
    auto items = static_cast<std::size_t>(run.record.counts[kSeenItems]);
    scene.visit_open_day(movements, items, [&](Member member, const Slice& slice) {
      if (scene.find(member) >= first) {
        const int quarter =
            slice.source == Source::kDebt ? RunScene::kOfDebt : slice.earned_month.count() / 3;
        add_liability(run, slice.lot.participant(), quarter, -slice.delta);
      }
    });
    run.record.counts[kSeenMovements] = static_cast<std::int64_t>(movements);
    run.record.counts[kSeenItems] = static_cast<std::int64_t>(items);
  }

  static void add_liability(Run& run, Participant issuer, int quarter, std::int64_t points) {
    line_of(run, {kLiability, issuer.number(), quarter}).sums[kPoints] += points;
  }

  static void count_members(Run& run, const RunScene& scene, std::uint32_t first,
                            std::uint32_t last) {
    const Programme& version = version_of(run, scene.book());
    std::map<std::pair<std::uint16_t, int>, std::int64_t> left;
    for (std::uint32_t member = first; member < last; ++member) {
      if (member + kMembersAhead < last) {
        scene.prefetch_member(member + kMembersAhead);
        scene.prefetch_lots(member + kMembersAhead);
      }
      scene.visit_points(member, [&left](Participant issuer, int quarter, std::int64_t points) {
        left[{issuer.number(), quarter}] += points;
      });
      count_member(run, scene, version, member);
    }
    for (const auto& [of, points] : left) {
      add_liability(run, Participant{of.first}, of.second, points);
    }
  }

  // Bills that came in a month are those of the month before.
  static void count_member(Run& run, const RunScene& scene, const Programme& version,
                           std::uint32_t member) {
    if (!scene.is_here(member)) {
      run.results.add(std::nullopt);
      return;
    }
    const MemberBook& book = scene.book();
    const Month month = run.key().reference;
    const Month billed = before(month);
    std::int64_t fen = 0;
    bool earned = false;
    std::uint32_t account = book.member(member).first_account;
    for (; account != MemberBook::kNone; account = book.account(account).next) {
      const auto bill = book.billed(account, billed);
      fen += bill.value_or(0);
      earned = earned || (bill && (book.account(account).earned & book::bit_of(billed)) != 0);
    }
    ++run.cohorts[kMembers].sums[kValue];
    run.cohorts[kSpend].sums[kValue] += fen;
    run.results.add(earned || has_claimed(book, member, month) ? 1 : 0);
    const programme::Rows& rows = version.rows();
    if (const std::uint16_t grade = book.effective_on(member, last_day(month));
        grade != programme::kNoIndex) {
      ++line_of(run, {kGrades, version.rank_of_grade(grade), 0}).sums[kValue];
    }
    for (std::uint16_t n = 0; n < rows.segments.size(); ++n) {
      const programme::Segment& segment = rows.segments[n];
      if (is_by_spend(segment) && segment.from_fen <= fen && fen < segment.to_fen) {
        ++line_of(run, {kSegments, n, 0}).sums[kValue];
      }
    }
  }

  // Calls of the month by the queue that they waited in, whoever called.
  static void count_queues(Run& run, const MemberBook& book) {
    const std::vector<programme::Queue>& queues = version_of(run, book).rows().queues;
    const std::vector<book::CallsRecord> calls = book.calls(run.key().reference);
    for (std::uint16_t n = 0; n < queues.size(); ++n) {
      auto& sums = line_of(run, {kQueues, n, 0}).sums;
      for (const book::CallsRecord& record : calls) {
        if (book.names().queues.name(record.queue) != queues[n].name) {
          continue;
        }
        const std::array values{record.calls, record.answered, record.within, record.called_back,
                                record.in_time};
        for (std::size_t k = 0; k < values.size(); ++k)
          sums[k] += static_cast<std::int64_t>(values[k]);
      }
    }
  }

  // Who ordered something in the month was active.
  static void note_orders(Run& run, const RunScene& scene) {
    const OrderBook& orders = scene.book().orders();
    for (std::uint32_t n = 0; n < orders.size(); ++n) {
      const book::OrderRecord& order = orders.order(n);
      const BusinessDate created(order.dates[book::OrderRecord::kCreated]);
      if (created.month() == run.key().reference &&
          order.member < run.record.counts[kMemberSteps] && run.results.at(order.member)) {
        run.results.change(order.member, 1);
      }
    }
  }

  static void count_day(Run& run, const RunScene& scene, std::uint32_t day) {
    const NodeSources& node = *scene.node();
    node.visit_day(run.key().reference, day, [&](const BatchView& batch) {
      const PriceRow* price = node.rules().inter_price(Form::kNone, {}, {}, batch.header.date);
      std::map<std::uint16_t, std::int64_t> gone;  // by issuer
      for (const Movement& movement : batch.movements) {
        add_flow(run, movement.slice, gone);
      }
      for (const Slice& slice : batch.slices) {
        add_flow(run, slice, gone);
      }
      for (const auto& [issuer, points] : gone) {
        CohortRecord& line = line_of(run, {kBreakage, issuer, 0});
        line.sums[kBreakagePoints] += points;
        add_exact(line, price == nullptr ? Ratio() : price->ratio() * points);
      }
      for (const Item& item : batch.items) {
        add_item(run, scene, item, batch.header.date);
      }
    });
  }

  static void add_flow(Run& run, const Slice& slice, std::map<std::uint16_t, std::int64_t>& gone) {
    if (const Name name = flow_of(slice); name != kNames) {
      run.cohorts[name].sums[kValue] += slice.delta;
    }
    if (slice.account == Account::kExpired || slice.account == Account::kForfeited) {
      gone[slice.lot.participant().number()] -= slice.delta;
    }
  }

  static void add_item(Run& run, const RunScene& scene, const Item& item, BusinessDate date) {
    if (item.kind != Kind::kRedeem && item.kind != Kind::kExchangeOut) {
      return;
    }
    const std::uint32_t member = scene.find(item.member);
    if (member < run.record.counts[kMemberSteps] && run.results.at(member)) {
      run.results.change(member, 1);
    }
    if (item.action == Action::kNew) {
      run.cohorts[kRedeemedPoints].sums[kValue] += item.points;
      add_exact(run.cohorts[kRedeemedFen], cost_of(item, scene.node()->rules(), date));
    }
  }

  static void visit_points_line(const CohortRecord& record, const RunScene& scene,
                                const std::function<void(const RunLine&)>& visit) {
    const std::string issuer = scene.node()->rules().code(Participant{record.index});
    const bool liability = record.table == kLiability;
    const std::int64_t points = record.sums[liability ? kPoints : kBreakagePoints];
    if (points == 0) {
      return;
    }
    if (liability) {
      const auto quarter = record.sums[kQuarter];
      const std::string text = quarter == RunScene::kOfDebt
                                   ? "-"
                                   : Month(static_cast<std::uint16_t>(quarter * 3)).quarter_text();
      visit({.text = "LIABILITY," + issuer + "," + text + "," + std::to_string(points),
             .points = points});
      return;
    }
    const std::int64_t fen = record.sums[kBreakageFen];
    visit({.text = "BREAKAGE," + issuer + "," + std::to_string(points) + "," + std::to_string(fen),
           .points = points,
           .fen = fen});
  }
};

}  // namespace

const RunWork& work() {
  static const KpiWork one;
  return one;
}

}  // namespace kpi

const RunWork& kpi_work() {
  return kpi::work();
}

}  // namespace ph
