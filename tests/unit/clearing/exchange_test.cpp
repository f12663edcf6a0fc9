#include "clearing/exchange.h"

#include <gtest/gtest.h>

#include "core/types/text.h"
#include "platform/journal/memory.h"

namespace ph {
namespace PH_FILE {

// Refuses every offer, in these words.
class Refuses final : public ExchangeDesk {
 public:
  explicit Refuses(std::string detail) : detail_(std::move(detail)) {}
  OfferAnswer on_offer(const std::string&, const wire::Offer& offer) override {
    return {.refusal = wire::Refusal{
                .sequence = offer.sequence, .digest = offer.digest, .code = 10, .detail = detail_}};
  }
  Verdict take(const std::string&, const ArrivedBatch&) override { return {}; }
  wire::Heartbeat heartbeat(const std::string&) override { return {}; }
  wire::Advices advices(const std::string&, std::uint64_t) override { return {}; }
  void on_ask(const Peer&, const Ask&) override {}
  void on_answer(const Peer&, const Answer&) override {}
  bool on_question(const Peer&, const wire::Message&) override { return false; }

 private:
  std::string detail_;
};

class Answers final : public ExchangePort {
 public:
  bool send(const Peer&, const std::vector<std::byte>& bytes) override {
    wire::Message message;
    EXPECT_EQ(wire::decode(bytes, message), wire::DecodeFault::kNone);
    messages.push_back(std::move(message));
    return true;
  }
  std::vector<wire::Message> messages{};
};

// A refusal that the node can't read would be offered again for ever.
TEST(Exchange, RefusesInWordsThatTheNodeCanRead) {
  const std::string beyond = "x" + std::string(5'000, '\x85');
  std::string cut = "x";  // So that the limit falls within a character.
  while (cut.size() <= 2 * wire::kTextBytesMax) {
    cut += "积";
  }
  for (const std::string& detail : {cut, beyond, std::string("PHB2\x01\xB1\n"), std::string()}) {
    MemoryDisk disk;
    Storage storage = open_memory_storage(disk);
    Refuses desk(detail);
    Exchange exchange({}, *storage.blobs, desk);
    Answers answers;
    const wire::Offer offer{.sequence = 7, .size = 200, .signature = "line"};
    exchange.on_message({.participant = "P01", .route = "r"}, wire::encode(offer), 1, answers);
    ASSERT_EQ(answers.messages.size(), 1U);
    const auto* refusal = std::get_if<wire::Refusal>(&answers.messages.front());
    ASSERT_NE(refusal, nullptr);
    EXPECT_EQ(refusal->sequence, 7U);
    EXPECT_LE(refusal->detail.size(), wire::kTextBytesMax);
    EXPECT_EQ(refusal->detail.empty(), detail.empty());
    EXPECT_TRUE(is_clean_text(exchange.status("P01").last_refusal));
  }
}

// A heartbeat would say that all is well with a connection that is refused.
TEST(Exchange, SpeaksNoMoreToAConnectionWhoseKeyIsOver) {
  MemoryDisk disk;
  Storage storage = open_memory_storage(disk);
  Refuses desk("");
  Exchange exchange({.heartbeat_ms = 10}, *storage.blobs, desk);
  Answers answers;
  const Peer peer{.participant = "P01", .route = "r"};
  exchange.on_message(peer, wire::encode(wire::Heartbeat{}), 1, answers);
  EXPECT_TRUE(exchange.reach("P01", 2));
  exchange.on_expired({.participant = "P01", .route = "another"});
  exchange.tick(20, answers);
  EXPECT_EQ(answers.messages.size(), 2U);
  exchange.on_expired(peer);
  EXPECT_FALSE(exchange.reach("P01", 21));
  exchange.tick(40, answers);
  EXPECT_EQ(answers.messages.size(), 2U);
  exchange.on_message(peer, wire::encode(wire::Heartbeat{}), 41, answers);  // A new registry.
  EXPECT_TRUE(exchange.reach("P01", 42));
}

}  // namespace PH_FILE
}  // namespace ph
