// What a settlement prints for people: progress while it runs, the result as a picture when it is
// done.
#pragma once

#include <string>
#include <vector>

#include "app/settle/outputs.h"
#include "app/settle/pipeline.h"

namespace ph {

// One line that overwrites itself, on standard error, only if that is a terminal.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  void show(const Progress& progress);
  void done();

 private:
  bool on_;
  int last_percent_{-1};
};

// Fen as yuan: `-1,234.56`.
[[nodiscard]] std::string yuan(std::int64_t fen);

// Net positions with bars, matching, and where things lie.
[[nodiscard]] std::string settlement_report(const SettledPeriod& period, const RuleBook& rules,
                                            const WrittenSettlement& written,
                                            const std::string& directory, bool is_signed);

}  // namespace ph
