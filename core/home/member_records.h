// What a home with a programme keeps of its members, of their accounts and of what they do: fixed
// records without padding. As they lie in memory, they lie in a snapshot (docs/journal.md, section
// 3). Records are numbered by their places; kNone: no such record.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "core/home/member_row.h"
#include "core/programme/earning.h"
#include "core/types/date.h"
#include "core/types/digest.h"
#include "core/types/id.h"

namespace ph::book {

inline constexpr std::uint32_t kNone = 0xffffffff;
inline constexpr std::uint16_t kNoMonth = 0xffff;
// Months that an account's spend is kept for.
using programme::kRingMonths;
static_assert(kRingMonths == 24);

// A version of the programme that was taken.
struct VersionRecord {
  Digest blob{};
  BusinessDate effective{};
  std::array<std::uint16_t, 3> zero{};
};

// A number or device of a member.
struct AccountRecord {
  static constexpr std::uint8_t kPrepaid = 1;
  static constexpr std::uint8_t kRealName = 2;
  static constexpr std::uint8_t kOneWay = 4;
  static constexpr std::uint8_t kBothWays = 8;
  static constexpr std::uint8_t kInArrears = kOneWay | kBothWays;
  static constexpr std::uint8_t kCarriedIn = 16;   // months of another home's accounts, in one sum
  static constexpr std::uint8_t kLost = 32;        // it ended as it has another owner
  static constexpr std::uint8_t kKnown = 64;       // it was here when a standing came
  static constexpr std::uint16_t kBandsMax = 255;  // that `entered` can tell apart
  // Services, by the words of their row.
  static constexpr std::uint8_t kDataCard = 5;
  static constexpr std::uint8_t kFixedLine = 6;
  // In the ring: the month's fen stand in the table of large ones.
  static constexpr std::uint32_t kLarge = 0xffffffff;

  std::array<char, 16> account{};  // padded with zero bytes; of what is carried in all of them
  std::uint32_t member{kNone};
  std::uint32_t next{kNone};  // the member's next account, of a higher number
  std::uint16_t joined{kNoMonth};
  std::uint16_t ended{kNoMonth};
  std::uint16_t newest{};  // month of the ring's newest bill
  std::uint16_t plan{};
  std::uint32_t earned{};  // bit month mod 24: the bill's points were given
  std::uint8_t service{};  // from 1 on; 0: no ACCOUNT row has said it
  std::uint8_t flags{};
  std::uint8_t entered{};  // highest tenure band that gave ON_ENTRY, from 1 on; 0: none
  std::uint8_t region{1};
  std::array<std::uint32_t, kRingMonths> ring{};  // month mod 24: fen + 1, 0: no bill
};

// Where a month lies in the ring, and its bit of `earned`.
[[nodiscard]] constexpr std::size_t slot_of(Month month) {
  return month.count() % kRingMonths;
}
[[nodiscard]] constexpr std::uint32_t bit_of(Month month) {
  return std::uint32_t{1} << slot_of(month);
}

// A grade in one of the four gradings.
struct GradeRecord {
  std::uint8_t level{};
  std::uint8_t reason{};
  std::uint16_t from{};
  std::uint16_t to{};
};

// Beside the home's record of the same number.
struct ProgrammeMember {
  static constexpr std::uint16_t kBlacklisted = 1;
  static constexpr std::uint16_t kInArrears = 2;
  static constexpr std::uint16_t kMergedAway = 4;
  static constexpr std::uint16_t kCarriedIn = 16;
  static constexpr std::uint16_t kTold = 32;  // he left, and a standing with him

