#include "platform/pdf/table.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "core/types/amount.h"
#include "core/types/check.h"
#include "platform/pdf/numbers.h"

namespace ph::pdf {

namespace {

constexpr double kHeadHeight = 25;
constexpr double kGroupHeight = 15;
constexpr double kRowHeight = 19;
constexpr double kSumHeight = 14.5;
constexpr double kTotalHeight = 20;
constexpr double kTitleHeight = 20;
constexpr double kCellPad = 3;
constexpr double kFigureSize = 7.8;
constexpr double kSmallSize = 6.2;

enum Column : std::size_t {
  kReason,
  kVersion,
  kQuantity,
  kUnit,
  kPrice,
  kExact,
  kBilled,
  kResidue,
  kItems,
  kColumns
};

struct ColumnForm {
  double width;
  Align align;
  std::string_view zh;
  std::string_view en;
};

constexpr std::array<ColumnForm, kColumns> kForms = {{
    {111.276, Align::kLeft, "事由", "Reason"},
    {33, Align::kLeft, "价格版本", "Version"},
    {79, Align::kRight, "数量", "Quantity"},
    {27, Align::kLeft, "单位", "Unit"},
    {39, Align::kRight, "单价（分）", "Price, fen"},
    {80, Align::kRight, "计算金额（分）", "Exact, fen"},
    {84, Align::kRight, "结算金额（元）", "Billed, yuan"},
    {34, Align::kRight, "尾差（分）", "Residue, fen"},
    {36, Align::kRight, "笔数", "Items"},
}};

double left_of(Column column) {
  double x = kLeft;
  for (std::size_t i = 0; i < column; ++i)
    x += kForms[i].width;
  return x;
}

// Where a cell's text is anchored.
double anchor(Column column) {
  const ColumnForm& form = kForms[column];
  const double left = left_of(column);
  return form.align == Align::kRight ? left + form.width - kCellPad : left + kCellPad;
}

double cell_room(Column column) {
  return kForms[column].width - 2 * kCellPad;
}

std::string price_text(const StatementLine& line) {
  return line.price == "cost" ? "成本 cost" : exact_number(line.price);
}

// The text of a figure column.
std::string figure(Column column, const StatementLine& line) {
  switch (column) {
    case kQuantity:
      return grouped(line.quantity);
    case kPrice:
      return price_text(line);
    case kExact:
      return exact_number(line.exact);
    case kBilled:
      return yuan(line.fen);
    case kResidue:
      return exact_number(line.residue);
    case kItems:
      return grouped(line.items);
    case kReason:
    case kVersion:
    case kUnit:
    case kColumns:
      break;
  }
  return {};
}

constexpr std::array<Column, 6> kFigures = {kQuantity, kPrice, kExact, kBilled, kResidue, kItems};

struct SideWords {
  Label title;
  Label note;
  Label total;
  Label none;
};

struct Sums {
  Int128 fen{};
  Int128 items{};

  void add(const StatementLine& line) {
    fen += line.fen;
    items += line.items;
  }
};

class SideTable {
 public:
  SideTable(Sheet& sheet, const std::vector<StatementLine>& lines, std::int64_t total,
            const SideWords& words);
  void put();

 private:
  void choose_sizes();
  void head();
  void group_head(const std::string& code, bool continued);
  void row(const StatementLine& line);
  void version(const std::string& text, double upper, double lower);
  void prior(const StatementLine& line, double baseline);
  void sum_row(const Label& label, const Sums& sums, Weight weight);
  void total_row();
  void put_group(std::size_t first, std::size_t end);
  // Breaks the page when less than `height` and a carried total is left.
  void ensure(double height, const std::string& continued_code);
  void figure_cell(Column column, double baseline, const std::string& text, Weight weight);

