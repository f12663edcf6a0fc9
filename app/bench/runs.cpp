// A year's runs over a large province: a home is filled with members of ten lots, their accounts
// and a year of spend; then the award, behind it the grades by shares, and the stars by a threshold
// of the clearing count and post, and a lot of everybody expires, in slices as a node takes them.
#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

#include "app/bench/options.h"
#include "app/bench/store.h"
#include "core/home/home.h"
#include "core/home/run_grade.h"
#include "platform/sys/process.h"

namespace ph::bench {

namespace {

constexpr Participant kProvince{1};
constexpr std::uint32_t kSlice = 65'536;
constexpr std::uint64_t kRowsOfADay = 1'000'000;
constexpr Month kDecember{107};                             // 2008-12
const BusinessDate kFirst = BusinessDate::of(2008, 12, 1);  // Bills of December have begun.
const BusinessDate kAward = BusinessDate::of(2009, 1, 4);
const BusinessDate kExpiry = BusinessDate::of(2011, 1, 1);  // One lot of every member expires.

std::shared_ptr<const Programme> programme() {
  programme::Rows rows;
  rows.head.code = "bench";
  rows.head.title = "Bench";
  rows.head.version = 1;
  rows.head.effective = BusinessDate::of(2004, 1, 1);
  rows.head.maker = "G-1";
  rows.head.checker = "G-2";
  rows.head.profile_required = false;
  for (const Source source :
       {Source::kConsumption, Source::kTenure, Source::kLevel, Source::kAward, Source::kFixedLine,
        Source::kSp, Source::kPartner, Source::kExchangeIn}) {
    rows.sources.push_back({.source = source, .rating = source <= Source::kFixedLine});
  }
  rows.tenure_bands = {{.from = 0, .to = 24, .rate = Ratio(1, 10)},
                       {.from = 25, .to = 60, .rate = Ratio(1, 5)},
                       {.from = 61, .rate = Ratio(3, 5)}};
  rows.level_award.grading.name = "level";
  rows.level_rates = {{.level = {.name = "ordinary"}, .rate = Ratio(1, 10)},
                      {.level = {.name = "gold"}, .rate = Ratio(1, 5)}};
  programme::Grading grading;
  grading.name = "level";
  grading.title = "Level";
  grading.levels = {{.name = "ordinary"}, {.name = "gold"}};
  grading.basis = programme::Basis::kRatingPoints;
  grading.run = programme::GradingRun::kYearly;
  grading.effective = programme::EffectiveDay{.month = 1, .day = 1};
  grading.standards = programme::Standards::kRatios;
  programme::Grading stars;
  stars.name = "star";
  stars.title = "Star";
  stars.levels = {{.name = "none"}, {.name = "one"}, {.name = "two"}};
  stars.basis = programme::Basis::kProduct;
  stars.unit = programme::GradingUnit::kAccount;
  stars.run = programme::GradingRun::kClearing;
  stars.effective = programme::EffectiveDay{};
  stars.standards = programme::Standards::kClearing;
  rows.gradings = {grading, stars};
  rows.scores = {{.line = 1, .grading = {.name = "star"}, .months = 11, .months_min = 6}};
  rows.factors = {{.grading = {.name = "star"}, .years_from = 0, .factor = Ratio(1, 1)},
                  {.grading = {.name = "star"}, .years_from = 2, .factor = Ratio(11, 10)}};
  rows.cuts = {{.grading = {.name = "star"}, .level = {.name = "two"}, .percent = 10}};
  rows.shares = {{.grading = {.name = "level"},
                  .level = {.name = "gold"},
                  .of = {.name = "all"},
                  .ratio = Ratio(1, 10)}};
  rows.effective_order = {{.name = "gold"}, {.name = "ordinary"}};
  auto made = Programme::build(std::move(rows));
  if (!made.ok()) {
    const ProgrammeFault& fault = made.error().front();
    throw std::runtime_error("the benchmark's programme: " + fault.key + ", " + fault.expected);
  }
  return std::make_shared<const Programme>(std::move(made).value());
}

std::array<char, 16> account_text(std::uint64_t n) {
  std::array<char, 16> out{};
  const std::string text = "A" + std::to_string(n);
  std::copy(text.begin(), text.end(), out.begin());
  return out;
}

// Fills a home by days of rows, so many at a time.
class Filler {
 public:
  Filler(Home& home, const RunsOptions& options) : home_(home), options_(options) {}

