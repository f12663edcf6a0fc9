// The points: roll-forward, earning quarters, closing lots and debts must tell one story.
#pragma once

#include <string_view>

#include "app/verify/files.h"
#include "app/verify/lines.h"
#include "app/verify/report.h"

namespace ph::verify {

struct PointsFiles {
  std::string_view rollforward;
  std::string_view quarters;
  std::string_view closing_lots;
  std::string_view closing_debts;
};

void check_points(const PointsFiles& files, const Participants& participants, Report& report);

// That a period opens with what the one before closed with: both rollforward.csv.
void check_opening(std::string_view rollforward, std::string_view previous, Report& report);

inline constexpr std::string_view kRollforwardColumns =
    "issuer,opening,issued,redeemed,expired,forfeited,moved,closing,breakage_fen";

}  // namespace ph::verify
