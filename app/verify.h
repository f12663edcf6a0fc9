// `pointhouse verify`: whether a settlement's output directory, or a participant's part of it, is
// right in itself, and agrees with its inputs and signatures. It derives all figures anew from the
// files.
#pragma once

#include <string>

namespace ph {

struct VerifyOptions {
  std::string
      directory;      // what settle wrote; with `participant`, that participant's files are enough
  std::string input;  // directory of the input files; empty: the inputs aren't looked at
  std::string root;   // the root's public key file; with `registry` or neither
  std::string registry;     // the registry of keys; its signature lies beside it
  std::string participant;  // only what concerns this one, from its own files
  std::string previous;     // output directory of the period before; empty: not looked at
};

// 0 all right; 1 something is wrong: each fault is named by file, line and item; 2 the options
// can't be meant together; 3 a directory or file cannot be read. Prints to standard output.
[[nodiscard]] int run_verify(const VerifyOptions& options);

}  // namespace ph