  // The last day.
  BusinessDate fill() {
    for (std::uint64_t n = 1; n <= options_.members; ++n) {
      open_member(n);
    }
    home_.take_programme(Digest{}, programme());
    const std::uint64_t accounts = options_.members * 13 / 10;
    for (std::uint64_t n = 0; n < accounts; ++n) {
      MemberRow says{.kind = MemberKind::kAccount, .member = member_of(n)};
      says.account = account_text(n);
      says.word = 2;
      says.month = Month(static_cast<std::uint16_t>(n * 7 % 96));
      says.flag = {0, 1};
      says.number[0] = 1;
      add(says);
    }
    for (std::uint64_t n = 0; n < accounts; ++n) {
      for (int month = 0; month < 12; ++month) {
        MemberRow says{.kind = MemberKind::kSpent, .member = member_of(n)};
        says.account = account_text(n);
        says.month = Month(static_cast<std::uint16_t>(kDecember.count() - 11 + month));
        says.fen[0] =
            static_cast<std::int64_t>(5'000 + (n * 13 + static_cast<unsigned>(month)) % 9'000);
        says.flag[0] = 1;
        add(says);
      }
    }
    take();
    file_ = {};
    file_.sender = kProvince;
    file_.sequence = home_.last_sequence() + 1;
    file_.date = std::max(kAward, kFirst.plus_days(days_));
    static_cast<void>(home_.take(file_));
    return file_.date;
  }

