// JSON that is written as it comes says what a reader understands, whatever stands in a text.
#include "platform/http/json_writer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "platform/http/problem.h"

namespace ph::http {
namespace PH_FILE {

TEST(JsonWriter, WritesObjectsAndListsInTheirOrder) {
  JsonWriter json;
  json.add("b", std::int64_t{-3});
  json.begin_list("empty");
  json.end_list();
  json.begin_list("rows");
  for (const std::int64_t n : {1, 2}) {
    json.begin_object();
    json.add("n", n);
    json.add("t", "x");
    json.end_object();
  }
  json.end_list();
  json.add("a", std::int64_t{9'000'000'000'000'000});
  EXPECT_EQ(json.take(),
            "{\"b\":-3,\"empty\":[],\"rows\":[{\"n\":1,\"t\":\"x\"},{\"n\":2,\"t\":\"x\"}],"
            "\"a\":9000000000000000}\n");
  EXPECT_EQ(JsonWriter().take(), "{}\n");
}

TEST(JsonWriter, EscapesAndReplacesWhatNoTextMayHold) {
  const std::string text = std::string("a\"\\\n\x01\x7f星") + "\xff" + std::string(1, '\0') + "z";
  EXPECT_EQ(json_text(text), "\"a\\\"\\\\\\u000a\\u0001\x7f星\xEF\xBF\xBD\\u0000z\"");
  for (int first = 0; first < 256; ++first) {
    const std::string one{static_cast<char>(first), 'b'};
    EXPECT_TRUE(nlohmann::json::accept(json_text(one))) << first;
  }
  EXPECT_EQ(nlohmann::json::parse(json_text("积分 \"x\"")).get<std::string>(), "积分 \"x\"");
}

TEST(ProblemText, HasWhatThereIsAndNothingElse) {
  const ProblemView problem{
      .status = 404, .word = "NOT_HOME", .title = "T", .what_now = "W", .repeat = "SAME_KEY"};
  EXPECT_EQ(problem_text(problem),
            "{\"type\":\"urn:pointhouse:problem:NOT_HOME\",\"title\":\"T\",\"status\":404,"
            "\"code\":\"NOT_HOME\",\"what_now\":\"W\",\"repeat\":\"SAME_KEY\"}\n");
  ProblemView more = problem;
  more.detail = "d";
  more.field = "f";
  more.id = "i";
  const auto json = nlohmann::json::parse(problem_text(more));
  EXPECT_EQ(json.at("detail"), "d");
  EXPECT_EQ(json.at("field"), "f");
  EXPECT_EQ(json.at("id"), "i");
  EXPECT_EQ(problem_response(problem, 2).retry_after_seconds, 2);
}

}  // namespace PH_FILE
}  // namespace ph::http
