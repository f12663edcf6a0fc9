#include "tests/simulation/clearing_host.h"

#include "platform/crypto/sha256.h"
#include "tests/simulation/key_ring.h"

namespace ph::sim {

namespace {

Storage opened(MemoryDisk& disk, Bug bug) {
  Storage storage = open_memory_storage(disk);
  plant_in_clearing(bug, storage);
  return storage;
}

}  // namespace

ClearingHost::ClearingHost(Setting& setting) : Host(setting, "CLR", setting.world.seed * 64 + 63) {}

ClearingHost::Process::Process(ClearingHost& its_host)
    : host(its_host),
      storage(opened(its_host.disk_, its_host.setting_.bug)),
      clearing(planted_clearing(
          its_host.setting_.bug, storage, KeyRing::shared().key_of("CLR"),
          KeyRing::shared().registry(),
          [&its_host](const ClosedPeriod& closed) { its_host.on_closed(closed); })),
      partners(*clearing, true) {}

bool ClearingHost::Process::send(const Peer& to, const std::vector<std::byte>& message) {
  host.maybe_die("before a message is sent");
  const auto node = static_cast<std::size_t>(std::stoul(to.route));  // Its first number.
  host.setting_.watch.clearing_sent(node, message);
  const bool queued = host.setting_.network.send_to_node(node, to.route, message);
  host.maybe_die("after a message was sent");
  return queued;
}

void ClearingHost::boot() {
  auto process = std::make_unique<Process>(*this);
  booting_ = process.get();
  process->clearing->recover();
  process_ = std::move(process);
  setting_.watch.clearing_started(*process_->clearing);
}

void ClearingHost::halt() {
  process_.reset();
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
  take_files();
  process_->clearing->tick(now(), steady_ms(), *process_);
  turn_at(setting_.schedule.now_ms() + kHourMs);
}

void ClearingHost::receive(std::size_t node, const std::string& route, const Message& message) {
  if (!alive()) {
    return;
  }
  const Peer peer{.participant = setting_.world.provinces[node].code, .route = route};
  if (step([&] { clearing().on_message(peer, message, now(), steady_ms(), *process_); })) {
    turn_at(setting_.schedule.now_ms() + 6 * kSecondMs);  // For its own heartbeat.
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

CloseAnswer ClearingHost::close_late(Month period, BusinessDate cut_off) {
  return clearing().close(period, BusinessTime::of(cut_off.plus_days(1), 6 * 3'600), false);
}

// --- files ---------------------------------------------------------------------------------------

void ClearingHost::take_files() {
  for (bool again = true; again;) {
    again = false;
    const Folder seen = folder_;
    for (const auto& [name, file] : seen) {
      if (name.ends_with(".part")) {
        continue;
      }
      const IntakeAnswer verdict = answer(file, stage(file));
      settle(name, verdict);
      if (verdict.verdict != IntakeVerdict::kWaiting) {
        process_->staged.erase(name);
        again = verdict.verdict == IntakeVerdict::kAccepted || again;
      }
    }
  }
}

PreparedFile& ClearingHost::stage(const DroppedFile& file) {
  const auto known = process_->staged.find(file.name);
  if (known != process_->staged.end() && known->second.blob == sha256(as_bytes(file.text))) {
    return known->second;
  }
  const Bytes bytes = as_bytes(file.text);
  return process_->staged
      .insert_or_assign(file.name, stage_file(file.name, clearing().blobs().put(bytes), bytes))
      .first->second;
}

IntakeAnswer ClearingHost::answer(const DroppedFile& dropped, PreparedFile& staged) {
  if (const auto early = process_->partners.early_answer(staged, now())) {
    return *early;
  }
  PreparedFile file = staged;
  const auto blob = clearing().blobs().get(file.blob, false);
  read_file(file, blob->bytes(), clearing().rules());
  if (file.header && file.header->type == FileType::kPartnerDay) {
    return process_->partners.take(file, signature_of(dropped), KeyRing::shared().registry(),
                                   now());
  }
  return clearing().take_file(file, now());
}

}  // namespace ph::sim