  std::uint32_t first_account{kNone};
  std::uint32_t last_history{kNone};
  std::uint32_t last_other{kNone};
  std::uint32_t last_claim{kNone};
  std::uint16_t profile{};  // days, of the row; 0: not complete
  std::uint16_t taken_on{};
  std::uint16_t flags{};
  std::uint8_t region{};  // lowest class of the accounts that haven't ended; 0: none ever
  std::uint8_t entered{};
  std::uint64_t taken{};
  std::array<GradeRecord, 4> grades{};
  std::uint32_t merged_into{kNone};
  std::uint16_t came{};  // month of the last move that brought a standing; 0 without kCarriedIn
  std::uint16_t zero{};
};

// Rating points of one member and earned month, but for those of his accounts' bills.
struct OtherRecord {
  std::uint32_t next{kNone};
  std::uint16_t month{};
  std::uint16_t zero{};
  std::int64_t points{};
};

// A month's fen that don't fit the ring.
struct LargeRecord {
  std::uint32_t account{};
  std::uint16_t month{};
  std::uint16_t zero{};
  std::int64_t fen{};
};

// Of gradings that no programme has: a brand change; a flag, whose number stands in `run`.
inline constexpr std::uint8_t kBrandGrading = 255;
inline constexpr std::uint8_t kFlagGrading = 254;
// A grade that a member was given, the newest first; a confirmation makes the last one longer.
struct HistoryRecord {
  std::uint32_t next{kNone};
  std::uint16_t decided{};
  std::uint16_t from{};
  std::uint16_t to{};
  std::uint8_t grading{};
  std::uint8_t level{};
  std::uint8_t reason{};
  std::uint8_t zero{};
  std::uint16_t run{};
};

// What a member claimed of a benefit on a day, the newest first.
struct ClaimRecord {
  std::uint32_t next{kNone};
  std::uint16_t benefit{};
  std::uint16_t day{};
  std::uint16_t until{};  // last day on which it may be used; BusinessDate::kCount: any
  std::uint16_t count{};
  std::uint32_t zero{};
};
// A flag that a member was given last, by review or as one of before.
struct FlagRecord {
  std::uint32_t member{};
  std::uint16_t flag{};
  std::uint16_t from{};  // months, both inclusive
  std::uint16_t to{};
  std::uint16_t zero{};
  std::uint32_t proposal{kNone};  // whose approval gave it; none: of before
};
struct CampaignGivenRecord {
  std::uint32_t to{};  // member or account
  std::uint16_t campaign{};
  std::uint16_t member{};  // 1: to is a member
};
struct CampaignSpentRecord {
  std::uint64_t points{};
};
struct SuspensionRecord {
  std::uint32_t account{};
  std::uint16_t month{};
  std::uint16_t times{};
};
// What a member took on the earlier one of two open days.
struct TakenBeforeRecord {
  std::uint32_t member{};
  std::uint16_t day{};
  std::uint16_t zero{};
  std::uint64_t points{};
};
struct OrderRecord {
  // places in `dates`; 0: it hasn't come to that
  static constexpr std::size_t kCreated = 0;
  static constexpr std::size_t kShipped = 1;
  static constexpr std::size_t kDelivered = 2;
  static constexpr std::size_t kEnded = 3;  // failed or returned

  TransactionId id{};
  std::uint32_t hold{};  // entry
  std::uint64_t beneficiary{};
  std::uint32_t member{};
  std::uint16_t item{};
  std::uint16_t quantity{};
  std::array<std::uint16_t, 4> dates{};
  std::uint8_t state{};
  std::uint8_t form{};     // of its item
  std::uint8_t counted{};  // 1: its pieces were taken off the stock
  std::array<std::uint8_t, 5> zero{};
  std::int64_t points{};
  std::int64_t cash{};
  std::int64_t cost{};
  std::int64_t freight{};
};
struct ComplaintRecord {
  TransactionId id{};
  std::uint32_t order{};
  std::uint16_t opened{};
  std::uint16_t ended{};
  std::uint8_t why{};
  std::uint8_t outcome{};
  std::uint16_t zero{};
};
// A flag that somebody has proposed, and what somebody else said to it.
struct ProposalRecord {
  static constexpr std::uint8_t kOpen = 1;
  static constexpr std::uint8_t kApproved = 2;
  static constexpr std::uint8_t kDeclined = 3;

