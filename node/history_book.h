// Pages of a member's history: the index says where his lines stand, the store has the batches
// (docs/journal.md, section 14). One thread owns it. It never waits for who makes the index, and
// reads of the disk what a page needs.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/types/result.h"
#include "node/history_files.h"
#include "node/province.h"
#include "platform/journal/journal.h"

namespace ph {

// What there is of the index, never changed. One that isn't complete answers nothing.
struct HistorySet {
  std::vector<std::shared_ptr<const HistoryFile>> files{};  // by day, ascending
  std::vector<BusinessDate> lacking{};  // ascending: sealed days that can't be made now
  bool complete{};
};

// The name of a line: `20260305-17`.
struct HistoryPlace {
  BusinessDate day{};
  std::uint32_t place{};

  [[nodiscard]] static std::optional<HistoryPlace> parse(std::string_view text);
  [[nodiscard]] std::string text() const;
  friend bool operator==(const HistoryPlace&, const HistoryPlace&) = default;
};

// Either a movement or an item.
struct HistoryLine {
  HistoryPlace at{};
  std::optional<Movement> movement{};
  std::optional<Item> item{};
  std::vector<Slice> slices{};
  Member other{};  // of a REASSIGN the other number
};

struct HistoryPage {
  std::vector<HistoryLine> lines{};
  bool more{};
};

enum class HistoryFault : std::uint8_t {
  kNotReady,     // the index is being made
  kNoSuchEntry,  // `before` isn't a line of this member
  kDamaged,      // index and batches don't say the same: `take_doubt` has the day
  kLacks,        // the page reaches a day that isn't there, or can't be read, now
};

class HistoryBook {
 public:
  explicit HistoryBook(BlobStore& blobs) : blobs_(blobs) {}

  // In place of the one before.
  void use(std::shared_ptr<const HistorySet> set);
  [[nodiscard]] bool ready() const { return set_ != nullptr && set_->complete; }
  // How many days up to `as_of` no page can reach.
  [[nodiscard]] std::size_t gaps() const;
  // The last day whose lines are told; nullopt: none was sealed.
  [[nodiscard]] std::optional<BusinessDate> as_of() const;
  // Newest first, those behind `before`. `days`: the province's.
  [[nodiscard]] Result<HistoryPage, HistoryFault> page(Member member,
                                                       std::optional<HistoryPlace> before,
                                                       std::size_t limit,
                                                       const std::vector<SealedDay>& days);
  // A day of which something in this set didn't fit, each once.
  [[nodiscard]] std::optional<BusinessDate> take_doubt();
  // Why a line's batch can't be read, until it can; empty when all could.
  [[nodiscard]] std::string fault() const { return unread_ ? unread_->why : std::string(); }
  // Whether it can now.
  void look_again(const std::vector<SealedDay>& days);

 private:
  struct OpenBatch {
    StoredBatch batch;
    std::uint64_t used{};
  };

  struct Unread {
    HistoryRecord record{};
    std::string why{};
  };

  // Throws std::runtime_error: it can't be read, or isn't there as it was sealed.
  [[nodiscard]] const StoredBatch& batch_of(const SealedDay& day);
  // kDamaged or kLacks.
  [[nodiscard]] Result<HistoryLine, HistoryFault> line_of(const HistoryRecord& record,
                                                          const std::vector<SealedDay>& days);
  Fail<HistoryFault> doubt(BusinessDate day);

  BlobStore& blobs_;
  std::shared_ptr<const HistorySet> set_{};
  std::map<BusinessDate, OpenBatch> open_{};  // kOpenBatchesMax at most, those used last
  std::uint64_t uses_{};
  std::map<BusinessDate, bool> doubts_{};  // of this set: whether it was taken
  std::optional<Unread> unread_{};
};

}  // namespace ph
