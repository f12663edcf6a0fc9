#include "tests/simulation/planted.h"

#include <cstring>
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

class FirstPartWriter final : public BlobWriter {
 public:
  explicit FirstPartWriter(std::unique_ptr<BlobWriter> writer) : writer_(std::move(writer)) {}

  void write(Bytes part) override {
    if (writer_->size() == 0) {
      writer_->write(part);
    }
  }
  [[nodiscard]] std::uint64_t size() const override { return writer_->size(); }
  [[nodiscard]] Blob content() override { return writer_->content(); }
  [[nodiscard]] Digest finish() override { return writer_->finish(); }

 private:
  std::unique_ptr<BlobWriter> writer_;
};

class FirstPartBlobs final : public BlobStore {
 public:
  explicit FirstPartBlobs(std::unique_ptr<BlobStore> store) : store_(std::move(store)) {}

  [[nodiscard]] std::unique_ptr<BlobWriter> create() override {
    return std::make_unique<FirstPartWriter>(store_->create());
  }
  [[nodiscard]] std::optional<Blob> get(const Digest& address, bool verify) override {
    return store_->get(address, verify);
  }

 private:
  std::unique_ptr<BlobStore> store_;
};

// The clearing's snapshot (docs/journal.md, section 11) with an empty fourth section.
class NoAdvicesInSnapshots final : public SnapshotStore {
 public:
  explicit NoAdvicesInSnapshots(std::unique_ptr<SnapshotStore> store) : store_(std::move(store)) {}

  void put_pages(std::uint16_t shard, std::uint64_t sequence,
                 const std::function<void(const Sink&)>& fill) override {
    std::vector<std::byte> bytes;
    fill([&bytes](Bytes part) { bytes.insert(bytes.end(), part.begin(), part.end()); });
    const auto number_at = [&bytes](std::size_t at) {
      std::uint64_t number = 0;
      std::memcpy(&number, bytes.data() + at, sizeof number);
      return number;
    };
    constexpr std::size_t kHead = sizeof(Digest) + 8;  // Behind the chain and the head's length.
    constexpr std::uint64_t kEmpty = sizeof(std::uint32_t);
    std::size_t at = kHead + 8;
    for (int section = 1; section < 4; ++section) {
      at += 8 + number_at(at);
    }
    const std::size_t end = kHead + number_at(kHead - 8);
    const std::uint64_t head = at + 8 + kEmpty - kHead;
    std::memcpy(bytes.data() + kHead - 8, &head, sizeof head);
    std::memcpy(bytes.data() + at, &kEmpty, sizeof kEmpty);
    std::memset(bytes.data() + at + 8, 0, kEmpty);
    bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(kHead + head),
                bytes.begin() + static_cast<std::ptrdiff_t>(end));
    store_->put_pages(shard, sequence, [&bytes](const Sink& sink) { sink(bytes); });
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
  } else if (bug == Bug::kAdvicesNotInSnapshot) {
    storage.snapshots = std::make_unique<NoAdvicesInSnapshots>(std::move(storage.snapshots));
  } else if (bug == Bug::kLaterChunksLost) {
    storage.blobs = std::make_unique<FirstPartBlobs>(std::move(storage.blobs));
  }
}

std::unique_ptr<Clearing> planted_clearing(Bug bug, const ClearingSettings& settings,
                                           Storage& storage, const SecretKey& signing,
                                           const KeyRegistry& registry,
                                           std::function<void(const ClosedPeriod&)> on_closed) {
  if (bug == Bug::kTakenBatchForgotten) {
    return std::make_unique<ForgetfulClearing>(settings, storage, signing, registry,
                                               std::move(on_closed));
  }
  return std::make_unique<Clearing>(settings, storage, signing, registry, std::move(on_closed));
}

}  // namespace ph::sim
