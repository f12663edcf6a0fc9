#include "node/member_service.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "node/member_problem.h"
#include "platform/crypto/token.h"
#include "platform/http/json_writer.h"

namespace ph {

namespace {

constexpr std::string_view kMembers = "/v1/members/";
constexpr std::string_view kBearer = "Bearer ";
constexpr std::size_t kBytesOfAnswer = 1'024;

struct AskRow {
  MemberAsk ask{};
  std::string_view word{};
  std::string_view path{};  // behind the number
  std::string_view shown{};
  Scope scope{};
};
constexpr std::array<AskRow, 3> kAsks{{
    {MemberAsk::kHealth, "HEALTH", "", "/v1/health", Scope::kBalance},
    {MemberAsk::kBalance, "BALANCE", "/balance", "/v1/members/{number}/balance", Scope::kBalance},
    {MemberAsk::kExpiring, "EXPIRING", "/expiring", "/v1/members/{number}/expiring",
     Scope::kBalance},
}};

const AskRow& row_of(MemberAsk ask) {
  return kAsks[static_cast<std::size_t>(ask)];
}

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

// Points of a member that are cancelled on one day.
struct Expiring {
  BusinessDate on{};
  std::int64_t points{};
  std::int64_t held{};
};

// By their day, ascending: lots lie in taking order.
std::vector<Expiring> expiring_of(const Home& home, Member member) {
  std::vector<Expiring> out;
  for (const Lot& lot : home.lots(member)) {
    if (lot.remaining == 0) continue;
    if (out.empty() || out.back().on != lot.expires_on) out.push_back({.on = lot.expires_on});
    out.back().points += lot.remaining;
    out.back().held += lot.held;
  }
  return out;
}

void add_expiring(http::JsonWriter& json, const Expiring& row) {
  json.begin_object();
  json.add("expires_on", row.on.text());
  json.add("points", row.points);
  json.add("held", row.held);
  json.end_object();
}

http::JsonWriter opened_answer(Member member, BusinessTime now) {
  http::JsonWriter json(kBytesOfAnswer);
  json.add("member", member.text());
  json.add("time", now.text());
  return json;
}

http::Response balance_answer(const Home& home, Member member, const Balance& balance,
                              BusinessTime now) {
  http::JsonWriter json = opened_answer(member, now);
  json.add("state", balance.state == MemberState::kClosed ? "CLOSED" : "HOME");
  json.add("points", balance.points);
  json.add("available", balance.available);
  json.add("held", balance.held);
  json.add("debts", balance.debts);
  json.begin_list("expiry");
  for (const Expiring& row : expiring_of(home, member)) {
    add_expiring(json, row);
  }
  json.end_list();
  return {.body = json.take()};
}

// Both runs, and in between the days of points that were given back after their run.
http::Response expiring_answer(const Home& home, const ExpiryRules& rules, Member member,
                               BusinessTime now) {
  const auto runs = next_runs(rules, now.date());
  std::vector<Expiring> rows = expiring_of(home, member);
  std::erase_if(rows,
                [&](const Expiring& row) { return row.on <= now.date() || row.on > runs.second; });
  for (const BusinessDate run : {runs.first, runs.second}) {
    const auto place = std::find_if(rows.begin(), rows.end(),
                                    [run](const Expiring& row) { return row.on >= run; });
    if (place == rows.end() || place->on != run) rows.insert(place, {.on = run});
  }
  http::JsonWriter json = opened_answer(member, now);
  json.begin_list("expiring");
  for (const Expiring& row : rows) {
    add_expiring(json, row);
  }
  json.end_list();
  return {.body = json.take()};
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

http::Response look_up(MemberAsk ask, Member member, const MemberMoment& moment) {
  const DayPoster* poster = moment.province->poster();
  if (poster == nullptr) {
    return member_problem(MemberProblem::kUnavailable, "the province isn't open yet");
  }
  const Home& home = poster->home();
  const auto balance = home.balance(member, moment.now.date());
  if (!balance || balance->state == MemberState::kMoved) {
    return member_problem(MemberProblem::kNotHome, {}, "number");
  }
  return ask == MemberAsk::kBalance
             ? balance_answer(home, member, *balance, moment.now)
             : expiring_answer(home, moment.province->rules()->expiry(), member, moment.now);
}

}  // namespace

std::string_view word(MemberAsk ask) {
  return row_of(ask).word;
}

std::string_view path_of(MemberAsk ask) {
  return row_of(ask).shown;
}

Result<MemberTarget, http::Response> member_target(std::string_view method, std::string_view path) {
  std::optional<MemberTarget> found;
  if (path == row_of(MemberAsk::kHealth).shown) found = MemberTarget{.ask = MemberAsk::kHealth};
  if (path.starts_with(kMembers)) {
    const std::string_view rest = path.substr(kMembers.size());
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    for (const AskRow& row : kAsks) {
      if (!row.path.empty() && rest.substr(slash) == row.path) {
        found = MemberTarget{.ask = row.ask, .number = rest.substr(0, slash)};
      }
    }
  }
  if (!found) return Fail{member_problem(MemberProblem::kNoSuchPath)};
  if (method != "GET") {
    http::Response refusal = member_problem(MemberProblem::kMethod);
    refusal.allow = "GET";
    return Fail{std::move(refusal)};
  }
  return *found;
}

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
  const Member member = Member::parse(target->number).value_or(Member());
  const Channel* channel = channel_of(request, now.date());
  if (channel == nullptr) {
    return {.is_look_up = true,
            .ask = ask,
            .member = member,
            .name = word(ask),
            .admitted = Fail{member_problem(MemberProblem::kNoToken, {}, "Authorization")}};
  }
  return {.is_look_up = true,
          .ask = ask,
          .member = member,
          .name = word(ask),
          .admitted = Admitted{.ask = ask,
                               .member = member,
                               .channel = channel->name,
                               .token = channel->token,
                               .scopes = channel->scopes}};
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
  const Scope scope = row_of(asked.ask).scope;
  if (!asked.scopes.has(scope)) {
    return member_problem(MemberProblem::kScope, "it needs the scope " + std::string(word(scope)));
  }
  if (asked.member.none()) {
    return member_problem(MemberProblem::kInvalid,
                          "a member number: 14 digits, with its check digit", "number");
  }
  if (!request.query.empty()) {
    return member_problem(MemberProblem::kInvalid, "this look-up has no query",
                          plain_name(request.query.begin()->first));
  }
  return look_up(asked.ask, asked.member, moment);
}

std::pair<BusinessDate, BusinessDate> next_runs(const ExpiryRules& rules, BusinessDate today) {
  // Points live a year at least, so those of the second run are earned by next year's end.
  constexpr int kBefore = 12 * (kExpiryYearsMax + 1);
  constexpr int kBehind = 12;
  const int now = today.month().count();
  std::pair<BusinessDate, BusinessDate> out{BusinessDate(BusinessDate::kCount),
                                            BusinessDate(BusinessDate::kCount)};
  const int last = std::min(now + kBehind, Month::kCount - 1);
  for (int month = std::max(now - kBefore, 0); month <= last; ++month) {
    const BusinessDate run = rules.expiry_of(Month(static_cast<std::uint16_t>(month)));
    if (run <= today || run == out.first) continue;
    if (run < out.first) {
      out = {run, out.first};
    } else {
      out.second = std::min(out.second, run);
    }
  }
  return out;
}

}  // namespace ph
