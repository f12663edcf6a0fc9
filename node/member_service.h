// The service for a province's channels (docs/members.md): who asks, whether he may, and what he is
// told of a member. Nothing of sockets and files; the clock is an argument. It reads the node's
// state, and changes it by rows of members alone; answers are written without a document tree.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/types/id.h"
#include "core/types/result.h"
#include "core/types/time.h"
#include "node/member_channels.h"
#include "node/member_posts.h"
#include "node/member_target.h"
#include "node/province.h"
#include "platform/http/http.h"
#include "platform/net/rate.h"

namespace ph {

class MemberService {
 public:
  using Steady = TokenBucket::Clock::time_point;

  // A request whose token is one of a channel's.
  struct Admitted {
    MemberAsk ask{};
    Member member{};    // of the path, or the query; none: it isn't one
    std::string id{};   // of an order, as it stands in the path
    MemberKind kind{};  // of a request
    Scope scope{};      // that it needs
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
  // Whom it is about, also when it names an order instead, or the body of a request of staff names
  // him; none: nobody in particular.
  [[nodiscard]] static Member about(const Admitted& asked, std::string_view body,
                                    const Province& province);
  // Then: how often, scope, number, query, body, home; and the answer. What `moment.take` decided
  // is told once it is durable.
  [[nodiscard]] http::Response answer(const Admitted& asked, const http::Request& request,
                                      const MemberMoment& moment, Steady steady);
  // The same of the paths of staff for who needs no token: the province's own counter.
  [[nodiscard]] static http::Response answer_staff(const MemberTarget& target,
                                                   const http::Request& request,
                                                   const MemberMoment& moment);

 private:
  [[nodiscard]] const Channel* channel_of(const http::Request& request, BusinessDate today) const;

  Channels channels_{};
  std::map<Digest, TokenBucket> rates_{};  // of the channels there are
};

}  // namespace ph
