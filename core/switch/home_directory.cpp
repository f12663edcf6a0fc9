#include "core/switch/home_directory.h"

#include <algorithm>
#include <span>
#include <tuple>

#include "core/programme/earning.h"
#include "core/types/check.h"

namespace ph {

namespace {

// Clocks of homes may go back by moments; a day is plenty.
constexpr int kClockDays = 1;

using Moves = std::span<Move>;

// The day on which it happened; of files, the one at whose end it stands.
BusinessDate day_of(const Move& move) {
  return move.live ? move.at.date() : move.at.plus_seconds(-1).date();
}

// Those of `moves` as one way from home to home that begins at `home`, which is left each time with
// the first of those that are not used yet, if the others can be on the way then (Hierholzer,
// 1873). Empty: there is none.
std::vector<Move> way_from(Participant home, Moves moves) {
  std::vector<bool> used(moves.size());
  std::vector<const Move*> open;  // so far, to where it can't go on
  std::vector<Move> way;          // from the end
  while (true) {
    const Participant here = open.empty() ? home : open.back()->to;
    std::size_t next = 0;
    while (next < moves.size() && (used[next] || moves[next].from != here)) {
      ++next;
    }
    if (next < moves.size()) {
      used[next] = true;
      open.push_back(&moves[next]);
    } else if (!open.empty()) {
      way.push_back(*open.back());
      open.pop_back();
    } else {
      break;
    }
  }
  std::ranges::reverse(way);
  for (const Move& move : way) {
    if (move.from != home) {
      return {};
    }
    home = move.to;
  }
  return way.size() == moves.size() ? way : std::vector<Move>();
}

// The way that begins at `home`, or else where the first move begins from which there is one.
std::vector<Move> way_of(Participant home, Moves moves) {
  std::vector<Move> way = way_from(home, moves);
  std::vector<Participant> tried{home};
  for (std::size_t n = 0; n < moves.size() && way.empty(); ++n) {
    if (std::ranges::find(tried, moves[n].from) == tried.end()) {
      tried.push_back(moves[n].from);
      way = way_from(tried.back(), moves);
    }
  }
  return way;
}

// Moves between which others aren't known yet: by their time; where several share it, each one goes
// on from where the one before has led, if one does.
void lead_on(Participant home, Moves moves) {
  for (auto first = moves.begin(); first != moves.end(); ++first) {
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

// By their days, and within a day as they lead from home to home: business time may be the same for
// several, is each home's own, and of a file's it is the end of the day.
void put_in_order(std::vector<Move>& moves, Participant home) {
  const auto place = [](const Move& one) { return std::tuple(day_of(one), one.at, one.id); };
  std::ranges::sort(moves, {}, place);
  for (auto first = moves.begin(); first != moves.end();) {
    const auto end = std::find_if(first, moves.end(),
                                  [&](const Move& one) { return day_of(one) != day_of(*first); });
    if (const auto way = way_of(home, Moves(first, end)); !way.empty()) {
      std::ranges::copy(way, first);
    } else {
      lead_on(home, Moves(first, end));
    }
    home = (end - 1)->to;
    first = end;
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
