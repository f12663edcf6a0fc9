#include "app/generate/month.h"

#include <algorithm>
#include <utility>

#include "app/generate/country.h"
#include "core/types/check.h"

namespace ph::generate {

namespace {

// In a whole month, in 1,000 members.
constexpr std::uint32_t kAwardsPerMille = 100;
constexpr std::uint32_t kTransfersPerMille = 1;
constexpr std::uint32_t kLeavesPerMille = 1;
constexpr std::uint32_t kMistakesPerMille = 1;
// Moves begin when all bills are out.
constexpr std::uint32_t kMoveDayFirst = 9;
// With a programme, whose runs give points that these files know nothing of: moves, whose rows name
// every lot, are over before.
constexpr std::uint32_t kMoveDayLast = 20;
// How often a member is drawn who fits an event, before the event is left out.
constexpr int kDraws = 400;

constexpr std::array<std::uint32_t, 12> kAmounts{100,   200,   300,   500,   800,    1'000,
                                                 1'500, 2'000, 3'000, 5'000, 10'000, 20'000};

}  // namespace

MonthMaker::MonthMaker(const GenerateOptions& options, const Population& population,
                       Holdings& holdings, DayFiles& files)
    : options_(options),
      population_(population),
      holdings_(holdings),
      files_(files),
      expiry_(options.expiry_rows()),
      random_(mixed(options.seed) ^ options.period.count()),
      month_days_(static_cast<std::uint32_t>(last_day(options.period).civil().day)) {
  days_ = options.days == 0 ? month_days_ : std::min(options.days, month_days_);
  tasks_.resize(days_ + 1);
  evening_.resize(days_ + 1);
  plan_events();
}

void MonthMaker::plan_events() {
  const auto quota = [this](std::uint64_t per_mille) -> std::uint64_t {
    if (per_mille == 0) return 0;
    const std::uint64_t month = options_.members * per_mille / 1000;
    return std::max<std::uint64_t>(1, month * days_ / month_days_);
  };
  const bool several = population_.provinces() > 1;
  const auto set = [this](Event event, std::uint64_t count) {
    quota_.at(static_cast<std::size_t>(event)) = count;
  };
  set(Event::kRedemption, quota(options_.redemptions_per_mille));
  set(Event::kExchange, quota(options_.exchanges_per_mille));
  set(Event::kAccrual, quota(options_.accruals_per_mille));
  set(Event::kHold, quota(options_.holds_per_mille));
  set(Event::kAward, quota(kAwardsPerMille));
  set(Event::kMove, several ? quota(options_.moves_per_mille) : 0);
  set(Event::kTransfer, quota(kTransfersPerMille));
  set(Event::kLeave, quota(kLeavesPerMille));
  set(Event::kMistake, quota(kMistakesPerMille));
  const std::uint64_t bad = quota(options_.faults_per_mille);
  set(Event::kBadRow, bad == 0 ? 0 : std::max<std::uint64_t>(1, bad / 4));
}

void MonthMaker::play(std::uint32_t day) {
  check(day == day_ + 1 && day <= days_, "days in their order");
  day_ = day;
  today_ = first_day(options_.period).plus_days(static_cast<int>(day) - 1);
  if (options_.programme && day == 1) bring_programme();
  bills();
  std::vector<Task>& planned = tasks_[day];
  for (std::size_t i = 0; i < planned.size(); ++i) {
    planned[i]();
  }
  std::vector<Task>().swap(planned);
  std::vector<Event> events;
  for (std::size_t i = 0; i < kEvents; ++i) {
    const auto event = static_cast<Event>(i);
    const auto [before, last] = days_of(event);
    if (day <= before || day > last) continue;
    const std::uint64_t span = last - before;
    const auto up_to = [&](std::uint64_t n) { return (quota_.at(i) * n + span / 2) / span; };
    events.insert(events.end(), up_to(day - before) - up_to(day - before - 1), event);
  }
  for (auto left = static_cast<std::uint32_t>(events.size()); left > 1; --left) {
    std::swap(events[left - 1], events[random_.below(left)]);
  }
  for (const Event event : events) {
    play_event(event);
  }
  for (const Task& task : evening_[day]) {
    task();
  }
  std::vector<Task>().swap(evening_[day]);
}

// Moves are spread over the days from kMoveDayFirst on, all else over all days. With a programme
// also members whose number gets another owner: their accounts end, and the bills are out then.
std::pair<std::uint32_t, std::uint32_t> MonthMaker::days_of(Event event) const {
  const bool late = event == Event::kMove || (options_.programme && event == Event::kTransfer);
  const bool ends = options_.programme && event == Event::kMove;
  const std::uint32_t before = late ? std::min(kMoveDayFirst - 1, days_) : 0;
  return {before, ends ? std::min(kMoveDayLast, days_) : days_};
}

void MonthMaker::play_event(Event event) {
  switch (event) {
    case Event::kRedemption:
      return redemption();
    case Event::kExchange:
      return exchange();
    case Event::kAccrual:
      return accrual();
    case Event::kHold:
      return hold();
    case Event::kAward:
      return award();
    case Event::kMove:
      return move();
    case Event::kTransfer:
      return transfer();
    case Event::kLeave:
      return leave();
    case Event::kMistake:
      return mistake();
    case Event::kBadRow:
      return bad_row();
  }
}

void MonthMaker::later(std::uint32_t days_on, Task task) {
  const std::uint32_t day = std::min(day_ + days_on, days_);
  if (day == day_) {
    task();
  } else {
    tasks_[day].push_back(std::move(task));
  }
}

std::optional<std::uint32_t> MonthMaker::find_spender(std::uint32_t points) {
  for (int i = 0; i < kDraws; ++i) {
    const std::uint32_t holder = random_.below(holdings_.size());
    if (holdings_.available(holder, today_) >= points) return holder;
  }
  return std::nullopt;
}

bool MonthMaker::quiet(std::uint32_t holder) {
  constexpr std::uint8_t kExcluded =
      Holder::kClosed | Holder::kInTransit | Holder::kMoved | Holder::kBusy | Holder::kLost;
  const Holder& who = holdings_.holder(holder);
  if (!who.is(Holder::kKnown) || who.is(kExcluded)) return false;
  holdings_.expire(holder, today_);
  return !holdings_.lots_left(holder).empty();
}

std::optional<std::uint32_t> MonthMaker::find_quiet() {
  for (int i = 0; i < kDraws; ++i) {
    const std::uint32_t holder = random_.below(holdings_.size());
    if (quiet(holder)) return holder;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> MonthMaker::find_at_home() {
  for (int i = 0; i < kDraws; ++i) {
    const std::uint32_t holder = random_.below(holdings_.size());
    if (holdings_.holder(holder).is(Holder::kClosed | Holder::kInTransit | Holder::kLost)) continue;
    holdings_.expire(holder, today_);
    return holder;
  }
  return std::nullopt;
}

std::uint32_t MonthMaker::choose_points(std::uint32_t available) {
  if (available < kAmounts.front() || random_.one_in(10)) return 1 + random_.below(available);
  const auto end = std::upper_bound(kAmounts.begin(), kAmounts.end(), available);
  const auto count = static_cast<std::uint32_t>(end - kAmounts.begin());
  return kAmounts.at(std::max(random_.below(count), random_.below(count)));
}

bool MonthMaker::fault_due() {
  fault_sum_ += options_.faults_per_mille;
  if (fault_sum_ < 1000) return false;
  fault_sum_ -= 1000;
  return true;
}

Participant MonthMaker::number_of(std::size_t province) const {
  return Participant(provinces().at(province).number);
}

std::size_t MonthMaker::index_of(Participant province) const {
  const auto at =
      std::find_if(provinces().begin(), provinces().end(),
                   [province](const Province& p) { return p.number == province.number(); });
  check(at != provinces().end(), "a province");
  return static_cast<std::size_t>(at - provinces().begin());
}

std::size_t MonthMaker::other_province(std::size_t than) {
  const auto count = static_cast<std::uint32_t>(population_.provinces());
  return (than + 1 + random_.below(count - 1)) % count;
}

Lot MonthMaker::earned_lot(EntryId entry, Month month, std::uint32_t points, Source source,
                           bool rating) const {
  return {.id = entry.packed(),
          .original = points,
          .remaining = points,
          .expires = expiry_.expiry_of(month),
          .earned = month,
          .source = source,
          .rating = rating};
}

}  // namespace ph::generate
