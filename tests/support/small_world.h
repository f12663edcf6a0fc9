// A world of three provinces, an airline and a merchant in files' text, with keys: for tests of
// nodes and the clearing.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/types/date.h"
#include "platform/crypto/keys.h"
#include "platform/crypto/registry.h"

namespace ph::test {

// P01 P02 P03 CLR AIR1 MER1; every price in force from 2026-01-01 on.
[[nodiscard]] std::string rulebook_text(std::string_view more_rows = {});
[[nodiscard]] std::string calendar_text();
// A file in the common frame; the trailer is counted by hand: rows from `rows`, and the two sums.
[[nodiscard]] std::string file_text(std::string_view header, const std::vector<std::string>& rows,
                                    std::int64_t points, std::int64_t fen);
// The province's opening file of 2026-03-01: two members with a lot of 1,000 points each.
[[nodiscard]] std::string opening_text(int province);
// A day with a bill of `fen` for the province's first member.
[[nodiscard]] std::string day_text(int province, BusinessDate date, std::uint32_t sequence,
                                   std::int64_t fen);
// Number of the province's member with that serial.
[[nodiscard]] std::string member_text(int province, std::uint64_t serial);

// Fresh keys of everybody, and the registry that has them all.
class Keys {
 public:
  Keys();
  [[nodiscard]] const SecretKey& of(const std::string& code) const { return secrets_.at(code); }
  [[nodiscard]] const KeyRegistry& registry() const { return registry_; }

 private:
  std::map<std::string, SecretKey> secrets_;
  KeyRegistry registry_;
};

}  // namespace ph::test
