// A registry counts with the signature of its own root, and with no other; the refusal names the
// file and says what to do.
#include "platform/crypto/trusted_registry.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>

#include "platform/crypto/key_files.h"
#include "platform/crypto/sha256.h"

namespace ph {
namespace PH_FILE {

namespace fs = std::filesystem;

class TrustedRegistry : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "ph-registry-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    ASSERT_TRUE(save_new_key(root_, directory_).ok());
    KeyRegistry registry("CLR", BusinessDate::of(2026, 3, 1));
    const auto key = SecretKey::generate(KeyRole::kSender, "P01").open().key;
    ASSERT_EQ(registry.add({"P01", key, 1, std::nullopt}, registry.date()), std::nullopt);
    text_ = registry.text();
    write(text_, root_);
  }
  void TearDown() override { fs::remove_all(directory_); }

  void write(const std::string& text, const SecretKey& signer, std::string_view kind = "REGISTRY") {
    replace_file(file(), text);
    replace_file(signature(), signer.sign(kind, sha256(as_bytes(text))));
  }
  [[nodiscard]] fs::path file() const { return directory_ / "registry.csv"; }
  [[nodiscard]] fs::path signature() const { return directory_ / "registry.csv.sig"; }
  // What is refused, and why.
  [[nodiscard]] std::string why() const {
    const auto registry = load_registry(file(), directory_ / "CLR-root.pub");
    return registry ? "" : registry.error();
  }

  fs::path directory_;
  SecretKey root_ = SecretKey::generate(KeyRole::kRoot, "CLR");
  std::string text_;
};

TEST_F(TrustedRegistry, IsReadWithItsRootsSignature) {
  const auto registry = load_registry(file(), directory_ / "CLR-root.pub");
  ASSERT_TRUE(registry.ok()) << registry.error();
  EXPECT_EQ(registry->text(), text_);
}

TEST_F(TrustedRegistry, IsRefusedWithoutASignature) {
  fs::remove(signature());
  EXPECT_NE(why().find("registry.csv.sig isn't there"), std::string::npos) << why();
}

TEST_F(TrustedRegistry, IsRefusedWhenAnotherSignedOrAnotherTextOrAnotherKind) {
  const std::string named = "registry.csv.sig isn't the signature";
  write(text_, SecretKey::generate(KeyRole::kRoot, "CLR"));
  EXPECT_NE(why().find(named), std::string::npos) << why();
  write(text_, root_, "MANIFEST");
  EXPECT_NE(why().find(named), std::string::npos) << why();
  write(text_, root_);
  EXPECT_EQ(why(), "");
  replace_file(file(), text_ + " ");
  EXPECT_NE(why().find(named), std::string::npos) << why();
  replace_file(file(), text_);
  replace_file(signature(), "anything\n");
  EXPECT_NE(why().find(named), std::string::npos) << why();
}

TEST_F(TrustedRegistry, IsRefusedWhenItIsOfAnotherClearingOrNone) {
  write(KeyRegistry::parse(text_).value().text().replace(text_.find("CLR"), 3, "CLX"), root_);
  EXPECT_NE(why().find("registry of CLX"), std::string::npos) << why();
  write("no registry\n", root_);
  EXPECT_NE(why().find("registry.csv: line 1"), std::string::npos) << why();
}

TEST_F(TrustedRegistry, NeedsTheKeyOfARoot) {
  ASSERT_TRUE(save_new_key(SecretKey::generate(KeyRole::kClearing, "CLR"), directory_).ok());
  EXPECT_FALSE(load_registry(file(), directory_ / "CLR-clearing.pub").ok());
  EXPECT_FALSE(load_registry(file(), directory_ / "CLR-root.secret").ok());
  EXPECT_THROW((void)load_registry(file(), directory_ / "none.pub"), std::system_error);
  EXPECT_THROW((void)load_registry(directory_ / "none", directory_ / "CLR-root.pub"),
               std::system_error);
}

TEST_F(TrustedRegistry, IsReadFromAPlainFileOfItsSizeAlone) {
  fs::remove(signature());
  ASSERT_EQ(::mkfifo(signature().c_str(), 0600), 0);
  EXPECT_NE(why().find("isn't a plain file"), std::string::npos) << why();
  write(std::string(4'000'000, 'x'), root_);
  EXPECT_NE(why().find("larger"), std::string::npos) << why();
}

}  // namespace PH_FILE
}  // namespace ph
