#include "node/member_problem.h"

namespace ph {

namespace {

constexpr auto kFix = http::Repeat::kAfterCorrection;
constexpr auto kAgain = http::Repeat::kSameKey;
constexpr auto kNew = http::Repeat::kNewKey;
constexpr int kLaterSeconds = 1;
using enum MemberProblem;

constexpr MemberProblemRow kRows[] = {
    {kHttpSyntax, "HTTP_SYNTAX", 400, kFix, "The request isn't HTTP/1.1 as it should be",
     "correct the program or the proxy that wrote it"},
    {kNoSuchPath, "NO_SUCH_PATH", 404, kFix, "There is nothing under this path",
     "check the path against the list of paths; a number in it is written as it is"},
    {kMethod, "METHOD", 405, kFix, "Not with this method",
     "use a method that the header Allow names"},
    {kTooSlow, "TOO_SLOW", 408, kAgain, "The request took too long to arrive",
     "send it again, a request under the same key"},
    {kLengthRequired, "LENGTH_REQUIRED", 411, kFix, "A body needs a Content-Length",
     "send a look-up without a body, a request with Content-Length and without chunks"},
    {kTooLarge, "TOO_LARGE", 413, kFix, "The body is too large",
     "send a look-up without a body, a request with 4 KiB at most"},
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
    {kChannel, "CHANNEL", 403, kFix, "This benefit isn't claimed through this channel",
     "send the customer to a channel that the entitlement names"},
    {kContentType, "CONTENT_TYPE", 415, kFix, "The body is of another type",
     "send application/json"},
    {kJsonSyntax, "JSON_SYNTAX", 400, kFix, "The body isn't one JSON object",
     "send one object in UTF-8 with texts, whole numbers and flags, and nothing else"},
    {kInvalid, "INVALID", 400, kFix, "Something of the request isn't as it should be",
     "correct what field and detail name; a member number has 14 digits, the last its check digit"},
    {kNotHome, "NOT_HOME", 404, kFix, "The member isn't at home here",
     "check the number; if it is right, ask the service of the member's home"},
    {kNoProgramme, "NO_PROGRAMME", 404, kFix, "The province runs no programme today",
     "ask the node's operator from which day on it does"},
    {kUnknownTransaction, "UNKNOWN_TRANSACTION", 404, kAgain, "There is no such order",
     "check the id; if it is right, nothing happened under it: send the order, or send it again"},
    {kIdTaken, "ID_TAKEN", 409, kNew, "The id stands for another request",
     "take a reference that you never used; give each channel and each machine its own"},
    {kCopy, "COPY", 409, http::Repeat::kNothing,
     "A file of the province has carried this out already", "look the member up: it is done"},
    {kTooOld, "TOO_OLD", 422, kNew, "The id, or what it cites, is more than 90 days old",
     "ask anew under an id of today; what is older staff brings by file"},
    {kClosed, "CLOSED", 422, kNew, "The member has left the network",
     "tell the customer; there is nothing left to ask for"},
    {kMerged, "MERGED", 422, kNew, "The number was merged into another",
     "use the customer's other number"},
    {kNoAccount, "NO_ACCOUNT", 422, kNew, "The account isn't known as this member's",
     "check the account; a new one comes with the province's file of the day"},
    {kUnknownName, "UNKNOWN_NAME", 422, kNew, "The programme in force has nothing of this name",
     "take names from the catalogue, the entitlements, the province's programme of today"},
    {kUnknownParent, "UNKNOWN_PARENT", 422, kNew, "What the request cites isn't known",
     "check the id that the body or the path cites: an order, a complaint, a proposal, a "
     "registration"},
    {kNotEntitled, "NOT_ENTITLED", 422, kNew,
     "The member's level doesn't have it, or nothing is left",
     "show the customer his entitlements, or the catalogue"},
    {kNotReached, "NOT_REACHED", 422, kNew, "The standard isn't reached, or the level isn't above",
     "other 12 months may reach it; what isn't above his level, or isn't applied for, never does"},
    {kOnePerson, "ONE_PERSON", 422, kNew, "Who proposed it may not decide it",
     "have another officer decide"},
    {kState, "STATE", 422, kNew, "It can't become this now, or its time is over",
     "look the order up, or what is open, and do what its state allows"},
    {kNothingMissing, "NOTHING_MISSING", 422, kNew, "Nothing is missing of this bill month",
     "tell the customer: it gave its points, is too old, or has no bill yet"},
    {kPrice, "PRICE", 422, kNew, "The item isn't sold so now",
     "take points, cash, quantity and hours from the catalogue of this moment"},
    {kOutOfStock, "OUT_OF_STOCK", 422, kNew, "There aren't that many pieces", "offer another item"},
    {kZeroPoints, "ZERO_POINTS", 422, kNew, "It would take no points", "order for points above 0"},
    {kInsufficientPoints, "INSUFFICIENT_POINTS", 422, kNew, "The member hasn't that many points",
     "show the customer his balance"},
    {kBlacklisted, "BLACKLISTED", 422, kNew, "The member may not redeem",
     "send the customer to staff"},
    {kInArrears, "IN_ARREARS", 422, kNew, "An account of the member is suspended",
     "tell the customer that he can redeem once it is paid"},
    {kNewAccount, "NEW_ACCOUNT", 422, kNew, "The member joined too short a time ago",
     "tell the customer to come back later"},
    {kEarnedTooLittle, "EARNED_TOO_LITTLE", 422, kNew, "The member hasn't earned enough yet",
     "tell the customer how many points have to be earned before the first redemption"},
    {kOverSingle, "OVER_SINGLE", 422, kNew, "More than one redemption may take", "order less"},
    {kOverDaily, "OVER_DAILY", 422, kNew, "More than a day's redemptions may take",
     "order less, or tomorrow"},
    {kHoldEnded, "HOLD_ENDED", 422, kNew, "The order's points aren't held any more",
     "look the order up"},
    {kAlreadyRefunded, "ALREADY_REFUNDED", 422, kNew, "It was given back already",
     "look the order up: nothing is left to give back"},
    {kWholeOnly, "WHOLE_ONLY", 422, kNew, "Some of it was given back already",
     "call the node's operator: a gift is given back whole"},
    {kMoveOpen, "MOVE_OPEN", 422, kNew, "The member is on his way to another province",
     "ask again under a new id once he has arrived"},
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
  return http::row_of(member_problem_rows(), code);
}

http::Response member_problem(MemberProblem code, std::string_view detail, std::string_view field,
                              std::string_view id) {
  http::ProblemView view = http::view_of(row_of(code));
  view.detail = detail;
  view.field = field;
  view.id = id;
  const bool later = code == kUnavailable || code == kTooMany;
  http::Response response = http::problem_response(view, later ? kLaterSeconds : 0);
  if (code == kNoToken) response.authenticate = "Bearer";
  return response;
}

http::Response recorded_not_home(std::string_view id) {
  constexpr int kUnprocessable = 422;
  http::ProblemView view = http::view_of(row_of(kNotHome));
  view.status = kUnprocessable;
  view.repeat = word(kNew);
  view.detail = "it was when this id was decided";
  view.id = id;
  return http::problem_response(view);
}

MemberProblem member_problem_of(ReturnCode code) {
  if (code == ReturnCode::kDuplicate) return kIdTaken;
  if (code == ReturnCode::kAgainLater || code == ReturnCode::kRunOpen) return kUnavailable;
  for (const MemberProblemRow& row : kRows) {
    if (row.code > kScope && row.word == ph::word(code)) return row.code;
  }
  return kInternal;  // No row of a member comes back so.
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
