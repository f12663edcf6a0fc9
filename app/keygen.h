// `pointhouse keygen` and `pointhouse registry`: making keys, and the signed list of who has which
// (docs/proof.md, sections 4 to 6).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ph {

struct KeygenOptions {
  std::string role;         // root, clearing, sender, transport, api or channel
  std::string participant;  // whose key it is; for the root, the clearing's code
  std::string out;          // an existing directory in which only its owner may write
  bool pem{};               // api: also <participant>-api.pem, the secret for openssl
  // channel: a line of the file of channels (node/member_channels.h), and nothing of the above
  std::string channel;
  std::string scopes;
  std::uint32_t per_second{};
  std::string from_date;
  std::string to_date;
};

// Writes <participant>-<role>.secret and .pub and prints the key id. 0 done; 1 refused (the
// directory is open to others, a file is there already); 2 usage; 3 the disk fails.
[[nodiscard]] int run_keygen(const KeygenOptions& options);
// Of the role channel: prints `token <43 characters>` and `line <line of the file of channels>`,
// and keeps neither. 0 done; 2 usage.
[[nodiscard]] int run_channel_keygen(const KeygenOptions& options);

struct RegistryOptions {
  std::string action;       // add, end, sign or show
  std::string file;         // the registry; `add` makes it when it isn't there
  std::string key;          // add: public key file, not the root's; sign: the root's secret
  bool api{};               // add: the key signs requests over HTTP; it may come as PEM, then with
                            // `participant`
  std::string clearing;     // add, when the file isn't there: the clearing's code
  std::string participant;  // end: whose key that signs
  std::string key_id;       // end: which transport key, or key of an API
  std::string date;         // add, end: the registry's new date, YYYY-MM-DD
  // A key that signs: first sequence it counts for (add, else 1), first it counts no more for.
  std::optional<std::uint32_t> from;
  std::optional<std::uint32_t> to;
  // A transport key, or one of an API: first day it counts on (add), first it counts no more on.
  // YYYY-MM-DD.
  std::string from_date;
  std::string to_date;
  std::string root;  // show: public key file of the root, to check the signature
};

// 0 done; 1 refused: overlapping or empty ranges, a file that isn't a registry, a signature that
// doesn't hold; 2 usage; 3 a file cannot be read or written.
[[nodiscard]] int run_registry(const RegistryOptions& options);

}  // namespace ph
