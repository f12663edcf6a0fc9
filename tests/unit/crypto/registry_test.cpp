// The registry of keys: one key a sequence, read and written to the byte.
#include "platform/crypto/registry.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace ph {
namespace PH_FILE {

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

TransportRow transport(std::string code, int key, int from, std::optional<int> to = std::nullopt) {
  TransportRow made{std::move(code), key_of(key), kDay.plus_days(from), std::nullopt};
  if (to) made.to = kDay.plus_days(*to);
  return made;
}

KeyRegistry three_keys() {
  KeyRegistry registry("CLR", kDay);
  EXPECT_EQ(registry.add(row("P02", 1, 1), kDay), std::nullopt);
  EXPECT_EQ(registry.add(row("P01", 2, 10), kDay), std::nullopt);
  EXPECT_EQ(registry.add(row("P01", 3, 1, 10), kDay.plus_days(1)), std::nullopt);
  return registry;
}

KeyRegistry with_transports() {
  KeyRegistry registry = three_keys();
  const BusinessDate later = kDay.plus_days(1);
  EXPECT_EQ(registry.add_transport(transport("P01", 7, 5), later), std::nullopt);
  EXPECT_EQ(registry.add_transport(transport("P01", 6, 5, 9), later), std::nullopt);
  EXPECT_EQ(registry.add_transport(transport("P01", 8, 0, 6), later), std::nullopt);
  EXPECT_EQ(registry.add_transport(transport("CLR", 5, 0), later), std::nullopt);
  return registry;
}

TEST(Registry, HasTransportKeysAfterThoseThatSign) {
  const std::string zeros(62, '0');
  const std::string text = with_transports().text();
  EXPECT_TRUE(text.ends_with(
      "KEY,P02,01" + zeros + ",1,\nTRANSPORT,CLR,05" + zeros + ",2007-04-01,\nTRANSPORT,P01,08" +
      zeros + ",2007-04-01,2007-04-07\nTRANSPORT,P01,06" + zeros +
      ",2007-04-06,2007-04-10\nTRANSPORT,P01,07" + zeros + ",2007-04-06,\nEND,7,0,0\n"))
      << text;
  const auto again = KeyRegistry::parse(text);
  ASSERT_TRUE(again.ok()) << again.error();
  EXPECT_EQ(again->text(), text);
  EXPECT_EQ(again->transports().size(), 4U);
  EXPECT_EQ(again->revision(), 7U);
}

TEST(Registry, CountsATransportKeyFromItsFirstDayToTheDayBeforeItsEnd) {
  const TransportRow ended = transport("P01", 1, 5, 9);
  EXPECT_FALSE(ended.counts_on(kDay.plus_days(4)));
  EXPECT_TRUE(ended.counts_on(kDay.plus_days(5)));
  EXPECT_TRUE(ended.counts_on(kDay.plus_days(8)));
  EXPECT_FALSE(ended.counts_on(kDay.plus_days(9)));
  EXPECT_TRUE(transport("P01", 1, 5).counts_on(kDay.plus_days(9000)));
}

TEST(Registry, HasEachKeyOnce) {
  KeyRegistry registry = with_transports();
  const std::string before = registry.text();
  const BusinessDate later = kDay.plus_days(1);
  EXPECT_NE(registry.add_transport(transport("P02", 7, 0), later), std::nullopt);
  EXPECT_NE(registry.add_transport(transport("P02", 1, 0), later), std::nullopt);
  EXPECT_NE(registry.add(row("P03", 7, 1), later), std::nullopt);
  EXPECT_NE(registry.add_transport(transport("P02", 9, 3, 3), later), std::nullopt);
  EXPECT_NE(registry.add_transport(transport("P02", 9, 3, 2), later), std::nullopt);
  EXPECT_NE(registry.add_transport(transport("p2", 9, 3), later), std::nullopt);
  EXPECT_NE(registry.add_transport(transport("P02", 9, 3), kDay), std::nullopt);
  EXPECT_EQ(registry.text(), before);
}

TEST(Registry, BringsTheEndOfATransportKeyForwardOnly) {
  KeyRegistry registry = with_transports();
  const BusinessDate later = kDay.plus_days(1);
  const std::string before = registry.text();
  const std::string id = key_id(key_of(7));
  EXPECT_NE(registry.end_transport(key_id(key_of(2)), kDay.plus_days(9), later), std::nullopt);
  EXPECT_NE(registry.end_transport(id, kDay.plus_days(4), later), std::nullopt);
  EXPECT_NE(registry.end_transport(id, kDay.plus_days(9), kDay), std::nullopt);
  EXPECT_EQ(registry.text(), before);
  EXPECT_EQ(registry.end_transport(id, kDay.plus_days(20), later), std::nullopt);
  EXPECT_NE(registry.end_transport(id, kDay.plus_days(20), later), std::nullopt);
  EXPECT_NE(registry.end_transport(id, kDay.plus_days(21), later), std::nullopt);
  EXPECT_EQ(registry.end_transport(id, kDay.plus_days(5), later), std::nullopt);
  EXPECT_EQ(registry.revision(), 9U);
  EXPECT_FALSE(registry.transports().back().counts_on(kDay.plus_days(5)));
  EXPECT_TRUE(KeyRegistry::parse(registry.text()).ok());
}

TEST(Registry, RefusesOtherTransportRowsAndAnotherOrder) {
  const std::string text = with_transports().text();
  ASSERT_TRUE(KeyRegistry::parse(text).ok());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    return changed.replace(changed.find(from), from.size(), to);
  };
  for (const std::string& bad :
       {with("TRANSPORT,CLR", "TRANSPORT,ZZZ"), with("2007-04-10", "2007-04-05"),
        with("2007-04-10", "2007-04-31"), with("2007-04-06", ""), with("2007-04-06", "1"),
        with("TRANSPORT,P01,06", "TRANSPORT,P01,01"), with("TRANSPORT,P01,06", "TRANSPORT,P01,09"),
        with("TRANSPORT", "KEY"), with("KEY", "TRANSPORT"), with("END,7", "END,3")}) {
    EXPECT_FALSE(KeyRegistry::parse(bad).ok()) << bad;
  }
}

