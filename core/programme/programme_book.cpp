#include "core/programme/programme_book.h"

#include <utility>

#include "core/types/check.h"

namespace ph {

ProgrammeBook::Misfit ProgrammeBook::misfit(const Programme& next) const {
  const programme::Head& head = next.rows().head;
  if (versions_.empty()) {
    return Misfit::kNone;
  }
  const programme::Head& last = versions_.back().programme->rows().head;
  if (head.code != last.code) {
    return Misfit::kCode;
  }
  if (head.version != last.version + 1) {
    return Misfit::kVersion;
  }
  return head.effective > last.effective ? Misfit::kNone : Misfit::kDay;
}

void ProgrammeBook::take(const Digest& blob, std::shared_ptr<const Programme> programme) {
  check(programme != nullptr && misfit(*programme) == Misfit::kNone,
        "a version follows the one before it");
  const BusinessDate effective = programme->rows().head.effective;
  versions_.push_back({.blob = blob, .effective = effective, .programme = std::move(programme)});
}

const Programme* ProgrammeBook::of_day(BusinessDate day) const {
  for (auto version = versions_.rbegin(); version != versions_.rend(); ++version) {
    if (version->effective <= day) {
      return version->programme.get();
    }
  }
  return nullptr;
}

}  // namespace ph
