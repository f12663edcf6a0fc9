#include "platform/pdf/flows.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "core/types/amount.h"
#include "platform/pdf/numbers.h"

namespace ph::pdf {

namespace {

constexpr std::size_t kShownMax = 8;
constexpr double kWidthMax = 92;   // All arrows of the bigger side together.
constexpr double kSlotLeast = 25;  // A counterparty's two lines of text.
constexpr double kGap = 4;         // Between arrows at the middle.
constexpr double kHeadLength = 6.5;
constexpr double kHeadFlange = 1.9;
constexpr double kLabelWidth = 146;
constexpr double kMiddleWidth = 96;
constexpr double kMiddleLeast = 66;
constexpr double kCaptionHeight = 20;
constexpr double kLegendHeight = 13;

struct Flow {
  std::string code{};  // Empty for the others.
  Label name{};
  Int128 fen{};
  double thickness{};
  double slot{};
};

struct Side {
  std::vector<Flow> flows{};
  Int128 total{};
  Int128 volume{};  // Sum of the magnitudes.

  [[nodiscard]] double slots() const {
    double sum = 0;
    for (const Flow& flow : flows)
      sum += flow.slot;
    return sum;
  }
  [[nodiscard]] double bundle() const {
    double sum = flows.empty() ? 0 : kGap * static_cast<double>(flows.size() - 1);
    for (const Flow& flow : flows)
      sum += flow.thickness;
    return sum;
  }
};

Int128 magnitude(Int128 value) {
  return value < 0 ? -value : value;
}

Side sum_by_counterparty(const Sheet& sheet, const std::vector<StatementLine>& lines) {
  Side side;
  for (const StatementLine& line : lines) {
    side.total += line.fen;
    const auto found = std::find_if(side.flows.begin(), side.flows.end(), [&](const Flow& flow) {
      return flow.code == line.counterparty;
    });
    if (found == side.flows.end()) {
      side.flows.push_back({line.counterparty, sheet.name_of(line.counterparty), line.fen});
    } else {
      found->fen += line.fen;
    }
  }
  std::stable_sort(side.flows.begin(), side.flows.end(), [](const Flow& a, const Flow& b) {
    return magnitude(a.fen) > magnitude(b.fen);
  });
  if (side.flows.size() > kShownMax) {
    const std::size_t others = side.flows.size() - (kShownMax - 1);
    Flow rest;
    for (std::size_t i = kShownMax - 1; i < side.flows.size(); ++i)
      rest.fen += side.flows[i].fen;
    const std::string count = std::to_string(others);
    rest.name = {"其他 " + count + " 方", count + " others"};
    side.flows.resize(kShownMax - 1);
    side.flows.push_back(rest);
  }
  for (const Flow& flow : side.flows)
    side.volume += magnitude(flow.fen);
  return side;
}

// Both sides have one scale, so that widths can be compared across the picture.
void scale(Side& side, Int128 volume_max) {
  for (Flow& flow : side.flows) {
    flow.thickness = volume_max == 0 ? 0
                                     : kWidthMax * static_cast<double>(magnitude(flow.fen)) /
                                           static_cast<double>(volume_max);
    flow.slot = std::max(kSlotLeast, flow.thickness + 6);
  }
}

struct Point {
  double x{};
  double y{};
};

struct Colors {
  Color band{};
  Color dark{};
};

// From `from` to `to`, `thickness` wide, with its tip at `to`; either may be the left one.
void put_arrow(cairo_t* cr, Point from, Point to, double thickness, Colors colors, bool dashed) {
  const double direction = to.x > from.x ? 1 : -1;
  const double neck = to.x - direction * kHeadLength;
  const double middle = (from.x + neck) / 2;
  const double half = std::max(thickness, 0.5) / 2;
  cairo_move_to(cr, from.x, from.y - half);
  cairo_curve_to(cr, middle, from.y - half, middle, to.y - half, neck, to.y - half);
  cairo_line_to(cr, neck, to.y + half);
  cairo_curve_to(cr, middle, to.y + half, middle, from.y + half, from.x, from.y + half);
  cairo_close_path(cr);
  cairo_set_source_rgb(cr, colors.band.red, colors.band.green, colors.band.blue);
  cairo_fill_preserve(cr);
  cairo_set_source_rgb(cr, colors.dark.red, colors.dark.green, colors.dark.blue);
  cairo_set_line_width(cr, 0.5);
  const double dashes[] = {2.5, 1.8};
  cairo_set_dash(cr, dashes, dashed ? 2 : 0, 0);
  cairo_stroke(cr);
  cairo_set_dash(cr, dashes, 0, 0);
  cairo_move_to(cr, neck, to.y - half - kHeadFlange);
  cairo_line_to(cr, to.x, to.y);
  cairo_line_to(cr, neck, to.y + half + kHeadFlange);
  cairo_close_path(cr);
  cairo_fill(cr);
}

struct Frame {
  double top{};
  double height{};
  double middle_left{};
  double middle_right{};
};

void put_label(Sheet& sheet, const Flow& flow, double x, double y, Align align, Color dark) {
  Canvas& canvas = sheet.canvas();
  const Style code{7.8, Weight::kBold, kInk};
  const Style amount{8.2, Weight::kBold, flow.fen < 0 ? kNegative : dark, Setting::kFigures};
  const double code_width = flow.code.empty() ? 0 : canvas.width(flow.code, code) + 4;
  const double room = kLabelWidth - code_width;
  const PairStyle name{7.4, Weight::kRegular, kInk, 0.86};
  if (align == Align::kRight) {
    const double taken = sheet.pair(x, y - 2.2, room, flow.name, name, Align::kRight);
    canvas.text(x - taken - (taken > 0 ? 4 : 0), y - 2.2, flow.code, code, Align::kRight);
  } else {
    canvas.text(x, y - 2.2, flow.code, code);
    sheet.pair(x + code_width, y - 2.2, room, flow.name, name);
  }
  canvas.fitted(x, y + 7.8, kLabelWidth, "¥ " + yuan(flow.fen), amount, align, 0.5);
}

void put_side(Sheet& sheet, const Side& side, const Frame& frame, bool left) {
  const Colors colors = left ? Colors{kInBand, kIn} : Colors{kOutBand, kOut};
  const double outer = left ? kLeft + kLabelWidth : kRight - kLabelWidth;
  const double inner = left ? frame.middle_left - 1.5 : frame.middle_right + 1.5;
  const double edge = left ? outer + 6 : outer - 6;
  const double centre = frame.top + frame.height / 2;
  if (side.flows.empty()) {
    sheet.pair(outer, centre + 2.5, kLabelWidth, {"本期无", "none this period"},
               {7.5, Weight::kRegular, kGrey, 0.92}, left ? Align::kRight : Align::kLeft);
    return;
  }
  double slot_top = centre - side.slots() / 2;
  double bundle_top = centre - side.bundle() / 2;
  for (const Flow& flow : side.flows) {
    const Point far{edge, slot_top + flow.slot / 2};
    const Point near{inner, bundle_top + flow.thickness / 2};
    const bool inward = left == (flow.fen >= 0);  // Money goes to the middle.
    const Colors shown = flow.fen < 0 ? Colors{kNegativeBand, kNegative} : colors;
    if (cairo_t* cr = sheet.canvas().context(); cr != nullptr && flow.fen != 0) {
      put_arrow(cr, inward ? far : near, inward ? near : far, flow.thickness, shown, flow.fen < 0);
    }
    put_label(sheet, flow, outer, far.y, left ? Align::kRight : Align::kLeft, colors.dark);
    slot_top += flow.slot;
    bundle_top += flow.thickness + kGap;
  }
}

void put_middle(Sheet& sheet, const Frame& frame, double height) {
  Canvas& canvas = sheet.canvas();
  const Statement& statement = sheet.statement();
  const double top = frame.top + (frame.height - height) / 2;
  const double x = (frame.middle_left + frame.middle_right) / 2;
  const double y = top + height / 2;
  const double room = kMiddleWidth - 10;
  canvas.rounded(frame.middle_left, top, kMiddleWidth, height, kTintStrong, kAccent);
  canvas.text(x, y - 15, statement.participant, {12, Weight::kBold, kAccent}, Align::kCentre);
  canvas.fitted(x, y - 3, room, statement.name_zh, {8, Weight::kRegular, kInk}, Align::kCentre);
  canvas.fitted(x, y + 6.5, room, statement.name_en, {6.6, Weight::kRegular, kGrey},
                Align::kCentre);
  canvas.fitted(x, y + 21, room, "净额 Net " + yuan(statement.net),
                {7.4, Weight::kBold, statement.net < 0 ? kNegative : kInk, Setting::kFigures},
                Align::kCentre, 0.5);
}

void put_captions(Sheet& sheet, const Side& in, const Side& out) {
  const double baseline = sheet.y() + 9;
  Canvas& canvas = sheet.canvas();
  const PairStyle style{8, Weight::kBold, kIn, 0.88};
  PairStyle right = style;
  right.color = kOut;
  const double half = kContentWidth / 2;
  const double gap = 6;
  const double taken = sheet.pair(kLeft, baseline, half, {"应收", "they owe us"}, style);
  canvas.text(kLeft + taken + gap, baseline, "¥ " + yuan(in.total),
              {8, Weight::kBold, in.total < 0 ? kNegative : kIn, Setting::kFigures});
  const double amount = canvas.text(
      kRight, baseline, "¥ " + yuan(out.total),
      {8, Weight::kBold, out.total < 0 ? kNegative : kOut, Setting::kFigures}, Align::kRight);
  sheet.pair(kRight - amount - gap, baseline, half, {"应付", "we owe them"}, right, Align::kRight);
}

bool has_negative(const Side& side) {
  return std::any_of(side.flows.begin(), side.flows.end(),
                     [](const Flow& flow) { return flow.fen < 0; });
}

}  // namespace

void put_flows(Sheet& sheet) {
  Side in = sum_by_counterparty(sheet, sheet.statement().receivable);
  Side out = sum_by_counterparty(sheet, sheet.statement().payable);
  const Int128 volume_max = std::max(in.volume, out.volume);
  scale(in, volume_max);
  scale(out, volume_max);
  const double middle = std::max({kMiddleLeast, in.bundle() + 10, out.bundle() + 10});
  const double height = std::max({middle, in.slots(), out.slots()}) + 4;
  sheet.need(20 + kCaptionHeight + height + kLegendHeight);
  const bool negative = has_negative(in) || has_negative(out);
  sheet.part({"往来图", "Flows of the period"},
             negative ? Label{"箭头宽度与金额成比例；红色虚线为负数（冲回）",
                              "width in proportion to fen; red, dashed: negative (reversal)"}
                      : Label{"箭头宽度与金额成比例", "arrow width in proportion to the amount"});
  put_captions(sheet, in, out);
  sheet.down(kCaptionHeight);
  const double x = (kLeft + kRight) / 2;
  const Frame frame{sheet.y(), height, x - kMiddleWidth / 2, x + kMiddleWidth / 2};
  put_side(sheet, in, frame, true);
  put_side(sheet, out, frame, false);
  put_middle(sheet, frame, middle);
  sheet.down(height + kLegendHeight);
}

}  // namespace ph::pdf
