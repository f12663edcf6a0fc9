// A small face of libpq: statements with binary parameters, answers within a time, errors told
// apart by what may be done about them. libpq-fe.h stays in this folder.
#pragma once

#include <libpq-fe.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "platform/journal/journal.h"

namespace ph {

// The connection is gone, or the server is going down: nothing is known of what it was doing.
class PostgresLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The server refused a statement; nothing of it was done.
class PostgresRefused : public std::runtime_error {
 public:
  PostgresRefused(const std::string& what, std::string state)
      : std::runtime_error(what), state_(std::move(state)) {}
  [[nodiscard]] const std::string& state() const { return state_; }  // SQLSTATE
  [[nodiscard]] bool taken() const { return state_ == "23505"; }     // unique_violation
  [[nodiscard]] bool again() const { return state_ == "40001" || state_ == "40P01"; }

 private:
  std::string state_;
};

// In the order of $1, $2, ...; what they cite must outlive the call.
class PostgresParameters {
 public:
  PostgresParameters& shard(std::uint16_t value);        // integer
  PostgresParameters& number(std::uint64_t value);       // bigint
  PostgresParameters& bytes(Bytes value);                // bytea
  PostgresParameters& text(const std::string& value);    // text
  void send(PGconn* connection, const char* sql) const;  // Throws PostgresLost.

 private:
  struct One {
    std::string own;
    Bytes cited;
    bool is_own;
  };
  std::vector<One> all_;
};

class PostgresRows {
 public:
  explicit PostgresRows(PGresult* result) : result_(result, &PQclear) {}
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool null(std::size_t row, int column) const;
  [[nodiscard]] Bytes bytes(std::size_t row, int column) const;
  [[nodiscard]] std::string text(std::size_t row, int column) const;
  [[nodiscard]] std::uint64_t number(std::size_t row, int column) const;  // bigint or integer
  // Of an INSERT or DELETE.
  [[nodiscard]] std::uint64_t changed() const;

 private:
  std::unique_ptr<PGresult, void (*)(PGresult*)> result_;
};

// One session. Used by one thread at a time.
class PostgresConnection {
 public:
  // Connects to the first server of the url that may be written, and refuses one that doesn't
  // promise what is stored (synchronous_commit, fsync). Throws PostgresLost when there is none.
  explicit PostgresConnection(const std::string& url);
  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  // One statement, and its answer.
  PostgresRows run(const char* sql, const PostgresParameters& parameters = {});
  // As `run`, for what must be durable when it returns: a warning of the server is PostgresLost,
  // since so it says that a commit isn't on its standby.
  PostgresRows run_durably(const char* sql, const PostgresParameters& parameters = {});

  // Statements sent one behind the other; then waits for all their answers, as durable as those of
  // `run_durably`. After it threw the connection is of no more use.
  void pipeline(const std::function<void()>& send_all);
  void send(const char* sql, const PostgresParameters& parameters);

  // Host, port and database, for messages.
  [[nodiscard]] const std::string& where() const { return where_; }

 private:
  void check_promises();
  [[noreturn]] void lost(const std::string& what) const;
  [[noreturn]] void refused(const PGresult* result);
  void wait(short events);
  void flush();
  PGresult* next_result();
  PostgresRows answer();

  PGconn* connection_{};
  std::string where_;
  std::string warning_;
  std::size_t sent_{};
};

// The url without what is secret in it, for messages. Throws std::invalid_argument for one that
// libpq doesn't understand.
[[nodiscard]] std::string postgres_place(const std::string& url);

}  // namespace ph
