#include "clearing/commands.h"

#include <algorithm>
#include <array>

#include "core/programme/histogram_bytes.h"
#include "core/types/bytes.h"

namespace ph {

namespace {

constexpr std::uint16_t kVersion = 1;

JournalCommand command_of(ClearingCommand kind, BusinessTime at, ByteWriter& payload) {
  return {.kind = static_cast<std::uint16_t>(kind),
          .version = kVersion,
          .at = at,
          .payload = payload.take()};
}

bool is(const JournalCommand& command, ClearingCommand kind) {
  return command.kind == static_cast<std::uint16_t>(kind) && command.version == kVersion;
}

JournalCommand digest_command(ClearingCommand kind, const Digest& blob, BusinessTime at) {
  ByteWriter out;
  out.put(blob);
  return command_of(kind, at, out);
}

bool decode_digest(const JournalCommand& command, ClearingCommand kind, Digest& out) {
  if (!is(command, kind)) {
    return false;
  }
  ByteReader in(command.payload);
  out = in.get<Digest>();
  return in.done();
}

using GradingName = std::array<char, programme::kGradingNameMax>;

void put_grading(const std::string& grading, ByteWriter& out) {
  GradingName name{};
  std::ranges::copy(grading, name.begin());
  out.put_record(name);
}

// False: it is no name, padded with zeros.
bool get_grading(ByteReader& in, std::string& out) {
  const auto name = in.get<GradingName>();
  const auto end = std::ranges::find(name, '\0');
  out.assign(name.begin(), end);
  return programme::valid_grading_name(out) &&
         std::all_of(end, name.end(), [](char c) { return c == '\0'; });
}

}  // namespace

std::string_view word(ClearingCommand kind) {
  switch (kind) {
    case ClearingCommand::kRules:
      return "RULES";
    case ClearingCommand::kCalendar:
      return "CALENDAR";
    case ClearingCommand::kOpening:
      return "OPENING";
    case ClearingCommand::kBatch:
      return "BATCH";
    case ClearingCommand::kClose:
      return "CLOSE";
    case ClearingCommand::kAsked:
      return "ASKED";
    case ClearingCommand::kAnswered:
      return "ANSWERED";
    case ClearingCommand::kMoved:
      return "MOVED";
    case ClearingCommand::kProgramme:
      return "PROGRAMME";
    case ClearingCommand::kRatingOpened:
      return "RATING_OPENED";
    case ClearingCommand::kScores:
      return "SCORES";
    case ClearingCommand::kThresholds:
      return "THRESHOLDS";
  }
  return "";
}

JournalCommand encode(const BookTaken& command, BusinessTime at) {
  return digest_command(ClearingCommand::kRules, command.blob, at);
}

JournalCommand encode(const CalendarTaken& command, BusinessTime at) {
  return digest_command(ClearingCommand::kCalendar, command.blob, at);
}

JournalCommand encode(const ProvinceOpened& command, BusinessTime at) {
  ByteWriter out;
  out.put(command.blob);
  out.put(command.province.number());
  return command_of(ClearingCommand::kOpening, at, out);
}

JournalCommand encode(const BatchTaken& command, BusinessTime at) {
  ByteWriter out;
  out.put(command.sender.number());
  out.put(command.date.count());
  out.put(command.sequence);
  out.put(static_cast<std::uint8_t>(command.next_period ? 1 : 0));
  out.put(command.batch);
  out.put(command.blob);
  out.put(command.source);
  out.put_text(command.signature);
  out.put_text(command.receipt);
  out.put_text(command.receipt_signature);
  return command_of(ClearingCommand::kBatch, at, out);
}

JournalCommand encode(const PeriodClosed& command, BusinessTime at) {
  ByteWriter out;
  out.put(command.period.count());
  out.put(command.cutoff);
  return command_of(ClearingCommand::kClose, at, out);
}

JournalCommand encode(const Asked& command, BusinessTime at) {
  const Ask& ask = command.ask;
  ByteWriter out;
  out.put(static_cast<std::uint8_t>(ask.kind));
  out.put(static_cast<std::uint8_t>(ask.form));
  out.put(static_cast<std::uint8_t>(ask.final ? 1 : 0));
  out.put(static_cast<std::uint8_t>(command.refused));
  out.put(ask.partner.number());
  out.put(std::uint16_t{0});
  out.put(ask.rate);
  out.put(ask.seconds);
  out.put(ask.member.number());
  out.put(ask.points);
  out.put(ask.units);
  out.put_record(ask.id);
  out.put_record(ask.parent);
  out.put(ask.request);
  out.put(ask.authorisation.packed());
  return command_of(ClearingCommand::kAsked, at, out);
}

JournalCommand encode(const Answered& command, BusinessTime at) {
  const Answer& answer = command.answer;
  ByteWriter out;
  out.put(static_cast<std::uint8_t>(answer.kind));
  out.put(answer.code);
  out.put(answer.home.number());
  out.put_record(answer.id);
  out.put(answer.authorisation.packed());
  out.put(answer.at);
  out.put(answer.ends);
  out.put(answer.points);
  return command_of(ClearingCommand::kAnswered, at, out);
}

JournalCommand encode(const MemberMoved& command, BusinessTime at) {
  ByteWriter out;
  out.put(command.member.number());
  out.put_record(command.move.id);
  out.put(command.move.from.number());
  out.put(command.move.to.number());
  out.put(command.move.at.seconds());
  return command_of(ClearingCommand::kMoved, at, out);
}

JournalCommand encode(const ProgrammeKept& command, BusinessTime at) {
  ByteWriter out;
  out.put(command.blob);
  out.put(command.effective.count());
  return command_of(ClearingCommand::kProgramme, at, out);
}

JournalCommand encode(const RatingOpened& command, BusinessTime at) {
  ByteWriter out;
  put_grading(command.key.grading, out);
  out.put(command.key.month.count());
  out.put(static_cast<std::uint16_t>(command.provinces.size()));
  for (const Participant province : command.provinces) {
    out.put(province.number());
  }
  return command_of(ClearingCommand::kRatingOpened, at, out);
}

JournalCommand encode(const ScoresKept& command, BusinessTime at) {
  ByteWriter out;
  out.put(command.province.number());
  put_grading(command.key.grading, out);
  out.put(command.key.month.count());
  out.put(command.revision);
  out.put(command.blob);
  out.put_text(command.signature);
  return command_of(ClearingCommand::kScores, at, out);
}

JournalCommand encode(const ThresholdsPublished& command, BusinessTime at) {
  ByteWriter out;
  put_grading(command.key.grading, out);
  out.put(command.key.month.count());
  out.put_text(command.text);
  out.put_text(command.signature);
  return command_of(ClearingCommand::kThresholds, at, out);
}

bool decode(const JournalCommand& command, BookTaken& out) {
  return decode_digest(command, ClearingCommand::kRules, out.blob);
}

bool decode(const JournalCommand& command, CalendarTaken& out) {
  return decode_digest(command, ClearingCommand::kCalendar, out.blob);
}

bool decode(const JournalCommand& command, ProvinceOpened& out) {
  if (!is(command, ClearingCommand::kOpening)) {
    return false;
  }
  ByteReader in(command.payload);
  out.blob = in.get<Digest>();
  out.province = Participant(in.get<std::uint16_t>());
  return in.done();
}

bool decode(const JournalCommand& command, BatchTaken& out) {
  if (!is(command, ClearingCommand::kBatch)) {
    return false;
  }
  ByteReader in(command.payload);
  out.sender = Participant(in.get<std::uint16_t>());
  out.date = BusinessDate(in.get<std::uint16_t>());
  out.sequence = in.get<std::uint32_t>();
  out.next_period = in.get<std::uint8_t>() != 0;
  out.batch = in.get<Digest>();
  out.blob = in.get<Digest>();
  out.source = in.get<Digest>();
  out.signature = in.get_text();
  out.receipt = in.get_text();
  out.receipt_signature = in.get_text();
  return in.done();
}

bool decode(const JournalCommand& command, PeriodClosed& out) {
  if (!is(command, ClearingCommand::kClose)) {
    return false;
  }
  ByteReader in(command.payload);
  out.period = Month(in.get<std::uint16_t>());
  out.cutoff = in.get<Digest>();
  return in.done();
}

bool decode(const JournalCommand& command, Asked& out) {
  if (!is(command, ClearingCommand::kAsked)) {
    return false;
  }
  ByteReader in(command.payload);
  out.ask.kind = static_cast<AskKind>(in.get<std::uint8_t>());
  out.ask.form = static_cast<Form>(in.get<std::uint8_t>());
  out.ask.final = in.get<std::uint8_t>() != 0;
  out.refused = static_cast<AskCode>(in.get<std::uint8_t>());
  out.ask.partner = Participant(in.get<std::uint16_t>());
  const auto zero = in.get<std::uint16_t>();
  out.ask.rate = in.get<std::uint32_t>();
  out.ask.seconds = in.get<std::uint32_t>();
  out.ask.member = Member(in.get<std::uint64_t>());
  out.ask.points = in.get<std::int64_t>();
  out.ask.units = in.get<std::int64_t>();
  out.ask.id = in.get<TransactionId>();
  out.ask.parent = in.get<TransactionId>();
  out.ask.request = in.get<Digest>();
  out.ask.authorisation = EntryId(in.get<std::uint64_t>());
  return in.done() && zero == 0 && !word(out.ask.kind).empty();
}

bool decode(const JournalCommand& command, Answered& out) {
  if (!is(command, ClearingCommand::kAnswered)) {
    return false;
  }
  ByteReader in(command.payload);
  out.answer.definite = true;
  out.answer.kind = static_cast<AskKind>(in.get<std::uint8_t>());
  out.answer.code = in.get<std::uint8_t>();
  out.answer.home = Participant(in.get<std::uint16_t>());
  out.answer.id = in.get<TransactionId>();
  out.answer.authorisation = EntryId(in.get<std::uint64_t>());
  out.answer.at = in.get<std::int64_t>();
  out.answer.ends = in.get<std::int64_t>();
  out.answer.points = in.get<std::int64_t>();
  return in.done() && !word(out.answer.kind).empty();
}

bool decode(const JournalCommand& command, MemberMoved& out) {
  if (!is(command, ClearingCommand::kMoved)) {
    return false;
  }
  ByteReader in(command.payload);
  out.member = Member(in.get<std::uint64_t>());
  out.move.id = in.get<TransactionId>();
  out.move.from = Participant(in.get<std::uint16_t>());
  out.move.to = Participant(in.get<std::uint16_t>());
  out.move.at = BusinessTime(in.get<std::int64_t>());
  out.move.live = true;
  return in.done();
}

bool decode(const JournalCommand& command, ProgrammeKept& out) {
  if (!is(command, ClearingCommand::kProgramme)) {
    return false;
  }
  ByteReader in(command.payload);
  out.blob = in.get<Digest>();
  out.effective = BusinessDate(in.get<std::uint16_t>());
  return in.done();
}

bool decode(const JournalCommand& command, RatingOpened& out) {
  if (!is(command, ClearingCommand::kRatingOpened)) {
    return false;
  }
  ByteReader in(command.payload);
  const bool named = get_grading(in, out.key.grading);
  out.key.month = Month(in.get<std::uint16_t>());
  out.provinces.clear();
  for (auto left = in.get<std::uint16_t>(); left > 0 && in.good(); --left) {
    out.provinces.emplace_back(in.get<std::uint16_t>());
  }
  return named && in.done();
}

bool decode(const JournalCommand& command, ScoresKept& out) {
  if (!is(command, ClearingCommand::kScores)) {
    return false;
  }
  ByteReader in(command.payload);
  out.province = Participant(in.get<std::uint16_t>());
  const bool named = get_grading(in, out.key.grading);
  out.key.month = Month(in.get<std::uint16_t>());
  out.revision = in.get<std::uint32_t>();
  out.blob = in.get<Digest>();
  out.signature = in.get_text();
  return named && in.done();
}

bool decode(const JournalCommand& command, ThresholdsPublished& out) {
  if (!is(command, ClearingCommand::kThresholds)) {
    return false;
  }
  ByteReader in(command.payload);
  const bool named = get_grading(in, out.key.grading);
  out.key.month = Month(in.get<std::uint16_t>());
  out.text = in.get_text();
  out.signature = in.get_text();
  return named && in.done();
}

}  // namespace ph
