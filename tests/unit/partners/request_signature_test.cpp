// A request is its partner's when each part of it is as it was signed, now, and for the first time.
#include "partners/request_signature.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "platform/crypto/sha256.h"
#include "tests/support/checkout.h"

namespace ph {
namespace PH_FILE {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const BusinessDate kDay = BusinessDate::of(2026, 3, 5);
constexpr std::int64_t kNow = 1'772'683'207;
const std::string kNonce = "nonce-of-24-characters-0";

KeyRegistry registry_of(const PublicKey& key, std::optional<BusinessDate> to = std::nullopt) {
  KeyRegistry registry("CLR", kDay);
  EXPECT_EQ(registry.add_api({"MER1", key, kDay, to}, kDay), std::nullopt);
  return registry;
}

Json golden(const std::string& name) {
  return Json::parse(test::checkout_text("schema/golden/" + name));
}

std::optional<std::string> text_of(const Json& json, const std::string& name) {
  return json.at(name).is_null() ? std::nullopt : std::optional(json.at(name).get<std::string>());
}

SignedParts parts_of(const Json& json) {
  return {.method = json.at("method"),
          .path = json.at("path"),
          .query = text_of(json, "query"),
          .content_digest = text_of(json, "content_digest"),
          .idempotency_key = text_of(json, "idempotency_key"),
          .signature_input = text_of(json, "signature_input"),
          .signature = text_of(json, "signature")};
}

// The golden requests were signed by OpenSSL, from docs/partners.md alone.
class GoldenRequest : public testing::TestWithParam<const char*> {};

TEST_P(GoldenRequest, IsTakenAndMadeToTheByte) {
  const Json json = golden(GetParam());
  const auto key = parse_key(json.at("public_key").get<std::string>());
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key_id(*key), json.at("key_id").get<std::string>());
  SignedParts parts = parts_of(json);
  if (parts.content_digest) {
    EXPECT_EQ(*parts.content_digest,
              content_digest(sha256(as_bytes(json.at("body").get<std::string>()))));
  }
  const auto parameters = parse_signature_input(*parts.signature_input);
  ASSERT_TRUE(parameters.ok()) << parameters.error().detail;
  EXPECT_EQ(signature_base(parts, *parameters), json.at("base").get<std::string>());
  SignatureJudge judge(ApiKeys(registry_of(*key)), {});
  const auto signer = judge.judge(parts, json.at("created").get<std::int64_t>(), kDay);
  ASSERT_TRUE(signer.ok()) << row_of(signer.error().code).word;
  EXPECT_EQ(signer->participant, "MER1");
  EXPECT_EQ(signer->request, sha256(as_bytes(json.at("base").get<std::string>())));

  // The same out of the secret.
  std::string name = (fs::temp_directory_path() / "ph-api-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  const fs::path file = fs::path(name) / "MER1-api.secret";
  std::ofstream(file) << "POINTHOUSE-SECRET-KEY,1,api,MER1," << json.at("key_id").get<std::string>()
                      << "," << json.at("seed").get<std::string>() << "\n";
  ::chmod(file.c_str(), 0600);
  const auto secret = load_secret_key(file);
  ASSERT_TRUE(secret.ok()) << secret.error();
  const auto made = sign_parts(parts, *secret, json.at("created").get<std::int64_t>(),
                               json.at("nonce").get<std::string>());
  EXPECT_EQ(made.signature_input, *parts.signature_input);
  EXPECT_EQ(made.signature, *parts.signature);
  fs::remove_all(name);
}

INSTANTIATE_TEST_SUITE_P(All, GoldenRequest, testing::Values("request-1.json", "request-2.json"));

class Signed : public testing::Test {
 protected:
  [[nodiscard]] SignedParts parts(std::int64_t created = kNow, const std::string& nonce = kNonce,
                                  const SecretKey* by = nullptr) const {
    SignedParts made{.method = "POST",
                     .path = "/v1/holds",
                     .content_digest = content_digest(sha256(as_bytes("{}"))),
                     .idempotency_key = "MER1/20260305/A-17"};
    const auto headers = sign_parts(made, by == nullptr ? key_ : *by, created, nonce);
    made.signature_input = headers.signature_input;
    made.signature = headers.signature;
    return made;
  }
  // `OK`, or the problem's word.
  std::string judged(const SignedParts& parts, std::int64_t now = kNow, BusinessDate day = kDay) {
    const auto signer = judge_.judge(parts, now, day);
    return signer ? "OK" : std::string(row_of(signer.error().code).word);
  }

