// Ids as text, with participants' codes instead of their numbers.
#pragma once

#include <string>

#include "core/rules/rulebook.h"
#include "core/types/id.h"

namespace ph {

// Knows every participant's code; cheap to make and to ask.
class Names {
 public:
  explicit Names(const RuleBook& rules);

  // Empty for none.
  [[nodiscard]] const std::string& code(Participant participant) const;
  // `<code>/<YYYYMMDD>/<reference>`; empty for none.
  void append(std::string& out, const TransactionId& id) const;
  void append(std::string& out, EntryId id) const;
  [[nodiscard]] std::string text(const TransactionId& id) const;
  [[nodiscard]] std::string text(EntryId id) const;

 private:
  std::vector<std::string> codes_;         // by number
  const std::vector<std::string>& dates_;  // `YYYYMMDD` by day
};

}  // namespace ph
