// A refusal as application/problem+json (RFC 9457), as both the partners' API and the member
// service tell it: a stable code, what to do now, and whether the same may be sent again.
#pragma once

#include <string_view>

#include "platform/http/http.h"

namespace ph::http {

struct ProblemView {
  int status{};
  std::string_view word{};
  std::string_view title{};
  std::string_view what_now{};
  std::string_view repeat{};  // AFTER_CORRECTION, SAME_KEY, NEW_KEY
  std::string_view detail{};  // about this request, for people; may be empty
  std::string_view field{};   // of the path, query, body or header; may be empty
  std::string_view id{};      // of the transaction; may be empty
};

[[nodiscard]] std::string problem_text(const ProblemView& problem);
[[nodiscard]] Response problem_response(const ProblemView& problem, int retry_after_seconds = 0);

}  // namespace ph::http
