// The loader of a home's snapshot: what it takes, it gives back to the byte; and no home that it
// makes reaches beyond its tables.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/home/loader.h"

namespace ph::fuzz {
namespace {

void need(bool right) {
  if (!right) {
    std::abort();
  }
}

// The one that snapshots of layout 4 name here: in force from 2007-03-01.
std::shared_ptr<const Programme> programme() {
  programme::Rows rows;
  rows.head.code = "test";
  rows.head.version = 1;
  rows.head.effective = BusinessDate::of(2007, 3, 1);
  rows.head.maker = "G-1";
  rows.head.checker = "G-2";
  for (const Source source :
       {Source::kConsumption, Source::kTenure, Source::kLevel, Source::kAward, Source::kFixedLine,
        Source::kSp, Source::kPartner, Source::kExchangeIn}) {
    rows.sources.push_back({.source = source, .rating = true});
  }
  rows.tenure_award.mode = programme::AwardMode::kNone;
  rows.level_award.mode = programme::AwardMode::kNone;
  auto made = Programme::build(std::move(rows));
  need(made.ok());
  return std::make_shared<const Programme>(std::move(made).value());
}

// Each member's points of each month, and what each lot comes from: nothing lies outside.
void ask(const Home& home, std::uint64_t lots) {
  const MemberBook* book = home.book();
  for (std::uint32_t n = 0; book != nullptr && n < book->members(); ++n) {
    for (std::uint16_t month = 60; month < 100; ++month) {
      (void)book->rating_points(n, Month(month));
    }
  }
  for (std::uint32_t n = 0; book != nullptr && n < lots; ++n) {
    const std::uint32_t from = book->origin(n);
    need(from == MemberBook::kNone || book->account(from).member < book->members());
  }
}

void check(Bytes input) {
  static const std::shared_ptr<const Programme> kProgramme = programme();
  // In two parts, the second from the middle of something.
  HomeLoader loader([](const Digest&) { return kProgramme; });
  const Bytes first = input.first(input.size() / 3);
  Bytes behind = loader.take(first);
  if (behind.empty()) {
    behind = loader.take(input.subspan(first.size()));
  }
  const std::optional<Home> home = loader.finish();
  if (!home) {
    return;
  }
  std::vector<std::byte> saved;
  home->save([&saved](Bytes part) { saved.insert(saved.end(), part.begin(), part.end()); });
  need(saved.size() <= input.size() && std::equal(saved.begin(), saved.end(), input.begin()));
  HomeHeader header;
  std::memcpy(&header, input.data(), sizeof header);
  for (std::uint64_t n = 0; n < header.members; ++n) {
    std::uint64_t number = 0;
    std::memcpy(&number, input.data() + sizeof header + n * sizeof(MemberRecord), sizeof number);
    const BusinessDate on(static_cast<std::uint16_t>(2650 + n));
    need(home->balance(Member(number), on).has_value());
    (void)home->lots(Member(number));
  }
  ask(*home, header.lots);
}

}  // namespace
}  // namespace ph::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ph::fuzz::check(std::as_bytes(std::span<const std::uint8_t>(data, size)));
  return 0;
}
