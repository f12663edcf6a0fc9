// A partner's file of a day beside what it has asked live (docs/decisions/0015): each row is one
// that came live already, or contradicts one, or is new; and the live ones that the file lacks are
// in the batch, too. A file says nothing twice, a batch holds nothing twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/batch/item.h"
#include "core/switch/switch_book.h"

namespace ph {

// What a row says other than the live event under its id.
enum class LiveField : std::uint8_t {
  kMember,
  kPoints,
  kUnits,
  kRate,
  kParent,
  kAuthorisation,
};
[[nodiscard]] std::string_view word(LiveField field);

// nullopt: they agree; also when the row leaves the authorisation to the live event.
[[nodiscard]] std::optional<LiveField> difference(const Item& row, const SwitchRecord& live);

struct ComparedDay {
  struct Conflict {
    Item row{};
    Item live{};
    LiveField field{};
  };
  std::vector<Item> items{};          // of the batch: rows under their own entries, then live items
  std::vector<Conflict> conflicts{};  // in the order of the rows; then nothing may be sealed
  std::uint64_t both{};               // rows that came live, too
  std::uint64_t before{};             // rows left out: they came live and are in an earlier batch
  std::uint64_t pending{};            // rows whose ask has no answer yet: from the file alone
  std::uint64_t added{};              // live items that no row names
  // Entries of the rows that no live event is behind, or not yet; ascending.
  std::vector<std::uint32_t> alone{};
};

// What the partner's batch of a date has to hold. `rows` are those of its file of that date; none
// when the batch is made of the live items alone.
[[nodiscard]] ComparedDay compare_day(const SwitchBook& book, Participant partner,
                                      BusinessDate date, std::vector<Item> rows);

}  // namespace ph
