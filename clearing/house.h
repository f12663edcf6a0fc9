// The clearing's state as its journal makes it: rule book, calendars, opening files, each sender's
// batches in its book, advices, the periods that are closed and the one that is open. A
// deterministic state machine: the same commands and blobs give the same state. It decides nothing
// about whether a command may come; clearing/clearing.h does. One thread owns it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clearing/commands.h"
#include "clearing/rating_book.h"
#include "core/close/calendar.h"
#include "core/close/cutoff.h"
#include "core/close/settlement.h"
#include "core/intake/advice.h"
#include "core/programme/histogram_bytes.h"
#include "core/rules/rulebook.h"
#include "core/switch/home_directory.h"
#include "core/switch/switch_book.h"
#include "core/types/bytes.h"
#include "platform/journal/journal.h"
#include "platform/journal/recover.h"
#include "platform/wire/message.h"

namespace ph {

// A batch that was taken, and what the sender was told.
struct TakenBatch {
  BatchTaken taken{};
  BusinessTime at{};
  std::uint64_t size{};  // bytes of the `.phb` file
  std::vector<ReturnedItem> returned{};
};

struct SenderState {
  std::vector<TakenBatch> batches{};  // sequence n at n - 1
  std::deque<Blob> blobs{};           // the books point into them

  [[nodiscard]] std::uint32_t last() const { return static_cast<std::uint32_t>(batches.size()); }
};

struct OpenedProvince {
  Digest blob{};
  std::uint64_t size{};
  BusinessDate date{};
};

// A period that has just been closed, while everything that its outputs are written from is there.
struct ClosedPeriod {
  PeriodResult result{};
  Cutoff cutoff{};
  std::vector<std::pair<Participant, ReturnedItem>> returned{};
};

class ClearingHouse {
 public:
  // `on_closed` writes the outputs of a period, if they aren't there; it is called again after a
  // restart that finds the period closed. May be empty.
  ClearingHouse(BlobStore& blobs, std::function<void(const ClosedPeriod&)> on_closed);

  // Carries a command out. Throws Damaged when it cites a blob that isn't there, or can't be one of
  // this state's.
  void apply(const JournalCommand& command);

  // Would the sender's book take this batch? On a fault nothing is changed. Without one the batch
  // is taken, in memory; the caller journals it and then says `keep`.
  struct Trial {
    std::optional<LotFault> fault{};
    std::vector<ReturnedItem> returned{};
  };
  [[nodiscard]] Trial take(const BatchView& view, bool next_period);
  void keep(const BatchTaken& taken, BusinessTime at, Blob blob,
            std::vector<ReturnedItem> returned);

  [[nodiscard]] bool has_rules() const { return settlement_ != nullptr; }
  [[nodiscard]] const RuleBook& rules() const { return *rules_; }
  [[nodiscard]] std::shared_ptr<const RuleBook> shared_rules() const { return rules_; }
  [[nodiscard]] const Digest& rules_blob() const { return rules_blob_; }
  [[nodiscard]] const Calendar& calendar() const { return calendar_; }
  [[nodiscard]] const std::map<int, Digest>& calendars() const { return calendar_blobs_; }
  [[nodiscard]] const std::map<Participant, OpenedProvince>& openings() const { return openings_; }
  [[nodiscard]] const std::map<Participant, SenderState>& senders() const { return senders_; }
  [[nodiscard]] const SenderState* sender(Participant participant) const;
  // The newest month of a batch that was taken; none before the first one.
  [[nodiscard]] std::optional<Month> last_month() const;
  // The last batch that the open period's cut-off may include; 0 for none.
  [[nodiscard]] std::uint32_t last_in_period(Participant sender) const;
  // The period that is closed next; nullopt before any opening file or batch.
  [[nodiscard]] std::optional<Month> open_period() const { return open_period_; }
  [[nodiscard]] const std::map<Month, Digest>& closed() const { return closed_; }
  // Advices for an issuer, numbered from 1.
  [[nodiscard]] const std::vector<wire::Advice>& advices(Participant issuer) const;
  // What partners ask live.
  [[nodiscard]] SwitchBook& switch_book() { return switch_; }
  [[nodiscard]] const SwitchBook& switch_book() const { return switch_; }
  // Who has moved where, live or by file.
  [[nodiscard]] HomeDirectory& directory() { return directory_; }
  [[nodiscard]] const HomeDirectory& directory() const { return directory_; }
  // Ratings of whole months, and the programme that they go by.
  [[nodiscard]] const RatingBook& rating_book() const { return ratings_; }
  // All units of the provinces that count; every one has sent. Throws Damaged.
  [[nodiscard]] programme::Histogram merged_scores(const RatingKey& key) const;
  [[nodiscard]] Settlement& settlement() { return *settlement_; }
  [[nodiscard]] const Settlement& settlement() const { return *settlement_; }

