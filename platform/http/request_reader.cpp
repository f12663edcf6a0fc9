#include "platform/http/request_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>

namespace ph::http {

namespace {

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

constexpr std::string_view kEndOfHeader = "\r\n\r\n";
constexpr std::size_t kResponseHeaderMax = 65'536;

std::string text(beast::string_view view) {
  return {view.data(), view.size()};
}

boost::asio::const_buffer buffer_of(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

// Reads a whole header, never more: Beast's parsers of bodies aren't used.
template <class Parser>
beast::error_code parse(Parser& parser, std::string_view header) {
  parser.header_limit(static_cast<std::uint32_t>(header.size() + 1));
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  beast::error_code error;
  const std::size_t used = parser.put(buffer_of(header), error);
  if (!error && (used != header.size() || !parser.is_header_done())) {
    error = bhttp::error::partial_message;
  }
  return error;
}

// A CR without LF or the other way round, apart from a CR at the end, whose LF may follow. For some
// it ends a line, and for others it doesn't.
bool lone_line_end(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) return true;
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] != '\n') return true;
  }
  return false;
}

// Small letters.
std::string lower(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

// Up to and with the empty line; empty when that isn't there within the limit.
std::string_view whole_header(const std::string& buffer, std::size_t bytes_max) {
  const std::string_view start = std::string_view(buffer).substr(0, bytes_max);
  const std::size_t end = start.find(kEndOfHeader);
  return end == std::string_view::npos ? std::string_view()
                                       : start.substr(0, end + kEndOfHeader.size());
}

}  // namespace

RequestReader::RequestReader(std::size_t header_bytes_max, std::size_t fields_max)
    : header_bytes_max_(header_bytes_max), fields_max_(fields_max) {}

void RequestReader::start() {
  head_ = {};
  head_read_ = false;
  // Who waits for a request doesn't keep the room of a large body.
  if (buffer_.empty()) std::string().swap(buffer_);
}

bool RequestReader::begun() const {
  return !buffer_.empty() || head_read_;
}

RequestReader::Step RequestReader::bad(int status, std::string what) {
  fault_status_ = status;
  fault_ = std::move(what);
  return Step::kBad;
}

RequestReader::Step RequestReader::next() {
  if (fault_status_ != 0) return Step::kBad;
  if (!head_read_) return read_head();
  return buffer_.size() < body_left_ ? Step::kNeedMore : Step::kDone;
}

RequestReader::Step RequestReader::read_head() {
  // A line end before a request is allowed, and some clients send one after a body.
  while (buffer_.starts_with("\r\n"))
    buffer_.erase(0, 2);
  const std::string_view header = whole_header(buffer_, header_bytes_max_);
  if (header.empty()) {
    // It would be waited for in vain.
    if (lone_line_end(std::string_view(buffer_).substr(0, header_bytes_max_))) {
      return bad(400, "lines end in CR LF");
    }
    if (buffer_.size() >= header_bytes_max_) return bad(431, "the header is too large");
    return Step::kNeedMore;
  }
  const Step step = parse_head(header);
  buffer_.erase(0, header.size());
  return step;
}

