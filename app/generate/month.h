// Plays a month: each day's bills, what was planned for the day, and new events in random order,
// written to all files of the day at once. One file of code for each group of events.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "app/generate/day_files.h"
#include "app/generate/holdings.h"
#include "app/generate/options.h"
#include "app/generate/population.h"
#include "app/generate/random.h"
#include "core/types/words.h"

namespace ph::generate {

// What the generator expects of a settlement of its files.
struct Expected {
  std::uint64_t missing_home{};
  std::uint64_t missing_acquirer{};
  std::uint64_t amount{};
  std::uint64_t rate{};
  std::uint64_t authorisation{};
  std::uint64_t parent{};
  std::uint64_t returned{};
  std::uint64_t copies{};
};

// A redemption or exchange out, kept while something may follow from it.
struct Spending {
  std::uint32_t holder{};
  std::uint8_t home{};  // index of the home that took the points
  Form form{};
  Participant giver{};  // none with a partner
  Participant partner{};
  EntryId id{};
  EntryId entry{};  // of the home's row
  EntryId authorisation{};
  EntryId other_entry{};       // of the giver's row
  std::uint32_t other_line{};  // of the partner's row
  std::uint32_t points{};
  std::uint32_t units{};
  std::uint32_t rate{};
  std::uint32_t cost{};
  std::uint32_t freight{};
  std::uint32_t cash{};
  Slices slices{};
  bool unsettled{};  // made not to match
};

struct HoldState {
  std::uint32_t holder{};
  EntryId id{};
  EntryId entry{};
  BusinessDate expires{};
  Participant partner{};  // who asked for it; none: the home itself
  Slices slices{};
};

class MonthMaker {
 public:
  MonthMaker(const GenerateOptions& options, const Population& population, Holdings& holdings,
             DayFiles& files);

  // Plays day 1, 2, ...; `day` ascends by one from call to call.
  void play(std::uint32_t day);
  [[nodiscard]] std::uint32_t days() const { return days_; }
  [[nodiscard]] const Expected& expected() const { return expected_; }

 private:
  using Task = std::function<void()>;
  using SpendingPtr = std::shared_ptr<Spending>;

  enum class Event : std::uint8_t {
    kRedemption,
    kExchange,
    kAccrual,
    kHold,
    kAward,
    kMove,
    kTransfer,
    kLeave,
    kMistake,
    kBadRow,
  };
  static constexpr std::size_t kEvents = 10;

  enum class Fault : std::uint8_t {
    kNone,
    kMissingHome,
    kMissingOther,
    kAmount,
    kNoAuthorisation,
    kWrongAuthorisation,
    kInsufficient,
    kRate,
  };

  enum class Fate : std::uint8_t {
    kStays,
    kRefunded,
    kRefundedInParts,
    kWithdrawn,
    kCorrected,
    kCopiedByHome,
    kCopiedByPartner,
    kNotCredited,
  };

  // month.cpp
  void plan_events();
  void play_event(Event event);
  // The day before the first one on which it happens, and the last one.
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> days_of(Event event) const;
  // Runs the task on a day from today to the last; at once when that is today.
  void later(std::uint32_t days_on, Task task);
  [[nodiscard]] bool last_day_today() const { return day_ == days_; }
  // A member with so many points to spend; nullopt when none is found in a fair number of draws.
  [[nodiscard]] std::optional<std::uint32_t> find_spender(std::uint32_t points);
  // A member who can move, leave or transfer: nothing of his is open.
  [[nodiscard]] std::optional<std::uint32_t> find_quiet();
  [[nodiscard]] bool quiet(std::uint32_t holder);
  [[nodiscard]] std::optional<std::uint32_t> find_at_home();
  [[nodiscard]] std::uint32_t choose_points(std::uint32_t available);
  [[nodiscard]] bool fault_due();
  [[nodiscard]] Participant number_of(std::size_t province) const;
  [[nodiscard]] std::size_t index_of(Participant province) const;
  [[nodiscard]] std::size_t other_province(std::size_t than);
  [[nodiscard]] Lot earned_lot(EntryId entry, Month month, std::uint32_t points, Source source,
                               bool rating) const;

  // earnings.cpp
  void bills();
  void bill(std::uint32_t holder, std::uint32_t account);
  void rebill(std::uint32_t holder, std::uint32_t account, std::uint32_t lot, std::uint32_t fen);
  void award();
  void unearn(std::uint32_t holder, std::uint32_t lot, std::uint32_t points);
  void second_bill();

