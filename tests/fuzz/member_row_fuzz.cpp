// A row of a member from bytes: what is taken for right gives the same bytes again, and has
// nothing that the reader of files wouldn't give; what is cut or longer is refused.
#include <algorithm>

#include "core/home/fingerprint.h"
#include "core/home/member_columns.h"
#include "tests/fuzz/support.h"

namespace ph::fuzz {
namespace {

void check(Bytes bytes) {
  const auto request = right_member_row(bytes);
  if (!request) {
    return;
  }
  const MemberRow& row = request->row;
  need(valid_member_kind(row.kind) && !word(row.kind).empty() && !breach_of(row));
  need((row.kind == MemberKind::kSheet) == !request->inputs.empty());
  for (const NameText& name : row.name) {
    need(text_of(name).empty() || valid_name(text_of(name)));
  }
  need(text_of(row.officer).empty() || valid_officer(text_of(row.officer)));
  need(row.member.none() || valid_member(row.member));
  std::vector<std::byte> again = bytes_of(row, request->inputs);
  need(std::ranges::equal(again, bytes));
  (void)fingerprint(row, request->inputs);
  again.push_back(std::byte{0});
  need(!right_member_row(again));
  again.resize(again.size() - 2);
  need(!right_member_row(again));
}

}  // namespace
}  // namespace ph::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ph::fuzz::check(ph::fuzz::input(data, size));
  return 0;
}
