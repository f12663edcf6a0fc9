// The answer to a look-up of a member's history: a page of lines, written without a document tree
// (docs/members.md, section 5).
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "core/types/result.h"
#include "node/history_book.h"
#include "node/member_views.h"

namespace ph {

// Of the query `?before=&limit=`.
struct HistoryAsk {
  static constexpr std::size_t kLimitUsual = 20;

  std::optional<HistoryPlace> before{};
  std::size_t limit{kLimitUsual};  // kMemberRowsMax at most
};
// The refusal says what would be right.
[[nodiscard]] Result<HistoryAsk, http::Response> history_ask(
    const std::map<std::string, std::string>& query);

// `book`: nullptr where no index is made.
[[nodiscard]] http::Response history_answer(const MemberView& view, HistoryBook* book,
                                            const HistoryAsk& ask);

}  // namespace ph
