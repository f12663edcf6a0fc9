// The settlement of periods: books of all senders in, a period's result out. A pure function of the
// batches taken and the rule book: what arrived when, and in which order of senders, is not known
// here.
#pragma once

#include <cstdint>
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
  std::vector<SuspendedItem> suspended{};  // point into the books: valid until they take more
};

class Settlement {
 public:
  // One book for each province and partner of the rule book, ascending by number.
  explicit Settlement(const RuleBook& rules);

  [[nodiscard]] SenderBook& book(Participant sender);
  [[nodiscard]] std::vector<SenderBook*> books();

  // Closes a period: all batches up to its cut-off have been taken. Periods in their order.
  [[nodiscard]] PeriodResult close(Month period, const PeriodDates& dates);
  // To be called once the result of a period has been written and the next one's batches come.
  void next_period();

 private:
  const RuleBook& rules_;
  std::vector<std::unique_ptr<SenderBook>> books_;
  std::optional<Judgement> before_;
  std::map<Participant, std::int64_t> carried_;
};

}  // namespace ph
