// Requests of the member service that change something: a body becomes the row of a member that a
// home decides live, and its answer becomes the channel's. The same request under the same id gets
// the same answer, whatever has changed since (docs/members.md, section 6).
#pragma once

#include <functional>
#include <string_view>

#include "core/home/live.h"
#include "core/home/member_columns.h"
#include "node/history_book.h"
#include "node/member_target.h"
#include "node/province.h"
#include "platform/http/http.h"

namespace ph {

// What an answer is made from, when it is given. `take` decides a row live; what it was answered is
// told once it is durable. Look-ups don't call it.
struct MemberMoment {
  const Province* province{};
  BusinessTime now{};
  std::function<LiveAnswer(const MemberRequest&)> take{};
  HistoryBook* history{};  // nullptr: nobody makes an index
};

struct MemberPost {
  MemberAsk ask{};
  MemberKind kind{};
  Member member{};             // of the path; none where it has none
  std::string_view id{};       // of an order, as it stands in the path
  std::string_view channel{};  // empty: the counter's socket
};

inline constexpr std::uint64_t kMemberBodyBytesMax = 4'096;

[[nodiscard]] http::Response answer_post(const MemberPost& post, const http::Request& request,
                                         const MemberMoment& moment);
// He is at home here, or has left the network here.
[[nodiscard]] bool is_here(const Home& home, Member member);

}  // namespace ph
