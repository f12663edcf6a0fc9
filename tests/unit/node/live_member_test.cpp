// A node with a programme: rows of members that come live, and what it tells whom of limits.
#include <gtest/gtest.h>

#include "node/asks.h"
#include "tests/unit/node/live_node.h"

namespace ph {
namespace PH_FILE {

using namespace live_node;  // NOLINT(google-build-using-namespace)

constexpr Participant kAir{101};

std::string programme_text() {
  std::string out =
      "[programme]\nformat = 1\ncode = \"test\"\ntitle = \"Test\"\nversion = 1\n"
      "effective = \"2026-03-01\"\nmaker = \"G-1\"\nchecker = \"G-2\"\n"
      "[limits]\nsingle_max = 10\n";
  for (const char* source :
       {"CONSUMPTION", "TENURE", "LEVEL", "AWARD", "FIXED_LINE", "SP", "PARTNER", "EXCHANGE_IN"}) {
    out += "[[source]]\nsource = \"" + std::string(source) + "\"\nrating = true\n";
  }
  return out +
         "[tenure_award]\nmode = \"NONE\"\n[level_award]\nmode = \"NONE\"\n[effective]\norder = "
         "[]\n";
}

class Sent final : public UplinkPort {
 public:
  bool send(const std::vector<std::byte>& bytes) override {
    wire::Message message;
    EXPECT_EQ(wire::decode(bytes, message), wire::DecodeFault::kNone);
    if (const auto* answer = std::get_if<Answer>(&message)) {
      answers.push_back(*answer);
    }
    return true;
  }
  void reconnect() override {}
  std::vector<Answer> answers{};
};

class LiveMemberTest : public LiveNodeTest {
 protected:
  void take_programme() {
    PreparedFile file =
        prepare_file("test.toml", as_bytes(programme_text()), node_->rules(), node_->blobs());
    ASSERT_EQ(node_->take_file(file, at(kFirst, 8)).verdict, IntakeVerdict::kAccepted);
  }
  static MemberRequest profile(std::string_view reference) {
    MemberRequest out;
    out.row.kind = MemberKind::kProfile;
    out.row.member = member(1);
    out.row.id = id_of(kFirst, reference, kHome);
    return out;
  }
  LiveAnswer ask(const MemberRequest& request) {
    const LiveAnswer answer = node_->take_member(request, at(kFirst, 9));
    node_->commit_live();
    return answer;
  }
};

TEST_F(LiveMemberTest, ARowIsJournaledAndReplayed) {
  EXPECT_EQ(ask(profile("P-1")).code, static_cast<std::uint8_t>(ReturnCode::kInvalid));
  take_programme();
  const LiveAnswer answer = ask(profile("P-1"));
  ASSERT_EQ(answer.code, 0);
  const std::uint64_t blocks = node_->last_block();
  EXPECT_EQ(ask(profile("P-1")), answer);
  EXPECT_EQ(node_->last_block(), blocks);
  MemberRequest stranger = profile("P-2");
  stranger.row.id.participant = Participant(77);
  EXPECT_EQ(ask(stranger).code, static_cast<std::uint8_t>(ReturnCode::kInvalid));
  restart();
  EXPECT_EQ(ask(profile("P-1")), answer);
  EXPECT_NE(node_->province().book()->member(0).profile, 0);
}

TEST_F(LiveMemberTest, LimitsAreTheHomesAffair) {
  take_programme();
  EXPECT_EQ(live(redeem("a", 11), at(kFirst, 9)).code,
            static_cast<std::uint8_t>(ReturnCode::kOverSingle));
  const Ask ask{.kind = AskKind::kRedeem,
                .form = Form::kMerchant,
                .id = id_of(kFirst, "R-1", kAir),
                .member = member(1),
                .partner = kAir,
                .points = 11};
  Sent port;
  node_->on_message(wire::encode(ask), at(kFirst, 9), 0, port);
  node_->commit_live(0, port);
  ASSERT_EQ(port.answers.size(), 1U);
  EXPECT_TRUE(port.answers[0].definite);
  EXPECT_EQ(port.answers[0].code, static_cast<std::uint8_t>(ReturnCode::kNotAllowed));
  EXPECT_EQ(port.answers[0].detail, "NOT_ALLOWED");
}

}  // namespace PH_FILE
}  // namespace ph
