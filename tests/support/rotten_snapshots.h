// Snapshots of which some are found damaged only after most of them was given out, as by a store
// that checks page by page; or of which not even the list can be read.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "platform/journal/journal.h"

namespace ph::test {

class RottenSnapshots final : public SnapshotStore {
 public:
  using IsRotten = std::function<bool(std::uint64_t sequence)>;

  explicit RottenSnapshots(std::unique_ptr<SnapshotStore> store) : store_(std::move(store)) {}

  void put_pages(std::uint16_t shard, std::uint64_t sequence,
                 const std::function<void(const Sink&)>& fill) override {
    store_->put_pages(shard, sequence, fill);
  }
  std::vector<std::uint64_t> list(std::uint16_t shard) override {
    if (no_list) {
      throw Damaged("the list of snapshots has rotted");
    }
    return store_->list(shard);
  }
  void load_pages(std::uint16_t shard, std::uint64_t sequence, const Sink& sink) override {
    if (!is_rotten(sequence)) {
      return store_->load_pages(shard, sequence, sink);
    }
    std::vector<std::byte> bytes;
    store_->load_pages(shard, sequence, [&bytes](Bytes part) {
      bytes.insert(bytes.end(), part.begin(), part.end());
    });
    sink(Bytes(bytes).first(bytes.size() - 1));
    throw Damaged("the snapshot has rotted");
  }

  IsRotten is_rotten = [](std::uint64_t) { return false; };
  bool no_list{false};

 private:
  std::unique_ptr<SnapshotStore> store_;
};

}  // namespace ph::test
