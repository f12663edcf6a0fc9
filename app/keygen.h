// `pointhouse keygen` and `pointhouse registry`: making keys, and the signed list of who has which
// (docs/proof.md, sections 4 to 6).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ph {

struct KeygenOptions {
  std::string role;         // root, clearing or sender
  std::string participant;  // whose key it is; for the root, the clearing's code
  std::string out;          // an existing directory in which only its owner may write
};

// Writes <participant>-<role>.secret and .pub and prints the key id. 0 done; 1 refused (the
// directory is open to others, a file is there already); 2 usage; 3 the disk fails.
[[nodiscard]] int run_keygen(const KeygenOptions& options);

struct RegistryOptions {
  std::string action;       // add, end, sign or show
  std::string file;         // the registry; `add` makes it when it isn't there
  std::string key;          // add: public key file of a clearing or sender; sign: the root's secret
  std::string clearing;     // add, when the file isn't there: the clearing's code
  std::string participant;  // end: whose key
  std::string date;         // add, end: the registry's new date, YYYY-MM-DD
  std::uint32_t from{1};    // add: first sequence the key counts for
  std::optional<std::uint32_t> to;  // add, end: first sequence it counts no more for
  std::string root;                 // show: public key file of the root, to check the signature
};

// 0 done; 1 refused: overlapping or empty ranges, a file that isn't a registry, a signature that
// doesn't hold; 2 usage; 3 a file cannot be read or written.
[[nodiscard]] int run_registry(const RegistryOptions& options);

}  // namespace ph
