// The lots of a home's members, packed: each member's lots hang together in the order in which they
// are taken: expiry, earned month, lot (domain 3.5). Invariant I-1: 0 <= held <= remaining <=
// original.
#pragma once

#include <cstdint>
#include <vector>

#include "core/types/check.h"
#include "core/types/id.h"
#include "core/types/words.h"

namespace ph {

struct Lot {
  LotId id{};
  Month earned_month{};
  BusinessDate expires_on{};  // the date of the expiry run that cancels it
  Source source{};
  std::uint8_t rating{};
  std::uint32_t
      transit{};  // 1 + number of the move in that brought it, while unconfirmed; 0 = none
  std::int64_t original{};
  std::int64_t remaining{};
  std::int64_t held{};

  [[nodiscard]] std::int64_t free() const { return remaining - held; }
  // I-1. To be called wherever remaining or held has changed.
  void keeps() const {
    check(0 <= held && held <= remaining && remaining <= original,
          "I-1: 0 <= held <= remaining <= original");
  }
};

class LotBook {
 public:
  static constexpr std::uint32_t kEnd = 0xFFFFFFFF;

  // A member's list: starts empty.
  struct List {
    std::uint32_t head{kEnd};
  };

  [[nodiscard]] Lot& at(std::uint32_t node) { return nodes_[node].lot; }
  [[nodiscard]] const Lot& at(std::uint32_t node) const { return nodes_[node].lot; }
  [[nodiscard]] std::uint32_t next(std::uint32_t node) const { return nodes_[node].next; }

  // kEnd if the list has no such lot.
  [[nodiscard]] std::uint32_t find(List list, LotId id) const;
  // Inserts in taking order; returns the node.
  std::uint32_t insert(List& list, const Lot& lot);
  // A new expiry date moves the lot in its list.
  void set_expiry(List& list, std::uint32_t node, BusinessDate expires_on);
  // Nodes of a list in the canonical order of lots.
  [[nodiscard]] std::vector<std::uint32_t> canonical(List list) const;

 private:
  struct Node {
    Lot lot{};
    std::uint32_t next{kEnd};
  };
  void link(List& list, std::uint32_t node);

  std::vector<Node> nodes_;
};

}  // namespace ph
