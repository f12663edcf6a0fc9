#include "platform/net/endpoint.h"

#include <gtest/gtest.h>

namespace ph {
namespace PH_FILE {

TEST(Endpoint, LoopbackMayBeBound) {
  for (const char* good : {"tcp://127.0.0.1:5555", "tcp://127.9.8.7:*", "tcp://[::1]:0"}) {
    EXPECT_FALSE(bind_fault(good, false)) << good;
  }
}

TEST(Endpoint, WhatOthersMayReachIsBoundOnlyWhenAskedFor) {
  for (const char* open : {"tcp://0.0.0.0:5555", "tcp://*:5555", "tcp://[::]:5555", "tcp://eth0:1",
                           "tcp://localhost:5555", "tcp://10.0.0.1:5555", "tcp://128.0.0.1:1",
                           "tcp://127.0.0.1.example:5555", "tcp://127.1:5555"}) {
    EXPECT_TRUE(bind_fault(open, false)) << open;
    EXPECT_FALSE(bind_fault(open, true)) << open;
  }
}

TEST(Endpoint, NothingButTcpWithAPort) {
  for (const char* bad : {"", "ipc:///tmp/x", "inproc://x", "tcp://127.0.0.1", "tcp://:5555",
                          "tcp://127.0.0.1:", "tcp://127.0.0.1:65536", "tcp://127.0.0.1:5x",
                          "tcp://127.0.0.1:-1", "127.0.0.1:5555"}) {
    EXPECT_TRUE(bind_fault(bad, true)) << bad;
    EXPECT_TRUE(connect_fault(bad)) << bad;
  }
  EXPECT_FALSE(connect_fault("tcp://clearing.example:5555"));
  EXPECT_TRUE(connect_fault("tcp://clearing.example:*"));
}

TEST(Endpoint, WhereOneListensIsAnAddressOfNumbersAndAPort) {
  for (const char* good :
       {"127.0.0.1:9101", "0.0.0.0:0", "[::1]:65535", "::1:80", "[fe80::1%lo]:1"}) {
    EXPECT_FALSE(listen_fault(good)) << good;
  }
  for (const char* bad : {"", "9101", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:9x",
                          "localhost:9101", ":9101", "[127.0.0.1:9101", "127.1:80"}) {
    EXPECT_TRUE(listen_fault(bad)) << bad;
  }
}

}  // namespace PH_FILE
}  // namespace ph