TEST(Registry, HasTheKeysOfRequestsLastAndEachKeyOnceInAll) {
  KeyRegistry registry = with_transports();
  const std::string before = registry.text();
  const BusinessDate later = kDay.plus_days(1);
  const std::string zeros(62, '0');
  EXPECT_NE(registry.add_api(transport("MER1", 7, 3), later), std::nullopt);  // A transport key.
  EXPECT_NE(registry.add_api(transport("MER1", 1, 3), later), std::nullopt);  // One that signs.
  EXPECT_NE(registry.add_api(transport("MER1", 9, 3, 3), later), std::nullopt);
  EXPECT_EQ(registry.text(), before);
  EXPECT_EQ(registry.add_api(transport("MER1", 16, 5), later), std::nullopt);
  EXPECT_EQ(registry.add_api(transport("MER1", 17, 3, 9), later), std::nullopt);
  EXPECT_EQ(registry.add_api(transport("AIR1", 18, 3), later), std::nullopt);
  EXPECT_NE(registry.add_transport(transport("MER1", 16, 3), later), std::nullopt);
  EXPECT_NE(registry.add(row("MER1", 16, 1), later), std::nullopt);
  const std::string text = registry.text();
  EXPECT_TRUE(text.ends_with("API,AIR1,12" + zeros + ",2007-04-04,\nAPI,MER1,11" + zeros +
                             ",2007-04-04,2007-04-10\nAPI,MER1,10" + zeros +
                             ",2007-04-06,\nEND,10,0,0\n"))
      << text;
  const auto again = KeyRegistry::parse(text);
  ASSERT_TRUE(again.ok()) << again.error();
  EXPECT_EQ(again->text(), text);
  EXPECT_EQ(again->apis().size(), 3U);
  EXPECT_EQ(again->transports().size(), 4U);
}

TEST(Registry, BringsTheEndOfAKeyOfRequestsForwardOnly) {
  KeyRegistry registry = with_transports();
  const BusinessDate later = kDay.plus_days(1);
  EXPECT_EQ(registry.add_api(transport("MER1", 16, 5), later), std::nullopt);
  const std::string id = key_id(key_of(16));
  EXPECT_NE(registry.end_transport(id, kDay.plus_days(9), later), std::nullopt);
  EXPECT_NE(registry.end_api(key_id(key_of(7)), kDay.plus_days(9), later), std::nullopt);
  EXPECT_EQ(registry.end_api(id, kDay.plus_days(9), later), std::nullopt);
  EXPECT_NE(registry.end_api(id, kDay.plus_days(10), later), std::nullopt);
  EXPECT_EQ(registry.end_api(id, kDay.plus_days(7), later), std::nullopt);
  EXPECT_FALSE(registry.apis().front().counts_on(kDay.plus_days(7)));
  EXPECT_TRUE(KeyRegistry::parse(registry.text()).ok());
}

TEST(Registry, RefusesRowsOfRequestsInAnotherPlaceOrForm) {
  KeyRegistry registry = three_keys();
  EXPECT_EQ(registry.add_api(transport("MER1", 16, 5), kDay.plus_days(1)), std::nullopt);
  const std::string text = registry.text();
  const std::size_t at = text.find("API,");
  const std::string line = text.substr(at, text.find('\n', at) + 1 - at);
  std::string first = text;  // Before the keys that sign.
  first.erase(at, line.size()).insert(text.find("KEY,"), line);
  EXPECT_FALSE(KeyRegistry::parse(first).ok());
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"API,", "Api,"}, {"API,MER1", "API,mer1"}, {"2007-04-06", "7"}, {"END,4", "END,3"}}) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    EXPECT_FALSE(KeyRegistry::parse(changed).ok()) << changed;
  }
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

}  // namespace PH_FILE
}  // namespace ph
