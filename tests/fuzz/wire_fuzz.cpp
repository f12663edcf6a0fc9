// Any bytes from a peer: decoded or refused; what was decoded may be sent, and comes back the same.
#include "platform/wire/message.h"
#include "tests/fuzz/support.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ph;
  wire::Message message;
  if (wire::decode(fuzz::input(data, size), message) == wire::DecodeFault::kNone) {
    const std::vector<std::byte> bytes = wire::encode(message);
    fuzz::need(bytes.size() <= wire::kMessageBytesMax);
    wire::Message again;
    fuzz::need(wire::decode(bytes, again) == wire::DecodeFault::kNone && again == message);
  }
  return 0;
}
