#include "node/member_problem.h"

#include "core/types/check.h"
#include "platform/http/problem.h"

namespace ph {

namespace {

constexpr std::string_view kFix = "AFTER_CORRECTION";
constexpr std::string_view kAgain = "SAME_KEY";
constexpr int kLaterSeconds = 1;
using enum MemberProblem;

constexpr MemberProblemRow kRows[] = {
    {kHttpSyntax, "HTTP_SYNTAX", 400, kFix, "The request isn't HTTP/1.1 as it should be",
     "correct the program or the proxy that wrote it"},
    {kNoSuchPath, "NO_SUCH_PATH", 404, kFix, "There is nothing under this path",
     "check the path against the list of paths; a number in it is written as it is"},
    {kMethod, "METHOD", 405, kFix, "Not with this method",
     "use a method that the header Allow names"},
    {kTooSlow, "TOO_SLOW", 408, kAgain, "The request took too long to arrive", "send it again"},
    {kLengthRequired, "LENGTH_REQUIRED", 411, kFix, "A body needs a Content-Length",
     "send a look-up without a body"},
    {kTooLarge, "TOO_LARGE", 413, kFix, "The body is too large", "send a look-up without a body"},
    {kHeaderTooLarge, "HEADER_TOO_LARGE", 431, kFix, "The header is too large",
     "send 8 KiB of header in 64 fields at most"},
    {kWrongHost, "WRONG_HOST", 421, kFix, "This server has another name",
     "use the name that the province gave you"},
    {kNoToken, "NO_TOKEN", 401, kFix, "No channel has this token today",
     "send Authorization: Bearer and your token; ask the node's operator from which day to which "
     "it counts"},
    {kTooMany, "TOO_MANY", 429, kAgain, "More requests in a second than this channel has",
     "send it again after Retry-After, and fewer in a second; or have the limit raised"},
    {kScope, "SCOPE", 403, kFix, "This channel may not ask this",
     "ask the node's operator for the scope"},
    {kInvalid, "INVALID", 400, kFix, "Something of the request isn't as it should be",
     "correct the field; a member number has 14 digits, the last of them its check digit"},
    {kNotHome, "NOT_HOME", 404, kFix, "The member isn't at home here",
     "check the number; if it is right, ask the service of the member's home"},
    {kUnavailable, "UNAVAILABLE", 503, kAgain, "The node can't answer now",
     "send it again after Retry-After"},
    {kInternal, "INTERNAL", 500, kAgain, "This is a fault of ours",
     "send it again; then call the node's operator"},
};

// A timeout of ours is no fault of the caller's.
constexpr int kGatewayTimeout = 504;

}  // namespace

std::span<const MemberProblemRow> member_problem_rows() {
  return kRows;
}

const MemberProblemRow& row_of(MemberProblem code) {
  const MemberProblemRow& row = member_problem_rows()[static_cast<std::size_t>(code)];
  check(row.code == code, "a row for each code, in their order");
  return row;
}

http::Response member_problem(MemberProblem code, std::string_view detail, std::string_view field) {
  const MemberProblemRow& row = row_of(code);
  const bool later = code == kUnavailable || code == kTooMany;
  http::Response response = http::problem_response({.status = row.status,
                                                    .word = row.word,
                                                    .title = row.title,
                                                    .what_now = row.what_now,
                                                    .repeat = row.repeat,
                                                    .detail = detail,
                                                    .field = field},
                                                   later ? kLaterSeconds : 0);
  if (code == kNoToken) response.authenticate = "Bearer";
  return response;
}

http::Response member_refusal(int status, std::string_view what) {
  if (status == kGatewayTimeout) return member_problem(kUnavailable, what);
  for (const MemberProblemRow& row : kRows) {
    const bool the_servers = row.code <= kWrongHost || row.code >= kUnavailable;
    if (the_servers && row.status == status) return member_problem(row.code, what);
  }
  return member_problem(kHttpSyntax, what);
}

}  // namespace ph
