// Options of the sanitizers, compiled into every executable built with one: where /proc is not
// mounted, as in a bare chroot, their runtimes can't read the environment.
#include <unistd.h>

extern "C" {

const char* __asan_default_options();
const char* __ubsan_default_options();
const char* __tsan_default_options();
int __lsan_is_turned_off();

const char* __asan_default_options() {
  return "detect_stack_use_after_return=1:strict_string_checks=1";
}

const char* __ubsan_default_options() { return "print_stacktrace=1"; }

const char* __tsan_default_options() { return "halt_on_error=1:second_deadlock_stack=1"; }

// The leak detector walks /proc/self/task, and ends the process where there is none.
int __lsan_is_turned_off() { return access("/proc/self/task", R_OK) != 0; }

}  // extern "C"
