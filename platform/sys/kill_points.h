// Named places where a test may kill the process, to see that what was promised is kept:
//
//   kill_point<"before_append">();
//
// With PH_KILL_AT=before_append (or before_append:3) in its environment the process ends by SIGKILL
// at the first (third) passage. Otherwise a passage costs one relaxed load.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ph {

// A name in snake_case, known when compiling.
template <std::size_t N>
struct KillPointName {
  consteval KillPointName(const char (&name)[N]) {  // NOLINT(google-explicit-constructor)
    std::copy_n(name, N, text);
  }
  char text[N]{};
};

// Every point of the program is made before `main` and stays to the end.
class KillPoint {
 public:
  explicit KillPoint(const char* name);
  KillPoint(const KillPoint&) = delete;
  KillPoint& operator=(const KillPoint&) = delete;

  void pass() {
    if (left_.load(std::memory_order_relaxed) != 0) [[unlikely]]
      passed();
  }
  [[nodiscard]] std::string_view name() const { return name_; }
  // Kills at the `passage`-th passage from now; 0: never.
  void arm(std::uint32_t passage) { left_.store(passage); }

 private:
  void passed();
  const char* name_;
  std::atomic<std::uint32_t> left_{};
};

template <KillPointName Name>
inline KillPoint kKillPoint{Name.text};

template <KillPointName Name>
void kill_point() {
  kKillPoint<Name>.pass();
}

// The names of all points in this executable, sorted.
[[nodiscard]] std::vector<std::string> kill_point_names();

// What is wrong with PH_KILL_AT; empty when it is right, or not set. A test that names no point
// must not pass: whoever starts asks this first.
[[nodiscard]] std::string kill_point_fault();

}  // namespace ph
