// `pointhouse settle`: a month from files (docs/outputs.md).
#pragma once

#include <string>

namespace ph {

struct SettleOptions {
  std::string in{};
  std::string out{};
  std::string period{};    // YYYY-MM
  std::string key{};       // secret key file that signs; empty: unsigned
  std::string previous{};  // output directory of the period before: its log of roots goes on
  std::string seal{};      // directory for the sealed batches; empty: none are written
  unsigned threads{0};     // 0: as many as there are processors
  bool force{false};
  bool pdf{true};
  bool quiet{false};
  bool json{false};  // faults as JSON
};

// 0 settled; 1 refused: the inputs have faults, nothing is written; 2 the options can't be meant;
// throws when the world fails.
[[nodiscard]] int run_settle(const SettleOptions& options);

}  // namespace ph
