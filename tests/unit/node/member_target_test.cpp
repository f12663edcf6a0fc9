// The paths of the member service: what each means, and that page and schema have the same ones.
#include "node/member_target.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "core/home/carried_out.h"
#include "core/home/member_columns.h"
#include "tests/support/checkout.h"

namespace ph {
namespace PH_FILE {

using Asked = std::set<std::pair<std::string, std::string>>;  // method, path

std::string with(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

Asked router() {
  Asked out;
  for (const MemberAskRow& row : member_ask_rows()) {
    EXPECT_EQ(&row_of(row.ask), &row);
    out.emplace(row.method, row.path);
  }
  return out;
}

// `  /v1/...:` and below it `    get:` or `    post:`.
Asked schema() {
  Asked out;
  std::string path;
  std::istringstream lines(test::checkout_text("schema/member.yaml"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  /v1/")) {
      path = with(line.substr(2, line.size() - 3), "{code}/{day}/{reference}", "{id}");
    } else if (line == "    get:" || line == "    post:") {
      out.emplace(line == "    get:" ? "GET" : "POST", path);
    } else if (line == "components:") {
      path.clear();
    }
  }
  return out;
}

TEST(MemberPaths, AreThoseOfTheSchema) {
  EXPECT_EQ(router(), schema());
}

TEST(MemberPaths, StandInThePageWithTheirScope) {
  const std::string page = test::checkout_text("docs/members.md");
  for (const MemberAskRow& row : member_ask_rows()) {
    std::string shown = std::string(row.method) + " " + std::string(row.path);
    shown += row.ask == MemberAsk::kCatalogue ? "?member={number}" : "";
    const std::string scope = row.ask == MemberAsk::kHealth
                                  ? "none, no token either"
                                  : "`" + std::string(word(row.scope)) + "`";
    EXPECT_NE(page.find("| `" + shown + "` | " + scope), std::string::npos) << shown << scope;
  }
}

TEST(MemberPaths, TakeAllRowsOfStaffThatComeLive) {
  std::set<std::string> kinds;
  for (std::uint8_t n = kMemberKindFirst; n <= kMemberKindLast; ++n) {
    const auto kind = static_cast<MemberKind>(n);
    const std::string path = "/v1/staff/" + std::string(word(kind));
    const auto target = member_target("POST", path);
    EXPECT_EQ(target.ok(), staff_scope(kind).has_value()) << path;
    if (target) {
      EXPECT_TRUE(comes_live(kind) && carried_out(kind));
      EXPECT_EQ(target->kind, kind);
      EXPECT_EQ(target->scope, *staff_scope(kind));
      kinds.insert(std::string(word(kind)));
    }
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"CALL", "COMPLAINT_END", "ORDER_STATE", "REGISTER_END",
                                          "VIP_DECIDE", "VIP_PROPOSE"}));
}

TEST(MemberPaths, HaveNumbersAndIdsAsTheyStand) {
  const std::string order = "/v1/orders/P01/20260305/W-17";
  EXPECT_EQ(member_target("GET", order)->id, "P01/20260305/W-17");
  EXPECT_EQ(member_target("POST", order + "/complaints")->id, "P01/20260305/W-17");
  EXPECT_EQ(member_target("POST", "/v1/members/12/claims")->number, "12");
  for (const std::string& path :
       {std::string("/v1/orders/P01/20260305"), std::string("/v1/orders"), order + "/x",
        std::string("/v1/orders/P01//W-17"), std::string("/v1/orders/P01/20260305/"),
        order + "/complaints/", std::string("/v1/staff"), std::string("/v1/staff/"),
        std::string("/v1/staff/call"), std::string("/v1/staff/CALL/x"), std::string("xv1/health"),
        std::string(), std::string("v1/health")}) {
    const auto target = member_target("GET", path);
    ASSERT_FALSE(target.ok()) << path;
    EXPECT_EQ(target.error().status, 404) << path;
  }
  EXPECT_EQ(member_target("GET", order + "/complaints").error().allow, "POST");
  EXPECT_EQ(member_target("POST", "/v1/staff/open").error().allow, "GET");
}

}  // namespace PH_FILE
}  // namespace ph
