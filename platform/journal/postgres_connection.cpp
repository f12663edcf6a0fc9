#include "platform/journal/postgres_connection.h"

#include <poll.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace ph {

namespace {

using Clock = std::chrono::steady_clock;

// A server that says nothing for so long is taken for dead. A commit that waits for a standby that
// isn't there comes to this, too.
constexpr std::chrono::seconds kAnswerTimeout{60};

// What libpq is told where the url doesn't.
struct Default {
  const char* keyword;
  const char* value;
};
constexpr std::array kDefaults{
    Default{"target_session_attrs", "read-write"}, Default{"connect_timeout", "5"},
    Default{"application_name", "pointhouse"},     Default{"keepalives_idle", "5"},
    Default{"keepalives_interval", "2"},           Default{"keepalives_count", "3"},
    Default{"tcp_user_timeout", "15000"},
};

class Options {
 public:
  explicit Options(const std::string& url) {
    // What libpq says of a fault repeats parts of the url, and with them a password.
    options_ = PQconninfoParse(url.c_str(), nullptr);
    if (options_ == nullptr || !is_split_right()) {
      PQconninfoFree(options_);
      throw std::invalid_argument(
          "the url of the journal is not one that PostgreSQL understands; see docs/operating.md");
    }
  }
  ~Options() { PQconninfoFree(options_); }
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;

  [[nodiscard]] const char* get(const char* keyword) const {
    for (const PQconninfoOption* option = options_; option->keyword != nullptr; ++option) {
      if (std::strcmp(option->keyword, keyword) == 0) {
        return option->val;
      }
    }
    return nullptr;
  }

  [[nodiscard]] PGconn* connect() const {
    std::vector<const char*> keywords;
    std::vector<const char*> values;
    const auto add = [&](const char* keyword, const char* value) {
      keywords.push_back(keyword);
      values.push_back(value);
    };
    for (const PQconninfoOption* option = options_; option->keyword != nullptr; ++option) {
      if (option->val != nullptr) {
        add(option->keyword, option->val);
      }
    }
    for (const Default& standard : kDefaults) {
      if (get(standard.keyword) == nullptr) {
        add(standard.keyword, standard.value);
      }
    }
    add(nullptr, nullptr);
    return PQconnectdbParams(keywords.data(), values.data(), 0);
  }

  [[nodiscard]] std::string place() const {
    const char* host = get("host");
    const char* port = get("port");
    const char* database = get("dbname");
    return "postgresql://" + std::string(host != nullptr ? host : "") +
           (port != nullptr ? ":" + std::string(port) : "") + "/" +
           (database != nullptr ? database : "");
  }

 private:
  // A password with a / or @ that isn't written as %2F or %40 is taken for a port, a host or a
  // database, which messages name.
  [[nodiscard]] bool is_split_right() const {
    for (const char* keyword : {"host", "hostaddr", "port", "dbname"}) {
      const char* value = get(keyword);
      if (value != nullptr && std::strchr(value, '@') != nullptr) {
        return false;
      }
    }
    const char* port = get("port");  // One for each host, perhaps.
    return port == nullptr || std::strspn(port, "0123456789,") == std::strlen(port);
  }

  PQconninfoOption* options_;
};

std::string big_endian(std::uint64_t value, std::size_t size) {
  std::string bytes;
  for (std::size_t n = size; n-- > 0;) {
    bytes.push_back(static_cast<char>(value >> (8 * n)));
  }
  return bytes;
}

std::string trimmed(const char* words) {
  std::string text = words != nullptr ? words : "";
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
    text.pop_back();
  }
  for (char& c : text) {
    c = c == '\n' ? ' ' : c;
  }
  return text;
}

std::string state_of(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return state != nullptr ? state : "";
}

// The server is going down or starting, isn't to be written (a standby), or takes no more callers.
bool means_lost(const std::string& state) {
  return state.starts_with("08") || state == "57P01" || state == "57P02" || state == "57P03" ||
         state == "25006" || state == "53300";
}

std::string advice_for(const std::string& state) {
  if (state == "53100") {
    return ": the server's disk is full, free some space there and start again";
  }
  if (state == "42501") {
    return ": grant the user of the url what it needs (docs/journal.md), or give it a schema of "
           "its own";
  }
  if (state.starts_with("XX") || state == "58030") {
    return ": the server's files are damaged, look into its log";
  }
  return "";
}

