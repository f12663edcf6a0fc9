#include "app/bench/probe.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <vector>

namespace ph::bench {

namespace {

constexpr std::size_t kBlockBytes = 4'096;
constexpr std::size_t kMebibyte = std::size_t{1} << 20U;
constexpr std::size_t kLargeMebibytes = 64;
constexpr std::size_t kCopyMebibytes = 256;
constexpr int kSyncs = 101;
constexpr int kCopies = 5;

// A file that is gone when the probe is.
class ProbeFile {
 public:
  explicit ProbeFile(const std::string& directory) : path_(directory + "/probe") {
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    done(file_ >= 0);
  }
  ~ProbeFile() {
    ::close(file_);
    ::unlink(path_.c_str());
  }
  ProbeFile(const ProbeFile&) = delete;
  ProbeFile& operator=(const ProbeFile&) = delete;

  void write(const std::vector<char>& bytes) {
    done(::write(file_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  void sync() { done(::fdatasync(file_) == 0); }

 private:
  void done(bool good) const {
    if (!good) {
      throw std::system_error(errno, std::generic_category(), path_);
    }
  }
  std::string path_;
  int file_{-1};
};

}  // namespace

void add_probe(Figures& figures, const std::string& directory) {
  ProbeFile file(directory);
  const std::vector<char> block(kBlockBytes, 'p');
  std::vector<double> syncs;
  for (int n = 0; n < kSyncs; ++n) {
    file.write(block);
    syncs.push_back(timed_ms([&] { file.sync(); }));
  }
  figures.add_ms("fdatasync_4k_ms", median(syncs));

  const std::vector<char> large(kMebibyte, 'p');
  const double disk_ms = timed_ms([&] {
    for (std::size_t n = 0; n < kLargeMebibytes; ++n) {
      file.write(large);
    }
    file.sync();
  });
  const auto rate = [](std::size_t mebibytes, double ms) {
    return static_cast<std::uint64_t>(static_cast<double>(mebibytes) * 1'000 / ms);
  };
  figures.add("disk_write_mib_per_s", rate(kLargeMebibytes, disk_ms));

  const std::vector<char> from(kCopyMebibytes * kMebibyte, 'p');
  std::vector<char> to(from.size());
  std::vector<double> copies;
  for (int n = 0; n < kCopies; ++n) {
    copies.push_back(timed_ms([&] { std::memcpy(to.data(), from.data(), from.size()); }));
  }
  figures.add("memory_copy_mib_per_s", rate(kCopyMebibytes, median(copies)));
}

}  // namespace ph::bench
