// The clearing's machine: the process around a Clearing, as app/clearing has it, on virtual time.
#pragma once

#include <map>
#include <memory>
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
  [[nodiscard]] CloseAnswer close_late(Month period, BusinessDate cut_off);
  [[nodiscard]] bool closed(Month period) {
    return alive() && clearing().house().closed().contains(period);
  }

 private:
  struct Process final : ExchangePort {
    explicit Process(ClearingHost& host);
    bool send(const Peer& to, const std::vector<std::byte>& message) override;

    ClearingHost& host;
    Storage storage;
    std::unique_ptr<Clearing> clearing;
    PartnerDesk partners;
    std::map<std::string, PreparedFile> staged;  // by name
  };

  void boot() override;
  void turn() override;
  void halt() override;
  void take_files();
  [[nodiscard]] PreparedFile& stage(const DroppedFile& file);
  [[nodiscard]] IntakeAnswer answer(const DroppedFile& dropped, PreparedFile& staged);
  void on_closed(const ClosedPeriod& closed);

  std::unique_ptr<Process> process_;
  Process* booting_{nullptr};  // while it recovers
};

}  // namespace ph::sim
