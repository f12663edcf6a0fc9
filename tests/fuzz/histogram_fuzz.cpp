// Any bytes as a province's histogram: refused with a reason, or given back to the byte.
#include "core/programme/histogram_bytes.h"
#include "tests/fuzz/support.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ph;
  const Bytes input = fuzz::input(data, size);
  const auto file = programme::read_histogram(input);
  if (!file) {
    fuzz::need(!programme::word(file.error()).empty());
    return 0;
  }
  const auto bytes = programme::histogram_bytes(file->header, file->histogram);
  fuzz::need(std::equal(bytes.begin(), bytes.end(), input.begin(), input.end()));
  fuzz::need(file->histogram.units() <= programme::Histogram::kUnitsMax);
  const auto last = file->histogram.at_rank(file->histogram.units());
  fuzz::need(last.has_value() == (file->histogram.units() > 0));
  return 0;
}
