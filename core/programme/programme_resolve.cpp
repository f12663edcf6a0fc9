// Names of a programme's rows become the places of what they name; what belongs to a grading, a
// sheet or an item is gathered there.
#include <algorithm>

#include "core/programme/programme_check.h"

namespace ph {

namespace {

using namespace programme;
using enum ProgrammeFaultCode;

template <class Row>
std::uint16_t index_of(const std::vector<Row>& rows, std::string_view name) {
  const auto found = std::ranges::find(rows, name, &Row::name);
  return found == rows.end() ? kNoIndex : static_cast<std::uint16_t>(found - rows.begin());
}

// Resolves `grading` and `level` of one section's rows, and hands each row on to its grading.
class GradingRefs {
 public:
  GradingRefs(Rows& rows, ProgrammeFaults& faults) : rows_(rows), faults_(faults) {}

  Grading* grading(Ref& ref, std::uint32_t line, std::string_view section) {
    ref.index = index_of(rows_.gradings, ref.name);
    if (ref.index == kNoIndex) {
      faults_.add(kLevelUnknown, line, std::string(section) + ".grading", ref.name,
                  "the name of a [[grading]]");
      return nullptr;
    }
    return &rows_.gradings[ref.index];
  }

  bool level(const Grading& grading, Ref& ref, std::uint32_t line, std::string_view key) {
    ref.index = index_of(grading.levels, ref.name);
    if (ref.index == kNoIndex) {
      faults_.add(kLevelUnknown, line, key, ref.name, "a level of grading " + grading.name,
                  grading.line);
    }
    return ref.index != kNoIndex;
  }

  // Rows that name a level.
  template <class Row>
  void levels(std::vector<Row>& from, std::string_view section, std::vector<Row> Grading::*into) {
    for (Row& row : from) {
      Grading* named = grading(row.grading, row.line, section);
      if (named != nullptr && level(*named, row.level, row.line, std::string(section) + ".level")) {
        (named->*into).push_back(row);
      }
    }
  }

  template <class Row>
  void by_years(std::vector<Row>& from, std::string_view section, std::vector<Row> Grading::*into) {
    for (Row& row : from) {
      if (Grading* named = grading(row.grading, row.line, section)) {
        (named->*into).push_back(row);
      }
    }
    for (Grading& named : rows_.gradings) {
      std::ranges::stable_sort(named.*into, {}, &Row::years_from);
    }
  }

