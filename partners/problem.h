// What is answered when a partner's request isn't carried out: a stable code, and for each code its
// status, what to do now, and whether the key may be used again (docs/partners.md, section 6, has
// the same table; schema/openapi.yaml the codes).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "platform/http/problem.h"

namespace ph {

// Never renumbered or used again: programs of partners know the words.
enum class ProblemCode : std::uint8_t {
  // The bytes of HTTP
  kHttpSyntax,
  kNoSuchPath,
  kMethod,
  kTooSlow,
  kLengthRequired,
  kTooLarge,
  kHeaderTooLarge,
  kWrongHost,
  kContentType,
  // The request's content
  kJsonSyntax,
  kFieldUnknown,
  kFieldTwice,
  kFieldMissing,
  kFieldType,
  kFieldSyntax,
  kFieldRange,
  kKeyMissing,
  kKeySyntax,
  kKeyDate,
  kKeyParticipant,
  // Its signature
  kDigestMissing,
  kDigestSyntax,
  kDigestWrong,
  kSignatureMissing,
  kSignatureSyntax,
  kSignatureComponents,
  kSignatureKey,
  kSignatureWrong,
  kSignatureOld,
  kSignatureNew,
  kNonceSeen,
  // Refused by who decides, and recorded: a repeat gets the same answer
  kIdTaken,
  kTooOld,
  kNotHome,
  kClosed,
  kUnknownParent,
  kHoldEnded,
  kHoldOpen,
  kMoveOpen,
  kAlreadyRefunded,
  kWholeOnly,
  kExceedsParent,
  kInsufficientPoints,
  kNotAllowed,
  kNoContract,
  kRate,
  kCapReached,
  kInvalid,
  kDayTaken,
  // A look-up found nothing
  kUnknownTransaction,
  kUnknownDay,
  // Not decided, or not asked yet
  kUndecided,
  kUnavailable,
  kClocksDiffer,
  kTooMany,
  kInternal,
};

using http::Repeat;
using ProblemRow = http::ProblemRow<ProblemCode>;

// All of them, in the order of the enumeration.
[[nodiscard]] std::span<const ProblemRow> problem_rows();
[[nodiscard]] const ProblemRow& row_of(ProblemCode code);
[[nodiscard]] std::optional<ProblemCode> problem_code(std::string_view word);

struct Problem {
  ProblemCode code{};
  std::string detail{};  // about this request, for people; may be empty
  std::string field{};   // of the body, the query or the header; may be empty
};
[[nodiscard]] inline Problem problem(ProblemCode code, std::string detail, std::string field = {}) {
  return {code, std::move(detail), std::move(field)};
}

// What a server's own refusal of a request, by its status, is called.
[[nodiscard]] ProblemCode problem_of_status(int status);

}  // namespace ph
