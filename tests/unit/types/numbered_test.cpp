#include "core/types/numbered.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace ph {
namespace PH_FILE {

std::vector<std::uint32_t> all(const Numbered<int>& numbered) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t n = numbered.next(0); n != numbered.end(); n = numbered.next(n + 1)) {
    out.push_back(n);
  }
  return out;
}

TEST(Numbered, NumbersAreNeverUsedAgainAndRecordsStayWhereTheyAre) {
  Numbered<int> numbered;
  EXPECT_EQ(numbered.next(0), 0U);
  EXPECT_FALSE(numbered.has(0));
  for (int n = 0; n < 200; ++n) {
    EXPECT_EQ(numbered.add(n), static_cast<std::uint32_t>(n));
  }
  const int* last = &numbered[199];
  for (std::uint32_t n = 0; n < 199; ++n) {
    if (n != 70) {
      numbered.erase(n);
    }
  }
  EXPECT_EQ(all(numbered), (std::vector<std::uint32_t>{70, 199}));
  EXPECT_EQ(numbered.size(), 2U);
  EXPECT_EQ(numbered[70], 70);
  EXPECT_EQ(&numbered[199], last);
  EXPECT_FALSE(numbered.has(69) || numbered.has(0) || numbered.has(200));
  numbered.erase(70);
  numbered.erase(199);
  EXPECT_EQ(numbered.add(7), 200U);
  EXPECT_EQ(all(numbered), (std::vector<std::uint32_t>{200}));
}

TEST(Numbered, IsASetOfNumbersWhateverIsErased) {
  Numbered<int> numbered;
  std::set<std::uint32_t> there;
  std::uint32_t random = 1;
  for (int n = 0; n < 5'000; ++n) {
    random = random * 1'664'525 + 1'013'904'223;
    if (there.empty() || random >> 30 != 0) {
      there.insert(numbered.add(n));
    } else {
      auto gone = there.lower_bound(random % numbered.end());
      gone = gone == there.end() ? there.begin() : gone;
      numbered.erase(*gone);
      there.erase(gone);
    }
    if (n % 64 == 0 && n > 2'000) {  // As what grows old does.
      while (!there.empty() && *there.begin() + 300 < numbered.end()) {
        numbered.erase(*there.begin());
        there.erase(there.begin());
      }
    }
  }
  EXPECT_EQ(all(numbered), std::vector<std::uint32_t>(there.begin(), there.end()));
  EXPECT_EQ(numbered.size(), there.size());
}

}  // namespace PH_FILE
}  // namespace ph
