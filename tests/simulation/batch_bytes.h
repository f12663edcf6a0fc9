// A batch read from its bytes by the description alone (docs/formats.md, section 6): the auditor's
// own eyes. It shares no code with core/batch or platform/files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/types/digest.h"

namespace ph::sim {

struct RawSlice {
  std::uint64_t lot{};
  std::uint16_t expires_on{};
  std::uint8_t source{};
  std::uint8_t account{};
  std::int64_t original{};
  std::int64_t delta{};

  [[nodiscard]] bool debt() const { return source == 15; }
  [[nodiscard]] std::uint16_t issuer() const { return static_cast<std::uint16_t>(lot >> 48); }
};

struct RawMovement {
  std::uint64_t member{};
  std::uint32_t entry{};
  std::uint8_t kind{};
  RawSlice slice{};
};

struct RawItem {
  std::uint8_t kind{};
  std::uint8_t form{};
  std::uint16_t counterparty{};
  std::uint64_t member{};
  std::string id{};      // 28 bytes, as they stand there
  std::string parent{};  // likewise
  std::uint64_t authorisation{};
  std::uint32_t entry{};
  std::int64_t points{};
  std::vector<RawSlice> slices{};
};

struct RawBatch {
  std::uint16_t sender{};
  std::uint16_t date{};
  std::uint32_t sequence{};
  Digest previous{};
  Digest digest{};
  std::vector<RawMovement> movements{};
  std::vector<RawItem> items{};
};

// Throws Failed when counts, sums or digest aren't those of the records.
[[nodiscard]] RawBatch read_raw_batch(Bytes bytes);

}  // namespace ph::sim
