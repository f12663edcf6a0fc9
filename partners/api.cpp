#include "partners/api.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "platform/http/flat_json.h"

namespace ph {

namespace {

constexpr std::uint64_t kAmountMax = 100'000'000'000;
constexpr std::uint64_t kRateMax = 2'147'483'647;
constexpr std::string_view kBase = "/v1/";

// --- paths
// ----------------------------------------------------------------------------------------

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t slash = path.find('/');
    out.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return out;
    path.remove_prefix(slash + 1);
  }
}

// `{id}` stands for the three segments of an id, `{date}` for a date.
struct Pattern {
  ApiAction action{};
  std::string_view method{};
  std::array<std::string_view, 3> parts{};
};

constexpr Pattern kPatterns[] = {
    {ApiAction::kHealth, "GET", {"health"}},
    {ApiAction::kQuote, "GET", {"quote"}},
    {ApiAction::kHold, "POST", {"holds"}},
    {ApiAction::kCapture, "POST", {"holds", "{id}", "captures"}},
    {ApiAction::kVoid, "POST", {"holds", "{id}", "void"}},
    {ApiAction::kRedemption, "POST", {"redemptions"}},
    {ApiAction::kRefund, "POST", {"refunds"}},
    {ApiAction::kAccrual, "POST", {"accruals"}},
    {ApiAction::kExchangeOut, "POST", {"exchanges-out"}},
    {ApiAction::kExchangeIn, "POST", {"exchanges-in"}},
    {ApiAction::kReversal, "POST", {"reversals"}},
    {ApiAction::kLookUp, "GET", {"transactions", "{id}"}},
    {ApiAction::kUploadDay, "PUT", {"days", "{date}"}},
    {ApiAction::kLookUpDay, "GET", {"days", "{date}"}},
    {ApiAction::kMove, "POST", {"moves"}},
};

// False when the path isn't of the pattern.
bool matches(const Pattern& pattern, const std::vector<std::string_view>& segments,
             ApiTarget& target) {
  std::size_t at = 0;
  for (const std::string_view part : pattern.parts) {
    if (part.empty()) break;
    if (part == "{id}") {
      if (segments.size() - at < 3) return false;
      std::string text(segments[at]);
      text.append("/").append(segments[at + 1]).append("/").append(segments[at + 2]);
      auto id = ApiId::parse(text);
      if (!id) return false;
      target.id = std::move(*id);
      at += 3;
      continue;
    }
    if (at == segments.size()) return false;
    if (part == "{date}") {
      const auto date = BusinessDate::parse(segments[at++]);
      if (!date) return false;
      target.date = *date;
    } else if (segments[at++] != part) {
      return false;
    }
  }
  target.action = pattern.action;
  return at == segments.size();
}

// --- fields
// ---------------------------------------------------------------------------------------

using http::FlatObject;
using http::FlatValue;
using http::JsonFault;

Problem problem_of(http::FlatFault fault) {
  ProblemCode code{};
  switch (fault.fault) {
    case JsonFault::kSyntax:
      code = ProblemCode::kJsonSyntax;
      break;
    case JsonFault::kTwice:
      code = ProblemCode::kFieldTwice;
      break;
    case JsonFault::kType:
      code = ProblemCode::kFieldType;
      break;
    case JsonFault::kText:
      code = ProblemCode::kFieldSyntax;
      break;
    case JsonFault::kRange:
      code = ProblemCode::kFieldRange;
      break;
  }
  return {code, std::move(fault.detail), std::move(fault.field)};
}

