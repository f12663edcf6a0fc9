#include "app/node/history_maker.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "app/process/shell.h"
#include "platform/crypto/sha256.h"
#include "platform/journal/blob_files.h"
#include "platform/journal/posix.h"
#include "platform/sys/kill_points.h"

namespace ph {

namespace {

constexpr std::string_view kIndexEnding = ".phx";
constexpr std::string_view kIndexPartEnding = ".phx.part";
constexpr std::size_t kRecordsAtOnce = 64U << 10U;       // of a look or a merge: 1 MiB
constexpr std::size_t kRecordsAtOnceOfADay = 4U << 10U;  // of what is merged, or of a batch
constexpr int kNice = 10;  // behind the loop, where both want the same core

Bytes bytes_of(std::span<const HistoryRecord> records) {
  return std::as_bytes(records);
}

// Of a buffer as many as are left.
template <class Record>
std::span<Record> first_of(std::vector<Record>& buffer, std::uint64_t left) {
  return std::span(buffer).first(std::min<std::uint64_t>(left, buffer.size()));
}

// Whether the records on the disk are those of this header.
bool is_whole(const HistoryFile& file) {
  std::vector<HistoryRecord> buffer(kRecordsAtOnce);
  Sha256Stream stream;
  for (std::uint64_t at = 0; at < file.header().records;) {
    const auto part = first_of(buffer, file.header().records - at);
    file.read(at, part);
    stream.update(bytes_of(part));
    at += part.size();
  }
  return stream.finish() == file.header().digest;
}

// The records of a day, to be merged; the file outlives it.
HistoryMerge::Day records_of(const HistoryFile& file) {
  return [&file, at = std::uint64_t{},
          buffer = std::vector<HistoryRecord>(kRecordsAtOnceOfADay)]() mutable {
    const auto part = first_of(buffer, file.header().records - at);
    file.read(at, part);
    at += part.size();
    return std::span<const HistoryRecord>(part);
  };
}

// All of one kind in a batch, in their order.
template <class Record>
void add_all(HistoryOfDay& day, const StoredBatch& batch, std::uint64_t count) {
  std::vector<Record> buffer(std::min<std::uint64_t>(count, kRecordsAtOnceOfADay));
  for (std::uint64_t at = 0; at < count;) {
    const auto part = first_of(buffer, count - at);
    batch.read(at, part);
    for (const Record& record : part)
      day.add(record);
    at += part.size();
  }
}

// No file can be renamed over a folder. Throws when there is something in it.
void free_place(const std::string& path) {
  if (std::filesystem::is_directory(std::filesystem::symlink_status(path))) {
    std::filesystem::remove(path);
  }
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
  std::unique_lock lock(mutex_);
  while (true) {
    if (!more && !failure_.empty()) {
      wake_.wait_for(lock, std::chrono::milliseconds(options_.again_ms),
                     [this] { return ending_.load(); });
      unread_.clear();
      failure_.clear();
    } else if (!more) {
      wake_.wait(lock, [this] { return ending_ || told_; });
    }
    if (ending_) return;
    told_ = false;
    days_.insert(days_.end(), added_.begin(), added_.end());
    added_.clear();
    for (const BusinessDate day : std::exchange(doubted_, {}))
      doubts_.emplace(day, false);
    lock.unlock();
    try {
      more = pass();
    } catch (const Stopped&) {
      return;
    } catch (const std::exception& failure) {  // Of the disk or the store: tried again.
      note(failure.what());
      more = false;
    }
    lock.lock();
    fault_ = failure_;
  }
}

void HistoryMaker::stop_if_ending() const {
  if (ending_) throw Stopped();
}

void HistoryMaker::note(const char* why) {
  if (failure_.empty()) failure_ = why;
}

bool HistoryMaker::pass() {
  look_at_doubts();
  make_days();
  if (merge_a_month()) return true;
  erase_others();
  return look_at_a_file();
}

// The batch first: nothing is made again from one that is at fault itself. Is it back, then it may
// be all that didn't fit: who looks up has a new set, and doubts that one when it doesn't fit.
void HistoryMaker::look_at_doubts() {
  for (auto doubt = doubts_.begin(); doubt != doubts_.end();) {
    auto& [date, batch_was_at_fault] = *doubt;
    const Day* day = day_of(date);
    try {
      if (day != nullptr && !unread_.contains(date)) static_cast<void>(batch_of(*day));
    } catch (const std::runtime_error& failure) {
      note(failure.what());
      unread_.insert(date);
    }
    if (unread_.contains(date)) {
      batch_was_at_fault = true;
      ++doubt;
      continue;
    }
    if (!batch_was_at_fault) {
      drop(date.text());
      drop(date.month().text());
    }
    doubt = doubts_.erase(doubt);
  }
}

// Each day is covered then, by its own file or its month's, but for those whose batch can't be
// read. A month is merged once its days are made, so that few files are open at once. What there is
// is told even when the disk takes no more.
void HistoryMaker::make_days() {
  std::vector<Span> lacking;
  for (const Span& month : months()) {
    if (month.over && has(month)) continue;
    for (const Span& day : days_of(month)) {
      if (!has(day) && !unread_.contains(days_[day.first].date)) lacking.push_back(day);
    }
  }
  if (!lacking.empty()) {
    const std::lock_guard lock(mutex_);
    progress_ = {.of = lacking.size()};
  }
  auto next = lacking.begin();
  try {
    for (const Span& month : months()) {
      for (; next != lacking.end() && next->first < month.first + month.count; ++next) {
        if (!make_day(*next)) continue;
        const std::lock_guard lock(mutex_);
        ++progress_.done;
      }
      const bool more = next != lacking.end();  // Else what there is is told first.
      if (more && month.over && !has(month) && covers(month) && looked_at(month) && is_free(month))
        make_month(month);
    }
  } catch (const std::runtime_error&) {
    publish(true);
    throw;
  }
  publish(true);
}

// The oldest that is over and has no file of its own, from days whose bytes were looked at. False:
// there is none.
bool HistoryMaker::merge_a_month() {
  for (const Span& month : months()) {
    if (!month.over || has(month) || !covers(month) || !is_free(month)) continue;
    for (const Span& day : days_of(month)) {
      if (!files_.at(day.name).looked_at) return look_at(day.name);
    }
    make_month(month);
    publish(true);
    return true;
  }
  return false;
}

// What was written by an earlier process; from the newest on. False: all were looked at.
bool HistoryMaker::look_at_a_file() {
  const auto known = std::find_if(files_.rbegin(), files_.rend(),
                                  [](const auto& file) { return !file.second.looked_at; });
  return known != files_.rend() && look_at(known->first);
}

// True.
bool HistoryMaker::look_at(std::string name) {
  Known& known = files_.at(name);
  try {
    known.looked_at = is_whole(*known.file);
  } catch (const std::system_error& failure) {
    note(failure.what());
  }
  if (!known.looked_at) drop(name);
  return true;
}

// Files of days that are in their month's, of months that are too old, and what a process that died
// left. A month's that can't be opened now is left: it may be taken, or is renamed over.
void HistoryMaker::erase_others() {
  std::set<std::string> wanted;
  for (const Span& month : months()) {
    if (month.over) wanted.insert(month.name);
    if (files_.contains(month.name)) continue;
    for (const Span& day : days_of(month))
      wanted.insert(day.name);
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
  for (const Span& month : months()) {
    if (const auto found = files_.find(month.name); found != files_.end()) {
      set->files.push_back(found->second.file);
      continue;
    }
    for (const Span& day : days_of(month)) {
      const auto file = files_.find(day.name);
      if (file != files_.end()) {
        set->files.push_back(file->second.file);
      } else {
        set->lacking.push_back(days_[day.first].date);
      }
    }
  }
  set->complete = complete && (set->lacking.empty() || !set->files.empty());
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

bool HistoryMaker::covers(const Span& month) const {
  const std::vector<Span> days = days_of(month);
  return std::all_of(days.begin(), days.end(),
                     [this](const Span& day) { return files_.contains(day.name); });
}

bool HistoryMaker::looked_at(const Span& month) const {
  const std::vector<Span> days = days_of(month);
  return std::all_of(days.begin(), days.end(),
                     [this](const Span& day) { return files_.at(day.name).looked_at; });
}

const HistoryMaker::Day* HistoryMaker::day_of(BusinessDate date) const {
  const auto found = std::ranges::lower_bound(days_, date, {}, &Day::date);
  return found == days_.end() || found->date != date ? nullptr : &*found;
}

Digest HistoryMaker::batches_of(const Span& of) const {
  Sha256Stream stream;
  for (std::size_t n = of.first; n < of.first + of.count; ++n)
    stream.update(days_[n].batch);
  return stream.finish();
}

// It is open, or lies there as it should be. What can't be opened is made again in its place.
bool HistoryMaker::has(const Span& of) {
  try {
    if (!files_.contains(of.name) && exists(path_of(of.name))) open(of, false);
  } catch (const std::runtime_error& failure) {
    note(failure.what());
  }
  return files_.contains(of.name);
}

void HistoryMaker::open(const Span& of, bool looked_at) {
  auto file = HistoryFile::of(file_source(path_of(of.name)));
  const bool right = file != nullptr && file->header().batches == batches_of(of) &&
                     file->header().days == of.count &&
                     file->header().first == days_[of.first].date &&
                     file->header().last == days_[of.first + of.count - 1].date;
  if (right) files_[of.name] = {.file = std::move(file), .looked_at = looked_at};
}

// What isn't open isn't used, and is made again as it is.
void HistoryMaker::drop(const std::string& name) {
  if (!files_.contains(name)) return;
  std::filesystem::remove(path_of(name));
  files_.erase(name);
  publish(false);
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

StoredBatch HistoryMaker::batch_of(const Day& day) {
  auto source = blobs_.open(day.blob, true);
  auto batch = source ? StoredBatch::of(std::move(source)) : std::nullopt;
  if (!batch || batch->digest() != day.batch || batch->header().date != day.date) {
    throw std::runtime_error("the batch of " + day.date.text() + ", " + hex(day.blob) +
                             ", isn't in the store as it was sealed");
  }
  return std::move(*batch);
}

bool HistoryMaker::make_day(const Span& of) {
  stop_if_ending();
  kill_point<"node_history_day">();
  const Day& day = days_[of.first];
  Participant sender;
  std::vector<HistoryRecord> records;
  try {
    free_place(path_of(of.name));
    const StoredBatch batch = batch_of(day);
    sender = batch.header().sender;
    HistoryOfDay history(batch.header());
    add_all<Movement>(history, batch, batch.header().movements);
    add_all<Item>(history, batch, batch.header().items);
    records = history.finish();
  } catch (const std::runtime_error& failure) {
    note(failure.what());
    unread_.insert(day.date);
    return false;
  }
  bool told = false;
  write(of, sender, [&]() -> std::span<const HistoryRecord> {
    return std::exchange(told, true) ? std::span<const HistoryRecord>() : records;
  });
  return true;
}

// Where something lies that nobody erases, its month has no file, and holds up no other one.
bool HistoryMaker::is_free(const Span& month) {
  try {
    free_place(path_of(month.name));
    return true;
  } catch (const std::runtime_error& failure) {
    note(failure.what());
    return false;
  }
}

void HistoryMaker::make_month(const Span& of) {
  kill_point<"node_history_month">();
  std::vector<HistoryMerge::Day> days;
  Participant sender;
  for (const Span& day : days_of(of)) {
    const HistoryFile& file = *files_.at(day.name).file;
    days.push_back(records_of(file));
    sender = file.header().sender;
  }
  std::vector<HistoryRecord> buffer(kRecordsAtOnce);
  try {
    HistoryMerge merge(std::move(days));
    write(of, sender, [&]() -> std::span<const HistoryRecord> {
      return std::span(buffer).first(merge.next(buffer));
    });
  } catch (const std::system_error&) {  // It may be a day that can't be read any more.
    for (const Span& day : days_of(of))
      files_.at(day.name).looked_at = false;
    throw;
  }
  for (const Span& day : days_of(of))
    files_.erase(day.name);  // Each was a file that stays open.
}

}  // namespace ph
