// The versions of a programme that a node has taken, and which of them counts when: until the next
// one's day comes, the one before it holds (docs/decisions/0023-programme-format.md, section 1.1).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/programme/programme.h"
#include "core/types/digest.h"

namespace ph {

class ProgrammeBook {
 public:
  struct Version {
    Digest blob{};
    BusinessDate effective{};
    std::shared_ptr<const Programme> programme{};
  };
  enum class Misfit : std::uint8_t {
    kNone,
    kCode,     // another programme
    kVersion,  // not the next version
    kDay,      // not effective after the version before it
  };

  // May it follow the versions that are here?
  [[nodiscard]] Misfit misfit(const Programme& next) const;
  // It may.
  void take(const Digest& blob, std::shared_ptr<const Programme> programme);

  // For points earned, that of the first day of their month. nullptr: none was in force.
  [[nodiscard]] const Programme* of_month(Month month) const { return of_day(first_day(month)); }
  [[nodiscard]] const Programme* of_day(BusinessDate day) const;

  [[nodiscard]] const std::vector<Version>& versions() const { return versions_; }

 private:
  std::vector<Version> versions_;  // by their days
};

}  // namespace ph
