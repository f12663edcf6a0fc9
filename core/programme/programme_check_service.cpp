// Benefits, the call centre's queues, scoring sheets.
#include <algorithm>

#include "core/programme/programme_check.h"

namespace ph {

namespace {

using namespace programme;
using enum ProgrammeFaultCode;

void check_claim(const Benefit& row, ProgrammeFaults& faults) {
  const bool counted = row.per != ClaimPer::kAny || row.count != 0 || row.usable_days != 0 ||
                       row.hours != 0 || !row.group.empty() || row.prefer != Prefer::kNone;
  if (row.kind != BenefitKind::kClaim && counted) {
    faults.add(kKey, row.line, "benefit.kind", row.name,
               "CLAIM: `per`, `count`, `usable_days`, `hours`, `group`, `prefer` are of claims");
  }
  if (row.kind == BenefitKind::kQueue && !row.queue.given()) {
    faults.add(kMissing, row.line, "benefit.queue", row.name, "the name of a [[queue]]");
  } else if (row.kind != BenefitKind::kQueue && (row.queue.given() || row.priority != 0)) {
    faults.add(kKey, row.line, "benefit.queue", row.queue.name,
               "`queue` and `priority` only with kind QUEUE");
  }
  if (row.group.empty() != (row.prefer == Prefer::kNone)) {
    faults.add(row.group.empty() ? kReference : kMissing, row.line,
               row.group.empty() ? "benefit.group" : "benefit.prefer", row.group,
               "`group` and `prefer` together: which of the group is the best one");
  }
}

void check_queue_names(const Rows& rows, ProgrammeFaults& faults) {
  find_doubles(
      rows.queues, [](const Queue& a, const Queue& b) { return a.name == b.name; },
      [&](const Queue& row, const Queue& before) {
        faults.add(kTwice, row.line, "queue.name", row.name, "each queue once", before.line);
      });
  for (const Queue& row : rows.queues) {
    if ((row.answer_seconds == 0) != (row.answer_percent == 0)) {
      faults.add(kMissing, row.line,
                 row.answer_seconds == 0 ? "queue.answer_seconds" : "queue.answer_percent",
                 row.name, "both numbers of the target, or neither");
    }
  }
}

// The queue of each grade and word: exactly one.
void check_in_one_queue(const Rows& rows, std::string_view name, auto has,
                        ProgrammeFaults& faults) {
  const Queue* first = nullptr;
  for (const Queue& queue : rows.queues) {
    if (!has(queue)) continue;
    if (first != nullptr) {
      faults.add(kReference, queue.line, "queue.grades", name, "each grade in one queue alone",
                 first->line);
      return;
    }
    first = &queue;
  }
  if (first == nullptr) {
    faults.add(kReference, rows.queues.back().line, "queue.grades", name,
               "each of [effective], `blacklist` and `other` in a queue; this one is in none");
  }
}

// --- Sheets -------------------------------------------------------------------------------------

void check_bands(const SheetInput& input, ProgrammeFaults& faults) {
  if (input.bands.empty()) {
    faults.add(kSum, input.line, "sheet_band.from", input.name, "a [[sheet_band]] of this input");
    return;
  }
  const SheetBand* before = nullptr;
  for (const SheetBand& band : input.bands) {
    if (before != nullptr && band.from == before->from) {
      faults.add(kTwice, band.line, "sheet_band.from", std::to_string(band.from), "each band once",
                 before->line);
    }
    if (band.min > band.max) {
      faults.add(kSum, band.line, "sheet_band.min", std::to_string(band.min),
                 "at most `max`, " + std::to_string(band.max));
    }
    if (band.max > input.max) {
      faults.add(kSum, band.line, "sheet_band.max", std::to_string(band.max),
                 "at most the input's " + std::to_string(input.max), input.line);
    }
    const bool graded = band.min != band.max || (before != nullptr && before->min != before->max);
    if (before != nullptr && graded && band.min != before->max + 1) {
      faults.add(kSum, band.line, "sheet_band.min", std::to_string(band.min),
                 std::to_string(before->max + 1) + ", behind the band before it", before->line);
    }
    before = &band;
  }
  if (std::ranges::max(input.bands, {}, &SheetBand::max).max < input.max) {
    faults.add(kSum, input.line, "sheet_input.max", std::to_string(input.max),
               "a band that gives it");
  }
}

void check_sheet(const Sheet& sheet, ProgrammeFaults& faults) {
  find_doubles(
      sheet.inputs, [](const auto& a, const auto& b) { return a.name == b.name; },
      [&](const SheetInput& row, const SheetInput& before) {
        faults.add(kTwice, row.line, "sheet_input.name", row.name, "each input once", before.line);
      });
  find_doubles(
      sheet.cuts,
      [](const auto& a, const auto& b) { return a.grade == b.grade || a.from == b.from; },
      [&](const SheetCut& row, const SheetCut& before) {
        faults.add(kTwice, row.line, "sheet_cut.grade", row.grade, "each grade and total once",
                   before.line);
      });
  std::int64_t sum = 0;
  for (const SheetInput& input : sheet.inputs) {
    sum += input.max;
    check_bands(input, faults);
  }
  if (sum != sheet.high) {
    faults.add(kSum, sheet.line, "sheet.high", std::to_string(sheet.high),
               std::to_string(sum) + ", the sum of the inputs' `max`");
  }
  if (sheet.cuts.empty()) {
    faults.add(kSum, sheet.line, "sheet_cut.from", sheet.name, "a [[sheet_cut]] from 0 on");
    return;
  }
  if (sheet.cuts.back().from != 0) {
    faults.add(kSum, sheet.cuts.back().line, "sheet_cut.from",
               std::to_string(sheet.cuts.back().from), "0, for the lowest grade");
  }
  if (sheet.cuts.front().from > sheet.high) {
    faults.add(kSum, sheet.cuts.front().line, "sheet_cut.from",
               std::to_string(sheet.cuts.front().from),
               "at most the sheet's `high`, " + std::to_string(sheet.high), sheet.line);
  }
}

}  // namespace

void check_benefits(const Rows& rows, ProgrammeFaults& faults) {
  for (const Benefit& row : rows.benefits) {
    check_claim(row, faults);
    for (const Benefit& other : rows.benefits) {
      if (&other == &row) break;
      if (!row.group.empty() && row.group == other.group && row.prefer != other.prefer) {
        faults.add(kReference, row.line, "benefit.prefer", row.group,
                   "what the others of this group have", other.line);
        break;
      }
    }
  }
}

void check_queues(const Rows& rows, const std::vector<std::string>& grades,
                  ProgrammeFaults& faults) {
  check_queue_names(rows, faults);
  if (rows.queues.empty()) return;  // A programme without a call centre.
  for (const Ref& grade : rows.effective_order) {
    check_in_one_queue(
        rows, grade.name,
        [&](const Queue& queue) {
          return std::ranges::find(queue.grades, grade.name, &Ref::name) != queue.grades.end();
        },
        faults);
  }
  check_in_one_queue(
      rows, "blacklist", [](const Queue& queue) { return queue.blacklist; }, faults);
  check_in_one_queue(
      rows, "other", [](const Queue& queue) { return queue.other; }, faults);
  for (const Queue& queue : rows.queues) {
    for (const Ref& grade : queue.grades) {
      const bool known = place_of(grades, grade.name) != kNoIndex;
      if (known && std::ranges::find(rows.effective_order, grade.name, &Ref::name) ==
                       rows.effective_order.end()) {
        faults.add(kReference, queue.line, "queue.grades", grade.name,
                   "a grade of [effective]: no other is ever looked at", rows.effective_line);
      }
    }
  }
}

void check_sheets(const Rows& rows, ProgrammeFaults& faults) {
  const auto same_name = [](const auto& a, const auto& b) { return a.name == b.name; };
  find_doubles(rows.sheets, same_name, [&](const Sheet& row, const Sheet& before) {
    faults.add(kTwice, row.line, "sheet.name", row.name, "each sheet once", before.line);
  });
  for (const Sheet& sheet : rows.sheets) {
    check_sheet(sheet, faults);
  }
  find_doubles(rows.segments, same_name, [&](const Segment& row, const Segment& before) {
    faults.add(kTwice, row.line, "segment.name", row.name, "each segment once", before.line);
  });
  for (const Segment& row : rows.segments) {
    if (row.to_fen < row.from_fen || (row.to_fen == row.from_fen && row.to_fen != 0)) {
      faults.add(kInterval, row.line, "segment.to_fen", std::to_string(row.to_fen),
                 "more than `from_fen`, " + std::to_string(row.from_fen));
    }
  }
}

}  // namespace ph
