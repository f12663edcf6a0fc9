// `pointhouse sign-request`: the headers of a signed request, for curl (docs/partners.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ph {

struct SignRequestOptions {
  std::string key;                      // the secret key file of role api
  std::string method;                   // GET, POST or PUT
  std::string target;                   // path, and query when there is one
  std::string id;                       // Idempotency-Key; empty: none
  std::string body;                     // file that will be sent; empty: none is
  std::optional<std::int64_t> created;  // seconds since 1970; none: now
  std::string nonce;                    // empty: random
  bool base{};                          // prints what is signed instead of the headers
};

// Prints a header a line. 0 done; 1 refused: not such a key; 2 usage; 3 a file cannot be read.
[[nodiscard]] int run_sign_request(const SignRequestOptions& options);

}  // namespace ph
