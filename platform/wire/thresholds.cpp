#include "platform/wire/thresholds.h"

#include <charconv>
#include <utility>

#include "core/programme/histogram_bytes.h"
#include "core/types/id.h"
#include "core/types/ratio.h"

namespace ph::wire {

namespace {

constexpr std::size_t kCutsMax = 16;
constexpr int kPercentMax = 99;

template <class T>
bool number(std::string_view text, T& value) {
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  return error == std::errc() && end == last;
}

bool digest(std::string_view text, Digest& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (text.size() != out.size() * 2) {
    return false;
  }
  for (std::size_t n = 0; n < out.size(); ++n) {
    const std::size_t high = kDigits.find(text[2 * n]);
    const std::size_t low = kDigits.find(text[2 * n + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) {
      return false;
    }
    out[n] = static_cast<std::byte>(high << 4U | low);
  }
  return true;
}

// Up to the separator, which goes too; all of it when there is none.
std::string_view next(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

// `312` or `1287/10`, over the scale.
bool score(std::string_view text, std::uint32_t scale, programme::Score& out) {
  std::uint64_t num = 0;
  std::uint64_t den = 1;
  const std::string_view first = next(text, '/');
  if (!number(first, num) || (!text.empty() && !number(text, den)) || den == 0 ||
      scale % den != 0 || num > programme::Histogram::kScoreMax / (scale / den)) {
    return false;
  }
  out = num * (scale / den);
  return true;
}

bool cut(std::string_view text, std::uint32_t scale, ThresholdsText::Cut& out) {
  out.level = next(text, ':');
  return programme::valid_grading_name(out.level) && number(next(text, ':'), out.percent) &&
         out.percent >= 1 && out.percent <= kPercentMax && number(next(text, ':'), out.rank) &&
         out.rank >= 1 && score(next(text, ':'), scale, out.score) && number(text, out.threshold) &&
         out.threshold >= 0;
}

}  // namespace

std::string thresholds_text(const ThresholdsText& thresholds) {
  std::string out = "THRESHOLDS,1," + thresholds.clearing + "," + thresholds.grading + "," +
                    thresholds.month.text() + "," + hex(thresholds.programme) + "," +
                    std::to_string(thresholds.units) + "," + std::to_string(thresholds.scale);
  for (const ThresholdsText::Cut& cut : thresholds.cuts) {
    out += "," + cut.level + ":" + std::to_string(cut.percent) + ":" + std::to_string(cut.rank) +
           ":" + Ratio{static_cast<Int128>(cut.score), Int128{thresholds.scale}}.text() + ":" +
           std::to_string(cut.threshold);
  }
  return out;
}

std::optional<ThresholdsText> parse_thresholds(std::string_view text) {
  std::string_view rest = text;
  ThresholdsText out;
  const bool kind = next(rest, ',') == kThresholdsKind && next(rest, ',') == "1";
  out.clearing = next(rest, ',');
  out.grading = next(rest, ',');
  const auto month = Month::parse(next(rest, ','));
  const bool head = kind && valid_code(out.clearing) &&
                    programme::valid_grading_name(out.grading) && month &&
                    digest(next(rest, ','), out.programme) && number(next(rest, ','), out.units) &&
                    number(next(rest, ','), out.scale) && out.scale > 0 &&
                    out.units <= kProvinceNumberMax * programme::Histogram::kUnitsMax;
  if (!head) {
    return std::nullopt;
  }
  out.month = *month;
  while (!rest.empty() && out.cuts.size() < kCutsMax) {
    if (!cut(next(rest, ','), out.scale, out.cuts.emplace_back())) {
      return std::nullopt;
    }
  }
  return thresholds_text(out) == text ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace ph::wire
