// The programme of a node: its file, version after version, and what is told of it.
#include <algorithm>

#include "core/programme/programme_version.h"
#include "node/node.h"

namespace ph {

namespace {

// What keeps a version from following on those that were taken.
std::vector<Fault> faults_of(const PreparedFile& file, const ProgrammeBook& book) {
  std::vector<const Programme*> before;
  for (const ProgrammeBook::Version& version : book.versions()) {
    before.push_back(version.programme.get());
  }
  std::vector<Fault> out;
  for (const ProgrammeFault& fault : version_faults(before, *file.programme)) {
    out.push_back({.code = static_cast<FaultCode>(fault.code),
                   .file = file.name,
                   .line = fault.line,
                   .column = fault.key,
                   .value = fault.value,
                   .expected = fault.expected});
  }
  return out;
}

}  // namespace

// A version comes into force on a day that hasn't begun here: what was given stays given.
IntakeAnswer Node::take_programme(const PreparedFile& file, BusinessTime now) {
  if (!province_.opening()) {
    return wait_for("the opening file has to come first");
  }
  if (file.rules != province_.rules()) {
    return wait_for("it was read by a rule book that is no longer in force");
  }
  const programme::Head& head = file.programme->rows().head;
  if (const MemberBook* book = province_.book()) {
    for (const ProgrammeBook::Version& version : book->programmes().versions()) {
      if (version.blob == file.blob) {
        return copy_of_earlier("version " + std::to_string(head.version) + " was taken before");
      }
    }
    if (auto faults = faults_of(file, book->programmes()); !faults.empty()) {
      return {.verdict = IntakeVerdict::kRefused, .faults = std::move(faults)};
    }
    if (!book->names_fit(*file.programme)) {
      return refuse(file, FaultCode::kIntakeProgrammeLevels, "grading.name", head.code,
                    "no more names, over all versions, than there are numbers for");
    }
  }
  const auto& open = province_.open();
  const auto last = open ? std::optional(open->taken.date) : province_.last_date();
  if (last && head.effective <= *last) {
    IntakeAnswer answer = refuse(file, FaultCode::kIntakeProgrammePast, "programme.effective",
                                 head.effective.text(), "a day after " + last->text());
    answer.faults.front().line = head.line;
    return answer;
  }
  if (open && open->has_file) {
    return wait_for("a day is being posted");
  }
  if (const Run* run = province_.run_under_way()) {
    return wait_for("run " + std::to_string(run->number()) + " is " +
                    std::string(word(run->state())));
  }
  const JournalCommand command =
      encode(ProgrammeTaken{.blob = file.blob, .effective = head.effective}, now);
  journal(command);
  province_.apply(command);
  return accepted();
}

std::optional<ProgrammeStatus> Node::programme_status() const {
  const MemberBook* book = province_.book();
  if (book == nullptr) {
    return std::nullopt;
  }
  ProgrammeStatus out{.members = book->members(), .accounts = book->accounts()};
  for (const ProgrammeBook::Version& version : book->programmes().versions()) {
    const programme::Head& head = version.programme->rows().head;
    out.code = head.code;
    out.versions.push_back(
        {.version = head.version, .effective = head.effective, .blob = version.blob});
  }
  return out;
}

}  // namespace ph
