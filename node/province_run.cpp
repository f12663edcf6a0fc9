// Runs over all members as the journal makes them, and the file of one.
#include "core/types/check.h"
#include "node/damaged.h"
#include "node/province.h"
#include "platform/crypto/sha256.h"

namespace ph {

namespace {

std::string number_text(std::uint32_t number) {
  return "run " + std::to_string(number);
}

// Type of its file.
std::string type_of(RunKind kind) {
  return kind == RunKind::kGrade ? "GRADES" : std::string(word(kind));
}

}  // namespace

// A run posts on the day that the file is of: the day is opened before its rows, as for live
// events. False: none does.
bool Province::open_for_run() {
  const BusinessDate date = open_->taken.date;
  if (book() == nullptr || book()->runs().posting(date) == nullptr) {
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

void Province::begin_run(const RunBegun& begun, BusinessTime at) {
  if (!poster_ || posts() || !poster_->home().run_refusal(begun.key).empty() ||
      book()->runs().number_for(begun.key) != begun.number) {
    damaged(number_text(begun.number) + " begins out of its turn");
  }
  poster_->begin_run(begun.key, at.date());
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

bool Province::apply_run(const JournalCommand& command) {
  if (const auto begun = decode<RunBegun>(command)) {
    begin_run(*begun, command.at);
  } else if (const auto slice = decode<RunStepped>(command)) {
    take_run_steps(*slice);
  } else if (const auto published = decode<RunPublished>(command)) {
    publish_run(*published);
  } else if (const auto dropped = decode<RunDropped>(command)) {
    drop_run(*dropped);
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
