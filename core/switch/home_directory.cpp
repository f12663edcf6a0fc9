#include "core/switch/home_directory.h"

#include <algorithm>

#include "core/programme/earning.h"
#include "core/types/check.h"

namespace ph {

namespace {

// Clocks of homes may go back by moments; a day is plenty.
constexpr int kClockDays = 1;

// By their time. Of files it is the end of a day, which several may share: there each one goes on
// from where the one before has led.
void put_in_order(std::vector<Move>& moves, Participant home) {
  std::ranges::sort(
      moves, [](const Move& a, const Move& b) { return a.at != b.at ? a.at < b.at : a.id < b.id; });
  for (std::size_t n = 0; n < moves.size(); ++n) {
    const auto first = moves.begin() + static_cast<std::ptrdiff_t>(n);
    const auto end =
        std::find_if(first, moves.end(), [&](const Move& one) { return one.at != first->at; });
    const auto goes_on = [&](const Move& one) { return one.from == home; };
    const auto begins = [&](const Move& one) {
      return std::none_of(first, end, [&](const Move& other) { return other.to == one.from; });
    };
    auto next = std::find_if(first, end, goes_on);
    next = next == end ? std::find_if(first, end, begins) : next;
    if (next != end) {
      std::rotate(first, next, next + 1);
    }
    home = first->to;
  }
}

// May the home that was left with this move have decided the ask before, or know its parent? Ids
// are fixed before the first send, and a home decides none that is of a later day than its own; of
// a move by file nobody knows when exactly it left.
bool may_know(const Move& left, const Ask& ask) {
  const int days = ask.id.date.count() - left.at.date().count();
  return ask.kind == AskKind::kRefund || days <= (left.live ? kClockDays : kLateDaysMax);
}

}  // namespace

bool HomeDirectory::moved(Member member, const Move& move) {
  std::vector<Move>& moves = moves_[member];
  if (std::ranges::find(moves, move.id, &Move::id) != moves.end()) {
    return false;
  }
  moves.push_back(move);
  put_in_order(moves, member.first_home());
  return true;
}

const std::vector<Move>& HomeDirectory::moves_of(Member member) const {
  static const std::vector<Move> kNone;
  const auto found = moves_.find(member);
  return found == moves_.end() ? kNone : found->second;
}

Participant HomeDirectory::home_of(Member member) const {
  const auto& moves = moves_of(member);
  return moves.empty() ? member.first_home() : moves.back().to;
}

std::vector<Participant> HomeDirectory::homes_for(const Ask& ask) const {
  const Participant home = home_of(ask.member);
  std::vector<Participant> out;
  for (const Move& move : moves_of(ask.member)) {
    const bool new_one = move.from != home && std::ranges::find(out, move.from) == out.end();
    if (new_one && may_know(move, ask)) {
      out.push_back(move.from);
    }
  }
  out.push_back(home);
  return out;
}

void HomeDirectory::save(ByteWriter& out) const {
  out.put(static_cast<std::uint64_t>(moves_.size()));
  for (const auto& [member, moves] : moves_) {
    out.put(member.number());
    out.put(static_cast<std::uint32_t>(moves.size()));
    for (const Move& move : moves) {
      out.put_record(move.id);
      out.put(move.from.number());
      out.put(move.to.number());
      out.put(move.at.seconds());
      out.put(static_cast<std::uint8_t>(move.live ? 1 : 0));
    }
  }
}

bool HomeDirectory::load(ByteReader& in) {
  check(moves_.empty(), "a directory is loaded when it is empty");
  const auto members = in.get<std::uint64_t>();
  for (std::uint64_t n = 0; n < members && in.good(); ++n) {
    const Member member(in.get<std::uint64_t>());
    const auto count = in.get<std::uint32_t>();
    if (!valid_member(member) || count == 0 ||
        (!moves_.empty() && moves_.rbegin()->first >= member)) {
      return false;
    }
    for (std::uint32_t left = count; left > 0 && in.good(); --left) {
      Move move;
      move.id = in.get<TransactionId>();
      move.from = Participant(in.get<std::uint16_t>());
      move.to = Participant(in.get<std::uint16_t>());
      move.at = BusinessTime(in.get<std::int64_t>());
      const auto live = in.get<std::uint8_t>();
      move.live = live == 1;
      const bool right =
          valid_id(move.id) && valid_province(move.from) && valid_province(move.to) && live <= 1;
      if (!right || !moved(member, move)) {
        return false;
      }
    }
  }
  return in.good();
}

}  // namespace ph
