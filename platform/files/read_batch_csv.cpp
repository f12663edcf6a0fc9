// BATCH in CSV (docs/formats.md, section 6): the same batch for people. With a rule book it is
// brought into the canonical layout, and its digest must be that of the bytes.
#include <algorithm>

#include "platform/crypto/sha256.h"
#include "platform/files/batch_check.h"
#include "platform/files/reading.h"

namespace ph {

namespace {

using enum FaultCode;

constexpr std::uint8_t kPreviousKind = 0;
constexpr std::uint8_t kMovementKind = 1;
constexpr std::uint8_t kItemKind = 2;
constexpr std::uint8_t kSliceKind = 3;
constexpr std::uint8_t kDigestKind = 4;

class BatchCsvReader {
 public:
  explicit BatchCsvReader(const Reading& reading)
      : reading_(reading),
        sink_(reading.file.name(), reading.faults),
        csv_(reading.file, reading.book, sink_),
        checks_(csv_) {}

  std::optional<OwnedBatch> run() {
    const bool right = read_rows(
        csv_, FileType::kBatch, reading_.totals, [this](const CsvRow& row) { take(row); },
        [this] { end(); });
    if (!right || !check_whole() || reading_.book == nullptr) {
      return std::nullopt;
    }
    OwnedBatch batch = seal(header_, std::move(movements_), std::move(items_), std::move(slices_),
                            [](Bytes a, Bytes b) { return sha256(a, b); });
    if (batch.view().digest != digest_) {
      csv_.fault(kDigestMismatch, digest_line_, "digest", hex(digest_), hex(batch.view().digest));
      return std::nullopt;
    }
    return batch;
  }

 private:
  void take(const CsvRow& row) {
    if (row.kind == nullptr) {
      whole_ = false;
      item_above_ = true;  // The row may have been one: its slices are no fault of theirs.
      return;
    }
    check_order(row);
    whole_ = whole_ && row.right;
    if (row.is(kItemKind)) {
      item_above_ = true;
    } else if (row.is(kSliceKind) && !item_above_) {
      csv_.fault(kChildWithoutParent, row, {}, "SLICE", "an ITEM above it");
      whole_ = false;
      return;
    }
    if (!row.right) {
      return;
    }
    if (row.is(kPreviousKind)) {
      header_.previous = digest_of(row.cells[0].text);
    } else if (row.is(kDigestKind)) {
      digest_ = digest_of(row.cells[0].text);
      digest_line_ = row.line;
    } else if (row.is(kMovementKind)) {
      take_movement(row);
    } else if (row.is(kItemKind)) {
      take_item(row);
    } else {
      take_slice(row);
    }
  }

  // PREVIOUS, movements, items with their slices, DIGEST.
  void check_order(const CsvRow& row) {
    const std::uint8_t kind = row.is(kSliceKind) ? kItemKind : row.kind->number;
    const bool first_wrong = last_kind_ == kNothing && kind != kPreviousKind;
    const bool again = kind == last_kind_ && (kind == kPreviousKind || kind == kDigestKind);
    const bool back = last_kind_ != kNothing && kind < last_kind_;
    if (first_wrong || again || back) {
      csv_.fault(kRowOrder, row, {}, row.kind->name,
                 "PREVIOUS, then MOVEMENT rows, then ITEM rows with their SLICE rows, then DIGEST");
      whole_ = false;
    }
    last_kind_ = last_kind_ == kNothing ? kind : std::max(last_kind_, kind);
  }

  void take_movement(const CsvRow& row) {
    Movement movement;
    movement.entry = row.cells[0].u32();
    movement.kind = static_cast<Kind>(row.cells[1].number);
    movement.member = row.cells[2].member();
    movement.slice = slice_at(row, 3);
    movements_.push_back(movement);
    lines_.movements.push_back(row.line);
  }

