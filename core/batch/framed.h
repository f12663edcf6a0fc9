// A batch that was checked when it was stored, as it lies there now: lengths alone are held against
// the bytes, so that no record is looked for beyond them.
#pragma once

#include <optional>

#include "core/batch/seal.h"

namespace ph {

// nullopt: magic or lengths aren't a batch's. `bytes` are aligned to 8.
[[nodiscard]] std::optional<BatchView> framed_view(Bytes bytes);

}  // namespace ph
