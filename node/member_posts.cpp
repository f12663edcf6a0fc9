#include "node/member_posts.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/programme/catalogue.h"
#include "core/programme/order.h"
#include "core/types/amount.h"
#include "core/types/check.h"
#include "node/member_problem.h"
#include "node/member_views.h"
#include "platform/http/flat_json.h"
#include "platform/http/json_writer.h"

namespace ph {

namespace {

using PostFault = std::optional<http::Response>;

constexpr std::string_view kKeyField = "Idempotency-Key";

http::Response invalid(std::string_view field, std::string_view expected) {
  return member_problem(MemberProblem::kInvalid, expected, field);
}

bool is_json_type(std::string_view type) {
  constexpr std::string_view kJson = "application/json";
  return type.starts_with(kJson) &&
         (type.size() == kJson.size() || type[kJson.size()] == ';' || type[kJson.size()] == ' ');
}

// The fields of a body: each is asked for once, in the end none is left. The first fault stays.
class PostFields {
 public:
  PostFields(http::FlatObject object, const Province& province)
      : left_(std::move(object)), province_(province) {}

  [[nodiscard]] const PostFault& fault() const { return fault_; }
  void fail(std::string_view field, std::string_view expected) {
    if (!fault_) fault_ = invalid(field, expected);
  }
  [[nodiscard]] bool has(std::string_view name) const {
    return std::ranges::any_of(left_, [&](const auto& field) { return field.first == name; });
  }
  // Everything has been asked for.
  void finish() {
    if (!left_.empty()) fail(left_.front().first, "no such field is known here");
  }

  std::string text(std::string_view name) {
    const auto value = take(name);
    if (!value) return {};
    if (const auto* given = std::get_if<std::string>(&*value)) return *given;
    fail(name, "a text");
    return {};
  }
  std::int64_t number(std::string_view name, std::int64_t min, std::int64_t max) {
    const auto value = take(name);
    if (!value) return min;
    const auto* given = std::get_if<std::uint64_t>(&*value);
    if (given == nullptr) {
      fail(name, "an integer");
      return min;
    }
    if (std::cmp_less(*given, min) || std::cmp_greater(*given, max)) {
      fail(name, std::to_string(min) + " to " + std::to_string(max));
      return min;
    }
    return static_cast<std::int64_t>(*given);
  }
  bool flag(std::string_view name) {
    const auto value = take(name);
    const auto* given = value ? std::get_if<bool>(&*value) : nullptr;
    if (value && given == nullptr) fail(name, "true or false");
    return given != nullptr && *given;
  }
  Member member(std::string_view name) {
    return parsed(name, Member::parse(text(name)),
                  "a member number: 14 digits, with its check digit");
  }
  Month month(std::string_view name) {
    return parsed(name, Month::parse(text(name)), "a month as 2026-03");
  }
  TransactionId id(std::string_view name) {
    return parsed(name, own_id_of(province_, text(name)),
                  "an id of this province: " + province_.code() + "/YYYYMMDD/reference");
  }
  template <std::size_t N>
  std::array<char, N> chars(std::string_view name, bool (*valid)(std::string_view),
                            std::string_view expected) {
    const std::string given = text(name);
    std::array<char, N> out{};
    if (given.size() > N || !valid(given)) {
      fail(name, expected);
    } else {
      std::ranges::copy(given, out.begin());
    }
    return out;
  }
  // The place of one of these words, from 1 on.
  std::uint8_t word(std::string_view name, std::span<const std::string_view> words) {
    const auto found = std::ranges::find(words, text(name));
    if (found != words.end()) return static_cast<std::uint8_t>(found - words.begin() + 1);
    std::string expected = "one of";
    for (const std::string_view one : words) {
      expected.append(" ").append(one);
    }
    fail(name, expected);
    return 1;
  }

 private:
  std::optional<http::FlatValue> take(std::string_view name) {
    const auto found =
        std::ranges::find(left_, name, &std::pair<std::string, http::FlatValue>::first);
    if (found == left_.end()) {
      fail(name, "this field lacks");
      return std::nullopt;
    }
    http::FlatValue value = std::move(found->second);
    left_.erase(found);
    return value;
  }
  template <class T>
  T parsed(std::string_view name, const std::optional<T>& value, std::string_view expected) {
    if (!value) fail(name, expected);
    return value.value_or(T{});
  }

