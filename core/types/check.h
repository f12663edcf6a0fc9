// A check that stays on in release: a bug of ours stops the process, it never becomes a wrong
// figure.
#pragma once

namespace ph {

// Ends the process through std::terminate; the runtime prints the message.
[[noreturn]] void check_failed(const char* what, const char* file, int line);

// `condition` is an invariant of the program itself, never a fault in its input.
// (The builtins are those behind std::source_location, which clang 14 lacks with this library.)
constexpr void check(bool condition, const char* what, const char* file = __builtin_FILE(),
                     int line = __builtin_LINE()) {
  if (!condition) [[unlikely]] {
    check_failed(what, file, line);
  }
}

}  // namespace ph