  Slice slice_at(const CsvRow& row, std::size_t first) {
    const auto cell = [&](std::size_t i) -> const Cell& { return row.cells.at(first + i); };
    const Slice slice{.lot = cell(0).entry_id(),
                      .earned_month = cell(1).month(),
                      .expires_on = cell(2).date(),
                      .source = static_cast<Source>(cell(3).number),
                      .rating = cell(4).small(),
                      .account = static_cast<Account>(cell(5).number),
                      .zero = 0,
                      .original = cell(6).number,
                      .delta = cell(7).number};
    constexpr std::size_t kOfLots[] = {1, 2, 4, 6};
    for (const std::size_t i : kOfLots) {
      const std::string_view column = row.kind->columns[first + i].name;
      if (slice.source != Source::kDebt && !cell(i).given()) {
        checks_.missing(row, column, "given for a lot");
      } else if (slice.source == Source::kDebt && cell(i).given()) {
        checks_.unexpected(row, column, "empty for a debt");
      }
    }
    return slice;
  }

  void take_slice(const CsvRow& row) {
    slices_.push_back(slice_at(row, 0));
    lines_.slices.push_back(row.line);
    if (!items_.empty()) {
      ++items_.back().slice_count;
    }
  }

  void take_item(const CsvRow& row) {
    const auto& cells = row.cells;
    Item item;
    item.entry = cells[0].u32();
    item.kind = static_cast<Kind>(cells[1].number);
    item.action = static_cast<Action>(cells[2].number);
    item.id = cells[3].id;
    item.parent = cells[4].id;
    item.member = cells[5].member();
    item.counterparty = cells[6].participant();
    item.partner = cells[7].participant();
    item.form = static_cast<Form>(cells[8].number);
    item.points = cells[9].number;
    item.units = cells[10].number;
    item.rate_version = cells[11].u32();
    item.cost = cells[12].number;
    item.freight = cells[13].number;
    item.cash = cells[14].number;
    item.authorisation = cells[15].entry_id();
    item.cited_sequence = cells[16].u32();
    item.cited_entry = cells[17].u32();
    items_.push_back(item);
    lines_.items.push_back(row.line);
  }

  void end() {
    if (!whole_) {
      return;  // What is missing may stand in a row that could not be read.
    }
    if (last_kind_ == kNothing) {
      csv_.fault(kRowMissing, csv_.last_line(), {}, {}, "PREVIOUS,<digest> as the first row");
    }
    if (last_kind_ != kDigestKind) {
      csv_.fault(kRowMissing, csv_.last_line(), {}, {}, "DIGEST,<digest> as the last row");
    }
  }

  // Records, order and sums, once every row is right.
  bool check_whole() {
    header_.sender = csv_.sender();
    header_.date = csv_.header().date;
    header_.sequence = csv_.header().sequence;
    const BatchView view{.header = header_,
                         .movements = movements_,
                         .items = items_,
                         .slices = slices_,
                         .digest = digest_};
    check_batch(
        view, {.book = reading_.book, .numbers_known = reading_.book != nullptr, .lines = &lines_},
        sink_);
    const std::optional<BatchSums> sums = sums_of(movements_, items_);
    check_sum(kTrailerPoints, "points", csv_.trailer_points(), sums, &BatchSums::points);
    check_sum(kTrailerFen, "fen", csv_.trailer_fen(), sums, &BatchSums::fen);
    if (reading_.totals != nullptr && sums) {
      reading_.totals->points = sums->points;
      reading_.totals->fen = sums->fen;
    }
    sink_.sort();
    return !sink_.any();
  }

  void check_sum(FaultCode code, std::string_view column, std::int64_t trailer,
                 const std::optional<BatchSums>& sums, std::int64_t BatchSums::*sum) {
    if (!sums || trailer != (*sums).*sum) {
      csv_.fault(code, csv_.last_line(), column, std::to_string(trailer),
                 sums ? std::to_string((*sums).*sum) : "amounts whose sum is within bounds");
    }
  }

  static constexpr std::uint8_t kNothing = 255;

  const Reading& reading_;
  FaultSink sink_;
  CsvReader csv_;
  RowChecks checks_;
  BatchHeader header_;
  std::vector<Movement> movements_;
  std::vector<Item> items_;
  std::vector<Slice> slices_;
  RecordLines lines_;
  Digest digest_{};
  std::uint32_t digest_line_{0};
  std::uint8_t last_kind_{kNothing};
  bool item_above_{false};
  bool whole_{true};
};

}  // namespace

std::optional<OwnedBatch> read_batch_csv(const Reading& reading) {
  return BatchCsvReader(reading).run();
}

}  // namespace ph
