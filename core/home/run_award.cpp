// AWARD: what the accounts of a tenure band, and the members of a level, get at the year's end, the
// same to each (docs/decisions/0023-programme-format.md, section 4.1). Steps are the accounts as
// they were when it began, then the members; a step's result is its cohort.
#include <algorithm>
#include <array>

#include "core/home/run_work.h"
#include "core/programme/award.h"
#include "core/programme/month_range.h"
#include "core/programme/tenure.h"
#include "core/types/check.h"

namespace ph {

namespace award {

namespace {

using book::AccountRecord;
using book::CohortRecord;
using programme::AwardMode;
using programme::Cohort;

constexpr std::uint16_t kTenure = 1;
constexpr std::uint16_t kLevel = 2;
// Of an account that was counted and has another owner since.
constexpr std::int64_t kLost = 0xffff;
constexpr std::uint32_t kAheadSteps = 16;
constexpr int kMonths = 12;
// A year's spend of one of a cohort: far more than what anybody spends, and times any rate an
// amount.
constexpr Int128 kFenMax = 100'000'000'000'000'000;

// counts of its record
enum Count : std::size_t { kAccounts, kMembers, kLots, kPoints, kLotsGiven, kPointsGiven, kGone };
// sums of a cohort
enum Sum : std::size_t { kSize, kFenLow, kFenHigh, kEach };

std::int64_t& count_of(Run& run, Count what) {
  return run.record.counts[what];
}
std::uint32_t steps_of(const Run& run, Count what) {
  return static_cast<std::uint32_t>(run.record.counts[what]);
}

Cohort cohort_of(const CohortRecord& record) {
  const auto high = static_cast<Int128>(record.sums[kFenHigh]);
  const auto low = static_cast<std::uint64_t>(record.sums[kFenLow]);
  return {high * (Int128{1} << 64U) + static_cast<Int128>(low),
          static_cast<std::uint64_t>(record.sums[kSize])};
}

void put(CohortRecord& record, const Cohort& cohort) {
  record.sums[kSize] = static_cast<std::int64_t>(cohort.size());
  record.sums[kFenLow] = static_cast<std::int64_t>(static_cast<std::uint64_t>(cohort.sum_fen()));
  record.sums[kFenHigh] = static_cast<std::int64_t>(cohort.sum_fen() >> 64U);
}

// The version that holds on the year's last day: no later one can change it.
const Programme* version_of(const RunKey& key, const RunScene& scene) {
  return scene.book().programmes().of_day(last_day(key.reference));
}
const Programme& version_of(const Run& run, const RunScene& scene) {
  return *version_of(run.key(), scene);
}

bool is_lump(const programme::AwardRule& rule) {
  return rule.mode == AwardMode::kLump31Dec;
}

const programme::Grading& grading_of(const Programme& version) {
  return version.rows().gradings[version.find_grading(version.rows().level_award.grading.name)];
}

// Spend of the year whose bills gave their points.
std::int64_t spend_of(const MemberBook& book, std::uint32_t account, Month december) {
  const std::uint32_t earned = book.account(account).earned;
  std::int64_t fen = 0;
  for (int back = 0; back < kMonths; ++back) {
    const Month month(static_cast<std::uint16_t>(december.count() - back));
    const bool gave = (earned >> (month.count() % book::kRingMonths) & 1U) != 0;
    fen += gave ? book.billed(account, month).value_or(0) : 0;
  }
  return fen;
}

class AwardWork final : public RunWork {
 public:
  [[nodiscard]] std::string refusal(const RunKey& key, const RunScene& scene) const override {
    const Month of = key.reference;
    const std::string year = of.text().substr(0, 4);
    if (of.count() % kMonths != kMonths - 1 || key.grading != 0) {
      return "an award is of a year's December, such as " + year + "-12";
    }
    if (scene.day() <= last_day(of)) {
      return "the last day that was opened is " + scene.day().text() +
             ": the award is counted from the first day behind " + last_day(of).text() +
             " on, once the bills of December are in";
    }
    if (scene.day().month().count() - (of.count() - kMonths + 1) >= book::kRingMonths) {
      return "months of " + year + " have left the accounts' 24 months: too late to count it";
    }
    const Programme* version = version_of(key, scene);
    const bool any = version != nullptr && (is_lump(version->rows().tenure_award) ||
                                            is_lump(version->rows().level_award));
    return any ? std::string()
               : "the programme of " + last_day(of).text() +
                     " has no award of mode LUMP_31DEC: there is nothing to count";
  }

