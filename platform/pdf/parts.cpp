#include "platform/pdf/parts.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "platform/pdf/numbers.h"

namespace ph::pdf {

namespace {

constexpr PairStyle kSmallLabel{7, Weight::kRegular, kGrey, 0.92};

void put_dates(Sheet& sheet) {
  const PeriodDates& dates = sheet.statement().calendar;
  struct Step {
    Label label;
    BusinessDate date;
  };
  const std::array<Step, 5> steps = {{{{"截止", "Close"}, dates.close},
                                      {{"初稿", "Draft"}, dates.draft},
                                      {{"异议截止", "Disputes until"}, dates.disputes},
                                      {{"定稿", "Final"}, dates.final},
                                      {{"付款", "Payment"}, dates.payment}}};
  Canvas& canvas = sheet.canvas();
  const double width = kContentWidth / 5;
  const double y = sheet.y() + 5;
  canvas.line(kLeft + 3, y, kLeft + 4 * width + 3, y, 0.8, kAccent);
  double x = kLeft;
  for (const Step& step : steps) {
    const bool last = &step == &steps.back();
    canvas.fill(x, y - 3, 6, 6, last ? kOut : kAccent);
    sheet.pair(x, y + 14, width - 6, step.label, kSmallLabel);
    canvas.text(x, y + 25.5, step.date.text(),
                {9.2, Weight::kBold, last ? kOut : kInk, Setting::kFigures});
    x += width;
  }
  sheet.down(44);
}

struct Payment {
  Label label{};
  std::int64_t fen{};
  Color color{};
};

std::vector<Payment> payments_of(const Statement& statement) {
  const bool clearing = statement.kind == ParticipantKind::kClearing;
  const Label pays = clearing ? Label{"付给各方", "to pay to the participants"}
                              : Label{"本期应付", "to pay to the clearing"};
  const Label receives = clearing ? Label{"收自各方", "to receive from the participants"}
                                  : Label{"本期应收", "to receive from the clearing"};
  std::vector<Payment> payments;
  if (statement.pays != 0) payments.push_back({pays, statement.pays, kOut});
  if (statement.receives != 0) payments.push_back({receives, statement.receives, kIn});
  if (payments.empty()) {
    const Label none = statement.carried_forward != 0
                           ? Label{"本期不付款，余额结转", "no payment; the balance is carried"}
                           : Label{"本期无需收付", "nothing to pay or receive"};
    payments.push_back({none, 0, kInk});
  }
  return payments;
}

constexpr double kSumWidth = 204;  // The calculation on the right of the result.
constexpr double kSumStep = 15.5;

void put_calculation(Sheet& sheet, double right, double top) {
  Canvas& canvas = sheet.canvas();
  const Statement& statement = sheet.statement();
  struct Step {
    Label label;
    std::int64_t fen;
    bool result;
  };
  const std::array<Step, 5> steps = {
      {{{"应收合计", "receivable"}, statement.receivable_total, false},
       {{"减：应付合计", "less payable"}, statement.payable_total, false},
       {{"净额", "net"}, statement.net, true},
       {{"上期结转", "brought forward"}, statement.brought_forward, false},
       {{"结转下期", "carried forward"}, statement.carried_forward, false}}};
  const double left = right - kSumWidth;
  double baseline = top + 10;
  for (const Step& step : steps) {
    const Weight weight = step.result ? Weight::kBold : Weight::kRegular;
    if (step.result) canvas.line(left, baseline - 11, right, baseline - 11, 0.5, kRuleDark);
    sheet.pair(left, baseline, 92, step.label, {7.6, weight, kInk, 0.9});
    canvas.fitted(right, baseline, kSumWidth - 94, yuan(step.fen),
                  {8.8, weight, step.fen < 0 ? kNegative : kInk, Setting::kFigures}, Align::kRight,
                  0.5);
    if (step.result) canvas.line(left, baseline + 4.2, right, baseline + 4.2, 0.5, kRuleDark);
    baseline += kSumStep;
  }
}

}  // namespace

void put_head(Sheet& sheet) {
  Canvas& canvas = sheet.canvas();
  const Statement& statement = sheet.statement();
  canvas.bookmark("摘要 Summary", 0);
  canvas.fill(kLeft, sheet.y(), kContentWidth, 2.4, kAccent);
  canvas.text(kLeft, sheet.y() + 30, "积分结算单", {21, Weight::kBold, kAccent});
  canvas.text(kLeft, sheet.y() + 44, "Points settlement statement", {9.5, Weight::kRegular, kGrey});
  const std::string year = std::to_string(statement.period.year());
  const std::string month = std::to_string(statement.period.month());
  canvas.text(kRight, sheet.y() + 30, year + " 年 " + month + " 月", {16, Weight::kBold, kInk},
              Align::kRight);
  canvas.text(kRight, sheet.y() + 44, "结算期 Period " + statement.period.text() + " · 人民币 CNY",
              {8.5, Weight::kRegular, kGrey}, Align::kRight);
  sheet.down(54);
  canvas.line(kLeft, sheet.y(), kRight, sheet.y(), 0.5, kRuleLight);

  const Label kind = kind_label(statement.kind);
  const std::string number = std::to_string(statement.number.number());
  const double room = kContentWidth - 150;
  canvas.fitted(kLeft, sheet.y() + 19, room, statement.name_zh, {13.5, Weight::kBold}, Align::kLeft,
                0.55);
  canvas.fitted(kLeft, sheet.y() + 32, room, statement.name_en, {8.8, Weight::kRegular, kGrey},
                Align::kLeft, 0.7);
  canvas.text(kRight, sheet.y() + 19, statement.participant, {13.5, Weight::kBold, kAccent},
              Align::kRight);
  canvas.text(kRight, sheet.y() + 32, kind.zh + " " + kind.en + " · 编号 No. " + number,
              {8, Weight::kRegular, kGrey}, Align::kRight);
  sheet.down(46);
  put_dates(sheet);
}

void put_result(Sheet& sheet) {
  Canvas& canvas = sheet.canvas();
  const Statement& statement = sheet.statement();
  const std::vector<Payment> payments = payments_of(statement);
  const bool several = payments.size() > 1;
  const double height = several ? 124 : 98;
  const double top = sheet.y();
  canvas.rounded(kLeft, top, kContentWidth, height, kTint, kAccent);
  const double room = kContentWidth - kSumWidth - 44;
  const double size = several ? 19 : 25;
  double y = top + 2;
  for (const Payment& payment : payments) {
    sheet.pair(kLeft + 14, y + 16, room, payment.label, {9.4, Weight::kBold, payment.color, 0.92});
    canvas.fitted(kLeft + 14, y + 21 + size, room, "¥ " + yuan(payment.fen),
                  {size, Weight::kBold, payment.color, Setting::kFigures}, Align::kLeft, 0.4);
    canvas.fitted(kLeft + 14, y + 36 + size, room, "人民币（大写）" + capitals(payment.fen), {7.8},
                  Align::kLeft, 0.6);
    y += 39 + size;
  }
  if (!several) {
    sheet.pair(kLeft + 14, top + height - 9, room,
               {"付款日 " + statement.calendar.payment.text(),
                "payment on " + statement.calendar.payment.text()},
               kSmallLabel);
  }
  const double split = kRight - kSumWidth - 24;
  canvas.line(split, top + 9, split, top + height - 9, 0.5, kRuleDark);
  put_calculation(sheet, kRight - 12, top + (height - 5 * kSumStep) / 2 + 1);
  sheet.down(height + 14);
}

void put_suspense(Sheet& sheet) {
  Canvas& canvas = sheet.canvas();
  const std::vector<SuspenseCount>& rows = sheet.statement().suspense;
  constexpr double kRow = 20;
  const double body = rows.empty() ? 20 : 25 + static_cast<double>(rows.size()) * kRow;
  sheet.need(20 + body + 12);
  sheet.part({"挂账", "Suspense"},
             {"未匹配，不计入本期金额", "not matched: no money in this period"});
  if (rows.empty()) {
    sheet.pair(kLeft + 3, sheet.y() + 9, kContentWidth, {"无挂账项目", "No items in suspense"},
               {8, Weight::kRegular, kGrey, 0.9});
    sheet.down(body);
    return;
  }
  const double count_right = kLeft + 176;
  const double points_right = kLeft + 262;
  const double words_left = kLeft + 276;
  const double top = sheet.y();
  const auto heading = [&](double x, const Label& label, Align align) {
    canvas.text(x, top + 9, label.zh, {7.2, Weight::kBold}, align);
    canvas.text(x, top + 17, label.en, {6.4, Weight::kRegular, kGrey}, align);
  };
  canvas.fill(kLeft, top, kContentWidth, 21, kTintStrong);
  canvas.line(kLeft, top, kRight, top, 0.9, kAccent);
  heading(kLeft + 3, {"原因", "Reason"}, Align::kLeft);
  heading(count_right, {"笔数", "Items"}, Align::kRight);
  heading(points_right, {"积分", "Points"}, Align::kRight);
  heading(words_left, {"含义", "Meaning"}, Align::kLeft);
  sheet.down(21);
  const Style figures{7.8, Weight::kRegular, kInk, Setting::kFigures};
  const Style grey{6.4, Weight::kRegular, kGrey};
  for (const SuspenseCount& row : rows) {
    const double y = sheet.y();
    const SuspenseWords words = suspense_words(row.reason);
    canvas.fitted(kLeft + 3, y + 9, 126, words.name, {7.8});
    canvas.fitted(kLeft + 3, y + 16.8, 126, row.reason, grey);
    canvas.fitted(count_right, y + 9, 46, grouped(row.count), figures, Align::kRight, 0.5);
    canvas.fitted(points_right, y + 9, 84, grouped(row.points), figures, Align::kRight, 0.5);
    canvas.fitted(words_left, y + 9, kRight - words_left, words.meaning.zh, {7.2});
    canvas.fitted(words_left, y + 16.8, kRight - words_left, words.meaning.en, grey);
    sheet.down(kRow);
    canvas.line(kLeft, sheet.y(), kRight, sheet.y(), 0.3, kRuleLight);
  }
  sheet.down(12);
}

void put_rollforward(Sheet& sheet) {
  if (!sheet.statement().rollforward) return;
  const RollForward& roll = *sheet.statement().rollforward;
  Canvas& canvas = sheet.canvas();
  struct Cell {
    Label label;
    std::int64_t points;
    bool balance;
  };
  const std::array<Cell, 7> cells = {{{{"期初", "Opening"}, roll.opening, true},
                                      {{"发行", "Issued"}, roll.issued, false},
                                      {{"兑换", "Redeemed"}, roll.redeemed, false},
                                      {{"过期", "Expired"}, roll.expired, false},
                                      {{"清零", "Forfeited"}, roll.forfeited, false},
                                      {{"迁移", "Moved"}, roll.moved, false},
                                      {{"期末", "Closing"}, roll.closing, true}}};
  sheet.need(20 + 54);
  sheet.part({"积分滚存", "Points roll-forward"},
             {"期初加各项变动等于期末", "opening and movements add up to closing"});
  const double width = kContentWidth / 7;
  const double top = sheet.y();
  double least = 8.2;  // All figures of the row in one size.
  for (const Cell& cell : cells) {
    const double wanted =
        canvas.width(grouped(cell.points), {8.2, Weight::kBold, kInk, Setting::kFigures});
    if (wanted > width - 8) least = std::min(least, 8.2 * (width - 8) / wanted);
  }
  canvas.fill(kLeft, top, kContentWidth, 21, kTintStrong);
  canvas.line(kLeft, top, kRight, top, 0.9, kAccent);
  double right = kLeft + width - 3;
  for (const Cell& cell : cells) {
    canvas.text(right, top + 9, cell.label.zh, {7.2, Weight::kBold}, Align::kRight);
    canvas.text(right, top + 17, cell.label.en, {6.4, Weight::kRegular, kGrey}, Align::kRight);
    canvas.text(right, top + 33, grouped(cell.points),
                {least, cell.balance ? Weight::kBold : Weight::kRegular,
                 cell.points < 0 ? kNegative : kInk, Setting::kFigures},
                Align::kRight);
    right += width;
  }
  canvas.line(kLeft, top + 39, kRight, top + 39, 0.5, kRuleDark);
  sheet.pair(kLeft + 3, top + 50, kContentWidth / 2,
             {"备查：过期与清零积分的价值", "memo: breakage at the default price"}, kSmallLabel);
  canvas.text(kRight - 3, top + 50, "¥ " + yuan(roll.breakage_fen),
              {8.2, Weight::kBold, kInk, Setting::kFigures}, Align::kRight);
  sheet.down(64);
}

namespace {

void put_signatures(Sheet& sheet) {
  Canvas& canvas = sheet.canvas();
  const std::array<Label, 4> fields = {{{"经办", "prepared by"},
                                        {"复核", "checked by"},
                                        {"财务负责人（签章）", "finance officer, seal"},
                                        {"日期", "date"}}};
  const double width = (kContentWidth - 3 * 14) / 4;
  double x = kLeft;
  for (const Label& field : fields) {
    canvas.line(x, sheet.y() + 38, x + width, sheet.y() + 38, 0.6, kInk);
    sheet.pair(x, sheet.y() + 48, width, field, kSmallLabel);
    x += width + 14;
  }
  sheet.down(50);
}

}  // namespace

void put_proof(Sheet& sheet) {
  Canvas& canvas = sheet.canvas();
  const Statement& statement = sheet.statement();
  sheet.need(20 + 94 + 50);
  sheet.part({"证明", "Proof"}, {"任何人均可自行重算", "anyone can recompute it"});
  struct Field {
    Label label;
    std::string value;
  };
  const std::array<Field, 3> fields = {
      {{{"树的叶数", "tree size"}, grouped(statement.tree_size)},
       {{"结算期树根", "root of the period tree"}, hex(statement.root)},
       {{"截止记录摘要", "digest of cutoff.csv"}, hex(statement.cutoff)}}};
  const double top = sheet.y();
  canvas.line(kLeft, top, kRight, top, 0.9, kAccent);
  double baseline = top + 12.5;
  for (const Field& field : fields) {
    sheet.pair(kLeft + 3, baseline, 146, field.label, {7.6, Weight::kRegular, kInk, 0.88});
    canvas.fitted(kLeft + 156, baseline, kContentWidth - 159, field.value,
                  {8.4, Weight::kRegular, kInk, Setting::kFigures}, Align::kLeft, 0.6);
    canvas.line(kLeft, baseline + 5, kRight, baseline + 5, 0.3, kRuleLight);
    baseline += 17;
  }
  const std::string file = statement.participant + ".json";
  const std::array<std::string, 4> words = {
      "核验：用 pointhouse verify 核对 statements/" + file + " 与 proof/" + file +
          "：每一行由 items.csv 的各笔重算，各笔都在上述树根之下。",
      "To verify: pointhouse verify takes statements/" + file + " and proof/" + file +
          ", recomputes each line from items.csv and each item's way to the root above.",
      "截止记录摘要是 cutoff.csv 的 SHA-256；相同的输入在任何机器上得到相同的字节。",
      "The cut-off digest is the SHA-256 of cutoff.csv; the same inputs give the same bytes on any "
      "machine."};
  baseline += 1;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool chinese = i % 2 == 0;
    canvas.fitted(kLeft + 3, baseline, kContentWidth - 6, words[i],
                  {chinese ? 7.2 : 6.6, Weight::kRegular, chinese ? kInk : kGrey});
    baseline += chinese ? 9 : 12;
  }
  sheet.down(baseline - top);
  put_signatures(sheet);
}

}  // namespace ph::pdf
