// Peers that keep to the rules, over real sockets of loopback.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/contract/net/world.h"

namespace ph::net_test {
namespace PH_FILE {

TEST(Peers, AMessageComesWithItsSendersNameAndIsAnsweredOnItsRoute) {
  World world;
  world.echo = true;
  world.serve();
  std::vector<std::string> first;
  std::vector<std::string> second;
  const auto one = world.connected(world.p01);
  const auto two = world.connected(world.p02);
  one->on_message([&](Bytes bytes) { first.push_back(text_of(bytes)); });
  two->on_message([&](Bytes bytes) { second.push_back(text_of(bytes)); });
  ASSERT_TRUE(one->send(message_of("from one")));
  ASSERT_TRUE(two->send(message_of("from two")));
  ASSERT_TRUE(world.until([&] { return !first.empty() && !second.empty(); }));
  EXPECT_EQ(first, std::vector<std::string>{"from one"});
  EXPECT_EQ(second, std::vector<std::string>{"from two"});
  ASSERT_EQ(world.heard.size(), 2U);
  for (const Heard& heard : world.heard) {
    const bool is_first = text_of(heard.bytes) == "from one";
    EXPECT_EQ(heard.participant, is_first ? "P01" : "P02");
    EXPECT_EQ(heard.key, (is_first ? world.p01 : world.p02).open_key());
  }
  EXPECT_NE(world.heard[0].route, world.heard[1].route);
  EXPECT_EQ(world.server->statistics().received, 2U);
  EXPECT_EQ(world.server->statistics().sent, 2U);
  EXPECT_EQ(world.server->statistics().handshakes_accepted, 2U);
}

// If an edge of ZeroMQ's descriptor were lost, each would wait for the slow timer: 500 * 50 ms.
TEST(Peers, TheLoopWakesForEachMessage) {
  World world;
  world.echo = true;
  world.serve();
  const auto client = world.connected(world.p01);
  int left = 500;
  client->on_message([&](Bytes) {
    if (--left == 0) {
      world.loop.stop();
    } else {
      EXPECT_TRUE(client->send(message_of("again")));
    }
  });
  Timer guard(world.loop);
  guard.after_ms(8'000, [&] { world.loop.stop(); });
  const auto start = std::chrono::steady_clock::now();
  ASSERT_TRUE(client->send(message_of("first")));
  world.loop.run();
  const double seconds = seconds_since(start);
  EXPECT_EQ(left, 0);
  EXPECT_LT(seconds, 5.0);
  std::cout << "500 round trips in " << seconds << " s\n";
}

// A send may use up the descriptor's word of a message that came in the meantime.
TEST(Peers, AMessageThatCameWhileAnotherWasSentIsFoundAtOnce) {
  World world;
  world.serve();
  const auto client = world.connected(world.p01);
  ASSERT_TRUE(client->send(message_of("hello")));
  ASSERT_TRUE(world.until([&] { return world.heard.size() == 1; }));
  const std::string route = world.heard.back().route;
  std::size_t heard = 0;
  client->on_message([&](Bytes) { ++heard; });
  double waited = 0;
  for (std::size_t i = 1; i <= 15; ++i) {
    world.pass(Milliseconds(7));  // So that the slow timer stands anywhere.
    ASSERT_TRUE(world.server->send(route, message_of("down")));
    ASSERT_TRUE(client->send(message_of("up")));
    std::this_thread::sleep_for(Milliseconds(10));  // Both have arrived below.
    ASSERT_TRUE(world.server->send(route, message_of("down")));
    ASSERT_TRUE(client->send(message_of("up")));
    const auto start = std::chrono::steady_clock::now();
    ASSERT_TRUE(world.until([&] { return heard >= 2 * i && world.heard.size() > 2 * i; }));
    waited += seconds_since(start);
  }
  EXPECT_LT(waited, 0.25);
  std::cout << "15 times two messages each way, " << waited << " s waited\n";
}

TEST(Peers, ATurnIsShortAndTheNextComesAtOnce) {
  World world;
  auto options = world.server_options();
  options.turn_messages = 1;
  world.serve(options);
  const auto client = world.connected(world.p01);
  int most_at_once = 0;
  int at_once = 0;
  world.server->on_message([&](const PeerMessage& message) {
    world.heard.push_back({message.participant, message.key, message.route, {}});
    most_at_once = std::max(most_at_once, ++at_once);
    world.loop.post([&] { at_once = 0; });  // Another's turn.
  });
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 16; ++i)
    ASSERT_TRUE(client->send(message_of("one of many")));
  std::this_thread::sleep_for(Milliseconds(20));
  ASSERT_TRUE(world.until([&] { return world.heard.size() == 16; }));
  EXPECT_LT(seconds_since(start), 0.3);
  EXPECT_LE(most_at_once, 2);
}

TEST(Peers, AParticipantMayHaveARateOfItsOwn) {
  World world;
  auto options = world.server_options();
  options.rate_of = [](const std::string& who) {
    return who == "P01" ? PeerRate{.messages_per_second = 10} : PeerRate{};
  };
  world.serve(options);
  const auto slow = world.connected(world.p01);
  const auto fast = world.connected(world.p02);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(world.until([&] { return slow->send(message_of("mine")); }));
    ASSERT_TRUE(world.until([&] { return fast->send(message_of("his")); }));
  }
  ASSERT_TRUE(world.until([&] {
    const PeerStatistics seen = world.server->statistics();
    return seen.received + seen.dropped_rate == 200;
  }));
  const auto heard = [&](const std::string& who) {
    return std::ranges::count(world.heard, who, &Heard::participant);
  };
  EXPECT_EQ(heard("P02"), 100);
  EXPECT_GE(heard("P01"), 10);
  EXPECT_LT(heard("P01"), 100);
}

TEST(Peers, MessagesOfAMebibyteAndTheLongestComeWholeInBothDirections) {
  World world;
  world.echo = true;
  world.serve();
  const auto client = world.connected(world.p01);
  std::vector<Message> sent;
  for (unsigned i = 0; i < 12; ++i)
    sent.push_back(message_of(1 << 20, i));
  sent.push_back(message_of(2 << 20, 99));
  std::vector<Message> back;
  client->on_message([&](Bytes bytes) { back.emplace_back(bytes.begin(), bytes.end()); });
  for (const Message& message : sent) {
    ASSERT_TRUE(world.until([&] { return client->send(message); }));
  }
  ASSERT_TRUE(world.until([&] { return back.size() == sent.size(); }));
  EXPECT_TRUE(back == sent);
}

TEST(Peers, NothingIsSentWithoutAConnection) {
  World world;
  world.serve();
  PeerClient client(world.loop.context(), world.client_options(world.p01));
  EXPECT_FALSE(client.send(message_of("too early")));
  EXPECT_EQ(client.statistics().not_sent, 1U);
  world.server->close();
  client.connect();
  world.pass(Milliseconds(100));
  EXPECT_FALSE(client.connected());
  EXPECT_FALSE(client.send(message_of("nobody is there")));
  EXPECT_FALSE(world.server->send(std::string("\0abcd", 5), message_of("nor here")));
}

TEST(Peers, AnUnknownKeyIsRefusedHearsNothingAndIsNotHeard) {
  World world;
  world.serve();
  const auto stranger = TransportSecret::generate("P01");  // The name proves nothing.
  const auto client = world.client(stranger);
  bool heard = false;
  client->on_message([&](Bytes) { heard = true; });
  ASSERT_TRUE(world.until([&] { return client->handshake_refused(); }));
  EXPECT_FALSE(client->send(message_of("let me in")));
  world.pass(Milliseconds(200));
  EXPECT_FALSE(client->connected());
  EXPECT_FALSE(heard);
  EXPECT_TRUE(world.heard.empty());
  EXPECT_GE(world.server->statistics().handshakes_refused, 1U);
  EXPECT_EQ(world.server->statistics().handshakes_accepted, 0U);

  // The refusal is final for that socket; a new one comes in once the key is registered.
  world.allow({&world.p01, &stranger});
  client->connect(world.client_options(stranger));
  EXPECT_TRUE(world.until([&] { return client->connected(); }));
  EXPECT_FALSE(client->handshake_refused());
}

TEST(Peers, AClientDoesNotTalkToAServerWithAnotherKey) {
  World world;
  world.serve();
  auto options = world.client_options(world.p01);
  options.server_key = TransportSecret::generate("CLR").open_key();
  PeerClient client(world.loop.context(), options);
  client.connect();
  world.pass(Milliseconds(300));
  EXPECT_FALSE(client.connected());
  EXPECT_FALSE(client.send(message_of("secret")));
  EXPECT_TRUE(world.heard.empty());
}

TEST(Peers, AKeyTakenOffTheListIsNoLongerHeardThoughItsConnectionStands) {
  World world;
  world.serve();
  int expired = 0;
  world.server->on_expired([&](const PeerMessage& message) {
    ++expired;
    EXPECT_EQ(message.participant, "P01");
    EXPECT_TRUE(world.server->send(message.route, message_of("not valid")));
  });
  const auto client = world.connected(world.p01);
  std::string answer;
  client->on_message([&](Bytes bytes) { answer = text_of(bytes); });
  world.allow({&world.p02});
  ASSERT_TRUE(client->send(message_of("still here")));
  ASSERT_TRUE(world.until([&] { return !answer.empty(); }));
  EXPECT_EQ(answer, "not valid");
  EXPECT_EQ(expired, 1);
  EXPECT_TRUE(world.heard.empty());
  EXPECT_EQ(world.server->statistics().dropped_key, 1U);

  const auto again = world.client(world.p01);
  EXPECT_TRUE(world.until([&] { return again->handshake_refused(); }));

  world.allow({&world.p01});
  ASSERT_TRUE(client->send(message_of("back")));
  EXPECT_TRUE(world.until([&] { return world.heard.size() == 1; }));
}

TEST(Peers, AKeyGivenToAnotherParticipantDoesNotSpeakForItOnAnOldConnection) {
  World world;
  world.serve();
  const auto client = world.connected(world.p01);
  world.server->set_allowed({{world.p01.open_key(), "P02"}});
  ASSERT_TRUE(client->send(message_of("who am I")));
  ASSERT_TRUE(world.until([&] { return world.server->statistics().dropped_key == 1; }));
  EXPECT_TRUE(world.heard.empty());
}

TEST(Peers, TwoKeysOfOneParticipantSpeakForItSideBySide) {
  World world;
  world.serve();
  const auto next = TransportSecret::generate("P01");
  world.allow({&world.p01, &next});
  const auto old_client = world.connected(world.p01);
  const auto new_client = world.connected(next);
  ASSERT_TRUE(old_client->send(message_of("old")));
  ASSERT_TRUE(world.until([&] { return world.heard.size() == 1; }));
  ASSERT_TRUE(new_client->send(message_of("new")));
  ASSERT_TRUE(world.until([&] { return world.heard.size() == 2; }));
  EXPECT_EQ(world.heard[0].participant, "P01");
  EXPECT_EQ(world.heard[1].participant, "P01");
  EXPECT_EQ(world.heard[0].key, world.p01.open_key());
  EXPECT_EQ(world.heard[1].key, next.open_key());

  world.allow({&next});
  ASSERT_TRUE(old_client->send(message_of("old")));
  ASSERT_TRUE(new_client->send(message_of("new")));
  ASSERT_TRUE(world.until([&] { return world.server->statistics().dropped_key == 1; }));
  EXPECT_TRUE(world.until([&] { return world.heard.size() == 3; }));
}

TEST(Peers, AClientFindsAServerThatCameBack) {
  World world;
  world.echo = true;
  world.serve();
  const auto client = world.connected(world.p01);
  int answers = 0;
  client->on_message([&](Bytes) { ++answers; });
  ASSERT_TRUE(client->send(message_of("one")));
  ASSERT_TRUE(world.until([&] { return answers == 1; }));
  const std::string old_route = world.heard.back().route;

  world.server->close();
  ASSERT_TRUE(world.until([&] { return !client->connected(); }));
  EXPECT_FALSE(client->send(message_of("into the void")));
  world.serve();  // The same port.
  ASSERT_TRUE(world.until([&] { return client->connected(); }));
  ASSERT_TRUE(client->send(message_of("two")));
  ASSERT_TRUE(world.until([&] { return answers == 2; }));
  EXPECT_NE(world.heard.back().route, old_route);
  EXPECT_FALSE(world.server->send(old_route, message_of("for the old connection")));
}

TEST(Peers, AServerMayBeClosedAndBoundAgainAndAClientConnectedAnewWithinAHandler) {
  World world;
  world.echo = true;
  world.serve();
  const auto client = world.connected(world.p01);
  int answers = 0;
  client->on_message([&](Bytes) {
    ++answers;
    client->connect(world.client_options(world.p02));
  });
  ASSERT_TRUE(client->send(message_of("one")));
  ASSERT_TRUE(world.until([&] { return answers == 1 && client->connected(); }));
  world.server->on_message([&](const PeerMessage& message) {
    EXPECT_EQ(message.participant, "P02");
    world.server->close();
  });
  ASSERT_TRUE(client->send(message_of("two")));
  ASSERT_TRUE(world.until([&] { return world.server->endpoint().empty(); }));
  world.server->bind();
  EXPECT_FALSE(world.server->endpoint().empty());
}

TEST(Peers, AClientClosedWithinItsHandlerHearsNoMore) {
  World world;
  world.serve();
  auto client = world.connected(world.p01);
  ASSERT_TRUE(client->send(message_of("hello")));
  ASSERT_TRUE(world.until([&] { return world.heard.size() == 1; }));
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(world.server->send(world.heard.back().route, message_of("answer")));
  }
  int answers = 0;
  client->on_message([&](Bytes) {
    ++answers;
    client->close();
  });
  std::this_thread::sleep_for(Milliseconds(20));
  ASSERT_TRUE(world.until([&] { return answers > 0; }));
  world.pass(Milliseconds(120));
  EXPECT_EQ(answers, 1);
  EXPECT_FALSE(client->send(message_of("closed")));
}

