// Partners' days at the clearing: the signature beside a day file is checked, its rows are compared
// with what came live, and both are sealed on the partner's behalf and taken as its batch. Live
// events of a day without a file are sealed alone (docs/decisions/0015).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "clearing/clearing.h"
#include "core/switch/compared_day.h"
#include "partners/day_batcher.h"
#include "platform/crypto/registry.h"
#include "platform/intake/prepare.h"

namespace ph {

class PartnerDesk {
 public:
  PartnerDesk(Clearing& clearing, bool signatures) : clearing_(clearing), signatures_(signatures) {}

  // What the header says already; nullopt: the file is to be read.
  [[nodiscard]] std::optional<IntakeAnswer> early_answer(const PreparedFile& file,
                                                         BusinessTime now) const;
  // `signature`: the text of the .sig beside the file; empty where there is none.
  [[nodiscard]] IntakeAnswer take(PreparedFile& file, const std::string& signature,
                                  const KeyRegistry& registry, BusinessTime now);
  // Seals the first day that is due without a file, durably; nullptr when there is none. Valid
  // until the next call.
  const TakenBatch* seal_live_day(BusinessTime now);

 private:
  [[nodiscard]] IntakeAnswer take_late(const PreparedFile& file) const;
  [[nodiscard]] IntakeAnswer contradiction(
      const PreparedFile& file, const std::vector<ComparedDay::Conflict>& conflicts) const;
  [[nodiscard]] DayBatcher& batcher_of(Participant partner);
  [[nodiscard]] std::optional<IntakeAnswer> signature_fault(const PreparedFile& file,
                                                            const std::string& signature,
                                                            const KeyRegistry& registry) const;

  struct Batcher {
    DayBatcher batcher;
    std::uint32_t learnt{0};  // batches that it knows
  };
  Clearing& clearing_;
  bool signatures_;
  std::map<Participant, Batcher> batchers_;
};

}  // namespace ph
