// What a member has on a day, as the pure functions of the catalogue and of benefits take it.
#pragma once

#include <vector>

#include "core/home/member_book.h"

namespace ph {

// His level of each grading, the lowest ones too, and the flags that he has by tenure. Flags by
// review and of before come with their rows.
[[nodiscard]] std::vector<programme::Held> held_by(const MemberBook& book, const Programme& version,
                                                   std::uint32_t member, BusinessDate on);

}  // namespace ph
