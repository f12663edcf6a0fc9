#include "core/close/settlement.h"

#include <algorithm>

#include "core/types/check.h"

namespace ph {

Settlement::Settlement(const RuleBook& rules) : rules_(rules) {
  rules_grew();
}

void Settlement::rules_grew() {
  for (const ParticipantRow& row : rules_.participants()) {
    const auto at = std::ranges::lower_bound(books_, row.participant, {},
                                             [](const auto& book) { return book->sender(); });
    const bool there = at != books_.end() && (*at)->sender() == row.participant;
    if (row.kind != ParticipantKind::kClearing && !there) {
      books_.insert(at, std::make_unique<SenderBook>(row.participant));
    }
  }
}

SenderBook& Settlement::book(Participant sender) {
  const auto it =
      std::ranges::lower_bound(books_, sender, {}, [](const auto& book) { return book->sender(); });
  check(it != books_.end() && (*it)->sender() == sender, "a sender has a book");
  return **it;
}

std::vector<const SenderBook*> Settlement::books() const {
  std::vector<const SenderBook*> out;
  for (const auto& book : books_) {
    out.push_back(book.get());
  }
  return out;
}

PeriodResult Settlement::result_of(const Judgement& now, Month period,
                                   const PeriodDates& dates) const {
  PeriodResult result{.period = period, .dates = dates};
  result.legs = period_legs(now, before_ ? &*before_ : nullptr);
  result.lines = lines_of(result.legs, period, rules_);
  result.positions = positions_of(result.lines, period, rules_, carried_);
  result.suspended = now.suspended;
  std::int64_t sum = 0;
  for (const Position& position : result.positions) {
    sum += position.net;
  }
  check(sum == 0, "I-5: nets sum to zero");
  return result;
}

PeriodResult Settlement::preview(Month period, const PeriodDates& dates) const {
  return result_of(judge(books(), rules_), period, dates);
}

PeriodResult Settlement::close(Month period, const PeriodDates& dates) {
  Judgement now = judge(books(), rules_);
  PeriodResult result = result_of(now, period, dates);
  std::vector<SenderBook*> marked;
  for (const auto& book : books_) {
    marked.push_back(book.get());
  }
  mark_settled(marked, now);
  carried_.clear();
  for (const Position& position : result.positions) {
    if (position.carried_forward != 0) {
      carried_[position.participant] = position.carried_forward;
    }
  }
  now.suspended.clear();
  before_ = std::move(now);
  return result;
}

void Settlement::next_period() {
  for (const auto& book : books_) {
    book->next_period();
  }
}

}  // namespace ph
