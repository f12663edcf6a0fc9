// A home's state machine: a province's members, their lots, holds and debts. It takes day files in
// their order, and live events one by one, and gives, for each day, what the province's batch says
// and which rows came back (docs/events.md, section 2). Deterministic: the same files and events,
// in the same order, give the same batches. One thread owns a Home.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/batch/item.h"
#include "core/home/answers.h"
#include "core/home/day.h"
#include "core/home/day_result.h"
#include "core/home/live.h"
#include "core/home/lot_places.h"
#include "core/home/lot_sieve.h"
#include "core/home/member_book.h"
#include "core/home/member_columns.h"
#include "core/home/records.h"
#include "core/home/return_code.h"
#include "core/home/run_work.h"
#include "core/lots/lot_book.h"
#include "core/rules/expiry.h"
#include "core/types/flat_index.h"

namespace ph {

// What a member has here. `available` is what a redemption of that day may take: free points of
// lots that are neither expired nor in transit, less debts; 0 when debts are more.
struct Balance {
  MemberState state{};
  std::int64_t points{};  // all that is left in the lots
  std::int64_t available{};
  std::int64_t held{};
  std::int64_t debts{};

  friend bool operator==(const Balance&, const Balance&) = default;
};

using PartnerCodes = std::map<Participant, std::string>;

class Home {
 public:
  explicit Home(Participant province) : province_(province) {}

  // When points expire that are made from here on: the rule book's word, set with each one that is
  // taken and after a load, as it isn't saved with the home.
  void use_expiry(ExpiryRules rules) { expiry_ = std::move(rules); }
  // What partners are called in a programme: the rule book's word, set with each one that is taken
  // and after a load, as it isn't saved with the home.
  void use_codes(PartnerCodes codes) { codes_ = std::move(codes); }
  // The last day that was open: set after a load between days, as it isn't saved with the home.
  void use_last_day(BusinessDate day) { day_ = open_ ? day_ : day; }

  // What runs read at the node: set once, and after a load.
  void use_node(NodeSources node) { node_ = std::move(node); }

  // Before the first day. Amounts were checked by the reader.
  void open(const Opening& opening);
  // The same, row by row.
  void open_member(Member member);
  void open_lot(const OpeningLot& row);
  void open_debt(const OpeningDebt& row);

  // A day in slices: it is opened, its file comes, its rows are carried out, it ends. Files in the
  // order of their sequence; a file lives until the day's end.
  void open_day(BusinessDate date, std::uint32_t sequence);
  void bring_file(const DayFile& file);
  // Both at once.
  void begin_day(const DayFile& file);
  // Carries out at most `count` further rows: true while something remains. A slice's work is
  // bounded by `count`: the expiry run and what was put off before the first row, and the end of
  // holds after the last, count as rows. Until the file is there, what comes before its rows.
  [[nodiscard]] bool take_rows(std::size_t count);
  // When nothing remains.
  [[nodiscard]] DayResult end_day();
  // All at once.
  [[nodiscard]] DayResult take(const DayFile& file);

  // A version of the province's programme comes into force with its day, between files. The first
  // one makes the member book: without it a home is as it was before there were programmes. Code,
  // version, day and names follow those that are here.
  void take_programme(const Digest& blob, std::shared_ptr<const Programme> programme);
  // nullptr: no programme was taken.
  [[nodiscard]] const MemberBook* book() const { return book_ ? &*book_ : nullptr; }
  // kNone of FlatIndex: never at home here. For questions to the book.
  [[nodiscard]] std::uint32_t number_of(Member member) const { return find_account(member); }
  [[nodiscard]] Member member_at(std::uint32_t number) const { return accounts_[number].member; }

