// NOTICE: what expires at the next run, for the members to be told in time (domain.md, 3.5;
// docs/decisions/0023-programme-format.md, section 4.1). It begins by itself with the first opening
// at or behind the notice day, and posts nothing. Steps are the members as they were then; of each
// with something due a record is kept until those points have expired: of these its file is made.
#include <algorithm>

#include "core/home/run_work.h"
#include "core/programme/expiry.h"
#include "core/types/amount.h"

namespace ph {

namespace {

// counts of its record
constexpr std::size_t kToldCount = kFoundCount;
constexpr std::size_t kToldPoints = 1;
constexpr std::uint32_t kAheadMembers = 16;
// For so long a notice that wasn't made is told of.
constexpr int kMissedDays = 31;

BusinessDate expiry_of(const RunKey& key) {
  return first_day(key.reference);
}

bool has_begun(const RunScene& scene, const RunKey& key) {
  const Run* run = scene.book().runs().find(key);
  return run != nullptr && !run->is(RunState::kDropped);
}

class NoticeWork final : public RunWork {
 public:
  [[nodiscard]] std::string refusal(const RunKey& key, const RunScene& scene) const override {
    const BusinessDate expires = expiry_of(key);
    const Programme* version = scene.book().programmes().of_day(scene.day());
    if (key.grading != 0 || !scene.is_expiry_run(expires)) {
      return "by the rule book no points expire on " + expires.text() +
             ": a notice is of the month on whose first day some do";
    }
    if (version == nullptr || expires <= scene.day()) {
      return "the last day that was opened is " + scene.day().text() + ": points of " +
             expires.text() + " have expired, and a notice comes before";
    }
    const BusinessDate notice =
        programme::notice_day(version->rows().expiry.notice_months, expires);
    return notice <= scene.day() ? std::string()
                                 : "the notice of " + expires.text() + " begins by itself on " +
                                       notice.text() + ", when what is due then is known";
  }

  [[nodiscard]] std::string warning(const RunKey& /*key*/,
                                    const RunScene& /*scene*/) const override {
    return {};
  }

  [[nodiscard]] std::vector<RunKey> due(BusinessDate day, const RunScene& scene) const override {
    const Programme* version = scene.book().programmes().of_day(day);
    std::vector<RunKey> out;
    const int ahead = version == nullptr ? 0 : version->rows().expiry.notice_months;
    for (int months = 1; months <= ahead; ++months) {
      const RunKey key{
          .kind = RunKind::kNotice,
          .reference = Month(static_cast<std::uint16_t>(day.month().count() + months))};
      if (key.reference.count() < Month::kCount && scene.is_expiry_run(expiry_of(key)) &&
          !has_begun(scene, key)) {
        out.push_back(key);
      }
    }
    return out;
  }

  [[nodiscard]] std::uint32_t begin(Run& /*run*/, const RunScene& scene) const override {
    return scene.members();
  }

  void count(Run& run, const RunScene& scene, std::uint32_t first,
             std::uint32_t last) const override {
    const BusinessDate expires = expiry_of(run.key());
    for (std::uint32_t member = first; member < last; ++member) {
      if (member + kAheadMembers < last) {
        scene.prefetch_lots(member + kAheadMembers);
      }
      const std::int64_t points = scene.expiring(member, expires);
      if (points > 0) {
        run.found.push_back({.member = member, .expires = expires.count(), .points = points});
        ++run.record.counts[kToldCount];
        run.record.counts[kToldPoints] += points;
      }
    }
  }

  [[nodiscard]] AfterCount counted(Run& /*run*/, const RunScene& /*scene*/) const override {
    return AfterCount::kDone;
  }

  void visit_lines(const Run& run, const RunScene& scene,
                   const std::function<void(const RunLine&)>& visit) const override {
    const std::string expires = expiry_of(run.key()).text();
    for (std::size_t n = 0; n < run.found.size(); ++n) {
      const book::NoticeRecord& found = run.found[n];
      visit({.text = "EXPIRES," + scene.number_of(found.member).text() + "," +
                     std::to_string(found.points) + "," + expires,
             .points = found.points});
    }
  }

  void post(Run& /*run*/, RunScene& /*scene*/, std::uint32_t /*first*/,
            std::uint32_t /*last*/) const override {}

  [[nodiscard]] bool right(const Run& run, const MemberBook& book) const override {
    const auto& counts = run.record.counts;
    const bool state =
        run.is(RunState::kCounting) || run.is(RunState::kDone) || run.is(RunState::kDropped);
    if (!state || run.record.grading != 0 || !run.cohorts.empty() ||
        run.record.steps > book.members() || run.record.from != 0 || counts[kToldCount] < 0 ||
        counts[kToldPoints] < counts[kToldCount] || counts[kToldCount] > run.record.cursor ||
        std::any_of(counts.begin() + kToldPoints + 1, counts.end(),
                    [](auto c) { return c != 0; })) {
      return false;
    }
    if (run.has_forgotten()) {
      return run.is(RunState::kDone) && run.found.empty();
    }
    std::int64_t points = 0;
    for (std::size_t n = 0; n < run.found.size(); ++n) {
      const book::NoticeRecord& found = run.found[n];
      if (found.member >= run.record.cursor || found.zero != 0 || found.points <= 0 ||
          found.points > counts[kToldPoints] - points ||
          (n > 0 && found.member <= run.found[n - 1].member)) {
        return false;
      }
      points += found.points;
    }
    return points == counts[kToldPoints];
  }
};

}  // namespace

const RunWork& notice_work() {
  static const NoticeWork work;
  return work;
}

std::optional<BusinessDate> missing_notice(const RunScene& scene, BusinessDate first,
                                           BusinessDate on) {
  const Programme* version = scene.book().programmes().of_day(on);
  if (version == nullptr) {
    return std::nullopt;
  }
  const int notice_months = version->rows().expiry.notice_months;
  for (int months = notice_months == 0 ? 1 : -1; months <= notice_months; ++months) {
    const RunKey key{
        .kind = RunKind::kNotice,
        .reference = Month(static_cast<std::uint16_t>(std::max(0, on.month().count() + months)))};
    const BusinessDate expires = expiry_of(key);
    const Run* run = scene.book().runs().find(key);
    if (expires > first && expires.count() + kMissedDays > on.count() &&
        programme::notice_day(notice_months, expires) <= on && scene.is_expiry_run(expires) &&
        (run == nullptr || !run->is(RunState::kDone))) {
      return expires;
    }
  }
  return std::nullopt;
}

}  // namespace ph
