// The snapshot of a home: its tables as they lie in memory (docs/journal.md, section 3).
#include "core/home/header.h"
#include "core/home/home.h"
#include "core/types/check.h"

namespace ph {

namespace {

template <class Record>
Bytes bytes_of(const std::vector<Record>& records) {
  return std::as_bytes(std::span(records));
}

}  // namespace

void Home::save(const std::function<void(Bytes)>& sink) const {
  check(file_ == nullptr, "a home is saved between its days");
  std::vector<DebtRecord> debts;
  for (const auto& [key, points] : debts_) {
    debts.push_back({.member = key.first, .points = points, .issuer = key.second});
  }
  std::vector<HoldRecord> holds;
  std::vector<HeldRecord> held;
  for (const auto& [entry, hold] : holds_) {
    holds.push_back({.authorisation = hold.authorisation,
                     .entry = entry,
                     .slices = static_cast<std::uint32_t>(hold.slices.size()),
                     .expires = hold.expires});
    for (const auto& [lot, points] : hold.slices) {
      held.push_back({.points = points, .lot = lot});
    }
  }
  const HomeHeader header{.province = province_,
                          .members = accounts_.size(),
                          .lots = lots_.size(),
                          .entries = entries_.size(),
                          .given = given_.size(),
                          .taken = taken_.size(),
                          .cited = cited_.size(),
                          .files = files_.size(),
                          .bills = bills_.size(),
                          .debts = debts.size(),
                          .holds = holds.size(),
                          .held = held.size()};
  sink(std::as_bytes(std::span(&header, 1)));
  accounts_.visit_bytes(sink);
  lots_.visit_bytes(sink);
  entries_.visit_bytes(sink);
  given_.visit_bytes(sink);
  taken_.visit_bytes(sink);
  cited_.visit_bytes(sink);
  files_.visit_bytes(sink);
  bills_.visit_bytes(sink);
  sink(bytes_of(debts));
  sink(bytes_of(holds));
  sink(bytes_of(held));
}

}  // namespace ph
