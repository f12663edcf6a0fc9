// Orders of a home's members from the catalogue, complaints about them, and the pieces that are
// there (docs/decisions/0023-programme-format.md, section 2). It keeps what was decided; points are
// Home's affair. Records are numbered by their places and stay. Deterministic; one thread owns it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/home/member_records.h"
#include "core/programme/order.h"
#include "core/types/chunks.h"
#include "core/types/flat_index.h"

namespace ph {

class OrderBook {
 public:
  static constexpr std::uint32_t kNone = book::kNone;
  // Pieces of an item that rows may bring in sum: far more than anybody stores.
  static constexpr std::int64_t kStockMax = 1'000'000'000'000'000;
  struct Tables {
    Chunks<book::OrderRecord> orders{};
    Chunks<book::ComplaintRecord> complaints{};
    std::vector<book::StockRecord> stock{};  // by item
  };

  // nullopt: they aren't those of orders. `members`, `items`: how many there are.
  [[nodiscard]] static std::optional<OrderBook> of(Tables tables, std::size_t members,
                                                   std::size_t items);
  // Orders and complaints; stock. The same state gives the same bytes.
  void save(const std::function<void(Bytes)>& sink) const;
  void save_stock(const std::function<void(Bytes)>& sink) const;
  void count(book::Header& header) const;

  // kNone: no order, or complaint, of this id.
  [[nodiscard]] std::uint32_t find(const TransactionId& id) const;
  [[nodiscard]] std::uint32_t find_complaint(const TransactionId& id) const;
  [[nodiscard]] const book::OrderRecord& order(std::uint32_t number) const {
    return tables_.orders[number];
  }
  [[nodiscard]] const book::ComplaintRecord& complaint(std::uint32_t number) const {
    return tables_.complaints[number];
  }
  [[nodiscard]] std::size_t size() const { return tables_.orders.size(); }
  // Those that are neither delivered nor failed, in the order in which they came: by the day, too.
  [[nodiscard]] const std::set<std::uint32_t>& open() const { return open_; }

  // Complaints that nobody has answered, in the order in which they came; those of an order.
  [[nodiscard]] const std::set<std::uint32_t>& open_complaints() const { return open_complaints_; }
  [[nodiscard]] bool has_open_complaint(std::uint32_t order) const;
  void visit_complaints(std::uint32_t order,
                        const std::function<void(const book::ComplaintRecord&)>& visit) const;

  // Under an id that none has; of a day no earlier than that of the one before.
  std::uint32_t add(const book::OrderRecord& order);
  void change(std::uint32_t number, const book::OrderRecord& order);
  void add_complaint(const book::ComplaintRecord& complaint);
  void change_complaint(std::uint32_t number, const book::ComplaintRecord& complaint);

  // Pieces of an item, by its number; what comes or goes.
  [[nodiscard]] std::int64_t stock(std::uint16_t item) const;
  void add_stock(std::uint16_t item, std::int64_t change);

 private:
  [[nodiscard]] bool is_in_turn(std::uint32_t number) const;
  void note_complaint(std::uint32_t number);
  [[nodiscard]] bool adopt(std::size_t members, std::size_t items);

  Tables tables_;
  FlatIndex by_id_;
  FlatIndex complaint_by_id_;
  std::set<std::uint32_t> open_;
  std::set<std::uint32_t> open_complaints_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> complaints_of_;  // by order
};

// The steps of an order as the pure functions take them.
[[nodiscard]] programme::OrderSteps steps_of(const book::OrderRecord& order);

}  // namespace ph
