// The gateway's side of the wire: what the clearing is asked, what partners are told, and that no
// answer is taken for another question's.
#include "partners/line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "platform/crypto/sha256.h"
#include "platform/http/body_file.h"
#include "tests/support/scratch.h"

namespace ph {
namespace PH_FILE {

using Json = nlohmann::json;

constexpr BusinessDate kDay = BusinessDate::of(2026, 3, 5);
const BusinessTime kNow = BusinessTime::of(kDay, 43'207);
constexpr Participant kShop{101};
constexpr Participant kHome{1};
const Member kMember = Member::make(kHome, 1);

class Port final : public LinePort {
 public:
  bool send(const std::vector<std::byte>& message) override {
    if (!up) return false;
    wire::Message decoded;
    EXPECT_EQ(wire::decode(message, decoded), wire::DecodeFault::kNone);
    sent.push_back(std::move(decoded));
    return true;
  }
  void reconnect() override { ++reconnects; }

  bool up{true};
  int reconnects{0};
  std::vector<wire::Message> sent{};
};

class LineTest : public testing::Test {
 protected:
  void SetUp() override {
    line_.on_connected(kNow, steady_ms_);
    hear(Roster{.rows = {{kHome, "P01"}, {kClearingHouse, "CLR"}}, .more = true});
    hear(Roster{.after = kClearingHouse, .rows = {{kShop, "MER1"}}});
    port_.sent.clear();
  }
  static ApiRequest request(ApiAction action, const std::string& reference,
                            std::int64_t points = 2'500) {
    ApiRequest out{.action = action,
                   .participant = "MER1",
                   .id = {"MER1", kDay, reference},
                   .points = Points::of(points)};
    if (action == ApiAction::kCapture || action == ApiAction::kVoid) {
      out.parent = {"MER1", kDay, "H1"};
    } else {
      out.member = kMember;
    }
    if (action == ApiAction::kHold) out.hold_seconds = 900;
    if (action == ApiAction::kVoid) out.points = {};
    return out;
  }
  // What became of it goes to `told_`, in the order of the answers.
  void ask(const ApiRequest& request) {
    auto reply = [this, told = std::make_shared<int>(0)](const ApiReply& said) {
      EXPECT_EQ(++*told, 1);
      told_.push_back(said);
    };
    line_.ask(request, nullptr, reply, steady_ms_);
  }
  void hear(const wire::Message& message) { line_.on_message(wire::encode(message), steady_ms_); }
  void wait(std::int64_t ms) {
    steady_ms_ += ms;
    line_.tick(kNow, steady_ms_);
  }
  [[nodiscard]] Ask last_ask() const { return std::get<Ask>(port_.sent.back()); }
  [[nodiscard]] static Answer done(const Ask& ask, std::uint8_t code = 0) {
    return {.kind = ask.kind,
            .id = ask.id,
            .definite = true,
            .code = code,
            .home = kHome,
            .authorisation = code == 0 ? EntryId(kHome, kDay, 3'500'000'017) : EntryId(),
            .at = kNow.seconds(),
            .ends = ask.kind == AskKind::kHold && code == 0 ? kNow.seconds() + 900 : 0,
            .points = ask.points,
            .left = code == 0 ? ask.points : Answer::kNotSaid,
            .member = kMember,
            .number = ask.number};
  }
  [[nodiscard]] static Answer undecided(const Ask& ask, AskCode code, Participant home = {}) {
    return {.kind = ask.kind,
            .id = ask.id,
            .code = static_cast<std::uint8_t>(code),
            .home = home,
            .at = kNow.seconds(),
            .number = ask.number};
  }
  // Of the only answer so far.
  std::pair<int, Json> told() {
    EXPECT_EQ(told_.size(), 1U);
    if (told_.empty()) return {0, {}};
    const ApiReply reply = told_.back();
    told_.clear();
    return {reply.status, Json::parse(reply.body)};
  }
  std::string code_told() { return told().second.value("code", "none"); }

  std::int64_t steady_ms_{1'000};
  Port port_;
  ClearingLine line_{{.questions_max = 4, .waiters_max = 2}, port_};
  std::vector<ApiReply> told_{};
};

TEST_F(LineTest, AHoldIsAskedAndItsAnswerTold) {
  ApiRequest hold = request(ApiAction::kHold, "H1");
  hold.signed_digest.fill(std::byte{7});
  ask(hold);
  const Ask asked = last_ask();
  EXPECT_EQ(asked.kind, AskKind::kHold);
  EXPECT_EQ(asked.partner, kShop);
  EXPECT_EQ(asked.id.participant, kShop);
  EXPECT_EQ(asked.id.reference_text(), "H1");
  EXPECT_EQ(asked.member, kMember);
  EXPECT_EQ(asked.points, 2'500);
  EXPECT_EQ(asked.seconds, 900U);
  EXPECT_EQ(asked.request, hold.signed_digest);
  EXPECT_TRUE(told_.empty());
  hear(done(asked));
  const auto [status, json] = told();
  EXPECT_EQ(status, 200);
  EXPECT_EQ(json.at("id"), "MER1/20260305/H1");
  EXPECT_EQ(json.at("kind"), "HOLD");
  EXPECT_EQ(json.at("state"), "DONE");
  EXPECT_EQ(json.at("authorisation"), "P01/20260305/3500000017");
  EXPECT_EQ(json.at("held_until"), "2026-03-05T12:15:07+08:00");
  EXPECT_EQ(json.at("left"), 2'500);
  EXPECT_EQ(line_.questions(), 0U);
}

TEST_F(LineTest, WhoIsNoGatewayAsksNothingUntilItIsOne) {
  ask(request(ApiAction::kHold, "H1"));
  const Ask asked = last_ask();
  hear(wire::Refusal{.code = static_cast<std::uint16_t>(wire::RefusalCode::kNotAGateway),
                     .retry = true});
  EXPECT_TRUE(line_.unlisted());
  EXPECT_FALSE(line_.heard(steady_ms_));
  EXPECT_TRUE(told_.empty());  // It isn't known what became of it.
  port_.sent.clear();
  ask(request(ApiAction::kHold, "H2"));
  EXPECT_EQ(code_told(), "UNAVAILABLE");
  EXPECT_EQ(
      std::ranges::count_if(
          port_.sent, [](const wire::Message& each) { return std::holds_alternative<Ask>(each); }),
      0);
  hear(Roster{.rows = {{kHome, "P01"}, {kClearingHouse, "CLR"}, {kShop, "MER1"}}});
  EXPECT_FALSE(line_.unlisted());
  EXPECT_TRUE(line_.heard(steady_ms_));
  hear(done(asked));
  EXPECT_EQ(told().first, 200);
}

TEST_F(LineTest, ACaptureLearnsItsMemberFromTheAnswer) {
  ApiRequest capture = request(ApiAction::kCapture, "C1");
  capture.final = true;
  ask(capture);
  const Ask asked = last_ask();
  EXPECT_TRUE(asked.member.none());
  EXPECT_TRUE(asked.final);
  EXPECT_EQ(asked.form, Form::kMerchant);
  EXPECT_EQ(asked.parent.reference_text(), "H1");
  Answer answer = done(asked);
  answer.left = 0;
  hear(answer);
  const auto [status, json] = told();
  EXPECT_EQ(status, 200);
  EXPECT_EQ(json.at("member"), kMember.text());
  EXPECT_EQ(json.at("parent"), "MER1/20260305/H1");
  EXPECT_EQ(json.at("left"), 0);
}

TEST_F(LineTest, AVoidTellsWhatIsFreeAgainAndAnAccrualNoCode) {
  ask(request(ApiAction::kVoid, "V1"));
  Answer answer = done(last_ask());
  answer.points = 1'200;
  answer.left = 0;
  hear(answer);
  EXPECT_EQ(told().second.at("points"), 1'200);
  ask(request(ApiAction::kAccrual, "A1"));
  hear(done(last_ask()));
  EXPECT_FALSE(told().second.contains("authorisation"));
}

TEST_F(LineTest, WhatIsLeftOfAnUnknownParentIsNotSaid) {
  ApiRequest refund = request(ApiAction::kRefund, "F1");
  refund.parent = {"MER1", kDay, "R1"};
  ask(refund);
  Answer answer = done(last_ask());
  answer.left = Answer::kNotSaid;
  hear(answer);
  EXPECT_FALSE(told().second.contains("left"));
}

TEST_F(LineTest, EachRefusalHasItsWord) {
  const std::pair<int, const char*> words[] = {{1, "TOO_OLD"},      {2, "ID_TAKEN"},
                                               {3, "ID_TAKEN"},     {4, "NOT_HOME"},
                                               {5, "CLOSED"},       {6, "UNKNOWN_PARENT"},
                                               {7, "HOLD_ENDED"},   {11, "ALREADY_REFUNDED"},
                                               {12, "WHOLE_ONLY"},  {13, "EXCEEDS_PARENT"},
                                               {14, "INVALID"},     {15, "INSUFFICIENT_POINTS"},
                                               {16, "NO_CONTRACT"}, {21, "KEY_PARTICIPANT"},
                                               {22, "RATE"},        {23, "CAP_REACHED"},
                                               {24, "INVALID"},     {26, "NOT_ALLOWED"},
                                               {28, "NOT_ALLOWED"}, {99, "INVALID"}};
  for (const auto& [code, name] : words) {
    ask(request(ApiAction::kHold, "H1"));
    hear(done(last_ask(), static_cast<std::uint8_t>(code)));
    EXPECT_EQ(code_told(), name) << code;
  }
}

TEST_F(LineTest, WhatIsNotDecidedIsPendingWhenItIsKeptAndElseToBeSentAgain) {
  const auto outcome = [&](AskCode code, Participant home) {
    ask(request(ApiAction::kHold, "H1"));
    hear(undecided(last_ask(), code, home));
    return told();
  };
  EXPECT_EQ(outcome(AskCode::kHomeSilent, {}).first, 202);
  EXPECT_EQ(outcome(AskCode::kAgainLater, kHome).first, 202);
  EXPECT_EQ(outcome(AskCode::kAgainLater, kHome).second.at("state"), "PENDING");
  EXPECT_EQ(outcome(AskCode::kAgainLater, {}).second.at("code"), "UNAVAILABLE");
  EXPECT_EQ(outcome(AskCode::kBusy, {}).second.at("code"), "TOO_MANY");
  ApiRequest tomorrow = request(ApiAction::kHold, "H1");
  tomorrow.id.date = kDay.plus_days(1);
  ask(tomorrow);
  hear(undecided(last_ask(), AskCode::kAgainLater));
  EXPECT_EQ(code_told(), "CLOCKS_DIFFER");
}

TEST_F(LineTest, ARepeatUnderWayIsNotAskedTwiceAndBothAreTold) {
  ask(request(ApiAction::kHold, "H1"));
  const Ask asked = last_ask();
  ApiRequest again = request(ApiAction::kHold, "H1");
  again.signed_digest.fill(std::byte{9});  // Signed anew.
  ask(again);
  EXPECT_EQ(port_.sent.size(), 1U);
  ask(again);
  EXPECT_EQ(code_told(), "TOO_MANY");
  hear(done(asked));
  EXPECT_EQ(told_.size(), 2U);
}

TEST_F(LineTest, OtherContentUnderTheSameIdWaitsUntilTheFirstIsAnswered) {
  ask(request(ApiAction::kHold, "H1"));
  const Ask first = last_ask();
  ask(request(ApiAction::kHold, "H1", 3'000));
  EXPECT_EQ(port_.sent.size(), 1U);
  EXPECT_EQ(code_told(), "UNAVAILABLE");
  hear(done(first));
  EXPECT_EQ(told().first, 200);
}

TEST_F(LineTest, ALateAnswerIsNotTakenForThatOfAnotherContent) {
  ask(request(ApiAction::kHold, "H1"));
  const Ask first = last_ask();
  wait(10'000);  // Nobody waits for it any more.
  EXPECT_EQ(line_.questions(), 0U);
  ask(request(ApiAction::kHold, "H1", 3'000));
  const Ask second = last_ask();
  ASSERT_NE(first.number, second.number);
  hear(done(first));
  EXPECT_TRUE(told_.empty());
  EXPECT_EQ(line_.counts().unasked, 1U);
  hear(done(second, 3));
  EXPECT_EQ(code_told(), "ID_TAKEN");
}

TEST_F(LineTest, AQuestionIsRepeatedUntilItsAnswerOrItsEnd) {
  ask(request(ApiAction::kHold, "H1"));
  const Ask asked = last_ask();
  std::size_t before = port_.sent.size();
  wait(999);
  EXPECT_EQ(port_.sent.size(), before);
  wait(1);
  EXPECT_EQ(port_.sent.size(), ++before);
  EXPECT_EQ(last_ask(), asked);  // The very same.
  wait(1'000);
  EXPECT_EQ(port_.sent.size(), before);
  line_.on_connected(kNow, steady_ms_);  // What was under way may be lost.
  EXPECT_EQ(last_ask(), asked);
  wait(8'000);
  EXPECT_EQ(line_.questions(), 0U);
  EXPECT_EQ(line_.counts().expired, 1U);
  EXPECT_TRUE(told_.empty());  // Dropped: the gate says UNDECIDED.
}

TEST_F(LineTest, NoMoreIsUnderWayThanItsBound) {
  for (const char* reference : {"A", "B", "C", "D"}) {
    ask(request(ApiAction::kHold, reference));
  }
  EXPECT_TRUE(told_.empty());
  ask(request(ApiAction::kHold, "E"));
  EXPECT_EQ(code_told(), "TOO_MANY");
  EXPECT_EQ(line_.questions(), 4U);
}

TEST_F(LineTest, WithoutTheClearingNothingIsDone) {
  port_.up = false;
  ask(request(ApiAction::kHold, "H1"));
  EXPECT_EQ(code_told(), "UNAVAILABLE");
  EXPECT_EQ(line_.questions(), 0U);
  port_.up = true;
  ApiRequest unknown = request(ApiAction::kHold, "H1");
  unknown.participant = unknown.id.code = "MER9";
  wait(1'000);
  port_.sent.clear();
  ask(unknown);
  EXPECT_EQ(code_told(), "UNAVAILABLE");
  ASSERT_EQ(port_.sent.size(), 1U);  // The rule book may have changed.
  EXPECT_TRUE(std::holds_alternative<RosterRequest>(port_.sent[0]));
}

TEST_F(LineTest, AnotherPartnersTransactionsAreNoBodysBusiness) {
  ApiRequest capture = request(ApiAction::kCapture, "C1");
  capture.parent.code = "MER2";
  ask(capture);
  EXPECT_EQ(code_told(), "KEY_PARTICIPANT");
  ApiRequest look_up = request(ApiAction::kLookUp, "H1");
  look_up.id.code = "MER2";
  ask(look_up);
  EXPECT_EQ(code_told(), "KEY_PARTICIPANT");
  EXPECT_TRUE(port_.sent.empty());
}

TEST_F(LineTest, ALookUpTellsWhatIsKnown) {
  ask(request(ApiAction::kHold, "H1"));
  const Ask asked = last_ask();
  hear(done(asked));
  told_.clear();
  const ApiRequest look_up = request(ApiAction::kLookUp, "H1");
  ask(look_up);
  auto question = std::get<LookUp>(port_.sent.back());
  EXPECT_EQ(question.id, asked.id);
  hear(Found{.number = question.number, .ask = asked, .answer = done(asked)});
  EXPECT_EQ(told().second.at("state"), "DONE");
  ask(look_up);
  question = std::get<LookUp>(port_.sent.back());
  hear(Found{.number = question.number});
  EXPECT_EQ(code_told(), "UNKNOWN_TRANSACTION");
  ask(look_up);
  question = std::get<LookUp>(port_.sent.back());
  hear(Found{.number = question.number, .answer = {.code = 1}});
  EXPECT_EQ(code_told(), "TOO_OLD");
  ask(look_up);
  question = std::get<LookUp>(port_.sent.back());
  hear(Found{.number = question.number, .ask = asked, .answer = done(asked, 15)});
  const auto [status, json] = told();
  EXPECT_EQ(status, 200);
  EXPECT_EQ(json.at("state"), "REFUSED");
  EXPECT_EQ(json.at("code"), "INSUFFICIENT_POINTS");
}

TEST_F(LineTest, AQuoteIsTold) {
  ApiRequest quote{.action = ApiAction::kQuote,
                   .participant = "MER1",
                   .fen = Fen::of(1'500),
                   .quoted = ApiAction::kRedemption,
                   .date = kDay};
  ask(quote);
  const auto question = std::get<QuoteRequest>(port_.sent.back());
  EXPECT_EQ(question.kind, AskKind::kRedeem);
  EXPECT_EQ(question.partner, kShop);
  EXPECT_EQ(question.fen, 1'500);
  hear(Quote{
      .number = question.number, .points = 2'500, .fen = 1'500, .rate = 7, .num = 3, .den = 5});
  const auto [status, json] = told();
  EXPECT_EQ(status, 200);
  EXPECT_EQ(json.at("points"), 2'500);
  EXPECT_EQ(json.at("ratio").at("den"), 5);
  ask(quote);
  hear(Quote{.number = std::get<QuoteRequest>(port_.sent.back()).number,
             .code = AskCode::kNoContract});
  EXPECT_EQ(code_told(), "NO_CONTRACT");
}

TEST_F(LineTest, AMemberMovesAtACounterAlone) {
  ask(request(ApiAction::kMove, "M1"));
  EXPECT_EQ(code_told(), "NO_SUCH_PATH");
  EXPECT_TRUE(port_.sent.empty());
}

class DayFileLineTest : public LineTest {
 protected:
  // The file's bytes are in a file without a name.
  std::shared_ptr<http::BodyFile> file_of(const std::string& text) const {
    auto file = std::make_shared<http::BodyFile>(scratch_.path());
    EXPECT_EQ(file->take(text), std::nullopt);
    return file;
  }
  void upload(const std::string& text) {
    line_.ask(
        {.action = ApiAction::kUploadDay,
         .participant = "MER1",
         .date = kDay,
         .file_signature = "line",
         .file_digest = sha256(as_bytes(text)),
         .file_size = text.size()},
        file_of(text), [this](const ApiReply& said) { told_.push_back(said); }, steady_ms_);
  }
  [[nodiscard]] wire::DayFilePart part() const {
    return std::get<wire::DayFilePart>(port_.sent.back());
  }
  void want(std::uint64_t offset) {
    hear(wire::DayFile{.number = part().number,
                       .state = wire::DayFileState::kWanted,
                       .digest = part().digest,
                       .offset = offset});
  }
  void state(wire::DayFileState state) {
    hear(wire::DayFile{.number = part().number, .state = state, .digest = part().digest});
  }
  test::Scratch scratch_;
};

TEST_F(DayFileLineTest, AFileGoesInThePartsThatAreWanted) {
  const std::string text = std::string(wire::kChunkBytesMax, 'a') + "end";
  upload(text);
  EXPECT_EQ(part(), (wire::DayFilePart{.number = part().number,
                                       .partner = kShop,
                                       .date = kDay,
                                       .size = text.size(),
                                       .digest = sha256(as_bytes(text)),
                                       .signature = "line"}));
  want(0);
  EXPECT_EQ(part().bytes.size(), wire::kChunkBytesMax);
  const std::size_t sent = port_.sent.size();
  want(0);  // Said twice: it is under way.
  EXPECT_EQ(port_.sent.size(), sent);
  wait(1'000);  // Lost: by the time it goes again.
  EXPECT_EQ(part().bytes.size(), wire::kChunkBytesMax);
  want(wire::kChunkBytesMax);
  EXPECT_EQ(part().offset, wire::kChunkBytesMax);
  EXPECT_EQ(part().bytes, (std::vector{std::byte{'e'}, std::byte{'n'}, std::byte{'d'}}));
  want(0);  // The clearing has been restarted.
  EXPECT_EQ(part().offset, 0U);
  EXPECT_TRUE(told_.empty());
  state(wire::DayFileState::kReading);
  const auto [status, json] = told();
  EXPECT_EQ(status, 202);
  EXPECT_EQ(json.at("state"), "READING");
  EXPECT_EQ(json.at("sha256"), hex(sha256(as_bytes(text))));
  EXPECT_EQ(line_.questions(), 0U);
}

TEST_F(DayFileLineTest, EachStateHasItsAnswer) {
  for (const auto& [state, code] : {std::pair{wire::DayFileState::kOther, "DAY_TAKEN"},
                                    {wire::DayFileState::kBusy, "TOO_MANY"},
                                    {wire::DayFileState::kNone, "UNKNOWN_DAY"}}) {
    upload("x");
    this->state(state);
    EXPECT_EQ(code_told(), code);
  }
  ask({.action = ApiAction::kLookUpDay, .participant = "MER1", .date = kDay});
  const auto question = std::get<wire::DayFileRequest>(port_.sent.back());
  EXPECT_EQ(question.partner, kShop);
  EXPECT_EQ(question.date, kDay);
  hear(wire::DayFile{.number = question.number,
                     .state = wire::DayFileState::kRefused,
                     .digest = sha256({}),
                     .sequence = 3,
                     .faults = {{.number = 1010, .line = 1}, {.number = 9'999}}});
  const auto [status, json] = told();
  EXPECT_EQ(status, 200);
  EXPECT_EQ(json.at("state"), "REFUSED");
  EXPECT_EQ(json.at("sequence"), 3);
  EXPECT_EQ(json.at("faults").at(0).at("name"), "INTAKE_DAY");
  EXPECT_FALSE(json.at("faults").at(0).at("remedy").get<std::string>().empty());
  EXPECT_EQ(json.at("faults").at(1).at("number"), 9'999);
}

TEST_F(DayFileLineTest, AFileWithoutBytesIsNone) {
  upload("");
  EXPECT_EQ(code_told(), "FIELD_RANGE");
  EXPECT_TRUE(port_.sent.empty());
}

TEST_F(LineTest, ASilentClearingIsConnectedToAnew) {
  EXPECT_TRUE(line_.heard(steady_ms_));
  wait(14'999);
  EXPECT_EQ(port_.reconnects, 0);
  wait(1);
  EXPECT_EQ(port_.reconnects, 1);
  EXPECT_FALSE(line_.heard(steady_ms_));
  wait(14'000);
  // A connection whose key is over is as good as none.
  hear(wire::Refusal{.code = static_cast<std::uint16_t>(wire::RefusalCode::kKeyNotValid),
                     .retry = true});
  wait(1'000);
  EXPECT_EQ(port_.reconnects, 2);
  hear(wire::Heartbeat{.at = kNow.seconds()});
  EXPECT_TRUE(line_.heard(steady_ms_));
}

TEST_F(LineTest, AnAnswerToAnotherKindOfQuestionIsNone) {
  ask(request(ApiAction::kLookUp, "H1"));
  const auto question = std::get<LookUp>(port_.sent.back());
  hear(Quote{.number = question.number, .rate = 1, .den = 1});
  EXPECT_EQ(code_told(), "UNDECIDED");
}

}  // namespace PH_FILE
}  // namespace ph
