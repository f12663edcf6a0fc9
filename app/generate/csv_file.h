// Writes one input file of the common frame (docs/formats.md, section 1): header, rows, trailer
// with its sums; first as `.part`, then under its name. Also counts what was written, for the
// closing table.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/types/id.h"

namespace ph::generate {

// Every kind of row that the generator writes.
enum class Row : std::uint8_t {
  kBill,
  kRebill,
  kEarn,
  kUnearn,
  kTransfer,
  kLeave,
  kRedeem,
  kHold,
  kCapture,
  kVoid,
  kExchangeOut,
  kAccrual,
  kExchangeIn,
  kRefund,
  kUnissue,
  kMoveOut,
  kMoveIn,
  kConfirm,
  kDelivery,
  kDeliveryRefund,
  kWithdraw,
  kCorrect,
  kAccount,
  kSpent,
  kGrade,
  kLot,
  kDebt,
  kPartnerAccrual,
  kPartnerRedemption,
  kPartnerExchangeOut,
  kPartnerExchangeIn,
  kPartnerRefund,
  kPartnerNotCredited,
  kPartnerWithdraw,
  kPartnerCorrect,
  kOpeningMember,
  kOpeningLot,
  kOpeningDebt,
  kParticipant,
  kContract,
  kPrice,
  kExpiry,
  kYear,
  kHoliday,
  kWorkday,
};
inline constexpr std::size_t kRows = 45;

// The row's kind as it stands in its file, and as it is called in the closing table.
[[nodiscard]] std::string_view kind_of(Row row);
[[nodiscard]] std::string_view label_of(Row row);

// What all files together hold.
struct Written {
  std::array<std::uint64_t, kRows> rows{};
  std::uint64_t files{};
  std::uint64_t bytes{};
};

class CsvFile {
 public:
  explicit CsvFile(Written& written) : written_(written) {}
  ~CsvFile();
  CsvFile(const CsvFile&) = delete;
  CsvFile& operator=(const CsvFile&) = delete;

  // Throws std::system_error when the disk fails, as do the calls below.
  void open(const std::filesystem::path& folder, Participant sender, BusinessDate date,
            std::string_view type, std::uint32_t sequence);
  void close();

  // A row: begin, its columns in their order, end. Bound: 1,000 bytes a row.
  CsvFile& begin(Row row);
  CsvFile& number(std::uint64_t value);
  CsvFile& points(std::uint64_t value);  // Also into the trailer's sum.
  CsvFile& fen(std::uint64_t value);     // Also into the trailer's sum.
  CsvFile& code(Participant participant);
  CsvFile& member(std::uint64_t value);
  CsvFile& date(BusinessDate date);
  CsvFile& month(Month month);
  CsvFile& entry(EntryId entry);
  // A transaction's id: of a province its entry, of a partner `T` and a number.
  CsvFile& id(EntryId id);
  CsvFile& text(std::string_view text);
  CsvFile& none();
  void end();

  // Line of the row begun last; the header is line 1.
  [[nodiscard]] std::uint32_t line() const { return static_cast<std::uint32_t>(rows_ + 1); }

 private:
  static constexpr std::size_t kBufferBytes = 1U << 18;
  static constexpr std::size_t kRowBytesMax = 1'000;

  void put(char c) { buffer_[size_++] = c; }
  void put(std::string_view text);
  void put_number(std::uint64_t value);
  void put_padded(std::uint64_t value, int width);
  void put_date(BusinessDate date, bool compact);
  void flush();

  Written& written_;
  std::filesystem::path path_{};
  std::string buffer_{};
  std::size_t size_{};
  std::uint64_t rows_{};
  std::uint64_t points_{};
  std::uint64_t fen_{};
  int descriptor_{-1};
};

}  // namespace ph::generate
