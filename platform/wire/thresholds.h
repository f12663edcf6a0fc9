// The line of the thresholds that hold nationwide (docs/wire.md, section 8): what the clearing
// signs and publishes, once for a grading and month.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/programme/histogram.h"
#include "core/types/date.h"
#include "core/types/digest.h"

namespace ph::wire {

inline constexpr std::string_view kThresholdsKind = "THRESHOLDS";
inline constexpr std::string_view kScoresKind = "SCORES";

struct ThresholdsText {
  struct Cut {
    std::string level{};
    int percent{};
    std::uint64_t rank{};
    programme::Score score{};  // scaled
    std::int64_t threshold{};
    friend bool operator==(const Cut&, const Cut&) = default;
  };
  std::string clearing{};
  std::string grading{};
  Month month{};
  Digest programme{};
  std::uint64_t units{};
  std::uint32_t scale{};
  std::vector<Cut> cuts{};  // none when nobody is rated
  friend bool operator==(const ThresholdsText&, const ThresholdsText&) = default;
};

[[nodiscard]] std::string thresholds_text(const ThresholdsText& thresholds);
// nullopt when it isn't such a line, to the byte.
[[nodiscard]] std::optional<ThresholdsText> parse_thresholds(std::string_view text);

}  // namespace ph::wire
