// Any bytes from a peer: decoded or refused; what was decoded is encoded to something that decodes
// to the same.
#include "platform/wire/message.h"
#include "tests/fuzz/support.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ph;
  wire::Message message;
  if (wire::decode(std::as_bytes(std::span(data, size)), message) == wire::DecodeFault::kNone) {
    const std::vector<std::byte> bytes = wire::encode(message);
    wire::Message again;
    fuzz::need(wire::decode(bytes, again) == wire::DecodeFault::kNone);
    fuzz::need(wire::encode(again) == bytes);
  }
  return 0;
}
