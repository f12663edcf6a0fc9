// Makes the clearing's books from their snapshot (docs/journal.md, section 7), which arrives in
// parts of any size. Bytes that were damaged or made up give no books; they never give some that
// could reach beyond their batches and tables.
#pragma once

#include <cstdint>
#include <vector>

#include "core/close/settlement.h"

namespace ph {

class SettlementLoader {
 public:
  // `into` is new, made with the rule book in force; so it may have participants that the snapshot
  // doesn't know. `open` gives the batches that were taken.
  SettlementLoader(Settlement& into, OpenBatch open) : into_(into), open_(std::move(open)) {}

  // The next part. Returns what lies behind the last byte; empty while there is more to come.
  Bytes take(Bytes part);
  // False when bytes are missing or wrong: then `into` is not to be used.
  [[nodiscard]] bool finish() const { return !bad_ && done_; }

 private:
  void gather(Bytes& part, std::size_t size);
  void take_section(Bytes section);
  [[nodiscard]] bool take_header(Bytes section);
  [[nodiscard]] bool take_book(Bytes section);
  [[nodiscard]] bool take_rest(Bytes section);
  [[nodiscard]] SenderBook* find_book(Participant sender) const;

  Settlement& into_;
  OpenBatch open_;
  std::vector<std::byte> gathered_;  // of a section, its length first
  std::uint32_t books_left_{0};
  Participant last_sender_{};
  bool header_{false};
  bool former_{false};  // layout 2
  bool done_{false};
  bool bad_{false};
};

}  // namespace ph
