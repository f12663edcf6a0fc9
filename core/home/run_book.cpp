#include "core/home/run_book.h"

#include <algorithm>
#include <span>

#include "core/types/check.h"

namespace ph {

std::string_view word(RunKind kind) {
  switch (kind) {
    case RunKind::kAward:
      return "AWARD";
    case RunKind::kGrade:
      return "GRADE";
    case RunKind::kNotice:
      return "NOTICE";
    case RunKind::kKpi:
      return "KPI";
  }
  return "";
}

std::string_view word(RunState state) {
  switch (state) {
    case RunState::kCounting:
      return "COUNTING";
    case RunState::kCounted:
      return "COUNTED";
    case RunState::kWaiting:
      return "WAITING";
    case RunState::kGrading:
      return "GRADING";
    case RunState::kPosting:
      return "POSTING";
    case RunState::kDone:
      return "DONE";
    case RunState::kDropped:
      return "DROPPED";
  }
  return "";
}

std::optional<RunKind> run_kind(std::string_view text) {
  for (const RunKind kind : {RunKind::kAward, RunKind::kGrade, RunKind::kNotice, RunKind::kKpi}) {
    if (word(kind) == text) {
      return kind;
    }
  }
  return std::nullopt;
}

void RunResults::add(std::optional<std::int64_t> value) {
  values_.push_back(kNone);
  if (value) {
    change(static_cast<std::uint32_t>(values_.size() - 1), value);
  }
}

void RunResults::change(std::uint32_t step, std::optional<std::int64_t> value) {
  check(step < values_.size() && (!value || *value >= 0), "a step's result has its place");
  if (values_[step] == kLarge) {
    large_.erase(step);
  }
  const bool large = value && *value >= std::int64_t{kLarge};
  values_[step] = large ? kLarge : value ? static_cast<std::uint32_t>(*value) : kNone;
  if (large) {
    large_[step] = *value;
  }
}

std::optional<std::int64_t> RunResults::at(std::uint32_t step) const {
  const std::uint32_t value = values_[step];
  if (value == kNone) {
    return std::nullopt;
  }
  return value == kLarge ? large_.at(step) : std::int64_t{value};
}

const Run* RunBook::find(const RunKey& key) const {
  const auto found = std::ranges::find_if(runs_, [&](const Run& run) { return run.key() == key; });
  return found == runs_.end() ? nullptr : &*found;
}

const Run* RunBook::at(std::uint32_t number) const {
  return number == 0 || number > runs_.size() ? nullptr : &runs_[number - 1];
}

Run* RunBook::at(std::uint32_t number) {
  return number == 0 || number > runs_.size() ? nullptr : &runs_[number - 1];
}

std::uint32_t RunBook::number_for(const RunKey& key) const {
  const Run* run = find(key);
  return run == nullptr ? static_cast<std::uint32_t>(runs_.size() + 1) : run->number();
}

const Run* RunBook::counting() const {
  const auto found = std::ranges::find_if(runs_, [](const Run& run) {
    return run.is(RunState::kCounting) || run.is(RunState::kGrading);
  });
  return found == runs_.end() ? nullptr : &*found;
}

const Run* RunBook::posting(BusinessDate day) const {
  const auto found = std::ranges::find_if(runs_, [day](const Run& run) {
    return run.is(RunState::kPosting) && run.record.from <= day.count();
  });
  return found == runs_.end() ? nullptr : &*found;
}

std::string RunBook::refusal(const RunKey& key) const {
  if (const Run* other = counting()) {
    return "run " + std::to_string(other->number()) +
           " counts, and one counts at a time: wait until it has (node run status)";
  }
  const Run* run = find(key);
  if (run == nullptr || run->is(RunState::kDropped)) {
    return {};
  }
  const std::string number = std::to_string(run->number());
  if (run->is(RunState::kPosting) || run->is(RunState::kDone)) {
    return "it was published as run " + number +
           ", and is published once: single points are taken back by UNEARN rows";
  }
  return "run " + number +
         " of it is there, not published: look at it (node run preview), then publish or drop it";
}

Run& RunBook::begin(const RunKey& key, BusinessDate on) {
  check(refusal(key).empty(), "a run begins when it may");
  const std::uint32_t number = number_for(key);
  if (number > runs_.size()) {
    runs_.emplace_back();
  }
  Run& run = runs_[number - 1];
  const std::uint16_t revision = run.record.revision;
  run = Run{};
  run.record.revision = revision;
  run.record.number = number;
  run.record.kind = static_cast<std::uint8_t>(key.kind);
  run.record.grading = key.grading;
  run.record.reference = key.reference.count();
  run.record.began = on.count();
  run.set(RunState::kCounting);
  return run;
}

void RunBook::publish(Run& run, BusinessDate from, std::uint32_t steps) {
  check(run.is(RunState::kCounted), "a run is published once it was counted");
  run.record.from = from.count();
  run.record.cursor = 0;
  run.record.steps = steps;
  run.set(RunState::kPosting);
}

void RunBook::drop(Run& run) {
  check(!run.is(RunState::kPosting) && !run.is(RunState::kDone), "what is published stays");
  run.results = {};
  run.cohorts.clear();
  run.found = {};
  run.record.counts = {};
  run.record.cursor = 0;
  run.record.steps = 0;
  run.set(RunState::kDropped);
}

void RunBook::end(Run& run) {
  run.results = {};
  run.set(RunState::kDone);
}

void RunBook::forget_notices(BusinessDate day) {
  for (Run& run : runs_) {
    if (run.is(RunState::kDone) && first_day(run.key().reference) <= day && !run.found.empty()) {
      run.found = {};
    }
  }
}

void RunBook::count(book::Header& header) const {
  header.runs = runs_.size();
  for (const Run& run : runs_) {
    header.cohorts += run.cohorts.size();
    header.results += run.results.size();
    header.large_results += run.results.large().size();
    header.notices += run.found.size();
  }
}

void RunBook::save(const std::function<void(Bytes)>& sink) const {
  std::vector<book::LargeResultRecord> large;
  for (const Run& run : runs_) {
    book::RunRecord record = run.record;
    record.results = static_cast<std::uint32_t>(run.results.size());
    record.cohorts = static_cast<std::uint32_t>(run.cohorts.size());
    sink(std::as_bytes(std::span(&record, 1)));
    for (const auto& [step, value] : run.results.large()) {
      large.push_back({.run = run.number(), .step = step, .value = value});
    }
  }
  for (const Run& run : runs_) {
    sink(std::as_bytes(std::span(run.cohorts)));
  }
  for (const Run& run : runs_) {
    run.results.values().visit_bytes(sink);
  }
  sink(std::as_bytes(std::span(large)));
  for (const Run& run : runs_) {
    run.found.visit_bytes(sink);
  }
}

bool RunBook::right(const Run& run) {
  const book::RunRecord& record = run.record;
  const bool fields =
      record.kind >= 1 && record.kind <= 4 && record.state >= 1 && record.state <= 7 &&
      record.zero == 0 &&
      (record.kind == static_cast<std::uint8_t>(RunKind::kGrade) || record.revision == 0) &&
      record.reference < Month::kCount && record.began < BusinessDate::kCount &&
      record.from < BusinessDate::kCount && record.cursor <= record.steps;
  if (!fields) {
    return false;
  }
  if (run.key().kind == RunKind::kNotice) {
    return record.results == 0;
  }
  // While it counts a result was added for each step that is done, or all accounts have theirs;
  // then they stay until its end.
  const bool counts = run.is(RunState::kCounting);
  const bool over = run.is(RunState::kDone) || run.is(RunState::kDropped);
  return counts ? run.keeps_accounts() || record.results == record.cursor
                : !over || record.results == 0;
}

// Of each notice those that are due on its day: all that it found, or none any more.
bool RunBook::adopt_found(const Chunks<book::NoticeRecord>& notices) {
  std::size_t at = 0;
  for (Run& run : runs_) {
    const BusinessDate due = first_day(run.key().reference);
    while (run.key().kind == RunKind::kNotice && at < notices.size() &&
           notices[at].expires == due.count()) {
      run.found.push_back(notices[at++]);
    }
  }
  return at == notices.size();
}

std::optional<RunBook> RunBook::of(const Tables& tables) {
  RunBook made;
  std::size_t cohorts = 0;
  std::size_t results = 0;
  std::size_t large = 0;
  for (const book::RunRecord& record : tables.runs) {
    Run run{.record = record};
    if (record.number != made.runs_.size() + 1 || !right(run) || made.find(run.key()) != nullptr ||
        record.cohorts > tables.cohorts.size() - cohorts ||
        record.results > tables.results.size() - results) {
      return std::nullopt;
    }
    run.cohorts.assign(
        tables.cohorts.begin() + static_cast<std::ptrdiff_t>(cohorts),
        tables.cohorts.begin() + static_cast<std::ptrdiff_t>(cohorts + record.cohorts));
    cohorts += record.cohorts;
    for (std::uint32_t step = 0; step < record.results; ++step) {
      const std::uint32_t value = tables.results[results++];
      run.results.adopt(value);
      if (value != RunResults::kLarge) {
        continue;
      }
      if (large == tables.large.size() || tables.large[large].run != record.number ||
          tables.large[large].step != step || tables.large[large].value < RunResults::kLarge) {
        return std::nullopt;
      }
      run.results.adopt_large(step, tables.large[large++].value);
    }
    run.record.results = 0;
    run.record.cohorts = 0;
    made.runs_.push_back(std::move(run));
  }
  const bool all = cohorts == tables.cohorts.size() && results == tables.results.size() &&
                   large == tables.large.size() && made.adopt_found(tables.notices);
  return all ? std::optional(std::move(made)) : std::nullopt;
}

}  // namespace ph
