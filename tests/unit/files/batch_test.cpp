#include <algorithm>
#include <cstdio>
#include <cstring>

#include "core/batch/seal.h"
#include "platform/crypto/sha256.h"
#include "platform/files/check.h"
#include "platform/files/write.h"
#include "tests/unit/files/support.h"

namespace ph {
namespace PH_FILE {

using test::codes;
using test::good_book;
using test::open_good;

Digest hash(Bytes a, Bytes b) {
  return sha256(a, b);
}

Item item(Kind kind, std::uint32_t entry, Participant counterparty, std::uint32_t slices) {
  const BusinessDate date = BusinessDate::of(2007, 4, 5);
  return {.kind = kind,
          .counterparty = counterparty,
          .member = Member::make(Participant(1), 1),
          .id = TransactionId::of(EntryId(Participant(1), date, entry)),
          .entry = entry,
          .points = 10,
          .slice_count = slices};
}

Slice slice(std::uint32_t number, std::int64_t delta) {
  return {.lot = LotId(Participant(1), BusinessDate::of(2007, 1, 1), number),
          .source = Source::kLevel,
          .account = Account::kRedeemed,
          .original = 100,
          .delta = delta};
}

BatchHeader first_day() {
  return {.sender = Participant(1), .date = BusinessDate::of(2007, 4, 5), .sequence = 1};
}

TEST(Seal, SortsItemsWithTheirSlicesAndSums) {
  const Item late = item(Kind::kRedeem, 1, Participant(3), 2);
  const Item early = item(Kind::kRedeem, 2, Participant(2), 1);
  const OwnedBatch batch =
      seal(first_day(), {}, {late, early}, {slice(1, -4), slice(2, -6), slice(3, -10)}, hash);
  const BatchView view = batch.view();
  ASSERT_EQ(view.items.size(), 2U);
  EXPECT_EQ(view.items[0].entry, 2U);
  EXPECT_EQ(view.items[1].entry, 1U);
  EXPECT_EQ(view.slices[0].lot.number(), 3U);
  EXPECT_EQ(view.slices[1].lot.number(), 1U);
  EXPECT_EQ(view.slices[2].lot.number(), 2U);
  EXPECT_EQ(view.header.points, 20);
  EXPECT_EQ(view.digest, sha256(batch.bytes().first(batch.bytes().size() - 32)));
  EXPECT_EQ(batch.bytes().size(), 96U + 2 * 144 + 3 * 32 + 32);
}

TEST(Seal, KeepsThePlaceWithinAnEntry) {
  std::vector<Movement> movements(3);
  movements[0] = {.entry = 9, .slice = slice(1, 1)};
  movements[1] = {.entry = 4, .slice = slice(2, -2)};
  movements[2] = {.entry = 4, .slice = slice(3, 3)};
  const OwnedBatch batch = seal(first_day(), movements, {}, {}, hash);
  EXPECT_EQ(batch.view().movements[0].slice.lot.number(), 2U);
  EXPECT_EQ(batch.view().movements[1].slice.lot.number(), 3U);
  EXPECT_EQ(batch.view().header.points, 6);
}

TEST(Seal, AnEmptyDayIsABatch) {
  const RuleBook book = good_book();
  const OwnedBatch batch = seal(first_day(), {}, {}, {}, hash);
  const InputFile file("test", batch.bytes());
  std::vector<Fault> faults;
  EXPECT_TRUE(read_batch_binary(file, book, faults).has_value()) << codes(faults);
}

TEST(Batch, TheTwoEncodingsAreOneBatch) {
  const RuleBook book = good_book();
  std::vector<Fault> faults;
  const InputFile csv = open_good("batch.csv");
  const auto batch = read_batch_csv(csv, book, faults);
  ASSERT_TRUE(batch.has_value()) << codes(faults);
  const InputFile binary("test", batch->bytes());
  const auto view = read_batch_binary(binary, book, faults);
  ASSERT_TRUE(view.has_value()) << codes(faults);
  std::string out;
  write_csv(*view, &book, out);
  EXPECT_EQ(out, csv.text());
}

TEST(Batch, IsWrittenAndMappedAgain) {
  const RuleBook book = good_book();
  std::vector<Fault> faults;
  const auto batch = read_batch_csv(open_good("batch.csv"), book, faults);
  ASSERT_TRUE(batch.has_value()) << codes(faults);
  const std::string path = testing::TempDir() + "ph-batch-test.phb";
  write_binary(*batch, path);
  const auto file = InputFile::open(path, faults);
  ASSERT_TRUE(file.has_value()) << codes(faults);
  EXPECT_TRUE(std::ranges::equal(file->bytes(), batch->bytes()));
  const auto header = read_header(*file, faults);
  ASSERT_TRUE(header.has_value());
  EXPECT_TRUE(header->binary);
  EXPECT_EQ(header->sender_number, Participant(1));
  EXPECT_EQ(header->sequence, 5U);
  std::remove(path.c_str());
}

// One bit anywhere: the digest says so, whatever else does.
TEST(Batch, EveryChangedByteIsSeen) {
  const RuleBook book = good_book();
  std::vector<Fault> faults;
  const auto batch = read_batch_csv(open_good("batch.csv"), book, faults);
  ASSERT_TRUE(batch.has_value()) << codes(faults);
  std::vector<std::byte> bytes(batch->bytes().begin(), batch->bytes().end());
  for (std::byte& byte : bytes) {
    byte ^= std::byte{0x10};
    faults.clear();
    EXPECT_FALSE(read_batch_binary(InputFile("test", bytes), book, faults).has_value());
    EXPECT_FALSE(faults.empty());
    byte ^= std::byte{0x10};
  }
}

TEST(Batch, CountsThatWouldOverflowAreALength) {
  const RuleBook book = good_book();
  const OwnedBatch batch = seal(first_day(), {}, {}, {}, hash);
  std::vector<std::byte> bytes(batch.bytes().begin(), batch.bytes().end());
  for (const std::size_t place : {16U, 24U, 32U}) {
    const std::uint64_t count = UINT64_MAX / 16 + 1;  // times 48, 144 or 32: a multiple of 2^64
    std::memcpy(bytes.data() + place, &count, sizeof count);
    std::vector<Fault> faults;
    EXPECT_FALSE(read_batch_binary(InputFile("test", bytes), book, faults).has_value());
    EXPECT_EQ(codes(faults), "0:LENGTH");
    std::memset(bytes.data() + place, 0, sizeof count);
  }
}

TEST(Check, JsonIsWholeWhateverAFileHolds) {
  CheckReport report;
  report.files.push_back(
      {.file = "a\"\\\n\xFF", .faults = {{.code = FaultCode::kQuote, .value = "\x01\xE4"}}});
  std::string out;
  print_json(report, out);
  EXPECT_NE(out.find(R"("a\"\\\u000a\u00ff")"), std::string::npos) << out;
  EXPECT_NE(out.find(R"("\u0001\u00e4")"), std::string::npos) << out;
}

}  // namespace PH_FILE
}  // namespace ph
