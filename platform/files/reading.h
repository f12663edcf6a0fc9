// What the readers of read.h share, and `check` uses to read a file without a rule book. Private to
// this folder.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "platform/files/csv.h"
#include "platform/files/read.h"

namespace ph {

struct Reading {
  const InputFile& file;
  const RuleBook*
      book{};  // nullptr: references aren't checked; what is read is good for checks alone
  std::vector<Fault>& faults;
  FileTotals* totals{};  // filled in when given
  bool taken{};          // a journal has it: what has come to be asked since isn't asked of it
  std::vector<Fault>* warnings{};  // what is odd and no fault; when given
};

[[nodiscard]] std::optional<DayFile> read_day(const Reading& reading);
[[nodiscard]] std::optional<PartnerDay> read_partner_day(const Reading& reading);
[[nodiscard]] std::optional<Opening> read_opening(const Reading& reading);
[[nodiscard]] std::optional<RuleRows> read_rulebook(const Reading& reading);
[[nodiscard]] std::optional<RuleBook> load_rulebook(const Reading& reading);
[[nodiscard]] std::optional<CalendarYear> read_calendar(const Reading& reading);
[[nodiscard]] std::optional<Cutoff> read_cutoff(const Reading& reading);
[[nodiscard]] std::optional<OwnedBatch> read_batch_csv(const Reading& reading);
[[nodiscard]] std::optional<BatchView> read_batch_binary(const Reading& reading);

// Whether the file is a batch in the binary layout: by its first bytes.
[[nodiscard]] bool is_binary(const InputFile& file);

// A reader of rows: `csv.open`, `take` for each row, `end`, `csv.finish`. True when there was no
// fault.
template <class Take, class End>
[[nodiscard]] bool read_rows(CsvReader& csv, FileType type, FileTotals* totals, Take take,
                             End end) {
  const bool opened = csv.open(type);
  if (opened) {
    CsvRow row;
    while (csv.next(row)) {
      take(row);
    }
    end();
    csv.finish();
  }
  if (totals != nullptr) {
    *totals = csv.totals();
  }
  csv.sink().sort();
  return opened && !csv.any_fault();
}

// The checks that several types share. All list a fault and go on.
class RowChecks {
 public:
  explicit RowChecks(CsvReader& csv) : csv_(csv) {}

  // With a rule book: the participant of a column is a province, or a partner.
  void province(const CsvRow& row, std::string_view column, Participant participant);
  void partner(const CsvRow& row, std::string_view column, Participant participant);
  // An id or entry id isn't newer than the file.
  void not_newer(const CsvRow& row, std::string_view column, BusinessDate date);
  // A lot's name is older than the file.
  void older(const CsvRow& row, std::string_view column, BusinessDate date);
  void missing(const CsvRow& row, std::string_view column, std::string expected);
  void unexpected(const CsvRow& row, std::string_view column, std::string expected);
  // The file cited is an earlier one of this sender.
  void earlier_sequence(const CsvRow& row, std::uint32_t sequence);

  // Text of a column of the row; empty when its kind hasn't got it.
  [[nodiscard]] static std::string_view text_of(const CsvRow& row, std::string_view column);

 private:
  CsvReader& csv_;
};

// Finds what comes twice: keys with the lines where they stand.
template <class Key>
class Doubles {
 public:
  // `text` is what a fault shows; it stays where the file is.
  void add(const Key& key, std::uint32_t line, std::string_view text) {
    rows_.push_back({key, line, text});
  }
  void reserve(std::size_t count) { rows_.reserve(count); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  // Calls `found(line, text, first line)` for each row whose key a row before it has.
  template <class Found>
  void find(Found found) {
    const auto before = [](const Entry& a, const Entry& b) {
      return a.key == b.key ? a.line < b.line : a.key < b.key;
    };
    if (!std::is_sorted(rows_.begin(), rows_.end(), before)) {
      std::sort(rows_.begin(), rows_.end(), before);
    }
    for (std::size_t i = 1, first = 0; i < rows_.size(); ++i) {
      if (rows_[i].key == rows_[first].key) {
        found(rows_[i].line, rows_[i].text, rows_[first].line);
      } else {
        first = i;
      }
    }
  }

 private:
  struct Entry {
    Key key;
    std::uint32_t line;
    std::string_view text;
  };
  std::vector<Entry> rows_;
};

}  // namespace ph
