#include "clearing/house.h"

#include <algorithm>

#include "clearing/damaged.h"
#include "core/types/check.h"
#include "platform/crypto/sha256.h"
#include "platform/files/read.h"

namespace ph {

ClearingHouse::ClearingHouse(BlobStore& blobs, std::function<void(const ClosedPeriod&)> on_closed)
    : blobs_(&blobs), on_closed_(std::move(on_closed)) {}

Blob ClearingHouse::blob_of(const Digest& address, const char* what, bool verify) const {
  auto blob = blobs_->get(address, verify);
  if (!blob) {
    damaged(std::string("the ") + what + " " + hex(address) + " is missing");
  }
  return std::move(*blob);
}

void ClearingHouse::take_rules(const Digest& address) {
  const Blob blob = blob_of(address, "rule book");
  std::vector<Fault> faults;
  auto book = load_rulebook(InputFile("rule book " + hex(address), blob.bytes()), faults);
  if (!book) {
    damaged("the rule book " + hex(address) + " was accepted and cannot be read now");
  }
  rules_blob_ = address;
  if (settlement_) {
    *rules_ = std::move(*book);
    settlement_->rules_grew();
  } else {
    rules_ = std::make_shared<RuleBook>(std::move(*book));
    settlement_ = std::make_unique<Settlement>(*rules_);
  }
}

void ClearingHouse::take_calendar(const Digest& address) {
  const Blob blob = blob_of(address, "calendar");
  std::vector<Fault> faults;
  auto year =
      rules_ ? read_calendar(InputFile("calendar " + hex(address), blob.bytes()), *rules_, faults)
             : std::nullopt;
  if (!year) {
    damaged("the calendar " + hex(address) + " was accepted and cannot be read now");
  }
  calendar_blobs_[year->year] = address;
  std::erase_if(calendar_years_, [&](const CalendarYear& old) { return old.year == year->year; });
  calendar_years_.push_back(std::move(*year));
  calendar_ = Calendar(calendar_years_);
}

void ClearingHouse::begin_at(Month month) {
  if (closed_.empty() && (!open_period_ || month < *open_period_)) {
    open_period_ = month;
  }
}

void ClearingHouse::take_opening(const ProvinceOpened& opened) {
  const Blob blob = blob_of(opened.blob, "opening file");
  std::vector<Fault> faults;
  const auto opening =
      rules_ ? read_opening(InputFile("opening " + hex(opened.blob), blob.bytes()), *rules_, faults)
             : std::nullopt;
  if (!opening || opening->province != opened.province) {
    damaged("the opening file " + hex(opened.blob) + " was accepted and cannot be read now");
  }
  settlement_->book(opened.province).open(*opening);
  note_members(*opening);
  openings_[opened.province] = {
      .blob = opened.blob, .size = blob.bytes().size(), .date = opening->date};
  begin_at(opening->date.month());
}

ClearingHouse::Trial ClearingHouse::take(const BatchView& view, bool next_period) {
  SenderBook& book = settlement_->book(view.header.sender);
  const Taken result = book.take(view, *rules_, next_period ? Part::kNext : Part::kOpen);
  return {.fault = result.fault, .returned = {result.returned.begin(), result.returned.end()}};
}

void ClearingHouse::keep(const BatchTaken& taken, BusinessTime at, Blob blob,
                         std::vector<ReturnedItem> returned) {
  SenderState& sender = senders_[taken.sender];
  check(taken.sequence == sender.last() + 1, "batches are taken in sequence");
  begin_at(taken.date.month());
  const BatchView view = view_of(blob.bytes());
  advise(view);
  note_moves(view);
  if (rules_->is_partner(taken.sender)) {
    switch_.in_batch(taken.sender, view.items);
  }
  sender.batches.push_back(
      {.taken = taken, .at = at, .size = blob.bytes().size(), .returned = std::move(returned)});
  sender.blobs.push_back(std::move(blob));
}

// Of those that came live the directory knows. An item that is sent back counts, too: the home has
// taken the member in.
void ClearingHouse::note_moves(const BatchView& view) {
  for (const Item& item : view.items) {
    if (item.kind == Kind::kMoveIn && item.action == Action::kNew) {
      static_cast<void>(directory_.moved(item.member, {.id = item.id,
                                                       .from = item.counterparty,
                                                       .to = view.header.sender,
                                                       .at = end_of(view.header.date)}));
    }
  }
}

// Who moved before the journal began is at home where the opening file says so; no other home knows
// anything of them. The id is one that no province gives.
void ClearingHouse::note_members(const Opening& opening) {
  TransactionId id{.participant = kClearingHouse, .date = opening.date};
  std::ranges::copy(std::string_view("OPENING"), id.reference.begin());
  const auto note = [&](Member member) {
    if (member.first_home() != opening.province) {
      static_cast<void>(directory_.moved(member, {.id = id,
                                                  .from = opening.province,
                                                  .to = opening.province,
                                                  .at = BusinessTime::of(opening.date, 0)}));
    }
  };
  std::ranges::for_each(opening.members, note);
  std::ranges::for_each(opening.lots, note, &OpeningLot::member);
  std::ranges::for_each(opening.debts, note, &OpeningDebt::member);
}

void ClearingHouse::advise(const BatchView& view) {
  if (!rules_->is_province(view.header.sender)) {
    return;
  }
  for (const IssuerAdvice& sums : advices_of(view)) {
    std::vector<wire::Advice>& list = advices_[sums.issuer];
    list.push_back({.number = list.size() + 1,
                    .home = view.header.sender,
                    .sequence = view.header.sequence,
                    .date = view.header.date,
                    .issued = sums.sums.issued,
                    .redeemed = sums.sums.redeemed,
                    .expired = sums.sums.expired,
                    .forfeited = sums.sums.forfeited,
                    .moved = sums.sums.moved,
                    .repaid = sums.sums.repaid});
  }
}

// The bytes of a batch that was checked when it came.
Blob ClearingHouse::taken_blob(const BatchTaken& taken) const {
  Blob blob = blob_of(taken.blob, "batch");
  const Bytes bytes = blob.bytes();
  if (!rules_ || bytes.size() < sizeof(BatchHeader) + sizeof(Digest)) {
    damaged("the batch " + hex(taken.blob) + " was accepted and cannot be read now");
  }
  const BatchView view = view_of(bytes);
  if (view.digest != taken.batch || view.header.sender != taken.sender ||
      view.header.sequence != taken.sequence) {
    damaged("the batch " + hex(taken.blob) + " is not the one that was accepted");
  }
  return blob;
}

void ClearingHouse::take_batch(const BatchTaken& taken, BusinessTime at) {
  Blob blob = taken_blob(taken);
  Trial trial = take(view_of(blob.bytes()), taken.next_period);
  if (trial.fault) {
    damaged("the batch " + hex(taken.blob) + " was accepted and does not fit now");
  }
  keep(taken, at, std::move(blob), std::move(trial.returned));
}

Cutoff ClearingHouse::cutoff() const {
  check(open_period_.has_value(), "a period is open");
  const auto dates = calendar_.dates_of(*open_period_);
  check(dates.has_value(), "the calendar covers the close");
  Cutoff cutoff{.period = *open_period_,
                .close = dates->close,
                .rulebook = rules_blob_,
                .calendar = calendar_blobs_.at(dates->close.civil().year)};
  for (const auto& [province, opened] : openings_) {
    cutoff.openings.push_back({.province = province, .digest = opened.blob});
  }
  for (const ParticipantRow& row : rules_->participants()) {
    if (row.kind == ParticipantKind::kClearing) {
      continue;
    }
    const std::uint32_t last = last_in_period(row.participant);
    cutoff.senders.push_back(
        {.sender = row.participant,
         .sequence = last,
         .batch =
             last == 0 ? Digest{} : senders_.at(row.participant).batches[last - 1].taken.batch});
  }
  return cutoff;
}

void ClearingHouse::close(const PeriodClosed& closed) {
  if (!open_period_ || closed.period != *open_period_ || !calendar_.dates_of(closed.period)) {
    damaged("the close of " + closed.period.text() + ", which was not open");
  }
  static_cast<void>(blob_of(closed.cutoff, "cut-off record"));
  ClosedPeriod out{.cutoff = cutoff()};
  out.result = settlement_->close(closed.period, *calendar_.dates_of(closed.period));
  for (const SenderBook* book : std::as_const(*settlement_).books()) {
    for (const ReturnedItem& item : book->returned()) {
      out.returned.emplace_back(book->sender(), item);
    }
  }
  if (on_closed_) {
    on_closed_(out);
  }
  settlement_->next_period();
  for (auto& [participant, sender] : senders_) {
    for (TakenBatch& batch : sender.batches) {
      batch.taken.next_period = false;  // What was behind the cut-off is in the open period now.
    }
  }
  closed_[closed.period] = closed.cutoff;
  open_period_ = closed.period.next();
}

void ClearingHouse::take_ask(const Asked& asked, BusinessTime at) {
  if (switch_.find(asked.ask.kind, asked.ask.id) != nullptr) {
    damaged("an ask that was recorded before");
  }
  switch_.asked(asked.ask, asked.refused, at);
}

void ClearingHouse::apply(const JournalCommand& command) {
  BookTaken rules;
  CalendarTaken calendar;
  ProvinceOpened opened;
  BatchTaken batch;
  PeriodClosed closed;
  Asked asked;
  Answered answered;
  MemberMoved moved;
  if (decode(command, rules)) {
    take_rules(rules.blob);
  } else if (decode(command, calendar)) {
    take_calendar(calendar.blob);
  } else if (decode(command, opened)) {
    take_opening(opened);
  } else if (decode(command, batch)) {
    take_batch(batch, command.at);
  } else if (decode(command, closed)) {
    close(closed);
  } else if (decode(command, asked)) {
    take_ask(asked, command.at);
  } else if (decode(command, answered)) {
    if (!switch_.answered(answered.answer, command.at)) {
      damaged("an answer to what was not asked");
    }
  } else if (decode(command, moved)) {
    if (!directory_.moved(moved.member, moved.move)) {
      damaged("a move that was known before");
    }
  } else if (!apply_rating(command)) {
    damaged("a command of kind " + std::to_string(command.kind) + ", version " +
            std::to_string(command.version) + ", that this release does not know");
  }
}

const SenderState* ClearingHouse::sender(Participant participant) const {
  const auto found = senders_.find(participant);
  return found == senders_.end() ? nullptr : &found->second;
}

std::uint32_t ClearingHouse::last_in_period(Participant participant) const {
  const SenderState* state = sender(participant);
  std::uint32_t last = state == nullptr ? 0 : state->last();
  while (last > 0 && state->batches[last - 1].taken.next_period) {
    --last;
  }
  return last;
}

std::optional<Month> ClearingHouse::last_month() const {
  std::optional<Month> last;
  for (const auto& [participant, sender] : senders_) {
    if (!sender.batches.empty()) {
      last = std::max(last, std::optional(sender.batches.back().taken.date.month()));
    }
  }
  return last;
}

const std::vector<wire::Advice>& ClearingHouse::advices(Participant issuer) const {
  static const std::vector<wire::Advice> kNone;
  const auto found = advices_.find(issuer);
  return found == advices_.end() ? kNone : found->second;
}

}  // namespace ph
