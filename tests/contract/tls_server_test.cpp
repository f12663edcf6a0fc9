// The server over TLS: whom it speaks with, what it bounds, how it changes its certificate and
// ends.
#include <sys/resource.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "platform/http/body_file.h"
#include "platform/http/tls_client.h"
#include "platform/sys/process.h"
#include "tests/contract/tls_fixture.h"

namespace ph::http::test {
namespace PH_FILE {

using namespace std::string_literals;

// --- TLS itself
// -----------------------------------------------------------------------------------

TEST_F(TlsHttp, SpeaksTls13And12WithAuthenticatedCiphersAlone) {
  start_tls();
  TlsCaller newest(tls_port_);
  EXPECT_EQ(status_of(newest.ask(get("/hello"), "hello\n")), 200);
  EXPECT_EQ(SSL_version(newest.ssl()), TLS1_3_VERSION);
  for (const char* good : {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"}) {
    TlsCaller older(tls_port_, {.version_max = TLS1_2_VERSION, .ciphers = good});
    EXPECT_EQ(status_of(older.ask(get("/hello"), "hello\n")), 200) << good;
    EXPECT_EQ(SSL_version(older.ssl()), TLS1_2_VERSION);
  }
  for (const char* bad : {"ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA256",
                          "AES128-GCM-SHA256", "ECDHE-ECDSA-NULL-SHA", "AECDH-AES128-SHA"}) {
    const TlsCaller caller(tls_port_, {.version_max = TLS1_2_VERSION, .ciphers = bad});
    EXPECT_FALSE(caller.open()) << bad;
  }
  const TlsCaller old(tls_port_, {.version_min = TLS1_VERSION, .version_max = TLS1_1_VERSION});
  EXPECT_FALSE(old.open());
}

TEST_F(TlsHttp, ChoosesHttp11AndNothingElse) {
  start_tls();
  TlsCaller both(tls_port_, {.alpn = "\x02h2\x08http/1.1"s});
  const unsigned char* chosen = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(both.ssl(), &chosen, &size);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), size), "http/1.1");
  EXPECT_EQ(status_of(both.ask(get("/hello"), "hello\n")), 200);
  EXPECT_FALSE(TlsCaller(tls_port_, {.alpn = "\x02h2"s}).open());
}

TEST_F(TlsHttp, IsKnownToItsClientByAuthorityAndName) {
  make_certificate(files_, "localhost");
  const TlsFiles another{directory_ / "another.crt", directory_ / "another.key"};
  make_certificate(another, "localhost");
  start_tls();
  const TlsClient client(files_.certificate);
  const auto connection = client.connect("127.0.0.1", tls_port_, "localhost");
  const std::string asked = get("/hello");
  EXPECT_EQ(connection->write(asked).size, asked.size());
  std::string heard;
  const auto start = steady_clock::now();
  while (heard.find("hello\n") == std::string::npos && ms_since(start) < kWaitMs) {
    std::array<char, 512> bytes{};
    heard.append(bytes.data(), connection->read(bytes).size);
  }
  EXPECT_EQ(status_of(heard), 200);
  EXPECT_THROW((void)client.connect("127.0.0.1", tls_port_, "elsewhere"), std::runtime_error);
  EXPECT_THROW((void)TlsClient(another.certificate).connect("127.0.0.1", tls_port_, "localhost"),
               std::runtime_error);
  EXPECT_THROW(TlsClient{files_.key}, std::runtime_error);
}

TEST_F(TlsHttp, DoesNotNegotiateAnew) {
  start_tls();
  TlsCaller caller(tls_port_, {.version_max = TLS1_2_VERSION});
  ASSERT_EQ(status_of(caller.ask(get("/hello"), "hello\n")), 200);
  SSL_renegotiate(caller.ssl());
  ERR_clear_error();
  EXPECT_NE(SSL_do_handshake(caller.ssl()), 1);
}

TEST_F(TlsHttp, GivesWhoSpeaksPlainlyNothing) {
  start_tls();
  Caller caller(tls_port_);
  caller.send(get("/hello"));
  EXPECT_EQ(caller.read().find("HTTP"), std::string::npos);
  EXPECT_TRUE(caller.closed());
  EXPECT_EQ(status_of(TlsCaller(tls_port_).ask(get("/hello"), "hello\n")), 200);
}

