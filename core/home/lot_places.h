// Which account of a home has a lot that another number may name: one that members who came, left
// or were merged have or had. Lots are never forgotten.
#pragma once

#include <cstdint>
#include <vector>

#include "core/types/flat_index.h"
#include "core/types/id.h"

namespace ph {

class LotPlaces {
 public:
  static constexpr std::uint32_t kNone = FlatIndex::kNone;

  // kNone: nobody else names it.
  [[nodiscard]] std::uint32_t find(LotId lot) const {
    const std::uint32_t found = place_of(lot);
    return found == kNone ? kNone : places_[found].account;
  }
  void put(LotId lot, std::uint32_t account) {
    const std::uint32_t found = place_of(lot);
    if (found != kNone) {
      places_[found].account = account;
      return;
    }
    places_.push_back({.lot = lot, .account = account});
    index_.insert(lot.packed(), static_cast<std::uint32_t>(places_.size() - 1));
  }

 private:
  struct Place {
    LotId lot{};
    std::uint32_t account{};
  };
  [[nodiscard]] std::uint32_t place_of(LotId lot) const {
    return index_.find(lot.packed(), [this](std::uint32_t n) { return places_[n].lot.packed(); });
  }

  std::vector<Place> places_;
  FlatIndex index_;
};

}  // namespace ph
