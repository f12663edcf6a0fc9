// Makes a world: day after day, events in random order, each written into the files of all who
// report it, and booked in the model of the members' lots.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/generate/holdings.h"
#include "app/generate/random.h"
#include "tests/simulation/csv_text.h"
#include "tests/simulation/world.h"

namespace ph::sim {

// A redemption or exchange, kept while something may follow from it. Who gives is a province or a
// partner, by index; the other is -1.
struct Deal {
  std::uint32_t holder{};
  std::size_t home{};
  int giver{-1};
  int partner{-1};
  Form form{};
  std::string id{};
  EntryId authorisation{};  // the home's code
  std::uint32_t points{};
  std::uint32_t units{};
  std::uint32_t rate{};
  std::uint32_t cost{};
  std::uint32_t freight{};
  std::uint32_t cash{};
  std::uint32_t sequence{};        // of the home's file
  std::uint32_t entry{};           // of its row
  std::uint32_t other_sequence{};  // of the other side's file
  std::uint32_t other_entry{};     // of its row; 0: it has none
  BusinessDate other_date{};       // of the file in which its id stood last
  bool withdrawn{};
  bool refunded_elsewhere{};  // at a later home: the first one doesn't know of it
  generate::Slices slices{};
};

class WorldMaker {
 public:
  explicit WorldMaker(std::uint64_t seed);
  [[nodiscard]] World make();

 private:
  // False: it can't be done today, since somebody has no file; tomorrow again.
  using Task = std::function<bool()>;
  using DealPtr = std::shared_ptr<Deal>;
  struct HoldState {
    std::uint32_t holder{};
    std::size_t home{};
    std::string id{};
    EntryId entry{};
    int partner{-1};
    generate::Slices slices{};
  };
  using HoldPtr = std::shared_ptr<HoldState>;

  // setting.cpp: what there is before the first day
  void choose_dates();
  [[nodiscard]] BusinessDate working_day_3(Month month) const;
  void choose_parties();
  [[nodiscard]] std::string rulebook_text(bool later) const;
  void contracts(CsvText& file) const;
  void prices(CsvText& file, bool later) const;
  void other_prices(CsvText& file) const;
  void make_calendars();
  void make_openings();
  void put_opening_lot(CsvText& file, std::uint32_t who, Participant issuer);
  void plan_files();
  void plan_lateness();

  // maker.cpp: the frame of the days
  void play_day();
  void play_event();
  void run_tasks();
  void finish_day();
  void note_end();
  [[nodiscard]] bool chance(std::uint32_t percent) { return random_.below(100) < percent; }
  void later(std::uint32_t days_on, Task task);
  [[nodiscard]] bool writes(std::size_t province) const { return has_file_[province][day()]; }
  [[nodiscard]] bool partner_writes(int partner) const {
    return partner_has_file_[static_cast<std::size_t>(partner)][day()];
  }
  [[nodiscard]] std::size_t day() const { return static_cast<std::size_t>(day_); }
  // No hold is ended by a row of this day: the model would let points that come free in a lot that
  // has expired go at once, the home waits for the next day's expiry run.
  [[nodiscard]] bool on_last_day() const { return day_ + 1 == world_.days; }
  [[nodiscard]] std::uint32_t sequence() const { return static_cast<std::uint32_t>(day_ + 1); }
  [[nodiscard]] std::uint32_t partner_sequence(int partner) const {
    return partner_sequence_[static_cast<std::size_t>(partner)];
  }
  [[nodiscard]] const std::string& code_of(std::size_t province) const {
    return world_.provinces[province].code;
  }
  [[nodiscard]] const std::string& partner_code(int partner) const {
    return world_.partners[static_cast<std::size_t>(partner)].code;
  }
  [[nodiscard]] std::string code_of(Participant number) const;
  [[nodiscard]] std::string text_of(EntryId id) const;
  // Empty for none.
  [[nodiscard]] std::string code_text(EntryId authorisation) const {
    return authorisation.none() ? std::string() : text_of(authorisation);
  }
  [[nodiscard]] std::string partner_id(int partner);
  [[nodiscard]] std::size_t other_province(std::size_t than);
  // Another province that has a file today.
  [[nodiscard]] std::optional<std::size_t> other_writer(std::size_t than);
  [[nodiscard]] generate::Holder& holder(std::uint32_t who) { return holdings_.holder(who); }
  [[nodiscard]] std::string member_text(std::uint32_t who);

