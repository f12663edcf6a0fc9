#include "node/province.h"

#include <algorithm>

#include "core/home/loader.h"
#include "core/types/bytes.h"
#include "core/types/check.h"
#include "node/damaged.h"
#include "platform/crypto/sha256.h"
#include "platform/files/read.h"
#include "platform/files/read_programme.h"
#include "platform/journal/headed_loader.h"

namespace ph {

namespace {

constexpr std::uint16_t kStateLayout = 1;
constexpr std::uint16_t kOpenLayout = 2;     // its home's day is open
constexpr std::uint16_t kIntentsLayout = 3;  // counters have asked

// The fixed part of a sealed day in a saved state.
struct SavedDay {
  std::uint32_t sequence{};
  std::uint16_t date{};
  std::uint8_t empty{};
  std::uint8_t receipted{};
  std::uint64_t size{};
  std::uint64_t rows{};
  std::uint64_t returned{};
  Digest file{};
  Digest batch{};
  Digest blob{};
};
static_assert(sizeof(SavedDay) == 128);

PartnerCodes codes_of(const RuleBook& rules) {
  PartnerCodes out;
  for (const ParticipantRow& row : rules.participants()) {
    if (rules.is_partner(row.participant)) {
      out.emplace(row.participant, row.code);
    }
  }
  return out;
}

}  // namespace

Province::Province(std::string code, BlobStore& blobs) : code_(std::move(code)), blobs_(&blobs) {}

Blob Province::blob_of(const Digest& address, const char* what) const {
  auto blob = blobs_->get(address, true);
  if (!blob) {
    damaged(std::string("the ") + what + " " + hex(address) + " is missing");
  }
  return std::move(*blob);
}

void Province::take_rules(const Digest& address) {
  const Blob blob = blob_of(address, "rule book");
  std::vector<Fault> faults;
  auto book = load_rulebook(InputFile("rule book " + hex(address), blob.bytes()), faults);
  const auto number = book ? book->by_code(code_) : std::nullopt;
  if (!number || !book->is_province(*number)) {
    damaged("the rule book " + hex(address) + " was accepted and cannot be read now");
  }
  rules_ = std::make_shared<const RuleBook>(std::move(*book));
  rules_blob_ = address;
  number_ = *number;
  if (!poster_) {
    poster_.emplace(number_, &sha256);
    poster_->use_node(sources());
  }
  poster_->use_expiry(rules_->expiry());
  poster_->use_codes(codes_of(*rules_));
}

void Province::take_opening(const OpeningTaken& taken) {
  const Blob blob = blob_of(taken.blob, "opening file");
  const OpeningVisitor visit{
      .member = [this](Member member) { poster_->open_member(member); },
      .lot = [this](const OpeningLot& row) { poster_->open_lot(row); },
      .debt = [this](const OpeningDebt& row) { poster_->open_debt(row); },
  };
  const InputFile file("opening " + hex(taken.blob), blob.bytes());
  if (!rules_ || !visit_opening(file, *rules_, visit)) {
    damaged("the opening file " + hex(taken.blob) + " was accepted and cannot be read now");
  }
  opening_ = taken;
}

// nullptr: it isn't there, or can't be read.
std::shared_ptr<const Programme> Province::programme_of(const Digest& address) const {
  const auto blob = blobs_->get(address, true);
  if (!blob) {
    return nullptr;
  }
  std::vector<Fault> faults;
  auto made = read_programme(InputFile("programme " + hex(address), blob->bytes()), faults);
  return made ? std::make_shared<const Programme>(std::move(*made)) : nullptr;
}

void Province::take_programme(const ProgrammeTaken& taken) {
  static_cast<void>(blob_of(taken.blob, "programme"));
  const auto programme = programme_of(taken.blob);
  if (programme == nullptr || programme->rows().head.effective != taken.effective) {
    damaged("the programme " + hex(taken.blob) + " was accepted and cannot be read now");
  }
  const bool follows = book() == nullptr ||
                       (book()->programmes().misfit(*programme) == ProgrammeBook::Misfit::kNone &&
                        book()->names_fit(*programme));
  if (!opening_ || !poster_ || !follows || (open_ && open_->has_file)) {
    damaged("the programme " + hex(taken.blob) + " comes out of its turn");
  }
  poster_->take_programme(taken.blob, programme);
}

DayFile Province::read_day_blob(const DayTaken& taken) const {
  const Blob blob = blob_of(taken.blob, "day file");
  std::vector<Fault> faults;
  auto day = rules_
                 ? read_day(InputFile("day file " + hex(taken.blob), blob.bytes()), *rules_, faults)
                 : std::nullopt;
  if (!day) {
    damaged("the day file " + hex(taken.blob) + " was accepted and cannot be read now");
  }
  return std::move(*day);
}

void Province::open_day(const DayTaken& taken, DayFile file) {
  check(poster_.has_value() && (!open_ || !open_->has_file),
        "a day is opened after the one before was sealed");
  check(taken.rows == file.rows.size() && taken.sequence == file.sequence,
        "a day's command fits its file");
  if (!open_) {
    open_.emplace();
  } else if (open_->taken.sequence != taken.sequence || open_->taken.date != taken.date) {
    damaged("a file of another day than the open one");
  }
  file.rules = taken.rules;
  open_->taken = taken;
  open_->file = std::move(file);
  open_->has_file = true;
}

void Province::open_live(const DayOpened& opened) {
  if (!poster_ || open_ || opened.sequence != next_sequence()) {
    damaged("sequence " + std::to_string(opened.sequence) + " is opened out of its turn");
  }
  const auto waits = poster_->home().put_off_day();
  if (waits && *waits != opened.date) {
    damaged("a day is opened while events of another one wait");
  }
  poster_->open_day(opened.date, opened.sequence);
  open_.emplace(OpenDay{.taken = {.sequence = opened.sequence, .date = opened.date}, .live = true});
}

LiveAnswer Province::take_live(const LiveCommand& command, BusinessTime at) {
  if (!poster_) {
    damaged("a live event before the rule book");
  }
  return poster_->take_live(command, at);
}

LiveAnswer Province::take_member(const MemberRequest& request, BusinessTime at) {
  if (book() == nullptr) {
    damaged("a row of a member before a programme");
  }
  return poster_->take_member(request, at);
}

void Province::take_intent(const Intent& intent, BusinessTime at) {
  if (!poster_ || intents_.find(intent.ask.kind, intent.ask.id) != nullptr) {
    damaged("an intent of a counter that was there before, or came before the rule book");
  }
  intents_.asking(intent, at);
}

void Province::take_answer(const Answer& answer, BusinessTime at) {
  const IntentRecord* record = intents_.find(answer.kind, answer.id);
  if (record == nullptr || !record->pending() || record->kind != answer.kind) {
    damaged("an answer to what no counter waits for");
  }
  const auto own = own_record(intent_of(*record, number_), answer);
  intents_.answered(answer, own ? poster_->take_live(*own, at).code : std::uint8_t{0});
}

bool Province::posts() const {
  return open_ && (open_->has_file ? !open_->posted : !poster_->home().opening_is_over());
}

void Province::post(const SlicePosted& slice, BusinessTime at) {
  if (!posts()) {
    damaged("a slice of rows that the open day doesn't have");
  }
  if (book() != nullptr && book()->runs().counting() != nullptr) {
    damaged("a slice of rows while a run counts");
  }
  poster_->end_live_holds(at);
  if (open_->has_file && !open_->begun && open_for_run(slice.opening)) {
    static_cast<void>(poster_->post(slice.steps));  // The opening alone: a run comes before rows.
    return;
  }
  if (open_->has_file && !open_->begun) {
    if (open_->live) {
      poster_->bring(open_->file);
    } else {
      poster_->begin(open_->file);
    }
    open_->begun = true;
  }
  const bool more = poster_->post(slice.steps);
  open_->posted = open_->has_file && !more;
}

SealProposal Province::propose_seal() {
  check(open_ && open_->posted, "a day is sealed once its rows are posted");
  check(run_under_way() == nullptr, "a day is sealed once what a run posts on it is there");
  PostedDay posted = poster_->seal();
  proposed_ = posted.batch.view().digest;
  proposed_returned_ = posted.returned;
  proposed_left_ = std::move(posted.left);
  return {.batch = std::move(posted.batch), .returned = std::move(posted.returned)};
}

void Province::take_seal(const DaySealed& sealed) {
  if (!open_ || open_->taken.sequence != sealed.sequence || !open_->posted) {
    damaged("a seal of sequence " + std::to_string(sealed.sequence) + " without its rows");
  }
  if (!proposed_) {
    static_cast<void>(propose_seal());  // A replay: the batch lies in the store already.
  }
  if (*proposed_ != sealed.batch) {
    damaged("sequence " + std::to_string(sealed.sequence) + " was sealed as " + hex(sealed.batch) +
            " and is " + hex(*proposed_) + " now");
  }
  sealed_.push_back({.sequence = sealed.sequence,
                     .date = sealed.date,
                     .empty = open_->taken.empty,
                     .file = open_->taken.blob,
                     .batch = sealed.batch,
                     .blob = sealed.blob,
                     .size = sealed.size,
                     .rows = open_->taken.rows,
                     .returned = proposed_returned_.size()});
  last_returned_ = std::move(proposed_returned_);
  proposed_returned_.clear();
  last_left_ = std::move(proposed_left_);
  proposed_left_.clear();
  proposed_.reset();
  open_.reset();
}

void Province::take_receipt(wire::Receipt receipt) {
  if (receipt.sequence != receipted_ + 1 || receipt.sequence > sealed_.size()) {
    damaged("a receipt for sequence " + std::to_string(receipt.sequence));
  }
  sealed_[receipt.sequence - 1].receipt = std::move(receipt);
  ++receipted_;
}

void Province::apply(const JournalCommand& command) {
  if (const auto rules = decode<RulesTaken>(command)) {
    take_rules(rules->blob);
  } else if (const auto opening = decode<OpeningTaken>(command)) {
    take_opening(*opening);
  } else if (const auto programme = decode<ProgrammeTaken>(command)) {
    take_programme(*programme);
  } else if (const auto day = decode<DayTaken>(command)) {
    open_day(*day, read_day_blob(*day));
  } else if (const auto slice = decode<SlicePosted>(command)) {
    post(*slice, command.at);
  } else if (const auto sealed = decode<DaySealed>(command)) {
    take_seal(*sealed);
  } else if (auto receipt = decode<ReceiptTaken>(command)) {
    take_receipt(std::move(receipt->receipt));
  } else if (const auto opened = decode<DayOpened>(command)) {
    open_live(*opened);
  } else if (const auto live = decode<LiveTaken>(command)) {
    static_cast<void>(take_live(live->command, command.at));
  } else if (const auto member = decode<MemberTaken>(command)) {
    static_cast<void>(take_member(member->request, command.at));
  } else if (const auto intent = decode<IntentTaken>(command)) {
    take_intent(intent->intent, command.at);
  } else if (const auto answered = decode<IntentAnswered>(command)) {
    take_answer(answered->answer, command.at);
  } else if (const auto moved = decode<MoveAnswered>(command)) {
    take_answer(moved->answer, command.at);
  } else if (const auto advices = decode<AdvicesTaken>(command)) {
    advices_.insert(advices_.end(), advices->advices.begin(), advices->advices.end());
  } else if (!apply_run(command)) {
    damaged("a command of kind " + std::to_string(command.kind) + ", version " +
            std::to_string(command.version) + ", that this release does not know");
  }
}

const SealedDay* Province::sealed_at(std::uint32_t sequence) const {
  return sequence == 0 || sequence > sealed_.size() ? nullptr : &sealed_[sequence - 1];
}

std::uint32_t Province::next_sequence() const {
  return static_cast<std::uint32_t>(sealed_.size()) + (open_ && open_->has_file ? 2 : 1);
}

std::optional<BusinessDate> Province::last_date() const {
  if (open_ && open_->has_file) {
    return open_->taken.date;
  }
  return sealed_.empty() ? std::nullopt : std::optional(sealed_.back().date);
}

std::optional<Month> Province::last_month() const {
  if (const auto waits = poster_ ? poster_->home().put_off_day() : std::nullopt) {
    return waits->month();
  }
  if (open_) {
    return open_->taken.date.month();
  }
  return sealed_.empty() ? std::nullopt : std::optional(sealed_.back().date.month());
}

void Province::save(const std::function<void(Bytes)>& sink) const {
  check(!between(), "a state is saved while nothing is being posted");
  ByteWriter out;
  const bool intents = !intents_.empty();
  out.put(intents ? kIntentsLayout : open_ ? kOpenLayout : kStateLayout);
  out.put_text(code_);
  out.put(static_cast<std::uint8_t>(rules_ ? 1 : 0));
  out.put(rules_blob_);
  out.put(static_cast<std::uint8_t>(opening_ ? 1 : 0));
  out.put(opening_ ? opening_->blob : Digest{});
  out.put(opening_ ? opening_->date.count() : std::uint16_t{0});
  out.put(static_cast<std::uint64_t>(sealed_.size()));
  for (const SealedDay& day : sealed_) {
    out.put_record(SavedDay{.sequence = day.sequence,
                            .date = day.date.count(),
                            .empty = static_cast<std::uint8_t>(day.empty ? 1 : 0),
                            .receipted = static_cast<std::uint8_t>(day.receipt ? 1 : 0),
                            .size = day.size,
                            .rows = day.rows,
                            .returned = day.returned,
                            .file = day.file,
                            .batch = day.batch,
                            .blob = day.blob});
    if (day.receipt) {
      const JournalCommand receipt = encode(ReceiptTaken{.receipt = *day.receipt}, BusinessTime());
      out.put(static_cast<std::uint32_t>(receipt.payload.size()));
      out.put_raw(receipt.payload);
    }
  }
  const JournalCommand advices = encode(AdvicesTaken{.advices = advices_}, BusinessTime());
  out.put(static_cast<std::uint32_t>(advices.payload.size()));
  out.put_raw(advices.payload);
  if (open_ || intents) {
    out.put(open_ ? open_->taken.sequence : std::uint32_t{0});
    out.put(open_ ? open_->taken.date.count() : std::uint16_t{0});
  }
  if (intents) {
    intents_.save(out);
  }
  const auto size = static_cast<std::uint64_t>(out.bytes().size());
  sink(std::as_bytes(std::span(&size, 1)));
  sink(out.bytes());
  if (poster_) {
    poster_->home().save(sink);
  }
}

// Everything but the home, which follows it. False when it isn't such a head.
bool Province::load_head(Bytes head) {
  ByteReader in(head);
  const auto layout = in.get<std::uint16_t>();
  const bool same = layout >= kStateLayout && layout <= kIntentsLayout && in.get_text() == code_;
  const bool has_rules = in.get<std::uint8_t>() != 0;
  const auto rules = in.get<Digest>();
  const bool has_opening = in.get<std::uint8_t>() != 0;
  OpeningTaken opening;
  opening.blob = in.get<Digest>();
  opening.date = BusinessDate(in.get<std::uint16_t>());
  const auto days = in.get<std::uint64_t>();
  if (!same || !in.good() || days > in.left() / sizeof(SavedDay)) {
    return false;
  }
  const auto command_from = [&in](NodeCommand kind) {
    const auto size = in.get<std::uint32_t>();
    const Bytes payload = in.get_raw(size);
    return JournalCommand{.kind = static_cast<std::uint16_t>(kind),
                          .payload = {payload.begin(), payload.end()}};
  };
  for (std::uint64_t n = 0; n < days; ++n) {
    const auto saved = in.get<SavedDay>();
    SealedDay day{.sequence = saved.sequence,
                  .date = BusinessDate(saved.date),
                  .empty = saved.empty != 0,
                  .file = saved.file,
                  .batch = saved.batch,
                  .blob = saved.blob,
                  .size = saved.size,
                  .rows = saved.rows,
                  .returned = saved.returned};
    if (saved.receipted != 0) {
      auto receipt = decode<ReceiptTaken>(command_from(NodeCommand::kReceipt));
      if (!receipt || receipt->receipt.sequence != receipted_ + 1) {
        return false;
      }
      day.receipt = std::move(receipt->receipt);
      ++receipted_;
    }
    if (day.sequence != n + 1) {
      return false;
    }
    sealed_.push_back(std::move(day));
  }
  auto advices = decode<AdvicesTaken>(command_from(NodeCommand::kAdvices));
  if (!advices || !load_open(in, layout) || (open_ && open_->taken.sequence != days + 1)) {
    return false;
  }
  advices_ = std::move(advices->advices);
  if (has_opening) {
    opening_ = opening;
  }
  if (has_rules) {
    take_rules(rules);
  }
  const bool intents = layout == kIntentsLayout;
  return (!intents || (intents_.load(in, number_) && !intents_.empty())) && in.done();
}

// The open day, if there is one.
bool Province::load_open(ByteReader& in, std::uint16_t layout) {
  if (layout == kStateLayout) {
    return in.good();
  }
  const DayTaken taken{.sequence = in.get<std::uint32_t>(),
                       .date = BusinessDate(in.get<std::uint16_t>())};
  if (taken.sequence != 0) {
    open_.emplace(OpenDay{.taken = taken, .live = true});
  }
  return in.good() && (layout == kIntentsLayout || open_);
}

class Province::Loader final : public HeadedLoader {
 public:
  explicit Loader(Province& province)
      : province_(province),
        home_([&province](const Digest& blob) { return province.programme_of(blob); }) {}

 private:
  [[nodiscard]] bool load_head(Bytes head) override { return province_.load_head(head); }
  [[nodiscard]] bool load_part(Bytes part) override { return home_.take(part).empty(); }
  [[nodiscard]] bool load_rest() override {
    const auto& open = province_.open_;
    if (!province_.poster_) {
      return !open;
    }
    auto home = home_.finish();
    if (!home || home->province() != province_.number_ ||
        home->open_date() != (open ? std::optional(open->taken.date) : std::nullopt) ||
        (open && home->last_sequence() != open->taken.sequence)) {
      return false;
    }
    province_.poster_.emplace(
        std::move(*home), &sha256,
        province_.sealed_.empty() ? Digest{} : province_.sealed_.back().batch);
    province_.poster_->use_node(province_.sources());
    province_.poster_->use_expiry(province_.rules_->expiry());
    province_.poster_->use_codes(codes_of(*province_.rules_));
    if (!province_.sealed_.empty()) {
      province_.poster_->use_last_day(province_.sealed_.back().date);
    }
    return true;
  }

  Province& province_;
  HomeLoader home_;
};

std::unique_ptr<StateLoader> Province::loader() {
  return std::make_unique<Loader>(*this);
}

}  // namespace ph
