// A province's state as its journal makes it: rule book, members, the days posted and sealed, the
// clearing's receipts and advices. A deterministic state machine: the same commands and blobs give
// the same state. It decides nothing about whether a command may come; node/node.h does. One thread
// owns it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/rules/rulebook.h"
#include "core/types/bytes.h"
#include "node/commands.h"
#include "node/counter.h"
#include "node/day_poster.h"
#include "platform/journal/recover.h"

namespace ph {

// A day whose batch is sealed.
struct SealedDay {
  std::uint32_t sequence{};
  BusinessDate date{};
  bool empty{};  // sealed without a file
  Digest file{};
  Digest batch{};
  Digest blob{};
  std::uint64_t size{};
  std::uint64_t rows{};
  std::uint64_t returned{};
  std::optional<wire::Receipt> receipt{};
};

// A day whose file was accepted and whose rows are being posted; or one that was opened for live
// events, and whose file is still to come.
struct OpenDay {
  DayTaken taken{};  // without its file: sequence and date alone
  DayFile file{};
  bool live{false};  // it was opened without its file
  bool has_file{false};
  bool begun{false};
  bool posted{false};  // all of the file
};

// What a seal is made of, before it is journaled.
struct SealProposal {
  OwnedBatch batch;
  std::vector<ReturnedRow> returned{};
};

class Province {
 public:
  // `code`: the province's own; its number is the rule book's.
  Province(std::string code, BlobStore& blobs);
  // While it is empty: later its home asks it for sealed batches.
  Province(Province&&) = default;
  Province& operator=(Province&&) = default;

  // Carries a command out. Throws Damaged when it cites a blob that isn't there, or can't be one of
  // this state's.
  void apply(const JournalCommand& command);
  // As apply of a kDay, with the file that was just read.
  void open_day(const DayTaken& taken, DayFile file);
  // As apply of a kSlice.
  void post(const SlicePosted& slice, BusinessTime at);
  // As apply of a kOpen.
  void open_live(const DayOpened& opened);
  // As apply of a kLive. The opening file was taken.
  LiveAnswer take_live(const LiveCommand& command, BusinessTime at);
  // As apply of a kMember. There is a programme.
  LiveAnswer take_member(const MemberRequest& request, BusinessTime at);
  // As apply of a kAsking, and of a kAnswered or kMoved. The intent is new; the answer is to one
  // that is pending.
  void take_intent(const Intent& intent, BusinessTime at);
  void take_answer(const Answer& answer, BusinessTime at);
  // A run that may begin, as its command says it.
  [[nodiscard]] RunBegun run_to_begin(const RunKey& key) const;
  // As apply of the commands of runs (node/province_run.cpp).
  void begin_run(const RunBegun& begun, BusinessTime at);
  void take_run_steps(const RunStepped& slice);
  void publish_run(const RunPublished& published);
  void drop_run(const RunDropped& dropped);
  // The open day's opening is over, and none of its rows is being posted.
  [[nodiscard]] bool is_opened() const;
  // A run that begins by itself now; nullopt: none. Or that will behind the open day's opening.
  [[nodiscard]] std::optional<RunKey> due_run() const;
  [[nodiscard]] bool run_waits_for_opening() const;
  void take_thresholds(const ThresholdsTaken& taken);
  // Of a run that waits for the clearing, its scores as they are sent: the same whenever they are
  // asked for. Empty: more different scores than can be sent.
  struct Rating {
    std::string grading{};
    Month month{};
    Digest programme{};
    std::uint32_t revision{};
    std::vector<std::byte> bytes{};
  };
  [[nodiscard]] Rating rating_of(const Run& run) const;
  // What the thresholds say against a run's programme; empty: they are of it.
  [[nodiscard]] std::string thresholds_fault(std::uint32_t number, std::string_view text) const;
  // A run counts, or posts and the day is ready for it: its steps are next. nullptr: none.
  [[nodiscard]] const Run* next_run() const;
  // A run counts, or posts on the open day: what is in the way of rows, and of the day's seal.
  [[nodiscard]] const Run* run_under_way() const;
  // The run's file, in the frame of formats.md; of one that was counted. `number` is a run's.
  [[nodiscard]] std::string run_file(std::uint32_t number) const;
  [[nodiscard]] Digest run_digest(std::uint32_t number) const;
  [[nodiscard]] std::string run_file_name(std::uint32_t number) const;

  // What a sealed day's redemptions of the form FIXED_LINE converted, in the frame of formats.md;
  // nullopt: the day's programme converts nothing. The batch is there.
  [[nodiscard]] std::optional<std::string> fixed_line_file(const SealedDay& day) const;
  [[nodiscard]] std::string fixed_line_file_name(const SealedDay& day) const;
  struct File {
    std::string name{};
    std::string text{};
  };
  // What the programme knew of those who left by a row of the day sealed last, for each province
  // to which one went, in the frame of formats.md. None when that day came with a snapshot, whose
  // taker had written them.
  [[nodiscard]] std::vector<File> standing_files() const;
  // What so many points of this item are worth as a top-up by the programme of the day, in fen;
  // nullopt: nothing, or it has no `credit`.
  [[nodiscard]] std::optional<Fen> credit_of(std::string_view item, Points points,
                                             BusinessDate date) const;
  // What a sealed day's orders of such items top up, likewise; nullopt: the programme has none.
  [[nodiscard]] std::optional<std::string> top_up_file(const SealedDay& day) const;
  [[nodiscard]] std::string top_up_file_name(const SealedDay& day) const;

