#include "core/programme/queue.h"

#include <algorithm>

#include "core/types/amount.h"

namespace ph::programme {

std::uint16_t queue_of(std::span<const Queue> queues, std::uint16_t effective, bool blacklisted) {
  std::uint16_t other = kNoIndex;
  for (std::size_t i = 0; i < queues.size(); ++i) {
    const Queue& queue = queues[i];
    const auto index = static_cast<std::uint16_t>(i);
    const auto is_its = [&](const Ref& grade) { return grade.index == effective; };
    const bool of_grade =
        effective != kNoIndex && std::any_of(queue.grades.begin(), queue.grades.end(), is_its);
    if (blacklisted ? queue.blacklist : of_grade) {
      return index;
    }
    if (queue.other) {
      other = index;
    }
  }
  return other;
}

void QueueFigures::add(const Queue& queue, const Call& call) {
  ++calls;
  if (call.answered) {
    ++answered;
    within += queue.answer_seconds > 0 && call.seconds <= queue.answer_seconds ? 1U : 0U;
  }
  if (call.called_back) {
    ++called_back;
    in_time += *call.called_back <= queue.call_back_hours * 3600 ? 1U : 0U;
  }
}

bool QueueFigures::meets(const Queue& queue) const {
  return Int128{within} * 100 >= Int128{calls} * queue.answer_percent;
}

}  // namespace ph::programme
