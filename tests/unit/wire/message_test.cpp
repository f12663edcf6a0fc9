#include "platform/wire/message.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace ph::wire {
namespace {

Digest digest(int n) {
  Digest out{};
  out.fill(static_cast<std::byte>(n));
  return out;
}

TransactionId id_of(const char* reference) {
  TransactionId id;
  id.participant = Participant(11);
  id.date = BusinessDate::of(2026, 3, 5);
  std::copy_n(reference, std::char_traits<char>::length(reference), id.reference.begin());
  return id;
}

// One of each, in the order of the schema's numbers.
std::vector<Message> all_messages() {
  const BusinessDate date = BusinessDate::of(2026, 3, 5);
  std::vector<std::byte> bytes(100, std::byte{7});
  return {
      Heartbeat{.last_receipted = 4, .last_advice = 9, .at = 826'000'000},
      Offer{.sequence = 5, .date = date, .size = 1024, .digest = digest(1), .signature = "sig"},
      Want{.sequence = 5, .digest = digest(1), .offset = 100, .until = 200},
      Chunk{.sequence = 5, .digest = digest(1), .offset = 100, .bytes = bytes},
      Receipt{.sequence = 5,
              .text = "RECEIPT,1,...",
              .signature = "sig",
              .returned = {{.entry = 17, .kind = 16, .code = 3, .id = id_of("17")}},
              .more = true},
      Refusal{.sequence = 5, .digest = digest(2), .code = 8, .retry = true, .detail = "已结算"},
      Held{.sequence = 7, .digest = digest(3), .missing = 6},
      AdviceRequest{.after = 3},
      Advices{.advices = {{.number = 4,
                           .home = Participant(12),
                           .sequence = 9,
                           .date = date,
                           .issued = 1,
                           .redeemed = -2,
                           .expired = -3,
                           .forfeited = -4,
                           .moved = 5,
                           .repaid = 6}}},
  };
}

TEST(WireMessage, ComesBackAsItWasSent) {
  for (const Message& message : all_messages()) {
    Message back;
    const std::vector<std::byte> bytes = encode(message);
    ASSERT_EQ(decode(bytes, back), DecodeFault::kNone) << message.index();
    EXPECT_EQ(back.index(), message.index());
    EXPECT_EQ(encode(back), bytes) << message.index();
  }
}

TEST(WireMessage, KeepsEveryField) {
  Message back;
  ASSERT_EQ(decode(encode(all_messages()[4]), back), DecodeFault::kNone);
  const auto& receipt = std::get<Receipt>(back);
  EXPECT_EQ(receipt.sequence, 5U);
  EXPECT_EQ(receipt.text, "RECEIPT,1,...");
  EXPECT_TRUE(receipt.more);
  ASSERT_EQ(receipt.returned.size(), 1U);
  EXPECT_EQ(receipt.returned[0].entry, 17U);
  EXPECT_EQ(receipt.returned[0].id, id_of("17"));
  ASSERT_EQ(decode(encode(all_messages()[8]), back), DecodeFault::kNone);
  const Advice& advice = std::get<Advices>(back).advices.at(0);
  EXPECT_EQ(advice.redeemed, -2);
  EXPECT_EQ(advice.repaid, 6);
  EXPECT_EQ(advice.home, Participant(12));
}

TEST(WireMessage, ARefusalOfNothingHasNoDigest) {
  Message back;
  ASSERT_EQ(decode(encode(Refusal{.code = 1}), back), DecodeFault::kNone);
  EXPECT_EQ(std::get<Refusal>(back).digest, Digest{});
}

TEST(WireMessage, RefusesWhatIsTooLong) {
  Message back;
  EXPECT_EQ(decode(std::vector<std::byte>(kMessageBytesMax + 8), back), DecodeFault::kTooLarge);
  EXPECT_EQ(decode(encode(Chunk{.bytes = std::vector<std::byte>(kChunkBytesMax + 1)}), back),
            DecodeFault::kLimit);
  EXPECT_EQ(decode(encode(Refusal{.detail = std::string(kTextBytesMax + 1, 'x')}), back),
            DecodeFault::kLimit);
  Receipt receipt;
  receipt.returned.resize(kReturnedPerReceiptMax + 1, {.id = id_of("1")});
  EXPECT_EQ(decode(encode(receipt), back), DecodeFault::kLimit);
  Advices advices;
  advices.advices.resize(kAdvicesPerMessageMax + 1);
  EXPECT_EQ(decode(encode(advices), back), DecodeFault::kLimit);
}

TEST(WireMessage, RefusesValuesThatCannotBe) {
  Message back;
  for (const std::string& text : {std::string("a\nb"), std::string("\x7f"), std::string("\xff"),
                                  std::string("\xc0\x80"), std::string("\xed\xa0\x80")}) {
    EXPECT_EQ(decode(encode(Refusal{.detail = text}), back), DecodeFault::kMalformed);
  }
  EXPECT_EQ(decode(encode(Offer{.date = BusinessDate(BusinessDate::kCount)}), back),
            DecodeFault::kMalformed);
  Receipt receipt;
  receipt.returned.push_back({.id = id_of("a b")});
  EXPECT_EQ(decode(encode(receipt), back), DecodeFault::kMalformed);
}

TEST(WireMessage, RefusesWhatIsCutOrFollowedByMore) {
  for (const Message& message : all_messages()) {
    const std::vector<std::byte> bytes = encode(message);
    Message back;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_NE(decode(Bytes(bytes).first(size), back), DecodeFault::kNone);
    }
    std::vector<std::byte> longer = bytes;
    longer.resize(bytes.size() + 8);
    EXPECT_EQ(decode(longer, back), DecodeFault::kMalformed);
  }
}

TEST(WireMessage, RefusesAnotherVersion) {
  std::vector<std::byte> bytes = encode(AdviceRequest{.after = 3});
  // Stream framing: 8 bytes of segment table, 8 of the root pointer; the version is the first
  // field.
  ASSERT_EQ(bytes[16], std::byte{1});
  bytes[16] = std::byte{2};
  Message back;
  EXPECT_EQ(decode(bytes, back), DecodeFault::kVersion);
}

// A list of lists of ... is not in the schema, but a pointer may claim to be one.
TEST(WireMessage, SurvivesEveryChangedByte) {
  for (const Message& message : all_messages()) {
    const std::vector<std::byte> bytes = encode(message);
    for (std::size_t n = 0; n < bytes.size(); ++n) {
      for (const int flip : {0x01, 0x80, 0xFF}) {
        std::vector<std::byte> changed = bytes;
        changed[n] ^= static_cast<std::byte>(flip);
        Message back;
        static_cast<void>(decode(changed, back));  // Whatever it says: no crash, no hang.
      }
    }
  }
}

// The bytes of the first release lie in schema/golden: every later one reads them alike.
TEST(WireMessage, ReadsTheGoldenBytes) {
  const std::vector<Message> messages = all_messages();
  for (std::size_t n = 0; n < messages.size(); ++n) {
    const std::string path =
        std::string(PH_ROOT) + "/schema/golden/wire-1-" + std::to_string(n + 1) + ".bin";
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    Message back;
    ASSERT_EQ(decode(as_bytes(text), back), DecodeFault::kNone) << path;
    EXPECT_EQ(encode(back), encode(messages[n])) << path;
  }
}

}  // namespace
}  // namespace ph::wire
