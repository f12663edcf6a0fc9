#include "tests/simulation/auditor.h"

#include <algorithm>

#include "platform/crypto/sha256.h"
#include "platform/wire/receipt.h"
#include "tests/simulation/key_ring.h"

namespace ph::sim {

namespace {

bool genuine(const wire::Receipt& receipt) {
  const auto text = wire::parse_receipt(receipt.text);
  const auto signature = parse_signature_line(receipt.signature);
  if (!text || !signature || text->sequence != receipt.sequence) {
    return false;
  }
  const Month month = text->taken_at.date().month();
  const auto sequence = static_cast<std::uint32_t>(month.year() * 100 + month.month());
  const RegistryKey* key = KeyRing::shared().registry().at("CLR", sequence);
  return key != nullptr &&
         verifies(*signature, key->key, wire::kReceiptKind, sha256(as_bytes(receipt.text)));
}

}  // namespace

// --- while the run goes on -----------------------------------------------------------------------

void Auditor::node_sent(std::size_t node, const Message& message) {
  wire::Message decoded;
  must(wire::decode(message, decoded) == wire::DecodeFault::kNone, "a node's message is none");
  if (const auto* offer = std::get_if<wire::Offer>(&decoded)) {
    const auto [known, fresh] = offers_.try_emplace({node, offer->sequence}, offer->digest);
    must(known->second == offer->digest, world_.provinces[node].code + " offered sequence " +
                                             std::to_string(offer->sequence) + " with two digests");
  }
}

void Auditor::clearing_sent(std::size_t node, const Message& message) {
  wire::Message decoded;
  must(wire::decode(message, decoded) == wire::DecodeFault::kNone,
       "the clearing's message is none");
  if (const auto* receipt = std::get_if<wire::Receipt>(&decoded)) {
    check_receipt(node, *receipt);
  } else if (const auto* refusal = std::get_if<wire::Refusal>(&decoded)) {
    must(refusal->retry, world_.provinces[node].code + "'s sequence " +
                             std::to_string(refusal->sequence) + " was refused for good, code " +
                             std::to_string(refusal->code) + ": " + refusal->detail);
  }
}

void Auditor::check_receipt(std::size_t node, const wire::Receipt& receipt) {
  const std::string& code = world_.provinces[node].code;
  const auto known = receipts_.find({node, receipt.sequence});
  if (known != receipts_.end()) {
    must(known->second.text == receipt.text && known->second.signature == receipt.signature,
         code + " got two receipts for sequence " + std::to_string(receipt.sequence));
    return;
  }
  must(genuine(receipt), code + " got a receipt that isn't the clearing's");
  const auto offer = offers_.find({node, receipt.sequence});
  must(offer != offers_.end() && wire::parse_receipt(receipt.text)->digest == offer->second,
       code + " got a receipt for a batch that it didn't offer");
  receipts_[{node, receipt.sequence}] = receipt;
}

void Auditor::check_honoured(const Clearing& clearing) const {
  for (const auto& [place, receipt] : receipts_) {
    const Party& party = world_.provinces[place.first];
    const SenderState* state = clearing.house().sender(party.number);
    must(state != nullptr && state->last() >= place.second,
         "the clearing lost sequence " + std::to_string(place.second) + " of " + party.code +
             ", for which it had given a receipt");
    const BatchTaken& taken = state->batches[place.second - 1].taken;
    must(taken.receipt == receipt.text && taken.receipt_signature == receipt.signature,
         "the clearing gives another receipt now for sequence " + std::to_string(place.second) +
             " of " + party.code);
  }
}

void Auditor::file_answered(const DroppedFile& file, const IntakeAnswer& answer) {
  const bool taken =
      answer.verdict == IntakeVerdict::kAccepted || answer.verdict == IntakeVerdict::kCopy;
  switch (file.fate) {
    case FileFate::kGood:
    case FileFate::kAgain:
      must(answer.verdict != IntakeVerdict::kRefused,
           file.name + " was refused: " +
               (answer.faults.empty() ? answer.why
                                      : std::string(info(answer.faults.front().code).name) + " " +
                                            answer.faults.front().value + ", expected " +
                                            answer.faults.front().expected));
      break;
    case FileFate::kTorn:
    case FileFate::kAltered:
      must(!taken, file.name + " was accepted, and should not have been");
      break;
    case FileFate::kPart:
      must(false, file.name + " was looked at while it was under way");
  }
  const bool day = file.text.starts_with("POINTHOUSE,P");
  if (day && answer.verdict == IntakeVerdict::kAccepted) {
    must(++accepted_[file.text] == 1, file.name + " was accepted twice");
  }
}

void Auditor::period_closed(const ClosedPeriod& closed, Clearing& clearing) {
  const ClearingHouse& house = std::as_const(clearing).house();
  PeriodTexts texts = texts_of(closed, house.settlement().books(), house.rules());
  const auto known = periods_.find(closed.cutoff.period);
  if (known == periods_.end()) {
    periods_[closed.cutoff.period] = std::move(texts);
    return;
  }
  const std::string difference = known->second.difference(texts);
  must(difference.empty(),
       closed.cutoff.period.text() + " was closed and has changed: " + difference);
}

void Auditor::node_started(std::size_t node, const Node& process) {
  for (const auto& [place, digest] : offers_) {
    if (place.first == node) {
      const SealedDay* day = process.province().sealed_at(place.second);
      must(day != nullptr && day->batch == digest,
           world_.provinces[node].code + " offered sequence " + std::to_string(place.second) +
               " before it was durable");
    }
  }
}

void Auditor::clearing_started(const Clearing& process) {
  check_honoured(process);
}

// --- at the end ----------------------------------------------------------------------------------

RunResult Auditor::audit(Cluster& cluster) {
  batches_.clear();
  bytes_.clear();
  kept_.clear();
  points_ = {};
  advised_.clear();
  check_honoured(cluster.clearing());
  read_openings();
  RunResult result;
  for (const Party& party : world_.provinces) {
    check_sender(cluster, party, static_cast<std::uint32_t>(party.days.size()));
  }
  for (const Party& party : world_.partners) {
    std::uint32_t files = 0;
    for (const SenderDay& day : party.days) {
      files = std::max(files, day.sequence);
    }
    check_sender(cluster, party, files);
  }
  check_points(cluster);
  check_advices(cluster);
  std::vector<std::string> cutoffs;
  for (const auto& [month, texts] : periods_) {
    cutoffs.push_back(texts.cutoff);
  }
  must(cutoffs.size() == 2, "two periods are closed");
  const std::vector<PeriodTexts> direct = settle_directly(world_, bytes_, cutoffs);
  std::size_t at = 0;
  for (const auto& [month, texts] : periods_) {
    const std::string difference = texts.difference(direct[at++]);
    must(difference.empty(), "the clearing's " + month.text() +
                                 " differs from a settlement of its batches: " + difference);
  }
  for (const auto& [sender, batches] : batches_) {
    for (const RawBatch& batch : batches) {
      result.batches[sender].push_back(batch.digest);
    }
  }
  result.periods = periods_;
  return result;
}

// The sender's batches in the clearing: all of them, in sequence, chained, and as it sealed them.
void Auditor::check_sender(Cluster& cluster, const Party& party, std::uint32_t sequences) {
  const SenderState* state = std::as_const(cluster.clearing()).house().sender(party.number);
  const std::uint32_t last = state == nullptr ? 0 : state->last();
  must(last == sequences, "the clearing has " + std::to_string(last) + " batches of " + party.code +
                              " and not " + std::to_string(sequences));
  std::vector<const SenderDay*> days;
  for (const SenderDay& day : party.days) {
    if (day.sequence != 0) {
      days.push_back(&day);
    }
  }
  Digest previous{};
  for (std::uint32_t n = 1; n <= last; ++n) {
    const BatchTaken& taken = state->batches[n - 1].taken;
    auto blob = cluster.clearing().blobs().get(taken.blob, true);
    must(blob.has_value(), "a batch that was taken is not in the store");
    RawBatch batch = read_raw_batch(blob->bytes());
    must(batch.sender == party.number.number() && batch.sequence == n &&
             batch.digest == taken.batch && batch.date == days[n - 1]->date.count() &&
             taken.sequence == n && taken.date == days[n - 1]->date,
         party.code + "'s batch " + std::to_string(n) + " is not the one of its day");
    must(batch.previous == previous, party.code + "'s batches are not chained");
    previous = batch.digest;
    add_batch(batch);
    batches_[party.number].push_back(std::move(batch));
    bytes_[party.number].push_back(blob->bytes());
    kept_.push_back(std::move(*blob));
  }
  check_rows(party, days);
  for (std::size_t n = 0; n < world_.provinces.size(); ++n) {
    if (world_.provinces[n].number == party.number) {
      check_days_of_node(cluster.node(n), n, *state);
    }
  }
}

// What the node says of its days is what the clearing has, and what was brought.
void Auditor::check_days_of_node(const Node& node, std::size_t index, const SenderState& state) {
  const Party& party = world_.provinces[index];
  must(node.province().sealed().size() == party.days.size(), party.code + " has other days");
  for (const SealedDay& day : node.province().sealed()) {
    const SenderDay& brought = party.days[day.sequence - 1];
    const TakenBatch& taken = state.batches[day.sequence - 1];
    const std::string what = party.code + "'s day " + day.date.text();
    must(day.date == brought.date && day.empty == brought.text.empty(),
         what + " was sealed " + (day.empty ? "empty" : "with a file"));
    must(day.empty || day.file == sha256(as_bytes(brought.text)), what + " has another file");
    must(day.batch == taken.taken.batch && day.size == taken.size,
         what + " is another batch at the clearing");
    must(day.receipt && day.receipt->text == taken.taken.receipt &&
             day.receipt->signature == taken.taken.receipt_signature,
         what + " has another receipt at the clearing");
    must(wire::parse_receipt(day.receipt->text)->returned == taken.returned.size() &&
             day.receipt->returned.size() == taken.returned.size(),
         what + " has a receipt with other returned items");
  }
}

// Each row left in its day's batch what it had to leave, and nothing else is there.
void Auditor::check_rows(const Party& party, const std::vector<const SenderDay*>& days) {
  constexpr std::uint32_t kMadeByTheNode = 3'000'000'000;
  for (std::size_t n = 0; n < days.size(); ++n) {
    const RawBatch& batch = batches_[party.number][n];
    std::map<std::uint32_t, Expected> found;
    for (const RawMovement& movement : batch.movements) {
      if (movement.entry >= kMadeByTheNode) {
        must(movement.kind == 3 || movement.kind == 4, "a node makes expiries and forfeitures");
        must(movement.slice.delta < 0, "expiries and forfeitures take points");
      } else {
        found[movement.entry].delta += movement.slice.delta;
      }
    }
    for (const RawItem& item : batch.items) {
      must(!found[item.entry].item, "an entry has two items");
      found[item.entry].item = true;
      for (const RawSlice& slice : item.slices) {
        found[item.entry].delta += slice.delta;
      }
    }
    std::size_t left = found.size();
    for (const Expected& row : days[n]->rows) {
      const auto it = found.find(row.entry);
      const Expected got = it == found.end() ? Expected{} : it->second;
      left -= it == found.end() ? 0U : 1U;
      must(got.delta == row.delta && got.item == row.item,
           party.code + " " + days[n]->date.text() + ", entry " + std::to_string(row.entry) + ": " +
               std::to_string(got.delta) + " points and not " + std::to_string(row.delta));
    }
    must(left == 0, party.code + " " + days[n]->date.text() + " has entries that no row made");
  }
}

}  // namespace ph::sim
