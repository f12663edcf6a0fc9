// The partners' gate over real TLS: who is let in, what is asked of the clearing house, what comes
// back. The clearing house is a function here.
#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>

#include "partners/gate.h"
#include "platform/sys/clock.h"
#include "tests/contract/tls_fixture.h"

namespace ph {
namespace PH_FILE {

using http::test::status_of;
using http::test::TlsCaller;
using Json = nlohmann::json;

const BusinessDate kToday = BusinessDate::of(2026, 3, 5);
const BusinessTime kNow = BusinessTime::of(kToday, 43'200);
const std::string kHold = R"({"member":"01000000000012","points":2500})";

class PartnerGateTest : public http::test::TlsHttp {
 protected:
  PartnerGateTest() {
    registry_.emplace("CLR", kToday);
    EXPECT_EQ(registry_->add_api({"MER1", key_.open().key, kToday, {}}, kToday), std::nullopt);
    options_.folder = directory_;
  }
  ~PartnerGateTest() override {
    kept_.clear();  // While the server is there.
  }

  void start_gate() {
    gate_.emplace(
        options_, ApiKeys(*registry_), [] { return kNow; },
        [this](const ApiRequest& request, std::shared_ptr<const http::BodyFile> file,
               PartnerGate::Answered answered) {
          const std::lock_guard lock(mutex_);
          asked_.push_back(request);
          if (file) file_size_ = file->size();
          if (keep_) {
            kept_.push_back(std::move(answered));
            kept_files_.push_back(std::move(file));
          } else if (!drop_) {
            answered(answer_reply({.action = request.action,
                                   .id = request.id,
                                   .time = kNow,
                                   .member = request.member,
                                   .points = request.points}));
          }
        });
    start_tls([this](http::Server& server) {
      server.refuse_with(PartnerGate::refuse);
      server.serve([this](const http::Request& request) { return gate_->admit(request); },
                   [this](const http::Request& request, const http::Reply& reply) {
                     gate_->handle(request, reply);
                   });
    });
  }

  struct Sent {
    std::string method{"POST"};
    std::string target{"/v1/holds"};
    std::string id{"MER1/20260305/A-17"};
    std::string body{kHold};
    std::string content_type{"application/json"};
    std::string more{};       // header lines
    std::string sent_body{};  // when it isn't the signed one
    std::int64_t created{unix_seconds(kNow)};
  };
  [[nodiscard]] std::string text_of(const Sent& sent) const {
    const std::size_t mark = sent.target.find('?');
    SignedParts parts{.method = sent.method, .path = sent.target.substr(0, mark)};
    if (mark != std::string::npos) parts.query = sent.target.substr(mark);
    if (!sent.id.empty()) parts.idempotency_key = sent.id;
    if (sent.method != "GET") parts.content_digest = content_digest(sha256(as_bytes(sent.body)));
    const auto headers = sign_parts(parts, key_, sent.created, random_nonce());
    const std::string body = sent.sent_body.empty() ? sent.body : sent.sent_body;
    std::string text = sent.method + " " + sent.target + " HTTP/1.1\r\nHost: localhost\r\n" +
                       "Content-Type: " + sent.content_type +
                       "\r\nSignature-Input: " + headers.signature_input +
                       "\r\nSignature: " + headers.signature + "\r\n" + sent.more;
    if (parts.idempotency_key) text += "Idempotency-Key: " + sent.id + "\r\n";
    if (parts.content_digest) {
      text += "Content-Digest: " + *parts.content_digest +
              "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    }
    return text + "\r\n" + (sent.method == "GET" ? "" : body);
  }
  // Status and body of the answer.
  std::pair<int, Json> ask(const std::string& text) {
    TlsCaller caller(tls_port_);
    const std::string answer = caller.ask(text, "}\n");
    const std::size_t body = answer.find("\r\n\r\n");
    head_ = answer.substr(0, body);
    return {status_of(answer),
            body == std::string::npos ? Json() : Json::parse(answer.substr(body + 4))};
  }
  std::pair<int, Json> ask(const Sent& sent) { return ask(text_of(sent)); }

  SecretKey key_ = SecretKey::generate(KeyRole::kApi, "MER1");
  std::optional<KeyRegistry> registry_{};
  PartnerGate::Options options_{};
  std::optional<PartnerGate> gate_{};
  std::mutex mutex_{};
  std::vector<ApiRequest> asked_{};
  std::vector<PartnerGate::Answered> kept_{};
  std::atomic<bool> keep_{};
  std::atomic<bool> drop_{};
  std::uint64_t file_size_{};
  std::vector<std::shared_ptr<const http::BodyFile>> kept_files_{};
  std::string head_{};
};

TEST_F(PartnerGateTest, AsksForAPartnerWhatHeSigned) {
  start_gate();
  const auto [status, json] = ask(Sent{});
  EXPECT_EQ(status, 200);
  EXPECT_EQ(json.at("id"), "MER1/20260305/A-17");
  EXPECT_EQ(json.at("state"), "DONE");
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_EQ(asked_[0].participant, "MER1");
  EXPECT_EQ(asked_[0].points, Points::of(2500));
  EXPECT_NE(asked_[0].signed_digest, Digest{});
  EXPECT_EQ(
      ask(Sent{.method = "GET", .target = "/v1/quote?kind=REDEMPTION&fen=1500", .id = ""}).first,
      200);
  EXPECT_EQ(asked_.back().fen, Fen::of(1500));
}

TEST_F(PartnerGateTest, SaysWhoOneIs) {
  start_gate();
  const auto [status, json] = ask("GET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(status, 200);
  EXPECT_EQ(json.at("state"), "UP");
  EXPECT_FALSE(json.contains("participant"));
  const auto known = ask(Sent{.method = "GET", .target = "/v1/health", .id = ""});
  EXPECT_EQ(known.second.at("participant"), "MER1");
  EXPECT_EQ(known.second.at("keyid"), key_id(key_.open().key));
  EXPECT_TRUE(asked_.empty());
}

TEST_F(PartnerGateTest, LetsNobodyInWithoutAGoodSignature) {
  start_gate();
  const std::string good = text_of({});
  const auto code = [this](const std::string& text) { return ask(text).second.at("code"); };
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  EXPECT_EQ(code(with("Signature-Input", "X-Input")), "SIGNATURE_MISSING");
  EXPECT_EQ(code(with("/v1/holds", "/v1/redemptions")), "SIGNATURE_WRONG");
  EXPECT_EQ(code(with("A-17", "A-18")), "SIGNATURE_WRONG");
  EXPECT_EQ(code(with("Content-Digest: sha-256=:", "Content-Digest: sha-512=:")), "DIGEST_SYNTAX");
  EXPECT_EQ(code(with("Content-Digest", "X-Digest")), "DIGEST_MISSING");
  EXPECT_EQ(code(with("\r\nSignature:", "\r\nSignature: sig1=:AA==:\r\nSignature:")),
            "SIGNATURE_SYNTAX");
  EXPECT_EQ(code(text_of({.sent_body = R"({"member":"01000000000012","points":2501})"})),
            "DIGEST_WRONG");
  EXPECT_EQ(code(text_of({.created = unix_seconds(kNow) - 301})), "SIGNATURE_OLD");
  EXPECT_EQ(code(text_of({.created = unix_seconds(kNow) + 61})), "SIGNATURE_NEW");
  EXPECT_TRUE(asked_.empty());
  EXPECT_EQ(ask(good).first, 200);
  EXPECT_EQ(code(good), "NONCE_SEEN");
  EXPECT_EQ(asked_.size(), 1U);
  EXPECT_EQ(ask(text_of({})).first, 200);  // The same, signed anew.
}

TEST_F(PartnerGateTest, AnswersProblemsInOneForm) {
  start_gate();
  for (const auto& [sent, status, code] : std::vector<std::tuple<Sent, int, std::string>>{
           {{.body = "{"}, 400, "JSON_SYNTAX"},
           {{.body = R"({"member":"01000000000012","points":0})"}, 400, "FIELD_RANGE"},
           {{.id = "AIR1/20260305/A"}, 403, "KEY_PARTICIPANT"},
           {{.id = ""}, 400, "KEY_MISSING"},
           {{.id = "MER1/20260306/A"}, 503, "CLOCKS_DIFFER"},
           {{.target = "/v1/hold"}, 404, "NO_SUCH_PATH"},
           {{.method = "PUT"}, 405, "METHOD"},
           {{.more = "Transfer-Encoding: chunked\r\n"}, 400, "HTTP_SYNTAX"}}) {
    const auto [got, json] = ask(sent);
    EXPECT_EQ(got, status) << code;
    EXPECT_EQ(json.at("code"), code);
    EXPECT_EQ(json.at("status"), status);
    EXPECT_FALSE(json.at("what_now").get<std::string>().empty());
    EXPECT_NE(head_.find("Content-Type: application/problem+json"), std::string::npos) << head_;
    EXPECT_EQ(head_.find("Retry-After") != std::string::npos, status == 503) << head_;
  }
  EXPECT_TRUE(asked_.empty());
}

TEST_F(PartnerGateTest, TellsThePartnerToAskAgainWhenThereIsNoAnswer) {
  options_.answer_ms_max = 100;
  drop_ = true;
  start_gate();
  const auto dropped = ask(Sent{});
  EXPECT_EQ(dropped.first, 503);
  EXPECT_EQ(dropped.second.at("code"), "UNDECIDED");
  EXPECT_EQ(dropped.second.at("repeat"), "SAME_KEY");
  drop_ = false;
  keep_ = true;
  const auto late = ask(Sent{});
  EXPECT_EQ(late.second.at("code"), "UNDECIDED");
  EXPECT_NE(head_.find("Retry-After: "), std::string::npos);
}

TEST_F(PartnerGateTest, BoundsHowMuchAPartnerAsksAtATime) {
  options_.at_a_time_max = 2;
  keep_ = true;
  start_gate();
  TlsCaller first(tls_port_);
  TlsCaller second(tls_port_);
  ASSERT_TRUE(first.send(text_of({})) && second.send(text_of({})));
  wait_for([](const http::Server::Counts& now) { return now.requests == 2; });
  EXPECT_EQ(ask(Sent{}).second.at("code"), "TOO_MANY");
  std::thread elsewhere([this] {
    const std::lock_guard lock(mutex_);
    for (const auto& answered : kept_)
      answered({.status = 202, .body = "{}\n"});
    kept_.clear();
  });
  elsewhere.join();
  EXPECT_EQ(status_of(first.read("{}\n")), 202);
  EXPECT_EQ(status_of(second.read("{}\n")), 202);
  keep_ = false;
  EXPECT_EQ(ask(Sent{}).first, 200);
}

TEST_F(PartnerGateTest, TakesADaysFileFromItsPartnerAlone) {
  start_gate();
  const SecretKey sender = SecretKey::generate(KeyRole::kSender, "MER1");
  Sent upload{.method = "PUT", .target = "/v1/days/2026-03-05", .id = "", .body = "x"};
  EXPECT_EQ(ask(upload).second.at("code"), "CONTENT_TYPE");
  upload.content_type = "text/csv; charset=utf-8";
  EXPECT_EQ(ask(upload).second.at("code"), "FIELD_MISSING");
  upload.more = "Pointhouse-Signature: none\r\n";
  EXPECT_EQ(ask(upload).second.at("code"), "FIELD_SYNTAX");
  const std::string body(5U << 20U, 'x');
  upload.body = body;
  const std::string line = signature_line(sender.sign("DAY", sha256(as_bytes(body))));
  upload.more = "Pointhouse-Signature: " + line + "\r\n";
  EXPECT_EQ(ask(upload).first, 200);
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_EQ(asked_[0].action, ApiAction::kUploadDay);
  EXPECT_EQ(asked_[0].date, kToday);
  EXPECT_EQ(asked_[0].file_signature, line);
  EXPECT_EQ(asked_[0].file_digest, sha256(as_bytes(body)));
  EXPECT_EQ(asked_[0].file_size, body.size());
  EXPECT_EQ(file_size_, body.size());
  upload.sent_body = std::string(5U << 20U, 'y');
  EXPECT_EQ(ask(upload).second.at("code"), "DIGEST_WRONG");
  EXPECT_EQ(asked_.size(), 1U);
}

TEST_F(PartnerGateTest, SoManyDayFilesComeAtATime) {
  options_.day_files_max = 1;
  keep_ = true;
  start_gate();
  const SecretKey sender = SecretKey::generate(KeyRole::kSender, "MER1");
  const Sent upload{.method = "PUT",
                    .target = "/v1/days/2026-03-05",
                    .id = "",
                    .body = "x",
                    .content_type = "text/csv",
                    .more = "Pointhouse-Signature: " +
                            signature_line(sender.sign("DAY", sha256(as_bytes("x")))) + "\r\n"};
  TlsCaller first(tls_port_);
  first.send(text_of(upload));
  const auto waits = [this] {
    const std::lock_guard lock(mutex_);
    return !kept_.empty();
  };
  for (int n = 0; n < 500 && !waits(); ++n) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(ask(upload).second.at("code"), "TOO_MANY");
  {
    const std::lock_guard lock(mutex_);
    ASSERT_EQ(kept_.size(), 1U);
    kept_[0]({.status = 202, .body = "{}\n"});
    kept_.clear();
    kept_files_.clear();
  }
  EXPECT_EQ(status_of(first.read("{}\n")), 202);
  keep_ = false;
  EXPECT_EQ(ask(upload).first, 200);
}

}  // namespace PH_FILE
}  // namespace ph