  // The record that closing the open period now would write.
  [[nodiscard]] Cutoff cutoff() const;

  // The state, packed (docs/journal.md, section 11): the same commands give the same bytes.
  void save(const std::function<void(Bytes)>& sink) const;
  // Empties the state, and takes what `save` gave. A period that was closed before it isn't
  // reported to `on_closed` again.
  [[nodiscard]] std::unique_ptr<StateLoader> loader();

 private:
  class Loader;
  ClearingHouse& operator=(ClearingHouse&&) = default;
  void save_files(ByteWriter& out) const;
  void save_periods(ByteWriter& out) const;
  void save_senders(ByteWriter& out) const;
  void save_advices(ByteWriter& out) const;
  void save_switch(ByteWriter& out) const { switch_.save(out); }
  void save_directory(ByteWriter& out) const { directory_.save(out); }
  void save_ratings(ByteWriter& out) const { ratings_.save(out); }
  [[nodiscard]] bool load_head(Bytes head);
  [[nodiscard]] bool load_files(ByteReader in);
  [[nodiscard]] bool load_periods(ByteReader in);
  [[nodiscard]] bool load_senders(ByteReader in);
  [[nodiscard]] bool load_advices(ByteReader in);
  [[nodiscard]] bool load_switch(ByteReader in) { return switch_.load(in) && in.done(); }
  [[nodiscard]] bool load_directory(ByteReader in) { return directory_.load(in) && in.done(); }
  [[nodiscard]] bool load_ratings(ByteReader in);
  [[nodiscard]] std::shared_ptr<const Programme> programme_of(const Digest& blob) const;
  [[nodiscard]] programme::HistogramFile histogram_of(const RatingKey& key, Participant province,
                                                      const Digest& blob) const;
  void take_scores(const ScoresKept& kept, BusinessTime at);
  [[nodiscard]] bool apply_rating(const JournalCommand& command);
  [[nodiscard]] std::optional<BatchView> open_batch(Participant participant, std::uint32_t sequence,
                                                    const Digest& digest) const;
  void take_rules(const Digest& blob);
  void take_calendar(const Digest& blob);
  void take_opening(const ProvinceOpened& opened);
  void take_batch(const BatchTaken& taken, BusinessTime at);
  void close(const PeriodClosed& closed);
  void take_ask(const Asked& asked, BusinessTime at);
  void note_members(const Opening& opening);
  void note_moves(const BatchView& view);
  void note_moves_of_batches();
  [[nodiscard]] Blob blob_of(const Digest& address, const char* what, bool verify = true) const;
  [[nodiscard]] Blob taken_blob(const BatchTaken& taken) const;
  void begin_at(Month month);
  void advise(const BatchView& view);

  BlobStore* blobs_;  // never null
  std::function<void(const ClosedPeriod&)> on_closed_;
  std::shared_ptr<RuleBook> rules_;  // one object for ever: the settlement refers to it
  Digest rules_blob_{};
  std::vector<CalendarYear> calendar_years_;
  Calendar calendar_{{}};
  std::map<int, Digest> calendar_blobs_;
  std::map<Participant, OpenedProvince> openings_;
  std::map<Participant, SenderState> senders_;
  std::unique_ptr<Settlement> settlement_;
  std::optional<Month> open_period_;
  std::map<Month, Digest> closed_;
  std::map<Participant, std::vector<wire::Advice>> advices_;
  SwitchBook switch_;
  HomeDirectory directory_;
  RatingBook ratings_;
};

}  // namespace ph
