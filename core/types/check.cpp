#include "core/types/check.h"

#include <stdexcept>
#include <string>

namespace ph {

namespace {

[[noreturn]] void raise(const std::string& message) {
  throw std::logic_error(message);
}

// The exception can't leave a noexcept function: the runtime prints its what() and ends the
// process.
[[noreturn]] void terminate_with(const std::string& message) noexcept {
  raise(message);
}

}  // namespace

void check_failed(const char* what, const char* file, int line) {
  terminate_with(std::string("internal check failed: ") + what + " at " + file + ":" +
                 std::to_string(line));
}

}  // namespace ph