  // Runs over all members (core/home/run_work.h). Why one can't begin today, and what now; empty:
  // it can. What the operator has to know before; empty: nothing.
  [[nodiscard]] std::string run_refusal(const RunKey& key) const;
  [[nodiscard]] std::string run_warning(const RunKey& key) const;
  // It can. `by_account` false: a MONTHLY by PRODUCT keeps a level a member, as it began before.
  void begin_run(const RunKey& key, BusinessDate on, bool by_account = true);
  // Those that begin by themselves behind the opening of this day, in order, and haven't begun; and
  // the first of them that can.
  [[nodiscard]] std::vector<RunKey> due_runs(BusinessDate day) const;
  [[nodiscard]] std::optional<RunKey> due_run(BusinessDate day) const;
  // core/home/run_work.h
  [[nodiscard]] std::optional<BusinessDate> missing_notice(BusinessDate first,
                                                           BusinessDate on) const;
  // A run counts, or posts on the open day: its next steps come before any row.
  [[nodiscard]] const Run* run_under_way() const;
  // It posts once the day's opening is over.
  [[nodiscard]] bool run_waits_for_opening() const;
  // At most `count` steps of the run that is under way.
  void take_run_steps(std::uint32_t count);
  // Of one that was counted, or waits; of any that isn't published.
  void publish_run(std::uint32_t number);
  void drop_run(std::uint32_t number);
  // The clearing's thresholds, of a run that waits for them: it grades by them. False: they aren't
  // those of its grading, it doesn't wait, or another run is under way.
  [[nodiscard]] bool take_thresholds(std::uint32_t number,
                                     const std::vector<FoundThreshold>& found);
  // The lines of its file; of one that was counted.
  void visit_run_lines(std::uint32_t number,
                       const std::function<void(const RunLine&)>& visit) const;

  // An event of the open day, or of the day after, which is decided now and posted when that day
  // opens (decision 13). Times that it is given ascend but for steps of a clock.
  LiveAnswer take_live(const LiveCommand& command, BusinessTime at);
  // The answer, if the event changes nothing: a repeat, one that comes too early or too late, one
  // that can't be.
  [[nodiscard]] std::optional<LiveAnswer> known_answer(const LiveCommand& command,
                                                       BusinessTime at) const;
  // A row of a member that comes live: decided with the day that is open, and answered again as
  // events are.
  LiveAnswer take_member(const MemberRequest& request, BusinessTime at);
  [[nodiscard]] std::optional<LiveAnswer> known_answer(const MemberRequest& request,
                                                       BusinessTime at) const;
  // The first answer under a live event's id; nullopt: it wasn't decided here, or so long ago that
  // the id can't come any more.
  [[nodiscard]] std::optional<LiveAnswer> first_answer(const EntryKey& key) const {
    const AnswerRecord* first = answers_.find(key);
    return first == nullptr ? std::nullopt : std::optional(answers_.answer_of(*first));
  }
  // Moves between running homes (decision 18). What left with a MOVE_OUT that was done, as it was
  // answered: the new home's MOVE_IN.
  [[nodiscard]] std::vector<ChildRow> moved_slices(Member member, const LiveAnswer& answer) const;
  // Would no lot of a live MOVE_IN come above its original, and can its standing be read?
  [[nodiscard]] bool can_take_in(const LiveCommand& command) const;
  [[nodiscard]] std::optional<MemberState> state_of(Member member) const;
  // He has come from another home once, which may know what he refunds here, or have refunded some
  // of it.
  [[nodiscard]] bool has_moved_in(Member member) const {
    return moved_in_.contains(find_account(member));
  }
  // Something was carried out under this id, live or by file; or refused live.
  [[nodiscard]] bool knows(const EntryKey& key) const {
    return answers_.find(key) != nullptr || find_entry(key.class_, key.id) != FlatIndex::kNone;
  }
  // Of a refund's parent, for the home that decides: what is left of its slices, in the order in
  // which they were taken, if this home knows it; else what this home has given back of it, below
  // zero.
  [[nodiscard]] std::vector<ChildRow> left_of(const TransactionId& parent, Member member) const;
  // It is known here, as a gift or exchange, and this is less than the whole.
  [[nodiscard]] bool is_less_than_whole(const TransactionId& parent, Member member,
                                        std::int64_t points) const;

  // Live holds whose end has come are released; before rows of a file that are posted at `at`.
  void end_live_holds(BusinessTime at);
  // An event is decided that is posted when this day opens: no other day may be opened before.
  [[nodiscard]] std::optional<BusinessDate> put_off_day() const;
  [[nodiscard]] std::optional<BusinessDate> open_date() const {
    return open_ ? std::optional(day_) : std::nullopt;
  }
  // The expiry run is over and what was put off is posted.
  [[nodiscard]] bool opening_is_over() const;

