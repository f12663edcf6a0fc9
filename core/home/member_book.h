// What a home with a programme knows of its members beside their lots: their accounts, 24 months of
// spend each, what of it gave points, and where each lot comes from. It carries no points: it is
// asked what a row gives, and Home makes the lots. Members have the numbers of the home's own
// records, lots those of their nodes. Deterministic; one thread owns it.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/home/member_records.h"
#include "core/home/merge_book.h"
#include "core/home/order_book.h"
#include "core/home/programme_names.h"
#include "core/home/register_book.h"
#include "core/home/return_code.h"
#include "core/home/run_book.h"
#include "core/programme/benefit.h"
#include "core/programme/campaign.h"
#include "core/programme/grade.h"
#include "core/programme/limits.h"
#include "core/programme/month_range.h"
#include "core/programme/programme_book.h"
#include "core/programme/queue.h"
#include "core/programme/yearly.h"
#include "core/types/chunks.h"
#include "core/types/digest.h"
#include "core/types/flat_index.h"
#include "core/types/words.h"

namespace ph {

class RunWork;
class StandingLists;
struct Standing;
struct StandingHistory;
struct StandingMonth;

// What an account is called: padded with zero bytes.
struct AccountText {
  std::array<char, 16> text{};
  friend bool operator==(const AccountText&, const AccountText&) = default;
  friend std::uint64_t hash_of(const AccountText& key) {
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), key.text.data(), sizeof words);
    return mix(mix(words[0]) ^ words[1]);
  }
};

// A programme that was taken, by its blob; nullptr: there is none.
using ProgrammeOf = std::function<std::shared_ptr<const Programme>(const Digest&)>;

class MemberBook {
 public:
  using Code = ReturnCode;
  static constexpr Code kDone{};
  static constexpr std::uint32_t kNone = book::kNone;

  // Points of one account and bill month that are to be given now.
  struct Given {
    std::uint32_t account{kNone};
    Month month{};
    std::int64_t points{};
    std::uint8_t rating{};
    Source source{Source::kConsumption};
  };
  // State of an account, as the words of its row are.
  enum class Arrears : std::uint8_t { kNone = 1, kOneWay = 2, kBothWays = 3 };
  // What an ACCOUNT row says.
  struct AccountSays {
    Month joined{};
    std::uint8_t service{};
    bool prepaid{};
    bool real_name{};
    std::uint32_t region{};
  };
  // The tables as they lie in a snapshot; those that no release fills yet are empty.
  struct Tables {
    std::vector<book::VersionRecord> versions{};
    Chunks<book::AccountRecord> accounts{};
    Chunks<book::ProgrammeMember> members{};
    Chunks<book::OtherRecord> other{};
    Chunks<book::HistoryRecord> history{};
    Chunks<book::ClaimRecord> claims{};
    Chunks<book::FlagRecord> flags{};
    Chunks<book::CampaignGivenRecord> campaigns_given{};
    std::vector<book::CampaignSpentRecord> campaigns_spent{};  // by campaign
    std::vector<book::SuspensionRecord> suspensions{};         // by account and month
    std::vector<book::LargeRecord> large{};                    // by account and month
    Chunks<std::uint32_t> origins{};                           // by lot
    Chunks<book::ProposalRecord> proposals{};
    RegisterBook::Table registrations{};
    std::vector<book::CallsRecord> calls{};  // by queue, month, grade
    OrderBook::Tables orders{};
    RunBook::Tables runs{};
    MergeBook::Tables merges{};
    std::vector<book::TakenBeforeRecord> taken_before{};  // by member
    std::vector<book::TakenBackRecord> taken_back{};      // by account and month
  };

  MemberBook() = default;
  // nullopt when the tables aren't those of a book: something leads outside of them, names a
  // version that isn't there, or says what can't be.
  [[nodiscard]] static std::optional<MemberBook> of(Tables tables, const ProgrammeOf& programme_of,
                                                    std::size_t members, std::size_t lots);
  // Header and tables; `standings` is the home's own one of those that left. The same state gives
  // the same bytes.
  void save(const std::function<void(Bytes)>& sink, Bytes standings) const;

