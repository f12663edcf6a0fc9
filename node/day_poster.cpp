#include "node/day_poster.h"

#include <limits>

namespace ph {

void DayPoster::begin(const DayFile& file) {
  file_ = &file;
  home_.begin_day(file);
}

void DayPoster::bring(const DayFile& file) {
  file_ = &file;
  home_.bring_file(file);
}

bool DayPoster::post(std::size_t rows) {
  return home_.take_rows(rows);
}

PostedDay DayPoster::seal() {
  DayResult result = home_.end_day();
  OwnedBatch batch = ph::seal({.sender = file_->sender,
                               .date = file_->date,
                               .sequence = file_->sequence,
                               .previous = previous_},
                              std::move(result.movements), std::move(result.items),
                              std::move(result.slices), sha256_);
  file_ = nullptr;
  previous_ = batch.view().digest;
  return {.batch = std::move(batch),
          .returned = std::move(result.returned),
          .left = std::move(result.left)};
}

PostedDay DayPoster::post_day(const DayFile& file) {
  begin(file);
  while (post(std::numeric_limits<std::size_t>::max())) {
  }
  return seal();
}

}  // namespace ph
