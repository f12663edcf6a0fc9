// Statement lines and the items they are made of: each line's figures derived anew from its items.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "app/verify/files.h"
#include "app/verify/numbers.h"
#include "app/verify/report.h"

namespace ph::verify {

// All participants by number: their order is that of every table.
class Participants {
 public:
  void add(std::string code) {
    places_.emplace(code, codes_.size());
    codes_.push_back(std::move(code));
  }
  [[nodiscard]] const std::vector<std::string>& codes() const { return codes_; }
  [[nodiscard]] std::optional<std::size_t> place(std::string_view code) const {
    const auto at = places_.find(code);
    return at == places_.end() ? std::nullopt : std::optional(at->second);
  }

 private:
  std::vector<std::string> codes_;
  std::map<std::string, std::size_t, std::less<>> places_;
};

// A line as a file tells it: strings where the text itself is to be compared.
struct Line {
  std::string debtor;
  std::string creditor;
  std::string reason;
  std::string version;
  std::string unit;
  std::int64_t quantity{};
  std::string price;
  std::string exact;
  std::int64_t fen{};
  std::string residue;
  std::uint64_t items{};
  std::uint64_t prior_items{};
  std::int64_t prior_quantity{};
  std::uint64_t first_leaf{};
  std::uint64_t at_line{};  // of the file that tells it; 0 = none

  // `P01→P02 PHONE_CREDIT`, with the version when there is one.
  [[nodiscard]] std::string name() const;
  [[nodiscard]] bool gift() const { return reason == "GIFT_COST"; }
};

// What the items of one line add up to.
struct Totals {
  Int128 quantity{0};
  Int128 fen{0};
  std::uint64_t prior_items{0};
  Int128 prior_quantity{0};
};

// Takes the rows of an items file one after another, for the lines in their order.
class ItemWalk {
 public:
  // `participants` null: codes and the order within a line aren't judged.
  ItemWalk(std::string_view period, const Participants* participants)
      : first_day_(std::string(period) + "-01"), participants_(participants) {}

  // The next `line.items` rows of the reader; each must be an item of the line.
  [[nodiscard]] Totals walk(const Line& line, CsvReader& items);

 private:
  // Participant, date, reference: the order of ids; then quantity, fen.
  using Order = std::tuple<std::size_t, std::string, std::string, std::int64_t, std::int64_t>;

  void add(const Line& line, CsvReader& items, Totals& totals);

  std::string first_day_;
  const Participants* participants_;
  std::optional<Order> previous_;
};

// quantity x price = exact, rounded once; the counts; a gift's fen. `file` tells the line.
void check_figures(const Line& line, const Totals& totals, std::string_view file, Report& report);

inline constexpr std::string_view kItemColumns =
    "debtor,creditor,reason,version,id,quantity,fen,prior";
inline constexpr std::string_view kFigureColumns =
    "reason,version,unit,quantity,price,exact,fen,residue,items,prior_items,prior_quantity";

// lines.csv, with the place of each line's first leaf. The order of lines is judged.
[[nodiscard]] std::vector<Line> read_lines(std::string_view text, const Participants& participants,
                                           Report& report);

}  // namespace ph::verify
