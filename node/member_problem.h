// What is answered when a channel's request isn't answered: a stable code, and for each code its
// status, what to do now, and whether the same may be sent again (docs/members.md, section 7, has
// the same table; schema/member.yaml the codes).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/home/return_code.h"
#include "platform/http/problem.h"

namespace ph {

// Never renumbered or used again: programs of channels know the words.
enum class MemberProblem : std::uint8_t {
  // The bytes of HTTP
  kHttpSyntax,
  kNoSuchPath,
  kMethod,
  kTooSlow,
  kLengthRequired,
  kTooLarge,
  kHeaderTooLarge,
  kWrongHost,
  // Who asks, and what
  kNoToken,
  kTooMany,
  kScope,
  kChannel,
  kContentType,
  kJsonSyntax,
  kInvalid,
  kNotHome,
  kNoProgramme,
  kUnknownTransaction,
  // Under the id of a request
  kIdTaken,
  kCopy,
  kTooOld,
  kClosed,
  kMerged,
  kNoAccount,
  kUnknownName,
  kUnknownParent,
  kNotEntitled,
  kNotReached,
  kOnePerson,
  kState,
  kNothingMissing,
  kPrice,
  kOutOfStock,
  kZeroPoints,
  kInsufficientPoints,
  kBlacklisted,
  kInArrears,
  kNewAccount,
  kEarnedTooLittle,
  kOverSingle,
  kOverDaily,
  kHoldEnded,
  kAlreadyRefunded,
  kWholeOnly,
  kMoveOpen,
  // Not now
  kUnavailable,
  kInternal,
};

using MemberProblemRow = http::ProblemRow<MemberProblem>;

// All of them, in the order of the enumeration.
[[nodiscard]] std::span<const MemberProblemRow> member_problem_rows();
[[nodiscard]] const MemberProblemRow& row_of(MemberProblem code);
// `field`: of the path, the query, the body or the header; `detail` is about this request, for
// people. `id`: the request's.
[[nodiscard]] http::Response member_problem(MemberProblem code, std::string_view detail = {},
                                            std::string_view field = {}, std::string_view id = {});
// NOT_HOME as a home's decision, recorded under the id: another attempt needs another one.
[[nodiscard]] http::Response recorded_not_home(std::string_view id);
// What a home answered to a row that came live; of none that was done.
[[nodiscard]] MemberProblem member_problem_of(ReturnCode code);
// The server's own refusals, as problems.
[[nodiscard]] http::Response member_refusal(int status, std::string_view what);

}  // namespace ph
