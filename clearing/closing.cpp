// When a period may be closed, what is missing and who must act, and the close itself.
#include <algorithm>

#include "clearing/clearing.h"
#include "core/statement/names.h"
#include "core/statement/tables.h"
#include "platform/crypto/sha256.h"
#include "platform/sys/kill_points.h"

namespace ph {

int Clearing::overdue_days(Participant province, BusinessTime now) const {
  const SenderState* state = house_.sender(province);
  const auto opened = house_.openings().find(province);
  BusinessDate next;
  if (state != nullptr && !state->batches.empty()) {
    next = state->batches.back().taken.date.plus_days(1);
  } else if (opened != house_.openings().end()) {
    next = opened->second.date;
  } else {
    return 0;
  }
  int days = 0;
  while (now >= end_of(next.plus_days(days)).plus_seconds(settings_.due_after_s)) {
    ++days;
  }
  return days;
}

// Partners' days of the period that have live events in no batch.
std::vector<Obstacle> Clearing::live_missing_of(Month period, BusinessTime now) const {
  std::vector<Obstacle> out;
  for (const LiveDay& day : live_days(now)) {
    if (day.date <= last_day(period)) {
      out.push_back({.who = house_.rules().code(day.partner),
                     .what = std::to_string(day.items) + " events of the API, from " +
                             day.date.text() + " on, are in no batch yet",
                     .what_now = now < day.due
                                     ? "they are sealed at " + day.due.text() +
                                           ", or with a file of that day that comes before"
                                 : day.waits.empty()
                                     ? "they are sealed as soon as all files of the inbox are read"
                                     : "they are sealed when this is over: " + day.waits});
    }
  }
  return out;
}

// Of a sender: its days of the period that came behind the cut-off, if there are any.
std::optional<Obstacle> Clearing::late_of(const ParticipantRow& row, Month period) const {
  const SenderState* state = house_.sender(row.participant);
  const std::uint32_t last = house_.last_in_period(row.participant);
  std::uint32_t late = last;
  while (state != nullptr && late < state->last() &&
         state->batches[late].taken.date.month() <= period) {
    ++late;
  }
  if (late == last) {
    return std::nullopt;
  }
  return Obstacle{.who = row.code,
                  .what = "sequences " + std::to_string(last + 1) + " to " + std::to_string(late) +
                          ", days up to " + state->batches[late - 1].taken.date.text() +
                          ", came behind the cut-off",
                  .what_now = "they settle in " + period.next().text()};
}

// What of the period's days has not come from each sender.
std::vector<Obstacle> Clearing::missing_of(Month period, BusinessTime now) const {
  std::vector<Obstacle> out = live_missing_of(period, now);
  for (const ParticipantRow& row : house_.rules().participants()) {
    if (row.kind == ParticipantKind::kClearing) {
      continue;
    }
    if (std::ranges::find(out, row.code, &Obstacle::who) != out.end()) {
      continue;  // Its live events are named.
    }
    if (auto late = late_of(row, period)) {
      out.push_back(std::move(*late));
      continue;
    }
    const SenderState* state = house_.sender(row.participant);
    const std::uint32_t last = house_.last_in_period(row.participant);
    const bool more = state != nullptr && state->last() > last;
    const BusinessDate end = last_day(period);
    const BusinessDate have = last == 0 ? BusinessDate() : state->batches[last - 1].taken.date;
    if (more || (last != 0 && have >= end)) {
      continue;  // A later day of this sender was taken: nothing more can come for the period.
    }
    out.push_back({.who = row.code,
                   .what = last == 0
                               ? "no batch at all"
                               : "nothing after " + have.text() + " (sequence " +
                                     std::to_string(last) + "); the period ends on " + end.text(),
                   .what_now = row.kind == ParticipantKind::kProvince
                                   ? "its node has to seal and push the days that are missing"
                                   : "the partner has to bring its day files"});
  }
  return out;
}

std::vector<Obstacle> Clearing::obstacles_of(Month period, BusinessTime now) const {
  const auto clearing = [this](std::string what, std::string what_now) {
    return std::vector<Obstacle>{
        {.who = settings_.code, .what = std::move(what), .what_now = std::move(what_now)}};
  };
  if (!house_.has_rules() || !house_.open_period()) {
    return clearing("nothing has come yet", "bring rule book, calendar and opening files");
  }
  if (period != *house_.open_period()) {
    return clearing("the open period is " + house_.open_period()->text(), "close that one first");
  }
  if (const auto why = unsigned_month(period)) {
    return clearing(*why, "then close it");
  }
  const auto dates = house_.calendar().dates_of(period);
  if (!dates) {
    return clearing("the calendar does not cover working day 15 after " + period.text(),
                    "bring the calendar of that year");
  }
  if (now < end_of(dates->close) && !missing_of(period, now).empty()) {
    return clearing(
        "the cut-off is at 24:00 of " + dates->close.text() + ", and not everybody's days are here",
        "wait for the cut-off, or for the senders that are named");
  }
  return {};
}

CloseAnswer Clearing::close(Month period, BusinessTime now, bool dry_run) {
  now_ = now;
  CloseAnswer answer;
  if (const auto closed = house_.closed().find(period); closed != house_.closed().end()) {
    return {.closed = true, .again = true, .cutoff = closed->second};
  }
  answer.obstacles = obstacles_of(period, now);
  if (house_.has_rules() && house_.open_period() == period) {
    answer.missing = missing_of(period, now);
  }
  if (!answer.obstacles.empty()) {
    return answer;
  }
  const Names names(house_.rules());
  const std::string record = cutoff_csv(house_.cutoff(), names);
  answer.cutoff = sha256(as_bytes(record));
  if (dry_run) {
    return answer;
  }
  kill_point<"clearing_in_close">();
  const JournalCommand command =
      encode(PeriodClosed{.period = period, .cutoff = storage_.blobs->put(as_bytes(record))}, now);
  journal(command);
  close_block_ = log_.last();
  house_.apply(command);
  answer.closed = true;
  return answer;
}

}  // namespace ph
