#include "core/intake/sender_book.h"

#include <algorithm>

#include "core/programme/earning.h"
#include "core/types/check.h"

namespace ph {

namespace {

// Does the partner's contract cover the item? Refunds outlive contracts.
bool contract_covers(const Item& item, Participant partner, const RuleBook& rules) {
  if (!rules.is_partner(partner)) {
    return false;
  }
  const ContractRow* contract = rules.contract(partner, item.id.date);
  switch (item.kind) {
    case Kind::kAccrual:
    case Kind::kPartnerAccrual:
      return contract != nullptr && contract->accumulating;
    case Kind::kRedeem:
    case Kind::kPartnerRedemption:
      return contract != nullptr && contract->use;
    case Kind::kExchangeOut:
    case Kind::kExchangeIn:
    case Kind::kPartnerExchangeOut:
    case Kind::kPartnerExchangeIn:
      return contract != nullptr && contract->exchanging;
    default:
      return true;  // NOLINT: refunds, and kinds without a partner
  }
}

bool needs_partner(const Item& item) {
  switch (item.kind) {
    case Kind::kRedeem:
      return item.form == Form::kMerchant;
    case Kind::kRefund:
      return !item.partner.none();  // As its parent had.
    case Kind::kExchangeOut:
    case Kind::kAccrual:
    case Kind::kExchangeIn:
    case Kind::kUnissue:
      return true;
    default:
      return item.kind >= Kind::kPartnerRedemption;  // NOLINT: a partner's own items
  }
}

// Are the participants that the item names of the kind it needs?
bool parties_fit(const Item& item, Participant sender, const RuleBook& rules) {
  if (needs_partner(item)) {
    const bool own = item.kind >= Kind::kPartnerRedemption;
    return item.partner == (own ? sender : item.counterparty) &&
           contract_covers(item, item.partner, rules);
  }
  return item.partner.none() && rules.is_province(sender) && rules.is_province(item.counterparty);
}

}  // namespace

// A withdrawal is named by its own entry: what it cites may be unknown.
void SenderBook::give_back(const Record& record, BusinessDate date, ReturnCode code) {
  const Item& item = *record.item;
  const bool withdrawal = item.action == Action::kWithdraw;
  returned_in_hand().push_back(
      {.kind = item.kind,
       .action = item.action,
       .code = code,
       .sequence = record.sequence,
       .entry = item.entry,
       .id = withdrawal ? TransactionId::of(EntryId(sender_, date, item.entry)) : item.id});
}

// All is the same but entry and authorisation.
bool SenderBook::copy_of(const Record& first, const Record& second) const {
  Item a = *first.first;
  Item b = *second.item;
  a.entry = b.entry = 0;
  a.authorisation = b.authorisation = EntryId();
  a.action = b.action;
  a.cited_sequence = b.cited_sequence;
  a.cited_entry = b.cited_entry;
  return std::memcmp(&a, &b, sizeof a) == 0 &&
         std::equal(first.slices, first.slices + a.slice_count, second.slices);
}

// The record that an action cites, by its first place or by its latest correction's.
std::uint32_t SenderBook::find_cited(const Item& item) const {
  const Place place(item.cited_sequence, item.cited_entry);
  std::uint32_t found = FlatIndex::kNone;
  if (const auto it = corrections_.find(place); it != corrections_.end()) {
    found = it->second;
  } else if (const auto at = std::ranges::lower_bound(places_, place);
             at != places_.end() && *at == place) {
    found = static_cast<std::uint32_t>(at - places_.begin());
  }
  if (found == FlatIndex::kNone) {
    return found;
  }
  const Record& record = newest(found);
  const bool same = record.item->kind == item.kind && record.item->id == item.id &&
                    record.item->member == item.member && !record.removed;
  return same ? found : FlatIndex::kNone;
}

void SenderBook::take_item(const Record& record, const BatchHeader& header, const RuleBook& rules) {
  const Item& item = *record.item;
  if (item.action != Action::kNew) {
    if (item.action == Action::kCorrect && !parties_fit(item, sender_, rules)) {
      return give_back(record, header.date, ReturnCode::kNoContract);
    }
    const std::uint32_t cited = find_cited(item);
    if (cited == FlatIndex::kNone) {
      return give_back(record, header.date, ReturnCode::kUnknownCited);
    }
    if (item.action == Action::kWithdraw) {
      in_hand(cited).removed = true;
      return;
    }
    Record& in_effect = in_hand(cited);
    in_effect.item = record.item;
    in_effect.slices = record.slices;
    in_effect.sequence = record.sequence;
    corrections_[{record.sequence, item.entry}] = cited;
    return;
  }
  // A live move may come in late (docs/decisions/0018); by file the home has returned it itself.
  const bool may_be_old = item.kind == Kind::kMoveIn;
  if (!may_be_old && header.date.count() - item.id.date.count() > kLateDaysMax) {
    return give_back(record, header.date, ReturnCode::kTooOld);
  }
  const std::uint32_t first = find_record({.kind = item.kind, .id = item.id});
  if (first != FlatIndex::kNone) {
    const bool copy = copy_of(records_[first], record);
    return give_back(record, header.date, copy ? ReturnCode::kCopy : ReturnCode::kDuplicate);
  }
  if (!parties_fit(item, sender_, rules)) {
    return give_back(record, header.date, ReturnCode::kNoContract);
  }
  add(record, {record.sequence, item.entry});
  open_count_ += part_ == Part::kOpen ? 1 : 0;
}

std::uint32_t SenderBook::find_record(const Key& key) const {
  return by_key_.find(key, [this](std::uint32_t n) {
    return Key{.kind = records_[n].item->kind, .id = records_[n].item->id};
  });
}

void SenderBook::add(const Record& record, const Place& first) {
  by_key_.insert(Key{.kind = record.item->kind, .id = record.item->id},
                 static_cast<std::uint32_t>(records_.size()));
  records_.push_back(record);
  places_.push_back(first);
}

const Record& SenderBook::newest(std::uint32_t record) const {
  const auto changed = next_.find(record);
  return changed == next_.end() ? records_[record] : changed->second;
}

Record& SenderBook::in_hand(std::uint32_t record) {
  if (part_ == Part::kOpen || record >= open_count_) {
    return records_[record];
  }
  return next_.try_emplace(record, records_[record]).first->second;
}

Taken SenderBook::take(const BatchView& batch, const RuleBook& rules, Part part) {
  check(part == Part::kNext || part_ == Part::kOpen, "no batch of a period comes behind its end");
  check(batch.header.sequence == batches_.size() + 1, "batches come in their sequence");
  if (sender_.number() <= kProvinceNumberMax) {
    if (const auto fault = ledger_.apply(batch, part)) {
      return {.fault = fault};
    }
  }
  part_ = part;
  batches_.push_back({.digest = batch.digest, .items = batch.items, .slices = batch.slices});
  const std::size_t returned_before = returned_in_hand().size();
  // Items lie by (counterparty, id); they are taken in the order of their entries.
  std::vector<const Slice*> slices(batch.items.size());
  order_.clear();
  std::size_t at = 0;
  for (std::uint32_t n = 0; n < batch.items.size(); ++n) {
    slices[n] = batch.slices.data() + at;
    at += batch.items[n].slice_count;
    order_.emplace_back(batch.items[n].entry, n);
  }
  std::ranges::sort(order_);
  for (const auto& [entry, n] : order_) {
    take_item({.item = &batch.items[n],
               .slices = slices[n],
               .first = &batch.items[n],
               .sequence = batch.header.sequence,
               .sender = sender_},
              batch.header, rules);
  }
  return {.returned = std::span(returned_in_hand()).subspan(returned_before)};
}

void SenderBook::mark_settled(std::span<const std::uint32_t> settled) {
  for (std::size_t n = 0; n < open_count_; ++n) {
    records_[n].settled = false;
  }
  for (const std::uint32_t n : settled) {
    records_[n].settled = true;
  }
}

void SenderBook::next_period() {
  for (auto& [n, record] : next_) {
    record.settled = records_[n].settled;  // Judged at a cut-off that didn't know the change.
    records_[n] = record;
  }
  next_.clear();
  open_count_ = records_.size();
  returned_ = std::move(next_returned_);
  next_returned_.clear();
  part_ = Part::kOpen;
  ledger_.next_period();
}

}  // namespace ph
