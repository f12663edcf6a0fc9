#include "platform/http/connection.h"

#include <boost/asio/post.hpp>
#include <optional>
#include <thread>
#include <utility>

namespace ph::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr int kStepsAtATime = 16;  // then other connections get their turn
constexpr std::int64_t kLingerMs = 2'000;
constexpr std::size_t kLingerBytesMax = 4U << 20U;
constexpr std::size_t kHeadBytes = 256;  // of most answers
constexpr std::string_view kContinueLine = "HTTP/1.1 100 Continue\r\n\r\n";

// An answer that comes before the handler returns; the loop's thread alone looks beyond `thread`.
struct AtOnce {
  const std::thread::id thread{std::this_thread::get_id()};
  bool calling{true};
  std::optional<Response> response{};
};

void append_head(const Response& response, bool keep_alive, std::string& out) {
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(status_word(response.status));
  if (response.status != 204) {
    out.append("\r\nContent-Length: ").append(std::to_string(response.body.size()));
  }
  if (!response.body.empty()) out.append("\r\nContent-Type: ").append(response.content_type);
  if (!response.authenticate.empty()) {
    out.append("\r\nWWW-Authenticate: ").append(response.authenticate);
  }
  if (!response.allow.empty()) out.append("\r\nAllow: ").append(response.allow);
  if (response.retry_after_seconds > 0) {
    out.append("\r\nRetry-After: ").append(std::to_string(response.retry_after_seconds));
  }
  out.append("\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff");
  out.append(keep_alive ? "\r\nConnection: keep-alive" : "\r\nConnection: close");
  out.append("\r\n\r\n");
}

}  // namespace

Connection::Connection(std::unique_ptr<Stream> stream, Owner& owner, bool control)
    : stream_(std::move(stream)),
      timer_(stream_->socket().get_executor()),
      owner_(&owner),
      control_(control),
      reader_(owner.limits().header_bytes_max, owner.limits().fields_max),
      requests_left_(owner.limits().requests_max) {}

void Connection::start() {
  enter(Phase::kHandshake, owner_->limits().handshake_ms_max);
  pump();
}

void Connection::finish() {
  finishing_ = true;
  if (phase_ == Phase::kIdle || phase_ == Phase::kHandshake) close();
}

void Connection::close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  timer_.cancel();
  error_code ignored;
  stream_->socket().close(ignored);
  release();
  decision_ = {};
  if (owner_ != nullptr) owner_->closed(*this);
}

void Connection::abandon() {
  owner_ = nullptr;
  reserved_ = 0;
  close();
}

void Connection::release() {
  if (reserved_ > 0) owner_->release(std::exchange(reserved_, 0));
}

// The timer is set anew only when it would be late: most phases are over long before they may be.
void Connection::enter(Phase phase, std::int64_t ms_max) {
  phase_ = phase;
  deadline_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms_max);
  if (deadline_ < alarm_) set_alarm();
}

void Connection::set_alarm() {
  alarm_ = deadline_;
  timer_.expires_at(alarm_);
  timer_.async_wait([weak = weak_from_this()](const error_code& error) {
    const auto self = weak.lock();
    if (error || !self || self->phase_ == Phase::kClosed) return;
    if (std::chrono::steady_clock::now() < self->deadline_) {
      self->set_alarm();
    } else {
      self->alarm_ = Time::max();
      self->expired();
    }
  });
}

void Connection::expired() {
  switch (phase_) {
    case Phase::kHandler:
      ++request_;  // The handler's answer is for nobody now.
      keep_alive_ = false;
      write(owner_->refuse(504, "no answer in time; it may still be done"));
      return;
    case Phase::kHandshake:
    case Phase::kHeader:
    case Phase::kContinue:
    case Phase::kBody:
    case Phase::kWrite:
      owner_->count_timeout();
      break;
    case Phase::kIdle:
    case Phase::kShut:
    case Phase::kLinger:
    case Phase::kClosed:
      break;
  }
  close();
}

