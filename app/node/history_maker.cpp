#include "app/node/history_maker.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "app/process/shell.h"
#include "core/batch/framed.h"
#include "platform/crypto/sha256.h"
#include "platform/journal/posix.h"
#include "platform/sys/kill_points.h"

namespace ph {

namespace {

constexpr std::string_view kIndexEnding = ".phx";
constexpr std::string_view kIndexPartEnding = ".phx.part";
constexpr std::size_t kRecordsAtOnce = 64U << 10U;  // of a merge: 1 MiB
constexpr int kNice = 10;  // behind the loop, where both want the same core

Bytes bytes_of(std::span<const HistoryRecord> records) {
  return std::as_bytes(records);
}

std::shared_ptr<const HistoryFile> opened_index(const std::string& path) {
  const FileHandle handle(path, O_RDONLY);
  if (handle.size() == 0) return nullptr;
  const auto mapped = std::make_shared<const MappedFile>(handle);
  const auto view = view_of_history(mapped->bytes(), &sha256);
  return view ? std::make_shared<const HistoryFile>(HistoryFile{mapped, *view}) : nullptr;
}

}  // namespace

HistoryMaker::HistoryMaker(Options options, BlobStore& blobs)
    : options_(std::move(options)), blobs_(blobs) {
  make_folder(options_.folder);
  thread_ = std::thread([this] { run(); });
}

HistoryMaker::~HistoryMaker() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void HistoryMaker::add(std::vector<Day> days) {
  const std::lock_guard lock(mutex_);
  added_.insert(added_.end(), days.begin(), days.end());
  told_ = true;
  wake_.notify_one();
}

void HistoryMaker::doubt(BusinessDate day) {
  const std::lock_guard lock(mutex_);
  doubted_.insert(day);
  told_ = true;
  wake_.notify_one();
}

std::shared_ptr<const HistorySet> HistoryMaker::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(made_, {});
}

HistoryMaker::Progress HistoryMaker::progress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

std::string HistoryMaker::fault() const {
  const std::lock_guard lock(mutex_);
  return fault_;
}

// --- the thread --------------------------------------------------------------------------------

void HistoryMaker::run() {
  ::setpriority(PRIO_PROCESS, 0, kNice);  // Of this thread alone.
  bool more = false;
  bool failed = false;
  std::unique_lock lock(mutex_);
  while (true) {
    if (failed) {
      wake_.wait_for(lock, std::chrono::milliseconds(options_.again_ms),
                     [this] { return ending_.load(); });
    } else if (!more) {
      wake_.wait(lock, [this] { return ending_ || told_; });
    }
    if (ending_) return;
    told_ = false;
    days_.insert(days_.end(), added_.begin(), added_.end());
    added_.clear();
    const auto doubted = std::exchange(doubted_, {});
    lock.unlock();
    std::string fault;
    try {
      for (const BusinessDate day : doubted) {
        drop(day.text());
        drop(day.month().text());
      }
      more = work();
    } catch (const Stopped&) {
      return;
    } catch (const std::exception& failure) {  // Of the disk or the store: tried again.
      fault = failure.what();
    }
    lock.lock();
    failed = !fault.empty();
    fault_ = std::move(fault);
  }
}

void HistoryMaker::stop_if_ending() const {
  if (ending_) throw Stopped();
}

bool HistoryMaker::work() {
  make_days();
  if (merge_a_month()) return true;
  erase_others();
  return look_at_a_file();
}

// Each day is covered then, by its own file or its month's.
void HistoryMaker::make_days() {
  std::vector<Span> lacking;
  for (const Span& month : months()) {
    if (month.over && has(month)) continue;
    for (const Span& day : days_of(month)) {
      if (!has(day)) lacking.push_back(day);
    }
  }
  if (!lacking.empty()) {
    const std::lock_guard lock(mutex_);
    progress_ = {.of = lacking.size()};
  }
  for (const Span& day : lacking) {
    make_day(day);
    const std::lock_guard lock(mutex_);
    ++progress_.done;
  }
  publish(true);
}

// The oldest that is over and has no file of its own. False: there is none.
bool HistoryMaker::merge_a_month() {
  for (const Span& month : months()) {
    if (!month.over || has(month)) continue;
    make_month(month);
    publish(true);
    return true;
  }
  return false;
}

// What was written by an earlier process; from the newest on. False: all were looked at.
bool HistoryMaker::look_at_a_file() {
  for (auto known = files_.rbegin(); known != files_.rend(); ++known) {
    if (known->second.looked_at) continue;
    const HistoryView& view = known->second.file->view;
    known->second.looked_at = true;
    const bool whole = sha256(bytes_of(view.records)) == view.header.digest;
    if (!whole) drop(std::string(known->first));
    return true;
  }
  return false;
}

// Files of days that are in their month's, of months that are too old, and what a process that died
// left.
void HistoryMaker::erase_others() {
  std::set<std::string> wanted;
  for (const Span& month : months()) {
    if (month.over) wanted.insert(month.name);
    if (!month.over) {
      for (const Span& day : days_of(month))
        wanted.insert(day.name);
    }
  }
  std::erase_if(files_, [&wanted](const auto& known) { return !wanted.contains(known.first); });
  std::vector<std::filesystem::path> others;
  for (const auto& entry : std::filesystem::directory_iterator(options_.folder)) {
    const std::string name = entry.path().filename().string();
    const bool part = name.ends_with(kIndexPartEnding);
    if (!part && !name.ends_with(kIndexEnding)) continue;
    if (part || !wanted.contains(name.substr(0, name.size() - kIndexEnding.size()))) {
      others.push_back(entry.path());
    }
  }
  for (const std::filesystem::path& other : others)
    std::filesystem::remove(other);
}

