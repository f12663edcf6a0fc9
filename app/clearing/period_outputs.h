// From the running clearing's state to a period's output directory: the same writer as `settle`'s,
// fed by live books instead of files.
#pragma once

#include <filesystem>

#include "app/settle/outputs.h"
#include "clearing/house.h"

namespace ph {

struct PeriodOutputOptions {
  std::filesystem::path folder{};  // one directory a period in it, `YYYY-MM`
  bool pdf{true};
  unsigned threads{1};
  const SecretKey* key{nullptr};
};

// The log of the period that was closed last, which the next one's outputs go on from; empty before
// the first close. The error says what is wrong with it: close nothing then.
[[nodiscard]] Result<std::vector<LogRow>, std::string> log_before(
    const ClearingHouse& house, const std::filesystem::path& folder);

// Writes `<folder>/YYYY-MM` whole, durable, or finds it written already. Throws std::system_error
// when the disk fails, std::runtime_error when the log of the period before doesn't go on.
void write_period(const ClosedPeriod& period, ClearingHouse& house, BlobStore& blobs,
                  const PeriodOutputOptions& options);

}  // namespace ph
