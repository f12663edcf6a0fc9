// CALENDAR (docs/formats.md, section 4).
#include <algorithm>
#include <utility>

#include "platform/files/reading.h"

namespace ph {

namespace {

using enum FaultCode;

constexpr std::uint8_t kYearKind = 0;
constexpr std::uint8_t kHolidayKind = 1;
constexpr int kSaturday = 5;
constexpr int kWorkingDaysMin = 15;  // Payment is on working day 15 (docs/events.md, section 5).

std::string_view weekday_name(BusinessDate date) {
  constexpr std::string_view kNames[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                         "Friday", "Saturday", "Sunday"};
  return kNames[static_cast<std::size_t>(date.weekday())];
}

class CalendarReader {
 public:
  explicit CalendarReader(const Reading& reading)
      : reading_(reading),
        sink_(reading.file.name(), reading.faults),
        csv_(reading.file, reading.book, sink_) {}

  std::optional<CalendarYear> run() {
    const bool right = read_rows(
        csv_, FileType::kCalendar, reading_.totals, [this](const CsvRow& row) { take(row); },
        [this] { end(); });
    return right ? std::optional(std::move(year_)) : std::nullopt;
  }

 private:
  void take(const CsvRow& row) {
    const bool first = std::exchange(first_, false);
    if (first != row.is(kYearKind) && row.kind != nullptr) {
      csv_.fault(kRowOrder, row, {}, row.kind->name, "YEAR as the first row, and only there");
    }
    if (!row.right) {
      whole_ = false;
    } else if (row.is(kYearKind)) {
      year_.year = static_cast<int>(row.cells[0].number);
    } else {
      take_day(row);
    }
  }

  void take_day(const CsvRow& row) {
    const BusinessDate day = row.cells[0].date();
    const bool weekend = day.weekday() >= kSaturday;
    const std::string expected = day.text() + " is a " + std::string(weekday_name(day));
    if (year_.year != 0 && day.civil().year != year_.year) {
      csv_.fault(kDayOfOtherYear, row, "day", row.cells[0].text,
                 "a day of " + std::to_string(year_.year));
    } else if (row.is(kHolidayKind) && weekend) {
      csv_.fault(kHolidayOnWeekend, row, "day", row.cells[0].text, expected);
    } else if (!row.is(kHolidayKind) && !weekend) {
      csv_.fault(kWorkdayOnWeekday, row, "day", row.cells[0].text, expected);
    }
    days_.add(row.cells[0].number, row.line, row.cells[0].text);
    (row.is(kHolidayKind) ? year_.holidays : year_.workdays).push_back(day);
  }

  void end() {
    if (first_) {
      csv_.fault(kRowMissing, csv_.last_line(), {}, {}, "YEAR,<year> as the first row");
    }
    days_.find([this](std::uint32_t line, std::string_view text, std::uint32_t before) {
      csv_.fault(kDuplicateRow, line, "day", text,
                 "each day once; line " + std::to_string(before) + " has it");
    });
    std::ranges::sort(year_.holidays);
    std::ranges::sort(year_.workdays);
    if (whole_ && year_.year != 0 && !csv_.any_fault()) {
      check_months();
    }
  }

  void check_months() {
    const Calendar calendar({year_});
    for (int month = 1; month <= 12; ++month) {
      const Month named(static_cast<std::uint16_t>((year_.year - 2000) * 12 + month - 1));
      int count = 0;
      for (BusinessDate day = first_day(named); day <= last_day(named); day = day.plus_days(1)) {
        count += calendar.is_working_day(day).value_or(false) ? 1 : 0;
      }
      if (count < kWorkingDaysMin) {
        csv_.fault(kWorkingDays, csv_.last_line(), {},
                   named.text() + " has " + std::to_string(count),
                   "at least " + std::to_string(kWorkingDaysMin) + " working days");
      }
    }
  }

  const Reading& reading_;
  FaultSink sink_;
  CsvReader csv_;
  CalendarYear year_;
  Doubles<std::int64_t> days_;
  bool first_{true};
  bool whole_{true};
};

}  // namespace

std::optional<CalendarYear> read_calendar(const Reading& reading) {
  return CalendarReader(reading).run();
}

}  // namespace ph