  // Rows of the open day that were sent back so far.
  [[nodiscard]] const std::vector<ReturnedRow>& returned() const { return result_.returned; }
  // Between slices too. nullopt: the member was never at home here.
  [[nodiscard]] std::optional<Balance> balance(Member member, BusinessDate on) const;
  // In taking order, the empty ones too.
  [[nodiscard]] std::vector<Lot> lots(Member member) const;

  [[nodiscard]] Participant province() const { return province_; }
  // Of the last day opened; 0 before the first.
  [[nodiscard]] std::uint32_t last_sequence() const {
    return files_.empty() ? 0 : files_.back().sequence;
  }

  // Between days, or of an open day whose file hasn't come, once its opening is over: hands the
  // state to the sink, in parts. The same state gives the same bytes. HomeLoader
  // (core/home/loader.h) reads them.
  void save(const std::function<void(Bytes)>& sink) const;

 private:
  friend class HomeLoader;
  friend class RunScene;
  using State = MemberState;
  using Class = EntryClass;
  using Parts = std::vector<std::pair<std::uint32_t, std::int64_t>>;  // node of a lot, points
  // An open hold. Slices: points still held, in taking order.
  struct Hold {
    BusinessDate expires{};
    EntryId authorisation{};
    Parts slices{};
    BusinessTime ends{};  // of a live one; 0: 24:00 of `expires`
  };
  // An event that is decided and not posted. Slices: what it has set aside (-), or gives back (+).
  struct PutOff {
    Item item{};
    std::uint32_t entry{};
    std::vector<Slice> slices{};
  };
  // What events that are put off will change a lot's points by: in the end, and at most on the way.
  // `original`: as the first of them has it, in case it's a lot that isn't here yet.
  struct Ahead {
    std::int64_t net{};
    std::int64_t peak{};
    std::int64_t original{};
  };
  using Outcome = ReturnCode;
  static constexpr Outcome kDone{};
  using LotPoints = std::vector<std::pair<Lot, std::int64_t>>;
  // A lot, and the account in whose list it hangs.
  struct Placed {
    std::uint32_t holder{};
    std::uint32_t node{};
  };
  static constexpr std::uint32_t kNoAccount = FlatIndex::kNone;

  // home.cpp: dispatch, accounts, ids
  [[nodiscard]] Outcome take_row(const DayRow& row);
  [[nodiscard]] Outcome check_id(const DayRow& row, Class class_) const;
  [[nodiscard]] std::uint32_t find_account(Member member) const;
  [[nodiscard]] Outcome may_earn(Member member, bool asked = false) const;
  [[nodiscard]] std::uint32_t account_for_earning(Member member);
  std::uint32_t account_for_opening(Member member);
  std::uint32_t new_account(Member member, State state);
  [[nodiscard]] Outcome state_of(std::uint32_t account, bool closed_is_fine) const;
  [[nodiscard]] Outcome own_state_of(std::uint32_t account, bool closed_is_fine) const;
  [[nodiscard]] std::uint32_t find_entry(Class class_, const TransactionId& id) const;
  std::uint32_t add_entry(const DayRow& row, Class class_, std::uint32_t account);
  [[nodiscard]] bool own_id(const DayRow& row) const;
  [[nodiscard]] TransactionId id_of(const EntryRecord& entry) const;
  [[nodiscard]] EntryKey key_of(const EntryRecord& entry) const;
  [[nodiscard]] static std::uint32_t account_of(const EntryRecord& entry);
  [[nodiscard]] Member member_of(const EntryRecord& entry) const;
  [[nodiscard]] std::string_view code_of(Participant partner) const;
  [[nodiscard]] std::uint32_t find_cited(std::uint32_t sequence, std::uint32_t serial) const;
  void cite(std::uint32_t serial, std::uint32_t entry);
  std::uint32_t make_entry(const DayRow& row, Class class_, std::uint32_t account);
  [[nodiscard]] static Item item_of(const DayRow& row, Kind kind, Member member);
  Item& add_item(const Item& item);
  void add_slice(const Slice& slice);
  void add_movement(std::uint32_t entry, Kind kind, Member member, const Slice& slice);
  [[nodiscard]] static Slice slice_of(const Lot& lot, Account account, std::int64_t delta);
  [[nodiscard]] static Slice debt_slice(Participant issuer, Account account, std::int64_t delta);
  [[nodiscard]] static bool usable(const Lot& lot, BusinessDate on);
  std::uint32_t next_generated();

