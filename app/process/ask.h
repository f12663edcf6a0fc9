// Questions to a running process, over its control socket.
#pragma once

#include <filesystem>
#include <string>

namespace ph {

// Prints what `show` makes of the answer; nullptr, or `json`: the answer itself. The exit code:
// 0, or 1 when the process refuses. Throws when nobody answers.
int ask(const std::filesystem::path& socket, const std::string& method, const std::string& path,
        int seconds, bool json, std::string (*show)(const std::string&));

}  // namespace ph
