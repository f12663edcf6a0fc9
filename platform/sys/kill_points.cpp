#include "platform/sys/kill_points.h"

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <set>

namespace ph {

namespace {

struct Asked {
  std::string name{};
  std::uint32_t passage{};  // 0: not a number
};

Asked asked() {
  const char* variable = std::getenv("PH_KILL_AT");  // NOLINT(concurrency-mt-unsafe)
  if (variable == nullptr) return {};
  const std::string_view text = variable;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {std::string(text), 1};
  const std::string_view number = text.substr(colon + 1);
  Asked found{std::string(text.substr(0, colon)), 0};
  const auto end = number.data() + number.size();
  const auto read = std::from_chars(number.data(), end, found.passage);
  if (read.ec != std::errc() || read.ptr != end) found.passage = 0;
  return found;
}

std::set<std::string>& registered() {
  static std::set<std::string> names;
  return names;
}

}  // namespace

KillPoint::KillPoint(const char* name) : name_(name) {
  registered().insert(name);
  if (const Asked it = asked(); it.name == name) arm(it.passage);
}

void KillPoint::passed() {
  // Several threads may pass at once: exactly one of them is the one.
  std::uint32_t left = left_.load();
  while (left != 0 && !left_.compare_exchange_weak(left, left - 1)) {
  }
  if (left == 1) {
    (void)std::raise(SIGKILL);
  }
}

std::vector<std::string> kill_point_names() {
  return {registered().begin(), registered().end()};
}

std::string kill_point_fault() {
  const Asked it = asked();
  if (it.name.empty() && it.passage == 0) return {};
  if (it.passage == 0) return "PH_KILL_AT takes a name, or name:n with n from 1";
  if (!registered().contains(it.name)) {
    std::string known;
    for (const std::string& name : registered())
      known += " " + name;
    return "PH_KILL_AT names no kill point: " + it.name + "; there are" +
           (known.empty() ? " none" : known);
  }
  return {};
}

}  // namespace ph