  http::FlatObject left_;
  const Province& province_;
  PostFault fault_{};
};

std::size_t place_of(MemberField field, MemberField first) {
  return static_cast<std::size_t>(field) - static_cast<std::size_t>(first);
}

void take_column(const MemberColumn& column, PostFields& fields, MemberRow& row) {
  constexpr std::string_view kName = "a name: 1 to 24 of a-z 0-9 -";
  const std::string_view name = column.name;
  switch (column.field) {
    case MemberField::kMember:
      row.member = fields.member(name);
      return;
    case MemberField::kOther:
      row.other = fields.member(name);
      return;
    case MemberField::kAccount:
      row.account = fields.chars<16>(name, valid_reference, "1 to 16 of A-Z a-z 0-9 -");
      return;
    case MemberField::kMonth:
      row.month = fields.month(name);
      return;
    case MemberField::kUntilMonth:
      row.until = fields.month(name).count();
      return;
    case MemberField::kWord:
      row.word = fields.word(name, column.words);
      return;
    case MemberField::kFlag0:
    case MemberField::kFlag1:
      row.flag.at(place_of(column.field, MemberField::kFlag0)) =
          static_cast<std::uint8_t>(fields.flag(name) ? 1 : 0);
      return;
    case MemberField::kNumber0:
    case MemberField::kNumber1:
    case MemberField::kNumber2:
      row.number.at(place_of(column.field, MemberField::kNumber0)) =
          static_cast<std::uint32_t>(fields.number(name, column.min, column.max));
      return;
    case MemberField::kName0:
    case MemberField::kName1:
    case MemberField::kName2:
      row.name.at(place_of(column.field, MemberField::kName0)) =
          fields.chars<24>(name, valid_name, kName);
      return;
    case MemberField::kParent:
      row.parent = fields.id(name);
      return;
    case MemberField::kFen0:
    case MemberField::kFen1:
    case MemberField::kFen2: {
      const std::size_t n = place_of(column.field, MemberField::kFen0);
      row.fen.at(n) = fields.number(name, 0, kAmountMax);
      if (column.optional) row.flag.at(n) = 1;
      return;
    }
    case MemberField::kOfficer:
      row.officer = fields.chars<16>(name, valid_officer, "1 to 16 of A-Z a-z 0-9 -");
      return;
    case MemberField::kId:
    case MemberField::kPartner:
    case MemberField::kDate:
    case MemberField::kUntilDate:
    case MemberField::kPoints:
    case MemberField::kUnits:
    case MemberField::kChange:
      break;  // Of rows that don't come so.
  }
  check(false, "a column of a row that comes live");
}

// All columns but the id, which is the header's, and what the path has said.
void take_columns(PostFields& fields, MemberRow& row) {
  for (const MemberColumn& column : columns_of(row.kind)) {
    const bool said = (column.field == MemberField::kMember && !row.member.none()) ||
                      (column.field == MemberField::kParent && !row.parent.none());
    const bool left_out = column.optional && !fields.has(column.name);
    if (column.field != MemberField::kId && !said && !left_out) take_column(column, fields, row);
  }
}

const programme::CatalogueItem* item_of(const Province& province, std::string_view name,
                                        BusinessDate on) {
  const Programme* version = province.book()->programmes().of_day(on);
  if (version == nullptr) return nullptr;
  const auto& items = version->rows().items;
  const auto found = std::ranges::find_if(items, [&](const programme::CatalogueItem& item) {
    return item.name == name && item.in_force.holds(on);
  });
  return found == items.end() ? nullptr : &*found;
}

// An order says what, and what the customer was shown; the price is that of the moment when its id
// first came. So a repeat is the same row, though the price has changed. What isn't the price is
// told so by the home, which keeps it.
void take_order(PostFields& fields, const Province& province, BusinessTime at, MemberRow& row) {
  constexpr std::string_view kItem = "item";
  row.name[0] = fields.chars<24>(kItem, valid_name, "a name: 1 to 24 of a-z 0-9 -");
  if (fields.has("beneficiary")) row.other = fields.member("beneficiary");
  const programme::CatalogueItem* item = item_of(province, text_of(row.name[0]), at.date());
  row.number[0] = 1;
  const bool unknown_credit = item == nullptr && fields.has("points") && !fields.has("quantity");
  if (unknown_credit || (item != nullptr && item->credit)) {
    row.points = fields.number("points", 1, kAmountMax);
    if (fields.has("cash")) row.fen[0] = fields.number("cash", 0, kAmountMax);
    return;
  }
  row.number[0] = static_cast<std::uint32_t>(fields.number("quantity", 1, 4'294'967'295));
  const programme::Price* price =
      item == nullptr ? nullptr : programme::price_at(*item, row.number[0], at);
  if (price != nullptr) {
    row.points = price->points;
    row.fen[0] = price->cash;
  }
  if (fields.has("points")) row.points = fields.number("points", 1, kAmountMax);
  if (fields.has("cash")) row.fen[0] = fields.number("cash", 0, kAmountMax);
}

std::string_view expected_of(MemberRule rule) {
  return rule == MemberRule::kCostsWhenDelivered ? "with DELIVERED alone"
                                                 : "another id than its own";
}

// The request's own id; the fault says what it should be.
Result<TransactionId, http::Response> key_of_request(const http::Request& request,
                                                     const MemberMoment& moment) {
  const Province& province = *moment.province;
  const std::string expected = "the request's id: " + province.code() +
                               "/YYYYMMDD/reference, of 1 to 24 of A-Z a-z 0-9 -, and not of "
                               "digits alone";
  const auto found = request.fields.find("idempotency-key");
  const auto id = found == request.fields.end() ? std::nullopt : own_id_of(province, found->second);
  if (!id || id->reference_text().find_first_not_of("0123456789") == std::string_view::npos) {
    return Fail{invalid(kKeyField, expected)};
  }
  // Clocks differ: tomorrow may have come there. What is later is a mistake.
  if (id->date > moment.now.date().plus_days(1)) {
    return Fail{invalid(kKeyField, "its date hasn't come yet")};
  }
  return *id;
}

// A number of this province that nobody has had becomes a member with his profile, if members of
// the programme ask to be one; all others have to be here.
bool may_ask(const Home& home, const MemberRow& row, BusinessDate on) {
  const bool by_request = home.book()->programmes().of_day(on)->rows().head.enrolment ==
                          programme::Enrolment::kOnRequest;
  const bool stranger = !home.state_of(row.member) && row.kind == MemberKind::kProfile &&
                        row.member.first_home() == home.province() && by_request;
  return row.member.none() || stranger || is_here(home, row.member);
}

// A claim comes through the channels that its benefit names; the row doesn't say through which.
bool right_channel(const MemberPost& post, const MemberRow& row, const MemberMoment& moment) {
  const BusinessDate on = moment.now.date();
  if (post.ask != MemberAsk::kClaim || post.channel.empty()) return true;
  const Programme& version = *moment.province->book()->programmes().of_day(on);
  const auto& benefits = version.rows().benefits;
  const auto found = std::ranges::find_if(benefits, [&](const programme::Benefit& benefit) {
    return benefit.name == text_of(row.name[0]) && benefit.in_force.holds(on);
  });
  return found == benefits.end() || found->channels.empty() ||
         std::ranges::find(found->channels, post.channel) != found->channels.end();
}

// The row's answer, of what can't change any more: a repeat gets the same bytes.
http::Response done_answer(const MemberPost& post, const MemberRow& row, const LiveAnswer& answer,
                           const Province& province) {
  http::JsonWriter json;
  json.add("id", id_text(province, row.id));
  json.add("decided_at", answer.at.text());
  if (!post.member.none()) json.add("member", post.member.text());
  const bool is_over = answer.authorisation != EntryId();
  if (post.ask == MemberAsk::kStaff) {
    json.add("kind", word(row.kind));
  } else if (post.ask == MemberAsk::kComplaint) {
    json.add("order", id_text(province, row.parent));
  } else if (post.ask == MemberAsk::kApplication) {
    json.add("grading", text_of(row.name[0]));
    json.add("level", text_of(row.name[1]));
  } else if (post.ask == MemberAsk::kClaim) {
    json.add("benefit", text_of(row.name[0]));
    if (answer.ends != BusinessTime()) json.add("usable_until", answer.ends.text());
  } else if (post.ask == MemberAsk::kNewOrder) {
    json.add("item", text_of(row.name[0]));
    json.add("quantity", std::int64_t{row.number[0]});
    json.add("points", row.points);
    json.add("cash", row.fen[0]);
    if (const auto credit =
            province.credit_of(text_of(row.name[0]), Points::of(row.points), answer.at.date())) {
      json.add("credit", credit->count());
    }
    json.add("state", is_over ? "DELIVERED" : "CREATED");
    json.add("available", answer.available);
  } else {
    if (post.ask == MemberAsk::kRegistration) {
      json.add("bill_month", row.month.text());
      json.add("state", is_over ? "CREDITED" : "OPEN");
    }
    json.add("points", answer.points);
    json.add("available", answer.available);
  }
  return {.body = json.take()};
}

// Why it can't be answered now, and after how many seconds it is worth another try.
http::Response later_answer(const MemberRow& row, ReturnCode code, const MemberMoment& moment) {
  constexpr int kRunSeconds = 10;
  constexpr int kUnsealedSeconds = 60;
  const Province& province = *moment.province;
  const BusinessDate today = moment.now.date();
  std::string_view detail =
      "the day before isn't sealed yet: it is once its file is posted, without a file at 05:00 "
      "unless the operator has set another hour";
  int seconds = kUnsealedSeconds;
  if (code == ReturnCode::kRunOpen) {
    detail = "a run over all members is under way";
    seconds = kRunSeconds;
  } else if (row.id.date > today) {
    detail = "the date of the id hasn't come yet here";
    seconds = 1;
  } else if (province.open() && province.open()->taken.date == today) {
    detail = "today is being opened";
    seconds = 1;
  }
  http::Response out =
      member_problem(MemberProblem::kUnavailable, detail, {}, id_text(province, row.id));
  out.retry_after_seconds = seconds;
  return out;
}

// Details follow from the row alone: what is recorded is told again to the byte.
http::Response refused_answer(const MemberRow& row, const LiveAnswer& answer,
                              const MemberMoment& moment) {
  constexpr std::uint8_t kDelivered = 2;
  const auto code = static_cast<ReturnCode>(answer.code);
  const std::string id = id_text(*moment.province, row.id);
  if (code == ReturnCode::kAgainLater || code == ReturnCode::kRunOpen) {
    return later_answer(row, code, moment);
  }
  if (code == ReturnCode::kNotHome) return recorded_not_home(id);
  const bool delivery = row.kind == MemberKind::kOrderState && row.word == kDelivered;
  return member_problem(member_problem_of(code),
                        delivery && code == ReturnCode::kState
                            ? "it is over already; or a redemption has its id: if the order is "
                              "still open, end it with FAILED"
                            : "",
                        {}, id);
}

// The row that the body asks for.
Result<MemberRow, http::Response> row_of_body(const MemberPost& post, const http::Request& request,
                                              const TransactionId& id, BusinessTime at,
                                              const Province& province) {
  if (!is_json_type(request.content_type)) {
    return Fail{member_problem(MemberProblem::kContentType, {}, "Content-Type")};
  }
  auto object = http::parse_flat_json(request.body);
  if (!object) {
    const http::FlatFault& fault = object.error();
    const bool syntax = fault.fault == http::JsonFault::kSyntax;
    const std::string detail =
        fault.fault == http::JsonFault::kTwice ? "it stands there twice" : fault.detail;
    return Fail{member_problem(syntax ? MemberProblem::kJsonSyntax : MemberProblem::kInvalid,
                               detail, fault.field)};
  }
  PostFields fields(std::move(object).value(), province);
  MemberRow row{.kind = post.kind, .member = post.member, .id = id};
  if (post.ask == MemberAsk::kComplaint) {
    const auto order = own_id_of(province, post.id);
    if (!order) return Fail{invalid("id", "an id of this province")};
    row.parent = *order;
  }
  if (post.ask == MemberAsk::kNewOrder) {
    take_order(fields, province, at, row);
  } else {
    take_columns(fields, row);
  }
  fields.finish();
  if (fields.fault()) return Fail{*fields.fault()};
  if (const auto breach = breach_of(row)) {
    return Fail{invalid(breach->column, expected_of(breach->rule))};
  }
  if (post.ask == MemberAsk::kRegistration && row.month > at.date().month()) {
    return Fail{invalid("bill_month", "a month that has begun")};
  }
  check(right_live_row(row, {}), "what was read field by field is a row");
  return row;
}

}  // namespace

bool is_here(const Home& home, Member member) {
  const auto state = home.state_of(member);
  return state && *state != MemberState::kMoved;
}

http::Response answer_post(const MemberPost& post, const http::Request& request,
                           const MemberMoment& moment) {
  const Province& province = *moment.province;
  if (province.poster() == nullptr) {
    return member_problem(MemberProblem::kUnavailable, "the province isn't open yet");
  }
  if (!province.has_programme(moment.now.date())) {
    return member_problem(MemberProblem::kNoProgramme);
  }
  const auto id = key_of_request(request, moment);
  if (!id) return id.error();
  const Home& home = province.poster()->home();
  const auto first = home.first_answer({.class_ = EntryClass::kMember, .id = *id});
  const auto row = row_of_body(post, request, *id, first ? first->at : moment.now, province);
  if (!row) return row.error();
  if (!first && id->date > moment.now.date()) {
    return later_answer(*row, ReturnCode::kAgainLater, moment);
  }
  if (!first && !may_ask(home, *row, moment.now.date()))
    return member_problem(MemberProblem::kNotHome, {}, post.member.none() ? "member" : "number");
  if (!first && !right_channel(post, *row, moment)) {
    return member_problem(MemberProblem::kChannel, {}, "benefit");
  }
  const LiveAnswer answer = moment.take({.row = *row});
  return answer.code == 0 ? done_answer(post, *row, answer, province)
                          : refused_answer(*row, answer, moment);
}

}  // namespace ph
