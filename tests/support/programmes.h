// Programmes for tests: the least that is one, to be changed as a test needs it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "core/programme/programme.h"
#include "core/types/digest.h"

namespace ph::test {

// Points wait for the profile; one point a yuan; no awards, gradings or benefits.
inline programme::Rows small_programme(BusinessDate effective, std::uint32_t version = 1) {
  programme::Rows rows;
  rows.head.code = "test";
  rows.head.title = "Test";
  rows.head.version = version;
  rows.head.effective = effective;
  rows.head.maker = "G-1";
  rows.head.checker = "G-2";
  for (const Source source :
       {Source::kConsumption, Source::kTenure, Source::kLevel, Source::kAward, Source::kFixedLine,
        Source::kSp, Source::kPartner, Source::kExchangeIn}) {
    rows.sources.push_back({.source = source, .rating = source <= Source::kFixedLine});
  }
  rows.tenure_award.mode = programme::AwardMode::kNone;
  rows.level_award.mode = programme::AwardMode::kNone;
  return rows;
}

inline std::shared_ptr<const Programme> built(programme::Rows rows) {
  auto made = Programme::build(std::move(rows));
  if (!made.ok()) {
    for (const ProgrammeFault& fault : made.error()) {
      ADD_FAILURE() << fault.key << " " << fault.value << ": " << fault.expected;
    }
    return nullptr;
  }
  return std::make_shared<const Programme>(std::move(made).value());
}

// A blob's digest, by the version: programmes of tests lie in no store.
inline Digest blob_of_version(std::uint32_t version) {
  Digest out{};
  out[0] = static_cast<std::byte>(version);
  return out;
}

}  // namespace ph::test
