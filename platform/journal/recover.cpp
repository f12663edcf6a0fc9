#include "platform/journal/recover.h"

#include <algorithm>

namespace ph {

namespace {

// The chain's digest comes first, then the state.
class SnapshotReader {
 public:
  explicit SnapshotReader(StateLoader& loader) : loader_(loader) {}
  void take(Bytes part) {
    const std::size_t count = std::min(chain_.size() - have_, part.size());
    std::copy_n(part.begin(), count, chain_.begin() + static_cast<std::ptrdiff_t>(have_));
    have_ += count;
    if (count < part.size()) {
      loader_.take(part.subspan(count));
    }
  }
  [[nodiscard]] bool finish() { return have_ == chain_.size() && loader_.finish(); }
  [[nodiscard]] const Digest& chain() const { return chain_; }

 private:
  StateLoader& loader_;
  Digest chain_{};
  std::size_t have_{0};
};

}  // namespace

std::uint64_t recover_from(Storage& storage, std::uint16_t shard, CommandLog& log,
                           const std::function<std::unique_ptr<StateLoader>()>& loader,
                           const std::function<void(const JournalCommand&)>& apply) {
  std::uint64_t at = 0;
  Digest chain{};
  std::string why = "none was taken";
  std::vector<std::uint64_t> sequences;
  try {
    sequences = storage.snapshots->list(shard);
  } catch (const Damaged& damaged) {
    why = damaged.what();  // The whole journal, if it is there.
  }
  for (const std::uint64_t sequence : sequences) {
    const std::unique_ptr<StateLoader> state = loader();
    SnapshotReader reader(*state);
    try {
      storage.snapshots->load_pages(shard, sequence, [&reader](Bytes part) { reader.take(part); });
    } catch (const Damaged& damaged) {
      why = damaged.what();
      static_cast<void>(loader());  // Nothing of it stays behind.
      continue;                     // The one before it, with more blocks to replay.
    }
    if (!reader.finish()) {
      why = "that at block " + std::to_string(sequence) + " is not a state that this release knows";
      static_cast<void>(loader());
      continue;
    }
    chain = reader.chain();
    at = sequence;
    break;
  }
  if (at == 0 && storage.journal->first(shard) > 1) {
    throw Damaged("no snapshot can be read (" + why +
                  "), and the journal's first blocks are archived: bring back the snapshots");
  }
  log.replay(at, chain, [&apply](const JournalCommand& command, std::uint64_t) { apply(command); });
  return at;
}

void put_snapshot(SnapshotStore& snapshots, std::uint16_t shard, const CommandLog& log,
                  const std::function<void(const SnapshotStore::Sink&)>& save) {
  const Digest chain = log.chain();
  snapshots.put_pages(shard, log.last(), [&](const SnapshotStore::Sink& sink) {
    sink(chain);
    save(sink);
  });
}

}  // namespace ph
