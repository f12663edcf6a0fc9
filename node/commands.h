// What a node's journal holds: each command's payload, to the byte (docs/journal.md, section 4).
// Numbers of kinds are never used again; a changed payload gets a new version.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/home/live.h"
#include "core/home/member_columns.h"
#include "core/home/run.h"
#include "core/journal/block.h"
#include "core/types/date.h"
#include "node/counter.h"
#include "platform/wire/message.h"

namespace ph {

enum class NodeCommand : std::uint16_t {
  kRules = 1,
  kOpening = 2,
  kDay = 3,
  kSlice = 4,
  kSeal = 5,
  kReceipt = 6,
  kAdvices = 7,
  kOpen = 8,
  kLive = 9,
  kAsking = 10,
  kAnswered = 11,
  kMoved = 12,
  kProgramme = 13,
  kMember = 14,
  kRun = 15,
  kRunSlice = 16,
  kRunPublish = 17,
  kRunDrop = 18,
  kThresholds = 19,
};
[[nodiscard]] std::string_view word(NodeCommand kind);

// A rule book comes into force here. `blob`: the file.
struct RulesTaken {
  Digest blob{};
};
// A version of the province's programme holds from this day on. `blob`: the file. The first one
// makes the member book.
struct ProgrammeTaken {
  Digest blob{};
  BusinessDate effective{};
};
// A row of a member came live. `request`: one that is right by its bytes.
struct MemberTaken {
  MemberRequest request{};
};
// The province's state on the first day.
struct OpeningTaken {
  Digest blob{};
  BusinessDate date{};
};
// A day file was accepted: its rows will be posted.
struct DayTaken {
  Digest blob{};
  std::uint32_t sequence{};
  BusinessDate date{};
  bool empty{};  // the node made the file itself: no other had come by the cut-off
  std::uint64_t rows{};
  // By which its rows are carried out: DayFile::rules, the command's version.
  std::uint16_t rules{1};
};
// The open day's next rows are posted: at most this many steps (core/home: rows, and members that
// an expiry run looks at).
struct SlicePosted {
  std::uint32_t steps{};
  bool opening{false};  // of its opening alone: a run begins behind it, before the file's rows
};
// The open day is over and its batch sealed.
struct DaySealed {
  std::uint32_t sequence{};
  BusinessDate date{};
  Digest batch{};
  Digest blob{};
  std::uint64_t size{};  // bytes of the batch's file
};
struct ReceiptTaken {
  wire::Receipt receipt{};
};
struct AdvicesTaken {
  std::vector<wire::Advice> advices{};
};

// A day is opened without its file, for live events; the file comes later, as kDay.
struct DayOpened {
  std::uint32_t sequence{};
  BusinessDate date{};
};
// A live event was decided.
struct LiveTaken {
  LiveCommand command{};
};

// A counter wants something of another home's member: it is asked from now on, until the answer is
// definite.
struct IntentTaken {
  Intent intent{};  // without its giver, who is this province
};
// The definite answer, and with it the province's own record of goods given or taken back.
struct IntentAnswered {
  Answer answer{};  // without what it says to people
};

// The answer to a move that is done, with all that leaves the other home, and with it the MOVE_IN:
// the member and his points are at home here.
struct MoveAnswered {
  Answer answer{};  // without what it says to people
};

// A run over all members begins, on the state at this command (core/home/run_work.h).
struct RunBegun {
  RunKey key{};
  std::uint32_t number{};
  bool by_account{false};  // of a MONTHLY by PRODUCT: it keeps a result for each account
};
// Its next steps, at most so many.
struct RunStepped {
  std::uint32_t number{};
  std::uint32_t steps{};
};
// What was counted takes effect: the operator has looked at the file with this digest.
struct RunPublished {
  std::uint32_t number{};
  Digest preview{};
  std::string officer{};
};
// It never does.
struct RunDropped {
  std::uint32_t number{};
  std::string officer{};
};

// The clearing has published the thresholds that a run waits for: its line, and its signature.
struct ThresholdsTaken {
  std::uint32_t number{};
  std::string text{};
  std::string signature{};
};

[[nodiscard]] JournalCommand encode(const RulesTaken& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const OpeningTaken& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const DayTaken& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const SlicePosted& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const DaySealed& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const ReceiptTaken& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const AdvicesTaken& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const DayOpened& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const LiveTaken& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const IntentTaken& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const IntentAnswered& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const MoveAnswered& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const ProgrammeTaken& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const MemberTaken& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const RunBegun& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const RunStepped& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const RunPublished& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const RunDropped& command, BusinessTime at);
[[nodiscard]] JournalCommand encode(const ThresholdsTaken& command, BusinessTime at);

// nullopt: another kind or version, or not the bytes of one.
template <class Command>
[[nodiscard]] std::optional<Command> decode(const JournalCommand& command);
template <>
std::optional<RulesTaken> decode(const JournalCommand& command);
template <>
std::optional<OpeningTaken> decode(const JournalCommand& command);
template <>
std::optional<DayTaken> decode(const JournalCommand& command);
template <>
std::optional<SlicePosted> decode(const JournalCommand& command);
template <>
std::optional<DaySealed> decode(const JournalCommand& command);
template <>
std::optional<ReceiptTaken> decode(const JournalCommand& command);
template <>
std::optional<AdvicesTaken> decode(const JournalCommand& command);
template <>
std::optional<DayOpened> decode(const JournalCommand& command);
template <>
std::optional<LiveTaken> decode(const JournalCommand& command);
template <>
std::optional<IntentTaken> decode(const JournalCommand& command);
template <>
std::optional<IntentAnswered> decode(const JournalCommand& command);
template <>
std::optional<MoveAnswered> decode(const JournalCommand& command);
template <>
std::optional<ProgrammeTaken> decode(const JournalCommand& command);
template <>
std::optional<MemberTaken> decode(const JournalCommand& command);
template <>
std::optional<RunBegun> decode(const JournalCommand& command);
template <>
std::optional<RunStepped> decode(const JournalCommand& command);
template <>
std::optional<RunPublished> decode(const JournalCommand& command);
template <>
std::optional<RunDropped> decode(const JournalCommand& command);
template <>
std::optional<ThresholdsTaken> decode(const JournalCommand& command);

}  // namespace ph
