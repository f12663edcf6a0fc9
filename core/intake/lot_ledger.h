// Points as the clearing sees them at one home: lots and debts after the batches taken, and the
// sums of the movements per issuer and earning quarter. Invariants I-2 (0 <= remaining <= original
// at the end of each batch) and I-3 (opening + movements = closing) are kept here. Batches of the
// next period may come before the open one is closed: they are held against all that came before
// them, and what is shown of the open period doesn't know them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "core/batch/item.h"
#include "core/home/day.h"
#include "core/types/bytes.h"
#include "core/types/flat_index.h"

namespace ph {

// The period a batch counts in: the open one, or, once its cut-off is past, the next.
enum class Part : std::uint8_t { kOpen, kNext };

// A lot at this home: millions of them are held.
struct LotState {
  LotId lot{};
  Member member{};
  Month earned_month{};
  BusinessDate expires_on{};
  Source source{};
  std::uint8_t rating{};
  bool shown{};  // listed among the closing lots though nothing remains
  std::uint8_t zero{};
  std::int64_t original{};
  std::int64_t remaining{};
};
static_assert(sizeof(LotState) == 40);

// Signed sums of movements, by account.
struct PointSums {
  std::int64_t issued{};
  std::int64_t redeemed{};
  std::int64_t expired{};
  std::int64_t forfeited{};
  std::int64_t moved{};
  std::int64_t repaid{};

  void add(Account account, std::int64_t delta);
  [[nodiscard]] std::int64_t total() const {
    return issued + redeemed + expired + forfeited + moved + repaid;
  }
  friend bool operator==(const PointSums&, const PointSums&) = default;
};

// Visits a batch's changes of lots and debts: the movements, then the slices of the items, each
// with whose they are.
template <class Visit>
void for_each_slice(const BatchView& batch, Visit&& visit) {
  for (const Movement& movement : batch.movements) {
    visit(movement.slice, movement.member);
  }
  std::size_t at = 0;
  for (const Item& item : batch.items) {
    for (std::uint32_t n = 0; n < item.slice_count; ++n) {
      visit(batch.slices[at++], item.member);
    }
  }
}

// One issuer's points at this home. Quarter 400 stands for debts.
struct IssuerPoints {
  static constexpr std::size_t kDebtQuarter = 400;
  std::array<std::int64_t, kDebtQuarter + 1> opening{};
  std::array<PointSums, kDebtQuarter + 1> period{};
};

// The first lot of which a batch says other than what is known of it, or the first lot or debt that
// it left outside its bounds.
struct LotFault {
  LotId lot{};
  Member member{};
  std::int64_t remaining{};
  std::int64_t original{};
  std::string_view other{};  // the field of a slice that says otherwise; empty: the bounds
};

// Lots by id, in the order in which they came.
class LotTable {
 public:
  static constexpr std::uint32_t kNone = FlatIndex::kNone;

  void reserve(std::size_t lots);
  [[nodiscard]] std::uint32_t find(LotId lot) const;  // its number; kNone
  std::uint32_t add(const LotState& lot);             // one that isn't there yet
  void truncate(std::size_t lots);                    // to the first of them
  // Fetch what `find` and `add` will look at: the index's place, then the lot that is likely there.
  void prefetch_place(LotId lot) const { index_.prefetch(lot.packed()); }
  void prefetch_lot(LotId lot) const {
    if (const std::uint32_t likely = index_.guess(lot.packed()); likely != kNone) {
      __builtin_prefetch(&lots_[likely]);
    }
  }
  [[nodiscard]] LotState& operator[](std::uint32_t n) { return lots_[n]; }
  [[nodiscard]] const std::vector<LotState>& all() const { return lots_; }

 private:
  std::vector<LotState> lots_;
  FlatIndex index_;
};

class LotLedger {
 public:
  void open(const Opening& opening);
  // Applies a batch's movements and slices. A fault refuses the batch: the ledger is then as it was
  // before. What a slice says of a lot that is known has to be what is known; only its expiry may
  // be later (a refund's grace), and of a lot that was reassigned any number may be named that has
  // had it here. After one of the next part none of the open one comes until `next_period`.
  [[nodiscard]] std::optional<LotFault> apply(const BatchView& batch, Part part);
  // The open period is over: its closing is the next one's opening, and what was the next part is
  // the open one.
  void next_period();

  // Its bytes in a snapshot (docs/journal.md, section 7). `load` into a new one; false: these are
  // no ledger's bytes.
  void save(ByteWriter& out) const;
  [[nodiscard]] bool load(ByteReader& in);
  // Behind them, in layout 2: which numbers have had a lot before the one that has it now.
  [[nodiscard]] bool has_former() const { return !open_.had.empty() || !next_.had.empty(); }
  void save_former(ByteWriter& out) const;
  [[nodiscard]] bool load_former(ByteReader& in);

