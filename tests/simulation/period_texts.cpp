#include "tests/simulation/period_texts.h"

#include <algorithm>

#include "app/proofs.h"
#include "core/statement/tables.h"
#include "platform/crypto/sha256.h"
#include "platform/files/read.h"
#include "tests/simulation/watch.h"

namespace ph::sim {

namespace {

std::string first_difference(const std::string& name, const std::string& a, const std::string& b) {
  const auto at = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  const std::size_t line = at == 0 ? 0 : a.rfind('\n', at - 1) + 1;
  const auto line_of = [line](const std::string& text) {
    return line >= text.size()
               ? std::string("nothing")
               : text.substr(line, std::min(text.find('\n', line), line + 300) - line);
  };
  return name + ": '" + line_of(a) + "' and '" + line_of(b) + "'";
}

template <class Value>
Value read_or_fail(std::optional<Value> value, const std::vector<Fault>& faults,
                   const std::string& what) {
  if (!value) {
    throw Failed(what + " can't be read: " +
                 (faults.empty() ? std::string("?") : std::string(info(faults.front().code).name)));
  }
  return std::move(*value);
}

}  // namespace

std::string PeriodTexts::difference(const PeriodTexts& other) const {
  const std::pair<const char*, std::string PeriodTexts::*> kTexts[] = {
      {"cutoff", &PeriodTexts::cutoff},
      {"closing lots", &PeriodTexts::closing_lots},
      {"closing debts", &PeriodTexts::closing_debts},
      {"returned", &PeriodTexts::returned},
      {"suspense", &PeriodTexts::suspense},
      {"items", &PeriodTexts::items},
      {"lines", &PeriodTexts::lines},
      {"positions", &PeriodTexts::positions},
      {"rollforward", &PeriodTexts::rollforward},
      {"statements", &PeriodTexts::statements}};
  for (const auto& [name, text] : kTexts) {
    if (this->*text != other.*text) {
      return first_difference(name, this->*text, other.*text);
    }
  }
  return {};
}

PeriodTexts texts_of(const ClosedPeriod& closed, const std::vector<const SenderBook*>& books,
                     const RuleBook& rules) {
  const Names names(rules);
  const PeriodResult& result = closed.result;
  PeriodTexts out{.cutoff = cutoff_csv(closed.cutoff, names),
                  .items = items_csv(result, rules, names),
                  .lines = lines_csv(result, rules, names),
                  .positions = positions_csv(result, names),
                  .suspense = suspense_csv(result, names),
                  .rollforward = rollforward_csv(books, rules, names),
                  .closing_debts = closing_debts_csv(books, names)};
  std::vector<ReturnedLine> returned;
  for (const auto& [sender, item] : closed.returned) {
    returned.push_back({.by_clearing = true,
                        .sender = sender,
                        .sequence = item.sequence,
                        .entry = item.entry,
                        .kind = item.action == Action::kWithdraw ? "WITHDRAW" : word(item.kind),
                        .id = item.id,
                        .code = item.code});
  }
  out.returned = returned_csv(std::move(returned), names);
  for (const SenderBook* book : books) {
    if (rules.is_province(book->sender())) {
      out.closing_lots += closing_lots_of(*book, names);
    }
  }
  const PeriodTree tree(out.items);
  for (Statement& statement : statements_of(result, books, rules, names)) {
    statement.tree_size = tree.size();
    statement.root = tree.root();
    statement.cutoff = sha256(as_bytes(out.cutoff));
    out.statements += statement_json(statement);
  }
  return out;
}

std::vector<PeriodTexts> settle_directly(const World& world,
                                         const std::map<Participant, std::vector<Bytes>>& batches,
                                         const std::vector<std::string>& cutoffs) {
  std::vector<Fault> faults;
  const std::string& book_text =
      world.later_rulebook.empty() ? world.rulebook : world.later_rulebook;
  const RuleBook rules = read_or_fail(
      load_rulebook(InputFile("rules", as_bytes(book_text)), faults), faults, "the rule book");
  std::vector<CalendarYear> years;
  for (const std::string& text : world.calendars) {
    years.push_back(read_or_fail(
        read_calendar(InputFile("calendar", as_bytes(text)), rules, faults), faults, "a calendar"));
  }
  const Calendar calendar(std::move(years));
  Settlement settlement(rules);
  for (const std::string& text : world.openings) {
    const Opening opening = read_or_fail(
        read_opening(InputFile("opening", as_bytes(text)), rules, faults), faults, "an opening");
    settlement.book(opening.province).open(opening);
  }
  std::map<Participant, std::uint32_t> taken;
  std::vector<PeriodTexts> out;
  for (const std::string& text : cutoffs) {
    ClosedPeriod closed{
        .cutoff = read_or_fail(read_cutoff(InputFile("cutoff", as_bytes(text)), rules, faults),
                               faults, "a cut-off record")};
    for (const CutoffSender& sender : closed.cutoff.senders) {
      for (std::uint32_t& last = taken[sender.sender]; last < sender.sequence; ++last) {
        if (settlement.book(sender.sender)
                .take(view_of(batches.at(sender.sender).at(last)), rules, Part::kOpen)
                .fault) {
          throw Failed("a batch in the clearing leaves a lot outside its bounds");
        }
      }
    }
    const Month period = closed.cutoff.period;
    closed.result = settlement.close(period, calendar.dates_of(period).value());
    for (const SenderBook* book : std::as_const(settlement).books()) {
      for (const ReturnedItem& item : book->returned()) {
        closed.returned.emplace_back(book->sender(), item);
      }
    }
    out.push_back(texts_of(closed, std::as_const(settlement).books(), rules));
    settlement.next_period();
  }
  return out;
}

}  // namespace ph::sim