  [[nodiscard]] const ProgrammeBook& programmes() const { return programmes_; }
  [[nodiscard]] const ProgrammeNames& names() const { return names_; }
  // May this version follow those that are here, as to its names?
  [[nodiscard]] bool names_fit(const Programme& next) const;
  // It follows, and its names fit.
  void take(const Digest& blob, std::shared_ptr<const Programme> programme);

  // The next member, and the next lot: who it comes from, or none.
  void add_member() { tables_.members.push_back({}); }
  void add_origin(std::uint32_t account) { tables_.origins.push_back(account); }
  [[nodiscard]] std::uint32_t origin(std::uint32_t lot) const { return tables_.origins[lot]; }
  // The lot has come to another number from elsewhere, and is of none of these accounts any more.
  void forget_origin(std::uint32_t lot) {
    tables_.origins[lot] = kNone;
    merges_.forget_undone(lot);
  }
  [[nodiscard]] const book::ProgrammeMember& member(std::uint32_t member) const {
    return tables_.members[member];
  }
  [[nodiscard]] const book::AccountRecord& account(std::uint32_t account) const {
    return tables_.accounts[account];
  }
  [[nodiscard]] std::size_t members() const { return tables_.members.size(); }
  [[nodiscard]] std::size_t accounts() const { return tables_.accounts.size(); }

  // kNone: not known.
  [[nodiscard]] std::uint32_t find(const AccountText& text) const;
  // A new one, of which only its member is known. One of the same text had ended: it is found no
  // more.
  std::uint32_t add_account(const AccountText& text, std::uint32_t member);
  // May it earn for this member? NO_ACCOUNT: it is another's. Of a month CLOSED: it ended before.
  [[nodiscard]] Code may_earn(std::uint32_t account, std::uint32_t member) const;
  [[nodiscard]] Code may_earn(std::uint32_t account, std::uint32_t member, Month month) const;
  // Memory that a row about this account will look at, in two steps.
  void prefetch_index(const AccountText& text) const { account_by_text_.prefetch(text); }
  void prefetch_account(const AccountText& text) const;

  // ACCOUNT and ACCOUNT_END of a member's own account. UNKNOWN_NAME: no such region class. `last`:
  // the last month that earns.
  [[nodiscard]] Code region_fault(const AccountSays& says, BusinessDate on) const;
  void describe(std::uint32_t account, const AccountSays& says);
  void end(std::uint32_t account, Month last);

