// A sender's book as bytes, and back (docs/journal.md, section 7). Records are places in batches,
// whose bytes aren't here: they are opened again. What was damaged or made up gives no book; it
// never gives one that could reach beyond a batch or a table.
#include <algorithm>

#include "core/intake/sender_book.h"
#include "core/intake/snapshot_records.h"

namespace ph {

namespace {

constexpr std::int64_t kPointsMax = 1'000'000'000'000'000'000;  // far from any overflow

std::uint32_t flags_of(const Record& record) {
  return (record.removed ? RecordRow::kRemoved : 0) | (record.settled ? RecordRow::kSettled : 0);
}

bool within(std::int64_t points) {
  return points >= -kPointsMax && points <= kPointsMax;
}

}  // namespace

// --- points -------------------------------------------------------------------------------------

void LotLedger::save(const PartState& state, ByteWriter& out) {
  out.put_all(state.lots.all());
  std::vector<DebtRow> debts;
  for (const auto& [key, points] : state.debts) {
    debts.push_back({.member = key.first.number(), .points = points, .issuer = key.second});
  }
  out.put_all(debts);
  std::vector<SumsRow> rows;
  for (std::uint16_t issuer = 0; issuer < state.issuers.size(); ++issuer) {
    for (const IssuerPoints& points : state.issuers[issuer]) {
      for (std::uint16_t q = 0; q <= IssuerPoints::kDebtQuarter; ++q) {
        const PointSums& sums = points.period.at(q);
        if (q == 0 || points.opening.at(q) != 0 || sums != PointSums()) {
          rows.push_back({.issuer = Participant(issuer),
                          .quarter = q,
                          .opening = points.opening.at(q),
                          .issued = sums.issued,
                          .redeemed = sums.redeemed,
                          .expired = sums.expired,
                          .forfeited = sums.forfeited,
                          .moved = sums.moved,
                          .repaid = sums.repaid});
        }
      }
    }
  }
  out.put_all(rows);
  std::vector<BreakageRow> breakage;
  for (const auto& [key, points] : state.breakage) {
    breakage.push_back({.issuer = key.first, .date = key.second, .points = points});
  }
  out.put_all(breakage);
}

bool LotLedger::load(PartState& state, ByteReader& in) {
  const std::vector<LotState> lots = in.get_all<LotState>();
  state.lots.reserve(lots.size());
  for (const LotState& lot : lots) {
    if (lot.remaining < 0 || lot.remaining > lot.original || !within(lot.original) ||
        lot.source > Source::kMigration || state.lots.find(lot.lot) != LotTable::kNone) {
      return false;
    }
    state.lots.add(lot);
  }
  for (const DebtRow& row : in.get_all<DebtRow>()) {
    if (row.points < 0 || !within(row.points)) {
      return false;
    }
    state.debts[{Member(row.member), row.issuer}] = row.points;
  }
  for (const SumsRow& row : in.get_all<SumsRow>()) {
    const bool right = row.issuer.number() <= kProvinceNumberMax &&
                       row.quarter <= IssuerPoints::kDebtQuarter && within(row.opening) &&
                       within(row.issued) && within(row.redeemed) && within(row.expired) &&
                       within(row.forfeited) && within(row.moved) && within(row.repaid);
    if (!right) {
      return false;
    }
    IssuerPoints& points = issuer_points(state, row.issuer);
    points.opening.at(row.quarter) = row.opening;
    points.period.at(row.quarter) = {.issued = row.issued,
                                     .redeemed = row.redeemed,
                                     .expired = row.expired,
                                     .forfeited = row.forfeited,
                                     .moved = row.moved,
                                     .repaid = row.repaid};
  }
  for (const BreakageRow& row : in.get_all<BreakageRow>()) {
    state.breakage[{row.issuer, row.date}] = row.points;
  }
  return in.good();
}

void LotLedger::save(ByteWriter& out) const {
  save(open_, out);
  save(next_, out);
}

bool LotLedger::load(ByteReader& in) {
  return load(open_, in) && load(next_, in);
}

void LotLedger::save_former(const PartState& state, ByteWriter& out) {
  std::vector<FormerRow> rows;
  for (const auto& [lot, had] : state.had) {
    const Member present = state.lots.all()[state.lots.find(lot)].member;
    for (const Member member : had) {
      if (member != present) {
        rows.push_back({.lot = lot.packed(), .member = member.number()});
      }
    }
  }
  out.put_all(rows);
}

bool LotLedger::load_former(PartState& state, ByteReader& in) {
  FormerRow before;
  for (const FormerRow& row : in.get_all<FormerRow>()) {
    const LotId lot(row.lot);
    const std::uint32_t found = state.lots.find(lot);
    if (found == LotTable::kNone || state.lots.all()[found].member == Member(row.member) ||
        std::pair(row.lot, row.member) <= std::pair(before.lot, before.member)) {
      return false;
    }
    auto& had = state.had[lot];
    if (had.empty()) {
      had.push_back(state.lots.all()[found].member);
    }
    had.push_back(Member(row.member));
    before = row;
  }
  for (auto& [lot, had] : state.had) {
    std::ranges::sort(had);
  }
  return in.good();
}

void LotLedger::save_former(ByteWriter& out) const {
  save_former(open_, out);
  save_former(next_, out);
}

bool LotLedger::load_former(ByteReader& in) {
  return load_former(open_, in) && load_former(next_, in);
}

// --- items --------------------------------------------------------------------------------------

const SenderBook::TakenBatch* SenderBook::batch_of(std::uint32_t sequence) const {
  return sequence >= 1 && sequence <= batches_.size() ? &batches_[sequence - 1] : nullptr;
}

PlaceRow SenderBook::place_of(const Record& record) const {
  const TakenBatch& batch = *batch_of(record.sequence);
  return {.sequence = record.sequence,
          .item = static_cast<std::uint32_t>(record.item - batch.items.data()),
          .slice = static_cast<std::uint64_t>(record.slices - batch.slices.data())};
}

void SenderBook::save(ByteWriter& out, bool former) const {
  out.put(sender_.number());
  out.put(static_cast<std::uint8_t>(part_));
  out.put(std::uint8_t{0});
  out.put(static_cast<std::uint32_t>(open_count_));
  std::vector<BatchRow> batches;
  for (const TakenBatch& batch : batches_) {
    batches.push_back(
        {.sequence = static_cast<std::uint32_t>(batches.size() + 1), .digest = batch.digest});
  }
  out.put_all(batches);
  std::vector<RecordRow> records;
  records.reserve(records_.size());
  for (std::size_t n = 0; n < records_.size(); ++n) {
    const Record& record = records_[n];
    const TakenBatch& first = *batch_of(places_[n].first);
    records.push_back({.in_effect = place_of(record),
                       .first_sequence = places_[n].first,
                       .first_item = static_cast<std::uint32_t>(record.first - first.items.data()),
                       .flags = flags_of(record)});
  }
  out.put_all(records);
  std::vector<ChangeRow> changes;
  for (const auto& [number, record] : next_) {
    changes.push_back({.in_effect = place_of(record),
                       .record = number,
                       .flags = record.removed ? RecordRow::kRemoved : 0});
  }
  out.put_all(changes);
  std::vector<CorrectionRow> corrections;
  for (const auto& [place, record] : corrections_) {
    corrections.push_back({.sequence = place.first, .entry = place.second, .record = record});
  }
  out.put_all(corrections);
  out.put_all(returned_);
  out.put_all(next_returned_);
  ledger_.save(out);
  if (former) {
    ledger_.save_former(out);
  }
}

bool SenderBook::load_batches(ByteReader& in, const OpenBatch& open) {
  for (const BatchRow& row : in.get_all<BatchRow>()) {
    const std::optional<BatchView> batch = open(sender_, row.sequence, row.digest);
    if (row.sequence != batches_.size() + 1 || !batch || batch->digest != row.digest ||
        batch->header.sender != sender_ || batch->header.sequence != row.sequence) {
      return false;
    }
    batches_.push_back({.digest = row.digest, .items = batch->items, .slices = batch->slices});
  }
  return in.good();
}

// False: it leads nowhere.
bool SenderBook::put_in_effect(const PlaceRow& place, Record& record) const {
  const TakenBatch* batch = batch_of(place.sequence);
  if (batch == nullptr || place.item >= batch->items.size()) {
    return false;
  }
  const Item& item = batch->items[place.item];
  if (place.slice > batch->slices.size() || item.slice_count > batch->slices.size() - place.slice) {
    return false;
  }
  record.item = &item;
  record.slices = batch->slices.data() + place.slice;
  record.sequence = place.sequence;
  return true;
}

bool SenderBook::load_records(ByteReader& in) {
  const std::vector<RecordRow> rows = in.get_all<RecordRow>();
  records_.reserve(rows.size());
  places_.reserve(rows.size());
  by_key_.reserve(rows.size());
  for (const RecordRow& row : rows) {
    const TakenBatch* first = batch_of(row.first_sequence);
    Record record{.removed = (row.flags & RecordRow::kRemoved) != 0,
                  .settled = (row.flags & RecordRow::kSettled) != 0,
                  .sender = sender_};
    if (first == nullptr || row.first_item >= first->items.size() ||
        !put_in_effect(row.in_effect, record)) {
      return false;
    }
    record.first = &first->items[row.first_item];
    const Place place(row.first_sequence, record.first->entry);
    const bool behind = places_.empty() || places_.back() < place;
    const bool same = record.first->kind == record.item->kind &&
                      record.first->id == record.item->id &&
                      record.first->slice_count == record.item->slice_count;
    if (!behind || !same ||
        find_record({.kind = record.item->kind, .id = record.item->id}) != FlatIndex::kNone) {
      return false;
    }
    add(record, place);
  }
  return in.good();
}

bool SenderBook::load_changes(ByteReader& in) {
  for (const ChangeRow& row : in.get_all<ChangeRow>()) {
    if (row.record >= open_count_) {
      return false;
    }
    Record record = records_[row.record];
    record.removed = (row.flags & RecordRow::kRemoved) != 0;
    if (!put_in_effect(row.in_effect, record)) {
      return false;
    }
    next_[row.record] = record;
  }
  for (const CorrectionRow& row : in.get_all<CorrectionRow>()) {
    if (row.record >= records_.size()) {
      return false;
    }
    corrections_[{row.sequence, row.entry}] = row.record;
  }
  returned_ = in.get_all<ReturnedItem>();
  next_returned_ = in.get_all<ReturnedItem>();
  return in.good();
}

bool SenderBook::load(ByteReader& in, const OpenBatch& open, bool former) {
  const auto sender = in.get<std::uint16_t>();
  const auto part = in.get<std::uint8_t>();
  const auto zero = in.get<std::uint8_t>();
  const auto open_count = in.get<std::uint32_t>();
  if (sender != sender_.number() || part > static_cast<std::uint8_t>(Part::kNext) || zero != 0 ||
      !load_batches(in, open) || !load_records(in) || open_count > records_.size()) {
    return false;
  }
  part_ = static_cast<Part>(part);
  open_count_ = open_count;
  return load_changes(in) && ledger_.load(in) && (!former || ledger_.load_former(in)) && in.good();
}

}  // namespace ph
