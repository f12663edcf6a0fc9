#include "tests/simulation/maker.h"

#include <algorithm>

#include "core/rules/expiry.h"

namespace ph::sim {

using generate::Holder;

World WorldMaker::make() {
  choose_dates();
  choose_parties();
  plan_files();
  plan_lateness();
  world_.rulebook = rulebook_text(false);
  if (price_change_) {
    world_.later_rulebook = rulebook_text(true);
  }
  make_calendars();
  make_openings();
  for (day_ = 0; day_ < world_.days; ++day_) {
    play_day();
  }
  note_end();
  return std::move(world_);
}

std::string WorldMaker::text_of(EntryId id) const {
  return code_of(id.participant()) + "/" + id.date().compact_text() + "/" +
         std::to_string(id.number());
}

std::string WorldMaker::partner_id(int partner) {
  return partner_code(partner) + "/" + today_.compact_text() + "/t-" +
         std::to_string(++references_);
}

std::size_t WorldMaker::other_province(std::size_t than) {
  const auto count = static_cast<std::uint32_t>(world_.provinces.size());
  return (than + 1 + random_.below(count - 1)) % count;
}

std::optional<std::size_t> WorldMaker::other_writer(std::size_t than) {
  const std::size_t other = other_province(than);
  return writes(other) ? std::optional(other) : std::nullopt;
}

std::string WorldMaker::member_text(std::uint32_t who) {
  return Member(holder(who).number).text();
}

EntryId WorldMaker::next_entry(std::size_t province) {
  serials_[province] += random_.between(1, 3);
  return EntryId(world_.provinces[province].number, today_, serials_[province]);
}

CsvText& WorldMaker::row(std::size_t province, std::string_view kind, EntryId entry,
                         std::int64_t delta, bool item) {
  rows_[province].push_back({.entry = entry.number(), .delta = delta, .item = item});
  return files_[province].begin(kind).number(entry.number());
}

CsvText& WorldMaker::partner_row(int partner, std::string_view kind) {
  const auto index = static_cast<std::size_t>(partner);
  CsvText& file = partner_files_[index].begin(kind);
  partner_rows_[index].push_back({.entry = file.line(), .item = true});
  return file;
}

void WorldMaker::later(std::uint32_t days_on, Task task) {
  const std::size_t on = day() + days_on;
  if (on < tasks_.size()) {
    tasks_[on].push_back(std::move(task));
  }
}

// --- members -------------------------------------------------------------------------------------

// A member whose home has a file today; `quiet`: nothing of his is open.
std::optional<std::uint32_t> WorldMaker::find_member(bool quiet) {
  for (int tries = 0; tries < 12; ++tries) {
    const std::uint32_t who = random_.below(holdings_.size());
    const Holder& member = holder(who);
    const bool busy = member.is(Holder::kInTransit) || member.is(Holder::kBusy);
    if (writes(member.home) && !member.is(Holder::kClosed) && !(quiet && busy)) {
      return who;
    }
  }
  return std::nullopt;
}

std::optional<std::uint32_t> WorldMaker::find_spender(std::uint32_t points) {
  for (int tries = 0; tries < 12; ++tries) {
    const auto who = find_member(false);
    if (who && holdings_.available(*who, today_) >= points) {
      return who;
    }
  }
  return std::nullopt;
}

std::uint32_t WorldMaker::some_of(std::uint32_t available) {
  return chance(15) ? available : random_.between(1, std::min(available, 800U));
}

std::uint32_t WorldMaker::earn(std::uint32_t who, EntryId entry, Month month, std::uint32_t points,
                               Source source, bool rating) {
  return holdings_.earn(who, {.id = entry.packed(),
                              .original = points,
                              .remaining = points,
                              .expires = ExpiryRules().expiry_of(month),
                              .earned = month,
                              .source = source,
                              .rating = rating});
}

// --- days ----------------------------------------------------------------------------------------

void WorldMaker::play_day() {
  today_ = world_.date_of(day_);
  files_.clear();
  rows_.assign(world_.provinces.size(), {});
  serials_.assign(world_.provinces.size(), 0);
  for (const Party& province : world_.provinces) {
    files_.emplace_back("PROVINCE_DAY", province.code, today_, sequence());
  }
  partner_files_.clear();
  partner_rows_.assign(world_.partners.size(), {});
  for (std::size_t n = 0; n < world_.partners.size(); ++n) {
    partner_sequence_[n] += partner_has_file_[n][day()] ? 1U : 0U;
    partner_files_.emplace_back("PARTNER_DAY", world_.partners[n].code, today_,
                                partner_sequence_[n]);
  }
  for (std::uint32_t who = 0; who < holdings_.size(); ++who) {
    holdings_.expire(who, today_);
  }
  run_tasks();
  const auto events = static_cast<std::uint32_t>(5 * world_.provinces.size());
  for (std::uint32_t left = random_.between(events, 2 * events); left > 0; --left) {
    play_event();
  }
  for (const auto& task : evening_[day()]) {
    task();
  }
  finish_day();
}

void WorldMaker::play_event() {
  const std::uint32_t what = random_.below(100);
  if (what < 14) {
    bill();
  } else if (what < 20) {
    award();
  } else if (what < 54) {
    redeem();
  } else if (what < 62) {
    hold();
  } else if (what < 73) {
    exchange_out();
  } else if (what < 80) {
    exchange_in();
  } else if (what < 88) {
    accrual();
  } else if (what < 92) {
    move();
  } else if (what < 94) {
    transfer_or_leave();
  } else {
    bad_row();
  }
}

void WorldMaker::run_tasks() {
  const std::vector<Task> due = std::move(tasks_[day()]);
  for (const Task& task : due) {
    if (!task()) {
      later(1, task);
    }
  }
}

void WorldMaker::finish_day() {
  const auto index = day();
  for (std::size_t n = 0; n < world_.provinces.size(); ++n) {
    SenderDay out{.date = today_, .sequence = sequence()};
    if (has_file_[n][index]) {
      out.text = files_[n].finish();
      out.rows = std::move(rows_[n]);
    }
    world_.provinces[n].days.push_back(std::move(out));
  }
  for (std::size_t n = 0; n < world_.partners.size(); ++n) {
    SenderDay out{.date = today_};
    if (partner_has_file_[n][index]) {
      out.sequence = partner_sequence_[n];
      out.text = partner_files_[n].finish();
      out.rows = std::move(partner_rows_[n]);
    }
    world_.partners[n].days.push_back(std::move(out));
  }
}

void WorldMaker::note_end() {
  for (std::uint32_t who = 0; who < holdings_.size(); ++who) {
    const Participant home = world_.provinces[holder(who).home].number;
    for (const std::uint32_t index : holdings_.lots_left(who)) {
      const generate::Lot& lot = holdings_.lot(index);
      world_.lots[{home, lot.name()}] += lot.remaining;
    }
    for (const generate::Debt& debt : holdings_.debts(who)) {
      world_.debts[{home, Member(holder(who).number), debt.issuer}] += debt.points;
    }
  }
}

World make_world(std::uint64_t seed) {
  return WorldMaker(seed).make();
}

}  // namespace ph::sim
