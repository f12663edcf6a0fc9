// `pointhouse sign` and `pointhouse verify-signature`: the signature of one file, as partners make
// it for their daily files (docs/proof.md, section 5).
#pragma once

#include <cstdint>
#include <string>

namespace ph {

struct SignOptions {
  std::string file;
  std::string kind;   // upper-case word: DAY, ...
  std::string key;    // secret key file of a clearing or a sender
  bool force{false};  // replaces a signature that is there
};

// Writes <file>.sig. 0 done; 1 refused (a signature is there, the key isn't one for this); 2 usage;
// 3 a file cannot be read or written.
[[nodiscard]] int run_sign(const SignOptions& options);

struct VerifySignatureOptions {
  std::string file;
  std::string kind;
  std::string registry;
  std::string root;          // the root's public key file
  std::string participant;   // who is to have signed
  std::uint32_t sequence{};  // the file's; of the clearing's files their month, YYYYMM
};

// Is <file>.sig the participant's signature, with the key that counts for that sequence? 0 yes; 1
// no; 2 usage; 3 a file cannot be read. Says it in a sentence.
[[nodiscard]] int run_verify_signature(const VerifySignatureOptions& options);

}  // namespace ph
