// The gateway's side of the wire (docs/wire.md, section 6), without a socket: what partners want
// becomes a question to the clearing, which is repeated until it is answered or nobody waits any
// more. It keeps nothing that must survive (docs/decisions/0014): what it forgets the partner asks
// again. Bounded in everything. One thread owns it; steady time is an argument.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/types/time.h"
#include "partners/api.h"
#include "partners/roster.h"
#include "platform/http/body_file.h"
#include "platform/wire/message.h"

namespace ph {

class LinePort {
 public:
  LinePort() = default;
  virtual ~LinePort() = default;
  LinePort(const LinePort&) = delete;
  LinePort& operator=(const LinePort&) = delete;
  // Queued, or not: then it isn't sent.
  virtual bool send(const std::vector<std::byte>& message) = 0;
  // The clearing is silent: a new connection.
  virtual void reconnect() = 0;
};

struct LineSettings {
  std::size_t questions_max{4'096};  // under way, all partners' together
  std::size_t waiters_max{8};        // requests that wait for one answer
  std::int64_t answer_ms_max{10'000};
  std::int64_t repeat_ms{1'000};      // then twice as long each time,
  std::int64_t repeat_max_ms{4'000};  // up to this
  std::int64_t heartbeat_ms{5'000};
  std::int64_t silence_ms{15'000};
  std::int64_t roster_ms{60'000};  // the rule book may have changed by then
};

class ClearingLine {
 public:
  // Called once, or dropped: then it isn't known what became of it.
  using Answered = std::function<void(const ApiReply&)>;

  ClearingLine(LineSettings settings, LinePort& port) : settings_(settings), port_(port) {}

  // Answers at once when it can't be asked; nothing was done then. `day_file`: of an upload.
  void ask(const ApiRequest& request, std::shared_ptr<const http::BodyFile> day_file,
           Answered answered, std::int64_t steady_ms);
  void on_connected(BusinessTime now, std::int64_t steady_ms);
  void on_message(Bytes bytes, std::int64_t steady_ms);
  // Heartbeats, repeats; forgets what nobody waits for.
  void tick(BusinessTime now, std::int64_t steady_ms);

  // The clearing spoke within the time of silence, and said who is who.
  [[nodiscard]] bool heard(std::int64_t steady_ms) const;
  // It answers, but takes us for no gateway; then it isn't heard.
  [[nodiscard]] bool unlisted() const { return unlisted_; }
  [[nodiscard]] std::size_t questions() const { return questions_.size(); }
  [[nodiscard]] std::size_t participants() const { return roster_.size(); }
  struct Counts {
    std::uint64_t asked{};
    std::uint64_t repeated{};
    std::uint64_t answered{};
    std::uint64_t unasked{};  // answers that nobody waited for any more
    std::uint64_t expired{};  // questions that got no answer in time
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  struct Waiter {
    Answered answered{};
    std::int64_t until_ms{};
  };
  struct Question {
    ApiRequest request{};
    wire::Message message{};  // with its number; of a day's file the part that is under way
    std::shared_ptr<const http::BodyFile> day_file{};
    std::vector<Waiter> waiters{};
    std::int64_t next_ms{};
    std::int64_t pause_ms{};
  };
  using Questions = std::map<std::uint64_t, Question>;

  [[nodiscard]] Result<wire::Message, Problem> message_of(const ApiRequest& request) const;
  void join(Question& question, const ApiRequest& request, const Ask& ask, Answered answered,
            std::int64_t steady_ms);
  // `reply` is made only when somebody waits.
  void answer(std::uint64_t number, const std::function<ApiReply(const Question&)>& reply);
  void forget(Questions::iterator question);
  void send(Question& question, std::int64_t steady_ms);
  void on_day_file(const wire::DayFile& day, std::int64_t steady_ms);
  void want_roster(std::int64_t steady_ms);

  LineSettings settings_;
  LinePort& port_;
  ClearingRoster roster_{};
  Questions questions_{};
  std::map<TransactionId, std::uint64_t> moving_{};  // the question about it; one at a time
  std::uint64_t last_number_{0};
  bool unlisted_{false};
  std::optional<std::int64_t> heard_ms_{};
  std::int64_t connected_ms_{0};
  std::int64_t beat_ms_{0};
  std::optional<std::int64_t> roster_ms_{};  // when it was asked for last
  Counts counts_{};
};

}  // namespace ph
