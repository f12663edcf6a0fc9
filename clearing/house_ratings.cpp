// What of the clearing's state is about ratings: commands carried out, the blobs that they cite.
#include "clearing/damaged.h"
#include "clearing/house.h"
#include "platform/files/read_programme.h"

namespace ph {

std::shared_ptr<const Programme> ClearingHouse::programme_of(const Digest& address) const {
  const Blob blob = blob_of(address, "programme");
  std::vector<Fault> faults;
  auto programme = read_programme(InputFile("programme " + hex(address), blob.bytes()), faults);
  if (!programme) {
    damaged("the programme " + hex(address) + " was accepted and cannot be read now");
  }
  return std::make_shared<const Programme>(std::move(*programme));
}

programme::HistogramFile ClearingHouse::histogram_of(const RatingKey& key, Participant province,
                                                     const Digest& address) const {
  auto file = programme::read_histogram(blob_of(address, "histogram").bytes());
  if (!file || file->header.province != province || file->header.grading != key.grading ||
      file->header.month != key.month) {
    damaged("the histogram " + hex(address) + " was accepted and cannot be read now");
  }
  return std::move(file).value();
}

programme::Histogram ClearingHouse::merged_scores(const RatingKey& key) const {
  programme::Histogram all;
  const Rating* rating = ratings_.find(key);
  if (rating == nullptr) {
    return all;
  }
  for (const Participant province : rating->provinces) {
    std::vector<programme::Histogram> both{std::move(all)};
    both.push_back(histogram_of(key, province, rating->scores.at(province).blob).histogram);
    all = programme::Histogram::merge(both);
  }
  return all;
}

void ClearingHouse::take_scores(const ScoresKept& kept, BusinessTime at) {
  const auto file = histogram_of(kept.key, kept.province, kept.blob);
  SentScores sent{.revision = kept.revision,
                  .blob = kept.blob,
                  .units = file.histogram.units(),
                  .at = at,
                  .signature = kept.signature};
  if (file.header.revision != kept.revision ||
      !ratings_.take(kept.key, kept.province, std::move(sent))) {
    damaged("scores of a rating that does not take them");
  }
}

// False: it is no command of a rating.
bool ClearingHouse::apply_rating(const JournalCommand& command) {
  ProgrammeKept programme;
  RatingOpened opened;
  ScoresKept scores;
  ThresholdsPublished published;
  if (decode(command, programme)) {
    auto content = programme_of(programme.blob);
    if (content->rows().head.effective != programme.effective ||
        !ratings_.take({.blob = programme.blob,
                        .effective = programme.effective,
                        .programme = std::move(content)})) {
      damaged("a programme of another day");
    }
  } else if (decode(command, opened)) {
    if (!ratings_.open(opened.key, opened.provinces, command.at)) {
      damaged("a rating that cannot be opened");
    }
  } else if (decode(command, scores)) {
    take_scores(scores, command.at);
  } else if (decode(command, published)) {
    if (!ratings_.publish(published.key, published.text, published.signature)) {
      damaged("thresholds of a rating that was not complete");
    }
  } else {
    return false;
  }
  return true;
}

bool ClearingHouse::load_ratings(ByteReader in) {
  const RatingBook::Reader reader{
      .programme = [this](const Digest& blob) { return programme_of(blob); },
      .units =
          [this](const RatingKey& key, Participant province, const Digest& blob, bool all) {
            if (all) {
              return histogram_of(key, province, blob).histogram.units();
            }
            // Nothing is computed from it any more: that it is there has to do.
            const Blob there = blob_of(blob, "histogram", false);
            const auto header = programme::read_histogram_units(there.bytes());
            if (!header) {
              damaged("the histogram " + hex(blob) + " was accepted and cannot be read now");
            }
            return *header;
          }};
  return ratings_.load(in, reader) && in.done();
}

}  // namespace ph
