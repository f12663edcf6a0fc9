// What moves with a member besides his lots: what the programme knows of him, so that the new home
// grades him as if he had always been there. Names stand in place of a home's own numbers. The
// layout, to the byte: docs/journal.md, section 13 (docs/decisions/0023-programme-format.md,
// section 3.4).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/home/member_columns.h"
#include "core/home/member_records.h"
#include "core/home/member_row.h"
#include "core/types/ask.h"
#include "core/types/digest.h"

namespace ph {

// A month of all his accounts together.
struct StandingMonth {
  static constexpr std::uint8_t kEarned = 1;   // a bill that gave its points
  static constexpr std::uint8_t kWaiting = 2;  // one that waits for a profile, or an end of arrears

  std::int64_t earned{};   // fen of bills that gave their points
  std::int64_t waiting{};  // fen of those that wait
  std::int64_t rating{};   // rating points of all sources
  std::uint8_t bills{};
  std::uint8_t suspensions{};
  std::array<std::uint8_t, 6> zero{};
};
// The grade that was given last. `grading`, `level` and the like: numbers of names.
struct StandingGrade {
  std::uint8_t grading{};
  std::uint8_t level{};
  std::uint8_t reason{};
  std::uint8_t zero{};
  std::uint16_t from{};
  std::uint16_t to{};
};
struct StandingFlag {
  std::uint8_t flag{};
  std::uint8_t zero{};
  std::uint16_t from{};  // months, both inclusive
  std::uint16_t to{};
  std::uint16_t zero_16{};
};
struct StandingClaim {
  std::uint8_t benefit{};
  std::uint8_t zero{};
  std::uint16_t day{};
  std::uint16_t until{};
  std::uint16_t count{};
};
// Of a flag `grading` is book::kFlagGrading and `level` the flag's name.
struct StandingHistory {
  std::uint16_t decided{};
  std::uint16_t from{};
  std::uint16_t to{};
  std::uint8_t grading{};
  std::uint8_t level{};
  std::uint8_t reason{};
  std::uint8_t zero{};
  std::uint16_t zero_16{};
};

struct Standing {
  static constexpr std::uint8_t kBlacklisted = 1;
  static constexpr std::uint8_t kOneWay = 2;  // in arrears, the worse of all his accounts
  static constexpr std::uint8_t kBothWays = 4;
  static constexpr std::size_t kNamesMax = 250;  // numbers from 254 on are gradings of no programme
  static constexpr std::size_t kMonths = book::kRingMonths;

  NameText code{};  // of the programme
  std::uint32_t version{};
  std::uint16_t profile{};               // days; 0: not complete
  std::uint16_t joined{book::kNoMonth};  // the first of his accounts
  std::uint16_t ended{book::kNoMonth};   // the last of them, when all have
  std::uint16_t accounts{};              // but for those that another owner has
  std::uint16_t newest{};                // the month of the move: the last one of `months`
  std::uint8_t region{};
  std::uint8_t flags{};
  std::uint8_t band{};     // highest one that gave ON_ENTRY, from 1 on
  std::uint8_t entered{};  // name of the highest level that gave ON_ENTRY, from 1 on; 0: none
  std::array<StandingMonth, kMonths> months{};  // ascending
  std::vector<std::string> names{};
  std::vector<StandingGrade> grades{};
  std::vector<StandingFlag> of_flags{};
  std::vector<StandingClaim> claims{};     // newest first
  std::vector<StandingHistory> history{};  // likewise

  // As flags of an account.
  [[nodiscard]] std::uint8_t arrears() const {
    return (flags & kBothWays) != 0 ? book::AccountRecord::kBothWays
           : (flags & kOneWay) != 0 ? book::AccountRecord::kOneWay
                                    : std::uint8_t{0};
  }
  [[nodiscard]] Month month(std::size_t place) const {
    return Month(static_cast<std::uint16_t>(newest + 1 + place - kMonths));
  }
  // Months before the calendar's first one have nothing.
  [[nodiscard]] bool has_month(std::size_t place) const { return newest + 1 + place >= kMonths; }
};

static_assert(sizeof(StandingMonth) == 32 && std::is_trivially_copyable_v<StandingMonth>);
// Header and months.
inline constexpr std::size_t kStandingFixedBytes = 64 + Standing::kMonths * 32;
static_assert(sizeof(StandingGrade) == 8 && sizeof(StandingFlag) == 8);
static_assert(sizeof(StandingClaim) == 8 && sizeof(StandingHistory) == 12);

// Of one whose lists a StandingLists made: kStandingBytesMax at most.
[[nodiscard]] std::vector<std::byte> bytes_of(const Standing& standing);
// nullopt: torn, too long, or one that says what can't be.
[[nodiscard]] std::optional<Standing> read_standing(Bytes bytes);

// Fills the lists of a standing as long as there is room.
class StandingLists {
 public:
  // A name of a record, and where its number goes.
  template <class Record>
  struct Named {
    std::string_view name{};
    std::uint8_t Record::*number{};
  };

  explicit StandingLists(Standing& standing) : standing_(standing) {}

  // False, and nothing is added: there is no room for it.
  template <class Record>
  bool add(std::vector<Record>& list, Record record, const std::vector<Named<Record>>& names) {
    std::vector<std::string_view> added;
    for (const Named<Record>& named : names) {
      added.push_back(named.name);
    }
    if (!take(sizeof record, added)) {
      return false;
    }
    for (const Named<Record>& named : names) {
      record.*(named.number) = number_of(named.name);
    }
    list.push_back(record);
    return true;
  }
  // A name that stands alone; from 1 on, 0: there is no room for it.
  [[nodiscard]] std::uint8_t add_name(std::string_view name) {
    return take(0, {name}) ? static_cast<std::uint8_t>(number_of(name) + 1) : std::uint8_t{0};
  }
  // Room that is kept free for a record to come; and given to it.
  [[nodiscard]] bool reserve(std::size_t bytes) { return take(bytes, {}); }
  void release(std::size_t bytes) { used_ -= bytes; }

 private:
  [[nodiscard]] std::uint8_t number_of(std::string_view name) const;
  [[nodiscard]] bool take(std::size_t bytes, const std::vector<std::string_view>& names);

  Standing& standing_;
  std::size_t used_{kStandingFixedBytes};
};

}  // namespace ph
