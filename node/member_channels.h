// Who may ask the member service: the channels of a province (IVR, SMS, web, counter), each with
// the digest of its token, what it may ask, how often and on which days. A line each in a file:
//
//   name,<SHA-256 of the token>,<scopes>,<requests a second>,<first day>,<day after the last>
//
// Scopes have one blank between them; the last day may lack. Lines that begin with # and empty ones
// are passed over. A name may stand twice, with two tokens, while one takes the other's place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/types/date.h"
#include "core/types/digest.h"
#include "core/types/result.h"

namespace ph {

// What a channel may ask. All words of the member service; this release answers some of them.
enum class Scope : std::uint8_t {
  kLevel,
  kBalance,
  kHistory,
  kEntitlement,
  kClaim,
  kCatalogue,
  kRedeem,
  kOrder,
  kRegister,
  kApply,
  kProfile,
  kStaff,
  kReview,
  kCalls,
};
[[nodiscard]] std::string_view word(Scope scope);
[[nodiscard]] std::optional<Scope> scope_of(std::string_view word);

class Scopes {
 public:
  [[nodiscard]] bool has(Scope scope) const { return (bits_ & bit(scope)) != 0; }
  void add(Scope scope) { bits_ |= bit(scope); }
  [[nodiscard]] bool none() const { return bits_ == 0; }
  // In the order of the enumeration, a blank between.
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Scopes&, const Scopes&) = default;

 private:
  static constexpr std::uint32_t bit(Scope scope) { return 1U << static_cast<unsigned>(scope); }
  std::uint32_t bits_{};
};
// The error says what would be right.
[[nodiscard]] Result<Scopes, std::string> parse_scopes(std::string_view text);

inline constexpr std::uint32_t kChannelPerSecondMax = 100'000;
inline constexpr std::size_t kChannelNameMax = 24;
inline constexpr std::size_t kChannelsMax = 256;
inline constexpr std::size_t kChannelsBytesMax = 65'536;

// 1 to 24 of a-z 0-9 -.
[[nodiscard]] bool valid_channel_name(std::string_view text);

struct Channel {
  std::string name{};
  Digest token{};  // of the token, which is kept nowhere
  Scopes scopes{};
  std::uint32_t per_second{};
  BusinessDate from{};
  std::optional<BusinessDate> to{};  // the first day on which it counts no more

  [[nodiscard]] bool counts_on(BusinessDate day) const { return from <= day && (!to || day < *to); }
  // As it stands in the file, without its line feed.
  [[nodiscard]] std::string line() const;
  friend bool operator==(const Channel&, const Channel&) = default;
};

class Channels {
 public:
  // Nobody may ask.
  Channels() = default;
  // All of it or nothing: the error names the first line that is wrong, and nothing that stands
  // there. Any bytes may come.
  [[nodiscard]] static Result<Channels, std::string> parse(std::string_view text);

  // Whose token has this digest, whatever the day; nullptr: nobody's. The time doesn't depend on
  // whose it is, or how near it comes to one.
  [[nodiscard]] const Channel* find(const Digest& token) const;
  [[nodiscard]] const std::vector<Channel>& all() const { return all_; }

 private:
  std::vector<Channel> all_{};
};

}  // namespace ph
