// `pointhouse node ask`: what a counter asks its node, for people and scripts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace CLI {
class App;
}

namespace ph {

struct AskOptions {
  std::string kind{};
  std::string id{};
  std::string member{};
  std::string of{};  // the hold of a capture or void; what a refund takes back
  std::string form{};
  std::int64_t points{};
  std::int64_t hold_seconds{};
  std::int64_t cost{};
  std::int64_t freight{};
  std::int64_t cash{};
  bool final{};
  bool json{};
  int seconds{30};  // how long it waits for a definite answer
};

void declare(CLI::App& ask, AskOptions& options);
// Asks until the answer is definite or the time is over. 0 done, 1 refused, 2 usage, 3 no answer
// yet, or a failure.
[[nodiscard]] int run_ask(const std::filesystem::path& socket, const AskOptions& options);

}  // namespace ph