// --- reading and writing
// --------------------------------------------------------------------------

void Connection::wait(Io io) {
  waiting_ = true;
  stream_->socket().async_wait(io == Io::kWaitRead ? Socket::wait_read : Socket::wait_write,
                               [self = shared_from_this()](const error_code& error) {
                                 self->waiting_ = false;
                                 if (self->phase_ == Phase::kClosed) return;
                                 if (error) {
                                   self->close();
                                 } else {
                                   self->pump();
                                 }
                               });
}

void Connection::pump() {
  if (pumping_ || waiting_) return;
  pumping_ = true;
  const auto self = shared_from_this();  // Its owner may let it go meanwhile.
  IoResult result{Io::kDone, 0};
  for (int i = 0; i < kStepsAtATime && result.io == Io::kDone && phase_ != Phase::kHandler; ++i) {
    result = phase_ == Phase::kClosed ? IoResult{Io::kClosed, 0} : step();
  }
  pumping_ = false;
  if (result.io == Io::kClosed) {
    close();
  } else if (result.io != Io::kDone) {
    wait(result.io);
  } else if (phase_ != Phase::kHandler) {
    waiting_ = true;
    asio::post(stream_->socket().get_executor(), [self] {
      self->waiting_ = false;
      self->pump();
    });
  }
}

IoResult Connection::step() {
  switch (phase_) {
    case Phase::kHandshake: {
      const IoResult result = stream_->handshake();
      if (result.io == Io::kDone) enter(Phase::kIdle, owner_->limits().idle_ms_max);
      return result;
    }
    case Phase::kContinue:
    case Phase::kWrite:
      return write_out();
    case Phase::kShut: {
      const IoResult result = stream_->shut();
      if (result.io == Io::kDone) enter(Phase::kLinger, kLingerMs);
      return result;
    }
    case Phase::kIdle:
    case Phase::kHeader:
    case Phase::kBody:
    case Phase::kLinger: {
      const std::span<char> scratch = owner_->scratch();
      const IoResult result = stream_->read(scratch);
      if (result.io == Io::kDone) read(std::string_view(scratch.data(), result.size));
      return result;
    }
    case Phase::kHandler:
    case Phase::kClosed:
      break;
  }
  return {Io::kClosed, 0};
}

IoResult Connection::write_out() {
  const std::string_view all = phase_ == Phase::kContinue ? kContinueLine : std::string_view(out_);
  const IoResult result = stream_->write(all.substr(out_done_));
  if (result.io != Io::kDone) return result;
  out_done_ += result.size;
  if (out_done_ < all.size()) return result;
  out_done_ = 0;
  if (phase_ == Phase::kContinue) {
    const std::int64_t own_ms = decision_.options.body_ms_max;
    enter(Phase::kBody, own_ms > 0 ? own_ms : owner_->limits().body_ms_max);
    advance();
  } else {
    written();
  }
  return result;
}

// A socket that is closed with unread bytes would take its answer back: they are read and dropped,
// for a while.
void Connection::read(std::string_view bytes) {
  if (phase_ == Phase::kLinger) {
    lingered_ += bytes.size();
    if (lingered_ > kLingerBytesMax) close();
    return;
  }
  reader_.add(bytes);
  advance();
}

// --- a request
// ------------------------------------------------------------------------------------

// Goes as far as what has come allows.
void Connection::advance() {
  if (phase_ == Phase::kIdle && reader_.begun()) {
    began_ = std::chrono::steady_clock::now();
    enter(Phase::kHeader, owner_->limits().header_ms_max);
  }
  while (phase_ == Phase::kIdle || phase_ == Phase::kHeader || phase_ == Phase::kBody) {
    switch (reader_.next()) {
      case RequestReader::Step::kNeedMore:
        if (phase_ == Phase::kBody) (void)sink();
        return;
      case RequestReader::Step::kBad:
        refuse(owner_->refuse(reader_.fault_status(), reader_.fault()));
        return;
      case RequestReader::Step::kDone:
        if (sink()) call();
        return;
      case RequestReader::Step::kHead:
        decide();
        break;
    }
  }
}

