// Where the lines of a member stand in sealed batches (docs/journal.md, section 14): the records of
// a day, of a month, and who looks for one. A read model: the same batches give the same bytes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "core/batch/item.h"

namespace ph {

// The structs are the layout.
struct HistoryRecord {
  std::uint64_t key{};  // member << 16 | day
  std::uint32_t place{};
  std::uint32_t slice{};

  [[nodiscard]] BusinessDate day() const {
    return BusinessDate(static_cast<std::uint16_t>(key & 0xFFFF));
  }
  [[nodiscard]] Member member() const { return Member(key >> 16); }
  friend bool operator==(const HistoryRecord&, const HistoryRecord&) = default;
};

struct HistoryHeader {
  std::array<char, 4> magic{'P', 'H', 'X', '1'};
  std::uint16_t layout{1};
  Participant sender{};
  BusinessDate first{};
  BusinessDate last{};
  std::uint32_t days{};
  std::uint64_t records{};
  std::uint64_t zero{};
  Digest batches{};
  Digest digest{};
  Digest header{};

  friend bool operator==(const HistoryHeader&, const HistoryHeader&) = default;
};

static_assert(sizeof(HistoryRecord) == 16 && std::is_trivially_copyable_v<HistoryRecord>);
static_assert(sizeof(HistoryHeader) == 128 && std::is_trivially_copyable_v<HistoryHeader>);

// A view of a file that lies in memory: whoever holds it owns the bytes.
struct HistoryView {
  HistoryHeader header{};
  std::span<const HistoryRecord> records{};

  // Of this member, ascending.
  [[nodiscard]] std::span<const HistoryRecord> of(Member member) const;
};

// Of a day's batch, whose lengths are right.
[[nodiscard]] std::vector<HistoryRecord> history_records(const BatchView& batch);
// Items that are lines of the home's own members.
[[nodiscard]] constexpr bool is_history_item(Kind kind) {
  return kind >= Kind::kRedeem && kind <= Kind::kMoveIn;
}

// The records of several days' files as one, in parts. The spans outlive it.
class HistoryMerge {
 public:
  explicit HistoryMerge(std::vector<std::span<const HistoryRecord>> days);
  // The next ones, as many as `into` holds; 0: that was all.
  [[nodiscard]] std::size_t next(std::span<HistoryRecord> into);

 private:
  std::vector<std::span<const HistoryRecord>> rest_;  // a heap: the lowest key first
};

// Fills in the header's own digest.
[[nodiscard]] HistoryHeader sealed_header(HistoryHeader header, Sha256 sha256);
// By header and length; nullopt: it is no such file, or a torn one. `bytes` are aligned to 8.
[[nodiscard]] std::optional<HistoryView> view_of_history(Bytes bytes, Sha256 sha256);

}  // namespace ph