bool is_good(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

}  // namespace

std::string postgres_place(const std::string& url) {
  return Options(url).place();
}

// --- parameters and rows
// --------------------------------------------------------------------------

PostgresParameters& PostgresParameters::shard(std::uint16_t value) {
  all_.push_back({.own = big_endian(value, 4), .cited = {}, .is_own = true});
  return *this;
}

PostgresParameters& PostgresParameters::number(std::uint64_t value) {
  all_.push_back({.own = big_endian(value, 8), .cited = {}, .is_own = true});
  return *this;
}

PostgresParameters& PostgresParameters::bytes(Bytes value) {
  all_.push_back({.own = {}, .cited = value, .is_own = false});
  return *this;
}

PostgresParameters& PostgresParameters::text(const std::string& value) {
  all_.push_back({.own = value, .cited = {}, .is_own = true});
  return *this;
}

void PostgresParameters::send(PGconn* connection, const char* sql) const {
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const One& one : all_) {
    const Bytes bytes = one.is_own ? as_bytes(one.own) : one.cited;
    // A null pointer would be NULL, not nothing.
    values.push_back(bytes.empty() ? "" : reinterpret_cast<const char*>(bytes.data()));
    lengths.push_back(static_cast<int>(bytes.size()));
  }
  const std::vector<int> binary(all_.size(), 1);
  if (PQsendQueryParams(connection, sql, static_cast<int>(all_.size()), nullptr, values.data(),
                        lengths.data(), binary.data(), 1) != 1) {
    throw PostgresLost(trimmed(PQerrorMessage(connection)));
  }
}

std::size_t PostgresRows::size() const {
  return static_cast<std::size_t>(PQntuples(result_.get()));
}

bool PostgresRows::null(std::size_t row, int column) const {
  return PQgetisnull(result_.get(), static_cast<int>(row), column) == 1;
}

Bytes PostgresRows::bytes(std::size_t row, int column) const {
  const char* value = PQgetvalue(result_.get(), static_cast<int>(row), column);
  const int length = PQgetlength(result_.get(), static_cast<int>(row), column);
  return as_bytes({value, static_cast<std::size_t>(length)});
}

std::string PostgresRows::text(std::size_t row, int column) const {
  const Bytes value = bytes(row, column);
  return {reinterpret_cast<const char*>(value.data()), value.size()};
}

std::uint64_t PostgresRows::number(std::size_t row, int column) const {
  std::uint64_t value = 0;
  for (const std::byte byte : bytes(row, column)) {
    value = value << 8U | std::to_integer<std::uint64_t>(byte);
  }
  return value;
}

std::uint64_t PostgresRows::changed() const {
  const char* count = PQcmdTuples(result_.get());
  return count != nullptr && *count != '\0' ? std::stoull(count) : 0;
}

// --- the connection
// -------------------------------------------------------------------------------

PostgresConnection::PostgresConnection(const std::string& url) {
  const Options options(url);
  where_ = options.place();
  connection_ = options.connect();
  try {
    if (connection_ == nullptr || PQstatus(connection_) != CONNECTION_OK) {
      throw PostgresLost(trimmed(PQerrorMessage(connection_)));
    }
    PQsetnonblocking(connection_, 1);
    PQsetNoticeReceiver(
        connection_,
        [](void* self, const PGresult* notice) {
          const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
          if (severity != nullptr && std::strcmp(severity, "WARNING") == 0) {
            static_cast<PostgresConnection*>(self)->warning_ =
                trimmed(PQresultErrorMessage(notice));
          }
        },
        this);
    check_promises();
  } catch (...) {
    PQfinish(connection_);
    throw;
  }
}

PostgresConnection::~PostgresConnection() {
  PQfinish(connection_);
}

