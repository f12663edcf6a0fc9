#include "app/settle/input_set.h"

#include <algorithm>
#include <filesystem>

#include "app/manifest.h"
#include "platform/crypto/sha256.h"

namespace ph {

namespace {

namespace fs = std::filesystem;

Fault set_fault(FaultCode code, const std::string& file, std::string value, std::string expected) {
  return {.code = code, .file = file, .value = std::move(value), .expected = std::move(expected)};
}

// Files of the directory that settle reads, in the order of their names.
std::vector<std::string> list_files(const std::string& directory, std::vector<Fault>& faults) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    const std::string extension = it->path().extension().string();
    if (it->is_regular_file(error) && (extension == ".csv" || extension == ".phb")) {
      paths.push_back(it->path().string());
    }
  }
  if (error) {
    faults.push_back(set_fault(FaultCode::kFileUnreadable, directory, error.message(),
                               "a directory that can be read"));
  }
  std::ranges::sort(paths);
  return paths;
}

class Reader {
 public:
  explicit Reader(std::vector<Fault>& faults) : faults_(faults) {}

  std::optional<InputSet> read(const std::string& directory) {
    const std::size_t before = faults_.size();
    for (const std::string& path : list_files(directory, faults_)) {
      if (auto file = InputFile::open(path, faults_)) {
        if (auto header = read_header(*file, faults_)) {
          files_.push_back({.file = std::move(*file), .header = std::move(*header)});
        }
      }
    }
    if (faults_.size() != before) {
      return std::nullopt;
    }
    take_rulebook(directory);
    if (!set_.rules) {
      return std::nullopt;
    }
    for (DailyFile& file : files_) {
      take(std::move(file));
    }
    check_daily();
    check_openings(directory);
    if (faults_.size() != before) {
      return std::nullopt;
    }
    return std::move(set_);
  }

 private:
  void take_rulebook(const std::string& directory) {
    const DailyFile* first = nullptr;
    for (const DailyFile& file : files_) {
      if (file.header.type != FileType::kRulebook) {
        continue;
      }
      if (first != nullptr) {
        if (!std::ranges::equal(first->file.bytes(), file.file.bytes())) {
          faults_.push_back(set_fault(FaultCode::kSetTwice, file.file.name(), "RULEBOOK",
                                      "one rule book; another is " + first->file.name()));
        }
        continue;
      }
      first = &file;
      set_.rules = load_rulebook(file.file, faults_);
      if (set_.rules) {
        const UsedFile used = used_file(file.file, file.header, *set_.rules);
        set_.rules_digest = used.digest;
        set_.used.push_back(used);
      }
    }
    if (first == nullptr) {
      faults_.push_back(set_fault(FaultCode::kSetMissing, directory, "RULEBOOK",
                                  "a RULEBOOK file among the inputs"));
    }
  }

  // True when `identity` was there before: the same bytes are taken once, other bytes are a fault.
  bool seen(const DailyFile& file, const UsedFile& used) {
    const auto [it, added] =
        identities_.emplace(used.identity, std::pair(used.digest, file.file.name()));
    if (!added && it->second.first != used.digest) {
      faults_.push_back(set_fault(FaultCode::kSetTwice, file.file.name(), used.identity,
                                  "one content; another is in " + it->second.second));
    }
    return !added;
  }

