// A file of the history's index and a sealed batch, where they lie: read record by record, nothing
// of them is mapped (docs/journal.md, section 14). Failures to read are std::system_error.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/batch/history_index.h"
#include "platform/journal/journal.h"

namespace ph {

// A day's file of the index, or a month's.
class HistoryFile {
 public:
  // By header and length; nullptr: it is no such file, or a torn one.
  [[nodiscard]] static std::shared_ptr<const HistoryFile> of(
      std::shared_ptr<const ByteSource> source);

  [[nodiscard]] const HistoryHeader& header() const { return header_; }
  void read(std::uint64_t first, std::span<HistoryRecord> into) const;
  // Of this member, ascending.
  [[nodiscard]] std::vector<HistoryRecord> of(Member member) const;

  HistoryFile(std::shared_ptr<const ByteSource> source, const HistoryHeader& header)
      : source_(std::move(source)), header_(header) {}

 private:
  std::shared_ptr<const ByteSource> source_;
  HistoryHeader header_;
};

// Whoever asks for records knows how many there are.
class StoredBatch {
 public:
  // By its lengths; nullopt: it is none.
  [[nodiscard]] static std::optional<StoredBatch> of(std::shared_ptr<const ByteSource> source);

  [[nodiscard]] const BatchHeader& header() const { return header_; }
  [[nodiscard]] Digest digest() const;
  void read(std::uint64_t first, std::span<Movement> into) const;
  void read(std::uint64_t first, std::span<Item> into) const;
  void read(std::uint64_t first, std::span<Slice> into) const;

 private:
  StoredBatch(std::shared_ptr<const ByteSource> source, const BatchHeader& header)
      : source_(std::move(source)), header_(header) {}

  std::shared_ptr<const ByteSource> source_;
  BatchHeader header_;
};

}  // namespace ph
