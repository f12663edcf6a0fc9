// The members of a generated month on its first day: who is at home where, with which lots and
// debts, and what each account spends. All by hashes of the seed and a member's place: no table is
// kept.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "app/generate/csv_file.h"
#include "app/generate/holdings.h"
#include "app/generate/options.h"
#include "app/generate/random.h"

namespace ph::generate {

// What a province's programme is told of an account that was there before the month.
struct AccountBefore {
  Month joined{};
  std::string_view service{};
  bool prepaid{};
  bool real_name{};
  std::uint32_t region{};
};

class Population {
 public:
  explicit Population(const GenerateOptions& options);

  // Makes all members and writes an OPENING_LOTS file for each province.
  void make(const std::filesystem::path& folder, Holdings& holdings, Written& written);

  [[nodiscard]] std::size_t provinces() const { return first_.size() - 1; }
  // Members of province p on the first day are first(p) .. first(p + 1) - 1.
  [[nodiscard]] std::uint32_t first(std::size_t province) const { return first_.at(province); }

  // The account's bill of this period: its day of the month, and its eligible spend in fen.
  [[nodiscard]] std::uint32_t bill_day(std::uint32_t holder, std::uint32_t account) const;
  [[nodiscard]] std::uint32_t bill_fen(const Holder& who, std::uint32_t holder,
                                       std::uint32_t account) const;

  // before.cpp: an account of before the month; what it was billed in a month, in fen; the level
  // that a member had in the year before, empty: none.
  [[nodiscard]] AccountBefore account_before(std::uint32_t holder, std::uint32_t account) const;
  [[nodiscard]] std::uint32_t spent_fen(const Holder& who, std::uint32_t holder,
                                        std::uint32_t account, Month month) const;
  [[nodiscard]] std::string_view level_before(const Holder& who, std::uint32_t holder) const;

 private:
  static constexpr std::uint32_t kBillDayFirst = 3;
  static constexpr std::uint32_t kBillDays = 6;

  void make_one(std::size_t province, std::uint32_t place, Holdings& holdings, CsvFile& file);
  void make_lots(std::uint32_t holder, Holdings& holdings, CsvFile& file, Random& random);
  Lot make_lot(const Holder& who, std::uint32_t holder, std::uint32_t number, Random& random) const;
  [[nodiscard]] std::uint64_t hash(std::uint64_t what, std::uint64_t salt) const;

  GenerateOptions options_;
  BusinessDate start_;
  ExpiryRules expiry_;
  Month oldest_{};  // the earliest earned month whose points can still be there
  std::vector<std::uint32_t> first_{};
};

// An account's name: the first home's two digits and nine of the member's serial, then its own
// number.
void put_account(CsvFile& file, const Holder& who, std::uint32_t account);

// The eligible spend in fen at a place 0..1023 among all accounts: a log-normal one, median 68
// yuan.
[[nodiscard]] std::uint32_t spend_fen(std::uint32_t place);

}  // namespace ph::generate