  [[nodiscard]] std::string warning(const RunKey& key, const RunScene& scene) const override {
    return scene.bills_warning(key.reference, "what they would add isn't counted");
  }

  [[nodiscard]] std::uint32_t begin(Run& run, const RunScene& scene) const override {
    const programme::Rows& rows = version_of(run, scene).rows();
    if (is_lump(rows.tenure_award)) {
      count_of(run, kAccounts) = scene.accounts();
      for (std::size_t band = 0; band < rows.tenure_bands.size(); ++band) {
        run.cohorts.push_back({.table = kTenure, .index = static_cast<std::uint16_t>(band)});
      }
    }
    if (is_lump(rows.level_award)) {
      count_of(run, kMembers) = scene.members();
      const std::size_t levels = grading_of(version_of(run, scene)).levels.size();
      for (std::size_t level = 0; level < levels; ++level) {
        run.cohorts.push_back({.table = kLevel, .index = static_cast<std::uint16_t>(level)});
      }
    }
    return steps_of(run, kAccounts) + steps_of(run, kMembers);
  }

  void count(Run& run, const RunScene& scene, std::uint32_t first,
             std::uint32_t last) const override {
    const Programme& version = version_of(run, scene);
    const std::uint32_t accounts = steps_of(run, kAccounts);
    std::vector<Cohort> cohorts;
    std::ranges::transform(run.cohorts, std::back_inserter(cohorts), cohort_of);
    for (std::uint32_t step = first; step < last; ++step) {
      fetch_ahead(scene, accounts, step, last);
      const auto found = step < accounts ? account_step(run, scene, version, step)
                                         : member_step(run, scene, version, step - accounts);
      if (found) {
        cohorts[found->cohort].add(Fen::of(found->fen));
      }
      run.results.add(found ? std::optional(static_cast<std::int64_t>(found->cohort))
                            : std::nullopt);
    }
    for (std::size_t n = 0; n < cohorts.size(); ++n) {
      put(run.cohorts[n], cohorts[n]);
    }
  }

  [[nodiscard]] AfterCount counted(Run& run, const RunScene& scene) const override {
    for (CohortRecord& record : run.cohorts) {
      const std::int64_t each = award(run, scene, record).each.count();
      record.sums[kEach] = std::min(each, kAmountMax);
      if (each > 0) {
        count_of(run, kLots) += record.sums[kSize];
        count_of(run, kPoints) += record.sums[kSize] * record.sums[kEach];
      }
    }
    return AfterCount::kPublish;
  }

  void visit_lines(const Run& run, const RunScene& scene,
                   const std::function<void(const RunLine&)>& visit) const override {
    const Programme& version = version_of(run, scene);
    for (const CohortRecord& record : run.cohorts) {
      const programme::AwardOf of = award(run, scene, record);
      const Cohort cohort = cohort_of(record);
      std::string text = "LEVEL,";
      if (record.table == kTenure) {
        const programme::TenureBand& band = version.rows().tenure_bands[record.index];
        const bool open = band.to == programme::TenureBand::kOpenBand;
        text = "TENURE," + std::to_string(band.from) + "," +
               (open ? std::string() : std::to_string(band.to));
      } else {
        text += grading_of(version).levels[record.index].name;
      }
      const std::int64_t each = record.sums[kEach];
      text += "," + rate(version, record).text() + "," + std::to_string(cohort.size()) + "," +
              Ratio(cohort.sum_fen(), 1).text() + "," + of.average.text() + "," + of.exact.text() +
              "," + std::to_string(each);
      visit({.text = std::move(text), .points = each, .fen = cohort.sum_fen()});
    }
  }

