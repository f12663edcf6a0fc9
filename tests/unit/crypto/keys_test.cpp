// Key files are closed, made once and refused when damaged; a signature holds for its file, its
// kind and its key alone.
#include "platform/crypto/keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "platform/crypto/key_files.h"
#include "platform/crypto/sha256.h"

namespace ph {
namespace PH_FILE {

namespace fs = std::filesystem;

class Keys : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "ph-keys-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { fs::remove_all(directory_); }

  static std::string contents(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static mode_t mode(const fs::path& file) {
    struct stat info {};
    EXPECT_EQ(::stat(file.c_str(), &info), 0);
    return info.st_mode & 07777;
  }

  fs::path directory_;
};

TEST_F(Keys, AreSavedClosedAndComeBack) {
  const SecretKey key = SecretKey::generate(KeyRole::kSender, "P01");
  ASSERT_TRUE(save_new_key(key, directory_).ok());
  EXPECT_EQ(mode(directory_ / "P01-sender.secret"), 0600U);
  const auto again = load_secret_key(directory_ / "P01-sender.secret");
  ASSERT_TRUE(again.ok()) << again.error();
  EXPECT_EQ(again->open().key, key.open().key);
  const auto open = parse_public_key_file(contents(directory_ / "P01-sender.pub"));
  ASSERT_TRUE(open.has_value());
  EXPECT_EQ(open->key, key.open().key);
  EXPECT_EQ(open->participant, "P01");
  EXPECT_EQ(open->role, KeyRole::kSender);
  const Digest digest = sha256(as_bytes("a file"));
  EXPECT_EQ(again->sign("PERIOD", digest), key.sign("PERIOD", digest));
}

TEST_F(Keys, AreNeverTheSame) {
  EXPECT_NE(SecretKey::generate(KeyRole::kRoot, "CLR").open().key,
            SecretKey::generate(KeyRole::kRoot, "CLR").open().key);
}

TEST_F(Keys, AreNotOverwritten) {
  ASSERT_TRUE(save_new_key(SecretKey::generate(KeyRole::kRoot, "CLR"), directory_).ok());
  const std::string secret = contents(directory_ / "CLR-root.secret");
  EXPECT_FALSE(save_new_key(SecretKey::generate(KeyRole::kRoot, "CLR"), directory_).ok());
  EXPECT_EQ(contents(directory_ / "CLR-root.secret"), secret);
  fs::remove(directory_ / "CLR-root.secret");
  EXPECT_FALSE(save_new_key(SecretKey::generate(KeyRole::kRoot, "CLR"), directory_).ok());
  EXPECT_FALSE(fs::exists(directory_ / "CLR-root.secret"));
}

TEST_F(Keys, AreNotFollowedThroughALink) {
  fs::create_symlink(directory_ / "elsewhere", directory_ / "CLR-root.secret");
  EXPECT_FALSE(save_new_key(SecretKey::generate(KeyRole::kRoot, "CLR"), directory_).ok());
  EXPECT_FALSE(fs::exists(directory_ / "elsewhere"));
}

TEST_F(Keys, AreNotPutWhereOthersMayWrite) {
  for (const mode_t open : {0770U, 0707U, 0777U}) {
    ASSERT_EQ(::chmod(directory_.c_str(), open), 0);
    EXPECT_FALSE(save_new_key(SecretKey::generate(KeyRole::kRoot, "CLR"), directory_).ok());
    EXPECT_TRUE(fs::is_empty(directory_));
  }
}

TEST_F(Keys, SecretsThatOthersCanReadAreRefused) {
  ASSERT_TRUE(save_new_key(SecretKey::generate(KeyRole::kRoot, "CLR"), directory_).ok());
  for (const mode_t open : {0640U, 0604U, 0620U}) {
    ASSERT_EQ(::chmod((directory_ / "CLR-root.secret").c_str(), open), 0);
    EXPECT_FALSE(load_secret_key(directory_ / "CLR-root.secret").ok());
  }
}

TEST_F(Keys, OneChangedByteIsFound) {
  ASSERT_TRUE(save_new_key(SecretKey::generate(KeyRole::kSender, "P01"), directory_).ok());
  const fs::path file = directory_ / "P01-sender.secret";
  const std::string secret = contents(file);
  const std::string open = contents(directory_ / "P01-sender.pub");
  const auto id_at = secret.find("P01,") + 4;
  for (std::size_t i = id_at; i < secret.size(); ++i) {
    std::string changed = secret;
    changed[i] = changed[i] == '0' ? '1' : '0';
    replace_file(file, changed);
    ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
    EXPECT_FALSE(load_secret_key(file).ok()) << i;
  }
  for (std::size_t i = open.find("P01,") + 4; i < open.size(); ++i) {
    std::string changed = open;
    changed[i] = changed[i] == '0' ? '1' : '0';
    EXPECT_FALSE(parse_public_key_file(changed).has_value()) << i;
  }
  EXPECT_FALSE(parse_public_key_file(secret).has_value());
}

TEST_F(Keys, ASignatureHoldsForItsFileKindAndKeyAlone) {
  const SecretKey key = SecretKey::generate(KeyRole::kClearing, "CLR");
  const SecretKey other = SecretKey::generate(KeyRole::kClearing, "CLR");
  const Digest digest = sha256(as_bytes("a file"));
  const std::string text = key.sign("PERIOD", digest);
  auto signature = parse_signature(text);
  ASSERT_TRUE(signature.has_value());
  EXPECT_TRUE(verifies(*signature, key.open().key, "PERIOD", digest));
  EXPECT_FALSE(verifies(*signature, key.open().key, "MANIFEST", digest));
  EXPECT_FALSE(verifies(*signature, key.open().key, "PERIOD", sha256(as_bytes("another"))));
  EXPECT_FALSE(verifies(*signature, other.open().key, "PERIOD", digest));
  signature->key_id = key_id(other.open().key);
  EXPECT_FALSE(verifies(*signature, other.open().key, "PERIOD", digest));
  signature = parse_signature(text);
  signature->kind = "MANIFEST";
  EXPECT_FALSE(verifies(*signature, key.open().key, "MANIFEST", digest));
}

TEST_F(Keys, AKindIsAWordOfCapitals) {
  for (const std::string good : {"A", "DAY", "A_B", "ABCDEFGHIJKLMNOPQRSTUVWX"}) {
    EXPECT_TRUE(valid_kind(good)) << good;
    const std::string text =
        SecretKey::generate(KeyRole::kSender, "P01").sign(good, sha256(as_bytes("a file")));
    EXPECT_LE(text.size(), kSignatureBytesMax);
    EXPECT_TRUE(parse_signature(text).has_value());
  }
  for (const std::string bad :
       {"", "day", "D AY", "DAY1", "DAY\n", "D,Y", "ABCDEFGHIJKLMNOPQRSTUVWXY"}) {
    EXPECT_FALSE(valid_kind(bad)) << bad;
  }
}

TEST_F(Keys, EveryFlippedBitOfASignatureIsFound) {
  const SecretKey key = SecretKey::generate(KeyRole::kClearing, "CLR");
  const Digest digest = sha256(as_bytes("a file"));
  const std::string text = key.sign("PERIOD", digest);
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = text;
      changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ (1U << bit));
      const auto signature = parse_signature(changed);
      EXPECT_FALSE(signature && verifies(*signature, key.open().key, "PERIOD", digest)) << i;
    }
  }
}

