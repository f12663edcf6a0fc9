#include "platform/http/connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace ph::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kReadBytes = 16'384;
constexpr std::int64_t kLingerMs = 2'000;
constexpr std::size_t kLingerBytesMax = 4U << 20U;

std::string head_of(const Response& response, const std::string& allow, bool keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head += status_word(response.status);
  if (response.status != 204) {
    head += "\r\nContent-Length: " + std::to_string(response.body.size());
  }
  if (!response.body.empty()) head += "\r\nContent-Type: " + response.content_type;
  if (!allow.empty()) head += "\r\nAllow: " + allow;
  head += "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff";
  head += keep_alive ? "\r\nConnection: keep-alive" : "\r\nConnection: close";
  return head + "\r\n\r\n";
}

}  // namespace

Connection::Connection(Socket socket, Owner& owner, bool control)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      owner_(&owner),
      control_(control),
      reader_(owner.limits().header_bytes_max),
      requests_left_(owner.limits().requests_max),
      in_(kReadBytes, '\0') {}

void Connection::start() {
  enter(Phase::kIdle, owner_->limits().idle_ms_max);
  read();
}

void Connection::finish() {
  finishing_ = true;
  if (phase_ == Phase::kIdle) close();
}

void Connection::close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  ++deadline_;
  timer_.cancel();
  error_code ignored;
  socket_.close(ignored);
  if (owner_ != nullptr) owner_->closed(*this);
}

void Connection::abandon() {
  owner_ = nullptr;
  close();
}

void Connection::enter(Phase phase, std::int64_t ms_max) {
  phase_ = phase;
  const std::uint64_t deadline = ++deadline_;
  timer_.expires_after(std::chrono::milliseconds(ms_max));
  timer_.async_wait([weak = weak_from_this(), phase, deadline](const error_code& error) {
    const auto self = weak.lock();
    if (!error && self && self->deadline_ == deadline) self->expired(phase);
  });
}

void Connection::expired(Phase phase) {
  switch (phase) {
    case Phase::kHandler:
      ++request_;  // The handler's answer is for nobody now.
      keep_alive_ = false;
      write(refusal(504, "no answer in time; it may still be done"));
      return;
    case Phase::kHeader:
    case Phase::kBody:
    case Phase::kWrite:
      owner_->count_timeout();
      break;
    case Phase::kIdle:
    case Phase::kLinger:
    case Phase::kClosed:
      break;
  }
  close();
}

void Connection::read() {
  socket_.async_read_some(asio::buffer(in_),
                          [self = shared_from_this()](const error_code& error, std::size_t size) {
                            if (self->phase_ == Phase::kClosed) return;
                            if (error) {
                              self->close();
                              return;
                            }
                            if (self->phase_ == Phase::kLinger) {
                              self->lingered_ += size;
                              if (self->lingered_ > kLingerBytesMax) {
                                self->close();
                              } else {
                                self->read();
                              }
                              return;
                            }
                            self->reader_.add(std::string_view(self->in_).substr(0, size));
                            self->advance();
                          });
}

// Goes as far as what has come allows.
void Connection::advance() {
  if (phase_ == Phase::kIdle && reader_.begun()) {
    began_ = std::chrono::steady_clock::now();
    enter(Phase::kHeader, owner_->limits().header_ms_max);
  }
  while (true) {
    switch (reader_.next()) {
      case RequestReader::Step::kNeedMore:
        read();
        return;
      case RequestReader::Step::kBad:
        refuse(refusal(reader_.fault_status(), reader_.fault()));
        return;
      case RequestReader::Step::kDone:
        call();
        return;
      case RequestReader::Step::kHead:
        if (!decide()) return;
        break;
    }
  }
}

bool Connection::decide() {
  head_seen_ = true;
  decision_ = owner_->decide(reader_.head(), control_);
  if (decision_.handler == nullptr) {
    refuse(decision_.refusal);
    return false;
  }
  if (!reader_.allow_body(decision_.options.body_bytes_max)) {
    refuse(refusal(413, "the body is too large"));
    return false;
  }
  enter(Phase::kBody, owner_->limits().body_ms_max);
  if (!reader_.head().expects_continue) return true;
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(socket_, asio::buffer(kContinue.data(), kContinue.size()),
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      if (self->phase_ != Phase::kBody) return;
                      if (error) {
                        self->close();
                      } else {
                        self->advance();
                      }
                    });
  return false;
}

void Connection::call() {
  handled_ = true;
  keep_alive_ = reader_.head().keep_alive;
  Request request = std::move(decision_.request);
  request.body = reader_.take_body();
  enter(Phase::kHandler, decision_.options.answer_ms_max);
  owner_->count_request();
  const std::uint64_t number = ++request_;
  // The answer comes from any thread; the connection belongs to the loop's.
  Reply reply([weak = weak_from_this(), gate = owner_->gate(), number](Response response) {
    gate->post([weak, number, response = std::move(response)] {
      if (const auto self = weak.lock()) self->answer(number, response);
    });
  });
  (*decision_.handler)(request, std::move(reply));
}

void Connection::answer(std::uint64_t request, const Response& response) {
  if (phase_ != Phase::kHandler || request != request_) return;
  write(response);
}

// Without a handler, and without reading what may still come of the request.
void Connection::refuse(const Response& response) {
  keep_alive_ = false;
  write(response);
}

void Connection::write(const Response& response) {
  if (--requests_left_ == 0 || finishing_ || owner_->stopping()) keep_alive_ = false;
  out_ = head_of(response, decision_.allow, keep_alive_);
  const bool head_only = head_seen_ && reader_.head().method == "HEAD";
  if (!head_only && response.status != 204) out_ += response.body;
  owner_->count_answer(decision_.route, head_seen_ ? reader_.head().method : "", response.status,
                       std::chrono::steady_clock::now() - began_, handled_);
  enter(Phase::kWrite, owner_->limits().write_ms_max);
  asio::async_write(socket_, asio::buffer(out_),
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      if (self->phase_ == Phase::kClosed) return;
                      if (error) {
                        self->close();
                      } else {
                        self->written();
                      }
                    });
}

void Connection::written() {
  out_ = {};
  if (!keep_alive_) {
    linger();
    return;
  }
  decision_ = {};
  head_seen_ = false;
  handled_ = false;
  reader_.start();
  enter(Phase::kIdle, owner_->limits().idle_ms_max);
  if (finishing_ && !reader_.begun()) {
    close();
    return;
  }
  // What was sent meanwhile is a request already: it isn't waited for.
  if (reader_.begun()) {
    advance();
  } else {
    read();
  }
}

// A socket that is closed with unread bytes would take its answer back: they are read and dropped,
// for a while.
void Connection::linger() {
  error_code error;
  socket_.shutdown(asio::socket_base::shutdown_send, error);
  if (error) {
    close();
    return;
  }
  enter(Phase::kLinger, kLingerMs);
  read();
}

}  // namespace ph::http
