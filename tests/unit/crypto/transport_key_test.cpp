// Transport keys: in closed files of their own, refused where a key that signs is wanted and the
// other way round.
#include "platform/crypto/transport_key.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <type_traits>

#include "platform/crypto/key_files.h"

namespace ph {
namespace PH_FILE {

namespace fs = std::filesystem;

static_assert(!std::is_copy_constructible_v<TransportSecret>);
static_assert(!std::is_convertible_v<TransportSecret, SecretKey>);

class TransportKeys : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "ph-transport-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { fs::remove_all(directory_); }

  static std::string contents(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  fs::path directory_;
};

TEST_F(TransportKeys, AreSavedClosedAndComeBack) {
  const auto key = TransportSecret::generate("P01");
  ASSERT_TRUE(save_new_transport_key(key, directory_).ok());
  struct stat info {};
  ASSERT_EQ(::stat((directory_ / "P01-transport.secret").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600U);
  const auto again = load_transport_key(directory_ / "P01-transport.secret");
  ASSERT_TRUE(again.ok()) << again.error();
  EXPECT_EQ(again->open_key(), key.open_key());
  EXPECT_EQ(again->participant(), "P01");
  EXPECT_TRUE(std::ranges::equal(again->secret_bytes(), key.secret_bytes()));
  const auto open = parse_transport_key_file(contents(directory_ / "P01-transport.pub"));
  ASSERT_TRUE(open.has_value());
  EXPECT_EQ(open->key, key.open_key());
  EXPECT_EQ(open->participant, "P01");
}

// RFC 7748, section 6.1: Alice's key. Her secret is given there as random bytes; clamped it is the
// same key.
TEST_F(TransportKeys, AreThoseOfRfc7748) {
  const auto open = parse_key("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  ASSERT_TRUE(open.has_value());
  const auto write = [&](const std::string& secret) {
    const fs::path file = directory_ / "P01-transport.secret";
    fs::remove(file);
    EXPECT_TRUE(create_file(
        file, "POINTHOUSE-SECRET-KEY,1,transport,P01," + key_id(*open) + "," + secret + "\n",
        0600));
    return load_transport_key(file);
  };
  const std::string middle = "076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c";
  EXPECT_FALSE(write("77" + middle + "2a").ok());
  const auto key = write("70" + middle + "6a");
  ASSERT_TRUE(key.ok()) << key.error();
  EXPECT_EQ(key->open_key(), *open);
}

TEST_F(TransportKeys, AreNeverTheSame) {
  EXPECT_NE(TransportSecret::generate("P01").open_key(),
            TransportSecret::generate("P01").open_key());
}

TEST_F(TransportKeys, AreGoneFromWhereTheyWereMovedFrom) {
  auto key = TransportSecret::generate("P01");
  const TransportSecret moved = std::move(key);
  const auto zero = [](std::byte b) { return b == std::byte{0}; };
  EXPECT_TRUE(std::ranges::all_of(key.secret_bytes(), zero));  // NOLINT: it is what is asked.
  EXPECT_FALSE(std::ranges::all_of(moved.secret_bytes(), zero));
}

TEST_F(TransportKeys, AreNotOverwritten) {
  ASSERT_TRUE(save_new_transport_key(TransportSecret::generate("P01"), directory_).ok());
  const std::string secret = contents(directory_ / "P01-transport.secret");
  EXPECT_FALSE(save_new_transport_key(TransportSecret::generate("P01"), directory_).ok());
  EXPECT_EQ(contents(directory_ / "P01-transport.secret"), secret);
  fs::remove(directory_ / "P01-transport.secret");
  EXPECT_FALSE(save_new_transport_key(TransportSecret::generate("P01"), directory_).ok());
  EXPECT_FALSE(fs::exists(directory_ / "P01-transport.secret"));
}

TEST_F(TransportKeys, AreNotPutWhereOthersMayWriteNorReadWhereOthersCan) {
  ASSERT_EQ(::chmod(directory_.c_str(), 0770), 0);
  EXPECT_FALSE(save_new_transport_key(TransportSecret::generate("P01"), directory_).ok());
  EXPECT_TRUE(fs::is_empty(directory_));
  ASSERT_EQ(::chmod(directory_.c_str(), 0700), 0);
  ASSERT_TRUE(save_new_transport_key(TransportSecret::generate("P01"), directory_).ok());
  for (const mode_t open : {0640U, 0604U, 0620U}) {
    ASSERT_EQ(::chmod((directory_ / "P01-transport.secret").c_str(), open), 0);
    EXPECT_FALSE(load_transport_key(directory_ / "P01-transport.secret").ok());
  }
}

TEST_F(TransportKeys, NeverSignAndKeysThatSignNeverConnect) {
  ASSERT_TRUE(save_new_transport_key(TransportSecret::generate("P01"), directory_).ok());
  ASSERT_TRUE(save_new_key(SecretKey::generate(KeyRole::kSender, "P01"), directory_).ok());
  EXPECT_FALSE(load_secret_key(directory_ / "P01-transport.secret").ok());
  const auto sender = load_transport_key(directory_ / "P01-sender.secret");
  ASSERT_FALSE(sender.ok());
  EXPECT_NE(sender.error().find("isn't a secret transport key file"), std::string::npos);
  EXPECT_FALSE(parse_public_key_file(contents(directory_ / "P01-transport.pub")).has_value());
  EXPECT_FALSE(parse_transport_key_file(contents(directory_ / "P01-sender.pub")).has_value());
  EXPECT_FALSE(parse_transport_key_file(contents(directory_ / "P01-transport.secret")).has_value());
}

TEST_F(TransportKeys, EveryFlippedBitIsFound) {
  ASSERT_TRUE(save_new_transport_key(TransportSecret::generate("P01"), directory_).ok());
  const fs::path file = directory_ / "P01-transport.secret";
  const std::string secret = contents(file);
  const std::string open = contents(directory_ / "P01-transport.pub");
  const auto flipped = [](std::string text, std::size_t at, unsigned bit) {
    text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^ (1U << bit));
    return text;
  };
  for (unsigned bit = 0; bit < 8; ++bit) {
    for (std::size_t i = secret.find("P01,") + 4; i < secret.size(); ++i) {
      std::ofstream(file, std::ios::binary) << flipped(secret, i, bit);
      EXPECT_FALSE(load_transport_key(file).ok()) << i << " " << bit;
    }
    for (std::size_t i = open.find("P01,") + 4; i < open.size(); ++i) {
      EXPECT_FALSE(parse_transport_key_file(flipped(open, i, bit)).has_value()) << i << " " << bit;
    }
  }
}

}  // namespace PH_FILE
}  // namespace ph
