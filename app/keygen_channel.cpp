// `pointhouse keygen --role channel`: a token for a channel of the member service.
#include <cstdio>
#include <string>

#include "app/keygen.h"
#include "node/member_channels.h"
#include "platform/crypto/token.h"

namespace ph {

namespace {

int refuse(const std::string& what) {
  std::fprintf(stderr, "keygen: %s\n", what.c_str());
  return 2;
}

}  // namespace

int run_channel_keygen(const KeygenOptions& options) {
  Channel channel{.name = options.channel, .per_second = options.per_second};
  if (!valid_channel_name(channel.name)) return refuse("--channel takes a name: a-z 0-9 -");
  const auto scopes = parse_scopes(options.scopes);
  if (!scopes) return refuse("--scopes takes " + scopes.error());
  channel.scopes = *scopes;
  if (channel.per_second == 0 || channel.per_second > kChannelPerSecondMax) {
    return refuse("--per-second is 1 to " + std::to_string(kChannelPerSecondMax));
  }
  const auto from = BusinessDate::parse(options.from_date);
  if (!from) return refuse("--from-date takes the first day, YYYY-MM-DD");
  channel.from = *from;
  if (!options.to_date.empty()) {
    channel.to = BusinessDate::parse(options.to_date);
    if (!channel.to || *channel.to <= channel.from) {
      return refuse("--to-date takes the day after the last, YYYY-MM-DD, later than the first");
    }
  }
  const std::string token = new_token();
  channel.token = token_digest(token);
  std::printf("token %s\nline %s\n", token.c_str(), channel.line().c_str());
  std::fprintf(stderr,
               "keygen: the token is for the channel %s alone, and isn't told again; the line goes "
               "into the file of channels\n",
               channel.name.c_str());
  return 0;
}

}  // namespace ph
