#include "platform/pdf/statement_pdf.h"

#include "platform/pdf/canvas.h"
#include "platform/pdf/flows.h"
#include "platform/pdf/fonts.h"
#include "platform/pdf/parts.h"
#include "platform/pdf/sheet.h"
#include "platform/pdf/table.h"

namespace ph {

namespace {

using pdf::Canvas;
using pdf::Metadata;
using pdf::Names;
using pdf::Sheet;

Metadata metadata_of(const Statement& statement) {
  return {.title = "积分结算单 Points settlement statement " + statement.participant + " " +
                   statement.period.text(),
          .author = "Pointhouse",
          .subject = statement.name_zh + " " + statement.name_en,
          .created = statement.calendar.close.text() + "T00:00:00+08:00"};
}

void put_document(Canvas& canvas, const Statement& statement, const Names& names, int pages) {
  Sheet sheet(canvas, statement, names, pages);
  pdf::put_head(sheet);
  pdf::put_result(sheet);
  pdf::put_flows(sheet);
  pdf::put_receivable(sheet);
  pdf::put_payable(sheet);
  pdf::put_suspense(sheet);
  pdf::put_rollforward(sheet);
  pdf::put_proof(sheet);
  sheet.finish();
}

}  // namespace

StatementPrinter::StatementPrinter() : fonts_(std::make_unique<pdf::Fonts>()) {}
StatementPrinter::~StatementPrinter() = default;

std::string StatementPrinter::print(const Statement& statement, const Names& names) {
  // Twice: the foot of the first page says how many there are.
  Canvas counting(*fonts_);
  put_document(counting, statement, names, 0);
  Canvas canvas(*fonts_, metadata_of(statement));
  put_document(canvas, statement, names, counting.pages());
  return canvas.finish();
}

std::string statement_pdf(const Statement& statement, const Names& names) {
  return StatementPrinter().print(statement, names);
}

}  // namespace ph
