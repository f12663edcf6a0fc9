#include "platform/intake/prepare.h"

#include <algorithm>

#include "core/rules/extends.h"
#include "core/switch/switch_book.h"
#include "platform/files/check.h"
#include "platform/files/read_programme.h"

namespace ph {

std::string_view word(IntakeVerdict verdict) {
  switch (verdict) {
    case IntakeVerdict::kAccepted:
      return "accepted";
    case IntakeVerdict::kCopy:
      return "copy";
    case IntakeVerdict::kRefused:
      return "refused";
    case IntakeVerdict::kWaiting:
      return "waiting";
  }
  return "";
}

namespace {

template <class T>
bool kept(std::optional<T>& to, std::optional<T> read) {
  to = std::move(read);
  return to.has_value();
}

// Rows and sums are those of the trailer, as `check` tells them.
bool kept_day(const InputFile& file, PreparedFile& out) {
  FileTotals totals;
  if (!kept(out.day, read_day(file, *out.rules, out.faults, &totals))) {
    return false;
  }
  out.rows = totals.rows;
  out.points = static_cast<std::int64_t>(totals.points);
  out.fen = static_cast<std::int64_t>(totals.fen);
  return true;
}

bool read_by_type(const InputFile& file, PreparedFile& out) {
  switch (out.header->type) {
    case FileType::kRulebook: {
      auto book = load_rulebook(file, out.faults);
      if (book) {
        out.rules = std::make_shared<const RuleBook>(std::move(*book));
      }
      return book.has_value();
    }
    case FileType::kOpeningLots:
      return kept(out.opening, check_opening(file, *out.rules, out.faults));
    case FileType::kProvinceDay:
      return kept_day(file, out);
    case FileType::kPartnerDay:
      return kept(out.partner_day, read_partner_day(file, *out.rules, out.faults));
    case FileType::kCalendar:
      return kept(out.calendar, read_calendar(file, *out.rules, out.faults));
    case FileType::kBatch:
    case FileType::kCutoff:
      return true;  // Nobody takes them; the decision says so.
  }
  return false;
}

// Alone, and against the rule book that is in force.
void read_programme_file(PreparedFile& file, Bytes bytes) {
  file.unread = !file.rules;
  auto made = read_programme(InputFile(file.name, bytes), file.faults);
  if (made) {
    check_new_programme(*made, file.name, file.faults);
  }
  if (made && file.rules) {
    check_programme_rules(*made, *file.rules, file.name, file.faults);
  }
  file.unread = file.unread && file.faults.empty();
  file.good = made.has_value() && file.rules && file.faults.empty();
  if (file.good) {
    file.programme = std::make_shared<const Programme>(std::move(*made));
  }
}

}  // namespace

PreparedFile stage_file(const std::string& name, const Digest& blob, Bytes bytes) {
  PreparedFile out{.name = name, .blob = blob};
  if (is_programme_name(name)) {
    out.of_programme = true;
    return out;
  }
  out.header = read_header(InputFile(name, bytes), out.faults);
  return out;
}

void read_file(PreparedFile& file, Bytes bytes, std::shared_ptr<const RuleBook> rules) {
  file.rules = std::move(rules);
  if (file.of_programme) {
    read_programme_file(file, bytes);
    return;
  }
  if (!file.header) {
    return;
  }
  file.unread = !file.rules && file.header->type != FileType::kRulebook;
  file.good = !file.unread && read_by_type(InputFile(file.name, bytes), file);
  if (file.partner_day) {
    file.rows = file.partner_day->items.size();
  }
}

PreparedFile prepare_file(const std::string& name, Bytes bytes,
                          std::shared_ptr<const RuleBook> rules, BlobStore& blobs) {
  PreparedFile out = stage_file(name, blobs.put(bytes), bytes);
  read_file(out, bytes, std::move(rules));
  return out;
}

IntakeAnswer accepted() {
  return {.verdict = IntakeVerdict::kAccepted};
}

IntakeAnswer copy_of_earlier(std::string why) {
  return {.verdict = IntakeVerdict::kCopy, .why = std::move(why)};
}

IntakeAnswer wait_for(std::string why) {
  return {.verdict = IntakeVerdict::kWaiting, .why = std::move(why)};
}

IntakeAnswer refuse(const PreparedFile& file, FaultCode code, std::string column, std::string value,
                    std::string expected) {
  return {.verdict = IntakeVerdict::kRefused,
          .faults = {{.code = code,
                      .file = file.name,
                      .line = 1,
                      .column = std::move(column),
                      .value = std::move(value),
                      .expected = std::move(expected)}}};
}

std::optional<IntakeAnswer> refuse_rules(const PreparedFile& file, const RuleBook& before,
                                         BusinessDate today, std::optional<Month> used) {
  const auto fault = extension_fault(before, *file.rules, today, used);
  if (!fault) {
    return std::nullopt;
  }
  IntakeAnswer answer = refuse(file, FaultCode::kIntakeRules, {}, fault->what, fault->expected);
  answer.faults.front().line = fault->line;
  return answer;
}

namespace {

CheckReport report_of(const PreparedFile& file, const IntakeAnswer& answer) {
  return {.files = {{.file = file.name,
                     .header = file.header,
                     .rows = file.rows,
                     .points = file.points,
                     .fen = file.fen,
                     .faults = answer.faults}},
          .with_rulebook = true};  // It is asked for where there is none.
}

}  // namespace

namespace {

// Entries that no line of a file has are of live events.
std::string place_text(std::uint32_t entry) {
  return (entry < kLiveEntry ? "line " : "event ") + std::to_string(entry);
}

// Each sentence only where it says something.
std::string live_text(const LiveRows& live) {
  std::string out;
  const auto say = [&out](std::uint64_t count, std::string_view what) {
    if (count > 0) {
      out += "  " + std::to_string(count) + std::string(what) + "\n";
    }
  };
  say(live.both, " rows came through the API, too: each is one item");
  say(live.before, " rows came through the API and are in an earlier batch: they were left out");
  say(live.pending, " rows were asked through the API and have no answer yet: taken as they stand");
  say(live.added, " events of the API are in no row: they are in the batch all the same");
  return out;
}

}  // namespace

std::string intake_report_text(const PreparedFile& file, const IntakeAnswer& answer) {
  std::string out = file.name + ": " + std::string(word(answer.verdict));
  if (!answer.why.empty()) {
    out += ": " + answer.why;
  }
  if (answer.verdict == IntakeVerdict::kAccepted && file.rows > 0 && !file.partner_day) {
    out += ": " + std::to_string(file.rows) + " rows, " + std::to_string(file.points) +
           " points, " + std::to_string(file.fen) + " fen";
  }
  if (answer.returned) {
    out += ": " + std::to_string(answer.items) + " items, " +
           std::to_string(answer.returned->size()) + " of them sent back";
  }
  out += '\n';
  if (answer.live) {
    out += live_text(*answer.live);
  }
  if (answer.returned) {
    for (const SentBack& item : *answer.returned) {
      out += "  " + place_text(item.entry) + ", " + item.kind + " " + item.id +
             ", was sent back: " + item.code + "\n";
    }
    out += answer.returned->empty()
               ? ""
               : "Bring what was sent back, corrected, in a later file (docs/events.md, section "
                 "3).\n";
  }
  if (answer.verdict == IntakeVerdict::kRefused) {
    print_text(report_of(file, answer), out);
    const bool of_content = std::ranges::any_of(
        answer.faults, [](const Fault& fault) { return fault.code < FaultCode::kIntakeSender; });
    out += of_content ? "Nothing of the file was taken: correct it and bring it again.\n"
                      : "Nothing of the file was taken.\n";
  }
  return out;
}

std::string intake_report_json(const PreparedFile& file, const IntakeAnswer& answer) {
  std::string out = R"({"verdict":")" + std::string(word(answer.verdict)) + R"(","why":)" +
                    json_string(answer.why) + R"(,"sha256":")" + hex(file.blob) + R"(",)";
  if (answer.returned) {
    out += R"("items":)" + std::to_string(answer.items) + R"(,"returned":[)";
    for (const SentBack& item : *answer.returned) {
      out += (out.back() == '[' ? R"({"entry":)" : R"(,{"entry":)") + std::to_string(item.entry) +
             R"(,"kind":")" + item.kind + R"(","id":")" + item.id + R"(","code":")" + item.code +
             R"("})";
    }
    out += "],";
  }
  if (answer.live) {
    out += R"("live":{"both":)" + std::to_string(answer.live->both) + R"(,"before":)" +
           std::to_string(answer.live->before) + R"(,"pending":)" +
           std::to_string(answer.live->pending) + R"(,"added":)" +
           std::to_string(answer.live->added) + "},";
  }
  out += R"("report":)";
  print_json(report_of(file, answer), out);
  while (!out.empty() && out.back() == '\n') {
    out.pop_back();
  }
  return out + "}\n";
}

}  // namespace ph