TEST_F(Keys, OfRequestsComeAsPemToo) {
  const SecretKey key = SecretKey::generate(KeyRole::kApi, "MER1");
  ASSERT_TRUE(save_new_key(key, directory_, true).ok());
  EXPECT_EQ(mode(directory_ / "MER1-api.pem"), 0600U);
  const std::string pem = contents(directory_ / "MER1-api.pem");
  EXPECT_TRUE(pem.starts_with("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI")) << pem;
  // Nothing is overwritten, and nothing is left of what failed.
  const SecretKey other = SecretKey::generate(KeyRole::kApi, "MER1");
  fs::remove(directory_ / "MER1-api.secret");
  fs::remove(directory_ / "MER1-api.pub");
  EXPECT_FALSE(save_new_key(other, directory_, true).ok());
  EXPECT_FALSE(fs::exists(directory_ / "MER1-api.secret"));
  EXPECT_FALSE(fs::exists(directory_ / "MER1-api.pub"));
}

TEST(PublicPem, IsReadAsOpensslWritesIt) {
  // RFC 8410, 10.1: the example.
  const std::string pem =
      "-----BEGIN PUBLIC KEY-----\n"
      "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
      "-----END PUBLIC KEY-----\n";
  const auto key = parse_public_pem(pem);
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key_text(*key), "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1");
  for (std::size_t i = 0; i + 1 < pem.size(); ++i) {
    EXPECT_FALSE(parse_public_pem(pem.substr(0, i)).has_value());
  }
  EXPECT_FALSE(parse_public_pem(pem + "x").has_value());
  std::string other = pem;
  other[40] = 'B';  // Of another algorithm.
  EXPECT_FALSE(parse_public_pem(other).has_value());
}

TEST(RequestSignature, HoldsForItsKeyAndTextAlone) {
  const SecretKey key = SecretKey::generate(KeyRole::kApi, "MER1");
  const SecretKey other = SecretKey::generate(KeyRole::kApi, "MER1");
  RawSignature signature = key.sign_request("a base");
  EXPECT_TRUE(verifies_request(signature, key.open().key, "a base"));
  EXPECT_FALSE(verifies_request(signature, key.open().key, "a bass"));
  EXPECT_FALSE(verifies_request(signature, other.open().key, "a base"));
  signature[5] ^= std::byte{1};
  EXPECT_FALSE(verifies_request(signature, key.open().key, "a base"));
  EXPECT_NE(random_nonce(), random_nonce());
}

TEST(RequestSignatureDeathTest, IsOfKeysOfRequestsAlone) {
  const SecretKey key = SecretKey::generate(KeyRole::kSender, "MER1");
  EXPECT_DEATH((void)key.sign_request("a base"), "a key that signs requests");
}

}  // namespace PH_FILE
}  // namespace ph
