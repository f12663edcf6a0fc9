// CUTOFF (docs/formats.md, section 5).
#include <algorithm>
#include <array>

#include "platform/files/reading.h"

namespace ph {

namespace {

using enum FaultCode;

constexpr std::size_t kParticipantNumbers = 65'536;

constexpr std::uint8_t kPeriodKind = 0;
constexpr std::uint8_t kRulebookKind = 1;
constexpr std::uint8_t kCalendarKind = 2;
constexpr std::uint8_t kOpeningKind = 3;
constexpr std::uint8_t kSenderKind = 4;

class CutoffReader {
 public:
  explicit CutoffReader(const Reading& reading)
      : reading_(reading),
        sink_(reading.file.name(), reading.faults),
        csv_(reading.file, reading.book, sink_),
        checks_(csv_) {}

  std::optional<Cutoff> run() {
    const bool right = read_rows(
        csv_, FileType::kCutoff, reading_.totals, [this](const CsvRow& row) { take(row); },
        [this] { end(); });
    cutoff_.close = csv_.header().date;
    return right ? std::optional(std::move(cutoff_)) : std::nullopt;
  }

 private:
  void take(const CsvRow& row) {
    whole_ = whole_ && row.right;
    if (row.kind == nullptr) {
      return;
    }
    check_order(row);
    if (!row.right) {
      return;
    }
    if (row.is(kPeriodKind)) {
      cutoff_.period = row.cells[0].month();
      check_close();
    } else if (row.is(kRulebookKind)) {
      cutoff_.rulebook = digest_of(row.cells[0].text);
    } else if (row.is(kCalendarKind)) {
      cutoff_.calendar = digest_of(row.cells[0].text);
    } else if (row.is(kOpeningKind)) {
      take_opening(row);
    } else {
      take_sender(row);
    }
  }

  // PERIOD, RULEBOOK, CALENDAR once each, then the openings, then the senders.
  void check_order(const CsvRow& row) {
    const std::uint8_t kind = row.kind->number;
    const bool single = kind <= kCalendarKind;
    if (kind < last_kind_ || (single && seen_.at(kind))) {
      csv_.fault(kRowOrder, row, {}, row.kind->name,
                 "PERIOD, RULEBOOK and CALENDAR once each, then OPENING rows, then SENDER rows");
    }
    seen_.at(kind) = true;
    last_kind_ = std::max(last_kind_, kind);
  }

  void check_close() {
    if (csv_.header().date.month().count() != cutoff_.period.count() + 1) {
      csv_.fault(kCloseDate, 1, "date", csv_.header().date.text(),
                 "working day 3 of the month after " + cutoff_.period.text());
    }
  }

  // Rows of a section ascend by participant number; without a rule book only doubles are seen.
  void check_ascending(const CsvRow& row, std::vector<bool>& named, Participant before,
                       Participant next) {
    if (named[next.number()]) {
      csv_.fault(kDuplicateRow, row, row.kind->columns[0].name, row.cells[0].text,
                 "each participant once");
    } else if (csv_.book() != nullptr && next < before) {
      csv_.fault(kRowOrder, row, row.kind->columns[0].name, row.cells[0].text,
                 "ascending by participant number");
    }
    named[next.number()] = true;
  }

  void take_opening(const CsvRow& row) {
    const Participant province = row.cells[0].participant();
    checks_.province(row, "province", province);
    check_ascending(row, opened_,
                    cutoff_.openings.empty() ? Participant() : cutoff_.openings.back().province,
                    province);
    cutoff_.openings.push_back({.province = province, .digest = digest_of(row.cells[1].text)});
  }

  void take_sender(const CsvRow& row) {
    const CutoffSender sender{.sender = row.cells[0].participant(),
                              .sequence = row.cells[1].u32(),
                              .batch = digest_of(row.cells[2].text)};
    if (csv_.book() != nullptr && sender.sender == kClearingHouse) {
      csv_.fault(kParticipantRole, row, "sender", row.cells[0].text, "a province or a partner");
    }
    check_ascending(row, sends_,
                    cutoff_.senders.empty() ? Participant() : cutoff_.senders.back().sender,
                    sender.sender);
    const bool zeros = sender.batch == Digest{};
    if (zeros != (sender.sequence == 0)) {
      csv_.fault(kSenderDigest, row, "digest", row.cells[2].text,
                 zeros ? "the digest of batch " + std::string(row.cells[1].text) : "64 zeros");
    }
    cutoff_.senders.push_back(sender);
  }

  void end() {
    if (!whole_) {
      return;  // The row that is missing may be one that could not be read.
    }
    for (const KindSpec& kind : kinds_of(FileType::kCutoff)) {
      if (kind.number <= kCalendarKind && !seen_.at(kind.number)) {
        csv_.fault(kRowMissing, csv_.last_line(), {}, {}, "a row " + std::string(kind.name));
      }
    }
    if (csv_.book() == nullptr) {
      return;
    }
    for (const ParticipantRow& row : csv_.book()->participants()) {
      const bool sends = row.kind != ParticipantKind::kClearing;
      if (sends && !sends_[row.participant.number()]) {
        csv_.fault(kRowMissing, csv_.last_line(), "sender", {}, "a row SENDER," + row.code);
      }
    }
  }

  const Reading& reading_;
  FaultSink sink_;
  CsvReader csv_;
  RowChecks checks_;
  Cutoff cutoff_;
  std::array<bool, kSenderKind + 1> seen_{};
  std::vector<bool> opened_ = std::vector<bool>(kParticipantNumbers);  // by participant number
  std::vector<bool> sends_ = std::vector<bool>(kParticipantNumbers);
  std::uint8_t last_kind_{0};
  bool whole_{true};
};

}  // namespace

std::optional<Cutoff> read_cutoff(const Reading& reading) {
  return CutoffReader(reading).run();
}

}  // namespace ph
