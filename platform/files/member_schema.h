// The rows of members of a PROVINCE_DAY, as the reader of rows wants them: made from the one table
// of their columns in core/home/member_columns.h. Private to this folder.
#pragma once

#include <span>

#include "core/home/member_columns.h"
#include "platform/files/schema.h"

namespace ph {

// Kinds 21 to 51, in their order.
[[nodiscard]] std::span<const KindSpec> member_kinds();
// Rows that belong to the one above.
[[nodiscard]] std::span<const ColumnSpec> sheet_input_columns();
[[nodiscard]] std::span<const ColumnSpec> standing_columns();

}  // namespace ph
