// The journal as a chain of commands: what a process replays when it starts and appends to while it
// runs. It owns the shard's next sequence and the digest that the next block cites.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "core/journal/block.h"
#include "platform/journal/journal.h"

namespace ph {

class CommandLog {
 public:
  using Visit = std::function<void(const JournalCommand& command, std::uint64_t sequence)>;

  // Reads nothing yet. The journal must outlive it.
  CommandLog(Journal& journal, std::uint16_t shard, Sha256 sha256);

  // Visits the commands of the blocks after `after`, whose digest is `chain`, to the end; 0 and
  // zeros: from the start. What follows is appended after the last of them. A reader that follows
  // another's journal calls it again, with `last()` and `chain()`.
  // Throws Damaged when a block is missing, was changed, or doesn't follow the one before it. The
  // commands of the blocks before it have been visited by then.
  void replay(std::uint64_t after, const Digest& chain, const Visit& visit);

  // Appends the commands as one block: durable on return, all or none. It needs a `replay` before,
  // and no more than a block holds: kCommandsPerBlockMax, kBlockBytesMax (`bytes_in_block`).
  // After it threw, a new start alone tells whether they are there: nothing more can be appended.
  void append(std::span<const JournalCommand> commands);

  // Throws Fenced when somebody else has appended: a process that has nothing to append would never
  // notice that it was replaced.
  void check_end() const;

  // The last block replayed or appended, and its digest.
  [[nodiscard]] std::uint64_t last() const { return last_; }
  [[nodiscard]] Digest chain() const { return chain_; }

 private:
  [[nodiscard]] Damaged damaged(std::uint64_t sequence, const std::string& what) const;
  void check_start();

  Journal& journal_;
  std::uint16_t shard_;
  Sha256 sha256_;
  std::uint64_t last_{};
  Digest chain_{};
  bool ready_{false};
};

}  // namespace ph