TEST(Peers, AnAddressInUseOrBeyondLoopbackIsNotBound) {
  World world;
  world.serve();
  const auto refused = [&](const std::string& endpoint) {
    auto options = world.server_options();
    options.endpoint = endpoint;
    PeerServer other(world.loop.context(), options);
    try {
      other.bind();
    } catch (const std::runtime_error& error) {
      std::cout << error.what() << "\n";
      return other.endpoint().empty();
    }
    return false;
  };
  EXPECT_TRUE(refused(world.endpoint));
  EXPECT_TRUE(refused("tcp://0.0.0.0:*"));
  EXPECT_TRUE(refused("tcp://*:*"));
  EXPECT_TRUE(refused("ipc:///tmp/peers"));

  auto options = world.server_options();
  options.endpoint = "tcp://0.0.0.0:*";
  options.beyond_loopback = true;
  PeerServer open(world.loop.context(), options);
  EXPECT_NO_THROW(open.bind());
}

// CURVE without a handler that judges keys lets in everybody.
TEST(Peers, AServerThatCannotJudgeKeysBindsNothing) {
  World world;
  world.serve();
  const std::string free_port = world.endpoint;
  world.server.reset();

  auto options = world.server_options();
  options.endpoint = "tcp://127.0.0.1:*";
  options.context = make_peer_context();
  PeerServer first(world.loop.context(), options);
  first.bind();  // Its handler has the one place of this context.
  options.endpoint = free_port;
  PeerServer second(world.loop.context(), options);
  EXPECT_THROW(second.bind(), std::runtime_error);
  EXPECT_TRUE(second.endpoint().empty());
  const auto client = world.client(world.p01);
  world.pass(Milliseconds(200));
  EXPECT_FALSE(client->connected());

  options.context = nullptr;
  options.endpoint = free_port;
  PeerServer third(world.loop.context(), options);
  EXPECT_NO_THROW(third.bind());
}

}  // namespace PH_FILE
}  // namespace ph::net_test
