// What the clearing's journal holds: each command's payload, to the byte (docs/journal.md, section
// 5). Numbers of kinds are never used again; a changed payload gets a new version.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clearing/rating_book.h"
#include "core/journal/block.h"
#include "core/switch/home_directory.h"
#include "core/types/ask.h"
#include "core/types/id.h"

namespace ph {

enum class ClearingCommand : std::uint16_t {
  kRules = 1,
  kCalendar = 2,
  kOpening = 3,
  kBatch = 4,
  kClose = 5,
  kAsked = 6,
  kAnswered = 7,
  kMoved = 8,
  kProgramme = 9,
  kRatingOpened = 10,
  kScores = 11,
  kThresholds = 12,
};
[[nodiscard]] std::string_view word(ClearingCommand kind);

// A rule book comes into force here. `blob`: the file.
struct BookTaken {
  Digest blob{};
};
struct CalendarTaken {
  Digest blob{};
};
struct ProvinceOpened {
  Digest blob{};
  Participant province{};
};
// A batch was taken; its receipt is what the sender gets, now and whenever it asks again.
struct BatchTaken {
  Participant sender{};
  std::uint32_t sequence{};
  BusinessDate date{};
  bool next_period{};  // it lies behind the cut-off of the period that was open
  Digest batch{};
  Digest blob{};
  Digest source{};  // the day file it was sealed from here; zeros: it was sent, or sealed from the
                    // partner's live events alone
  std::string signature{};  // the sender's, over batch or source; of live events alone none
  std::string receipt{};
  std::string receipt_signature{};

  [[nodiscard]] bool live_alone() const { return source == Digest{} && signature.empty(); }
};
// A period was closed: its cut-off record.
struct PeriodClosed {
  Month period{};
  Digest cutoff{};  // blob
};

// What a partner asked: recorded before its home is asked, or refused here. Without slices.
struct Asked {
  Ask ask{};
  AskCode refused{};  // kDone: the home is asked
};
// The home's definite answer to what is pending. Without what it says for people.
struct Answered {
  Answer answer{};
};

// A member moved live: his old home's answer is passed on to the new one after this.
struct MemberMoved {
  Member member{};
  Move move{};
};

// A version of the programme holds from `effective` on: by it months are rated.
struct ProgrammeKept {
  Digest blob{};
  BusinessDate effective{};
};
// A month of a grading is rated from the scores of these provinces; said again before thresholds
// are published, it is other provinces.
struct RatingOpened {
  RatingKey key{};
  std::vector<Participant> provinces{};  // ascending, one at least
};
// A province's histogram was taken. `blob` is its digest, too.
struct ScoresKept {
  Participant province{};
  RatingKey key{};
  std::uint32_t revision{};
  Digest blob{};
  std::string signature{};
};
struct ThresholdsPublished {
  RatingKey key{};
  std::string text{};
  std::string signature{};
};

[[nodiscard]] JournalCommand encode(const BookTaken& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const CalendarTaken& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const ProvinceOpened& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const BatchTaken& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const PeriodClosed& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const Asked& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const Answered& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const MemberMoved& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const ProgrammeKept& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const RatingOpened& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const ScoresKept& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const ThresholdsPublished& command, BusinessTime at);

// False: another kind or version, or not the bytes of one.
[[nodiscard]] bool decode(const JournalCommand& command, BookTaken& out);
[[nodiscard]] bool decode(const JournalCommand& command, CalendarTaken& out);
[[nodiscard]] bool decode(const JournalCommand& command, ProvinceOpened& out);
[[nodiscard]] bool decode(const JournalCommand& command, BatchTaken& out);
[[nodiscard]] bool decode(const JournalCommand& command, PeriodClosed& out);
[[nodiscard]] bool decode(const JournalCommand& command, Asked& out);
[[nodiscard]] bool decode(const JournalCommand& command, Answered& out);
[[nodiscard]] bool decode(const JournalCommand& command, MemberMoved& out);
[[nodiscard]] bool decode(const JournalCommand& command, ProgrammeKept& out);
[[nodiscard]] bool decode(const JournalCommand& command, RatingOpened& out);
[[nodiscard]] bool decode(const JournalCommand& command, ScoresKept& out);
[[nodiscard]] bool decode(const JournalCommand& command, ThresholdsPublished& out);

}  // namespace ph
