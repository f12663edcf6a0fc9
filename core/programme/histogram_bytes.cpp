#include "core/programme/histogram_bytes.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/types/bytes.h"
#include "core/types/check.h"

namespace ph::programme {

namespace {

constexpr std::array<char, 4> kMagic{'P', 'H', 'G', '1'};
constexpr std::uint16_t kLayout = 1;
using Name = std::array<char, kGradingNameMax>;

// Nothing when it is no name, padded with zeros.
std::optional<std::string> name_of(const Name& bytes) {
  const auto end = std::ranges::find(bytes, '\0');
  const bool padded = std::all_of(end, bytes.end(), [](char c) { return c == '\0'; });
  std::string name(bytes.begin(), end);
  return padded && valid_grading_name(name) ? std::optional(std::move(name)) : std::nullopt;
}

}  // namespace

bool valid_grading_name(std::string_view name) {
  return !name.empty() && name.size() <= kGradingNameMax && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::string_view word(HistogramFault fault) {
  switch (fault) {
    case HistogramFault::kLength:
      return "its length is not that of a header of 96 bytes and its entries of 16";
    case HistogramFault::kMagic:
      return "it does not begin with PHG1 and layout 1";
    case HistogramFault::kProvince:
      return "it names no province";
    case HistogramFault::kGrading:
      return "its grading is no name of a-z 0-9 -, padded with zeros";
    case HistogramFault::kMonth:
      return "it names no month";
    case HistogramFault::kScale:
      return "its scale is 0";
    case HistogramFault::kRevision:
      return "its revision is 0";
    case HistogramFault::kZero:
      return "a field that has to be zero is not";
    case HistogramFault::kEntries:
      return "it has more than 1000000 entries";
    case HistogramFault::kScores:
      return "its scores do not strictly descend from at most 4000000000000000000, or one has no "
             "units";
    case HistogramFault::kUnits:
      return "its units do not add up to what its header says, or to more than 2^40";
  }
  return "";
}

Result<HistogramFile, HistogramFault> read_histogram(Bytes bytes) {
  ByteReader in(bytes);
  HistogramFile out;
  const auto magic = in.get<std::array<char, 4>>();
  const auto layout = in.get<std::uint16_t>();
  out.header.province = Participant(in.get<std::uint16_t>());
  auto name = name_of(in.get<Name>());
  out.header.month = Month(in.get<std::uint16_t>());
  const auto zero = in.get<std::uint16_t>();
  out.header.scale = in.get<std::uint32_t>();
  out.header.programme = in.get<Digest>();
  const auto units = in.get<std::uint64_t>();
  const auto count = in.get<std::uint64_t>();
  out.header.revision = in.get<std::uint32_t>();
  const auto last_zero = in.get<std::uint32_t>();
  if (!in.good()) return Fail{HistogramFault::kLength};
  if (magic != kMagic || layout != kLayout) return Fail{HistogramFault::kMagic};
  if (!valid_province(out.header.province)) return Fail{HistogramFault::kProvince};
  if (!name) return Fail{HistogramFault::kGrading};
  if (out.header.month.count() >= Month::kCount) return Fail{HistogramFault::kMonth};
  if (out.header.scale == 0) return Fail{HistogramFault::kScale};
  if (out.header.revision == 0) return Fail{HistogramFault::kRevision};
  if (zero != 0 || last_zero != 0) return Fail{HistogramFault::kZero};
  if (count > kHistogramEntriesMax) return Fail{HistogramFault::kEntries};
  if (in.left() != count * kHistogramEntryBytes) return Fail{HistogramFault::kLength};
  out.header.grading = std::move(*name);
  std::vector<Histogram::Entry> entries(count);
  std::uint64_t sum = 0;
  for (Histogram::Entry& entry : entries) {
    entry.score = in.get<std::uint64_t>();
    entry.units = in.get<std::uint64_t>();
    // Bounded here, so that the sum can't come round to what the header says.
    if (entry.units > Histogram::kUnitsMax - sum) return Fail{HistogramFault::kUnits};
    sum += entry.units;
  }
  auto histogram = Histogram::from(std::move(entries));
  if (!histogram) return Fail{HistogramFault::kScores};
  if (sum != units) return Fail{HistogramFault::kUnits};
  out.histogram = std::move(*histogram);
  return out;
}

std::optional<std::uint64_t> read_histogram_units(Bytes bytes) {
  constexpr std::size_t kUnitsAt = 72;
  if (bytes.size() < kHistogramHeaderBytes) return std::nullopt;
  return ByteReader(bytes.subspan(kUnitsAt)).get<std::uint64_t>();
}

std::vector<std::byte> histogram_bytes(const HistogramHeader& header, const Histogram& histogram) {
  check(valid_province(header.province) && valid_grading_name(header.grading) &&
            header.month.count() < Month::kCount && header.scale > 0 && header.revision > 0 &&
            histogram.entries().size() <= kHistogramEntriesMax,
        "a histogram that its reader takes");
  Name name{};
  std::ranges::copy(header.grading, name.begin());
  ByteWriter out;
  out.put_record(kMagic);
  out.put(kLayout);
  out.put(header.province.number());
  out.put_record(name);
  out.put(header.month.count());
  out.put(std::uint16_t{0});
  out.put(header.scale);
  out.put(header.programme);
  out.put(histogram.units());
  out.put(static_cast<std::uint64_t>(histogram.entries().size()));
  out.put(header.revision);
  out.put(std::uint32_t{0});
  for (const Histogram::Entry& entry : histogram.entries()) {
    out.put(entry.score);
    out.put(entry.units);
  }
  return out.take();
}

}  // namespace ph::programme
