// The way of sealed batches to the clearing (docs/wire.md, section 2), without a socket: offers,
// chunks, repeats with back-off, receipts. One thread owns it; steady time in milliseconds is an
// argument.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "node/province.h"
#include "platform/crypto/keys.h"
#include "platform/crypto/registry.h"
#include "platform/crypto/signing_keys.h"
#include "platform/wire/message.h"

namespace ph {

// Where messages go. `send` says whether the message was queued; one that wasn't is lost, and the
// protocol repeats it.
class UplinkPort {
 public:
  UplinkPort() = default;
  virtual ~UplinkPort() = default;
  UplinkPort(const UplinkPort&) = delete;
  UplinkPort& operator=(const UplinkPort&) = delete;
  virtual bool send(const std::vector<std::byte>& message) = 0;
  // The peer has been silent for too long: connect anew.
  virtual void reconnect() = 0;
};

struct UplinkSettings {
  std::uint32_t in_flight_max{16};
  std::int64_t back_off_first_ms{1'000};
  std::int64_t back_off_max_ms{60'000};
  std::int64_t progress_timeout_ms{15'000};
  std::int64_t heartbeat_ms{5'000};
  std::int64_t silence_ms{15'000};
  std::uint64_t chunk_bytes{wire::kChunkBytesMax};  // at most so many
};

enum class FlightState : std::uint8_t { kWaiting, kOffered, kSending, kHeld, kRefused };
[[nodiscard]] std::string_view word(FlightState state);

struct FlightStatus {
  std::uint32_t sequence{};
  FlightState state{};
  std::uint64_t sent{};
  std::uint64_t size{};
  std::string why{};
};

class Uplink {
 public:
  Uplink(UplinkSettings settings, std::string code, std::string clearing, SigningKeys signing,
         const KeyRegistry& registry, const Province& province, BlobStore& blobs);

  // Signatures are made anew: another key may count now.
  void use_registry(const KeyRegistry& registry);
  void on_connected(std::int64_t steady_ms);
  void retry(std::int64_t steady_ms);
  void tick(BusinessTime now, std::int64_t steady_ms, UplinkPort& port);

  // Gives the advices that the node is to journal; nothing for most messages.
  [[nodiscard]] std::vector<wire::Advice> on_message(const wire::Message& message,
                                                     std::int64_t steady_ms, UplinkPort& port);
  // The receipt that the node is to journal next, if it has come: receipts are kept in sequence.
  // Its batch is no longer under way.
  [[nodiscard]] std::optional<wire::Receipt> next_receipt();

  [[nodiscard]] std::vector<FlightStatus> flights() const;
  [[nodiscard]] std::vector<std::string> alarms() const;
  [[nodiscard]] bool stopped() const { return stopped_; }
  [[nodiscard]] bool heard(std::int64_t steady_ms) const {
    return heard_ms_ && steady_ms - *heard_ms_ < settings_.silence_ms;
  }

 private:
  struct Flight {
    FlightState state{FlightState::kWaiting};
    std::int64_t next_offer_ms{0};
    std::int64_t back_off_ms{0};
    std::int64_t progress_ms{0};
    std::int64_t rewound_ms{0};
    std::uint64_t wanted{0};  // the clearing has all bytes before
    std::uint64_t until{0};
    std::uint64_t sent{0};
    std::string why{};
    std::string signature{};
    std::optional<Blob> blob{};
  };

  void offer(std::uint32_t sequence, Flight& flight, std::int64_t steady_ms, UplinkPort& port);
  void send_chunks(std::uint32_t sequence, Flight& flight, UplinkPort& port);
  void on_want(const wire::Want& want, std::int64_t steady_ms, UplinkPort& port);
  void on_refusal(const wire::Refusal& refusal);
  [[nodiscard]] static bool is_of_our_key(const wire::Message& message);
  void on_receipt(const wire::Receipt& receipt);
  void on_heartbeat(const wire::Heartbeat& beat, std::int64_t steady_ms, UplinkPort& port);
  [[nodiscard]] bool overtaken(const wire::Heartbeat& beat) const;
  [[nodiscard]] std::string receipt_fault(const wire::Receipt& receipt, const SealedDay& day) const;
  [[nodiscard]] Flight* flight_of(std::uint32_t sequence, const Digest& digest);
  void alarm(std::string text);

  UplinkSettings settings_;
  std::string code_;
  std::string clearing_;
  SigningKeys signing_;
  const KeyRegistry* registry_;
  const Province& province_;
  BlobStore& blobs_;
  std::map<std::uint32_t, Flight> flights_;
  std::map<std::uint32_t, wire::Receipt> early_;  // receipts that came before an earlier one's
  std::vector<std::string> alarms_;
  bool key_over_{false};  // the clearing hears us, and says that our transport key's days are over
  std::optional<std::int64_t> heard_ms_;
  std::int64_t connected_ms_{0};
  std::int64_t heartbeat_ms_{0};
  std::int64_t advice_asked_ms_{0};
  bool stopped_{false};  // the clearing has less than we hold receipts for
};

}  // namespace ph
