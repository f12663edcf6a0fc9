// The settlement of periods: books of all senders in, a period's result out. A pure function of the
// batches taken, the part each was taken in, and the rule book: what arrived when, and in which
// order of senders, is not known here.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "core/close/calendar.h"
#include "core/intake/sender_book.h"
#include "core/match/judge.h"
#include "core/netting/lines.h"
#include "core/rules/rulebook.h"

namespace ph {

struct PeriodResult {
  Month period{};
  PeriodDates dates{};
  std::vector<Leg> legs{};  // the items, in canonical order
  std::vector<Line> lines{};
  std::vector<Position> positions{};
  std::vector<SuspendedItem> suspended{};
};

class Settlement {
 public:
  // One book for each province and partner of the rule book, ascending by number.
  explicit Settlement(const RuleBook& rules);

  // The rule book that it refers to has got more participants: each new one gets a book.
  void rules_grew();

  [[nodiscard]] SenderBook& book(Participant sender);
  [[nodiscard]] std::vector<const SenderBook*> books() const;

  // Closes a period: all batches up to its cut-off have been taken; those of the next may have been
  // begun. Periods in their order.
  [[nodiscard]] PeriodResult close(Month period, const PeriodDates& dates);
  // What `close` would give now: a look at the open period at any time, which changes nothing.
  [[nodiscard]] PeriodResult preview(Month period, const PeriodDates& dates) const;
  // To be called once the result of a period, and what the books show of it, has been written: now
  // the next one is open.
  void next_period();

  // All of it as bytes, in parts of any size (docs/journal.md, section 7); a SettlementLoader reads
  // them.
  void save(const std::function<void(Bytes)>& sink) const;

 private:
  friend class SettlementLoader;
  [[nodiscard]] PeriodResult result_of(const Judgement& now, Month period,
                                       const PeriodDates& dates) const;

  const RuleBook& rules_;
  std::vector<std::unique_ptr<SenderBook>> books_;  // ascending by sender
  std::optional<Judgement> before_;                 // at the last close
  std::map<Participant, std::int64_t> carried_;
};

}  // namespace ph