// The fields of a body or a query: each is asked for once, and in the end none is left. The first
// fault stays.
class Fields {
 public:
  explicit Fields(FlatObject object) : object_(std::move(object)) {}

  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] const std::optional<Problem>& fault() const { return fault_; }

  std::uint64_t number(const std::string& name, std::uint64_t min, std::uint64_t max) {
    const FlatValue* value = need(name);
    if (value == nullptr) return min;
    std::uint64_t out = 0;
    if (const auto* given = std::get_if<std::uint64_t>(value)) {
      out = *given;
    } else if (from_query_) {
      const auto& text = std::get<std::string>(*value);
      const char* end = text.data() + text.size();
      const auto [after, error] = std::from_chars(text.data(), end, out);
      if (error != std::errc() || after != end || (text.size() > 1 && text[0] == '0')) {
        fail(ProblemCode::kFieldType, "an integer without sign and leading zero", name);
        return min;
      }
    } else {
      fail(ProblemCode::kFieldType, "an integer", name);
      return min;
    }
    if (out < min || out > max) {
      fail(ProblemCode::kFieldRange, std::to_string(min) + " to " + std::to_string(max), name);
      return min;
    }
    return out;
  }
  bool flag(const std::string& name) {
    const FlatValue* value = need(name);
    const auto* given = value == nullptr ? nullptr : std::get_if<bool>(value);
    if (value != nullptr && given == nullptr) {
      fail(ProblemCode::kFieldType, "true or false", name);
    }
    return given != nullptr && *given;
  }
  std::string text(const std::string& name) {
    const FlatValue* value = need(name);
    const auto* given = value == nullptr ? nullptr : std::get_if<std::string>(value);
    if (value != nullptr && given == nullptr) fail(ProblemCode::kFieldType, "a text", name);
    return given == nullptr ? std::string() : *given;
  }
  void fail(ProblemCode code, std::string detail, const std::string& name) {
    if (!fault_) fault_ = problem(code, std::move(detail), name);
  }
  // Everything has been asked for.
  void finish() {
    for (const auto& [name, value] : object_) {
      if (std::find(asked_.begin(), asked_.end(), name) == asked_.end()) {
        fail(ProblemCode::kFieldUnknown, {}, name);
      }
    }
  }
  static Fields of_query(const std::map<std::string, std::string>& query) {
    FlatObject object;
    for (const auto& [name, value] : query)
      object.emplace_back(name, value);
    Fields fields(std::move(object));
    fields.from_query_ = true;
    return fields;
  }

 private:
  [[nodiscard]] const FlatValue* find(std::string_view name) const {
    for (const auto& [key, value] : object_) {
      if (key == name) return &value;
    }
    return nullptr;
  }
  const FlatValue* need(const std::string& name) {
    asked_.push_back(name);
    const FlatValue* value = find(name);
    if (value == nullptr) fail(ProblemCode::kFieldMissing, {}, name);
    return value;
  }

  FlatObject object_;
  bool from_query_{};
  std::vector<std::string> asked_{};
  std::optional<Problem> fault_{};
};

void take_member(Fields& fields, ApiRequest& out) {
  const std::string text = fields.text("member");
  const auto member = Member::parse(text);
  if (!member) {
    fields.fail(ProblemCode::kFieldSyntax, "a member number: 14 digits, with its check digit",
                "member");
    return;
  }
  out.member = *member;
}

std::int64_t take_amount(Fields& fields, const std::string& name) {
  return static_cast<std::int64_t>(fields.number(name, 1, kAmountMax));
}

void take_points(Fields& fields, ApiRequest& out) {
  out.points = Points::of(take_amount(fields, "points"));
}

void take_parent(Fields& fields, ApiRequest& out) {
  auto parent = ApiId::parse(fields.text("parent"));
  if (!parent) {
    fields.fail(ProblemCode::kFieldSyntax, "an id, as MER1/20260305/A-17", "parent");
    return;
  }
  out.parent = std::move(*parent);
}

void take_exchange(Fields& fields, ApiRequest& out) {
  take_member(fields, out);
  take_points(fields, out);
  out.units = Units::of(take_amount(fields, "units"));
  out.rate = static_cast<std::uint32_t>(fields.number("rate", 1, kRateMax));
}

// What a province gives, and of a gift what it costs.
void take_goods(Fields& fields, ApiRequest& out) {
  const auto form = from_word<Form>(fields.text("form"));
  if (!form || *form < Form::kPhoneCredit || *form > Form::kFixedLine || *form == Form::kMerchant) {
    fields.fail(ProblemCode::kFieldSyntax, "PHONE_CREDIT, OWN_PRODUCT, GIFT or FIXED_LINE", "form");
    return;
  }
  out.form = *form;
  if (*form == Form::kGift) {
    for (const auto& [name, fen] :
         {std::pair{"cost", &out.cost}, std::pair{"freight", &out.freight},
          std::pair{"cash", &out.cash}}) {
      *fen = Fen::of(static_cast<std::int64_t>(fields.number(name, 0, kAmountMax)));
    }
  }
}

