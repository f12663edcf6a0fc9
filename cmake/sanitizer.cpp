// Options of the sanitizers, compiled into every executable built with one: where /proc is not
// mounted, as in a bare chroot, their runtimes can't read the environment.
#include <unistd.h>

extern "C" {

const char* __asan_default_options();
const char* __ubsan_default_options();
const char* __tsan_default_options();
const char* __tsan_default_suppressions();
const char* __lsan_default_suppressions();
int __lsan_is_turned_off();

const char* __asan_default_options() {
  return "detect_stack_use_after_return=1:strict_string_checks=1";
}

const char* __ubsan_default_options() {
  return "print_stacktrace=1";
}

// Pango's font thread runs in libraries that are not instrumented.
const char* __tsan_default_options() {
  return "halt_on_error=1:second_deadlock_stack=1:ignore_noninstrumented_modules=1";
}

// ZeroMQ synchronises its threads by means that the sanitizer doesn't see.
const char* __tsan_default_suppressions() {
  return "called_from_lib:libzmq.so\n";
}

// Fontconfig keeps some bytes of its parsed configuration for the life of the process.
const char* __lsan_default_suppressions() {
  return "leak:libfontconfig\n";
}

// The leak detector walks /proc/self/task, and ends the process where there is none.
int __lsan_is_turned_off() {
  return access("/proc/self/task", R_OK) != 0;
}

}  // extern "C"
