#include "core/intake/advice.h"

#include <map>

namespace ph {

std::vector<IssuerAdvice> advices_of(const BatchView& batch) {
  std::map<Participant, PointSums> sums;
  for_each_slice(batch, [&](const Slice& slice, Member /*member*/) {
    if (slice.lot.participant() != batch.header.sender) {
      sums[slice.lot.participant()].add(slice.account, slice.delta);
    }
  });
  std::vector<IssuerAdvice> advices;
  for (const auto& [issuer, of_issuer] : sums) {
    if (of_issuer != PointSums()) {
      advices.push_back({.issuer = issuer, .sums = of_issuer});
    }
  }
  return advices;
}

}  // namespace ph
