#include "node/history_book.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "core/batch/framed.h"

namespace ph {

namespace {

// Mapped batches; small ones are in memory, 64 KiB at most each.
constexpr std::size_t kOpenBatchesMax = 1'024;

// The lines of one member in one file that stand behind `before`; nullopt: it isn't among them.
std::optional<std::span<const HistoryRecord>> behind(std::span<const HistoryRecord> all,
                                                     const std::optional<HistoryPlace>& before) {
  if (!before) return all;
  const auto found = std::find_if(all.rbegin(), all.rend(), [&before](const auto& record) {
    return record.day() == before->day && record.place == before->place;
  });
  if (found == all.rend()) return std::nullopt;
  return all.first(static_cast<std::size_t>(all.rend() - found) - 1);
}

// What an item moves, as who takes a batch in adds it up (docs/formats.md, fault 812); a refund, a
// reversal and what corrects one says nothing of it.
bool adds_up(const Item& item, std::span<const Slice> slices) {
  const bool out =
      item.kind == Kind::kRedeem || item.kind == Kind::kExchangeOut || item.kind == Kind::kMoveOut;
  const bool in =
      item.kind == Kind::kAccrual || item.kind == Kind::kExchangeIn || item.kind == Kind::kMoveIn;
  if (item.action != Action::kNew || !(out || in)) return true;
  Int128 sum = 0;
  for (const Slice& slice : slices) {
    const bool beside = slice.source == Source::kDebt || slice.account == Account::kRepaid;
    sum += beside ? 0 : slice.delta;
  }
  return sum == (out ? -Int128{item.points} : Int128{item.points});
}

// The newest of these days up to this one.
std::optional<BusinessDate> newest_up_to(const std::vector<BusinessDate>& days, BusinessDate end) {
  const auto behind = std::ranges::upper_bound(days, end);
  return behind == days.begin() ? std::nullopt : std::optional(*std::prev(behind));
}

// The other number of a pair of REASSIGN: of a lot the first one gives, of a debt it gets.
Member other_of(const BatchView& batch, std::uint32_t place) {
  const Movement& movement = batch.movements[place];
  if (movement.kind != Kind::kReassign) return {};
  const bool debt = movement.slice.source == Source::kDebt;
  const bool first = debt ? movement.slice.delta > 0 : movement.slice.delta < 0;
  if (first ? place + 1 >= batch.movements.size() : place == 0) return {};
  const Movement& other = batch.movements[first ? place + 1 : place - 1];
  const bool pair = other.kind == Kind::kReassign && other.entry == movement.entry &&
                    other.slice.lot == movement.slice.lot &&
                    other.slice.delta == -movement.slice.delta;
  return pair ? other.member : Member();
}

}  // namespace

std::optional<HistoryPlace> HistoryPlace::parse(std::string_view text) {
  constexpr std::size_t kDateDigits = 8;
  constexpr std::size_t kPlaceDigitsMax = 10;
  if (text.size() < kDateDigits + 2 || text.size() > kDateDigits + 1 + kPlaceDigitsMax ||
      text[kDateDigits] != '-') {
    return std::nullopt;
  }
  const auto day = BusinessDate::parse_compact(text.substr(0, kDateDigits));
  std::uint32_t place = 0;
  const std::string_view digits = text.substr(kDateDigits + 1);
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), place);
  const bool whole = read.ec == std::errc() && read.ptr == digits.data() + digits.size();
  if (!day || !whole || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
  return HistoryPlace{.day = *day, .place = place};
}

std::string HistoryPlace::text() const {
  return day.compact_text() + "-" + std::to_string(place);
}

std::optional<BusinessDate> HistoryBook::as_of() const {
  if (!ready() || set_->files.empty()) return std::nullopt;
  return set_->files.back()->view.header.last;
}

void HistoryBook::use(std::shared_ptr<const HistorySet> set) {
  set_ = std::move(set);
  doubts_.clear();
}

std::optional<BusinessDate> HistoryBook::take_doubt() {
  for (auto& [day, taken] : doubts_) {
    if (!std::exchange(taken, true)) return day;
  }
  return std::nullopt;
}

Fail<HistoryFault> HistoryBook::doubt(BusinessDate day) {
  doubts_.emplace(day, false);
  open_.erase(day);
  return Fail{HistoryFault::kDamaged};
}

std::size_t HistoryBook::gaps() const {
  const auto end = as_of();
  if (!end) return 0;
  const auto& lacking = set_->lacking;
  return static_cast<std::size_t>(std::ranges::upper_bound(lacking, *end) - lacking.begin());
}