  void post(Run& run, RunScene& scene, std::uint32_t first, std::uint32_t last) const override {
    const Programme& version = version_of(run, scene);
    const std::uint32_t accounts = steps_of(run, kAccounts);
    if (first == 0) {
      scene.expect_lots(static_cast<std::size_t>(run.record.counts[kLots]));
    }
    for (std::uint32_t step = first; step < last; ++step) {
      const auto result = run.results.at(step);
      if (!result) {
        continue;
      }
      const bool lost = *result == kLost;
      const std::int64_t each =
          lost ? 0 : run.cohorts[static_cast<std::size_t>(*result)].sums[kEach];
      const bool tenure = step < accounts;
      const std::uint32_t member = tenure ? scene.book().account(step).member : step - accounts;
      if (lost || (each > 0 && !scene.is_here(member))) {
        ++count_of(run, kGone);
        continue;
      }
      if (each == 0) {
        continue;
      }
      const Source source = tenure ? Source::kTenure : Source::kLevel;
      scene.earn(member, source,
                 {.account = tenure ? step : MemberBook::kNone,
                  .month = run.key().reference,
                  .points = each,
                  .rating = static_cast<std::uint8_t>(version.is_rating(source) ? 1 : 0)});
      ++count_of(run, kLotsGiven);
      count_of(run, kPointsGiven) += each;
    }
  }

  [[nodiscard]] bool right(const Run& run, const MemberBook& book) const override {
    const auto& counts = run.record.counts;
    const RunKey key = run.key();
    const Programme* version = book.programmes().of_day(last_day(key.reference));
    if (run.is(RunState::kWaiting) || run.is(RunState::kGrading) || version == nullptr ||
        key.grading != 0 || key.reference.count() % kMonths != kMonths - 1 ||
        std::ranges::any_of(counts, [](std::int64_t count) { return count < 0; }) ||
        counts[kLots] > run.record.steps) {
      return false;
    }
    if (run.is(RunState::kDropped)) {
      return run.cohorts.empty() && run.record.steps == 0;
    }
    const bool sizes = counts[kAccounts] <= static_cast<std::int64_t>(book.accounts()) &&
                       counts[kMembers] <= static_cast<std::int64_t>(book.members());
    if (!sizes || run.record.steps != counts[kAccounts] + counts[kMembers] ||
        !right_cohorts(run, *version)) {
      return false;
    }
    const std::size_t results = run.results.size();
    for (std::uint32_t step = 0; step < results; ++step) {
      const auto result = run.results.at(step);
      if (result && *result != kLost && *result >= static_cast<std::int64_t>(run.cohorts.size())) {
        return false;
      }
    }
    return run.is(RunState::kDone) || run.is(RunState::kCounting) || results == run.record.steps;
  }

  void account_lost(Run& run, const MemberBook& /*book*/, std::uint32_t account) const override {
    if (account < run.record.counts[kAccounts] && account < run.results.size() &&
        run.results.at(account)) {
      run.results.change(account, kLost);
    }
  }

  void member_lost(Run& run, std::uint32_t member) const override {
    const std::uint32_t step = steps_of(run, kAccounts) + member;
    if (member < run.record.counts[kMembers] && step < run.results.size() && run.results.at(step)) {
      run.results.change(step, kLost);
    }
  }

