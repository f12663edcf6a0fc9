// From participants' codes to their numbers, for one file: fast on codes seen before.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/rules/rulebook.h"

namespace ph {

class Codes {
 public:
  // Without a rule book every code gets a number of its own, by first occurrence: good for
  // comparing participants within the file, for nothing else.
  explicit Codes(const RuleBook* book);

  // The participant of a valid code; none when the rule book doesn't know it.
  [[nodiscard]] Participant find(std::string_view valid_code);
  [[nodiscard]] const RuleBook* book() const { return book_; }

 private:
  struct Slot {
    std::array<std::uint64_t, 2> key{};  // The code padded with zero bytes; zeros = free.
    Participant participant{};
  };
  [[nodiscard]] Participant resolve(std::string_view code);
  void grow();

  const RuleBook* book_;
  std::uint16_t given_{0};
  std::size_t used_{0};
  std::vector<Slot> slots_;
};

}  // namespace ph
