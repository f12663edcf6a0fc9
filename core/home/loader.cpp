#include "core/home/loader.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

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

HomeLoader::HomeLoader() {
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

void HomeLoader::take_header(const HomeHeader& header) {
  const HomeHeader right{};
  bad_ =
      header.magic != right.magic || header.layout != right.layout || header.lots > LotBook::kEnd;
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
  expect<DebtRecord>(header.debts, [this](const DebtRecord& debt) { debts_.push_back(debt); });
  expect<HoldRecord>(header.holds, [this](const HoldRecord& hold) { holds_.push_back(hold); });
  expect<HeldRecord>(header.held, [this](const HeldRecord& held) { held_.push_back(held); });
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
      !check_files() || !check_bills() || !add_debts()) {
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
  std::map<std::uint32_t, std::int64_t> held;
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
      if (slice.lot >= home_.lots_.size() || slice.points < 0 || slice.zero != 0 ||
          slice.points > LotBook::kPointsMax) {
        return false;
      }
      if (slice.points > 0 && (held[slice.lot] += slice.points) > LotBook::kPointsMax) {
        return false;
      }
      made.slices.emplace_back(slice.lot, slice.points);
    }
    at += hold.slices;
    home_.holds_ending_.emplace(hold.expires, hold.entry);
    home_.holds_.emplace_hint(home_.holds_.end(), hold.entry, std::move(made));
  }
  return at == held_.size() && home_.lots_.adopt(std::move(held));
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
        entry.class_ <= EntryClass::kDeliveryRefund && entry.flags <= EntryRecord::kFlagsMax &&
        entry.form <= Form::kFunding && entry.zero == 0 &&
        entry.holder < (entry.delivers() ? kMembersMax : home_.accounts_.size()) &&
        (!entry.has(EntryRecord::kGiven) || entry.number < home_.given_.size()) &&
        entry.left >= 0 &&
        (!entry.takes() || static_cast<std::uint64_t>(entry.left) < home_.taken_.size());
    if (!right || index.find(key_at(n), key_at) != FlatIndex::kNone) {
      return false;
    }
    index.insert(key_at(n), n);
  }
  return true;
}

bool HomeLoader::check_files() const {
  std::size_t file = 0;
  for (; file < home_.files_.size(); ++file) {
    const FileRecord& record = home_.files_[file];
    const bool right = file == 0 ? record.first_cited == 0
                                 : record.sequence > home_.files_[file - 1].sequence &&
                                       record.first_cited >= home_.files_[file - 1].first_cited;
    if (!right || record.first_cited > home_.cited_.size()) {
      return false;
    }
  }
  for (std::size_t n = 0; n < home_.cited_.size(); ++n) {
    if (home_.cited_[n].entry >= home_.entries_.size()) {
      return false;
    }
  }
  return home_.cited_.empty() || file > 0;
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
