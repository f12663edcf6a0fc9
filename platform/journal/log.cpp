#include "platform/journal/log.h"

#include "core/types/check.h"
#include "platform/journal/promises.h"

namespace ph {

CommandLog::CommandLog(Journal& journal, std::uint16_t shard, Sha256 sha256)
    : journal_(journal), shard_(shard), sha256_(sha256) {}

Damaged CommandLog::damaged(std::uint64_t sequence, const std::string& what) const {
  return Damaged("the journal's block " + std::to_string(sequence) + " of shard " +
                 std::to_string(shard_) + " " + what +
                 ". Keep what is there, and bring the journal back from a copy that "
                 "`pointhouse journal verify` finds whole");
}

// The block that the snapshot stands at, where it is still here, must be the one it was taken at.
void CommandLog::check_start() {
  const std::uint64_t first = journal_.first(shard_);
  if (first > last_ + 1) {
    throw damaged(last_ + 1, "is not here, the first is " + std::to_string(first) +
                                 ": a snapshot at that block or later is needed to start");
  }
  if (last_ == 0 || first > last_) {
    return;
  }
  bool found = false;
  journal_.read(shard_, last_, [&](std::uint64_t, Bytes bytes) {
    found = true;
    JournalBlock block;
    if (decode_block(bytes, sha256_, block) != BlockFault::kNone || block_digest(bytes) != chain_) {
      throw damaged(last_, "is not the one that the snapshot was taken at");
    }
    return false;
  });
  if (!found) {
    throw damaged(last_, "is missing, and a snapshot was taken at it");
  }
}

void CommandLog::replay(std::uint64_t after, const Digest& chain, const Visit& visit) {
  ready_ = false;
  last_ = after;
  chain_ = chain;
  const std::uint64_t end = journal_.last(shard_);
  check_start();
  JournalBlock block;
  journal_.read(shard_, after + 1, [&](std::uint64_t sequence, Bytes bytes) {
    const BlockFault fault = decode_block(bytes, sha256_, block);
    if (fault != BlockFault::kNone) {
      throw damaged(sequence, std::string(word(fault)));
    }
    if (sequence != last_ + 1 || block.sequence != sequence || block.shard != shard_) {
      throw damaged(sequence, "is block " + std::to_string(block.sequence) + " of shard " +
                                  std::to_string(block.shard) + " by its own account");
    }
    if (block.previous != chain_) {
      throw damaged(sequence, "does not follow the block before it");
    }
    for (const JournalCommand& command : block.commands) {
      visit(command, sequence);
    }
    last_ = sequence;
    chain_ = block_digest(bytes);
    return true;
  });
  if (last_ < end) {
    throw damaged(last_ + 1, "is missing, the last is " + std::to_string(end));
  }
  ready_ = true;
}

void CommandLog::check_end() const {
  if (journal_.last(shard_) > last_) {
    throw fenced(shard_, last_ + 1);
  }
}

void CommandLog::append(std::span<const JournalCommand> commands) {
  check(ready_, "a log is replayed before it is appended to, and left alone after a failure");
  check(!commands.empty(), "a block holds a command");
  ready_ = false;
  const auto bytes = encode_block(shard_, last_ + 1, chain_, commands, sha256_);
  journal_.append(shard_, last_ + 1, bytes);
  last_ += 1;
  chain_ = block_digest(bytes);
  ready_ = true;
}

}  // namespace ph
