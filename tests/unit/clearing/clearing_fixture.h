// A clearing on a disk in memory, a province's batches for it, and what it answers.
#pragma once

#include <gtest/gtest.h>

#include "clearing/clearing.h"
#include "node/day_poster.h"
#include "partners/day_batcher.h"
#include "platform/crypto/sha256.h"
#include "platform/journal/memory.h"
#include "platform/wire/receipt.h"
#include "tests/support/small_world.h"

namespace ph::test {

inline constexpr BusinessDate kFirst = BusinessDate::of(2026, 3, 1);
// Working day 3 of April 2026 by a calendar without holidays: Friday the 3rd.
inline constexpr BusinessDate kClose = BusinessDate::of(2026, 4, 3);

class Answers final : public ExchangePort {
 public:
  bool send(const Peer& to, const std::vector<std::byte>& bytes) override {
    wire::Message message;
    EXPECT_EQ(wire::decode(bytes, message), wire::DecodeFault::kNone);
    last_route = to.route;
    messages.push_back(std::move(message));
    return true;
  }
  template <class T>
  [[nodiscard]] const T* last() const {
    return messages.empty() ? nullptr : std::get_if<T>(&messages.back());
  }
  std::vector<wire::Message> messages{};
  std::string last_route{};
};

// A province's sealed batches, made by its poster without a node.
struct Sender {
  Sender(int number, const RuleBook& book)
      : province(number),
        rules(book),
        poster(Participant(static_cast<std::uint16_t>(number)), &sha256) {
    std::vector<Fault> faults;
    const std::string text = opening_text(number);
    poster.open(*read_opening(InputFile("opening", as_bytes(text)), rules, faults));
  }
  OwnedBatch seal(BusinessDate date, std::int64_t fen) {
    const std::string text = day_text(province, date, ++sequence, fen);
    std::vector<Fault> faults;
    return poster.post_day(*read_day(InputFile("day", as_bytes(text)), rules, faults)).batch;
  }
  int province;
  RuleBook rules;  // Its own: the clearing's goes with a restart.
  DayPoster poster;
  std::uint32_t sequence{0};
};

class ClearingTest : public ::testing::Test {
 protected:
  ClearingTest() {
    restart();
    for (const std::string& text :
         {rulebook_text(), calendar_text(), opening_text(1), opening_text(2), opening_text(3)}) {
      EXPECT_EQ(bring(text).verdict, IntakeVerdict::kAccepted);
    }
    sender_ = std::make_unique<Sender>(1, clearing_->house().rules());
  }

  void restart() {
    clearing_.reset();
    if (storage_) {
      disk_.crash();
    }
    storage_.emplace(open_memory_storage(disk_));
    clearing_ = std::make_unique<Clearing>(
        settings_, *storage_, keys_.of("CLR"), keys_.registry(),
        [this](const ClosedPeriod& closed) { closed_.push_back(closed.cutoff); });
    clearing_->recover();
  }

  IntakeAnswer bring(const std::string& text) {
    const PreparedFile file =
        prepare_file("file", as_bytes(text), clearing_->rules(), clearing_->blobs());
    return clearing_->take_file(file, now_);
  }

  wire::Offer offer_of(const OwnedBatch& batch, const char* signer = "P01") {
    const BatchView view = batch.view();
    return {.sequence = view.header.sequence,
            .date = view.header.date,
            .size = batch.bytes().size(),
            .digest = view.digest,
            .signature = signature_line(keys_.of(signer).sign("BATCH", view.digest))};
  }
  void say(const wire::Message& message, const std::string& who = "P01") {
    clearing_->on_message({.participant = who, .route = who + "-1"}, wire::encode(message), now_,
                          steady_ms_, answers_);
  }
  // Offers and sends a batch whole.
  void push(const OwnedBatch& batch, const std::string& who = "P01", const char* signer = "P01") {
    const wire::Offer offer = offer_of(batch, signer);
    say(offer, who);
    if (answers_.last<wire::Want>() == nullptr) {
      return;
    }
    const Bytes bytes = batch.bytes();
    say(wire::Chunk{.sequence = offer.sequence,
                    .digest = offer.digest,
                    .bytes = {bytes.begin(), bytes.end()}},
        who);
  }
  [[nodiscard]] std::string refusal() const {
    const auto* last = answers_.last<wire::Refusal>();
    return last == nullptr ? "none"
                           : std::string(wire::word(static_cast<wire::RefusalCode>(last->code)));
  }
  [[nodiscard]] std::uint32_t taken() const {
    const SenderState* state = clearing_->house().sender(Participant(1));
    return state == nullptr ? 0 : state->last();
  }

