// The file of channels is taken whole or not at all, and says which line is wrong without saying
// what stands there.
#include "node/member_channels.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "platform/crypto/token.h"

namespace ph {
namespace PH_FILE {

using Texts = std::vector<std::string>;

const BusinessDate kDay = BusinessDate::of(2026, 3, 5);

std::string digest_text(const std::string& token) {
  return hex(token_digest(token));
}

std::string line(const std::string& name, const std::string& token, const std::string& rest) {
  return name + "," + digest_text(token) + "," + rest + "\n";
}

std::string fault_of(const std::string& text) {
  const auto channels = Channels::parse(text);
  return channels ? "" : channels.error();
}

TEST(MemberChannels, AreReadWithTheirScopesAndDays) {
  const std::string text = "# the web\n\n" + line("ivr-1", "a", "level balance,200,2026-03-01,") +
                           line("web", "b", "balance,1,2026-03-05,2026-03-06");
  const auto channels = Channels::parse(text);
  ASSERT_TRUE(channels.ok()) << channels.error();
  ASSERT_EQ(channels->all().size(), 2U);
  const Channel& first = channels->all()[0];
  EXPECT_EQ(first.name, "ivr-1");
  EXPECT_EQ(first.per_second, 200U);
  EXPECT_TRUE(first.scopes.has(Scope::kLevel));
  EXPECT_TRUE(first.scopes.has(Scope::kBalance));
  EXPECT_FALSE(first.scopes.has(Scope::kHistory));
  EXPECT_EQ(first.to, std::nullopt);
  EXPECT_EQ(first.line() + "\n", line("ivr-1", "a", "level balance,200,2026-03-01,"));
  EXPECT_EQ(channels->all()[1].line() + "\n", line("web", "b", "balance,1,2026-03-05,2026-03-06"));
  EXPECT_TRUE(Channels::parse("")->all().empty());
}

TEST(MemberChannels, CountFromTheirFirstDayToTheDayBeforeTheOneThatEndsThem) {
  const auto channels = Channels::parse(line("web", "b", "balance,1,2026-03-05,2026-03-06"));
  ASSERT_TRUE(channels.ok());
  const Channel& web = channels->all()[0];
  EXPECT_FALSE(web.counts_on(kDay.plus_days(-1)));
  EXPECT_TRUE(web.counts_on(kDay));
  EXPECT_FALSE(web.counts_on(kDay.plus_days(1)));
}

TEST(MemberChannels, AreFoundByTheDigestOfTheirTokenAlone) {
  const auto channels = Channels::parse(line("a", "one", "balance,1,2026-03-01,") +
                                        line("a", "two", "level,1,2026-03-01,"));
  ASSERT_TRUE(channels.ok());
  EXPECT_EQ(channels->find(token_digest("one")), &channels->all()[0]);
  EXPECT_EQ(channels->find(token_digest("two")), &channels->all()[1]);
  EXPECT_EQ(channels->find(token_digest("three")), nullptr);
  EXPECT_EQ(channels->find(Digest{}), nullptr);
}

TEST(MemberChannels, AreRefusedWholeWithTheLineThatIsWrong) {
  const std::string good = line("web", "b", "balance,1,2026-03-05,");
  const std::string digest = digest_text("c");
  for (const std::string& bad : Texts{
           std::string("x"),
           ",,,,,",
           "Web," + digest + ",balance,1,2026-03-01,",
           "aaaaaaaaaaaaaaaaaaaaaaaaa," + digest + ",balance,1,2026-03-01,",
           "w," + digest.substr(1) + ",balance,1,2026-03-01,",
           "w,MySecretTokenInPlaceOfItsDigestMySecretToke,balance,1,2026-03-01,",
           "w," + digest + ",,1,2026-03-01,",
           "w," + digest + ",points,1,2026-03-01,",
           "w," + digest + ",balance balance,1,2026-03-01,",
           "w," + digest + ",balance  level,1,2026-03-01,",
           "w," + digest + ", balance,1,2026-03-01,",
           "w," + digest + ",balance ,1,2026-03-01,",
           "w," + digest + ",balance,0,2026-03-01,",
           "w," + digest + ",balance,01,2026-03-01,",
           "w," + digest + ",balance,100001,2026-03-01,",
           "w," + digest + ",balance,99999999999,2026-03-01,",
           "w," + digest + ",balance,,2026-03-01,",
           "w," + digest + ",balance,1,2026-02-30,",
           "w," + digest + ",balance,1,,",
           "w," + digest + ",balance,1,2026-03-01,2026-03-01",
           "w," + digest + ",balance,1,2026-03-01,soon",
           "w," + digest + ",balance,1,2026-03-01",
           "w," + digest + ",balance,1,2026-03-01,,",
           "w," + digest + ",balance,1,2026-03-01,\r",
       }) {
    const std::string fault = fault_of(good + "# a word\n" + bad + "\n" + good);
    EXPECT_TRUE(fault.starts_with("line 3: expected ")) << bad << ": " << fault;
    EXPECT_EQ(fault.find("MySecret"), std::string::npos) << fault;
  }
  EXPECT_EQ(fault_of(good + good), "line 2: this token stands there twice");
}

TEST(MemberChannels, HaveALimit) {
  std::string text;
  for (std::size_t n = 0; n < kChannelsMax; ++n) {
    text += line("c", std::to_string(n), "balance,1,2026-03-01,");
  }
  EXPECT_EQ(fault_of(text), "");
  EXPECT_NE(fault_of(text + line("c", "more", "balance,1,2026-03-01,")).find("256 channels"),
            std::string::npos);
  EXPECT_NE(fault_of(std::string(kChannelsBytesMax + 1, '#')), "");
}

TEST(MemberChannels, EveryScopeHasAWord) {
  for (unsigned n = 0; n <= static_cast<unsigned>(Scope::kCalls); ++n) {
    const auto scope = static_cast<Scope>(n);
    EXPECT_EQ(scope_of(word(scope)), scope);
  }
  EXPECT_EQ(scope_of(""), std::nullopt);
}

}  // namespace PH_FILE
}  // namespace ph