  // What follows is about the open period.
  [[nodiscard]] const std::vector<LotState>& lots() const { return open_.lots.all(); }
  [[nodiscard]] const std::map<std::pair<Member, Participant>, std::int64_t>& debts() const {
    return open_.debts;
  }
  // By issuer number; nullptr for an issuer without points here.
  [[nodiscard]] const IssuerPoints* issuer(std::uint16_t number) const {
    return number < open_.issuers.size() && !open_.issuers[number].empty()
               ? open_.issuers[number].data()
               : nullptr;
  }
  // Points expired and forfeited in the period's batches, by (issuer, business date of the batch).
  [[nodiscard]] const std::map<std::pair<Participant, BusinessDate>, std::int64_t>& breakage()
      const {
    return open_.breakage;
  }

 private:
  using DebtKey = std::pair<Member, Participant>;
  // A part's lots, debts and sums. The next one's lie over the open one's: lots and debts that its
  // batches touched are here as they are after them; `opening` isn't used.
  struct PartState {
    LotTable lots;
    std::map<DebtKey, std::int64_t> debts;           // points owed, >= 0; > 0 in the open part
    std::vector<std::vector<IssuerPoints>> issuers;  // one element when in use
    std::map<std::pair<Participant, BusinessDate>, std::int64_t> breakage;
    // Of lots that passed from number to number: all that have had them, ascending, the present
    // one too.
    std::map<LotId, std::vector<Member>> had;
  };
  // What a batch says of one number and one lot that passes: how often it came, less how often it
  // went; did it come at all?
  struct Passing {
    int net{};
    bool came{};
    bool made{};  // the batch made the lot under this number
    bool gave{};  // and by REASSIGN alone: it went, it came
    bool got{};
  };
  // Who had a lot that left with an item of the batch in hand, or came back with a later one.
  struct Left {
    Member member{};
    bool gone{};
  };
  // A lot that a slice of the batch in hand changed, and what it was before. Its points can be
  // reckoned back.
  struct TouchedLot {
    std::uint32_t lot{};
    BusinessDate expires_on{};
    bool shown{};
  };
  struct TouchedDebt {
    DebtKey key{};
    bool made{};  // wasn't there before
  };

  [[nodiscard]] bool gather_passing(Part part, const BatchView& batch);
  void note_said(const BatchView& batch);
  [[nodiscard]] bool says_passed(LotId lot, Member from, Member into) const;
  void note_brought(Part part, const Item& item, const Slice& slice);
  void note_item(Part part, const Item& item, const Slice& slice);
  void note_makers(const BatchView& batch);
  [[nodiscard]] Member maker_of(LotId lot, Member first) const;
  [[nodiscard]] bool right_path(Part part, LotId lot, const std::map<Member, Passing>& path) const;
  [[nodiscard]] const LotState* find_known(Part part, LotId lot) const;
  [[nodiscard]] const std::vector<Member>* find_had(Part part, LotId lot) const;
  [[nodiscard]] bool may_name(Part part, const LotState& lot, Member member) const;
  void keep_passing(Part part);
  void apply_slice(Part part, const Slice& slice, Member member);
  void fetch_ahead(Part part, const BatchView& batch, std::size_t first) const;
  IssuerPoints& issuer_points(PartState& state, Participant issuer);
  LotState& lot_state(Part part, const Slice& slice, Member member);
  // Notes the first slice that says of a known lot other than what is known.
  void hold_against(Part part, std::uint32_t lot, const Slice& slice, Member member);
  std::int64_t& debt(Part part, const DebtKey& key);
  [[nodiscard]] std::optional<LotFault> find_fault(Part part);  // I-2, of what was touched
  void undo(PartState& state, const BatchView& batch, std::size_t lots_before);
  void keep(Part part, BusinessDate date);
  static void save_former(const PartState& state, ByteWriter& out);
  [[nodiscard]] static bool load_former(PartState& state, ByteReader& in);
  static void save(const PartState& state, ByteWriter& out);
  [[nodiscard]] bool load(PartState& state, ByteReader& in);
  [[nodiscard]] PartState& state_of(Part part) { return part == Part::kOpen ? open_ : next_; }
  [[nodiscard]] const PartState& state_of(Part part) const {
    return part == Part::kOpen ? open_ : next_;
  }

  PartState open_;
  PartState next_;
  // Of the batch in hand.
  std::optional<LotFault> told_otherwise_;
  std::map<std::uint32_t, BusinessDate> expired_before_;  // lots that it lets expire later
  std::map<LotId, std::map<Member, Passing>> passing_;    // lots that pass from number to number
  std::map<LotId, Left> left_;
  std::size_t lots_before_{0};
  std::vector<TouchedLot> touched_;  // one for each slice of a lot
  std::vector<TouchedDebt> touched_debts_;
  std::vector<Participant> new_issuers_;
  std::array<std::int64_t, 100> batch_breakage_{};
};

}  // namespace ph
