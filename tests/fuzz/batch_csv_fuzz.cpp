// The reader of batches in CSV: never a value beside a fault; what is read is written and read
// again. A digest that is wrong alone is put right, so that the fuzzer gets behind it.
#include <algorithm>
#include <string>

#include "platform/files/write.h"
#include "tests/fuzz/support.h"

namespace {

using namespace ph;

std::optional<OwnedBatch> read(std::string_view text, std::vector<Fault>& faults) {
  auto batch = read_batch_csv(InputFile("fuzz", as_bytes(text)), fuzz::book(), faults);
  fuzz::need(batch.has_value() == faults.empty());
  return batch;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  std::vector<Fault> faults;
  auto batch = read(text, faults);
  if (faults.size() == 1 && faults[0].code == FaultCode::kDigestMismatch) {
    const std::string right = faults[0].expected;
    text.replace(text.rfind("DIGEST,") + 7, 64, right);
    faults.clear();
    batch = read(text, faults);
    fuzz::need(batch.has_value());
  }
  if (batch) {
    std::string again;
    write_csv(batch->view(), &fuzz::book(), again);
    const auto second = read(again, faults);
    fuzz::need(second && std::ranges::equal(second->bytes(), batch->bytes()));
  }
  return 0;
}
