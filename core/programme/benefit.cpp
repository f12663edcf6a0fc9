#include "core/programme/benefit.h"

#include <algorithm>

namespace ph::programme {

namespace {

bool names_grade(const Benefit& benefit, const Held& has) {
  return std::any_of(benefit.levels.begin(), benefit.levels.end(),
                     [&](const Ref& level) { return level.index == has.grade; });
}

bool has_benefit(const Benefit& benefit, std::span<const Held> held, BusinessDate on) {
  return benefit.in_force.holds(on) && std::any_of(held.begin(), held.end(), [&](const Held& has) {
           return names_grade(benefit, has);
         });
}

// First day whose claims count.
BusinessDate counted_from(const Benefit& benefit, std::span<const Held> held, BusinessDate on) {
  switch (benefit.per) {
    case ClaimPer::kAny:
    case ClaimPer::kOnce:
      return {};
    case ClaimPer::kYear:
    case ClaimPer::kBirthday:
      return BusinessDate::of(on.civil().year, 1, 1);
    case ClaimPer::kGrade:
      break;
  }
  // Given more than once, the last time counts.
  BusinessDate from{};
  for (const Held& has : held) {
    if (names_grade(benefit, has)) {
      from = std::max(from, has.from);
    }
  }
  return from;
}

// First day whose claims count no more. What was claimed live on the first day of a year isn't of
// the old one, whose last day may still be open; of all else a claim of the next day is one, too,
// else a row of the open day would give it a second time.
BusinessDate counted_to(const Benefit& benefit, BusinessDate on) {
  const bool by_year = benefit.per == ClaimPer::kYear || benefit.per == ClaimPer::kBirthday;
  return by_year ? BusinessDate::of(on.civil().year + 1, 1, 1) : BusinessDate(BusinessDate::kCount);
}

// The benefits of one group aren't additive: a claim of one is a claim of all.
std::int64_t claimed(std::span<const Benefit> benefits, std::uint16_t index,
                     std::span<const Claim> claims, BusinessDate from, BusinessDate to) {
  std::int64_t count = 0;
  for (const Claim& made : claims) {
    const bool of_group = !benefits[index].group.empty() && made.benefit < benefits.size() &&
                          benefits[made.benefit].group == benefits[index].group;
    if (made.day >= from && made.day < to && (made.benefit == index || of_group)) {
      count += made.count;
    }
  }
  return count;
}

// How often it may be claimed; 0: there is no limit. ONCE says it by itself.
std::int64_t limit_of(const Benefit& benefit) {
  return benefit.per == ClaimPer::kOnce ? std::max<std::int64_t>(benefit.count, 1) : benefit.count;
}

// a is preferred to b, which stands before it in the file.
bool is_better(const Benefit& a, const Benefit& b) {
  switch (a.prefer) {
    case Prefer::kNone:
      return false;
    case Prefer::kHours:
      return a.hours > b.hours;
    case Prefer::kDays:
      return a.days > b.days;
    case Prefer::kCount:
      return b.count != 0 && (a.count == 0 || a.count > b.count);
  }
  return false;
}

}  // namespace

std::vector<Entitled> benefits_of(std::span<const Benefit> benefits, std::span<const Held> held,
                                  std::span<const Claim> claims, BusinessDate on) {
  std::vector<Entitled> all;
  for (std::size_t i = 0; i < benefits.size(); ++i) {
    const Benefit& benefit = benefits[i];
    if (!has_benefit(benefit, held, on)) {
      continue;
    }
    const auto index = static_cast<std::uint16_t>(i);
    Entitled entitled{.benefit = index, .best = true};
    if (const std::int64_t limit = limit_of(benefit); limit > 0) {
      const std::int64_t used = claimed(benefits, index, claims, counted_from(benefit, held, on),
                                        counted_to(benefit, on));
      entitled.left = std::max<std::int64_t>(0, limit - used);
    }
    for (Entitled& other : all) {
      if (benefit.group.empty() || !other.best || benefits[other.benefit].group != benefit.group) {
        continue;
      }
      const bool better = is_better(benefit, benefits[other.benefit]);
      other.best = !better;
      entitled.best = better;
    }
    all.push_back(entitled);
  }
  return all;
}

Result<Claim, Refusal> claim(std::span<const Benefit> benefits, std::uint16_t index,
                             std::span<const Held> held, std::span<const Claim> claims,
                             std::string_view channel, BusinessDate on) {
  if (index >= benefits.size()) return Fail{Refusal::kUnknownName};
  const Benefit& benefit = benefits[index];
  const bool here = benefit.channels.empty() || channel.empty() ||
                    std::find(benefit.channels.begin(), benefit.channels.end(), channel) !=
                        benefit.channels.end();
  if (benefit.kind != BenefitKind::kClaim || !here) return Fail{Refusal::kNotEntitled};
  const std::vector<Entitled> all = benefits_of(benefits, held, claims, on);
  const auto entitled = std::find_if(all.begin(), all.end(),
                                     [&](const Entitled& has) { return has.benefit == index; });
  if (entitled == all.end() || !entitled->best || entitled->left == 0) {
    return Fail{Refusal::kNotEntitled};
  }
  const int until = benefit.usable_days == 0
                        ? int{BusinessDate::kCount}
                        : std::min(on.count() + benefit.usable_days, int{BusinessDate::kCount});
  return Claim{
      .benefit = index, .day = on, .until = BusinessDate(static_cast<std::uint16_t>(until))};
}

}  // namespace ph::programme
