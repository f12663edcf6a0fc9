// What the tests of platform/files share: files of tests/files/good, and days written in the test.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "platform/files/read.h"
#include "tests/support/checkout.h"

namespace ph::test {

[[nodiscard]] inline std::string good_path(std::string_view name) {
  return in_checkout("tests/files/good") / name;
}

[[nodiscard]] inline std::string codes(const std::vector<Fault>& faults) {
  std::string out;
  for (const Fault& fault : faults) {
    out += (out.empty() ? "" : " ") + std::to_string(fault.line) + ':' +
           std::string(info(fault.code).name);
  }
  return out;
}

[[nodiscard]] inline InputFile open_good(std::string_view name) {
  std::vector<Fault> faults;
  auto file = InputFile::open(good_path(name), faults);
  EXPECT_TRUE(file.has_value()) << codes(faults);
  return std::move(*file);
}

[[nodiscard]] inline RuleBook good_book() {
  std::vector<Fault> faults;
  auto book = load_rulebook(open_good("rulebook.csv"), faults);
  EXPECT_TRUE(book.has_value()) << codes(faults);
  return std::move(*book);
}

// The file's text must outlive the result.
[[nodiscard]] inline InputFile in_memory(std::string_view text) {
  return {"test", as_bytes(text)};
}

}  // namespace ph::test
