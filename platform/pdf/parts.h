// The parts of a statement around its tables: head, result, suspense, points, proof and signatures.
#pragma once

#include "platform/pdf/sheet.h"

namespace ph::pdf {

// Title, participant, period and the five dates of its close; first page only.
void put_head(Sheet& sheet);
// What is paid or received, in large type, and how it came about.
void put_result(Sheet& sheet);
// What did not match, by reason.
void put_suspense(Sheet& sheet);
// A province's points over the period; nothing for others.
void put_rollforward(Sheet& sheet);
// The proof's figures and how to verify them, then the fields to sign.
void put_proof(Sheet& sheet);

}  // namespace ph::pdf
