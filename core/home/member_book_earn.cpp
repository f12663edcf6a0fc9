// What a member book says that a row gives: bills and what stands beside them, what waited for a
// profile or for the end of arrears, campaigns, levels that are reached.
#include <algorithm>

#include "core/home/member_book.h"
#include "core/programme/earning.h"
#include "core/programme/sources.h"
#include "core/programme/tenure.h"

namespace ph {

namespace {

using book::AccountRecord;
using book::bit_of;
using book::kRingMonths;
using book::ProgrammeMember;
using programme::AwardMode;
using programme::MonthRange;

std::uint8_t flag_of(const Programme& version, Source source) {
  return static_cast<std::uint8_t>(version.is_rating(source) ? 1 : 0);
}

}  // namespace

std::int64_t MemberBook::points_of(Month month, std::int64_t fen) const {
  const Programme* version = programmes_.of_month(month);
  return version == nullptr
             ? consumption_points(fen)
             : programme::lot_points(programme::points_of(version->rows().earn, Fen::of(fen)));
}

std::uint8_t MemberBook::rating_of(Month month) const {
  const Programme* version = programmes_.of_month(month);
  return version == nullptr ? 1 : flag_of(*version, Source::kConsumption);
}

// Bill months before the first one that a profile credits never earn.
bool MemberBook::waits(std::uint32_t member, Month month) const {
  const Programme* version = programmes_.of_month(month);
  if (version == nullptr || !version->rows().head.profile_required) {
    return false;
  }
  const std::uint16_t profile = tables_.members[member].profile;
  return profile == 0 || month < first_credited(BusinessDate(profile));
}

// With a profile that is complete on this day.
Month MemberBook::first_credited(BusinessDate profile) const {
  const Programme* version = programmes_.of_day(profile);
  const int months = version == nullptr ? 0 : version->rows().head.backfill_months;
  return programme::window_with(profile.month(), months).first;
}

// Bills of an account in arrears wait until they end.
bool MemberBook::pauses(std::uint32_t account, Month month) const {
  const Programme* version = programmes_.of_month(month);
  return version != nullptr && version->rows().earn.pause_in_arrears &&
         (tables_.accounts[account].flags & AccountRecord::kInArrears) != 0;
}

bool MemberBook::gives(std::uint32_t account, Month month) const {
  return !billed(account, month) || (tables_.accounts[account].earned & bit_of(month)) != 0;
}

std::vector<MemberBook::Given> MemberBook::bill(std::uint32_t account, Month month,
                                                std::int64_t fen) {
  std::vector<Given> out;
  const bool gives_now = !waits(tables_.accounts[account].member, month) && !pauses(account, month);
  keep(account, month, fen, gives_now);
  if (gives_now) {
    give(account, month, out);
  }
  return out;
}

// A kept bill gives its points now.
void MemberBook::give(std::uint32_t account, Month month, std::vector<Given>& out) {
  tables_.accounts[account].earned |= bit_of(month);
  const std::int64_t points = points_of(month, billed(account, month).value_or(0));
  if (points > 0) {
    out.push_back(
        {.account = account, .month = month, .points = points, .rating = rating_of(month)});
  }
  for (const Given& given : beside(account, month, points)) {
    out.push_back(given);
  }
  enter_band(account, month, out);
}

std::vector<MemberBook::Given> MemberBook::beside(std::uint32_t account, Month month,
                                                  std::int64_t points) const {
  std::vector<Given> out;
  const Programme* version = programmes_.of_month(month);
  if (version == nullptr || points == 0) {
    return out;
  }
  const programme::Rows& rows = version->rows();
  const AccountRecord& record = tables_.accounts[account];
  const auto add = [&](Source source, Ratio rate) {
    const Points extra = programme::uplift(Points::of(points), rate);
    if (extra > Points{}) {
      out.push_back({.account = account,
                     .month = month,
                     .points = programme::lot_points(extra),
                     .rating = flag_of(*version, source),
                     .source = source});
    }
  };
  if (rows.tenure_award.mode == AwardMode::kOptionA && record.joined != book::kNoMonth) {
    const std::uint16_t band = programme::band_of(
        rows.tenure_bands, programme::complete_months(Month(record.joined), month));
    if (band != programme::kNoIndex) {
      add(Source::kTenure, rows.tenure_bands[band].rate.value_or(Ratio{}));
    }
  }
  if (rows.level_award.mode == AwardMode::kOptionA) {
    const auto grading = names_.gradings.find(rows.level_award.grading.name);
    const std::uint8_t level =
        level_on(record.member, static_cast<std::uint8_t>(grading), last_day(month));
    add(Source::kLevel, programme::rate_of(rows.level_rates, level));
  }
  return out;
}

// By source, of what both amounts earn; below 0 what is taken back. Each source moves the same way.
std::vector<MemberBook::Given> MemberBook::difference(std::uint32_t account, Month month,
                                                      std::int64_t fen,
                                                      std::int64_t corrected) const {
  const std::int64_t before = points_of(month, fen);
  const std::int64_t after = points_of(month, corrected);
  std::vector<Given> out = beside(account, month, after);
  for (Given given : beside(account, month, before)) {
    const auto same = std::ranges::find(out, given.source, &Given::source);
    if (same != out.end()) {
      same->points -= given.points;
    } else {
      given.points = -given.points;
      out.push_back(given);
    }
  }
  out.insert(
      out.begin(),
      {.account = account, .month = month, .points = after - before, .rating = rating_of(month)});
  std::erase_if(out, [](const Given& given) { return given.points == 0; });
  return out;
}

// Once, with the first bill whose tenure lies in a band that the account hadn't entered.
void MemberBook::enter_band(std::uint32_t account, Month month, std::vector<Given>& out) {
  const Programme* version = programmes_.of_month(month);
  AccountRecord& record = tables_.accounts[account];
  if (version == nullptr || version->rows().tenure_award.mode != AwardMode::kOnEntry ||
      record.joined == book::kNoMonth) {
    return;
  }
  const auto entered =
      static_cast<std::uint16_t>(record.entered == 0 ? programme::kNoIndex : record.entered - 1);
  const auto now =
      programme::on_entry(version->rows().tenure_bands,
                          programme::complete_months(Month(record.joined), month), entered);
  if (!now || now->entered >= AccountRecord::kBandsMax) {
    return;
  }
  record.entered = static_cast<std::uint8_t>(now->entered + 1);
  if (now->points > Points{}) {
    out.push_back({.account = account,
                   .month = month,
                   .points = programme::lot_points(now->points),
                   .rating = flag_of(*version, Source::kTenure),
                   .source = Source::kTenure});
  }
}

std::optional<MemberBook::Given> MemberBook::enter_level(std::uint32_t member, std::uint8_t level,
                                                         Month month) {
  const Programme* version = programmes_.of_month(month);
  ProgrammeMember& record = tables_.members[member];
  if (version == nullptr || version->rows().level_award.mode != AwardMode::kOnEntry ||
      level <= record.entered) {
    return std::nullopt;
  }
  const auto now = programme::on_entry(version->rows().level_rates, level, record.entered);
  record.entered = level;
  if (!now || now->points == Points{}) {
    return std::nullopt;
  }
  return Given{.month = month,
               .points = programme::lot_points(now->points),
               .rating = flag_of(*version, Source::kLevel),
               .source = Source::kLevel};
}

std::vector<MemberBook::Given> MemberBook::complete_profile(std::uint32_t member, BusinessDate on) {
  std::vector<Given> out;
  ProgrammeMember& record = tables_.members[member];
  const Programme* version = programmes_.of_day(on);
  if (record.profile != 0 || version == nullptr) {
    return out;
  }
  record.profile = std::max<std::uint16_t>(on.count(), 1);
  const MonthRange window =
      programme::window_with(on.month(), version->rows().head.backfill_months);
  for (std::uint32_t n = record.first_account; n != kNone; n = tables_.accounts[n].next) {
    catch_up(n, window, on, out);
  }
  return out;
}

std::vector<MemberBook::Given> MemberBook::credit_passed(std::span<const std::uint32_t> accounts,
                                                         std::uint32_t from, BusinessDate on) {
  std::vector<Given> out;
  const Programme* version = programmes_.of_day(on);
  if (tables_.members[from].profile != 0 || version == nullptr) {
    return out;
  }
  const MonthRange window =
      programme::window_with(on.month(), version->rows().head.backfill_months);
  for (const std::uint32_t account : accounts) {
    for (Month month = window.first; month < window.end; month = month.next()) {
      if (waits(from, month)) {
        catch_up(account, {.first = month, .end = month.next()}, on, out);
      }
    }
  }
  return out;
}

bool MemberBook::is_missing(std::uint32_t account, Month month, BusinessDate on) const {
  const AccountRecord& record = tables_.accounts[account];
  return (record.flags & AccountRecord::kLost) == 0 && billed(account, month) &&
         (record.earned & bit_of(month)) == 0 && !programme::is_too_old(month, on.month());
}

std::optional<std::vector<MemberBook::Given>> MemberBook::credit_missing(std::uint32_t account,
                                                                         Month month,
                                                                         BusinessDate on) {
  const Programme* version = programmes_.of_day(on);
  const int months = version == nullptr ? 0 : version->rows().head.backfill_months;
  const MonthRange window = programme::window_with(on.month(), months);
  const std::uint32_t member = tables_.accounts[account].member;
  if (month < window.first || month >= window.end || waits(member, month) ||
      pauses(account, month) || may_earn(account, member, month) != kDone) {
    return std::nullopt;
  }
  std::vector<Given> out;
  give(account, month, out);
  return out;
}

std::optional<std::int64_t> MemberBook::kept_back(std::uint32_t member, BusinessDate on) const {
  const Programme* version = programmes_.of_day(on);
  const ProgrammeMember& record = tables_.members[member];
  if (version == nullptr || !version->rows().head.profile_required || record.profile != 0) {
    return std::nullopt;
  }
  const MonthRange window =
      programme::window_with(on.month(), version->rows().head.backfill_months);
  std::int64_t points = 0;
  for (std::uint32_t n = record.first_account; n != kNone; n = tables_.accounts[n].next) {
    const bool lost = (tables_.accounts[n].flags & AccountRecord::kLost) != 0;
    for (Month month = window.first; !lost && month < window.end; month = month.next()) {
      const auto fen = billed(n, month);
      if (!fen || (tables_.accounts[n].earned & bit_of(month)) != 0 || pauses(n, month) ||
          may_earn(n, member, month) != kDone) {
        continue;
      }
      points += points_of(month, *fen);
      for (const Given& given : beside(n, month, points_of(month, *fen))) {
        points += given.points;
      }
    }
  }
  return points;
}

// What the account's kept bills of these months didn't give yet.
void MemberBook::catch_up(std::uint32_t account, const MonthRange& window, BusinessDate on,
                          std::vector<Given>& out) {
  const std::uint32_t member = tables_.accounts[account].member;
  if ((tables_.accounts[account].flags & AccountRecord::kLost) != 0) {
    return;  // Nothing of it comes to the old owner any more.
  }
  for (Month month = window.first; month < window.end; month = month.next()) {
    const bool earned = (tables_.accounts[account].earned & bit_of(month)) != 0;
    if (billed(account, month) && !earned && may_earn(account, member, month) == kDone &&
        !waits(member, month) && !pauses(account, month)) {
      give(account, month, out);
      registrations_.note_credited(account, month, on);
    }
  }
}

std::vector<MemberBook::Given> MemberBook::set_arrears(std::uint32_t account, Arrears state,
                                                       BusinessDate on) {
  std::vector<Given> out;
  AccountRecord& record = tables_.accounts[account];
  const std::uint8_t before = record.flags & AccountRecord::kInArrears;
  const std::uint8_t now = state == Arrears::kOneWay     ? AccountRecord::kOneWay
                           : state == Arrears::kBothWays ? AccountRecord::kBothWays
                                                         : std::uint8_t{0};
  record.flags = static_cast<std::uint8_t>((record.flags & ~AccountRecord::kInArrears) | now);
  std::vector<std::uint32_t> ended;
  if (now == 0) {
    ended = end_carried_arrears(record.member);
    ended.insert(ended.end(), before != 0 ? 1U : 0U, account);
    std::ranges::sort(ended);
  }
  update_member(record.member);
  if (state == Arrears::kBothWays && before != now) {
    std::uint16_t& times = suspensions_[{account, on.month().count()}];
    times = static_cast<std::uint16_t>(std::min(times + 1, 0xffff));
  }
  const Programme* version = programmes_.of_day(on);
  for (const std::uint32_t of : ended) {
    if (version != nullptr) {
      catch_up(of, programme::window_with(on.month(), version->rows().earn.catch_up_months), on,
               out);
    }
  }
  return out;
}

// Whose accounts were in arrears at another home: the end of any of them here is theirs, too.
std::vector<std::uint32_t> MemberBook::end_carried_arrears(std::uint32_t member) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t n = tables_.members[member].first_account; n != kNone;
       n = tables_.accounts[n].next) {
    AccountRecord& account = tables_.accounts[n];
    if ((account.flags & AccountRecord::kCarriedIn) != 0 &&
        (account.flags & AccountRecord::kInArrears) != 0) {
      account.flags &= static_cast<std::uint8_t>(~AccountRecord::kInArrears);
      out.push_back(n);
    }
  }
  return out;
}

