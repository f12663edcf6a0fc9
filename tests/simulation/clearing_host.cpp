#include "tests/simulation/clearing_host.h"

#include "platform/crypto/sha256.h"
#include "tests/simulation/key_ring.h"

namespace ph::sim {

namespace {

Digest digest_of(const ClearingHouse& house) {
  std::vector<std::byte> bytes;
  house.save([&bytes](Bytes part) { bytes.insert(bytes.end(), part.begin(), part.end()); });
  return sha256(bytes);
}

}  // namespace

ClearingHost::ClearingHost(Setting& setting) : Host(setting, "CLR", setting.world.seed * 64 + 63) {}

ClearingHost::Process::Process(ClearingHost& its_host, bool rotten)
    : host(its_host),
      storage(open_disk(its_host.disk_, rotten, its_host.setting_.bug, plant_in_clearing)),
      clearing(planted_clearing(
          its_host.setting_.bug,
          {.exchange = {.window_bytes = std::uint64_t{its_host.setting_.faults.window_chunks} *
                                        its_host.setting_.faults.chunk_bytes}},
          storage, KeyRing::shared().key_of("CLR"), KeyRing::shared().registry(),
          [&its_host](const ClosedPeriod& closed) { its_host.on_closed(closed); })),
      partners(*clearing, true) {}

bool ClearingHost::Process::send(const Peer& to, const std::vector<std::byte>& message) {
  host.maybe_die("before a message is sent");
  const auto node = static_cast<std::size_t>(std::stoul(to.route));  // Its first number.
  host.setting_.watch.clearing_sent(node, message);
  const bool queued = host.setting_.network.send_to_node(node, to.route, message);
  host.setting_.trace([&] {
    return "CLR to " + to.participant + (queued ? ": " : ", not queued: ") + told(message);
  });
  host.maybe_die("after a message was sent");
  return queued;
}

void ClearingHost::boot() {
  auto process = std::make_unique<Process>(*this, happens(setting_.faults.rotten_snapshot));
  booting_ = process.get();
  process->clearing->recover();
  check_replay(*process->clearing);
  process_ = std::move(process);
  setting_.watch.clearing_started(*process_->clearing);
}

// A start from a snapshot has the state that the whole journal makes, to the byte.
void ClearingHost::check_replay(const Clearing& clearing) {
  Storage storage = open_memory_storage(disk_);
  if (clearing.snapshot_block() == 0 || storage.journal->first(kShard) != 1) {
    return;
  }
  ClearingHouse house(*storage.blobs, {});
  CommandLog log(*storage.journal, kShard, &sha256);
  log.replay(0, {},
             [&house](const JournalCommand& command, std::uint64_t) { house.apply(command); });
  if (digest_of(house) != digest_of(clearing.house())) {
    throw Failed("the clearing's snapshot at block " + std::to_string(clearing.snapshot_block()) +
                 " gives another state than a replay of its journal");
  }
}

void ClearingHost::snapshot(Process& process) {
  if (!happens(setting_.faults.snapshot)) {
    return;
  }
  const std::uint64_t block = process.clearing->last_block();
  setting_.trace([&] { return "CLR takes a snapshot at block " + std::to_string(block); });
  process.clearing->put_snapshot_into(*process.storage.snapshots);
  process.clearing->snapshot_taken(block);
  archive(process.storage);
}

void ClearingHost::halt() {
  process_.reset();
  rival_.reset();
  booting_ = nullptr;
  disk_.crash();
  setting_.network.clearing_restarted();
}

// The outputs are written here; a death before, while and after leaves them to the next start.
void ClearingHost::on_closed(const ClosedPeriod& closed) {
  maybe_die("before a period's outputs");
  setting_.trace([&] { return "the outputs of " + closed.cutoff.period.text() + " are written"; });
  setting_.watch.period_closed(closed, *booting_->clearing);
  maybe_die("after a period's outputs");
}

void ClearingHost::turn() {
  maybe_die("between two turns");
  if (!rival_ && happens(setting_.faults.rival)) {
    setting_.trace([] { return "CLR gets a rival"; });
    rival_ = std::move(process_);
    setting_.network.clearing_restarted();
    boot();
  }
  turn_of(*process_);
  if (rival_) {
    as_rival([this] { turn_of(*rival_); });
  }
  turn_at(setting_.schedule.now_ms() + kHourMs);
}

void ClearingHost::end_rivalry() {
  const bool stale =
      alive() && open_memory_storage(disk_).journal->last(kShard) != clearing().last_block();
  if (rival_ || stale) {
    kill("there are two of it");
  }
}

void ClearingHost::turn_of(Process& process) {
  take_files(process);
  while (process.partners.seal_live_day(now()) != nullptr) {
  }
  process.clearing->tick(now(), steady_ms(), process);
  snapshot(process);
}

// What the process dies of that was replaced is its own affair.
void ClearingHost::as_rival(const std::function<void()>& work) {
  try {
    work();
    if (--rival_->turns_left > 0) {
      return;
    }
  } catch (const Fenced&) {
    setting_.trace([] { return "CLR's rival is fenced off"; });
  } catch (const Died&) {
  } catch (const std::system_error&) {
  }
  rival_.reset();
}

void ClearingHost::receive(std::size_t node, const std::string& route, const Message& message) {
  if (!alive()) {
    return;
  }
  const Peer peer{.participant = setting_.world.provinces[node].code, .route = route};
  const auto hear = [&](Process& process) {
    process.clearing->on_message(peer, message, now(), steady_ms(), process);
  };
  if (rival_ && random_.below(3) == 0) {
    return as_rival([&] { hear(*rival_); });
  }
  if (step([&] { hear(*process_); })) {
    const bool live = clearing().live_due();  // What came in the same moment shares a block.
    turn_at(setting_.schedule.now_ms() + (live ? 1 : 6 * kSecondMs));  // For its own heartbeat.
  }
}

void ClearingHost::try_to_close(Month period) {
  if (!alive()) {
    return;
  }
  step([&] {
    const CloseAnswer asked = clearing().close(period, now(), true);
    const CloseAnswer answer = clearing().close(period, now(), false);
    if (asked.obstacles.empty() != answer.obstacles.empty()) {
      throw Failed("a dry run of the close says another thing than the close");
    }
    if (answer.closed && asked.cutoff != answer.cutoff) {
      throw Failed("a dry run of the close has another record than the close");
    }
    setting_.trace([&] {
      return "close " + period.text() +
             (answer.closed ? answer.again ? ": was closed" : ": closed"
                            : ": " + answer.obstacles.front().what);
    });
  });
}

std::optional<CloseAnswer> ClearingHost::close_late(Month period, BusinessDate cut_off) {
  std::optional<CloseAnswer> answer;
  step([&] {
    answer = clearing().close(period, BusinessTime::of(cut_off.plus_days(1), 6 * 3'600), false);
  });
  return answer;
}

// --- files ---------------------------------------------------------------------------------------

void ClearingHost::take_files(Process& process) {
  for (bool again = true; again;) {
    again = false;
    const Folder seen = folder_;
    for (const auto& [name, file] : seen) {
      if (name.ends_with(".part")) {
        continue;
      }
      const IntakeAnswer verdict = answer(process, file, stage(process, file));
      settle(name, verdict);
      if (verdict.verdict != IntakeVerdict::kWaiting) {
        process.staged.erase(name);
        again = verdict.verdict == IntakeVerdict::kAccepted || again;
      }
    }
  }
}

PreparedFile& ClearingHost::stage(Process& process, const DroppedFile& file) {
  const auto known = process.staged.find(file.name);
  if (known != process.staged.end() && known->second.blob == sha256(as_bytes(file.text))) {
    return known->second;
  }
  const Bytes bytes = as_bytes(file.text);
  return process.staged
      .insert_or_assign(file.name,
                        stage_file(file.name, process.clearing->blobs().put(bytes), bytes))
      .first->second;
}

IntakeAnswer ClearingHost::answer(Process& process, const DroppedFile& dropped,
                                  PreparedFile& staged) {
  Clearing& clearing = *process.clearing;
  if (const auto early = process.partners.early_answer(staged, now())) {
    return *early;
  }
  PreparedFile file = staged;
  const auto blob = clearing.blobs().get(file.blob, false);
  read_file(file, blob->bytes(), clearing.rules());
  if (file.header && file.header->type == FileType::kPartnerDay) {
    return process.partners.take(file, signature_of(dropped), KeyRing::shared().registry(), now());
  }
  return clearing.take_file(file, now());
}

}  // namespace ph::sim
