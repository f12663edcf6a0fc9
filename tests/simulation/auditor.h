// The auditor of a run: it knows the world's intent, sees what the processes send, and at the end
// reads the batches' bytes by itself. It shares no code with core/home or core/intake.
//
// While the run goes on: a file is accepted only if it should be; a batch that was offered once is
// the same for ever; a receipt is genuine, says the same for ever, and is honoured after every
// restart of the clearing; a closed period never changes. At the end: see `audit`.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/batch_bytes.h"
#include "tests/simulation/cluster.h"
#include "tests/simulation/period_texts.h"
#include "tests/simulation/watch.h"

namespace ph::sim {

// What two runs of the same world must have in common.
struct RunResult {
  std::map<Participant, std::vector<Digest>> batches{};  // by sender, in sequence
  std::map<Month, PeriodTexts> periods{};
};

class Auditor final : public Watch {
 public:
  explicit Auditor(const World& world) : world_(world) {}

  void node_sent(std::size_t node, const Message& message) override;
  void clearing_sent(std::size_t node, const Message& message) override;
  void file_answered(const DroppedFile& file, const IntakeAnswer& answer) override;
  void period_closed(const ClosedPeriod& closed, Clearing& clearing) override;
  void node_started(std::size_t node, const Node& process) override;
  void clearing_started(const Clearing& process) override;

  // Everything has come to rest, both periods are closed. Throws Failed.
  [[nodiscard]] RunResult audit(Cluster& cluster);

 private:
  struct Points {
    std::map<std::pair<Participant, LotId>, std::int64_t> lots{};
    std::map<std::pair<Participant, LotId>, std::int64_t> originals{};
    std::map<std::tuple<Participant, Member, Participant>, std::int64_t> debts{};  // owed
    std::map<std::uint16_t, std::int64_t> opening{};                               // by issuer
    std::map<std::uint16_t, std::int64_t> moved{};    // by issuer; 0 at the end
    std::map<std::uint16_t, std::int64_t> changed{};  // by issuer, all movements
  };
  struct Advised {
    std::uint16_t issuer{};
    std::uint16_t home{};
    std::uint32_t sequence{};
    std::array<std::int64_t, 6> sums{};
    friend auto operator<=>(const Advised&, const Advised&) = default;
  };

  void check_receipt(std::size_t node, const wire::Receipt& receipt);
  void check_honoured(const Clearing& clearing) const;
  void check_sender(Cluster& cluster, const Party& party, std::uint32_t sequences);
  void check_days_of_node(const Node& node, std::size_t index, const SenderState& state);
  void check_rows(const Party& party, const std::vector<const SenderDay*>& days);
  void read_openings();
  void add_batch(const RawBatch& batch);
  void add_slice(const RawSlice& slice, std::uint64_t member, std::uint16_t home, Points& points);
  void check_points(Cluster& cluster);
  void check_home(const Node& node, Participant home) const;
  void check_ledger(const SenderBook& book) const;
  void check_advices(Cluster& cluster) const;

  const World& world_;
  std::map<std::pair<std::size_t, std::uint32_t>, Digest> offers_;
  std::map<std::pair<std::size_t, std::uint32_t>, wire::Receipt> receipts_;
  std::map<std::string, int> accepted_;  // texts
  std::map<Month, PeriodTexts> periods_;
  // From the batches' bytes.
  std::map<Participant, std::vector<RawBatch>> batches_;
  std::map<Participant, std::vector<Bytes>> bytes_;
  std::vector<Blob> kept_;
  Points points_;
  std::vector<Advised> advised_;
  std::set<std::uint64_t> members_;
};

}  // namespace ph::sim
