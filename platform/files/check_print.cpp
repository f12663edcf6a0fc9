// How `pointhouse check` shows its report: text for people, JSON for programs.
#include <algorithm>

#include "core/types/text.h"
#include "platform/files/check.h"

namespace ph {

namespace {

std::string hex_escape(unsigned char c, std::string_view prefix) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  return std::string(prefix) + kDigits[c >> 4] + kDigits[c & 15U];
}

// Bytes of a value that are no printable UTF-8, replaced by what `escape` makes of them.
template <class Escape>
std::string printable(std::string_view text, Escape escape) {
  std::string out;
  while (!text.empty()) {
    const std::size_t good = std::min(first_not_utf8(text), text.size());
    for (const char c : text.substr(0, good)) {
      const auto byte = static_cast<unsigned char>(c);
      out += byte < 0x20 || byte == 0x7F ? escape(byte) : std::string(1, c);
    }
    text.remove_prefix(good);
    if (!text.empty()) {
      out += escape(static_cast<unsigned char>(text.front()));
      text.remove_prefix(1);
    }
  }
  return out;
}

std::string plain(std::string_view text) {
  return printable(text, [](unsigned char c) { return hex_escape(c, "\\x"); });
}

std::string code_text(char letter, FaultCode code) {
  return letter + std::to_string(static_cast<unsigned>(code));
}

std::string place_of(const Fault& fault) {
  std::string out = plain(fault.file);
  if (fault.line != 0) {
    out += ':' + std::to_string(fault.line);
  }
  if (!fault.column.empty()) {
    out += ": " + plain(fault.column);
  }
  return out + ':';
}

// `letter`: F of a fault, W of a warning.
void print_fault(char letter, const Fault& fault, std::size_t width, std::string& out) {
  std::string place = place_of(fault);
  place.resize(std::max(width, place.size()), ' ');
  const FaultInfo& about = info(fault.code);
  out += place + ' ' + code_text(letter, fault.code) + ' ' + std::string(about.name) + ": ";
  if (!fault.value.empty()) {
    out += '\'' + plain(fault.value) + "'; ";
  }
  if (!fault.expected.empty()) {
    out += "expected: " + plain(fault.expected) + "; ";
  }
  out += std::string(about.remedy) + '\n';
}

bool encoding_right(const FileSummary& file) {
  return std::ranges::none_of(
      file.faults, [](const Fault& fault) { return fault.code < FaultCode::kHeaderMissing; });
}

std::string sender_text(const FileHeader& header) {
  return header.sender.empty() ? "participant " + std::to_string(header.sender_number.number())
                               : header.sender;
}

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

void print_list(char letter, const std::vector<Fault>& faults, std::string& out) {
  constexpr std::size_t kWidthMax = 80;
  std::size_t width = 0;
  for (const Fault& fault : faults) {
    width = std::min(std::max(width, place_of(fault).size()), kWidthMax);
  }
  for (const Fault& fault : faults) {
    print_fault(letter, fault, width, out);
  }
}

void print_summary(const FileSummary& file, std::string& out) {
  out += plain(file.file) + ": ";
  if (file.header) {
    const FileHeader& header = *file.header;
    out += std::string(word(header.type)) + (header.binary ? " (binary)" : "") + ", sender " +
           sender_text(header) + ", " + (header.date_known ? header.date.text() : "date at fault");
    if (!header.sequence_known) {
      out += ", sequence at fault";
    } else if (header.sequence != 0) {
      out += ", sequence " + std::to_string(header.sequence);
    }
    out += ", " + std::to_string(file.rows) + " rows, " + std::to_string(file.points) +
           " points, " + std::to_string(file.fen) + " fen";
    out += encoding_right(file) ? ", encoding right" : ", encoding at fault";
  } else if (file.programme) {
    out += "PROGRAMME";
    if (!file.programme->code.empty()) {
      out += " " + file.programme->code + ", version " + std::to_string(file.programme->version) +
             ", effective " + file.programme->effective.text();
    }
    out += ", " + std::to_string(file.programme->sections) + " sections";
  } else {
    out += file.readable ? "no header" : "unreadable";
  }
  out += ": " + (file.faults.empty() ? "no fault" : counted(file.faults.size(), "fault"));
  out += file.warnings.empty() ? "\n" : ", " + counted(file.warnings.size(), "warning") + "\n";
}

void field(std::string_view name, const std::string& value, std::string& out, bool last = false) {
  out += json_string(name) + ':' + value + (last ? "" : ",");
}

void print_json(const Fault& fault, std::string& out) {
  out += '{';
  field("code", std::to_string(static_cast<unsigned>(fault.code)), out);
  field("name", json_string(info(fault.code).name), out);
  field("line", std::to_string(fault.line), out);
  field("column", json_string(fault.column), out);
  field("value", json_string(fault.value), out);
  field("expected", json_string(fault.expected), out);
  field("remedy", json_string(info(fault.code).remedy), out, true);
  out += '}';
}

void print_json(const std::string& name, const std::vector<Fault>& faults, std::string& out) {
  out += json_string(name) + ":[";
  for (const Fault& fault : faults) {
    out += &fault == faults.data() ? "\n  " : ",\n  ";
    print_json(fault, out);
  }
  out += ']';
}

void print_json(const FileSummary& file, std::string& out) {
  out += '{';
  field("file", json_string(file.file), out);
  field("readable", file.readable ? "true" : "false", out);
  if (file.header) {
    field("type", json_string(word(file.header->type)), out);
    field("binary", file.header->binary ? "true" : "false", out);
    field("sender", json_string(sender_text(*file.header)), out);
    if (file.header->date_known) field("date", json_string(file.header->date.text()), out);
    if (file.header->sequence_known) field("sequence", std::to_string(file.header->sequence), out);
  }
  if (file.programme) {
    field("type", json_string("PROGRAMME"), out);
    if (!file.programme->code.empty()) {
      field("code", json_string(file.programme->code), out);
      field("version", std::to_string(file.programme->version), out);
      field("effective", json_string(file.programme->effective.text()), out);
    }
    field("sections", std::to_string(file.programme->sections), out);
  }
  field("rows", std::to_string(file.rows), out);
  field("points", std::to_string(file.points), out);
  field("fen", std::to_string(file.fen), out);
  field("encoding_right", file.readable && encoding_right(file) ? "true" : "false", out);
  print_json("faults", file.faults, out);
  out += ',';
  print_json("warnings", file.warnings, out);
  out += '}';
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : printable(text, [](unsigned char c) { return hex_escape(c, "\x01"); })) {
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    // Bytes that are no character become that of the same number: JSON has no bytes.
    c == '\x01' ? out += "\\u00" : out += c;
  }
  return out + '"';
}

void print_text(const CheckReport& report, std::string& out) {
  for (const FileSummary& file : report.files) {
    print_list('F', file.faults, out);
    print_list('W', file.warnings, out);
    print_summary(file, out);
  }
  if (!report.with_rulebook) {
    out += "No valid RULEBOOK among the files: participants were not looked up.\n";
  }
}

void print_json(const CheckReport& report, std::string& out) {
  out += '{';
  field("exit_code", std::to_string(report.exit_code()), out);
  field("with_rulebook", report.with_rulebook ? "true" : "false", out);
  out += "\"files\":[";
  for (const FileSummary& file : report.files) {
    out += &file == report.files.data() ? "\n " : ",\n ";
    print_json(file, out);
  }
  out += "]}\n";
}

}  // namespace ph
