// Makes the index of members' histories behind the seal (docs/journal.md, section 14): a thread
// reads sealed batches and writes a file a day, and of a month that is over one in their stead.
// Nothing waits for it, and it decides nothing: what lacks, or isn't as it should be, is made again
// from the batches.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/types/date.h"
#include "node/history_book.h"
#include "platform/journal/journal.h"

namespace ph {

class HistoryMaker {
 public:
  struct Options {
    std::filesystem::path folder{};
    int months{};                  // so many are kept, that of the last sealed day among them
    std::int64_t again_ms{5'000};  // after a failure
  };
  // A sealed day, and its batch in the store.
  struct Day {
    BusinessDate date{};
    Digest batch{};
    Digest blob{};
  };
  struct Progress {
    std::uint64_t done{};  // days
    std::uint64_t of{};    // of those that lacked
  };

  // Makes the folder. `blobs` outlives it. Throws std::system_error.
  HistoryMaker(Options options, BlobStore& blobs);
  ~HistoryMaker();
  HistoryMaker(const HistoryMaker&) = delete;
  HistoryMaker& operator=(const HistoryMaker&) = delete;

  // Days that are sealed now, behind those of before; the first call begins, with none too.
  void add(std::vector<Day> days);
  // Something of this day didn't fit: its file is made again.
  void doubt(BusinessDate day);
  // The newest set, once; nullptr: that of before holds.
  [[nodiscard]] std::shared_ptr<const HistorySet> take();
  [[nodiscard]] Progress progress() const;
  // Why the last attempt failed; empty when it didn't.
  [[nodiscard]] std::string fault() const;

 private:
  // Days that one file is of.
  struct Span {
    std::string name{};
    std::size_t first{};  // among all days
    std::size_t count{};
    bool over{};  // a month's last day is sealed
  };
  struct Known {
    std::shared_ptr<const HistoryFile> file{};
    bool looked_at{};  // all its bytes
  };
  class Stopped {};

  void run();
  // True while there is more to do.
  bool pass();
  void look_at_doubts();
  void make_days();
  bool merge_a_month();
  bool look_at_a_file();
  bool look_at(std::string name);
  void note(const char* why);
  // As it was sealed. Throws std::runtime_error.
  [[nodiscard]] StoredBatch batch_of(const Day& day);
  [[nodiscard]] const Day* day_of(BusinessDate date) const;
  [[nodiscard]] bool covers(const Span& month) const;
  // All days of a month that they cover.
  [[nodiscard]] bool looked_at(const Span& month) const;
  void erase_others();
  void publish(bool complete);
  [[nodiscard]] std::vector<Span> months() const;
  [[nodiscard]] std::vector<Span> days_of(const Span& month) const;
  [[nodiscard]] Digest batches_of(const Span& of) const;
  [[nodiscard]] bool has(const Span& of);
  // False: its batch can't be read, or something else lies in its place.
  bool make_day(const Span& of);
  // Of days that were looked at.
  [[nodiscard]] bool is_free(const Span& month);
  void make_month(const Span& of);
  template <class Fill>
  void write(const Span& of, Participant sender, const Fill& fill);
  void open(const Span& of, bool looked_at);
  void drop(const std::string& name);
  [[nodiscard]] std::string path_of(const std::string& name) const;
  void stop_if_ending() const;

  const Options options_;
  BlobStore& blobs_;
  mutable std::mutex mutex_{};
  std::condition_variable wake_{};
  // What `mutex_` guards:
  std::vector<Day> added_{};
  std::set<BusinessDate> doubted_{};
  std::shared_ptr<const HistorySet> made_{};
  Progress progress_{};
  std::string fault_{};
  bool told_{};  // something since the thread last looked
  std::atomic<bool> ending_{};
  // The thread's alone:
  std::vector<Day> days_{};
  std::map<std::string, Known> files_{};   // by name
  std::map<BusinessDate, bool> doubts_{};  // whether their batch was at fault, when looked at
  std::set<BusinessDate> unread_{};        // whose batch can't be read, until it's tried again
  std::string failure_{};                  // the first one since then
  std::thread thread_;
};

}  // namespace ph