  void take(DailyFile&& file) {
    const RuleBook& rules = *set_.rules;
    const FileType type = file.header.type;
    if (type == FileType::kRulebook) {
      return;
    }
    if (type == FileType::kProvinceDay || type == FileType::kPartnerDay ||
        type == FileType::kBatch) {
      const Participant sender = file.header.binary
                                     ? file.header.sender_number
                                     : rules.by_code(file.header.sender).value_or(Participant());
      if (rules.find(sender) == nullptr) {
        faults_.push_back(set_fault(FaultCode::kUnknownParticipant, file.file.name(),
                                    file.header.sender, "a participant of the rule book"));
        return;
      }
      set_.daily[sender].push_back(std::move(file));
      return;
    }
    const UsedFile used = used_file(file.file, file.header, rules);
    if (seen(file, used)) {
      return;
    }
    if (type == FileType::kCalendar) {
      if (auto year = read_calendar(file.file, rules, faults_)) {
        set_.calendar_digests[year->year] = used.digest;
        set_.calendar_years.push_back(std::move(*year));
      }
    } else if (type == FileType::kOpeningLots) {
      const Participant province = rules.by_code(file.header.sender).value_or(Participant());
      if (rules.find(province) == nullptr) {
        faults_.push_back(set_fault(FaultCode::kUnknownParticipant, file.file.name(),
                                    file.header.sender, "a participant of the rule book"));
        return;
      }
      set_.opening_digests[province] = used.digest;
      set_.openings.emplace(province, std::move(file));
    } else if (auto cutoff = read_cutoff(file.file, rules, faults_)) {
      set_.used_cutoffs[cutoff->period] = used;
      set_.cutoffs[cutoff->period] = std::move(*cutoff);
      return;
    }
    set_.used.push_back(used);
  }

  void check_daily() {
    for (auto& [sender, files] : set_.daily) {
      std::ranges::stable_sort(files, {}, [](const DailyFile& f) { return f.header.sequence; });
      std::vector<DailyFile> once;
      for (DailyFile& file : files) {
        if (!once.empty() && once.back().header.sequence == file.header.sequence) {
          if (!std::ranges::equal(once.back().file.bytes(), file.file.bytes())) {
            faults_.push_back(set_fault(
                FaultCode::kSetTwice, file.file.name(), std::to_string(file.header.sequence),
                "one content for a sequence; another is in " + once.back().file.name()));
          }
          continue;
        }
        if (!once.empty() && once.back().header.date >= file.header.date) {
          faults_.push_back(set_fault(
              FaultCode::kSetOrder, file.file.name(), file.header.date.text(),
              "a later date than that of the sequence before, " + once.back().header.date.text()));
        }
        once.push_back(std::move(file));
      }
      files = std::move(once);
    }
  }

  void check_openings(const std::string& directory) {
    std::optional<BusinessDate> start;
    for (const auto& [province, opening] : set_.openings) {
      const BusinessDate date = opening.header.date;
      if (start && *start != date) {
        faults_.push_back(set_fault(FaultCode::kSetOpening, opening.file.name(), date.text(),
                                    "the day of the others, " + start->text()));
      }
      start = start.value_or(date);
    }
    std::optional<BusinessDate> first;
    for (const auto& [sender, files] : set_.daily) {
      first = std::min(first.value_or(files.front().header.date), files.front().header.date);
      if (start && files.front().header.date < *start) {
        faults_.push_back(set_fault(FaultCode::kSetOpening, files.front().file.name(),
                                    files.front().header.date.text(),
                                    "a day from the opening on, " + start->text()));
      }
    }
    if (!start && !first) {
      faults_.push_back(set_fault(FaultCode::kSetMissing, directory, "",
                                  "opening lots or daily files among the inputs"));
      return;
    }
    set_.first_period = (start ? *start : *first).month();
  }

  std::vector<Fault>& faults_;
  std::vector<DailyFile> files_;
  InputSet set_;
  std::map<std::string, std::pair<Digest, std::string>> identities_;
};

}  // namespace

UsedFile used_file(const InputFile& file, const FileHeader& header, const RuleBook& rules) {
  const std::string sender = header.binary ? rules.code(header.sender_number) : header.sender;
  return {
      .identity = input_identity(word(header.type), sender, header.date.text(), header.sequence),
      .digest = sha256(file.bytes()),
      .bytes = file.bytes().size()};
}

std::optional<InputSet> read_input_set(const std::string& directory, std::vector<Fault>& faults) {
  return Reader(faults).read(directory);
}

}  // namespace ph
