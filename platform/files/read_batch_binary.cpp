// BATCH in the canonical layout (docs/formats.md, section 6), without a copy.
#include <cstring>

#include "platform/crypto/sha256.h"
#include "platform/files/batch_check.h"
#include "platform/files/reading.h"

namespace ph {

namespace {

using enum FaultCode;

constexpr std::size_t kFrame = sizeof(BatchHeader) + sizeof(Digest);

// Magic, layout and length: what must be right before any record can be looked at.
bool check_frame(Bytes bytes, FaultSink& faults) {
  BatchHeader header;
  if (bytes.size() < kFrame) {
    faults.add(kLength, 0, {}, std::to_string(bytes.size()) + " bytes",
               std::to_string(kFrame) + " bytes or more");
    return false;
  }
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != BatchHeader().magic) {
    faults.add(kMagic, 0, "header magic", std::string_view(header.magic.data(), 4), "PHB1");
    return false;
  }
  if (header.layout != BatchHeader().layout) {
    faults.add(kLayoutVersion, 0, "header layout", std::to_string(header.layout),
               std::to_string(BatchHeader().layout));
    return false;
  }
  Int128 wanted = kFrame;
  wanted += Int128{header.movements} * sizeof(Movement) + Int128{header.items} * sizeof(Item) +
            Int128{header.slices} * sizeof(Slice);
  if (wanted != Int128{bytes.size()}) {
    const bool fits = wanted <= INT64_MAX;
    faults.add(kLength, 0, {}, std::to_string(bytes.size()) + " bytes",
               fits ? std::to_string(static_cast<std::int64_t>(wanted)) + " bytes"
                    : "fewer records in the header");
    return false;
  }
  return true;
}

void check_sums(const BatchView& view, FaultSink& faults) {
  const std::optional<BatchSums> sums = sums_of(view.movements, view.items);
  const auto compare = [&](std::string_view field, std::int64_t header, std::int64_t sum) {
    if (!sums || header != sum) {
      faults.add(kHeaderSum, 0, field, std::to_string(header),
                 sums ? std::to_string(sum) : "amounts whose sum is within bounds");
    }
  };
  compare("header points", view.header.points, sums ? sums->points : 0);
  compare("header fen", view.header.fen, sums ? sums->fen : 0);
}

}  // namespace

std::optional<BatchView> read_batch_binary(const Reading& reading) {
  FaultSink faults(reading.file.name(), reading.faults);
  const Bytes bytes = reading.file.bytes();
  if (!check_frame(bytes, faults)) {
    return std::nullopt;
  }
  const BatchView view = view_of(bytes);
  if (reading.totals != nullptr) {
    reading.totals->header = FileHeader{.type = FileType::kBatch,
                                        .binary = true,
                                        .sender = {},
                                        .sender_number = view.header.sender,
                                        .date = view.header.date,
                                        .sequence = view.header.sequence};
    reading.totals->rows = view.movements.size() + view.items.size() + view.slices.size();
    reading.totals->points = view.header.points;
    reading.totals->fen = view.header.fen;
  }
  const Digest digest = sha256(bytes.first(bytes.size() - sizeof(Digest)));
  if (digest != view.digest) {
    faults.add(kDigestMismatch, 0, "digest", hex(view.digest), hex(digest));
  }
  check_batch(view, {.book = reading.book}, faults);
  check_sums(view, faults);
  return faults.any() ? std::nullopt : std::optional(view);
}

}  // namespace ph
