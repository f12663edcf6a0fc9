// What a day's redemptions converted to fixed line, as its sealed batch has it.
#include "core/batch/seal.h"
#include "core/programme/sources.h"
#include "core/statement/names.h"
#include "node/province.h"

namespace ph {

std::optional<std::string> Province::fixed_line_file(const SealedDay& day) const {
  if (book() == nullptr || !programme::fixed_out(book()->programmes(), day.date, Points())) {
    return std::nullopt;
  }
  const Blob blob = blob_of(day.blob, "batch");
  const Names names(*rules_);
  std::string out = "POINTHOUSE,FIXED_LINE,1," + code_ + "," + day.date.text() + "," +
                    std::to_string(day.sequence) + "\n";
  std::uint64_t rows = 0;
  for (const Item& item : view_of(blob.bytes()).items) {
    if (item.kind != Kind::kRedeem || item.form != Form::kFixedLine) {
      continue;
    }
    const auto units =
        programme::fixed_out(book()->programmes(), day.date, Points::of(item.points));
    out += "CREDIT," + names.text(item.id) + "," + item.member.text() + "," +
           std::to_string(units->count()) + "\n";
    ++rows;
  }
  return out + "END," + std::to_string(rows) + ",0,0\n";
}

std::string Province::fixed_line_file_name(const SealedDay& day) const {
  return code_ + "-" + day.date.text() + "-FIXED_LINE.csv";
}

}  // namespace ph
