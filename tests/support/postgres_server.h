// A PostgreSQL server of a test's own: in a temporary directory, on a Unix socket alone, ended by
// its process id when the test ends, however it ends.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

namespace ph::test {

// In memory where there is room: what these tests kill is a process, not a disk.
class ServerDirectory {
 public:
  ServerDirectory();
  ~ServerDirectory();
  ServerDirectory(const ServerDirectory&) = delete;
  ServerDirectory& operator=(const ServerDirectory&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

class PostgresServer {
 public:
  // Why there can be none here; empty when there can.
  [[nodiscard]] static std::string lacking();

  // Makes an empty cluster and starts it. `settings` are lines of postgresql.conf.
  explicit PostgresServer(const std::vector<std::string>& settings = {});
  // A copy of a running primary, made by pg_basebackup, that follows it as `standby`.
  static std::unique_ptr<PostgresServer> standby_of(const PostgresServer& primary);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  void start();    // It ends with the thread that started it, if not before.
  void stop();     // As an administrator does.
  void kill();     // SIGKILL. Its processes see that it is gone, and end.
  void promote();  // A standby becomes the primary.
  void append_settings(const std::vector<std::string>& lines);

  // Runs it through psql; what it prints, without headers.
  [[nodiscard]] std::string sql(const std::string& database, const std::string& statement) const;
  // A new, empty database; gives its name.
  [[nodiscard]] std::string make_database();

  [[nodiscard]] const std::string& host() const { return directory_.path(); }
  [[nodiscard]] std::string url(const std::string& database) const;
  // Of several servers that may take over from each other.
  [[nodiscard]] static std::string url(const std::vector<const PostgresServer*>& servers,
                                       const std::string& database);

 private:
  struct Bare {};
  explicit PostgresServer(Bare);
  [[nodiscard]] std::string data() const { return directory_ / "data"; }

  ServerDirectory directory_;
  pid_t pid_{};
  int databases_{};
};

}  // namespace ph::test
