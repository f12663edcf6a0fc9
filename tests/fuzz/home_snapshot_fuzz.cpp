// The loader of a home's snapshot: what it takes, it gives back to the byte; and no home that it
// makes reaches beyond its tables.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "core/home/loader.h"

namespace ph::fuzz {
namespace {

void need(bool right) {
  if (!right) {
    std::abort();
  }
}

void check(Bytes input) {
  // In two parts, the second from the middle of something.
  HomeLoader loader;
  const Bytes first = input.first(input.size() / 3);
  Bytes behind = loader.take(first);
  if (behind.empty()) {
    behind = loader.take(input.subspan(first.size()));
  }
  const std::optional<Home> home = loader.finish();
  if (!home) {
    return;
  }
  std::vector<std::byte> saved;
  home->save([&saved](Bytes part) { saved.insert(saved.end(), part.begin(), part.end()); });
  need(saved.size() <= input.size() && std::equal(saved.begin(), saved.end(), input.begin()));
  HomeHeader header;
  std::memcpy(&header, input.data(), sizeof header);
  for (std::uint64_t n = 0; n < header.members; ++n) {
    std::uint64_t number = 0;
    std::memcpy(&number, input.data() + sizeof header + n * sizeof(MemberRecord), sizeof number);
    const BusinessDate on(static_cast<std::uint16_t>(2650 + n));
    need(home->balance(Member(number), on).has_value());
    (void)home->lots(Member(number));
  }
}

}  // namespace
}  // namespace ph::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ph::fuzz::check(std::as_bytes(std::span<const std::uint8_t>(data, size)));
  return 0;
}
