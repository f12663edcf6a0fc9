// The member service over real TLS: nobody is told what isn't durable yet, and everybody else is
// told at once. The node is one in memory.
#include "app/node/member_desk.h"

#include <atomic>
#include <thread>

#include "platform/crypto/token.h"
#include "platform/sys/clock.h"
#include "tests/contract/tls_fixture.h"
#include "tests/support/scratch.h"
#include "tests/unit/node/live_node.h"

namespace ph {
namespace PH_FILE {

using namespace live_node;  // NOLINT(google-build-using-namespace)
using http::test::TlsCaller;

const std::string kToken(43, 't');

class MemberDeskTest : public LiveNodeTest {
 protected:
  MemberDeskTest() {
    const http::TlsFiles files{.certificate = folder_ / "tls.pem", .key = folder_ / "tls.key"};
    http::test::make_certificate(files, "localhost");
    write_channels("web," + hex(token_digest(kToken)) + ",balance,1000,2026-03-01,\n");
    MemberDeskOptions options{
        .listen = "127.0.0.1:0", .tls = files, .channels = folder_ / "channels"};
    desk_ = std::make_unique<MemberDesk>(
        loop_, options,
        MemberDesk::Folders{.look_ups = folder_ / "lookups", .history = folder_ / "history"},
        *node_,
        MemberDesk::Process{.now = [] { return at(kFirst, 9); },
                            .steady_ms = [this] { return clock_.steady_ms(); },
                            .asked = [this] { ++asked_; },
                            .commit_soon = [this] { ++commits_; }},
        log_, metrics_);
    port_ = desk_->open();
  }

  void write_channels(const std::string& text) {
    const std::string file = folder_ / "channels";
    std::ofstream(file) << text;
    ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
  }
  // Turns the loop until it holds, or the time is over.
  template <class Condition>
  bool turn_until(const Condition& condition, int ms = 5'000) {
    for (int n = 0; n < ms && !condition(); ++n) {
      loop_.poll();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return condition();
  }
  // A caller in a thread of its own; `answer_` is there once `answered_` says so.
  std::thread ask() {
    return std::thread([this] {
      TlsCaller caller(port_);
      caller.send("GET /v1/members/" + member(1).text() +
                  "/balance HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + kToken +
                  "\r\n\r\n");
      answer_ = caller.read("]}\n");
      answered_ = true;
    });
  }

  test::Scratch scratch_;
  std::filesystem::path folder_{scratch_.path()};
  Loop loop_;
  ManualClock clock_{at(kFirst, 9)};
  Log log_{LogOptions{.level = LogLevel::kOff}, clock_};
  Metrics metrics_;
  std::unique_ptr<MemberDesk> desk_;
  std::uint16_t port_{};
  int asked_{};
  int commits_{};
  std::string answer_{};
  std::atomic<bool> answered_{false};
};

TEST_F(MemberDeskTest, TellsAtOnceWhatIsDurable) {
  std::thread caller = ask();
  EXPECT_TRUE(turn_until([this] { return answered_.load(); }));
  caller.join();
  EXPECT_NE(answer_.find("HTTP/1.1 200 OK\r\n"), std::string::npos);
  EXPECT_NE(answer_.find("\"held\":0"), std::string::npos) << answer_;
  EXPECT_EQ(asked_, 1);
  EXPECT_EQ(commits_, 0);
}

TEST_F(MemberDeskTest, TellsNobodyWhatIsNotDurableYet) {
  ASSERT_EQ(node_->take_live(hold("h", 300), at(kFirst, 9)).code, 0);
  std::thread caller = ask();
  EXPECT_TRUE(turn_until([this] { return commits_ > 0; }));
  EXPECT_FALSE(turn_until([this] { return answered_.load(); }, 100));
  node_->commit_live();
  desk_->tell();
  EXPECT_TRUE(turn_until([this] { return answered_.load(); }));
  caller.join();
  EXPECT_NE(answer_.find("\"held\":300"), std::string::npos) << answer_;
}

TEST_F(MemberDeskTest, LooksAtItsChannelsFourTimesASecond) {
  EXPECT_TRUE(desk_->alarms().empty());
  write_channels("nonsense\n");
  desk_->turn();
  EXPECT_TRUE(desk_->alarms().empty()) << "not yet";
  clock_.advance_ms(250);
  desk_->turn();
  ASSERT_EQ(desk_->alarms().size(), 1U);
  EXPECT_NE(desk_->alarms()[0].find("line 1"), std::string::npos) << desk_->alarms()[0];
  EXPECT_NE(desk_->alarms()[0].find("stay in force"), std::string::npos);
  write_channels("# nobody\n");
  clock_.advance_ms(250);
  desk_->turn();
  EXPECT_TRUE(desk_->alarms().empty());
}

}  // namespace PH_FILE
}  // namespace ph
