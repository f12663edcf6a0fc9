// Between a partner's request and the wire (docs/wire.md, section 6): what the clearing is asked,
// and what the partner is told of its answer. Nothing here decides.
#pragma once

#include <string>

#include "core/types/ask.h"
#include "core/types/result.h"
#include "partners/api.h"
#include "partners/roster.h"
#include "platform/wire/message.h"

namespace ph {

// Of a request that moves something. kUnavailable: the roster doesn't know the partner;
// kKeyParticipant: it cites another participant's transaction.
[[nodiscard]] Result<Ask, Problem> ask_of(const ApiRequest& request, const ClearingRoster& roster);
[[nodiscard]] Result<LookUp, Problem> look_up_of(const ApiRequest& request,
                                                 const ClearingRoster& roster);
[[nodiscard]] Result<QuoteRequest, Problem> quote_request_of(const ApiRequest& request,
                                                             const ClearingRoster& roster);
// `file_size`, `file_digest` and `file_signature` of the request say which file it is.
[[nodiscard]] Result<wire::DayFilePart, Problem> day_file_part_of(const ApiRequest& request,
                                                                  const ClearingRoster& roster);
[[nodiscard]] Result<wire::DayFileRequest, Problem> day_file_request_of(
    const ApiRequest& request, const ClearingRoster& roster);

// `participant`: the partner's code, whose `ask` it was.
[[nodiscard]] ApiReply reply_of(const std::string& participant, const Ask& ask,
                                const Answer& answer, const ClearingRoster& roster);
[[nodiscard]] ApiReply reply_of(const ApiRequest& request, const Found& found,
                                const ClearingRoster& roster);
[[nodiscard]] ApiReply reply_of(const ApiRequest& request, const Quote& quote);
// Not of one that is wanted: that is no answer yet.
[[nodiscard]] ApiReply reply_of(const ApiRequest& request, const wire::DayFile& day);

}  // namespace ph
