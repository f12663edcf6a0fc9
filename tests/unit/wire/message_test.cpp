#include "platform/wire/message.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "tests/support/checkout.h"
#include "tests/unit/wire/samples.h"

namespace ph::wire {
namespace PH_FILE {

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

TransactionId of_partner(const char* reference) {
  TransactionId id = id_of(reference);
  id.participant = Participant(101);
  return id;
}

Found found_capture() {
  return {.number = 3,
          .ask = Ask{.kind = AskKind::kCapture,
                     .form = Form::kMerchant,
                     .final = true,
                     .id = of_partner("C-1"),
                     .parent = of_partner("H-1"),
                     .member = Member::make(Participant(11), 42),
                     .partner = Participant(101),
                     .points = 2'500},
          .answer = {.kind = AskKind::kCapture,
                     .id = of_partner("C-1"),
                     .definite = true,
                     .home = Participant(11),
                     .authorisation = EntryId(Participant(11), BusinessDate::of(2026, 3, 5), 7),
                     .at = 826'000'000,
                     .points = 2'500,
                     .left = 0,
                     .member = Member::make(Participant(11), 42)}};
}

// What a gateway brings, in the order of the schema's numbers.
std::vector<Message> day_file_messages() {
  return {
      DayFilePart{.number = 8,
                  .partner = Participant(101),
                  .date = BusinessDate::of(2026, 3, 5),
                  .size = 200,
                  .digest = digest(5),
                  .signature = "sig",
                  .offset = 100,
                  .bytes = std::vector<std::byte>(100, std::byte{7})},
      DayFileRequest{
          .number = 9, .partner = Participant(101), .date = BusinessDate::of(2026, 3, 5)},
      DayFile{.number = 9,
              .state = DayFileState::kRefused,
              .digest = digest(5),
              .sequence = 4,
              .why = "第 2 行",
              .faults = {{.number = 412,
                          .line = 2,
                          .column = "member",
                          .value = "01000000000013",
                          .expected = "01000000000012"}}},
  };
}

// What nodes and the clearing say of a rating; then a heartbeat that says that it can.
std::vector<Message> rating_messages() {
  const Month month(194);
  const std::string text =
      "THRESHOLDS,1,CLR,star,2016-03," + std::string(64, '5') + ",20,10,five-star:5:1:312:310";
  return {
      Scores{.grading = "star",
             .month = month,
             .programme = digest(5),
             .revision = 2,
             .digest = digest(6),
             .size = 1'000,
             .signature = "sig",
             .offset = 100,
             .bytes = std::vector<std::byte>(100, std::byte{7}),
             .sequence = 4},
      ScoresTaken{.grading = "star",
                  .month = month,
                  .digest = digest(6),
                  .offset = 200,
                  .state = ScoresState::kWanted,
                  .detail = "第 2 行"},
      ThresholdsRequest{.grading = "star", .month = month},
      Thresholds{.grading = "star",
                 .month = month,
                 .state = ThresholdsState::kPublished,
                 .text = text,
                 .signature = "sig"},
      Thresholds{.grading = "star",
                 .month = month,
                 .state = ThresholdsState::kWaits,
                 .waiting = {Participant(2), Participant(31)}},
      Heartbeat{.last_receipted = 4, .last_advice = 9, .at = 826'000'000, .speaks = 1},
  };
}

// One of each, in the order of the schema's numbers.
std::vector<Message> all_messages() {
  const BusinessDate date = BusinessDate::of(2026, 3, 5);
  std::vector<std::byte> bytes(100, std::byte{7});
  std::vector<Message> out{
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
      Ask{.kind = AskKind::kHold,
          .id = id_of("H-1"),
          .member = Member::make(Participant(11), 42),
          .partner = Participant(101),
          .seconds = 900,
          .points = 5'000,
          .request = digest(4)},
      Answer{.kind = AskKind::kHold,
             .id = id_of("H-1"),
             .definite = true,
             .code = 15,
             .home = Participant(11),
             .at = 826'000'000},
      LookUp{.number = 3, .id = of_partner("C-1")},
      found_capture(),
      QuoteRequest{.number = 5,
                   .kind = AskKind::kRedeem,
                   .partner = Participant(101),
                   .date = date,
                   .fen = 1'500},
      Quote{.number = 5, .points = 2'500, .fen = 1'500, .rate = 7, .num = 3, .den = 5},
      RosterRequest{.after = Participant(99)},
      Roster{.after = Participant(99),
             .rows = {{Participant(100), "CLR"}, {Participant(101), "MER1"}},
             .more = true},
  };
  std::ranges::move(day_file_messages(), std::back_inserter(out));
  std::ranges::move(rating_messages(), std::back_inserter(out));
  return out;
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

TEST(WireMessage, ComesBackAsItWasAtTheEdgesToo) {
  for (const Sample& sample : samples()) {
    const auto bytes = encode(sample.message);
    EXPECT_EQ(bytes.size() % 8, 0U);
    Message back;
    ASSERT_EQ(decode(bytes, back), DecodeFault::kNone) << sample.name;
    EXPECT_TRUE(back == sample.message) << sample.name;
  }
}

TEST(WireMessage, MayLieAtAnyAddress) {
  const auto bytes = encode(samples().front().message);
  for (std::size_t shift = 1; shift < 8; ++shift) {
    std::vector<std::byte> moved(bytes.size() + shift);
    std::memcpy(moved.data() + shift, bytes.data(), bytes.size());
    Message back;
    ASSERT_EQ(decode(Bytes(moved).subspan(shift), back), DecodeFault::kNone);
    EXPECT_TRUE(back == samples().front().message);
  }
}

Roster largest_roster() {
  Roster out;
  for (std::uint16_t n = 1; n <= kRosterMax; ++n) {
    out.rows.push_back({Participant(n), "ABCDEFGHIJKL"});
  }
  return out;
}

Found largest_found() {
  Found out = found_capture();
  out.ask->id = out.answer.id = of_partner("abcdefghijklmnopqrstuvwX");
  out.ask->parent = of_partner("Xbcdefghijklmnopqrstuvwx");
  out.ask->request = digest(9);
  out.answer.detail = std::string(kTextBytesMax, 'd');
  return out;
}

DayFile largest_day_file() {
  const std::string text(kFaultTextBytesMax, 't');
  return {.state = DayFileState::kRefused,
          .why = std::string(kTextBytesMax, 'w'),
          .faults = {kFaultsPerDayFileMax,
                     {.number = 1, .column = text, .value = text, .expected = text}}};
}

Scores largest_scores() {
  return {.grading = "star",
          .revision = 1,
          .size = kScoresBytesMax,
          .signature = std::string(kTextBytesMax, 's'),
          .offset = kScoresBytesMax - kChunkBytesMax,
          .bytes = std::vector<std::byte>(kChunkBytesMax, std::byte{7}),
          .sequence = 1};
}

Thresholds largest_thresholds() {
  Thresholds out{.grading = "star", .state = ThresholdsState::kWaits};
  for (std::uint16_t n = 1; n <= kProvinceNumberMax; ++n) {
    out.waiting.emplace_back(n);
  }
  return out;
}

DayFilePart largest_day_file_part() {
  return {.partner = Participant(101),
          .size = kDayFileBytesMax,
          .signature = std::string(kTextBytesMax, 's'),
          .offset = kDayFileBytesMax - kChunkBytesMax,
          .bytes = std::vector<std::byte>(kChunkBytesMax, std::byte{7})};
}

TEST(WireMessage, HoldsTheLargestOfEverything) {
  const Sample receipt_sample = samples().at(4);
  auto receipt = std::get<Receipt>(receipt_sample.message);
  receipt.text = std::string(kTextBytesMax, 'x');
  receipt.signature = std::string(kTextBytesMax, 'y');
  receipt.returned.resize(kReturnedPerReceiptMax, receipt.returned.at(1));
  auto chunk = std::get<Chunk>(samples().at(3).message);
  chunk.bytes.resize(kChunkBytesMax, std::byte{7});
  chunk.offset = kBatchBytesMax - kChunkBytesMax;
  Advices advices;
  for (std::size_t i = 0; i < kAdvicesPerMessageMax; ++i) {
    advices.advices.push_back({i + 1, Participant(1), 1, BusinessDate(), 1, 2, 3, 4, 5, 6});
  }
  Refusal refusal{0, {}, 1, true, std::string(kTextBytesMax, 'z')};
  for (const Message& message :
       {Message(receipt), Message(chunk), Message(advices), Message(refusal), Message(Advices{}),
        Message(Refusal{0, {}, 1}), Message(largest_roster()), Message(largest_found()),
        Message(largest_day_file()), Message(largest_day_file_part()), Message(largest_scores()),
        Message(largest_thresholds())}) {
    const auto bytes = encode(message);
    ASSERT_LE(bytes.size(), kMessageBytesMax);
    Message back;
    ASSERT_EQ(decode(bytes, back), DecodeFault::kNone);
    EXPECT_TRUE(back == message);
  }
}

TEST(WireMessage, DetailOfARefusalIsMadeCleanOnTheWay) {
  Message back;
  ASSERT_EQ(decode(encode(Refusal{1, {}, 10, false, "line 3:\n\xB1 \x7F"}), back),
            DecodeFault::kNone);
  EXPECT_EQ(std::get<Refusal>(back).detail, "line 3:?? ?");
}

TEST(WireMessage, WhatAFaultSaysIsMadeCleanAndCutOnTheWay) {
  Message back;
  ASSERT_EQ(decode(encode(DayFile{.why = "a\nb",
                                  .faults = {{.value = std::string(600, 'v') + "\t"},
                                             {.expected = "\xFF积分"}}}),
                   back),
            DecodeFault::kNone);
  const auto& day = std::get<DayFile>(back);
  EXPECT_EQ(day.why, "a?b");
  EXPECT_EQ(day.faults.at(0).value, std::string(kFaultTextBytesMax, 'v'));
  EXPECT_EQ(day.faults.at(1).expected, "?积分");
}

TEST(WireMessage, CleanTextIsCutBetweenCharacters) {
  EXPECT_EQ(clean_text("积分\u0085."), "积分?.");
  EXPECT_EQ(clean_text("\xC2"), "?");
  EXPECT_EQ(clean_text(""), "");
  EXPECT_EQ(clean_text(std::string(kTextBytesMax, 'a') + "b"), std::string(kTextBytesMax, 'a'));
  const std::string before(kTextBytesMax - 2, 'a');
  EXPECT_EQ(clean_text(before + "积分"), before);
  EXPECT_EQ(clean_text(before + "é!"), before + "é");
  EXPECT_EQ(clean_text(std::string(2 * kTextBytesMax, '\x80')).size(), kTextBytesMax - 4);
}

TEST(WireMessage, ThatCouldNotBeReadIsABugToSend) {
  auto offer = std::get<Offer>(samples().at(1).message);
  offer.signature += "\n";
  EXPECT_DEATH((void)encode(offer), "a message that its peer can read");
  EXPECT_DEATH((void)encode(Refusal{kSequenceMax + 1, {}, 1}), "a message that its peer can read");
}

TEST(WireWords, NameEachRefusal) {
  EXPECT_EQ(word(RefusalCode::kMalformed), "MALFORMED");
  EXPECT_EQ(word(RefusalCode::kGapTooWide), "GAP_TOO_WIDE");
  EXPECT_EQ(word(RefusalCode::kNotAGateway), "NOT_A_GATEWAY");
  EXPECT_EQ(word(ScoresState::kOtherProgramme), "OTHER_PROGRAMME");
  EXPECT_EQ(word(static_cast<ScoresState>(0)), "");
  EXPECT_EQ(word(static_cast<RefusalCode>(999)), "UNKNOWN");
  EXPECT_EQ(refusal_of(DecodeFault::kLimit), RefusalCode::kTooLarge);
  EXPECT_EQ(refusal_of(DecodeFault::kTooLarge), RefusalCode::kTooLarge);
  EXPECT_EQ(refusal_of(DecodeFault::kVersion), RefusalCode::kVersion);
  EXPECT_EQ(refusal_of(DecodeFault::kMalformed), RefusalCode::kMalformed);
}

// What a rating's messages may not say; each is refused, however it came.
TEST(WireMessage, OfARatingHoldsNoValueThatCannotBe) {
  const auto scores = std::get<Scores>(rating_messages().at(0));
  const auto bad = [&scores](auto change) {
    Scores one = scores;
    change(one);
    EXPECT_DEATH((void)encode(one), "a message that its peer can read");
  };
  bad([](Scores& one) { one.grading = "Star"; });
  bad([](Scores& one) { one.grading.clear(); });
  bad([](Scores& one) { one.grading = std::string(25, 'a'); });
  bad([](Scores& one) { one.month = Month(Month::kCount); });
  bad([](Scores& one) { one.revision = 0; });
  bad([](Scores& one) { one.size = 95; });
  bad([](Scores& one) { one.size = kScoresBytesMax + 1; });
  bad([](Scores& one) { one.signature.clear(); });
  bad([](Scores& one) { one.sequence = 0; });
  bad([](Scores& one) { one.offset = 901; });
  bad([](Scores& one) { one.bytes.resize(kChunkBytesMax + 1); });
  Thresholds wrong{.grading = "star", .state = ThresholdsState::kPublished};
  EXPECT_DEATH((void)encode(wrong), "a message that its peer can read");
  wrong = {.grading = "star", .state = ThresholdsState::kNotOpen, .waiting = {Participant(1)}};
  EXPECT_DEATH((void)encode(wrong), "a message that its peer can read");
  wrong.state = ThresholdsState::kWaits;
  wrong.waiting = {Participant(2), Participant(1)};
  EXPECT_DEATH((void)encode(wrong), "a message that its peer can read");
  wrong.waiting = {Participant(100)};
  EXPECT_DEATH((void)encode(wrong), "a message that its peer can read");
  ScoresTaken taken{.grading = "star", .offset = 5, .state = ScoresState::kTaken};
  EXPECT_DEATH((void)encode(taken), "a message that its peer can read");
}

// Members of the union that a release before doesn't know are refused there; what it does know,
// with a field more, it reads as ever.
TEST(WireMessage, AHeartbeatOfAReleaseBeforeSpeaksOfNoRatings) {
  Message back;
  ASSERT_EQ(decode(encode(all_messages()[0]), back), DecodeFault::kNone);
  EXPECT_EQ(std::get<Heartbeat>(back).speaks, 0);
}

// The bytes of the first release lie in schema/golden: every later one reads them alike.
TEST(WireMessage, ReadsTheGoldenBytes) {
  const std::vector<Message> messages = all_messages();
  for (std::size_t n = 0; n < messages.size(); ++n) {
    const std::string path = "schema/golden/wire-1-" + std::to_string(n + 1) + ".bin";
    const std::string text = test::checkout_text(path);
    Message back;
    ASSERT_EQ(decode(as_bytes(text), back), DecodeFault::kNone) << path;
    EXPECT_TRUE(back == messages[n]) << path;
  }
}

}  // namespace PH_FILE
}  // namespace ph::wire