  // home_day.cpp: the day's frame
  void scan_expiry(std::uint32_t account);
  void expire_account(std::uint32_t account);
  [[nodiscard]] std::size_t run_expiry(std::size_t count);
  void end_holds(std::size_t count);
  [[nodiscard]] bool rows_remain() const;
  [[nodiscard]] bool remains() const;
  void fetch_ahead() const;

  // home_live.cpp: what comes one by one, and what is put off
  [[nodiscard]] LiveAnswer decide(const DayRow& row);
  [[nodiscard]] std::uint32_t account_about(const DayRow& row) const;
  void tell(LotId lot, std::int64_t points);
  void tell_parts(const Parts& parts);
  void put_off(const Item& item, std::uint32_t entry, std::vector<Slice> slices);
  void post_put_off(const PutOff& event);
  [[nodiscard]] std::size_t post_all_put_off(std::size_t count);
  [[nodiscard]] const PutOff* put_off_of(std::uint32_t entry) const;
  [[nodiscard]] bool not_posted(std::uint32_t entry) const;
  [[nodiscard]] bool has_put_off(std::uint32_t account) const;
  [[nodiscard]] bool fits(const Lot& lot, std::int64_t points) const;
  void count_put_off(const PutOff& event);
  void save_live(const std::function<void(Bytes)>& sink) const;

  // home_moved.cpp: what comes of moves between running homes
  [[nodiscard]] bool can_be_told(const MemberRecord& holder) const;
  [[nodiscard]] const EntryRecord* parent_of(const TransactionId& parent, Member member) const;
  void take_off(const DayRow& row, bool known, LotPoints& slices) const;
  void note_restored(const TransactionId& parent, const LotPoints& restored);
  void forfeit_moved_in(std::uint32_t account);

  // home_lots.cpp: points in and out of lots
  [[nodiscard]] std::int64_t free_points(const MemberRecord& account, BusinessDate on) const;
  [[nodiscard]] std::int64_t debts_of(const MemberRecord& account) const;
  [[nodiscard]] std::int64_t available(const MemberRecord& account) const;
  [[nodiscard]] Parts plan(const MemberRecord& account, std::int64_t points) const;
  std::uint32_t insert_lot(LotBook::List& list, const Lot& lot,
                           std::uint32_t device = MemberBook::kNone);
  std::uint32_t make_lot(MemberRecord& account, LotId id, Source source, std::uint8_t rating,
                         Month earned, std::int64_t points,
                         std::uint32_t device = MemberBook::kNone);
  // The slices that repay a debt from a new lot: none, or lot - and debt +.
  [[nodiscard]] std::vector<Slice> repay(MemberRecord& account, std::uint32_t node);
  [[nodiscard]] std::vector<Slice> take_back(MemberRecord& account, LotId own, Participant issuer,
                                             std::int64_t points);
  void forfeit_all(std::uint32_t account, std::uint32_t entry, bool write_off);
  void forfeit_restored(std::uint32_t account, const Parts& in);
  [[nodiscard]] bool has_holds(const MemberRecord& account) const;
  void release(std::uint32_t entry);
  void note_expiry(MemberRecord& account, BusinessDate expires_on);

