// Names in a province's day that the programme beside it doesn't have: `check` warns of them, as
// the node would send the rows back with UNKNOWN_NAME. Private to this folder.
#pragma once

#include "core/home/day.h"
#include "core/programme/programme_book.h"
#include "core/rules/rulebook.h"
#include "platform/files/fault.h"

namespace ph {

// `book` has the partners' codes; nullptr: spend at partners isn't looked up.
void warn_of_names(const DayFile& day, const ProgrammeBook& programmes, const RuleBook* book,
                   FaultSink& warnings);

}  // namespace ph
