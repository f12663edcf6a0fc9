// A small country made from a seed: rule book, calendars, opening files, and the day files of a
// fortnight that spans a month's end; and what has to come of them. Nothing of core/home is asked:
// the members' lots are kept by the generator's model (app/generate/holdings.h), so that the
// auditor has a second opinion.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/types/id.h"
#include "core/types/words.h"

namespace ph::sim {

// What a row has to leave in its sender's batch under its entry: the sum of all deltas of its
// slices and movements, and whether an item carries it. A row that comes back leaves nothing.
struct Expected {
  std::uint32_t entry{};  // serial; of a partner's row its line
  std::int64_t delta{};
  bool item{};

  friend bool operator==(const Expected&, const Expected&) = default;
};

// A sender's day. Without a text no file ever comes: a province's node then seals an empty day, a
// partner's day isn't numbered.
struct SenderDay {
  BusinessDate date{};
  std::uint32_t sequence{};  // 0 for a partner's day without a file
  std::string text{};
  std::vector<Expected> rows{};
};

struct Party {
  std::string code{};
  Participant number{};
  std::vector<SenderDay> days{};
  // Provinces: its node can't reach the clearing from noon of this day until some hours after the
  // cut-off. Partners: files from this day on are brought after the cut-off.
  std::optional<BusinessDate> late_from{};
};

struct World {
  std::uint64_t seed{};
  BusinessDate first{};  // of the days
  int days{};
  Month period{};        // of the first day
  BusinessDate close{};  // working day 3 of the next month
  BusinessDate next_close{};
  std::vector<Party> provinces{};
  std::vector<Party> partners{};
  std::string rulebook{};
  std::string later_rulebook{};  // brought on `later_rulebook_on`; empty: none
  BusinessDate later_rulebook_on{};
  std::vector<std::string> calendars{};
  std::vector<std::string> openings{};  // as provinces

  // After the last day, by (home, lot): what is left; none with 0. By (home, member, issuer): what
  // is owed.
  std::map<std::pair<Participant, LotId>, std::int64_t> lots{};
  std::map<std::tuple<Participant, Member, Participant>, std::int64_t> debts{};

  [[nodiscard]] BusinessDate date_of(int day) const { return first.plus_days(day); }
};

[[nodiscard]] World make_world(std::uint64_t seed);

}  // namespace ph::sim
