// The readers of all input files (docs/formats.md). A reader gives a value only when the whole file
// is right; otherwise it gives nullopt and lists every fault, at most kFaultsPerFileMax.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/batch/seal.h"
#include "core/close/calendar.h"
#include "core/close/cutoff.h"
#include "core/home/day.h"
#include "core/rules/rulebook.h"
#include "core/types/amount.h"
#include "platform/files/fault.h"
#include "platform/files/input_file.h"

namespace ph {

inline constexpr std::uint64_t kRowsPerFileMax = 200'000'000;
inline constexpr std::size_t kLineBytesMax = 1024;

enum class FileType : std::uint8_t {
  kProvinceDay,
  kPartnerDay,
  kBatch,
  kOpeningLots,
  kRulebook,
  kCalendar,
  kCutoff,
};

// The first line of a CSV file, or the header of a binary batch.
struct FileHeader {
  FileType type{};
  bool binary{};
  std::string sender{};         // code; empty in binary batches
  Participant sender_number{};  // in binary batches alone
  BusinessDate date{};
  std::uint32_t sequence{};  // 0 in types that are not numbered
  // False: it couldn't be read, and is the highest there is, so that rows are judged mildly.
  bool date_known{true};
  bool sequence_known{true};
};

// A partner's day: its batch. An item's entry is its line number in the file; counterparty is none,
// partner the sender. A WITHDRAW has kind kNone, no id and no member: they are those of the entry
// it cites.
struct PartnerDay {
  Participant sender{};
  BusinessDate date{};
  std::uint32_t sequence{};
  std::vector<Item> items{};
};

// What a file holds, whether right or wrong, by the count and the sums of its trailer: all lines
// between header and trailer are rows, those too that belong to a row above them.
struct FileTotals {
  std::optional<FileHeader> header{};
  std::uint64_t rows{};
  Int128 points{};
  Int128 fen{};
};

[[nodiscard]] std::string_view word(FileType type);

// Reads the header alone; the rest of the file isn't looked at.
[[nodiscard]] std::optional<FileHeader> read_header(const InputFile& file,
                                                    std::vector<Fault>& faults);

// `totals` are filled in when given.
[[nodiscard]] std::optional<DayFile> read_day(const InputFile& file, const RuleBook& book,
                                              std::vector<Fault>& faults,
                                              FileTotals* totals = nullptr);
[[nodiscard]] std::optional<PartnerDay> read_partner_day(const InputFile& file,
                                                         const RuleBook& book,
                                                         std::vector<Fault>& faults);
// Of one that was taken before; `check_opening` asks more.
[[nodiscard]] std::optional<Opening> read_opening(const InputFile& file, const RuleBook& book,
                                                  std::vector<Fault>& faults);
// As read_opening, but of the value only province and date are filled in: a large province's rows
// are checked without a place for all of them.
[[nodiscard]] std::optional<Opening> check_opening(const InputFile& file, const RuleBook& book,
                                                   std::vector<Fault>& faults);
// The rows of a file that was right by `check_opening`: members, then lots, then debts, each in the
// file's order. False when it isn't right any more: what was visited by then is void.
struct OpeningVisitor {
  std::function<void(Member)> member{};
  std::function<void(const OpeningLot&)> lot{};
  std::function<void(const OpeningDebt&)> debt{};
};
[[nodiscard]] bool visit_opening(const InputFile& file, const RuleBook& book,
                                 const OpeningVisitor& visit);
// The rows as they stand, codes resolved within the file; `RuleBook::build` checks them against
// each other.
[[nodiscard]] std::optional<RuleRows> read_rulebook(const InputFile& file,
                                                    std::vector<Fault>& faults);
// read_rulebook and RuleBook::build, whose faults are listed as 6xx.
[[nodiscard]] std::optional<RuleBook> load_rulebook(const InputFile& file,
                                                    std::vector<Fault>& faults);
[[nodiscard]] std::optional<CalendarYear> read_calendar(const InputFile& file, const RuleBook& book,
                                                        std::vector<Fault>& faults);
[[nodiscard]] std::optional<Cutoff> read_cutoff(const InputFile& file, const RuleBook& book,
                                                std::vector<Fault>& faults);
[[nodiscard]] std::optional<OwnedBatch> read_batch_csv(const InputFile& file, const RuleBook& book,
                                                       std::vector<Fault>& faults);
// No copy: the view lies in `file`. Lengths, values, order, sums and digest are checked.
[[nodiscard]] std::optional<BatchView> read_batch_binary(const InputFile& file,
                                                         const RuleBook& book,
                                                         std::vector<Fault>& faults);
// The same without a rule book: participants are numbers that nobody looks up.
[[nodiscard]] std::optional<BatchView> read_batch_binary(const InputFile& file,
                                                         std::vector<Fault>& faults);

}  // namespace ph
