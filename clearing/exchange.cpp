#include "clearing/exchange.h"

#include <algorithm>

namespace ph {

namespace {

constexpr std::int64_t kMinuteMs = 60'000;
// A peer beats every 5 s; who wasn't heard for so long is asked nothing.
constexpr std::int64_t kReachMs = 15'000;

}  // namespace

Exchange::Exchange(ExchangeSettings settings, BlobStore& blobs, ExchangeDesk& desk)
    : settings_(settings), blobs_(blobs), desk_(desk) {}

void Exchange::refuse(Session& session, wire::Refusal refusal, ExchangePort& port) {
  refusal.detail = wire::clean_text(refusal.detail);  // For the status, too.
  session.last_refused = refusal.sequence;
  session.last_refusal = std::to_string(refusal.sequence) + ": " +
                         std::string(wire::word(static_cast<wire::RefusalCode>(refusal.code))) +
                         (refusal.detail.empty() ? "" : ", " + refusal.detail);
  port.send(session.peer, wire::encode(refusal));
}

void Exchange::on_malformed(Session& session, wire::DecodeFault fault, std::int64_t steady_ms,
                            ExchangePort& port) {
  ++session.malformed;
  if (steady_ms - session.minute_ms >= kMinuteMs) {
    session.minute_ms = steady_ms;
    session.malformed_in_minute = 0;
  }
  if (++session.malformed_in_minute > settings_.malformed_per_minute_max) {
    return;
  }
  const wire::RefusalCode code = wire::refusal_of(fault);
  port.send(session.peer, wire::encode(wire::Refusal{.code = static_cast<std::uint16_t>(code),
                                                     .detail = std::string(wire::word(fault))}));
}

void Exchange::on_message(const Peer& from, Bytes bytes, std::int64_t steady_ms,
                          ExchangePort& port) {
  Session& session = sessions_[from.participant];
  session.peer = from;
  session.expired = false;
  wire::Message message;
  const wire::DecodeFault fault = wire::decode(bytes, message);
  if (fault != wire::DecodeFault::kNone) {
    on_malformed(session, fault, steady_ms, port);
    return;
  }
  session.heard_ms = steady_ms;
  if (const auto* offer = std::get_if<wire::Offer>(&message)) {
    on_offer(session, *offer, port);
  } else if (const auto* chunk = std::get_if<wire::Chunk>(&message)) {
    on_chunk(session, *chunk, port);
  } else if (const auto* request = std::get_if<wire::AdviceRequest>(&message)) {
    const wire::Advices advices = desk_.advices(from.participant, request->after);
    if (!advices.advices.empty()) {
      port.send(session.peer, wire::encode(advices));
    }
  } else if (const auto* beat = std::get_if<wire::Heartbeat>(&message)) {
    session.beat_ms = steady_ms;
    session.speaks = beat->speaks;
    port.send(session.peer, wire::encode(desk_.heartbeat(from.participant)));
  } else if (const auto* ask = std::get_if<Ask>(&message)) {
    desk_.on_ask(from, *ask);
  } else if (const auto* answer = std::get_if<Answer>(&message)) {
    desk_.on_answer(from, *answer);
  } else if (!desk_.on_question(from, message)) {
    on_malformed(session, wire::DecodeFault::kMalformed, steady_ms, port);
  }
}

void Exchange::want(Session& session, ExchangePort& port) {
  const Staged& staged = *session.staged;
  port.send(session.peer,
            wire::encode(wire::Want{.sequence = staged.offer.sequence,
                                    .digest = staged.offer.digest,
                                    .offset = staged.offset,
                                    .until = staged.offset + settings_.window_bytes}));
}

std::uint64_t Exchange::Session::held_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& [sequence, batch] : held) {
    bytes += batch.writer->size();
  }
  return bytes;
}

void Exchange::on_offer(Session& session, const wire::Offer& offer, ExchangePort& port) {
  const ExchangeDesk::OfferAnswer answer = desk_.on_offer(session.peer.participant, offer);
  if (answer.refusal) {
    refuse(session, *answer.refusal, port);
    return;
  }
  if (answer.receipt) {
    port.send(session.peer, wire::encode(*answer.receipt));
    return;
  }
  const auto held = session.held.find(offer.sequence);
  if (held != session.held.end() && held->second.offer.digest == offer.digest) {
    ArrivedBatch batch = std::move(held->second);
    batch.offer = offer;  // Of the key that counts now.
    session.held.erase(held);
    on_arrived(session, std::move(batch), answer.next, port);
    return;
  }
  if (offer.sequence > answer.next + settings_.held_max) {
    refuse(session,
           {.sequence = offer.sequence,
            .digest = offer.digest,
            .code = static_cast<std::uint16_t>(wire::RefusalCode::kGapTooWide),
            .retry = true,
            .detail = "sequence " + std::to_string(answer.next) + " is the first one missing"},
           port);
    return;
  }
  if (session.staged) {
    const bool same = session.staged->offer.sequence == offer.sequence &&
                      session.staged->offer.digest == offer.digest;
    if (!same && session.staged->offer.sequence <= offer.sequence) {
      return;  // One batch at a time; this one is offered again.
    }
    if (same) {
      want(session, port);
      return;
    }
  }
  if (offer.sequence > answer.next &&
      offer.size + session.held_bytes() > settings_.held_bytes_max) {
    refuse(session,
           {.sequence = offer.sequence,
            .digest = offer.digest,
            .code = static_cast<std::uint16_t>(wire::RefusalCode::kBusy),
            .retry = true,
            .detail = "sequence " + std::to_string(answer.next) +
                      " is the first one missing, and no more than " +
                      std::to_string(settings_.held_bytes_max) + " bytes wait for it"},
           port);
    return;
  }
  session.staged.emplace(Staged{.offer = offer, .writer = blobs_.create()});
  want(session, port);
}

