#include "platform/files/check.h"

#include <algorithm>
#include <memory>

#include "core/programme/programme_book.h"
#include "core/programme/programme_version.h"
#include "platform/files/day_names.h"
#include "platform/files/read_programme.h"
#include "platform/files/reading.h"

namespace ph {

namespace {

class Checker {
 public:
  explicit Checker(std::span<const std::string> paths) {
    for (const std::string& path : paths) {
      FileSummary& summary = report_.files.emplace_back();
      summary.file = path;
      files_.push_back(InputFile::open(path, summary.faults));
      summary.readable = files_.back().has_value();
    }
  }

  CheckReport run() {
    std::vector<FileType> types(files_.size());
    for (std::size_t i = 0; i < files_.size(); ++i) {
      types[i] = type_of(i);
    }
    // Rule book, calendars and programmes first: the others are held against them.
    for (const FileType first : {FileType::kRulebook, FileType::kCalendar}) {
      check_all(types, [&](FileType type) { return type == first; });
    }
    check_programmes();
    check_all(types, [](FileType type) {
      return type != FileType::kRulebook && type != FileType::kCalendar;
    });
    report_.with_rulebook = book_.has_value();
    return std::move(report_);
  }

 private:
  // Of a file whose header can't be read any type will do: its reader lists why.
  FileType type_of(std::size_t i) {
    if (!files_[i]) {
      return FileType::kProvinceDay;
    }
    std::vector<Fault> faults;
    if (const auto header = read_header(*files_[i], faults)) {
      return header->type;
    }
    return named_type(files_[i]->text());
  }

  // The type that the header names, though something else in it is wrong.
  static FileType named_type(std::string_view text) {
    constexpr std::string_view kBegin = "POINTHOUSE,";
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    if (text.starts_with(kMark)) {
      text.remove_prefix(kMark.size());
    }
    if (text.starts_with(kBegin)) {
      text.remove_prefix(kBegin.size());
      text = text.substr(0, text.find(','));
    }
    for (const FileType type : all_file_types()) {
      if (text == word(type)) {
        return type;
      }
    }
    return FileType::kProvinceDay;
  }

  void check_all(const std::vector<FileType>& types, auto wanted) {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (files_[i] && !is_programme_name(files_[i]->name()) && wanted(types[i])) {
        check_one(i, types[i]);
        files_[i].reset();
      }
    }
  }

  void check_one(std::size_t i, FileType type) {
    FileSummary& summary = report_.files[i];
    FileTotals totals;
    const Reading reading{.file = *files_[i],
                          .book = book_ ? &*book_ : nullptr,
                          .faults = summary.faults,
                          .totals = &totals,
                          .warnings = &summary.warnings};
    read(reading, type);
    summary.header = totals.header;
    if (summary.header && summary.header->binary && book_) {
      summary.header->sender = book_->code(summary.header->sender_number);
    }
    summary.rows = totals.rows;
    const auto clamp = [](Int128 sum) {
      return static_cast<std::int64_t>(std::min(sum, Int128{INT64_MAX}));
    };
    summary.points = clamp(totals.points);
    summary.fen = clamp(totals.fen);
  }

  void read(const Reading& reading, FileType type) {
    if (is_binary(reading.file)) {
      (void)read_batch_binary(reading);
      return;
    }
    switch (type) {
      case FileType::kProvinceDay:
        check_day(reading);
        return;
      case FileType::kPartnerDay:
        (void)read_partner_day(reading);
        return;
      case FileType::kBatch:
        (void)read_batch_csv(reading);
        return;
      case FileType::kOpeningLots:
        (void)read_opening(reading);
        return;
      case FileType::kRulebook:
        if (auto book = load_rulebook(reading); book && !book_) {
          book_ = std::move(book);
        }
        return;
      case FileType::kCalendar:
        if (auto year = read_calendar(reading)) {
          years_.push_back(std::move(*year));
        }
        return;
      case FileType::kCutoff:
        check_cutoff(reading);
        return;
    }
  }

