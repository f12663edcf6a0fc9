// The way in for this province's counters (docs/operating.md, section 12): HTTP on a Unix socket
// that the node's own user alone can open, with the paths and bodies of the partners' API. Nobody
// is told anything before it is durable; what the node waits for, its counter waits for too, and
// after some seconds is told to ask again. Runs in the loop's thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/rules/rulebook.h"
#include "node/member_target.h"
#include "node/node.h"
#include "partners/api.h"
#include "partners/roster.h"
#include "platform/http/server.h"
#include "platform/sys/log.h"
#include "platform/sys/loop.h"

namespace ph {

class CounterDesk {
 public:
  struct Options {
    std::filesystem::path socket{};
    std::string code{};                  // the province's
    std::int64_t answer_ms_max{10'000};  // then a counter is told to ask again
  };
  // What it needs of the process around it.
  struct Process {
    std::function<BusinessTime()> now{};
    std::function<std::int64_t()> steady_ms{};
    std::function<void()> commit_soon{};  // calls `tell` behind it
  };

  CounterDesk(Loop& loop, Options options, Node& node, Process process, Log& log);

  void open() { server_.listen_unix(options_.socket); }
  // What was decided or has come is durable: counters are told.
  void tell();
  // Those that have waited for too long are told to ask again.
  void turn();
  // Takes nothing new; who waits is told to ask again.
  void stop();

 private:
  using Key = std::pair<AskKind, TransactionId>;
  struct Waiting {
    Intent intent{};
    http::Reply reply;
    std::int64_t until_ms{};
  };

  [[nodiscard]] http::Admission admit(const http::Request& request) const;
  void handle(const http::Request& request, const http::Reply& reply);
  void handle_staff(const MemberTarget& target, const http::Request& request,
                    const http::Reply& reply);
  void ask(const ApiRequest& request, const http::Reply& reply);
  [[nodiscard]] http::Response look_up(const ApiRequest& request);
  [[nodiscard]] http::Response reply_to(const Intent& intent, const CounterAnswer& answer);
  [[nodiscard]] const ClearingRoster& roster();

  Options options_;
  Node& node_;
  Process process_;
  Log& log_;
  http::Server server_;
  std::vector<std::pair<http::Reply, http::Response>> to_tell_{};  // once it is durable
  std::multimap<Key, Waiting> waiting_{};  // at most the server's connections
  std::shared_ptr<const RuleBook> rules_{};
  ClearingRoster roster_{};  // of these rules
};

}  // namespace ph
