#include "clearing/rating_book.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "core/programme/histogram_bytes.h"
#include "core/programme/score.h"
#include "core/rules/rulebook.h"

namespace ph {

namespace {

bool ascend(const std::vector<Participant>& provinces) {
  return !provinces.empty() && std::ranges::all_of(provinces, valid_province) &&
         std::ranges::adjacent_find(provinces, std::ranges::greater_equal()) == provinces.end();
}

}  // namespace

bool Rating::counts(Participant province) const {
  return std::ranges::binary_search(provinces, province);
}

std::vector<Participant> Rating::waiting() const {
  std::vector<Participant> out;
  std::ranges::copy_if(provinces, std::back_inserter(out),
                       [this](Participant province) { return !scores.contains(province); });
  return out;
}

const Rating* RatingBook::find(const RatingKey& key) const {
  const auto found = ratings_.find(key);
  return found == ratings_.end() ? nullptr : &found->second;
}

std::optional<RatingRules> RatingBook::rules_of(const RatingKey& key) const {
  const auto after =
      std::ranges::upper_bound(versions_, last_day(key.month), {}, &ProgrammeVersion::effective);
  if (after == versions_.begin()) {
    return std::nullopt;
  }
  const ProgrammeVersion& version = *std::prev(after);
  const std::uint16_t place = version.programme->find_grading(key.grading);
  if (place == programme::kNoIndex) {
    return std::nullopt;
  }
  const programme::Grading& grading = version.programme->rows().gradings[place];
  if (grading.standards != programme::Standards::kClearing) {
    return std::nullopt;
  }
  std::uint32_t scale = 1;
  if (grading.basis == programme::Basis::kProduct) {
    const auto factors = programme::FactorTable::of(grading.factors);
    if (!factors) {
      return std::nullopt;
    }
    scale = factors->scale();
  }
  return RatingRules{.version = &version, .grading = &grading, .scale = scale};
}

std::optional<Month> RatingBook::last_month() const {
  std::optional<Month> last;
  for (const auto& [key, rating] : ratings_) {
    last = std::max(last.value_or(key.month), key.month);
  }
  return last;
}

RatingBook::Place RatingBook::place_of(const Found& found) const {
  const Rating* rating = find(found.key);
  if (rating == nullptr || !rating->counts(found.province)) {
    return Place::kNotOpen;
  }
  const auto sent = rating->scores.find(found.province);
  if (sent != rating->scores.end() && sent->second.blob == found.digest) {
    return Place::kSame;
  }
  if (rating->published()) {
    return Place::kPublished;
  }
  const auto rules = rules_of(found.key);
  if (!rules || rules->version->blob != found.programme) {
    return Place::kOtherProgramme;
  }
  const bool newer = sent == rating->scores.end() || found.revision > sent->second.revision;
  return newer ? Place::kFree : Place::kOther;
}

std::vector<RatingKey> RatingBook::due() const {
  std::vector<RatingKey> out;
  for (const auto& [key, rating] : ratings_) {
    if (!rating.published() && rating.waiting().empty()) {
      out.push_back(key);
    }
  }
  return out;
}

bool RatingBook::take(ProgrammeVersion version) {
  const auto last = last_month();
  if (!version.programme || (last && version.effective <= last_day(*last)) ||
      (!versions_.empty() && version.effective <= versions_.back().effective)) {
    return false;
  }
  versions_.push_back(std::move(version));
  return true;
}

bool RatingBook::open(const RatingKey& key, std::vector<Participant> provinces, BusinessTime at) {
  const Rating* before = find(key);
  if (!rules_of(key) || !ascend(provinces) || (before != nullptr && before->published())) {
    return false;
  }
  Rating& rating = ratings_[key];
  rating.provinces = std::move(provinces);
  rating.opened = at;
  return true;
}

bool RatingBook::take(const RatingKey& key, Participant province, SentScores scores) {
  const auto found = ratings_.find(key);
  if (found == ratings_.end() || found->second.published() || !found->second.counts(province)) {
    return false;
  }
  const auto sent = found->second.scores.find(province);
  if (scores.revision == 0 ||
      (sent != found->second.scores.end() && scores.revision <= sent->second.revision)) {
    return false;
  }
  found->second.scores[province] = std::move(scores);
  return true;
}

bool RatingBook::publish(const RatingKey& key, std::string thresholds, std::string signature) {
  const auto found = ratings_.find(key);
  if (found == ratings_.end() || found->second.published() || thresholds.empty() ||
      !found->second.waiting().empty()) {
    return false;
  }
  found->second.thresholds = std::move(thresholds);
  found->second.signature = std::move(signature);
  return true;
}

// --- saved and loaded ----------------------------------------------------------------------------

void RatingBook::save(ByteWriter& out) const {
  out.put(static_cast<std::uint32_t>(versions_.size()));
  for (const ProgrammeVersion& version : versions_) {
    out.put(version.blob);
    out.put(version.effective.count());
  }
  out.put(static_cast<std::uint32_t>(ratings_.size()));
  for (const auto& [key, rating] : ratings_) {
    std::array<char, programme::kGradingNameMax> name{};
    std::ranges::copy(key.grading, name.begin());
    out.put_record(name);
    out.put(key.month.count());
    out.put(rating.opened.seconds());
    out.put(static_cast<std::uint16_t>(rating.provinces.size()));
    for (const Participant province : rating.provinces) {
      out.put(province.number());
    }
    out.put(static_cast<std::uint16_t>(rating.scores.size()));
    for (const auto& [province, sent] : rating.scores) {
      out.put(province.number());
      out.put(sent.revision);
      out.put(sent.blob);
      out.put(sent.at.seconds());
      out.put_text(sent.signature);
    }
    out.put_text(rating.thresholds);
    out.put_text(rating.signature);
  }
}

bool RatingBook::load_rating(ByteReader& in, const Reader& reader) {
  const auto name = in.get<std::array<char, programme::kGradingNameMax>>();
  const auto end = std::ranges::find(name, '\0');
  const RatingKey key{.grading = std::string(name.begin(), end),
                      .month = Month(in.get<std::uint16_t>())};
  const BusinessTime opened(in.get<std::int64_t>());
  std::vector<Participant> provinces;
  for (auto left = in.get<std::uint16_t>(); left > 0 && in.good(); --left) {
    provinces.emplace_back(in.get<std::uint16_t>());
  }
  const bool padded = std::all_of(end, name.end(), [](char c) { return c == '\0'; });
  const bool ascends = ratings_.empty() || ratings_.rbegin()->first < key;
  if (!in.good() || !padded || !ascends || !programme::valid_grading_name(key.grading) ||
      key.month.count() >= Month::kCount || !open(key, std::move(provinces), opened)) {
    return false;
  }
  Rating& rating = ratings_[key];
  for (auto left = in.get<std::uint16_t>(); left > 0 && in.good(); --left) {
    const Participant province(in.get<std::uint16_t>());
    SentScores sent{.revision = in.get<std::uint32_t>(), .blob = in.get<Digest>()};
    sent.at = BusinessTime(in.get<std::int64_t>());
    sent.signature = in.get_text();
    const bool next = rating.scores.empty() || rating.scores.rbegin()->first < province;
    if (!in.good() || sent.revision == 0 || !valid_province(province) || !next) {
      return false;
    }
    rating.scores[province] = std::move(sent);
  }
  const std::string thresholds = in.get_text();
  const std::string signature = in.get_text();
  if (!in.good() || (!thresholds.empty() && !publish(key, thresholds, signature)) ||
      (thresholds.empty() && !signature.empty())) {
    return false;
  }
  for (auto& [province, sent] : rating.scores) {
    sent.units = reader.units(key, province, sent.blob, !rating.published());
  }
  return true;
}

bool RatingBook::load(ByteReader& in, const Reader& reader) {
  for (auto left = in.get<std::uint32_t>(); left > 0 && in.good(); --left) {
    const auto blob = in.get<Digest>();
    const BusinessDate effective(in.get<std::uint16_t>());
    if (!in.good() ||
        !take(ProgrammeVersion{
            .blob = blob, .effective = effective, .programme = reader.programme(blob)})) {
      return false;
    }
  }
  for (auto left = in.get<std::uint32_t>(); left > 0 && in.good(); --left) {
    if (!load_rating(in, reader)) {
      return false;
    }
  }
  return in.good() && !versions_.empty();
}

}  // namespace ph
