// The member book in a snapshot of its home: behind the home's own tables (docs/journal.md, section
// 3).
#include <span>

#include "core/home/member_book.h"
#include "core/types/check.h"

namespace ph {

void MemberBook::save(const std::function<void(Bytes)>& sink) const {
  std::vector<book::VersionRecord> versions;
  for (const ProgrammeBook::Version& version : programmes_.versions()) {
    versions.push_back({.blob = version.blob, .effective = version.effective});
  }
  std::vector<book::LargeRecord> large;
  for (const auto& [of, fen] : large_) {
    large.push_back({.account = of.first, .month = of.second, .fen = fen});
  }
  book::Header header{.versions = versions.size(),
                      .accounts = tables_.accounts.size(),
                      .members = tables_.members.size(),
                      .other = tables_.other.size(),
                      .history = tables_.history.size(),
                      .large = large.size(),
                      .origins = tables_.origins.size()};
  runs_.count(header);
  sink(std::as_bytes(std::span(&header, 1)));
  sink(std::as_bytes(std::span(versions)));
  tables_.accounts.visit_bytes(sink);
  tables_.members.visit_bytes(sink);
  tables_.other.visit_bytes(sink);
  tables_.history.visit_bytes(sink);
  sink(std::as_bytes(std::span(large)));
  tables_.origins.visit_bytes(sink);
  runs_.save(sink);
}

}  // namespace ph
