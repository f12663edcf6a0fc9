#include "app/verify.h"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/manifest.h"
#include "app/proofs.h"
#include "app/verify/cutoff.h"
#include "app/verify/files.h"
#include "app/verify/lines.h"
#include "app/verify/money.h"
#include "app/verify/points.h"
#include "app/verify/report.h"
#include "app/verify/statements.h"
#include "app/verify/tree.h"
#include "app/verify/trust.h"
#include "platform/crypto/registry.h"
#include "platform/crypto/sha256.h"

namespace ph {

namespace {

using namespace verify;  // NOLINT(google-build-using-namespace): this is its front.

class Verification {
 public:
  Verification(const VerifyOptions& options, Report& report)
      : options_(options), directory_(options.directory), report_(report) {}

  void whole() {
    trust();
    manifest();
    cutoff_ = cutoff();
    period_ = period();
    if (period_) signature(std::string(kPeriodFile), kPeriodKind);
    const auto positions_text = directory_.need("positions.csv", report_);
    if (!period_ || !positions_text) return;
    positions_ = read_positions(*positions_text, report_);
    for (const Position& position : positions_) {
      participants_.add(position.participant);
    }
    lines();
    money();
    points();
    returned();
    statements();
    proofs();
    log();
    signature(std::string(kManifestName), kManifestKind);
    inputs();
    previous();
    report_.open("that the items follow from the batches: settle the inputs again and compare");
    report_.open(
        "that PDF statements, returned and suspended items, lots' own fields and breakage say what "
        "they must: only that they are unchanged");
  }

  // From the participant's own files alone.
  void own() {
    trust();
    period_ = period();
    if (period_) signature(std::string(kPeriodFile), kPeriodKind);
    const std::string& code = options_.participant;
    const auto statement = directory_.need("statements/" + code + ".json", report_);
    const auto proof_text = directory_.need("proof/" + code + ".json", report_);
    const auto items = directory_.need("proof/" + code + ".items.csv", report_);
    if (!period_ || !statement || !proof_text || !items) return;
    const Claim claim(report_);
    const auto told = read_statement(*statement, code, *period_, report_);
    const auto proof = read_proof(*proof_text, code, *period_, report_);
    if (!told || !proof) return;
    own_lines(*told, *proof, *items);
    check_proof(*proof, *items, *told, "statements/" + code + ".json", *period_, nullptr, report_);
    claim.proven("statements/" + code + ".json: its " + std::to_string(told->size()) +
                 " lines are the sums of the items in proof/" + code +
                 ".items.csv, and these are the leaves it names of the root of proof/period.json, "
                 "without a gap");
    log();
    report_.open(
        "that the other participants' statements agree, and what isn't made of lines: "
        "suspense, points, payments");
  }

 private:
  void trust() {
    if (options_.root.empty()) return;
    registry_ = load_registry(options_.root, options_.registry, report_);
  }

  void signature(const std::string& name, std::string_view kind) {
    if (!options_.root.empty() && !registry_) return;  // The registry's fault is told.
    check_signature(directory_, name, kind, registry_ ? &*registry_ : nullptr, period_->period,
                    report_);
  }

  void manifest() {
    const auto text = directory_.need(std::string(kManifestName), report_);
    if (!text) return;
    auto rows = parse_manifest(*text);
    if (!rows) {
      report_.fault(kManifestName, 0, rows.error());
      return;
    }
    manifest_ = std::move(rows).value();
    check_outputs(directory_, *manifest_, report_);
  }

  std::optional<CutoffFile> cutoff() {
    const auto text = directory_.need("cutoff.csv", report_);
    auto read = text ? read_cutoff_file(*text, report_) : std::nullopt;
    if (read && manifest_) check_cutoff_inputs(*read, *manifest_, report_);
    return read;
  }