  // home_earn.cpp
  [[nodiscard]] Outcome bill(const DayRow& row);
  [[nodiscard]] Outcome rebill(const DayRow& row);
  [[nodiscard]] Outcome earn(const DayRow& row);
  [[nodiscard]] Outcome unearn(const DayRow& row);
  [[nodiscard]] Outcome issue(const DayRow& row);
  [[nodiscard]] Outcome unissue(const DayRow& row);
  void earn_lot(std::uint32_t account, std::uint32_t entry, const MemberBook::Given& given);
  void earn_lot(std::uint32_t account, const DayRow& row, Source source, std::uint8_t rating,
                std::int64_t points);
  void unearn_points(std::uint32_t account, const DayRow& row, std::int64_t points);
  void make_issued(std::uint32_t account, const Item& item, std::uint8_t rating = 0);
  void take_back_issued(std::uint32_t account, const Item& item, LotId lot);
  [[nodiscard]] bool is_next(BusinessDate date) const;
  // home_member.cpp: with a programme. `device`: the book's number of a member's account
  void activate(Month now);
  [[nodiscard]] bool enrols_by_itself() const;
  [[nodiscard]] BillRecord* bill_before(const BillKey& key);
  [[nodiscard]] bool is_too_old(const AccountText& text, std::uint32_t device, Month month);
  [[nodiscard]] std::uint32_t own_device(const AccountText& text, std::uint32_t account) const;
  [[nodiscard]] std::uint32_t device_of(const AccountText& text, std::uint32_t account);
  [[nodiscard]] Outcome may_earn(const DayRow& row, std::uint32_t device, Month month) const;
  [[nodiscard]] std::optional<std::int64_t> billed(const AccountText& text, std::uint32_t device,
                                                   Month month);
  [[nodiscard]] bool has_begun(Month month) const;
  [[nodiscard]] Outcome may_bill(const DayRow& row, const AccountText& text, std::uint32_t device,
                                 Month month);
  [[nodiscard]] Outcome bill_account(const DayRow& row, const AccountText& text, Month month,
                                     std::int64_t fen);
  [[nodiscard]] Outcome rebill_account(const DayRow& row);
  void correct_bill(const DayRow& row, std::uint32_t account, bool gives);
  Outcome correct_sum(const DayRow& row, std::uint32_t holder, bool gives);
  void give_difference(const DayRow& row, std::uint32_t account,
                       const std::vector<MemberBook::Given>& parts);
  [[nodiscard]] Outcome take_member_row(const DayRow& row);
  [[nodiscard]] Outcome take_member_row(const DayRow& row, const MemberRow& says,
                                        std::span<const SheetInputRow> inputs);
  [[nodiscard]] Outcome carry_out(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Fingerprint content_of_row(const DayRow& row) const;
  [[nodiscard]] Outcome describe_account(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome end_account(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome complete_profile(const DayRow& row);
  [[nodiscard]] Outcome spent(const DayRow& row, const MemberRow& says);
  // home_sources.cpp. `named`: the entry of the bill's own lot, 0: none
  void earn_all(std::uint32_t account, const std::vector<MemberBook::Given>& all,
                std::uint32_t named);
  void note_made(std::span<const MemberBook::Given> all);
  // Not those of a journal of before.
  [[nodiscard]] bool by_rules_of_today() const {
    return file_ == nullptr || file_->rules >= DayFile::kRulesOfToday;
  }
  [[nodiscard]] Outcome own_account(const DayRow& row, const AccountText& text, Month month,
                                    std::uint32_t& device) const;
  [[nodiscard]] Outcome bill_split(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome sp_spend(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome partner_spend(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome fixed_in(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome event(const DayRow& row, const MemberRow& says);
  // home_limits.cpp
  [[nodiscard]] Outcome may_redeem(const DayRow& row, std::uint32_t account) const;
  [[nodiscard]] std::int64_t earned_by(std::uint32_t account) const;
  [[nodiscard]] std::optional<BusinessDate> taken_day(std::uint32_t entry) const;
  void count_taken(std::uint32_t account, std::int64_t points);
  void count_given_back(std::uint32_t entry, std::int64_t points);
  void count_released(std::uint32_t entry, const Hold& hold, BusinessDate on);
  [[nodiscard]] Outcome known_account(const DayRow& row, const AccountText& text,
                                      std::uint32_t& device) const;
  [[nodiscard]] Outcome arrears(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome blacklist(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome brand(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome owner(const DayRow& row, const MemberRow& says);
  void release_of(std::uint32_t account, std::uint32_t device);
  // home_standing.cpp. Of a row of a version that is in force on `date_`
  [[nodiscard]] const programme::Rows& rules() const;
  void plans_changed(std::uint32_t account);
  [[nodiscard]] std::uint32_t member_about(const DayRow& row, const MemberRow& says) const;
  [[nodiscard]] Outcome change_plan(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome known_flag(std::string_view name, programme::FlagBy by) const;
  [[nodiscard]] Outcome propose_vip(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome decide_vip(const MemberRow& says);
  [[nodiscard]] Outcome legacy(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome sheet(const DayRow& row, const MemberRow& says);
  // home_service.cpp
  [[nodiscard]] Outcome claim(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome call(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome register_month(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome register_end(const MemberRow& says);
  // home_merge.cpp: numbers of one customer
  [[nodiscard]] Outcome merge(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome unmerge(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome may_pass(std::uint32_t from, std::uint32_t into) const;
  [[nodiscard]] Outcome refund_state_of(std::uint32_t account) const;
  [[nodiscard]] bool orders_anything(std::uint32_t account) const;
  [[nodiscard]] std::vector<book::MergePart> lots_brought(std::uint32_t from) const;
  void pass_lots(std::uint32_t entry, std::uint32_t from, std::uint32_t into, std::uint32_t device);
  void pass_lots_back(std::uint32_t entry, std::uint32_t from, std::uint32_t into,
                      std::span<const book::MergePart> parts);
  void pass_debts(std::uint32_t entry, std::uint32_t from, std::uint32_t into);
  void pass_debt(std::uint32_t entry, std::uint32_t from, std::uint32_t into, Participant issuer,
                 std::int64_t points);
  void note_taken_back(std::uint32_t owner, const Placed& at, std::int64_t points);
  void credit_passed(std::span<const std::uint32_t> devices, std::uint32_t from,
                     std::uint32_t into);
  [[nodiscard]] std::vector<Slice> take_back_formerly(std::uint32_t account, std::uint32_t owner,
                                                      LotId id, std::int64_t points);
  void reassign(std::uint32_t entry, std::uint32_t node, std::uint32_t from, std::uint32_t into);
  void note_levels(book::MergeRecord& merge) const;
  void take_higher(const book::MergeRecord& merge);
  void take_lower(const book::MergeRecord& merge);
  void write_merged(std::uint32_t account, std::uint8_t grading, std::uint8_t level,
                    const programme::Grade& of);
  [[nodiscard]] Placed find_lot(std::uint32_t account, LotId lot) const;
  [[nodiscard]] Placed find_own(std::uint32_t account, LotId lot) const;
  [[nodiscard]] std::uint32_t giver_of(std::uint32_t owner, const Placed& at) const;
  [[nodiscard]] std::uint32_t owner_of(const Placed& lot) const;
  [[nodiscard]] bool is_with_moved(std::uint32_t account, LotId lot) const;
  [[nodiscard]] bool took_from_moved(const EntryRecord& entry) const;
  // home_places.cpp
  [[nodiscard]] bool may_share_lots(std::uint32_t account) const;
  void note_place(std::uint32_t account, LotId lot);
  void note_places(std::uint32_t account);
  void note_all_places();
  [[nodiscard]] Placed find_anywhere(std::uint32_t account, LotId lot) const;
  [[nodiscard]] bool names_stranger(std::uint32_t account, const std::vector<ChildRow>& children,
                                    std::size_t first, std::size_t count) const;
  [[nodiscard]] bool comes_to_stranger(std::uint32_t account, LotId lot) const;
  [[nodiscard]] Outcome fault_of_brought(const std::vector<ChildRow>& children, std::size_t first,
                                         std::size_t count, std::uint32_t account) const;
  void say_passed(std::uint32_t entry, std::uint32_t node, std::uint32_t from, std::uint32_t into);
  void say_named(const Placed& at, std::uint32_t account);
  [[nodiscard]] bool is_far(const Placed& at, std::uint32_t account, LotId lot) const;
  [[nodiscard]] std::uint32_t taker_of(const Placed& at, std::uint32_t account, bool far) const;
  Placed follow(const Placed& at, std::uint32_t owner, bool far);
  void bring_in(const ChildRow& child, std::uint32_t account);
  [[nodiscard]] Placed restore_slice(std::uint32_t account, const Lot& lot, std::int64_t points,
                                     bool elsewhere);
  // home_orders.cpp
  [[nodiscard]] const programme::CatalogueItem* item_in_force(std::string_view name) const;
  [[nodiscard]] const programme::OrderRule& order_rule() const;
  [[nodiscard]] bool has_time_left(const DayRow& row, const programme::CatalogueItem& item) const;
  [[nodiscard]] Outcome may_order(const DayRow& row, const MemberRow& says,
                                  std::uint32_t account) const;
  [[nodiscard]] Outcome order(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome deliver(std::uint32_t number, const DayRow& row);
  void fail_order(std::uint32_t number);
  [[nodiscard]] Outcome give_back_order(std::uint32_t number, const DayRow& row);
  [[nodiscard]] Outcome order_state(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome stock(const MemberRow& says);
  [[nodiscard]] Outcome complaint(const DayRow& row, const MemberRow& says);
  [[nodiscard]] Outcome complaint_end(const DayRow& row, const MemberRow& says);
  [[nodiscard]] std::uint32_t account_of_row(const DayRow& row, const MemberRow& says) const;
  [[nodiscard]] bool has_overdue_orders() const;
  [[nodiscard]] bool opening_but_orders_is_over() const;
  [[nodiscard]] std::size_t fail_overdue_orders(std::size_t count);
  // home_grades.cpp
  struct Graded {
    std::uint32_t account{};
    const programme::Grading* grading{};
    std::uint8_t number{};
    std::uint8_t level{};
  };
  [[nodiscard]] Result<Graded, Outcome> graded_by(const DayRow& row, const MemberRow& says) const;
  void write_grade(std::uint32_t account, std::uint8_t grading, const programme::Grade& grade,
                   std::uint32_t run);
  [[nodiscard]] Outcome give_grade(const DayRow& row, const MemberRow& says);
  [[nodiscard]] std::optional<programme::MonthRange> window_of(std::uint32_t account,
                                                               const programme::Grading& grading,
                                                               Month from) const;
  [[nodiscard]] Outcome apply(const DayRow& row, const MemberRow& says);
  // home_run.cpp
  [[nodiscard]] RunScene scene() const;
  void end_counting(Run& run, const RunWork& work);
  void begin_grading(Run& run, const RunWork& work);
  void begin_posting(Run& run, const RunWork& work);
  // home_redeem.cpp
  [[nodiscard]] Outcome may_take(const DayRow& row, Class class_, std::uint32_t account) const;
  [[nodiscard]] Outcome redeem(const DayRow& row);
  [[nodiscard]] Outcome hold(const DayRow& row);
  [[nodiscard]] Outcome capture(const DayRow& row);
  void open_hold(std::uint32_t entry, std::int64_t points, Hold held);
  void capture_hold(Item item, std::uint32_t entry, std::uint32_t held, bool final);
  [[nodiscard]] Outcome void_hold(const DayRow& row);
  [[nodiscard]] Outcome refund(const DayRow& row);
  [[nodiscard]] Outcome delivery(const DayRow& row);
  [[nodiscard]] Outcome correct_delivery(const DayRow& row, Class class_);
  [[nodiscard]] Outcome withdraw(const DayRow& row);
  [[nodiscard]] bool fits_back(const EntryRecord& entry) const;
  [[nodiscard]] std::size_t taken_count(const EntryRecord& entry) const;
  [[nodiscard]] LotPoints refundable(const DayRow& row, std::uint32_t parent) const;
  [[nodiscard]] Outcome restorable(const DayRow& row, std::uint32_t account, std::uint32_t parent,
                                   LotPoints& restored) const;
  [[nodiscard]] std::uint32_t find_parent(const TransactionId& id) const;
  [[nodiscard]] bool is_of_order(std::uint32_t entry) const;
  void lower_parent(std::uint32_t parent, const LotPoints& restored);
  void take(const Item& item, std::uint32_t entry, const Parts& parts, bool held);
  void take_parts(const Item& item, const Parts& parts, bool held);
  void note_taken(std::uint32_t entry, const Parts& parts);
  void put_back(std::uint32_t account, const LotPoints& slices, bool elsewhere);
  void give_back(const Item& item, std::uint32_t entry, std::uint32_t account,
                 const LotPoints& restored);
  [[nodiscard]] Outcome hold_fault(std::uint32_t held) const;
  [[nodiscard]] std::uint32_t find_hold(const TransactionId& id) const;
  // home_move.cpp
  [[nodiscard]] Outcome move_out(const DayRow& row);
  [[nodiscard]] Outcome move_in(const DayRow& row);
  void add_move_item(const DayRow& row, Kind kind);
  [[nodiscard]] Bytes standing_below(const DayRow& row) const;
  void carry_in(std::uint32_t account, const Standing& standing, bool at_home);
  [[nodiscard]] Outcome confirm(const DayRow& row);
  void end_transit(MemberRecord& account);
  void release_all(std::uint32_t account);
  [[nodiscard]] Outcome leave(const DayRow& row, bool closes);

  Participant province_;
  ExpiryRules expiry_;
  PartnerCodes codes_;
  NodeSources node_;
  LotBook lots_;
  Chunks<MemberRecord> accounts_;
  FlatIndex account_by_member_;
  Chunks<EntryRecord> entries_;
  FlatIndex entry_by_key_;
  Chunks<GivenRecord> given_;
  Chunks<TakenRecord> taken_;
  Chunks<CitedRecord> cited_;
  Chunks<FileRecord> files_;
  Chunks<BillRecord> bills_;
  FlatIndex bill_by_key_;
  std::map<std::pair<Member, Participant>, std::int64_t> debts_;   // > 0
  std::map<std::uint32_t, Hold> holds_;                            // open ones, by entry
  std::set<std::pair<BusinessDate, std::uint32_t>> holds_ending_;  // those of files, by their end
  std::set<std::pair<BusinessTime, std::uint32_t>> live_ending_;   // live ones
  BusinessDate first_expiry_{BusinessDate::kCount};  // no lot with points expires before
  std::optional<MemberBook> book_;                   // from the first programme on

  // Of live events. `live_`: there was one, or a day was opened without its file.
  bool live_{false};
  AnswerBook answers_;
  Chunks<FileRecord> live_days_;
  Chunks<CitedRecord> live_cited_;
  std::vector<PutOff> put_off_;  // by serial, and by entry
  std::size_t next_put_off_{0};
  BusinessDate put_off_day_{};                            // when they are posted
  std::map<std::uint32_t, std::uint32_t> put_off_count_;  // > 0, by account
  std::map<LotId, Ahead> ahead_;                          // of lots that they change
  std::set<std::uint32_t> moved_in_;  // accounts that an entry of that kind is of
  LotPlaces places_;                  // with a programme
  mutable LotSieve sieve_;            // likewise; what it says depends on the lots alone
  // What live refunds have given back of parents that another home knows, of each lot; > 0.
  std::map<std::pair<TransactionId, LotId>, std::int64_t> restored_;
  std::uint32_t live_today_{kLiveFrom};     // next serial of the open day
  std::uint32_t live_tomorrow_{kLiveFrom};  // and of the one after

  // Of the row or event at hand. Its day is the open one, or the one after if it is put off.
  BusinessDate date_{};
  const std::vector<ChildRow>* children_{nullptr};
  const MemberRow* says_{nullptr};  // of a member's row, with its inputs
  std::span<const SheetInputRow> inputs_{};
  BusinessTime asked_at_{};  // of a member's row that came live
  bool putting_off_{false};
  LiveAnswer* telling_{nullptr};  // of a live one: what becomes of it
  const LiveCommand* live_row_{nullptr};
  BusinessTime hold_ends_{};

  // Of the day that is open.
  struct Due {
    Member member{};
    std::uint32_t account{};
    friend bool operator>(const Due& a, const Due& b) { return a.member > b.member; }
  };
  bool open_{false};
  BusinessDate day_{};
  const DayFile* file_{nullptr};
  DayResult result_;
  std::uint32_t first_entry_{0};              // of those that are decided for it
  std::vector<std::uint32_t> earlier_today_;  // ascending: those that were decided before it opened
  std::uint32_t scanned_{0};                  // accounts that the expiry run has looked at
  std::uint32_t to_scan_{0};
  bool overdue_orders_{false};
  std::vector<Due> due_;  // a heap, lowest member first: their points expire today
  std::size_t next_row_{0};
  std::uint32_t generated_{kGeneratedFrom};
};

}  // namespace ph
