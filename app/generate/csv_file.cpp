#include "app/generate/csv_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "app/generate/country.h"

namespace ph::generate {

namespace {

struct RowName {
  std::string_view kind{};
  std::string_view label{};
};

constexpr std::array<RowName, kRows> kRowNames{{
    {"BILL", "BILL"},
    {"REBILL", "REBILL"},
    {"EARN", "EARN"},
    {"UNEARN", "UNEARN"},
    {"TRANSFER", "TRANSFER"},
    {"LEAVE", "LEAVE"},
    {"REDEEM", "REDEEM"},
    {"HOLD", "HOLD"},
    {"CAPTURE", "CAPTURE"},
    {"VOID", "VOID"},
    {"EXCHANGE_OUT", "EXCHANGE_OUT"},
    {"ACCRUAL", "ACCRUAL"},
    {"EXCHANGE_IN", "EXCHANGE_IN"},
    {"REFUND", "REFUND"},
    {"UNISSUE", "UNISSUE"},
    {"MOVE_OUT", "MOVE_OUT"},
    {"MOVE_IN", "MOVE_IN"},
    {"CONFIRM", "CONFIRM"},
    {"DELIVERY", "DELIVERY"},
    {"DELIVERY_REFUND", "DELIVERY_REFUND"},
    {"WITHDRAW", "WITHDRAW"},
    {"CORRECT", "CORRECT"},
    {"ACCOUNT", "ACCOUNT"},
    {"SPENT", "SPENT"},
    {"GRADE", "GRADE"},
    {"LOT", "LOT"},
    {"DEBT", "DEBT"},
    {"ACCRUAL", "partner ACCRUAL"},
    {"REDEMPTION", "partner REDEMPTION"},
    {"EXCHANGE_OUT", "partner EXCHANGE_OUT"},
    {"EXCHANGE_IN", "partner EXCHANGE_IN"},
    {"REFUND", "partner REFUND"},
    {"NOT_CREDITED", "partner NOT_CREDITED"},
    {"WITHDRAW", "partner WITHDRAW"},
    {"CORRECT", "partner CORRECT"},
    {"MEMBER", "opening MEMBER"},
    {"LOT", "opening LOT"},
    {"DEBT", "opening DEBT"},
    {"PARTICIPANT", "rule PARTICIPANT"},
    {"CONTRACT", "rule CONTRACT"},
    {"PRICE", "rule PRICE"},
    {"EXPIRY", "rule EXPIRY"},
    {"YEAR", "calendar YEAR"},
    {"HOLIDAY", "calendar HOLIDAY"},
    {"WORKDAY", "calendar WORKDAY"},
}};

[[noreturn]] void fail(const std::filesystem::path& path) {
  throw std::system_error(errno, std::generic_category(), path.string());
}

std::filesystem::path part_of(std::filesystem::path path) {
  return path += ".part";
}

}  // namespace

std::string_view kind_of(Row row) {
  return kRowNames.at(static_cast<std::size_t>(row)).kind;
}
std::string_view label_of(Row row) {
  return kRowNames.at(static_cast<std::size_t>(row)).label;
}

CsvFile::~CsvFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  std::error_code ignored;
  std::filesystem::remove(part_of(path_), ignored);
}

void CsvFile::open(const std::filesystem::path& folder, Participant sender, BusinessDate date,
                   std::string_view type, std::uint32_t sequence) {
  std::string name(code_of(sender));
  name += '-' + date.text() + '-';
  name.append(type).append(".csv");
  path_ = folder / name;
  descriptor_ = ::open(part_of(path_).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail(path_);
  buffer_.resize(kBufferBytes);
  size_ = 0;
  rows_ = points_ = fen_ = 0;
  put("POINTHOUSE");
  text(type).number(1).code(sender).CsvFile::date(date).number(sequence);
  put('\n');
}

void CsvFile::close() {
  const std::uint64_t points_sum = points_;
  const std::uint64_t fen_sum = fen_;
  put("END");
  number(rows_).number(points_sum).number(fen_sum);
  put('\n');
  flush();
  const int descriptor = descriptor_;
  descriptor_ = -1;
  if (::close(descriptor) != 0) fail(path_);
  std::filesystem::rename(part_of(path_), path_);
  ++written_.files;
}

CsvFile& CsvFile::begin(Row row) {
  if (size_ + 2 * kRowBytesMax > kBufferBytes) flush();
  ++rows_;
  ++written_.rows[static_cast<std::size_t>(row)];
  put(kRowNames[static_cast<std::size_t>(row)].kind);
  return *this;
}

CsvFile& CsvFile::number(std::uint64_t value) {
  put(',');
  put_number(value);
  return *this;
}

CsvFile& CsvFile::points(std::uint64_t value) {
  points_ += value;
  return number(value);
}

CsvFile& CsvFile::fen(std::uint64_t value) {
  fen_ += value;
  return number(value);
}

CsvFile& CsvFile::code(Participant participant) {
  return text(code_of(participant));
}

CsvFile& CsvFile::member(std::uint64_t value) {
  put(',');
  put_padded(value, 14);
  return *this;
}

CsvFile& CsvFile::date(BusinessDate date) {
  put(',');
  put_date(date, false);
  return *this;
}

CsvFile& CsvFile::month(Month month) {
  put(',');
  put_padded(static_cast<std::uint64_t>(month.year()), 4);
  put('-');
  put_padded(static_cast<std::uint64_t>(month.month()), 2);
  return *this;
}

CsvFile& CsvFile::entry(EntryId entry) {
  put(',');
  put(code_of(entry.participant()));
  put('/');
  put_date(entry.date(), true);
  put('/');
  put_number(entry.number());
  return *this;
}

CsvFile& CsvFile::id(EntryId id) {
  if (id.participant().number() <= kProvinceNumberMax) return entry(id);
  put(',');
  put(code_of(id.participant()));
  put('/');
  put_date(id.date(), true);
  put("/T");
  put_number(id.number());
  return *this;
}

CsvFile& CsvFile::text(std::string_view text) {
  put(',');
  put(text);
  return *this;
}

CsvFile& CsvFile::none() {
  put(',');
  return *this;
}

void CsvFile::end() {
  put('\n');
}

void CsvFile::put(std::string_view text) {
  size_ += text.copy(buffer_.data() + size_, text.size());
}

void CsvFile::put_number(std::uint64_t value) {
  std::array<char, 20> digits{};
  std::size_t at = digits.size();
  do {
    digits[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  put(std::string_view(digits.data() + at, digits.size() - at));
}

void CsvFile::put_padded(std::uint64_t value, int width) {
  std::array<char, 20> digits{};
  for (auto at = static_cast<std::size_t>(width); at-- > 0; value /= 10) {
    digits[at] = static_cast<char>('0' + value % 10);
  }
  put(std::string_view(digits.data(), static_cast<std::size_t>(width)));
}

void CsvFile::put_date(BusinessDate date, bool compact) {
  const YearMonthDay day = date.civil();
  put_padded(static_cast<std::uint64_t>(day.year), 4);
  if (!compact) put('-');
  put_padded(static_cast<std::uint64_t>(day.month), 2);
  if (!compact) put('-');
  put_padded(static_cast<std::uint64_t>(day.day), 2);
}

void CsvFile::flush() {
  for (std::size_t done = 0; done < size_;) {
    const ssize_t count = ::write(descriptor_, buffer_.data() + done, size_ - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path_);
    done += static_cast<std::size_t>(count);
  }
  written_.bytes += size_;
  size_ = 0;
}

}  // namespace ph::generate
