// The histogram of a province's scores as it is sent, kept and signed for
// (docs/wire.md, section 8): a header, then an entry for each score.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/programme/histogram.h"
#include "core/types/date.h"
#include "core/types/digest.h"
#include "core/types/id.h"
#include "core/types/result.h"

namespace ph::programme {

inline constexpr std::size_t kHistogramHeaderBytes = 96;
inline constexpr std::size_t kHistogramEntryBytes = 16;
inline constexpr std::uint64_t kHistogramEntriesMax = 1'000'000;
inline constexpr std::size_t kGradingNameMax = 24;

// 1 to 24 of a-z 0-9 -.
[[nodiscard]] bool valid_grading_name(std::string_view name);

// Whose scores, of what.
struct HistogramHeader {
  Participant province{};
  std::string grading{};
  Month month{};
  std::uint32_t scale{};  // of the scores
  Digest programme{};     // SHA-256 of its file
  std::uint32_t revision{};

  friend bool operator==(const HistogramHeader&, const HistogramHeader&) = default;
};

struct HistogramFile {
  HistogramHeader header{};
  Histogram histogram{};
};

enum class HistogramFault : std::uint8_t {
  kLength,    // not the header and so many entries
  kMagic,     // other first bytes, or another layout
  kProvince,  // no province's number
  kGrading,   // no name, or one that isn't padded with zeros
  kMonth,
  kScale,     // 0
  kRevision,  // 0
  kZero,      // a field that has to be zero
  kEntries,   // more than 1,000,000
  kScores,    // not strictly descending from at most 4 x 10^18, or an entry without units
  kUnits,     // they don't add up to the header's, or to more than 2^40
};
[[nodiscard]] std::string_view word(HistogramFault fault);

// Whatever bytes they are. What it takes, `histogram_bytes` gives back.
[[nodiscard]] Result<HistogramFile, HistogramFault> read_histogram(Bytes bytes);
// The units that the header says, without a look at the entries; nullopt: it is too short for one.
[[nodiscard]] std::optional<std::uint64_t> read_histogram_units(Bytes bytes);
// The header is one that `read_histogram` takes; at most kHistogramEntriesMax different scores.
[[nodiscard]] std::vector<std::byte> histogram_bytes(const HistogramHeader& header,
                                                     const Histogram& histogram);

}  // namespace ph::programme
