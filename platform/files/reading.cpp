#include "platform/files/reading.h"

#include <algorithm>
#include <cstring>

namespace ph {

using enum FaultCode;

std::string_view RowChecks::text_of(const CsvRow& row, std::string_view column) {
  for (std::size_t i = 0; i < row.kind->columns.size(); ++i) {
    if (row.kind->columns[i].name == column) {
      return row.cells[i].text;
    }
  }
  return {};
}

void RowChecks::province(const CsvRow& row, std::string_view column, Participant participant) {
  if (csv_.book() != nullptr && !csv_.book()->is_province(participant)) [[unlikely]] {
    csv_.fault(kParticipantRole, row, column, text_of(row, column), "a province");
  }
}

void RowChecks::partner(const CsvRow& row, std::string_view column, Participant participant) {
  if (csv_.book() != nullptr && !csv_.book()->is_partner(participant)) [[unlikely]] {
    csv_.fault(kParticipantRole, row, column, text_of(row, column), "a partner");
  }
}

void RowChecks::not_newer(const CsvRow& row, std::string_view column, BusinessDate date) {
  if (date > csv_.header().date) [[unlikely]] {
    csv_.fault(kDateAfterFile, row, column, text_of(row, column),
               "a date of " + csv_.header().date.compact_text() + " or before");
  }
}

void RowChecks::older(const CsvRow& row, std::string_view column, BusinessDate date) {
  if (date >= csv_.header().date) [[unlikely]] {
    csv_.fault(kDateAfterFile, row, column, text_of(row, column),
               "a date before " + csv_.header().date.compact_text() + ", whose own rows make lots");
  }
}

void RowChecks::missing(const CsvRow& row, std::string_view column, std::string expected) {
  csv_.fault(kValueMissing, row, column, {}, std::move(expected));
}

void RowChecks::unexpected(const CsvRow& row, std::string_view column, std::string expected) {
  csv_.fault(kValueUnexpected, row, column, text_of(row, column), std::move(expected));
}

void RowChecks::earlier_sequence(const CsvRow& row, std::uint32_t sequence) {
  if (sequence >= csv_.header().sequence) [[unlikely]] {
    csv_.fault(kSequenceNotEarlier, row, "sequence", std::to_string(sequence),
               "a sequence below this file's, which is " + std::to_string(csv_.header().sequence));
  }
}

std::optional<FileHeader> read_header(const InputFile& file, std::vector<Fault>& faults) {
  FaultSink sink(file.name(), faults);
  if (is_binary(file)) {
    BatchHeader header;
    if (file.bytes().size() < sizeof header) {
      sink.add(kLength, 0, {}, std::to_string(file.bytes().size()) + " bytes", "96 bytes or more");
      return std::nullopt;
    }
    std::memcpy(&header, file.bytes().data(), sizeof header);
    return FileHeader{.type = FileType::kBatch,
                      .binary = true,
                      .sender = {},
                      .sender_number = header.sender,
                      .date = header.date,
                      .sequence = header.sequence};
  }
  EncodedText text;
  // Only the first line: a fault elsewhere is the reader's to list.
  const std::string_view all = file.text();
  const std::string_view first = all.substr(0, std::min(all.find('\n'), all.size() - 1) + 1);
  const InputFile head(file.name(), as_bytes(first));
  if (!check_encoding(head, sink, text)) {
    return std::nullopt;
  }
  std::string_view line = text.text.substr(0, text.text.find('\n'));
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  if (line.size() > kLineBytesMax || !check_line_bytes(line, 1, sink)) {
    sink.add(kHeaderMissing, 1, {}, {}, "POINTHOUSE,<type>,1,<sender>,<date>,<sequence>");
    return std::nullopt;
  }
  std::optional<FileHeader> header = parse_header(line, sink);
  return sink.any() ? std::nullopt : header;
}

bool is_binary(const InputFile& file) {
  return file.text().starts_with("PHB");
}

std::optional<DayFile> read_day(const InputFile& file, const RuleBook& book,
                                std::vector<Fault>& faults, FileTotals* totals) {
  return read_day(Reading{.file = file, .book = &book, .faults = faults, .totals = totals});
}
std::optional<PartnerDay> read_partner_day(const InputFile& file, const RuleBook& book,
                                           std::vector<Fault>& faults) {
  return read_partner_day(Reading{.file = file, .book = &book, .faults = faults});
}
std::optional<Opening> read_opening(const InputFile& file, const RuleBook& book,
                                    std::vector<Fault>& faults) {
  return read_opening(Reading{.file = file, .book = &book, .faults = faults, .taken = true});
}
std::optional<RuleRows> read_rulebook(const InputFile& file, std::vector<Fault>& faults) {
  return read_rulebook(Reading{.file = file, .faults = faults});
}
std::optional<RuleBook> load_rulebook(const InputFile& file, std::vector<Fault>& faults) {
  return load_rulebook(Reading{.file = file, .faults = faults});
}
std::optional<CalendarYear> read_calendar(const InputFile& file, const RuleBook& book,
                                          std::vector<Fault>& faults) {
  return read_calendar(Reading{.file = file, .book = &book, .faults = faults});
}
std::optional<Cutoff> read_cutoff(const InputFile& file, const RuleBook& book,
                                  std::vector<Fault>& faults) {
  return read_cutoff(Reading{.file = file, .book = &book, .faults = faults});
}
std::optional<OwnedBatch> read_batch_csv(const InputFile& file, const RuleBook& book,
                                         std::vector<Fault>& faults) {
  return read_batch_csv(Reading{.file = file, .book = &book, .faults = faults});
}
std::optional<BatchView> read_batch_binary(const InputFile& file, const RuleBook& book,
                                           std::vector<Fault>& faults) {
  return read_batch_binary(Reading{.file = file, .book = &book, .faults = faults});
}
std::optional<BatchView> read_batch_binary(const InputFile& file, std::vector<Fault>& faults) {
  return read_batch_binary(Reading{.file = file, .faults = faults});
}

}  // namespace ph
