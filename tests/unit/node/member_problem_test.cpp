// Each problem of the member service has one row, and page and schema say the same.
#include "node/member_problem.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/support/checkout.h"

namespace ph {
namespace PH_FILE {

TEST(MemberProblems, StandInTheDocumentAsTheyAre) {
  const std::string page = test::checkout_text("docs/members.md");
  const std::string schema = test::checkout_text("schema/member.yaml");
  std::set<std::string_view> words;
  for (const MemberProblemRow& row : member_problem_rows()) {
    EXPECT_EQ(&row_of(row.code), &row);
    EXPECT_TRUE(words.insert(row.word).second) << row.word;
    const std::string line = "| `" + std::string(row.word) + "` | " + std::to_string(row.status) +
                             " | `" + std::string(word(row.repeat)) + "` | " +
                             std::string(row.title) + " | " + std::string(row.what_now) + " |\n";
    EXPECT_NE(page.find(line), std::string::npos) << line;
    EXPECT_NE(schema.find("- " + std::string(row.word) + "\n"), std::string::npos) << row.word;
  }
  EXPECT_EQ(words.size(), static_cast<std::size_t>(MemberProblem::kInternal) + 1);
}

TEST(MemberProblems, OfTheServerKeepTheirStatus) {
  for (const int status : {400, 404, 405, 408, 411, 413, 421, 431, 500, 503}) {
    const http::Response answer = member_refusal(status, "what");
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.content_type, "application/problem+json");
  }
  EXPECT_NE(member_refusal(404, "").body.find("NO_SUCH_PATH"), std::string::npos);
  EXPECT_NE(member_refusal(400, "").body.find("HTTP_SYNTAX"), std::string::npos);
  EXPECT_NE(member_refusal(504, "").body.find("UNAVAILABLE"), std::string::npos);
  EXPECT_EQ(member_refusal(505, "").status, 400);
}

TEST(MemberProblems, SayWhenToComeBackAndHowToSignIn) {
  EXPECT_EQ(member_problem(MemberProblem::kTooMany).retry_after_seconds, 1);
  EXPECT_EQ(member_problem(MemberProblem::kUnavailable).retry_after_seconds, 1);
  EXPECT_EQ(member_problem(MemberProblem::kScope).retry_after_seconds, 0);
  EXPECT_EQ(member_problem(MemberProblem::kNoToken).authenticate, "Bearer");
  EXPECT_EQ(member_problem(MemberProblem::kScope).authenticate, "");
}

}  // namespace PH_FILE
}  // namespace ph
