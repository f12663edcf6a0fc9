#include "node/node.h"

#include <algorithm>
#include <utility>

#include "core/home/carried_out.h"
#include "core/types/check.h"
#include "node/asks.h"
#include "platform/crypto/sha256.h"
#include "platform/journal/recover.h"
#include "platform/sys/kill_points.h"

namespace ph {

namespace {

constexpr std::uint16_t kShard = 1;
// Blocks, or rows of days, after which a snapshot is worth its cost; an opening file always is.
constexpr std::uint64_t kSnapshotBlocks = 64;
constexpr std::uint64_t kSnapshotRows = 500'000;
// Bytes of live events that a block takes at most, so that another command finds room beside them.
constexpr std::size_t kLiveBytesMax = kBlockBytesMax / 4;
constexpr std::size_t kLiveCommandsMax = kCommandsPerBlockMax - 16;

LiveAnswer again_later() {
  return {.code = static_cast<std::uint8_t>(ReturnCode::kAgainLater)};
}

bool is_live(NodeCommand kind) {
  return kind == NodeCommand::kLive || kind == NodeCommand::kOpen || kind == NodeCommand::kAsking ||
         kind == NodeCommand::kAnswered || kind == NodeCommand::kMoved ||
         kind == NodeCommand::kMember;
}

}  // namespace

Node::Node(NodeSettings settings, Storage& storage, SigningKeys signing,
           const KeyRegistry& registry)
    : settings_(std::move(settings)),
      storage_(storage),
      log_(*storage.journal, kShard, &sha256),
      province_(settings_.code, *storage.blobs),
      uplink_(settings_.uplink, settings_.code, settings_.clearing, signing, registry, province_,
              *storage.blobs),
      scores_({.part_bytes = settings_.uplink.chunk_bytes}, settings_.clearing, signing, registry,
              [this] { return province_.last_receipted(); }),
      asker_(settings_.asker) {}

void Node::recover() {
  // A damaged snapshot may have left a part of itself behind: each is tried on an empty state.
  since_snapshot_.taken(recover_from(
      storage_, kShard, log_,
      [this] {
        province_ = Province(settings_.code, *storage_.blobs);
        return province_.loader();
      },
      [this](const JournalCommand& command) {
        province_.apply(command);
        count_work(command, log_.last() + 1);
      }));
}

// What live events were decided before goes into the same block.
void Node::journal(const JournalCommand& command) {
  if (pending_bytes_ + bytes_in_block(command) + kBlockFrameBytes > kBlockBytesMax) {
    commit_live();
  }
  pending_.push_back(command);
  append();
}

void Node::append() {
  kill_point<"node_before_append">();
  log_.append(pending_);
  kill_point<"node_after_append">();
  for (const JournalCommand& command : pending_) {
    count_work(command, log_.last());
  }
  pending_.clear();
  pending_bytes_ = 0;
}

void Node::commit_live() {
  if (!pending_.empty()) {
    append();
  }
}

void Node::commit_live(std::int64_t steady_ms, UplinkPort& port) {
  commit_live();
  for (const Answer& answer : std::exchange(answers_, {})) {
    port.send(wire::encode(answer));  // One that is lost is asked for again.
  }
  if (!uplink_.stopped()) {
    asker_.tick(province_.intents(), province_.number(), steady_ms, port);
  }
}

// For the next block.
void Node::add_pending(JournalCommand command) {
  pending_bytes_ += bytes_in_block(command);
  pending_.push_back(std::move(command));
}

void Node::count_work(const JournalCommand& command, std::uint64_t block) {
  const auto kind = static_cast<NodeCommand>(command.kind);
  if (const auto day = decode<DayTaken>(command)) {
    since_snapshot_.count(block, day->rows);
  } else if (decode<OpeningTaken>(command) || decode<ProgrammeTaken>(command)) {
    since_snapshot_.count(block, kSnapshotRows);
  } else if (const auto slice = decode<RunStepped>(command)) {
    since_snapshot_.count(block, slice->steps);
  } else if (is_live(kind)) {
    since_snapshot_.count_live(block);
  }
}

std::optional<IntakeAnswer> Node::early_answer(const PreparedFile& file, BusinessTime now) const {
  if (!file.header || file.header->type != FileType::kProvinceDay ||
      file.header->sender != settings_.code || !province_.rules()) {
    return std::nullopt;
  }
  return place_of_day(file, now);
}

IntakeAnswer Node::take_file(PreparedFile& file, BusinessTime now) {
  if (file.of_programme && file.unread) {
    return wait_for("the rule book has to come first");
  }
  if (file.of_programme && file.good) {
    return take_programme(file, now);
  }
  if (!file.header || (!file.good && !file.unread)) {
    return {.verdict = IntakeVerdict::kRefused, .faults = file.faults};
  }
  const FileType type = file.header->type;
  if (type == FileType::kRulebook) {
    return take_rules(file, now);
  }
  if (type != FileType::kOpeningLots && type != FileType::kProvinceDay) {
    return refuse(file, FaultCode::kIntakeType, "type", std::string(word(type)),
                  "a RULEBOOK, OPENING_LOTS or PROVINCE_DAY file");
  }
  if (file.header->sender != settings_.code) {
    return refuse(file, FaultCode::kIntakeSender, "sender", file.header->sender, settings_.code);
  }
  if (file.unread) {
    return wait_for("the rule book has to come first");
  }
  if (type == FileType::kOpeningLots) {
    return take_opening(file, now);
  }
  return take_day(file, now);
}

IntakeAnswer Node::take_rules(const PreparedFile& file, BusinessTime now) {
  if (file.blob == province_.rules_blob()) {
    return copy_of_earlier("this rule book is in force");
  }
  const RuleBook& book = *file.rules;
  const auto number = book.by_code(settings_.code);
  if (!number || !book.is_province(*number)) {
    return refuse(file, FaultCode::kIntakeSender, "PARTICIPANT", "no province " + settings_.code,
                  "a rule book that has the province " + settings_.code);
  }
  if (const auto& rules = province_.rules()) {
    if (auto answer = refuse_rules(file, *rules, now.date(), province_.last_month())) {
      return std::move(*answer);
    }
  }
  if (province_.open() && province_.open()->has_file) {
    return wait_for("a day is being posted");
  }
  const JournalCommand command = encode(RulesTaken{.blob = file.blob}, now);
  journal(command);
  province_.apply(command);
  return accepted();
}

IntakeAnswer Node::take_opening(const PreparedFile& file, BusinessTime now) {
  if (const auto& opening = province_.opening()) {
    return opening->blob == file.blob
               ? copy_of_earlier("the province was opened with this file")
               : refuse(file, FaultCode::kIntakeTaken, {}, hex(file.blob),
                        "the file it was opened with, " + hex(opening->blob));
  }
  if (province_.last_date()) {
    return refuse(file, FaultCode::kIntakeDateOrder, "date", file.header->date.text(),
                  "an opening file before the first day file");
  }
  if (file.header->date > now.date()) {
    return refuse(file, FaultCode::kIntakeFuture, "date", file.header->date.text(),
                  now.date().text() + " or before");
  }
  const JournalCommand command =
      encode(OpeningTaken{.blob = file.blob, .date = file.header->date}, now);
  journal(command);
  province_.apply(command);
  return accepted();
}

// What a day file's place among the others says; nullopt: it is the next one.
std::optional<IntakeAnswer> Node::place_of_day(const PreparedFile& file, BusinessTime now) const {
  const std::uint32_t sequence = file.header->sequence;
  const BusinessDate date = file.header->date;
  const auto& open = province_.open();
  const SealedDay* sealed = province_.sealed_at(sequence);
  const bool posted = open && open->has_file;
  if (sealed != nullptr || (posted && open->taken.sequence == sequence)) {
    const Digest& taken = sealed != nullptr ? sealed->file : open->taken.blob;
    const bool empty = sealed != nullptr ? sealed->empty : open->taken.empty;
    const BusinessDate day = sealed != nullptr ? sealed->date : open->taken.date;
    if (taken == file.blob) {
      return copy_of_earlier("sequence " + std::to_string(sequence) + " was accepted before");
    }
    return refuse(file, FaultCode::kIntakeTaken, "sequence", std::to_string(sequence),
                  empty ? "no file came for " + day.text() + " by its cut-off, so it was sealed " +
                              "empty under this number: bring the rows as sequence " +
                              std::to_string(province_.next_sequence()) + ", with a later date"
                        : "the next sequence, " + std::to_string(province_.next_sequence()));
  }
  if (!province_.opening()) {
    return wait_for("the opening file has to come first");
  }
  if (sequence != province_.next_sequence()) {
    return wait_for("sequence " + std::to_string(province_.next_sequence()) + " has to come first");
  }
  if (date > now.date()) {
    return refuse(file, FaultCode::kIntakeFuture, "date", date.text(),
                  now.date().text() + " or before");
  }
  const auto last = province_.last_date();
  if (date < province_.opening()->date || (last && date <= *last)) {
    return refuse(file, FaultCode::kIntakeDateOrder, "date", date.text(),
                  "a day after " + (last ? last->text() : province_.opening()->date.text()));
  }
  const DayPoster& poster = *province_.poster();
  if (const auto due = posted ? std::nullopt
                       : open ? std::optional(open->taken.date)
                              : poster.home().put_off_day();
      due && date != *due) {
    return refuse(file, FaultCode::kIntakeDateOrder, "date", date.text(),
                  due->text() + ": events of that day were taken under this number");
  }
  if (posted) {
    return wait_for(open->taken.date.text() + " is being posted");
  }
  return std::nullopt;
}

// Rows of members need a programme, and a build that carries them out. Whole, before anything of
// the file is taken.
std::optional<IntakeAnswer> Node::refuse_members(const PreparedFile& file) const {
  const auto row = refused_row(*file.day, province_.has_programme(file.day->date));
  if (!row) {
    return std::nullopt;
  }
  IntakeAnswer answer =
      row->no_programme ? refuse(file, FaultCode::kIntakeProgramme, "kind", std::string(row->kind),
                                 "the programme's file first; or no rows of members")
                        : refuse(file, FaultCode::kIntakeRelease, "kind", std::string(row->kind),
                                 "a row that this release carries out");
  answer.faults.front().line = row->line;
  return answer;
}

IntakeAnswer Node::take_day(PreparedFile& file, BusinessTime now) {
  if (auto answer = place_of_day(file, now)) {
    return std::move(*answer);
  }
  if (file.rules != province_.rules()) {
    return wait_for("it was read by a rule book that is no longer in force");
  }
  if (auto answer = refuse_members(file)) {
    return std::move(*answer);
  }
  const DayTaken taken{
      .blob = file.blob,
      .sequence = file.header->sequence,
      .date = file.header->date,
      .rows = file.day->rows.size(),
      .rules = province_.book() != nullptr ? DayFile::kRulesOfToday : std::uint16_t{1}};
  journal(encode(taken, now));
  province_.open_day(taken, std::move(*file.day));
  return accepted();
}

bool Node::post_slice(BusinessTime now, bool asked) {
  const std::uint32_t steps =
      asked ? std::min(settings_.slice_steps, settings_.asked_steps) : settings_.slice_steps;
  if (const Run* run = province_.next_run()) {
    post_run_slice(*run, steps, now);
  } else if (const auto key = province_.due_run()) {
    begin_due_run(*key, now);
  } else if (province_.posts()) {
    const SlicePosted slice{.steps = steps, .opening = province_.run_waits_for_opening()};
    journal(encode(slice, now));
    province_.post(slice, now);
  } else {
    return false;
  }
  return province_.posts() || province_.next_run() != nullptr || province_.due_run().has_value();
}

void Node::seal_open_day(BusinessTime now) {
  const DayTaken taken = province_.open()->taken;
  const SealProposal proposal = province_.propose_seal();
  kill_point<"node_sealing">();
  const Bytes bytes = proposal.batch.bytes();
  const Digest blob = storage_.blobs->put(bytes);
  const JournalCommand command = encode(DaySealed{.sequence = taken.sequence,
                                                  .date = taken.date,
                                                  .batch = proposal.batch.view().digest,
                                                  .blob = blob,
                                                  .size = bytes.size()},
                                        now);
  journal(command);
  province_.apply(command);
}

// No file came for `date`: the node makes the file that says so.
void Node::open_empty_day(BusinessDate date, BusinessTime now) {
  const std::uint32_t sequence = province_.next_sequence();
  const std::string text = "POINTHOUSE,PROVINCE_DAY,1," + settings_.code + "," + date.text() + "," +
                           std::to_string(sequence) + "\nEND,0,0,0\n";
  const DayTaken taken{.blob = storage_.blobs->put(as_bytes(text)),
                       .sequence = sequence,
                       .date = date,
                       .empty = true};
  journal(encode(taken, now));
  province_.open_day(taken, {.sender = province_.number(), .date = date, .sequence = sequence});
}

// The day after the last one that is sealed; or that the province was opened on.
BusinessDate Node::next_date() const {
  const auto& sealed = province_.sealed();
  return sealed.empty() ? province_.opening()->date : sealed.back().date.plus_days(1);
}

void Node::open_live_day(BusinessDate date, BusinessTime now) {
  const DayOpened opened{.sequence = province_.next_sequence(), .date = date};
  add_pending(encode(opened, now));
  province_.open_live(opened);
}

// A day is open from its first second, not from its file.
void Node::open_for_live(BusinessTime now) {
  const BusinessDate next = next_date();
  if (!province_.open() && next <= now.date() && now.date() <= next.plus_days(1)) {
    open_live_day(next, now);
  }
}

// What a rule book says of a live event's parties, and that one of them started it.
bool Node::knows_parties(const DayRow& row) const {
  const RuleBook& book = *province_.rules();
  const auto is_province = [&](Participant one) { return one.none() || book.is_province(one); };
  const Participant starter = row.id.participant;
  const bool one_of_them = starter == province_.number() || starter == row.giver ||
                           starter == row.partner || starter == row.other;
  const bool names_nobody = row.kind == RowKind::kHold || row.kind == RowKind::kVoid;
  return (one_of_them || (names_nobody && book.find(starter) != nullptr)) &&
         is_province(row.giver) && is_province(row.other) && is_province(row.lot.participant()) &&
         is_province(row.authorisation.participant()) &&
         (row.partner.none() || book.is_partner(row.partner)) &&
         (row.parent.participant.none() || book.find(row.parent.participant) != nullptr);
}

bool Node::knows_issuers(const std::vector<ChildRow>& children) const {
  return std::ranges::all_of(children, [this](const ChildRow& child) {
    return province_.rules()->is_province(child.lot.participant());
  });
}

LiveAnswer Node::take_live(const LiveCommand& command, BusinessTime now) {
  if (!province_.opening() || !province_.rules()) {
    return again_later();
  }
  if (!knows_issuers(command.children) || !knows_parties(command.row)) {
    return {.code = static_cast<std::uint8_t>(ReturnCode::kInvalid)};
  }
  if (auto known = known_answer(command, now)) {
    return std::move(*known);
  }
  if (move_waits_for_run(command.row.kind)) {
    return again_later();
  }
  add_pending(encode(LiveTaken{.command = command}, now));
  return province_.take_live(command, now);
}

// What is to be said of an event without deciding it. When all that lacks is that its day isn't
// open, it is opened.
std::optional<LiveAnswer> Node::known_answer(const LiveCommand& command, BusinessTime now) {
  return known_to_home(command, command.row.id.date, now);
}

template <class Request>
std::optional<LiveAnswer> Node::known_to_home(const Request& request, BusinessDate date,
                                              BusinessTime now) {
  if (pending_bytes_ > kLiveBytesMax || pending_.size() > kLiveCommandsMax) {
    commit_live();
  }
  const Home& home = province_.poster()->home();
  auto known = home.known_answer(request, now);
  const auto again = static_cast<std::uint8_t>(ReturnCode::kAgainLater);
  if (known && known->code == again && date <= now.date()) {
    open_for_live(now);
    known = home.known_answer(request, now);
  }
  return known;
}

LiveAnswer Node::take_member(const MemberRequest& request, BusinessTime now) {
  if (!province_.opening() || !province_.rules()) {
    return again_later();
  }
  if (province_.book() == nullptr ||
      province_.rules()->find(request.row.id.participant) == nullptr) {
    return {.code = static_cast<std::uint8_t>(ReturnCode::kInvalid)};
  }
  if (auto known = known_to_home(request, request.row.id.date, now)) {
    return std::move(*known);
  }
  add_pending(encode(MemberTaken{.request = request}, now));
  return province_.take_member(request, now);
}

bool Node::seal_due(BusinessTime now, const std::function<bool()>& inbox_is_read) {
  if (!province_.opening()) {
    return false;
  }
  if (const auto waits = province_.poster()->home().put_off_day(); waits && !province_.open()) {
    open_live_day(*waits, now);
    return true;
  }
  if ((!province_.open() || !province_.open()->has_file) && settings_.seal_empty) {
    const BusinessDate next = next_date();
    if (now >= end_of(next).plus_seconds(settings_.seal_empty_after_s) && inbox_is_read()) {
      open_empty_day(next, now);
      return true;  // Its expiry run is posted in slices like any day.
    }
  }
  const auto& open = province_.open();
  if (!open || !open->posted || now < end_of(open->taken.date) ||
      province_.run_under_way() != nullptr) {
    return false;
  }
  seal_open_day(now);
  return true;
}

void Node::tick(BusinessTime now, std::int64_t steady_ms, UplinkPort& port) {
  commit_live(steady_ms, port);
  uplink_.tick(now, steady_ms, port);
  tend_ratings(now);
  if (!uplink_.stopped()) {
    scores_.tick(steady_ms, port);
  }
}

void Node::on_message(Bytes bytes, BusinessTime now, std::int64_t steady_ms, UplinkPort& port) {
  wire::Message message;
  if (wire::decode(bytes, message) != wire::DecodeFault::kNone) {
    return;  // The clearing's key was checked; what it says wrongly is repeated or forgotten.
  }
  if (const auto* answer = std::get_if<Answer>(&message)) {
    take_answer(*answer, now);
    return;
  }
  if (const auto* ask = std::get_if<Ask>(&message)) {
    take_ask(*ask, now);
    return;
  }
  scores_.on_message(message, steady_ms, port);
  const std::vector<wire::Advice> advices = uplink_.on_message(message, steady_ms, port);
  if (!advices.empty()) {
    const JournalCommand command = encode(AdvicesTaken{.advices = advices}, now);
    journal(command);
    province_.apply(command);
  }
  while (auto receipt = uplink_.next_receipt()) {
    const JournalCommand command = encode(ReceiptTaken{.receipt = std::move(*receipt)}, now);
    journal(command);
    province_.apply(command);
  }
}

bool Node::snapshot_due() const {
  return !province_.between() && province_.run_under_way() == nullptr && pending_.empty() &&
         since_snapshot_.due(log_.last(), kSnapshotBlocks, kSnapshotRows);
}

void Node::put_snapshot_into(SnapshotStore& snapshots) const {
  check(pending_.empty(), "a snapshot holds what is durable");
  put_snapshot(snapshots, kShard, log_,
               [this](const SnapshotStore::Sink& sink) { province_.save(sink); });
}

NodeStatus Node::status() const {
  const auto& open = province_.open();
  std::vector<std::string> alarms = uplink_.alarms();
  if (answers_that_cannot_be_ > 0) {
    alarms.push_back("the clearing gave " + std::to_string(answers_that_cannot_be_) +
                     " answers to counters that can't be, so they were not believed and are asked "
                     "for again: see whether both run releases and rule books that fit together");
  }
  std::vector<IntentRecord> asking;
  for (const IntentRecord* record : province_.intents().pending()) {
    asking.push_back(*record);
  }
  return {.code = settings_.code,
          .has_rules = province_.rules() != nullptr,
          .opening = province_.opening(),
          .next_sequence = province_.next_sequence(),
          .open_day = open ? std::optional(open->taken) : std::nullopt,
          .open_posted = open && open->posted,
          .open_returned = open ? province_.poster()->home().returned().size() : 0,
          .sealed = static_cast<std::uint32_t>(province_.sealed().size()),
          .receipted = province_.last_receipted(),
          .flights = uplink_.flights(),
          .alarms = std::move(alarms),
          .stopped = uplink_.stopped(),
          .advices = province_.advices().size(),
          .journal_blocks = log_.last(),
          .asking = std::move(asking),
          .programme = programme_status(),
          .runs = run_status()};
}

}  // namespace ph
