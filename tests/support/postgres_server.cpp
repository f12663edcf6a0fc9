#include "tests/support/postgres_server.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

namespace ph::test {

namespace {

constexpr const char* kMemory = "/dev/shm";
constexpr std::uintmax_t kRoomBytes = std::uintmax_t{1} << 30U;
constexpr const char* kUser = "postgres";  // initdb refuses to run as root.

std::string bin_directory() {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", error)) {
    if (std::filesystem::exists(version.path() / "bin/initdb")) {
      found.push_back((version.path() / "bin").string());
    }
  }
  return found.empty() ? "" : *std::ranges::max_element(found);
}

// All that a child needs between fork and exec. It is made before: another thread of this process
// may be in the allocator at the fork, and a child that allocates then waits for ever (the address
// sanitizer's doesn't know forks).
class Launch {
 public:
  Launch(std::vector<std::string> command, std::string log)
      : command_(std::move(command)), log_(std::move(log)) {
    for (std::string& word : command_) {
      arguments_.push_back(word.data());
    }
    arguments_.push_back(nullptr);
    for (char** one = environ; *one != nullptr; ++one) {
      if (!std::string_view(*one).starts_with("LC_ALL=")) {
        environment_.push_back(*one);
      }
    }
    environment_.push_back(locale_.data());
    environment_.push_back(nullptr);
    if (::geteuid() == 0) {
      const passwd* user = ::getpwnam(kUser);
      if (user == nullptr) {
        throw std::runtime_error("there is no user " + std::string(kUser));
      }
      user_ = User{.id = user->pw_uid, .group = user->pw_gid};
    }
  }

  pid_t start() const {
    const pid_t pid = ::fork();
    if (pid == 0) {
      become();
    }
    return pid;
  }

 private:
  struct User {
    uid_t id;
    gid_t group;
  };

  // The rest of a child's life: another user when this is root, and not longer than its parent's.
  [[noreturn]] void become() const {
    const int output = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    if (user_ && (::setgroups(1, &user_->group) != 0 || ::setgid(user_->group) != 0 ||
                  ::setuid(user_->id) != 0)) {
      ::_exit(126);
    }
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    ::execve(arguments_[0], arguments_.data(), environment_.data());
    ::_exit(127);
  }

  std::vector<std::string> command_;
  std::string log_;
  std::string locale_{"LC_ALL=C"};
  std::vector<char*> arguments_;
  std::vector<char*> environment_;
  std::optional<User> user_;
};

pid_t launch(const std::vector<std::string>& command, const std::string& log) {
  return Launch(command, log).start();
}

std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Waits for its end; what it said, which is an error unless it ended well.
std::string run(std::vector<std::string> command, const std::string& log) {
  command[0] = bin_directory() + "/" + command[0];
  std::filesystem::remove(log);
  int status = 0;
  ::waitpid(launch(command, log), &status, 0);
  const std::string said = slurp(log);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw std::runtime_error(command[0] + " failed: " + said);
  }
  return said;
}

void give_to_user(const std::string& path) {
  if (::geteuid() != 0) {
    return;
  }
  const passwd* user = ::getpwnam(kUser);
  if (user == nullptr || ::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) {
    throw std::runtime_error("there is no user " + std::string(kUser) + " to give " + path);
  }
}

}  // namespace

ServerDirectory::ServerDirectory() {
  std::error_code error;
  const auto room = std::filesystem::space(kMemory, error);
  const auto base = !error && room.available > kRoomBytes && ::access(kMemory, W_OK) == 0
                        ? std::filesystem::path(kMemory)
                        : std::filesystem::temp_directory_path();
  std::string name = (base / "pointhouse-pg-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::runtime_error("no temporary directory: " + name);
  }
  path_ = name;
}

ServerDirectory::~ServerDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string PostgresServer::lacking() {
  if (bin_directory().empty()) {
    return "no PostgreSQL server is installed: ops/setup test";
  }
  return ::geteuid() == 0 && ::getpwnam(kUser) == nullptr ? "there is no user postgres" : "";
}

PostgresServer::PostgresServer(Bare) {
  give_to_user(directory_.path());
}

PostgresServer::PostgresServer(const std::vector<std::string>& settings) : PostgresServer(Bare{}) {
  run({"initdb", "-D", data(), "-U", "pointhouse", "-A", "trust", "-E", "UTF8", "--no-locale",
       "--no-sync", "--no-instructions", "--wal-segsize=1"},
      directory_ / "initdb.log");
  append_settings({"listen_addresses = ''", "shared_buffers = 32MB", "max_connections = 40",
                   "unix_socket_directories = '" + host() + "'",
                   // A standby starts and takes over in tenths of a second.
                   "recovery_init_sync_method = syncfs", "wal_retrieve_retry_interval = 200ms"});
  append_settings(settings);
  start();
}

std::unique_ptr<PostgresServer> PostgresServer::standby_of(const PostgresServer& primary) {
  std::unique_ptr<PostgresServer> standby(new PostgresServer(Bare{}));
  run({"pg_basebackup", "-D", standby->data(), "-h", primary.host(), "-U", "pointhouse",
       "--checkpoint=fast", "--no-sync", "--wal-method=stream"},
      standby->directory_ / "backup.log");
  standby->append_settings({"unix_socket_directories = '" + standby->host() + "'",
                            "synchronous_standby_names = ''",
                            "primary_conninfo = 'host=" + primary.host() +
                                " user=pointhouse application_name=standby'"});
  std::ofstream(standby->data() + "/standby.signal").flush();
  standby->start();
  return standby;
}

PostgresServer::~PostgresServer() {
  kill();
}

void PostgresServer::append_settings(const std::vector<std::string>& lines) {
  std::ofstream file(data() + "/postgresql.conf", std::ios::app);
  for (const std::string& line : lines) {
    file << line << '\n';
  }
}

void PostgresServer::start() {
  const std::string log = directory_ / "server.log";
  std::filesystem::remove(data() + "/postmaster.pid");
  pid_ = launch({bin_directory() + "/postgres", "-D", data()}, log);
  for (int waited = 0; waited < 6'000; ++waited) {
    const std::string state = slurp(data() + "/postmaster.pid");
    if (state.find("\nready") != std::string::npos ||
        state.find("\nstandby") != std::string::npos) {
      return;
    }
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = 0;
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw std::runtime_error("the server did not start: " + slurp(log));
}

void PostgresServer::stop() {
  if (pid_ > 0) {
    ::kill(pid_, SIGINT);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
}

// Its children see that it is gone and end; a new start waits for them.
void PostgresServer::kill() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
}

void PostgresServer::promote() {
  run({"pg_ctl", "promote", "-w", "-D", data()}, directory_ / "promote.log");
}

std::string PostgresServer::sql(const std::string& database, const std::string& statement) const {
  std::string said = run({"psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", host(),
                          "-U", "pointhouse", "-d", database, "-c", statement},
                         directory_ / "psql.log");
  while (!said.empty() && said.back() == '\n') {
    said.pop_back();
  }
  return said;
}

std::string PostgresServer::make_database() {
  const std::string name = "test" + std::to_string(++databases_);
  (void)sql("postgres", "CREATE DATABASE " + name);
  return name;
}

std::string PostgresServer::url(const std::string& database) const {
  return url({this}, database);
}

std::string PostgresServer::url(const std::vector<const PostgresServer*>& servers,
                                const std::string& database) {
  std::string hosts;
  for (const PostgresServer* server : servers) {
    hosts += (hosts.empty() ? "" : ",") + server->host();
  }
  return "postgresql:///" + database + "?user=pointhouse&host=" + hosts;
}

}  // namespace ph::test
