// What follows from the lines: matrix, net positions, ledger.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/verify/files.h"
#include "app/verify/lines.h"
#include "app/verify/report.h"

namespace ph::verify {

// A row of positions.csv.
struct Position {
  std::string participant;
  std::int64_t receivable{};
  std::int64_t payable{};
  std::int64_t net{};
  std::int64_t brought_forward{};
  std::int64_t carried_forward{};
  std::int64_t pays{};
  std::int64_t receives{};
  std::uint64_t at_line{};
};

inline constexpr std::string_view kPositionColumns =
    "participant,receivable,payable,net,brought_forward,carried_forward,pays,receives";

[[nodiscard]] std::vector<Position> read_positions(std::string_view text, Report& report);

void check_matrix(std::string_view text, const std::vector<Line>& lines,
                  const Participants& participants, Report& report);

// `clearing`: its code.
void check_positions(const std::vector<Position>& positions, const std::vector<Line>& lines,
                     std::string_view clearing, Report& report);

// What was carried forward comes back; what wasn't doesn't.
void check_brought_forward(const std::vector<Position>& positions,
                           const std::vector<Position>& previous, Report& report);

// Four rows a line, balanced for each entity, and the same as the cells of the matrix.
void check_ledger(std::string_view text, const std::vector<Line>& lines, Report& report);

}  // namespace ph::verify
