#include "app/clearing/partner_desk.h"

#include <algorithm>

#include "core/statement/names.h"
#include "core/types/check.h"
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
  const Participant partner = file.partner_day->sender;
  const SenderState* state = clearing_.house().sender(partner);
  if (state != nullptr && file.partner_day->sequence <= state->last()) {
    return take_late(file);
  }
  ComparedDay day = compare_day(clearing_.house().switch_book(), partner, file.partner_day->date,
                                std::move(file.partner_day->items));
  if (!day.conflicts.empty()) {
    return contradiction(file, day.conflicts);
  }
  DayBatcher batcher = batcher_of(partner);  // A copy: it may be in vain.
  const OwnedBatch batch =
      batcher.batch(file.partner_day->date, file.partner_day->sequence, std::move(day.items));
  IntakeAnswer answer = clearing_.take_partner_batch(batch, file.blob, signature, now);
  if (answer.verdict == IntakeVerdict::kAccepted &&
      day.both + day.before + day.pending + day.added > 0) {
    answer.live = {
        .both = day.both, .before = day.before, .pending = day.pending, .added = day.added};
  }
  return answer;
}

// A file of a day that was sealed from its live events: nothing of it is posted. When all of its
// rows came live it says what is known; what did not is named, to be brought in a later day's file.
IntakeAnswer PartnerDesk::take_late(const PreparedFile& file) const {
  const PartnerDay& day = *file.partner_day;
  const ComparedDay compared =
      compare_day(clearing_.house().switch_book(), day.sender, day.date, day.items);
  if (!compared.conflicts.empty()) {
    return contradiction(file, compared.conflicts);
  }
  const SenderState& state = *clearing_.house().sender(day.sender);
  const std::string sealed = "sequence " + std::to_string(day.sequence) + ", sealed at " +
                             state.batches[day.sequence - 1].at.text() +
                             " from the events of the API";
  const Names names(clearing_.house().rules());
  IntakeAnswer answer{.verdict = IntakeVerdict::kRefused};
  FaultSink faults(file.name, answer.faults);
  for (const Item& item : day.items) {
    if (std::ranges::binary_search(compared.alone, item.entry)) {
      faults.add(FaultCode::kIntakeAfterSeal, item.entry, "id", names.text(item.id),
                 "rows that came through the API: it is not in " + sealed +
                     "; bring it in the file of a later day, sequence " +
                     std::to_string(state.last() + 1) + " or later");
    }
  }
  return answer.faults.empty() ? copy_of_earlier("its rows came through the API: " + sealed)
                               : answer;
}

IntakeAnswer PartnerDesk::contradiction(const PreparedFile& file,
                                        const std::vector<ComparedDay::Conflict>& conflicts) const {
  const Names names(clearing_.house().rules());
  const auto text = [&](const Item& item, LiveField field) {
    switch (field) {
      case LiveField::kMember:
        return item.member.text();
      case LiveField::kPoints:
        return std::to_string(item.points);
      case LiveField::kUnits:
        return std::to_string(item.units);
      case LiveField::kRate:
        return std::to_string(item.rate_version);
      case LiveField::kParent:
        return names.text(item.parent);
      case LiveField::kAuthorisation:
        return names.text(TransactionId::of(item.authorisation));
    }
    return std::string();
  };
  IntakeAnswer answer{.verdict = IntakeVerdict::kRefused};
  FaultSink faults(file.name, answer.faults);
  for (const auto& [row, live, field] : conflicts) {
    faults.add(FaultCode::kIntakeLive, row.entry, word(field), text(row, field),
               text(live, field) + ", as " + names.text(row.id) + " came through the API");
  }
  return answer;
}

const TakenBatch* PartnerDesk::seal_live_day(BusinessTime now) {
  const auto due = clearing_.next_live_day(now);
  if (!due) {
    return nullptr;
  }
  ComparedDay day = compare_day(clearing_.house().switch_book(), due->partner, due->date, {});
  const OwnedBatch batch =
      batcher_of(due->partner).batch(due->date, due->sequence, std::move(day.items));
  const IntakeAnswer answer = clearing_.take_partner_batch(batch, {}, {}, now);
  check(answer.verdict == IntakeVerdict::kAccepted, "a day that waits for nothing is taken");
  return &clearing_.house().sender(due->partner)->batches.back();
}

}  // namespace ph
