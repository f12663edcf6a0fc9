#include "core/home/merge_book.h"

#include <algorithm>

#include "core/types/check.h"

namespace ph {

namespace {

using book::MergePart;
using book::MergeRecord;

bool is_lot(const MergePart& part) {
  return part.what == MergePart::kLot || part.what == MergePart::kLotElsewhere;
}

bool right_part(const MergePart& part, const MergeBook::Bounds& bounds) {
  return part.what == MergePart::kAccount ? part.number < bounds.accounts
                                          : is_lot(part) && part.number < bounds.lots;
}

auto of_lot(std::uint32_t lot) {
  return [lot](const MergePart& part) { return is_lot(part) && part.number == lot; };
}

bool right_merge(const MergeRecord& merge, const MergeBook::Bounds& bounds) {
  const bool undone = merge.state == MergeRecord::kUndone;
  return valid_id(merge.id) && (undone || merge.state == MergeRecord::kMerged) &&
         merge.whole <= 1 && merge.zero == 0 && merge.first_lot <= bounds.lots &&
         merge.first_lot_undone <= bounds.lots && (undone || merge.first_lot_undone == 0) &&
         merge.member < bounds.members && merge.into < bounds.members &&
         merge.member != merge.into && merge.day < BusinessDate::kCount &&
         merge.undone < BusinessDate::kCount && (undone || merge.undone == 0) &&
         (merge.whole == 1 || merge.parts == 1);
}

}  // namespace

std::optional<MergeBook> MergeBook::of(Tables tables, const Bounds& bounds) {
  MergeBook made;
  std::size_t at = 0;
  for (const MergeRecord& merge : tables.merges) {
    if (!right_merge(merge, bounds) || made.find(merge.id) != kNone ||
        merge.parts > tables.parts.size() - at) {
      return std::nullopt;
    }
    const auto parts = std::span(tables.parts).subspan(at, merge.parts);
    if (!std::ranges::all_of(parts, [&](const MergePart& part) {
          return right_part(part, bounds) && (merge.whole == 1 || part.what == MergePart::kAccount);
        })) {
      return std::nullopt;
    }
    made.add(merge, parts);
    at += merge.parts;
  }
  return at == tables.parts.size() ? std::optional(std::move(made)) : std::nullopt;
}

void MergeBook::save(const std::function<void(Bytes)>& sink) const {
  const book::MergeHeader header{.merges = merges_.size(), .parts = parts_.size()};
  sink(std::as_bytes(std::span(&header, 1)));
  sink(std::as_bytes(std::span(merges_)));
  sink(std::as_bytes(std::span(parts_)));
}

std::span<const MergePart> MergeBook::parts(std::uint32_t number) const {
  return std::span(parts_).subspan(first_part_[number], merges_[number].parts);
}

std::uint32_t MergeBook::find(const TransactionId& id) const {
  return by_id_.find(id, [this](std::uint32_t n) { return merges_[n].id; });
}

std::vector<std::uint32_t> MergeBook::of_member(std::uint32_t member) const {
  std::vector<std::uint32_t> out;
  const auto [from, end] = by_member_.equal_range(member);
  for (auto it = from; it != end; ++it) {
    out.push_back(it->second);
  }
  return out;
}

void MergeBook::add(MergeRecord merge, std::span<const MergePart> parts) {
  check(find(merge.id) == kNone, "a merge has an id of its own");
  merge.parts = static_cast<std::uint32_t>(parts.size());
  first_part_.push_back(parts_.size());
  parts_.insert(parts_.end(), parts.begin(), parts.end());
  merges_.push_back(merge);
  const auto number = static_cast<std::uint32_t>(merges_.size() - 1);
  by_id_.insert(merge.id, number);
  for (const MergePart& part : parts) {
    if (part.what == MergePart::kAccount) {
      by_account_.emplace(part.number, number);
    }
  }
  by_member_.emplace(merge.member, number);
  by_member_.emplace(merge.into, number);
}

void MergeBook::undo(std::uint32_t number, BusinessDate on) {
  MergeRecord& merge = merges_[number];
  check(merge.state == MergeRecord::kMerged, "a merge is undone once");
  merge.state = MergeRecord::kUndone;
  merge.undone = on.count();
}

std::uint32_t MergeBook::first_owner(std::uint32_t account, std::uint32_t member) const {
  const auto first = by_account_.lower_bound(account);
  return first == by_account_.end() || first->first != account ? member
                                                               : merges_[first->second].member;
}

std::uint32_t MergeBook::before_undone(std::uint32_t member, std::uint32_t lot) const {
  return before(member, lot, MergeRecord::kUndone);
}

std::uint32_t MergeBook::before_merged(std::uint32_t member, std::uint32_t lot) const {
  return before(member, lot, MergeRecord::kMerged);
}

bool MergeBook::has_brought(std::uint32_t member, std::uint32_t lot) const {
  const MergePart part{.what = MergePart::kLot, .number = lot};
  const std::vector<std::uint32_t> merges = of_member(member);
  return std::any_of(merges.begin(), merges.end(), [&](std::uint32_t number) {
    const auto brought = parts(number);
    return merges_[number].member == member &&
           std::find(brought.begin(), brought.end(), part) != brought.end();
  });
}

void MergeBook::note_made(std::uint32_t account, std::uint32_t lot, BusinessDate day) {
  const auto [from, end] = by_account_.equal_range(account);
  for (auto it = from; it != end; ++it) {
    MergeRecord& merge = merges_[it->second];
    const bool undone_today = merge.state == MergeRecord::kUndone && merge.undone == day.count();
    if (merge.day == day.count() && merge.first_lot == 0) {
      merge.first_lot = lot + 1;
    }
    if (undone_today && merge.first_lot_undone == 0) {
      merge.first_lot_undone = lot + 1;
    }
  }
}

// Of its own day, what noted no lot behind it counts as behind all.
std::uint32_t MergeBook::owner_when(std::uint32_t account, std::uint32_t member, std::uint32_t lot,
                                    BusinessDate day) const {
  const auto came_before = [&](std::uint16_t on, std::uint32_t first_lot) {
    return on < day.count() || (on == day.count() && first_lot != 0 && lot + 1 >= first_lot);
  };
  std::uint32_t owner = first_owner(account, member);
  const auto [from, end] = by_account_.equal_range(account);
  for (auto it = from; it != end; ++it) {
    const MergeRecord& merge = merges_[it->second];
    const bool ended =
        merge.state == MergeRecord::kUndone && came_before(merge.undone, merge.first_lot_undone);
    if (came_before(merge.day, merge.first_lot) && !ended) {
      owner = merge.into;
    }
  }
  return owner;
}

void MergeBook::forget_undone(std::uint32_t lot) {
  std::size_t first = 0;
  for (std::uint32_t n = 0; n < merges_.size(); ++n) {
    first_part_[n] = first;
    if (merges_[n].state == MergeRecord::kUndone) {
      const auto from = parts_.begin() + static_cast<std::ptrdiff_t>(first);
      const auto end = from + merges_[n].parts;
      if (const auto found = std::find_if(from, end, of_lot(lot)); found != end) {
        parts_.erase(found);
        --merges_[n].parts;
      }
    }
    first += merges_[n].parts;
  }
}

// The last one first: a number may have passed through several.
std::uint32_t MergeBook::before(std::uint32_t member, std::uint32_t lot, std::uint8_t state) const {
  std::uint32_t below = static_cast<std::uint32_t>(merges_.size());
  for (bool more = true; more;) {
    more = false;
    const std::vector<std::uint32_t> merges = of_member(member);
    for (auto it = merges.rbegin(); it != merges.rend() && !more; ++it) {
      const MergeRecord& merge = merges_[*it];
      const auto came = parts(*it);
      if (*it < below && merge.into == member && merge.state == state &&
          std::ranges::any_of(came, of_lot(lot))) {
        member = merge.member;
        below = *it;
        more = true;
      }
    }
  }
  return member;
}

std::vector<std::uint32_t> MergeBook::connected(std::uint32_t member) const {
  std::vector<std::uint32_t> out{member};
  for (std::size_t n = 0; n < out.size(); ++n) {
    for (const std::uint32_t number : of_member(out[n])) {
      const MergeRecord& merge = merges_[number];
      const std::uint32_t other = merge.member == out[n] ? merge.into : merge.member;
      if (std::ranges::find(out, other) == out.end()) {
        out.push_back(other);
      }
    }
  }
  return out;
}

std::vector<std::uint32_t> MergeBook::merged_into(std::uint32_t member) const {
  std::vector<std::uint32_t> out{member};
  for (std::size_t n = 0; n < out.size(); ++n) {
    for (const std::uint32_t number : of_member(out[n])) {
      const MergeRecord& merge = merges_[number];
      if (merge.into == out[n] && merge.whole == 1 && merge.state == MergeRecord::kMerged) {
        out.push_back(merge.member);
      }
    }
  }
  out.erase(out.begin());
  return out;
}

}  // namespace ph
