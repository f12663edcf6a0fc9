// What went along with who left by a row of a day's file: rows for his new home's file.
#include <algorithm>
#include <map>

#include "core/statement/names.h"
#include "node/province.h"
#include "platform/crypto/key_line.h"

namespace ph {

namespace {

constexpr std::size_t kRowBytes = 450;  // two digits each, in a line of 1,024

}  // namespace

std::vector<Province::File> Province::standing_files() const {
  struct Rows {
    std::string text{};
    std::uint64_t count{};
  };
  std::map<Participant, Rows> by_home;
  const Names names(*rules_);
  for (const LeftRow& left : last_left_) {
    Rows& rows = by_home[left.to];
    rows.text += "MOVED," + names.text(left.id) + "," + left.member.text() + "," +
                 names.code(left.to) + "\n";
    ++rows.count;
    for (Bytes rest = left.standing; !rest.empty(); ++rows.count) {
      const Bytes part = rest.first(std::min(rest.size(), kRowBytes));
      rows.text += "STANDING," + to_hex(part) + "\n";
      rest = rest.subspan(part.size());
    }
  }
  std::vector<File> out;
  for (const auto& [home, rows] : by_home) {
    const SealedDay& day = sealed_.back();
    const std::string head = code_ + "," + day.date.text();
    out.push_back({.name = code_ + "-" + day.date.text() + "-STANDING-" + names.code(home) + ".csv",
                   .text = "POINTHOUSE,STANDING,1," + head + "," + std::to_string(day.sequence) +
                           "\n" + rows.text + "END," + std::to_string(rows.count) + ",0,0\n"});
  }
  return out;
}

}  // namespace ph
