// The files of a process's inbox, one after the other: copied into the store on a second thread,
// looked at by their header, read on a second thread, decided in the loop's thread, which never
// waits for a file. What waits is looked at again when something has changed that it may have
// waited for.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/intake/inbox.h"
#include "platform/intake/prepare.h"
#include "platform/sys/log.h"
#include "platform/sys/metrics.h"

namespace ph {

class FileDesk {
 public:
  struct Owner {
    // By the header alone; nullopt: the file is to be read.
    std::function<std::optional<IntakeAnswer>(const PreparedFile&)> early{};
    std::function<std::shared_ptr<const RuleBook>()> rules{};
    std::function<IntakeAnswer(PreparedFile&)> decide{};
  };
  // What files may wait for: any change of it has them looked at again.
  struct State {
    std::uint64_t block{};
    std::uint16_t day{};
    std::uint64_t more{};  // whatever else the owner counts
    friend bool operator==(const State&, const State&) = default;
  };

  FileDesk(const std::filesystem::path& folder, BlobStore& blobs, Owner owner, Log& log,
           Metrics& metrics);
  ~FileDesk() { stop_ = true; }
  FileDesk(const FileDesk&) = delete;
  FileDesk& operator=(const FileDesk&) = delete;

  // What waits is looked at again with the next turn, however soon that comes.
  void look_again() { listed_ms_.reset(); }
  // Goes on with the files; true when there is more to do at once. `state` is asked for again after
  // each decision.
  bool turn(const std::function<State()>& state, std::int64_t steady_ms);

  // True when every file that lies there was looked at in this state, none of them can be taken in
  // it, and each could be opened. False: the inbox is listed anew at the next turn.
  [[nodiscard]] bool is_read(const State& state);

  [[nodiscard]] Inbox& inbox() { return inbox_; }
  [[nodiscard]] const Inbox& inbox() const { return inbox_; }

 private:
  void settle(const PreparedFile& file, const IntakeAnswer& answer, const State& after);
  // Both: false while the second thread is at it.
  [[nodiscard]] bool take_copies();
  [[nodiscard]] bool take_read(const std::function<State()>& state);
  [[nodiscard]] std::vector<Inbox::Copy> copy_all(const std::vector<std::string>& names);
  void begin_to_read(PreparedFile file);

  Inbox inbox_;
  BlobStore& blobs_;
  Owner owner_;
  Log& log_;
  CounterFamily counted_;
  std::atomic<bool> stop_{false};
  // At most one of them.
  std::optional<std::future<std::vector<Inbox::Copy>>> copying_;
  std::optional<std::future<PreparedFile>> reading_;
  std::map<std::string, State> tried_;  // when a file was told to wait
  std::optional<State> read_in_;        // the state in which the last listing left nothing to do
  std::optional<std::int64_t> listed_ms_;
};

}  // namespace ph
