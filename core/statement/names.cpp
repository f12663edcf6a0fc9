#include "core/statement/names.h"

#include <array>
#include <charconv>

namespace ph {

namespace {

// `YYYYMMDD` of every day: the same for all books, made once.
const std::vector<std::string>& dates() {
  static const std::vector<std::string> kDates = [] {
    std::vector<std::string> all;
    all.reserve(BusinessDate::kCount);
    for (std::uint16_t day = 0; day < BusinessDate::kCount; ++day) {
      all.push_back(BusinessDate(day).compact_text());
    }
    return all;
  }();
  return kDates;
}

}  // namespace

Names::Names(const RuleBook& rules) : dates_(dates()) {
  for (const ParticipantRow& row : rules.participants()) {
    if (row.participant.number() >= codes_.size()) {
      codes_.resize(row.participant.number() + std::size_t{1});
    }
    codes_[row.participant.number()] = row.code;
  }
  if (codes_.empty()) {
    codes_.resize(1);
  }
}

const std::string& Names::code(Participant participant) const {
  return participant.number() < codes_.size() ? codes_[participant.number()] : codes_.front();
}

void Names::append(std::string& out, const TransactionId& id) const {
  if (id.none()) {
    return;
  }
  out.append(code(id.participant)).push_back('/');
  out.append(dates_[id.date.count()]).push_back('/');
  out.append(id.reference_text());
}

void Names::append(std::string& out, EntryId id) const {
  if (id.none()) {
    return;
  }
  out.append(code(id.participant())).push_back('/');
  out.append(dates_[id.date().count()]).push_back('/');
  std::array<char, 16> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), id.number()).ptr;
  out.append(buffer.data(), end);
}

std::string Names::text(const TransactionId& id) const {
  std::string out;
  append(out, id);
  return out;
}

std::string Names::text(EntryId id) const {
  std::string out;
  append(out, id);
  return out;
}

}  // namespace ph
