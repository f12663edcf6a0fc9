// The receipt's line (docs/wire.md, section 4): what the clearing signs when it has taken a batch.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/types/digest.h"
#include "core/types/time.h"

namespace ph::wire {

inline constexpr std::string_view kReceiptKind = "RECEIPT";

struct ReceiptText {
  std::string clearing{};
  std::string sender{};
  std::uint32_t sequence{};
  BusinessDate date{};
  Digest digest{};
  BusinessTime taken_at{};
  std::uint64_t returned{};
  Digest returned_digest{};
};

[[nodiscard]] std::string receipt_text(const ReceiptText& receipt);
// nullopt when it isn't such a line, to the byte.
[[nodiscard]] std::optional<ReceiptText> parse_receipt(std::string_view text);

}  // namespace ph::wire