  // What was billed; nullopt: nothing that the ring knows.
  [[nodiscard]] std::optional<std::int64_t> billed(std::uint32_t account, Month month) const;
  // More than 23 months older than the account's newest bill.
  [[nodiscard]] bool is_too_old(std::uint32_t account, Month month) const;
  // By the rule that holds for points of that month.
  [[nodiscard]] std::int64_t points_of(Month month, std::int64_t fen) const;
  [[nodiscard]] std::uint8_t rating_of(Month month) const;
  // Keeps a bill, which is neither known nor too old, and says what it gives now: nothing while the
  // member's points wait for his profile, or in arrears. That of the bill itself comes first.
  [[nodiscard]] std::vector<Given> bill(std::uint32_t account, Month month, std::int64_t fen);
  // What stands beside so many points of a month's bill: for tenure and for the level held on the
  // month's last day. Above 0 each.
  [[nodiscard]] std::vector<Given> beside(std::uint32_t account, Month month,
                                          std::int64_t points) const;
  // What a bill that gave its points earns more, or less, by the corrected amount.
  [[nodiscard]] std::vector<Given> difference(std::uint32_t account, Month month, std::int64_t fen,
                                              std::int64_t corrected) const;
  // Keeps a bill that gives nothing here. `earned`: it gave its points before.
  void keep(std::uint32_t account, Month month, std::int64_t fen, bool earned);
  // Points of that month wait for the member's profile, or are too old to come with it.
  [[nodiscard]] bool waits(std::uint32_t member, Month month) const;
  // Did the bill of this month give its points? Of one that isn't known that is believed.
  [[nodiscard]] bool gives(std::uint32_t account, Month month) const;
  // The profile is complete: what waited of the months that it credits, that of the day included,
  // in the order of accounts, then months.
  [[nodiscard]] std::vector<Given> complete_profile(std::uint32_t member, BusinessDate on);
  // REGISTER: has this month a bill that gave nothing, not too old to be asked about?
  [[nodiscard]] bool is_missing(std::uint32_t account, Month month, BusinessDate on) const;
  // Its points, if the home may credit them itself: of a month that a profile of this day would
  // credit, and whose bill would earn now. nullopt: it may not.
  [[nodiscard]] std::optional<std::vector<Given>> credit_missing(std::uint32_t account, Month month,
                                                                 BusinessDate on);
  // MERGE, UNMERGE: what of these accounts, which have passed, waited for the profile that `from`
  // doesn't have; in the order of accounts, then months.
  [[nodiscard]] std::vector<Given> credit_passed(std::span<const std::uint32_t> accounts,
                                                 std::uint32_t from, BusinessDate on);
  // What the bills of a member's accounts give once his profile is complete, if it were on this
  // day: without what a tenure gives once. nullopt: none is needed, or it is complete.
  [[nodiscard]] std::optional<std::int64_t> kept_back(std::uint32_t member, BusinessDate on) const;

  // ARREARS: what waited of the months that their end credits.
  [[nodiscard]] std::vector<Given> set_arrears(std::uint32_t account, Arrears state,
                                               BusinessDate on);
  [[nodiscard]] int suspensions(std::uint32_t account, Month month) const;
  // EVENT: what each campaign that matches gives.
  [[nodiscard]] std::vector<Given> campaign_points(std::uint32_t account,
                                                   const programme::Event& event, BusinessDate on);
  // The member has come to this level of the grading that [level_award] is by; nullopt: it gives
  // nothing, or did before.
  [[nodiscard]] std::optional<Given> enter_level(std::uint32_t member, std::uint8_t level,
                                                 Month month);

  // BLACKLIST, BRAND, and OWNER, TRANSFER: the account, or all of them, aren't the member's any
  // more. `last`: their last month that earns.
  void set_blacklisted(std::uint32_t member, bool on);
  void note_brand(std::uint32_t member, BusinessDate on);
  void lose(std::uint32_t account, Month last);
  void lose_all(std::uint32_t member, Month last);

  // member_merges.cpp. MERGE, UNMERGE: an account passes from one number of a customer to another,
  // with all that is kept of it; open runs forget it.
  void pass(std::uint32_t account, std::uint32_t into);
  // Accounts of a member, in their order.
  [[nodiscard]] std::vector<std::uint32_t> accounts_of(std::uint32_t member) const;
  // The whole number is merged into another, or isn't any more: its other rating points go along,
  // and come back.
  void set_merged(std::uint32_t member, std::uint32_t into, Month now);
  void end_merged(std::uint32_t member, Month now);
  // The number that this one, merged or not, has become.
  [[nodiscard]] std::uint32_t present(std::uint32_t member) const;
  // No level that one of them was awarded ON_ENTRY is awarded to the other.
  void share_entered(std::uint32_t from, std::uint32_t into);
  [[nodiscard]] const MergeBook& merges() const { return merges_; }
  [[nodiscard]] MergeBook& merges() { return merges_; }

