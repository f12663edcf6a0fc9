// What a verification found: faults, each with its place; what is proven; what is not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ph::verify {

class Report {
 public:
  static constexpr std::size_t kFaultsMax = 100;
  static constexpr std::size_t kFaultBytesMax = 600;

  // `file`: as it is called in the directory. `line` from 1; 0 = the file as a whole.
  void fault(std::string_view file, std::uint64_t line, std::string_view what);
  void proven(std::string_view what) { proven_.emplace_back(what); }
  void open(std::string_view what) { open_.emplace_back(what); }

  [[nodiscard]] std::uint64_t faults() const { return count_; }
  [[nodiscard]] std::string text() const;

 private:
  std::uint64_t count_{0};
  std::vector<std::string> faults_;  // The first kFaultsMax.
  std::vector<std::string> proven_;
  std::vector<std::string> open_;
};

// Reports a proof only if nothing went wrong since the guard was made.
class Claim {
 public:
  explicit Claim(Report& report) : report_(report), before_(report.faults()) {}
  [[nodiscard]] bool holds() const { return report_.faults() == before_; }
  void proven(std::string_view what) const {
    if (holds()) report_.proven(what);
  }

 private:
  Report& report_;
  std::uint64_t before_;
};

}  // namespace ph::verify