  TransactionId id{};
  std::uint32_t member{};
  std::uint16_t flag{};
  std::uint8_t why{};  // word of its row
  std::uint8_t state{kOpen};
  std::uint16_t until{};  // month, inclusive
  std::uint16_t proposed{};
  std::uint16_t decided{};  // 0: open
  std::uint16_t zero{};
  std::uint32_t zero_32{};
  OfficerText maker{};
  OfficerText checker{};
};

// A bill month of an account that its member says is missing.
struct RegistrationRecord {
  static constexpr std::uint8_t kOpen = 1;  // it waits for somebody
  static constexpr std::uint8_t kCredited = 2;
  static constexpr std::uint8_t kRefused = 3;

  TransactionId id{};
  std::uint32_t member{};
  std::uint32_t account{};
  std::uint16_t month{};
  std::uint16_t opened{};
  std::uint16_t ended{};  // 0: open
  std::uint8_t why{};     // word of its row
  std::uint8_t state{};
  std::uint32_t zero{};
};
struct StockRecord {
  std::int64_t pieces{};
};
// Calls of a queue and month by the effective grade of who called.
struct CallsRecord {
  static constexpr std::uint16_t kOther = 0xffff;      // without any
  static constexpr std::uint16_t kBlacklist = 0xfffe;  // whatever grade

  std::uint16_t queue{};
  std::uint16_t month{};
  std::uint16_t grade{};
  std::uint16_t zero{};
  std::uint64_t calls{};
  std::uint64_t answered{};
  std::uint64_t within{};
  std::uint64_t called_back{};
  std::uint64_t in_time{};
};
struct RunRecord {
  std::uint32_t number{};
  std::uint8_t kind{};
  std::uint8_t grading{};
  std::uint8_t state{};
  std::uint8_t zero{};
  std::uint16_t reference{};
  std::uint16_t began{};
  std::uint16_t from{};      // posts no sooner
  std::uint16_t revision{};  // of a rating: how often one was dropped
  std::uint32_t cursor{};    // steps that are done
  std::uint32_t steps{};     // of counting, or posting
  std::uint32_t results{};   // how many of each follow in their tables; 0 in memory
  std::uint32_t cohorts{};
  std::array<std::int64_t, 8> counts{};  // as the kind has them
};
// A line of sums of a run, in the order of its file.
struct CohortRecord {
  std::uint16_t table{};  // from 1 on, as the kind has them
  std::uint16_t index{};
  std::uint32_t zero{};
  std::array<std::int64_t, 7> sums{};
};
struct ResultRecord {
  std::uint32_t value{};
};
struct LargeResultRecord {
  std::uint32_t run{};
  std::uint32_t step{};
  std::int64_t value{};
};
struct NoticeRecord {
  std::uint32_t member{};
  std::uint16_t expires{};
  std::uint16_t zero{};
  std::int64_t points{};
};

// Two numbers of one customer that became one, or an account of one that passed to the other.
struct MergeRecord {
  static constexpr std::uint8_t kMerged = 1;
  static constexpr std::uint8_t kUndone = 2;
  // Levels that both had when it was done, from 1 on; 0: there was no such grading.
  struct Levels {
    std::uint8_t member{};
    std::uint8_t into{};
  };

  TransactionId id{};
  std::uint8_t state{kMerged};
  std::uint8_t whole{};  // 1: the whole number, with all that comes from none of its accounts
  std::uint16_t zero{};
  std::uint32_t member{};
  std::uint32_t into{};
  std::uint16_t day{};
  std::uint16_t undone{};  // day; 0: it isn't
  std::uint32_t parts{};   // how many of the table are its own
  std::array<Levels, 4> levels{};
  // 1 + the first lot of its accounts that was made behind it on its day, and behind its end on
  // that day: of rows that gave rating points of another source than consumption. 0: none.
  std::uint32_t first_lot{};
  std::uint32_t first_lot_undone{};
};
// What came along: an account, or a lot that comes from none of the member's accounts.
struct MergePart {
  static constexpr std::uint32_t kAccount = 1;
  static constexpr std::uint32_t kLot = 2;           // that it had
  static constexpr std::uint32_t kLotElsewhere = 3;  // that lay empty with another number

