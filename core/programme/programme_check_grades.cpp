// What holds within a grading: which rows its basis and standards want, and the order of its
// levels.
#include <algorithm>

#include "core/programme/programme_check.h"

namespace ph {

namespace {

using namespace programme;
using enum ProgrammeFaultCode;

// Nobody runs it: levels come with a plan, a sheet, a decision.
bool is_given(Basis basis) {
  return basis == Basis::kPlan || basis == Basis::kSheet || basis == Basis::kReview;
}

bool takes_thresholds(const Grading& grading) {
  return grading.standards == Standards::kFixed || grading.standards == Standards::kRatios;
}

// --- Names --------------------------------------------------------------------------------------

void check_names(const Rows& rows, ProgrammeFaults& faults) {
  const auto same_name = [](const auto& a, const auto& b) { return a.name == b.name; };
  find_doubles(rows.gradings, same_name, [&](const Grading& row, const Grading& before) {
    faults.add(kTwice, row.line, "grading.name", row.name, "each grading once", before.line);
  });
  find_doubles(rows.flags, same_name, [&](const Flag& row, const Flag& before) {
    faults.add(kTwice, row.line, "flag.name", row.name, "each flag once", before.line);
  });
  const auto check_word = [&](const std::string& name, std::uint32_t line, std::string_view key) {
    if (name == "all" || name == "blacklist" || name == "other") {
      faults.add(kTwice, line, key, name, "another name: `all`, `blacklist`, `other` are words");
    }
  };
  for (const Grading& grading : rows.gradings) {
    for (const Ref& level : grading.levels) {
      check_word(level.name, grading.line, "grading.levels");
    }
    find_doubles(grading.levels, same_name, [&](const Ref& level, const Ref&) {
      faults.add(kTwice, grading.line, "grading.levels", level.name, "each level once");
    });
  }
  for (const Flag& flag : rows.flags) {
    check_word(flag.name, flag.line, "flag.name");
    for (const Grading& grading : rows.gradings) {
      if (std::ranges::find(grading.levels, flag.name, &Ref::name) != grading.levels.end()) {
        faults.add(kTwice, flag.line, "flag.name", flag.name,
                   "a name that no level has; grading " + grading.name + " has it", grading.line);
      }
    }
    if (flag.by == FlagBy::kTenure && flag.months == 0) {
      faults.add(kMissing, flag.line, "flag.months", {}, "the months that are needed");
    } else if (flag.by != FlagBy::kTenure && flag.months != 0) {
      faults.add(kKey, flag.line, "flag.months", std::to_string(flag.months), "only with TENURE");
    }
    if (flag.by == FlagBy::kReview && flag.valid_months == 0) {
      faults.add(kMissing, flag.line, "flag.valid_months", {}, "how long the flag holds");
    } else if (flag.by != FlagBy::kReview && flag.valid_months != 0) {
      faults.add(kKey, flag.line, "flag.valid_months", std::to_string(flag.valid_months),
                 "only with REVIEW");
    }
  }
}

// --- Modes --------------------------------------------------------------------------------------

void check_modes(const Grading& grading, ProgrammeFaults& faults) {
  const auto add = [&](ProgrammeFaultCode code, std::string_view key, std::string expected) {
    faults.add(code, grading.line, std::string("grading.") + std::string(key), grading.name,
               std::move(expected));
  };
  const bool given = is_given(grading.basis);
  if (given && grading.standards != Standards::kNone) {
    add(kKey, "standards", "nothing: PLAN, SHEET and REVIEW have no standards");
  } else if (!given && grading.standards == Standards::kNone) {
    add(kMissing, "standards", "FIXED, RATIOS or CLEARING");
  }
  if (given && grading.run != GradingRun::kNone) {
    add(kKey, "run", "NONE: PLAN, SHEET and REVIEW are not run");
  }
  if (given && grading.apply) {
    add(kKey, "apply", "false: PLAN, SHEET and REVIEW have no standards to reach");
  }
  if (grading.run == GradingRun::kNone && grading.effective) {
    add(kKey, "effective", "nothing: without a run");
  } else if (grading.run != GradingRun::kNone && !grading.effective) {
    add(kMissing, "effective", "a day `MM-DD`, or NEXT_MONTH");
  } else if (grading.run == GradingRun::kYearly && grading.effective->month == 0) {
    add(kKey, "effective", "a day `MM-DD`: a yearly run begins on one");
  } else if (grading.run != GradingRun::kNone && grading.run != GradingRun::kYearly &&
             grading.effective->month != 0) {
    add(kKey, "effective", "NEXT_MONTH: only a yearly run has a day");
  }
  const bool by_clearing = grading.standards == Standards::kClearing;
  if (!given && by_clearing != (grading.run == GradingRun::kClearing)) {
    add(kKey, "run", "CLEARING with standards of CLEARING, and only then");
  }
}

// Rows of other sections that this grading has no use for.
template <class Row>
void check_unused(const std::vector<Row>& rows, bool used, std::string_view section,
                  std::string_view when, const Grading& grading, ProgrammeFaults& faults) {
  if (used) return;
  for (const Row& row : rows) {
    faults.add(kKey, row.line, std::string(section) + ".grading", grading.name,
               "a grading with " + std::string(when), grading.line);
  }
}

void check_rows_of(const Grading& grading, ProgrammeFaults& faults) {
  const bool product = grading.basis == Basis::kProduct;
  check_unused(grading.thresholds, takes_thresholds(grading), "threshold",
               "standards FIXED or RATIOS", grading, faults);
  check_unused(grading.shares, grading.standards == Standards::kRatios, "share", "standards RATIOS",
               grading, faults);
  check_unused(grading.cuts, grading.standards == Standards::kClearing, "cut", "standards CLEARING",
               grading, faults);
  check_unused(grading.factors, product, "factor", "basis PRODUCT", grading, faults);
  check_unused(grading.tenure_points, grading.basis == Basis::kSpendScore, "tenure_points",
               "basis SPEND_SCORE", grading, faults);
  check_unused(grading.entries, grading.basis == Basis::kPlan, "entry", "basis PLAN", grading,
               faults);
  if (grading.score.line != 0 && !product && grading.basis != Basis::kGrowth) {
    faults.add(kKey, grading.score.line, "score.grading", grading.name,
               "a grading with basis PRODUCT or GROWTH", grading.line);
  }
}

// --- Steps by years -----------------------------------------------------------------------------

template <class Row>
void check_years_once(const std::vector<Row>& rows, std::string_view section,
                      ProgrammeFaults& faults) {
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].years_from == rows[i - 1].years_from) {
      faults.add(kTwice, rows[i].line, std::string(section) + ".years_from",
                 std::to_string(rows[i].years_from), "each step once", rows[i - 1].line);
    }
  }
}

