// What layouts 2 and up of a home's snapshot add: live holds' ends, what is put off, answers, the
// open day.
#include <algorithm>
#include <span>
#include <utility>

#include "core/home/loader.h"
#include "core/types/amount.h"

namespace ph {

namespace {

bool takes(Kind kind) {
  return kind == Kind::kRedeem || kind == Kind::kExchangeOut;
}

// The class of an entry whose item can be put off.
std::optional<EntryClass> class_of(Kind kind) {
  if (kind == Kind::kRedeem) {
    return EntryClass::kRedemption;
  }
  if (kind == Kind::kExchangeOut) {
    return EntryClass::kExchangeOut;
  }
  if (kind == Kind::kAccrual) {
    return EntryClass::kAccrual;
  }
  if (kind == Kind::kExchangeIn) {
    return EntryClass::kExchangeIn;
  }
  if (kind == Kind::kRefund) {
    return EntryClass::kRefund;
  }
  if (kind == Kind::kUnissue) {
    return EntryClass::kReversal;
  }
  if (kind == Kind::kDelivery) {
    return EntryClass::kDelivery;
  }
  if (kind == Kind::kDeliveryRefund) {
    return EntryClass::kDeliveryRefund;
  }
  return std::nullopt;
}

}  // namespace

bool HomeLoader::add_ends() {
  std::uint64_t from = 0;
  for (const EndRecord& end : ends_) {
    const auto hold = home_.holds_.find(end.entry);
    if (hold == home_.holds_.end() || end.entry < from || end.ends <= BusinessTime() ||
        end.zero != 0 || hold->second.expires != BusinessDate()) {
      return false;
    }
    from = std::uint64_t{end.entry} + 1;
    hold->second.ends = end.ends;
  }
  return true;
}

bool HomeLoader::add_put_off(Held& held) {
  std::size_t at = 0;
  for (const PutOffRecord& record : put_off_) {
    if (record.item.slice_count > put_off_slices_.size() - at || !right_event(record)) {
      return false;
    }
    const auto slices = std::span(put_off_slices_).subspan(at, record.item.slice_count);
    at += record.item.slice_count;
    if (!add_event(record, {slices.begin(), slices.end()}, held)) {
      return false;
    }
  }
  std::size_t flagged = 0;
  for (std::size_t n = 0; n < home_.entries_.size(); ++n) {
    flagged += home_.entries_[n].has(EntryRecord::kPutOff) ? 1U : 0U;
  }
  home_.put_off_day_ = live_.put_off_day;
  return at == put_off_slices_.size() && flagged == put_off_.size();
}

bool HomeLoader::add_event(const PutOffRecord& record, std::vector<Slice> slices, Held& held) {
  for (const Slice& slice : slices) {
    if (!right_slice(record, slice, held)) {
      return false;
    }
  }
  home_.put_off_.push_back(
      {.item = record.item, .entry = record.entry, .slices = std::move(slices)});
  home_.put_off_.back().item.slice_count = 0;
  home_.count_put_off(home_.put_off_.back());
  return true;
}

// Its entry is there, of its class, and flagged; numbers ascend.
bool HomeLoader::right_event(const PutOffRecord& record) const {
  const Item& item = record.item;
  const auto class_ = class_of(item.kind);
  if (!class_ || record.entry >= home_.entries_.size() || record.zero != 0 ||
      item.entry < kLiveFrom || item.points <= 0 || item.points > kAmountMax) {
    return false;
  }
  if (!home_.put_off_.empty() && (home_.put_off_.back().entry >= record.entry ||
                                  home_.put_off_.back().item.entry >= item.entry)) {
    return false;
  }
  const EntryRecord& entry = home_.entries_[record.entry];
  const bool slices = takes(item.kind) || item.kind == Kind::kRefund ? item.slice_count > 0
                      : item.kind == Kind::kUnissue                  ? item.slice_count == 1
                                                                     : item.slice_count == 0;
  return entry.class_ == *class_ && entry.has(EntryRecord::kPutOff) && slices &&
         item.id.date.count() < BusinessDate::kCount &&
         (entry.delivers() || entry.holder < home_.accounts_.size());
}

bool HomeLoader::right_slice(const PutOffRecord& record, const Slice& slice, Held& held) const {
  if (!valid_entry(slice.lot)) {
    return false;
  }
  if (record.item.kind == Kind::kUnissue) {
    return true;
  }
  const auto source = static_cast<int>(slice.source);
  const bool right = slice.earned_month.count() < Month::kCount &&
                     slice.expires_on.count() < BusinessDate::kCount && source >= 1 &&
                     source <= 9 && slice.rating <= 1 && slice.original >= 0 &&
                     slice.original <= LotBook::kPointsMax;
  if (!right || !takes(record.item.kind)) {
    return right && slice.delta > 0 && slice.delta <= slice.original;
  }
  const LotBook::List list = home_.accounts_[home_.entries_[record.entry].holder].lots;
  const std::uint32_t node = home_.lots_.find(list, slice.lot);
  return node != LotBook::kEnd && slice.delta < 0 && slice.delta >= -LotBook::kPointsMax &&
         add_held(held, node, -slice.delta);
}

// What is put off keeps each lot within its bounds when it is posted.
bool HomeLoader::keeps_bounds() const {
  for (const Home::PutOff& event : home_.put_off_) {
    if (event.item.kind != Kind::kRefund) {
      continue;
    }
    const LotBook::List list = home_.accounts_[home_.entries_[event.entry].holder].lots;
    for (const Slice& slice : event.slices) {
      const std::uint32_t node = home_.lots_.find(list, slice.lot);
      const Lot lot = node == LotBook::kEnd ? Lot{.id = slice.lot, .original = slice.original}
                                            : home_.lots_.at(node);
      if (!home_.fits(lot, 0)) {
        return false;
      }
    }
  }
  return true;
}

bool HomeLoader::add_answers() {
  for (const AnswerRecord& answer : answers_) {
    const EntryKey key{.class_ = answer.class_, .id = answer.id};
    const bool right =
        answer.class_ <= (fourth_ ? EntryClass::kMember : EntryClass::kVoid) &&
        answer.code <= static_cast<std::uint8_t>(fourth_ ? ReturnCode::kNothingMissing
                                                         : ReturnCode::kInvalid) &&
        (answer.code != 0 || home_.find_entry(key.class_, key.id) != FlatIndex::kNone) &&
        home_.answers_.adopt(answer);
    if (!right) {
      return false;
    }
  }
  return home_.answers_.adopt_slices(answer_slices_);
}

// What left with a move that was done is there to be told again: with him, or with a number that
// it has passed to since.
bool HomeLoader::check_moved() const {
  for (const AnswerRecord& answer : answers_) {
    if (answer.class_ != EntryClass::kMoveOut || answer.code != 0) {
      continue;
    }
    const std::uint32_t entry = home_.find_entry(answer.class_, answer.id);
    const std::uint32_t holder = Home::account_of(home_.entries_[entry]);
    for (const LiveSlice& slice : home_.answers_.answer_of(answer).slices) {
      const ChildRow debt{.lot = slice.lot, .source = Source::kDebt, .points = slice.points};
      const std::uint32_t node =
          is_debt(slice.lot) ? LotBook::kEnd : home_.find_anywhere(holder, slice.lot).node;
      if (node == LotBook::kEnd
              ? !valid_debt_row(debt)
              : slice.points <= 0 || slice.points > home_.lots_.at(node).original) {
        return false;
      }
    }
  }
  return true;
}

bool HomeLoader::add_restored() {
  for (const RestoredRecord& record : restored_) {
    const std::pair key(record.parent, record.lot);
    auto& restored = home_.restored_;
    if (!valid_id(record.parent) || !valid_entry(record.lot) || record.zero != 0 ||
        record.points <= 0 || record.points > LotBook::kPointsMax ||
        (!restored.empty() && restored.rbegin()->first >= key)) {
      return false;
    }
    restored.emplace_hint(restored.end(), key, record.points);
  }
  return fourth_ || restored_.empty() != third_;
}

// An open day's file hasn't come: what was decided for it is cited as its live events.
void HomeLoader::take_days_entries() {
  home_.first_entry_ = static_cast<std::uint32_t>(home_.entries_.size());
  const bool any = home_.open_ && !home_.live_days_.empty() &&
                   home_.live_days_.back().sequence == home_.files_.back().sequence;
  for (std::size_t n = any ? home_.live_days_.back().first_cited : home_.live_cited_.size();
       n < home_.live_cited_.size(); ++n) {
    home_.earlier_today_.push_back(home_.live_cited_[n].entry);
  }
  std::ranges::sort(home_.earlier_today_);
}

// Of an order that was delivered on the open day its row alone is cited, not what it took.
void HomeLoader::take_days_orders() {
  const OrderBook& orders = home_.book_->orders();
  for (std::uint32_t n = 0; home_.open_ && n < orders.size(); ++n) {
    const book::OrderRecord& order = orders.order(n);
    if (order.dates[book::OrderRecord::kDelivered] == home_.day_.count()) {
      home_.earlier_today_.push_back(home_.find_entry(EntryClass::kRedemption, order.id));
    }
  }
  std::ranges::sort(home_.earlier_today_);
}

bool HomeLoader::check_live() {
  const LiveHeader& live = live_;
  std::uint64_t slices = 0;
  for (const Item& item : home_.result_.items) {
    slices += item.slice_count;
  }
  const bool flags = live.open <= 1 && live.live <= 1 && (fourth_ || live.open + live.live > 0) &&
                     live.zero == 0 && (third_ || fourth_ || live.restored == 0);
  const bool numbers = live.generated >= kGeneratedFrom && live.generated <= kLiveFrom &&
                       live.live_today >= kLiveFrom && live.live_tomorrow >= kLiveFrom &&
                       (put_off_.empty() || put_off_.back().item.entry < live.live_tomorrow);
  const bool closed = live.day == BusinessDate() && live.generated == kGeneratedFrom &&
                      live.live_today == kLiveFrom && home_.result_.movements.empty() &&
                      home_.result_.items.empty() && home_.result_.slices.empty();
  const bool day =
      live.open == 0 ? closed : !home_.files_.empty() && live.day.count() < BusinessDate::kCount;
  const bool waits = put_off_.empty() ? live.put_off_day == BusinessDate()
                                      : live.put_off_day > live.day && live.live == 1;
  if (!flags || !numbers || !day || !waits || slices != home_.result_.slices.size() ||
      !check_cited(home_.live_days_, home_.live_cited_, home_.entries_.size()) ||
      (!home_.live_days_.empty() &&
       (home_.files_.empty() || home_.live_days_.back().sequence > home_.files_.back().sequence))) {
    return false;
  }
  home_.open_ = live.open != 0;
  home_.live_ = live.live != 0;
  home_.day_ = live.day;
  take_days_entries();
  home_.date_ = live.day;
  home_.generated_ = live.generated;
  home_.live_today_ = live.live_today;
  home_.live_tomorrow_ = live.live_tomorrow;
  return add_answers() && add_restored();
}

}  // namespace ph