TEST_F(TlsHttp, TakesNoKeyThatOthersMayReadOrThatIsAnothers) {
  start_tls();
  const auto why = [this] {
    try {
      const Tls tls(files_);
    } catch (const std::exception& failure) {
      return std::string(failure.what());
    }
    return std::string("taken");
  };
  EXPECT_EQ(why(), "taken");
  ::chmod(files_.key.c_str(), 0640);
  EXPECT_NE(why().find("chmod 600"), std::string::npos) << why();
  ::chmod(files_.key.c_str(), 0600);
  make_certificate({files_.certificate, directory_ / "other.key"}, "second");
  EXPECT_NE(why().find("isn't the key of the certificate"), std::string::npos) << why();
  make_certificate({directory_ / "other.pem", files_.key}, "second", true);
  EXPECT_NE(why().find("isn't the key of the certificate"), std::string::npos) << why();
  std::ofstream(files_.key) << "no key\n";
  EXPECT_NE(why().find("isn't a private key"), std::string::npos) << why();
  std::ofstream(files_.certificate) << "no certificate\n";
  EXPECT_NE(why().find("isn't a certificate"), std::string::npos) << why();
  fs::remove(files_.certificate);
  EXPECT_NE(why(), "taken");
}

TEST_F(TlsHttp, ReadsItsCertificateAnewWhenToldTo) {
  start_tls();
  std::atomic<int> done{};
  const Signals signals(
      loop_, [](int) {},
      [&] {
        try {
          server_->reload_tls();
          ++done;
        } catch (const std::exception&) {
          done += 100;
        }
      });
  const auto reload = [&](int until) {
    ::kill(::getpid(), SIGHUP);
    const auto start = steady_clock::now();
    while (done.load() != until && ms_since(start) < kWaitMs)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_EQ(done.load(), until);
  };
  TlsCaller before(tls_port_);
  EXPECT_EQ(before.peer_name(), "first");
  make_certificate(files_, "second");
  EXPECT_EQ(TlsCaller(tls_port_).peer_name(), "first");
  reload(1);
  EXPECT_EQ(TlsCaller(tls_port_).peer_name(), "second");
  EXPECT_EQ(status_of(before.ask(get("/hello"), "hello\n")), 200);  // It goes on as it began.
  make_certificate({files_.certificate, directory_ / "other.key"}, "third");
  reload(101);
  EXPECT_EQ(TlsCaller(tls_port_).peer_name(), "second");  // What is in force stays.
}

// --- bounds
// ---------------------------------------------------------------------------------------

