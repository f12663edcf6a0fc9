#include "node/history_book.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <span>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace ph {

namespace {

// Each is a file that stays open.
constexpr std::size_t kOpenBatchesMax = 64;

// nullopt: the disk can't read them.
std::optional<std::vector<HistoryRecord>> records_of(const HistoryFile& file, Member member) {
  try {
    return file.of(member);
  } catch (const std::system_error&) {
    return std::nullopt;
  }
}

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
Member other_of(const StoredBatch& batch, std::uint32_t place, const Movement& movement) {
  if (movement.kind != Kind::kReassign) return {};
  const bool debt = movement.slice.source == Source::kDebt;
  const bool first = debt ? movement.slice.delta > 0 : movement.slice.delta < 0;
  if (first ? place + 1 >= batch.header().movements : place == 0) return {};
  Movement other;
  batch.read(first ? place + 1 : place - 1, {&other, 1});
  const bool pair = other.kind == Kind::kReassign && other.entry == movement.entry &&
                    other.slice.lot == movement.slice.lot &&
                    other.slice.delta == -movement.slice.delta;
  return pair ? other.member : Member();
}

// nullopt: the batch has no such line, or another's slices stand where this one's should.
std::optional<HistoryLine> line_in(const StoredBatch& batch, const HistoryRecord& record) {
  HistoryLine line{.at = {.day = record.day(), .place = record.place}};
  const BatchHeader& header = batch.header();
  if (record.place < header.movements) {
    Movement& movement = line.movement.emplace();
    batch.read(record.place, {&movement, 1});
    if (movement.member != record.member()) return std::nullopt;
    line.slices = {movement.slice};
    line.other = other_of(batch, record.place, movement);
    return line;
  }
  if (record.place - header.movements >= header.items) return std::nullopt;
  Item& item = line.item.emplace();
  batch.read(record.place - header.movements, {&item, 1});
  if (item.member != record.member() || record.slice > header.slices ||
      item.slice_count > header.slices - record.slice) {
    return std::nullopt;
  }
  line.slices.resize(item.slice_count);
  batch.read(record.slice, line.slices);
  return adds_up(item, line.slices) ? std::optional(std::move(line)) : std::nullopt;
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
  return set_->files.back()->header().last;
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

const StoredBatch& HistoryBook::batch_of(const SealedDay& day) {
  if (const auto found = open_.find(day.date); found != open_.end()) {
    found->second.used = ++uses_;
    return found->second.batch;
  }
  auto source = blobs_.open(day.blob, false);
  auto batch = source ? StoredBatch::of(std::move(source)) : std::nullopt;
  if (!batch || batch->header().date != day.date) {
    throw std::runtime_error(hex(day.blob) + " isn't in the store as it was sealed");
  }
  if (open_.size() >= kOpenBatchesMax) {
    open_.erase(
        std::ranges::min_element(open_, {}, [](const auto& one) { return one.second.used; }));
  }
  return open_.emplace(day.date, OpenBatch{.batch = std::move(*batch), .used = ++uses_})
      .first->second.batch;
}

// What the disk or the store refuses is the page's fault, never the node's end.
Result<HistoryLine, HistoryFault> HistoryBook::line_of(const HistoryRecord& record,
                                                       const std::vector<SealedDay>& days) {
  const BusinessDate day = record.day();
  const auto sealed = std::ranges::lower_bound(days, day, {}, &SealedDay::date);
  if (sealed == days.end() || sealed->date != day) return Fail{HistoryFault::kDamaged};
  try {
    auto line = line_in(batch_of(*sealed), record);
    if (unread_ && unread_->record == record) unread_.reset();
    if (!line) return Fail{HistoryFault::kDamaged};
    return std::move(*line);
  } catch (const std::runtime_error& failure) {
    open_.erase(day);
    unread_ = Unread{.record = record, .why = "the batch of " + day.text() + ": " + failure.what()};
    return Fail{HistoryFault::kLacks};
  }
}

void HistoryBook::look_again(const std::vector<SealedDay>& days) {
  if (!unread_) return;
  const HistoryRecord record = unread_->record;
  static_cast<void>(line_of(record, days));
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
    const HistoryHeader& header = (*file)->header();
    if (gap && header.last < *gap) break;
    if (before && header.first > before->day) continue;
    const bool inside = before && header.last >= before->day;
    const auto all = records_of(**file, member);
    if (!all) return doubt(header.first);
    const auto records = behind(*all, inside ? before : std::nullopt);
    if (!records) return Fail{HistoryFault::kNoSuchEntry};
    for (auto record = records->rbegin(); record != records->rend(); ++record) {
      if (page.lines.size() == limit) {
        page.more = true;
        break;
      }
      if (record->day() < header.first || record->day() > header.last) return doubt(header.first);
      auto line = line_of(*record, days);
      if (!line && line.error() == HistoryFault::kLacks) return Fail{HistoryFault::kLacks};
      if (!line) return doubt(record->day());
      page.lines.push_back(std::move(line).value());
    }
  }
  if (gap && !page.more) {
    if (page.lines.size() < limit) return Fail{HistoryFault::kLacks};
    page.more = true;
  }
  return page;
}

}  // namespace ph
