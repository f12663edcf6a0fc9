#include "platform/files/csv.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace ph {

namespace {

using enum FaultCode;

constexpr std::size_t kFieldsMax =
    kColumnsMax + 2;  // The kind, and one more to see that there is more.
constexpr std::int64_t kSumMax = 999'999'999'999'999'999;

// The fields of a line; what doesn't fit is only counted.
struct Fields {
  std::array<std::string_view, kFieldsMax> text;
  std::size_t count{0};
};

void split(std::string_view line, Fields& fields) {
  fields.count = 0;
  const char* begin = line.data();
  const char* const end = begin + line.size();
  for (const char* at = begin; at != end; ++at) {
    if (*at == ',') {
      if (fields.count < kFieldsMax) {
        fields.text[fields.count] = {begin, static_cast<std::size_t>(at - begin)};
      }
      ++fields.count;
      begin = at + 1;
    }
  }
  if (fields.count < kFieldsMax) {
    fields.text[fields.count] = {begin, static_cast<std::size_t>(end - begin)};
  }
  ++fields.count;
}

std::string row_form(const KindSpec& kind) {
  std::string out = std::to_string(kind.columns.size() + 1) + " fields: " + std::string(kind.name);
  for (const ColumnSpec& column : kind.columns) {
    out += ',';
    out += column.name;
  }
  if (kind.last_may_lack) {
    out += "; the last one may be left out";
  }
  return out;
}

template <class Range>
std::string one_of(const Range& values, auto name_of) {
  std::string out = "one of";
  for (const auto& value : values) {
    out += ' ';
    out += name_of(value);
  }
  return out;
}

std::string to_text(Int128 value) {
  if (value < 0) {
    return "-" + to_text(-value);
  }
  std::string out;
  do {
    out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  return out;
}

bool numbered(FileType type) {
  return type == FileType::kProvinceDay || type == FileType::kPartnerDay ||
         type == FileType::kBatch;
}

bool may_send(FileType type, const RuleBook& book, Participant sender) {
  switch (type) {
    case FileType::kProvinceDay:
    case FileType::kOpeningLots:
      return book.is_province(sender);
    case FileType::kPartnerDay:
      return book.is_partner(sender);
    case FileType::kBatch:
      return sender != kClearingHouse;
    case FileType::kRulebook:
    case FileType::kCalendar:
    case FileType::kCutoff:
      return sender == kClearingHouse;
  }
  check_failed("file type", __FILE__, __LINE__);
}

std::string_view sender_of(FileType type) {
  switch (type) {
    case FileType::kProvinceDay:
    case FileType::kOpeningLots:
      return "a province";
    case FileType::kPartnerDay:
      return "a partner";
    case FileType::kBatch:
      return "a province or a partner";
    case FileType::kRulebook:
    case FileType::kCalendar:
    case FileType::kCutoff:
      return "the clearing";
  }
  check_failed("file type", __FILE__, __LINE__);
}

constexpr ColumnSpec kSequenceColumn{
    .name = "sequence", .type = ValueType::kNumber, .min = 0, .max = 4'294'967'295};
constexpr ColumnSpec kDateColumn{.name = "date", .type = ValueType::kDate};
constexpr ColumnSpec kSenderColumn{.name = "sender", .type = ValueType::kNewCode};

void check_sequence(FileHeader& header, std::string_view text, FaultSink& faults) {
  if (numbered(header.type) == (header.sequence != 0)) {
    return;
  }
  faults.add(kSequenceOfType, 1, "sequence", text,
             numbered(header.type) ? "1 for the first file, then one more for each" : "0");
  header.sequence = numbered(header.type) ? std::numeric_limits<std::uint32_t>::max() : 0;
}

void check_date_of_type(const FileHeader& header, FaultSink& faults) {
  if (header.type == FileType::kOpeningLots && header.date != first_day(header.date.month())) {
    faults.add(kDateOfType, 1, "date", header.date.text(), first_day(header.date.month()).text());
  }
}

}  // namespace

std::optional<FileHeader> parse_header(std::string_view line, FaultSink& faults) {
  Fields fields;
  split(line, fields);
  constexpr std::size_t kHeaderFields = 6;
  if (fields.text[0] != "POINTHOUSE" || fields.count != kHeaderFields) {
    faults.add(kHeaderMissing, 1, {}, line, "POINTHOUSE,<type>,1,<sender>,<date>,<sequence>");
    return std::nullopt;
  }
  FileHeader header;
  const auto types = all_file_types();
  const auto type = std::ranges::find(types, fields.text[1], [](FileType t) { return word(t); });
  if (type == types.end()) {
    faults.add(kTypeUnknown, 1, "type", fields.text[1],
               one_of(types, [](FileType t) { return word(t); }));
    return std::nullopt;
  }
  header.type = *type;
  if (fields.text[2] != "1") {
    faults.add(kVersionUnsupported, 1, "version", fields.text[2], "1");
    return std::nullopt;
  }
  Codes none(nullptr);
  Cell cell;
  const auto parse = [&](const ColumnSpec& column, std::string_view text) {
    const FaultCode code = parse_cell(column, text, none, cell);
    if (code != kNone) {
      faults.add(code, 1, column.name, text, expected_value(column, code, text, nullptr));
    }
    return code == kNone;
  };
  if (parse(kSenderColumn, fields.text[3])) {
    header.sender = fields.text[3];
  }
  header.date_known = parse(kDateColumn, fields.text[4]);
  if (header.date_known) {
    header.date = cell.date();
    check_date_of_type(header, faults);
  } else {
    header.date = BusinessDate(BusinessDate::kCount - 1);
  }
  header.sequence = std::numeric_limits<std::uint32_t>::max();
  header.sequence_known = parse(kSequenceColumn, fields.text[5]);
  if (header.sequence_known) {
    header.sequence = cell.u32();
    check_sequence(header, fields.text[5], faults);
  }
  return header;
}

bool CsvReader::take_line(std::string_view& line) {
  if (at_ >= text_.text.size()) {
    return false;
  }
  const char* begin = text_.text.data() + at_;
  const std::size_t left = text_.text.size() - at_;
  const auto* end = static_cast<const char*>(std::memchr(begin, '\n', left));
  const std::size_t size = end == nullptr ? left : static_cast<std::size_t>(end - begin);
  at_ += size + 1;
  ++line_;
  line = {begin, size};
  if (text_.crlf && line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return true;
}

bool CsvReader::open(FileType type) {
  if (!check_encoding(file_, faults_, text_)) {
    return false;
  }
  std::string_view line;
  if (!take_line(line) || line.size() > kLineBytesMax ||
      (!text_.scan.plain && !check_line_bytes(line, 1, faults_))) {
    faults_.add(kHeaderMissing, 1, {}, {}, "POINTHOUSE,<type>,1,<sender>,<date>,<sequence>");
    return false;
  }
  std::optional<FileHeader> header = parse_header(line, faults_);
  if (!header) {
    return false;
  }
  header_ = std::move(*header);
  header_known_ = true;
  if (header_.type != type) {
    faults_.add(kTypeUnknown, 1, "type", word(header_.type), std::string(word(type)));
    return false;
  }
  kinds_ = kinds_of(type);
  last_kind_ = kinds_.data();
  other_kind_ = last_kind_;
  check_sender();
  return true;
}

void CsvReader::check_sender() {
  if (header_.sender.empty()) {
    return;
  }
  sender_ = codes_.find(header_.sender);
  if (sender_.none()) {
    const ColumnSpec column{.name = "sender", .type = ValueType::kCode};
    faults_.add(kUnknownParticipant, 1, "sender", header_.sender,
                expected_value(column, kUnknownParticipant, header_.sender, book()));
  } else if (book() != nullptr && !may_send(header_.type, *book(), sender_)) {
    faults_.add(kSenderRole, 1, "sender", header_.sender, std::string(sender_of(header_.type)));
    sender_ = {};
  }
}

bool CsvReader::next(CsvRow& row) {
  std::string_view line;
  if (trailer_seen_ || faults_.full() || !take_line(line)) {
    return false;
  }
  if (line.starts_with("END,") || line == "END") {
    trailer_seen_ = true;
    parse_trailer(line);
    return false;
  }
  ++rows_;
  row.kind = nullptr;
  row.line = line_;
  row.right = false;
  if (line.empty()) {
    faults_.add(kEmptyLine, line_, {}, {}, "no empty line");
  } else if (line.size() > kLineBytesMax) {
    faults_.add(kLineTooLong, line_, {}, std::to_string(line.size()) + " bytes",
                "at most " + std::to_string(kLineBytesMax) + " bytes");
  } else if (text_.scan.plain || check_line_bytes(line, line_, faults_)) {
    parse_row(line, row);
  }
  sums_known_ = sums_known_ && row.right;
  return true;
}

const KindSpec* CsvReader::find_kind(std::string_view name) {
  if (last_kind_->name == name) {
    return last_kind_;
  }
  if (other_kind_->name == name) {
    std::swap(last_kind_, other_kind_);
    return last_kind_;
  }
  for (const KindSpec& kind : kinds_) {
    if (kind.name == name) {
      other_kind_ = std::exchange(last_kind_, &kind);
      return last_kind_;
    }
  }
  return nullptr;
}

void CsvReader::parse_row(std::string_view line, CsvRow& row) {
  Fields fields;
  split(line, fields);
  row.kind = find_kind(fields.text[0]);
  if (row.kind == nullptr) {
    faults_.add(kKindUnknown, line_, "kind", fields.text[0],
                one_of(kinds_, [](const KindSpec& kind) { return kind.name; }));
    return;
  }
  if (row.kind->last_may_lack && fields.count == row.kind->columns.size()) {
    fields.text[fields.count++] = {};
  }
  if (fields.count != row.kind->columns.size() + 1) {
    faults_.add(kColumnCount, line_, {}, std::to_string(fields.count) + " fields",
                row_form(*row.kind));
    return;
  }
  parse_columns(std::span(fields.text).subspan(1), row);
}

void CsvReader::parse_columns(std::span<const std::string_view> fields, CsvRow& row) {
  row.right = true;
  for (std::size_t i = 0; i < row.kind->columns.size(); ++i) {
    const ColumnSpec& column = row.kind->columns[i];
    const FaultCode code = parse_cell(column, fields[i], codes_, row.cells[i]);
    if (code != kNone) [[unlikely]] {
      row.right = false;
      faults_.add(code, line_, column.name, fields[i],
                  expected_value(column, code, fields[i], book()));
    } else if (column.type == ValueType::kPoints) {
      points_ += row.cells[i].number;
    } else if (column.type == ValueType::kFen) {
      fen_ += row.cells[i].number;
    }
  }
}

void CsvReader::parse_trailer(std::string_view line) {
  Fields fields;
  split(line, fields);
  trailer_right_ = fields.count == trailer_.size() + 1;
  for (std::size_t i = 0; trailer_right_ && i < trailer_.size(); ++i) {
    trailer_right_ = parse_number(fields.text[i + 1], 0, kSumMax, trailer_[i]) == kNone;
  }
  if (!trailer_right_) {
    faults_.add(kTrailerMissing, line_, {}, line, "END,<rows>,<points>,<fen>");
  }
  if (at_ < text_.text.size()) {
    const std::string_view rest = text_.text.substr(at_);
    faults_.add(kAfterTrailer, line_ + 1, {}, rest.substr(0, rest.find('\n')),
                "the end of the file");
  }
}

void CsvReader::check_sum(FaultCode code, std::string_view column, std::int64_t trailer,
                          Int128 sum) {
  if (trailer_right_ && sums_known_ && sum != trailer) {
    faults_.add(code, line_, column, std::to_string(trailer), to_text(sum));
  }
}

void CsvReader::finish() {
  if (faults_.full()) {
    return;
  }
  if (!trailer_seen_) {
    faults_.add(kTrailerMissing, line_, {}, {},
                "END," + std::to_string(rows_) +
                    (sums_known_ ? "," + to_text(points_) + "," + to_text(fen_)
                                 : std::string(",<points>,<fen>")));
    return;
  }
  if (trailer_right_ && trailer_[0] != static_cast<std::int64_t>(rows_)) {
    faults_.add(kTrailerRows, line_, "rows", std::to_string(trailer_[0]), std::to_string(rows_));
  }
  if (header_.type != FileType::kBatch) {
    check_sum(kTrailerPoints, "points", trailer_[1], points_);
    check_sum(kTrailerFen, "fen", trailer_[2], fen_);
  }
}

FileTotals CsvReader::totals() const {
  FileTotals totals{.header = std::nullopt, .rows = rows_, .points = points_, .fen = fen_};
  if (header_known_) {
    totals.header = header_;
  }
  return totals;
}

}  // namespace ph
