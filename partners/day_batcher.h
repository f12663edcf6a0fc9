// A partner's day becomes its batch: withdrawals are filled in from the entries they cite, then it
// is sealed on the partner's behalf. One thread owns a batcher.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "core/batch/seal.h"

namespace ph {

class DayBatcher {
 public:
  DayBatcher(Participant partner, Sha256 sha256) : partner_(partner), sha256_(sha256) {}

  // Days in the order of their sequence; `items` as the reader of PARTNER_DAY gives them.
  [[nodiscard]] OwnedBatch batch(BusinessDate date, std::uint32_t sequence,
                                 std::vector<Item> items);
  // A batch that was sealed and kept: a batcher that learns all of them in their order is as the
  // one that sealed them.
  void learn(const BatchView& batch);

 private:
  struct Named {
    Kind kind{};
    Member member{};
    TransactionId id{};
  };

  Participant partner_;
  Sha256 sha256_;
  Digest previous_{};
  std::map<std::pair<std::uint32_t, std::uint32_t>, Named> entries_;  // (sequence, entry)
};

}  // namespace ph
