#include "app/clearing/day_file_desk.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/types/check.h"
#include "platform/crypto/key_files.h"
#include "platform/crypto/key_line.h"
#include "platform/files/input_file.h"
#include "platform/intake/prepare.h"
#include "platform/sys/kill_points.h"

namespace ph {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".api.csv";
constexpr std::string_view kPart = ".api.csv.part";
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::size_t kAskersMax = 8;

wire::DayFile busy(std::string why) {
  return {.state = wire::DayFileState::kBusy, .why = std::move(why)};
}

wire::DayFileFault fault_of(const Fault& fault) {
  return {.number = static_cast<std::uint16_t>(fault.code),
          .line = fault.line,
          .column = fault.column,
          .value = fault.value,
          .expected = fault.expected};
}

// By the report that lies beside a file (platform/intake/prepare.h). Throws what the parser throws.
wire::DayFile day_of(const nlohmann::json& report) {
  const auto& about = report.at("report").at("files").at(0);
  wire::DayFile out{.state = report.at("verdict") == word(IntakeVerdict::kRefused)
                                 ? wire::DayFileState::kRefused
                                 : wire::DayFileState::kAccepted,
                    .sequence = about.value("sequence", std::uint32_t{0}),
                    .rows = about.at("rows").get<std::uint64_t>(),
                    .why = report.at("why").get<std::string>()};
  check(from_hex(report.at("sha256").get<std::string>(), out.digest), "a report names its file");
  for (const auto& fault : about.at("faults")) {
    out.faults.push_back({.number = fault.at("code").get<std::uint16_t>(),
                          .line = fault.at("line").get<std::uint32_t>(),
                          .column = fault.at("column").get<std::string>(),
                          .value = fault.at("value").get<std::string>(),
                          .expected = fault.at("expected").get<std::string>()});
  }
  return out;
}

// By the trailer of a file that was accepted: `END,<rows>,...` is its last line.
std::uint64_t rows_of(Bytes file) {
  std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  text = text.substr(0, text.find_last_not_of("\r\n") + 1);
  text = text.substr(text.rfind('\n') + 1);
  const std::size_t comma = text.find(',');
  std::uint64_t rows = 0;
  std::from_chars(text.data() + std::min(comma + 1, text.size()), text.data() + text.size(), rows);
  return rows;
}

// It is the day file that it was brought as: anything else a partner may not put into the inbox.
std::optional<Fault> fault_of_header(const std::string& path, const std::string& code,
                                     BusinessDate date) {
  std::vector<Fault> faults;
  const auto file = InputFile::open(path, faults);
  if (!file) {
    return faults.front();
  }
  const auto header = stage_file(path, {}, file->bytes()).header;
  if (!header) {
    return std::nullopt;  // It is no file of any type: its report says why.
  }
  Fault fault{.line = 1};
  if (header->type != FileType::kPartnerDay) {
    fault.code = FaultCode::kIntakeType;
    fault.column = "type";
    fault.value = word(header->type);
    fault.expected = word(FileType::kPartnerDay);
  } else if (header->sender != code) {
    fault.code = FaultCode::kIntakeSender;
    fault.column = "sender";
    fault.value = header->sender;
    fault.expected = code + ", whose key signed the request";
  } else if (header->date_known && header->date != date) {
    fault.code = FaultCode::kIntakeDay;
    fault.column = "date";
    fault.value = header->date.text();
    fault.expected = date.text() + ", the day of the request's path";
  } else {
    return std::nullopt;
  }
  return fault;
}

std::optional<std::string> make_durable(int fd, const fs::path& part, const fs::path& name,
                                        const std::string& signature) {
  try {
    if (::fsync(fd) != 0) {
      throw std::system_error(errno, std::generic_category(), part.string());
    }
    replace_file(name.string() + ".sig", signature + "\n");
    kill_point<"clearing_before_day_file">();
    fs::rename(part, name);
    sync_directory(name.parent_path());
    kill_point<"clearing_after_day_file">();
  } catch (const std::system_error& failure) {
    return failure.what();
  }
  return std::nullopt;
}

}  // namespace

// What has come of a file: not there any more when this goes, unless it was renamed.
class DayFileDesk::PartFile {
 public:
  explicit PartFile(fs::path path)
      : path_(std::move(path)),
        fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    if (fd_ < 0) {
      throw std::system_error(errno, std::generic_category(), path_.string());
    }
  }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile() {
    ::close(fd_);
    ::unlink(path_.c_str());
  }

  void write(Bytes bytes) {
    digest_.update(bytes);
    size_ += bytes.size();
    while (!bytes.empty()) {
      const ssize_t count = ::write(fd_, bytes.data(), bytes.size());
      if (count < 0 && errno != EINTR) {
        throw std::system_error(errno, std::generic_category(), path_.string());
      }
      bytes = bytes.subspan(count < 0 ? 0 : static_cast<std::size_t>(count));
    }
  }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Digest finish() { return digest_.finish(); }  // once
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  int fd_;
  std::uint64_t size_{0};
  Sha256Stream digest_;
};