void check_years(const Grading& grading, ProgrammeFaults& faults) {
  check_years_once(grading.factors, "factor", faults);
  check_years_once(grading.tenure_points, "tenure_points", faults);
  if (grading.basis != Basis::kProduct) return;
  if (grading.factors.empty()) {
    faults.add(kMissing, grading.line, "factor.years_from", grading.name,
               "a [[factor]] from 0 years on");
  } else if (grading.factors.front().years_from != 0) {
    faults.add(kBands, grading.factors.front().line, "factor.years_from",
               std::to_string(grading.factors.front().years_from), "0, in the first step");
  }
}

// --- Shares and cuts ----------------------------------------------------------------------------

constexpr auto kSameLevel = [](const auto& a, const auto& b) {
  return a.level.index == b.level.index;
};

// Of so many members, how many each share counts; the parts of the share of all fit into it.
void check_parts(const Grading& grading, ProgrammeFaults& faults) {
  constexpr std::int64_t kMembers = 1'000'000;
  std::vector<std::int64_t> counts(grading.levels.size());
  std::vector<const Share*> ascending;
  for (const Share& row : grading.shares)
    ascending.push_back(&row);
  std::ranges::sort(ascending, {}, [](const Share* row) { return row->level.index; });
  std::int64_t whole = 0;
  std::int64_t parts = 0;
  for (const Share* row : ascending) {  // `of` is a lower level: it was counted before.
    const std::int64_t of = row->of.index == kNoIndex ? kMembers : counts[row->of.index];
    const auto count = static_cast<std::int64_t>(of * row->ratio.num() / row->ratio.den());
    counts[row->level.index] = count;
    (row->of.index == kNoIndex ? whole : parts) += count;
  }
  if (parts > whole) {
    faults.add(kSum, ascending.back()->line, "share.ratio", ascending.back()->ratio.text(),
               "parts that fit into the share of all: of 1000000 members that has " +
                   std::to_string(whole) + ", they have " + std::to_string(parts));
  }
}

