// The inputs of a closed period, fetched from the running clearing's store: what `settle` needs to
// compute the period anew, on another machine and from nothing else.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/types/date.h"
#include "core/types/digest.h"

namespace ph {

// What the control socket is asked for a part of a blob: `/v1/blobs/<digest>-<offset>`; the answer
// begins there and has kBlobPartBytes at most.
inline constexpr std::size_t kBlobPartBytes = std::size_t{8} << 20U;
struct BlobPart {
  Digest digest{};
  std::uint64_t offset{};
};
[[nodiscard]] std::string blob_target(const Digest& digest, std::uint64_t offset);
[[nodiscard]] std::optional<BlobPart> parse_blob_part(std::string_view parameter);

// Writes into `out`, which is made, a file for each input that the period's manifest names, and the
// period's cut-off record. `periods` and `control` are those of the clearing's settings. Returns
// how many files there are. Throws std::runtime_error, with what to do, when the period isn't
// closed, `out` isn't empty, or a blob isn't what the manifest says.
std::size_t fetch_inputs(const std::filesystem::path& periods, const std::filesystem::path& control,
                         Month period, const std::filesystem::path& out);

}  // namespace ph
