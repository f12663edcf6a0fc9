#include "partners/roster.h"

#include <utility>

namespace ph {

std::optional<Participant> ClearingRoster::number(std::string_view code) const {
  const auto found = numbers_.find(code);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> ClearingRoster::code(Participant participant) const {
  const auto found = codes_.find(participant);
  return found == codes_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<RosterRequest> ClearingRoster::take(const Roster& page) {
  if (page.after.none()) {
    coming_.clear();
  } else if (coming_.empty() || coming_.rbegin()->first != page.after) {
    return std::nullopt;  // Of an earlier round, or twice.
  }
  for (const Roster::Row& row : page.rows) {
    coming_.emplace(row.participant, row.code);
  }
  if (page.more) {
    return RosterRequest{.after = page.rows.back().participant};
  }
  codes_ = std::exchange(coming_, {});
  numbers_.clear();
  for (const auto& [participant, code] : codes_) {
    numbers_.emplace(code, participant);
  }
  return std::nullopt;
}

}  // namespace ph
