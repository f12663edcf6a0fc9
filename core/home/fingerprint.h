// What a row says, in 128 bits: enough to tell a copy from another row under the same id.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/home/day.h"

namespace ph {

using Fingerprint = std::array<std::uint32_t, 4>;

// Of all but the row's place in its file (serial, line), and of the rows below it, which lie in
// `children`. The words that are mixed, and how: docs/journal.md, section 3.
[[nodiscard]] Fingerprint fingerprint(const DayRow& row, const std::vector<ChildRow>& children);

// Of a row of a member, its kind and id too: over its bytes and those of its inputs.
[[nodiscard]] Fingerprint fingerprint(const MemberRow& row, std::span<const SheetInputRow> inputs);

}  // namespace ph
