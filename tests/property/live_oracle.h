// A home once more, for tests of live events: as simple as can be and slow, written from
// docs/events.md (section 2) and decision 13. It knows core/types and nothing of core/home. What a
// batch says is text, so that two can be compared and read.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/types/id.h"
#include "core/types/time.h"
#include "core/types/words.h"

namespace ph::oracle {

enum class What : std::uint8_t {
  kRedeem,
  kHold,
  kCapture,
  kVoid,
  kExchangeOut,
  kAccrual,
  kExchangeIn,
  kRefund,
  kReversal,
  kDelivery,
  kDeliveryRefund,
  // Rows of files alone.
  kEarn,
  kUnearn,
  kTransfer,
  kLeave,
  kMoveOut,
  kMoveIn,
  kConfirm,
  kWithdraw,
};

// The numbers of docs/events.md.
enum class Code : std::uint8_t {
  kDone = 0,
  kTooOld = 1,
  kCopy = 2,
  kDuplicate = 3,
  kNotHome = 4,
  kClosed = 5,
  kUnknownParent = 6,
  kHoldEnded = 7,
  kHoldOpen = 8,
  kMoveOpen = 9,
  kAlreadyRefunded = 11,
  kWholeOnly = 12,
  kExceedsParent = 13,
  kZeroPoints = 14,
  kInsufficientPoints = 15,
  kAgainLater = 18,
};

// A LOT row below a refund or move in; `debt`: a DEBT row, the lot names its issuer.
struct Brought {
  LotId lot{};
  Month earned{};
  BusinessDate expires{};
  Source source{};
  bool debt{};
  std::int64_t original{};
  std::int64_t points{};
  friend bool operator==(const Brought&, const Brought&) = default;
};

// A live event, or a row of a file. What its kind doesn't have is zero.
struct Event {
  What what{};
  Form form{};
  bool final{};
  Participant giver{};
  Participant partner{};
  Participant other{};
  Member member{};
  TransactionId id{};
  TransactionId parent{};  // hold, move
  LotId lot{};
  Month month{};           // of an EARN
  BusinessDate expires{};  // of a file's hold
  std::uint32_t seconds{};
  std::uint32_t cited_sequence{};
  std::uint32_t cited_entry{};
  std::int64_t points{};
  std::int64_t units{};
  std::vector<Brought> brought{};
  friend bool operator==(const Event&, const Event&) = default;
};

struct Part {
  LotId lot{};
  std::int64_t points{};
  friend bool operator==(const Part&, const Part&) = default;
};

struct Said {
  Code code{};
  EntryId entry{};
  EntryId authorisation{};
  BusinessTime at{};
  BusinessTime ends{};
  std::int64_t points{};
  std::int64_t available{};
  std::vector<Part> parts{};
  friend bool operator==(const Said&, const Said&) = default;
};

struct Lot {
  LotId id{};
  Month earned{};
  BusinessDate expires{};
  Source source{};
  int rating{};
  bool transit{};
  std::int64_t original{};
  std::int64_t remaining{};
};

// What a day said: items with their slices.
struct Day {
  std::vector<std::string> movements{};
  std::vector<std::string> items{};
  std::vector<std::string> returned{};
};

// `REDEEMED P1/20070405/7 -50 of 60 till 2010-04-01 from 1`, `debt P1 -5`.
[[nodiscard]] std::string text_of(LotId lot);
[[nodiscard]] std::string change_text(std::string_view account, const Lot& lot, std::int64_t delta);
[[nodiscard]] std::string debt_text(std::string_view account, Participant issuer,
                                    std::int64_t delta);
[[nodiscard]] std::string movement_text(std::string_view kind, std::uint32_t entry, Member member,
                                        const std::string& change);
// Of an item, before its slices.
[[nodiscard]] std::string item_text(std::string_view kind, std::uint32_t entry, const Event& event,
                                    Member member, EntryId authorisation, std::int64_t points);

class Home {
 public:
  explicit Home(Participant province) : province_(province) {}

  void open_lot(Member member, const Lot& lot);
  void open_debt(Member member, Participant issuer, std::int64_t points);

  void open_day(BusinessDate date, std::uint32_t sequence);
  // A file's rows, with their serials from 1 on.
  void bring(std::vector<Event> rows);
  // A slice of the open day's work: so many of members whose points expire, events that were put
  // off, rows, holds that end.
  void post(std::size_t count);
  [[nodiscard]] Day end_day();

  // `opened`: the day's opening is over.
  [[nodiscard]] Said live(const Event& event, BusinessTime at, bool opened);
  void end_live_holds(BusinessTime at);

  // Of the opening: members whose points expire, and events that wait.
  [[nodiscard]] bool opening_remains() const;
  // What a live event at that time would give back to lots that have expired by the open day.
  [[nodiscard]] bool frees_expired(const Event& event, BusinessTime at) const;

