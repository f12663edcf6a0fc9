#include "core/batch/framed.h"

#include <cstring>

namespace ph {

std::optional<BatchView> framed_view(Bytes bytes) {
  constexpr std::size_t kFrame = sizeof(BatchHeader) + sizeof(Digest);
  if (bytes.size() < kFrame) return std::nullopt;
  BatchHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  const std::uint64_t most = bytes.size();  // Of each, so that their sum can't overflow.
  if (header.magic != BatchHeader().magic || header.movements > most || header.items > most ||
      header.slices > most) {
    return std::nullopt;
  }
  const std::uint64_t body = header.movements * sizeof(Movement) + header.items * sizeof(Item) +
                             header.slices * sizeof(Slice);
  return body + kFrame == most ? std::optional(view_of(bytes)) : std::nullopt;
}

}  // namespace ph
