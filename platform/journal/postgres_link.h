// A connection that is made again when it was lost, for a bounded time, and what is asked of a
// server each time before anything it says is believed.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "platform/journal/postgres_connection.h"

namespace ph {

class PostgresLink {
 public:
  // `on_connect` is called with each new connection, before it is used.
  PostgresLink(std::string url, std::function<void(PostgresConnection&)> on_connect);

  // Carries `work` out. It is started anew, on a new connection, when the connection was lost, and
  // when the server asks for it (40001). `unknown`: an earlier attempt may have been carried out.
  // Throws std::runtime_error when no server could be reached for kPatience.
  void with(const std::function<void(PostgresConnection&, bool unknown)>& work);

  [[nodiscard]] const std::string& place() const { return place_; }

  // Long enough for a standby to be promoted by a cluster's manager.
  static constexpr std::chrono::seconds kPatience{60};
  static constexpr std::chrono::seconds kPatienceAtFirst{10};

 private:
  PostgresConnection& connected();

  std::string url_;
  std::string place_;
  std::function<void(PostgresConnection&)> on_connect_;
  std::optional<PostgresConnection> connection_;
  bool connected_before_{false};
};

// Makes the tables that are missing (docs/journal.md).
void make_postgres_tables(PostgresConnection& connection);

// Two small commits. When it returns, all that a server showed before it is on its synchronous
// standby, too: also what was committed while the standby's answer was cut off by a crash.
void postgres_barrier(PostgresConnection& connection);

}  // namespace ph
