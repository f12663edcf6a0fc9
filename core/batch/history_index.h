// Where the lines of a member stand in sealed batches (docs/journal.md, section 14): the records of
// a day, of a month, and who looks for one. A read model: the same batches give the same bytes.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
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

// The records of a day's batch, whose movements come first, then its items, as they stand there.
class HistoryOfDay {
 public:
  // Of a batch that is framed (framed.h).
  explicit HistoryOfDay(const BatchHeader& header);
  void add(const Movement& movement);
  void add(const Item& item);
  // As a file has them.
  [[nodiscard]] std::vector<HistoryRecord> finish();

 private:
  BusinessDate day_;
  std::vector<HistoryRecord> records_{};
  std::vector<std::uint32_t> entries_{};  // by place
  std::uint32_t slice_{};
};

[[nodiscard]] std::vector<HistoryRecord> history_records(const BatchView& batch);
// The least number of a record of this member.
[[nodiscard]] constexpr std::uint64_t history_key(Member member, BusinessDate day = {}) {
  return member.number() << 16 | day.count();
}
// Items that are lines of the home's own members.
[[nodiscard]] constexpr bool is_history_item(Kind kind) {
  return kind >= Kind::kRedeem && kind <= Kind::kMoveIn;
}

// The records of several days' files as one, in parts.
class HistoryMerge {
 public:
  // The next ones of a day, valid until it is called again; none: that was all.
  using Day = std::function<std::span<const HistoryRecord>()>;

  explicit HistoryMerge(std::vector<Day> days);
  // The next ones, as many as `into` holds; 0: that was all.
  [[nodiscard]] std::size_t next(std::span<HistoryRecord> into);

 private:
  struct Part {
    std::span<const HistoryRecord> rest{};  // never empty
    std::size_t day{};
  };
  [[nodiscard]] static bool behind(const Part& a, const Part& b);

  std::vector<Day> days_;
  std::vector<Part> parts_{};  // a heap: the lowest key first
};

// Fills in the header's own digest.
[[nodiscard]] HistoryHeader sealed_header(HistoryHeader header, Sha256 sha256);
// By header and length; false: it is no such file, or a torn one.
[[nodiscard]] bool is_history(const HistoryHeader& header, std::uint64_t size, Sha256 sha256);

}  // namespace ph
