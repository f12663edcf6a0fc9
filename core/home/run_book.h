// The runs of a home, in the order of their numbers: each (kind, grading, reference) has one, so
// that it is published at most once, ever; one that was dropped begins anew under its number. It
// keeps their states; what a kind does is its RunWork's. Deterministic; one thread owns it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/home/run.h"

namespace ph {

class RunBook {
 public:
  // The tables as they lie in a snapshot, of all runs one behind the other.
  struct Tables {
    std::vector<book::RunRecord> runs{};
    std::vector<book::CohortRecord> cohorts{};
    Chunks<std::uint32_t> results{};
    std::vector<book::LargeResultRecord> large{};
    Chunks<book::NoticeRecord> notices{};
  };

  // nullopt: they aren't those of runs.
  [[nodiscard]] static std::optional<RunBook> of(const Tables& tables);
  // In the order of the tables. The same state gives the same bytes.
  void save(const std::function<void(Bytes)>& sink) const;
  void count(book::Header& header) const;

  [[nodiscard]] const std::vector<Run>& runs() const { return runs_; }
  [[nodiscard]] const Run* find(const RunKey& key) const;
  // nullptr: no run has it.
  [[nodiscard]] const Run* at(std::uint32_t number) const;
  [[nodiscard]] Run* at(std::uint32_t number);
  // That a run of this key has, or would get.
  [[nodiscard]] std::uint32_t number_for(const RunKey& key) const;
  // The one that counts, or grades: no other may begin, and nothing of a file is posted.
  [[nodiscard]] const Run* counting() const;
  // The first one that posts on this day.
  [[nodiscard]] const Run* posting(BusinessDate day) const;

  // Why no run of this key may begin, and what now; empty: it may.
  [[nodiscard]] std::string refusal(const RunKey& key) const;
  // It may.
  Run& begin(const RunKey& key, BusinessDate on);
  // It was counted, and isn't published.
  void publish(Run& run, BusinessDate from, std::uint32_t steps);
  // It isn't published.
  void drop(Run& run);
  // Nothing more comes of it: its results go, its cohorts stay.
  void end(Run& run);
  // This day is opened: what notices found that is due up to it isn't asked for any more.
  void forget_notices(BusinessDate day);

 private:
  [[nodiscard]] static bool right(const Run& run);
  [[nodiscard]] bool adopt_found(const Chunks<book::NoticeRecord>& notices);

  std::vector<Run> runs_;  // by number, from 1
};

}  // namespace ph
