#include "clearing/clearing.h"

#include <algorithm>
#include <utility>

#include "clearing/lot_fault.h"
#include "core/statement/names.h"
#include "core/types/check.h"
#include "platform/crypto/sha256.h"
#include "platform/journal/recover.h"
#include "platform/sys/kill_points.h"
#include "platform/wire/receipt.h"

namespace ph {

namespace {

constexpr std::uint16_t kShard = 1;
// Blocks after which a snapshot is worth its cost, about a week of everybody's batches; or live
// commands, and no less than would make what partners have asked anew.
constexpr std::uint64_t kSnapshotBlocks = 256;
constexpr std::uint64_t kSnapshotLive = 500'000;
// Live commands that become durable together at most.
constexpr std::size_t kLiveCommandsMax = 4'096;

bool is_live(ClearingCommand kind) {
  return kind == ClearingCommand::kAsked || kind == ClearingCommand::kAnswered ||
         kind == ClearingCommand::kMoved;
}

}  // namespace

Clearing::Clearing(ClearingSettings settings, Storage& storage, SigningKeys signing,
                   const KeyRegistry& registry, std::function<void(const ClosedPeriod&)> on_closed)
    : settings_(std::move(settings)),
      storage_(storage),
      signing_(signing),
      registry_(&registry),
      log_(*storage.journal, kShard, &sha256),
      house_(*storage.blobs, std::move(on_closed)),
      exchange_(settings_.exchange, *storage.blobs, *this),
      scores_({}, *storage.blobs,
              [this](const std::string& code, const wire::Scores& part, BlobWriter& bytes) {
                return take_scores(code, part, bytes);
              }),
      switchboard_(settings_.live, settings_.gateways, house_.switch_book(), house_.directory(),
                   [this](const std::string& code) { return exchange_.reach(code, steady_ms_); }) {}

void Clearing::recover() {
  std::size_t closed = 0;
  since_snapshot_.taken(recover_from(
      storage_, kShard, log_, [this] { return house_.loader(); },
      [this, &closed](const JournalCommand& command) {
        house_.apply(command);
        count_live(command, log_.last() + 1);
        closed += command.kind == static_cast<std::uint16_t>(ClearingCommand::kClose) ? 1U : 0U;
      }));
  close_block_ = closed == 0 ? snapshot_block() : log_.last();
}

void Clearing::count_live(const JournalCommand& command, std::uint64_t block) {
  if (is_live(static_cast<ClearingCommand>(command.kind))) {
    since_snapshot_.count_live(block);
  }
}

bool Clearing::snapshot_due() const {
  const std::uint64_t live =
      std::max<std::uint64_t>(kSnapshotLive, 2 * house_.switch_book().size());
  return since_snapshot_.due(log_.last(), kSnapshotBlocks, live) || close_block_ > snapshot_block();
}

void Clearing::put_snapshot_into(SnapshotStore& snapshots) const {
  check(live_.commands.empty(), "a snapshot holds what is durable");
  put_snapshot(snapshots, kShard, log_,
               [this](const SnapshotStore::Sink& sink) { house_.save(sink); });
}

void Clearing::journal(const JournalCommand& command) {
  // In the order in which they were decided; what is live is sent by commit_live.
  std::vector<JournalCommand> commands = std::exchange(live_.commands, {});
  commands.push_back(command);
  append(commands);
}

void Clearing::append(std::span<const JournalCommand> commands) {
  kill_point<"clearing_before_append">();
  log_.append(commands);
  kill_point<"clearing_after_append">();
  for (const JournalCommand& command : commands) {
    count_live(command, log_.last());
  }
}

// --- files ---------------------------------------------------------------------------------------

IntakeAnswer Clearing::take_file(const PreparedFile& file, BusinessTime now) {
  if (file.of_programme) {
    return take_programme(file, now);
  }
  if (!file.header || (!file.good && !file.unread)) {
    return {.verdict = IntakeVerdict::kRefused, .faults = file.faults};
  }
  switch (file.header->type) {
    case FileType::kRulebook:
      return take_rules(file, now);
    case FileType::kCalendar:
      return file.unread ? wait_for("the rule book has to come first") : take_calendar(file, now);
    case FileType::kOpeningLots:
      return file.unread ? wait_for("the rule book has to come first") : take_opening(file, now);
    case FileType::kProvinceDay:
    case FileType::kPartnerDay:
    case FileType::kBatch:
    case FileType::kCutoff:
      break;
  }
  return refuse(file, FaultCode::kIntakeType, "type", std::string(word(file.header->type)),
                "a RULEBOOK, CALENDAR, OPENING_LOTS or PARTNER_DAY file");
}

IntakeAnswer Clearing::take_rules(const PreparedFile& file, BusinessTime now) {
  if (file.header->sender != settings_.code) {
    return refuse(file, FaultCode::kIntakeSender, "sender", file.header->sender, settings_.code);
  }
  if (house_.has_rules()) {
    if (file.blob == house_.rules_blob()) {
      return copy_of_earlier("this rule book is in force");
    }
    if (auto answer = refuse_rules(file, house_.rules(), now.date(), house_.last_month())) {
      return std::move(*answer);
    }
  }
  const JournalCommand command = encode(BookTaken{.blob = file.blob}, now);
  journal(command);
  house_.apply(command);
  return accepted();
}

IntakeAnswer Clearing::take_calendar(const PreparedFile& file, BusinessTime now) {
  const auto known = house_.calendars().find(file.calendar->year);
  if (known != house_.calendars().end()) {
    if (known->second == file.blob) {
      return copy_of_earlier("this calendar is in force");
    }
    return refuse(file, FaultCode::kIntakeTaken, "year", std::to_string(file.calendar->year),
                  "the calendar of that year as it was taken, " + hex(known->second));
  }
  const JournalCommand command = encode(CalendarTaken{.blob = file.blob}, now);
  journal(command);
  house_.apply(command);
  return accepted();
}

IntakeAnswer Clearing::take_opening(const PreparedFile& file, BusinessTime now) {
  const Participant province = file.opening->province;
  if (const auto known = house_.openings().find(province); known != house_.openings().end()) {
    return known->second.blob == file.blob
               ? copy_of_earlier("the province was opened with this file")
               : refuse(file, FaultCode::kIntakeTaken, {}, hex(file.blob),
                        "the file it was opened with, " + hex(known->second.blob));
  }
  if (house_.sender(province) != nullptr) {
    return refuse(file, FaultCode::kIntakeDateOrder, "date", file.header->date.text(),
                  "an opening file before the province's first batch");
  }
  if (!house_.openings().empty() && house_.openings().begin()->second.date != file.header->date) {
    return refuse(file, FaultCode::kSetOpening, "date", file.header->date.text(),
                  "the day of the others, " + house_.openings().begin()->second.date.text());
  }
  const JournalCommand command =
      encode(ProvinceOpened{.blob = file.blob, .province = province}, now);
  journal(command);
  house_.apply(command);
  return accepted();
}

// --- batches -------------------------------------------------------------------------------------

Participant Clearing::number_of(const std::string& code) const {
  return house_.has_rules() ? house_.rules().by_code(code).value_or(Participant()) : Participant();
}

namespace {

wire::Refusal refusal(const wire::Offer& offer, wire::RefusalCode code, bool retry,
                      std::string detail) {
  return {.sequence = offer.sequence,
          .digest = offer.digest,
          .code = static_cast<std::uint16_t>(code),
          .retry = retry,
          .detail = std::move(detail)};
}

// The first faults in words.
std::string detail_of(const std::vector<Fault>& faults) {
  std::string detail;
  for (std::size_t n = 0; n < std::min<std::size_t>(faults.size(), 8); ++n) {
    const Fault& fault = faults[n];
    detail += (n == 0 ? "" : "; ") + std::string("F") +
              std::to_string(static_cast<unsigned>(fault.code)) + " " +
              std::string(info(fault.code).name) + " " + fault.column + ": '" + fault.value +
              "', expected " + fault.expected;
  }
  return detail;
}

}  // namespace

// Why the clearing can't sign in that month. A receipt is journaled with its signature and is the
// same for ever: one that nobody accepts would be worse than none.
std::optional<std::string> Clearing::unsigned_month(Month month) const {
  if (signing_.counting(*registry_, month) != nullptr) {
    return std::nullopt;
  }
  return "the clearing has not got the key that signs in " + month.text() +
         ": its operator sets keys.signing_next to the one that the registry names";
}

// What can be said before the batch itself is here.
std::optional<wire::Refusal> Clearing::offer_fault(const std::string& sender,
                                                   const wire::Offer& offer) const {
  using wire::RefusalCode;
  const Participant number = number_of(sender);
  if (number.none() || number == kClearingHouse) {
    return refusal(offer, RefusalCode::kNotASender, true,
                   sender + " sends no batches by the rule book in force");
  }
  // Its lots would count as made by the batch, and the opening file could never come after it.
  if (house_.rules().is_province(number) && !house_.openings().contains(number)) {
    return refusal(
        offer, RefusalCode::kNotASender, true,
        "the clearing has not got the opening file of " + sender + " yet: its operator brings it");
  }
  if (offer.sequence == 0 || offer.size < sizeof(BatchHeader) + sizeof(Digest)) {
    return refusal(offer, RefusalCode::kMalformed, false, "a sequence from 1 on, a whole batch");
  }
  if (offer.size > wire::kBatchBytesMax) {
    return refusal(
        offer, RefusalCode::kTooLarge, false,
        std::to_string(offer.size) + " bytes; at most " + std::to_string(wire::kBatchBytesMax));
  }
  const RegistryKey* key = registry_->at(sender, offer.sequence);
  if (key == nullptr) {
    return refusal(
        offer, RefusalCode::kKeyNotValid, true,
        "the registry has no key of " + sender + " for sequence " + std::to_string(offer.sequence));
  }
  const auto signature = parse_signature_line(offer.signature);
  if (signature && signature->key_id != key_id(key->key)) {
    return refusal(offer, RefusalCode::kKeyNotValid, true,
                   "it is signed by the key " + signature->key_id +
                       "; the one that counts for "
                       "sequence " +
                       std::to_string(offer.sequence) + " is " + key_id(key->key));
  }
  if (!signature || !verifies(*signature, key->key, "BATCH", offer.digest)) {
    return refusal(offer, RefusalCode::kSignature, false,
                   "the key that counts for sequence " + std::to_string(offer.sequence) + " is " +
                       key_id(key->key));
  }
  if (auto why = unsigned_month(now_.date().month())) {
    return refusal(offer, RefusalCode::kBusy, true, std::move(*why));
  }
  if (offer.date > now_.date()) {
    return refusal(offer, RefusalCode::kDateFuture, true,
                   offer.date.text() + " is later than today, " + now_.date().text());
  }
  return period_fault(offer, now_);
}

// A batch two periods ahead waits; so does one that would have to skip a period's cut-off.
std::optional<wire::Refusal> Clearing::period_fault(const wire::Offer& offer,
                                                    BusinessTime now) const {
  const auto open = house_.open_period();
  if (!open) {
    return std::nullopt;
  }
  const auto ahead = [&] {
    return refusal(offer, wire::RefusalCode::kPeriodAhead, true,
                   open->text() + " has to be closed first");
  };
  if (offer.date.month() > open->next()) {
    return ahead();
  }
  const auto next = house_.calendar().dates_of(open->next());
  return next && now >= end_of(next->close) ? std::optional(ahead()) : std::nullopt;
}

ExchangeDesk::OfferAnswer Clearing::on_offer(const std::string& sender, const wire::Offer& offer) {
  const SenderState* state = house_.sender(number_of(sender));
  const std::uint32_t last = state == nullptr ? 0 : state->last();
  if (offer.sequence >= 1 && offer.sequence <= last) {
    const TakenBatch& taken = state->batches[offer.sequence - 1];
    if (taken.taken.batch == offer.digest) {
      return {.receipt = receipt_of(taken)};
    }
    return {.refusal =
                refusal(offer, wire::RefusalCode::kSequenceTaken, false,
                        "it was taken as " + hex(taken.taken.batch) + " at " + taken.at.text())};
  }
  return {.refusal = offer_fault(sender, offer), .next = last + 1};
}

// The batch among those of its sender.
std::optional<wire::Refusal> Clearing::place_fault(Participant sender, const wire::Offer& offer,
                                                   const BatchHeader& header) const {
  using wire::RefusalCode;
  if (header.sender != sender) {
    return refusal(offer, RefusalCode::kSenderMismatch, false,
                   "its header names " + house_.rules().code(header.sender));
  }
  if (header.sequence != offer.sequence || header.date != offer.date) {
    return refusal(offer, RefusalCode::kBatchFault, false,
                   "its header says sequence " + std::to_string(header.sequence) + " of " +
                       header.date.text());
  }
  const SenderState* state = house_.sender(sender);
  const bool first = state == nullptr || state->batches.empty();
  const Digest previous = first ? Digest{} : state->batches.back().taken.batch;
  if (header.previous != previous) {
    return refusal(
        offer, RefusalCode::kChain, false,
        "it cites " + hex(header.previous) + "; the batch before it is " + hex(previous));
  }
  const auto opened = house_.openings().find(sender);
  const bool early = opened != house_.openings().end() && header.date < opened->second.date;
  if (early || (!first && header.date <= state->batches.back().taken.date)) {
    return refusal(offer, RefusalCode::kDateOrder, false,
                   header.date.text() + " is not after " +
                       (first ? "the opening" : state->batches.back().taken.date.text()));
  }
  return std::nullopt;
}

bool Clearing::behind_cutoff(Participant sender, BusinessDate date) const {
  const auto open = house_.open_period();
  if (!open) {
    return false;
  }
  const SenderState* state = house_.sender(sender);
  if (state != nullptr && !state->batches.empty() && state->batches.back().taken.next_period) {
    return true;
  }
  const auto dates = house_.calendar().dates_of(*open);
  return date > last_day(*open) || (dates && now_ >= end_of(dates->close));
}

// Takes a batch whose bytes have been checked: into the book, the store, the journal, the state.
// One that the book refuses leaves nothing in the store.
std::optional<LotFault> Clearing::take_content(BlobWriter& writer, BatchTaken taken) {
  Blob blob = writer.content();
  const BatchView view = view_of(blob.bytes());
  const Participant sender = view.header.sender;
  taken.sender = sender;
  taken.sequence = view.header.sequence;
  taken.date = view.header.date;
  taken.batch = view.digest;
  taken.next_period = behind_cutoff(sender, taken.date);
  ClearingHouse::Trial trial = house_.take(view, taken.next_period);
  if (trial.fault) {
    return trial.fault;
  }
  taken.blob = writer.finish();
  const RuleBook& rules = house_.rules();
  taken.receipt = wire::receipt_text(
      {.clearing = settings_.code,
       .sender = rules.code(sender),
       .sequence = taken.sequence,
       .date = taken.date,
       .digest = taken.batch,
       .taken_at = now_,
       .returned = trial.returned.size(),
       .returned_digest = sha256(as_bytes(returned_text(trial.returned, rules)))});
  const SecretKey* key = signing_.counting(*registry_, now_.date().month());
  check(key != nullptr, "nothing is taken in a month whose key is not here");
  taken.receipt_signature =
      signature_line(key->sign(wire::kReceiptKind, sha256(as_bytes(taken.receipt))));
  journal(encode(taken, now_));
  house_.keep(taken, now_, std::move(blob), std::move(trial.returned));
  return std::nullopt;
}

ExchangeDesk::Verdict Clearing::take(const std::string& sender, const ArrivedBatch& batch) {
  using wire::RefusalCode;
  const wire::Offer& offer = batch.offer;
  const Participant number = number_of(sender);
  check(!number.none(), "who offered a batch is known");
  const Blob content = batch.writer->content();
  std::vector<Fault> faults;
  const InputFile file("the batch", content.bytes());
  const auto view = read_batch_binary(file, house_.rules(), faults);
  const bool damaged = std::ranges::any_of(faults, [](const Fault& fault) {
    return fault.code == FaultCode::kDigestMismatch || fault.code == FaultCode::kLength ||
           fault.code == FaultCode::kMagic;
  });
  if (damaged) {
    return {.refusal = refusal(offer, RefusalCode::kDigest, true,
                               "what arrived is not what was offered: " + faults.front().value)};
  }
  if (!view) {
    return {.refusal = refusal(offer, RefusalCode::kBatchFault, false, detail_of(faults))};
  }
  if (view->digest != offer.digest || file.bytes().size() != offer.size) {
    return {.refusal =
                refusal(offer, RefusalCode::kDigest, true, "what arrived is " + hex(view->digest))};
  }
  if (auto fault = place_fault(number, offer, view->header)) {
    return {.refusal = std::move(fault)};
  }
  if (const auto other = other_than_live(*view)) {
    return {.refusal = refusal(offer, RefusalCode::kBatchFault, false, *other)};
  }
  const auto lot = take_content(*batch.writer, {.signature = offer.signature});
  if (lot && !lot->other.empty()) {
    return {.refusal = refusal(offer, RefusalCode::kBatchFault, false,
                               detail_of({fault_of(*lot, house_.rules())}))};
  }
  if (lot) {
    return {.refusal =
                refusal(offer, RefusalCode::kPoints, false,
                        "member " + lot->member.text() + ": " + std::to_string(lot->remaining) +
                            " points; 0 to " + std::to_string(lot->original))};
  }
  kill_point<"clearing_before_receipt">();
  return {.receipt = receipt_of(house_.sender(number)->batches.back())};
}

wire::Receipt Clearing::receipt_of(const TakenBatch& batch) const {
  wire::Receipt receipt{.sequence = batch.taken.sequence,
                        .text = batch.taken.receipt,
                        .signature = batch.taken.receipt_signature};
  for (const ReturnedItem& item : batch.returned) {
    if (receipt.returned.size() == wire::kReturnedPerReceiptMax) {
      receipt.more = true;
      break;
    }
    receipt.returned.push_back({.entry = item.entry,
                                .kind = static_cast<std::uint8_t>(item.kind),
                                .code = static_cast<std::uint8_t>(item.code),
                                .id = item.id});
  }
  return receipt;
}

wire::Heartbeat Clearing::heartbeat(const std::string& sender) {
  const Participant number = number_of(sender);
  const SenderState* state = house_.sender(number);
  return {.last_receipted = state == nullptr ? 0 : state->last(),
          .last_advice = house_.advices(number).size(),
          .at = now_.seconds(),
          .speaks = wire::kSpeaksRatings};
}

wire::Advices Clearing::advices(const std::string& sender, std::uint64_t after) {
  const std::vector<wire::Advice>& all = house_.advices(number_of(sender));
  const std::size_t first = std::min<std::uint64_t>(after, all.size());
  const std::size_t last = std::min(first + wire::kAdvicesPerMessageMax, all.size());
  return {.advices = {all.begin() + static_cast<std::ptrdiff_t>(first),
                      all.begin() + static_cast<std::ptrdiff_t>(last)}};
}

void Clearing::on_message(const Peer& from, Bytes message, BusinessTime now, std::int64_t steady_ms,
                          ExchangePort& port) {
  now_ = now;
  steady_ms_ = steady_ms;
  exchange_.on_message(from, message, steady_ms, port);
  if (live_.commands.size() >= kLiveCommandsMax) {
    commit_live(port);
  }
}

void Clearing::tick(BusinessTime now, std::int64_t steady_ms, ExchangePort& port) {
  now_ = now;
  steady_ms_ = steady_ms;
  exchange_.tick(steady_ms, port);
  scores_.tick(steady_ms);
  publish_thresholds();
  switchboard_.tick(switch_turn(), live_);
  commit_live(port);
}

SwitchTurn Clearing::switch_turn() const {
  return {.now = now_,
          .steady_ms = steady_ms_,
          .rules = house_.has_rules() ? &house_.rules() : nullptr};
}

void Clearing::on_ask(const Peer& from, const Ask& ask) {
  switchboard_.on_ask(from, ask, switch_turn(), live_);
}

void Clearing::on_answer(const Peer& from, const Answer& answer) {
  switchboard_.on_answer(from, answer, switch_turn(), live_);
}

bool Clearing::on_question(const Peer& from, const wire::Message& question) {
  if (const auto* scores = std::get_if<wire::Scores>(&question)) {
    on_scores(from, *scores);
    return true;
  }
  if (const auto* request = std::get_if<wire::ThresholdsRequest>(&question)) {
    on_thresholds_request(from, *request);
    return true;
  }
  const bool of_day_file = std::holds_alternative<wire::DayFilePart>(question) ||
                           std::holds_alternative<wire::DayFileRequest>(question);
  if (of_day_file && on_day_file_ && is_gateway(from.participant)) {
    on_day_file_(from, question);
    return true;
  }
  return switchboard_.on_question(from, question, switch_turn(), live_);
}

void Clearing::commit_live(ExchangePort& port) {
  if (!live_.commands.empty()) {
    append(std::exchange(live_.commands, {}));
  }
  for (const auto& [to, message] : std::exchange(live_.messages, {})) {
    port.send(to, message);
  }
}

std::string returned_text(const std::vector<ReturnedItem>& returned, const RuleBook& rules) {
  const Names names(rules);
  std::string out;
  for (const ReturnedItem& item : returned) {
    out += std::to_string(item.entry) + "," + std::string(word_of(item)) + "," +
           names.text(item.id) + "," + std::string(word(item.code)) + "\n";
  }
  return out;
}

std::string_view word_of(const ReturnedItem& item) {
  return item.action == Action::kWithdraw ? "WITHDRAW" : word(item.kind);
}

}  // namespace ph
