// What a version of a programme may change: members' records keep the numbers of gradings and
// levels over all versions, so those stay what they were.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/programme/programme.h"

namespace ph {

// What of `after` may not follow on these versions, the first one first; empty: it may. `before`
// isn't empty, and each of its versions may follow on those before it. Lines are of `after`.
[[nodiscard]] std::vector<ProgrammeFault> version_faults(std::span<const Programme* const> before,
                                                         const Programme& after);

// The same against one version alone: the first fault.
[[nodiscard]] std::optional<ProgrammeFault> version_fault(const Programme& before,
                                                          const Programme& after);

// The gradings of all versions by name: who comes first takes the next free place, and keeps it.
[[nodiscard]] std::vector<std::string> grading_places(std::span<const Programme* const> versions);

}  // namespace ph
