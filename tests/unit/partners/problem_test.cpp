// Each problem has one row, and docs and schema say the same.
#include "partners/problem.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/support/checkout.h"

namespace ph {
namespace PH_FILE {

TEST(Problems, AreInTheirOrderAndNamedOnce) {
  std::set<std::string_view> words;
  for (const ProblemRow& row : problem_rows()) {
    EXPECT_EQ(&row_of(row.code), &row);
    EXPECT_TRUE(words.insert(row.word).second) << row.word;
    EXPECT_EQ(problem_code(row.word), row.code);
    EXPECT_FALSE(row.what_now.empty());
  }
  EXPECT_EQ(words.size(), static_cast<std::size_t>(ProblemCode::kInternal) + 1);
  EXPECT_FALSE(problem_code("").has_value());
}

TEST(Problems, StandInTheDocumentAsTheyAre) {
  const std::string page = test::checkout_text("docs/partners.md");
  const std::string schema = test::checkout_text("schema/openapi.yaml");
  for (const ProblemRow& row : problem_rows()) {
    const std::string line = "| `" + std::string(row.word) + "` | " + std::to_string(row.status) +
                             " | `" + std::string(word(row.repeat)) + "` | " +
                             std::string(row.title) + " | " + std::string(row.what_now) + " |\n";
    EXPECT_NE(page.find(line), std::string::npos) << line;
    EXPECT_NE(schema.find("- " + std::string(row.word) + "\n"), std::string::npos) << row.word;
  }
}

// Whoever is told to repeat it isn't told that it was recorded, and the other way round.
TEST(Problems, SayWhetherTheKeyMayBeUsedAgainAsTheirStatusDoes) {
  for (const ProblemRow& row : problem_rows()) {
    if (row.status >= 500 || row.status == 429) {
      EXPECT_EQ(row.repeat, Repeat::kSameKey) << row.word;
    }
    if (row.status == 422 || row.status == 409) {
      EXPECT_EQ(row.repeat, Repeat::kNewKey) << row.word;
    }
    if (row.status == 400) {
      EXPECT_EQ(row.repeat, Repeat::kAfterCorrection) << row.word;
    }
  }
  for (const int status : {400, 404, 405, 408, 411, 413, 421, 431, 500, 503}) {
    EXPECT_EQ(row_of(problem_of_status(status)).status, status);
  }
}

}  // namespace PH_FILE
}  // namespace ph