 private:
  // Those that `begin` makes of this version, with sums that can be.
  static bool right_cohorts(const Run& run, const Programme& version) {
    const programme::Rows& rows = version.rows();
    const std::size_t bands = is_lump(rows.tenure_award) ? rows.tenure_bands.size() : 0;
    const std::size_t levels = is_lump(rows.level_award) ? grading_of(version).levels.size() : 0;
    if (run.cohorts.size() != bands + levels) {
      return false;
    }
    for (std::size_t n = 0; n < run.cohorts.size(); ++n) {
      const CohortRecord& record = run.cohorts[n];
      const bool tenure = n < bands;
      if (record.table != (tenure ? kTenure : kLevel) || record.index != (tenure ? n : n - bands) ||
          record.zero != 0 || record.sums[kSize] < 0 || record.sums[kSize] > run.record.steps ||
          record.sums[kFenHigh] != 0 ||
          cohort_of(record).sum_fen() > kFenMax * record.sums[kSize] || record.sums[kEach] < 0 ||
          record.sums[kEach] > kAmountMax) {
        return false;
      }
    }
    return true;
  }

  struct Found {
    std::size_t cohort{};
    std::int64_t fen{};
  };

  static void fetch_ahead(const RunScene& scene, std::uint32_t accounts, std::uint32_t step,
                          std::uint32_t last) {
    const std::uint32_t ahead = step + kAheadSteps;
    if (ahead >= last) {
      return;
    }
    const MemberBook& book = scene.book();
    if (ahead < accounts) {
      scene.prefetch_member(book.account(ahead).member);
    } else if (const std::uint32_t first = book.member(ahead - accounts).first_account;
               first != MemberBook::kNone) {
      __builtin_prefetch(&book.account(first));
      __builtin_prefetch(&book.account(first).ring[8]);
    }
  }

  static bool counts(const RunScene& scene, std::uint32_t member, const Programme& version) {
    return scene.counts(member, version) &&
           (scene.book().member(member).flags & book::ProgrammeMember::kBlacklisted) == 0;
  }

  // The cohort of an account: its band by complete months in December.
  static std::optional<Found> account_step(const Run& run, const RunScene& scene,
                                           const Programme& version, std::uint32_t number) {
    const Month december = run.key().reference;
    const AccountRecord& account = scene.book().account(number);
    const bool ended = account.ended != book::kNoMonth && account.ended <= december.count();
    if (account.joined == book::kNoMonth || account.joined > december.count() || ended ||
        (account.flags & (AccountRecord::kCarriedIn | AccountRecord::kLost)) != 0 ||
        account.service == AccountRecord::kFixedLine || !counts(scene, account.member, version)) {
      return std::nullopt;
    }
    const int months = programme::complete_months(Month(account.joined), december);
    const std::uint16_t band = programme::band_of(version.rows().tenure_bands, months);
    if (band == programme::kNoIndex) {
      return std::nullopt;
    }
    return Found{.cohort = band, .fen = spend_of(scene.book(), number, december)};
  }

  // The cohort of a member: his level on the year's last day; the spend of all his accounts.
  static std::optional<Found> member_step(const Run& run, const RunScene& scene,
                                          const Programme& version, std::uint32_t member) {
    if (!counts(scene, member, version)) {
      return std::nullopt;
    }
    const MemberBook& book = scene.book();
    const Month december = run.key().reference;
    const auto grading = static_cast<std::uint8_t>(
        book.names().gradings.find(version.rows().level_award.grading.name));
    const std::size_t bands = run.cohorts.size() - grading_of(version).levels.size();
    Found found{.cohort = bands + book.level_on(member, grading, last_day(december))};
    std::uint32_t account = book.member(member).first_account;
    for (; account != MemberBook::kNone; account = book.account(account).next) {
      found.fen += spend_of(book, account, december);
    }
    return found;
  }

  static Ratio rate(const Programme& version, const CohortRecord& record) {
    return record.table == kTenure
               ? version.rows().tenure_bands[record.index].rate.value_or(Ratio{})
               : programme::rate_of(version.rows().level_rates, record.index);
  }

  static programme::AwardOf award(const Run& run, const RunScene& scene,
                                  const CohortRecord& record) {
    const Programme& version = version_of(run, scene);
    return award_of(rate(version, record), cohort_of(record), version.rows().earn.unit_fen);
  }
};

}  // namespace

const RunWork& work() {
  static const AwardWork one;
  return one;
}

}  // namespace award

const RunWork& award_work() {
  return award::work();
}

}  // namespace ph
