// SHA-256 against the vectors of FIPS 180-2.
#include "platform/crypto/sha256.h"

#include <gtest/gtest.h>

#include <string>

namespace ph {
namespace PH_FILE {

TEST(Sha256, GivesThePublishedDigests) {
  const Sha256 hash = &sha256;  // It is what core asks for.
  EXPECT_EQ(hex(hash({}, {})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(hash(as_bytes("abc"), {})),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256(as_bytes("abcdbcdecdefdefgefghfghighij"),
                       as_bytes("hijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, PartsDoNotMatter) {
  std::string text;
  for (int i = 0; i < 300; ++i) {
    text.push_back(static_cast<char>('a' + i % 26));
  }
  const Digest whole = sha256(as_bytes(text));
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const std::string_view view = text;
    EXPECT_EQ(sha256(as_bytes(view.substr(0, cut)), as_bytes(view.substr(cut))), whole);
    Sha256Stream stream;
    stream.update(as_bytes(view.substr(0, cut)));
    Sha256Stream copy = stream;
    copy.update(as_bytes(view.substr(cut)));
    EXPECT_EQ(copy.finish(), whole);
    stream.update(as_bytes(view.substr(cut)));
    EXPECT_EQ(stream.finish(), whole);
    EXPECT_EQ(stream.finish(), sha256({}));  // It starts anew.
  }
}

}  // namespace PH_FILE
}  // namespace ph