void take_body(Fields& fields, ApiRequest& out, bool names_goods) {
  if (names_goods && (out.action == ApiAction::kRedemption || out.action == ApiAction::kCapture)) {
    take_goods(fields, out);
  }
  switch (out.action) {
    case ApiAction::kHold:
      take_member(fields, out);
      take_points(fields, out);
      out.hold_seconds = !fields.has("seconds")
                             ? kApiHoldSecondsDefault
                             : static_cast<std::int64_t>(fields.number(
                                   "seconds", static_cast<std::uint64_t>(kApiHoldSecondsMin),
                                   static_cast<std::uint64_t>(kApiHoldSecondsMax)));
      return;
    case ApiAction::kCapture:
      take_points(fields, out);
      out.final = fields.flag("final");
      return;
    case ApiAction::kVoid:
      return;
    case ApiAction::kMove:
      take_member(fields, out);
      return;
    case ApiAction::kRedemption:
    case ApiAction::kAccrual:
      take_member(fields, out);
      take_points(fields, out);
      return;
    case ApiAction::kRefund:
    case ApiAction::kReversal:
      take_parent(fields, out);
      take_member(fields, out);
      take_points(fields, out);
      return;
    case ApiAction::kExchangeOut:
    case ApiAction::kExchangeIn:
      take_exchange(fields, out);
      return;
    case ApiAction::kHealth:
    case ApiAction::kQuote:
    case ApiAction::kLookUp:
    case ApiAction::kUploadDay:
    case ApiAction::kLookUpDay:
      return;
  }
}

void take_quote(Fields& fields, ApiRequest& out) {
  const std::string kind = fields.text("kind");
  const auto of = {ApiAction::kRedemption, ApiAction::kAccrual, ApiAction::kExchangeOut,
                   ApiAction::kExchangeIn};
  const auto* found =
      std::find_if(of.begin(), of.end(), [&](ApiAction action) { return word(action) == kind; });
  if (found == of.end()) {
    fields.fail(ProblemCode::kFieldSyntax, "REDEMPTION, ACCRUAL, EXCHANGE_OUT or EXCHANGE_IN",
                "kind");
    return;
  }
  out.quoted = *found;
  if (fields.has("date")) {
    const auto date = BusinessDate::parse(fields.text("date"));
    if (!date) fields.fail(ProblemCode::kFieldSyntax, "a date, as 2026-03-05", "date");
    out.date = date.value_or(out.date);
  }
  const bool exchange = *found == ApiAction::kExchangeOut || *found == ApiAction::kExchangeIn;
  if (exchange && fields.has("units")) {
    out.units = Units::of(take_amount(fields, "units"));
  } else if (*found == ApiAction::kRedemption && fields.has("fen")) {
    out.fen = Fen::of(take_amount(fields, "fen"));
  } else {
    take_points(fields, out);
  }
}

// Of a transaction that moves something.
std::optional<Problem> take_key(const ApiInput& input, const std::string& participant,
                                BusinessDate today, ApiRequest& out) {
  if (!input.idempotency_key) {
    return problem(ProblemCode::kKeyMissing, {}, "Idempotency-Key");
  }
  auto id = ApiId::parse(*input.idempotency_key);
  if (!id) return problem(ProblemCode::kKeySyntax, {}, "Idempotency-Key");
  if (id->code != participant) {
    return problem(ProblemCode::kKeyParticipant, "you are " + participant, "Idempotency-Key");
  }
  if (id->date > today) {
    // Tomorrow's may be a clock that is ahead by a moment.
    const bool near = id->date.count() == today.count() + 1;
    return problem(near ? ProblemCode::kClocksDiffer : ProblemCode::kKeyDate,
                   "here it is " + today.text(), "Idempotency-Key");
  }
  out.id = std::move(*id);
  return std::nullopt;
}

// `application/json`, whatever parameters follow.
bool is_json(std::string_view type) {
  constexpr std::string_view kJson = "application/json";
  return type.starts_with(kJson) &&
         (type.size() == kJson.size() || type[kJson.size()] == ';' || type[kJson.size()] == ' ');
}

}  // namespace

