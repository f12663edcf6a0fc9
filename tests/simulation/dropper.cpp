#include "tests/simulation/dropper.h"

#include <algorithm>

namespace ph::sim {

namespace {

class Planner {
 public:
  Planner(const World& world, const Faults& faults)
      : world_(world), faults_(faults), random_(world.seed ^ 0xD40'9U) {}

  std::vector<Drop> plan() {
    setting();
    for (std::size_t n = 0; n < world_.provinces.size(); ++n) {
      province(n);
    }
    for (const Party& partner : world_.partners) {
      this->partner(partner);
    }
    std::ranges::stable_sort(drops_, {}, &Drop::at_ms);
    return std::move(drops_);
  }

 private:
  [[nodiscard]] bool disturbed() const { return faults_.mischief > 0; }
  [[nodiscard]] bool happens(std::uint32_t per_mille) { return random_.below(1'000) < per_mille; }
  [[nodiscard]] std::int64_t up_to(std::int64_t ms) {
    return static_cast<std::int64_t>(random_.below(static_cast<std::uint32_t>(ms)));
  }
  void add(std::int64_t at_ms, std::size_t to, DroppedFile file, std::string removes = {}) {
    drops_.push_back(
        {.at_ms = at_ms, .to = to, .file = std::move(file), .removes = std::move(removes)});
  }

  // Rule book, calendars and opening files at noon of the first day, in any order. The first day's
  // file lies there before its province is opened: the node would seal the month's earlier days
  // empty.
  void setting() {
    const auto some_time = [this] { return kDayMs / 2 + (disturbed() ? up_to(kHourMs) : 0); };
    const DroppedFile rules{.name = "rules.csv", .text = world_.rulebook};
    const DroppedFile later{.name = "rules-later.csv", .text = world_.later_rulebook};
    const std::int64_t later_ms =
        (world_.later_rulebook_on.count() - world_.first.count()) * kDayMs + 10 * kHourMs;
    const auto everywhere = [&](std::size_t to) {
      add(some_time(), to, rules);
      if (!later.text.empty()) {
        add(later_ms + (disturbed() ? up_to(6 * kHourMs) : 0), to, later);
      }
    };
    everywhere(kToClearing);
    for (std::size_t n = 0; n < world_.calendars.size(); ++n) {
      add(some_time(), kToClearing,
          {.name = "calendar-" + std::to_string(n) + ".csv", .text = world_.calendars[n]});
    }
    for (std::size_t n = 0; n < world_.provinces.size(); ++n) {
      const DroppedFile opening{.name = world_.provinces[n].code + "-opening.csv",
                                .text = world_.openings[n]};
      everywhere(n);
      add(some_time(), n, opening);
      add(some_time(), kToClearing, opening);
    }
  }

  void province(std::size_t index) {
    const Party& party = world_.provinces[index];
    for (std::size_t day = 0; day < party.days.size(); ++day) {
      const SenderDay& file = party.days[day];
      if (file.text.empty()) {
        continue;
      }
      const auto midnight = static_cast<std::int64_t>(day) * kDayMs;
      const DroppedFile good{.name = party.code + "-" + file.date.text() + ".csv",
                             .text = file.text};
      if (day == 0) {
        add(midnight + kDayMs / 2, index, good);
        continue;
      }
      // From 20:00 on; the day is sealed empty at 05:00 of the next.
      const std::int64_t at = midnight + 20 * kHourMs + (disturbed() ? up_to(7 * kHourMs) : 0);
      bring(at, index, good);
    }
  }

  void partner(const Party& party) {
    for (std::size_t day = 0; day < party.days.size(); ++day) {
      const SenderDay& file = party.days[day];
      if (file.text.empty()) {
        continue;
      }
      const bool late = party.late_from && file.date >= *party.late_from;
      const std::int64_t over = static_cast<std::int64_t>(day + 1) * kDayMs + kHourMs;
      const std::int64_t cut_off =
          (world_.close.count() + 1 - world_.first.count()) * kDayMs + kHourMs;
      const std::int64_t at =
          (late ? std::max(over, cut_off) : over) + (disturbed() ? up_to(4 * kHourMs) : 0);
      bring(at, kToClearing,
            {.name = party.code + "-" + file.date.text() + ".csv",
             .text = file.text,
             .signer = party.code});
    }
  }

  // The file at its time, and what goes wrong around it.
  void bring(std::int64_t at, std::size_t to, const DroppedFile& good) {
    std::string removes;
    if (happens(faults_.mischief)) {  // Under way for a while.
      removes = good.name + ".part";
      add(at - 1 - up_to(20 * kMinuteMs), to,
          {.name = removes, .text = cut(good.text), .fate = FileFate::kPart});
    }
    if (happens(faults_.mischief)) {
      add(at - 1 - up_to(30 * kMinuteMs), to,
          {.name = good.name,
           .text = cut(good.text),
           .signer = good.signer,
           .fate = FileFate::kTorn});
    }
    if (!good.signer.empty() && happens(faults_.mischief)) {
      add(at - 1 - up_to(30 * kMinuteMs), to,
          {.name = good.name,
           .text = good.text,
           .signer = chance() ? "CLR" : "",
           .fate = FileFate::kTorn});
    }
    add(at, to, good, removes);
    if (happens(faults_.mischief)) {
      DroppedFile again = good;
      again.name = chance() ? good.name : "again-" + good.name;
      again.fate = FileFate::kAgain;
      add(at + up_to(3 * kHourMs), to, again);
    }
    if (happens(faults_.mischief)) {
      DroppedFile other = good;
      other.name = "other-" + good.name;
      other.text = good.text.substr(0, good.text.find('\n') + 1) + "END,0,0,0\n";
      other.fate = FileFate::kAltered;
      if (other.text != good.text) {
        add(at + up_to(12 * kHourMs), to, other);
      }
    }
  }

  [[nodiscard]] bool chance() { return random_.below(2) == 0; }
  [[nodiscard]] std::string cut(const std::string& text) {
    return text.substr(0, random_.below(static_cast<std::uint32_t>(text.size())));
  }

  const World& world_;
  const Faults& faults_;
  generate::Random random_;
  std::vector<Drop> drops_;
};

}  // namespace

std::vector<Drop> plan_drops(const World& world, const Faults& faults) {
  return Planner(world, faults).plan();
}

}  // namespace ph::sim
