// The reader of the canonical layout: never a value beside a fault; what is read is written as CSV
// and read again. The digest is put right first, so that the fuzzer gets behind it.
#include <algorithm>
#include <cstring>
#include <string>

#include "platform/crypto/sha256.h"
#include "platform/files/write.h"
#include "tests/fuzz/support.h"

using namespace ph;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::check_reader(data, size, [](const Reading& reading) { return read_batch_binary(reading); });
  const Bytes given = fuzz::input(data, size);
  std::vector<std::byte> bytes(given.begin(), given.end());
  if (bytes.size() >= sizeof(Digest)) {
    const std::size_t body = bytes.size() - sizeof(Digest);
    const Digest digest = sha256(Bytes(bytes).first(body));
    std::memcpy(bytes.data() + body, digest.data(), digest.size());
  }
  const InputFile file("fuzz", bytes);
  std::vector<Fault> faults;
  const auto view = read_batch_binary(file, fuzz::book(), faults);
  fuzz::need(view.has_value() == faults.empty());
  if (view) {
    std::string text;
    write_csv(*view, &fuzz::book(), text);
    const auto again = read_batch_csv(InputFile("fuzz", as_bytes(text)), fuzz::book(), faults);
    fuzz::need(again && std::ranges::equal(again->bytes(), file.bytes()));
  }
  return 0;
}
