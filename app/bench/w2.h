// W2: redemptions, each a durable hold and then its durable capture, by callers that have a
// connection each. The same driver, in one thread, asks whichever system it is told.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "app/bench/options.h"

namespace ph::bench {

// What one request asks for.
struct W2Step {
  std::string id{};      // P11/20260301/W1-17-H
  std::string hold{};    // of a capture: the id of its hold; empty: this is a hold
  std::string member{};  // 14 digits
  std::uint64_t points{};
};

// A connection that has at most one request under way. Throws when the system refuses a step, or is
// gone: nothing is measured then.
class W2Caller {
 public:
  W2Caller() = default;
  virtual ~W2Caller() = default;
  W2Caller(const W2Caller&) = delete;
  W2Caller& operator=(const W2Caller&) = delete;

  virtual void begin(const W2Step& step) = 0;
  // To be called when the socket can be read, or written while `writes`. True: the answer is there.
  [[nodiscard]] virtual bool turn() = 0;
  [[nodiscard]] virtual int socket() const = 0;
  [[nodiscard]] virtual bool writes() const = 0;
};

using W2CallerMaker = std::function<std::unique_ptr<W2Caller>()>;
// HTTP over a Unix socket, as a counter asks its node (docs/operating.md).
[[nodiscard]] W2CallerMaker counter_callers(const std::string& socket);
// Signed HTTPS, as a partner asks the gateway (docs/partners.md).
[[nodiscard]] W2CallerMaker gateway_callers(const W2Gateway& gateway);
// Look-ups of balances or histories over HTTPS, as a channel asks a member service
// (docs/members.md): of a step the member counts alone.
[[nodiscard]] W2CallerMaker member_callers(const W2Gateway& service, const std::string& token_file,
                                           const std::string& look_up);
// libpq with two prepared statements, of tests/bench/w2_postgresql_load.sql.
[[nodiscard]] W2CallerMaker postgres_callers(const std::string& url);

}  // namespace ph::bench
