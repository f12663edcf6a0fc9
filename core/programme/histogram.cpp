#include "core/programme/histogram.h"

#include <algorithm>

#include "core/programme/rounding.h"

namespace ph::programme {

namespace {

// So many are gathered at least before they are sorted into the rest.
constexpr std::size_t kComingMin = 65'536;

}  // namespace

std::optional<Histogram> Histogram::from(std::vector<Entry> entries) {
  std::uint64_t units = 0;
  if (!entries.empty() && entries.front().score > kScoreMax) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const bool descends = i == 0 || entries[i].score < entries[i - 1].score;
    if (!descends || entries[i].units == 0 || entries[i].units > kUnitsMax - units) {
      return std::nullopt;
    }
    units += entries[i].units;
  }
  Histogram made;
  made.entries_ = std::move(entries);
  made.units_ = units;
  return made;
}

// Without a branch that depends on the scores: they are as good as random.
Histogram Histogram::merged(const Histogram& a, const Histogram& b) {
  Histogram out;
  out.units_ = a.units_ + b.units_;
  out.entries_.resize(a.entries_.size() + b.entries_.size());
  const Entry* left = a.entries_.data();
  const Entry* right = b.entries_.data();
  const Entry* const left_end = left + a.entries_.size();
  const Entry* const right_end = right + b.entries_.size();
  Entry* to = out.entries_.data();
  while (left != left_end && right != right_end) {
    const bool of_left = left->score >= right->score;
    const bool of_right = right->score >= left->score;
    to->score = of_left ? left->score : right->score;
    to->units = (of_left ? left->units : 0) + (of_right ? right->units : 0);
    left += of_left ? 1 : 0;
    right += of_right ? 1 : 0;
    ++to;
  }
  to = std::copy(left, left_end, to);
  to = std::copy(right, right_end, to);
  out.entries_.resize(static_cast<std::size_t>(to - out.entries_.data()));
  return out;
}

Histogram Histogram::merge(std::span<const Histogram> parts) {
  if (parts.empty()) {
    return {};
  }
  if (parts.size() == 1) {
    return parts.front();
  }
  const std::size_t half = parts.size() / 2;
  if (parts.size() == 2) {
    return merged(parts[0], parts[1]);
  }
  return merged(merge(parts.first(half)), merge(parts.subspan(half)));
}

std::optional<Score> Histogram::at_rank(std::uint64_t rank) const {
  if (rank == 0 || rank > units_) {
    return std::nullopt;
  }
  std::uint64_t above = 0;
  for (const Entry& entry : entries_) {
    above += entry.units;
    if (rank <= above) {
      return entry.score;
    }
  }
  return std::nullopt;
}

void HistogramBuilder::add(Score score, std::uint64_t units) {
  check(score <= Histogram::kScoreMax, "score of a histogram within its bound");
  if (units == 0) {
    return;
  }
  coming_.push_back({.score = score, .units = units});
  if (coming_.size() >= std::max(kComingMin, settled_.entries_.size())) {
    settle();
  }
}

void HistogramBuilder::settle() {
  std::sort(coming_.begin(), coming_.end(),
            [](const Histogram::Entry& a, const Histogram::Entry& b) { return a.score > b.score; });
  Histogram run;
  run.entries_.reserve(coming_.size());
  for (const Histogram::Entry& entry : coming_) {
    if (run.entries_.empty() || run.entries_.back().score != entry.score) {
      run.entries_.push_back(entry);
    } else {
      run.entries_.back().units += entry.units;
    }
    run.units_ += entry.units;
  }
  settled_ = Histogram::merged(settled_, run);
  check(settled_.units_ <= Histogram::kUnitsMax, "units of a histogram within their bound");
  coming_.clear();
}

Histogram HistogramBuilder::build() && {
  settle();
  return std::move(settled_);
}

std::int64_t threshold_of(Score score, std::uint32_t scale, std::int64_t multiple) {
  return multiple * rounded_half_up(static_cast<Int128>(score), Int128{scale} * multiple);
}

}  // namespace ph::programme
