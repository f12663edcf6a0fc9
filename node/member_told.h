// What is told of a member of a programme, in no form yet: the member service and the operator's
// view write it each in their own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/home/member_book.h"
#include "core/programme/benefit.h"
#include "core/programme/grade.h"

namespace ph {

[[nodiscard]] std::string_view word(programme::FlagBy by);
[[nodiscard]] std::string_view word(programme::QueuePosition position);
[[nodiscard]] std::string_view word(programme::BenefitKind kind);

// A day from which something holds no more; nullopt: there is none.
[[nodiscard]] std::optional<BusinessDate> end_day_of(std::uint16_t to);

struct ToldGrade {
  const programme::Grading& grading;
  std::uint8_t number{};  // of the grading's name
  programme::Grade grade{};
  [[nodiscard]] const std::string& level() const { return grading.levels[grade.level].name; }
};
// In each grading of the version.
[[nodiscard]] std::vector<ToldGrade> grades_of(const MemberBook& book, const Programme& version,
                                               std::uint32_t member, BusinessDate on);

struct ToldFlag {
  const programme::Flag& flag;
  bool holds{};
  std::optional<book::FlagRecord> given{};  // last, by a row
};
// Each flag of the version.
[[nodiscard]] std::vector<ToldFlag> flags_of(const MemberBook& book, const Programme& version,
                                             std::uint32_t member, BusinessDate on);

// Of a flag, or a grading and a level; of a brand change neither.
struct ToldRecord {
  BusinessDate decided{};
  std::string_view reason{};
  const std::string* flag{};
  const std::string* grading{};
  const std::string* level{};
  BusinessDate from{};
  std::optional<BusinessDate> to{};
};
[[nodiscard]] ToldRecord record_of(const MemberBook& book, const book::HistoryRecord& record);

// Where he waits when he calls, and how far ahead in that queue. nullopt: there are no queues.
struct ToldQueue {
  const programme::Queue& queue;
  std::int64_t priority{};
};
[[nodiscard]] std::optional<ToldQueue> queue_of(const MemberBook& book, const Programme& version,
                                                std::uint32_t member, BusinessDate on);

// What his grades and flags give him, less what he has claimed.
[[nodiscard]] std::vector<programme::Entitled> benefits_of(const MemberBook& book,
                                                           const Programme& version,
                                                           std::uint32_t member, BusinessDate on);

}  // namespace ph
