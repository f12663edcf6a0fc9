// The member book in a snapshot of its home: behind the home's own tables (docs/journal.md, section
// 3).
#include <span>

#include "core/home/member_book.h"
#include "core/types/check.h"

namespace ph {

namespace {

using TakenBack = std::map<std::pair<std::uint32_t, std::uint16_t>, std::int64_t>;

void save_taken_back(const TakenBack& of_accounts, const std::function<void(Bytes)>& sink) {
  std::vector<book::TakenBackRecord> records;
  for (const auto& [of, points] : of_accounts) {
    records.push_back({.account = of.first, .month = of.second, .points = points});
  }
  const book::TakenBackHeader header{.records = records.size()};
  sink(std::as_bytes(std::span(&header, 1)));
  sink(std::as_bytes(std::span(records)));
}

}  // namespace

void MemberBook::save(const std::function<void(Bytes)>& sink, Bytes standings) const {
  std::vector<book::VersionRecord> versions;
  for (const ProgrammeBook::Version& version : programmes_.versions()) {
    versions.push_back({.blob = version.blob, .effective = version.effective});
  }
  std::vector<book::LargeRecord> large;
  for (const auto& [of, fen] : large_) {
    large.push_back({.account = of.first, .month = of.second, .fen = fen});
  }
  std::vector<book::SuspensionRecord> suspensions;
  for (const auto& [of, times] : suspensions_) {
    suspensions.push_back({.account = of.first, .month = of.second, .times = times});
  }
  std::vector<book::TakenBeforeRecord> taken_before;
  for (const auto& [member, taken] : taken_before_) {
    taken_before.push_back({.member = member, .day = taken.first.count(), .points = taken.second});
  }
  std::vector<book::CallsRecord> calls;
  for (const auto& [key, record] : calls_) {
    calls.push_back(record);
  }
  book::Header header{.layout = !taken_back_.empty() ? book::Header::kLayoutTakenBack
                                : !merges_.empty()   ? book::Header::kLayoutMerges
                                                     : book::Header::kLayout,
                      .versions = versions.size(),
                      .accounts = tables_.accounts.size(),
                      .members = tables_.members.size(),
                      .other = tables_.other.size(),
                      .history = tables_.history.size(),
                      .claims = tables_.claims.size(),
                      .flags = tables_.flags.size(),
                      .campaigns_given = tables_.campaigns_given.size(),
                      .campaigns_spent = tables_.campaigns_spent.size(),
                      .suspensions = suspensions.size(),
                      .large = large.size(),
                      .origins = tables_.origins.size(),
                      .proposals = tables_.proposals.size(),
                      .registrations = registrations_.size(),
                      .calls = calls.size(),
                      .standings = standings.size(),
                      .taken_before = taken_before.size()};
  orders_.count(header);
  runs_.count(header);
  sink(std::as_bytes(std::span(&header, 1)));
  sink(std::as_bytes(std::span(versions)));
  tables_.accounts.visit_bytes(sink);
  tables_.members.visit_bytes(sink);
  tables_.other.visit_bytes(sink);
  tables_.history.visit_bytes(sink);
  tables_.claims.visit_bytes(sink);
  tables_.flags.visit_bytes(sink);
  tables_.campaigns_given.visit_bytes(sink);
  sink(std::as_bytes(std::span(tables_.campaigns_spent)));
  sink(std::as_bytes(std::span(suspensions)));
  sink(std::as_bytes(std::span(large)));
  tables_.origins.visit_bytes(sink);
  orders_.save(sink);
  tables_.proposals.visit_bytes(sink);
  registrations_.save(sink);
  orders_.save_stock(sink);
  sink(std::as_bytes(std::span(calls)));
  runs_.save(sink);
  sink(standings);
  sink(std::as_bytes(std::span(taken_before)));
  save_merges(header.layout, sink);
}

// What the layout has behind all other tables.
void MemberBook::save_merges(std::uint16_t layout, const std::function<void(Bytes)>& sink) const {
  if (layout >= book::Header::kLayoutMerges) {
    merges_.save(sink);
  }
  if (layout >= book::Header::kLayoutTakenBack) {
    save_taken_back(taken_back_, sink);
  }
}

}  // namespace ph
