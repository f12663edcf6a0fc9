#include "core/programme/tenure.h"

namespace ph::programme {

std::uint16_t band_of(std::span<const TenureBand> bands, int months) {
  for (std::size_t i = 0; i < bands.size(); ++i) {
    if (bands[i].from <= months && months <= bands[i].to) {
      return static_cast<std::uint16_t>(i);
    }
  }
  return kNoIndex;
}

std::optional<Entered> on_entry(std::span<const TenureBand> bands, int months,
                                std::uint16_t entered) {
  const std::uint16_t band = band_of(bands, months);
  if (band == kNoIndex || (entered != kNoIndex && band <= entered)) {
    return std::nullopt;
  }
  return Entered{.entered = band, .points = Points::of(bands[band].points.value_or(0))};
}

std::optional<Entered> on_entry(std::span<const LevelRate> rates, std::uint16_t level,
                                std::uint16_t entered) {
  if (level <= entered) {
    return std::nullopt;
  }
  for (const LevelRate& rate : rates) {
    if (rate.level.index == level) {
      return Entered{.entered = level, .points = Points::of(rate.points.value_or(0))};
    }
  }
  return std::nullopt;
}

Ratio rate_of(std::span<const LevelRate> rates, std::uint16_t level) {
  for (const LevelRate& rate : rates) {
    if (rate.level.index == level) {
      return rate.rate.value_or(Ratio{});
    }
  }
  return Ratio{};
}

}  // namespace ph::programme
