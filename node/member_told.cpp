#include "node/member_told.h"

#include <algorithm>

#include "core/programme/queue.h"

namespace ph {

std::string_view word(programme::FlagBy by) {
  switch (by) {
    case programme::FlagBy::kReview:
      return "REVIEW";
    case programme::FlagBy::kTenure:
      return "TENURE";
    case programme::FlagBy::kLegacy:
      return "LEGACY";
  }
  return "";
}

std::string_view word(programme::QueuePosition position) {
  switch (position) {
    case programme::QueuePosition::kFirst:
      return "FIRST";
    case programme::QueuePosition::kNormal:
      return "NORMAL";
    case programme::QueuePosition::kLast:
      return "LAST";
  }
  return "";
}

std::string_view word(programme::BenefitKind kind) {
  switch (kind) {
    case programme::BenefitKind::kService:
      return "SERVICE";
    case programme::BenefitKind::kClaim:
      return "CLAIM";
    case programme::BenefitKind::kClub:
      return "CLUB";
    case programme::BenefitKind::kQueue:
      return "QUEUE";
  }
  return "";
}

std::optional<BusinessDate> end_day_of(std::uint16_t to) {
  return to < BusinessDate::kCount ? std::optional(BusinessDate(to)) : std::nullopt;
}

std::vector<ToldGrade> grades_of(const MemberBook& book, const Programme& version,
                                 std::uint32_t member, BusinessDate on) {
  std::vector<ToldGrade> out;
  for (const programme::Grading& grading : version.rows().gradings) {
    const auto number = static_cast<std::uint8_t>(book.names().gradings.find(grading.name));
    out.push_back(
        {.grading = grading, .number = number, .grade = book.grade_held_on(member, number, on)});
  }
  return out;
}

std::vector<ToldFlag> flags_of(const MemberBook& book, const Programme& version,
                               std::uint32_t member, BusinessDate on) {
  std::vector<ToldFlag> out;
  for (const programme::Flag& flag : version.rows().flags) {
    ToldFlag told{.flag = flag, .holds = book.has_flag(member, flag, on)};
    if (flag.by != programme::FlagBy::kTenure) {
      told.given = book.flag_on(member, book.names().flags.find(flag.name), on);
    }
    out.push_back(told);
  }
  return out;
}

ToldRecord record_of(const MemberBook& book, const book::HistoryRecord& record) {
  ToldRecord out{.decided = BusinessDate(record.decided),
                 .reason = programme::word(static_cast<programme::GradeReason>(record.reason)),
                 .from = BusinessDate(record.from),
                 .to = end_day_of(record.to)};
  if (record.grading == book::kFlagGrading) {
    out.flag = &book.names().flags.name(record.run);
  } else if (record.grading != book::kBrandGrading) {
    out.grading = &book.names().gradings.name(record.grading);
    out.level = &book.names().levels[record.grading].name(record.level);
  }
  return out;
}

std::optional<ToldQueue> queue_of(const MemberBook& book, const Programme& version,
                                  std::uint32_t member, BusinessDate on) {
  const programme::Rows& rows = version.rows();
  const bool blacklisted = (book.member(member).flags & book::ProgrammeMember::kBlacklisted) != 0;
  const std::uint16_t queue =
      programme::queue_of(rows.queues, book.effective_on(member, on), blacklisted);
  if (queue == programme::kNoIndex) {
    return std::nullopt;
  }
  ToldQueue out{.queue = rows.queues[queue]};
  for (const auto& has : programme::benefits_of(rows.benefits, book.held_on(member, on), {}, on)) {
    const programme::Benefit& benefit = rows.benefits[has.benefit];
    if (benefit.kind == programme::BenefitKind::kQueue && benefit.queue.index == queue) {
      out.priority = std::max(out.priority, benefit.priority);
    }
  }
  return out;
}

std::vector<programme::Entitled> benefits_of(const MemberBook& book, const Programme& version,
                                             std::uint32_t member, BusinessDate on) {
  const std::vector<programme::Benefit>& benefits = version.rows().benefits;
  return programme::benefits_of(benefits, book.held_on(member, on),
                                book.claims_of(member, benefits, on), on);
}

}  // namespace ph
