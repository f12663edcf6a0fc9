#include "platform/crypto/base64.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace ph {
namespace PH_FILE {

TEST(Base64, TakesTheOneFormOfSomeBytesAlone) {
  std::array<std::byte, 32> bytes{};
  const std::string text = base64(bytes);
  EXPECT_TRUE(from_base64(text, bytes));
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string other = text;
      other[at] = static_cast<char>(value);
      std::array<std::byte, 32> out{};
      EXPECT_TRUE(!from_base64(other, out) || base64(out) == other) << at << ' ' << value;
    }
  }
  EXPECT_FALSE(from_base64(text.substr(1), bytes));
}

}  // namespace PH_FILE
}  // namespace ph
