#include "core/home/member_held.h"

#include <algorithm>

#include "core/programme/tenure.h"

namespace ph {

namespace {

bool has_flag(const MemberBook& book, std::uint32_t member, const programme::Flag& flag,
              BusinessDate on) {
  std::uint32_t n = book.member(member).first_account;
  for (; n != MemberBook::kNone; n = book.account(n).next) {
    const book::AccountRecord& account = book.account(n);
    if (account.joined != book::kNoMonth && account.ended == book::kNoMonth &&
        has_by_tenure(flag, programme::complete_months(Month(account.joined), on.month()))) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<programme::Held> held_by(const MemberBook& book, const Programme& version,
                                     std::uint32_t member, BusinessDate on) {
  std::vector<programme::Held> out;
  const auto add = [&out, &version](const std::string& name) {
    const auto found = std::ranges::find(version.grades(), name);
    if (found != version.grades().end()) {
      out.push_back({.grade = static_cast<std::uint16_t>(found - version.grades().begin())});
    }
  };
  for (const programme::Grading& grading : version.rows().gradings) {
    const auto number = static_cast<std::uint8_t>(book.names().gradings.find(grading.name));
    add(book.names().levels[number].name(book.level_on(member, number, on)));
  }
  for (const programme::Flag& flag : version.rows().flags) {
    if (flag.by == programme::FlagBy::kTenure && has_flag(book, member, flag, on)) {
      add(flag.name);
    }
  }
  return out;
}

}  // namespace ph