void check_shares(const Grading& grading, ProgrammeFaults& faults) {
  find_doubles(grading.shares, kSameLevel, [&](const Share& row, const Share& before) {
    faults.add(kTwice, row.line, "share.level", row.level.name, "each level once", before.line);
  });
  bool ordered = true;
  const Share* whole = nullptr;
  for (const Share& row : grading.shares) {
    if (row.of.index == kNoIndex) {
      if (whole != nullptr) {
        faults.add(kTwice, row.line, "share.of", "all", "one share of all; others are parts of it",
                   whole->line);
      }
      whole = &row;
      continue;
    }
    const auto of = std::ranges::find_if(
        grading.shares, [&](const Share& other) { return other.level.index == row.of.index; });
    if (row.of.index >= row.level.index) {
      faults.add(kLevelOrder, row.line, "share.of", row.of.name, "a level below " + row.level.name);
      ordered = false;
    } else if (of == grading.shares.end()) {
      faults.add(kReference, row.line, "share.of", row.of.name, "a level that has a [[share]]");
      ordered = false;
    }
  }
  if (whole != nullptr && ordered) {
    check_parts(grading, faults);
  }
}

void check_cuts(const Grading& grading, ProgrammeFaults& faults) {
  find_doubles(grading.cuts, kSameLevel, [&](const Cut& row, const Cut& before) {
    faults.add(kTwice, row.line, "cut.level", row.level.name, "each level once", before.line);
  });
  for (const Cut& row : grading.cuts) {
    if (row.level.index < 2) {
      faults.add(kKey, row.line, "cut.level", row.level.name,
                 "a level above the two lowest: those have no cut");
    }
  }
  for (std::size_t i = 1; i < grading.cuts.size(); ++i) {
    const Cut& higher = grading.cuts[i - 1];
    const Cut& lower = grading.cuts[i];
    if (higher.level.index != lower.level.index && lower.percent <= higher.percent) {
      faults.add(kCuts, lower.line, "cut.percent", std::to_string(lower.percent),
                 "more than " + std::to_string(higher.percent) + ", the cut of the higher level " +
                     higher.level.name,
                 higher.line);
    }
  }
}

}  // namespace

void check_gradings(const Rows& rows, ProgrammeFaults& faults) {
  if (rows.gradings.size() > kGradingsMax) {
    faults.add(kSection, rows.gradings[kGradingsMax].line, "grading",
               rows.gradings[kGradingsMax].name, "at most 4 gradings");
  }
  check_names(rows, faults);
  for (const Grading& grading : rows.gradings) {
    check_modes(grading, faults);
    check_rows_of(grading, faults);
    check_years(grading, faults);
  }
}

void check_shares_and_cuts(const Rows& rows, ProgrammeFaults& faults) {
  for (const Grading& grading : rows.gradings) {
    check_shares(grading, faults);
    check_cuts(grading, faults);
  }
}

}  // namespace ph
