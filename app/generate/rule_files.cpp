#include "app/generate/rule_files.h"

#include <optional>

#include "app/generate/country.h"
#include "core/types/check.h"

namespace ph::generate {

namespace {

// AIR1's ratio out changes on this day of the month.
constexpr int kChangeDays = 15;

struct Exchange {
  std::uint16_t partner{};
  Rate out{};
  Rate in{};
  std::uint32_t buy_version{};
  std::uint32_t buy_num{};
  std::uint32_t buy_den{1};
};
constexpr std::array<Exchange, 3> kExchanges{{
    {101, {201, 2, 25, 250, 500}, {203, 10, 1, 100, 100}, 204, 7, 1},
    {102, {211, 5, 1, 1, 100}, {212, 1, 15, 150, 300}, 213, 1, 10},
    {103, {221, 1, 6, 120, 240}, {222, 5, 1, 50, 50}, 223, 3, 1},
}};
constexpr Rate kAirOutLater{202, 3, 40, 200, 400};

const Exchange& exchange_of(Participant partner) {
  for (const Exchange& exchange : kExchanges) {
    if (exchange.partner == partner.number()) return exchange;
  }
  check(false, "an exchanging partner");
  return kExchanges.front();
}

// One PRICE row; what is absent stays as it is here.
struct Price {
  std::uint32_t version{};
  std::string_view kind{};
  Participant partner{};
  std::string_view form{};
  Participant issuer{};
  Participant acquirer{};
  Rate rate{};
  std::optional<BusinessDate> from{};
  std::optional<BusinessDate> to{};
};

class RuleWriter {
 public:
  RuleWriter(const std::filesystem::path& folder, Month period, Written& written)
      : start_(BusinessDate::of(period.year() - 1, 1, 1)),
        change_(first_day(period).plus_days(kChangeDays)),
        file_(written) {
    file_.open(folder, kClearingHouse, first_day(period), "RULEBOOK", 0);
  }

  void participants(std::size_t province_count) {
    for (std::size_t i = 0; i < province_count; ++i) {
      const Province& province = provinces().at(i);
      participant(province.number, "PROVINCE", province.name_zh, province.name_en);
    }
    participant(kClearingHouse.number(), "CLEARING", "结算中心", "Clearing Centre");
    for (const Partner& partner : partners()) {
      participant(partner.number, word(partner.kind), partner.name_zh, partner.name_en);
    }
  }

  void contracts(std::size_t province_count) {
    for (const Partner& partner : partners()) {
      file_.begin(Row::kContract).text(partner.code);
      file_.code(acquirer_of(partner, province_count)).text(partner.types);
      file_.number(partner.netted ? 1 : 0).number(partner.carry ? 1 : 0).text(partner.unit);
      file_.date(start_).none().end();
    }
  }

  void prices(std::size_t province_count) {
    price({.version = 1, .kind = "INTER", .rate = {.num = 3, .den = 5}});
    price({.version = 2, .kind = "INTER", .form = "OWN_PRODUCT", .rate = {.num = 11, .den = 20}});
    if (province_count > 1) {
      price({.version = 3,
             .kind = "INTER",
             .form = "PHONE_CREDIT",
             .issuer = Participant(provinces().at(0).number),
             .acquirer = Participant(provinces().at(province_count - 1).number),
             .rate = {.num = 29, .den = 50}});
    }
    for (const Partner& partner : partners()) {
      const Participant who(partner.number);
      const std::uint32_t base = 100 + 10 * (partner.number - 101U);
      if (partner.has('A') || partner.has('X')) {
        price({.version = base, .kind = "SALE", .partner = who, .rate = {.num = 4, .den = 5}});
      }
      if (partner.has('U')) {
        price({.version = base + 1,
               .kind = "REIMBURSE",
               .partner = who,
               .rate = {.num = 3, .den = 5}});
        price({.version = base + 2,
               .kind = "COMMISSION",
               .partner = who,
               .rate = {.num = 1, .den = 20}});
      }
    }
    for (const Exchange& exchange : kExchanges) {
      ratios(exchange);
    }
  }

