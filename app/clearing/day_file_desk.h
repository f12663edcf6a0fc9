// The day files that partners bring through the gateway (docs/partners.md, section 7). One comes in
// parts into the clearing's inbox and lies there, once it is durable, as if it had been dropped:
// `MER1-2026-03-05.api.csv`, its signature beside it. What became of it is told by the journal and
// by the inbox: nothing else is kept. One thread owns a desk; another one waits for the disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clearing/exchange.h"
#include "clearing/house.h"
#include "platform/crypto/sha256.h"
#include "platform/intake/inbox.h"
#include "platform/sys/log.h"
#include "platform/wire/message.h"

namespace ph {

struct DayFileSettings {
  std::size_t at_once_max{8};        // files under way, all partners' together
  std::uint32_t of_partner_max{60};  // files that a partner begins in an hour
  std::int64_t silence_ms{60'000};   // then what has come of a file is dropped
  std::int64_t replace_ms{10'000};   // a silent one makes way for another of the same day
};

class DayFileDesk {
 public:
  using Send = std::function<void(const Peer&, const wire::DayFile&)>;

  // All outlive it. Removes what a process that ended has left behind.
  DayFileDesk(DayFileSettings settings, const ClearingHouse& house, BlobStore& blobs,
              const Inbox& inbox, Log& log, Send send);

  ~DayFileDesk();
  DayFileDesk(const DayFileDesk&) = delete;
  DayFileDesk& operator=(const DayFileDesk&) = delete;

  void on_part(const Peer& from, const wire::DayFilePart& part, std::int64_t steady_ms);
  void on_request(const Peer& from, const wire::DayFileRequest& request) const;
  // Answers what is durable by now; drops what has been silent.
  void tick(std::int64_t steady_ms);

 private:
  using Key = std::pair<Participant, BusinessDate>;
  struct Asker {
    Peer peer{};
    std::uint64_t number{};
  };
  class PartFile;
  struct Staged {
    wire::DayFilePart offer{};  // without bytes
    std::unique_ptr<PartFile> file{};
    std::int64_t heard_ms{};
    // Once all of it is there: why it could not be made durable; nullopt: it lies in the inbox.
    std::optional<std::future<std::optional<std::string>>> ending{};
    std::vector<Asker> askers{};  // of the ending
  };
  struct Hour {
    std::int64_t since_ms{};
    std::uint32_t files{};
  };

  [[nodiscard]] std::string name_of(const Key& key) const;
  [[nodiscard]] std::optional<wire::DayFile> decided(const Key& key) const;
  [[nodiscard]] std::optional<wire::DayFile> reported(const Key& key, const char* folder) const;
  [[nodiscard]] std::optional<wire::DayFile> lying(const Key& key) const;
  [[nodiscard]] std::optional<wire::DayFile> standing(const Key& key) const;
  [[nodiscard]] std::optional<std::string> begin(const Key& key, const wire::DayFilePart& part,
                                                 std::int64_t steady_ms);
  [[nodiscard]] std::optional<wire::DayFile> take(const Key& key, const wire::DayFilePart& part,
                                                  Asker asker, std::int64_t steady_ms);
  [[nodiscard]] std::optional<wire::DayFile> end(const Key& key, Staged& staged, Asker asker);
  void say(const Asker& to, wire::DayFile day) const;

  DayFileSettings settings_;
  const ClearingHouse& house_;
  BlobStore& blobs_;
  const Inbox& inbox_;
  Log& log_;
  Send send_;
  std::map<Key, Staged> staged_;
  std::map<Participant, Hour> hours_;
};

}  // namespace ph
