// Makes a home from its snapshot (docs/journal.md, section 3), which arrives in parts of any size.
// Bytes that were damaged or made up give no home; they never give one that could reach beyond its
// tables.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/home/header.h"
#include "core/home/home.h"

namespace ph {

class HomeLoader {
 public:
  HomeLoader();
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
  void take_header(const HomeHeader& header);
  void take_records(Section& section, Bytes& part);

  [[nodiscard]] bool check_members();
  [[nodiscard]] bool check_entries();
  [[nodiscard]] bool check_files() const;
  [[nodiscard]] bool check_bills();
  [[nodiscard]] bool add_debts();
  [[nodiscard]] bool add_holds();

  Home home_{Participant()};
  bool bad_{false};
  std::vector<Section> sections_;
  std::size_t section_{0};
  std::vector<std::byte> piece_;  // of a record that two parts share
  std::vector<DebtRecord> debts_;
  std::vector<HoldRecord> holds_;
  std::vector<HeldRecord> held_;
};

}  // namespace ph
