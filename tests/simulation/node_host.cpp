#include "tests/simulation/node_host.h"

#include <algorithm>

#include "platform/crypto/sha256.h"
#include "tests/simulation/key_ring.h"

namespace ph::sim {

NodeHost::NodeHost(Setting& setting, std::size_t index)
    : Host(setting, setting.world.provinces[index].code, setting.world.seed * 64 + index),
      index_(index) {}

NodeHost::Process::Process(NodeHost& its_host, bool rotten)
    : host(its_host),
      storage(open_disk(its_host.disk_, rotten, its_host.setting_.bug, plant_in_node)),
      node({.code = its_host.code(),
            .slice_steps = its_host.setting_.faults.slice_steps,
            .uplink = {.chunk_bytes = its_host.setting_.faults.chunk_bytes}},
           storage, KeyRing::shared().key_of(its_host.code()), KeyRing::shared().registry()) {}

bool NodeHost::Process::send(const std::vector<std::byte>& message) {
  host.maybe_die("before a message is sent");
  host.setting_.watch.node_sent(host.index_, message);
  const bool queued = host.setting_.network.send_to_clearing(host.index_, message);
  host.setting_.trace(
      [&] { return host.code() + (queued ? ": " : ", not queued: ") + told(message); });
  host.maybe_die("after a message was sent");
  return queued;
}

void NodeHost::boot() {
  auto process = std::make_unique<Process>(*this, happens(setting_.faults.rotten_snapshot));
  process->node.recover();
  process_ = std::move(process);
  setting_.watch.node_started(index_, process_->node);
  setting_.network.reconnect(index_);
  process_->node.on_connected(steady_ms());
  quiet_turns_ = 0;
}

void NodeHost::halt() {
  process_.reset();
  rival_.reset();
  disk_.crash();
}

void NodeHost::turn() {
  maybe_die("between two turns");
  if (!rival_ && happens(setting_.faults.rival)) {
    setting_.trace([&] { return code() + " gets a rival"; });
    rival_ = std::move(process_);
    boot();
  }
  const bool more = turn_of(*process_);
  if (rival_) {
    rival_turn();
  }
  turn_at(more ? setting_.schedule.now_ms() + 20 : next_turn_ms());
}

// The process that was replaced acts as if nothing had happened, until it is fenced off. What it
// dies of is its own affair.
void NodeHost::rival_turn() {
  try {
    const bool more = turn_of(*rival_);
    if (!more && --rival_->turns_left <= 0) {
      rival_.reset();
    }
  } catch (const Fenced&) {
    setting_.trace([&] { return code() + "'s rival is fenced off"; });
    rival_.reset();
  } catch (const Died&) {
    rival_.reset();
  } catch (const std::system_error&) {
    rival_.reset();
  }
}

bool NodeHost::turn_of(Process& process) {
  bool more = take_files(process);
  if (process.node.post_slice(now())) {
    more = true;
  } else if (process.node.seal_due(now(), [more] { return !more; })) {
    more = true;
  }
  process.node.tick(now(), steady_ms(), process);
  if (std::exchange(process.reconnects, false)) {
    setting_.network.reconnect(index_);
    process.node.on_connected(steady_ms());
    more = true;  // What this turn has sent was lost with the connection; the next one is near.
  }
  snapshot(process);
  return more;
}

void NodeHost::receive(const Message& message) {
  if (!alive()) {
    return;
  }
  const auto before = process_->node.province().last_receipted();
  const bool lives =
      step([&] { process_->node.on_message(message, now(), steady_ms(), *process_); });
  if (lives) {
    if (process_->node.province().last_receipted() != before) {
      quiet_turns_ = 0;
    }
    // What came in the same moment shares a block.
    const bool live = process_->node.answers_wait();
    turn_at(live ? setting_.schedule.now_ms() + 1 : next_turn_ms());
  }
}

std::optional<CounterAnswer> NodeHost::ask(const Intent& intent) {
  if (!alive()) {
    return std::nullopt;
  }
  std::optional<CounterAnswer> answer;
  const bool lives = step([&] {
    maybe_die("before a counter's request");
    const CounterAnswer decided = process_->node.take_counter(intent, now());
    maybe_die("after a counter's request was decided");
    process_->node.commit_live(steady_ms(), *process_);
    maybe_die("before a counter is told");
    answer = decided;
  });
  if (lives) {
    nudge();
  }
  return answer;
}

void NodeHost::beat() {
  if (alive()) {
    turn_at(setting_.schedule.now_ms() + 1);
  }
}

void NodeHost::nudge() {
  quiet_turns_ = 0;
  if (alive()) {
    turn_at(setting_.schedule.now_ms() + 1);
  }
}

// Often while a batch is under way, then less and less; else at the times when a day is to be
// sealed, and now and then for the heartbeat.
std::int64_t NodeHost::next_turn_ms() {
  const NodeStatus status = process_->node.status();
  const std::int64_t now_ms = setting_.schedule.now_ms();
  std::int64_t next = std::min(next_time_of_day(0), next_time_of_day(5 * 3'600));
  next = std::min(next + kSecondMs, now_ms + 3 * kHourMs);
  const bool waits = status.sealed > status.receipted || !status.asking.empty();
  if (waits && setting_.network.up(index_)) {
    ++quiet_turns_;
    next = std::min(next, now_ms + (quiet_turns_ < 20   ? kSecondMs
                                    : quiet_turns_ < 60 ? 5 * kSecondMs
                                                        : kMinuteMs));
  }
  return next;
}

// --- files ---------------------------------------------------------------------------------------

// True when something was decided: others may have waited for it.
bool NodeHost::take_files(Process& process) {
  bool decided = false;
  for (bool again = true; again;) {
    again = false;
    const Folder seen = folder_;
    for (const auto& [name, file] : seen) {
      if (name.ends_with(".part")) {
        continue;
      }
      const IntakeAnswer verdict = answer(process, stage(process, file));
      settle(name, verdict);
      if (verdict.verdict != IntakeVerdict::kWaiting) {
        process.staged.erase(name);
        again = verdict.verdict == IntakeVerdict::kAccepted || again;
        decided = true;
      }
    }
  }
  return decided;
}

PreparedFile& NodeHost::stage(Process& process, const DroppedFile& file) {
  const auto known = process.staged.find(file.name);
  if (known != process.staged.end() && known->second.blob == sha256(as_bytes(file.text))) {
    return known->second;
  }
  const Bytes bytes = as_bytes(file.text);
  return process.staged
      .insert_or_assign(file.name, stage_file(file.name, process.node.blobs().put(bytes), bytes))
      .first->second;
}

IntakeAnswer NodeHost::answer(Process& process, PreparedFile& staged) {
  if (const auto early = process.node.early_answer(staged, now())) {
    return *early;
  }
  PreparedFile file = staged;
  const auto blob = process.node.blobs().get(file.blob, false);
  read_file(file, blob->bytes(), process.node.rules());
  return process.node.take_file(file, now());
}

void NodeHost::snapshot(Process& process) {
  if (process.node.province().between() || !happens(setting_.faults.snapshot)) {
    return;
  }
  setting_.trace([&] {
    return code() + " takes a snapshot at block " + std::to_string(process.node.last_block());
  });
  process.node.put_snapshot_into(*process.storage.snapshots);
  process.node.snapshot_taken(process.node.last_block());
  archive(process.storage);
}

}  // namespace ph::sim