  void check_day(const Reading& reading) {
    const auto day = read_day(reading);
    if (day && !programmes_.versions().empty()) {
      FaultSink warnings(reading.file.name(), *reading.warnings);
      warn_of_names(*day, programmes_, reading.book, warnings);
    }
  }

  // Each programme alone, then against the rule book, then against the version before it.
  void check_programmes() {
    std::vector<Version> versions;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (!files_[i] || !is_programme_name(files_[i]->name())) continue;
      FileSummary& summary = report_.files[i];
      ProgrammeSummary& about = summary.programme.emplace();
      auto made = read_programme(*files_[i], summary.faults, &about.sections);
      if (!made) continue;
      about.code = made->rows().head.code;
      about.version = made->rows().head.version;
      about.effective = made->rows().head.effective;
      check_new_programme(*made, files_[i]->name(), summary.faults);
      if (book_) check_programme_rules(*made, *book_, files_[i]->name(), summary.faults);
      versions.push_back({std::make_shared<const Programme>(std::move(*made)), i});
    }
    check_versions(versions);
    take_programme(versions);
  }

  struct Version {
    std::shared_ptr<const Programme> programme;
    std::size_t file;
  };

  void check_versions(std::vector<Version>& versions) {
    std::ranges::stable_sort(versions, {}, [](const Version& each) {
      return std::pair(std::string_view(each.programme->rows().head.code),
                       each.programme->rows().head.version);
    });
    std::vector<const Programme*> before;
    for (const Version& each : versions) {
      if (!before.empty() && before.back()->rows().head.code != each.programme->rows().head.code) {
        before.clear();
      }
      if (!before.empty()) {
        FaultSink sink(report_.files[each.file].file, report_.files[each.file].faults);
        for (const ProgrammeFault& fault : version_faults(before, *each.programme)) {
          sink.add(static_cast<FaultCode>(fault.code), fault.line, fault.key, fault.value,
                   fault.expected);
        }
      }
      before.push_back(each.programme.get());
    }
  }

  // What a node would have taken of them; of two programmes nobody knows which is its own.
  void take_programme(const std::vector<Version>& versions) {
    for (const Version& each : versions) {
      const auto misfit = programmes_.misfit(*each.programme);
      if (misfit == ProgrammeBook::Misfit::kCode) {
        programmes_ = {};
        return;
      }
      if (misfit == ProgrammeBook::Misfit::kNone) {
        programmes_.take({}, each.programme);
      }
    }
  }

  // With the calendar of its year the close is known to the day.
  void check_cutoff(const Reading& reading) {
    const auto cutoff = read_cutoff(reading);
    const auto dates = cutoff ? Calendar(years_).dates_of(cutoff->period) : std::nullopt;
    if (dates && dates->close != cutoff->close) {
      FaultSink(reading.file.name(), reading.faults)
          .add(FaultCode::kCloseDate, 1, "date", cutoff->close.text(), dates->close.text());
    }
  }

  std::vector<std::optional<InputFile>> files_;
  CheckReport report_;
  std::optional<RuleBook> book_;
  std::vector<CalendarYear> years_;
  ProgrammeBook programmes_;
};

}  // namespace

int CheckReport::exit_code() const {
  if (std::ranges::any_of(files, [](const FileSummary& file) { return !file.readable; })) {
    return 3;
  }
  const bool faulty =
      std::ranges::any_of(files, [](const FileSummary& file) { return !file.faults.empty(); });
  return faulty ? 1 : 0;
}

CheckReport check_files(std::span<const std::string> paths) {
  return Checker(paths).run();
}

int run_check(std::span<const std::string> files, bool json, std::string& out) {
  const CheckReport report = check_files(files);
  json ? print_json(report, out) : print_text(report, out);
  return report.exit_code();
}

}  // namespace ph
