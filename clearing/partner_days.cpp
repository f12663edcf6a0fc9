// The partners' days: files that are brought, and what came live and goes into their batches
// (docs/decisions/0015).
#include "clearing/clearing.h"
#include "core/statement/names.h"
#include "core/switch/compared_day.h"
#include "core/types/check.h"

namespace ph {

std::optional<IntakeAnswer> Clearing::place_of_partner_day(const PreparedFile& file,
                                                           BusinessTime now) const {
  const Participant sender = number_of(file.header->sender);
  const SenderState* state = house_.sender(sender);
  const std::uint32_t last = state == nullptr ? 0 : state->last();
  const std::uint32_t sequence = file.header->sequence;
  const BusinessDate date = file.header->date;
  if (sequence <= last) {
    const BatchTaken& taken = state->batches[sequence - 1].taken;
    if (taken.source == file.blob) {
      return copy_of_earlier("sequence " + std::to_string(sequence) + " was taken before");
    }
    if (taken.live_alone() && taken.date == date) {
      return std::nullopt;  // It is compared with the events.
    }
    return refuse(file, FaultCode::kIntakeTaken, "sequence", std::to_string(sequence),
                  "the next sequence, " + std::to_string(last + 1) +
                      (taken.live_alone() ? "; this one was sealed for " + taken.date.text() +
                                                " from the events of the API"
                                          : ""));
  }
  if (sequence != last + 1) {
    return wait_for("sequence " + std::to_string(last + 1) + " has to come first");
  }
  if (date > now.date()) {
    return refuse(file, FaultCode::kIntakeFuture, "date", date.text(),
                  now.date().text() + " or before");
  }
  if (last > 0 && date <= state->batches.back().taken.date) {
    return refuse(file, FaultCode::kIntakeDateOrder, "date", date.text(),
                  "a day after " + state->batches.back().taken.date.text() +
                      ", which is sequence " + std::to_string(last) +
                      "; rows of older days may stand there, too");
  }
  if (now < end_of(date)) {
    return wait_for("the day is not over");
  }
  for (const LiveDay& day : live_days(now)) {
    if (day.partner == sender && day.date < date) {
      return wait_for("the events of the API up to " + day.date.text() +
                      " have to be sealed first, as sequence " + std::to_string(day.sequence));
    }
  }
  return partner_waits({.sequence = sequence, .date = date}, now);
}

// What the next batch of a partner has to wait for, whatever is in it.
std::optional<IntakeAnswer> Clearing::partner_waits(const wire::Offer& offer,
                                                    BusinessTime now) const {
  if (const auto fault = period_fault(offer, now)) {
    return wait_for(fault->detail);
  }
  if (const auto why = unsigned_month(now.date().month())) {
    return wait_for(*why);
  }
  return std::nullopt;
}

// A day has one batch: what is left over when that was taken goes into the next day's.
std::vector<Clearing::LiveDay> Clearing::live_days(BusinessTime now) const {
  std::vector<LiveDay> out;
  for (const auto& [partner, unsealed] : house_.switch_book().unsealed()) {
    const SenderState* state = house_.sender(partner);
    const bool first = state == nullptr || state->batches.empty();
    LiveDay day{.partner = partner,
                .date = unsealed.first,
                .sequence = first ? 1 : state->last() + 1,
                .items = unsealed.items};
    if (!first && day.date <= state->batches.back().taken.date) {
      day.date = state->batches.back().taken.date.plus_days(1);
    }
    day.due = end_of(day.date).plus_seconds(settings_.due_after_s);
    if (const auto waits = partner_waits({.sequence = day.sequence, .date = day.date}, now)) {
      day.waits = waits->why;
    }
    out.push_back(std::move(day));
  }
  return out;
}

std::optional<Clearing::LiveDay> Clearing::next_live_day(BusinessTime now) const {
  for (LiveDay& day : live_days(now)) {
    if (now >= day.due && day.waits.empty()) {
      return std::move(day);
    }
  }
  return std::nullopt;
}

IntakeAnswer Clearing::take_partner_batch(const OwnedBatch& batch, const Digest& source,
                                          const std::string& signature, BusinessTime now) {
  now_ = now;
  const BatchHeader header = batch.view().header;
  if (auto answer = partner_waits({.sequence = header.sequence, .date = header.date}, now)) {
    return std::move(*answer);
  }
  const auto writer = storage_.blobs->create();
  writer->write(batch.bytes());
  const std::optional<LotFault> fault =
      take_content(*writer, {.source = source, .signature = signature});
  check(!fault, "a partner's batch has no lots");
  IntakeAnswer answer = accepted();
  answer.items = header.items;
  answer.returned.emplace();
  const Names names(house_.rules());
  for (const ReturnedItem& item : house_.sender(header.sender)->batches.back().returned) {
    answer.returned->push_back({.entry = item.entry,
                                .kind = std::string(word_of(item)),
                                .id = names.text(item.id),
                                .code = std::string(word(item.code))});
  }
  return answer;
}

// A batch that a partner sends itself says nothing other than what was decided live: nullopt.
std::optional<std::string> Clearing::other_than_live(const BatchView& view) const {
  const SwitchBook& book = house_.switch_book();
  if (book.size() == 0 || !house_.rules().is_partner(view.header.sender)) {
    return std::nullopt;
  }
  for (const Item& item : view.items) {
    const SwitchRecord* live = book.asked_as(view.header.sender, item);
    if (live == nullptr || live->code != 0) {
      continue;
    }
    if (const auto field = difference(item, *live)) {
      return "entry " + std::to_string(item.entry) + ", " + Names(house_.rules()).text(item.id) +
             ": another " + std::string(word(*field)) +
             " than came under this id through the API; take the item out: the batch of its day "
             "has the event";
    }
  }
  return std::nullopt;
}

}  // namespace ph