DayFileDesk::DayFileDesk(DayFileSettings settings, const ClearingHouse& house, BlobStore& blobs,
                         const Inbox& inbox, Log& log, Send send)
    : settings_(settings),
      house_(house),
      blobs_(blobs),
      inbox_(inbox),
      log_(log),
      send_(std::move(send)) {
  std::vector<fs::path> left;
  for (const fs::directory_entry& entry : fs::directory_iterator(inbox_.folder())) {
    if (entry.path().filename().string().ends_with(kPart)) {
      left.push_back(entry.path());
    }
  }
  for (const fs::path& path : left) {
    fs::remove(path);
  }
}

DayFileDesk::~DayFileDesk() = default;

std::string DayFileDesk::name_of(const Key& key) const {
  return house_.rules().code(key.first) + "-" + key.second.text() + std::string(kSuffix);
}

void DayFileDesk::say(const Asker& to, wire::DayFile day) const {
  day.number = to.number;
  send_(to.peer, day);
}

// --- what is known of a day ----------------------------------------------------------------------

// A file that was sealed with its day's batch, whichever way it came.
std::optional<wire::DayFile> DayFileDesk::decided(const Key& key) const {
  const SenderState* state = house_.sender(key.first);
  if (state == nullptr) {
    return std::nullopt;
  }
  const auto date_of = [](const TakenBatch& batch) { return batch.taken.date; };
  const auto batch = std::ranges::lower_bound(state->batches, key.second, {}, date_of);
  if (batch == state->batches.end() || batch->taken.date != key.second ||
      batch->taken.source == Digest{}) {
    return std::nullopt;
  }
  const auto file = blobs_.get(batch->taken.source, false);
  return wire::DayFile{.state = wire::DayFileState::kAccepted,
                       .digest = batch->taken.source,
                       .sequence = batch->taken.sequence,
                       .rows = file ? rows_of(file->bytes()) : 0};
}

std::optional<wire::DayFile> DayFileDesk::reported(const Key& key, const char* folder) const {
  const fs::path path = inbox_.folder() / folder / (name_of(key) + ".report.json");
  std::ifstream file(path);
  if (!file) {
    return std::nullopt;
  }
  try {
    return day_of(nlohmann::json::parse(file));
  } catch (const nlohmann::json::exception& failure) {
    log_.error("report_unreadable", {{"file", path.string()}, {"why", failure.what()}});
    return std::nullopt;
  }
}

std::optional<wire::DayFile> DayFileDesk::lying(const Key& key) const {
  const std::string name = name_of(key);
  if (!fs::is_regular_file(fs::symlink_status(inbox_.folder() / name))) {
    return std::nullopt;
  }
  const auto digest = inbox_.digest_of(name);
  if (!digest) {
    return busy("it is about to be read");
  }
  const auto why = inbox_.waiting().find(name);
  return wire::DayFile{.state = wire::DayFileState::kReading,
                       .digest = *digest,
                       .why = why == inbox_.waiting().end() ? "" : why->second};
}

// What was accepted stays so; then what lies there counts more than what was refused before.
std::optional<wire::DayFile> DayFileDesk::standing(const Key& key) const {
  if (auto out = decided(key)) {
    return out;
  }
  if (auto out = reported(key, "accepted")) {
    return out;
  }
  if (auto out = lying(key)) {
    return out;
  }
  return reported(key, "refused");
}

void DayFileDesk::on_request(const Peer& from, const wire::DayFileRequest& request) const {
  const Asker asker{.peer = from, .number = request.number};
  if (!house_.has_rules() || !house_.rules().is_partner(request.partner)) {
    say(asker, busy("the rule book in force doesn't know this partner yet"));
    return;
  }
  say(asker, standing({request.partner, request.date}).value_or(wire::DayFile{}));
}

// --- a file that comes ---------------------------------------------------------------------------

// Why it can't be begun now; nullopt: it has been.
std::optional<std::string> DayFileDesk::begin(const Key& key, const wire::DayFilePart& part,
                                              std::int64_t steady_ms) {
  if (staged_.size() >= settings_.at_once_max) {
    return "too many files are on their way";
  }
  Hour& hour = hours_[key.first];
  if (steady_ms - hour.since_ms >= kHourMs || hour.files == 0) {
    hour = {.since_ms = steady_ms, .files = 0};
  }
  if (hour.files >= settings_.of_partner_max) {
    return "more than " + std::to_string(settings_.of_partner_max) + " files in an hour";
  }
  try {
    Staged staged{.offer = part, .heard_ms = steady_ms};
    staged.offer.bytes.clear();
    staged.file = std::make_unique<PartFile>(inbox_.folder() / (name_of(key) + ".part"));
    staged_.emplace(key, std::move(staged));
  } catch (const std::system_error& failure) {
    log_.error("day_file_failed", {{"why", failure.what()}});
    return "the disk takes nothing now";
  }
  ++hour.files;
  return std::nullopt;
}

