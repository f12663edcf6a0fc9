#include "core/batch/framed.h"

namespace ph {

bool is_framed(const BatchHeader& header, std::uint64_t size) {
  // Of each, so that their sum can't overflow.
  return header.magic == BatchHeader().magic && header.movements <= size / sizeof(Movement) &&
         header.items <= size / sizeof(Item) && header.slices <= size / sizeof(Slice) &&
         digest_at(header) + sizeof(Digest) == size;
}

}  // namespace ph
