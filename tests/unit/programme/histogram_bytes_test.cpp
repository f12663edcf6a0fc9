// The bytes of a histogram: what is read of them, and what isn't.
#include "core/programme/histogram_bytes.h"

#include <gtest/gtest.h>

#include <cstring>

namespace ph::programme {
namespace PH_FILE {

const HistogramHeader kHeader{.province = Participant(7),
                              .grading = "star",
                              .month = Month(194),  // 2016-03
                              .scale = 10,
                              .programme = {std::byte{1}, std::byte{2}},
                              .revision = 3};

Histogram three() {
  return *Histogram::from({{.score = 3'120, .units = 1},
                           {.score = 1'760, .units = 4},
                           {.score = 0, .units = 1'000'000}});
}

std::vector<std::byte> good() {
  return histogram_bytes(kHeader, three());
}

template <class T>
std::vector<std::byte> with(std::size_t at, T value) {
  auto bytes = good();
  std::memcpy(bytes.data() + at, &value, sizeof value);
  return bytes;
}

std::optional<HistogramFault> fault_of(Bytes bytes) {
  const auto read = read_histogram(bytes);
  return read ? std::nullopt : std::optional(read.error());
}

TEST(HistogramBytes, ComeBackAsTheyWere) {
  const auto bytes = good();
  ASSERT_EQ(bytes.size(), 96U + 3 * 16);
  const auto read = read_histogram(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->header, kHeader);
  EXPECT_EQ(read->histogram, three());
  EXPECT_EQ(histogram_bytes(read->header, read->histogram), bytes);
  EXPECT_EQ(read_histogram_units(bytes), 1'000'005U);
}

TEST(HistogramBytes, OfNobodyIsAHeaderAlone) {
  const auto bytes = histogram_bytes(kHeader, {});
  EXPECT_EQ(bytes.size(), 96U);
  const auto read = read_histogram(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->histogram.units(), 0U);
}

// Each field stands where the format says: docs/wire.md, section 8.
TEST(HistogramBytes, LieAsTheFormatSays) {
  const auto bytes = good();
  const auto at = [&bytes]<class T>(std::size_t place, T) {
    T value{};
    std::memcpy(&value, bytes.data() + place, sizeof value);
    return value;
  };
  EXPECT_EQ(std::memcmp(bytes.data(), "PHG1\1\0\7\0star\0", 13), 0);
  EXPECT_EQ(at(32, std::uint16_t{}), 194);
  EXPECT_EQ(at(36, std::uint32_t{}), 10U);
  EXPECT_EQ(bytes[40], std::byte{1});
  EXPECT_EQ(at(72, std::uint64_t{}), 1'000'005U);
  EXPECT_EQ(at(80, std::uint64_t{}), 3U);
  EXPECT_EQ(at(88, std::uint32_t{}), 3U);
  EXPECT_EQ(at(96, std::uint64_t{}), 3'120U);
  EXPECT_EQ(at(104, std::uint64_t{}), 1U);
}

TEST(HistogramBytes, EachFaultIsNamed) {
  using enum HistogramFault;
  EXPECT_EQ(fault_of({}), kLength);
  EXPECT_EQ(fault_of(Bytes(good()).first(95)), kLength);
  EXPECT_EQ(fault_of(Bytes(good()).first(96 + 47)), kLength);
  auto longer = good();
  longer.resize(longer.size() + 16);
  EXPECT_EQ(fault_of(longer), kLength);
  EXPECT_EQ(fault_of(with(3, '2')), kMagic);
  EXPECT_EQ(fault_of(with(4, std::uint16_t{2})), kMagic);
  EXPECT_EQ(fault_of(with(6, std::uint16_t{0})), kProvince);
  EXPECT_EQ(fault_of(with(6, std::uint16_t{100})), kProvince);
  EXPECT_EQ(fault_of(with(8, 'S')), kGrading);
  EXPECT_EQ(fault_of(with(8, '\0')), kGrading);
  EXPECT_EQ(fault_of(with(31, 'x')), kGrading);
  EXPECT_EQ(fault_of(with(32, std::uint16_t{1200})), kMonth);
  EXPECT_EQ(fault_of(with(34, std::uint16_t{1})), kZero);
  EXPECT_EQ(fault_of(with(36, std::uint32_t{0})), kScale);
  EXPECT_EQ(fault_of(with(88, std::uint32_t{0})), kRevision);
  EXPECT_EQ(fault_of(with(92, std::uint32_t{1})), kZero);
  EXPECT_EQ(fault_of(with(72, std::uint64_t{1'000'004})), kUnits);
  EXPECT_EQ(fault_of(with(80, std::uint64_t{1'000'001})), kEntries);
  EXPECT_EQ(fault_of(with(80, std::uint64_t{2})), kLength);
  EXPECT_EQ(fault_of(with(112, std::uint64_t{3'120})), kScores);  // equal
  EXPECT_EQ(fault_of(with(112, std::uint64_t{3'121})), kScores);  // ascending
  EXPECT_EQ(fault_of(with(96, Histogram::kScoreMax + 1)), kScores);
  EXPECT_EQ(fault_of(with(96, Histogram::kScoreMax)), std::nullopt);
  EXPECT_EQ(fault_of(with(104, std::uint64_t{2})), kUnits);
  auto none = with(104, std::uint64_t{0});
  const std::uint64_t rest = 1'000'004;
  std::memcpy(none.data() + 72, &rest, sizeof rest);
  EXPECT_EQ(fault_of(none), kScores);  // an entry of nobody
}

TEST(HistogramBytes, UnitsAreBoundedAndNeverComeRound) {
  const HistogramHeader header = kHeader;
  const auto at_most =
      histogram_bytes(header, *Histogram::from({{.score = 1, .units = Histogram::kUnitsMax}}));
  EXPECT_EQ(fault_of(at_most), std::nullopt);
  auto two = histogram_bytes(header, *Histogram::from({{2, 1}, {1, 1}}));
  const std::uint64_t all_but_one = ~std::uint64_t{0};
  std::memcpy(two.data() + 104, &all_but_one, 8);  // -1 + 1
  const std::uint64_t zero = 0;
  std::memcpy(two.data() + 72, &zero, 8);
  EXPECT_EQ(fault_of(two), HistogramFault::kUnits);
  auto over = histogram_bytes(header, *Histogram::from({{2, Histogram::kUnitsMax - 1}, {1, 1}}));
  const std::uint64_t one_more = 2;
  std::memcpy(over.data() + 120, &one_more, 8);
  EXPECT_EQ(fault_of(over), HistogramFault::kUnits);
}

TEST(HistogramBytes, AGradingsNameIsANameOfAProgramme) {
  EXPECT_TRUE(valid_grading_name("star"));
  EXPECT_TRUE(valid_grading_name("abcdefghijklmnopqrstuvw-"));
  EXPECT_FALSE(valid_grading_name("abcdefghijklmnopqrstuvwxy"));
  EXPECT_FALSE(valid_grading_name(""));
  EXPECT_FALSE(valid_grading_name("Star"));
  EXPECT_FALSE(valid_grading_name("st_r"));
}

}  // namespace PH_FILE
}  // namespace ph::programme
