// The generated month: its promise about seeds, and its files read back by the test's own means.
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/generate/csv_file.h"
#include "app/generate/options.h"

namespace ph {
namespace PH_FILE {

using Fields = std::vector<std::string>;

// A directory of the test's own, removed at its end.
class Folder {
 public:
  Folder() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    static int count = 0;
    path_ = std::filesystem::path(testing::TempDir()) /
            (std::string("generate-") + test->name() + '-' + std::to_string(::getpid()) + '-' +
             std::to_string(count++));
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

GenerateOptions options_for(const Folder& folder, std::uint32_t members, std::uint64_t seed) {
  GenerateOptions options;
  options.out = folder.path();
  options.members = members;
  options.seed = seed;
  return options;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::map<std::string, std::string> files_in(const Folder& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    files[entry.path().filename().string()] = contents(entry.path());
  }
  return files;
}

// All lines, cut at their commas; an empty last field stays.
std::vector<Fields> rows_of(const std::string& text) {
  std::vector<Fields> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    Fields fields(1);
    for (const char c : line) {
      if (c == ',') {
        fields.emplace_back();
      } else {
        fields.back().push_back(c);
      }
    }
    rows.push_back(fields);
  }
  return rows;
}

// Places of the columns of type points and fen, by file type and kind.
struct Sums {
  std::vector<std::size_t> points{};
  std::vector<std::size_t> fen{};
};
const std::map<std::string, std::map<std::string, Sums>>& sums_of_kinds() {
  static const std::map<std::string, std::map<std::string, Sums>> kSums{
      {"PROVINCE_DAY",
       {{"BILL", {{}, {5}}},
        {"REBILL", {{}, {6, 7}}},
        {"EARN", {{5}, {}}},
        {"UNEARN", {{4}, {}}},
        {"REDEEM", {{4}, {8, 9, 10}}},
        {"HOLD", {{4}, {}}},
        {"CAPTURE", {{4}, {9, 10, 11}}},
        {"EXCHANGE_OUT", {{5}, {}}},
        {"ACCRUAL", {{5}, {}}},
        {"EXCHANGE_IN", {{5}, {}}},
        {"REFUND", {{5}, {}}},
        {"UNISSUE", {{7}, {}}},
        {"DELIVERY", {{5}, {7, 8, 9}}},
        {"DELIVERY_REFUND", {{6}, {}}},
        {"LOT", {{6, 7}, {}}},
        {"DEBT", {{2}, {}}}}},
      {"PARTNER_DAY",
       {{"ACCRUAL", {{3}, {}}},
        {"REDEMPTION", {{3}, {}}},
        {"EXCHANGE_OUT", {{3}, {}}},
        {"EXCHANGE_IN", {{3}, {}}},
        {"REFUND", {{4}, {}}}}},
      {"OPENING_LOTS", {{"LOT", {{7, 8}, {}}}, {"DEBT", {{3}, {}}}}}};
  return kSums;
}

std::uint64_t value(const Fields& row, std::size_t column) {
  const std::string& text = row.at(column);
  return text.empty() ? 0 : std::stoull(text);
}

TEST(Generate, GivesTheSameBytesForTheSameSeed) {
  const Folder one;
  const Folder two;
  (void)generate_month(options_for(one, 800, 7), false);
  (void)generate_month(options_for(two, 800, 7), false);
  EXPECT_TRUE(files_in(one) == files_in(two));
}

TEST(Generate, GivesOtherBytesForAnotherSeed) {
  const Folder one;
  const Folder two;
  (void)generate_month(options_for(one, 800, 7), false);
  (void)generate_month(options_for(two, 800, 8), false);
  const auto ours = files_in(one);
  const auto theirs = files_in(two);
  ASSERT_EQ(ours.size(), theirs.size());
  std::size_t equal = 0;
  for (const auto& [name, text] : ours) {
    const bool same = text == theirs.at(name);
    equal += same ? 1 : 0;
    EXPECT_FALSE(same && name.find("OPENING_LOTS") != std::string::npos) << name;
  }
  EXPECT_LT(equal, ours.size() / 2);  // Rule book, calendar, days on which nothing happened.
}

// Both policies are in a month that has the row: older lots and those from the year before on.
TEST(Generate, ExpiresByTheCalendarYearWhenAsked) {
  const Folder quarters;
  const Folder years;
  GenerateOptions options = options_for(years, 800, 7);
  options.expiry = ExpiryPolicy::kYear;
  (void)generate_month(options_for(quarters, 800, 7), false);
  (void)generate_month(options, false);
  const auto before = files_in(quarters);
  const auto after = files_in(years);
  const std::string name = "CLR-2026-03-01-RULEBOOK.csv";
  EXPECT_EQ(before.at(name).find("EXPIRY"), std::string::npos);
  EXPECT_NE(after.at(name).find("\nEXPIRY,YEAR,2,2025-01\n"), std::string::npos);
  std::size_t by_year = 0;
  for (const Fields& row : rows_of(after.at("P11-2026-03-01-OPENING_LOTS.csv"))) {
    if (row.front() == "LOT" && row.at(3) >= "2025-01") {
      EXPECT_EQ(row.at(6), row.at(3) < "2026" ? "2028-01-01" : "2029-01-01");
      ++by_year;
    }
  }
  EXPECT_GT(by_year, 10U);
}

TEST(Generate, WritesTrailersThatAnOwnCountConfirms) {
  const Folder folder;
  const GeneratedMonth made = generate_month(options_for(folder, 2'000, 3), false);
  std::uint64_t day_rows = 0;
  std::uint64_t bytes = 0;
  const auto files = files_in(folder);
  for (const auto& [name, text] : files) {
    const auto rows = rows_of(text);
    bytes += text.size();
    ASSERT_EQ(rows.front().size(), 6U) << name;
    const std::string& type = rows.front().at(1);
    EXPECT_EQ(name, rows.front().at(3) + '-' + rows.front().at(4) + '-' + type + ".csv");
    const auto kinds = sums_of_kinds().find(type);
    std::uint64_t points = 0;
    std::uint64_t fen = 0;
    for (std::size_t i = 1; i + 1 < rows.size(); ++i) {
      if (kinds == sums_of_kinds().end()) break;
      const auto sums = kinds->second.find(rows[i].front());
      if (sums == kinds->second.end()) continue;
      for (const std::size_t column : sums->second.points)
        points += value(rows[i], column);
      for (const std::size_t column : sums->second.fen)
        fen += value(rows[i], column);
    }
    const Fields trailer{"END", std::to_string(rows.size() - 2), std::to_string(points),
                         std::to_string(fen)};
    EXPECT_EQ(rows.back(), trailer) << name;
    if (type.ends_with("_DAY")) day_rows += rows.size() - 2;
  }
  EXPECT_EQ(made.files, files.size());
  EXPECT_EQ(made.bytes, bytes);
  EXPECT_EQ(made.day_rows, day_rows);
  // Rule book, calendar, 31 openings; 31 days of 31 provinces and 8 partners.
  EXPECT_EQ(files.size(), 1U + 1U + 31U + 31U * 39U);
}

TEST(Generate, HasEveryKindOfRowFrom2000MembersOn) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U}) {
    const Folder folder;
    GenerateOptions options = options_for(folder, 2'000, seed);
    options.expiry = ExpiryPolicy::kYear;  // Else the rule book has no row of this.
    options.programme = true;              // Else nothing of before comes.
    const GeneratedMonth made = generate_month(options, false);
    std::set<std::string> kinds;
    for (const GeneratedMonth::Count& count : made.rows) {
      kinds.insert(count.what);
    }
    for (std::size_t i = 0; i < generate::kRows; ++i) {
      const std::string label(label_of(static_cast<generate::Row>(i)));
      EXPECT_EQ(kinds.count(label), 1U) << label << " is missing; seed " << seed;
    }
  }
}

TEST(Generate, LetsTheTwoSidesOfADayCiteEachOther) {
  const Folder folder;
  GenerateOptions options = options_for(folder, 2'000, 5);
  options.faults_per_mille = 0;
  (void)generate_month(options, false);
  // Ids by the codes that homes gave, and ids that givers and merchants know with the code they
  // cite.
  std::map<std::string, std::string> given;
  std::map<std::string, std::string> cited;
  for (const auto& [name, text] : files_in(folder)) {
    const auto rows = rows_of(text);
    std::string date = rows.front().at(4);
    std::erase(date, '-');
    const std::string prefix = rows.front().at(3) + '/' + date + '/';
    for (std::size_t i = 1; i + 1 < rows.size(); ++i) {
      const Fields& row = rows[i];
      const bool correction = rows[i - 1].front() == "CORRECT";
      if (row.front() == "REDEEM" && !row.at(2).empty()) given[row.at(2)] = prefix + row.at(1);
      if (row.front() == "DELIVERY" && !correction) cited[prefix + row.at(1)] = row.at(4);
      if (row.front() == "REDEMPTION" && !correction) cited[row.at(1)] = row.at(4);
    }
  }
  std::size_t right = 0;
  for (const auto& [id, code] : given) {
    ASSERT_EQ(cited.count(id), 1U) << id;
    if (cited[id] == code) ++right;
  }
  // Some lack the code at first and are corrected on a later day; copies carry another serial.
  EXPECT_GT(right, given.size() * 9 / 10);
}

TEST(Generate, ExpectsNothingInSuspenseWithoutFaults) {
  const Folder folder;
  GenerateOptions options = options_for(folder, 2'000, 5);
  options.faults_per_mille = 0;
  const GeneratedMonth made = generate_month(options, false);
  for (const GeneratedMonth::Count& count : made.suspense) {
    EXPECT_EQ(count.count, 0U) << count.what;
  }
  EXPECT_EQ(made.returned, 0U);
}

TEST(Generate, RefusesADirectoryInUseUnlessForced) {
  const Folder folder;
  GenerateOptions options = options_for(folder, 40, 1);
  options.days = 1;
  (void)generate_month(options, false);
  const auto before = files_in(folder);
  EXPECT_THROW((void)generate_month(options, false), std::runtime_error);
  options.provinces = 2;
  options.force = true;
  (void)generate_month(options, false);
  EXPECT_LT(files_in(folder).size(), before.size());  // Nothing of the 31 provinces is left.
}

TEST(Generate, LeavesAForeignInputFileAloneEvenWhenForced) {
  const Folder folder;
  GenerateOptions options = options_for(folder, 40, 1);
  options.force = true;
  std::filesystem::create_directories(folder.path());
  std::ofstream(folder.path() / "mine.csv") << "kept\n";
  EXPECT_THROW((void)generate_month(options, false), std::runtime_error);
  EXPECT_EQ(contents(folder.path() / "mine.csv"), "kept\n");
  EXPECT_EQ(files_in(folder).size(), 1U);
}

TEST(Generate, RefusesAPeriodWhoseCloseHasNoCalendar) {
  const Folder folder;
  GenerateOptions options = options_for(folder, 40, 1);
  for (const char* period : {"2025-11", "2026-12"}) {
    options.period = *Month::parse(period);
    EXPECT_THROW((void)generate_month(options, false), std::invalid_argument) << period;
  }
  EXPECT_FALSE(std::filesystem::exists(folder.path()));
}

TEST(Generate, MakesASingleProvinceAndASingleMember) {
  const Folder folder;
  GenerateOptions options = options_for(folder, 1, 1);
  options.provinces = 1;
  const GeneratedMonth made = generate_month(options, false);
  EXPECT_EQ(made.files, 1U + 1U + 1U + 31U * 9U);
}

}  // namespace PH_FILE
}  // namespace ph
