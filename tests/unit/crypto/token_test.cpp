// A token has its form, is another one each time, and is known by its digest alone.
#include "platform/crypto/token.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace ph {
namespace PH_FILE {

TEST(Token, HasItsFormAndIsAnotherOneEachTime) {
  std::set<std::string> seen;
  for (int n = 0; n < 200; ++n) {
    const std::string token = new_token();
    EXPECT_TRUE(is_token(token)) << token;
    EXPECT_TRUE(seen.insert(token).second);
  }
  const std::string good(43, 'A');
  EXPECT_TRUE(is_token(good));
  for (const std::string& bad : {std::string(), good + "A", good.substr(1), "+" + good.substr(1),
                                 good.substr(1) + "=", " " + good.substr(1)}) {
    EXPECT_FALSE(is_token(bad)) << bad;
  }
}

TEST(Token, IsKnownByItsDigest) {
  const Digest digest = token_digest("abc");
  EXPECT_EQ(hex(digest), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest_of_hex(hex(digest)), digest);
  EXPECT_TRUE(same_secret(digest, token_digest("abc")));
  EXPECT_FALSE(same_secret(digest, token_digest("abd")));
  Digest last = digest;
  last.back() ^= std::byte{1};
  EXPECT_FALSE(same_secret(digest, last));
  EXPECT_EQ(digest_of_hex(hex(digest).substr(1)), std::nullopt);
  EXPECT_EQ(digest_of_hex("B" + hex(digest).substr(1)), std::nullopt);
}

}  // namespace PH_FILE
}  // namespace ph
