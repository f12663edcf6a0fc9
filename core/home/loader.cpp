#include "core/home/loader.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "core/home/standing.h"

namespace ph {

namespace {

constexpr std::uint64_t kMembersMax = 100'000'000'000'000;  // 14 digits

template <class Record>
Record record_of(Bytes bytes) {
  Record record{};
  std::memcpy(static_cast<void*>(&record), bytes.data(), sizeof record);
  return record;
}

}  // namespace

HomeLoader::HomeLoader(ProgrammeOf programme_of) : programme_of_(std::move(programme_of)) {
  expect<HomeHeader>(1, [this](const HomeHeader& header) { take_header(header); });
}

template <class Record>
void HomeLoader::expect(std::uint64_t count, std::function<void(const Record&)> take) {
  sections_.push_back({.record_bytes = sizeof(Record),
                       .left = count,
                       .take = [take = std::move(take)](Bytes bytes) {
                         for (; !bytes.empty(); bytes = bytes.subspan(sizeof(Record))) {
                           take(record_of<Record>(bytes.first(sizeof(Record))));
                         }
                       }});
}

template <class Record>
void HomeLoader::expect(std::uint64_t count, Chunks<Record>& table) {
  bad_ = bad_ || count >= FlatIndex::kNone;  // records are numbered by 32 bits
  sections_.push_back({.record_bytes = sizeof(Record),
                       .left = count,
                       .take = [&table](Bytes bytes) { table.append_bytes(bytes); }});
}

template <class Record>
void HomeLoader::expect(std::uint64_t count, std::vector<Record>& table) {
  expect<Record>(count, [&table](const Record& record) { table.push_back(record); });
}

void HomeLoader::take_header(const HomeHeader& header) {
  const HomeHeader right{};
  fourth_ = header.layout == 4;
  third_ = header.layout == 3;
  second_ = header.layout == 2 || third_ || fourth_;
  bad_ = header.magic != right.magic || (header.layout != right.layout && !second_) ||
         header.lots > LotBook::kEnd;
  home_.province_ = header.province;
  expect(header.members, home_.accounts_);
  sections_.push_back({.record_bytes = sizeof(LotRecord),
                       .left = header.lots,
                       .take = [this](Bytes bytes) { home_.lots_.append_bytes(bytes); }});
  expect(header.entries, home_.entries_);
  expect(header.given, home_.given_);
  expect(header.taken, home_.taken_);
  expect(header.cited, home_.cited_);
  expect(header.files, home_.files_);
  expect(header.bills, home_.bills_);
  expect(header.debts, debts_);
  expect(header.holds, holds_);
  expect(header.held, held_);
  if (second_) {
    expect<LiveHeader>(1, [this](const LiveHeader& live) { take_live_header(live); });
  }
}

void HomeLoader::take_live_header(const LiveHeader& header) {
  live_ = header;
  expect(header.ends, ends_);
  expect(header.days, home_.live_days_);
  expect(header.cited, home_.live_cited_);
  expect(header.put_off, put_off_);
  expect(header.put_off_slices, put_off_slices_);
  expect(header.answers, answers_);
  expect(header.answer_slices, answer_slices_);
  expect(header.movements, home_.result_.movements);
  expect(header.items, home_.result_.items);
  expect(header.slices, home_.result_.slices);
  expect(header.restored, restored_);
  if (fourth_) {
    expect<book::Header>(1, [this](const book::Header& book) { take_book_header(book); });
  }
}

// Tables that no row of this release fills are empty.
void HomeLoader::take_book_header(const book::Header& header) {
  const bool taken_back = header.layout == book::Header::kLayoutTakenBack;
  const bool merges = taken_back || header.layout == book::Header::kLayoutMerges;
  const book::Header right{.layout = merges ? header.layout : book::Header::kLayout,
                           .versions = header.versions,
                           .accounts = header.accounts,
                           .members = header.members,
                           .other = header.other,
                           .history = header.history,
                           .claims = header.claims,
                           .flags = header.flags,
                           .campaigns_given = header.campaigns_given,
                           .campaigns_spent = header.campaigns_spent,
                           .suspensions = header.suspensions,
                           .large = header.large,
                           .origins = header.origins,
                           .orders = header.orders,
                           .complaints = header.complaints,
                           .proposals = header.proposals,
                           .registrations = header.registrations,
                           .stock = header.stock,
                           .calls = header.calls,
                           .runs = header.runs,
                           .cohorts = header.cohorts,
                           .results = header.results,
                           .large_results = header.large_results,
                           .notices = header.notices,
                           .standings = header.standings,
                           .taken_before = header.taken_before};
  bad_ = bad_ || std::memcmp(&header, &right, sizeof header) != 0;
  expect(header.versions, book_.versions);
  expect(header.accounts, book_.accounts);
  expect(header.members, book_.members);
  expect(header.other, book_.other);
  expect(header.history, book_.history);
  expect(header.claims, book_.claims);
  expect(header.flags, book_.flags);
  expect(header.campaigns_given, book_.campaigns_given);
  expect(header.campaigns_spent, book_.campaigns_spent);
  expect(header.suspensions, book_.suspensions);
  expect(header.large, book_.large);
  expect(header.origins, book_.origins);
  expect(header.orders, book_.orders.orders);
  expect(header.complaints, book_.orders.complaints);
  expect(header.proposals, book_.proposals);
  expect(header.registrations, book_.registrations);
  expect(header.stock, book_.orders.stock);
  expect(header.calls, book_.calls);
  expect(header.runs, book_.runs.runs);
  expect(header.cohorts, book_.runs.cohorts);
  expect(header.results, book_.runs.results);
  expect(header.large_results, book_.runs.large);
  expect(header.notices, book_.runs.notices);
  sections_.push_back({.record_bytes = 1, .left = header.standings, .take = [this](Bytes bytes) {
                         standings_.insert(standings_.end(), bytes.begin(), bytes.end());
                       }});
  expect(header.taken_before, book_.taken_before);
  if (merges) {
    expect<book::MergeHeader>(1, [this, taken_back](const book::MergeHeader& of) {
      bad_ = bad_ || (of.merges == 0 && !taken_back);
      expect(of.merges, book_.merges.merges);
      expect(of.parts, book_.merges.parts);
      expect<book::TakenBackHeader>(taken_back ? 1 : 0, [this](const book::TakenBackHeader& back) {
        bad_ = bad_ || back.records == 0;
        expect(back.records, book_.taken_back);
      });
    });
  }
}

bool HomeLoader::add_book() {
  auto made =
      MemberBook::of(std::move(book_), programme_of_, home_.accounts_.size(), home_.lots_.size());
  if (made) {
    home_.book_.emplace(std::move(*made));
  }
  if (!home_.book_ || !check_orders() || !add_standings()) {
    return false;
  }
  home_.note_all_places();
  take_days_orders();
  return true;
}

// What left with a move can be read by whom it is told again.
bool HomeLoader::add_standings() {
  if (!home_.answers_.adopt_standings(standings_)) {
    return false;
  }
  return std::ranges::all_of(answers_, [this](const AnswerRecord& answer) {
    const auto standing = home_.answers_.answer_of(answer).standing;
    return standing.empty() || read_standing(standing);
  });
}

// Each has its hold, which is open or over; one that was delivered has what it took.
bool HomeLoader::check_orders() const {
  const OrderBook& orders = home_.book_->orders();
  for (std::uint32_t n = 0; n < orders.size(); ++n) {
    const book::OrderRecord& order = orders.order(n);
    const auto state = static_cast<programme::OrderState>(order.state);
    const bool taken =
        state == programme::OrderState::kDelivered || state == programme::OrderState::kReturned;
    if (order.hold >= home_.entries_.size() ||
        home_.entries_[order.hold].class_ != EntryClass::kHold ||
        !home_.entries_[order.hold].has(EntryRecord::kOfOrder) ||
        home_.entries_[order.hold].holder != order.member) {
      return false;
    }
    const std::uint32_t entry = home_.find_entry(EntryClass::kRedemption, order.id);
    if (taken && (entry == FlatIndex::kNone || home_.entries_[entry].holder != order.member)) {
      return false;
    }
  }
  return true;
}

Bytes HomeLoader::take(Bytes part) {
  while (!bad_ && section_ < sections_.size()) {
    if (sections_[section_].left == 0) {
      ++section_;
    } else if (part.empty()) {
      break;
    } else {
      take_records(sections_[section_], part);
    }
  }
  return bad_ ? Bytes() : part;
}

void HomeLoader::take_records(Section& section, Bytes& part) {
  const std::size_t size = section.record_bytes;
  const std::function<void(Bytes)> take = section.take;  // the header's makes further sections
  if (piece_.empty() && part.size() >= size) {
    const auto count = std::min(section.left, std::uint64_t{part.size() / size});
    section.left -= count;
    const Bytes whole = part.first(count * size);
    part = part.subspan(whole.size());
    take(whole);
    return;
  }
  const Bytes more = part.first(std::min(part.size(), size - piece_.size()));
  piece_.insert(piece_.end(), more.begin(), more.end());
  part = part.subspan(more.size());
  if (piece_.size() == size) {
    --section.left;
    take(piece_);
    piece_.clear();
  }
}

std::optional<Home> HomeLoader::finish() {
  if (bad_ || section_ < sections_.size() || !check_members() || !add_holds() || !check_entries() ||
      !check_cited(home_.files_, home_.cited_, home_.entries_.size()) || !check_bills() ||
      !add_debts() || (second_ && !check_live()) || (fourth_ && !add_book()) ||
      (second_ && !check_moved())) {
    return std::nullopt;
  }
  return std::move(home_);
}

// Each lot hangs in one list, once.
bool HomeLoader::check_members() {
  std::vector<bool> reached(home_.lots_.size());
  FlatIndex& index = home_.account_by_member_;
  index.reserve(home_.accounts_.size());
  const auto number_at = [this](std::uint32_t n) { return home_.accounts_[n].member.number(); };
  for (std::uint32_t n = 0; n < home_.accounts_.size(); ++n) {
    const MemberRecord& account = home_.accounts_[n];
    const std::uint64_t number = account.member.number();
    if (number >= kMembersMax || account.state > MemberState::kClosed ||
        account.flags > (MemberRecord::kHasDebt | MemberRecord::kMoveOpen) ||
        index.find(number, number_at) != FlatIndex::kNone ||
        !LotBook::reach(account.lots.head, reached)) {
      return false;
    }
    index.insert(number, n);
    home_.first_expiry_ = std::min(home_.first_expiry_, account.first_expiry);
  }
  return home_.lots_.reach_all(reached);
}

bool HomeLoader::add_holds() {
  std::size_t at = 0;
  Held held;
  for (const HoldRecord& hold : holds_) {
    const bool right = hold.entry < home_.entries_.size() &&
                       home_.entries_[hold.entry].class_ == EntryClass::kHold &&
                       hold.slices <= held_.size() - at && hold.zero == decltype(hold.zero){} &&
                       (home_.holds_.empty() || home_.holds_.rbegin()->first < hold.entry);
    if (!right) {
      return false;
    }
    Home::Hold made{.expires = hold.expires, .authorisation = hold.authorisation};
    for (const HeldRecord& slice : std::span(held_).subspan(at, hold.slices)) {
      if (slice.lot >= home_.lots_.size() || slice.zero != 0 ||
          !add_held(held, slice.lot, slice.points)) {
        return false;
      }
      made.slices.emplace_back(slice.lot, slice.points);
    }
    at += hold.slices;
    home_.holds_.emplace_hint(home_.holds_.end(), hold.entry, std::move(made));
  }
  if (at != held_.size() || !add_ends() || !add_put_off(held)) {
    return false;
  }
  for (const auto& [entry, hold] : home_.holds_) {
    if (hold.ends == BusinessTime()) {
      home_.holds_ending_.emplace(hold.expires, entry);
    } else {
      home_.live_ending_.emplace(hold.ends, entry);
    }
  }
  return home_.lots_.adopt(std::move(held)) && keeps_bounds();
}

// A lot's part of what is held; false if it isn't one.
bool HomeLoader::add_held(Held& held, std::uint32_t lot, std::int64_t points) {
  // What holds of one lot add up to stays far from the end of a number: each sum is looked at.
  return points >= 0 && points <= LotBook::kPointsMax &&
         (points == 0 || (held[lot] += points) <= LotBook::kPointsMax);
}

bool HomeLoader::check_entries() {
  if (!home_.taken_.empty() && home_.taken_.back().last != 1) {
    return false;
  }
  for (std::size_t n = 0; n < home_.taken_.size(); ++n) {
    const TakenRecord& taken = home_.taken_[n];
    if (taken.lot >= home_.lots_.size() || taken.last > 1 || taken.left() > LotBook::kPointsMax) {
      return false;
    }
  }
  FlatIndex& index = home_.entry_by_key_;
  index.reserve(home_.entries_.size());
  const auto key_at = [this](std::uint32_t n) { return home_.key_of(home_.entries_[n]); };
  for (std::uint32_t n = 0; n < home_.entries_.size(); ++n) {
    const EntryRecord& entry = home_.entries_[n];
    const bool right =
        entry.class_ <= (fourth_   ? EntryClass::kMember
                         : second_ ? EntryClass::kVoid
                                   : EntryClass::kDeliveryRefund) &&
        entry.flags <= (fourth_   ? EntryRecord::kBookFlagsMax
                        : second_ ? EntryRecord::kLiveFlagsMax
                                  : EntryRecord::kFlagsMax) &&
        entry.form <= Form::kFunding && entry.zero == 0 &&
        entry.holder < (entry.delivers() ? kMembersMax : home_.accounts_.size()) &&
        (!entry.has(EntryRecord::kGiven) || entry.number < home_.given_.size()) &&
        entry.left >= 0 &&
        (!entry.takes() || static_cast<std::uint64_t>(entry.left) < home_.taken_.size());
    if (!right || index.find(key_at(n), key_at) != FlatIndex::kNone) {
      return false;
    }
    index.insert(key_at(n), n);
    if (entry.class_ == EntryClass::kMoveIn) {
      home_.moved_in_.insert(static_cast<std::uint32_t>(entry.holder));
    }
  }
  return true;
}

// Of files, or of days' live events.
bool HomeLoader::check_cited(const Chunks<FileRecord>& days, const Chunks<CitedRecord>& cited,
                             std::size_t entries) {
  for (std::size_t n = 0; n < days.size(); ++n) {
    const FileRecord& record = days[n];
    const bool right = n == 0 ? record.first_cited == 0
                              : record.sequence > days[n - 1].sequence &&
                                    record.first_cited >= days[n - 1].first_cited;
    if (!right || record.first_cited > cited.size()) {
      return false;
    }
  }
  for (std::size_t n = 0; n < cited.size(); ++n) {
    if (cited[n].entry >= entries) {
      return false;
    }
  }
  return cited.empty() || !days.empty();
}

bool HomeLoader::check_bills() {
  FlatIndex& index = home_.bill_by_key_;
  index.reserve(home_.bills_.size());
  const auto key_at = [this](std::uint32_t n) { return home_.bills_[n].key(); };
  for (std::uint32_t n = 0; n < home_.bills_.size(); ++n) {
    const BillKey key = home_.bills_[n].key();
    if (index.find(key, key_at) != FlatIndex::kNone) {
      return false;
    }
    index.insert(key, n);
  }
  return true;
}

bool HomeLoader::add_debts() {
  for (const DebtRecord& debt : debts_) {
    const std::pair key(debt.member, debt.issuer);
    auto& debts = home_.debts_;
    if (debt.points <= 0 || debt.zero != decltype(debt.zero){} ||
        (!debts.empty() && debts.rbegin()->first >= key)) {
      return false;
    }
    debts.emplace_hint(debts.end(), key, debt.points);
  }
  return true;
}

}  // namespace ph