  void expiries(const std::vector<ExpiryFrom>& rows) {
    for (const ExpiryFrom& row : rows) {
      const bool year = row.rule.policy == ExpiryPolicy::kYear;
      file_.begin(Row::kExpiry).text(year ? "YEAR" : "QUARTER");
      file_.number(static_cast<std::uint64_t>(row.rule.years)).month(row.from).end();
    }
  }

  void close() { file_.close(); }

 private:
  static Participant acquirer_of(const Partner& partner, std::size_t province_count) {
    if (partner.acquirer < 0) return kClearingHouse;
    const std::size_t index = static_cast<std::size_t>(partner.acquirer) * province_count / 8;
    return Participant(provinces().at(index).number);
  }

  void participant(std::uint16_t number, std::string_view kind, std::string_view name_zh,
                   std::string_view name_en) {
    file_.begin(Row::kParticipant).code(Participant(number)).number(number).text(kind);
    file_.text(name_zh).text(name_en).end();
  }

  void ratios(const Exchange& exchange) {
    const Participant who(exchange.partner);
    const bool changes = exchange.partner == 101;
    price({.version = exchange.out.version,
           .kind = "OUT",
           .partner = who,
           .rate = exchange.out,
           .to = changes ? std::optional(change_) : std::nullopt});
    if (changes) {
      price({.version = kAirOutLater.version,
             .kind = "OUT",
             .partner = who,
             .rate = kAirOutLater,
             .from = change_});
    }
    price({.version = exchange.in.version, .kind = "IN", .partner = who, .rate = exchange.in});
    price({.version = exchange.buy_version,
           .kind = "BUY",
           .partner = who,
           .rate = {.num = exchange.buy_num, .den = exchange.buy_den}});
  }

  void code_or_none(Participant participant) {
    if (participant.none()) {
      file_.none();
    } else {
      file_.code(participant);
    }
  }

  void price(const Price& row) {
    file_.begin(Row::kPrice).number(row.version).text(row.kind);
    code_or_none(row.partner);
    file_.text(row.form);
    code_or_none(row.issuer);
    code_or_none(row.acquirer);
    file_.number(row.rate.num).number(row.rate.den);
    if (row.rate.block == 0) {
      file_.none().none();
    } else {
      file_.number(row.rate.block).number(row.rate.min);
    }
    file_.date(row.from.value_or(start_));
    if (row.to) {
      file_.date(*row.to);
    } else {
      file_.none();
    }
    file_.end();
  }

  BusinessDate start_;
  BusinessDate change_;
  CsvFile file_;
};

}  // namespace

Rate out_rate(Participant partner, BusinessDate date, Month period) {
  const bool later = partner.number() == 101 && date >= first_day(period).plus_days(kChangeDays);
  return later ? kAirOutLater : exchange_of(partner).out;
}

Rate in_rate(Participant partner) {
  return exchange_of(partner).in;
}

void write_rule_book(const GenerateOptions& options, std::size_t province_count, Written& written) {
  RuleWriter writer(options.out, options.period, written);
  writer.participants(province_count);
  writer.contracts(province_count);
  writer.prices(province_count);
  writer.expiries(options.expiry_rows());
  writer.close();
}

void write_calendar(const std::filesystem::path& folder, Written& written) {
  const CalendarDays days = calendar_days();
  CsvFile file(written);
  file.open(folder, kClearingHouse, BusinessDate::of(kCalendarYear, 1, 1), "CALENDAR", 0);
  file.begin(Row::kYear).number(kCalendarYear).end();
  for (const BusinessDate day : days.holidays) {
    file.begin(Row::kHoliday).date(day).end();
  }
  for (const BusinessDate day : days.workdays) {
    file.begin(Row::kWorkday).date(day).end();
  }
  file.close();
}

}  // namespace ph::generate
