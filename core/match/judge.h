// Matching, judged at a cut-off: which transactions have settled, with their legs, and which items
// wait in suspense and why (docs/events.md, section 4). Depends on the records alone, never on
// their arrival.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/intake/sender_book.h"
#include "core/pricing/leg.h"
#include "core/rules/rulebook.h"

namespace ph {

// The first that applies. Numbers are the order of suspense lists and never change.
enum class SuspenseReason : std::uint8_t {
  kNone = 0,
  kMissingHome = 1,
  kMissingAcquirer = 2,
  kAmount = 3,
  kRate = 4,
  kAuthorisation = 5,
  kParent = 6,
};
[[nodiscard]] std::string_view word(SuspenseReason reason);

struct SuspendedItem {
  SuspenseReason reason{};
  Record record{};  // as it was when judged
};

// A settled transaction, named by its home's item, and its legs [first_leg, first_leg + leg_count).
struct SettledTransaction {
  TransactionId id{};
  Kind kind{};
  Participant home{};
  std::size_t first_leg{};
  std::uint32_t leg_count{};
  std::uint32_t record{};  // its number in the home's book
};

struct Judgement {
  std::vector<SettledTransaction> settled{};  // by (id, home kind, home number)
  std::vector<Leg> legs{};
  std::vector<SuspendedItem> suspended{};  // by reason, sender, sequence, entry
};

// Judges all records of the books' open period, which must be ascending by sender. Changes nothing:
// a look between two cut-offs leaves no trace.
[[nodiscard]] Judgement judge(const std::vector<const SenderBook*>& books, const RuleBook& rules);

// Marks in the books what has settled at a cut-off, so that the next one prefers it.
void mark_settled(std::span<SenderBook* const> books, const Judgement& judgement);

}  // namespace ph
