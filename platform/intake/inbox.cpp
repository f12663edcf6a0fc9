#include "platform/intake/inbox.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "platform/crypto/key_files.h"
#include "platform/sys/kill_points.h"

namespace ph {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCopyBytes = 1U << 20U;
constexpr std::size_t kSignatureBytesMax = 4'096;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

class Descriptor {
 public:
  explicit Descriptor(const fs::path& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

// What is read is what is kept: whoever writes to the file afterwards changes nothing.
std::optional<Digest> copy_to_store(const Descriptor& file, const fs::path& path, BlobStore& blobs,
                                    const std::atomic<bool>& stop) {
  const auto writer = blobs.create();
  std::vector<std::byte> part(kCopyBytes);
  while (!stop) {
    const ssize_t count = ::read(file.get(), part.data(), part.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      fail(path.string());
    }
    if (count == 0) {
      return writer->finish();
    }
    writer->write(Bytes(part).first(static_cast<std::size_t>(count)));
  }
  return std::nullopt;
}

bool is_candidate(const std::string& name) {
  return !name.empty() && name.front() != '.' && !name.ends_with(".part") &&
         !name.ends_with(".sig");
}

}  // namespace

Inbox::Inbox(fs::path folder) : folder_(std::move(folder)) {
  for (const fs::path& made : {folder_, folder_ / "accepted", folder_ / "refused"}) {
    if (fs::create_directories(made)) {
      fs::permissions(made, fs::perms::owner_all);
    }
  }
}

std::int64_t Inbox::folder_changed_ns() const {
  struct stat status {};
  return ::stat(folder_.c_str(), &status) == 0
             ? status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec
             : 0;
}

Inbox::Stamp Inbox::stamp_of(const struct stat& status) {
  return {.inode = status.st_ino,
          .size = status.st_size,
          .changed_ns = status.st_ctim.tv_sec * 1'000'000'000LL + status.st_ctim.tv_nsec};
}

std::optional<Inbox::Copy> Inbox::copy(const fs::path& folder, const std::string& name,
                                       BlobStore& blobs, const std::atomic<bool>& stop) {
  const Descriptor file(folder / name);
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::nullopt;  // The next listing says what became of it.
  }
  const auto address = copy_to_store(file, folder / name, blobs, stop);
  if (!address) {
    return std::nullopt;
  }
  const auto blob = blobs.get(*address, false);
  return Copy{.stamp = stamp_of(status), .staged = stage_file(name, *address, blob->bytes())};
}

void Inbox::keep(Copy copy) {
  const std::string name = copy.staged.name;
  waiting_.erase(name);
  known_.insert_or_assign(name, std::move(copy));
}

std::vector<Inbox::Dropped> Inbox::list() {
  listed_ns_ = folder_changed_ns();
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    if (is_candidate(name) && (entry.symlink_status().type() != fs::file_type::directory)) {
      names.push_back(name);
    }
  }
  std::ranges::sort(names);
  ignored_.clear();
  unreadable_ = 0;
  std::vector<Dropped> out;
  for (const std::string& name : names) {
    const Descriptor file(folder_ / name);
    const int why = errno;
    struct stat status {};
    if (file.get() < 0 && ::lstat((folder_ / name).c_str(), &status) == 0 &&
        S_ISREG(status.st_mode)) {
      waiting_[name] = "can't be opened: " + std::generic_category().message(why) +
                       ": let the process read it, or take it away";
      ++unreadable_;
      continue;
    }
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
      ignored_.push_back(name);
      continue;
    }
    const Stamp stamp = stamp_of(status);
    const auto known = known_.find(name);
    const bool staged = known != known_.end() && known->second.stamp == stamp;
    out.push_back(
        {.name = name, .staged = staged ? std::optional(known->second.staged) : std::nullopt});
  }
  std::erase_if(known_,
                [&](const auto& entry) { return !std::ranges::binary_search(names, entry.first); });
  std::erase_if(waiting_,
                [&](const auto& entry) { return !std::ranges::binary_search(names, entry.first); });
  return out;
}

const Inbox::Copy* Inbox::staged(const std::string& name) const {
  const auto known = known_.find(name);
  struct stat status {};
  const bool same = known != known_.end() && ::lstat((folder_ / name).c_str(), &status) == 0 &&
                    stamp_of(status) == known->second.stamp;
  return same ? &known->second : nullptr;
}

void Inbox::settle(const PreparedFile& file, const IntakeAnswer& answer) {
  if (answer.verdict == IntakeVerdict::kWaiting) {
    waiting_[file.name] = answer.why;
    return;
  }
  kill_point<"inbox_before_report">();
  const fs::path to =
      folder_ / (answer.verdict == IntakeVerdict::kRefused ? "refused" : "accepted");
  replace_file(to / (file.name + ".report.json"), intake_report_json(file, answer));
  replace_file(to / (file.name + ".report.txt"), intake_report_text(file, answer));
  waiting_.erase(file.name);
  if (staged(file.name) == nullptr) {
    known_.erase(file.name);
    return;
  }
  const fs::path signature = folder_ / (file.name + ".sig");
  if (fs::is_regular_file(fs::symlink_status(signature))) {
    fs::rename(signature, to / (file.name + ".sig"));
  }
  fs::rename(folder_ / file.name, to / file.name);
  sync_directory(folder_);
  known_.erase(file.name);
}

void Inbox::add_report(const std::string& name, const std::string& suffix,
                       const std::string& text) {
  replace_file(folder_ / "accepted" / (name + suffix), text);
}

bool Inbox::has_report(const std::string& name, const std::string& suffix) const {
  return fs::exists(folder_ / "accepted" / (name + suffix));
}

std::optional<Digest> Inbox::digest_of(const std::string& name) const {
  const Copy* copy = staged(name);
  return copy == nullptr ? std::nullopt : std::optional(copy->staged.blob);
}

std::string Inbox::signature_of(const std::string& name) const {
  const Descriptor file(folder_ / (name + ".sig"));
  std::string text(kSignatureBytesMax, '\0');
  const ssize_t count = file.get() < 0 ? 0 : ::read(file.get(), text.data(), text.size());
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

}  // namespace ph
