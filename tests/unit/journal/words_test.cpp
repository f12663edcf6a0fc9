// Commands of a journal in words, as `pointhouse journal show` prints them.
#include "app/journal/words.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "clearing/commands.h"
#include "node/commands.h"

namespace ph {
namespace PH_FILE {

constexpr BusinessDate kDay = BusinessDate::of(2026, 3, 1);
constexpr BusinessTime kNoon = BusinessTime::of(kDay, 12 * 3600);

TransactionId id_of(std::uint16_t who, std::string_view reference) {
  TransactionId id{.participant = Participant(who), .date = kDay};
  std::memcpy(id.reference.data(), reference.data(), reference.size());
  return id;
}
std::string node_words(const JournalCommand& command) {
  return command_words(JournalOf::kNode, command).dump();
}
std::string clearing_words(const JournalCommand& command) {
  return command_words(JournalOf::kClearing, command).dump();
}

TEST(JournalWords, OfADayThatIsOpenedForLiveEvents) {
  EXPECT_EQ(node_words(encode(DayOpened{.sequence = 7, .date = kDay}, kNoon)),
            R"({"name":"OPEN","sequence":7,"date":"2026-03-01"})");
}

TEST(JournalWords, OfALiveEventAreWhatItHas) {
  LiveCommand hold{.row = {.kind = RowKind::kHold, .member = Member::make(Participant(1), 1)},
                   .hold_seconds = 900};
  hold.row.id = id_of(102, "h-1");
  hold.row.points = 50;
  EXPECT_EQ(node_words(encode(LiveTaken{.command = hold}, kNoon)),
            R"({"name":"LIVE","event":"HOLD","id":"102/20260301/h-1","member":")" +
                hold.row.member.text() + R"(","points":50,"seconds":900})");
  LiveCommand capture{.row = {.kind = RowKind::kCapture, .form = Form::kMerchant, .flag = 1}};
  capture.row.partner = Participant(102);
  capture.row.id = id_of(102, "c-1");
  capture.row.parent = hold.row.id;
  capture.row.points = 40;
  EXPECT_EQ(node_words(encode(LiveTaken{.command = capture}, kNoon)),
            R"({"name":"LIVE","event":"CAPTURE","id":"102/20260301/c-1",)"
            R"("hold":"102/20260301/h-1","points":40,"form":"MERCHANT","final":1,"partner":102})");
  LiveCommand refund{.row = {.kind = RowKind::kRefund, .giver = Participant(2)},
                     .children = {{.points = 1}, {.points = 2}}};
  refund.row.id = id_of(2, "r-1");
  refund.row.parent = id_of(2, "p-1");
  refund.row.lot = LotId(Participant(3), kDay, 9);
  EXPECT_EQ(node_words(encode(LiveTaken{.command = refund}, kNoon)),
            R"({"name":"LIVE","event":"REFUND","id":"2/20260301/r-1","parent":"2/20260301/p-1",)"
            R"("giver":2,"lot":"3/20260301/9","slices":2})");
}

TEST(JournalWords, OfWhatAPartnerAskedAndWhatItsHomeAnswered) {
  const Ask ask{.kind = AskKind::kExchangeOut,
                .id = id_of(101, "x-1"),
                .member = Member::make(Participant(1), 1),
                .partner = Participant(101),
                .rate = 3,
                .points = 1'000,
                .units = 80};
  EXPECT_EQ(clearing_words(encode(Asked{.ask = ask, .refused = AskCode::kCapReached}, kNoon)),
            R"({"name":"ASKED","event":"EXCHANGE_OUT","id":"101/20260301/x-1","refused":23,)"
            R"("member":")" +
                ask.member.text() +
                R"(","points":1000,"partner":101,"units":80,"rate":3,"request":")" +
                std::string(64, '0') + R"("})");
  const Answer answer{.kind = AskKind::kHold,
                      .id = id_of(102, "h-1"),
                      .definite = true,
                      .home = Participant(1),
                      .authorisation = EntryId(Participant(1), kDay, 3'500'000'000),
                      .at = kNoon.seconds(),
                      .ends = kNoon.seconds() + 900,
                      .points = 50};
  EXPECT_EQ(clearing_words(encode(Answered{.answer = answer}, kNoon)),
            R"({"name":"ANSWERED","event":"HOLD","id":"102/20260301/h-1","code":0,"home":1,)"
            R"("decided":"2026-03-01T12:00:00+08:00","authorisation":"1/20260301/3500000000",)"
            R"("points":50,"ends":"2026-03-01T12:15:00+08:00"})");
}

TEST(JournalWords, OfARunAreItsKindAndMonth) {
  const RunBegun begun{
      .key = {.kind = RunKind::kAward, .reference = Month::parse("2025-12").value()}, .number = 3};
  EXPECT_EQ(node_words(encode(begun, kNoon)),
            R"({"name":"RUN","number":3,"run":"AWARD","of":"2025-12"})");
}

NameText name_of(std::string_view text) {
  NameText name{};
  std::ranges::copy(text, name.begin());
  return name;
}

// Without the row's bytes, which follow.
std::string member_words(const MemberRow& row) {
  const std::string all = node_words(encode(MemberTaken{.request = {.row = row}}, kNoon));
  return all.substr(0, all.find(R"(,"payload")"));
}

TEST(JournalWords, OfARowOfAMemberAreItsColumnsByTheirNames) {
  MemberRow order{.kind = MemberKind::kOrder, .number = {2}, .points = 5'000, .fen = {150'000}};
  order.member = Member::make(Participant(1), 1);
  order.name[0] = name_of("handset");
  order.id = id_of(1, "W-3");
  EXPECT_EQ(member_words(order),
            R"({"name":"MEMBER","row":"ORDER","id":"1/20260301/W-3","member":")" +
                order.member.text() +
                R"(","item":"handset","quantity":2,"points":5000,"cash":150000)");
  MemberRow state{.kind = MemberKind::kOrderState, .word = 2};
  state.id = id_of(1, "S-1");
  state.parent = order.id;
  EXPECT_EQ(member_words(state), R"({"name":"MEMBER","row":"ORDER_STATE","id":"1/20260301/S-1",)"
                                 R"("order":"1/20260301/W-3","state":"DELIVERED")");
}

TEST(JournalWords, OfWhatThisBuildDoesNotKnowAreTheDigits) {
  const JournalCommand unknown{.kind = 77, .version = 1, .at = kNoon, .payload = {std::byte{0x4F}}};
  EXPECT_EQ(node_words(unknown), R"({"name":"","payload":"4f"})");
  JournalCommand newer = encode(DayOpened{.sequence = 7, .date = kDay}, kNoon);
  newer.version = 2;
  EXPECT_EQ(node_words(newer).substr(0, 22), R"({"name":"","payload":")");
}

}  // namespace PH_FILE
}  // namespace ph
