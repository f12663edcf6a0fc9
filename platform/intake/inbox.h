// The folder where files are dropped (docs/operating.md): whole files only, under way they are
// called `.part`. What was decided about a file is told by where it lies then, accepted/ or
// refused/, and by its report beside it. One thread owns an inbox; another one copies what was
// dropped into the store, which may take its time.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "platform/intake/prepare.h"

namespace ph {

class Inbox {
 public:
  // Makes the folder and its two subfolders where they lack, for their owner alone. Throws
  // std::system_error.
  explicit Inbox(std::filesystem::path folder);

  // A file that lies there; `staged` once its bytes lie in the store, as they are now.
  struct Dropped {
    std::string name{};
    std::optional<PreparedFile> staged{};
  };
  // The files there are, by name: `.part`, `.sig` and hidden ones apart. Links and whatever is no
  // plain file are left alone and named in `ignored()`.
  [[nodiscard]] std::vector<Dropped> list();

  struct Stamp {
    std::uint64_t inode{};
    std::int64_t size{};
    std::int64_t changed_ns{};
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  // A file's bytes in the store, and its header.
  struct Copy {
    Stamp stamp{};
    PreparedFile staged{};
  };
  // Copies a file that isn't staged; any thread may call it. nullopt: it can't be opened any more,
  // or `stop` has come true meanwhile; then nothing is left of it.
  [[nodiscard]] static std::optional<Copy> copy(const std::filesystem::path& folder,
                                                const std::string& name, BlobStore& blobs,
                                                const std::atomic<bool>& stop);
  // From now on it is staged, unless it has changed since.
  void keep(Copy copy);
  // Has a file come or gone since `list`, by the folder's time? What comes in the same tick of the
  // clock as a list isn't seen.
  [[nodiscard]] bool touched() const { return folder_changed_ns() != listed_ns_; }
  // Moves the file to where the verdict belongs, with its reports; a file that waits stays, and so
  // does one that took the place of the one that was read: it is listed as new.
  void settle(const PreparedFile& file, const IntakeAnswer& answer);
  // Writes a further report beside a file that was accepted.
  void add_report(const std::string& name, const std::string& suffix, const std::string& text);
  [[nodiscard]] bool has_report(const std::string& name, const std::string& suffix) const;
  // The address in the store of a file that lies here and is staged.
  [[nodiscard]] std::optional<Digest> digest_of(const std::string& name) const;
  // The text of `<name>.sig` beside a dropped file; empty where there is none.
  [[nodiscard]] std::string signature_of(const std::string& name) const;

  // What waits, and why.
  [[nodiscard]] const std::map<std::string, std::string>& waiting() const { return waiting_; }
  [[nodiscard]] const std::vector<std::string>& ignored() const { return ignored_; }
  // Plain files that could not be opened at the last listing; each is among those that wait.
  [[nodiscard]] std::size_t unreadable() const { return unreadable_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  [[nodiscard]] std::int64_t folder_changed_ns() const;
  // nullptr: it isn't, or not as it lies there now.
  [[nodiscard]] const Copy* staged(const std::string& name) const;
  [[nodiscard]] static Stamp stamp_of(const struct stat& status);

  std::filesystem::path folder_;
  std::int64_t listed_ns_{0};
  std::map<std::string, Copy> known_;
  std::map<std::string, std::string> waiting_;
  std::vector<std::string> ignored_;
  std::size_t unreadable_{0};
};

}  // namespace ph
