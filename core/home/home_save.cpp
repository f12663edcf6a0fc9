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
  check(file_ == nullptr && (!open_ || opening_is_over()),
        "a home is saved between its days, or before the open one has its file");
  const bool open_or_live = open_ || live_ || book_;
  const int layout = book_ ? 4 : !restored_.empty() ? 3 : open_or_live ? 2 : 1;
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
  const HomeHeader header{.layout = static_cast<std::uint16_t>(layout),
                          .province = province_,
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
  if (open_or_live) {
    save_live(sink);
  }
  if (book_) {
    book_->save(sink, answers_.standings());
  }
}

void Home::save_live(const std::function<void(Bytes)>& sink) const {
  std::vector<EndRecord> ends;
  for (const auto& [entry, hold] : holds_) {
    if (hold.ends != BusinessTime()) {
      ends.push_back({.ends = hold.ends, .entry = entry});
    }
  }
  std::vector<PutOffRecord> put_off;
  std::vector<Slice> put_off_slices;
  for (const PutOff& event : put_off_) {
    put_off.push_back({.item = event.item, .entry = event.entry});
    put_off.back().item.slice_count = static_cast<std::uint32_t>(event.slices.size());
    put_off_slices.insert(put_off_slices.end(), event.slices.begin(), event.slices.end());
  }
  const DayResult none;
  const DayResult& day = open_ ? result_ : none;
  LiveHeader header{.day = open_ ? day_ : BusinessDate(),
                    .open = static_cast<std::uint8_t>(open_ ? 1 : 0),
                    .live = static_cast<std::uint8_t>(live_ ? 1 : 0),
                    .put_off_day = put_off_.empty() ? BusinessDate() : put_off_day_,
                    .generated = open_ ? generated_ : kGeneratedFrom,
                    .live_today = open_ ? live_today_ : kLiveFrom,
                    .live_tomorrow = live_tomorrow_,
                    .restored = static_cast<std::uint32_t>(restored_.size()),
                    .ends = ends.size(),
                    .days = live_days_.size(),
                    .cited = live_cited_.size(),
                    .put_off = put_off.size(),
                    .put_off_slices = put_off_slices.size(),
                    .movements = day.movements.size(),
                    .items = day.items.size(),
                    .slices = day.slices.size()};
  for (const auto& [date, answers] : answers_.by_date()) {
    header.answers += answers.records.size();
    header.answer_slices += answers.slices.size();
  }
  sink(std::as_bytes(std::span(&header, 1)));
  sink(bytes_of(ends));
  live_days_.visit_bytes(sink);
  live_cited_.visit_bytes(sink);
  sink(bytes_of(put_off));
  sink(bytes_of(put_off_slices));
  for (const auto& [date, answers] : answers_.by_date()) {
    sink(bytes_of(answers.records));
  }
  for (const auto& [date, answers] : answers_.by_date()) {
    sink(bytes_of(answers.slices));
  }
  sink(bytes_of(day.movements));
  sink(bytes_of(day.items));
  sink(bytes_of(day.slices));
  std::vector<RestoredRecord> restored;
  for (const auto& [of, points] : restored_) {
    restored.push_back({.parent = of.first, .lot = of.second, .points = points});
  }
  sink(bytes_of(restored));
}

}  // namespace ph
