#include "node/uplink.h"

#include <algorithm>

#include "core/types/time.h"
#include "platform/crypto/sha256.h"
#include "platform/wire/receipt.h"

namespace ph {

namespace {

constexpr std::size_t kAlarmsMax = 16;

}  // namespace

std::string_view word(FlightState state) {
  switch (state) {
    case FlightState::kWaiting:
      return "waiting";
    case FlightState::kOffered:
      return "offered";
    case FlightState::kSending:
      return "sending";
    case FlightState::kHeld:
      return "held";
    case FlightState::kRefused:
      return "refused";
  }
  return "";
}

Uplink::Uplink(UplinkSettings settings, std::string code, std::string clearing, SigningKeys signing,
               const KeyRegistry& registry, const Province& province, BlobStore& blobs)
    : settings_(settings),
      code_(std::move(code)),
      clearing_(std::move(clearing)),
      signing_(signing),
      registry_(&registry),
      province_(province),
      blobs_(blobs) {}

void Uplink::alarm(std::string text) {
  if (alarms_.size() < kAlarmsMax && std::ranges::find(alarms_, text) == alarms_.end()) {
    alarms_.push_back(std::move(text));
  }
}

std::vector<std::string> Uplink::alarms() const {
  std::vector<std::string> all = alarms_;
  if (key_over_) {
    all.emplace_back(
        "the clearing says that the days of our transport key are over, and takes nothing: "
        "register "
        "one that counts today (pointhouse registry add, sign), set keys.transport to it and start "
        "the node again");
  }
  return all;
}

void Uplink::use_registry(const KeyRegistry& registry) {
  registry_ = &registry;
  for (auto& [sequence, flight] : flights_) {
    flight.signature.clear();
  }
}

void Uplink::on_connected(std::int64_t steady_ms) {
  connected_ms_ = steady_ms;
  heard_ms_.reset();
  heartbeat_ms_ = 0;
  for (auto& [sequence, flight] : flights_) {
    if (flight.state != FlightState::kRefused) {
      flight.next_offer_ms = 0;
      flight.back_off_ms = 0;
      flight.state = FlightState::kWaiting;
    }
  }
}

void Uplink::retry(std::int64_t steady_ms) {
  alarms_.clear();
  stopped_ = false;
  for (auto& [sequence, flight] : flights_) {
    flight.state = FlightState::kWaiting;
    flight.next_offer_ms = steady_ms;
    flight.back_off_ms = 0;
  }
}

void Uplink::offer(std::uint32_t sequence, Flight& flight, std::int64_t steady_ms,
                   UplinkPort& port) {
  const SealedDay& day = *province_.sealed_at(sequence);
  if (flight.signature.empty()) {
    flight.signature = signature_line(signing_.at(*registry_, sequence).sign("BATCH", day.batch));
  }
  flight.back_off_ms = flight.back_off_ms == 0
                           ? settings_.back_off_first_ms
                           : std::min(flight.back_off_ms * 2, settings_.back_off_max_ms);
  flight.next_offer_ms = steady_ms + flight.back_off_ms;
  const bool queued = port.send(wire::encode(wire::Offer{.sequence = sequence,
                                                         .date = day.date,
                                                         .size = day.size,
                                                         .digest = day.batch,
                                                         .signature = flight.signature}));
  if (queued && flight.state == FlightState::kWaiting) {
    flight.state = FlightState::kOffered;
  }
}

void Uplink::tick(BusinessTime now, std::int64_t steady_ms, UplinkPort& port) {
  const std::int64_t since = std::max(heard_ms_.value_or(connected_ms_), connected_ms_);
  if (steady_ms - since >= settings_.silence_ms) {
    connected_ms_ = steady_ms;
    port.reconnect();
  }
  if (heartbeat_ms_ == 0 || steady_ms - heartbeat_ms_ >= settings_.heartbeat_ms) {
    heartbeat_ms_ = std::max<std::int64_t>(steady_ms, 1);
    port.send(wire::encode(wire::Heartbeat{.last_receipted = province_.last_receipted(),
                                           .last_advice = province_.advices().size(),
                                           .at = now.seconds(),
                                           .speaks = wire::kSpeaksRatings}));
  }
  if (stopped_) {
    return;
  }
  const auto sealed = static_cast<std::uint32_t>(province_.sealed().size());
  const std::uint32_t last = std::min(sealed, province_.last_receipted() + settings_.in_flight_max);
  for (std::uint32_t sequence = province_.last_receipted() + 1; sequence <= last; ++sequence) {
    if (early_.contains(sequence)) {
      continue;
    }
    Flight& flight = flights_[sequence];
    if (flight.state == FlightState::kSending &&
        steady_ms - flight.progress_ms >= settings_.progress_timeout_ms) {
      flight.state = FlightState::kWaiting;
      flight.next_offer_ms = 0;
    }
    if (flight.state == FlightState::kSending) {
      send_chunks(sequence, flight, port);
    } else if (flight.state != FlightState::kRefused && steady_ms >= flight.next_offer_ms) {
      offer(sequence, flight, steady_ms, port);
    }
  }
}

Uplink::Flight* Uplink::flight_of(std::uint32_t sequence, const Digest& digest) {
  const SealedDay* day = province_.sealed_at(sequence);
  const auto found = flights_.find(sequence);
  return day != nullptr && found != flights_.end() && day->batch == digest ? &found->second
                                                                           : nullptr;
}

void Uplink::send_chunks(std::uint32_t sequence, Flight& flight, UplinkPort& port) {
  const SealedDay& day = *province_.sealed_at(sequence);
  if (!flight.blob) {
    flight.blob = blobs_.get(day.blob, true);
    if (!flight.blob || flight.blob->bytes().size() != day.size) {
      throw Damaged("the sealed batch " + hex(day.blob) + " is not in the store as it was sealed");
    }
  }
  const std::uint64_t end = std::min(flight.until, day.size);
  while (flight.sent < end) {
    const std::uint64_t size = std::min(end - flight.sent, settings_.chunk_bytes);
    const Bytes part = flight.blob->bytes().subspan(flight.sent, size);
    const bool queued = port.send(wire::encode(wire::Chunk{.sequence = sequence,
                                                           .digest = day.batch,
                                                           .offset = flight.sent,
                                                           .bytes = {part.begin(), part.end()}}));
    if (!queued) {
      return;  // The next tick goes on from here.
    }
    flight.sent += size;
  }
}

void Uplink::on_want(const wire::Want& want, std::int64_t steady_ms, UplinkPort& port) {
  constexpr std::int64_t kRewindMs = 1'000;
  Flight* flight = flight_of(want.sequence, want.digest);
  if (stopped_ || flight == nullptr || flight->state == FlightState::kRefused ||
      want.offset > province_.sealed_at(want.sequence)->size) {
    return;
  }
  if (flight->state != FlightState::kSending) {
    flight->state = FlightState::kSending;
    flight->sent = want.offset;
    flight->progress_ms = steady_ms;
    flight->rewound_ms = steady_ms;
  } else if (want.offset > flight->wanted) {
    flight->progress_ms = steady_ms;
  } else if (steady_ms - flight->rewound_ms >= kRewindMs) {
    flight->sent = want.offset;  // A chunk was lost: once more from there.
    flight->rewound_ms = steady_ms;
  }
  flight->why.clear();  // Whatever it waited for has passed.
  flight->wanted = want.offset;
  flight->until = want.until;
  flight->sent = std::max(flight->sent, want.offset);
  send_chunks(want.sequence, *flight, port);
}

void Uplink::on_refusal(const wire::Refusal& refusal) {
  const auto code = static_cast<wire::RefusalCode>(refusal.code);
  const std::string text =
      std::string(wire::word(code)) + (refusal.detail.empty() ? "" : ": " + refusal.detail);
  Flight* flight = flight_of(refusal.sequence, refusal.digest);
  if (flight == nullptr) {
    alarm(
        "the clearing did not understand a message: " + text +
        "; keep the node's log, see whether both run releases that fit together, then `pointhouse "
        "node retry`");
    return;
  }
  flight->why = text;
  flight->blob.reset();
  if (refusal.retry) {
    flight->state = FlightState::kWaiting;
    return;
  }
  flight->state = FlightState::kRefused;
  alarm("the clearing refuses sequence " + std::to_string(refusal.sequence) + ": " + text +
        "; docs/wire.md, section 5, says what to do about this code, then `pointhouse node retry`");
}

// Why the receipt isn't one; empty when it is.
std::string Uplink::receipt_fault(const wire::Receipt& receipt, const SealedDay& day) const {
  const auto parsed = wire::parse_receipt(receipt.text);
  if (!parsed) {
    return "its text is not a receipt's line";
  }
  if (parsed->clearing != clearing_ || parsed->sender != code_ ||
      parsed->sequence != day.sequence || parsed->date != day.date || parsed->digest != day.batch) {
    return "it is about another batch";
  }
  const Month month = parsed->taken_at.date().month();
  const auto sequence = static_cast<std::uint32_t>(month.year() * 100 + month.month());
  const RegistryKey* key = registry_->at(clearing_, sequence);
  const auto signature = parse_signature_line(receipt.signature);
  if (key == nullptr || !signature ||
      !verifies(*signature, key->key, wire::kReceiptKind, sha256(as_bytes(receipt.text)))) {
    return "its signature is not the clearing's";
  }
  return {};
}

void Uplink::on_receipt(const wire::Receipt& receipt) {
  const SealedDay* day = province_.sealed_at(receipt.sequence);
  if (day == nullptr || receipt.sequence <= province_.last_receipted() ||
      receipt.sequence > province_.last_receipted() + settings_.in_flight_max) {
    return;  // One that came twice.
  }
  if (const std::string fault = receipt_fault(receipt, *day); !fault.empty()) {
    alarm("a receipt for sequence " + std::to_string(receipt.sequence) + " is no good: " + fault +
          "; it was not kept. Bring the latest registry; if that was it already, keep the data of "
          "node and clearing as they are and find out which of them is right, then `pointhouse "
          "node retry`");
    return;
  }
  early_[receipt.sequence] = receipt;
}

std::optional<wire::Receipt> Uplink::next_receipt() {
  const auto next = early_.find(province_.last_receipted() + 1);
  if (next == early_.end()) {
    return std::nullopt;
  }
  wire::Receipt receipt = std::move(next->second);
  early_.erase(next);
  flights_.erase(receipt.sequence);
  // The clearing stages one batch of a sender at a time and lets other offers pass unanswered; it
  // has room for the next one now, however long that has backed off.
  const auto due = flights_.find(receipt.sequence + 1);
  if (due != flights_.end() && due->second.state != FlightState::kRefused &&
      due->second.state != FlightState::kHeld) {
    due->second.state = FlightState::kWaiting;  // What was staged of it may have been given up.
    due->second.next_offer_ms = 0;
    due->second.back_off_ms = 0;
  }
  return receipt;
}

// Was it sent before the last receipt that we hold? Then that one has overtaken it.
bool Uplink::overtaken(const wire::Heartbeat& beat) const {
  const SealedDay* last = province_.sealed_at(province_.last_receipted());
  const auto receipt =
      last == nullptr ? std::nullopt : wire::parse_receipt(last->receipt.value().text);
  return receipt && beat.at <= receipt->taken_at.seconds();
}

void Uplink::on_heartbeat(const wire::Heartbeat& beat, std::int64_t steady_ms, UplinkPort& port) {
  if (beat.last_receipted < province_.last_receipted() && !overtaken(beat)) {
    stopped_ = true;
    alarm(
        "the clearing has taken " + std::to_string(beat.last_receipted) +
        " batches, and we hold receipts for " + std::to_string(province_.last_receipted()) +
        ": it has lost some; nothing is sent until it says that it has them. Keep the data of both "
        "as they are; the clearing's operator brings its data back, then `pointhouse node retry`");
  } else if (beat.last_receipted >= province_.last_receipted()) {
    stopped_ = false;  // It was one that has been replaced and didn't know.
  }
  const std::uint64_t kept = province_.advices().size();
  if (beat.last_advice > kept && steady_ms - advice_asked_ms_ >= settings_.back_off_first_ms) {
    advice_asked_ms_ = steady_ms;
    port.send(wire::encode(wire::AdviceRequest{.after = kept}));
  }
}

// A refusal of whatever came over this connection, not of a batch.
bool Uplink::is_of_our_key(const wire::Message& message) {
  const auto* refusal = std::get_if<wire::Refusal>(&message);
  return refusal != nullptr && refusal->sequence == 0 &&
         refusal->code == static_cast<std::uint16_t>(wire::RefusalCode::kKeyNotValid);
}

std::vector<wire::Advice> Uplink::on_message(const wire::Message& message, std::int64_t steady_ms,
                                             UplinkPort& port) {
  // A connection whose key's days are over is as good as none: silence has it made anew, which
  // works once the key counts again.
  key_over_ = is_of_our_key(message);
  if (key_over_) {
    return {};
  }
  heard_ms_ = steady_ms;
  std::vector<wire::Advice> news;
  if (const auto* want = std::get_if<wire::Want>(&message)) {
    on_want(*want, steady_ms, port);
  } else if (const auto* receipt = std::get_if<wire::Receipt>(&message)) {
    on_receipt(*receipt);
  } else if (const auto* refusal = std::get_if<wire::Refusal>(&message)) {
    on_refusal(*refusal);
  } else if (const auto* held = std::get_if<wire::Held>(&message)) {
    if (Flight* flight = flight_of(held->sequence, held->digest)) {
      flight->state = FlightState::kHeld;
      flight->why = "sequence " + std::to_string(held->missing) + " is missing at the clearing";
      flight->blob.reset();
    }
  } else if (const auto* beat = std::get_if<wire::Heartbeat>(&message)) {
    on_heartbeat(*beat, steady_ms, port);
  } else if (const auto* advices = std::get_if<wire::Advices>(&message)) {
    for (const wire::Advice& advice : advices->advices) {
      if (advice.number == province_.advices().size() + news.size() + 1) {
        news.push_back(advice);
      }
    }
  }
  return news;
}

std::vector<FlightStatus> Uplink::flights() const {
  std::vector<FlightStatus> out;
  const auto sealed = static_cast<std::uint32_t>(province_.sealed().size());
  for (std::uint32_t n = province_.last_receipted() + 1; n <= sealed; ++n) {
    const auto found = flights_.find(n);
    FlightStatus status{.sequence = n, .size = province_.sealed_at(n)->size};
    if (found != flights_.end()) {
      status.state = found->second.state;
      status.sent = found->second.sent;
      status.why = found->second.why;
    }
    out.push_back(std::move(status));
  }
  return out;
}

}  // namespace ph
