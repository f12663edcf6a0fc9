#include "partners/problem.h"

namespace ph {

namespace {

constexpr auto kFix = Repeat::kAfterCorrection;
constexpr auto kAgain = Repeat::kSameKey;
constexpr auto kNew = Repeat::kNewKey;
using enum ProblemCode;

constexpr ProblemRow kRows[] = {
    {kHttpSyntax, "HTTP_SYNTAX", 400, kFix, "The request isn't HTTP/1.1 as it should be",
     "correct the program or the proxy that wrote it"},
    {kNoSuchPath, "NO_SUCH_PATH", 404, kFix, "There is nothing under this path",
     "check the path against the list of paths; ids in it are written as they are"},
    {kMethod, "METHOD", 405, kFix, "Not with this method",
     "use a method that the header Allow names"},
    {kTooSlow, "TOO_SLOW", 408, kAgain, "The request took too long to arrive",
     "send it again, under the same key"},
    {kLengthRequired, "LENGTH_REQUIRED", 411, kFix, "A body needs a Content-Length",
     "send the body with Content-Length and without chunks"},
    {kTooLarge, "TOO_LARGE", 413, kFix, "The body is too large",
     "requests have 1 MiB at most, a day's file 64 MiB; bring a larger file to the inbox"},
    {kHeaderTooLarge, "HEADER_TOO_LARGE", 431, kFix, "The header is too large",
     "send 8 KiB of header in 64 fields at most"},
    {kWrongHost, "WRONG_HOST", 421, kFix, "This server has another name",
     "use the name that the clearing house gave you"},
    {kContentType, "CONTENT_TYPE", 415, kFix, "The body is of another type",
     "send application/json, and a day's file as text/csv"},
    {kJsonSyntax, "JSON_SYNTAX", 400, kFix, "The body isn't one JSON object",
     "send one object in UTF-8, without anything before or after it"},
    {kFieldUnknown, "FIELD_UNKNOWN", 400, kFix, "A field isn't known here",
     "take the field out, or write it as the table of this path does"},
    {kFieldTwice, "FIELD_TWICE", 400, kFix, "A field stands there twice", "write it once"},
    {kFieldMissing, "FIELD_MISSING", 400, kFix, "A field lacks", "add the field"},
    {kFieldType, "FIELD_TYPE", 400, kFix, "A field has another type",
     "write numbers as integers without point and exponent, ids as texts"},
    {kFieldSyntax, "FIELD_SYNTAX", 400, kFix, "A field isn't written as it should be",
     "check the value at its source, its check digit, too"},
    {kFieldRange, "FIELD_RANGE", 400, kFix, "A number is out of its range",
     "check the number and its unit: fen, not yuan; points, not hundreds"},
    {kKeyMissing, "KEY_MISSING", 400, kFix, "The header Idempotency-Key lacks",
     "send the transaction's id in it"},
    {kKeySyntax, "KEY_SYNTAX", 400, kFix, "Idempotency-Key isn't a transaction's id",
     "write <your code>/<YYYYMMDD>/<1 to 24 of A-Z a-z 0-9 ->"},
    {kKeyDate, "KEY_DATE", 400, kFix, "The id's date has not come yet",
     "take today's date, in China's time, for a new transaction"},
    {kKeyParticipant, "KEY_PARTICIPANT", 403, kFix, "The id is another participant's",
     "begin the id with your own code: the one your key is registered for"},
    {kDigestMissing, "DIGEST_MISSING", 400, kFix, "The header Content-Digest lacks",
     "send sha-256=:<base64>: of the body, of an empty one, too"},
    {kDigestSyntax, "DIGEST_SYNTAX", 400, kFix, "Content-Digest isn't one sha-256",
     "write sha-256=:<44 characters of base64>: and nothing else"},
    {kDigestWrong, "DIGEST_WRONG", 400, kFix, "The body isn't the one of Content-Digest",
     "take the digest of exactly the bytes that are sent; no line end may be added on the way"},
    {kSignatureMissing, "SIGNATURE_MISSING", 401, kFix, "The request isn't signed",
     "send Signature-Input and Signature"},
    {kSignatureSyntax, "SIGNATURE_SYNTAX", 401, kFix, "The signature's headers can't be read",
     "write them as docs/partners.md, section 4, has them, without blanks of your own"},
    {kSignatureComponents, "SIGNATURE_COMPONENTS", 401, kFix,
     "The signature is about other parts of the request",
     "cover @method, @path, @query when there is a ?, content-digest and idempotency-key when "
     "sent"},
    {kSignatureKey, "SIGNATURE_KEY", 401, kFix, "No key of this keyid counts today",
     "check keyid, and with the clearing house from which day your key is registered"},
    {kSignatureWrong, "SIGNATURE_WRONG", 401, kFix, "The signature doesn't hold",
     "compare your signature base with `pointhouse sign-request --base`, byte for byte"},
    {kSignatureOld, "SIGNATURE_OLD", 401, kFix, "The signature is older than 300 seconds",
     "set your clock, then sign the request anew under the same Idempotency-Key"},
    {kSignatureNew, "SIGNATURE_NEW", 401, kFix, "The signature is newer than the clock here",
     "set your clock: 60 seconds are allowed; then sign anew under the same Idempotency-Key"},
    {kNonceSeen, "NONCE_SEEN", 401, kAgain, "This very request came before",
     "sign it anew, with another nonce and the same Idempotency-Key, to get the first answer"},
    {kIdTaken, "ID_TAKEN", 409, kNew, "The id stands for another request",
     "look the transaction up; a new one needs a reference that you never used"},
    {kTooOld, "TOO_OLD", 422, kNew, "The id is more than 90 days old",
     "if you never asked it, report it with your day's file as a new transaction; else its first "
     "answer stands, and the clearing house can tell it"},
    {kNotHome, "NOT_HOME", 422, kNew, "No member with this number",
     "check the number; tell the customer to ask his province"},
    {kClosed, "CLOSED", 422, kNew, "The member's account is closed",
     "tell the customer; there is nothing to redeem"},
    {kUnknownParent, "UNKNOWN_PARENT", 422, kNew, "What the request cites isn't known",
     "check the id cited: a hold, a redemption, an accrual or an exchange of this member"},
    {kHoldEnded, "HOLD_ENDED", 422, kNew, "The hold has ended",
     "hold the points again, under a new id"},
    {kHoldOpen, "HOLD_OPEN", 422, kNew, "Something of the member's is held",
     "at a counter, of a move: ask again under a new id once his holds are captured, void or over"},
    {kMoveOpen, "MOVE_OPEN", 422, kNew, "The member is at home there, or is on his way",
     "at a counter, of a move: if he isn't there yet, his last move has to be confirmed first"},
    {kAlreadyRefunded, "ALREADY_REFUNDED", 422, kNew, "It was given back already",
     "look the parent up: nothing is left to give back"},
    {kWholeOnly, "WHOLE_ONLY", 422, kNew, "An exchange is given back whole or not at all",
     "send all of its points"},
    {kExceedsParent, "EXCEEDS_PARENT", 422, kNew, "More than is left",
     "look the hold or the parent up, and send what is left or less"},
    {kInsufficientPoints, "INSUFFICIENT_POINTS", 422, kNew, "The member hasn't that many points",
     "offer the customer to pay the rest in cash, with fewer points under a new id"},
    {kNotAllowed, "NOT_ALLOWED", 422, kNew, "The member may not redeem this now",
     "offer the customer to pay in cash; only his province can tell him why, and when he may"},
    {kNoContract, "NO_CONTRACT", 422, kNew, "Your contract doesn't allow this on that day",
     "check the id's date, and the types of your contract with the clearing house"},
    {kRate, "RATE", 422, kNew, "Rate, points and units don't fit together",
     "ask for a quote of the id's date, and take rate, points and units from it"},
    {kCapReached, "CAP_REACHED", 422, kNew, "Your contract's limit is reached",
     "wait for the next day or period, or ask the clearing house for a higher limit"},
    {kInvalid, "INVALID", 422, kNew, "No such transaction can be at the member's home",
     "call the clearing house with the id: it can see what was refused"},
    {kDayTaken, "DAY_TAKEN", 409, kNew, "Another file of this day was taken",
     "leave it as it is; correct it with rows of a later file"},
    {kUnknownTransaction, "UNKNOWN_TRANSACTION", 404, kAgain, "There is no such transaction",
     "nothing happened under this id: send the request, or send it again, under it"},
    {kUnknownDay, "UNKNOWN_DAY", 404, kAgain, "There is nothing of this day",
     "upload the day's file when you have one"},
    {kUndecided, "UNDECIDED", 503, kAgain, "There is no answer yet",
     "it may have been carried out: repeat it under the same key after Retry-After"},
    {kUnavailable, "UNAVAILABLE", 503, kAgain, "The clearing house can't be asked now",
     "nothing was done: repeat it under the same key after Retry-After"},
    {kClocksDiffer, "CLOCKS_DIFFER", 503, kAgain, "The id's date has not begun here",
     "repeat it under the same key after Retry-After"},
    {kTooMany, "TOO_MANY", 429, kAgain, "More requests than are allowed at a time",
     "repeat it under the same key after Retry-After, and send fewer at a time"},
    {kInternal, "INTERNAL", 500, kAgain, "This is a fault of ours",
     "it may have been carried out: repeat it under the same key; then call the clearing house"},
};

}  // namespace

std::span<const ProblemRow> problem_rows() {
  return kRows;
}

const ProblemRow& row_of(ProblemCode code) {
  return http::row_of(problem_rows(), code);
}

std::optional<ProblemCode> problem_code(std::string_view word) {
  for (const ProblemRow& row : kRows) {
    if (row.word == word) return row.code;
  }
  return std::nullopt;
}

ProblemCode problem_of_status(int status) {
  switch (status) {
    case 404:
      return kNoSuchPath;
    case 405:
      return kMethod;
    case 408:
      return kTooSlow;
    case 411:
      return kLengthRequired;
    case 413:
      return kTooLarge;
    case 421:
      return kWrongHost;
    case 431:
      return kHeaderTooLarge;
    case 500:
      return kInternal;
    case 503:
      return kUnavailable;
    case 504:
      return kUndecided;
    default:
      return kHttpSyntax;
  }
}

}  // namespace ph