  // In taking order: `P1/20070405/7 40 (5 held) of 60 till 2010-04-01`.
  [[nodiscard]] std::vector<std::string> lots_of(Member member);
  [[nodiscard]] std::vector<Member> members() const;
  // Of a live hold, at `at` or behind it.
  [[nodiscard]] std::optional<BusinessTime> next_end(BusinessTime at) const;

 private:
  struct Account {
    bool moved{};
    bool closed{};
    bool move_open{};
    std::vector<Lot> lots{};
    std::map<Participant, std::int64_t> debts{};
  };
  // Something that was carried out.
  struct Deed {
    Event event{};
    Member member{};
    EntryId entry{};
    EntryId authorisation{};
    std::vector<Part> parts{};  // taken, restored, or held: in their order
    std::vector<Part> left{};   // of what was taken: not restored yet
    std::int64_t points_left{};
    bool own_id{};  // made of its entry
    bool posted{true};
    std::uint32_t sequence{};  // of the day it was posted on
    bool open{};               // of a hold
    BusinessTime ends{};       // of a live one
    bool withdrawn{};
    bool refunded{};
    bool confirmed{};
  };
  struct Turn {
    BusinessDate date{};
    std::uint32_t serial{};
    BusinessTime at{};
    bool live{};
    bool put_off{};
  };
  struct Kept {
    Event event{};
    Said said{};
  };

  [[nodiscard]] Code carry_out(const Event& event, Said& said);
  [[nodiscard]] Code take(const Event& event, Said& said);
  [[nodiscard]] Code hold(const Event& event, Said& said);
  [[nodiscard]] Code capture(const Event& event, Said& said);
  [[nodiscard]] Code end_hold(const Event& event, Said& said);
  [[nodiscard]] Code issue(const Event& event, Said& said);
  [[nodiscard]] Code refund(const Event& event, Said& said);
  [[nodiscard]] Code reverse(const Event& event);
  [[nodiscard]] Code deliver(const Event& event);
  [[nodiscard]] Code earn(const Event& event);
  [[nodiscard]] Code unearn(const Event& event);
  [[nodiscard]] Code leave(const Event& event);
  [[nodiscard]] Code move_out(const Event& event);
  [[nodiscard]] Code move_in(const Event& event);
  [[nodiscard]] Code confirm(const Event& event);
  [[nodiscard]] Code withdraw(const Event& event);

  [[nodiscard]] Code check_id(const Event& event);
  [[nodiscard]] Code state_of(Member member, bool closed_is_fine) const;
  [[nodiscard]] Code may_earn(Member member) const;
  [[nodiscard]] Deed* find(What kind, const TransactionId& id);
  [[nodiscard]] Deed* known_hold(const TransactionId& id);
  [[nodiscard]] Code open_hold(Deed* hold) const;
  [[nodiscard]] std::int64_t held(LotId lot) const;
  [[nodiscard]] std::int64_t free(const Lot& lot) const { return lot.remaining - held(lot.id); }
  [[nodiscard]] std::int64_t available(Member member, BusinessDate on) const;
  [[nodiscard]] std::vector<Part> plan(Member member, std::int64_t points);
  [[nodiscard]] bool fits(const Lot& lot, std::int64_t points) const;
  [[nodiscard]] std::vector<Lot*> sorted(Member member);
  [[nodiscard]] Lot* find_lot(Member member, LotId id);

  Deed& add(const Event& event, Member member);
  void settle(Deed& deed);
  void post(Deed& deed);
  void post_taken(Deed& deed);
  void post_refund(Deed& deed);
  void post_issue(Deed& deed);
  void post_reversal(Deed& deed);
  void item(std::string_view kind, const Deed& deed, std::int64_t points);
  void change(const std::string& text) { result_.items.back() += "; " + text; }
  [[nodiscard]] std::vector<std::string> repay(Member member, Lot& lot);
  [[nodiscard]] std::vector<std::string> take_back(Member member, LotId own, std::int64_t points);
  void restore(Member member, const Lot& lot, std::int64_t points);
  [[nodiscard]] Lot described(const Deed& deed, LotId lot);
  void forfeit(Member member, const std::vector<Part>& parts);
  void expire(Member member);
  void row(const Event& event, std::uint32_t serial);

  Participant province_;
  std::map<Member, Account> accounts_;
  std::deque<Deed> deeds_;
  std::map<std::pair<What, TransactionId>, Kept> kept_;
  // What live refunds have given back of lots for a parent that isn't known here.
  std::map<std::pair<TransactionId, LotId>, std::int64_t> given_back_;
  std::vector<Deed*> waiting_;                     // those that are put off
  std::map<BusinessDate, std::uint32_t> serials_;  // of live events
  Turn turn_{};

  std::optional<BusinessDate> day_;
  std::uint32_t sequence_{};
  std::vector<Member> due_;
  std::optional<std::vector<Event>> rows_;
  std::size_t next_row_{};
  std::uint32_t generated_{};
  Day result_;
};

}  // namespace ph::oracle
