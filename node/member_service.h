// The service for a province's channels (docs/members.md): who asks, whether he may, and what he is
// told of a member. Nothing of sockets and files; the clock is an argument. It reads the node's
// state and changes nothing of it; answers are written without a document tree.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "core/rules/expiry.h"
#include "core/types/id.h"
#include "core/types/result.h"
#include "core/types/time.h"
#include "node/member_channels.h"
#include "node/province.h"
#include "platform/http/http.h"
#include "platform/net/rate.h"

namespace ph {

enum class MemberAsk : std::uint8_t { kHealth, kBalance, kExpiring };
// `BALANCE`, ...: for the metrics.
[[nodiscard]] std::string_view word(MemberAsk ask);
// The path without the number: for the log of look-ups.
[[nodiscard]] std::string_view path_of(MemberAsk ask);

// What method and path mean. The refusal says so when they mean nothing.
struct MemberTarget {
  MemberAsk ask{};
  std::string_view number{};  // as it stands in the path; of a member's paths
};
[[nodiscard]] Result<MemberTarget, http::Response> member_target(std::string_view method,
                                                                 std::string_view path);

// What an answer is made from, when it is given.
struct MemberMoment {
  const Province* province{};
  BusinessTime now{};
};

class MemberService {
 public:
  using Steady = TokenBucket::Clock::time_point;

  // A request whose token is one of a channel's.
  struct Admitted {
    MemberAsk ask{};
    Member member{};
    std::string channel{};
    Digest token{};
    Scopes scopes{};
  };
  struct Admission {
    bool is_look_up{};  // of a member; it is to be logged, refused ones too
    MemberAsk ask{};
    Member member{};  // none: the number isn't one
    std::string_view name{};
    Result<Admitted, http::Response> admitted;
  };

  // In place of those before. What a channel has asked in the second that runs stays counted.
  void set_channels(Channels channels);
  [[nodiscard]] const Channels& channels() const { return channels_; }

  // By the header alone: path, method, token. Whoever has none is told nothing else.
  [[nodiscard]] Admission admit(const http::Request& request, BusinessTime now) const;
  // Then: how often, scope, number, query, home; and the answer.
  [[nodiscard]] http::Response answer(const Admitted& asked, const http::Request& request,
                                      const MemberMoment& moment, Steady steady);

 private:
  [[nodiscard]] const Channel* channel_of(const http::Request& request, BusinessDate today) const;

  Channels channels_{};
  std::map<Digest, TokenBucket> rates_{};  // of the channels there are
};

// The first two days after `today` on which points of some earned month are cancelled, whoever has
// any; beyond the calendar when there are fewer.
[[nodiscard]] std::pair<BusinessDate, BusinessDate> next_runs(const ExpiryRules& rules,
                                                              BusinessDate today);

}  // namespace ph
