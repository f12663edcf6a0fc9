// Bill months that members say are missing (docs/decisions/0023-programme-format.md, section 2):
// what the home credited itself, and what waits for somebody. Records are numbered by their places
// and stay. Deterministic; one thread owns it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <tuple>

#include "core/home/member_records.h"
#include "core/types/chunks.h"
#include "core/types/flat_index.h"

namespace ph {

class RegisterBook {
 public:
  static constexpr std::uint32_t kNone = book::kNone;
  using Table = Chunks<book::RegistrationRecord>;

  // nullopt: they aren't registrations. `members`, `accounts`: how many there are.
  [[nodiscard]] static std::optional<RegisterBook> of(Table table, std::size_t members,
                                                      std::size_t accounts);
  // The same state gives the same bytes.
  void save(const std::function<void(Bytes)>& sink) const { table_.visit_bytes(sink); }

  [[nodiscard]] std::size_t size() const { return table_.size(); }
  // kNone: none of this id.
  [[nodiscard]] std::uint32_t find(const TransactionId& id) const;
  [[nodiscard]] const book::RegistrationRecord& at(std::uint32_t number) const {
    return table_[number];
  }
  // Those that wait for somebody, in the order in which they came.
  [[nodiscard]] const std::set<std::uint32_t>& open() const { return open_; }

  // One of them of this account and month; kNone: none.
  [[nodiscard]] std::uint32_t find_open(std::uint32_t account, Month month) const;

  // Under an id that none has.
  void add(const book::RegistrationRecord& record);
  // What was missing has been credited meanwhile: open ones of NO_POINTS end so.
  void note_credited(std::uint32_t account, Month month, BusinessDate on);
  // Of an open one. `state`: CREDITED or REFUSED.
  void end(std::uint32_t number, std::uint8_t state, BusinessDate on);

 private:
  Table table_;
  FlatIndex by_id_;
  std::set<std::uint32_t> open_;
  std::set<std::tuple<std::uint32_t, std::uint16_t, std::uint32_t>> open_of_;  // account, month
};

}  // namespace ph