  EntryId next_entry(std::size_t province);
  // A row in the province's file of today, which leaves `delta` under its entry.
  CsvText& row(std::size_t province, std::string_view kind, EntryId entry, std::int64_t delta,
               bool item);
  // A row in the partner's file of today, whose item will be in its batch.
  CsvText& partner_row(int partner, std::string_view kind);
  [[nodiscard]] CsvText& file_of(std::size_t province) { return files_[province]; }

  [[nodiscard]] std::optional<std::uint32_t> find_member(bool quiet);
  [[nodiscard]] std::optional<std::uint32_t> find_spender(std::uint32_t points);
  [[nodiscard]] std::uint32_t some_of(std::uint32_t available);
  [[nodiscard]] std::uint32_t earn(std::uint32_t who, EntryId entry, Month month,
                                   std::uint32_t points, Source source, bool rating);

  // earn_events.cpp
  void bill();
  bool rebill(std::uint32_t who, std::size_t home, EntryId entry, std::uint32_t lot, Month month,
              std::uint32_t fen);
  void award();
  bool unearn(std::uint32_t who, std::size_t home, std::uint32_t lot);
  void accrual();
  bool book_accrual(const DealPtr& deal, Month month);
  void exchange_in();
  bool unissue(const DealPtr& deal, std::uint32_t lot, std::uint32_t points);

  // member_events.cpp
  void move();
  void transfer_or_leave();
  void bad_row();
  void redeem_too_much(std::uint32_t who);
  void refund_unknown(std::uint32_t who);
  void redeem_elsewhere(std::uint32_t who);
  void earn_too_old(std::uint32_t who);

  // spend_events.cpp
  void redeem();
  [[nodiscard]] bool choose_giver(Deal& deal);
  void name_deal(Deal& deal, EntryId entry);
  void put_id(CsvText& file, const std::string& id, EntryId entry) const;
  void put_goods(CsvText& file, const Deal& deal) const;
  void put_redeem(const Deal& deal, EntryId entry, std::int64_t delta);
  void put_other_side(Deal& deal, std::uint32_t points, EntryId code);
  void other_side(const DealPtr& deal);
  bool correct(const DealPtr& deal);
  void follow(const DealPtr& deal);
  bool withdraw(const DealPtr& deal);
  bool copy(const DealPtr& deal);
  void hold();
  bool capture(const HoldPtr& hold, std::uint32_t points, bool final);
  bool void_hold(const HoldPtr& hold);

  // exchange_events.cpp
  void exchange_out();
  void put_partner_exchange(std::string_view kind, Deal& deal);
  bool not_credited(const DealPtr& deal);
  bool refund(const DealPtr& deal, std::uint32_t points);
  void put_refund(Deal& deal, EntryId entry, const std::string& id, std::uint32_t points);
  void put_lot(CsvText& file, const generate::Lot& lot, std::uint32_t points) const;
  bool answer_refund(const DealPtr& deal, const std::string& id, std::uint32_t points,
                     std::size_t home);

  World world_;
  generate::Random random_;
  generate::Holdings holdings_;
  std::vector<std::vector<bool>> has_file_;          // [province][day]
  std::vector<std::vector<bool>> partner_has_file_;  // [partner][day]
  std::vector<std::uint32_t> partner_sequence_;
  std::vector<CsvText> files_;  // of today, by province
  std::vector<std::vector<Expected>> rows_;
  std::vector<std::uint32_t> serials_;
  std::vector<CsvText> partner_files_;
  std::vector<std::vector<Expected>> partner_rows_;
  std::vector<std::vector<Task>> tasks_;                     // by day
  std::vector<std::vector<std::function<void()>>> evening_;  // by day, after the last row
  std::set<std::pair<std::uint32_t, Month>> billed_;
  std::uint32_t references_{0};
  std::uint32_t opening_lots_{0};
  int day_{0};
  BusinessDate today_{};
  std::size_t merchant_acquirer_{0};
  bool merchant_accumulates_{false};
  std::optional<BusinessDate> price_change_{};
  std::vector<BusinessDate> holidays_{};
};

inline constexpr int kAirline = 0;
inline constexpr int kMerchant = 1;
inline constexpr int kBank = 2;  // in some worlds

}  // namespace ph::sim
