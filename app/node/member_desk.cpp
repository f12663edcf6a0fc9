#include "app/node/member_desk.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "app/process/shell.h"
#include "node/member_problem.h"
#include "platform/crypto/key_files.h"

namespace ph {

namespace {

constexpr std::size_t kConnectionsMax = 1'024;
constexpr std::int64_t kLookMs = 250;            // between two looks at the file of channels
constexpr std::int64_t kHistoryTellMs = 10'000;  // between two words of its progress
constexpr std::int64_t kHistoryLookMs = 5'000;   // between two looks at what couldn't be read

}  // namespace

MemberDesk::MemberDesk(Loop& loop, MemberDeskOptions options, const Folders& folders, Node& node,
                       Process process, Log& log, Metrics& metrics)
    : options_(std::move(options)),
      node_(node),
      process_(std::move(process)),
      log_(log),
      look_ups_({.folder = folders.look_ups, .days = options_.lookup_days}, process_.now().date()),
      history_(node_.blobs()),
      history_maker_({.folder = folders.history, .months = options_.history_months}, node_.blobs()),
      server_(loop, {.connections_max = kConnectionsMax}),
      channels_(metrics.gauge("pointhouse_members_channels",
                              "Tokens in the file of channels that is in force.")),
      certificate_(metrics.gauge("pointhouse_members_certificate_ends_seconds",
                                 "When the certificate ends, as seconds since 1970 (UTC).")),
      history_lacks_(metrics.gauge("pointhouse_members_history_lacking_days",
                                   "Sealed days whose lines no history has yet; all of them while "
                                   "the index is being made.")),
      lost_(metrics.counter("pointhouse_members_lookups_lost_total",
                            "Look-ups that the log had no room for.")),
      left_out_(metrics.counter("pointhouse_members_lookups_left_out_total",
                                "Refused look-ups beyond those that are logged in a second.")) {
  server_.refuse_with(member_refusal);
  server_.serve(
      [this](const http::Request& request) { return admit(request); },
      [this](const http::Request& request, const http::Reply& reply) { handle(request, reply); });
  server_.watch(metrics, "pointhouse_members");
  for (const std::string& host : options_.hosts) {
    server_.allow_host(host);
  }
}

std::uint16_t MemberDesk::open() {
  turn();
  const auto [address, port] = address_of(options_.listen, "member_service.listen");
  const std::uint16_t bound = server_.listen_tls(address, port, options_.tls);
  const std::string at = options_.listen.substr(0, options_.listen.rfind(':') + 1);
  log_.info("member_service_open", {{"listen", at + std::to_string(bound)}});
  watch();
  return bound;
}

http::Admission MemberDesk::admit(const http::Request& request) {
  const BusinessTime now = process_.now();
  auto admission = service_.admit(request, now);
  http::Admission out;
  out.name = admission.name;
  out.options.body_bytes_max =
      admission.admitted && is_request(admission.ask) ? kMemberBodyBytesMax : 0;
  if (admission.admitted) {
    const auto asked =
        std::make_shared<const MemberService::Admitted>(std::move(admission.admitted).value());
    if (admission.is_look_up) {
      out.turned_away = [this, now, asked](int status) {
        log_look_up(now, *asked, MemberService::about(*asked, {}, node_.province()), status);
      };
    }
    out.context = asked;
    return out;
  }
  out.refusal = admission.admitted.error();
  if (admission.is_look_up) {
    log_look_up(now, {.ask = admission.ask}, admission.member, out.refusal->status);
  }
  return out;
}

void MemberDesk::handle(const http::Request& request, const http::Reply& reply) {
  const auto& asked =
      *std::any_cast<const std::shared_ptr<const MemberService::Admitted>&>(request.context);
  process_.asked();
  const BusinessTime now = process_.now();
  const auto steady = MemberService::Steady(std::chrono::milliseconds(process_.steady_ms()));
  const MemberMoment moment{
      .province = &node_.province(),
      .now = now,
      .take = [this, now](const MemberRequest& row) { return node_.take_member(row, now); },
      .history = &history_};
  http::Response response = service_.answer(asked, request, moment, steady);
  if (asked.ask != MemberAsk::kHealth) {
    log_look_up(now, asked, MemberService::about(asked, request.body, node_.province()),
                response.status);
  }
  if (node_.answers_wait()) {
    to_tell_.emplace_back(reply, std::move(response));
    process_.commit_soon();
  } else {
    reply(std::move(response));
  }
}

// Each path has one method.
void MemberDesk::log_look_up(BusinessTime now, const MemberService::Admitted& asked, Member about,
                             int status) {
  look_ups_.add({.time = now,
                 .channel = asked.channel,
                 .method = row_of(asked.ask).method,
                 .path = path_of(asked.ask),
                 .member = about,
                 .status = status});
}

void MemberDesk::tell() {
  for (auto& [reply, response] : std::exchange(to_tell_, {})) {
    reply(std::move(response));
  }
}

// What was sealed goes to the maker, what it has made to the look-ups.
void MemberDesk::tend_history() {
  const std::vector<SealedDay>& sealed = node_.province().sealed();
  if (history_days_ < sealed.size() || !history_begun_) {
    std::vector<HistoryMaker::Day> days;
    for (; history_days_ < sealed.size(); ++history_days_) {
      const SealedDay& day = sealed[history_days_];
      days.push_back({.date = day.date, .batch = day.batch, .blob = day.blob});
    }
    if (!std::exchange(history_begun_, true)) {
      history_began_ms_ = history_told_ms_ = process_.steady_ms();
    }
    history_maker_.add(std::move(days));
  }
  const bool was_ready = history_.ready();
  if (auto set = history_maker_.take()) {
    history_.use(std::move(set));
  }
  while (const auto day = history_.take_doubt()) {  // Of the set at hand alone.
    log_.error("history_doubted", {{"date", *day}});
    history_maker_.doubt(*day);
  }
  const auto as_of = history_.as_of();
  const auto behind =
      as_of ? std::ranges::upper_bound(sealed, *as_of, {}, &SealedDay::date) : sealed.begin();
  history_lacks_.set(static_cast<std::uint64_t>(sealed.end() - behind) + history_.gaps());
  tell_history(was_ready);
}

void MemberDesk::tell_history(bool was_ready) {
  const std::int64_t now = process_.steady_ms();
  const HistoryMaker::Progress progress = history_maker_.progress();
  if (history_.ready() && !was_ready) {
    log_.info("history_ready",
              {{"days_made", progress.done}, {"milliseconds", now - history_began_ms_}});
  } else if (!history_.ready()) {
    if (was_ready) history_began_ms_ = history_told_ms_ = now;
    if (now - history_told_ms_ >= kHistoryTellMs) {
      history_told_ms_ = now;
      log_.info("history_being_made", {{"days", progress.done}, {"of", progress.of}});
    }
  }
  if (std::string fault = history_maker_.fault(); fault != history_fault_) {
    history_fault_ = std::move(fault);
    if (!history_fault_.empty()) log_.error("history_not_made", {{"why", history_fault_}});
  }
  if (!history_unread_.empty() && now - history_looked_ms_ >= kHistoryLookMs) {
    history_looked_ms_ = now;
    history_.look_again(node_.province().sealed());
  }
  if (std::string fault = history_.fault(); fault != history_unread_) {
    history_unread_ = std::move(fault);
    history_looked_ms_ = now;
    if (!history_unread_.empty()) log_.error("history_not_read", {{"why", history_unread_}});
  }
}

void MemberDesk::turn() {
  tend_history();
  if (process_.steady_ms() - looked_ms_ < kLookMs) {
    return;
  }
  looked_ms_ = process_.steady_ms();
  look_ups_.set_today(process_.now().date());
  if (const FileStamp now = file_stamp(options_.channels);
      now != stamp_ || !channels_fault_.empty() || service_.channels().all().empty()) {
    stamp_ = now;
    read_channels();
  }
  watch();
}

// A file that is no good leaves those in force that were.
void MemberDesk::read_channels() {
  std::string fault;
  try {
    const auto text = read_private_file(options_.channels, kChannelsBytesMax);
    auto channels =
        text ? Channels::parse(*text) : Result<Channels, std::string>(Fail{std::string()});
    if (!text) {
      fault = text.error();
    } else if (!channels) {
      fault = options_.channels.string() + ", " + channels.error();
    } else if (channels->all() != service_.channels().all()) {
      log_.info("channels_read", {{"channels", channels->all().size()}});
      service_.set_channels(std::move(channels).value());
    }
  } catch (const std::system_error& failure) {
    fault = failure.what();
  }
  if (!fault.empty() && fault != channels_fault_) {
    log_.error("channels_refused", {{"why", fault}});
  }
  channels_fault_ = std::move(fault);
}

void MemberDesk::watch() {
  channels_.set(service_.channels().all().size());
  certificate_.set(server_.tls_not_after());
  const LookUpLog::Counts counts = look_ups_.counts();
  lost_.raise_to(counts.lost);
  left_out_.raise_to(counts.left_out);
  if (const std::string fault = look_ups_.fault(); fault != look_ups_fault_) {
    look_ups_fault_ = fault;
    if (!fault.empty()) log_.error("look_ups_not_logged", {{"why", fault}});
  }
}

void MemberDesk::reload_tls() {
  try {
    server_.reload_tls();
    log_.info("certificate_reloaded", {{"ends_s", server_.tls_not_after()}});
  } catch (const std::runtime_error& failure) {  // std::system_error, too.
    log_.error("certificate_refused", {{"why", failure.what()}});
  }
}

std::vector<std::string> MemberDesk::alarms() const {
  std::vector<std::string> out;
  if (!channels_fault_.empty()) {
    out.push_back(
        "the channels of the member service: " + channels_fault_ +
        (service_.channels().all().empty() ? "; nobody may ask" : "; those before stay in force"));
  }
  if (!look_ups_fault_.empty()) {
    out.push_back("look-ups can't be logged: " + look_ups_fault_);
  }
  if (!history_fault_.empty()) {
    out.push_back("the index of members' histories can't be made: " + history_fault_);
  }
  if (!history_unread_.empty()) {
    out.push_back("histories that reach it can't be told: " + history_unread_);
  }
  return out;
}

}  // namespace ph
