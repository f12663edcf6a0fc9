// W3: the stored batches of a month, and matching them by transaction id.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/bench/options.h"
#include "app/bench/world.h"
#include "core/match/join.h"
#include "platform/files/input_file.h"

namespace ph::bench {

// Of 100,000 transactions: how many are made so that they don't settle, and how many are reported a
// day late by one side, which is no fault.
inline constexpr std::uint32_t kShareOf = 100'000;
inline constexpr std::uint32_t kFaulty = 300;
inline constexpr std::uint32_t kLate = 1'000;

// Writes every sender's batch of every day of the period, as its node or gateway would seal it.
void prepare_w3(const World& world, const BenchOptions& options, const std::string& directory);

// A sender's batches, ascending by date.
struct StoredSender {
  Participant sender{};
  std::vector<BatchView> batches{};
};

struct StoredMonth {
  std::vector<InputFile> files{};  // the batches lie in them
  std::vector<StoredSender> provinces{};
  std::vector<StoredSender> partners{};
  std::uint64_t home_items{0};
  std::uint64_t other_items{0};
  std::uint64_t bytes{0};
};

// Maps the batches and checks them whole, digests too. Throws when one is not right.
[[nodiscard]] StoredMonth load_w3(const World& world, const std::string& directory);

struct MatchResult {
  std::uint64_t matched{};
  std::int64_t points{};
  std::vector<MatchException> exceptions{};  // sorted
};

class MonthMatcher {
 public:
  MonthMatcher(const StoredMonth& month, unsigned threads);
  ~MonthMatcher();
  MonthMatcher(const MonthMatcher&) = delete;
  MonthMatcher& operator=(const MonthMatcher&) = delete;

  [[nodiscard]] MatchResult run();

 private:
  struct Worker;
  const StoredMonth& month_;
  std::vector<Worker> workers_;  // their buffers are kept from run to run
};

// `<participant>/<YYYYMMDD>/<reference>,<REASON>`, a line each, participants as numbers.
[[nodiscard]] std::string exceptions_text(const std::vector<MatchException>& exceptions);

// home.csv and other.csv: an item a line (docs/benchmarks.md).
void export_w3(const StoredMonth& month, const std::string& directory);

}  // namespace ph::bench