int MemberBook::suspensions(std::uint32_t account, Month month) const {
  const auto found = suspensions_.find({account, month.count()});
  return found == suspensions_.end() ? 0 : found->second;
}

// Of the last month, up to this one, that gave its points.
std::int64_t MemberBook::last_points(std::uint32_t account, Month until) const {
  for (int back = 0; back < kRingMonths && back <= until.count(); ++back) {
    const Month month(static_cast<std::uint16_t>(until.count() - back));
    const auto fen = billed(account, month);
    if (fen && (tables_.accounts[account].earned & bit_of(month)) != 0) {
      return points_of(month, *fen);
    }
  }
  return 0;
}

MemberBook::GivenKey MemberBook::key_of(const book::CampaignGivenRecord& record) {
  return GivenKey{record.to} << 32U | std::uint32_t{record.campaign} << 16U | record.member;
}

std::vector<MemberBook::Given> MemberBook::campaign_points(std::uint32_t account,
                                                           const programme::Event& event,
                                                           BusinessDate on) {
  std::vector<Given> out;
  const Programme* version = programmes_.of_month(on.month());
  if (version == nullptr) {
    return out;
  }
  const auto& campaigns = version->rows().campaigns;
  const auto had = [this](const book::CampaignGivenRecord& record) {
    return campaign_given_.find(key_of(record), [this](std::uint32_t n) {
      return key_of(tables_.campaigns_given[n]);
    }) != FlatIndex::kNone;
  };
  const auto spent_by = [this](std::uint16_t number) -> std::uint64_t& {
    if (tables_.campaigns_spent.size() <= number) {
      tables_.campaigns_spent.resize(std::size_t{number} + 1);
    }
    return tables_.campaigns_spent[number].points;
  };
  for (const std::uint16_t index : programme::matching(campaigns, event, on)) {
    const programme::Campaign& campaign = campaigns[index];
    const std::uint16_t number = names_.campaigns.find(campaign.name);
    const book::CampaignGivenRecord to_account{.to = account, .campaign = number};
    const book::CampaignGivenRecord to_member{
        .to = tables_.accounts[account].member, .campaign = number, .member = 1};
    std::uint64_t& spent = spent_by(number);
    const programme::Given before{.to_account = had(to_account),
                                  .to_member = had(to_member),
                                  .spent = Points::of(static_cast<std::int64_t>(spent))};
    const std::int64_t points = programme::lot_points(
        programme::campaign_points(campaign, before, Points::of(last_points(account, on.month()))));
    if (points == 0) {
      continue;
    }
    spent += static_cast<std::uint64_t>(points);
    if (campaign.per != programme::CampaignPer::kEvent) {
      const bool member = campaign.per == programme::CampaignPer::kMember;
      tables_.campaigns_given.push_back(member ? to_member : to_account);
      campaign_given_.insert(key_of(member ? to_member : to_account),
                             static_cast<std::uint32_t>(tables_.campaigns_given.size() - 1));
    }
    out.push_back({.account = account,
                   .month = on.month(),
                   .points = points,
                   .rating = flag_of(*version, Source::kAward),
                   .source = Source::kAward});
  }
  return out;
}

}  // namespace ph
