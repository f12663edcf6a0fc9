// Peers with a key that counts, who break the rules: the others go on.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>
#include <thread>

#include "tests/contract/net/world.h"

namespace ph::net_test {
namespace PH_FILE {

// Whether this client is still answered.
bool answered(World& world, PeerClient& client) {
  bool got = false;
  client.on_message([&](Bytes) { got = true; });
  if (!world.until([&] { return client.send(message_of("still there?")); })) return false;
  const bool in_time = world.until([&] { return got; });
  client.on_message([](Bytes) {});
  return in_time;
}

TEST(HostilePeers, AMessageThatIsTooLongDisconnectsItsSenderAlone) {
  World world;
  world.echo = true;
  world.serve();
  const auto honest = world.connected(world.p02);
  RawPeer rogue(world, world.p01);
  ASSERT_TRUE(rogue.send({message_of("hello")}));
  ASSERT_TRUE(world.until([&] { return world.heard.size() == 1; }));
  const std::string route = world.heard.back().route;
  ASSERT_TRUE(rogue.send({message_of((2 << 20) + 1, 1)}));
  int probes = 0;  // Few enough that no queue is full.
  ASSERT_TRUE(world.until([&] {
    world.pass(Milliseconds(20));
    return ++probes == 100 || !world.server->send(route, message_of("gone?"));
  }));
  EXPECT_LT(probes, 100);
  EXPECT_EQ(world.heard.size(), 1U);
  EXPECT_TRUE(answered(world, *honest));
}

TEST(HostilePeers, MessagesOfSeveralFramesAreDroppedAndEmptyOnesHandedOn) {
  World world;
  world.serve();
  RawPeer peer(world, world.p01);
  ASSERT_TRUE(peer.send({message_of(""), message_of("as a REQ socket would")}));
  ASSERT_TRUE(peer.send({message_of("a"), message_of("b"), message_of("c"), message_of("")}));
  ASSERT_TRUE(peer.send({message_of("")}));
  ASSERT_TRUE(peer.send({message_of("whole")}));
  ASSERT_TRUE(world.until([&] { return world.heard.size() == 2; }));
  EXPECT_TRUE(world.heard[0].bytes.empty());
  EXPECT_EQ(text_of(world.heard[1].bytes), "whole");
  EXPECT_EQ(world.server->statistics().dropped_shape, 2U);
}

// A chosen id may be taken over by somebody else, who would be sent what was meant for the first.
TEST(HostilePeers, ARoutingIdOfTheirOwnIsNotHeard) {
  World world;
  world.echo = true;
  world.serve();
  RawPeer rogue(world, world.p01, "P02");
  ASSERT_TRUE(rogue.send({message_of("I am P02")}));
  ASSERT_TRUE(world.until([&] { return world.server->statistics().dropped_route == 1; }));
  EXPECT_TRUE(world.heard.empty());
  const auto honest = world.connected(world.p02);
  EXPECT_TRUE(answered(world, *honest));
}

TEST(HostilePeers, AFloodOfOneDoesNotStarveAnother) {
  World world;
  world.serve();
  std::uint64_t flooded = 0;
  world.server->on_message([&](const PeerMessage& message) {
    if (message.participant == "P01") {
      ++flooded;
    } else {
      world.server->send(message.route, message_of("answer"));
    }
  });
  const auto honest = world.connected(world.p02);
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> sent{0};
  std::thread flood([&] {
    RawPeer rogue(world, world.p01);
    const Message message = message_of(200, 7);
    while (!stop)
      sent += rogue.send({message}, Milliseconds(10)) ? 1 : 0;
  });
  EXPECT_TRUE(world.until([&] { return flooded > 0; }));
  const auto start = std::chrono::steady_clock::now();
  std::vector<double> waits;
  int answers = 0;
  honest->on_message([&](Bytes) { ++answers; });
  for (int i = 0; i < 100; ++i) {
    const auto asked = std::chrono::steady_clock::now();
    EXPECT_TRUE(world.until([&] { return honest->send(message_of("question")); }));
    EXPECT_TRUE(world.until([&] { return answers > i; }));
    waits.push_back(seconds_since(asked));
    world.pass(Milliseconds(10));
  }
  const double seconds = seconds_since(start);
  stop = true;
  flood.join();
  std::ranges::sort(waits);
  const PeerStatistics seen = world.server->statistics();
  std::cout << "flood: " << sent << " sent in " << seconds << " s, " << flooded << " taken, "
            << seen.dropped_rate << " dropped; honest: " << answers << " of 100 answered, median "
            << waits[50] * 1'000 << " ms, longest " << waits.back() * 1'000 << " ms\n";
  EXPECT_EQ(answers, 100);
  EXPECT_LT(waits.back(), 1.0);
  EXPECT_GT(seen.dropped_rate, 0U);
  EXPECT_LE(static_cast<double>(flooded), 2'000 * (seconds + 3));
}

TEST(HostilePeers, OneThatNeverReadsFillsItsOwnQueueAndNothingElse) {
  World world;
  world.echo = true;
  world.serve();
  const auto honest = world.connected(world.p02);
  RawPeer deaf(world, world.p01, {}, 1);
  ASSERT_TRUE(deaf.send({message_of("hello")}));
  ASSERT_TRUE(world.until([&] { return world.heard.size() == 1; }));
  const std::string route = world.heard.back().route;
  const Message message = message_of(64 << 10, 3);
  std::size_t queued = 0;
  double longest = 0;
  int refused = 0;
  // Full for 200 ms: what the kernel's buffers still take has been taken.
  const bool filled = world.until([&] {
    const auto start = std::chrono::steady_clock::now();
    const bool sent = world.server->send(route, message);
    longest = std::max(longest, seconds_since(start));
    queued += sent ? 1 : 0;
    refused = sent ? 0 : refused + 1;
    if (!sent) std::this_thread::sleep_for(Milliseconds(1));
    return refused == 200;
  });
  std::cout << queued << " messages of 64 KiB queued, longest send " << longest * 1'000 << " ms\n";
  EXPECT_TRUE(filled);
  EXPECT_LT(queued * message.size(), 48U << 20);
  EXPECT_LT(longest, 0.25);
  EXPECT_TRUE(answered(world, *honest));
  EXPECT_GE(world.server->statistics().not_sent, 200U);
}

TEST(HostilePeers, ManyHandshakesWithUnknownKeysLeaveTheOthersServed) {
  World world;
  world.echo = true;
  world.serve();
  const auto honest = world.connected(world.p02);
  const auto stranger = TransportSecret::generate("P03");
  std::vector<std::unique_ptr<PeerClient>> strangers;
  for (int i = 0; i < 40; ++i)
    strangers.push_back(world.client(stranger));
  EXPECT_TRUE(answered(world, *honest));
  EXPECT_TRUE(world.until([&] {
    return std::ranges::all_of(strangers,
                               [](const auto& each) { return each->handshake_refused(); });
  }));
  EXPECT_TRUE(answered(world, *honest));
}

}  // namespace PH_FILE
}  // namespace ph::net_test
