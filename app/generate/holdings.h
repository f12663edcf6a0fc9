// The generator's model of every member's lots, by the rules of docs/events.md, section 2: what is
// available, in which order lots are taken, what goes back where. It is why generated rows succeed.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/types/id.h"
#include "core/types/words.h"

namespace ph::generate {

inline constexpr std::uint32_t kNoLot = 0xFFFFFFFF;

struct Lot {
  std::uint64_t id{};  // EntryId::packed
  std::uint32_t original{};
  std::uint32_t remaining{};
  std::uint32_t held{};
  std::uint32_t next{kNoLot};  // the member's next lot, in taking order
  BusinessDate expires{};
  Month earned{};
  Source source{};
  bool rating{};

  [[nodiscard]] EntryId name() const { return EntryId(id); }
  [[nodiscard]] std::uint32_t free() const { return remaining - held; }
};
static_assert(sizeof(Lot) == 32);

// Points of a lot that were taken or are held; `points` is what is left of them.
struct Slice {
  std::uint32_t lot{};
  std::uint32_t points{};
};
using Slices = std::vector<Slice>;

struct Debt {
  Participant issuer{};
  std::uint32_t points{};
};

struct Holder {
  static constexpr std::uint8_t kKnown = 1;      // has an account: an opening row or an earning
  static constexpr std::uint8_t kClosed = 2;     // left the network
  static constexpr std::uint8_t kInTransit = 4;  // moved in, not confirmed
  static constexpr std::uint8_t kMoved = 8;      // at another home than on the first day
  static constexpr std::uint8_t kBusy = 16;  // has something open that a move or leaving disturbs
  static constexpr std::uint8_t kInDebt = 32;
  static constexpr std::uint8_t kOwned = 128;  // has another owner: his accounts have ended
  static constexpr std::uint8_t kLost = 64;    // moved out, and nobody took him in: a fault

  std::uint64_t number{};
  std::uint32_t first_lot{kNoLot};
  std::uint8_t home{};      // index of the province
  std::uint8_t accounts{};  // billing accounts
  std::uint8_t flags{};
  std::uint8_t spend{};  // 0..255: his place among all by what he spends

  [[nodiscard]] bool is(std::uint8_t flag) const { return (flags & flag) != 0; }
  void set(std::uint8_t flag) { flags = static_cast<std::uint8_t>(flags | flag); }
  void clear(std::uint8_t flag) { flags = static_cast<std::uint8_t>(flags & ~flag); }
};
static_assert(sizeof(Holder) == 16);

class Holdings {
 public:
  void reserve(std::size_t holders, std::size_t lots);
  std::uint32_t add_holder(const Holder& holder);
  [[nodiscard]] Holder& holder(std::uint32_t index) { return holders_[index]; }
  [[nodiscard]] Lot& lot(std::uint32_t index) { return lots_[index]; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(holders_.size()); }

  // Adds a lot as it stands; its index.
  std::uint32_t add_lot(std::uint32_t holder, const Lot& lot);
  void add_debt(std::uint32_t holder, Debt debt);
  // A lot earned now: a debt to its issuer is repaid first. Makes the holder known.
  std::uint32_t earn(std::uint32_t holder, const Lot& lot);

  // The expiry run of `today` for one holder. The calls below need it done before.
  void expire(std::uint32_t holder, BusinessDate today);
  // Free usable points less debts; 0 for a holder that cannot spend.
  [[nodiscard]] std::uint32_t available(std::uint32_t holder, BusinessDate today);
  // Takes points that are available, in taking order.
  [[nodiscard]] Slices take(std::uint32_t holder, std::uint32_t points, BusinessDate today);
  [[nodiscard]] Slices hold(std::uint32_t holder, std::uint32_t points, BusinessDate today);
  // Takes held points, the first first.
  [[nodiscard]] Slices capture(Slices& held, std::uint32_t points);
  void release(Slices& held);
  // Gives points back, the last consumed first; a lot that has expired gets 30 days.
  void restore(std::uint32_t holder, Slices& slices, std::uint32_t points, BusinessDate today);
  // Takes back points earned as `lot`; what is missing becomes a debt to its issuer.
  void take_back(std::uint32_t holder, std::uint32_t lot, std::uint32_t points, BusinessDate today);
  void forfeit_all(std::uint32_t holder);
  // Leaving the network also writes off debts.
  void close(std::uint32_t holder);

  // Lots with points left, in canonical order.
  [[nodiscard]] std::vector<std::uint32_t> lots_left(std::uint32_t holder) const;
  // In the order of issuers.
  [[nodiscard]] std::vector<Debt> debts(std::uint32_t holder) const;

 private:
  [[nodiscard]] bool before(std::uint32_t a, std::uint32_t b) const;
  void link(std::uint32_t holder, std::uint32_t lot);
  void unlink(std::uint32_t holder, std::uint32_t lot);
  [[nodiscard]] std::uint32_t owed(std::uint32_t holder) const;

  std::vector<Holder> holders_{};
  std::vector<Lot> lots_{};
  std::unordered_map<std::uint32_t, std::vector<Debt>> debts_{};  // only looked up, never walked
};

[[nodiscard]] std::uint32_t sum(std::span<const Slice> slices);

}  // namespace ph::generate
