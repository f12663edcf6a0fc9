// What the clearing has taken from one sender: its batches in their sequence, the items in effect
// after corrections and withdrawals, those sent back, and for a province its lots (docs/events.md,
// section 3). Batches of the next period are taken while the open one waits for its close: all that
// is asked at taking knows them, nothing that the open period is judged and shown by.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "core/batch/item.h"
#include "core/home/home.h"
#include "core/intake/lot_ledger.h"
#include "core/intake/snapshot_records.h"
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

// Also its layout in a snapshot.
struct ReturnedItem {
  Kind kind{};
  Action action{};
  ReturnCode code{};
  std::uint8_t zero{};
  std::uint32_t sequence{};
  std::uint32_t entry{};
  TransactionId id{};
};
static_assert(sizeof(ReturnedItem) == 40 && std::is_trivially_copyable_v<ReturnedItem>);

// What came of a batch. With a fault nothing of it was taken, and the book is as it was before.
struct Taken {
  std::optional<LotFault> fault{};
  std::span<const ReturnedItem> returned{};  // of this batch; valid until the next call
};

// Opens a batch that was taken; its bytes outlive the book. nullopt: it isn't there.
using OpenBatch =
    std::function<std::optional<BatchView>(Participant, std::uint32_t sequence, const Digest&)>;

class SenderBook {
 public:
  explicit SenderBook(Participant sender) : sender_(sender) {}

  void open(const Opening& opening) { ledger_.open(opening); }
  // The next batch of the sender; the caller has seen to sequence and digest. After one of the next
  // part none of the open one comes until `next_period`.
  [[nodiscard]] Taken take(const BatchView& batch, const RuleBook& rules, Part part);
  // The open period is over; what was the next part is the open one.
  void next_period();

  // Its bytes in a snapshot (docs/journal.md, section 7): records are places in batches, which
  // `load` opens again. `load` into a new book; false: these are not its bytes, or those of its
  // batches. `former`: in layout 2.
  void save(ByteWriter& out, bool former) const;
  [[nodiscard]] bool load(ByteReader& in, const OpenBatch& open, bool former);

  [[nodiscard]] Participant sender() const { return sender_; }
  // Those of the open period and of the ones before it, as they are in effect at its cut-off, by
  // (sequence, entry) of the first item.
  [[nodiscard]] std::span<const Record> records() const {
    return std::span(records_).first(open_count_);
  }
  // Says which of them have settled: their numbers.
  void mark_settled(std::span<const std::uint32_t> settled);
  [[nodiscard]] const LotLedger& ledger() const { return ledger_; }
  // Sent back in the open period.
  [[nodiscard]] const std::vector<ReturnedItem>& returned() const { return returned_; }

 private:
  using Place = std::pair<std::uint32_t, std::uint32_t>;  // sequence, entry
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
  // A record after all that was taken; to be changed by a batch of the part in hand.
  [[nodiscard]] const Record& newest(std::uint32_t record) const;
  [[nodiscard]] Record& in_hand(std::uint32_t record);
  [[nodiscard]] std::vector<ReturnedItem>& returned_in_hand() {
    return part_ == Part::kOpen ? returned_ : next_returned_;
  }

  [[nodiscard]] std::uint32_t find_record(const Key& key) const;
  void add(const Record& record, const Place& first);  // one whose key isn't there yet

  // A batch that was taken: what places in it are reckoned from.
  struct TakenBatch {
    Digest digest{};
    std::span<const Item> items{};
    std::span<const Slice> slices{};
  };
  [[nodiscard]] const TakenBatch* batch_of(std::uint32_t sequence) const;
  [[nodiscard]] PlaceRow place_of(const Record& record) const;
  [[nodiscard]] bool put_in_effect(const PlaceRow& place, Record& record) const;
  [[nodiscard]] bool load_batches(ByteReader& in, const OpenBatch& open);
  [[nodiscard]] bool load_records(ByteReader& in);
  [[nodiscard]] bool load_changes(ByteReader& in);

  Participant sender_;
  std::vector<TakenBatch> batches_;       // by sequence, from 1
  Part part_{Part::kOpen};                // of the last batch
  std::vector<Record> records_;           // by (sequence, entry) of the first item
  std::size_t open_count_{0};             // of them; the others came in the next part
  std::map<std::uint32_t, Record> next_;  // the open part's that the next one's batches changed
  std::vector<Place> places_;             // of their first items
  FlatIndex by_key_;
  std::map<Place, std::uint32_t> corrections_;  // place -> record
  std::vector<ReturnedItem> returned_;
  std::vector<ReturnedItem> next_returned_;
  LotLedger ledger_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>>
      order_;  // (entry, index) of the batch in hand
};

}  // namespace ph
