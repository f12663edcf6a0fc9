// A process starts with keys that fit together and are in the registry; while it runs it takes
// later registries of its root, and no other.
#include "app/process/keys.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include "platform/crypto/key_files.h"
#include "platform/crypto/sha256.h"

namespace ph {
namespace PH_FILE {

namespace fs = std::filesystem;

const BusinessDate kDay = BusinessDate::of(2026, 3, 1);

class KeysOfAProcess : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "ph-process-keys-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    ASSERT_TRUE(save_new_key(root_, directory_).ok());
    for (const std::string code : {"CLR", "P01", "P02"}) {
      const auto role = code == "CLR" ? KeyRole::kClearing : KeyRole::kSender;
      const auto signing = SecretKey::generate(role, code);
      const auto transport = TransportSecret::generate(code);
      ASSERT_TRUE(save_new_key(signing, directory_).ok());
      ASSERT_TRUE(save_new_transport_key(transport, directory_).ok());
      if (code == "P02") continue;
      ASSERT_EQ(registry_.add({code, signing.open().key, 1, std::nullopt}, kDay), std::nullopt);
      ASSERT_EQ(registry_.add_transport({code, transport.open_key(), kDay, std::nullopt}, kDay),
                std::nullopt);
    }
    write(registry_.text(), root_);
  }
  void TearDown() override { fs::remove_all(directory_); }

  void write(const std::string& text, const SecretKey& signer) {
    replace_file(file("registry.csv"), text);
    replace_file(file("registry.csv.sig"), signer.sign("REGISTRY", sha256(as_bytes(text))));
  }
  [[nodiscard]] fs::path file(const std::string& name) const { return directory_ / name; }
  [[nodiscard]] ProcessKeys keys(const std::string& signing = "P01-sender",
                                 const std::string& transport = "P01-transport") const {
    return ProcessKeys({.signing = file(signing + ".secret"),
                        .transport = file(transport + ".secret"),
                        .registry = file("registry.csv"),
                        .root = file("CLR-root.pub")});
  }
  // A transport key more, of P02, in the registry only.
  PublicKey add_transport(BusinessDate from, std::optional<BusinessDate> to = std::nullopt) {
    const PublicKey key = TransportSecret::generate("P02").open_key();
    EXPECT_EQ(registry_.add_transport({"P02", key, from, to}, kDay), std::nullopt);
    return key;
  }

  fs::path directory_;
  SecretKey root_ = SecretKey::generate(KeyRole::kRoot, "CLR");
  KeyRegistry registry_{"CLR", kDay};
};

TEST_F(KeysOfAProcess, AreLoadedForASenderAndForTheClearing) {
  const ProcessKeys sender = keys();
  EXPECT_EQ(sender.signing().open().participant, "P01");
  EXPECT_EQ(sender.transport().participant(), "P01");
  EXPECT_EQ(sender.registry().text(), registry_.text());
  EXPECT_FALSE(sender.changed());
  EXPECT_EQ(keys("CLR-clearing", "CLR-transport").signing().open().role, KeyRole::kClearing);
}

TEST_F(KeysOfAProcess, AreRefusedWhenTheyDoNotFit) {
  EXPECT_THROW((void)keys("CLR-root"), std::runtime_error);
  EXPECT_THROW((void)keys("CLR-root", "CLR-transport"), std::runtime_error);
  EXPECT_THROW((void)keys("P01-sender", "CLR-transport"), std::runtime_error);
  EXPECT_THROW((void)keys("P01-transport", "P01-transport"), std::runtime_error);
  EXPECT_THROW((void)keys("P01-sender", "P01-sender"), std::runtime_error);
  EXPECT_THROW((void)keys("none"), std::runtime_error);
  EXPECT_THROW((void)keys("P02-sender", "P02-transport"), std::runtime_error);  // In no registry.
}

