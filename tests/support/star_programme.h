// The smallest programme file with stars: six levels by bill x tenure, whose thresholds the
// clearing finds. Factors are (10 + whole years, 5 at most) / 10, so scores are tenths.
#pragma once

#include <string>

namespace ph::test {

[[nodiscard]] std::string star_programme(int version = 1, const char* effective = "2016-01-01");

}  // namespace ph::test
