// The files that billing systems and partners bring, when and how: whole, torn, doubled, late, out
// of order, with other content under a number that is taken.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/simulation/faults.h"
#include "tests/simulation/schedule.h"
#include "tests/simulation/world.h"

namespace ph::sim {

// What has to come of a file.
enum class FileFate : std::uint8_t {
  kGood,     // accepted, once
  kAgain,    // the same once more: a copy, whichever comes second
  kTorn,     // never accepted
  kAltered,  // never accepted: its number was taken with other content
  kPart,     // never looked at
};

struct DroppedFile {
  std::string name{};
  std::string text{};
  std::string signer{};  // of a partner's file: whose key signs it; empty: nobody's
  FileFate fate{};
};

// A folder that outlives the process that looks into it.
using Folder = std::map<std::string, DroppedFile>;

inline constexpr std::size_t kToClearing = ~std::size_t{0};

struct Drop {
  std::int64_t at_ms{};
  std::size_t to{};  // a node, or kToClearing
  DroppedFile file{};
  std::string removes{};  // the name it had while under way
};

// By time. `faults.mischief` 0: each file once, at its hour.
[[nodiscard]] std::vector<Drop> plan_drops(const World& world, const Faults& faults);

}  // namespace ph::sim