void PostgresConnection::check_promises() {
  // Other servers that speak the protocol may lack a setting: then it can't have been weakened.
  const PostgresRows rows =
      run("SELECT current_setting('synchronous_commit', true)::text,"
          " current_setting('fsync', true)::text");
  const std::string commit = rows.null(0, 0) ? "on" : rows.text(0, 0);
  const std::string sync = rows.null(0, 1) ? "on" : rows.text(0, 1);
  if (commit != "on" && commit != "remote_apply") {
    throw std::runtime_error(where_ + " has synchronous_commit = " + commit +
                             ": what it confirms may be lost. Set it to on, or remote_apply, for "
                             "this user and database");
  }
  if (!rows.null(0, 0)) {  // So that nobody weakens it while we are here.
    run(commit == "on" ? "SET synchronous_commit = on" : "SET synchronous_commit = remote_apply");
  }
  if (sync != "on") {
    throw std::runtime_error(where_ + " has fsync = " + sync +
                             ": what it confirms may be lost. Set it to on");
  }
}

void PostgresConnection::lost(const std::string& what) const {
  throw PostgresLost(what.empty() ? trimmed(PQerrorMessage(connection_)) : what);
}

void PostgresConnection::refused(const PGresult* result) {
  const std::string state = state_of(result);
  const std::string words = trimmed(PQresultErrorMessage(result));
  if (PQstatus(connection_) != CONNECTION_OK || state.empty() || means_lost(state)) {
    lost(words);
  }
  throw PostgresRefused(where_ + ": " + words + advice_for(state), state);
}

void PostgresConnection::wait(short events) {
  const auto end = Clock::now() + kAnswerTimeout;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    pollfd one{.fd = PQsocket(connection_), .events = events, .revents = 0};
    const int ready = ::poll(&one, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
    if (ready > 0) {
      return;
    }
    if (ready == 0) {
      throw std::runtime_error(
          where_ + " has not answered for " + std::to_string(kAnswerTimeout.count()) +
          " s: look whether it runs, and whether its synchronous standby does");
    }
    if (errno != EINTR) {
      lost(std::strerror(errno));
    }
  }
}

// Sends all that is queued; takes in what comes meanwhile, so that the server never waits for us.
void PostgresConnection::flush() {
  for (;;) {
    const int left = PQflush(connection_);
    if (left == 0) {
      return;
    }
    if (left < 0) {
      lost("");
    }
    wait(POLLIN | POLLOUT);
    if (PQconsumeInput(connection_) == 0) {
      lost("");
    }
  }
}

PGresult* PostgresConnection::next_result() {
  while (PQisBusy(connection_) == 1) {
    wait(POLLIN);
    if (PQconsumeInput(connection_) == 0) {
      lost("");
    }
  }
  return PQgetResult(connection_);
}

// The answer to one statement, to its end: behind it a server that goes down says so.
PostgresRows PostgresConnection::answer() {
  PGresult* first = next_result();
  if (first == nullptr) {
    lost("");
  }
  PostgresRows rows(first);
  const PGresult* fault = is_good(first) ? nullptr : first;
  std::vector<PostgresRows> rest;
  while (PGresult* more = next_result()) {
    rest.emplace_back(more);
    fault = is_good(more) ? fault : more;
  }
  if (fault != nullptr) {
    refused(fault);
  }
  return rows;
}

PostgresRows PostgresConnection::run(const char* sql, const PostgresParameters& parameters) {
  warning_.clear();
  parameters.send(connection_, sql);
  flush();
  return answer();
}

PostgresRows PostgresConnection::run_durably(const char* sql,
                                             const PostgresParameters& parameters) {
  PostgresRows rows = run(sql, parameters);
  if (!warning_.empty()) {
    lost("the server warned: " + warning_);
  }
  return rows;
}

void PostgresConnection::send(const char* sql, const PostgresParameters& parameters) {
  parameters.send(connection_, sql);
  ++sent_;
  flush();
}

void PostgresConnection::pipeline(const std::function<void()>& send_all) {
  warning_.clear();
  sent_ = 0;
  if (PQenterPipelineMode(connection_) != 1) {
    lost("");
  }
  send_all();
  if (PQpipelineSync(connection_) != 1) {
    lost("");
  }
  flush();
  for (std::size_t n = 0; n < sent_; ++n) {
    (void)answer();
  }
  const PostgresRows sync(next_result());
  if (PQexitPipelineMode(connection_) != 1) {
    lost("");
  }
  if (!warning_.empty()) {
    lost("the server warned: " + warning_);
  }
}

}  // namespace ph
