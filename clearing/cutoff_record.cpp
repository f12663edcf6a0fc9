#include "clearing/cutoff_record.h"

#include <algorithm>

namespace ph {

std::uint32_t last_gapless(std::span<const BatchPlace> batches, Month period) {
  std::uint32_t last = 0;
  for (const BatchPlace& batch : batches) {
    if (batch.sequence != last + 1 || batch.date > last_day(period)) {
      break;
    }
    last = batch.sequence;
  }
  return last;
}

bool cites_inputs_of(const Cutoff& record, const Cutoff& found, bool settled_now) {
  const bool rules = record.rulebook == found.rulebook && record.calendar == found.calendar;
  return record.close == found.close && (rules || !settled_now) &&
         std::ranges::equal(record.openings, found.openings,
                            [](const CutoffOpening& a, const CutoffOpening& b) {
                              return a.province == b.province && a.digest == b.digest;
                            });
}

std::vector<CutoffMismatch> mismatches(const Cutoff& record, std::span<const CutoffSender> found) {
  std::vector<CutoffMismatch> out;
  for (const CutoffSender& there : found) {
    const auto row = std::ranges::find(record.senders, there.sender, &CutoffSender::sender);
    const CutoffSender cited =
        row == record.senders.end() ? CutoffSender{.sender = there.sender} : *row;
    if (cited.sequence != there.sequence || cited.batch != there.batch) {
      out.push_back({.cited = cited, .found = there});
    }
  }
  return out;
}

}  // namespace ph