  // What a redemption is held against, but for what the lots say. nullptr: no limits on that day.
  [[nodiscard]] const programme::Limits* limits(BusinessDate on) const;
  [[nodiscard]] programme::MemberFacts facts(std::uint32_t member, BusinessDate on) const;
  // Points taken or held on a day, or given back of what was (below zero).
  void note_taken(std::uint32_t member, BusinessDate on, std::int64_t points);
  [[nodiscard]] std::int64_t taken_on(std::uint32_t member, BusinessDate on) const;
  // Of days before this one nothing is asked any more.
  void forget_taken_before(BusinessDate day);

  // Points with the rating flag that came of no bill, or were taken back (below zero).
  void note_rated(std::uint32_t member, Month earned, std::int64_t points, Month now);
  // What this number has less, and those that it is merged into; `points` > 0.
  void note_less(std::uint32_t member, Month earned, std::int64_t points, Month now);
  // Points of bills of an account: they go with it.
  void note_of_account(std::uint32_t account, Month earned, std::int64_t points, Month now);
  [[nodiscard]] std::int64_t rating_points(std::uint32_t member, Month month) const;
  [[nodiscard]] std::int64_t rating_points(std::uint32_t member,
                                           const programme::MonthRange& months) const;
  // What was billed in these months, whether it gave points or not.
  [[nodiscard]] std::int64_t spend(std::uint32_t account,
                                   const programme::MonthRange& months) const;
  // The last month with a bill of one of his accounts; nullopt: none has any.
  [[nodiscard]] std::optional<Month> newest_bill(std::uint32_t member) const;
  // Was it the member's at the end of this month: begun, neither ended nor lost?
  [[nodiscard]] bool is_living(std::uint32_t account, Month at) const;
  // Class of his accounts that haven't ended, the lowest one; 1 without any.
  [[nodiscard]] int region_now(std::uint32_t member) const;

  // Grades: the grading and its levels by their numbers in `names`. A grade is written once; of the
  // same level without a gap it makes the last record longer. False then.
  bool write_grade(std::uint32_t member, std::uint8_t grading, const programme::Grade& grade,
                   BusinessDate decided, std::uint16_t run = 0);
  // The grade that was written last of those from before a day, and whether it holds on it.
  [[nodiscard]] programme::BeforeRun grade_on(std::uint32_t member, std::uint8_t grading,
                                              BusinessDate on) const;
  // The one that holds then; `from`: when it was given last. Without one the lowest level, for no
  // reason.
  [[nodiscard]] programme::Grade grade_held_on(std::uint32_t member, std::uint8_t grading,
                                               BusinessDate on) const {
    const programme::BeforeRun found = grade_on(member, grading, on);
    return found.has ? found.grade : programme::Grade{};
  }
  [[nodiscard]] std::uint8_t level_on(std::uint32_t member, std::uint8_t grading,
                                      BusinessDate on) const {
    return grade_on(member, grading, on).level;
  }
  [[nodiscard]] const book::HistoryRecord& history(std::uint32_t record) const {
    return tables_.history[record];
  }

  // member_standing.cpp. PLAN of an account: one of the names, empty: none any more. Those of a
  // member's accounts that haven't ended.
  void set_plan(std::uint32_t account, std::string_view plan);
  [[nodiscard]] std::vector<std::string> plans_of(std::uint32_t member) const;

