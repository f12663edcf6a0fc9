#include "app/clearing/partner_desk.h"

#include "platform/crypto/keys.h"
#include "platform/crypto/sha256.h"

namespace ph {

namespace {

constexpr std::string_view kDayKind = "DAY";

}  // namespace

std::optional<IntakeAnswer> PartnerDesk::early_answer(const PreparedFile& file,
                                                      BusinessTime now) const {
  if (!file.header || file.header->type != FileType::kPartnerDay ||
      !clearing_.house().has_rules()) {
    return std::nullopt;
  }
  const auto sender = clearing_.house().rules().by_code(file.header->sender);
  return sender ? clearing_.place_of_partner_day(file, now) : std::nullopt;
}

std::optional<IntakeAnswer> PartnerDesk::signature_fault(const PreparedFile& file,
                                                         const std::string& signature,
                                                         const KeyRegistry& registry) const {
  if (!signatures_) {
    return std::nullopt;
  }
  const auto fault = [&](std::string value, std::string expected) {
    IntakeAnswer answer =
        refuse(file, FaultCode::kIntakeSignature, {}, std::move(value), std::move(expected));
    answer.faults.front().line = 0;
    return answer;
  };
  const RegistryKey* key = registry.at(file.header->sender, file.header->sequence);
  const std::string sequence = std::to_string(file.header->sequence);
  if (key == nullptr) {
    return fault("no key of " + file.header->sender + " for sequence " + sequence,
                 "one in the clearing's registry: its operator adds it (pointhouse registry add), "
                 "then the file is brought again");
  }
  const std::string right =
      "the key " + key_id(key->key) + ", which counts for sequence " + sequence;
  if (signature.empty()) {
    return fault("no " + file.name + ".sig",
                 file.name + ".sig beside it: pointhouse sign --kind DAY, by " + right);
  }
  const auto parsed = parse_signature(signature);
  if (!parsed) {
    return fault("a .sig that holds no signature",
                 "the file that pointhouse sign --kind DAY writes, as it is, by " + right);
  }
  if (parsed->kind != kDayKind) {
    return fault("a signature of kind " + parsed->kind, "one of kind DAY, by " + right);
  }
  if (parsed->key_id != key_id(key->key)) {
    return fault("a signature by the key " + parsed->key_id, "one by " + right);
  }
  if (!verifies(*parsed, key->key, kDayKind, file.blob)) {
    return fault(
        "a signature of other bytes",
        "one of this file as it is now: it was changed after it was signed, or the .sig is "
        "that of another file");
  }
  return std::nullopt;
}

// A batcher knows all entries of the partner's batches that were taken, whoever sealed them.
DayBatcher& PartnerDesk::batcher_of(Participant partner) {
  auto found = batchers_.find(partner);
  if (found == batchers_.end()) {
    found = batchers_.emplace(partner, Batcher{.batcher = DayBatcher(partner, &sha256)}).first;
  }
  Batcher& batcher = found->second;
  if (const SenderState* state = clearing_.house().sender(partner)) {
    for (; batcher.learnt < state->last(); ++batcher.learnt) {
      batcher.batcher.learn(view_of(state->blobs[batcher.learnt].bytes()));
    }
  }
  return batcher.batcher;
}

IntakeAnswer PartnerDesk::take(PreparedFile& file, const std::string& signature,
                               const KeyRegistry& registry, BusinessTime now) {
  if (!file.header || (!file.good && !file.unread)) {
    return {.verdict = IntakeVerdict::kRefused, .faults = file.faults};
  }
  if (file.unread) {
    return wait_for("the rule book has to come first");
  }
  if (auto answer = signature_fault(file, signature, registry)) {
    return std::move(*answer);
  }
  if (auto answer = clearing_.place_of_partner_day(file, now)) {
    return std::move(*answer);
  }
  DayBatcher batcher = batcher_of(file.partner_day->sender);  // A copy: it may be in vain.
  const OwnedBatch batch = batcher.batch(file.partner_day->date, file.partner_day->sequence,
                                         std::move(file.partner_day->items));
  return clearing_.take_partner_batch(file, batch, signature, now);
}

}  // namespace ph
