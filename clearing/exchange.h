// The clearing's side of the wire (docs/wire.md, sections 1 and 2), without a socket: what each
// sender has offered, the batch it is sending, those that are held because one before them is
// missing. Bounded in everything. One thread owns it; steady time in milliseconds is an argument.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/crypto/sha256.h"
#include "platform/journal/journal.h"
#include "platform/wire/message.h"

namespace ph {

// Where a message came from: `route` is the transport's own name for the connection, given back
// with the answer.
struct Peer {
  std::string participant{};  // by the transport key
  std::string route{};
};

class ExchangePort {
 public:
  ExchangePort() = default;
  virtual ~ExchangePort() = default;
  ExchangePort(const ExchangePort&) = delete;
  ExchangePort& operator=(const ExchangePort&) = delete;
  // Queued, or lost: the protocol repeats.
  virtual bool send(const Peer& to, const std::vector<std::byte>& message) = 0;
};

struct ExchangeSettings {
  std::uint64_t window_bytes{8U << 20U};
  std::uint32_t held_max{64};
  std::uint64_t held_bytes_max{1U << 30U};  // of one sender's, all together
  std::int64_t silence_ms{60'000};          // after which what is staged is given up
  std::int64_t heartbeat_ms{5'000};
  std::uint32_t malformed_per_minute_max{16};
};

// A batch whose bytes are all there, in a blob that isn't finished: until somebody has taken the
// batch they are in nobody's way, and gone with this.
struct ArrivedBatch {
  wire::Offer offer{};
  std::unique_ptr<BlobWriter> writer{};
};

// What the owner says to an offer, and to a batch.
class ExchangeDesk {
 public:
  ExchangeDesk() = default;
  virtual ~ExchangeDesk() = default;
  ExchangeDesk(const ExchangeDesk&) = delete;
  ExchangeDesk& operator=(const ExchangeDesk&) = delete;
  struct OfferAnswer {
    std::optional<wire::Refusal> refusal{};
    std::optional<wire::Receipt> receipt{};  // a copy of a batch that was taken
    std::uint32_t next{};                    // else: the sequence that may be taken now
  };
  [[nodiscard]] virtual OfferAnswer on_offer(const std::string& sender,
                                             const wire::Offer& offer) = 0;
  // The next batch in sequence: takes it, durably, for which it finishes the blob, or refuses it.
  struct Verdict {
    std::optional<wire::Refusal> refusal{};
    std::optional<wire::Receipt> receipt{};
  };
  [[nodiscard]] virtual Verdict take(const std::string& sender, const ArrivedBatch& batch) = 0;
  [[nodiscard]] virtual wire::Heartbeat heartbeat(const std::string& sender) = 0;
  [[nodiscard]] virtual wire::Advices advices(const std::string& sender, std::uint64_t after) = 0;
  // Live (section 6). What is to be sent the owner sends itself, once it is durable.
  virtual void on_ask(const Peer& from, const Ask& ask) = 0;
  virtual void on_answer(const Peer& from, const Answer& answer) = 0;
  // What a gateway of the clearing house asks besides. False: nobody here answers such a message.
  [[nodiscard]] virtual bool on_question(const Peer& from, const wire::Message& question) = 0;
};

struct PeerStatus {
  std::optional<std::int64_t> heard_ms{};
  std::uint32_t staging{};  // sequence; 0 for none
  std::uint64_t staged{};
  std::uint64_t staging_size{};
  std::vector<std::uint32_t> held{};
  std::uint64_t malformed{};
  std::string last_refusal{};
  std::uint16_t speaks{};  // as its last heartbeat said
};

class Exchange {
 public:
  Exchange(ExchangeSettings settings, BlobStore& blobs, ExchangeDesk& desk);

  void on_message(const Peer& from, Bytes message, std::int64_t steady_ms, ExchangePort& port);
  // A message came over a connection whose key's days are over: it isn't spoken to any more.
  void on_expired(const Peer& from);
  // Heartbeats; gives up what has been silent.
  void tick(std::int64_t steady_ms, ExchangePort& port);

  [[nodiscard]] PeerStatus status(const std::string& participant) const;
  // The connection that was heard last, within the time of silence.
  [[nodiscard]] std::optional<Peer> reach(const std::string& participant,
                                          std::int64_t steady_ms) const;

 private:
  struct Staged {
    wire::Offer offer{};
    std::unique_ptr<BlobWriter> writer{};
    std::uint64_t offset{0};
    Sha256Stream digest{};                // over all but the trailer
    std::array<std::byte, 32> trailer{};  // the batch's own digest, its last bytes

    void write(Bytes part);
    [[nodiscard]] bool is_what_was_offered();
  };
  struct Session {
    Peer peer{};          // the connection heard last
    bool expired{false};  // its key's days are over
    std::optional<std::int64_t> heard_ms{};
    std::int64_t beat_ms{0};
    std::uint16_t speaks{0};
    std::optional<Staged> staged{};
    std::map<std::uint32_t, ArrivedBatch> held{};
    std::int64_t minute_ms{0};
    std::uint32_t malformed_in_minute{0};
    std::uint64_t malformed{0};
    std::string last_refusal{};  // until that sequence, or a later one, is taken
    std::uint32_t last_refused{0};
    [[nodiscard]] std::uint64_t held_bytes() const;
  };

  void on_malformed(Session& session, wire::DecodeFault fault, std::int64_t steady_ms,
                    ExchangePort& port);
  void on_offer(Session& session, const wire::Offer& offer, ExchangePort& port);
  void on_chunk(Session& session, const wire::Chunk& chunk, ExchangePort& port);
  void on_arrived(Session& session, ArrivedBatch batch, std::uint32_t next, ExchangePort& port);
  void take_in_order(Session& session, ArrivedBatch batch, ExchangePort& port);
  void want(Session& session, ExchangePort& port);
  void refuse(Session& session, wire::Refusal refusal, ExchangePort& port);

  ExchangeSettings settings_;
  BlobStore& blobs_;
  ExchangeDesk& desk_;
  std::map<std::string, Session> sessions_;
};

}  // namespace ph
