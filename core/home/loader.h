// Makes a home from its snapshot (docs/journal.md, section 3), which arrives in parts of any size.
// Bytes that were damaged or made up give no home; they never give one that could reach beyond its
// tables.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "core/home/header.h"
#include "core/home/home.h"

namespace ph {

class HomeLoader {
 public:
  // `programme_of`: the programmes that a snapshot of layout 4 names.
  explicit HomeLoader(ProgrammeOf programme_of = {});
  HomeLoader(const HomeLoader&) = delete;
  HomeLoader& operator=(const HomeLoader&) = delete;

  // The next part. Returns what lies behind the home's last byte; empty while there is more to
  // come.
  Bytes take(Bytes part);
  // nullopt when bytes are missing or wrong. To be called once.
  [[nodiscard]] std::optional<Home> finish();

 private:
  struct Section {
    std::size_t record_bytes{};
    std::uint64_t left{};  // records
    std::function<void(Bytes)> take{};
  };
  template <class Record>
  void expect(std::uint64_t count, std::function<void(const Record&)> take);
  template <class Record>
  void expect(std::uint64_t count, Chunks<Record>& table);
  template <class Record>
  void expect(std::uint64_t count, std::vector<Record>& table);
  void take_header(const HomeHeader& header);
  void take_live_header(const LiveHeader& header);
  void take_book_header(const book::Header& header);
  void take_records(Section& section, Bytes& part);

  [[nodiscard]] bool check_members();
  [[nodiscard]] bool check_entries();
  [[nodiscard]] bool check_bills();
  [[nodiscard]] bool add_debts();
  [[nodiscard]] bool add_holds();
  [[nodiscard]] bool add_book();
  [[nodiscard]] bool check_orders() const;
  [[nodiscard]] bool add_standings();
  // loader_live.cpp: layouts 2 and up
  using Held = std::map<std::uint32_t, std::int64_t>;
  [[nodiscard]] static bool add_held(Held& held, std::uint32_t lot, std::int64_t points);
  [[nodiscard]] bool add_ends();
  [[nodiscard]] bool add_put_off(Held& held);
  [[nodiscard]] bool add_event(const PutOffRecord& record, std::vector<Slice> slices, Held& held);
  [[nodiscard]] bool right_event(const PutOffRecord& record) const;
  [[nodiscard]] bool right_slice(const PutOffRecord& record, const Slice& slice, Held& held) const;
  [[nodiscard]] bool keeps_bounds() const;
  [[nodiscard]] bool add_answers();
  [[nodiscard]] bool check_moved() const;
  [[nodiscard]] bool add_restored();
  void take_days_entries();
  void take_days_orders();
  [[nodiscard]] bool check_live();
  [[nodiscard]] static bool check_cited(const Chunks<FileRecord>& days,
                                        const Chunks<CitedRecord>& cited, std::size_t entries);

  Home home_{Participant()};
  bool bad_{false};
  std::vector<Section> sections_;
  std::size_t section_{0};
  std::vector<std::byte> piece_;  // of a record that two parts share
  std::vector<DebtRecord> debts_;
  std::vector<HoldRecord> holds_;
  std::vector<HeldRecord> held_;
  // Of layouts 2 and up.
  bool second_{false};
  bool third_{false};
  LiveHeader live_{};
  std::vector<EndRecord> ends_;
  std::vector<PutOffRecord> put_off_;
  std::vector<Slice> put_off_slices_;
  std::vector<AnswerRecord> answers_;
  std::vector<LiveSlice> answer_slices_;
  std::vector<RestoredRecord> restored_;
  // Of layout 4.
  bool fourth_{false};
  ProgrammeOf programme_of_;
  MemberBook::Tables book_;
  std::vector<std::byte> standings_;
};

}  // namespace ph
