// The registry of keys: one key a sequence, read and written to the byte.
#include "platform/crypto/registry.h"

#include <gtest/gtest.h>

#include <string>

namespace ph {
namespace {

PublicKey key_of(int n) {
  PublicKey key{};
  key[0] = static_cast<std::byte>(n);
  return key;
}

RegistryKey row(std::string code, int key, std::uint32_t from,
                std::optional<std::uint32_t> to = std::nullopt) {
  return {std::move(code), key_of(key), from, to};
}

const BusinessDate kDay = BusinessDate::of(2007, 4, 1);

KeyRegistry three_keys() {
  KeyRegistry registry("CLR", kDay);
  EXPECT_EQ(registry.add(row("P02", 1, 1), kDay), std::nullopt);
  EXPECT_EQ(registry.add(row("P01", 2, 10), kDay), std::nullopt);
  EXPECT_EQ(registry.add(row("P01", 3, 1, 10), kDay.plus_days(1)), std::nullopt);
  return registry;
}

TEST(Registry, IsReadAsItWasWritten) {
  const std::string zeros(62, '0');
  const std::string text =
      "POINTHOUSE,REGISTRY,1,CLR,2007-04-02,3\n"
      "KEY,P01,03" +
      zeros +
      ",1,10\n"
      "KEY,P01,02" +
      zeros +
      ",10,\n"
      "KEY,P02,01" +
      zeros +
      ",1,\n"
      "END,3,0,0\n";
  EXPECT_EQ(three_keys().text(), text);
  const auto again = KeyRegistry::parse(text);
  ASSERT_TRUE(again.ok()) << again.error();
  EXPECT_EQ(again->text(), text);
  EXPECT_EQ(again->revision(), 3U);
}

TEST(Registry, GivesTheOneKeyOfASequence) {
  const KeyRegistry registry = three_keys();
  EXPECT_EQ(registry.at("P01", 9)->key, key_of(3));
  EXPECT_EQ(registry.at("P01", 10)->key, key_of(2));
  EXPECT_EQ(registry.at("P02", 400'000'000)->key, key_of(1));
  EXPECT_EQ(registry.at("P03", 1), nullptr);
}

TEST(Registry, RefusesWhatWouldLeaveTwoKeysOrNone) {
  KeyRegistry registry = three_keys();
  const std::string before = registry.text();
  for (const RegistryKey& bad :
       {row("P01", 9, 5), row("P01", 9, 9, 11), row("P01", 9, 1, 2), row("P02", 9, 1, 1),
        row("P03", 9, 5, 4), row("P03", 9, 5, 5), row("P03", 9, 0, 5), row("P03", 2, 1),
        row("p3", 9, 1), row("P03", 9, 1'000'000'000)}) {
    EXPECT_NE(registry.add(bad, kDay.plus_days(1)), std::nullopt) << bad.participant << bad.from;
  }
  EXPECT_NE(registry.add(row("P03", 9, 1), kDay), std::nullopt);  // An earlier date.
  EXPECT_NE(registry.end("P01", 10, kDay.plus_days(1)), std::nullopt);
  EXPECT_NE(registry.end("P03", 10, kDay.plus_days(1)), std::nullopt);
  EXPECT_EQ(registry.text(), before);
}

TEST(Registry, ChangesAKeyOver) {
  KeyRegistry registry = three_keys();
  EXPECT_EQ(registry.end("P01", 50, kDay.plus_days(2)), std::nullopt);
  EXPECT_EQ(registry.at("P01", 50), nullptr);
  EXPECT_EQ(registry.add(row("P01", 4, 50), kDay.plus_days(2)), std::nullopt);
  EXPECT_EQ(registry.at("P01", 49)->key, key_of(2));
  EXPECT_EQ(registry.at("P01", 50)->key, key_of(4));
}

TEST(Registry, RefusesAnyOtherText) {
  const std::string text = three_keys().text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(KeyRegistry::parse(text.substr(0, i)).ok()) << i;
  }
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    return changed.replace(changed.find(from), from.size(), to);
  };
  for (const std::string& bad :
       {with("REGISTRY,1", "REGISTRY,2"), with("END,3,0,0", "END,4,0,0"), with(",1,10", ",1,11"),
        with(",1,10", ",01,10"), with(",1,10", ",10,10"), with("KEY", "KEI"),
        with("KEY,P01,02", "KEY,P01,0x"), with("KEY,P01,02", "KEY,P01,01"), with("\n", "\r\n"),
        with("P01,03", "P03,03"), text + "\n"}) {
    EXPECT_FALSE(KeyRegistry::parse(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace ph