// Leaves the phase of the header in any case.
void Connection::decide() {
  head_seen_ = true;
  decision_ = owner_->decide(reader_.head(), reader_.take_fields(), control_);
  if (decision_.handler == nullptr) {
    refuse(decision_.refused);
    return;
  }
  if (!reader_.allow_body(decision_.options.body_bytes_max)) {
    refuse(owner_->refuse(413, "the body is too large"));
    return;
  }
  if (!decision_.request.sink) {
    if (!owner_->reserve(reader_.head().content_length)) {
      refuse(owner_->refuse(503, "there is no room for the body now"));
      return;
    }
    reserved_ = reader_.head().content_length;
  }
  const std::int64_t own_ms = decision_.options.body_ms_max;
  enter(reader_.head().expects_continue ? Phase::kContinue : Phase::kBody,
        own_ms > 0 ? own_ms : owner_->limits().body_ms_max);
}

// What has come of a body that isn't kept in memory. False when that was refused.
bool Connection::sink() {
  const auto to = decision_.request.sink;
  if (!to) return true;
  const std::string part = reader_.take_part();
  if (part.empty()) return true;
  const auto refusal = to->take(part);
  if (refusal) refuse(*refusal);
  return !refusal;
}

void Connection::call() {
  handled_ = true;
  keep_alive_ = reader_.head().keep_alive;
  Request request = std::move(decision_.request);
  decision_.request = {};
  if (!request.sink) request.body = reader_.take_body();
  enter(Phase::kHandler, decision_.options.answer_ms_max);
  owner_->count_request();
  const std::uint64_t number = ++request_;
  // The answer comes from any thread; the connection belongs to the loop's. One that is there when
  // the handler returns isn't sent round the loop: what waits there may take its time.
  const auto at_once = std::make_shared<AtOnce>();
  Reply reply([weak = weak_from_this(), gate = owner_->gate(), number, at_once](Response response) {
    if (at_once->thread == std::this_thread::get_id() && at_once->calling) {
      at_once->response = std::move(response);
      return;
    }
    gate->post([weak, number, response = std::move(response)] {
      if (const auto self = weak.lock()) self->answer(number, response);
    });
  });
  (*decision_.handler)(request, std::move(reply));
  at_once->calling = false;
  if (at_once->response) answer(number, *at_once->response);
}

void Connection::answer(std::uint64_t request, const Response& response) {
  if (phase_ != Phase::kHandler || request != request_) return;
  write(response);
}

// Without a handler, and without reading what may still come of the request.
void Connection::refuse(const Response& response) {
  keep_alive_ = false;
  if (decision_.turned_away) decision_.turned_away(response.status);
  write(response);
}

void Connection::write(const Response& response) {
  if (--requests_left_ == 0 || finishing_ || owner_->stopping()) keep_alive_ = false;
  out_.clear();
  out_.reserve(kHeadBytes + response.body.size());
  append_head(response, keep_alive_, out_);
  out_done_ = 0;
  const bool head_only = head_seen_ && reader_.head().method == "HEAD";
  if (!head_only && response.status != 204) out_ += response.body;
  owner_->count_answer(decision_.route, head_seen_ ? reader_.head().method : "", response.status,
                       std::chrono::steady_clock::now() - began_, handled_);
  enter(Phase::kWrite, owner_->limits().write_ms_max);
  pump();
}

void Connection::written() {
  out_ = {};
  release();
  decision_ = {};
  if (!keep_alive_) {
    enter(Phase::kShut, kLingerMs);
    return;
  }
  head_seen_ = false;
  handled_ = false;
  reader_.start();
  enter(Phase::kIdle, owner_->limits().idle_ms_max);
  if (finishing_ && !reader_.begun()) {
    close();
    return;
  }
  // What was sent meanwhile is a request already: it isn't waited for.
  if (reader_.begun()) advance();
}

}  // namespace ph::http
