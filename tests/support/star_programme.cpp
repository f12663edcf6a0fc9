#include "tests/support/star_programme.h"

#include <string_view>

namespace ph::test {

std::string star_programme(int version, const char* effective) {
  std::string out = "[programme]\nformat = 1\ncode = \"stars\"\ntitle = \"Stars\"\nversion = " +
                    std::to_string(version) + "\neffective = \"" + effective +
                    "\"\nmaker = \"G-0001\"\nchecker = \"G-0002\"\n";
  for (const char* source :
       {"CONSUMPTION", "TENURE", "LEVEL", "AWARD", "FIXED_LINE", "SP", "PARTNER", "EXCHANGE_IN"}) {
    out += "[[source]]\nsource = \"" + std::string(source) + "\"\nrating = true\n";
  }
  out +=
      "[tenure_award]\nmode = \"NONE\"\n[level_award]\nmode = \"NONE\"\n"
      "[[grading]]\nname = \"star\"\ntitle = \"Stars\"\nlevels = [\"ordinary\", \"one-star\", "
      "\"two-star\", \"three-star\", \"four-star\", \"five-star\"]\nbasis = \"PRODUCT\"\n"
      "unit = \"ACCOUNT\"\nrun = \"CLEARING\"\neffective = \"NEXT_MONTH\"\n"
      "standards = \"CLEARING\"\n"
      "[[score]]\ngrading = \"star\"\nmonths = 12\nmonths_min = 6\nthreshold_round = 10\n";
  for (int years = 0; years <= 5; ++years) {
    out += "[[factor]]\ngrading = \"star\"\nyears_from = " + std::to_string(years) +
           "\nfactor = \"" + std::to_string(10 + years) + "/10\"\n";
  }
  for (const auto& [level, percent] : {std::pair{"five-star", 5}, std::pair{"four-star", 15},
                                       std::pair{"three-star", 30}, std::pair{"two-star", 70}}) {
    out += "[[cut]]\ngrading = \"star\"\nlevel = \"" + std::string(level) +
           "\"\npercent = " + std::to_string(percent) + "\n";
  }
  return out +
         "[effective]\norder = [\"five-star\", \"four-star\", \"three-star\", \"two-star\", "
         "\"one-star\", \"ordinary\"]\n";
}

}  // namespace ph::test
