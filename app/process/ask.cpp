#include "app/process/ask.h"

#include <cstdio>
#include <stdexcept>
#include <system_error>

#include "app/print.h"
#include "platform/http/client.h"

namespace ph {

namespace fs = std::filesystem;

int ask(const fs::path& socket, const std::string& method, const std::string& path, int seconds,
        bool json, std::string (*show)(const std::string&)) {
  const auto to = http::Endpoint::at_socket(socket);
  const std::int64_t ms = std::int64_t{seconds} * 1000;
  http::ReadResponse answer;
  try {
    answer = method == "GET" ? http::http_get(to, path, ms) : http::http_post(to, path, {}, ms);
  } catch (const std::system_error& failure) {
    if (failure.code() != std::errc::no_such_file_or_directory &&
        failure.code() != std::errc::connection_refused) {
      throw;
    }
    throw std::runtime_error(
        "nobody answers at " + socket.string() +
        " (`control` of the settings): the process isn't running, or still reads its journal, or "
        "has other settings. `systemctl status`, and the last lines of its log, say which");
  }
  if (answer.status == 200 || answer.status == 409) {
    print(json || show == nullptr ? answer.body : show(answer.body));
    return answer.status == 200 ? 0 : 1;
  }
  std::fprintf(stderr, "pointhouse: the process says %d: %s", answer.status, answer.body.c_str());
  return 1;
}

}  // namespace ph
