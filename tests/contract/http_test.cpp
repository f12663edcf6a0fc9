// The server over real sockets: what it answers, what it bounds, whom it lets in.
#include "tests/contract/http_fixture.h"

namespace ph::http::test {
namespace PH_FILE {

TEST_F(Http, AnswersOverBothKindsOfSocket) {
  start();
  for (const Endpoint& to : {Endpoint::at_tcp("127.0.0.1", port_), Endpoint::at_socket(socket_)}) {
    const ReadResponse hello = http_get(to, "/hello", kWaitMs);
    EXPECT_EQ(hello.status, 200);
    EXPECT_EQ(hello.body, "hello\n");
    EXPECT_EQ(hello.content_type, "text/plain; charset=utf-8");
    EXPECT_EQ(http_get(to, "/items/a%20b?q=1%2B1", kWaitMs).body, "a b 1+1");
    const ReadResponse echo = http_post(to, "/echo", "{}", kWaitMs);
    EXPECT_EQ(echo.status, 201);
    EXPECT_EQ(echo.body, "{}");
    EXPECT_EQ(echo.content_type, "application/json");
    EXPECT_EQ(http_get(to, "/large", kWaitMs).body.size(), 8U << 20U);
    EXPECT_EQ(http_get(to, "/nothing", kWaitMs).status, 404);
    EXPECT_EQ(http_get(to, "/echo", kWaitMs).status, 405);
    EXPECT_EQ(http_get(to, "/items/%zz", kWaitMs).status, 400);
  }
}

TEST_F(Http, LetsTheControlSocketAloneCommand) {
  start();
  EXPECT_EQ(http_post(Endpoint::at_socket(socket_), "/stop", "", kWaitMs).body, "stopping");
  EXPECT_EQ(http_post(Endpoint::at_tcp("127.0.0.1", port_), "/stop", "", kWaitMs).status, 403);
}

TEST_F(Http, KeepsAConnectionAndAnswersInOrder) {
  start();
  Caller caller(port_);
  std::string all;
  for (int i = 0; i < 100; ++i)
    all += get("/items/" + std::to_string(i));
  all += get("/hello", "Connection: close\r\n") + get("/hello");
  ASSERT_TRUE(caller.send(all));
  const std::string answers = caller.read();
  EXPECT_EQ(count(answers, "HTTP/1.1 200 OK"), 101U);  // What stands behind "close" isn't read.
  std::size_t at = 0;
  for (int i = 0; i < 100; ++i) {
    at = answers.find("\r\n\r\n" + std::to_string(i) + " -", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
  EXPECT_TRUE(caller.closed());
}

TEST_F(Http, KeepsPipelinedRequestsWaitingForASlowAnswer) {
  std::vector<Reply> waiting;
  start([&](Server& server) {
    server.route("GET", "/later", Handler([&](const Request&, Reply reply) {
                   waiting.push_back(std::move(reply));
                 }));
  });
  Caller caller(port_);
  ASSERT_TRUE(caller.send(get("/later") + get("/hello")));
  wait_for([](const Server::Counts& now) { return now.requests == 1; });
  EXPECT_EQ(caller.read("hello", 100), "");
  std::thread elsewhere([&] { waiting.at(0)(text_response(200, "at last")); });
  const std::string answers = caller.read("hello");
  elsewhere.join();
  EXPECT_LT(answers.find("at last"), answers.find("hello"));
  EXPECT_EQ(count(answers, "HTTP/1.1 200 OK"), 2U);
  waiting.at(0)(text_response(200, "again"));  // Dropped.
  ASSERT_TRUE(caller.send(get("/items/x")));
  EXPECT_EQ(count(caller.read("x -"), "again"), 0U);
}

// Who waits in the loop may take its time: an answer that is there doesn't queue behind it.
TEST_F(Http, AnswersAtOnceWhatTheHandlerKnowsWhenItReturns) {
  std::vector<bool> counted;  // whether the answer was, when what waited in the loop came
  start([&](Server& server) {
    server.route("GET", "/now", Handler([&](const Request&, const Reply& reply) {
                   loop_.post([&] {
                     const std::string route = "route=\"/now\"";
                     counted.push_back(metrics_.text().find(route) != std::string::npos);
                   });
                   reply(text_response(200, "at once"));
                   reply(text_response(200, "twice"));
                 }));
  });
  Caller caller(port_);
  ASSERT_TRUE(caller.send(get("/now") + get("/now") + get("/hello")));
  const std::string answers = caller.read("hello");
  EXPECT_EQ(count(answers, "at once"), 2U);
  EXPECT_EQ(count(answers, "twice"), 0U);
  in_loop([] {});  // What a handler posted comes once its caller has returned: before the next.
  in_loop([&] { EXPECT_EQ(counted, std::vector<bool>({true, true})); });
}

TEST_F(Http, AnswersForAHandlerThatIsLateOrSilent) {
  std::vector<Reply> waiting;
  start([&](Server& server) {
    server.route("GET", "/later",
                 Handler([&](const Request&, Reply reply) { waiting.push_back(std::move(reply)); }),
                 {.answer_ms_max = 50});
    server.route("GET", "/never", Handler([](const Request&, const Reply&) {}));
  });
  const Endpoint to = Endpoint::at_tcp("127.0.0.1", port_);
  EXPECT_EQ(http_get(to, "/never", kWaitMs).status, 500);
  EXPECT_EQ(http_get(to, "/later", kWaitMs).status, 504);
  in_loop([&] { waiting.at(0)(text_response(200, "too late")); });
  EXPECT_EQ(http_get(to, "/hello", kWaitMs).status, 200);
}

TEST_F(Http, SurvivesCallersAndServersThatGoFirst) {
  std::vector<Reply> waiting;
  start([&](Server& server) {
    server.route("GET", "/later", Handler([&](const Request&, Reply reply) {
                   waiting.push_back(std::move(reply));
                 }));
  });
  {
    const Caller gone(port_);
    ASSERT_TRUE(gone.send(get("/later")));
    wait_for([](const Server::Counts& now) { return now.requests == 1; });
  }
  in_loop([&] { waiting.at(0)(text_response(200, std::string(1U << 20U, 'x'))); });
  const Caller stays(port_);
  ASSERT_TRUE(stays.send(get("/later")));
  wait_for([](const Server::Counts& now) { return now.requests == 2; });
  in_loop([&] { server_.reset(); });
  waiting.at(1)(text_response(200, "to nobody"));
  waiting.clear();
}

TEST_F(Http, RefusesWhatIsMalformedOrTooLarge) {
  start();
  const auto status = [&](const std::string& bytes) { return ask(bytes).substr(0, 12); };
  EXPECT_EQ(status("hello\r\n\r\n"), "HTTP/1.1 400");
  EXPECT_EQ(status("GET /hello HTTP/1.1\r\n\r\n"), "HTTP/1.1 400");
  EXPECT_EQ(status(get("/hello?a=%")), "HTTP/1.1 400");
  EXPECT_EQ(status(get("http://localhost/hello")), "HTTP/1.1 400");
  EXPECT_EQ(status("GET /hello HTTP/2.0\r\n\r\n"), "HTTP/1.1 505");
  EXPECT_EQ(status("GET /" + std::string(9'000, 'x')), "HTTP/1.1 431");
  EXPECT_EQ(status(get("/hello", "X: " + std::string(9'000, 'x') + "\r\n")), "HTTP/1.1 431");
  EXPECT_EQ(status(post("/small", "0123456789")), "HTTP/1.1 200");
  EXPECT_EQ(status(post("/small", "0123456789a")), "HTTP/1.1 413");
  EXPECT_EQ(status(post("/echo", std::string(1U << 20U, 'x'))), "HTTP/1.1 201");
  EXPECT_EQ(status(post("/echo", std::string((1U << 20U) + 1, 'x'))), "HTTP/1.1 413");
  EXPECT_EQ(status("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "0\r\n\r\n"),
            "HTTP/1.1 411");
  EXPECT_EQ(status("DELETE /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"), "HTTP/1.1 405");
  // Nothing behind a request that was refused is read as another.
  EXPECT_EQ(count(ask(post("/small", get("/hello")) + get("/hello")), "HTTP/1.1"), 1U);
  EXPECT_EQ(counts().requests, 2U);
}

TEST_F(Http, TellsAFaultEvenWhileALargeBodyIsStillSent) {
  start();
  Caller sender(port_);
  std::thread sending([&] {
    (void)sender.send("POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n\r\n" +
                      std::string(3'000'000, 'x'));
  });
  sending.join();
  EXPECT_EQ(sender.read().substr(0, 12), "HTTP/1.1 413");
}

TEST_F(Http, AsksForABodyThatWaitsToBeAskedFor) {
  start();
  Caller caller(port_);
  const std::string head =
      "POST /small HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: ";
  ASSERT_TRUE(caller.send(head + "5\r\n\r\n"));
  EXPECT_EQ(caller.read("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(caller.send("hello"));
  EXPECT_NE(caller.read("taken").find("HTTP/1.1 200 OK"), std::string::npos);
  ASSERT_TRUE(caller.send(head + "11\r\n\r\n"));
  EXPECT_EQ(caller.read("too large").substr(0, 12), "HTTP/1.1 413");
}

TEST_F(Http, AnswersHeadWithoutABody) {
  start();
  const std::string answer = ask("HEAD /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_NE(answer.find("Content-Length: 6\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(Http, DoesNotServePagesOfOthers) {
  start([](Server& server) { server.allow_host("clearing.example"); });
  const auto status = [&](const std::string& method, const std::string& fields) {
    return ask(method + " /hello HTTP/1.1\r\n" + fields + "Connection: close\r\n\r\n").substr(9, 3);
  };
  for (const std::string good : {"localhost", "LOCALHOST:9100", "127.0.0.1:80", "[::1]:80",
                                 "clearing.example", "clearing.example:9100"}) {
    EXPECT_EQ(status("GET", "Host: " + good + "\r\n"), "200") << good;
  }
  for (const std::string bad : {"evil.example", "localhost.evil.example", "127.0.0.1.evil", "",
                                "[::1].evil", "evil.example:80"}) {
    EXPECT_EQ(status("GET", "Host: " + bad + "\r\n"), "421") << bad;
  }
  const auto origin = [&](const std::string& from) {
    return ask("POST /echo HTTP/1.1\r\nHost: localhost:9100\r\nContent-Length: 0\r\nOrigin: " +
               from + "\r\nConnection: close\r\n\r\n")
        .substr(9, 3);
  };
  EXPECT_EQ(origin("http://localhost:9100"), "201");
  EXPECT_EQ(origin("http://evil.example"), "403");
  EXPECT_EQ(origin("null"), "403");
}

TEST_F(Http, ClosesOnCallersThatAreTooSlow) {
  start();
  const auto closes = [&](const std::string& bytes) {
    Caller caller(port_);
    const auto begin = steady_clock::now();
    EXPECT_TRUE(caller.send(bytes));
    EXPECT_EQ(caller.read(), "");
    EXPECT_TRUE(caller.closed());
    EXPECT_GE(ms_since(begin), 250);
    EXPECT_LE(ms_since(begin), 5'000);
  };
  closes("G");
  closes("GET /hello HTTP/1.1\r\nHost: localhost\r\n");
  closes("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhell");
  EXPECT_EQ(counts().timed_out, 3U);
  // A byte now and then doesn't help.
  Caller dripping(port_);
  const auto begin = steady_clock::now();
  while (dripping.send("X") && ms_since(begin) < kWaitMs) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_LE(ms_since(begin), 5'000);
}

TEST_F(Http, ClosesOnCallersThatDoNotRead) {
  start();
  const Caller deaf(port_);
  ASSERT_TRUE(deaf.send(get("/large")));
  wait_for([](const Server::Counts& now) { return now.timed_out == 1 && now.open == 0; });
}

TEST_F(Http, ClosesWhatRestsAndWhatAsksTooOften) {
  limits_.idle_ms_max = 100;
  limits_.requests_max = 3;
  start();
  Caller resting(port_);
  EXPECT_EQ(resting.read(), "");
  EXPECT_TRUE(resting.closed());
  EXPECT_EQ(counts().timed_out, 0U);
  EXPECT_EQ(count(ask(get("/hello") + get("/hello") + get("/hello") + get("/hello")), "200 OK"),
            3U);
}

TEST_F(Http, TakesAsManyConnectionsAsItsLimitAndPrefersNewOnesToThoseAtRest) {
  limits_.connections_max = 8;
  limits_.header_ms_max = 5'000;
  start();
  std::vector<std::unique_ptr<Caller>> resting;
  for (int i = 0; i < 20; ++i) {
    resting.push_back(std::make_unique<Caller>(port_));
    ASSERT_TRUE(resting.back()->send(get("/hello")));
    EXPECT_NE(resting.back()->read("hello\n").find("200 OK"), std::string::npos) << i;
  }
  EXPECT_EQ(counts().open, 8U);
  EXPECT_EQ(counts().turned_away, 0U);
  resting.clear();
  std::vector<std::unique_ptr<Caller>> slow;
  for (int i = 0; i < 8; ++i) {
    slow.push_back(std::make_unique<Caller>(port_));
    ASSERT_TRUE(slow.back()->send("GET "));
    wait_for([&](const Server::Counts& now) { return now.connections == 21U + unsigned(i); });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // All have begun.
  EXPECT_EQ(ask("").substr(0, 12), "HTTP/1.1 503");
  EXPECT_EQ(counts().turned_away, 1U);
  // The control socket has its own.
  EXPECT_EQ(http_get(Endpoint::at_socket(socket_), "/hello", kWaitMs).status, 200);
}

TEST_F(Http, ServesManyCallersAtOnce) {
  start();
  std::atomic<int> good{};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      const Endpoint to =
          t % 2 == 0 ? Endpoint::at_tcp("127.0.0.1", port_) : Endpoint::at_socket(socket_);
      for (int i = 0; i < 100; ++i) {
        const std::string body = std::to_string(t) + "-" + std::to_string(i);
        if (http_post(to, "/echo", body, kWaitMs).body == body) ++good;
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(good, 800);
  wait_for([](const Server::Counts& now) { return now.open == 0; });
  const std::string text = metrics_.text();
  EXPECT_NE(text.find("pointhouse_http_requests_total{method=\"POST\",route=\"/echo\","
                      "status=\"201\"} 800\n"),
            std::string::npos)
      << text;
}

TEST_F(Http, EndsWhatIsUnderWayWhenItStops) {
  std::vector<Reply> waiting;
  start([&](Server& server) {
    server.route("GET", "/later", Handler([&](const Request&, Reply reply) {
                   waiting.push_back(std::move(reply));
                 }));
  });
  Caller resting(port_);
  Caller asking(port_);
  ASSERT_TRUE(asking.send(get("/later")));
  wait_for([](const Server::Counts& now) { return now.requests == 1 && now.open == 2; });
  std::atomic<bool> stopped{};
  in_loop([&] { server_->stop([&] { stopped = true; }); });
  EXPECT_EQ(resting.read(), "");
  EXPECT_TRUE(resting.closed());
  EXPECT_FALSE(fs::exists(socket_));
  EXPECT_FALSE(stopped);
  in_loop([&] { waiting.at(0)(text_response(200, "at last")); });
  const std::string answer = asking.read("at last");
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  asking.half_close();
  const auto begin = steady_clock::now();
  while (!stopped && ms_since(begin) < kWaitMs) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(stopped);
}

TEST_F(Http, StopsInTimeWhateverHangs) {
  std::vector<Reply> waiting;
  start([&](Server& server) {
    server.route("GET", "/later", Handler([&](const Request&, Reply reply) {
                   waiting.push_back(std::move(reply));
                 }));
  });
  const Caller asking(port_);
  ASSERT_TRUE(asking.send(get("/later")));
  wait_for([](const Server::Counts& now) { return now.requests == 1; });
  std::atomic<bool> stopped{};
  in_loop([&] { server_->stop([&] { stopped = true; }); });
  const auto begin = steady_clock::now();
  while (!stopped && ms_since(begin) < kWaitMs) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(stopped);
  EXPECT_LE(ms_since(begin), 5'000);
  waiting.clear();
}

TEST_F(Http, ListensOnTheLoopbackAlone) {
  start();
  std::ifstream table("/proc/net/tcp");
  std::array<char, 8> port{};
  std::snprintf(port.data(), port.size(), ":%04X", port_);
  int found = 0;
  for (std::string line; std::getline(table, line);) {
    if (line.find(port.data()) < 20) {
      ++found;
      EXPECT_NE(line.find("0100007F" + std::string(port.data())), std::string::npos) << line;
    }
  }
  EXPECT_GE(found, 1);
}

TEST_F(Http, TellsTheClientThatNobodyIsThereOrThatItTakesTooLong) {
  EXPECT_THROW((void)http_get(Endpoint::at_socket(socket_), "/", kWaitMs), std::system_error);
  std::vector<Reply> waiting;
  start([&](Server& server) {
    server.route("GET", "/later", Handler([&](const Request&, Reply reply) {
                   waiting.push_back(std::move(reply));
                 }));
  });
  const auto begin = steady_clock::now();
  try {
    (void)http_get(Endpoint::at_socket(socket_), "/later", 100);
    ADD_FAILURE() << "no answer is no success";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ETIMEDOUT);
  }
  EXPECT_GE(ms_since(begin), 90);
  EXPECT_THROW((void)http_get(Endpoint::at_socket(socket_), "/x\r\nY: z", kWaitMs),
               std::invalid_argument);
  in_loop([&] { waiting.clear(); });
}

}  // namespace PH_FILE
}  // namespace ph::http::test
