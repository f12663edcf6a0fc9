#include "tests/simulation/planted.h"

#include <optional>
#include <utility>
#include <vector>

namespace ph::sim {

namespace {

// Stores each block when the next one comes, and says that it is there already.
class EarlyJournal final : public Journal {
 public:
  explicit EarlyJournal(std::unique_ptr<Journal> journal) : journal_(std::move(journal)) {}

  void append(std::uint16_t shard, std::uint64_t sequence, Bytes block) override {
    if (pending_) {
      const auto pending = std::exchange(pending_, std::nullopt);
      journal_->append(shard, pending->first, pending->second);
    }
    pending_.emplace(sequence, std::vector(block.begin(), block.end()));
  }
  void read(std::uint16_t shard, std::uint64_t from,
            const std::function<bool(std::uint64_t, Bytes)>& visit) override {
    journal_->read(shard, from, visit);
  }
  std::uint64_t last(std::uint16_t shard) override {
    return pending_ ? pending_->first : journal_->last(shard);
  }
  std::uint64_t first(std::uint16_t shard) override { return journal_->first(shard); }
  void drop(std::uint16_t shard, std::uint64_t before) override { journal_->drop(shard, before); }

 private:
  std::unique_ptr<Journal> journal_;
  std::optional<std::pair<std::uint64_t, std::vector<std::byte>>> pending_;
};

class NewerSnapshots final : public SnapshotStore {
 public:
  explicit NewerSnapshots(std::unique_ptr<SnapshotStore> store) : store_(std::move(store)) {}

  void put_pages(std::uint16_t shard, std::uint64_t sequence,
                 const std::function<void(const Sink&)>& fill) override {
    store_->put_pages(shard, sequence + 1, fill);
  }
  std::vector<std::uint64_t> list(std::uint16_t shard) override { return store_->list(shard); }
  void load_pages(std::uint16_t shard, std::uint64_t sequence, const Sink& sink) override {
    store_->load_pages(shard, sequence, sink);
  }

 private:
  std::unique_ptr<SnapshotStore> store_;
};

// Asks for every batch anew, as if nothing of that sequence had ever come.
class ForgetfulClearing final : public Clearing {
 public:
  using Clearing::Clearing;

 private:
  [[nodiscard]] ph::ExchangeDesk::OfferAnswer on_offer(const std::string&,
                                                       const wire::Offer& offer) override {
    return {.next = offer.sequence};
  }
};

}  // namespace

void plant_in_node(Bug bug, Storage& storage) {
  if (bug == Bug::kFileBeforeDurable) {
    storage.journal = std::make_unique<EarlyJournal>(std::move(storage.journal));
  } else if (bug == Bug::kSnapshotTooNew) {
    storage.snapshots = std::make_unique<NewerSnapshots>(std::move(storage.snapshots));
  }
}

void plant_in_clearing(Bug bug, Storage& storage) {
  if (bug == Bug::kReceiptBeforeDurable) {
    storage.journal = std::make_unique<EarlyJournal>(std::move(storage.journal));
  }
}

std::unique_ptr<Clearing> planted_clearing(Bug bug, Storage& storage, const SecretKey& signing,
                                           const KeyRegistry& registry,
                                           std::function<void(const ClosedPeriod&)> on_closed) {
  if (bug == Bug::kTakenBatchForgotten) {
    return std::make_unique<ForgetfulClearing>(ClearingSettings{}, storage, signing, registry,
                                               std::move(on_closed));
  }
  return std::make_unique<Clearing>(ClearingSettings{}, storage, signing, registry,
                                    std::move(on_closed));
}

}  // namespace ph::sim
