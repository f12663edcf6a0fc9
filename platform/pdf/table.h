// A side's lines as a table over as many pages as it needs, with subtotals and carried totals.
#pragma once

#include "platform/pdf/sheet.h"

namespace ph::pdf {

// What others owe the participant. Stops the process when the lines' sum isn't the total.
void put_receivable(Sheet& sheet);
// What the participant owes others.
void put_payable(Sheet& sheet);

}  // namespace ph::pdf
