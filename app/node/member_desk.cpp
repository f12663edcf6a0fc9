#include "app/node/member_desk.h"

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
constexpr std::int64_t kLookMs = 250;  // between two looks at the file of channels

}  // namespace

MemberDesk::MemberDesk(Loop& loop, MemberDeskOptions options, const std::filesystem::path& folder,
                       Node& node, Process process, Log& log, Metrics& metrics)
    : options_(std::move(options)),
      node_(node),
      process_(std::move(process)),
      log_(log),
      look_ups_({.folder = folder, .days = options_.lookup_days}, process_.now().date()),
      server_(loop, {.connections_max = kConnectionsMax}),
      channels_(metrics.gauge("pointhouse_members_channels",
                              "Tokens in the file of channels that is in force.")),
      certificate_(metrics.gauge("pointhouse_members_certificate_ends_seconds",
                                 "When the certificate ends, as seconds since 1970 (UTC).")),
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
      .province = &node_.province(), .now = now, .take = [this, now](const MemberRequest& row) {
        return node_.take_member(row, now);
      }};
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

void MemberDesk::turn() {
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
  return out;
}

}  // namespace ph
