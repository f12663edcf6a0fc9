// A node whose counters ask other homes, and the answers that these give, made by hand.
#pragma once

#include <utility>

#include "core/batch/seal.h"
#include "platform/wire/message.h"
#include "tests/unit/node/live_node.h"

namespace ph::live_node {

inline constexpr Participant kOther{2};
inline constexpr std::int64_t kSecondMs = 1'000;

class Sent final : public UplinkPort {
 public:
  bool send(const std::vector<std::byte>& bytes) override {
    wire::Message message;
    EXPECT_EQ(wire::decode(bytes, message), wire::DecodeFault::kNone);
    if (const auto* ask = std::get_if<Ask>(&message)) {
      asks.push_back(*ask);
    }
    return true;
  }
  void reconnect() override {}
  [[nodiscard]] std::vector<Ask> take() { return std::exchange(asks, {}); }

  std::vector<Ask> asks{};
};

class CounterTest : public LiveNodeTest {
 protected:
  static Intent intent(AskKind kind, std::string_view name, std::int64_t points,
                       std::string_view parent = "", BusinessDate date = kFirst) {
    const bool goods = kind == AskKind::kRedeem || kind == AskKind::kCapture;
    const bool cites = kind == AskKind::kCapture || kind == AskKind::kVoid;
    return {.ask = {.kind = kind,
                    .form = goods ? Form::kPhoneCredit : Form::kNone,
                    .id = id_of(date, name),
                    .parent = parent.empty() ? TransactionId{} : id_of(kFirst, parent),
                    .member = cites ? Member() : Member::make(kOther, 1),
                    .seconds = kind == AskKind::kHold ? 900U : 0U,
                    .points = points}};
  }
  static Intent redeem_at(std::string_view name, std::int64_t points, BusinessDate date = kFirst) {
    return intent(AskKind::kRedeem, name, points, "", date);
  }
  // What the other home answers when it does what was asked.
  static Answer done(const Intent& intent, BusinessTime now, std::uint32_t serial = kLiveFrom) {
    return {.kind = intent.ask.kind,
            .id = intent.ask.id,
            .definite = true,
            .home = kOther,
            .authorisation = EntryId(kOther, now.date(), serial),
            .at = now.seconds(),
            .points = intent.ask.points};
  }
  static Answer refused(const Intent& intent, ReturnCode code, bool definite = true) {
    Answer answer = done(intent, at(kFirst, 9));
    answer.code = static_cast<std::uint8_t>(code);
    answer.definite = definite;
    answer.authorisation = EntryId();
    return answer;
  }
  CounterAnswer ask(const Intent& intent, BusinessTime now) {
    const CounterAnswer answer = node_->take_counter(intent, now);
    node_->commit_live(steady_ms_, port_);
    return answer;
  }
  // What counters that wait are told after the answer has come.
  std::vector<Answer> hear(const Answer& answer, BusinessTime now) {
    node_->on_message(wire::encode(answer), now, steady_ms_, port_);
    node_->commit_live(steady_ms_, port_);
    return node_->take_counter_answers();
  }
  void tick(BusinessTime now, std::int64_t ms) {
    steady_ms_ += ms;
    node_->tick(now, steady_ms_, port_);
  }
  // Everything of a day that was sealed.
  [[nodiscard]] std::vector<Item> items(std::size_t day) const {
    const auto blob = node_->blobs().get(node_->province().sealed().at(day).blob, true);
    const Bytes bytes = blob->bytes();
    const OwnedBatch batch = OwnedBatch::from_checked_bytes({bytes.begin(), bytes.end()});
    return {batch.view().items.begin(), batch.view().items.end()};
  }
  [[nodiscard]] std::string delivery_row(std::string_view name, std::int64_t points,
                                         const Answer& answer) const {
    return "DELIVERY,1," + test::member_text(2, 1) + ",P02,P02/20260301/" +
           std::to_string(answer.authorisation.number()) + "," + std::to_string(points) +
           ",PHONE_CREDIT,,,,P01/20260301/" + std::string(name);
  }
  [[nodiscard]] static std::string day_file(std::string_view row, std::int64_t points,
                                            BusinessDate date = kFirst, int sequence = 1) {
    return test::file_text(
        "POINTHOUSE,PROVINCE_DAY,1,P01," + date.text() + "," + std::to_string(sequence),
        {std::string(row)}, points, 0);
  }
  // A process that starts upon the first `blocks` blocks alone.
  [[nodiscard]] std::vector<std::byte> state_after(std::uint64_t blocks) {
    MemoryDisk disk;
    Storage storage = open_memory_storage(disk);
    storage_->journal->read(1, 1, [&](std::uint64_t sequence, Bytes block) {
      if (sequence <= blocks) {
        storage.journal->append(1, sequence, block);
      }
      return sequence < blocks;
    });
    for (const std::string& text : blobs_) {
      (void)storage.blobs->put(as_bytes(text));
    }
    Node node(NodeSettings{.code = "P01"}, storage, keys_.of("P01"), keys_.registry());
    node.recover();
    std::vector<std::byte> out;
    node.province().save([&out](Bytes part) { out.insert(out.end(), part.begin(), part.end()); });
    return out;
  }

  Sent port_;
  std::int64_t steady_ms_{1'000'000};
  std::vector<std::string> blobs_{test::rulebook_text(), test::opening_text(1)};
};

}  // namespace ph::live_node
