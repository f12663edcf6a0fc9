// A partner's request as a plain value, and the answers to it as JSON (docs/partners.md,
// schema/openapi.yaml). Nothing here decides about points or money, or knows a rule book: form
// alone is judged. Any bytes may come.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/types/amount.h"
#include "core/types/date.h"
#include "core/types/digest.h"
#include "core/types/id.h"
#include "core/types/result.h"
#include "core/types/time.h"
#include "core/types/words.h"
#include "partners/problem.h"

namespace ph {

enum class ApiAction : std::uint8_t {
  kHealth,
  kQuote,
  kHold,
  kCapture,
  kVoid,
  kRedemption,
  kRefund,
  kAccrual,
  kExchangeOut,
  kExchangeIn,
  kReversal,
  kLookUp,
  kUploadDay,
  kLookUpDay,
  kMove,  // of a province's counter alone
};
// `HOLD`, ...: as answers call it.
[[nodiscard]] std::string_view word(ApiAction action);
// Whether it moves something, so that it has an id of its own.
[[nodiscard]] bool moves(ApiAction action);

// A transaction's id by its starter's code: who has the rule book makes a TransactionId of it.
struct ApiId {
  std::string code{};
  BusinessDate date{};
  std::string reference{};

  // `MER1/20260305/A-17`.
  [[nodiscard]] static std::optional<ApiId> parse(std::string_view text);
  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool none() const { return code.empty(); }
  friend bool operator==(const ApiId&, const ApiId&) = default;
};

// What the path and the method mean, before anything else of the request is looked at.
struct ApiTarget {
  ApiAction action{};
  ApiId id{};           // in the path: the hold, the transaction looked up
  BusinessDate date{};  // in the path of a day
};
struct ApiTargetFault {
  Problem problem{};
  std::string allow{};  // for the header Allow
};
[[nodiscard]] Result<ApiTarget, ApiTargetFault> parse_target_of_api(std::string_view method,
                                                                    std::string_view path);

inline constexpr std::int64_t kApiHoldSecondsDefault = 900;
inline constexpr std::int64_t kApiHoldSecondsMin = 60;
inline constexpr std::int64_t kApiHoldSecondsMax = 30 * BusinessTime::kDaySeconds;

// What is asked. A field that the action has no use for is as it was made.
struct ApiRequest {
  ApiAction action{};
  std::string participant{};  // who signed it
  Digest signed_digest{};     // of what was signed: docs/decisions/0014
  ApiId id{};                 // the transaction's own; of a look-up, the one that is looked up
  ApiId parent{};             // hold of a capture or void; what a refund or reversal is about
  Member member{};
  Points points{};
  Units units{};
  Fen fen{};             // quote of a redemption by its price
  std::uint32_t rate{};  // version of the exchange's price row
  bool final{};          // capture: the rest of the hold is free
  std::int64_t hold_seconds{};
  ApiAction quoted{};            // quote: of kRedemption, kAccrual, kExchangeOut or kExchangeIn
  BusinessDate date{};           // quote: of which day's prices; a day's file
  std::string file_signature{};  // a day's file: the line of its .sig
  Digest file_digest{};
  std::uint64_t file_size{};
  // Of a province's counter: what is given, and what a gift costs.
  Form form{};
  Fen cost{};
  Fen freight{};
  Fen cash{};
};

// The parts of a request that say what is asked.
struct ApiInput {
  ApiTarget target{};
  std::map<std::string, std::string> query{};
  std::optional<std::string> idempotency_key{};
  std::string content_type{};
  std::string_view body{};  // Not of a day's file: that goes its own way.
  bool names_goods{};       // a province's counter: redemptions and captures say what is given
};
// `today`: business date. An id may be older, but is never of a day that has not come.
[[nodiscard]] Result<ApiRequest, Problem> parse_api_request(const ApiInput& input,
                                                            const std::string& participant,
                                                            BusinessDate today);

// --- answers
// --------------------------------------------------------------------------------------

struct ApiReply {
  int status{200};
  std::string content_type{"application/json"};
  std::string body{};
  int retry_after_seconds{};  // 0: none
  std::string allow{};        // empty: none
};

enum class ApiState : std::uint8_t { kDone, kPending, kRefused };

// What is known of a transaction. A field that its action has no use for is as it was made.
struct ApiAnswer {
  ApiState state{};
  ApiAction action{};
  ApiId id{};
  ProblemCode refusal{};  // kRefused
  std::string detail{};   // kRefused: about this one, for people
  BusinessTime time{};    // kDone: when it was decided
  ApiId parent{};
  Member member{};
  Points points{};
  Points left{};          // hold, capture: what can still be captured; refund: given back
  bool left_known{true};  // not of a parent that came by file
  Units units{};
  std::uint32_t rate{};
  std::string authorisation{};  // the home's code, an entry id
  BusinessTime held_until{};    // hold
};
// To who sent the transaction: done, not decided yet, or a problem.
[[nodiscard]] ApiReply answer_reply(const ApiAnswer& answer);
// To who looked it up: what is known, whatever it is.
[[nodiscard]] ApiReply look_up_reply(const ApiAnswer& answer);

[[nodiscard]] ApiReply problem_reply(const Problem& problem, const ApiId& id = {});

struct ApiQuote {
  ApiAction quoted{};
  BusinessDate date{};
  Points points{};
  Units units{};  // exchanges
  Fen fen{};      // redemption, accrual: rounded half up; statements round once a line
  std::uint32_t rate{};
  std::int64_t num{};
  std::int64_t den{};
  std::int64_t block{};  // exchanges: in what the member gives
  std::int64_t min{};
};
[[nodiscard]] ApiReply quote_reply(const ApiQuote& quote);

enum class ApiDayState : std::uint8_t { kReading, kAccepted, kRefused };
struct ApiDayFault {
  std::uint64_t line{};
  int number{};
  std::string name{};
  std::string column{};
  std::string value{};
  std::string expected{};
  std::string remedy{};
};
struct ApiDay {
  ApiDayState state{};
  BusinessDate date{};
  std::uint32_t sequence{};  // 0: not known yet
  std::uint64_t rows{};      // kAccepted; 0: not known
  Digest digest{};           // of the file
  std::string detail{};      // kReading: what it waits for; for people
  std::vector<ApiDayFault> faults{};
};
// 202 while the file is being read, else 200.
[[nodiscard]] ApiReply day_reply(const ApiDay& day);

// `participant` and `key` are empty when the request wasn't signed.
[[nodiscard]] ApiReply health_reply(BusinessTime now, const std::string& participant,
                                    const std::string& key_id);

}  // namespace ph
