// The clearing without its sockets, files and threads: which files and batches it takes, what it
// answers, when a period may be closed and what is still missing. Time is an argument. The process
// around it (app/clearing) hands files, messages and ticks in; the simulator does the same on
// virtual time. One thread owns it.
//
// Nothing is answered before its block is durable.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "clearing/exchange.h"
#include "clearing/house.h"
#include "clearing/score_desk.h"
#include "clearing/switchboard.h"
#include "platform/crypto/keys.h"
#include "platform/crypto/registry.h"
#include "platform/crypto/signing_keys.h"
#include "platform/intake/prepare.h"
#include "platform/journal/log.h"
#include "platform/journal/since_snapshot.h"

namespace ph {

struct ClearingSettings {
  std::string code{"CLR"};
  std::vector<std::string> gateways{};  // codes of the clearing house's gateways, no participants
  // After 00:00 of the next day a province's batch is overdue (domain 8.6: D+1 06:00).
  std::int64_t due_after_s{6 * 3600};
  ExchangeSettings exchange{};
  SwitchSettings live{};
};

// Why a period can't be closed yet, and who must act.
struct Obstacle {
  std::string who{};
  std::string what{};
  std::string what_now{};
};

struct CloseAnswer {
  bool closed{};
  bool again{};                       // it was closed before
  std::vector<Obstacle> obstacles{};  // that stop the close
  // What is missing though it stops nothing: it will settle in a later period.
  std::vector<Obstacle> missing{};
  Digest cutoff{};  // SHA-256 of the record: written, or what would be
};

struct RatingAnswer {
  bool opened{};
  bool again{};  // for these provinces it was open before
  std::optional<Obstacle> obstacle{};
};

class Clearing : private ExchangeDesk {
 public:
  // `signing` and `registry` outlive the clearing; `on_closed` as in ClearingHouse.
  Clearing(ClearingSettings settings, Storage& storage, SigningKeys signing,
           const KeyRegistry& registry, std::function<void(const ClosedPeriod&)> on_closed);

  // Loads the newest snapshot and replays the blocks after it. Throws Damaged.
  void recover();
  void use_registry(const KeyRegistry& registry) { registry_ = &registry; }

  [[nodiscard]] BlobStore& blobs() { return *storage_.blobs; }
  [[nodiscard]] std::shared_ptr<const RuleBook> rules() const { return house_.shared_rules(); }
  // RULEBOOK, CALENDAR, OPENING_LOTS, a programme. Durable on return; what waits is to be offered
  // again.
  [[nodiscard]] IntakeAnswer take_file(const PreparedFile& file, BusinessTime now);
  // May the partner's day file be sealed and taken now? nullopt: it may; or, when its sequence was
  // taken already, it is to be compared with the live events that were sealed as its day.
  [[nodiscard]] std::optional<IntakeAnswer> place_of_partner_day(const PreparedFile& file,
                                                                 BusinessTime now) const;
  // A partner that has live events in no batch yet: the day that they are sealed as when no file of
  // it comes before `due`, and what that waits for besides.
  struct LiveDay {
    Participant partner{};
    BusinessDate date{};
    std::uint32_t sequence{};
    std::uint64_t items{};  // of this day and the ones after it
    BusinessTime due{};
    std::string waits{};  // empty: for nothing
  };
  [[nodiscard]] std::vector<LiveDay> live_days(BusinessTime now) const;
  // The first of them that can be sealed now.
  [[nodiscard]] std::optional<LiveDay> next_live_day(BusinessTime now) const;
  // A batch sealed here: from a partner's day file, whose signature (kind DAY) was checked, and its
  // live events; or from these alone, without source and signature.
  [[nodiscard]] IntakeAnswer take_partner_batch(const OwnedBatch& batch, const Digest& source,
                                                const std::string& signature, BusinessTime now);

  void on_message(const Peer& from, Bytes message, BusinessTime now, std::int64_t steady_ms,
                  ExchangePort& port);
  // A message of a connection whose key's days are over.
  void on_expired(const Peer& from) { exchange_.on_expired(from); }
  void tick(BusinessTime now, std::int64_t steady_ms, ExchangePort& port);
  // Something live was decided and nobody has been told: messages that come in one go share a
  // block.
  [[nodiscard]] bool live_due() const { return !live_.messages.empty() || !live_.commands.empty(); }
  // Makes it durable and sends it. on_message does so by itself when much has come together.
  void commit_live(ExchangePort& port);

  // Where the gateways' messages about partners' day files go; without it they are MALFORMED.
  using OnDayFile = std::function<void(const Peer& from, const wire::Message& message)>;
  void serve_day_files(OnDayFile serve) { on_day_file_ = std::move(serve); }

  // Closes the open period, or says what stops it; with `dry_run` only says so.
  [[nodiscard]] CloseAnswer close(Month period, BusinessTime now, bool dry_run);

  // Rates a month by the scores of the provinces with these codes; of none: of all of the rule book
  // in force. Until thresholds are published it may be opened anew, for others.
  [[nodiscard]] RatingAnswer open_rating(const RatingKey& key,
                                         const std::vector<std::string>& codes, BusinessTime now);
  // Why its thresholds aren't published yet; nullopt: they are, or no such rating was opened.
  [[nodiscard]] std::optional<Obstacle> rating_waits(const RatingKey& key) const;
  [[nodiscard]] const ScoreDesk& score_desk() const { return scores_; }

