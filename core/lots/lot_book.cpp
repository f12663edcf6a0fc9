#include "core/lots/lot_book.h"

#include <algorithm>
#include <tuple>

#include "core/types/check.h"

namespace ph {

namespace {

bool taken_before(const Lot& a, const Lot& b) {
  return std::tuple(a.expires_on, a.earned_month, a.id) <
         std::tuple(b.expires_on, b.earned_month, b.id);
}

}  // namespace

std::uint32_t LotBook::find(List list, LotId id) const {
  std::uint32_t node = list.head;
  while (node != kEnd && nodes_[node].lot.id != id) {
    node = nodes_[node].next;
  }
  return node;
}

void LotBook::link(List& list, std::uint32_t node) {
  std::uint32_t* link = &list.head;
  while (*link != kEnd && taken_before(nodes_[*link].lot, nodes_[node].lot)) {
    link = &nodes_[*link].next;
  }
  nodes_[node].next = *link;
  *link = node;
}

std::uint32_t LotBook::insert(List& list, const Lot& lot) {
  check(nodes_.size() < kEnd, "lots of one home fit a 32-bit number");
  const auto node = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back({.lot = lot});
  link(list, node);
  return node;
}

void LotBook::set_expiry(List& list, std::uint32_t node, BusinessDate expires_on) {
  std::uint32_t* link_to = &list.head;
  while (*link_to != node) {
    check(*link_to != kEnd, "the lot is in its member's list");
    link_to = &nodes_[*link_to].next;
  }
  *link_to = nodes_[node].next;
  nodes_[node].lot.expires_on = expires_on;
  link(list, node);
}

std::vector<std::uint32_t> LotBook::canonical(List list) const {
  std::vector<std::uint32_t> nodes;
  for (std::uint32_t node = list.head; node != kEnd; node = nodes_[node].next) {
    nodes.push_back(node);
  }
  std::ranges::sort(nodes, {}, [this](std::uint32_t node) { return nodes_[node].lot.id; });
  return nodes;
}

}  // namespace ph