  std::uint32_t what{};
  std::uint32_t number{};
  friend bool operator==(const MergePart&, const MergePart&) = default;
};
// Behind all other tables, in layout 2: how many records of each follow.
struct MergeHeader {
  std::uint64_t merges{};
  std::uint64_t parts{};
};

// Rating points less that go with an account and its bills. Behind those of merges, which may be
// none, in layout 3: how many, then the records.
struct TakenBackRecord {
  std::uint32_t account{};
  std::uint16_t month{};
  std::uint16_t zero{};
  std::int64_t points{};  // signed, not 0
};
struct TakenBackHeader {
  std::uint64_t records{};
};

// In front of the tables in a snapshot, behind all of the home's own.
struct Header {
  static constexpr std::uint16_t kLayout = 1;
  static constexpr std::uint16_t kLayoutMerges = 2;     // some numbers were merged
  static constexpr std::uint16_t kLayoutTakenBack = 3;  // something is kept with an account, too

  std::array<char, 4> magic{'P', 'H', 'M', '1'};
  std::uint16_t layout{kLayout};
  std::uint16_t zero{};
  // How many records of each table follow, in this order.
  std::uint64_t versions{};
  std::uint64_t accounts{};
  std::uint64_t members{};
  std::uint64_t other{};
  std::uint64_t history{};
  std::uint64_t claims{};
  std::uint64_t flags{};
  std::uint64_t campaigns_given{};
  std::uint64_t campaigns_spent{};
  std::uint64_t suspensions{};
  std::uint64_t large{};
  std::uint64_t origins{};
  std::uint64_t orders{};
  std::uint64_t complaints{};
  std::uint64_t proposals{};
  std::uint64_t registrations{};
  std::uint64_t stock{};
  std::uint64_t calls{};
  std::uint64_t runs{};
  std::uint64_t cohorts{};
  std::uint64_t results{};
  std::uint64_t large_results{};
  std::uint64_t notices{};
  std::uint64_t standings{};  // bytes: a length and as many bytes each
  std::uint64_t taken_before{};
};

template <class Record, std::size_t bytes>
inline constexpr bool kIsRecord = sizeof(Record) == bytes&& std::is_trivially_copyable_v<Record>;
static_assert(kIsRecord<VersionRecord, 40> && kIsRecord<AccountRecord, 136>);
static_assert(kIsRecord<GradeRecord, 6> && kIsRecord<ProgrammeMember, 64>);
static_assert(kIsRecord<OtherRecord, 16> && kIsRecord<LargeRecord, 16>);
static_assert(kIsRecord<HistoryRecord, 16> && kIsRecord<ClaimRecord, 16>);
static_assert(kIsRecord<FlagRecord, 16> && kIsRecord<CampaignGivenRecord, 8>);
static_assert(kIsRecord<CampaignSpentRecord, 8> && kIsRecord<SuspensionRecord, 8>);
static_assert(kIsRecord<OrderRecord, 96> && kIsRecord<ComplaintRecord, 40>);
static_assert(kIsRecord<ProposalRecord, 80> && kIsRecord<RegistrationRecord, 48>);
static_assert(kIsRecord<StockRecord, 8>);
static_assert(kIsRecord<CallsRecord, 48> && kIsRecord<RunRecord, 96>);
static_assert(kIsRecord<CohortRecord, 64> && kIsRecord<ResultRecord, 4>);
static_assert(kIsRecord<LargeResultRecord, 16> && kIsRecord<NoticeRecord, 16>);
static_assert(kIsRecord<TakenBeforeRecord, 16> && kIsRecord<Header, 208>);
static_assert(kIsRecord<TakenBackRecord, 16> && kIsRecord<TakenBackHeader, 8>);
static_assert(kIsRecord<MergeRecord, 64> && kIsRecord<MergePart, 8> && kIsRecord<MergeHeader, 16>);

}  // namespace ph::book
