// A target is taken apart strictly, and means one route at most.
#include "platform/http/target.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ph::http {
namespace PH_FILE {

TEST(HttpTarget, IsAPathAndAQuery) {
  const auto target = parse_target("/batches?from=5&sender=P01&empty=&flag&text=a+b%2B%C3%A9");
  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->path, "/batches");
  EXPECT_EQ(target->query, (std::map<std::string, std::string>{{"from", "5"},
                                                               {"sender", "P01"},
                                                               {"empty", ""},
                                                               {"flag", ""},
                                                               {"text", "a b+\xc3\xa9"}}));
  EXPECT_TRUE(parse_target("/")->query.empty());
  EXPECT_TRUE(parse_target("/?")->query.empty());
  EXPECT_TRUE(parse_target("/x?&&")->query.empty());
}

TEST(HttpTarget, IsRefusedWhenItIsNone) {
  for (const std::string bad :
       {"", "x", "*", "http://localhost/x", "/x#y", "/x?a=%", "/x?a=%4", "/x?a=%zz", "/x?a=%00",
        "/x?a=%0a", "/x?%0d=1", "/x?=1", "/x?a=1&a=2", "/x\ty", "/x\x7f"}) {
    EXPECT_FALSE(parse_target(bad).has_value()) << bad;
  }
}

TEST(HttpTarget, DecodesEscapes) {
  EXPECT_EQ(percent_decoded("a%2fb%2F%41", false), "a/b/A");
  EXPECT_EQ(percent_decoded("a+b", false), "a+b");
  EXPECT_EQ(percent_decoded("%1f", false), std::nullopt);
}

class HttpRoutes : public testing::Test {
 protected:
  HttpRoutes() {
    for (const auto& [method, pattern] :
         std::vector<std::pair<std::string, std::string>>{{"GET", "/batches"},
                                                          {"GET", "/batches/{sequence}"},
                                                          {"POST", "/batches/{sequence}"},
                                                          {"POST", "/close"},
                                                          {"GET", "/batches/last"}}) {
      routes_.push_back({method, pattern, {}, {}});
    }
  }
  [[nodiscard]] std::string found(std::string_view method, std::string_view path) const {
    const Match match = match_route(routes_, method, path);
    if (match.route == nullptr) {
      std::string allowed;
      for (const std::string& one : match.allowed)
        allowed += one + ",";
      return allowed;
    }
    return match.route->method + " " + match.route->pattern + " " + match.parameter.value_or("-");
  }
  std::vector<Route> routes_{};
};

TEST_F(HttpRoutes, AreExactOrEndWithOneParameter) {
  EXPECT_EQ(found("GET", "/batches"), "GET /batches -");
  EXPECT_EQ(found("GET", "/batches/5"), "GET /batches/{sequence} 5");
  EXPECT_EQ(found("GET", "/batches/a%2Fb"), "GET /batches/{sequence} a/b");
  EXPECT_EQ(found("GET", "/batches/last"), "GET /batches/last -");
  EXPECT_EQ(found("HEAD", "/batches/5"), "GET /batches/{sequence} 5");
  EXPECT_EQ(found("POST", "/batches/5"), "POST /batches/{sequence} 5");
  for (const std::string_view none : {"/", "/batches/", "/batches/5/6", "/batch", "/close/", ""}) {
    EXPECT_EQ(found("GET", none), "") << none;
  }
}

TEST_F(HttpRoutes, SayWhichMethodsAPathHas) {
  EXPECT_EQ(found("DELETE", "/batches/5"), "GET,HEAD,POST,");
  EXPECT_EQ(found("GET", "/close"), "POST,");
  EXPECT_EQ(found("POST", "/batches/last"), "GET,HEAD,");
}

}  // namespace PH_FILE
}  // namespace ph::http
