// Histograms of 31 provinces that were made up, whatever the order in which they come and whatever
// comes twice: merged they are that of all units at once, through bytes and the clearing's book.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "clearing/rating_book.h"
#include "core/programme/histogram_bytes.h"
#include "core/programme/level.h"
#include "platform/files/read_programme.h"
#include "tests/support/star_programme.h"

namespace ph {
namespace PH_FILE {

using programme::Histogram;
using programme::HistogramBuilder;

constexpr std::uint16_t kProvinces = 31;
const RatingKey kKey{"star", *Month::parse("2026-03")};

// A book with a rating of 31 provinces.
RatingBook opened() {
  std::vector<Fault> faults;
  const std::string text = test::star_programme();
  auto programme = read_programme(InputFile("stars.toml", as_bytes(text)), faults);
  RC_ASSERT(programme.has_value());
  RatingBook book;
  RC_ASSERT(book.take(
      ProgrammeVersion{.blob = {std::byte{7}},
                       .effective = programme->rows().head.effective,
                       .programme = std::make_shared<const Programme>(std::move(*programme))}));
  std::vector<Participant> provinces;
  for (std::uint16_t n = 1; n <= kProvinces; ++n) {
    provinces.emplace_back(n);
  }
  RC_ASSERT(book.open(kKey, provinces, {}));
  return book;
}

Digest name_of(std::uint64_t n) {
  Digest out{};
  std::memcpy(out.data(), &n, sizeof n);
  return out;
}

struct Sent {
  std::uint16_t province{};
  std::uint32_t revision{};
  std::uint64_t name{};
};

// What 31 provinces send, in any order: some sent a wrong one of a revision before, too, and some
// send twice.
struct Country {
  Country() {
    for (std::uint16_t n = 1; n <= kProvinces; ++n) {
      if (*rc::gen::inRange(0, 4) == 0) {
        make(n, 1, false);
      }
      make(n, 2, true);
      if (*rc::gen::inRange(0, 4) == 0) {
        coming.push_back(coming.back());
      }
    }
    for (std::size_t left = coming.size(); left > 1; --left) {
      std::swap(coming[left - 1], coming[*rc::gen::inRange<std::size_t>(0, left)]);
    }
  }

  void make(std::uint16_t province, std::uint32_t revision, bool counts) {
    HistogramBuilder own;
    const auto scores =
        *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 4'000));
    for (const std::uint64_t score : scores) {
      own.add(score);
      if (counts) {
        all.add(score);
      }
    }
    coming.push_back({province, revision, blobs.size()});
    blobs.push_back(programme::histogram_bytes({.province = Participant(province),
                                                .grading = "star",
                                                .month = kKey.month,
                                                .scale = 10,
                                                .programme = {std::byte{7}},
                                                .revision = revision},
                                               std::move(own).build()));
  }

  std::vector<std::vector<std::byte>> blobs{};
  std::vector<Sent> coming{};
  HistogramBuilder all{};  // of those that count
};

// As the clearing does: what is free is taken.
void arrive(RatingBook& book, const Sent& sent) {
  const RatingBook::Found found{.key = kKey,
                                .province = Participant(sent.province),
                                .programme = {std::byte{7}},
                                .revision = sent.revision,
                                .digest = name_of(sent.name)};
  const auto place = book.place_of(found);
  const Rating& before = *book.find(kKey);
  const auto known = before.scores.find(found.province);
  if (known == before.scores.end()) {
    RC_ASSERT(place == RatingBook::Place::kFree);
  } else if (known->second.blob == found.digest) {
    RC_ASSERT(place == RatingBook::Place::kSame);
  } else {
    const bool newer = sent.revision > known->second.revision;
    RC_ASSERT(place == (newer ? RatingBook::Place::kFree : RatingBook::Place::kOther));
  }
  if (place == RatingBook::Place::kFree) {
    RC_ASSERT(book.take(kKey, found.province,
                        SentScores{.revision = sent.revision, .blob = name_of(sent.name)}));
  }
  RC_ASSERT(book.due().empty() == !book.find(kKey)->waiting().empty());
}

RC_GTEST_PROP(RatingProperty, MergedHistogramsAreThatOfAllUnitsAtOnce, ()) {
  RatingBook book = opened();
  Country country;
  for (const Sent& sent : country.coming) {
    arrive(book, sent);
  }
  RC_ASSERT(book.due() == std::vector<RatingKey>{kKey});
  std::vector<Histogram> parts;
  for (const auto& [province, sent] : book.find(kKey)->scores) {
    std::uint64_t of = 0;
    std::memcpy(&of, sent.blob.data(), sizeof of);
    const auto file = programme::read_histogram(country.blobs.at(of));
    RC_ASSERT(file.ok());
    RC_ASSERT(file->header.province == province);
    parts.push_back(file->histogram);
  }
  const Histogram expected = std::move(country.all).build();
  const Histogram merged = Histogram::merge(parts);
  RC_ASSERT(merged == expected);
  const auto rules = book.rules_of(kKey);
  RC_ASSERT(programme::cuts_of(merged, *rules->grading, rules->scale) ==
            programme::cuts_of(expected, *rules->grading, rules->scale));
}

RC_GTEST_PROP(RatingProperty, BytesOfAnyHistogramComeBack, ()) {
  HistogramBuilder builder;
  for (const auto& [score, units] :
       *rc::gen::container<std::vector<std::pair<std::uint64_t, std::uint32_t>>>(
           rc::gen::pair(rc::gen::inRange<std::uint64_t>(0, Histogram::kScoreMax),
                         rc::gen::inRange<std::uint32_t>(0, 1'000'000)))) {
    builder.add(score, units);
  }
  const Histogram made = std::move(builder).build();
  const programme::HistogramHeader header{.province = Participant(5),
                                          .grading = "star",
                                          .month = kKey.month,
                                          .scale = 3,
                                          .revision = 1};
  const auto bytes = programme::histogram_bytes(header, made);
  const auto read = programme::read_histogram(bytes);
  RC_ASSERT(read.ok());
  RC_ASSERT(read->histogram == made);
  RC_ASSERT(read->header == header);
  // One byte other: another histogram that is right, or none; never the same.
  auto other = bytes;
  const auto at = *rc::gen::inRange<std::size_t>(0, other.size());
  other[at] ^= static_cast<std::byte>(*rc::gen::inRange(1, 256));
  const auto changed = programme::read_histogram(other);
  if (changed.ok()) {
    RC_ASSERT(programme::histogram_bytes(changed->header, changed->histogram) == other);
  }
}

}  // namespace PH_FILE
}  // namespace ph
