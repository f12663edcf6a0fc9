// The sockets and files of the member service (node/member_service.h decides): TLS for the
// province's channels, the file of channels, which is read anew when it changes, the log of
// look-ups. Nobody is told what isn't durable yet. Runs in the loop's thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "app/node/history_maker.h"
#include "app/node/look_up_log.h"
#include "node/member_service.h"
#include "node/node.h"
#include "platform/http/server.h"
#include "platform/sys/file_stamp.h"
#include "platform/sys/log.h"
#include "platform/sys/loop.h"
#include "platform/sys/metrics.h"

namespace ph {

struct MemberDeskOptions {
  std::string listen{};  // address:port; empty: there is no such service
  bool beyond_loopback{false};
  http::TlsFiles tls{};
  std::vector<std::string> hosts{};
  std::filesystem::path channels{};
  int lookup_days{180};
  int history_months{25};
};

class MemberDesk {
 public:
  // What it needs of the process around it.
  struct Process {
    std::function<BusinessTime()> now{};
    std::function<std::int64_t()> steady_ms{};
    std::function<void()> asked{};        // somebody does: slices are small for a while
    std::function<void()> commit_soon{};  // calls `tell` behind it
  };

  // Where it keeps what it writes.
  struct Folders {
    std::filesystem::path look_ups{};
    std::filesystem::path history{};
  };

  // Throws std::system_error.
  MemberDesk(Loop& loop, MemberDeskOptions options, const Folders& folders, Node& node,
             Process process, Log& log, Metrics& metrics);

  // Returns the port. Throws what `http::Server::listen_tls` does.
  std::uint16_t open();
  // What was decided is durable: who asked meanwhile is told.
  void tell();
  // The file of channels and the day may have changed.
  void turn();
  void reload_tls();
  // Takes nothing new and lets what is under way end.
  void stop(std::function<void()> ended) { server_.stop(std::move(ended)); }
  // Sentences for who operates the node.
  [[nodiscard]] std::vector<std::string> alarms() const;

 private:
  [[nodiscard]] http::Admission admit(const http::Request& request);
  void handle(const http::Request& request, const http::Reply& reply);
  void log_look_up(BusinessTime now, const MemberService::Admitted& asked, Member about,
                   int status);
  void read_channels();
  void tend_history();
  void tell_history(bool was_ready);
  void watch();

  MemberDeskOptions options_;
  Node& node_;
  Process process_;
  Log& log_;
  MemberService service_{};
  LookUpLog look_ups_;
  HistoryBook history_;
  HistoryMaker history_maker_;
  std::size_t history_days_{};  // that the maker was told
  bool history_begun_{};
  std::int64_t history_began_ms_{};   // since when it isn't complete
  std::int64_t history_told_ms_{};    // when its progress was last logged
  std::string history_fault_{};       // as it was last told
  std::string history_unread_{};      // why a batch can't be read, as it was last told
  std::int64_t history_looked_ms_{};  // when that was last tried
  http::Server server_;
  FileStamp stamp_{};
  std::int64_t looked_ms_{-1'000'000};  // when the file of channels was last looked at
  std::string channels_fault_{};        // why it isn't in force as it stands
  std::string look_ups_fault_{};        // of the log, as it was last told
  std::vector<std::pair<http::Reply, http::Response>> to_tell_{};  // once it is durable
  Gauge channels_;
  Gauge certificate_;
  Gauge history_lacks_;
  Counter lost_;
  Counter left_out_;
};

}  // namespace ph
