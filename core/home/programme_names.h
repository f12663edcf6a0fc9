// Numbers for the names of a programme, the same in all its versions: records keep numbers, and a
// later version may list its names in another order or leave some out. A name gets the next number
// where it first appears over the versions, so whoever takes the same versions has the same
// numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/programme/programme.h"

namespace ph {

class NameTable {
 public:
  static constexpr std::uint16_t kNone = 0xffff;

  // kNone: no version had it.
  [[nodiscard]] std::uint16_t find(std::string_view name) const;
  void add(std::string_view name);
  [[nodiscard]] const std::string& name(std::uint16_t number) const { return names_[number]; }
  [[nodiscard]] std::size_t size() const { return names_.size(); }

 private:
  std::vector<std::string> names_;  // by number: tens to hundreds
};

struct ProgrammeNames {
  static constexpr std::size_t kLevelsMax = 255;

  NameTable gradings{};
  std::vector<NameTable> levels{};  // of each grading
  NameTable flags{};
  NameTable benefits{};
  NameTable campaigns{};
  NameTable plans{};
  NameTable items{};
  NameTable queues{};
  NameTable grades{};  // of `[effective] order`

  // All names of a version. False when they don't fit their numbers: it is to be refused, and the
  // names are no more to be used.
  [[nodiscard]] bool take(const Programme& version);
};

}  // namespace ph
