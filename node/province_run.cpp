// Runs over all members as the journal makes them, and the file of one.
#include <algorithm>
#include <span>

#include "core/home/run_grade.h"
#include "core/programme/histogram_bytes.h"
#include "core/types/check.h"
#include "node/damaged.h"
#include "node/province.h"
#include "platform/crypto/key_line.h"
#include "platform/crypto/sha256.h"
#include "platform/files/read.h"
#include "platform/wire/thresholds.h"

namespace ph {

namespace {

std::string number_text(std::uint32_t number) {
  return "run " + std::to_string(number);
}

// Type of its file.
std::string type_of(RunKind kind) {
  return kind == RunKind::kGrade ? "GRADES" : std::string(word(kind));
}

// The version that a month is rated by: that of its last day.
Digest version_of(const MemberBook& book, Month month) {
  Digest blob{};
  for (const ProgrammeBook::Version& version : book.programmes().versions()) {
    blob = version.effective <= last_day(month) ? version.blob : blob;
  }
  return blob;
}

std::vector<FoundThreshold> cuts_of(const wire::ThresholdsText& text) {
  std::vector<FoundThreshold> out;
  for (const wire::ThresholdsText::Cut& cut : text.cuts) {
    out.push_back({.level = cut.level, .percent = cut.percent, .threshold = cut.threshold});
  }
  return out;
}

}  // namespace

// A run posts on the day that the file is of, or begins behind its opening: the day is opened
// before its rows, as for live events. False: none does.
bool Province::open_for_run(bool begins) {
  const BusinessDate date = open_->taken.date;
  if (!begins && (book() == nullptr || book()->runs().posting(date) == nullptr)) {
    return false;
  }
  if (!open_->live) {
    poster_->open_day(date, open_->taken.sequence);
    open_->live = true;
  }
  return true;
}

const Run* Province::run_under_way() const {
  return poster_ ? poster_->home().run_under_way() : nullptr;
}

const Run* Province::next_run() const {
  const Run* run = run_under_way();
  return run == nullptr || poster_->home().run_waits_for_opening() ? nullptr : run;
}

// Sealed batches lie in the store for ever. Days of a month stand together.
NodeSources Province::sources() const {
  const auto days_of = [this](Month month) {
    const auto first = std::ranges::lower_bound(sealed_, first_day(month), {}, &SealedDay::date);
    const auto last = std::ranges::upper_bound(sealed_, last_day(month), {}, &SealedDay::date);
    return std::span(first, last);
  };
  return {.sealed_days =
              [days_of](Month month) { return static_cast<std::uint32_t>(days_of(month).size()); },
          .visit_day =
              [this, days_of](Month month, std::uint32_t n,
                              const std::function<void(const BatchView&)>& visit) {
                const SealedDay& day = days_of(month)[n];
                const Blob blob = blob_of(day.blob, "sealed batch");
                std::vector<Fault> faults;
                const InputFile file("batch " + hex(day.blob), blob.bytes());
                const auto batch = read_batch_binary(file, *rules_, faults);
                if (!batch) {
                  damaged("the batch " + hex(day.blob) + " was sealed and cannot be read now");
                }
                visit(*batch);
              },
          .rules = [this]() -> const RuleBook& { return *rules_; }};
}

bool Province::is_opened() const {
  return open_ && poster_->home().open_date() == open_->taken.date &&
         poster_->home().opening_is_over() && (!open_->begun || open_->posted);
}

std::optional<RunKey> Province::due_run() const {
  return is_opened() ? poster_->home().due_run(open_->taken.date) : std::nullopt;
}

bool Province::run_waits_for_opening() const {
  return open_ && open_->has_file && !open_->begun && !is_opened() &&
         !poster_->home().due_runs(open_->taken.date).empty();
}

RunBegun Province::run_to_begin(const RunKey& key) const {
  return {.key = key,
          .number = book()->runs().number_for(key),
          .by_account = keeps_accounts(key, *book())};
}

void Province::begin_run(const RunBegun& begun, BusinessTime at) {
  if (!poster_ || (posts() && !is_opened()) || !poster_->home().run_refusal(begun.key).empty() ||
      book()->runs().number_for(begun.key) != begun.number ||
      (begun.by_account && !keeps_accounts(begun.key, *book()))) {
    damaged(number_text(begun.number) + " begins out of its turn");
  }
  poster_->begin_run(begun.key, at.date(), begun.by_account);
}

void Province::take_run_steps(const RunStepped& slice) {
  const Run* run = next_run();
  if (run == nullptr || run->number() != slice.number) {
    damaged("steps of " + number_text(slice.number) + ", which isn't under way");
  }
  poster_->take_run_steps(slice.steps);
}

void Province::publish_run(const RunPublished& published) {
  const Run* run = book() == nullptr ? nullptr : book()->runs().at(published.number);
  if (run == nullptr || !run->is(RunState::kCounted)) {
    damaged(number_text(published.number) + " is published and wasn't counted");
  }
  if (run_digest(published.number) != published.preview) {
    damaged(number_text(published.number) + " was published as " + hex(published.preview) +
            " and counts to " + hex(run_digest(published.number)) + " now");
  }
  poster_->publish_run(published.number);
}

void Province::drop_run(const RunDropped& dropped) {
  const Run* run = book() == nullptr ? nullptr : book()->runs().at(dropped.number);
  if (run == nullptr || run->is(RunState::kPosting) || run->is(RunState::kDone)) {
    damaged(number_text(dropped.number) + " is dropped and isn't there, or was published");
  }
  poster_->drop_run(dropped.number);
}

Province::Rating Province::rating_of(const Run& run) const {
  const MemberBook& in = *book();
  const RunKey key = run.key();
  Rating out{.grading = in.names().gradings.name(key.grading),
             .month = key.reference,
             .programme = version_of(in, key.reference),
             .revision = run.record.revision + 1U};
  const programme::Histogram scores = scores_of(run);
  if (scores.entries().size() <= programme::kHistogramEntriesMax) {
    out.bytes = programme::histogram_bytes({.province = number_,
                                            .grading = out.grading,
                                            .month = out.month,
                                            .scale = scale_of(*grading_of(key, in)),
                                            .programme = out.programme,
                                            .revision = out.revision},
                                           scores);
  }
  return out;
}

std::string Province::thresholds_fault(std::uint32_t number, std::string_view text) const {
  const Run* run = book() == nullptr ? nullptr : book()->runs().at(number);
  const auto found = wire::parse_thresholds(text);
  if (run == nullptr || !run->is(RunState::kWaiting) || !found) {
    return "no run waits for them";
  }
  const RunKey key = run->key();
  const programme::Grading& grading = *grading_of(key, *book());
  if (found->grading != grading.name || found->month != key.reference) {
    return "they are of another grading or month";
  }
  if (found->programme != version_of(*book(), key.reference)) {
    return "they are of the programme " + hex(found->programme) + ", and here is " +
           hex(version_of(*book(), key.reference)) + ": bring both the same file";
  }
  return found->scale == scale_of(grading) && thresholds_fit(grading, cuts_of(*found))
             ? std::string()
             : "they have other levels, shares or another scale than the programme here";
}

void Province::take_thresholds(const ThresholdsTaken& taken) {
  if (taken.text.empty()) {  // Those that this province had last.
    const Run* run = book() == nullptr ? nullptr : book()->runs().at(taken.number);
    const auto last = run == nullptr || !run->is(RunState::kWaiting)
                          ? std::vector<FoundThreshold>()
                          : last_thresholds(*book(), *run);
    if (posts() || last.empty() || !poster_->take_thresholds(taken.number, last)) {
      damaged("the last thresholds for " + number_text(taken.number) + ", which has none");
    }
    return;
  }
  const auto found = wire::parse_thresholds(taken.text);
  if (posts() || !found || !thresholds_fault(taken.number, taken.text).empty() ||
      !poster_->take_thresholds(taken.number, cuts_of(*found))) {
    damaged("thresholds for " + number_text(taken.number) + ", which can't be its");
  }
}

bool Province::apply_run(const JournalCommand& command) {
  if (const auto begun = decode<RunBegun>(command)) {
    begin_run(*begun, command.at);
  } else if (const auto slice = decode<RunStepped>(command)) {
    take_run_steps(*slice);
  } else if (const auto published = decode<RunPublished>(command)) {
    publish_run(*published);
  } else if (const auto dropped = decode<RunDropped>(command)) {
    drop_run(*dropped);
  } else if (const auto thresholds = decode<ThresholdsTaken>(command)) {
    take_thresholds(*thresholds);
  } else {
    return false;
  }
  return true;
}

std::string Province::run_file(std::uint32_t number) const {
  const Run& run = *book()->runs().at(number);
  std::string out = "POINTHOUSE," + type_of(run.key().kind) + ",1," + code_ + "," +
                    last_day(run.key().reference).text() + "," + std::to_string(number) + "\n";
  std::uint64_t rows = 0;
  Int128 points = 0;
  Int128 fen = 0;
  poster_->home().visit_run_lines(number, [&](const RunLine& line) {
    out += line.text + "\n";
    ++rows;
    points += line.points;
    fen += line.fen;
  });
  return out + "END," + std::to_string(rows) + "," + Ratio(points, 1).text() + "," +
         Ratio(fen, 1).text() + "\n";
}

Digest Province::run_digest(std::uint32_t number) const {
  return sha256(as_bytes(run_file(number)));
}

std::string Province::run_file_name(std::uint32_t number) const {
  const RunKey key = book()->runs().at(number)->key();
  const std::string grading =
      key.kind == RunKind::kGrade ? "-" + book()->names().gradings.name(key.grading) : "";
  return code_ + "-" + last_day(key.reference).text() + "-" + std::string(word(key.kind)) +
         grading + ".csv";
}

}  // namespace ph