// What the disk or the store refuses is the page's fault, never the node's end.
Result<const HistoryBook::OpenBatch*, HistoryFault> HistoryBook::batch_of(
    BusinessDate day, const std::vector<SealedDay>& days) {
  if (const auto found = open_.find(day); found != open_.end()) {
    found->second.used = ++uses_;
    return &found->second;
  }
  const auto sealed = std::ranges::lower_bound(days, day, {}, &SealedDay::date);
  if (sealed == days.end() || sealed->date != day) return Fail{HistoryFault::kDamaged};
  std::optional<Blob> blob;
  std::optional<BatchView> view;
  try {
    blob = blobs_.get(sealed->blob, false);
    view = blob ? framed_view(blob->bytes()) : std::nullopt;
    if (!view) throw std::runtime_error(hex(sealed->blob) + " isn't in the store as it was sealed");
  } catch (const std::runtime_error& failure) {
    unread_ = Unread{.day = day, .why = "the batch of " + day.text() + ": " + failure.what()};
    return Fail{HistoryFault::kLacks};
  }
  if (unread_ && unread_->day == day) unread_.reset();
  if (open_.size() >= kOpenBatchesMax) {
    open_.erase(
        std::ranges::min_element(open_, {}, [](const auto& one) { return one.second.used; }));
  }
  return &open_.emplace(day, OpenBatch{.blob = std::move(*blob), .view = *view, .used = ++uses_})
              .first->second;
}

void HistoryBook::look_again(const std::vector<SealedDay>& days) {
  if (unread_) static_cast<void>(batch_of(unread_->day, days));
}

// nullopt: the batch has no such line, or another's slices stand where this one's should.
std::optional<HistoryLine> HistoryBook::line_of(const HistoryRecord& record,
                                                const BatchView& batch) const {
  HistoryLine line{.at = {.day = record.day(), .place = record.place}};
  const std::size_t movements = batch.movements.size();
  if (record.place < movements) {
    line.movement = &batch.movements[record.place];
    line.slices = {&line.movement->slice, 1};
    line.other = other_of(batch, record.place);
    return line.movement->member == record.member() ? std::optional(line) : std::nullopt;
  }
  if (record.place - movements >= batch.items.size()) return std::nullopt;
  line.item = &batch.items[record.place - movements];
  if (line.item->member != record.member() || record.slice > batch.slices.size() ||
      line.item->slice_count > batch.slices.size() - record.slice) {
    return std::nullopt;
  }
  line.slices = batch.slices.subspan(record.slice, line.item->slice_count);
  return adds_up(*line.item, line.slices) ? std::optional(line) : std::nullopt;
}

Result<HistoryPage, HistoryFault> HistoryBook::page(Member member,
                                                    std::optional<HistoryPlace> before,
                                                    std::size_t limit,
                                                    const std::vector<SealedDay>& days) {
  if (!ready()) return Fail{HistoryFault::kNotReady};
  if (before && std::ranges::binary_search(set_->lacking, before->day)) {
    return Fail{HistoryFault::kLacks};
  }
  const auto last = as_of();
  if (before && (!last || before->day > *last)) return Fail{HistoryFault::kNoSuchEntry};
  if (!last) return HistoryPage{};
  const auto gap = newest_up_to(set_->lacking, before ? before->day : *last);
  HistoryPage page;
  for (auto file = set_->files.rbegin(); file != set_->files.rend() && !page.more; ++file) {
    const HistoryView& view = (*file)->view;
    if (gap && view.header.last < *gap) break;
    if (before && view.header.first > before->day) continue;
    const bool inside = before && view.header.last >= before->day;
    const auto records = behind(view.of(member), inside ? before : std::nullopt);
    if (!records) return Fail{HistoryFault::kNoSuchEntry};
    for (auto record = records->rbegin(); record != records->rend(); ++record) {
      if (page.lines.size() == limit) {
        page.more = true;
        break;
      }
      if (record->day() < view.header.first || record->day() > view.header.last) {
        return doubt(view.header.first);
      }
      const auto batch = batch_of(record->day(), days);
      if (!batch && batch.error() == HistoryFault::kLacks) return Fail{HistoryFault::kLacks};
      const auto line = batch ? line_of(*record, (*batch)->view) : std::nullopt;
      if (!line) return doubt(record->day());
      page.lines.push_back(*line);
      page.keep.push_back((*batch)->blob);
    }
  }
  if (gap && !page.more) {
    if (page.lines.size() < limit) return Fail{HistoryFault::kLacks};
    page.more = true;
  }
  return page;
}

}  // namespace ph
