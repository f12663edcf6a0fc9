#include "platform/pdf/sheet.h"

#include <algorithm>

namespace ph::pdf {

namespace {

constexpr Style kHeadWords{7.5, Weight::kRegular, kGrey};
constexpr Style kHeadCode{7.5, Weight::kBold, kInk};
constexpr Style kFootFigures{6.5, Weight::kRegular, kGrey, Setting::kFigures};
constexpr Style kFootWords{6.5, Weight::kRegular, kGrey};
constexpr double kPairGap = 0.45;  // of the size
constexpr double kPairLeast = 0.9;

}  // namespace

Sheet::Sheet(Canvas& canvas, const Statement& statement, const Names& names, int pages)
    : canvas_(canvas), statement_(statement), names_(names), pages_(pages) {
  canvas_.begin_page();
}

Label Sheet::name_of(const std::string& code) const {
  if (code == statement_.participant) return {statement_.name_zh, statement_.name_en};
  const auto found = names_.find(code);
  return found == names_.end() ? Label{} : Label{found->second.first, found->second.second};
}

void Sheet::next_page() {
  foot();
  canvas_.end_page();
  start_page();
}

void Sheet::need(double height) {
  if (room() < height) next_page();
}

void Sheet::finish() {
  foot();
  canvas_.end_page();
}

void Sheet::start_page() {
  canvas_.begin_page();
  const double baseline = 46;
  double x = kLeft;
  x += canvas_.text(x, baseline, statement_.participant, kHeadCode) + 5;
  Label name{statement_.name_zh, statement_.name_en};
  pair(x, baseline, 320, name, {7.5, Weight::kRegular, kInk, 0.92});
  canvas_.text(kRight, baseline,
               "积分结算单 Points settlement statement  " + statement_.period.text(), kHeadWords,
               Align::kRight);
  canvas_.line(kLeft, 52, kRight, 52, 0.5, kRuleDark);
  y_ = kTop;
}

void Sheet::foot() {
  const double baseline = 817;
  canvas_.line(kLeft, 806, kRight, 806, 0.4, kRuleLight);
  const std::string digest = hex(statement_.root);
  canvas_.text(kLeft, baseline,
               statement_.participant + " · " + statement_.period.text() + " · 根 root " +
                   digest.substr(0, 16) + "…",
               kFootFigures);
  const std::string page = std::to_string(canvas_.pages());
  const std::string all = std::to_string(pages_);
  canvas_.text(kRight, baseline,
               "第 " + page + " 页，共 " + all + " 页   Page " + page + " of " + all, kFootWords,
               Align::kRight);
}

double Sheet::pair(double x, double baseline, double room, const Label& label,
                   const PairStyle& style, Align align) {
  const Style zh{style.size, style.weight, style.color};
  const Style en{style.size * style.english, Weight::kRegular, kGrey};
  if (label.zh.empty() || label.en.empty()) {
    return canvas_.fitted(x, baseline, room, label.zh.empty() ? label.en : label.zh, zh, align);
  }
  const double gap = style.size * kPairGap;
  const double zh_wanted = canvas_.width(label.zh, zh);
  const double en_wanted = canvas_.width(label.en, en);
  // Chinese has the first claim; English gets what is left, and at least a quarter.
  const double en_least = std::min(en_wanted, room / 4);
  const double zh_room = std::min(zh_wanted, room - gap - en_least);
  const double en_room = std::min(en_wanted, room - gap - zh_room);
  const double whole = zh_room + gap + en_room;
  if (align == Align::kRight) x -= whole;
  if (align == Align::kCentre) x -= whole / 2;
  const double taken =
      canvas_.fitted(x, baseline, zh_room + 0.01, label.zh, zh, Align::kLeft, kPairLeast);
  const double behind = canvas_.fitted(x + taken + gap, baseline, en_room + 0.01, label.en, en,
                                       Align::kLeft, kPairLeast);
  return align == Align::kLeft ? taken + gap + behind : whole;
}

void Sheet::part(const Label& title, const Label& note) {
  canvas_.bookmark(title.zh + " " + title.en, y_);
  canvas_.fill(kLeft, y_ + 2.2, 2.6, 11.6, kAccent);
  const double taken =
      pair(kLeft + 8, y_ + 12, kContentWidth / 2, title, {11, Weight::kBold, kAccent, 0.82});
  if (!note.zh.empty()) {
    pair(kRight, y_ + 12, kContentWidth - taken - 20, note, {7, Weight::kRegular, kGrey, 0.92},
         Align::kRight);
  }
  y_ += 20;
}

}  // namespace ph::pdf
