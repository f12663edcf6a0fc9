#include "node/member_service.h"

#include <algorithm>
#include <utility>

#include "node/member_history.h"
#include "node/member_problem.h"
#include "node/member_views.h"
#include "platform/crypto/token.h"
#include "platform/http/flat_json.h"
#include "platform/http/json_writer.h"

namespace ph {

namespace {

constexpr std::string_view kBearer = "Bearer ";

// The word may be written as one likes (RFC 9110, 11.1), the token not.
std::string_view bearer_of(const http::Request& request) {
  const auto found = request.fields.find("authorization");
  if (found == request.fields.end()) return {};
  const std::string_view text = found->second;
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  if (text.size() < kBearer.size() ||
      !std::equal(kBearer.begin(), kBearer.end(), text.begin(), same)) {
    return {};
  }
  return text.substr(kBearer.size());
}

// A name of a query that may be told back: of ours, nothing else.
std::string_view plain_name(std::string_view name) {
  constexpr std::size_t kNameMax = 32;
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyz_";
  return name.size() <= kNameMax && name.find_first_not_of(kPlain) == std::string_view::npos
             ? name
             : std::string_view("query");
}

// Nothing else stands in the query of this look-up.
std::span<const std::string_view> query_names(MemberAsk ask) {
  static constexpr std::string_view kCatalogueNames[] = {"member"};
  static constexpr std::string_view kHistoryNames[] = {"before", "limit"};
  if (ask == MemberAsk::kCatalogue) return kCatalogueNames;
  if (ask == MemberAsk::kHistory) return kHistoryNames;
  return {};
}

std::string_view query_text(MemberAsk ask) {
  if (ask == MemberAsk::kCatalogue) return "the query is ?member= alone";
  if (ask == MemberAsk::kHistory) return "the query is ?before=&limit=, or one of them, or none";
  return "it has no query";
}

http::Response health_answer(const MemberMoment& moment) {
  if (moment.province->poster() == nullptr) {
    return member_problem(MemberProblem::kUnavailable, "the province isn't open yet");
  }
  http::JsonWriter json;
  json.add("state", "UP");
  json.add("time", moment.now.text());
  json.add("province", moment.province->code());
  return {.body = json.take()};
}

http::Response look_up_order(std::string_view text, const Province& province, BusinessTime now) {
  const auto id = own_id_of(province, text);
  if (!id) {
    return member_problem(MemberProblem::kInvalid,
                          "an id of this province: " + province.code() + "/YYYYMMDD/reference",
                          "id");
  }
  const std::uint32_t number = province.book()->orders().find(*id);
  return number == OrderBook::kNone ? member_problem(MemberProblem::kUnknownTransaction, {}, "id")
                                    : order_answer(province, number, now);
}

http::Response look_up_member(MemberAsk ask, const MemberView& view, const Balance& balance) {
  if (ask == MemberAsk::kExpiring) return expiring_answer(view);
  if (ask == MemberAsk::kLevel) return level_answer(view);
  if (ask == MemberAsk::kLevels) return levels_answer(view);
  if (ask == MemberAsk::kEntitlements) return entitlements_answer(view);
  if (ask == MemberAsk::kCatalogue) return catalogue_answer(view);
  return balance_answer(view, balance);
}

http::Response look_up(const MemberService::Admitted& asked, const MemberMoment& moment,
                       const HistoryAsk& history = {}) {
  const Province& province = *moment.province;
  const DayPoster* poster = province.poster();
  if (poster == nullptr) {
    return member_problem(MemberProblem::kUnavailable, "the province isn't open yet");
  }
  const BusinessDate today = moment.now.date();
  const bool plain = asked.ask == MemberAsk::kBalance || asked.ask == MemberAsk::kExpiring ||
                     asked.ask == MemberAsk::kHistory;
  const Programme* programme =
      province.book() == nullptr ? nullptr : province.book()->programmes().of_day(today);
  if (programme == nullptr && !plain) return member_problem(MemberProblem::kNoProgramme);
  if (asked.ask == MemberAsk::kOrder) return look_up_order(asked.id, province, moment.now);
  if (asked.ask == MemberAsk::kStaffOpen) return open_answer(province, moment.now);
  const Home& home = poster->home();
  const auto balance = home.balance(asked.member, today);
  if (!balance || balance->state == MemberState::kMoved) {
    return member_problem(MemberProblem::kNotHome, {}, "number");
  }
  const MemberView view{.province = province,
                        .home = home,
                        .member = asked.member,
                        .number = home.number_of(asked.member),
                        .programme = programme,
                        .now = moment.now};
  return asked.ask == MemberAsk::kHistory ? history_answer(view, moment.history, history)
                                          : look_up_member(asked.ask, view, *balance);
}

// None: it names none.
Member member_in(std::string_view body) {
  const auto object = http::parse_flat_json(body);
  if (!object) return {};
  const auto found =
      std::ranges::find(object.value(), "member", &std::pair<std::string, http::FlatValue>::first);
  const auto* text =
      found == object.value().end() ? nullptr : std::get_if<std::string>(&found->second);
  return text == nullptr ? Member() : Member::parse(*text).value_or(Member());
}

bool names_member(MemberAsk ask) {
  return ask == MemberAsk::kCatalogue || path_of(ask).find("{number}") != std::string_view::npos;
}

}  // namespace

void MemberService::set_channels(Channels channels) {
  channels_ = std::move(channels);
  std::map<Digest, TokenBucket> rates;
  for (const Channel& channel : channels_.all()) {
    const auto before = rates_.find(channel.token);
    const bool same = before != rates_.end() && before->second.per_second() == channel.per_second;
    rates.emplace(channel.token, same ? before->second : TokenBucket(channel.per_second));
  }
  rates_ = std::move(rates);
}

const Channel* MemberService::channel_of(const http::Request& request, BusinessDate today) const {
  const std::string_view token = bearer_of(request);
  if (!is_token(token)) return nullptr;
  const Channel* channel = channels_.find(token_digest(token));
  return channel != nullptr && channel->counts_on(today) ? channel : nullptr;
}

MemberService::Admission MemberService::admit(const http::Request& request,
                                              BusinessTime now) const {
  auto target = member_target(request.method, request.path);
  if (!target) return {.admitted = Fail{target.error()}};
  const MemberAsk ask = target->ask;
  if (ask == MemberAsk::kHealth) return {.name = word(ask), .admitted = Admitted{.ask = ask}};
  const auto in_query = request.query.find("member");
  const bool by_query = ask == MemberAsk::kCatalogue && in_query != request.query.end();
  const Member member =
      Member::parse(by_query ? std::string_view(in_query->second) : target->number)
          .value_or(Member());
  const Channel* channel = channel_of(request, now.date());
  Admission out{.is_look_up = true,
                .ask = ask,
                .member = member,
                .name = word(ask),
                .admitted = Fail{member_problem(MemberProblem::kNoToken, {}, "Authorization")}};
  if (channel == nullptr) return out;
  out.admitted = Admitted{.ask = ask,
                          .member = member,
                          .id = std::string(target->id),
                          .kind = target->kind,
                          .scope = target->scope,
                          .channel = channel->name,
                          .token = channel->token,
                          .scopes = channel->scopes};
  return out;
}

Member MemberService::about(const Admitted& asked, std::string_view body,
                            const Province& province) {
  if (asked.ask == MemberAsk::kStaff) return member_in(body);
  if (asked.id.empty() || province.book() == nullptr) return asked.member;
  const auto id = own_id_of(province, asked.id);
  const std::uint32_t order = id ? province.book()->orders().find(*id) : OrderBook::kNone;
  return order == OrderBook::kNone
             ? Member()
             : province.poster()->home().member_at(province.book()->orders().order(order).member);
}

http::Response MemberService::answer_staff(const MemberTarget& target, const http::Request& request,
                                           const MemberMoment& moment) {
  return target.ask == MemberAsk::kStaff
             ? answer_post({.ask = target.ask, .kind = target.kind}, request, moment)
             : look_up({.ask = target.ask}, moment);
}

http::Response MemberService::answer(const Admitted& asked, const http::Request& request,
                                     const MemberMoment& moment, Steady steady) {
  if (asked.ask == MemberAsk::kHealth) return health_answer(moment);
  // A channel that was taken out since asks no more.
  const auto rate = rates_.find(asked.token);
  if (rate == rates_.end()) return member_problem(MemberProblem::kNoToken, {}, "Authorization");
  rate->second.fill(steady);
  if (!rate->second.has(1)) return member_problem(MemberProblem::kTooMany);
  rate->second.take(1);
  if (!asked.scopes.has(asked.scope)) {
    return member_problem(MemberProblem::kScope,
                          "it needs the scope " + std::string(word(asked.scope)));
  }
  const bool by_query = asked.ask == MemberAsk::kCatalogue;
  if (names_member(asked.ask) && asked.member.none()) {
    return member_problem(MemberProblem::kInvalid,
                          "a member number: 14 digits, with its check digit",
                          by_query ? "member" : "number");
  }
  const auto names = query_names(asked.ask);
  const auto other = std::find_if(request.query.begin(), request.query.end(), [&](const auto& one) {
    return std::find(names.begin(), names.end(), one.first) == names.end();
  });
  if (other != request.query.end()) {
    return member_problem(MemberProblem::kInvalid, query_text(asked.ask), plain_name(other->first));
  }
  if (is_request(asked.ask)) {
    return answer_post({.ask = asked.ask,
                        .kind = asked.kind,
                        .member = asked.member,
                        .id = asked.id,
                        .channel = asked.channel},
                       request, moment);
  }
  if (asked.ask != MemberAsk::kHistory) return look_up(asked, moment);
  const auto history = history_ask(request.query);
  return history ? look_up(asked, moment, *history) : history.error();
}

}  // namespace ph
