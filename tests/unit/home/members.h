// Rows of members in a few words, and a node with a programme.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/programmes.h"
#include "tests/unit/home/rows.h"

namespace ph::test {

inline Row member_row(MemberKind kind, Member member, std::string_view account = {}) {
  Row out = row_of(static_cast<RowKind>(kind), member);
  MemberRow says{.kind = kind, .member = member};
  says.account = account_of(account);
  out.says.push_back(says);
  return out;
}
inline Row account_row(Member member, std::string_view account, Month joined,
                       std::uint32_t region = 1) {
  Row out = member_row(MemberKind::kAccount, member, account);
  out.says[0].month = joined;
  out.says[0].word = 2;
  out.says[0].flag = {0, 1};
  out.says[0].number[0] = region;
  return out;
}
inline Row account_end(Member member, std::string_view account) {
  return member_row(MemberKind::kAccountEnd, member, account);
}
inline Row profile(Member member) {
  return member_row(MemberKind::kProfile, member);
}
inline Row spent(Member member, std::string_view account, Month month, std::int64_t fen,
                 bool earned) {
  Row out = member_row(MemberKind::kSpent, member, account);
  out.says[0].month = month;
  out.says[0].fen[0] = fen;
  out.says[0].flag[0] = earned ? 1 : 0;
  return out;
}

inline Row grade_row(Member member, std::string_view grading, std::string_view level,
                     BusinessDate from, std::uint16_t to = 0) {
  Row out = member_row(MemberKind::kGrade, member);
  std::ranges::copy(grading, out.says[0].name[0].begin());
  std::ranges::copy(level, out.says[0].name[1].begin());
  out.says[0].date = from;
  out.says[0].until = to;
  return out;
}

// What is due first on a day, whether it can begin or not.
inline std::optional<RunKey> first_due(const Home& home, BusinessDate day) {
  const std::vector<RunKey> due = home.due_runs(day);
  return due.empty() ? std::nullopt : std::optional(due.front());
}

// A node whose programmes are those that it was given.
class ProgrammeNode : public Node {
 public:
  ProgrammeNode() = default;
  explicit ProgrammeNode(programme::Rows rows) { give(std::move(rows)); }

  void give(programme::Rows rows) {
    const std::uint32_t version = rows.head.version;
    const auto programme = built(std::move(rows));
    programmes_[blob_of_version(version)] = programme;
    home().take_programme(blob_of_version(version), programme);
  }
  [[nodiscard]] ProgrammeOf programme_of() const {
    return [all = programmes_](const Digest& blob) {
      const auto found = all.find(blob);
      return found == all.end() ? nullptr : found->second;
    };
  }
  [[nodiscard]] std::optional<Home> loaded(Bytes saved) const {
    HomeLoader loader(programme_of());
    (void)loader.take(saved);
    return loader.finish();
  }
  void reload() { home() = loaded(saved_bytes(home())).value(); }
  [[nodiscard]] const MemberBook& book() const { return *Node::home().book(); }
  [[nodiscard]] const book::ProgrammeMember& member(Member member) const {
    return book().member(Node::home().number_of(member));
  }
  [[nodiscard]] std::int64_t rating_points(Member member, Month month) const {
    return book().rating_points(Node::home().number_of(member), month);
  }
  [[nodiscard]] std::int64_t points(Member member) const {
    return Node::home().balance(member, BusinessDate()).value_or(Balance{}).points;
  }

 private:
  std::map<Digest, std::shared_ptr<const Programme>> programmes_;
};

}  // namespace ph::test
