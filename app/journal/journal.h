// What somebody may do with a journal beside the process that writes it: look at it, prove its
// chain, and put aside what no start needs any more (docs/journal.md, section 9).
#pragma once

#include <cstdint>
#include <string>

#include "app/journal/words.h"

namespace ph {

struct JournalOptions {
  std::string url{};
  JournalOf of{JournalOf::kUnknown};
  std::string archive{};  // a directory of segments; empty: none
  std::uint64_t from{};   // 0: of `show` the last blocks
  std::uint64_t to{};     // 0: to the end
  std::uint64_t segment_bytes_max{};
  bool json{};
};

// Each prints on standard output. 0, or 1 when a block is damaged or missing: it is named, and is
// the one that the first wrong byte lies in. Throws what the store throws.
[[nodiscard]] int show_journal(const JournalOptions& options);
[[nodiscard]] int verify_journal(const JournalOptions& options);
[[nodiscard]] int archive_of_journal(const JournalOptions& options);

}  // namespace ph