  SecretKey key_ = SecretKey::generate(KeyRole::kApi, "MER1");
  SignatureJudge judge_{ApiKeys(registry_of(key_.open().key, kDay.plus_days(2))), {}};
};

TEST_F(Signed, IsTakenOnce) {
  EXPECT_EQ(judged(parts()), "OK");
  EXPECT_EQ(judged(parts()), "NONCE_SEEN");
  EXPECT_EQ(judged(parts(kNow + 1)), "NONCE_SEEN");  // The nonce, whatever else is new.
  EXPECT_EQ(judged(parts(kNow, "another-nonce-0123456")), "OK");
}

TEST_F(Signed, FailsWithAnyPartChanged) {
  const auto changed = [this](auto change) {
    SignedParts made = parts();
    change(made);
    return judged(made);
  };
  EXPECT_EQ(changed([](SignedParts& p) { p.method = "PUT"; }), "SIGNATURE_WRONG");
  EXPECT_EQ(changed([](SignedParts& p) { p.path = "/v1/refunds"; }), "SIGNATURE_WRONG");
  EXPECT_EQ(
      changed([](SignedParts& p) { p.content_digest = content_digest(sha256(as_bytes("{ }"))); }),
      "SIGNATURE_WRONG");
  EXPECT_EQ(changed([](SignedParts& p) { p.idempotency_key = "MER1/20260305/A-18"; }),
            "SIGNATURE_WRONG");
  EXPECT_EQ(changed([](SignedParts& p) { p.query = "?x=1"; }), "SIGNATURE_COMPONENTS");
  EXPECT_EQ(changed([](SignedParts& p) { p.query = "?"; }), "SIGNATURE_COMPONENTS");
  EXPECT_EQ(changed([](SignedParts& p) { p.content_digest.reset(); }), "SIGNATURE_COMPONENTS");
  EXPECT_EQ(changed([](SignedParts& p) { p.idempotency_key.reset(); }), "SIGNATURE_COMPONENTS");
  EXPECT_EQ(changed([](SignedParts& p) { p.signature.reset(); }), "SIGNATURE_MISSING");
  EXPECT_EQ(changed([](SignedParts& p) { p.signature_input.reset(); }), "SIGNATURE_MISSING");
  // Each byte of what says what was signed, and each of the signature.
  const SignedParts good = parts();
  for (std::size_t i = 0; i < good.signature_input->size(); ++i) {
    EXPECT_NE(changed([i](SignedParts& p) { (*p.signature_input)[i] ^= 1; }), "OK") << i;
  }
  for (std::size_t i = 0; i < good.signature->size(); ++i) {
    EXPECT_NE(changed([i](SignedParts& p) { (*p.signature)[i] ^= 1; }), "OK") << i;
  }
  EXPECT_EQ(judge_.nonces().size(), 0U);  // What is refused uses no nonce up.
  EXPECT_EQ(judged(good), "OK");
}

TEST_F(Signed, CountsFor300SecondsAndMayBe60Ahead) {
  EXPECT_EQ(judged(parts(kNow - 301)), "SIGNATURE_OLD");
  EXPECT_EQ(judged(parts(kNow + 61)), "SIGNATURE_NEW");
  EXPECT_EQ(judged(parts(kNow - 300, "nonce-of-the-oldest-one")), "OK");
  EXPECT_EQ(judged(parts(kNow + 60, "nonce-of-the-newest-one")), "OK");
  // To the last second in which it could be taken again.
  EXPECT_EQ(judged(parts(kNow + 60, "nonce-of-the-newest-one"), kNow + 360), "NONCE_SEEN");
  EXPECT_EQ(judged(parts(kNow + 60, "nonce-of-the-newest-one"), kNow + 361), "SIGNATURE_OLD");
}

TEST_F(Signed, IsOfAKeyThatCountsOnTheDay) {
  const SecretKey other = SecretKey::generate(KeyRole::kApi, "MER1");
  EXPECT_EQ(judged(parts(kNow, kNonce, &other)), "SIGNATURE_KEY");
  EXPECT_EQ(judged(parts(), kNow, BusinessDate::of(2026, 3, 4)), "SIGNATURE_KEY");
  EXPECT_EQ(judged(parts(), kNow, kDay.plus_days(2)), "SIGNATURE_KEY");
  EXPECT_EQ(judged(parts(), kNow, kDay.plus_days(1)), "OK");
  judge_.set_keys(ApiKeys(registry_of(other.open().key)));
  EXPECT_EQ(judged(parts(kNow, "another-nonce-0123456")), "SIGNATURE_KEY");
  EXPECT_EQ(judged(parts(kNow, "another-nonce-0123456", &other)), "OK");
}

TEST_F(Signed, MayListItsPartsInAnyOrder) {
  SignedParts made = parts();
  SignatureParameters parameters = *parse_signature_input(*made.signature_input);
  std::swap(parameters.covered.front(), parameters.covered.back());
  parameters.text =
      "(\"idempotency-key\" \"@path\" \"content-digest\" \"@method\");alg=\"ed25519\";keyid=\"" +
      key_id(key_.open().key) + "\";nonce=\"" + kNonce + "\";created=" + std::to_string(kNow);
  made.signature_input = "*a.b-c_1=" + parameters.text;
  const auto parsed = parse_signature_input(*made.signature_input);
  ASSERT_TRUE(parsed.ok()) << parsed.error().detail;
  const RawSignature raw = key_.sign_request(*signature_base(made, *parsed));
  std::string text = sign_parts(made, key_, kNow, kNonce).signature;  // For its form.
  EXPECT_FALSE(parse_signature_field(text, "*a.b-c_1").has_value());
  EXPECT_EQ(*parse_signature_field(text, "sig1"),
            key_.sign_request(sign_parts(made, key_, kNow, kNonce).base));
  EXPECT_TRUE(verifies_request(raw, key_.open().key, *signature_base(made, *parsed)));
}

TEST(SignatureInput, HasOneForm) {
  const std::string good =
      "sig1=(\"@method\" \"@path\");created=1772683207;nonce=\"nonce-of-24-characters-0\";"
      "keyid=\"0123456789abcdef\";alg=\"ed25519\"";
  ASSERT_TRUE(parse_signature_input(good).ok());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& bad : std::vector<std::string>{
           "",
           "sig1",
           "sig1=",
           "=()",
           with("sig1=", "Sig1="),
           with("sig1=", "sig1 ="),
           with("sig1=", "sig1=" + std::string(40, 'a') + "="),
           with("\" \"", "\"  \""),
           with("\" \"", "\"\""),
           with("(\"", "( \""),
           with("\")", "\" )"),
           with("\"@path\"", "\"@method\""),
           with("\"@path\"", "\"@path\";sf"),
           with("\"@path\"", "@path"),
           with("\"@path\"", "\"\""),
           with(";created", "; created"),
           with("created=1772683207;", ""),
           with("1772683207", "01772683207"),
           with("1772683207", "-1772683207"),
           with("1772683207", "1772683207.0"),
           with("1772683207", "\"1772683207\""),
           with("1772683207", "177268320799"),
           with("nonce-of-24-characters-0", "short"),
           with("nonce-of-24", "nonce of 24"),
           with("nonce-of-24", std::string(60, 'a')),
           with("keyid=\"0123456789abcdef\";", ""),
           with("0123456789abcdef", "0123456789abcde"),
           with("ed25519", "rsa-pss-sha512"),
           with(";alg=\"ed25519\"", ""),
           good + ";alg=\"ed25519\"",
           good + ";tag=\"x\"",
           good + ";expires=1772683208",
           good + ";",
           good + " ",
           " " + good,
           good + ", " + good,
           with("created=1772683207", "created=1772683207;created=1772683207")}) {
    EXPECT_FALSE(parse_signature_input(bad).ok()) << bad;
  }
}

TEST(ContentDigest, IsOneSha256InOneForm) {
  const std::string good = content_digest(sha256(as_bytes("{}")));
  EXPECT_EQ(good, "sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:");
  EXPECT_EQ(parse_content_digest(good), sha256(as_bytes("{}")));
  for (const std::string& bad : std::vector<std::string>{
           "", "sha-256=:", "sha-256=::", good + ", " + good, " " + good, good + ";a",
           "sha-512=" + good.substr(8), "SHA-256=" + good.substr(8),
           good.substr(0, good.size() - 2) + ":", good.substr(0, good.size() - 3) + "p=:"}) {
    EXPECT_FALSE(parse_content_digest(bad).has_value()) << bad;
  }
}

TEST(NonceStore, ForgetsWhatCannotComeAgainAndNeverMoreThanThat) {
  NonceStore store({.all = 5, .of_a_participant = 3});
  using Taken = NonceStore::Taken;
  EXPECT_EQ(store.take("a", "1", 100, 50), Taken::kYes);
  EXPECT_EQ(store.take("a", "2", 101, 50), Taken::kYes);
  EXPECT_EQ(store.take("a", "3", 99, 50), Taken::kYes);
  EXPECT_EQ(store.take("a", "4", 100, 50), Taken::kFull);  // What was taken is still known.
  EXPECT_EQ(store.take("a", "1", 100, 50), Taken::kSeen);
  EXPECT_EQ(store.take("b", "1", 100, 50), Taken::kYes);  // Another key's.
  EXPECT_EQ(store.take("b", "2", 100, 50), Taken::kYes);
  EXPECT_EQ(store.take("b", "3", 100, 50), Taken::kFull);  // Of all.
  EXPECT_EQ(store.take("a", "3", 200, 99), Taken::kSeen);
  EXPECT_EQ(store.take("a", "3", 200, 100), Taken::kYes);
  EXPECT_EQ(store.size(), 5U);
  EXPECT_EQ(store.take("a", "1", 200, 101), Taken::kYes);
  EXPECT_EQ(store.size(), 3U);
}

}  // namespace PH_FILE
}  // namespace ph
