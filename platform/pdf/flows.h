// The picture of a statement: who owes the participant on the left, whom it owes on the right.
#pragma once

#include "platform/pdf/sheet.h"

namespace ph::pdf {

// Draws the picture and moves down below it. Arrows are as wide as their amounts. Of more than
// eight counterparties on a side the biggest seven are shown and the others summed.
void put_flows(Sheet& sheet);

}  // namespace ph::pdf