  // The open day's batch; its rows are all posted. The day is then to be closed by apply(kSeal).
  [[nodiscard]] SealProposal propose_seal();

  [[nodiscard]] const std::string& code() const { return code_; }
  // nullptr before the first rule book.
  [[nodiscard]] const std::shared_ptr<const RuleBook>& rules() const { return rules_; }
  // A programme is in force on this day.
  [[nodiscard]] bool has_programme(BusinessDate day) const {
    return book() != nullptr && book()->programmes().of_day(day) != nullptr;
  }
  [[nodiscard]] const Digest& rules_blob() const { return rules_blob_; }
  [[nodiscard]] Participant number() const { return number_; }  // none before the rule book
  [[nodiscard]] const std::optional<OpeningTaken>& opening() const { return opening_; }
  [[nodiscard]] const std::optional<OpenDay>& open() const { return open_; }
  [[nodiscard]] const std::vector<SealedDay>& sealed() const { return sealed_; }
  [[nodiscard]] const SealedDay* sealed_at(std::uint32_t sequence) const;
  // Rows sent back by the day sealed last; for its report. nullptr when that day came with a
  // snapshot, whose taker had made the report.
  [[nodiscard]] const std::vector<ReturnedRow>* last_returned() const {
    return last_returned_ ? &*last_returned_ : nullptr;
  }
  // The sequence that the next day file has to have.
  [[nodiscard]] std::uint32_t next_sequence() const;
  // The last day that a file was accepted for; none before the first.
  [[nodiscard]] std::optional<BusinessDate> last_date() const;
  // The newest month that points may have been made of: that of a day that was opened or taken, or
  // that events were put off to. None before the first one.
  [[nodiscard]] std::optional<Month> last_month() const;
  // All sequences up to this one have receipts.
  [[nodiscard]] std::uint32_t last_receipted() const { return receipted_; }
  // Something of the open day is to be posted: rows, or the opening of a day without its file.
  [[nodiscard]] bool posts() const;
  [[nodiscard]] const std::vector<wire::Advice>& advices() const { return advices_; }
  // What counters here asked of other homes' members.
  [[nodiscard]] const IntentBook& intents() const { return intents_; }
  // nullptr: no programme was taken.
  [[nodiscard]] const MemberBook* book() const {
    return poster_ ? poster_->home().book() : nullptr;
  }
  [[nodiscard]] const DayPoster* poster() const { return poster_ ? &*poster_ : nullptr; }

  // A file is being posted, or a day's opening: a state that isn't saved.
  [[nodiscard]] bool between() const { return open_ && (open_->has_file || posts()); }
  // The state, packed; only while nothing is in between.
  void save(const std::function<void(Bytes)>& sink) const;
  // Takes what `save` gave, into a state that is still empty.
  [[nodiscard]] std::unique_ptr<StateLoader> loader();

 private:
  class Loader;
  [[nodiscard]] bool open_for_run(bool begins);
  [[nodiscard]] bool apply_run(const JournalCommand& command);
  [[nodiscard]] NodeSources sources() const;
  [[nodiscard]] bool load_head(Bytes head);
  [[nodiscard]] bool load_open(ByteReader& in, std::uint16_t layout);
  void take_rules(const Digest& blob);
  void take_opening(const OpeningTaken& taken);
  void take_programme(const ProgrammeTaken& taken);
  [[nodiscard]] std::shared_ptr<const Programme> programme_of(const Digest& blob) const;
  void take_seal(const DaySealed& sealed);
  void take_receipt(wire::Receipt receipt);
  [[nodiscard]] Blob blob_of(const Digest& address, const char* what) const;
  [[nodiscard]] DayFile read_day_blob(const DayTaken& taken) const;

  std::string code_;
  BlobStore* blobs_;  // never null
  std::shared_ptr<const RuleBook> rules_;
  Digest rules_blob_{};
  Participant number_{};
  std::optional<OpeningTaken> opening_;
  std::optional<DayPoster> poster_;
  std::optional<OpenDay> open_;
  std::optional<Digest> proposed_;  // the batch that propose_seal gave
  std::vector<ReturnedRow> proposed_returned_;
  std::vector<LeftRow> proposed_left_;
  std::vector<SealedDay> sealed_;
  std::optional<std::vector<ReturnedRow>> last_returned_;
  std::vector<LeftRow> last_left_;
  std::uint32_t receipted_{0};
  std::vector<wire::Advice> advices_;
  IntentBook intents_;
};

}  // namespace ph