TEST_F(TlsHttp, ClosesWhoIsSlow) {
  limits_.handshake_ms_max = 300;
  limits_.header_ms_max = 300;
  limits_.body_ms_max = 300;
  start_tls();
  const auto start = steady_clock::now();
  Caller silent(tls_port_);  // Never begins the handshake.
  Caller half(tls_port_);
  half.send("\x16\x03\x01\x02");  // Begins it.
  TlsCaller header(tls_port_);
  header.send("GET /hello HTTP/1.1\r\nHost: lo");
  TlsCaller body(tls_port_);
  body.send("POST /sum HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhel");
  EXPECT_EQ(silent.read(), "");
  EXPECT_EQ(half.read(), "");
  EXPECT_EQ(header.read(), "");
  EXPECT_EQ(body.read(), "");
  EXPECT_GE(ms_since(start), 290);
  EXPECT_LT(ms_since(start), 5'000);
  wait_for([](const Server::Counts& now) { return now.timed_out == 4 && now.open == 0; });
}

// A byte now and then doesn't help.
TEST_F(TlsHttp, ClosesWhoSendsAHeaderByteByByte) {
  limits_.header_ms_max = 300;
  start_tls();
  TlsCaller caller(tls_port_);
  const auto start = steady_clock::now();
  bool sent = true;
  while (sent && ms_since(start) < kWaitMs) {
    sent = caller.send("G");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_LT(ms_since(start), 5'000);
}

TEST_F(TlsHttp, ClosesWhoDoesNotReadHisAnswer) {
  limits_.write_ms_max = 300;
  start_tls();
  TlsCaller caller(tls_port_);
  ASSERT_TRUE(caller.send(get("/large")));
  wait_for([](const Server::Counts& now) { return now.timed_out == 1 && now.open == 0; });
}

TEST_F(TlsHttp, ClosesWhoIsIdle) {
  limits_.idle_ms_max = 100;
  start_tls();
  TlsCaller caller(tls_port_);
  EXPECT_EQ(status_of(caller.ask(get("/hello"), "hello\n")), 200);
  EXPECT_EQ(caller.read(), "");
  wait_for([](const Server::Counts& now) { return now.open == 0 && now.timed_out == 0; });
}

TEST_F(TlsHttp, BoundsHeadersAndBodies) {
  start_tls();
  EXPECT_EQ(
      status_of(TlsCaller(tls_port_).ask(get("/hello", "A: " + std::string(9'000, 'a') + "\r\n"))),
      431);
  std::string many;
  for (int i = 0; i < 70; ++i)
    many += "A" + std::to_string(i) + ": b\r\n";
  EXPECT_EQ(status_of(TlsCaller(tls_port_).ask(get("/hello", many))), 431);
  const std::string largest(1U << 20U, 'x');
  EXPECT_TRUE(TlsCaller(tls_port_).ask(post("/sum", largest), "1048576").ends_with("1048576"));
  EXPECT_EQ(status_of(TlsCaller(tls_port_).ask(post("/sum", largest + "x"))), 413);
}

TEST_F(TlsHttp, BoundsTheBodiesOfAllTogether) {
  limits_.bodies_bytes_max = 1'000;
  start_tls();
  const std::string start = "POST /sum HTTP/1.1\r\nHost: localhost\r\nContent-Length: 600\r\n\r\n";
  TlsCaller first(tls_port_);
  ASSERT_TRUE(first.send(start));
  wait_for([](const Server::Counts& now) { return now.open == 1; });
  // The first one's header has been read once this one is answered.
  EXPECT_EQ(status_of(first.ask(std::string(600, 'x'), "600")), 200);
  ASSERT_TRUE(first.send(start + "x"));
  std::string answer;
  const auto began = steady_clock::now();
  while (status_of(answer) != 503 && ms_since(began) < kWaitMs)
    answer = TlsCaller(tls_port_).ask(start);
  EXPECT_EQ(status_of(answer), 503);
  EXPECT_EQ(status_of(first.ask(std::string(599, 'x'), "600")), 200);
  EXPECT_EQ(status_of(TlsCaller(tls_port_).ask(start + std::string(600, 'x'), "600")), 200);
}

TEST_F(TlsHttp, BoundsConnectionsOfAnAddressAndOfAll) {
  limits_.address_max = 3;
  start_tls();
  std::vector<std::unique_ptr<TlsCaller>> open;
  for (int i = 0; i < 3; ++i)
    open.push_back(std::make_unique<TlsCaller>(tls_port_));
  EXPECT_FALSE(TlsCaller(tls_port_).open());
  EXPECT_EQ(counts().turned_away, 1U);
  open.pop_back();
  wait_for([](const Server::Counts& now) { return now.open == 2; });
  EXPECT_TRUE(TlsCaller(tls_port_).open());
}

TEST_F(TlsHttp, MakesRoomByClosingWhoWaitedLongest) {
  limits_.connections_max = 2;
  start_tls();
  TlsCaller first(tls_port_);
  TlsCaller second(tls_port_);
  TlsCaller third(tls_port_);
  EXPECT_EQ(status_of(third.ask(get("/hello"), "hello\n")), 200);
  EXPECT_EQ(status_of(second.ask(get("/hello"), "hello\n")), 200);
  first.read();
  EXPECT_TRUE(first.closed());
}

// --- one request is one request
// --------------------------------------------------------------------

TEST_F(TlsHttp, RefusesWhatTwoReadersCouldReadInTwoWays) {
  start_tls();
  const std::string start = "POST /echo HTTP/1.1\r\nHost: localhost\r\n";
  const std::string hidden = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::vector<std::pair<std::string, int>> attempts{
      {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
      {"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 411},
      {"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello", 411},
      {"Transfer-Encoding: chunked\r\n\r\n-1\r\nhello", 411},
      {"Transfer-Encoding: identity, chunked\r\n\r\n", 411},
      {"Transfer-Encoding : chunked\r\n\r\n", 400},
      {"Transfer-Encoding:\r\n chunked\r\n\r\n", 400},
      {"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400},
      {"Content-Length: 0\r\nContent-Length: 42\r\n\r\n", 400},
      {"Content-Length: 0, 42\r\n\r\n", 400},
      {"Content-Length: +0\r\n\r\n", 400},
      {"A: b\r\n Content-Length: 0\r\n\r\n", 400},
      {"A: b\nContent-Length: 42\r\n\r\n", 400},
      {"A: b\rContent-Length: 42\r\n\r\n", 400},
      {"A\0: b\r\n\r\n"s, 400},
      {"Host: other\r\n\r\n", 400}};
  for (const auto& [rest, status] : attempts) {
    TlsCaller caller(tls_port_);
    const std::string answer = caller.ask(start + rest + hidden);
    EXPECT_EQ(status_of(answer), status) << rest;
    EXPECT_EQ(count(answer, "HTTP/1.1 "), 1U) << rest;  // Nothing behind it is looked at.
    EXPECT_TRUE(caller.closed() && caller.clean()) << rest;
  }
  EXPECT_EQ(counts().requests, 0U);
}

TEST_F(TlsHttp, AnswersPipelinedRequestsInTheirOrder) {
  std::vector<Reply> waiting;
  start_tls([&](Server& server) {
    server.route("GET", "/later", Handler([&](const Request&, Reply reply) {
                   waiting.push_back(std::move(reply));
                 }));
  });
  TlsCaller caller(tls_port_);
  ASSERT_TRUE(caller.send(get("/later") + get("/hello")));
  wait_for([](const Server::Counts& now) { return now.requests == 1; });
  std::thread elsewhere([&] { waiting.at(0)(text_response(200, "at last")); });
  const std::string answers = caller.read("hello");
  elsewhere.join();
  EXPECT_LT(answers.find("at last"), answers.find("hello"));
}

TEST_F(TlsHttp, KeepsAConnectionForManyRequestsInAnyPieces) {
  start_tls();
  TlsCaller caller(tls_port_);
  const std::string request = post("/echo", "some body");
  for (std::size_t cut = 1; cut < request.size(); ++cut) {
    ASSERT_TRUE(caller.send(request.substr(0, cut)));
    const std::string answer = caller.ask(request.substr(cut), "some body");
    ASSERT_EQ(status_of(answer), 201) << cut;
  }
  EXPECT_EQ(counts().connections, 1U);
}

TEST_F(TlsHttp, ContinuesWhoAsksBeforeHeSendsHisBody) {
  start_tls();
  TlsCaller caller(tls_port_);
  EXPECT_EQ(caller.ask("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
                       "Expect: 100-continue\r\n\r\n",
                       "\r\n\r\n"),
            "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_TRUE(caller.ask("hello", "hello").ends_with("hello"));
}

// Whoever goes without a word, at any moment, takes nobody with him.
TEST_F(TlsHttp, StandsCallersThatVanish) {
  start_tls();
  for (int i = 0; i < 50; ++i) {
    TlsCaller caller(tls_port_);
    caller.send(i % 2 == 0 ? get("/large")
                           : post("/sum", std::string(500'000, 'x')).substr(0, 9'000));
    const linger now{1, 0};  // With a reset.
    ::setsockopt(caller.fd(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(caller.release());
  }
  wait_for([](const Server::Counts& now) { return now.open == 0; });
  EXPECT_EQ(status_of(TlsCaller(tls_port_).ask(get("/hello"), "hello\n")), 200);
}

// --- admission, bodies to files
// --------------------------------------------------------------------

class Admitting : public TlsHttp {
 protected:
  void start_admitting() {
    start_tls([this](Server& server) {
      server.refuse_with([](int status, std::string_view what) {
        return text_response(status, "own words: " + std::string(what));
      });
      server.serve(
          [this](const Request& request) {
            ++asked_;
            Admission admission{.name = "any"};
            if (request.path == "/no") admission.refusal = text_response(401, "not you");
            admission.options.body_bytes_max = 64U << 20U;
            admission.options.body_ms_max = 30'000;
            if (request.path == "/file") admission.sink = std::make_shared<BodyFile>(directory_);
            admission.context = std::string("known");
            return admission;
          },
          [](const Request& request, const Reply& reply) {
            const auto file = std::dynamic_pointer_cast<BodyFile>(request.sink);
            const std::string size = std::to_string(file ? file->size() : request.body.size());
            reply(text_response(200, size + " " + std::any_cast<std::string>(request.context) +
                                         " " + request.raw_query.value_or("none") + " " +
                                         (file ? hex(file->finish()) : "")));
          });
    });
  }
  std::size_t files() const {
    std::size_t n = 0;
    for (const auto& entry : fs::directory_iterator(directory_))
      n += entry.path().filename().string().starts_with("body-") ? 1U : 0U;
    return n;
  }
  std::atomic<int> asked_{};
};

TEST_F(Admitting, LetsABodyComeToAFileAndTakesItAwayWithTheRequest) {
  start_admitting();
  const std::string body(20U << 20U, 'x');
  const std::string answer = TlsCaller(tls_port_).ask(post("/file", body), "none ");
  EXPECT_EQ(status_of(answer), 200);
  EXPECT_NE(answer.find("20971520 known none"), std::string::npos) << answer;
  EXPECT_NE(answer.find(hex(sha256(as_bytes(body)))), std::string::npos) << answer;
  wait_for([](const Server::Counts& now) { return now.open == 0; });
  EXPECT_EQ(files(), 0U);
  TlsCaller half(tls_port_);
  half.send(post("/file", body).substr(0, 100'000));
  ::close(half.release());
  wait_for([](const Server::Counts& now) { return now.open == 0; });
  EXPECT_EQ(files(), 0U);
}

TEST_F(Admitting, RefusesByTheHeaderWithoutReadingTheBody) {
  start_admitting();
  TlsCaller caller(tls_port_);
  const std::string answer = caller.ask(post("/no", std::string(1'000, 'x')).substr(0, 100));
  EXPECT_EQ(status_of(answer), 401);
  EXPECT_TRUE(caller.closed());
  EXPECT_EQ(counts().requests, 0U);
}

TEST_F(Admitting, RefusesInWordsOfItsOwnWhatReachesNobody) {
  start_admitting();
  EXPECT_NE(TlsCaller(tls_port_).ask("GET /\r\n\r\n").find("own words: "), std::string::npos);
  EXPECT_EQ(asked_.load(), 0);
  EXPECT_NE(TlsCaller(tls_port_).ask(get("/a?b=c&d"), "?b=c&d").find("0 known ?b=c&d"),
            std::string::npos);
}

// --- the end
// --------------------------------------------------------------------------------------

TEST_F(TlsHttp, EndsWhenWhatIsUnderWayIsAnswered) {
  limits_.stop_ms_max = 10'000;
  std::vector<Reply> waiting;
  start_tls([&](Server& server) {
    server.route("GET", "/later", Handler([&](const Request&, Reply reply) {
                   waiting.push_back(std::move(reply));
                 }));
  });
  TlsCaller idle(tls_port_);
  TlsCaller busy(tls_port_);
  ASSERT_TRUE(busy.send(get("/later")));
  wait_for([](const Server::Counts& now) { return now.requests == 1; });
  std::atomic<bool> stopped{};
  in_loop([&] { server_->stop([&] { stopped = true; }); });
  EXPECT_EQ(idle.read(), "");
  EXPECT_FALSE(stopped.load());
  EXPECT_FALSE(TlsCaller(tls_port_).open());
  waiting.at(0)(text_response(200, "at last"));
  const std::string answer = busy.read();
  EXPECT_NE(answer.find("at last"), std::string::npos);
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(busy.clean());
  const auto start = steady_clock::now();
  while (!stopped.load() && ms_since(start) < kWaitMs)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_TRUE(stopped.load());
}

// Each idle connection costs some kilobytes: the callers here keep nothing but a descriptor.
TEST_F(TlsHttp, HoldsManyIdleConnectionsInLittleMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer's memory isn't the server's";
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "a sanitizer's memory isn't the server's";
#endif
#endif
  const std::size_t many = std::getenv("PH_LONG") != nullptr ? 9'500 : 1'000;
  limits_.connections_max = 20'000;
  limits_.idle_ms_max = 120'000;
  limits_.handshake_ms_max = 30'000;
  rlimit files{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  const rlim_t wanted = 2 * many + 200;
  if (files.rlim_max < wanted) GTEST_SKIP() << "too few descriptors may be opened";
  const rlimit raised{std::max(files.rlim_cur, wanted), files.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &raised), 0);
  start_tls();
  std::vector<int> open;
  const auto add = [&] {
    TlsCaller caller(tls_port_);
    ASSERT_EQ(status_of(caller.ask(get("/hello"), "hello\n")), 200);
    open.push_back(caller.release());
  };
  for (int i = 0; i < 50; ++i)
    add();
  const std::uint64_t before = memory_use().anonymous_bytes;
  for (std::size_t i = 0; i < many; ++i)
    add();
  const std::uint64_t each = (memory_use().anonymous_bytes - before) / many;
  std::printf("%zu idle connections, %llu bytes each, %llu MB resident in all\n", many,
              static_cast<unsigned long long>(each),
              static_cast<unsigned long long>(memory_use().resident_bytes >> 20U));
  EXPECT_EQ(counts().open, many + 50);
  EXPECT_LT(each, 32'768U);
  for (const int fd : open)
    ::close(fd);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
}

}  // namespace PH_FILE
}  // namespace ph::http::test
