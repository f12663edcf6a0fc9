// A refusal as application/problem+json (RFC 9457), as both the partners' API and the member
// service tell it: a stable code, what to do now, and whether the same may be sent again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/types/check.h"
#include "platform/http/http.h"

namespace ph::http {

// What may be sent after such an answer.
enum class Repeat : std::uint8_t {
  kAfterCorrection,  // nothing was recorded: correct it; the key is free for the right request
  kSameKey,          // the same request under the same key, until the answer is definite
  kNewKey,           // the answer stands for ever: another attempt is another transaction
  kNothing,          // it is done already, by another way
};
[[nodiscard]] std::string_view word(Repeat repeat);

// What a service says of each of its codes.
template <class Code>
struct ProblemRow {
  Code code{};
  std::string_view word{};
  int status{};
  Repeat repeat{};
  std::string_view title{};
  std::string_view what_now{};
};
// A table has a row for each code, in their order.
template <class Code>
[[nodiscard]] const ProblemRow<Code>& row_of(std::span<const ProblemRow<Code>> table, Code code) {
  const ProblemRow<Code>& row = table[static_cast<std::size_t>(code)];
  check(row.code == code, "a row for each code, in their order");
  return row;
}

struct ProblemView {
  int status{};
  std::string_view word{};
  std::string_view title{};
  std::string_view what_now{};
  std::string_view repeat{};  // AFTER_CORRECTION, SAME_KEY, NEW_KEY, NOTHING
  std::string_view detail{};  // about this request, for people; may be empty
  std::string_view field{};   // of the path, query, body or header; may be empty
  std::string_view id{};      // of the transaction; may be empty
};

template <class Code>
[[nodiscard]] ProblemView view_of(const ProblemRow<Code>& row) {
  return {.status = row.status,
          .word = row.word,
          .title = row.title,
          .what_now = row.what_now,
          .repeat = word(row.repeat)};
}

[[nodiscard]] std::string problem_text(const ProblemView& problem);
[[nodiscard]] Response problem_response(const ProblemView& problem, int retry_after_seconds = 0);

}  // namespace ph::http