TEST_F(KeysOfAProcess, WhoSignsNothingNeedsNoKeyThatSigns) {
  const auto without = [this](const std::string& participant, const std::string& transport) {
    return ProcessKeys({.participant = participant,
                        .transport = file(transport + ".secret"),
                        .registry = file("registry.csv"),
                        .root = file("CLR-root.pub")});
  };
  EXPECT_EQ(without("CLR", "CLR-transport").transport().participant(), "CLR");
  EXPECT_THROW((void)without("CLR", "P01-transport"), std::runtime_error);
  EXPECT_THROW((void)without("P02", "P02-transport"), std::runtime_error);  // In no registry.
}

TEST_F(KeysOfAProcess, AreThoseOfItsOwnParticipant) {
  KeyFiles files{.participant = "P01",
                 .signing = file("P01-sender.secret"),
                 .transport = file("P01-transport.secret"),
                 .registry = file("registry.csv"),
                 .root = file("CLR-root.pub")};
  EXPECT_NO_THROW(ProcessKeys{files});
  files.participant = "P02";
  EXPECT_THROW(ProcessKeys{files}, std::runtime_error);
}

TEST_F(KeysOfAProcess, AreRefusedWithARegistryThatTheRootHasNotSigned) {
  write(registry_.text(), SecretKey::generate(KeyRole::kRoot, "CLR"));
  EXPECT_THROW((void)keys(), std::runtime_error);
  fs::remove(file("registry.csv.sig"));
  EXPECT_THROW((void)keys(), std::runtime_error);
}

TEST_F(KeysOfAProcess, TakeALaterRegistry) {
  ProcessKeys mine = keys();
  EXPECT_FALSE(mine.reload_if_changed());
  const PublicKey added = add_transport(kDay);
  write(registry_.text(), root_);
  EXPECT_TRUE(mine.changed());
  EXPECT_TRUE(mine.reload_if_changed());
  EXPECT_FALSE(mine.changed());
  EXPECT_FALSE(mine.reload_if_changed());
  EXPECT_EQ(mine.fault(), "");
  EXPECT_EQ(mine.transports_of("P02", kDay).front(), added);
}

TEST_F(KeysOfAProcess, AreRefusedWithAnEarlierRegistryThanWasEverTaken) {
  const std::string earlier = registry_.text();
  {
    ProcessKeys mine = keys();
    mine.remember_in(file("revision"));
    add_transport(kDay);
    write(registry_.text(), root_);
    EXPECT_TRUE(mine.reload_if_changed());
  }
  keys().remember_in(file("revision"));
  write(earlier, root_);  // Signed by the root all the same.
  EXPECT_THROW(keys().remember_in(file("revision")), std::runtime_error);
  const std::string known = std::to_string(registry_.revision()) + ",00\n";
  write(registry_.text(), root_);
  keys().remember_in(file("revision"));
  replace_file(file("revision"), known);  // Another one of this revision.
  EXPECT_THROW(keys().remember_in(file("revision")), std::runtime_error);
  replace_file(file("revision"), "what\n");
  EXPECT_THROW(keys().remember_in(file("revision")), std::runtime_error);
}

TEST_F(KeysOfAProcess, StayWhenTheFileHasAnEarlierRegistry) {
  const std::string earlier = registry_.text();
  add_transport(kDay);
  write(registry_.text(), root_);
  ProcessKeys mine = keys();
  write(earlier, root_);
  EXPECT_FALSE(mine.reload_if_changed());
  EXPECT_NE(mine.fault().find("only a later one"), std::string::npos) << mine.fault();
  EXPECT_EQ(mine.registry().text(), registry_.text());
  write(registry_.text(), root_);  // The one in force, again.
  EXPECT_FALSE(mine.reload_if_changed());
  EXPECT_EQ(mine.fault(), "");
}

TEST_F(KeysOfAProcess, StayWhenTheFileHasAnotherRegistryOfTheSameRevision) {
  const KeyRegistry common = registry_;
  add_transport(kDay);
  write(registry_.text(), root_);
  ProcessKeys mine = keys();
  const std::string text = registry_.text();
  registry_ = common;
  add_transport(kDay);
  write(registry_.text(), root_);
  EXPECT_FALSE(mine.reload_if_changed());
  EXPECT_NE(mine.fault(), "");
  EXPECT_EQ(mine.registry().text(), text);
}

