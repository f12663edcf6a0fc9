// A participant's statement as a PDF to sign and to audit: bilingual, A4, the same bytes on any
// machine.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "core/statement/statement.h"

namespace ph {

namespace pdf {
class Fonts;
}

// Keeps the fonts loaded between statements. Not for two threads at once; each can have its own.
class StatementPrinter {
 public:
  // Throws std::runtime_error when Noto Sans CJK SC (package fonts-noto-cjk) is not installed.
  StatementPrinter();
  ~StatementPrinter();
  StatementPrinter(const StatementPrinter&) = delete;
  StatementPrinter& operator=(const StatementPrinter&) = delete;

  // `names`: code -> Chinese name, English name; a code without an entry stands alone. Stops the
  // process when the lines don't add up to the totals. Throws std::runtime_error when cairo fails.
  [[nodiscard]] std::string print(
      const Statement& statement,
      const std::map<std::string, std::pair<std::string, std::string>>& names);

 private:
  std::unique_ptr<pdf::Fonts> fonts_;
};

// One statement alone: a printer of its own.
[[nodiscard]] std::string statement_pdf(
    const Statement& statement,
    const std::map<std::string, std::pair<std::string, std::string>>& names);

}  // namespace ph