  [[nodiscard]] const ClearingHouse& house() const { return house_; }
  [[nodiscard]] ClearingHouse& house() { return house_; }
  [[nodiscard]] const Exchange& exchange() const { return exchange_; }
  [[nodiscard]] const ClearingSettings& settings() const { return settings_; }
  [[nodiscard]] bool is_gateway(const std::string& code) const {
    return switchboard_.is_gateway(code, switch_turn().rules);
  }
  // Days of a province whose batches are overdue.
  [[nodiscard]] int overdue_days(Participant province, BusinessTime now) const;
  [[nodiscard]] std::uint64_t last_block() const { return log_.last(); }
  // Throws Fenced when another process appends to the journal: to be called now and then.
  void check_not_replaced() const { log_.check_end(); }

  // A snapshot is worth taking: enough has come since the last one, or a period was closed.
  [[nodiscard]] bool snapshot_due() const;
  // Puts a snapshot at the last block, here or in a child process, which opens a store of its own;
  // then `snapshot_taken` says so.
  void put_snapshot_into(SnapshotStore& snapshots) const;
  void snapshot_taken(std::uint64_t block) { since_snapshot_.taken(block); }
  // Where the newest one stands: what a start has loaded, or one taken since; 0 for none.
  [[nodiscard]] std::uint64_t snapshot_block() const { return since_snapshot_.block(); }

 private:
  [[nodiscard]] OfferAnswer on_offer(const std::string& sender, const wire::Offer& offer) override;
  [[nodiscard]] Verdict take(const std::string& sender, const ArrivedBatch& batch) override;
  [[nodiscard]] wire::Heartbeat heartbeat(const std::string& sender) override;
  [[nodiscard]] wire::Advices advices(const std::string& sender, std::uint64_t after) override;
  void on_ask(const Peer& from, const Ask& ask) override;
  void on_answer(const Peer& from, const Answer& answer) override;
  [[nodiscard]] bool on_question(const Peer& from, const wire::Message& question) override;
  [[nodiscard]] SwitchTurn switch_turn() const;

  [[nodiscard]] IntakeAnswer take_rules(const PreparedFile& file, BusinessTime now);
  [[nodiscard]] IntakeAnswer take_calendar(const PreparedFile& file, BusinessTime now);
  [[nodiscard]] IntakeAnswer take_opening(const PreparedFile& file, BusinessTime now);
  [[nodiscard]] IntakeAnswer take_programme(const PreparedFile& file, BusinessTime now);
  [[nodiscard]] std::optional<Obstacle> rating_obstacle(const RatingKey& key,
                                                        const std::vector<Participant>& provinces,
                                                        BusinessTime now) const;
  [[nodiscard]] std::optional<ScoresVerdict> scores_signature_fault(const std::string& code,
                                                                    const wire::Scores& part) const;
  [[nodiscard]] std::optional<ScoresVerdict> scores_place(const std::string& code,
                                                          const wire::Scores& part) const;
  void on_scores(const Peer& from, const wire::Scores& part);
  void on_thresholds_request(const Peer& from, const wire::ThresholdsRequest& request);
  [[nodiscard]] ScoresVerdict take_scores(const std::string& code, const wire::Scores& part,
                                          BlobWriter& bytes);
  [[nodiscard]] std::string thresholds_of(const RatingKey& key) const;
  void publish_thresholds();
  [[nodiscard]] std::optional<wire::Refusal> offer_fault(const std::string& sender,
                                                         const wire::Offer& offer) const;
  [[nodiscard]] std::optional<wire::Refusal> place_fault(Participant sender,
                                                         const wire::Offer& offer,
                                                         const BatchHeader& header) const;
  [[nodiscard]] std::optional<wire::Refusal> period_fault(const wire::Offer& offer,
                                                          BusinessTime now) const;
  [[nodiscard]] bool behind_cutoff(Participant sender, BusinessDate date) const;
  [[nodiscard]] Participant number_of(const std::string& code) const;
  [[nodiscard]] std::optional<IntakeAnswer> partner_waits(const wire::Offer& offer,
                                                          BusinessTime now) const;
  [[nodiscard]] std::optional<std::string> other_than_live(const BatchView& view) const;
  [[nodiscard]] std::optional<LotFault> take_content(BlobWriter& writer, BatchTaken taken);
  [[nodiscard]] wire::Receipt receipt_of(const TakenBatch& batch) const;
  void journal(const JournalCommand& command);
  void append(std::span<const JournalCommand> commands);
  void count_live(const JournalCommand& command, std::uint64_t block);
  [[nodiscard]] std::optional<std::string> unsigned_month(Month month) const;
  [[nodiscard]] std::vector<Obstacle> obstacles_of(Month period, BusinessTime now) const;
  [[nodiscard]] std::optional<Obstacle> late_of(const ParticipantRow& row, Month period) const;
  [[nodiscard]] std::vector<Obstacle> missing_of(Month period, BusinessTime now) const;
  [[nodiscard]] std::vector<Obstacle> live_missing_of(Month period, BusinessTime now) const;

  ClearingSettings settings_;
  Storage& storage_;
  SigningKeys signing_;
  const KeyRegistry* registry_;
  CommandLog log_;
  ClearingHouse house_;
  Exchange exchange_;
  ScoreDesk scores_;
  Switchboard switchboard_;
  Switchboard::Out live_;
  OnDayFile on_day_file_;
  BusinessTime now_{};  // of the call under way
  std::int64_t steady_ms_{0};
  SinceSnapshot since_snapshot_;
  std::uint64_t close_block_{0};  // the last close lies there, or before
};

// `<entry>,<kind>,<id>,<code>` LF for each: what the receipt's returned digest covers.
[[nodiscard]] std::string returned_text(const std::vector<ReturnedItem>& returned,
                                        const RuleBook& rules);
// The kind as it is listed: a withdrawal is none of its item's.
[[nodiscard]] std::string_view word_of(const ReturnedItem& item);

}  // namespace ph
