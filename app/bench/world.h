// The country in which the benchmarks take place: 31 provinces, the clearing, and as many partners
// as a job wants. Its prices and contracts are nobody's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/generate/random.h"
#include "core/rules/rulebook.h"

namespace ph::bench {

inline constexpr Month kPeriod{(2026 - 2000) * 12 + 2};  // 2026-03
inline constexpr std::uint16_t kFirstPartner = 101;
// Prices change in mid-month, so that lines of two versions stand side by side.
inline constexpr int kChangeDay = 16;

// Participants, and how much each of them has to do with.
class Choice {
 public:
  void add(Participant one, std::uint32_t weight);
  [[nodiscard]] Participant pick(generate::Random& random) const;
  [[nodiscard]] const std::vector<Participant>& all() const { return all_; }

 private:
  std::vector<Participant> all_;
  std::vector<std::uint32_t> until_;  // sum of the weights up to and with each
};

// Provinces weigh what they have people, partners less and less: the first about fifty times what
// the thousandth does.
struct World {
  RuleBook rules;
  Choice provinces{};
  Choice partners{};  // every twentieth an airline, the others merchants
  Choice merchants{};
  Choice airlines{};
};

// Reads the rule book at `path`, or writes one for `partners` partners first. Throws when the disk
// fails or the file there is not a rule book.
[[nodiscard]] World open_world(const std::string& path, std::uint16_t partners);

}  // namespace ph::bench
