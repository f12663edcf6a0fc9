// Snapshots of which the newest can be read only in part.
#pragma once

#include <memory>
#include <vector>

#include "platform/journal/journal.h"

namespace ph::sim {

class RottenSnapshots final : public SnapshotStore {
 public:
  explicit RottenSnapshots(std::unique_ptr<SnapshotStore> store) : store_(std::move(store)) {}

  void put_pages(std::uint16_t shard, std::uint64_t sequence,
                 const std::function<void(const Sink&)>& fill) override {
    store_->put_pages(shard, sequence, fill);
  }
  std::vector<std::uint64_t> list(std::uint16_t shard) override { return store_->list(shard); }
  void load_pages(std::uint16_t shard, std::uint64_t sequence, const Sink& sink) override {
    if (sequence != list(shard).front()) {
      return store_->load_pages(shard, sequence, sink);
    }
    std::vector<std::byte> bytes;
    store_->load_pages(shard, sequence, [&bytes](Bytes part) {
      bytes.insert(bytes.end(), part.begin(), part.end());
    });
    sink(Bytes(bytes).first(bytes.size() * 2 / 3));
    throw Damaged("the newest snapshot has rotted");
  }

 private:
  std::unique_ptr<SnapshotStore> store_;
};

}  // namespace ph::sim