RequestReader::Step RequestReader::parse_head(std::string_view header) {
  // A folded line is one field for some and a new one for others.
  if (header.find("\r\n ") != std::string_view::npos ||
      header.find("\r\n\t") != std::string_view::npos) {
    return bad(400, "the header isn't HTTP");
  }
  if (lone_line_end(header) || header.find('\0') != std::string_view::npos) {
    return bad(400, "lines end in CR LF");
  }
  bhttp::request_parser<bhttp::empty_body> parser;
  const beast::error_code error = parse(parser, header);
  if (error == bhttp::error::bad_version) return bad(505, "this server speaks HTTP/1.1");
  if (error) return bad(400, "the header isn't HTTP");

  const auto& message = parser.get();
  const std::size_t lengths = message.count(bhttp::field::content_length);
  // Beast takes a list of equal ones for one.
  const std::string length = text(message[bhttp::field::content_length]);
  if (lengths > 1 || length.find_first_not_of("0123456789") != std::string::npos) {
    return bad(400, "one Content-Length is enough");
  }
  if (message.count(bhttp::field::transfer_encoding) > 0) {
    // With a length, too, it is an attempt to have two readers see two requests.
    if (lengths > 0) return bad(400, "a length and chunks at once");
    return bad(411, "a body needs a Content-Length");
  }
  const auto fields = static_cast<std::size_t>(std::distance(message.begin(), message.end()));
  if (fields > fields_max_) return bad(431, "the header has too many fields");
  const std::size_t hosts = message.count(bhttp::field::host);
  if (hosts > 1 || (hosts == 0 && message.version() >= 11)) return bad(400, "one Host is needed");
  const auto expected = message[bhttp::field::expect];
  if (!expected.empty() && !beast::iequals(expected, "100-continue")) {
    return bad(417, "only 100-continue is known");
  }
  head_.method = text(message.method_string());
  head_.target = text(message.target());
  head_.host = text(message[bhttp::field::host]);
  head_.origin = text(message[bhttp::field::origin]);
  head_.content_type = text(message[bhttp::field::content_type]);
  head_.content_length = parser.content_length().value_or(0);
  for (const auto& field : message) {
    std::string& value = head_.fields[lower(text(field.name_string()))];
    if (!value.empty()) value += ", ";
    value += text(field.value());
  }
  body_left_ = head_.content_length;
  head_.keep_alive = parser.keep_alive();
  head_.expects_continue = !expected.empty() && message.version() >= 11 && head_.content_length > 0;
  head_read_ = true;
  return Step::kHead;
}

bool RequestReader::allow_body(std::uint64_t bytes_max) const {
  return head_.content_length <= bytes_max;
}

std::string RequestReader::take_body() {
  return take_part();
}

std::string RequestReader::take_part() {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, buffer_.size()));
  body_left_ -= size;
  if (size == buffer_.size()) return std::exchange(buffer_, {});
  std::string part = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return part;
}

// --- answers
// --------------------------------------------------------------------------------------

bool ResponseReader::add(std::string_view bytes) {
  buffer_ += bytes;
  if (!head_read_) {
    const std::string_view header = whole_header(buffer_, kResponseHeaderMax);
    if (header.empty()) {
      if (buffer_.size() >= kResponseHeaderMax) throw std::runtime_error("the answer isn't HTTP");
      return false;
    }
    parse_head(header);
    buffer_.erase(0, header.size());
  }
  if (buffer_.size() > body_bytes_max_) throw std::runtime_error("the answer is too large");
  return content_length_ && buffer_.size() >= *content_length_;
}

void ResponseReader::parse_head(std::string_view header) {
  bhttp::response_parser<bhttp::empty_body> parser;
  if (const beast::error_code error = parse(parser, header)) {
    throw std::runtime_error("the answer isn't HTTP: " + error.message());
  }
  const auto& message = parser.get();
  if (message.count(bhttp::field::transfer_encoding) > 0) {
    throw std::runtime_error("the answer comes in chunks, which this client doesn't read");
  }
  response_.status = static_cast<int>(message.result_int());
  response_.content_type = text(message[bhttp::field::content_type]);
  if (const auto length = parser.content_length()) content_length_ = *length;
  if (response_.status == 204 || response_.status == 304) content_length_ = 0;
  if (content_length_.value_or(0) > body_bytes_max_) {
    throw std::runtime_error("the answer is too large");
  }
  head_read_ = true;
}

void ResponseReader::end() {
  if (!head_read_) throw std::runtime_error("closed without an answer");
  if (content_length_ && buffer_.size() < *content_length_) {
    throw std::runtime_error("closed within the answer");
  }
}

ReadResponse ResponseReader::take() {
  if (content_length_) buffer_.resize(*content_length_);
  response_.body = std::move(buffer_);
  return std::move(response_);
}

}  // namespace ph::http
