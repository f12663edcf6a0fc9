// Numbers of one customer that were merged, and accounts that passed between them: what came along,
// so that it can be undone (docs/decisions/0023-programme-format.md, sections 2 and 3.2). Members,
// accounts and lots are numbers of the home and of its member book. Deterministic.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "core/home/member_records.h"
#include "core/types/chunks.h"
#include "core/types/flat_index.h"

namespace ph {

class MergeBook {
 public:
  static constexpr std::uint32_t kNone = book::kNone;
  struct Tables {
    std::vector<book::MergeRecord> merges{};
    std::vector<book::MergePart> parts{};
  };
  // How many there are of what records may name.
  struct Bounds {
    std::size_t members{};
    std::size_t accounts{};
    std::size_t lots{};
  };

  // nullopt: they aren't those of merges.
  [[nodiscard]] static std::optional<MergeBook> of(Tables tables, const Bounds& bounds);
  // Of none their counts alone. The same state gives the same bytes.
  void save(const std::function<void(Bytes)>& sink) const;

  [[nodiscard]] bool empty() const { return merges_.empty(); }
  [[nodiscard]] std::size_t size() const { return merges_.size(); }
  [[nodiscard]] const book::MergeRecord& merge(std::uint32_t number) const {
    return merges_[number];
  }
  [[nodiscard]] std::span<const book::MergePart> parts(std::uint32_t number) const;
  // kNone: no merge of this id.
  [[nodiscard]] std::uint32_t find(const TransactionId& id) const;
  // Of this number, on either side, in the order in which they were done.
  [[nodiscard]] std::vector<std::uint32_t> of_member(std::uint32_t member) const;

  // Under an id that none has.
  void add(book::MergeRecord merge, std::span<const book::MergePart> parts);
  void undo(std::uint32_t number, BusinessDate on);

  // Whose an account was before any merge passed it; `member`, who has it, when none did.
  [[nodiscard]] std::uint32_t first_owner(std::uint32_t account, std::uint32_t member) const;
  // Back through the merges that were undone since: who had it before they brought this lot.
  [[nodiscard]] std::uint32_t before_undone(std::uint32_t member, std::uint32_t lot) const;
  // Likewise through those that weren't undone: under whom this lot was given.
  [[nodiscard]] std::uint32_t before_merged(std::uint32_t member, std::uint32_t lot) const;
  // Did it have this lot, of no account of its own, in its list when it was merged, undone or not?
  [[nodiscard]] bool has_brought(std::uint32_t member, std::uint32_t lot) const;
  // Has a merge passed this account, undone or not?
  [[nodiscard]] bool has_passed(std::uint32_t account) const {
    return by_account_.contains(account);
  }
  // A lot of this account is made, the first one of its row: behind merges, and ends of merges, of
  // this day.
  void note_made(std::uint32_t account, std::uint32_t lot, BusinessDate day);
  // Whose the account was when that lot was made on that day, if it is this member's now.
  [[nodiscard]] std::uint32_t owner_when(std::uint32_t account, std::uint32_t member,
                                         std::uint32_t lot, BusinessDate day) const;
  [[nodiscard]] bool concerns(std::uint32_t member) const { return by_member_.contains(member); }
  // The lot is another number's own now: merges that were undone brought it to nobody.
  void forget_undone(std::uint32_t lot);
  // All numbers that merges lead to from this one, whichever way, itself first.
  [[nodiscard]] std::vector<std::uint32_t> connected(std::uint32_t member) const;
  // Those that are merged into this one now, and into those.
  [[nodiscard]] std::vector<std::uint32_t> merged_into(std::uint32_t member) const;

 private:
  [[nodiscard]] std::uint32_t before(std::uint32_t member, std::uint32_t lot,
                                     std::uint8_t state) const;

  std::vector<book::MergeRecord> merges_;
  std::vector<book::MergePart> parts_;
  std::vector<std::size_t> first_part_;
  FlatIndex by_id_;
  // Numbers of merges, in their order.
  std::multimap<std::uint32_t, std::uint32_t> by_account_;  // that they passed
  std::multimap<std::uint32_t, std::uint32_t> by_member_;   // of both sides
};

}  // namespace ph
