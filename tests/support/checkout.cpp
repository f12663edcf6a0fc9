#include "tests/support/checkout.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace ph::test {

std::filesystem::path in_checkout(std::string_view path) {
  return std::filesystem::path(PH_ROOT) / path;
}

std::string checkout_text(std::string_view path) {
  std::ifstream in(in_checkout(path), std::ios::binary);
  EXPECT_TRUE(in.is_open()) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace ph::test
