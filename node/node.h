// A province's node without its sockets, files and threads: what may come, what is decided, what is
// journaled, what goes out. Time is an argument. The process around it (app/node) hands files,
// messages and ticks in; the simulator does the same on virtual time. One thread owns it.
//
// Nothing that a command changes is answered or sent before its block is durable. Live events are
// the one thing that is decided first, for many to share a block: their answers, and what is asked
// of the state meanwhile, may be told once `commit_live` has returned.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "node/asker.h"
#include "node/counter.h"
#include "node/province.h"
#include "node/score_sender.h"
#include "node/uplink.h"
#include "platform/crypto/keys.h"
#include "platform/crypto/registry.h"
#include "platform/intake/prepare.h"
#include "platform/journal/log.h"
#include "platform/journal/since_snapshot.h"

namespace ph {

struct NodeSettings {
  std::string code{};           // the province's
  std::string clearing{"CLR"};  // the clearing's code
  // After 00:00 of the next day: a day without a file is then sealed empty.
  std::int64_t seal_empty_after_s{5 * 3600};
  bool seal_empty{true};
  std::uint32_t slice_steps{65'536};  // rows, or members looked at by an expiry run
  std::uint32_t asked_steps{256};     // the same, while asks come
  UplinkSettings uplink{};
  AskerSettings asker{};
};

// What a counter is told. Not definite: `answer` says by its code why nothing was recorded, or,
// `pending`, that it is asked until there is an answer.
struct CounterAnswer {
  bool pending{};
  Answer answer{};
  friend bool operator==(const CounterAnswer&, const CounterAnswer&) = default;
};

// The programme that a node runs.
struct ProgrammeStatus {
  struct Version {
    std::uint32_t version{};
    BusinessDate effective{};
    Digest blob{};
  };
  std::string code{};
  std::vector<Version> versions{};  // all that were taken
  std::size_t members{};
  std::size_t accounts{};
};

// A run over all members, as it stands.
struct RunStatus {
  std::uint32_t number{};
  RunKind kind{};
  std::string grading{};
  Month of{};
  RunState state{};
  BusinessDate began{};
  BusinessDate from{};  // while it posts: no sooner
  std::uint32_t done{};
  std::uint32_t steps{};
  bool has_file{};  // it can be made
  std::string next{};
};
// What an operator's word about a run came to.
struct RunReply {
  bool good{};
  std::string text{};  // what now
  std::uint32_t number{};
};

struct NodeStatus {
  std::string code{};
  bool has_rules{};
  std::optional<OpeningTaken> opening{};
  std::uint32_t next_sequence{};
  std::optional<DayTaken> open_day{};
  bool open_posted{};                   // all its rows
  std::size_t open_returned{};          // of its rows, sent back so far
  std::uint32_t sealed{};               // last sequence sealed
  std::uint32_t receipted{};            // last sequence with a receipt
  std::vector<FlightStatus> flights{};  // those between
  std::vector<std::string> alarms{};
  bool stopped{};  // nothing is sent until somebody has looked
  std::uint64_t advices{};
  std::uint64_t journal_blocks{};
  std::vector<IntentRecord> asking{};  // what counters wait for, oldest first
  std::optional<ProgrammeStatus> programme{};
  std::vector<RunStatus> runs{};
};

class Node {
 public:
  // `signing` and `registry` outlive the node; the registry may be replaced by `use_registry`.
  Node(NodeSettings settings, Storage& storage, SigningKeys signing, const KeyRegistry& registry);

  // Loads the newest snapshot and replays the blocks after it. Throws Damaged.
  void recover();
  void use_registry(const KeyRegistry& registry) {
    uplink_.use_registry(registry);
    scores_.use_registry(registry);
  }

  // The store that prepare_file keeps files in, and the rule book it reads them by.
  [[nodiscard]] BlobStore& blobs() { return *storage_.blobs; }
  [[nodiscard]] std::shared_ptr<const RuleBook> rules() const { return province_.rules(); }
  // What a staged file's header says already: a copy, or that something has to come first. nullopt:
  // it is to be read.
  [[nodiscard]] std::optional<IntakeAnswer> early_answer(const PreparedFile& file,
                                                         BusinessTime now) const;
  // Accepts or refuses; durable on return. What waits is to be offered again.
  [[nodiscard]] IntakeAnswer take_file(PreparedFile& file, BusinessTime now);

