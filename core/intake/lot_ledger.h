// Points as the clearing sees them at one home: lots and debts after the batches taken, and the
// sums of the movements per issuer and earning quarter. Invariants I-2 (0 <= remaining <= original
// at the end of each batch) and I-3 (opening + movements = closing) are kept here.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/batch/item.h"
#include "core/home/day.h"
#include "core/types/flat_index.h"

namespace ph {

// A lot at this home. Two u64-aligned lines of 24 bytes: millions of them are held.
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
};

// One issuer's points at this home. Quarter 400 stands for debts.
struct IssuerPoints {
  static constexpr std::size_t kDebtQuarter = 400;
  std::array<std::int64_t, kDebtQuarter + 1> opening{};
  std::array<PointSums, kDebtQuarter + 1> period{};
};

// The first lot or debt that a batch left outside its bounds.
struct LotFault {
  LotId lot{};
  Member member{};
  std::int64_t remaining{};
  std::int64_t original{};
};

class LotLedger {
 public:
  void open(const Opening& opening);
  // Applies a batch's movements and slices. A fault refuses the batch: the ledger is then as it was
  // before.
  [[nodiscard]] std::optional<LotFault> apply(const BatchView& batch);
  // The period is over: its closing is the next one's opening.
  void next_period();

  [[nodiscard]] const std::vector<LotState>& lots() const { return lots_; }
  [[nodiscard]] const std::map<std::pair<Member, Participant>, std::int64_t>& debts() const {
    return debts_;
  }
  // By issuer number; nullptr for an issuer without points here.
  [[nodiscard]] const IssuerPoints* issuer(std::uint16_t number) const {
    return number < issuers_.size() && !issuers_[number].empty() ? issuers_[number].data()
                                                                 : nullptr;
  }
  // Points expired and forfeited in the period's batches, by (issuer, business date of the batch).
  [[nodiscard]] const std::map<std::pair<Participant, BusinessDate>, std::int64_t>& breakage()
      const {
    return breakage_;
  }

 private:
  using DebtKey = std::pair<Member, Participant>;
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

  void apply_slice(const Slice& slice, Member member);
  IssuerPoints& issuer_points(Participant issuer);
  LotState& lot_state(const Slice& slice, Member member);
  [[nodiscard]] std::optional<LotFault> find_fault() const;  // I-2, of what was touched
  void undo(const BatchView& batch, std::size_t lots_before);
  void keep(BusinessDate date);

  std::vector<LotState> lots_;
  FlatIndex lot_index_;
  std::map<DebtKey, std::int64_t> debts_;           // points owed, >= 0
  std::vector<std::vector<IssuerPoints>> issuers_;  // one element when in use
  std::map<std::pair<Participant, BusinessDate>, std::int64_t> breakage_;
  // Of the batch in hand.
  std::vector<TouchedLot> touched_;  // one for each slice of a lot
  std::vector<TouchedDebt> touched_debts_;
  std::vector<Participant> new_issuers_;
  std::array<std::int64_t, 100> batch_breakage_{};
};

}  // namespace ph
