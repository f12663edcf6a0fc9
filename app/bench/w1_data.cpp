#include <filesystem>
#include <utility>
#include <vector>

#include "app/bench/store.h"
#include "app/bench/w1.h"
#include "app/bench/world.h"
#include "app/generate/random.h"

namespace ph::bench {

namespace {

constexpr std::uint16_t kW1Partners = 20;
constexpr std::uint64_t kLotPoints = 100;
constexpr std::uint32_t kFenMin = 100;
constexpr std::uint32_t kFenMax = 40'000;
constexpr int kValidYears = 3;
constexpr std::uint64_t kSeedStep = 1'000'003;

std::string padded(std::uint64_t number, std::size_t width) {
  const std::string text = std::to_string(number);
  return std::string(width > text.size() ? width - text.size() : 0, '0') + text;
}

Month plus(Month month, int months) {
  return Month(static_cast<std::uint16_t>(month.count() + months));
}

std::string header(std::string_view type, BusinessDate date, unsigned sequence) {
  return "POINTHOUSE," + std::string(type) + ",1," + std::string(kW1Code) + "," + date.text() +
         "," + std::to_string(sequence) + "\n";
}

std::string trailer(std::uint64_t rows, std::uint64_t points, std::uint64_t fen) {
  return "END," + std::to_string(rows) + "," + std::to_string(points) + "," + std::to_string(fen) +
         "\n";
}

// Lots of the months before the first, the oldest first.
void write_opening(const W1Options& options, const std::string& path) {
  FileWriter file(path);
  file.text(header("OPENING_LOTS", w1_day(1), 0));
  const Month first = w1_day(1).month();
  std::vector<std::string> tails;
  std::vector<std::string> heads;
  for (std::uint64_t n = 0; n < options.lots; ++n) {
    const Month earned = plus(first, -static_cast<int>(options.lots - n));
    const BusinessDate expires = first_day(plus(earned, 12 * kValidYears + 1));
    heads.push_back("LOT," + std::string(kW1Code) + "/" + first_day(earned).compact_text() + "/");
    tails.push_back("," + earned.text() + ",CONSUMPTION,1," + expires.text() + "," +
                    std::to_string(kLotPoints) + "," + std::to_string(kLotPoints) + "\n");
  }
  for (std::uint64_t member = 1; member <= options.members; ++member) {
    const std::string number = w1_member(member).text();
    for (std::uint64_t n = 0; n < options.lots; ++n) {
      file.text(heads[n]);
      file.number(static_cast<std::int64_t>(member));
      file.text(",");
      file.text(number);
      file.text(tails[n]);
    }
  }
  const std::uint64_t rows = options.members * options.lots;
  file.text(trailer(rows, 2 * rows * kLotPoints, 0));
  file.close();
}

// A year without holidays.
void write_calendar(const std::string& path) {
  const int year = kPeriod.year();
  write_file(path, "POINTHOUSE,CALENDAR,1,CLR," + BusinessDate::of(year, 1, 1).text() +
                       ",0\nYEAR," + std::to_string(year) + "\n" + trailer(1, 0, 0));
}

void write_accounts(const W1Options& options, const std::string& path) {
  FileWriter file(path);
  for (std::uint64_t member = 1; member <= options.members; ++member) {
    file.number(static_cast<std::int64_t>(w1_member(member).number()));
    file.text("," + std::to_string(options.lots * kLotPoints) + "\n");
  }
  file.close();
}

// Bills in an order that has nothing to do with the members': a bill a member, of a month of its
// own.
class DayMaker {
 public:
  DayMaker(const W1Options& options, unsigned day)
      : options_(options),
        day_(day),
        random_(options.seed * kSeedStep + day),
        order_(options.members) {
    for (std::uint32_t n = 0; n < order_.size(); ++n) {
      order_[n] = n + 1;
    }
  }

  void write(const std::string& ours, const std::string& theirs) {
    FileWriter file(ours);
    FileWriter bills(theirs);
    file.text(header("PROVINCE_DAY", w1_day(day_), day_));
    const Month month = plus(w1_day(1).month(), -static_cast<int>(day_));
    const std::string of_month = month.text();
    const std::string compact = first_day(month).compact_text().substr(0, 6);
    std::uint64_t sum = 0;
    for (std::uint64_t n = 0; n < options_.rows; ++n) {
      const std::uint64_t left = options_.members - n;
      std::swap(order_[n], order_[n + random_.below(static_cast<std::uint32_t>(left))]);
      const std::uint64_t member = order_[n];
      const std::uint64_t fen = kFenMin + random_.below(kFenMax - kFenMin);
      const std::string number = w1_member(member).text();
      sum += fen;
      file.text("BILL,");
      file.number(static_cast<std::int64_t>(n + 1));
      file.text(",A-" + padded(member, 9) + "," + number + "," + of_month + ",");
      file.number(static_cast<std::int64_t>(fen));
      file.text("\n");
      bills.number(static_cast<std::int64_t>(member));
      bills.text("," + compact + "," + number + ",");
      bills.number(static_cast<std::int64_t>(fen));
      bills.text("\n");
    }
    file.text(trailer(options_.rows, 0, sum));
    bills.close();
    file.close();
  }

 private:
  const W1Options& options_;
  unsigned day_;
  generate::Random random_;
  std::vector<std::uint32_t> order_;
};

}  // namespace

BusinessDate w1_day(unsigned n) {
  return first_day(kPeriod).plus_days(static_cast<int>(n) - 1);
}

Member w1_member(std::uint64_t number) {
  return Member::make(kW1Province, number);
}

std::string W1Files::day(unsigned n) const {
  return folder + "/" + day_name(n);
}

std::string W1Files::bills(unsigned n) const {
  return folder + "/bills-" + std::to_string(n) + ".csv";
}

W1Files prepare_w1(const W1Options& options, unsigned days) {
  W1Files files;
  files.folder = options.dir + "/w1-" + std::to_string(options.members) + "-" +
                 std::to_string(options.lots) + "-" + std::to_string(options.rows) + "-" +
                 std::to_string(options.seed);
  files.rulebook = files.folder + "/rulebook.csv";
  files.opening = files.folder + "/opening.csv";
  files.calendar = files.folder + "/calendar.csv";
  std::filesystem::create_directories(files.folder);
  static_cast<void>(open_world(files.rulebook, kW1Partners));
  if (!std::filesystem::exists(files.opening)) {
    write_opening(options, files.opening);
  }
  if (!std::filesystem::exists(files.calendar)) {
    write_calendar(files.calendar);
  }
  const std::string accounts = files.folder + "/accounts.csv";
  if (!std::filesystem::exists(accounts)) {
    write_accounts(options, accounts);
  }
  for (unsigned n = 1; n <= days; ++n) {
    if (!std::filesystem::exists(files.day(n))) {
      DayMaker(options, n).write(files.day(n), files.bills(n));
    }
  }
  return files;
}

}  // namespace ph::bench