 private:
  // A tenth of the accounts' numbers apart: an account's member isn't beside it in memory.
  [[nodiscard]] Member member_of(std::uint64_t account) const {
    return Member::make(kProvince, 1 + account * 7'919 % options_.members);
  }

  void open_member(std::uint64_t n) {
    const Member member = Member::make(kProvince, n);
    home_.open_member(member);
    for (std::uint32_t lot = 0; lot < options_.lots; ++lot) {
      const Month earned(static_cast<std::uint16_t>(kDecember.count() - 12 - lot));
      home_.open_lot({.lot = LotId(kProvince, BusinessDate::of(2007, 12, 31), ++lots_),
                      .member = member,
                      .earned_month = earned,
                      .expires_on = kExpiry.plus_days(91 * static_cast<int>(lot)),
                      .source = Source::kConsumption,
                      .rating = 1,
                      .original = 500,
                      .remaining = 400});
    }
  }

  void add(const MemberRow& says) {
    DayRow row{};
    row.kind = static_cast<RowKind>(says.kind);
    row.member = says.member;
    row.serial = static_cast<std::uint32_t>(file_.rows.size() + 1);
    row.first_child = static_cast<std::uint32_t>(file_.member_rows.size());
    file_.rows.push_back(row);
    file_.member_rows.push_back(says);
    if (file_.rows.size() == kRowsOfADay) {
      take();
    }
  }

  void take() {
    file_.sender = kProvince;
    file_.date = kFirst.plus_days(days_++);
    file_.sequence = home_.last_sequence() + 1;
    const DayResult result = home_.take(file_);
    if (!result.returned.empty()) {
      throw std::runtime_error("a row of the benchmark came back: " +
                               std::string(word(result.returned.front().code)));
    }
    file_.rows.clear();
    file_.member_rows.clear();
  }

  Home& home_;
  const RunsOptions& options_;
  DayFile file_;
  int days_{0};
  std::uint32_t lots_{0};
};

// Takes all steps of the run under way; the longest slice in milliseconds.
double take_steps(Home& home) {
  double longest = 0;
  while (home.run_under_way() != nullptr) {
    longest = std::max(longest, timed_ms([&] { home.take_run_steps(kSlice); }));
  }
  return longest;
}

// The grades of the year, on the day that is open; the number of those that were given.
std::uint64_t run_grades(Home& home, Figures& figures) {
  const RunKey key{.kind = RunKind::kGrade, .reference = kDecember};
  if (const std::string refusal = home.run_refusal(key); !refusal.empty()) {
    throw std::runtime_error("the grades can't begin: " + refusal);
  }
  double slice = 0;
  Runs counting;
  counting.time([&] {
    home.begin_run(key, *home.open_date());
    slice = take_steps(home);
  });
  figures.add_runs("grades_counting", counting);
  figures.add_ms("grades_counting_slice_max_ms", slice);
  home.publish_run(2);
  Runs posting;
  posting.time([&] { slice = take_steps(home); });
  figures.add_runs("grades_posting", posting);
  figures.add_ms("grades_posting_slice_max_ms", slice);
  figures.add("anonymous_graded_mib", memory_use().anonymous_bytes >> 20U);
  const auto& counts = home.book()->runs().at(2)->record.counts;
  figures.add("graded", static_cast<std::uint64_t>(counts[1]));
  figures.add("grades_given", static_cast<std::uint64_t>(counts[2]));
  return static_cast<std::uint64_t>(counts[2]);
}

// The scores of December, their histogram, and stars by a threshold; the number of grades given.
std::uint64_t run_stars(Home& home, Figures& figures) {
  const RunKey key{.kind = RunKind::kGrade, .grading = 1, .reference = kDecember};
  if (const std::string refusal = home.run_refusal(key); !refusal.empty()) {
    throw std::runtime_error("the rating can't begin: " + refusal);
  }
  double slice = 0;
  Runs counting;
  counting.time([&] {
    home.begin_run(key, *home.open_date());
    slice = take_steps(home);
  });
  figures.add_runs("scores_counting", counting);
  figures.add_ms("scores_counting_slice_max_ms", slice);
  const Run& run = *home.book()->runs().at(3);
  std::size_t scores = 0;
  figures.add_ms("histogram_ms", timed_ms([&] { scores = scores_of(run).entries().size(); }));
  figures.add("different_scores", scores);
  Runs grading;
  grading.time([&] {
    if (!home.take_thresholds(3, {{.level = "two", .percent = 10, .threshold = 100}})) {
      throw std::runtime_error("the thresholds of the benchmark aren't taken");
    }
    slice = take_steps(home);
  });
  figures.add_runs("stars_grading", grading);
  figures.add_ms("stars_grading_slice_max_ms", slice);
  home.publish_run(3);
  Runs posting;
  posting.time([&] { slice = take_steps(home); });
  figures.add_runs("stars_posting", posting);
  figures.add_ms("stars_posting_slice_max_ms", slice);
  figures.add("anonymous_rated_mib", memory_use().anonymous_bytes >> 20U);
  figures.add("rated", static_cast<std::uint64_t>(run.record.counts[2]));
  figures.add("stars_given", static_cast<std::uint64_t>(run.record.counts[3]));
  return static_cast<std::uint64_t>(run.record.counts[3]);
}

// A run that begins by itself: all of it counts, nothing is posted.
void time_counting(Home& home, const RunKey& key, const std::string& name, Figures& figures) {
  if (const std::string refusal = home.run_refusal(key); !refusal.empty()) {
    throw std::runtime_error("the " + name + " can't begin: " + refusal);
  }
  double slice = 0;
  Runs counting;
  counting.time([&] {
    home.begin_run(key, BusinessDate::of(2010, 12, 1));
    slice = take_steps(home);
  });
  figures.add_runs(name, counting);
  figures.add_ms(name + "_slice_max_ms", slice);
}

// What expires on 2011-01-01, and the figures of November 2010 but for its days' batches.
void time_others(Home& home, Figures& figures) {
  DayFile file{.sender = kProvince, .date = *home.open_date(), .sequence = home.last_sequence()};
  home.bring_file(file);
  while (home.take_rows(kSlice)) {
  }
  static_cast<void>(home.end_day());
  DayFile later{.sender = kProvince,
                .date = BusinessDate::of(2010, 12, 1),
                .sequence = home.last_sequence() + 1};
  static_cast<void>(home.take(later));
  const Month december = later.date.month();
  time_counting(home,
                {.kind = RunKind::kNotice,
                 .reference = Month(static_cast<std::uint16_t>(december.count() + 1))},
                "notice", figures);
  figures.add("notice_members", home.book()->runs().runs().back().found.size());
  home.use_node(
      {.sealed_days = [](Month) { return std::uint32_t{0}; }, .visit_day = {}, .rules = {}});
  time_counting(
      home,
      {.kind = RunKind::kKpi, .reference = Month(static_cast<std::uint16_t>(december.count() - 1))},
      "kpi", figures);
  figures.add("anonymous_others_mib", memory_use().anonymous_bytes >> 20U);
}

// The opening of the day on which a lot of every member expires; the number of lots that do.
std::uint64_t run_expiry(Home& home, Figures& figures) {
  home.open_day(kExpiry, home.last_sequence() + 1);
  double slice = 0;
  Runs opening;
  opening.time([&] {
    for (bool more = true; more;) {
      slice = std::max(slice, timed_ms([&] { more = home.take_rows(kSlice); }));
    }
  });
  figures.add_runs("expiry", opening);
  figures.add_ms("expiry_slice_max_ms", slice);
  figures.add("anonymous_expiry_mib", memory_use().anonymous_bytes >> 20U);
  // The home looks at it until the day is over.
  const DayFile file{.sender = kProvince, .date = kExpiry, .sequence = home.last_sequence()};
  home.bring_file(file);
  while (home.take_rows(kSlice)) {
  }
  DayResult result;
  figures.add_ms("expiry_end_ms", timed_ms([&] { result = home.end_day(); }));
  figures.add("expired_lots", result.movements.size());
  return result.movements.size();
}

}  // namespace

int run_runs(const RunsOptions& options) {
  Figures figures;
  figures.add_text("job", "runs");
  figures.add("members", options.members);
  figures.add("lots", options.lots);
  Home home(kProvince);
  BusinessDate last;
  figures.add_ms("prepare_ms", timed_ms([&] { last = Filler(home, options).fill(); }));
  figures.add("accounts", home.book()->accounts());
  figures.add("anonymous_mib", memory_use().anonymous_bytes >> 20U);
  const RunKey key{.kind = RunKind::kAward, .reference = kDecember};
  if (const std::string refusal = home.run_refusal(key); !refusal.empty()) {
    throw std::runtime_error("the award can't begin: " + refusal);
  }
  figures.add_ms("warning_ms", timed_ms([&] { static_cast<void>(home.run_warning(key)); }));
  double slice = 0;
  Runs counting;
  counting.time([&] {
    home.begin_run(key, last.plus_days(1));
    slice = take_steps(home);
  });
  figures.add_runs("counting", counting);
  figures.add_ms("counting_slice_max_ms", slice);
  figures.add("anonymous_counted_mib", memory_use().anonymous_bytes >> 20U);
  home.publish_run(1);
  home.open_day(last.plus_days(2), home.last_sequence() + 1);
  static_cast<void>(home.take_rows(1));
  Runs posting;
  posting.time([&] { slice = take_steps(home); });
  figures.add_runs("posting", posting);
  figures.add_ms("posting_slice_max_ms", slice);
  figures.add("anonymous_posted_mib", memory_use().anonymous_bytes >> 20U);
  const auto& counts = home.book()->runs().at(1)->record.counts;
  figures.add("lots_given", static_cast<std::uint64_t>(counts[4]));
  figures.add("points_given", static_cast<std::uint64_t>(counts[5]));
  const bool given = counts[4] == counts[2] && counts[5] == counts[3];
  const bool graded = run_grades(home, figures) * 11 >= options.members;
  const bool rated = run_stars(home, figures) > options.members / 2;
  time_others(home, figures);
  const bool expired = run_expiry(home, figures) == options.members;
  figures.print(options.json);
  return given && graded && rated && expired ? 0 : 1;
}

}  // namespace ph::bench
