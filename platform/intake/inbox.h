// The folder where files are dropped (docs/operating.md): whole files only, under way they are
// called `.part`. What was decided about a file is told by where it lies then, accepted/ or
// refused/, and by its report beside it. One thread owns an inbox.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "platform/intake/prepare.h"

namespace ph {

class Inbox {
 public:
  // Makes the folder and its two subfolders where they lack. Throws std::system_error.
  explicit Inbox(std::filesystem::path folder);

  // A dropped file, staged: its bytes lie in the store.
  struct Dropped {
    std::string name{};
    PreparedFile staged{};
    bool changed{};  // new, or another than when it was listed last
  };
  // The files there are, by name: `.part`, `.sig` and hidden ones apart. A file is copied into the
  // store once; links and whatever is no plain file are left alone and named in `ignored()`.
  [[nodiscard]] std::vector<Dropped> list(BlobStore& blobs);
  // Has a file come or gone since `list`, by the folder's time? What comes in the same tick of the
  // clock as a list isn't seen.
  [[nodiscard]] bool touched() const { return folder_changed_ns() != listed_ns_; }
  // Moves the file to where the verdict belongs, with its reports; a file that waits stays, and so
  // does one that took the place of the one that was read: it is listed as new.
  void settle(const PreparedFile& file, const IntakeAnswer& answer);
  // Writes a further report beside a file that was accepted.
  void add_report(const std::string& name, const std::string& suffix, const std::string& text);
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
  struct Stamp {
    std::uint64_t inode{};
    std::int64_t size{};
    std::int64_t changed_ns{};
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  [[nodiscard]] static Stamp stamp_of(const struct stat& status);
  struct Known {
    Stamp stamp{};
    PreparedFile staged{};
  };

  std::filesystem::path folder_;
  std::int64_t listed_ns_{0};
  std::map<std::string, Known> known_;
  std::map<std::string, std::string> waiting_;
  std::vector<std::string> ignored_;
  std::size_t unreadable_{0};
};

}  // namespace ph
