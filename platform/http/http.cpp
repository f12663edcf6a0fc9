#include "platform/http/http.h"

#include <atomic>
#include <utility>

#include "platform/http/json_writer.h"

namespace ph::http {

Response refusal(int status, std::string_view what) {
  return {status, "application/json", "{\"error\": " + json_text(what) + "}\n"};
}

Response text_response(int status, std::string text) {
  return {status, "text/plain; charset=utf-8", std::move(text)};
}

struct Reply::State {
  explicit State(Send given) : send(std::move(given)) {}
  ~State() {
    if (!used.exchange(true)) send(refusal(500, "nothing answered this request"));
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Send send;
  std::atomic<bool> used{};
};

Reply::Reply(Send send) : state_(std::make_shared<State>(std::move(send))) {}

void Reply::operator()(Response response) const {
  if (!state_->used.exchange(true)) state_->send(std::move(response));
}

std::string_view status_word(int status) {
  static const std::map<int, std::string_view> words{
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {411, "Length Required"},
      {413, "Payload Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {417, "Expectation Failed"},
      {421, "Misdirected Request"},
      {422, "Unprocessable Entity"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
  };
  const auto found = words.find(status);
  return found == words.end() ? "Status" : found->second;
}

}  // namespace ph::http