void DayFileDesk::on_part(const Peer& from, const wire::DayFilePart& part, std::int64_t steady_ms) {
  const Asker asker{.peer = from, .number = part.number};
  if (!house_.has_rules() || !house_.rules().is_partner(part.partner)) {
    say(asker, busy("the rule book in force doesn't know this partner yet"));
    return;
  }
  if (auto answer = take({part.partner, part.date}, part, asker, steady_ms)) {
    say(asker, std::move(*answer));
  }
}

// nullopt: it is answered when the file is durable.
std::optional<wire::DayFile> DayFileDesk::take(const Key& key, const wire::DayFilePart& part,
                                               Asker asker, std::int64_t steady_ms) {
  const auto known = standing(key);
  if (known && known->state == wire::DayFileState::kBusy) {
    return known;  // It lies there, and isn't read yet.
  }
  if (known && known->state == wire::DayFileState::kAccepted) {
    std::erase_if(staged_,
                  [&](const auto& entry) { return entry.first == key && !entry.second.ending; });
    wire::DayFile out = *known;
    out.state = known->digest == part.digest ? out.state : wire::DayFileState::kOther;
    return out;
  }
  auto found = staged_.find(key);
  const bool same = found != staged_.end() && found->second.offer.digest == part.digest &&
                    found->second.offer.size == part.size &&
                    found->second.offer.signature == part.signature;
  if (found != staged_.end() && !same) {
    if (found->second.ending || steady_ms - found->second.heard_ms < settings_.replace_ms) {
      return busy("another file of this day is on its way");
    }
    staged_.erase(found);
    found = staged_.end();
  }
  if (found == staged_.end()) {
    const bool lies = known && known->state == wire::DayFileState::kReading &&
                      known->digest == part.digest &&
                      inbox_.signature_of(name_of(key)) == part.signature + "\n";
    if (lies) {
      return known;
    }
    if (auto why = begin(key, part, steady_ms)) {
      return busy(std::move(*why));
    }
    found = staged_.find(key);
  }
  Staged& staged = found->second;
  staged.heard_ms = steady_ms;
  if (staged.ending) {
    if (staged.askers.size() < kAskersMax) {
      staged.askers.push_back(std::move(asker));
    }
    return std::nullopt;
  }
  if (part.offset == staged.file->size()) {
    try {
      staged.file->write(part.bytes);
    } catch (const std::system_error& failure) {
      log_.error("day_file_failed", {{"why", failure.what()}});
      staged_.erase(found);
      return busy("the disk takes nothing now");
    }
  }
  if (staged.file->size() < part.size) {
    return wire::DayFile{
        .state = wire::DayFileState::kWanted, .digest = part.digest, .offset = staged.file->size()};
  }
  auto refused = end(key, staged, std::move(asker));
  if (refused) {
    staged_.erase(found);
  }
  return refused;
}

// All bytes are there.
std::optional<wire::DayFile> DayFileDesk::end(const Key& key, Staged& staged, Asker asker) {
  if (staged.file->finish() != staged.offer.digest) {
    return busy("what came is not what was offered: send it again");
  }
  const fs::path part = staged.file->path();
  if (const auto fault =
          fault_of_header(part.string(), house_.rules().code(key.first), key.second)) {
    return wire::DayFile{.state = wire::DayFileState::kRefused,
                         .digest = staged.offer.digest,
                         .faults = {fault_of(*fault)}};
  }
  staged.askers.push_back(std::move(asker));
  staged.ending = std::async(std::launch::async, make_durable, staged.file->fd(), part,
                             inbox_.folder() / name_of(key), staged.offer.signature);
  return std::nullopt;
}

void DayFileDesk::tick(std::int64_t steady_ms) {
  for (auto it = staged_.begin(); it != staged_.end();) {
    Staged& staged = it->second;
    if (!staged.ending) {
      it = steady_ms - staged.heard_ms >= settings_.silence_ms ? staged_.erase(it) : std::next(it);
      continue;
    }
    if (staged.ending->wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      ++it;
      continue;
    }
    const std::optional<std::string> failure = staged.ending->get();
    if (failure) {
      log_.error("day_file_failed", {{"why", *failure}});
    } else {
      log_.info("day_file_brought", {{"file", name_of(it->first)}});
    }
    for (const Asker& asker : staged.askers) {
      say(asker, failure ? busy("the disk takes nothing now")
                         : wire::DayFile{.state = wire::DayFileState::kReading,
                                         .digest = staged.offer.digest});
    }
    it = staged_.erase(it);
  }
}

}  // namespace ph
