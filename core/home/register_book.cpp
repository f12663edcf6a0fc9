#include "core/home/register_book.h"

#include <utility>

#include "core/types/check.h"

namespace ph {

namespace {

using book::RegistrationRecord;

constexpr std::uint8_t kRegisterWhysMax = 3;

// What the home credits itself is over on its day; the others wait first.
bool right_registration(const RegistrationRecord& record, std::size_t members,
                        std::size_t accounts) {
  const bool open = record.state == RegistrationRecord::kOpen;
  return valid_id(record.id) && record.member < members && record.account < accounts &&
         record.month < Month::kCount && record.opened < BusinessDate::kCount && record.why >= 1 &&
         record.why <= kRegisterWhysMax && record.zero == 0 &&
         record.state >= RegistrationRecord::kOpen &&
         record.state <= RegistrationRecord::kRefused &&
         (open ? record.ended == 0
               : record.ended >= record.opened && record.ended < BusinessDate::kCount);
}

}  // namespace

std::optional<RegisterBook> RegisterBook::of(Table table, std::size_t members,
                                             std::size_t accounts) {
  RegisterBook made;
  for (std::uint32_t n = 0; n < table.size(); ++n) {
    if (!right_registration(table[n], members, accounts) || made.find(table[n].id) != kNone) {
      return std::nullopt;
    }
    made.add(table[n]);
  }
  return made;
}

std::uint32_t RegisterBook::find(const TransactionId& id) const {
  return by_id_.find(id, [this](std::uint32_t n) { return table_[n].id; });
}

void RegisterBook::add(const RegistrationRecord& record) {
  check(find(record.id) == kNone, "a registration has an id of its own");
  const auto number = static_cast<std::uint32_t>(table_.size());
  by_id_.insert(record.id, number);
  table_.push_back(record);
  if (record.state == RegistrationRecord::kOpen) {
    open_.insert(open_.end(), number);
    open_of_.emplace(record.account, record.month, number);
  }
}

std::uint32_t RegisterBook::find_open(std::uint32_t account, Month month) const {
  const auto found = open_of_.lower_bound({account, month.count(), 0});
  const bool is_of_it = found != open_of_.end() && std::get<0>(*found) == account &&
                        std::get<1>(*found) == month.count();
  return is_of_it ? std::get<2>(*found) : kNone;
}

void RegisterBook::note_credited(std::uint32_t account, Month month, BusinessDate on) {
  constexpr std::uint8_t kNoPoints = 1;
  const std::uint32_t found = find_open(account, month);
  if (found != kNone && table_[found].why == kNoPoints) {
    end(found, RegistrationRecord::kCredited, on);
  }
}

void RegisterBook::end(std::uint32_t number, std::uint8_t state, BusinessDate on) {
  RegistrationRecord& record = table_[number];
  check(record.state == RegistrationRecord::kOpen, "a registration ends once");
  record.state = state;
  record.ended = on.count();
  open_.erase(number);
  open_of_.erase({record.account, record.month, number});
}

}  // namespace ph
