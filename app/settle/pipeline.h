// From files to a settled period: embedded nodes post the provinces' days, partners' days are
// sealed on their behalf, the clearing takes the batches up to each cut-off in turn. Senders are
// independent of each other and are worked on by as many threads as there are processors; the
// result does not depend on how many.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/settle/input_set.h"
#include "core/close/settlement.h"
#include "core/statement/tables.h"

namespace ph {

// What a period's settlement found: everything that the outputs are written from.
struct SettledPeriod {
  PeriodResult result{};
  Cutoff cutoff{};
  std::vector<ReturnedLine> returned{};
  std::vector<UsedFile> used{};  // all input files of the settlement
};

struct Progress {
  std::size_t files_done{};
  std::size_t files{};
  std::uint64_t rows{};
};

class Pipeline {
 public:
  // `seal_directory`: where sealed batches are written to; empty for nowhere. `report` may be
  // empty.
  Pipeline(InputSet inputs, unsigned threads, std::string seal_directory,
           std::function<void(const Progress&)> report);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Settles every period from the first to `period`. nullopt when anything is wrong.
  [[nodiscard]] std::optional<SettledPeriod> run(Month period, std::vector<Fault>& faults);

  [[nodiscard]] const RuleBook& rules() const { return *inputs_.rules; }
  [[nodiscard]] std::vector<const SenderBook*> books() const { return settlement_.books(); }

 private:
  struct Sender;

  [[nodiscard]] bool take_period(const Cutoff& cutoff, std::vector<Fault>& faults);
  void open_sender(Sender& sender);
  void take_files(Sender& sender, std::uint32_t last);
  void take_file(Sender& sender, const DailyFile& file);
  [[nodiscard]] std::optional<Cutoff> cutoff_for(Month period, bool last,
                                                 std::vector<Fault>& faults);
  [[nodiscard]] std::uint32_t last_sequence(Participant sender, Month period) const;
  [[nodiscard]] bool check_cutoff(const Cutoff& given, std::vector<Fault>& faults) const;

  InputSet inputs_;
  unsigned threads_;
  std::string seal_directory_;
  std::function<void(const Progress&)> report_;
  Calendar calendar_;
  Settlement settlement_;
  std::vector<std::unique_ptr<Sender>> senders_;
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

}  // namespace ph
