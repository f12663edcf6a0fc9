// Canonical JSON: keys in one order, no white space, integers alone, one LF at the end.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/verify/report.h"
#include "core/types/digest.h"

namespace ph::verify {

using Json = nlohmann::ordered_json;

// Without white space. What isn't UTF-8, since a damaged file was quoted, is replaced.
[[nodiscard]] std::string compact(const Json& json);

// nullopt, and a fault, when the text isn't JSON; a fault too when it isn't its canonical form.
[[nodiscard]] std::optional<Json> parse_canonical(std::string_view name, std::string_view text,
                                                  Report& report);

// Where two documents differ first: `payable[3].fen is 5; ... gives 6`; empty when they are equal.
[[nodiscard]] std::string difference(const Json& actual, const Json& expected,
                                     const std::string& path = {});

// Typed access to the members of an object. What is missing or of another type is a fault.
class Members {
 public:
  // The object has these members, in this order.
  Members(const Json& object, std::initializer_list<std::string_view> keys, std::string_view name,
          Report& report);

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::string text(const char* key);
  [[nodiscard]] std::int64_t integer(const char* key);
  [[nodiscard]] std::uint64_t count(const char* key);  // >= 0
  [[nodiscard]] Digest digest(const char* key);
  [[nodiscard]] std::vector<Digest> digests(const char* key);
  [[nodiscard]] const Json& array(const char* key);
  void wrong(const std::string& what);

 private:
  const Json& object_;
  std::string name_;
  Report& report_;
  bool ok_{true};
};

}  // namespace ph::verify
