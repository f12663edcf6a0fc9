// The clearing's machine: the process around a Clearing, as app/clearing has it, on virtual time.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "app/clearing/partner_desk.h"
#include "clearing/clearing.h"
#include "tests/simulation/host.h"

namespace ph::sim {

class ClearingHost final : public Host {
 public:
  explicit ClearingHost(Setting& setting);

  [[nodiscard]] bool alive() const override { return process_ != nullptr; }
  [[nodiscard]] Clearing& clearing() { return *process_->clearing; }
  void receive(std::size_t node, const std::string& route, const Message& message);
  // The operator asks for the close, as soon as he may.
  void try_to_close(Month period);
  // The operator closes a period whose cut-off is long over, at 06:00 of the day after it.
  // nullopt: the process died over it.
  [[nodiscard]] std::optional<CloseAnswer> close_late(Month period, BusinessDate cut_off);
  // Ends a process that another one has replaced, and that doesn't know it yet.
  void end_rivalry();
  [[nodiscard]] bool closed(Month period) {
    return alive() && clearing().house().closed().contains(period);
  }

 private:
  struct Process final : ExchangePort {
    Process(ClearingHost& host, bool with_snapshot_rot);
    bool send(const Peer& to, const std::vector<std::byte>& message) override;

    ClearingHost& host;
    Storage storage;
    std::unique_ptr<Clearing> clearing;
    PartnerDesk partners;
    std::map<std::string, PreparedFile> staged;  // by name
    int turns_left{8};                           // of one that was replaced
  };

  void boot() override;
  void turn() override;
  void halt() override;
  void turn_of(Process& process);
  void check_replay(const Clearing& clearing);
  void snapshot(Process& process);
  void as_rival(const std::function<void()>& work);
  void take_files(Process& process);
  [[nodiscard]] PreparedFile& stage(Process& process, const DroppedFile& file);
  [[nodiscard]] IntakeAnswer answer(Process& process, const DroppedFile& dropped,
                                    PreparedFile& staged);
  void on_closed(const ClosedPeriod& closed);

  std::unique_ptr<Process> process_;
  std::unique_ptr<Process> rival_;  // another was started in its place, and it doesn't know
  Process* booting_{nullptr};       // while it recovers
};

}  // namespace ph::sim
