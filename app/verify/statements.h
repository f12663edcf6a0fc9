// The statements: each is what its lines, position, suspense and roll-forward make of it, to the
// byte.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/verify/files.h"
#include "app/verify/json.h"
#include "app/verify/lines.h"
#include "app/verify/money.h"
#include "app/verify/report.h"
#include "app/verify/tree.h"

namespace ph::verify {

// What the statements are made of. Views lie in the directory's files.
struct StatementSources {
  const std::vector<Line>& lines;
  const std::vector<Position>& positions;
  const Period& period;
  std::string_view suspense;     // suspense.csv
  std::string_view rollforward;  // rollforward.csv
  std::string close;             // date of cutoff.csv
};

// What rule book and calendar say, as the statements tell it.
struct StatementHeads {
  std::map<std::string, std::string, std::less<>> participants;  // number,kind,name_zh,name_en
  std::string calendar;  // close,draft,disputes,final,payment
};

// Checks statements/<code>.json and .csv of all participants. Numbers, kinds, names and the days
// after `close` are in no other output: they are returned as they stand.
[[nodiscard]] StatementHeads check_statements(Directory& directory, const StatementSources& sources,
                                              Report& report);

// A participant's own statement without anyone else's data: its lines, with totals checked against
// them; nullopt when it cannot be read.
[[nodiscard]] std::optional<std::vector<Line>> read_statement(std::string_view text,
                                                              const std::string& code,
                                                              const Period& period, Report& report);

// statements/<code>.csv for these lines, in the order of lines.csv.
[[nodiscard]] std::string statement_csv(const std::vector<const Line*>& lines,
                                        const std::string& code);

}  // namespace ph::verify
