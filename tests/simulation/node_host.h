// A province's machine: the process around a Node, as app/node has it, on virtual time.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "node/node.h"
#include "tests/simulation/host.h"

namespace ph::sim {

class NodeHost final : public Host {
 public:
  NodeHost(Setting& setting, std::size_t index);

  [[nodiscard]] bool alive() const override { return process_ != nullptr; }
  [[nodiscard]] const Node& node() const { return process_->node; }
  void receive(const Message& message);
  // A counter asks. nullopt: nobody answered, whatever came of it.
  [[nodiscard]] std::optional<CounterAnswer> ask(const Intent& intent);
  // A turn now: it sends a heartbeat, if one is due.
  void beat();
  // The link to the clearing works again, or the end is near: no waiting any more.
  void nudge();

 private:
  // A running process. `rival`: another was started in its place, and it doesn't know.
  struct Process final : UplinkPort {
    Process(NodeHost& host, bool with_snapshot_rot);
    bool send(const std::vector<std::byte>& message) override;
    void reconnect() override { reconnects = true; }

    NodeHost& host;
    Storage storage;
    Node node;
    std::map<std::string, PreparedFile> staged;  // by name
    bool reconnects{false};
    int turns_left{8};  // of a rival
  };

  void boot() override;
  void turn() override;
  void halt() override;
  bool turn_of(Process& process);
  void rival_turn();
  [[nodiscard]] bool take_files(Process& process);
  [[nodiscard]] PreparedFile& stage(Process& process, const DroppedFile& file);
  [[nodiscard]] IntakeAnswer answer(Process& process, PreparedFile& file);
  void snapshot(Process& process);
  [[nodiscard]] std::int64_t next_turn_ms();

  std::size_t index_;
  std::unique_ptr<Process> process_;
  std::unique_ptr<Process> rival_;
  std::uint32_t quiet_turns_{0};  // since something last happened
};

}  // namespace ph::sim
