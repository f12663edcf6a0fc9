// What of a member book concerns service: benefits that were claimed, and the calls of each queue
// and month (docs/decisions/0023-programme-format.md, section 3.2).
#include <algorithm>

#include "core/home/member_book.h"
#include "core/types/check.h"

namespace ph {

namespace {

using book::CallsRecord;
using book::ClaimRecord;
using programme::Benefit;

constexpr std::uint16_t kCountMax = 0xffff;

// The row of this name that is in force, else any of it; kNoIndex: the version has none.
std::uint16_t index_of(std::span<const Benefit> benefits, std::string_view name, BusinessDate on) {
  std::uint16_t out = programme::kNoIndex;
  for (std::size_t n = 0; n < benefits.size(); ++n) {
    if (benefits[n].name == name &&
        (out == programme::kNoIndex || benefits[n].in_force.holds(on))) {
      out = static_cast<std::uint16_t>(n);
    }
  }
  return out;
}

}  // namespace

std::vector<programme::Claim> MemberBook::claims_of(std::uint32_t member,
                                                    std::span<const Benefit> benefits,
                                                    BusinessDate on) const {
  std::vector<programme::Claim> out;
  for (std::uint32_t n = tables_.members[member].last_claim; n != kNone;
       n = tables_.claims[n].next) {
    const ClaimRecord& record = tables_.claims[n];
    out.push_back({.benefit = index_of(benefits, names_.benefits.name(record.benefit), on),
                   .day = BusinessDate(record.day),
                   .until = BusinessDate(record.until),
                   .count = record.count});
  }
  return out;
}

void MemberBook::note_claim(std::uint32_t member, std::uint16_t benefit,
                            const programme::Claim& claim) {
  check(benefit < names_.benefits.size(), "a benefit has its number");
  std::uint32_t& last = tables_.members[member].last_claim;
  for (std::uint32_t n = last; n != kNone; n = tables_.claims[n].next) {
    ClaimRecord& record = tables_.claims[n];
    if (record.benefit == benefit && record.day == claim.day.count() &&
        record.until == claim.until.count() && record.count < kCountMax) {
      ++record.count;
      return;
    }
  }
  tables_.claims.push_back({.next = last,
                            .benefit = benefit,
                            .day = claim.day.count(),
                            .until = claim.until.count(),
                            .count = 1});
  last = static_cast<std::uint32_t>(tables_.claims.size() - 1);
}

void MemberBook::note_call(const programme::Queue& queue, std::uint16_t grade, bool blacklisted,
                           const programme::Call& call, BusinessDate on) {
  const Programme* version = programmes_.of_day(on);
  check(version != nullptr, "a call is of a version's queue");
  const std::uint16_t number = names_.queues.find(queue.name);
  const std::uint16_t by = blacklisted ? CallsRecord::kBlacklist
                           : grade == programme::kNoIndex
                               ? CallsRecord::kOther
                               : names_.grades.find(version->grades()[grade]);
  const std::uint16_t month = on.month().count();
  CallsRecord& record = calls_
                            .try_emplace({number, month, by},
                                         CallsRecord{.queue = number, .month = month, .grade = by})
                            .first->second;
  programme::QueueFigures figures{.calls = record.calls,
                                  .answered = record.answered,
                                  .within = record.within,
                                  .called_back = record.called_back,
                                  .in_time = record.in_time};
  figures.add(queue, call);
  record.calls = figures.calls;
  record.answered = figures.answered;
  record.within = figures.within;
  record.called_back = figures.called_back;
  record.in_time = figures.in_time;
}

std::vector<CallsRecord> MemberBook::calls(Month month) const {
  std::vector<CallsRecord> out;
  for (const auto& [key, record] : calls_) {
    if (record.month == month.count()) {
      out.push_back(record);
    }
  }
  return out;
}

}  // namespace ph