  // Decides a live event, with the day of `now` or the one that is open (decision 13). To be told
  // after `commit_live`. Who asked may repeat it at any time.
  [[nodiscard]] LiveAnswer take_live(const LiveCommand& command, BusinessTime now);
  // The same of a row of a member, for a node with a programme.
  [[nodiscard]] LiveAnswer take_member(const MemberRequest& request, BusinessTime now);
  // Makes what was decided since the last time durable, as one block; with nothing to do, does
  // nothing. A file, slice or seal that comes first takes it along in its own block.
  void commit_live();
  // The same, and then what asks over the wire were answered is sent, and other homes are asked
  // what counters want.
  void commit_live(std::int64_t steady_ms, UplinkPort& port);
  // Something is to be made durable or told.
  [[nodiscard]] bool answers_wait() const {
    return !answers_.empty() || !pending_.empty() || !counter_answers_.empty();
  }

  // What a counter of this province wants, under an id of the province's own (docs/decisions/0016).
  // Its own members are its home's affair; another home's is asked, by itself until the answer is
  // there. To be told after `commit_live`; the same intent may come again at any time.
  [[nodiscard]] CounterAnswer take_counter(Intent intent, BusinessTime now);
  // Answers of other homes that have come since the last time, for counters that still wait: to be
  // told after `commit_live`. One that isn't definite says why there is none yet.
  [[nodiscard]] std::vector<Answer> take_counter_answers() {
    return std::exchange(counter_answers_, {});
  }
  // What is known of a counter's id, whatever it was about; nullopt: nothing.
  [[nodiscard]] std::optional<std::pair<Intent, CounterAnswer>> look_up(
      const TransactionId& id) const;

  // Posts the next slice of the run that is under way, else of the open day, if there is one: true
  // while something remains. A small one
  // while somebody asks, whose answers wait until it is over.
  bool post_slice(BusinessTime now, bool asked = false);
  // Seals the open day once it is over and posted; at its cut-off opens a day for which no file
  // came. True when it did one or the other: call it again. `inbox_is_read` is asked at the cut-off
  // alone: does no file lie there that may still be that day's? Until then the day isn't opened.
  bool seal_due(BusinessTime now, const std::function<bool()>& inbox_is_read);
  // An operator's word about runs (node_run.cpp); durable on return. `anyway`: he was told what
  // lacks. `preview`: the digest of the file that was looked at.
  [[nodiscard]] RunReply begin_run(RunKind kind, const std::string& grading, Month of, bool anyway,
                                   BusinessTime now);
  [[nodiscard]] RunReply publish_run(std::uint32_t number, const Digest& preview,
                                     const std::string& officer, BusinessTime now);
  [[nodiscard]] RunReply drop_run(std::uint32_t number, const std::string& officer,
                                  BusinessTime now);
  // Of a month that no rating is opened for: the run grades by the thresholds that were last.
  [[nodiscard]] RunReply grade_by_last(std::uint32_t number, BusinessTime now);
  [[nodiscard]] std::vector<RunStatus> run_status() const;
  // What an operator has to know of a notice that wasn't made though its day is over; empty: none.
  [[nodiscard]] std::string late_notice(BusinessTime now) const;

  // Offers, repeats, heartbeats.
  void tick(BusinessTime now, std::int64_t steady_ms, UplinkPort& port);
  void on_message(Bytes message, BusinessTime now, std::int64_t steady_ms, UplinkPort& port);
  // After a new connection: everything is offered anew.
  void on_connected(std::int64_t steady_ms) {
    uplink_.on_connected(steady_ms);
    asker_.on_connected();
    scores_.on_connected();
  }
  // An operator's word: batches that were refused for good are offered once more.
  void retry(std::int64_t steady_ms) { uplink_.retry(steady_ms); }

  // A snapshot is worth taking: enough has come since the last one, and nothing is being posted.
  [[nodiscard]] bool snapshot_due() const;
  // Puts a snapshot at the last block, here or in a child process, which opens a store of its own;
  // then `snapshot_taken` says so.
  void put_snapshot_into(SnapshotStore& snapshots) const;
  [[nodiscard]] std::uint64_t last_block() const { return log_.last(); }
  // Throws Fenced when another process appends to the journal: to be called now and then.
  void check_not_replaced() const { log_.check_end(); }
  void snapshot_taken(std::uint64_t block) { since_snapshot_.taken(block); }