void HistoryMaker::publish(bool complete) {
  auto set = std::make_shared<HistorySet>();
  set->complete = complete;
  for (const Span& month : months()) {
    if (const auto found = files_.find(month.name); found != files_.end()) {
      set->files.push_back(found->second.file);
      continue;
    }
    for (const Span& day : days_of(month)) {
      const auto file = files_.find(day.name);
      if (file != files_.end()) set->files.push_back(file->second.file);
    }
  }
  const std::lock_guard lock(mutex_);
  made_ = std::move(set);
}

// --- files -------------------------------------------------------------------------------------

std::vector<HistoryMaker::Span> HistoryMaker::months() const {
  std::vector<Span> out;
  if (days_.empty()) return out;
  const int newest = days_.back().date.month().count();
  for (std::size_t n = 0; n < days_.size(); ++n) {
    const Month month = days_[n].date.month();
    if (month.count() + options_.months <= newest) continue;
    if (out.empty() || out.back().name != month.text()) {
      out.push_back({.name = month.text(), .first = n});
    }
    ++out.back().count;
    out.back().over = month.count() < newest || days_[n].date == last_day(month);
  }
  return out;
}

std::vector<HistoryMaker::Span> HistoryMaker::days_of(const Span& month) const {
  std::vector<Span> out;
  for (std::size_t n = month.first; n < month.first + month.count; ++n) {
    out.push_back({.name = days_[n].date.text(), .first = n, .count = 1});
  }
  return out;
}

Digest HistoryMaker::batches_of(const Span& of) const {
  Sha256Stream stream;
  for (std::size_t n = of.first; n < of.first + of.count; ++n)
    stream.update(days_[n].batch);
  return stream.finish();
}

// It is open, or lies there as it should be.
bool HistoryMaker::has(const Span& of) {
  if (!files_.contains(of.name) && exists(path_of(of.name))) open(of, false);
  return files_.contains(of.name);
}

void HistoryMaker::open(const Span& of, bool looked_at) {
  auto file = opened_index(path_of(of.name));
  const bool right = file != nullptr && file->view.header.batches == batches_of(of) &&
                     file->view.header.days == of.count &&
                     file->view.header.first == days_[of.first].date &&
                     file->view.header.last == days_[of.first + of.count - 1].date;
  if (right) files_[of.name] = {.file = std::move(file), .looked_at = looked_at};
}

void HistoryMaker::drop(const std::string& name) {
  const bool known = files_.erase(name) > 0;
  std::filesystem::remove(path_of(name));
  if (known) publish(false);
}

std::string HistoryMaker::path_of(const std::string& name) const {
  return options_.folder / (name + std::string(kIndexEnding));
}

// `fill` is called until it gives no more records.
template <class Fill>
void HistoryMaker::write(const Span& of, Participant sender, const Fill& fill) {
  const std::string part = path_of(of.name) + ".part";
  HistoryHeader header{.sender = sender,
                       .first = days_[of.first].date,
                       .last = days_[of.first + of.count - 1].date,
                       .days = static_cast<std::uint32_t>(of.count),
                       .batches = batches_of(of)};
  {
    FileHandle file(part, O_RDWR | O_CREAT | O_TRUNC);
    file.write(std::as_bytes(std::span(&header, 1)));
    Sha256Stream stream;
    for (auto records = fill(); !records.empty(); records = fill()) {
      stop_if_ending();
      file.write(bytes_of(records));
      stream.update(bytes_of(records));
      header.records += records.size();
    }
    header.digest = stream.finish();
    header = sealed_header(header, &sha256);
    file.write_at(0, std::as_bytes(std::span(&header, 1)));
    file.sync();
  }
  kill_point<"node_history_part">();
  rename_durably(part, path_of(of.name));
  open(of, true);
}

void HistoryMaker::make_day(const Span& of) {
  stop_if_ending();
  kill_point<"node_history_day">();
  const Day& day = days_[of.first];
  const auto blob = blobs_.get(day.blob, true);
  const auto batch = blob ? framed_view(blob->bytes()) : std::nullopt;
  if (!batch || batch->digest != day.batch || batch->header.date != day.date) {
    throw std::runtime_error("the batch of " + day.date.text() + ", " + hex(day.blob) +
                             ", isn't in the store as it was sealed");
  }
  const std::vector<HistoryRecord> records = history_records(*batch);
  bool told = false;
  write(of, batch->header.sender, [&]() -> std::span<const HistoryRecord> {
    return std::exchange(told, true) ? std::span<const HistoryRecord>() : records;
  });
}

void HistoryMaker::make_month(const Span& of) {
  kill_point<"node_history_month">();
  std::vector<std::span<const HistoryRecord>> days;
  Participant sender;
  for (const Span& day : days_of(of)) {
    const HistoryView& view = files_.at(day.name).file->view;
    days.push_back(view.records);
    sender = view.header.sender;
  }
  HistoryMerge merge(std::move(days));
  std::vector<HistoryRecord> buffer(kRecordsAtOnce);
  write(of, sender, [&]() -> std::span<const HistoryRecord> {
    return std::span(buffer).first(merge.next(buffer));
  });
}

}  // namespace ph
