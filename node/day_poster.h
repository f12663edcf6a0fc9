// A province's node in its embedded form: day files in, sealed batches out. It owns the home's
// state and the chain of digests; one thread owns a poster.
#pragma once

#include <vector>

#include "core/batch/seal.h"
#include "core/home/day.h"
#include "core/home/home.h"

namespace ph {

struct PostedDay {
  OwnedBatch batch;
  std::vector<ReturnedRow> returned{};
};

class DayPoster {
 public:
  DayPoster(Participant province, Sha256 sha256) : home_(province), sha256_(sha256) {}

  void open(const Opening& opening) { home_.open(opening); }
  // Files in the order of their sequence.
  [[nodiscard]] PostedDay post(const DayFile& file);

 private:
  Home home_;
  Sha256 sha256_;
  Digest previous_{};
};

}  // namespace ph
