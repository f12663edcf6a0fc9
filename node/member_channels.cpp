#include "node/member_channels.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "platform/crypto/token.h"

namespace ph {

namespace {

constexpr std::size_t kFields = 6;
constexpr std::array<std::pair<Scope, std::string_view>, 14> kScopeWords{{
    {Scope::kLevel, "level"},
    {Scope::kBalance, "balance"},
    {Scope::kHistory, "history"},
    {Scope::kEntitlement, "entitlement"},
    {Scope::kClaim, "claim"},
    {Scope::kCatalogue, "catalogue"},
    {Scope::kRedeem, "redeem"},
    {Scope::kOrder, "order"},
    {Scope::kRegister, "register"},
    {Scope::kApply, "apply"},
    {Scope::kProfile, "profile"},
    {Scope::kStaff, "staff"},
    {Scope::kReview, "review"},
    {Scope::kCalls, "calls"},
}};

// Takes what stands before the next `separator`, and that.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

std::optional<std::uint32_t> whole_number(std::string_view text) {
  std::uint32_t out = 0;
  const char* end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, out);
  const bool good = error == std::errc() && after == end && text[0] != '0';
  return good ? std::optional(out) : std::nullopt;
}

Result<Channel, std::string> parse_line(std::string_view line) {
  if (std::count(line.begin(), line.end(), ',') != kFields - 1) {
    return Fail{
        std::string("name,<SHA-256 of the token>,<scopes>,<requests a second>,<first day>,"
                    "<day after the last>")};
  }
  Channel out;
  out.name = take_until(line, ',');
  if (!valid_channel_name(out.name)) return Fail{std::string("a name: 1 to 24 of a-z 0-9 -")};
  const auto token = digest_of_hex(take_until(line, ','));
  if (!token) {
    return Fail{std::string("the token's SHA-256 in lower-case hexadecimal, not the token")};
  }
  out.token = *token;
  const auto scopes = parse_scopes(take_until(line, ','));
  if (!scopes) return Fail{scopes.error()};
  out.scopes = *scopes;
  const auto per_second = whole_number(take_until(line, ','));
  if (!per_second || *per_second > kChannelPerSecondMax) {
    return Fail{"requests a second: 1 to " + std::to_string(kChannelPerSecondMax)};
  }
  out.per_second = *per_second;
  const auto from = BusinessDate::parse(take_until(line, ','));
  if (!from) return Fail{std::string("the first day, YYYY-MM-DD")};
  out.from = *from;
  if (line.empty()) return out;
  out.to = BusinessDate::parse(line);
  if (!out.to || *out.to <= out.from) {
    return Fail{std::string("the day after the last, YYYY-MM-DD, later than the first; or none")};
  }
  return out;
}

}  // namespace

std::string_view word(Scope scope) {
  return kScopeWords[static_cast<std::size_t>(scope)].second;
}

std::optional<Scope> scope_of(std::string_view word) {
  for (const auto& [scope, its_word] : kScopeWords) {
    if (its_word == word) return scope;
  }
  return std::nullopt;
}

std::string Scopes::text() const {
  std::string out;
  for (const auto& [scope, its_word] : kScopeWords) {
    if (has(scope)) out.append(out.empty() ? "" : " ").append(its_word);
  }
  return out;
}

Result<Scopes, std::string> parse_scopes(std::string_view text) {
  Scopes out;
  bool good = !text.empty() && !text.ends_with(' ');
  while (good && !text.empty()) {
    const auto scope = scope_of(take_until(text, ' '));
    good = scope && !out.has(*scope);
    if (good) out.add(*scope);
  }
  if (good) return out;
  std::string words;
  for (const auto& [scope, its_word] : kScopeWords) {
    words.append(words.empty() ? "" : ", ").append(its_word);
  }
  return Fail{"scopes, each once, one blank between: some of " + words};
}

bool valid_channel_name(std::string_view text) {
  return !text.empty() && text.size() <= kChannelNameMax &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

std::string Channel::line() const {
  return name + "," + hex(token) + "," + scopes.text() + "," + std::to_string(per_second) + "," +
         from.text() + "," + (to ? to->text() : "");
}

Result<Channels, std::string> Channels::parse(std::string_view text) {
  if (text.size() > kChannelsBytesMax) {
    return Fail{"more than the " + std::to_string(kChannelsBytesMax) + " bytes of such a file"};
  }
  Channels out;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = take_until(text, '\n');
    if (line.empty() || line.front() == '#') continue;
    const std::string at = "line " + std::to_string(number) + ": ";
    auto channel = parse_line(line);
    if (!channel) return Fail{at + "expected " + channel.error()};
    if (out.find(channel->token) != nullptr) return Fail{at + "this token stands there twice"};
    if (out.all_.size() == kChannelsMax) {
      return Fail{at + std::to_string(kChannelsMax) + " channels at most"};
    }
    out.all_.push_back(std::move(channel).value());
  }
  return out;
}

const Channel* Channels::find(const Digest& token) const {
  const Channel* found = nullptr;
  for (const Channel& channel : all_) {
    if (same_secret(channel.token, token)) found = &channel;
  }
  return found;
}

}  // namespace ph
