// What the clearing's operator sees: participants and days, suspense by reason and age, running
// positions. As JSON from the process, as tables from that JSON.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "clearing/clearing.h"

namespace ph {

struct ClearingViewInput {
  const Clearing* clearing{};
  BusinessTime now{};
  std::int64_t steady_ms{};
  std::vector<std::pair<std::string, std::string>> waiting{};
};

// The running positions and the suspense are judged anew at each call: as if the open period were
// closed now.
[[nodiscard]] std::string clearing_view_json(const ClearingViewInput& input);
[[nodiscard]] std::string clearing_view_table(const std::string& json);
// A sender's batches, the latest first, and what each was made of: API, the live events alone;
// FILE, a day file and the live events; SENT, by the sender itself.
[[nodiscard]] std::string days_json(const ClearingHouse& house, Participant sender);
[[nodiscard]] std::string days_csv(const std::string& json);
// What was sent back to a sender, of its latest batches.
[[nodiscard]] std::string returned_json(const ClearingHouse& house, Participant sender);
[[nodiscard]] std::string returned_csv(const std::string& json);
// The answer to `close`.
[[nodiscard]] std::string close_answer_json(Month period, const CloseAnswer& answer,
                                            const std::string& directory);
[[nodiscard]] std::string close_answer_text(const std::string& json);

}  // namespace ph
