#include "app/journal/words.h"

#include <cstring>

#include "clearing/commands.h"
#include "core/home/home.h"
#include "core/home/member_columns.h"
#include "node/commands.h"

namespace ph {

namespace {

using Json = nlohmann::ordered_json;

// As the formats write ids, with numbers for codes: 101/20260401/AB-1.
std::string id_words(const TransactionId& id) {
  return std::to_string(id.participant.number()) + "/" + id.date.compact_text() + "/" +
         std::string(id.reference_text());
}

std::string digits_of(Bytes bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const std::byte byte : bytes) {
    out += kDigits[std::to_integer<unsigned>(byte) >> 4U];
    out += kDigits[std::to_integer<unsigned>(byte) & 15U];
  }
  return out;
}

// What an event doesn't have isn't shown.
void add(Json& values, const char* name, std::int64_t value) {
  if (value != 0) {
    values[name] = value;
  }
}
void add(Json& values, const char* name, Participant value) {
  add(values, name, std::int64_t{value.number()});
}
void add(Json& values, const char* name, std::string_view value) {
  if (!value.empty()) {
    values[name] = std::string(value);
  }
}
void add(Json& values, const char* name, const TransactionId& value) {
  add(values, name, value.none() ? "" : id_words(value));
}
void add(Json& values, const char* name, EntryId value) {
  add(values, name, value.none() ? TransactionId() : TransactionId::of(value));
}
void add(Json& values, const char* name, Member value) {
  add(values, name, value.none() ? "" : value.text());
}

Json live_values(const LiveCommand& command) {
  const DayRow& row = command.row;
  Json values{{"event", std::string(word(row.kind))}, {"id", id_words(row.id)}};
  add(values, row.kind == RowKind::kCapture || row.kind == RowKind::kVoid ? "hold" : "parent",
      row.parent);
  add(values, "member", row.member);
  add(values, "points", row.points);
  add(values, "form", word(row.form));
  add(values, "final", row.flag);
  add(values, "giver", row.giver);
  add(values, "partner", row.partner);
  add(values, "home", row.other);
  add(values, "units", row.units);
  add(values, "rate", row.rate);
  add(values, "lot", row.lot);
  add(values, "authorisation", row.authorisation);
  add(values, "cost", row.cost);
  add(values, "freight", row.freight);
  add(values, "cash", row.cash);
  add(values, "seconds", command.hold_seconds);
  add(values, "slices", static_cast<std::int64_t>(command.children.size()));
  return values;
}

Json ask_values(const Ask& ask) {
  Json values{{"event", std::string(word(ask.kind))}, {"id", id_words(ask.id)}};
  add(values, cites_hold(ask.kind) ? "hold" : "parent", ask.parent);
  add(values, "member", ask.member);
  add(values, "points", ask.points);
  add(values, "form", word(ask.form));
  add(values, "final", ask.final ? 1 : 0);
  add(values, "partner", ask.partner);
  add(values, "units", ask.units);
  add(values, "rate", ask.rate);
  add(values, "authorisation", ask.authorisation);
  add(values, "seconds", ask.seconds);
  return values;
}

Json asked_values(const Asked& asked) {
  const Json ask = ask_values(asked.ask);
  Json values{
      {"event", ask["event"]}, {"id", ask["id"]}, {"refused", static_cast<int>(asked.refused)}};
  values.update(ask);
  values["request"] = hex(asked.ask.request);
  return values;
}

Json answered_values(const Answer& answer) {
  Json values{{"event", std::string(word(answer.kind))},
              {"id", id_words(answer.id)},
              {"code", answer.code},
              {"home", answer.home.number()},
              {"decided", BusinessTime(answer.at).text()}};
  add(values, "authorisation", answer.authorisation);
  add(values, "points", answer.points);
  add(values, "ends", answer.ends == 0 ? "" : BusinessTime(answer.ends).text());
  return values;
}

std::size_t place(MemberField field, MemberField first) {
  return static_cast<std::size_t>(field) - static_cast<std::size_t>(first);
}

// A value as its column says it; what isn't given isn't shown.
void add_column(Json& values, const MemberColumn& column, const MemberRow& row) {
  using F = MemberField;
  const std::string key(column.name);
  switch (column.field) {
    case F::kMember:
      return add(values, key.c_str(), row.member);
    case F::kOther:
      return add(values, key.c_str(), row.other);
    case F::kPartner:
      return add(values, key.c_str(), row.id.participant);
    case F::kAccount:
      return add(
          values, key.c_str(),
          std::string_view(row.account.data(), ::strnlen(row.account.data(), row.account.size())));
    case F::kMonth:
      values[key] = row.month.text();
      return;
    case F::kDate:
      values[key] = row.date.text();
      return;
    case F::kUntilMonth:
      values[key] = Month(row.until).text();
      return;
    case F::kUntilDate:
      return add(values, key.c_str(), row.until == 0 ? "" : BusinessDate(row.until).text());
    case F::kWord:
      values[key] = std::string(column.words[row.word - 1U]);
      return;
    case F::kFlag0:
    case F::kFlag1:
      values[key] = row.flag.at(place(column.field, F::kFlag0));
      return;
    case F::kNumber0:
    case F::kNumber1:
    case F::kNumber2:
      return add(values, key.c_str(), row.number.at(place(column.field, F::kNumber0)));
    case F::kName0:
    case F::kName1:
    case F::kName2:
      return add(values, key.c_str(), text_of(row.name.at(place(column.field, F::kName0))));
    case F::kId:
      return;  // It stands in front.
    case F::kParent:
      return add(values, key.c_str(), row.parent);
    case F::kPoints:
    case F::kUnits:
    case F::kChange:
      return add(values, key.c_str(), row.points);
    case F::kFen0:
    case F::kFen1:
    case F::kFen2:
      return add(values, key.c_str(), row.fen.at(place(column.field, F::kFen0)));
    case F::kOfficer:
      return add(values, key.c_str(), text_of(row.officer));
  }
}

// The columns of the row, by their names in a day's file.
Json member_values(const MemberRequest& request) {
  const MemberRow& row = request.row;
  Json values{{"row", std::string(word(row.kind))}, {"id", id_words(row.id)}};
  for (const MemberColumn& column : columns_of(row.kind)) {
    add_column(values, column, row);
  }
  add(values, "inputs", static_cast<std::int64_t>(request.inputs.size()));
  return values;
}

Json run_values(const JournalCommand& command) {
  if (const auto begun = decode<RunBegun>(command)) {
    // Not `kind`: that is the command's number.
    Json values{{"number", begun->number},
                {"run", std::string(word(begun->key.kind))},
                {"of", begun->key.reference.text()}};
    add(values, "grading", begun->key.grading);
    return values;
  }
  if (const auto slice = decode<RunStepped>(command)) {
    return {{"number", slice->number}, {"steps", slice->steps}};
  }
  if (const auto published = decode<RunPublished>(command)) {
    return {{"number", published->number},
            {"preview", hex(published->preview)},
            {"officer", published->officer}};
  }
  if (const auto dropped = decode<RunDropped>(command)) {
    return {{"number", dropped->number}, {"officer", dropped->officer}};
  }
  if (const auto taken = decode<ThresholdsTaken>(command)) {
    return {{"number", taken->number}, {"text", taken->text}};
  }
  return nullptr;
}

Json node_values(const JournalCommand& command) {
  if (const auto rules = decode<RulesTaken>(command)) {
    return {{"blob", hex(rules->blob)}};
  }
  if (const auto programme = decode<ProgrammeTaken>(command)) {
    return {{"blob", hex(programme->blob)}, {"effective", programme->effective.text()}};
  }
  if (const auto member = decode<MemberTaken>(command)) {
    Json values = member_values(member->request);
    values["payload"] = digits_of(command.payload);
    return values;
  }
  if (const auto opening = decode<OpeningTaken>(command)) {
    return {{"blob", hex(opening->blob)}, {"date", opening->date.text()}};
  }
  if (const auto day = decode<DayTaken>(command)) {
    return {{"sequence", day->sequence},
            {"date", day->date.text()},
            {"rows", day->rows},
            {"empty", day->empty},
            {"blob", hex(day->blob)}};
  }
  if (const auto slice = decode<SlicePosted>(command)) {
    return slice->opening ? Json{{"steps", slice->steps}, {"opening", true}}
                          : Json{{"steps", slice->steps}};
  }
  if (const auto seal = decode<DaySealed>(command)) {
    return {{"sequence", seal->sequence},
            {"date", seal->date.text()},
            {"bytes", seal->size},
            {"batch", hex(seal->batch)},
            {"blob", hex(seal->blob)}};
  }
  if (const auto taken = decode<ReceiptTaken>(command)) {
    return {{"sequence", taken->receipt.sequence},
            {"returned", taken->receipt.returned.size()},
            {"text", taken->receipt.text}};
  }
  if (const auto advices = decode<AdvicesTaken>(command); advices && !advices->advices.empty()) {
    return {{"first", advices->advices.front().number}, {"last", advices->advices.back().number}};
  }
  if (const auto opened = decode<DayOpened>(command)) {
    return {{"sequence", opened->sequence}, {"date", opened->date.text()}};
  }
  if (const auto live = decode<LiveTaken>(command)) {
    return live_values(live->command);
  }
  if (const auto asking = decode<IntentTaken>(command)) {
    return ask_values(asking->intent.ask);
  }
  if (const auto answered = decode<IntentAnswered>(command)) {
    return answered_values(answered->answer);
  }
  if (const auto moved = decode<MoveAnswered>(command)) {
    Json values = answered_values(moved->answer);
    values["slices"] = moved->answer.slices.size();
    if (!moved->answer.standing.empty()) {
      values["standing"] = moved->answer.standing.size();
    }
    return values;
  }
  return run_values(command);
}

template <class Command>
std::optional<Command> decoded(const JournalCommand& command) {
  Command out;
  return decode(command, out) ? std::optional(std::move(out)) : std::nullopt;
}

Json rating_values(const JournalCommand& command) {
  if (const auto programme = decoded<ProgrammeKept>(command)) {
    return {{"effective", programme->effective.text()}, {"blob", hex(programme->blob)}};
  }
  if (const auto opened = decoded<RatingOpened>(command)) {
    Json values{{"grading", opened->key.grading},
                {"month", opened->key.month.text()},
                {"provinces", Json::array()}};
    for (const Participant province : opened->provinces) {
      values["provinces"].push_back(province.number());
    }
    return values;
  }
  if (const auto scores = decoded<ScoresKept>(command)) {
    return {{"province", scores->province.number()},
            {"grading", scores->key.grading},
            {"month", scores->key.month.text()},
            {"revision", scores->revision},
            {"blob", hex(scores->blob)}};
  }
  if (const auto published = decoded<ThresholdsPublished>(command)) {
    return {{"text", published->text}};
  }
  return nullptr;
}

Json clearing_values(const JournalCommand& command) {
  if (const auto rules = decoded<BookTaken>(command)) {
    return {{"blob", hex(rules->blob)}};
  }
  if (const auto calendar = decoded<CalendarTaken>(command)) {
    return {{"blob", hex(calendar->blob)}};
  }
  if (const auto opened = decoded<ProvinceOpened>(command)) {
    return {{"province", opened->province.number()}, {"blob", hex(opened->blob)}};
  }
  if (const auto taken = decoded<BatchTaken>(command)) {
    Json values{{"sender", taken->sender.number()}, {"sequence", taken->sequence},
                {"date", taken->date.text()},       {"behind", taken->next_period},
                {"batch", hex(taken->batch)},       {"blob", hex(taken->blob)}};
    if (taken->source != Digest{}) {
      values["source"] = hex(taken->source);
    }
    if (taken->live_alone()) {
      values["live"] = true;
    }
    values["receipt"] = taken->receipt;
    return values;
  }
  if (const auto closed = decoded<PeriodClosed>(command)) {
    return {{"period", closed->period.text()}, {"cutoff", hex(closed->cutoff)}};
  }
  if (const auto asked = decoded<Asked>(command)) {
    return asked_values(*asked);
  }
  if (const auto answered = decoded<Answered>(command)) {
    return answered_values(answered->answer);
  }
  if (const auto moved = decoded<MemberMoved>(command)) {
    return {{"member", moved->member.text()},
            {"id", id_words(moved->move.id)},
            {"from", moved->move.from.number()},
            {"to", moved->move.to.number()},
            {"left", moved->move.at.text()}};
  }
  return rating_values(command);
}

}  // namespace

Json command_words(JournalOf of, const JournalCommand& command) {
  Json values;
  std::string_view name;
  if (of == JournalOf::kNode) {
    values = node_values(command);
    name = word(static_cast<NodeCommand>(command.kind));
  } else if (of == JournalOf::kClearing) {
    values = clearing_values(command);
    name = word(static_cast<ClearingCommand>(command.kind));
  }
  Json words{{"name", values.is_null() ? "" : std::string(name)}};
  if (values.is_null()) {
    words["payload"] = digits_of(command.payload);
  } else {
    words.update(values);
  }
  return words;
}

}  // namespace ph