  // VIP_PROPOSE under a new id; by its number, kNone: there is none. VIP_DECIDE of an open one:
  // who it is approved for has the flag from this month on, up to and with `last`.
  void propose(const book::ProposalRecord& proposal);
  [[nodiscard]] std::uint32_t find_proposal(const TransactionId& id) const;
  [[nodiscard]] const book::ProposalRecord& proposal(std::uint32_t number) const {
    return tables_.proposals[number];
  }
  [[nodiscard]] std::size_t proposals() const { return tables_.proposals.size(); }
  // Those that wait for a checker, in the order in which they came.
  [[nodiscard]] const std::set<std::uint32_t>& open_proposals() const { return open_proposals_; }
  void approve(std::uint32_t proposal, const OfficerText& checker, Month last, BusinessDate on);
  void decline(std::uint32_t proposal, const OfficerText& checker, BusinessDate on);
  // LEGACY: from this month on. `flag`: its number in `names`.
  void give_flag(std::uint32_t member, std::uint16_t flag, Month last, BusinessDate on,
                 std::uint32_t proposal = kNone);
  // As it was given last of all that began by that day's month, whether it still holds or not; of
  // what isn't the last one of all without its proposal.
  [[nodiscard]] std::optional<book::FlagRecord> flag_on(std::uint32_t member, std::uint16_t flag,
                                                        BusinessDate on) const;
  // The last month of the flags of before, of these, that he has on that day.
  [[nodiscard]] std::optional<Month> legacy_until(std::uint32_t member,
                                                  std::span<const programme::Flag> flags,
                                                  BusinessDate on) const;
  // Has he the flag on that day, by what was given, or by the tenure of an account?
  [[nodiscard]] bool has_flag(std::uint32_t member, const programme::Flag& flag,
                              BusinessDate on) const;
  // All levels and flags that he has on a day, by the version in force on it; the one of them that
  // counts, kNoIndex: none of its order. Indexes are those of Programme::grades().
  [[nodiscard]] std::vector<programme::Held> held_on(std::uint32_t member, BusinessDate on) const;
  [[nodiscard]] std::uint16_t effective_on(std::uint32_t member, BusinessDate on) const;

  // member_book_carry.cpp. What moves with a member who leaves on that day (core/home/standing.h).
  [[nodiscard]] Standing standing_of(std::uint32_t member, BusinessDate on) const;
  // Is it of the programme that this home has?
  [[nodiscard]] bool is_of_programme(const Standing& standing) const;
  // He comes with it: what was known of him here is in it, or stays beside it. `at_home`: he was
  // opened here meanwhile. Of another programme it says nothing but that he came.
  void carry_in(std::uint32_t member, const Standing& standing, BusinessDate on, bool at_home);
  void note_moved_in(std::uint32_t member, BusinessDate on);
  // He leaves, with a standing or without one; he is back, whatever came with him.
  void note_left(std::uint32_t member, bool told);
  // ACCOUNT: the first one of a telephone takes over the months that came with the member.
  void take_over(std::uint32_t account, bool is_new, BusinessDate on);
  // Is the bill of this month, of an account that wasn't known here before he came, among those
  // that came with him? `account` kNone: nobody has named it yet.
  [[nodiscard]] bool is_of_standing(std::uint32_t account, std::uint32_t member, Month month) const;
  // The record whose sum has a bill of so many fen of such a month; kNone: there is none.
  [[nodiscard]] std::uint32_t holder_of(std::uint32_t member, Month month, std::int64_t fen) const;
  // Such a bill is corrected: the difference goes into, or comes off, the sum. `with_account`: what
  // of it are rating points that the sum doesn't give is kept with the holder, else with the
  // member.
  void correct_sum(std::uint32_t holder, Month month, std::int64_t fen, std::int64_t corrected,
                   Month now, bool with_account);

  // member_claims.cpp. What he claimed, newest first, of these benefits; a claim of a name counts
  // for the row of it that is in force.
  [[nodiscard]] std::vector<programme::Claim> claims_of(
      std::uint32_t member, std::span<const programme::Benefit> benefits, BusinessDate on) const;
  [[nodiscard]] const book::ClaimRecord& claim(std::uint32_t record) const {
    return tables_.claims[record];
  }
  // `benefit`: its number in `names`. A day's claims of one benefit stand together.
  void note_claim(std::uint32_t member, std::uint16_t benefit, const programme::Claim& claim);
  // A call of somebody with this effective grade, kNoIndex: none, that waited in this queue.
  void note_call(const programme::Queue& queue, std::uint16_t grade, bool blacklisted,
                 const programme::Call& call, BusinessDate on);
  // Of a month, by queue, then grade.
  [[nodiscard]] std::vector<book::CallsRecord> calls(Month month) const;