  // Histograms on their way to the clearing, and thresholds back: to be given anew after a start.
  [[nodiscard]] ScoreSender& scores() { return scores_; }
  [[nodiscard]] const ScoreSender& scores() const { return scores_; }

  [[nodiscard]] NodeStatus status() const;
  [[nodiscard]] const Province& province() const { return province_; }
  // Did the clearing speak lately?
  [[nodiscard]] bool heard(std::int64_t steady_ms) const { return uplink_.heard(steady_ms); }

 private:
  [[nodiscard]] IntakeAnswer take_rules(const PreparedFile& file, BusinessTime now);
  [[nodiscard]] IntakeAnswer take_opening(const PreparedFile& file, BusinessTime now);
  [[nodiscard]] IntakeAnswer take_programme(const PreparedFile& file, BusinessTime now);
  [[nodiscard]] std::optional<ProgrammeStatus> programme_status() const;
  [[nodiscard]] std::optional<std::uint8_t> number_of_grading(const std::string& name) const;
  void begin_due_run(const RunKey& key, BusinessTime now);
  void tend_ratings(BusinessTime now);
  [[nodiscard]] std::string rating_text(const Run& run) const;
  void post_run_slice(const Run& run, std::uint32_t steps, BusinessTime now);
  [[nodiscard]] IntakeAnswer take_day(PreparedFile& file, BusinessTime now);
  [[nodiscard]] std::optional<IntakeAnswer> refuse_members(const PreparedFile& file) const;
  [[nodiscard]] std::optional<IntakeAnswer> place_of_day(const PreparedFile& file,
                                                         BusinessTime now) const;
  void journal(const JournalCommand& command);
  void append();
  void count_work(const JournalCommand& command, std::uint64_t block);
  [[nodiscard]] bool knows_parties(const DayRow& row) const;
  [[nodiscard]] bool knows_issuers(const std::vector<ChildRow>& children) const;
  void open_for_live(BusinessTime now);
  [[nodiscard]] bool move_waits_for_run(RowKind kind) const;
  [[nodiscard]] std::optional<LiveAnswer> known_answer(const LiveCommand& command,
                                                       BusinessTime now);
  template <class Request>
  [[nodiscard]] std::optional<LiveAnswer> known_to_home(const Request& request, BusinessDate date,
                                                        BusinessTime now);
  [[nodiscard]] bool at_home_here(Member member) const;
  [[nodiscard]] CounterAnswer take_at_home(const Intent& intent, BusinessTime now);
  [[nodiscard]] CounterAnswer ask_elsewhere(const Intent& intent, BusinessTime now);
  [[nodiscard]] std::optional<Answer> refuse_intent(const Intent& intent, BusinessTime now);
  [[nodiscard]] std::optional<Answer> refuse_move(const Ask& ask, BusinessTime now) const;
  void take_ask(const Ask& ask, BusinessTime now);
  [[nodiscard]] std::optional<Answer> answer_elsewhere(const Ask& ask, BusinessTime now) const;
  void take_answer(const Answer& said, BusinessTime now);
  [[nodiscard]] bool can_be(const LiveCommand& own, const Answer& answer) const;
  void add_pending(JournalCommand command);
  void open_live_day(BusinessDate date, BusinessTime now);
  [[nodiscard]] BusinessDate next_date() const;
  void seal_open_day(BusinessTime now);
  void open_empty_day(BusinessDate date, BusinessTime now);

  NodeSettings settings_;
  Storage& storage_;
  CommandLog log_;
  Province province_;
  Uplink uplink_;
  ScoreSender scores_;
  std::set<ScoreSender::Key> unsendable_;  // of more different scores than can be sent
  SinceSnapshot since_snapshot_;
  std::vector<JournalCommand> pending_;  // live events that no block holds yet
  std::size_t pending_bytes_{0};
  std::vector<Answer> answers_;  // to be sent once it is durable
  Asker asker_;
  std::vector<Answer> counter_answers_;  // for counters that wait
  std::uint64_t answers_that_cannot_be_{0};
};

}  // namespace ph
