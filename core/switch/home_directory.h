// Where members are at home who have moved (docs/decisions/0018): for each of them, its moves in
// their order. Members who never moved aren't in it: their number names their home. The same moves
// give the same directory, in whatever order they became known. One thread owns it.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "core/types/ask.h"
#include "core/types/bytes.h"
#include "core/types/time.h"

namespace ph {

struct Move {
  TransactionId id{};
  Participant from{};
  Participant to{};
  BusinessTime at{};  // when it left the old home; of one that came by file, the end of its day
  bool live{};
  friend bool operator==(const Move&, const Move&) = default;
};

class HomeDirectory {
 public:
  // False: the move is known already, by its id.
  bool moved(Member member, const Move& move);
  // Oldest first; none of a member who never moved.
  [[nodiscard]] const std::vector<Move>& moves_of(Member member) const;
  [[nodiscard]] Participant home_of(Member member) const;
  // Whom to ask, one after the other: the former homes that may have decided this ask already, or,
  // of a refund, may know its parent; then the home that decides.
  [[nodiscard]] std::vector<Participant> homes_for(const Ask& ask) const;
  [[nodiscard]] std::size_t size() const { return moves_.size(); }

  // The same moves give the same bytes. Into a directory that is empty; false: they can't be.
  void save(ByteWriter& out) const;
  [[nodiscard]] bool load(ByteReader& in);

 private:
  std::map<Member, std::vector<Move>> moves_;
};

}  // namespace ph