  Sheet& sheet_;
  const std::vector<StatementLine>& lines_;
  std::int64_t total_;
  const SideWords& words_;
  // Of a column all figures have one size, so that their digits stand below each other.
  std::array<double, kColumns> sizes_{};
  Sums running_{};
};

SideTable::SideTable(Sheet& sheet, const std::vector<StatementLine>& lines, std::int64_t total,
                     const SideWords& words)
    : sheet_(sheet), lines_(lines), total_(total), words_(words) {
  sizes_.fill(kFigureSize);
}

void SideTable::choose_sizes() {
  if (sheet_.canvas().context() == nullptr) return;
  const auto shrink = [this](Column column, const std::string& text, Weight weight) {
    const Style style{kFigureSize, weight, kInk, Setting::kFigures};
    const double wanted = sheet_.canvas().width(text, style);
    if (wanted > cell_room(column)) {
      sizes_[column] = std::min(sizes_[column], kFigureSize * cell_room(column) / wanted);
    }
  };
  Sums running;
  for (const StatementLine& line : lines_) {
    running.add(line);
    for (const Column column : kFigures) {
      if (column != kPrice || line.price != "cost") {
        shrink(column, figure(column, line), Weight::kRegular);
      }
    }
    shrink(kBilled, yuan(running.fen), Weight::kBold);
    shrink(kItems, grouped(running.items), Weight::kBold);
  }
}

void SideTable::head() {
  Canvas& canvas = sheet_.canvas();
  const double y = sheet_.y();
  canvas.fill(kLeft, y, kContentWidth, kHeadHeight, kTintStrong);
  canvas.line(kLeft, y, kRight, y, 0.9, kAccent);
  canvas.line(kLeft, y + kHeadHeight, kRight, y + kHeadHeight, 0.5, kRuleDark);
  for (std::size_t i = 0; i < kColumns; ++i) {
    const auto column = static_cast<Column>(i);
    const ColumnForm& form = kForms[i];
    const double room = form.width - 2;
    canvas.fitted(anchor(column), y + 10.5, room, form.zh, {7.2, Weight::kBold}, form.align, 0.5);
    canvas.fitted(anchor(column), y + 20, room, form.en, {6.4, Weight::kRegular, kGrey}, form.align,
                  0.5);
  }
  sheet_.down(kHeadHeight);
}

void SideTable::group_head(const std::string& code, bool continued) {
  Canvas& canvas = sheet_.canvas();
  const double y = sheet_.y();
  const double baseline = y + 10.6;
  canvas.fill(kLeft, y, kContentWidth, kGroupHeight, kTint);
  double x = kLeft + kCellPad;
  x += canvas.text(x, baseline, code, {8, Weight::kBold, kAccent}) + 5;
  const double room = kContentWidth - 150;
  x += sheet_.pair(x, baseline, room, sheet_.name_of(code), {7.8, Weight::kBold, kInk, 0.86}) + 6;
  if (continued) {
    canvas.text(x, baseline, "（续 continued）", {6.8, Weight::kRegular, kGrey});
  }
  sheet_.down(kGroupHeight);
}

void SideTable::figure_cell(Column column, double baseline, const std::string& text,
                            Weight weight) {
  const bool negative = text.starts_with('-') && column != kResidue;
  const Style style{sizes_[column], weight, negative ? kNegative : kInk, Setting::kFigures};
  sheet_.canvas().fitted(anchor(column), baseline, cell_room(column) + 0.2, text, style,
                         kForms[column].align, 0.4);
}

// Of a commission there are two versions: a long pair takes both lines.
void SideTable::version(const std::string& text, double upper, double lower) {
  constexpr std::size_t kOneLineMax = 7;
  Canvas& canvas = sheet_.canvas();
  const Style style{7.2, Weight::kRegular, kInk, Setting::kFigures};
  const std::size_t plus = text.find('+');
  const bool split = text.size() > kOneLineMax && plus != std::string::npos;
  const std::string first = split ? text.substr(0, plus + 1) : text.empty() ? "–" : text;
  canvas.fitted(anchor(kVersion), upper, cell_room(kVersion), first, style, Align::kLeft, 0.5);
  if (split) {
    canvas.fitted(anchor(kVersion), lower, cell_room(kVersion), text.substr(plus + 1), style,
                  Align::kLeft, 0.5);
  }
}

// What of the line belongs to earlier periods, below its figures.
void SideTable::prior(const StatementLine& line, double baseline) {
  if (line.prior_items == 0) return;
  Canvas& canvas = sheet_.canvas();
  const Style style{kSmallSize, Weight::kRegular, kOut, Setting::kFigures};
  canvas.fitted(anchor(kQuantity), baseline, cell_room(kQuantity),
                "前期 prior " + grouped(line.prior_quantity), style, Align::kRight, 0.5);
  canvas.fitted(anchor(kItems), baseline, cell_room(kItems), "前期 " + grouped(line.prior_items),
                style, Align::kRight, 0.5);
}

void SideTable::row(const StatementLine& line) {
  Canvas& canvas = sheet_.canvas();
  const double y = sheet_.y();
  const double upper = y + 8.6;
  const double lower = y + 16;
  const Style small{kSmallSize, Weight::kRegular, kGrey};
  const Label reason = reason_label(line.reason);
  canvas.fitted(anchor(kReason), upper, cell_room(kReason), reason.zh, {7.6});
  canvas.fitted(anchor(kReason), lower, cell_room(kReason), reason.en, small);
  version(line.version, upper, lower);
  const Label unit = unit_label(line.unit);
  canvas.fitted(anchor(kUnit), upper, kForms[kUnit].width - 4, unit.zh.empty() ? unit.en : unit.zh,
                {7.2}, Align::kLeft, 0.6);
  if (!unit.zh.empty()) canvas.text(anchor(kUnit), lower, unit.en, small);
  for (const Column column : kFigures) {
    figure_cell(column, upper, figure(column, line), Weight::kRegular);
  }
  prior(line, lower);
  canvas.line(kLeft, y + kRowHeight, kRight, y + kRowHeight, 0.3, kRuleLight);
  sheet_.down(kRowHeight);
  running_.add(line);
}

void SideTable::sum_row(const Label& label, const Sums& sums, Weight weight) {
  const double baseline = sheet_.y() + 10.2;
  const double right = left_of(kBilled) - kCellPad;
  sheet_.pair(right, baseline, right - kLeft - 10, label, {7.4, weight, kInk, 0.88}, Align::kRight);
  figure_cell(kBilled, baseline, yuan(sums.fen), Weight::kBold);
  figure_cell(kItems, baseline, grouped(sums.items), weight);
  sheet_.down(kSumHeight);
  sheet_.canvas().line(kLeft, sheet_.y(), kRight, sheet_.y(), 0.5, kRuleDark);
}

void SideTable::total_row() {
  Canvas& canvas = sheet_.canvas();
  const double y = sheet_.y();
  canvas.fill(kLeft, y, kContentWidth, kTotalHeight - 2, kTintStrong);
  canvas.line(kLeft, y, kRight, y, 0.9, kAccent);
  sheet_.pair(kLeft + kCellPad, y + 12.2, 300, words_.total, {8.6, Weight::kBold, kAccent, 0.88});
  figure_cell(kBilled, y + 12.2, yuan(total_), Weight::kBold);
  figure_cell(kItems, y + 12.2, grouped(running_.items), Weight::kBold);
  const double bottom = y + kTotalHeight - 2;
  canvas.line(kLeft, bottom, kRight, bottom, 0.4, kAccent);
  canvas.line(kLeft, bottom + 1.6, kRight, bottom + 1.6, 0.4, kAccent);
  sheet_.down(kTotalHeight);
}

void SideTable::ensure(double height, const std::string& continued_code) {
  if (sheet_.room() >= height + kSumHeight) return;
  sum_row({"过次页", "carried to next page"}, running_, Weight::kRegular);
  sheet_.next_page();
  head();
  sum_row({"承前页", "brought from previous page"}, running_, Weight::kRegular);
  if (!continued_code.empty()) group_head(continued_code, true);
}

void SideTable::put_group(std::size_t first, std::size_t end) {
  const std::string& code = lines_[first].counterparty;
  // A group's head never stands without a line, nor its subtotal.
  ensure(kGroupHeight + kRowHeight + (end - first == 1 ? kSumHeight : 0), "");
  group_head(code, false);
  Sums sums;
  for (std::size_t i = first; i < end; ++i) {
    if (i != first) ensure(kRowHeight + (i + 1 == end ? kSumHeight : 0), code);
    row(lines_[i]);
    sums.add(lines_[i]);
  }
  sum_row({"小计 " + code, "subtotal"}, sums, Weight::kRegular);
}

void SideTable::put() {
  choose_sizes();
  sheet_.need(kTitleHeight + kHeadHeight + kGroupHeight + 3 * kRowHeight + 2 * kSumHeight);
  sheet_.part(words_.title, words_.note);
  head();
  if (lines_.empty()) {
    sheet_.pair((kLeft + kRight) / 2, sheet_.y() + 14, kContentWidth, words_.none,
                {8, Weight::kRegular, kGrey, 0.9}, Align::kCentre);
    sheet_.down(22);
  }
  std::size_t first = 0;
  while (first < lines_.size()) {
    std::size_t end = first + 1;
    while (end < lines_.size() && lines_[end].counterparty == lines_[first].counterparty)
      ++end;
    put_group(first, end);
    first = end;
  }
  check(running_.fen == total_, "the lines of a statement add up to its total");
  ensure(kTotalHeight - kSumHeight, "");
  total_row();
  sheet_.down(10);
}

}  // namespace

void put_receivable(Sheet& sheet) {
  const Statement& statement = sheet.statement();
  const SideWords words{{"应收明细", "Receivable"},
                        {"对方应付本方", "what others owe this participant"},
                        {"应收合计", "Total receivable"},
                        {"本期无应收", "Nothing receivable in this period"}};
  SideTable(sheet, statement.receivable, statement.receivable_total, words).put();
}

void put_payable(Sheet& sheet) {
  const Statement& statement = sheet.statement();
  const SideWords words{{"应付明细", "Payable"},
                        {"本方应付对方", "what this participant owes others"},
                        {"应付合计", "Total payable"},
                        {"本期无应付", "Nothing payable in this period"}};
  SideTable(sheet, statement.payable, statement.payable_total, words).put();
}

}  // namespace ph::pdf
