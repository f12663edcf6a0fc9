// What every test with a PostgreSQL server begins with.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/support/postgres_server.h"

namespace ph::test {

inline bool on_ci() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && std::string_view(ci) == "true";
}

// Skipped where no server can be started; a failure where CI says that there has to be one.
class PostgresTest : public testing::Test {
 protected:
  void SetUp() final {
    if (const std::string why = PostgresServer::lacking(); !why.empty()) {
      if (on_ci()) {
        FAIL() << why;
      }
      GTEST_SKIP() << "NOT RUN: " << why;
    }
    set_up();
  }
  virtual void set_up() = 0;
};

}  // namespace ph::test