  [[nodiscard]] const OrderBook& orders() const { return orders_; }
  [[nodiscard]] OrderBook& orders() { return orders_; }
  [[nodiscard]] const RegisterBook& registrations() const { return registrations_; }
  [[nodiscard]] RegisterBook& registrations() { return registrations_; }
  [[nodiscard]] const RunBook& runs() const { return runs_; }
  [[nodiscard]] RunBook& runs() { return runs_; }

 private:
  using GivenKey = std::uint64_t;
  using CallsKey = std::array<std::uint16_t, 3>;  // queue, month, grade
  [[nodiscard]] static GivenKey key_of(const book::CampaignGivenRecord& record);
  [[nodiscard]] static std::uint64_t key_of(const book::FlagRecord& record) {
    return std::uint64_t{record.member} << 16U | record.flag;
  }
  [[nodiscard]] std::uint32_t find_flag(std::uint32_t member, std::uint16_t flag) const;
  void tell_runs_of_lost(std::uint32_t account);
  void tell_runs_of_lost_member(std::uint32_t member);
  void for_open_runs(const std::function<void(Run&, const RunWork&)>& tell);
  [[nodiscard]] Month first_credited(BusinessDate profile) const;
  [[nodiscard]] bool pauses(std::uint32_t account, Month month) const;
  void give(std::uint32_t account, Month month, std::vector<Given>& out);
  void enter_band(std::uint32_t account, Month month, std::vector<Given>& out);
  [[nodiscard]] std::int64_t last_points(std::uint32_t account, Month until) const;
  [[nodiscard]] std::vector<std::uint32_t> end_carried_arrears(std::uint32_t member);
  void catch_up(std::uint32_t account, const programme::MonthRange& window, BusinessDate on,
                std::vector<Given>& out);
  void forget_text(const AccountText& text);
  void append_account(std::uint32_t member, std::uint32_t number);
  void put(std::uint32_t account, Month month, std::int64_t fen);
  void advance(std::uint32_t account, Month month);
  void forget_large(std::uint32_t account, Month month);
  void update_member(std::uint32_t member);
  [[nodiscard]] std::optional<std::int64_t> ring_at(std::uint32_t account, Month month) const;
  // member_book_carry.cpp
  [[nodiscard]] StandingMonth standing_month(std::uint32_t member, Month month,
                                             bool with_carried) const;
  void put_accounts(std::uint32_t member, Standing& standing) const;
  void put_tenure(std::uint32_t member, Standing& standing, bool living) const;
  void put_grades(std::uint32_t member, Standing& standing, StandingLists& lists) const;
  void put_history(std::uint32_t member, Standing& standing, StandingLists& lists) const;
  void put_flags(std::uint32_t member, Standing& standing, StandingLists& lists) const;
  void put_claims(std::uint32_t member, Standing& standing, StandingLists& lists) const;
  [[nodiscard]] std::uint16_t award_grading() const;
  std::uint32_t add_carried(std::uint32_t member);
  void forget_month(std::uint32_t account, Month month);
  [[nodiscard]] bool is_carried_for(std::uint32_t account, std::uint32_t member) const;
  std::vector<std::uint32_t> empty_carried(std::uint32_t member);
  // What was known of him here, when a standing comes with him: it is in it; it is of a time when
  // he was elsewhere, too; it may be in it.
  enum class Known : std::uint8_t { kHeld, kBeside, kPerhaps };
  [[nodiscard]] Known known_beside(std::uint32_t member, const Standing& standing,
                                   bool at_home) const;
  [[nodiscard]] bool is_held(std::uint32_t member, const Standing& standing) const;
  [[nodiscard]] Standing whole_of(std::uint32_t member, const Standing& standing,
                                  Known known) const;
  void settle_known(std::uint32_t member, Month month, const StandingMonth& whole);
  [[nodiscard]] StandingMonth rest_of(std::uint32_t member, Month month,
                                      const StandingMonth& whole) const;
  void carry_months(std::uint32_t member, const Standing& standing, const Standing& whole);
  void carry_rating(std::uint32_t member, const Standing& whole, BusinessDate on);
  void carry_profile(std::uint32_t member, const Standing& standing, Known known);
  [[nodiscard]] std::optional<book::HistoryRecord> history_of(const Standing& standing,
                                                              const StandingHistory& record) const;
  [[nodiscard]] std::optional<std::pair<std::uint8_t, std::uint8_t>> grade_numbers(
      std::string_view grading, std::string_view level) const;
  void carry_grades(std::uint32_t member, const Standing& standing);
  void carry_flags(std::uint32_t member, const Standing& standing);
  void carry_claims(std::uint32_t member, const Standing& standing);
  void take_over_month(std::uint32_t carried, std::uint32_t account, Month month, Month came);
  // member_book_save.cpp
  void save_merges(std::uint16_t layout, const std::function<void(Bytes)>& sink) const;
  // member_book_load.cpp
  [[nodiscard]] bool adopt_versions(const ProgrammeOf& programme_of);
  [[nodiscard]] bool adopt_large();
  [[nodiscard]] static bool right_carried(const book::AccountRecord& record);
  [[nodiscard]] bool right_account(const book::AccountRecord& record, std::uint32_t number) const;
  [[nodiscard]] bool right_ring(const book::AccountRecord& record, std::uint32_t number,
                                std::size_t& large) const;
  [[nodiscard]] bool adopt_accounts();
  [[nodiscard]] bool adopt_members();
  [[nodiscard]] bool right_member(const book::ProgrammeMember& record) const;
  [[nodiscard]] bool reach_accounts(std::uint32_t member, std::size_t& reached) const;
  [[nodiscard]] bool reach_other(std::uint32_t member, std::vector<bool>& reached) const;
  [[nodiscard]] bool reach_history(std::uint32_t member, std::vector<bool>& reached) const;
  [[nodiscard]] static bool right_brand(const book::HistoryRecord& record);
  [[nodiscard]] bool right_flag_history(const book::HistoryRecord& record) const;
  [[nodiscard]] bool right_history(const book::HistoryRecord& record) const;
  [[nodiscard]] bool reach_claims(std::uint32_t member, std::vector<bool>& reached) const;
  [[nodiscard]] bool adopt_flags();
  [[nodiscard]] bool adopt_calls();
  [[nodiscard]] bool adopt_proposals();
  [[nodiscard]] bool adopt_campaigns();
  [[nodiscard]] bool adopt_suspensions();
  [[nodiscard]] bool adopt_taken_before();
  [[nodiscard]] bool adopt_taken_back();
  void pass_taken_back(std::uint32_t from, std::uint32_t into, Month month);
  [[nodiscard]] bool adopt_merges(std::size_t lots);

  Tables tables_;  // but for those that lie below in another form
  ProgrammeBook programmes_;
  ProgrammeNames names_;
  OrderBook orders_;
  RegisterBook registrations_;
  RunBook runs_;
  MergeBook merges_;
  FlatIndex account_by_text_;
  std::map<std::pair<std::uint32_t, std::uint16_t>, std::int64_t> large_;  // by account, month
  std::map<std::pair<std::uint32_t, std::uint16_t>, std::uint16_t> suspensions_;  // likewise
  std::map<std::pair<std::uint32_t, std::uint16_t>, std::int64_t> taken_back_;    // likewise; not 0
  int taken_back_until_{0};   // Older ones have gone.
  FlatIndex campaign_given_;  // by key_of
  std::map<CallsKey, book::CallsRecord> calls_;
  FlatIndex flag_by_member_;  // by member and flag
  FlatIndex proposal_by_id_;
  std::set<std::uint32_t> open_proposals_;
  // By member: what was taken on the earlier one of two open days.
  std::map<std::uint32_t, std::pair<BusinessDate, std::uint64_t>> taken_before_;
};

}  // namespace ph
