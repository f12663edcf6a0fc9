// The reader of CUTOFF: never a value beside a fault.
#include "tests/fuzz/support.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ph::fuzz::check_reader(data, size,
                         [](const ph::Reading& reading) { return ph::read_cutoff(reading); });
  return 0;
}