  std::optional<Period> period() {
    const std::string name(kPeriodFile);
    const auto text = directory_.need(name, report_);
    auto read = text ? read_period(*text, report_) : std::nullopt;
    if (!read) return read;
    const auto cutoff_text = directory_.text("cutoff.csv");
    if (cutoff_text && sha256(as_bytes(*cutoff_text)) != read->cutoff) {
      report_.fault("cutoff.csv", 0, "isn't the record whose digest proof/period.json has");
    }
    if (cutoff_ && cutoff_->period != read->period) {
      report_.fault("cutoff.csv", 0, "is that of another period than proof/period.json");
    }
    return read;
  }

  void lines() {
    const auto lines_text = directory_.need("lines.csv", report_);
    const auto items_text = directory_.need("items.csv", report_);
    if (lines_text) lines_ = read_lines(*lines_text, participants_, report_);
    if (!items_text || !lines_text) return;
    const Claim claim(report_);
    CsvReader items("items.csv", *items_text, kItemColumns, report_);
    ItemWalk walk(period_->period, &participants_);
    for (const Line& line : lines_) {
      const Totals totals = walk.walk(line, items);
      check_figures(line, totals, "lines.csv", report_);
    }
    while (items.next()) {
      items.fault("item " + std::string(items[4]) + " belongs to no line of lines.csv");
    }
    claim.proven("lines.csv: every line is the sum of its items, times its price, rounded once");
    tree(*items_text);
  }

  void tree(std::string_view items_text) {
    if (!items_text.starts_with(kItemsHeader) || items_text.back() != '\n') return;  // Told above.
    tree_.emplace(items_text);
    if (tree_->size() != period_->tree_size || tree_->root() != period_->root) {
      report_.fault("items.csv", 0,
                    "its " + std::to_string(tree_->size()) + " items give the root " +
                        hex(tree_->root()) + "; proof/period.json has " + hex(period_->root) +
                        " of " + std::to_string(period_->tree_size));
    } else {
      report_.proven("items.csv: " + std::to_string(tree_->size()) + " items give the root " +
                     hex(tree_->root()) + " of proof/period.json");
    }
  }

  void money() {
    Int128 total = 0;
    for (const Line& line : lines_) {
      total += line.fen;
    }
    if (period_->lines != lines_.size() || period_->total_fen != total) {
      report_.fault(kPeriodFile, 0,
                    "lines and total_fen are " + std::to_string(period_->lines) + " and " +
                        std::to_string(period_->total_fen) + "; lines.csv gives " +
                        std::to_string(lines_.size()) + " and " + text_of(total));
    }
    if (const auto text = directory_.need("matrix.csv", report_)) {
      check_matrix(*text, lines_, participants_, report_);
    }
    if (cutoff_) check_positions(positions_, lines_, cutoff_->clearing, report_);
    if (const auto text = directory_.need("ledger.csv", report_)) {
      check_ledger(*text, lines_, report_);
    }
  }

  void points() {
    const auto rollforward = directory_.need("rollforward.csv", report_);
    const auto quarters = directory_.need("quarters.csv", report_);
    const auto lots = directory_.need("closing-lots.csv", report_);
    const auto debts = directory_.need("closing-debts.csv", report_);
    if (!rollforward || !quarters || !lots || !debts) return;
    check_points({*rollforward, *quarters, *lots, *debts}, participants_, report_);
  }

  // What was sent back can't be derived from the outputs: only its form is judged.
  void returned() {
    const auto text = directory_.need("returned.csv", report_);
    if (!text) return;
    CsvReader row("returned.csv", *text, "by,sender,sequence,entry,kind,id,code", report_);
    while (row.next()) {
      if (row.ok() &&
          ((row[0] != "home" && row[0] != "clearing") || !participants_.place(row[1]))) {
        row.fault("not something that a home or the clearing sent back to a participant");
      }
    }
  }

  void statements() {
    const auto suspense = directory_.need("suspense.csv", report_);
    const auto rollforward = directory_.text("rollforward.csv");
    if (!suspense || !rollforward || !cutoff_) return;
    heads_ = check_statements(
        directory_, {lines_, positions_, *period_, *suspense, *rollforward, cutoff_->close},
        report_);
  }

