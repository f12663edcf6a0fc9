// Programme files of the tests: those that ship, with something changed.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/files/read_programme.h"
#include "tests/support/checkout.h"
#include "tests/unit/files/support.h"

namespace ph::test {

[[nodiscard]] inline std::string ready_text(std::string_view name) {
  return checkout_text("ops/programmes/" + std::string(name) + ".toml");
}

// The text with its first `old` replaced; behind `after`, when given.
[[nodiscard]] inline std::string changed(std::string text, std::string_view old,
                                         std::string_view with, std::string_view after = {}) {
  const std::size_t from = text.find(after);
  const std::size_t at = from == std::string::npos ? from : text.find(old, from);
  EXPECT_NE(at, std::string::npos) << old << " behind " << after;
  return at == std::string::npos ? text : text.replace(at, old.size(), with);
}

// The line on which the first `what` behind `after` stands.
[[nodiscard]] inline std::uint32_t line_of(std::string_view text, std::string_view what,
                                           std::string_view after = {}) {
  const std::size_t at = text.find(what, text.find(after));
  EXPECT_NE(at, std::string_view::npos) << what;
  const std::string_view before = text.substr(0, at == std::string_view::npos ? 0 : at);
  return 1 + static_cast<std::uint32_t>(std::ranges::count(before, '\n'));
}

[[nodiscard]] inline std::vector<Fault> faults_of(std::string_view text) {
  std::vector<Fault> faults;
  const auto made = read_programme(in_memory(text), faults);
  EXPECT_EQ(made.has_value(), faults.empty());
  return faults;
}

[[nodiscard]] inline Programme programme_of(std::string_view text) {
  std::vector<Fault> faults;
  auto made = read_programme(in_memory(text), faults);
  EXPECT_TRUE(made.has_value()) << codes(faults);
  return std::move(*made);
}

}  // namespace ph::test