TEST_F(KeysOfAProcess, StayUntilALaterRegistryIsSigned) {
  ProcessKeys mine = keys();
  const std::string text = registry_.text();
  add_transport(kDay);
  fs::remove(file("registry.csv.sig"));
  replace_file(file("registry.csv"), registry_.text());
  EXPECT_FALSE(mine.reload_if_changed());
  EXPECT_NE(mine.fault(), "");
  EXPECT_FALSE(mine.changed());
  write(registry_.text(), SecretKey::generate(KeyRole::kRoot, "CLR"));
  EXPECT_FALSE(mine.reload_if_changed());
  EXPECT_NE(mine.fault(), "");
  EXPECT_EQ(mine.registry().text(), text);
  replace_file(file("registry.csv.sig"),
               root_.sign("REGISTRY", sha256(as_bytes(registry_.text()))));
  EXPECT_TRUE(mine.changed());
  EXPECT_TRUE(mine.reload_if_changed());
  EXPECT_EQ(mine.fault(), "");
}

TEST_F(KeysOfAProcess, StayWhenTheFileIsGoneAndTheRootsFileIsAnothers) {
  ProcessKeys mine = keys();
  const std::string text = registry_.text();
  fs::remove(file("registry.csv"));
  EXPECT_FALSE(mine.reload_if_changed());
  EXPECT_NE(mine.fault(), "");
  EXPECT_TRUE(mine.changed());  // Tried again.
  const auto other = SecretKey::generate(KeyRole::kRoot, "CLR");
  replace_file(file("CLR-root.pub"), public_key_file_text(other.open()));
  add_transport(kDay);
  write(registry_.text(), other);
  EXPECT_FALSE(mine.reload_if_changed());
  EXPECT_NE(mine.fault(), "");
  EXPECT_EQ(mine.registry().text(), text);
}

TEST_F(KeysOfAProcess, GiveTheTransportKeyThatBeganLast) {
  const PublicKey first = add_transport(kDay, kDay.plus_days(10));
  const PublicKey second = add_transport(kDay.plus_days(5));
  write(registry_.text(), root_);
  const ProcessKeys mine = keys();
  using Keys = std::vector<PublicKey>;
  EXPECT_EQ(mine.transports_of("P02", kDay.plus_days(-1)), Keys());
  EXPECT_EQ(mine.transports_of("P03", kDay), Keys());
  EXPECT_EQ(mine.transports_of("P02", kDay.plus_days(4)), Keys{first});
  EXPECT_EQ(mine.transports_of("P02", kDay.plus_days(5)), (Keys{second, first}));
  EXPECT_EQ(mine.transports_of("P02", kDay.plus_days(10)), Keys{second});
}

TEST_F(KeysOfAProcess, AdmitAllTransportKeysOfTheDay) {
  const PublicKey first = add_transport(kDay, kDay.plus_days(10));
  const PublicKey second = add_transport(kDay.plus_days(5));
  write(registry_.text(), root_);
  const ProcessKeys mine = keys();
  EXPECT_TRUE(mine.transport_keys_on(kDay.plus_days(-1)).empty());
  EXPECT_EQ(mine.transport_keys_on(kDay.plus_days(4)).size(), 3U);
  const auto both = mine.transport_keys_on(kDay.plus_days(9));
  EXPECT_EQ(both.size(), 4U);
  EXPECT_EQ(both.at(first), "P02");
  EXPECT_EQ(both.at(second), "P02");
  EXPECT_EQ(both.at(mine.transport().open_key()), "P01");
  EXPECT_EQ(mine.transport_keys_on(kDay.plus_days(10)).count(first), 0U);
}

}  // namespace PH_FILE
}  // namespace ph
