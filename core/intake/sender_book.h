// What the clearing has taken from one sender: its batches in their sequence, the items in effect
// after corrections and withdrawals, those sent back, and for a province its lots (docs/events.md,
// section 3).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/batch/item.h"
#include "core/home/home.h"
#include "core/intake/lot_ledger.h"
#include "core/rules/rulebook.h"
#include "core/types/flat_index.h"

namespace ph {

// An item in effect. The batch's bytes outlive the book.
struct Record {
  const Item* item{};
  const Slice* slices{};  // item->slice_count of them
  const Item* first{};    // as first sent, before corrections
  std::uint32_t sequence{};
  bool removed{false};  // withdrawn
  bool settled{false};  // at the cut-off before
  Participant sender{};
};

struct ReturnedItem {
  Kind kind{};
  Action action{};
  ReturnCode code{};
  std::uint32_t sequence{};
  std::uint32_t entry{};
  TransactionId id{};
};

class SenderBook {
 public:
  explicit SenderBook(Participant sender) : sender_(sender) {}

  void open(const Opening& opening) { ledger_.open(opening); }
  // The next batch of the sender; the caller has seen to sequence and digest.
  [[nodiscard]] std::optional<LotFault> take(const BatchView& batch, const RuleBook& rules);
  void next_period();

  [[nodiscard]] Participant sender() const { return sender_; }
  [[nodiscard]] const std::vector<Record>& records() const { return records_; }
  [[nodiscard]] std::vector<Record>& records() { return records_; }
  [[nodiscard]] const LotLedger& ledger() const { return ledger_; }
  // Sent back since the last period.
  [[nodiscard]] const std::vector<ReturnedItem>& returned() const { return returned_; }

 private:
  struct Key {
    Kind kind{};
    TransactionId id{};
    friend bool operator==(const Key&, const Key&) = default;
    friend std::uint64_t hash_of(const Key& key) {
      return mix(hash_of(key.id) + static_cast<std::uint64_t>(key.kind));
    }
  };
  void take_item(const Record& record, const BatchHeader& header, const RuleBook& rules);
  [[nodiscard]] std::uint32_t find_cited(const Item& item) const;
  [[nodiscard]] bool copy_of(const Record& first, const Record& second) const;
  void give_back(const Record& record, BusinessDate date, ReturnCode code);

  Participant sender_;
  std::vector<Record> records_;  // by (sequence, entry) of the first item
  std::vector<std::pair<std::uint32_t, std::uint32_t>> places_;  // that (sequence, entry)
  FlatIndex by_key_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> corrections_;  // place -> record
  std::vector<ReturnedItem> returned_;
  LotLedger ledger_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>>
      order_;  // (entry, index) of the batch in hand
};

}  // namespace ph
