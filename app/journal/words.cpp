#include "app/journal/words.h"

#include "clearing/commands.h"
#include "node/commands.h"

namespace ph {

namespace {

using Json = nlohmann::ordered_json;

Json node_values(const JournalCommand& command) {
  if (const auto rules = decode<RulesTaken>(command)) {
    return {{"blob", hex(rules->blob)}};
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
    return {{"steps", slice->steps}};
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
  return nullptr;
}

template <class Command>
std::optional<Command> decoded(const JournalCommand& command) {
  Command out;
  return decode(command, out) ? std::optional(std::move(out)) : std::nullopt;
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
    values["receipt"] = taken->receipt;
    return values;
  }
  if (const auto closed = decoded<PeriodClosed>(command)) {
    return {{"period", closed->period.text()}, {"cutoff", hex(closed->cutoff)}};
  }
  return nullptr;
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
