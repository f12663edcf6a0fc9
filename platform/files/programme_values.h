// One value of the programme file: from what stands there to a value, or to a fault. Private to
// this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/files/fault.h"
#include "platform/files/programme_schema.h"
#include "platform/sys/config.h"

namespace ph::programme_keys {

struct ValueFault {
  FaultCode code{};
  std::string expected{};
};

// Fills `value`, or says what is wrong.
[[nodiscard]] std::optional<ValueFault> parse_programme_value(const ProgrammeKey& key,
                                                              const ConfigValue& given,
                                                              ProgrammeValue& value);

// The fallback of a key that a file leaves out; nullopt: it has none.
[[nodiscard]] std::optional<ProgrammeValue> fallback_of(const ProgrammeKey& key);

// What would be right for this key, in words.
[[nodiscard]] std::string expected_text(const ProgrammeKey& key);

}  // namespace ph::programme_keys
