// Asks that come over the wire (docs/wire.md, section 6), as the home's live events, and its
// answers.
#pragma once

#include "core/home/home.h"
#include "core/home/live.h"
#include "core/types/ask.h"

namespace ph {

// What the ask wants of this home. An ask of the wire has values that can be.
[[nodiscard]] LiveCommand command_of(const Ask& ask);
// What its id is unique in.
[[nodiscard]] EntryClass class_of(AskKind kind);
// What is told. All answers but AGAIN_LATER are definite.
[[nodiscard]] Answer answer_to(const Ask& ask, const LiveAnswer& decided, Participant home);
// What a home that the member has left, or hasn't come to yet, says of an ask that it knows nothing
// of: that he has moved; of a refund also what is left of its parent, or that a gift or exchange is
// given back whole.
[[nodiscard]] Answer moved_answer(const Ask& ask, const Home& home, BusinessTime now);

}  // namespace ph
