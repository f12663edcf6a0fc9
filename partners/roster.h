// Who is who at the clearing: participants' numbers, which the wire has, and their codes, which
// partners have. The clearing tells it page by page; it is kept in memory alone and asked anew.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/types/ask.h"
#include "core/types/id.h"

namespace ph {

class ClearingRoster {
 public:
  [[nodiscard]] std::optional<Participant> number(std::string_view code) const;
  [[nodiscard]] std::optional<std::string> code(Participant participant) const;
  [[nodiscard]] std::size_t size() const { return codes_.size(); }

  // A page of it. Returns what to ask for next; nullopt when the page was the last one, which
  // replaces what was known, or isn't the one that was asked for.
  [[nodiscard]] std::optional<RosterRequest> take(const Roster& page);

 private:
  std::map<Participant, std::string> codes_{};
  std::map<std::string, Participant, std::less<>> numbers_{};
  std::map<Participant, std::string> coming_{};  // the pages so far
};

}  // namespace ph
