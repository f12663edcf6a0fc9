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
#include <stdexcept>
#include <thread>

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

// The rest of a child's life: another user when this is root, and not longer than its parent's.
[[noreturn]] void become(const std::vector<std::string>& command, const std::string& log) {
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  if (::geteuid() == 0) {
    const passwd* user = ::getpwnam(kUser);
    if (user == nullptr || ::initgroups(kUser, user->pw_gid) != 0 || ::setgid(user->pw_gid) != 0 ||
        ::setuid(user->pw_uid) != 0) {
      ::_exit(126);
    }
  }
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  ::setenv("LC_ALL", "C", 1);
  std::vector<char*> arguments;
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

pid_t launch(const std::vector<std::string>& command, const std::string& log) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    become(command, log);
  }
  return pid;
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
