// What the records of a batch must hold (docs/formats.md, section 6), whichever encoding they came
// in. Private to this folder.
#pragma once

#include <string>
#include <vector>

#include "core/batch/item.h"
#include "core/rules/rulebook.h"
#include "platform/files/fault.h"

namespace ph {

// Lines of the records in a CSV file; empty for the binary layout, whose faults name the record
// instead.
struct RecordLines {
  std::vector<std::uint32_t> movements{};
  std::vector<std::uint32_t> items{};
  std::vector<std::uint32_t> slices{};
};

struct RecordContext {
  const RuleBook* book{};  // nullptr: participants aren't looked up
  bool numbers_known{
      true};  // false: participants have temporary numbers, so no order can be judged
  const RecordLines* lines{};  // nullptr: binary
};

// Lists every fault of header fields, records, their order and the slices' counts; not of sums and
// digest.
void check_batch(const BatchView& batch, const RecordContext& context, FaultSink& faults);

// Whether a slice's account and sign fit what it belongs to.
[[nodiscard]] bool slice_fits(Kind kind, Action action, const Slice& slice);

}  // namespace ph
