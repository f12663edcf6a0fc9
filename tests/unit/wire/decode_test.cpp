// Bytes that an honest sender would never send: each is refused, and with the right fault.
#include <capnp/message.h>
#include <capnp/serialize.h>
#include <gtest/gtest.h>

#include <cstring>
#include <span>
#include <string>

#include "core/types/amount.h"
#include "platform/wire/message.h"
#include "schema/wire.capnp.h"
#include "tests/unit/wire/samples.h"

namespace ph::wire {
namespace PH_FILE {

using enum DecodeFault;

DecodeFault fault_of(Bytes bytes) {
  Message message;
  return decode(bytes, message);
}

std::vector<std::byte> bytes_of(capnp::MessageBuilder& builder) {
  const auto words = capnp::messageToFlatArray(builder);
  const auto all = std::as_bytes(std::span(words.begin(), words.size()));
  return {all.begin(), all.end()};
}

// The fault of a sample after a change that our own encoder would not make.
template <class Change>
DecodeFault fault_of(std::string_view name, Change change) {
  for (const Sample& sample : samples()) {
    if (sample.name == name) {
      const auto bytes = encode(sample.message);
      auto words = kj::heapArray<capnp::word>(bytes.size() / sizeof(capnp::word));
      std::memcpy(words.asBytes().begin(), bytes.data(), bytes.size());
      capnp::FlatArrayMessageReader reader(words);
      capnp::MallocMessageBuilder builder;
      builder.setRoot(reader.getRoot<schema::Message>());
      change(builder.getRoot<schema::Message>());
      return fault_of(bytes_of(builder));
    }
  }
  ADD_FAILURE() << "no sample " << name;
  return kNone;
}

using Root = schema::Message::Builder;

capnp::Data::Reader data_of(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

TEST(WireDecode, RefusesWhatIsNoMessage) {
  EXPECT_EQ(fault_of({}), kMalformed);
  const std::string zeros(4096, '\0');
  EXPECT_EQ(fault_of(as_bytes(zeros)), kMalformed);
  EXPECT_EQ(fault_of(as_bytes(std::string(4096, '\xFF'))), kMalformed);
  EXPECT_EQ(fault_of(as_bytes("{\"offer\":{}}    ")), kMalformed);
  EXPECT_EQ(fault_of(as_bytes(std::string(kMessageBytesMax, '\0'))), kMalformed);
  EXPECT_EQ(fault_of(as_bytes(std::string(kMessageBytesMax + 8, '\0'))), kTooLarge);
}

TEST(WireDecode, RefusesEveryMessageThatIsCutOrGoesOn) {
  for (const Sample& sample : samples()) {
    auto bytes = encode(sample.message);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      ASSERT_NE(fault_of(Bytes(bytes).first(size)), kNone) << sample.name << ' ' << size;
    }
    bytes.resize(bytes.size() + 8);
    EXPECT_EQ(fault_of(bytes), kMalformed) << sample.name;
  }
}

TEST(WireDecode, TakesAMessageOfSeveralSegments) {
  capnp::MallocMessageBuilder builder(4, capnp::AllocationStrategy::FIXED_SIZE);
  auto offer = builder.initRoot<schema::Message>().initOffer();
  builder.getRoot<schema::Message>().setVersion(1);
  offer.setSequence(5);
  offer.setSize(100);
  offer.setDigest(data_of(std::string(32, 'd')));
  offer.setSignature("signature");
  ASSERT_GT(builder.getSegmentsForOutput().size(), 1U);
  EXPECT_EQ(fault_of(bytes_of(builder)), kNone);
}

TEST(WireDecode, NamesAnotherVersion) {
  EXPECT_EQ(fault_of("held", [](Root root) { root.setVersion(2); }), kVersion);
  EXPECT_EQ(fault_of("held", [](Root root) { root.setVersion(0); }), kVersion);
}

TEST(WireDecode, RefusesAKindThatIsUnknown) {
  auto bytes = encode(Heartbeat{});
  // Table and root pointer are a word each; the union's number is the second 16 bits of the data.
  ASSERT_EQ(bytes.at(18), std::byte{0});
  bytes.at(18) = std::byte{20};
  EXPECT_EQ(fault_of(bytes), kMalformed);
}

TEST(WireDecode, RefusesQuestionsOfAGatewayThatCanNotBe) {
  EXPECT_EQ(fault_of("look_up", [](Root r) { r.getLookUp().getId().setParticipant(99); }),
            kMalformed);
  EXPECT_EQ(fault_of("look_up", [](Root r) { r.getLookUp().getId().setReference(""); }),
            kMalformed);
  EXPECT_EQ(fault_of("found", [](Root r) { r.getFound().getAnswer().setKind(7); }), kMalformed);
  EXPECT_EQ(fault_of("found", [](Root r) { r.getFound().getAsk().setPartner(0); }), kMalformed);
  EXPECT_EQ(fault_of("found", [](Root r) { r.getFound().getAnswer().setLeft(-2); }), kMalformed);
  EXPECT_EQ(fault_of("found", [](Root r) { r.getFound().getAnswer().setMember(7); }), kMalformed);
  const auto of_quote = [](auto change) {
    return fault_of("quote_request", [change](Root r) { change(r.getQuoteRequest()); });
  };
  EXPECT_EQ(of_quote([](auto quote) { quote.setPoints(1); }), kMalformed);  // Two amounts,
  EXPECT_EQ(of_quote([](auto quote) { quote.setUnits(0); }), kMalformed);   // none,
  EXPECT_EQ(of_quote([](auto quote) { quote.setKind(6); }), kMalformed);    // units of goods,
  EXPECT_EQ(of_quote([](auto quote) { quote.setKind(7); }), kMalformed);    // no such price.
  EXPECT_EQ(of_quote([](auto quote) { quote.setPartner(11); }), kMalformed);
  EXPECT_EQ(fault_of("quote", [](Root r) { r.getQuote().setDen(0); }), kMalformed);
  EXPECT_EQ(fault_of("roster", [](Root r) { r.getRoster().getParticipants()[1].setNumber(100); }),
            kMalformed);
  EXPECT_EQ(fault_of("roster", [](Root r) { r.getRoster().getParticipants()[0].setCode("clr"); }),
            kMalformed);
  EXPECT_EQ(fault_of("roster", [](Root r) { r.getRoster().initParticipants(0); }), kMalformed);
  EXPECT_EQ(fault_of("roster", [](Root r) { r.getRoster().initParticipants(1'025); }), kLimit);
  // A province has to say whose points it asks for.
  EXPECT_EQ(fault_of("found", [](Root r) { r.getFound().getAsk().setGiver(11); }), kMalformed);
  EXPECT_EQ(fault_of("ask", [](Root r) { r.getAsk().setMember(0); }), kMalformed);
}

TEST(WireDecode, RefusesDayFilesThatCanNotBe) {
  const auto of_part = [](auto change) {
    return fault_of("day_file_part", [change](Root r) { change(r.getDayFilePart()); });
  };
  EXPECT_EQ(of_part([](auto part) { part.setPartner(11); }), kMalformed);
  EXPECT_EQ(of_part([](auto part) { part.setDate(0xFFFF); }), kMalformed);
  EXPECT_EQ(of_part([](auto part) { part.setSize(0); }), kMalformed);
  EXPECT_EQ(of_part([](auto part) { part.setSize(kDayFileBytesMax + 1); }), kLimit);
  EXPECT_EQ(of_part([](auto part) { part.setSize(kDayFileBytesMax - 1); }), kMalformed);
  EXPECT_EQ(of_part([](auto part) { part.setOffset(~std::uint64_t{0}); }), kMalformed);
  EXPECT_EQ(of_part([](auto part) { part.setDigest(data_of("short")); }), kMalformed);
  EXPECT_EQ(of_part([](auto part) { part.setSignature(""); }), kMalformed);
  EXPECT_EQ(of_part([](auto part) { part.setSignature("two\nlines"); }), kMalformed);
  EXPECT_EQ(of_part([](auto part) { part.initBytes(kChunkBytesMax + 1); }), kLimit);
  EXPECT_EQ(fault_of("day_file_request", [](Root r) { r.getDayFileRequest().setPartner(100); }),
            kMalformed);
  const auto of_day = [](auto change) {
    return fault_of("day_file", [change](Root r) { change(r.getDayFile()); });
  };
  EXPECT_EQ(of_day([](auto day) { day.setState(7); }), kMalformed);
  EXPECT_EQ(of_day([](auto day) { day.setDigest(data_of("short")); }), kMalformed);
  EXPECT_EQ(of_day([](auto day) { day.setSequence(kSequenceMax + 1); }), kMalformed);
  EXPECT_EQ(of_day([](auto day) { day.setOffset(kDayFileBytesMax + 1); }), kLimit);
  EXPECT_EQ(of_day([](auto day) { day.setWhy("two\nlines"); }), kMalformed);
  EXPECT_EQ(of_day([](auto day) { day.initFaults(kFaultsPerDayFileMax + 1); }), kLimit);
  EXPECT_EQ(of_day([](auto day) {
              day.getFaults()[0].setColumn(std::string(kFaultTextBytesMax + 1, 'c'));
            }),
            kLimit);
}

TEST(WireDecode, RefusesSequencesThatCanNotBe) {
  for (const std::uint32_t sequence : {0U, kSequenceMax + 1, 0xFFFFFFFFU}) {
    EXPECT_EQ(fault_of("offer", [=](Root r) { r.getOffer().setSequence(sequence); }), kMalformed);
    EXPECT_EQ(fault_of("want", [=](Root r) { r.getWant().setSequence(sequence); }), kMalformed);
    EXPECT_EQ(fault_of("chunk", [=](Root r) { r.getChunk().setSequence(sequence); }), kMalformed);
    EXPECT_EQ(fault_of("receipt", [=](Root r) { r.getReceipt().setSequence(sequence); }),
              kMalformed);
    EXPECT_EQ(fault_of("held", [=](Root r) { r.getHeld().setMissing(sequence); }), kMalformed);
  }
  EXPECT_EQ(fault_of("held", [](Root r) { r.getHeld().setMissing(5); }), kMalformed);
  EXPECT_EQ(fault_of("refusal", [](Root r) { r.getRefusal().setSequence(kSequenceMax + 1); }),
            kMalformed);
  EXPECT_EQ(
      fault_of("heartbeat", [](Root r) { r.getHeartbeat().setLastReceipted(kSequenceMax + 1); }),
      kMalformed);
}

TEST(WireDecode, RefusesDigestsOfAnotherLength) {
  for (const std::size_t size : {0U, 31U, 33U}) {
    const std::string bytes(size, 'x');
    const auto digest = data_of(bytes);
    EXPECT_EQ(fault_of("offer", [&](Root r) { r.getOffer().setDigest(digest); }), kMalformed);
    EXPECT_EQ(fault_of("want", [&](Root r) { r.getWant().setDigest(digest); }), kMalformed);
    EXPECT_EQ(fault_of("chunk", [&](Root r) { r.getChunk().setDigest(digest); }), kMalformed);
    EXPECT_EQ(fault_of("held", [&](Root r) { r.getHeld().setDigest(digest); }), kMalformed);
    EXPECT_EQ(fault_of("refusal", [&](Root r) { r.getRefusal().setDigest(digest); }),
              size == 0 ? kNone : kMalformed);
  }
}

TEST(WireDecode, RefusesDatesAndTimesOutOfRange) {
  EXPECT_EQ(fault_of("offer", [](Root r) { r.getOffer().setDate(BusinessDate::kCount); }),
            kMalformed);
  EXPECT_EQ(fault_of("receipt", [](Root r) { r.getReceipt().getReturned()[1].setDate(0xFFFF); }),
            kMalformed);
  EXPECT_EQ(fault_of("advices", [](Root r) { r.getAdvices().getAdvices()[0].setDate(40'000); }),
            kMalformed);
  EXPECT_EQ(fault_of("heartbeat", [](Root r) { r.getHeartbeat().setAt(-1); }), kMalformed);
  EXPECT_EQ(fault_of("heartbeat", [](Root r) { r.getHeartbeat().setAt(36'525LL * 86'400); }),
            kMalformed);
}

TEST(WireDecode, BoundsBatchesAndChunks) {
  EXPECT_EQ(fault_of("offer", [](Root r) { r.getOffer().setSize(0); }), kMalformed);
  // Not here: the clearing refuses it by the batch's name.
  EXPECT_EQ(fault_of("offer", [](Root r) { r.getOffer().setSize(kBatchBytesMax + 1); }), kNone);
  EXPECT_EQ(fault_of("want",
                     [](Root r) {
                       r.getWant().setUntil(kBatchBytesMax + 1);
                       r.getWant().setOffset(kBatchBytesMax + 1);
                     }),
            kLimit);
  EXPECT_EQ(fault_of("want", [](Root r) { r.getWant().setOffset(9'437'185); }), kMalformed);
  EXPECT_EQ(fault_of("chunk", [](Root r) { r.getChunk().setBytes(data_of("")); }), kMalformed);
  const std::string much(kChunkBytesMax + 1, 'x');
  EXPECT_EQ(fault_of("chunk", [&](Root r) { r.getChunk().setBytes(data_of(much)); }), kLimit);
  const std::uint64_t beyond = kBatchBytesMax - 40;
  EXPECT_EQ(fault_of("chunk", [&](Root r) { r.getChunk().setOffset(beyond); }), kLimit);
  EXPECT_EQ(fault_of("chunk", [](Root r) { r.getChunk().setOffset(~0ULL); }), kLimit);
}

TEST(WireDecode, RefusesTextsThatAreLongOrUnclean) {
  const std::string much(kTextBytesMax + 1, 'x');
  EXPECT_EQ(fault_of("offer", [&](Root r) { r.getOffer().setSignature(much.c_str()); }), kLimit);
  EXPECT_EQ(fault_of("receipt", [&](Root r) { r.getReceipt().setText(much.c_str()); }), kLimit);
  EXPECT_EQ(fault_of("refusal", [&](Root r) { r.getRefusal().setDetail(much.c_str()); }), kLimit);
  for (const char* bad : {"a\n", "\x7F", "\xC2\x9F", "\xB1\xB1", "\xED\xA0\x80"}) {
    EXPECT_EQ(fault_of("offer", [&](Root r) { r.getOffer().setSignature(bad); }), kMalformed);
    EXPECT_EQ(fault_of("receipt", [&](Root r) { r.getReceipt().setText(bad); }), kMalformed);
    EXPECT_EQ(fault_of("receipt", [&](Root r) { r.getReceipt().setSignature(bad); }), kMalformed);
    EXPECT_EQ(fault_of("refusal", [&](Root r) { r.getRefusal().setDetail(bad); }), kMalformed);
  }
  EXPECT_EQ(fault_of("refusal", [](Root r) { r.getRefusal().setDetail({"a\0b", 3}); }), kMalformed);
  EXPECT_EQ(fault_of("offer", [](Root r) { r.getOffer().setSignature(""); }), kMalformed);
}

TEST(WireDecode, BoundsLists) {
  const auto many = static_cast<unsigned>(kReturnedPerReceiptMax) + 1;
  EXPECT_EQ(fault_of("receipt", [=](Root r) { r.getReceipt().initReturned(many); }), kLimit);
  const auto advices = static_cast<unsigned>(kAdvicesPerMessageMax) + 1;
  EXPECT_EQ(fault_of("advices", [=](Root r) { r.getAdvices().initAdvices(advices); }), kLimit);
  EXPECT_EQ(fault_of("receipt", [](Root r) { r.getReceipt().initReturned(1); }), kMalformed);
  EXPECT_EQ(fault_of("advices", [](Root r) { r.getAdvices().initAdvices(1); }), kMalformed);
}

TEST(WireDecode, RefusesAsksThatCanNotBe) {
  using Body = schema::Ask::Builder;
  const auto with = [](void (*change)(Body)) {
    return fault_of("ask", [=](Root r) { change(r.getAsk()); });
  };
  EXPECT_EQ(with([](Body) {}), kNone);
  for (const int kind : {0, 5, 15, 255}) {
    EXPECT_EQ(fault_of("ask", [=](Root r) { r.getAsk().setKind(static_cast<std::uint8_t>(kind)); }),
              kMalformed);
  }
  EXPECT_EQ(with([](Body ask) { ask.setForm(8); }), kMalformed);
  EXPECT_EQ(with([](Body ask) { ask.initId(); }), kMalformed);
  EXPECT_EQ(with([](Body ask) { ask.getId().setReference("A_1"); }), kMalformed);
  EXPECT_EQ(with([](Body ask) { ask.getId().setDate(BusinessDate::kCount); }), kMalformed);
  EXPECT_EQ(with([](Body ask) { ask.initParent(); }), kMalformed);  // A refund cites one.
  EXPECT_EQ(with([](Body ask) { ask.setKind(10); }), kMalformed);   // An exchange out cites none.
  EXPECT_EQ(with([](Body ask) { ask.setMember(ask.getMember() + 1); }), kMalformed);
  EXPECT_EQ(with([](Body ask) { ask.setMember(0); }), kMalformed);
  EXPECT_EQ(with([](Body ask) { ask.setGiver(11); }), kMalformed);    // And a partner,
  EXPECT_EQ(with([](Body ask) { ask.setPartner(0); }), kMalformed);   // or neither,
  EXPECT_EQ(with([](Body ask) { ask.setPartner(11); }), kMalformed);  // or a province as one.
  EXPECT_EQ(with([](Body ask) { ask.setPoints(-1); }), kMalformed);
  EXPECT_EQ(with([](Body ask) { ask.setPoints(kAmountMax + 1); }), kMalformed);
  EXPECT_EQ(with([](Body ask) { ask.setUnits(-1); }), kMalformed);
  EXPECT_EQ(with([](Body ask) { ask.setSeconds(900); }), kMalformed);
  EXPECT_EQ(with([](Body ask) { ask.setFinal(true); }), kMalformed);
  EXPECT_EQ(with([](Body ask) { ask.setAuthorisation(7); }), kMalformed);
  EXPECT_EQ(with([](Body ask) { ask.setRequest(data_of("short")); }), kMalformed);
  const auto many = static_cast<unsigned>(kSlicesPerAskMax) + 1;
  EXPECT_EQ(fault_of("ask", [=](Root r) { r.getAsk().initSlices(many); }), kLimit);
}

TEST(WireDecode, RefusesSlicesThatCanNotBe) {
  using Body = schema::Slice::Builder;
  const auto with = [](void (*change)(Body)) {
    return fault_of("ask", [=](Root r) { change(r.getAsk().getSlices()[0]); });
  };
  EXPECT_EQ(with([](Body slice) { slice.setLot(0); }), kMalformed);
  EXPECT_EQ(with([](Body slice) { slice.setEarnedMonth(Month::kCount); }), kMalformed);
  EXPECT_EQ(with([](Body slice) { slice.setExpiresOn(BusinessDate::kCount); }), kMalformed);
  EXPECT_EQ(with([](Body slice) { slice.setSource(10); }), kMalformed);
  EXPECT_EQ(with([](Body slice) { slice.setSource(0); }), kMalformed);
  EXPECT_EQ(with([](Body slice) { slice.setRating(2); }), kMalformed);
  EXPECT_EQ(with([](Body slice) { slice.setPoints(0); }), kNone);  // Nothing is left of it.
  EXPECT_EQ(with([](Body slice) { slice.setPoints(-100'000'000'001); }), kMalformed);
  EXPECT_EQ(with([](Body slice) { slice.setPoints(slice.getOriginal() + 1); }), kMalformed);
  EXPECT_EQ(with([](Body slice) { slice.setOriginal(kAmountMax + 1); }), kMalformed);
}

TEST(WireDecode, BoundsHowLongAHoldLasts) {
  const auto hold = [](std::uint32_t seconds) {
    return fault_of("ask", [=](Root r) {
      r.getAsk().setKind(7);
      r.getAsk().disownParent();
      r.getAsk().disownSlices();
      r.getAsk().setAuthorisation(0);
      r.getAsk().setSeconds(seconds);
    });
  };
  EXPECT_EQ(hold(0), kMalformed);
  EXPECT_EQ(hold(1), kNone);
  EXPECT_EQ(hold(kHoldSecondsMax), kNone);
  EXPECT_EQ(hold(kHoldSecondsMax + 1), kMalformed);
}

TEST(WireDecode, RefusesMovesThatCanNotBe) {
  const auto asks = [](auto change) {
    return fault_of("move", [=](Root r) { change(r.getAsk()); });
  };
  EXPECT_EQ(asks([](auto) {}), kNone);
  EXPECT_EQ(asks([](auto ask) { ask.setPoints(1); }), kMalformed);
  EXPECT_EQ(asks([](auto ask) { ask.setMember(0); }), kMalformed);
  EXPECT_EQ(asks([](auto ask) { ask.setForm(1); }), kMalformed);
  EXPECT_EQ(asks([](auto ask) { ask.initSlices(1); }), kMalformed);
  EXPECT_EQ(asks([](auto ask) {
              ask.setGiver(0);  // A partner moves nobody.
              ask.setPartner(101);
            }),
            kMalformed);
  const auto leaves = [](auto change) {
    return fault_of("left", [=](Root r) { change(r.getAnswer()); });
  };
  EXPECT_EQ(leaves([](auto) {}), kNone);
  EXPECT_EQ(leaves([](auto answer) { answer.setKind(6); }), kMalformed);
  EXPECT_EQ(leaves([](auto answer) { answer.setCode(8); }), kMalformed);
  EXPECT_EQ(leaves([](auto answer) { answer.getSlices()[0].setPoints(0); }), kMalformed);
  EXPECT_EQ(leaves([](auto answer) { answer.getSlices()[1].setLot(0); }), kMalformed);
  EXPECT_EQ(leaves([](auto answer) { answer.getSlices()[1].setOriginal(1); }), kMalformed);
  EXPECT_EQ(leaves([](auto answer) { answer.initSlices(16'385); }), kLimit);
  EXPECT_EQ(leaves([](auto answer) { answer.initStanding(8'192); }), kNone);
  EXPECT_EQ(leaves([](auto answer) { answer.initStanding(8'193); }), kLimit);
  const auto moved = [](auto change) {
    return fault_of("moved", [=](Root r) { change(r.getAnswer()); });
  };
  EXPECT_EQ(moved([](auto) {}), kNone);
  EXPECT_EQ(moved([](auto answer) { answer.setDefinite(true); }), kMalformed);
  EXPECT_EQ(moved([](auto answer) { answer.setKind(6); }), kMalformed);
  EXPECT_EQ(moved([](auto answer) { answer.initStanding(1); }), kMalformed);
  EXPECT_EQ(moved([](auto answer) { answer.setCode(18); }), kMalformed);
  EXPECT_EQ(moved([](auto answer) { answer.getSlices()[0].setPoints(-100'000'000'001); }),
            kMalformed);
}

TEST(WireDecode, RefusesAnswersThatCanNotBe) {
  using Body = schema::Answer::Builder;
  const auto with = [](void (*change)(Body)) {
    return fault_of("answer", [=](Root r) { change(r.getAnswer()); });
  };
  EXPECT_EQ(with([](Body) {}), kNone);
  EXPECT_EQ(with([](Body answer) { answer.setKind(1); }), kMalformed);
  EXPECT_EQ(with([](Body answer) { answer.initId(); }), kMalformed);
  EXPECT_EQ(with([](Body answer) { answer.setDefinite(false); }), kMalformed);  // Done, or why not.
  EXPECT_EQ(with([](Body answer) { answer.setHome(100); }), kMalformed);
  EXPECT_EQ(with([](Body answer) { answer.setAt(-1); }), kMalformed);
  EXPECT_EQ(with([](Body answer) { answer.setEnds(36'525LL * 86'400); }), kMalformed);
  EXPECT_EQ(with([](Body answer) { answer.setPoints(-1); }), kMalformed);
  EXPECT_EQ(with([](Body answer) { answer.setDetail("a\n"); }), kMalformed);
}

TEST(WireDecode, RefusesReturnedItemsThatCanNotBe) {
  using Item = schema::Returned::Builder;
  const auto with = [](void (*change)(Item)) {
    return fault_of("receipt", [=](Root r) { change(r.getReceipt().getReturned()[1]); });
  };
  EXPECT_EQ(with([](Item item) { item.setEntry(0); }), kNone);
  EXPECT_EQ(with([](Item item) { item.setKind(0); }), kMalformed);
  EXPECT_EQ(with([](Item item) { item.setCode(0); }), kMalformed);
  EXPECT_EQ(with([](Item item) { item.setParticipant(0); }), kMalformed);
  EXPECT_EQ(with([](Item item) { item.setReference(""); }), kMalformed);
  EXPECT_EQ(with([](Item item) { item.setReference("a_b"); }), kMalformed);
  EXPECT_EQ(with([](Item item) { item.setReference("1234567890123456789012345"); }), kMalformed);
  EXPECT_EQ(with([](Item item) { item.setReference({"A\0", 2}); }), kMalformed);
}

TEST(WireDecode, RefusesAdvicesThatCanNotBe) {
  using Item = schema::Advice::Builder;
  const auto with = [](void (*change)(Item)) {
    return fault_of("advices", [=](Root r) { change(r.getAdvices().getAdvices()[1]); });
  };
  EXPECT_EQ(with([](Item item) { item.setNumber(8); }), kMalformed);
  EXPECT_EQ(with([](Item item) { item.setHome(0); }), kMalformed);
  EXPECT_EQ(with([](Item item) { item.setHome(100); }), kMalformed);
  EXPECT_EQ(with([](Item item) { item.setSequence(0); }), kMalformed);
}

// A few bytes that claim to be many: a list of elements without size, a pointer that leads to
// itself. What is done is bounded, and quick.
TEST(WireDecode, IsNotMadeToWorkByFewBytes) {
  auto bytes = encode(Advices{});
  ASSERT_EQ(bytes.size(), 8U * 6);  // Table, root pointer, 2 words of root, pointer, list pointer.
  const auto put_word = [&](std::size_t at, std::uint64_t value) {
    std::memcpy(bytes.data() + 8 * at, &value, sizeof value);
  };
  const std::uint64_t list = 1;
  const std::uint64_t inline_composite = 7ULL << 32U;
  for (const std::uint64_t element_bits : {0ULL, 1ULL, 5ULL, 6ULL}) {
    put_word(5, list | element_bits << 32U | 0x1FFFFFFFULL << 35U);
    EXPECT_NE(fault_of(bytes), kNone) << element_bits;
  }
  put_word(5, list | inline_composite);
  EXPECT_NE(fault_of(bytes), kNone);
  bytes.resize(8 * 7);
  bytes.at(4) = std::byte{6};              // One more word in the segment: the list's tag,
  put_word(5, list | inline_composite);    // of a list without words,
  put_word(6, 0x3FFFFFFFULL << 2U);        // but with 2^30 - 1 elements of no size.
  EXPECT_EQ(fault_of(bytes), kMalformed);  // Following it would pass the limit of words.
  put_word(5, list | 0xFFFFFFFEULL << 2U | inline_composite | 1ULL << 35U);  // Back to itself.
  EXPECT_NE(fault_of(bytes), kNone);
}

TEST(WireDecode, TakesAnyBitTurnedOverForAFaultOrAMessage) {
  for (const Sample& sample : samples()) {
    auto bytes = encode(sample.message);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      const auto mask = static_cast<std::byte>(1U << bit % 8);
      bytes[bit / 8] ^= mask;
      Message message;
      if (decode(bytes, message) == kNone) {
        Message again;
        ASSERT_EQ(decode(encode(message), again), kNone) << sample.name << " bit " << bit;
        EXPECT_TRUE(again == message);
      }
      bytes[bit / 8] ^= mask;
    }
  }
}

}  // namespace PH_FILE
}  // namespace ph::wire