void Exchange::Staged::write(Bytes part) {
  writer->write(part);
  const std::uint64_t body = offer.size - std::min<std::uint64_t>(offer.size, trailer.size());
  const std::uint64_t of_body =
      offset < body ? std::min<std::uint64_t>(body - offset, part.size()) : 0;
  digest.update(part.first(of_body));
  for (std::uint64_t at = of_body; at < part.size(); ++at) {
    trailer[offset + at - body] = part[at];
  }
  offset += part.size();
}

// Asked once, when all bytes are here. What isn't would stay in the store for good, whoever sent
// it.
bool Exchange::Staged::is_what_was_offered() {
  const Digest found = digest.finish();
  return found == offer.digest && std::ranges::equal(trailer, found);
}

void Exchange::on_chunk(Session& session, const wire::Chunk& chunk, ExchangePort& port) {
  if (!session.staged || session.staged->offer.sequence != chunk.sequence ||
      session.staged->offer.digest != chunk.digest) {
    return;  // Of a batch that was given up: it is offered again.
  }
  Staged& staged = *session.staged;
  const bool wanted = chunk.offset == staged.offset && !chunk.bytes.empty() &&
                      chunk.bytes.size() <= staged.offer.size - staged.offset;
  if (wanted) {
    staged.write(chunk.bytes);
  }
  if (staged.offset < staged.offer.size) {
    want(session, port);
    return;
  }
  if (!staged.is_what_was_offered()) {
    const wire::Offer offer = staged.offer;
    session.staged.reset();  // Nothing of it stays in the store.
    refuse(session,
           {.sequence = offer.sequence,
            .digest = offer.digest,
            .code = static_cast<std::uint16_t>(wire::RefusalCode::kDigest),
            .retry = true,
            .detail = "what arrived is not what was offered"},
           port);
    return;
  }
  ArrivedBatch batch{.offer = staged.offer, .writer = std::move(staged.writer)};
  session.staged.reset();
  const ExchangeDesk::OfferAnswer answer = desk_.on_offer(session.peer.participant, batch.offer);
  if (answer.refusal) {
    refuse(session, *answer.refusal, port);
  } else if (answer.receipt) {
    port.send(session.peer, wire::encode(*answer.receipt));
  } else {
    on_arrived(session, std::move(batch), answer.next, port);
  }
}

void Exchange::on_arrived(Session& session, ArrivedBatch batch, std::uint32_t next,
                          ExchangePort& port) {
  if (batch.offer.sequence > next) {
    port.send(session.peer, wire::encode(wire::Held{.sequence = batch.offer.sequence,
                                                    .digest = batch.offer.digest,
                                                    .missing = next}));
    static_cast<void>(batch.writer->content());  // No descriptor is held open for it.
    session.held[batch.offer.sequence] = std::move(batch);
    return;
  }
  take_in_order(session, std::move(batch), port);
}

// The batch that is due, and those held behind it.
void Exchange::take_in_order(Session& session, ArrivedBatch batch, ExchangePort& port) {
  while (true) {
    const std::uint32_t sequence = batch.offer.sequence;
    const ExchangeDesk::Verdict verdict = desk_.take(session.peer.participant, batch);
    if (verdict.refusal) {
      refuse(session, *verdict.refusal, port);
      return;
    }
    port.send(session.peer, wire::encode(*verdict.receipt));
    if (session.last_refused <= sequence) {
      session.last_refusal.clear();
    }
    const auto next = session.held.find(sequence + 1);
    if (next == session.held.end()) {
      return;
    }
    batch = std::move(next->second);
    session.held.erase(next);
    // Keys and days may have changed while it was held.
    if (const auto answer = desk_.on_offer(session.peer.participant, batch.offer); answer.refusal) {
      refuse(session, *answer.refusal, port);
      return;
    }
  }
}

void Exchange::on_expired(const Peer& from) {
  const auto found = sessions_.find(from.participant);
  if (found != sessions_.end() && found->second.peer.route == from.route) {
    found->second.expired = true;
  }
}

void Exchange::tick(std::int64_t steady_ms, ExchangePort& port) {
  for (auto& [participant, session] : sessions_) {
    if (!session.heard_ms) {
      continue;
    }
    if (session.staged && steady_ms - *session.heard_ms >= settings_.silence_ms) {
      session.staged.reset();
    }
    const bool speaks = !session.expired && steady_ms - *session.heard_ms < settings_.silence_ms;
    if (speaks && steady_ms - session.beat_ms >= settings_.heartbeat_ms) {
      session.beat_ms = steady_ms;
      port.send(session.peer, wire::encode(desk_.heartbeat(participant)));
    }
  }
}

std::optional<Peer> Exchange::reach(const std::string& participant, std::int64_t steady_ms) const {
  const auto found = sessions_.find(participant);
  const bool heard = found != sessions_.end() && found->second.heard_ms && !found->second.expired &&
                     steady_ms - *found->second.heard_ms < kReachMs;
  return heard ? std::optional(found->second.peer) : std::nullopt;
}

PeerStatus Exchange::status(const std::string& participant) const {
  const auto found = sessions_.find(participant);
  if (found == sessions_.end()) {
    return {};
  }
  const Session& session = found->second;
  PeerStatus out{.heard_ms = session.heard_ms,
                 .malformed = session.malformed,
                 .last_refusal = session.last_refusal,
                 .speaks = session.speaks};
  if (session.staged) {
    out.staging = session.staged->offer.sequence;
    out.staged = session.staged->offset;
    out.staging_size = session.staged->offer.size;
  }
  for (const auto& [sequence, batch] : session.held) {
    out.held.push_back(sequence);
  }
  return out;
}

}  // namespace ph
