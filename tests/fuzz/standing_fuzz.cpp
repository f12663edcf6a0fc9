// Any bytes as what moves with a member: refused, or given back to the byte.
#include "core/home/standing.h"
#include "tests/fuzz/support.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ph;
  const Bytes input = fuzz::input(data, size);
  const auto standing = read_standing(input);
  if (standing) {
    const auto bytes = bytes_of(*standing);
    fuzz::need(std::equal(bytes.begin(), bytes.end(), input.begin(), input.end()));
    fuzz::need(bytes.size() <= kStandingBytesMax);
  }
  return 0;
}