  [[nodiscard]] static std::vector<std::byte> saved(const ClearingHouse& house) {
    std::vector<std::byte> bytes;
    house.save([&bytes](Bytes part) { bytes.insert(bytes.end(), part.begin(), part.end()); });
    return bytes;
  }
  // The state that the whole journal makes.
  [[nodiscard]] std::vector<std::byte> replayed() {
    ClearingHouse house(*storage_->blobs, {});
    CommandLog log(*storage_->journal, 1, &sha256);
    log.replay(0, {},
               [&house](const JournalCommand& command, std::uint64_t) { house.apply(command); });
    return saved(house);
  }
  std::uint64_t take_snapshot() {
    clearing_->put_snapshot_into(*storage_->snapshots);
    clearing_->snapshot_taken(clearing_->last_block());
    return clearing_->last_block();
  }
  // March is closed; the second of three batches came behind its cut-off.
  void close_march() {
    push(sender_->seal(kFirst, 5'000));
    now_ = end_of(kClose);
    push(sender_->seal(kFirst.plus_days(1), 5'000));
    ASSERT_TRUE(clearing_->close(*Month::parse("2026-03"), now_, false).closed);
  }

  // What one of the province's members loses: seal() of it is refused when that is too much, or of
  // another's lot.
  static OwnedBatch expire(std::int64_t points, int member = 1) {
    const Slice slice{.lot = LotId(Participant(1), BusinessDate::of(2026, 1, 10), 1),
                      .earned_month = *Month::parse("2026-01"),
                      .expires_on = BusinessDate::of(2029, 4, 1),
                      .source = Source::kConsumption,
                      .rating = 1,
                      .account = Account::kExpired,
                      .original = 1'000,
                      .delta = -points};
    const auto whose = Member::parse(member_text(1, static_cast<std::uint64_t>(member)));
    return seal({.sender = Participant(1), .date = kFirst, .sequence = 1},
                {{.member = *whose, .entry = 3'000'000'000, .kind = Kind::kExpire, .slice = slice}},
                {}, {}, &sha256);
  }
  // A partner's day with one accrual under that id.
  IntakeAnswer partner_day(DayBatcher& batcher, BusinessDate date, std::uint32_t sequence,
                           const std::string& id) {
    const std::string text =
        file_text("POINTHOUSE,PARTNER_DAY,1,AIR1," + date.text() + "," + std::to_string(sequence),
                  {"ACCRUAL," + id + "," + member_text(1, 1) + ",100"}, 100, 0);
    const PreparedFile file =
        prepare_file("file", as_bytes(text), clearing_->rules(), clearing_->blobs());
    EXPECT_TRUE(file.good) << text;
    if (auto answer = clearing_->place_of_partner_day(file, now_)) {
      return std::move(*answer);
    }
    const OwnedBatch batch = batcher.batch(date, sequence, file.partner_day->items);
    return clearing_->take_partner_batch(batch, file.blob, "", now_);
  }

  Keys keys_;
  MemoryDisk disk_;
  ClearingSettings settings_{.gateways = {"GATE1"}};
  std::optional<Storage> storage_;
  std::unique_ptr<Clearing> clearing_;
  std::unique_ptr<Sender> sender_;
  std::vector<Cutoff> closed_;
  Answers answers_;
  BusinessTime now_{BusinessTime::of(kFirst.plus_days(1), 6 * 3600)};
  std::int64_t steady_ms_{1'000};
};

}  // namespace ph::test
