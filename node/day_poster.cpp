#include "node/day_poster.h"

namespace ph {

PostedDay DayPoster::post(const DayFile& file) {
  DayResult result = home_.take(file);
  OwnedBatch batch = seal(
      {.sender = file.sender, .date = file.date, .sequence = file.sequence, .previous = previous_},
      std::move(result.movements), std::move(result.items), std::move(result.slices), sha256_);
  previous_ = batch.view().digest;
  return {.batch = std::move(batch), .returned = std::move(result.returned)};
}

}  // namespace ph