std::string_view word(ApiAction action) {
  switch (action) {
    case ApiAction::kHealth:
      return "HEALTH";
    case ApiAction::kQuote:
      return "QUOTE";
    case ApiAction::kHold:
      return "HOLD";
    case ApiAction::kCapture:
      return "CAPTURE";
    case ApiAction::kVoid:
      return "VOID";
    case ApiAction::kRedemption:
      return "REDEMPTION";
    case ApiAction::kRefund:
      return "REFUND";
    case ApiAction::kAccrual:
      return "ACCRUAL";
    case ApiAction::kExchangeOut:
      return "EXCHANGE_OUT";
    case ApiAction::kExchangeIn:
      return "EXCHANGE_IN";
    case ApiAction::kReversal:
      return "REVERSAL";
    case ApiAction::kLookUp:
      return "LOOK_UP";
    case ApiAction::kUploadDay:
      return "UPLOAD_DAY";
    case ApiAction::kLookUpDay:
      return "LOOK_UP_DAY";
    case ApiAction::kMove:
      return "MOVE";
  }
  return {};
}

bool moves(ApiAction action) {
  switch (action) {
    case ApiAction::kHold:
    case ApiAction::kCapture:
    case ApiAction::kVoid:
    case ApiAction::kRedemption:
    case ApiAction::kRefund:
    case ApiAction::kAccrual:
    case ApiAction::kExchangeOut:
    case ApiAction::kExchangeIn:
    case ApiAction::kReversal:
    case ApiAction::kMove:
      return true;
    case ApiAction::kHealth:
    case ApiAction::kQuote:
    case ApiAction::kLookUp:
    case ApiAction::kUploadDay:
    case ApiAction::kLookUpDay:
      return false;
  }
  return false;
}

std::optional<ApiId> ApiId::parse(std::string_view text) {
  const std::size_t first = text.find('/');
  const std::size_t second = first == text.npos ? first : text.find('/', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view code = text.substr(0, first);
  const std::string_view reference = text.substr(second + 1);
  const auto date = BusinessDate::parse_compact(text.substr(first + 1, second - first - 1));
  if (!valid_code(code) || !valid_reference(reference) || !date) return std::nullopt;
  return ApiId{std::string(code), *date, std::string(reference)};
}

std::string ApiId::text() const {
  return code + "/" + date.compact_text() + "/" + reference;
}

Result<ApiTarget, ApiTargetFault> parse_target_of_api(std::string_view method,
                                                      std::string_view path) {
  ApiTargetFault fault{problem(ProblemCode::kNoSuchPath, {}), {}};
  if (!path.starts_with(kBase)) return Fail{std::move(fault)};
  const auto segments = segments_of(path.substr(kBase.size()));
  for (const Pattern& pattern : kPatterns) {
    ApiTarget target;
    if (!matches(pattern, segments, target)) continue;
    if (pattern.method == method) return target;
    fault.problem.code = ProblemCode::kMethod;
    fault.allow.append(fault.allow.empty() ? "" : ", ").append(pattern.method);
  }
  return Fail{std::move(fault)};
}

Result<ApiRequest, Problem> parse_api_request(const ApiInput& input, const std::string& participant,
                                              BusinessDate today) {
  const ApiTarget& target = input.target;
  ApiRequest out{.action = target.action, .participant = participant};
  if (target.action == ApiAction::kLookUp) out.id = target.id;
  const bool of_day =
      target.action == ApiAction::kUploadDay || target.action == ApiAction::kLookUpDay;
  out.date = of_day ? target.date : today;
  Fields fields = Fields::of_query(input.query);
  if (target.action == ApiAction::kQuote) take_quote(fields, out);
  fields.finish();
  if (fields.fault()) return Fail{*fields.fault()};
  if (!moves(target.action)) return out;

  out.parent = target.id;
  if (auto fault = take_key(input, participant, today, out)) return Fail{std::move(*fault)};
  if (!is_json(input.content_type)) {
    return Fail{problem(ProblemCode::kContentType, {}, "Content-Type")};
  }
  auto object = http::parse_flat_json(input.body);
  if (!object) return Fail{problem_of(object.error())};
  Fields body(std::move(object).value());
  take_body(body, out, input.names_goods);
  body.finish();
  if (body.fault()) return Fail{*body.fault()};
  return out;
}

}  // namespace ph
