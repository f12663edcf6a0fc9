// Signatures: the root's key vouches for the registry, the registry for the clearing's key, that
// key for the files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/verify/files.h"
#include "app/verify/report.h"
#include "platform/crypto/registry.h"

namespace ph::verify {

// The registry, when the root has signed it: `<registry>.sig` beside it. Faults otherwise.
[[nodiscard]] std::optional<KeyRegistry> load_registry(const std::string& root_file,
                                                       const std::string& registry_file,
                                                       Report& report);

// `<name>.sig` is the clearing's signature on the file as `kind`, with the key that counts for the
// period. Without a registry it is only told whether there is one.
void check_signature(Directory& directory, const std::string& name, std::string_view kind,
                     const KeyRegistry* registry, std::string_view period, Report& report);

}  // namespace ph::verify