 private:
  Rows& rows_;
  ProgrammeFaults& faults_;
};

void resolve_shares(Rows& rows, GradingRefs& refs) {
  for (Share& row : rows.shares) {
    Grading* named = refs.grading(row.grading, row.line, "share");
    if (named == nullptr || !refs.level(*named, row.level, row.line, "share.level")) continue;
    if (row.of.name != "all" && !refs.level(*named, row.of, row.line, "share.of")) continue;
    named->shares.push_back(row);
  }
}

void resolve_scores(Rows& rows, GradingRefs& refs, ProgrammeFaults& faults) {
  for (ScoreRule& row : rows.scores) {
    Grading* named = refs.grading(row.grading, row.line, "score");
    if (named == nullptr) continue;
    if (named->score.line != 0) {
      faults.add(kTwice, row.line, "score.grading", row.grading.name, "one [[score]] a grading",
                 named->score.line);
    } else {
      named->score = row;
    }
  }
}

void resolve_level_award(Rows& rows, GradingRefs& refs) {
  AwardRule& award = rows.level_award;
  if (award.mode == AwardMode::kNone || !award.grading.given()) return;
  const Grading* named = refs.grading(award.grading, award.line, "level_award");
  if (named == nullptr) return;
  for (LevelRate& row : rows.level_rates) {
    (void)refs.level(*named, row.level, row.line, "level_rate.level");
  }
}

}  // namespace

void resolve_gradings(Rows& rows, ProgrammeFaults& faults) {
  for (Grading& grading : rows.gradings) {
    for (std::size_t i = 0; i < grading.levels.size(); ++i) {
      grading.levels[i].index = static_cast<std::uint16_t>(i);
    }
  }
  GradingRefs refs(rows, faults);
  resolve_level_award(rows, refs);
  refs.levels(rows.thresholds, "threshold", &Grading::thresholds);
  resolve_shares(rows, refs);
  refs.levels(rows.cuts, "cut", &Grading::cuts);
  refs.by_years(rows.factors, "factor", &Grading::factors);
  resolve_scores(rows, refs, faults);
  refs.by_years(rows.tenure_points, "tenure_points", &Grading::tenure_points);
  refs.levels(rows.entries, "entry", &Grading::entries);
  for (Grading& grading : rows.gradings) {
    std::ranges::stable_sort(grading.cuts, std::ranges::greater{},
                             [](const Cut& cut) { return cut.level.index; });
  }
}

void resolve_grades(Rows& rows, const std::vector<std::string>& grades, ProgrammeFaults& faults) {
  const auto resolve = [&](std::vector<Ref>& refs, std::uint32_t line, std::string_view key) {
    for (std::size_t i = 0; i < refs.size(); ++i) {
      Ref& ref = refs[i];
      ref.index = place_of(grades, ref.name);
      if (ref.index == kNoIndex) {
        faults.add(kLevelUnknown, line, key, ref.name, "a level or flag of this file");
      }
      const auto before = refs.begin() + static_cast<std::ptrdiff_t>(i);
      if (std::ranges::find(refs.begin(), before, ref.name, &Ref::name) != before) {
        faults.add(kTwice, line, key, ref.name, "each name once");
      }
    }
  };
  resolve(rows.effective_order, rows.effective_line, "effective.order");
  for (Benefit& benefit : rows.benefits) {
    resolve(benefit.levels, benefit.line, "benefit.levels");
    if (!benefit.queue.given()) continue;
    benefit.queue.index = index_of(rows.queues, benefit.queue.name);
    if (benefit.queue.index == kNoIndex) {
      faults.add(kReference, benefit.line, "benefit.queue", benefit.queue.name,
                 "the name of a [[queue]]");
    }
  }
  for (Queue& queue : rows.queues) {
    resolve(queue.grades, queue.line, "queue.grades");
  }
  for (CatalogueItem& item : rows.items) {
    resolve(item.levels, item.line, "item.levels");
  }
}

void resolve_sheets(Rows& rows, ProgrammeFaults& faults) {
  const auto sheet_of = [&](Ref& ref, std::uint32_t line, std::string_view key) -> Sheet* {
    ref.index = index_of(rows.sheets, ref.name);
    if (ref.index != kNoIndex) return &rows.sheets[ref.index];
    faults.add(kReference, line, key, ref.name, "the name of a [[sheet]]");
    return nullptr;
  };
  for (SheetInput& input : rows.sheet_inputs) {
    if (Sheet* sheet = sheet_of(input.sheet, input.line, "sheet_input.sheet")) {
      sheet->inputs.push_back(input);
    }
  }
  for (SheetBand& band : rows.sheet_bands) {
    Sheet* sheet = sheet_of(band.sheet, band.line, "sheet_band.sheet");
    if (sheet == nullptr) continue;
    band.input.index = index_of(sheet->inputs, band.input.name);
    if (band.input.index == kNoIndex) {
      faults.add(kReference, band.line, "sheet_band.input", band.input.name,
                 "a [[sheet_input]] of sheet " + sheet->name, sheet->line);
      continue;
    }
    sheet->inputs[band.input.index].bands.push_back(band);
  }
  for (SheetCut& cut : rows.sheet_cuts) {
    if (Sheet* sheet = sheet_of(cut.sheet, cut.line, "sheet_cut.sheet")) {
      sheet->cuts.push_back(cut);
    }
  }
  for (Sheet& sheet : rows.sheets) {
    std::ranges::stable_sort(sheet.cuts, std::ranges::greater{}, &SheetCut::from);
    for (SheetInput& input : sheet.inputs) {
      std::ranges::stable_sort(input.bands, {}, &SheetBand::from);
    }
  }
}

void resolve_items(Rows& rows, ProgrammeFaults& faults) {
  for (Price& price : rows.prices) {
    price.item.index = index_of(rows.items, price.item.name);
    if (price.item.index == kNoIndex) {
      faults.add(kReference, price.line, "price.item", price.item.name, "the name of an [[item]]");
    }
  }
  // An item whose row was changed from some day on has the same prices still.
  for (CatalogueItem& item : rows.items) {
    for (const Price& price : rows.prices) {
      if (price.item.name == item.name) {
        item.prices.push_back(price);
      }
    }
  }
}

}  // namespace ph