  // programme_rows.cpp
  void bring_programme();
  void bring_account(std::uint32_t holder, std::uint32_t account);

  // redemptions.cpp
  void redemption();
  SpendingPtr draw_redemption(std::uint32_t holder, std::uint32_t points);
  void draw_gift(Spending& spending);
  [[nodiscard]] Fate draw_fate(const Spending& spending);
  [[nodiscard]] Fault draw_redemption_fault();
  void name_redemption(Spending& spending);
  void put_id(CsvFile& file, EntryId id, EntryId entry);  // Empty when the two are the same.
  void put_goods(CsvFile& file, const Spending& spending);
  void put_redeem(const Spending& spending, EntryId entry);
  void put_other_side(Spending& spending, Fault fault, Fate fate);
  void put_delivery(const Spending& spending, EntryId entry, std::uint32_t points,
                    EntryId authorisation);
  // Returns the row's line.
  std::uint32_t put_partner_redemption(const Spending& spending, std::uint32_t points,
                                       EntryId authorisation);
  void follow(const SpendingPtr& spending, Fate fate);
  void correct_later(const SpendingPtr& spending);
  void withdraw_later(const SpendingPtr& spending);
  void copy_later(const SpendingPtr& spending, bool by_home);
  void count_fault(Fault fault);
  void mistake();

  // exchanges.cpp
  void exchange();
  void exchange_out();
  void exchange_in();
  void accrual();
  [[nodiscard]] Fault draw_partner_fault(bool exchange);
  [[nodiscard]] Fate draw_exchange_fate();
  void put_exchange_out(const Spending& spending);
  void put_partner_exchange(Row row, Spending& spending, Fault fault);
  void put_partner_accrual(Spending& funding, std::uint32_t points);
  void not_credited_later(const SpendingPtr& spending);
  // Books an accrual or exchange in at the member's home; its lot.
  std::uint32_t fund(Spending& funding);
  void unissue(const SpendingPtr& funding, std::uint32_t lot, std::uint32_t points);

  // refunds.cpp
  void refund(const SpendingPtr& parent, std::uint32_t points);
  void refund_later(const SpendingPtr& parent, Fate fate);
  void put_refund(Spending& parent, EntryId entry, EntryId id, std::uint32_t points);
  void put_lot(CsvFile& file, const Lot& lot, std::uint32_t points);
  void put_delivery_refund(const SpendingPtr& parent, EntryId id, bool own, std::uint32_t points,
                           std::size_t home, bool faulty);
  void put_partner_refund(const Spending& parent, EntryId id, std::uint32_t points);

  // accounts.cpp
  void hold();
  void capture(const std::shared_ptr<HoldState>& hold, std::uint32_t points, bool final);
  void void_hold(const std::shared_ptr<HoldState>& hold);
  void end_hold(HoldState& hold);
  [[nodiscard]] std::optional<std::uint32_t> find_mover();
  void move();
  void transfer();
  void leave();
  void bad_row();

  GenerateOptions options_;
  const Population& population_;
  Holdings& holdings_;
  DayFiles& files_;
  ExpiryRules expiry_;
  Random random_;
  std::uint32_t days_;  // that are played
  std::uint32_t month_days_;
  std::uint32_t day_{};
  BusinessDate today_{};
  std::array<std::uint64_t, kEvents> quota_{};  // of the days that are played
  std::vector<std::vector<Task>> tasks_;        // by day
  std::vector<std::vector<Task>> evening_;      // after the day's last row
  std::uint32_t fault_sum_{500};
  std::uint32_t fault_turn_{};
  std::uint32_t bad_turn_{};
  Expected expected_{};

  // How often the rarer variants come.
  Every rebill_due_{301};
  Every unearn_due_{31};
  Every own_withdrawn_{67};
  Every own_refunded_{19};
  Every given_corrected_{29};
  Every given_withdrawn_{41};
  Every given_refunded_{13};
  Every given_copied_{37};
  Every merchant_corrected_{43};
  Every merchant_withdrawn_{59};
  Every merchant_refunded_{17};
  Every merchant_copied_{71};
  Every partner_copied_{79};
  Every out_not_credited_{23};
  Every out_refunded_{17};
  Every out_withdrawn_{53};
  Every in_unissued_{19};
  Every accrual_unissued_{29};
  Every accrual_late_{7};
  Every accrual_corrected_{41};
  Every in_parts_{3};
  Every other_starts_{2};
  Every other_late_{5};
  Every refund_corrected_{11};
  std::uint32_t hold_turn_{};
  std::uint32_t move_turn_{};
};

}  // namespace ph::generate