  void proofs() {
    const Claim claim(report_);
    for (const std::string& code : participants_.codes()) {
      const auto text = directory_.need("proof/" + code + ".json", report_);
      const auto items = directory_.need("proof/" + code + ".items.csv", report_);
      const auto proof = text ? read_proof(*text, code, *period_, report_) : std::nullopt;
      if (!proof || !items) continue;
      std::vector<Line> own;
      for (const Line& line : lines_) {
        if (line.debtor == code || line.creditor == code) own.push_back(line);
      }
      check_proof(*proof, *items, own, "lines.csv", *period_, tree_ ? &*tree_ : nullptr, report_);
    }
    claim.proven("proof: the items of every line of every participant are the leaves they must be");
  }

  void log() {
    if (const auto text = directory_.need(std::string(kLogFile), report_)) {
      check_log(*text, *period_, report_);
    }
  }

  void inputs() {
    if (options_.input.empty()) {
      report_.open(
          "that the inputs are those of the manifest, and prices, names and days theirs: give "
          "their "
          "directory with --in");
      return;
    }
    if (!manifest_) return;
    const auto book = check_inputs(options_.input, *manifest_, report_);
    if (!book) return;
    check_prices(lines_, *book, report_);
    if (heads_) check_heads(*heads_, period_->period, *book, report_);
  }

  void previous() {
    if (options_.previous.empty()) {
      report_.open(
          "that opening and brought_forward are the previous period's: give its directory "
          "with --previous");
      return;
    }
    Directory before(options_.previous);
    const auto text = before.need("proof/period.json", report_);
    const auto old_log = before.need("proof/log.csv", report_);
    const auto old_flow = before.need("rollforward.csv", report_);
    const auto old_positions = before.need("positions.csv", report_);
    const auto log = directory_.text(std::string(kLogFile));
    const auto flow = directory_.text("rollforward.csv");
    if (!text || !old_log || !old_flow || !old_positions || !log || !flow) return;
    check_previous_log(*log, *old_log, *text, report_);
    check_opening(*flow, *old_flow, report_);
    check_brought_forward(positions_, read_positions(*old_positions, report_), report_);
  }

  void own_lines(const std::vector<Line>& told, const ParticipantProof& proof,
                 std::string_view items_text) {
    CsvReader items(proof.items_file, items_text, kItemColumns, report_);
    ItemWalk walk(period_->period, nullptr);
    for (const Line& line : told) {
      const Totals totals = walk.walk(line, items);
      check_figures(line, totals, "statements/" + options_.participant + ".json", report_);
    }
  }

  const VerifyOptions& options_;
  Directory directory_;
  Report& report_;
  std::optional<KeyRegistry> registry_;
  std::optional<std::vector<ManifestRow>> manifest_;
  std::optional<CutoffFile> cutoff_;
  std::optional<Period> period_;
  std::vector<Position> positions_;
  Participants participants_;
  std::vector<Line> lines_;
  std::optional<StatementHeads> heads_;
  std::optional<PeriodTree> tree_;
};

}  // namespace

int run_verify(const VerifyOptions& options) {
  if (options.root.empty() != options.registry.empty()) {
    std::fputs("verify: --root and --registry are given together\n", stderr);
    return 2;
  }
  if (!options.participant.empty() && (!options.input.empty() || !options.previous.empty())) {
    std::fputs("verify: --participant looks at that participant's files alone\n", stderr);
    return 2;
  }
  if (!options.participant.empty() && !valid_code(options.participant)) {
    std::fputs("verify: --participant takes a participant's code\n", stderr);
    return 2;
  }
  if (!std::filesystem::is_directory(options.directory)) {
    std::fprintf(stderr,
                 "verify: %s is no directory that can be read: give the one that `pointhouse "
                 "settle --out` or `pointhouse close` named\n",
                 options.directory.c_str());
    return 3;
  }
  try {
    Report report;
    Verification verification(options, report);
    if (options.participant.empty()) {
      verification.whole();
    } else {
      verification.own();
    }
    std::fputs(report.text().c_str(), stdout);
    return report.faults() == 0 ? 0 : 1;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "verify: %s\n", failure.what());
    return 3;
  }
}

}  // namespace ph
