// All that can be seen of the clearing's ledger of a home, in words, for tests to compare.
#pragma once

#include <string>

#include "core/intake/lot_ledger.h"
#include "tests/unit/home/rows.h"

namespace ph::test {

inline std::string text_of(const PointSums& sums) {
  std::string out;
  for (const std::int64_t sum :
       {sums.issued, sums.redeemed, sums.expired, sums.forfeited, sums.moved, sums.repaid}) {
    out += " " + std::to_string(sum);
  }
  return out;
}

inline Texts texts_of(const LotLedger& ledger) {
  Texts out;
  for (const LotState& lot : ledger.lots()) {
    out.push_back("lot " + std::to_string(lot.lot.packed()) + " " + lot.member.text() + " " +
                  lot.earned_month.text() + " " + lot.expires_on.text() + " " +
                  std::string(word(lot.source)) + " " + std::to_string(lot.rating) +
                  (lot.shown ? " shown " : " ") + std::to_string(lot.original) + " " +
                  std::to_string(lot.remaining));
  }
  for (const auto& [key, points] : ledger.debts()) {
    out.push_back("debt " + key.first.text() + " " + std::to_string(key.second.number()) + " " +
                  std::to_string(points));
  }
  for (std::uint16_t number = 0; number <= kProvinceNumberMax; ++number) {
    const IssuerPoints* points = ledger.issuer(number);
    for (std::size_t q = 0; points != nullptr && q <= IssuerPoints::kDebtQuarter; ++q) {
      const PointSums& sums = points->period.at(q);
      if (points->opening.at(q) != 0 || sums != PointSums()) {
        out.push_back("issuer " + std::to_string(number) + " quarter " + std::to_string(q) + " " +
                      std::to_string(points->opening.at(q)) + text_of(sums));
      }
    }
    if (points != nullptr) {
      out.push_back("issuer " + std::to_string(number));
    }
  }
  for (const auto& [key, points] : ledger.breakage()) {
    out.push_back("breakage " + std::to_string(key.first.number()) + " " + key.second.text() + " " +
                  std::to_string(points));
  }
  return out;
}

}  // namespace ph::test
