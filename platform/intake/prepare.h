// What comes as a file to a running process: kept in the store, read and checked whole. Reading is
// a pure function and may run on any thread; whoever owns the state then accepts or refuses the
// file by one decision, and the report says so beside the file (docs/operating.md).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/close/calendar.h"
#include "core/home/day.h"
#include "core/programme/programme.h"
#include "core/rules/rulebook.h"
#include "platform/files/read.h"
#include "platform/journal/journal.h"

namespace ph {

// A file as it was found, and what it says when it has no fault.
struct PreparedFile {
  std::string name{};
  Digest blob{};
  std::optional<FileHeader> header{};
  bool good{};          // read without a fault
  bool unread{};        // it needs a rule book, and there is none yet
  bool of_programme{};  // by its name: it has no header
  // Of a RULEBOOK the new one; else the one that it was read with.
  std::shared_ptr<const RuleBook> rules{};
  std::optional<Opening> opening{};  // province and date alone: its rows are read when taken
  std::optional<DayFile> day{};
  std::optional<PartnerDay> partner_day{};
  std::optional<CalendarYear> calendar{};
  std::shared_ptr<const Programme> programme{};
  std::vector<Fault> faults{};
  // Of a day that was read, for its report: the day itself goes to whoever takes it. Of a partner's
  // its items; of a province's rows, points and fen as its trailer has them.
  std::uint64_t rows{};
  std::int64_t points{};
  std::int64_t fen{};
};

// The file's header alone; a programme has none. `blob` is its address in the store, `bytes` lie
// there.
[[nodiscard]] PreparedFile stage_file(const std::string& name, const Digest& blob, Bytes bytes);
// Reads and checks all of it. `rules` may be null: then only a RULEBOOK can be read.
void read_file(PreparedFile& file, Bytes bytes, std::shared_ptr<const RuleBook> rules);
// Both, for bytes that are not in the store yet. A file is kept there even when it is refused:
// whoever asks later can be shown what was sent.
[[nodiscard]] PreparedFile prepare_file(const std::string& name, Bytes bytes,
                                        std::shared_ptr<const RuleBook> rules, BlobStore& blobs);

enum class IntakeVerdict : std::uint8_t {
  kAccepted,
  kCopy,     // the same bytes were accepted before
  kRefused,  // whole, with the reasons
  kWaiting,  // for something that has to come first: offer it again later
};
[[nodiscard]] std::string_view word(IntakeVerdict verdict);

// An item of a file that was accepted, and that was sent back all the same (docs/events.md, section
// 3).
struct SentBack {
  std::uint32_t entry{};
  std::string kind{};
  std::string id{};
  std::string code{};
};

// A partner's file beside what the partner asked live (docs/decisions/0015).
struct LiveRows {
  std::uint64_t both{};     // rows that came live, too: one item each
  std::uint64_t before{};   // rows left out: they came live and are in an earlier batch
  std::uint64_t pending{};  // rows whose live ask has no answer yet
  std::uint64_t added{};    // live events that no row names: in the batch all the same
};

struct IntakeAnswer {
  IntakeVerdict verdict{};
  std::string why{};  // of kWaiting and kCopy, a sentence
  std::vector<Fault> faults{};
  // Of a file whose items were all judged when it was accepted: how many, and those sent back.
  std::uint64_t items{};
  std::optional<std::vector<SentBack>> returned{};
  std::optional<LiveRows> live{};  // of a partner's file, when anything came live
};
[[nodiscard]] IntakeAnswer accepted();
[[nodiscard]] IntakeAnswer copy_of_earlier(std::string why);
[[nodiscard]] IntakeAnswer wait_for(std::string why);
// A fault of the header's line.
[[nodiscard]] IntakeAnswer refuse(const PreparedFile& file, FaultCode code, std::string column,
                                  std::string value, std::string expected);
// May the new rule book take the old one's place (core/rules/extends.h)? nullopt: it may.
[[nodiscard]] std::optional<IntakeAnswer> refuse_rules(const PreparedFile& file,
                                                       const RuleBook& before, BusinessDate today,
                                                       std::optional<Month> used);

// `text` as an operator reads it; `json` as a program does.
[[nodiscard]] std::string intake_report_text(const PreparedFile& file, const IntakeAnswer& answer);
[[nodiscard]] std::string intake_report_json(const PreparedFile& file, const IntakeAnswer& answer);

}  // namespace ph
