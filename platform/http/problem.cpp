#include "platform/http/problem.h"

#include <string>
#include <utility>

#include "platform/http/json_writer.h"

namespace ph::http {

std::string_view word(Repeat repeat) {
  switch (repeat) {
    case Repeat::kAfterCorrection:
      return "AFTER_CORRECTION";
    case Repeat::kSameKey:
      return "SAME_KEY";
    case Repeat::kNewKey:
      return "NEW_KEY";
    case Repeat::kNothing:
      return "NOTHING";
  }
  return {};
}

std::string problem_text(const ProblemView& problem) {
  JsonWriter json;
  json.add("type", "urn:pointhouse:problem:" + std::string(problem.word));
  json.add("title", problem.title);
  json.add("status", std::int64_t{problem.status});
  json.add("code", problem.word);
  json.add("what_now", problem.what_now);
  json.add("repeat", problem.repeat);
  for (const auto& [name, value] :
       {std::pair{"detail", problem.detail}, std::pair{"field", problem.field},
        std::pair{"id", problem.id}}) {
    if (!value.empty()) json.add(name, value);
  }
  return json.take();
}

Response problem_response(const ProblemView& problem, int retry_after_seconds) {
  return {.status = problem.status,
          .content_type = "application/problem+json",
          .body = problem_text(problem),
          .retry_after_seconds = retry_after_seconds};
}

}  // namespace ph::http
