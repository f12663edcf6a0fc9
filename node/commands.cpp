#include "node/commands.h"

#include "core/types/bytes.h"

namespace ph {

namespace {

constexpr std::uint16_t kVersion = 1;
constexpr std::uint16_t kOpeningSlice = 2;  // version of a SLICE that is of the opening alone
// Of a LIVE whose answer tells a standing, and of a MOVED that brings one.
constexpr std::uint16_t kWithStanding = 2;
constexpr std::uint16_t kByAccount = 2;  // of a RUN that keeps a result for each account

JournalCommand command_of(NodeCommand kind, BusinessTime at, ByteWriter& payload) {
  return {.kind = static_cast<std::uint16_t>(kind),
          .version = kVersion,
          .at = at,
          .payload = payload.take()};
}

bool is(const JournalCommand& command, NodeCommand kind) {
  return command.kind == static_cast<std::uint16_t>(kind) && command.version == kVersion;
}

bool is_with_standing(const JournalCommand& command, NodeCommand kind) {
  return command.kind == static_cast<std::uint16_t>(kind) && command.version == kWithStanding;
}

BusinessDate get_date(ByteReader& in) {
  return BusinessDate(in.get<std::uint16_t>());
}

template <class Command>
std::optional<Command> when_done(const ByteReader& in, Command command) {
  return in.done() ? std::optional(std::move(command)) : std::nullopt;
}

}  // namespace

std::string_view word(NodeCommand kind) {
  switch (kind) {
    case NodeCommand::kRules:
      return "RULES";
    case NodeCommand::kOpening:
      return "OPENING";
    case NodeCommand::kDay:
      return "DAY";
    case NodeCommand::kSlice:
      return "SLICE";
    case NodeCommand::kSeal:
      return "SEAL";
    case NodeCommand::kReceipt:
      return "RECEIPT";
    case NodeCommand::kAdvices:
      return "ADVICES";
    case NodeCommand::kOpen:
      return "OPEN";
    case NodeCommand::kLive:
      return "LIVE";
    case NodeCommand::kAsking:
      return "ASKING";
    case NodeCommand::kAnswered:
      return "ANSWERED";
    case NodeCommand::kMoved:
      return "MOVED";
    case NodeCommand::kProgramme:
      return "PROGRAMME";
    case NodeCommand::kMember:
      return "MEMBER";
    case NodeCommand::kRun:
      return "RUN";
    case NodeCommand::kRunSlice:
      return "RUN_SLICE";
    case NodeCommand::kRunPublish:
      return "RUN_PUBLISH";
    case NodeCommand::kRunDrop:
      return "RUN_DROP";
    case NodeCommand::kThresholds:
      return "THRESHOLDS";
  }
  return "";
}

JournalCommand encode(const RulesTaken& command, BusinessTime at) {
  ByteWriter out;
  out.put(command.blob);
  return command_of(NodeCommand::kRules, at, out);
}

JournalCommand encode(const OpeningTaken& command, BusinessTime at) {
  ByteWriter out;
  out.put(command.blob);
  out.put(command.date.count());
  return command_of(NodeCommand::kOpening, at, out);
}

JournalCommand encode(const DayTaken& command, BusinessTime at) {
  ByteWriter out;
  out.put(command.blob);
  out.put(command.sequence);
  out.put(command.date.count());
  out.put(static_cast<std::uint8_t>(command.empty ? 1 : 0));
  out.put(command.rows);
  JournalCommand made = command_of(NodeCommand::kDay, at, out);
  made.version = command.rules;
  return made;
}

JournalCommand encode(const SlicePosted& command, BusinessTime at) {
  ByteWriter out;
  out.put(command.steps);
  JournalCommand made = command_of(NodeCommand::kSlice, at, out);
  made.version = command.opening ? kOpeningSlice : kVersion;
  return made;
}

JournalCommand encode(const DaySealed& command, BusinessTime at) {
  ByteWriter out;
  out.put(command.sequence);
  out.put(command.date.count());
  out.put(command.batch);
  out.put(command.blob);
  out.put(command.size);
  return command_of(NodeCommand::kSeal, at, out);
}

JournalCommand encode(const ReceiptTaken& command, BusinessTime at) {
  const wire::Receipt& receipt = command.receipt;
  ByteWriter out;
  out.put(receipt.sequence);
  out.put_text(receipt.text);
  out.put_text(receipt.signature);
  out.put(static_cast<std::uint8_t>(receipt.more ? 1 : 0));
  out.put(static_cast<std::uint32_t>(receipt.returned.size()));
  for (const wire::Returned& item : receipt.returned) {
    out.put(item.entry);
    out.put(item.kind);
    out.put(item.code);
    out.put_record(item.id);
  }
  return command_of(NodeCommand::kReceipt, at, out);
}

JournalCommand encode(const AdvicesTaken& command, BusinessTime at) {
  ByteWriter out;
  out.put(static_cast<std::uint32_t>(command.advices.size()));
  for (const wire::Advice& advice : command.advices) {
    out.put(advice.number);
    out.put(advice.home.number());
    out.put(advice.date.count());
    out.put(advice.sequence);
    for (const std::int64_t sum : {advice.issued, advice.redeemed, advice.expired, advice.forfeited,
                                   advice.moved, advice.repaid}) {
      out.put(sum);
    }
  }
  return command_of(NodeCommand::kAdvices, at, out);
}

JournalCommand encode(const DayOpened& command, BusinessTime at) {
  ByteWriter out;
  out.put(command.sequence);
  out.put(command.date.count());
  return command_of(NodeCommand::kOpen, at, out);
}

JournalCommand encode(const LiveTaken& command, BusinessTime at) {
  ByteWriter out;
  put_live(out, command.command);
  JournalCommand made = command_of(NodeCommand::kLive, at, out);
  made.version = command.command.tells_standing ? kWithStanding : kVersion;
  return made;
}

JournalCommand encode(const IntentTaken& command, BusinessTime at) {
  const Intent& intent = command.intent;
  const Ask& ask = intent.ask;
  ByteWriter out;
  out.put(static_cast<std::uint8_t>(ask.kind));
  out.put(static_cast<std::uint8_t>(ask.form));
  out.put(static_cast<std::uint8_t>(ask.final ? 1 : 0));
  out.put_record(ask.id);
  out.put_record(ask.parent);
  out.put(ask.member.number());
  out.put(ask.seconds);
  for (const std::int64_t amount : {ask.points, intent.cost, intent.freight, intent.cash}) {
    out.put(amount);
  }
  return command_of(NodeCommand::kAsking, at, out);
}

JournalCommand encode(const IntentAnswered& command, BusinessTime at) {
  const Answer& answer = command.answer;
  ByteWriter out;
  out.put(static_cast<std::uint8_t>(answer.kind));
  out.put_record(answer.id);
  out.put(answer.code);
  out.put(answer.home.number());
  out.put(answer.authorisation.packed());
  for (const std::int64_t value : {answer.at, answer.ends, answer.points}) {
    out.put(value);
  }
  return command_of(NodeCommand::kAnswered, at, out);
}

JournalCommand encode(const MoveAnswered& command, BusinessTime at) {
  const Answer& answer = command.answer;
  ByteWriter out;
  out.put_record(answer.id);
  out.put(answer.home.number());
  out.put(answer.at);
  put_children(out, answer.slices);
  if (!answer.standing.empty()) {
    out.put(static_cast<std::uint32_t>(answer.standing.size()));
    out.put_raw(answer.standing);
  }
  JournalCommand made = command_of(NodeCommand::kMoved, at, out);
  made.version = answer.standing.empty() ? kVersion : kWithStanding;
  return made;
}

JournalCommand encode(const ProgrammeTaken& command, BusinessTime at) {
  ByteWriter out;
  out.put(command.blob);
  out.put(command.effective.count());
  return command_of(NodeCommand::kProgramme, at, out);
}

JournalCommand encode(const MemberTaken& command, BusinessTime at) {
  const std::vector<std::byte> bytes = bytes_of(command.request.row, command.request.inputs);
  ByteWriter out;
  out.put_raw(bytes);
  return command_of(NodeCommand::kMember, at, out);
}

JournalCommand encode(const RunBegun& command, BusinessTime at) {
  ByteWriter out;
  out.put(static_cast<std::uint8_t>(command.key.kind));
  out.put(command.key.grading);
  out.put(command.key.reference.count());
  out.put(command.number);
  JournalCommand made = command_of(NodeCommand::kRun, at, out);
  made.version = command.by_account ? kByAccount : kVersion;
  return made;
}

JournalCommand encode(const RunStepped& command, BusinessTime at) {
  ByteWriter out;
  out.put(command.number);
  out.put(command.steps);
  return command_of(NodeCommand::kRunSlice, at, out);
}

JournalCommand encode(const RunPublished& command, BusinessTime at) {
  ByteWriter out;
  out.put(command.number);
  out.put(command.preview);
  out.put_text(command.officer);
  return command_of(NodeCommand::kRunPublish, at, out);
}

JournalCommand encode(const RunDropped& command, BusinessTime at) {
  ByteWriter out;
  out.put(command.number);
  out.put_text(command.officer);
  return command_of(NodeCommand::kRunDrop, at, out);
}

JournalCommand encode(const ThresholdsTaken& command, BusinessTime at) {
  ByteWriter out;
  out.put(command.number);
  out.put_text(command.text);
  out.put_text(command.signature);
  return command_of(NodeCommand::kThresholds, at, out);
}

template <>
std::optional<RunBegun> decode(const JournalCommand& command) {
  const bool by_account = command.version == kByAccount;
  if (command.kind != static_cast<std::uint16_t>(NodeCommand::kRun) ||
      (!by_account && command.version != kVersion)) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  RunBegun begun{.by_account = by_account};
  begun.key.kind = static_cast<RunKind>(in.get<std::uint8_t>());
  begun.key.grading = in.get<std::uint8_t>();
  begun.key.reference = Month(in.get<std::uint16_t>());
  begun.number = in.get<std::uint32_t>();
  return when_done(in, begun);
}

template <>
std::optional<RunStepped> decode(const JournalCommand& command) {
  if (!is(command, NodeCommand::kRunSlice)) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  RunStepped slice;
  slice.number = in.get<std::uint32_t>();
  slice.steps = in.get<std::uint32_t>();
  return when_done(in, slice);
}

template <>
std::optional<RunPublished> decode(const JournalCommand& command) {
  if (!is(command, NodeCommand::kRunPublish)) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  RunPublished published;
  published.number = in.get<std::uint32_t>();
  published.preview = in.get<Digest>();
  published.officer = in.get_text();
  return when_done(in, std::move(published));
}

template <>
std::optional<RunDropped> decode(const JournalCommand& command) {
  if (!is(command, NodeCommand::kRunDrop)) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  RunDropped dropped;
  dropped.number = in.get<std::uint32_t>();
  dropped.officer = in.get_text();
  return when_done(in, std::move(dropped));
}

template <>
std::optional<ThresholdsTaken> decode(const JournalCommand& command) {
  if (!is(command, NodeCommand::kThresholds)) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  ThresholdsTaken taken;
  taken.number = in.get<std::uint32_t>();
  taken.text = in.get_text();
  taken.signature = in.get_text();
  return when_done(in, std::move(taken));
}

template <>
std::optional<RulesTaken> decode(const JournalCommand& command) {
  if (!is(command, NodeCommand::kRules)) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  const RulesTaken taken{.blob = in.get<Digest>()};
  return when_done(in, taken);
}

template <>
std::optional<MemberTaken> decode(const JournalCommand& command) {
  if (!is(command, NodeCommand::kMember)) {
    return std::nullopt;
  }
  auto request = right_member_row(command.payload);
  return request ? std::optional(MemberTaken{std::move(*request)}) : std::nullopt;
}

template <>
std::optional<ProgrammeTaken> decode(const JournalCommand& command) {
  if (!is(command, NodeCommand::kProgramme)) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  ProgrammeTaken taken;
  taken.blob = in.get<Digest>();
  taken.effective = get_date(in);
  return when_done(in, taken);
}

template <>
std::optional<OpeningTaken> decode(const JournalCommand& command) {
  if (!is(command, NodeCommand::kOpening)) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  OpeningTaken taken;
  taken.blob = in.get<Digest>();
  taken.date = get_date(in);
  return when_done(in, taken);
}

template <>
std::optional<DayTaken> decode(const JournalCommand& command) {
  if (command.kind != static_cast<std::uint16_t>(NodeCommand::kDay) || command.version < kVersion ||
      command.version > DayFile::kRulesOfToday) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  DayTaken taken{.rules = command.version};
  taken.blob = in.get<Digest>();
  taken.sequence = in.get<std::uint32_t>();
  taken.date = get_date(in);
  taken.empty = in.get<std::uint8_t>() != 0;
  taken.rows = in.get<std::uint64_t>();
  return when_done(in, taken);
}

template <>
std::optional<SlicePosted> decode(const JournalCommand& command) {
  const bool opening = command.kind == static_cast<std::uint16_t>(NodeCommand::kSlice) &&
                       command.version == kOpeningSlice;
  if (!opening && !is(command, NodeCommand::kSlice)) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  const SlicePosted posted{.steps = in.get<std::uint32_t>(), .opening = opening};
  return when_done(in, posted);
}

template <>
std::optional<DaySealed> decode(const JournalCommand& command) {
  if (!is(command, NodeCommand::kSeal)) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  DaySealed sealed;
  sealed.sequence = in.get<std::uint32_t>();
  sealed.date = get_date(in);
  sealed.batch = in.get<Digest>();
  sealed.blob = in.get<Digest>();
  sealed.size = in.get<std::uint64_t>();
  return when_done(in, sealed);
}

template <>
std::optional<ReceiptTaken> decode(const JournalCommand& command) {
  if (!is(command, NodeCommand::kReceipt)) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  wire::Receipt receipt;
  receipt.sequence = in.get<std::uint32_t>();
  receipt.text = in.get_text();
  receipt.signature = in.get_text();
  receipt.more = in.get<std::uint8_t>() != 0;
  const auto count = in.get<std::uint32_t>();
  for (std::uint32_t n = 0; n < count && in.good(); ++n) {
    wire::Returned item;
    item.entry = in.get<std::uint32_t>();
    item.kind = in.get<std::uint8_t>();
    item.code = in.get<std::uint8_t>();
    item.id = in.get<TransactionId>();
    receipt.returned.push_back(item);
  }
  return when_done(in, ReceiptTaken{.receipt = std::move(receipt)});
}

template <>
std::optional<AdvicesTaken> decode(const JournalCommand& command) {
  if (!is(command, NodeCommand::kAdvices)) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  AdvicesTaken taken;
  const auto count = in.get<std::uint32_t>();
  for (std::uint32_t n = 0; n < count && in.good(); ++n) {
    wire::Advice advice;
    advice.number = in.get<std::uint64_t>();
    advice.home = Participant(in.get<std::uint16_t>());
    advice.date = get_date(in);
    advice.sequence = in.get<std::uint32_t>();
    for (std::int64_t* sum : {&advice.issued, &advice.redeemed, &advice.expired, &advice.forfeited,
                              &advice.moved, &advice.repaid}) {
      *sum = in.get<std::int64_t>();
    }
    taken.advices.push_back(advice);
  }
  return when_done(in, std::move(taken));
}

template <>
std::optional<DayOpened> decode(const JournalCommand& command) {
  if (!is(command, NodeCommand::kOpen)) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  DayOpened opened;
  opened.sequence = in.get<std::uint32_t>();
  opened.date = get_date(in);
  return when_done(in, opened);
}

template <>
std::optional<LiveTaken> decode(const JournalCommand& command) {
  const bool standing = is_with_standing(command, NodeCommand::kLive);
  if (!standing && !is(command, NodeCommand::kLive)) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  LiveTaken taken{.command = get_live(in)};
  taken.command.tells_standing = standing;
  return when_done(in, std::move(taken));
}

template <>
std::optional<IntentTaken> decode(const JournalCommand& command) {
  if (!is(command, NodeCommand::kAsking)) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  IntentTaken taken;
  Intent& intent = taken.intent;
  Ask& ask = intent.ask;
  ask.kind = static_cast<AskKind>(in.get<std::uint8_t>());
  ask.form = static_cast<Form>(in.get<std::uint8_t>());
  ask.final = in.get<std::uint8_t>() != 0;
  ask.id = in.get<TransactionId>();
  ask.parent = in.get<TransactionId>();
  ask.member = Member(in.get<std::uint64_t>());
  ask.seconds = in.get<std::uint32_t>();
  for (std::int64_t* amount : {&ask.points, &intent.cost, &intent.freight, &intent.cash}) {
    *amount = in.get<std::int64_t>();
  }
  return when_done(in, std::move(taken));
}

template <>
std::optional<IntentAnswered> decode(const JournalCommand& command) {
  if (!is(command, NodeCommand::kAnswered)) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  IntentAnswered taken;
  Answer& answer = taken.answer;
  answer.definite = true;
  answer.kind = static_cast<AskKind>(in.get<std::uint8_t>());
  answer.id = in.get<TransactionId>();
  answer.code = in.get<std::uint8_t>();
  answer.home = Participant(in.get<std::uint16_t>());
  answer.authorisation = EntryId(in.get<std::uint64_t>());
  for (std::int64_t* value : {&answer.at, &answer.ends, &answer.points}) {
    *value = in.get<std::int64_t>();
  }
  return when_done(in, std::move(taken));
}

template <>
std::optional<MoveAnswered> decode(const JournalCommand& command) {
  const bool standing = is_with_standing(command, NodeCommand::kMoved);
  if (!standing && !is(command, NodeCommand::kMoved)) {
    return std::nullopt;
  }
  ByteReader in(command.payload);
  MoveAnswered taken;
  Answer& answer = taken.answer;
  answer.definite = true;
  answer.kind = AskKind::kMove;
  answer.id = in.get<TransactionId>();
  answer.home = Participant(in.get<std::uint16_t>());
  answer.at = in.get<std::int64_t>();
  answer.slices = get_children(in);
  for (const AskSlice& slice : answer.slices) {
    answer.points += slice.source == Source::kDebt ? 0 : slice.points;
  }
  if (standing) {
    const Bytes bytes = in.get_raw(in.get<std::uint32_t>());
    if (bytes.empty() || bytes.size() > kStandingBytesMax) {
      return std::nullopt;
    }
    answer.standing.assign(bytes.begin(), bytes.end());
  }
  return when_done(in, std::move(taken));
}

}  // namespace ph
