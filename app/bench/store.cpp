#include "app/bench/store.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace ph::bench {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

FileWriter::FileWriter(std::string path) : path_(std::move(path)) {
  file_ = ::open((path_ + ".part").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file_ < 0) {
    fail(path_);
  }
  buffer_.reserve(kBufferBytes);
}

FileWriter::~FileWriter() {
  if (file_ >= 0) {
    ::close(file_);
  }
}

void FileWriter::write(const void* bytes, std::size_t size) {
  if (buffer_.size() + size > kBufferBytes) {
    flush();
  }
  const auto* first = static_cast<const char*>(bytes);
  buffer_.insert(buffer_.end(), first, first + size);
}

void FileWriter::flush() {
  for (std::size_t done = 0; done < buffer_.size();) {
    const ssize_t wrote = ::write(file_, buffer_.data() + done, buffer_.size() - done);
    if (wrote < 0) {
      if (errno == EINTR) {
        continue;
      }
      fail(path_);
    }
    done += static_cast<std::size_t>(wrote);
  }
  buffer_.clear();
}

void FileWriter::close() {
  flush();
  if (::close(std::exchange(file_, -1)) != 0 ||
      std::rename((path_ + ".part").c_str(), path_.c_str()) != 0) {
    fail(path_);
  }
}

void write_file(const std::string& path, std::string_view text) {
  FileWriter file(path);
  file.text(text);
  file.close();
}

MappedFile::MappedFile(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (file < 0 || ::fstat(file, &status) != 0) {
    fail(path);
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  void* mapping = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  const int error = errno;
  ::close(file);
  if (mapping == MAP_FAILED) {
    errno = error;
    fail(path);
  }
  bytes_ = Bytes(static_cast<const std::byte*>(mapping), size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) {
    ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
  }
}

double timed_ms(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  return took.count();
}

void Runs::time(const std::function<void()>& work) {
  const std::clock_t begin = std::clock();
  wall_ms.push_back(timed_ms(work));
  processor_ms.push_back(static_cast<double>(std::clock() - begin) * 1000 / CLOCKS_PER_SEC);
}

double median(std::vector<double> runs) {
  std::ranges::sort(runs);
  const std::size_t middle = runs.size() / 2;
  return runs.size() % 2 == 1 ? runs[middle] : (runs[middle - 1] + runs[middle]) / 2;
}

void on_threads(unsigned threads, const std::function<void(unsigned)>& work) {
  std::exception_ptr failure;
  std::mutex mutex;
  const auto guarded = [&](unsigned number) {
    try {
      work(number);
    } catch (...) {
      const std::scoped_lock lock(mutex);
      failure = std::current_exception();
    }
  };
  std::vector<std::thread> workers;
  for (unsigned n = 1; n < threads; ++n) {
    workers.emplace_back(guarded, n);
  }
  guarded(0);
  for (std::thread& worker : workers) {
    worker.join();
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
}

void Figures::add_ms(const std::string& name, double ms) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.3f", ms);
  add_raw(name, text.data());
}

void Figures::add_runs(const std::string& name, const Runs& runs) {
  add_ms(name + "_ms", median(runs.wall_ms));
  add_ms(name + "_min_ms", *std::ranges::min_element(runs.wall_ms));
  add_ms(name + "_cpu_ms", median(runs.processor_ms));
}

void Figures::print(bool json) const {
  std::string out = json ? "{" : "";
  for (const auto& [name, value] : figures_) {
    if (json) {
      out += (out.size() > 1 ? ", \"" : "\"") + name + "\": " + value;
    } else {
      const bool quoted = value.front() == '"';
      out += name + std::string(name.size() < 28 ? 28 - name.size() : 1, ' ') +
             (quoted ? value.substr(1, value.size() - 2) : value) + "\n";
    }
  }
  out += json ? "}\n" : "";
  std::fwrite(out.data(), 1, out.size(), stdout);
}

}  // namespace ph::bench
