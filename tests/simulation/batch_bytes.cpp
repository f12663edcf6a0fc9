#include "tests/simulation/batch_bytes.h"

#include <algorithm>
#include <cstdlib>

#include "platform/crypto/sha256.h"
#include "tests/simulation/watch.h"

namespace ph::sim {

namespace {

constexpr std::size_t kHeaderBytes = 96;
constexpr std::size_t kMovementBytes = 48;
constexpr std::size_t kItemBytes = 144;
constexpr std::size_t kSliceBytes = 32;

void must_in_batch(bool holds, const char* what) {
  if (!holds) {
    throw Failed(std::string("a batch that was taken: ") + what);
  }
}

template <class Number>
Number number_at(Bytes bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t n = 0; n < sizeof(Number); ++n) {
    value |= static_cast<std::uint64_t>(bytes[at + n]) << (8 * n);
  }
  return static_cast<Number>(value);
}

Digest digest_at(Bytes bytes, std::size_t at) {
  Digest digest{};
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), digest.size(), digest.begin());
  return digest;
}

std::string text_at(Bytes bytes, std::size_t at) {
  constexpr std::size_t kIdBytes = 28;
  std::string text(kIdBytes, '\0');
  std::transform(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                 bytes.begin() + static_cast<std::ptrdiff_t>(at + kIdBytes), text.begin(),
                 [](std::byte byte) { return static_cast<char>(byte); });
  return text;
}

RawSlice slice_at(Bytes bytes, std::size_t at) {
  return {.lot = number_at<std::uint64_t>(bytes, at),
          .expires_on = number_at<std::uint16_t>(bytes, at + 10),
          .source = number_at<std::uint8_t>(bytes, at + 12),
          .account = number_at<std::uint8_t>(bytes, at + 14),
          .original = number_at<std::int64_t>(bytes, at + 16),
          .delta = number_at<std::int64_t>(bytes, at + 24)};
}

}  // namespace

RawBatch read_raw_batch(Bytes bytes) {
  must_in_batch(bytes.size() >= kHeaderBytes + 32, "shorter than its header");
  const auto movements = number_at<std::uint64_t>(bytes, 16);
  const auto items = number_at<std::uint64_t>(bytes, 24);
  const auto slices = number_at<std::uint64_t>(bytes, 32);
  must_in_batch(bytes.size() == kHeaderBytes + movements * kMovementBytes + items * kItemBytes +
                                    slices * kSliceBytes + 32,
                "its length isn't that of its counts");
  RawBatch out{.sender = number_at<std::uint16_t>(bytes, 6),
               .date = number_at<std::uint16_t>(bytes, 8),
               .sequence = number_at<std::uint32_t>(bytes, 12),
               .previous = digest_at(bytes, 56),
               .digest = digest_at(bytes, bytes.size() - 32)};
  must_in_batch(sha256(bytes.first(bytes.size() - 32)) == out.digest,
                "its digest isn't that of its bytes");
  std::int64_t points = 0;
  std::int64_t fen = 0;
  std::size_t at = kHeaderBytes;
  for (std::uint64_t n = 0; n < movements; ++n, at += kMovementBytes) {
    out.movements.push_back({.member = number_at<std::uint64_t>(bytes, at),
                             .entry = number_at<std::uint32_t>(bytes, at + 8),
                             .kind = number_at<std::uint8_t>(bytes, at + 12),
                             .slice = slice_at(bytes, at + 16)});
    points += std::abs(out.movements.back().slice.delta);
  }
  std::size_t slice = at + items * kItemBytes;
  for (std::uint64_t n = 0; n < items; ++n, at += kItemBytes) {
    RawItem item{.kind = number_at<std::uint8_t>(bytes, at),
                 .form = number_at<std::uint8_t>(bytes, at + 1),
                 .counterparty = number_at<std::uint16_t>(bytes, at + 4),
                 .member = number_at<std::uint64_t>(bytes, at + 8),
                 .id = text_at(bytes, at + 16),
                 .parent = text_at(bytes, at + 44),
                 .authorisation = number_at<std::uint64_t>(bytes, at + 72),
                 .entry = number_at<std::uint32_t>(bytes, at + 80),
                 .points = number_at<std::int64_t>(bytes, at + 88)};
    points += item.points;
    for (const std::size_t column : {104U, 112U, 120U}) {
      fen += number_at<std::int64_t>(bytes, at + column);
    }
    for (auto left = number_at<std::uint32_t>(bytes, at + 136); left > 0; --left) {
      must_in_batch(slice + kSliceBytes <= bytes.size() - 32, "its items have more slices than it");
      item.slices.push_back(slice_at(bytes, slice));
      slice += kSliceBytes;
    }
    out.items.push_back(std::move(item));
  }
  must_in_batch(slice == bytes.size() - 32, "it has more slices than its items");
  must_in_batch(points == number_at<std::int64_t>(bytes, 40),
                "its points aren't the sum of its records");
  must_in_batch(fen == number_at<std::int64_t>(bytes, 48), "its fen aren't the sum of its records");
  return out;
}

}  // namespace ph::sim
