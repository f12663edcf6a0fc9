#include "partners/day_batcher.h"

namespace ph {

OwnedBatch DayBatcher::batch(BusinessDate date, std::uint32_t sequence, std::vector<Item> items) {
  for (Item& item : items) {
    if (item.action == Action::kWithdraw) {
      const auto cited = entries_.find({item.cited_sequence, item.cited_entry});
      if (cited != entries_.end()) {
        item.kind = cited->second.kind;
        item.member = cited->second.member;
        item.id = cited->second.id;
      }
    } else {
      entries_[{sequence, item.entry}] = {.kind = item.kind, .member = item.member, .id = item.id};
    }
  }
  OwnedBatch batch =
      seal({.sender = partner_, .date = date, .sequence = sequence, .previous = previous_}, {},
           std::move(items), {}, sha256_);
  previous_ = batch.view().digest;
  return batch;
}

void DayBatcher::learn(const BatchView& batch) {
  for (const Item& item : batch.items) {
    if (item.action != Action::kWithdraw) {
      entries_[{batch.header.sequence, item.entry}] = {
          .kind = item.kind, .member = item.member, .id = item.id};
    }
  }
  previous_ = batch.digest;
}

}  // namespace ph
