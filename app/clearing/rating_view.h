// Ratings as the clearing's operator sees them: what was opened, who has sent, who lacks, the
// thresholds that were published. As JSON from the process, as text from that JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clearing/clearing.h"

namespace ph {

// What the control socket is told to open: `/v1/ratings/star_2016-03_P01_P02`.
struct RatingRequest {
  RatingKey key{};
  std::vector<std::string> provinces{};  // none: all of them
};
[[nodiscard]] std::string rating_target(const RatingRequest& request);
[[nodiscard]] std::optional<RatingRequest> parse_rating_request(std::string_view parameter);

[[nodiscard]] std::string rating_answer_json(const RatingKey& key, const RatingAnswer& answer);
[[nodiscard]] std::string rating_answer_text(const std::string& json);
// The latest month first.
[[nodiscard]] std::string ratings_json(const Clearing& clearing, BusinessTime now);
[[nodiscard]] std::string ratings_text(const std::string& json);

// How long the ratings that aren't published have been open, at most; 0: there are none.
[[nodiscard]] std::int64_t ratings_waiting_s(const Clearing& clearing, BusinessTime now);

}  // namespace ph
