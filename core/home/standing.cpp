#include "core/home/standing.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "core/programme/grade.h"
#include "core/types/amount.h"
#include "core/types/bytes.h"
#include "core/types/check.h"

namespace ph {

// Files of this folder may be compiled as one.
namespace standing_bytes {

namespace {

constexpr std::array<char, 4> kMagic{'P', 'H', 'W', '1'};
constexpr std::uint16_t kLayout = 1;
constexpr std::int64_t kRatedMax = 100'000'000'000'000'000;
constexpr std::uint8_t kRegionsMax = 9;

struct Header {
  std::array<char, 4> magic{kMagic};
  std::uint16_t layout{kLayout};
  std::uint16_t profile{};
  NameText code{};
  std::uint32_t version{};
  std::uint16_t joined{};
  std::uint16_t ended{};
  std::uint16_t accounts{};
  std::uint16_t newest{};
  std::uint8_t region{};
  std::uint8_t flags{};
  std::uint8_t band{};
  std::uint8_t entered{};
  std::uint16_t names{};
  std::uint16_t grades{};
  std::uint16_t of_flags{};
  std::uint16_t claims{};
  std::uint16_t history{};
  std::uint16_t zero_16{};
  std::uint32_t zero{};
};
static_assert(sizeof(Header) == 64 && std::is_trivially_copyable_v<Header>);
static_assert(sizeof(Header) + Standing::kMonths * sizeof(StandingMonth) == kStandingFixedBytes);

NameText padded(std::string_view text) {
  NameText out{};
  std::memcpy(out.data(), text.data(), std::min(text.size(), out.size()));
  return out;
}

// A name, then zero bytes.
bool right_name(const NameText& name) {
  return valid_name(text_of(name)) && padded(text_of(name)) == name;
}

bool is_month(std::uint16_t month) {
  return month < Month::kCount;
}
bool is_month_or_none(std::uint16_t month) {
  return is_month(month) || month == book::kNoMonth;
}
bool is_day(std::uint16_t day) {
  return day < BusinessDate::kCount;
}

// One state of arrears at most.
bool right_flags(std::uint8_t flags) {
  constexpr std::uint8_t kArrears = Standing::kOneWay | Standing::kBothWays;
  return flags <= (Standing::kBlacklisted | kArrears) && (flags & kArrears) != kArrears;
}

bool right_header(const Header& header) {
  return header.magic == kMagic && header.layout == kLayout && is_day(header.profile) &&
         right_name(header.code) && header.version > 0 && is_month_or_none(header.joined) &&
         is_month_or_none(header.ended) &&
         (header.accounts > 0 || header.ended == book::kNoMonth) && is_month(header.newest) &&
         header.region <= kRegionsMax && right_flags(header.flags) &&
         header.names <= Standing::kNamesMax && header.entered <= header.names &&
         header.grades <= programme::kGradingsMax && header.zero_16 == 0 && header.zero == 0;
}

bool right_month(const Standing& standing, std::size_t place) {
  const StandingMonth& month = standing.months[place];
  const auto part = [&month](std::int64_t fen, std::uint8_t bill) {
    return is_amount(fen) && (fen == 0 || (month.bills & bill) != 0);
  };
  const bool any = month.bills != 0 || month.rating != 0 || month.suspensions != 0;
  return part(month.earned, StandingMonth::kEarned) &&
         part(month.waiting, StandingMonth::kWaiting) &&
         month.bills <= (StandingMonth::kEarned | StandingMonth::kWaiting) &&
         month.rating <= kRatedMax && month.rating >= -kRatedMax &&
         month.zero == decltype(month.zero){} && (standing.has_month(place) || !any);
}

bool right_history(const StandingHistory& record, std::size_t names) {
  using programme::GradeReason;
  const auto reason = static_cast<GradeReason>(record.reason);
  if (!is_day(record.decided) || !is_day(record.from) || record.to > BusinessDate::kCount ||
      record.zero != 0 || record.zero_16 != 0) {
    return false;
  }
  if (record.grading == book::kBrandGrading) {
    return record.level == 0 && record.from == record.decided &&
           record.to == BusinessDate::kCount && reason == GradeReason::kBrand;
  }
  if (record.grading == book::kFlagGrading) {
    return record.level < names && record.from <= record.decided && record.from < record.to &&
           (reason == GradeReason::kReview || reason == GradeReason::kLegacy);
  }
  return record.grading < names && record.level < names && reason >= GradeReason::kAnnual &&
         reason <= GradeReason::kBrand;
}

// The grade is the one that its grading's newest record has; given anew it begins later.
bool right_grades(const Standing& standing) {
  std::set<std::uint8_t> gradings;
  for (const StandingGrade& grade : standing.grades) {
    const auto newest =
        std::ranges::find(standing.history, grade.grading, &StandingHistory::grading);
    const bool right =
        grade.grading < standing.names.size() && grade.level < standing.names.size() &&
        grade.zero == 0 && is_day(grade.from) && grade.to <= BusinessDate::kCount &&
        newest != standing.history.end() && newest->level == grade.level &&
        newest->reason == grade.reason && newest->to == grade.to &&
        (newest->from == grade.from || (newest->from < grade.from && grade.from <= grade.to));
    if (!right || !gradings.insert(grade.grading).second) {
      return false;
    }
  }
  return std::ranges::all_of(standing.history, [&gradings](const StandingHistory& record) {
    return record.grading >= book::kFlagGrading || gradings.contains(record.grading);
  });
}

bool right_flags(const Standing& standing) {
  std::set<std::uint8_t> flags;
  return std::ranges::all_of(standing.of_flags, [&](const StandingFlag& flag) {
    return flag.flag < standing.names.size() && is_month(flag.from) && is_month(flag.to) &&
           flag.from <= flag.to && flag.zero == 0 && flag.zero_16 == 0 &&
           flags.insert(flag.flag).second;
  });
}

bool right_claim(const StandingClaim& claim, std::size_t names) {
  return claim.benefit < names && claim.zero == 0 && is_day(claim.day) && claim.count > 0 &&
         claim.until >= claim.day && claim.until <= BusinessDate::kCount;
}

bool is_right(const Standing& standing) {
  for (std::size_t place = 0; place < Standing::kMonths; ++place) {
    if (!right_month(standing, place)) {
      return false;
    }
  }
  const std::set<std::string> names(standing.names.begin(), standing.names.end());
  const std::size_t count = names.size();
  return count == standing.names.size() &&
         std::ranges::all_of(standing.history,
                             [count](const auto& one) { return right_history(one, count); }) &&
         std::ranges::all_of(standing.claims,
                             [count](const auto& one) { return right_claim(one, count); }) &&
         right_grades(standing) && right_flags(standing);
}

template <class Record>
void get_all(ByteReader& in, std::size_t count, std::vector<Record>& out) {
  for (std::size_t n = 0; n < count && in.good(); ++n) {
    out.push_back(in.get<Record>());
  }
}

}  // namespace

}  // namespace standing_bytes

std::vector<std::byte> bytes_of(const Standing& standing) {
  ByteWriter out;
  out.put_record(
      standing_bytes::Header{.profile = standing.profile,
                             .code = standing.code,
                             .version = standing.version,
                             .joined = standing.joined,
                             .ended = standing.ended,
                             .accounts = standing.accounts,
                             .newest = standing.newest,
                             .region = standing.region,
                             .flags = standing.flags,
                             .band = standing.band,
                             .entered = standing.entered,
                             .names = static_cast<std::uint16_t>(standing.names.size()),
                             .grades = static_cast<std::uint16_t>(standing.grades.size()),
                             .of_flags = static_cast<std::uint16_t>(standing.of_flags.size()),
                             .claims = static_cast<std::uint16_t>(standing.claims.size()),
                             .history = static_cast<std::uint16_t>(standing.history.size())});
  for (const StandingMonth& month : standing.months) {
    out.put_record(month);
  }
  for (const std::string& name : standing.names) {
    out.put_record(standing_bytes::padded(name));
  }
  const auto put_all = [&out](const auto& records) {
    for (const auto& record : records) {
      out.put_record(record);
    }
  };
  put_all(standing.grades);
  put_all(standing.of_flags);
  put_all(standing.claims);
  put_all(standing.history);
  check(out.bytes().size() <= kStandingBytesMax, "a standing fits an answer");
  return out.take();
}

std::optional<Standing> read_standing(Bytes bytes) {
  if (bytes.size() > kStandingBytesMax) {
    return std::nullopt;
  }
  ByteReader in(bytes);
  const auto header = in.get<standing_bytes::Header>();
  if (!in.good() || !standing_bytes::right_header(header)) {
    return std::nullopt;
  }
  Standing out{.code = header.code,
               .version = header.version,
               .profile = header.profile,
               .joined = header.joined,
               .ended = header.ended,
               .accounts = header.accounts,
               .newest = header.newest,
               .region = header.region,
               .flags = header.flags,
               .band = header.band,
               .entered = header.entered};
  for (StandingMonth& month : out.months) {
    month = in.get<StandingMonth>();
  }
  for (std::size_t n = 0; n < header.names && in.good(); ++n) {
    const auto name = in.get<NameText>();
    if (!standing_bytes::right_name(name)) {
      return std::nullopt;
    }
    out.names.emplace_back(text_of(name));
  }
  standing_bytes::get_all(in, header.grades, out.grades);
  standing_bytes::get_all(in, header.of_flags, out.of_flags);
  standing_bytes::get_all(in, header.claims, out.claims);
  standing_bytes::get_all(in, header.history, out.history);
  return in.done() && standing_bytes::is_right(out) ? std::optional(std::move(out)) : std::nullopt;
}

std::uint8_t StandingLists::number_of(std::string_view name) const {
  const auto found = std::ranges::find(standing_.names, name);
  check(found != standing_.names.end(), "a name that was added has its number");
  return static_cast<std::uint8_t>(found - standing_.names.begin());
}

bool StandingLists::take(std::size_t bytes, const std::vector<std::string_view>& names) {
  const std::size_t before = standing_.names.size();
  for (const std::string_view name : names) {
    if (std::ranges::find(standing_.names, name) == standing_.names.end()) {
      standing_.names.emplace_back(name);
    }
  }
  const std::size_t used = used_ + bytes + (standing_.names.size() - before) * sizeof(NameText);
  if (used > kStandingBytesMax || standing_.names.size() > Standing::kNamesMax) {
    standing_.names.resize(before);
    return false;
  }
  used_ = used;
  return true;
}

}  // namespace ph
