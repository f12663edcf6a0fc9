// A channel's request and the file of channels: any bytes give channels whose lines say the same,
// or a fault; a request that is admitted or refused, and never a token in what is told.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/types/check.h"
#include "node/member_problem.h"
#include "node/member_service.h"
#include "platform/crypto/token.h"

namespace {

using namespace ph;

const BusinessTime kNow = BusinessTime::of(BusinessDate::of(2026, 3, 5), 0);

// `text` up to the next line feed; the rest stays in it.
std::string_view line_of(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return line;
}

void check_refusal(const http::Response& refusal) {
  check(refusal.status >= 400 && refusal.content_type == "application/problem+json", "a problem");
}

void check_channels(const Channels& channels) {
  std::string text;
  for (const Channel& channel : channels.all()) {
    check(channels.find(channel.token) == &channel, "a channel is found by its token");
    check(!channel.scopes.none() && channel.per_second > 0, "a channel may do something");
    text += channel.line() + "\n";
  }
  const auto again = Channels::parse(text);
  check(again.ok() && again->all() == channels.all(), "its lines say the same");
}

}  // namespace

// Method, path, Authorization, a line each; the rest is a file of channels.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  http::Request request;
  request.method = line_of(rest);
  request.path = line_of(rest);
  request.fields["authorization"] = line_of(rest);

  MemberService service;
  if (auto channels = Channels::parse(rest)) {
    check_channels(*channels);
    service.set_channels(std::move(channels).value());
  } else {
    check(!channels.error().empty(), "a fault says what is wrong");
  }
  const auto admission = service.admit(request, kNow);
  if (!admission.admitted) {
    check_refusal(admission.admitted.error());
    return 0;
  }
  const MemberService::Admitted& admitted = *admission.admitted;
  check(admission.is_look_up == (admitted.ask != MemberAsk::kHealth), "what is a look-up");
  if (admission.is_look_up) {
    const Channel* channel = service.channels().find(admitted.token);
    check(channel != nullptr && channel->counts_on(kNow.date()), "a channel of today");
    check(admitted.member.none() || Member::parse(admitted.member.text()) == admitted.member,
          "a member's number");
  }
  return 0;
}
