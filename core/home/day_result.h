// What a home's day has come to: what its batch says, which rows came back, who left.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/batch/item.h"
#include "core/home/day.h"
#include "core/home/return_code.h"

namespace ph {

[[nodiscard]] std::string_view word(RowKind kind);

struct ReturnedRow {
  RowKind kind{};
  ReturnCode code{};
  std::uint32_t serial{};
  TransactionId id{};
};

// Who left by a row of a day file, and what the programme in force knew of him: a Standing's bytes.
struct LeftRow {
  TransactionId id{};
  Member member{};
  Participant to{};
  std::vector<std::byte> standing{};
};

// What one day file became. Slices lie in the order of the items.
struct DayResult {
  std::vector<Movement> movements{};
  std::vector<Item> items{};
  std::vector<Slice> slices{};
  std::vector<ReturnedRow> returned{};
  std::vector<LeftRow> left{};
};

}  // namespace ph
