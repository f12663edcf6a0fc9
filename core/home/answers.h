// What live events were answered, refusals too: whoever repeats an id gets the first answer again.
// Kept longer than an id can come, by the id's date (docs/journal.md, section 3); of moves that
// were done for ever: what left is in the answer until it is somewhere else (docs/decisions/0018).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <type_traits>
#include <vector>

#include "core/home/live.h"
#include "core/home/records.h"
#include "core/types/digest.h"
#include "core/types/flat_index.h"

namespace ph {

struct AnswerRecord {
  TransactionId id{};
  Fingerprint content{};
  EntryClass class_{};
  std::uint8_t code{};
  std::uint16_t zero{};
  EntryId entry{};
  EntryId authorisation{};
  BusinessTime at{};
  BusinessTime ends{};
  std::int64_t points{};
  std::int64_t available{};
  std::uint32_t first_slice{};  // of those of its date
  std::uint32_t slices{};
};
static_assert(sizeof(AnswerRecord) == 104 && std::is_trivially_copyable_v<AnswerRecord>);
static_assert(sizeof(LiveSlice) == 16 && std::is_trivially_copyable_v<LiveSlice>);

class AnswerBook {
 public:
  struct Answers {
    std::vector<AnswerRecord> records{};
    std::vector<LiveSlice> slices{};
    FlatIndex index{};
  };

  // nullptr: no such id was decided.
  [[nodiscard]] const AnswerRecord* find(const EntryKey& key) const;
  [[nodiscard]] LiveAnswer answer_of(const AnswerRecord& record) const;
  // The id must be a new one.
  void add(const EntryKey& key, const Fingerprint& content, const LiveAnswer& answer);
  // As `add`, from a snapshot: dates ascend, and slices follow each other. False when it isn't so.
  [[nodiscard]] bool adopt(const AnswerRecord& record);
  // What left with moves that were done besides their lots, in the order of their answers: length
  // u32, bytes, of each one; nothing at all when none has any.
  [[nodiscard]] std::vector<std::byte> standings() const;
  // The same, into a book with those answers. False: they aren't of it.
  [[nodiscard]] bool adopt_standings(Bytes bytes);
  // Those whose ids are older than `date`, but for the moves that were done.
  void forget_before(BusinessDate date);

  [[nodiscard]] const std::map<BusinessDate, Answers>& by_date() const { return by_date_; }
  // What `adopt` has taken so far has these slices, too, in its order.
  [[nodiscard]] bool adopt_slices(const std::vector<LiveSlice>& slices);

 private:
  std::map<BusinessDate, Answers> by_date_;  // of the ids; in the order in which they came
  std::map<TransactionId, std::vector<std::byte>> standings_;  // of moves that were done
};

}  // namespace ph
