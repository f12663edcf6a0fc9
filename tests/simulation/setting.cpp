// What there is before the first day: dates, participants, rule book, calendars, opening files, and
// which days have files.
#include <algorithm>

#include "core/rules/expiry.h"
#include "tests/simulation/maker.h"

namespace ph::sim {

namespace {

constexpr int kCalendarHolidays = 1;

Month months_on(Month month, int count) {
  return Month(static_cast<std::uint16_t>(month.count() + count));
}

struct Names {
  const char* code;
  std::uint16_t number;
  const char* zh;
  const char* en;
};
constexpr std::array<Names, 6> kProvinces{{{"P11", 11, "北京", "Beijing"},
                                           {"P44", 44, "广东", "Guangdong"},
                                           {"P31", 31, "上海", "Shanghai"},
                                           {"P53", 53, "云南", "Yunnan"},
                                           {"P2", 2, "天津", "Tianjin"},
                                           {"P99", 99, "新疆", "Xinjiang"}}};

}  // namespace

WorldMaker::WorldMaker(std::uint64_t seed) : random_(seed) {
  world_.seed = seed;
}

BusinessDate WorldMaker::working_day_3(Month month) const {
  int worked = 0;
  for (BusinessDate date = first_day(month);; date = date.plus_days(1)) {
    const bool weekend = date.weekday() >= 5;
    worked += !weekend && std::ranges::find(holidays_, date) == holidays_.end() ? 1 : 0;
    if (worked == 3) {
      return date;
    }
  }
}

void WorldMaker::choose_dates() {
  world_.period =
      Month(static_cast<std::uint16_t>(12 * (5 + random_.below(80)) + random_.below(12)));
  if (chance(50)) {  // So that a quarter's expiry run is often within.
    world_.period = Month(static_cast<std::uint16_t>(world_.period.count() / 3 * 3 + 2));
  }
  const Month next = world_.period.next();
  for (int n = 0; n < kCalendarHolidays; ++n) {
    const BusinessDate day = first_day(next).plus_days(static_cast<int>(random_.below(5)));
    if (chance(40) && day.weekday() < 5) {
      holidays_.push_back(day);
    }
  }
  world_.close = working_day_3(next);
  world_.next_close = working_day_3(next.next());
  const auto before = static_cast<int>(random_.between(3, 5));
  world_.first = first_day(next).plus_days(-before);
  world_.days = before + world_.close.civil().day + static_cast<int>(random_.between(1, 2));
}

void WorldMaker::choose_parties() {
  std::array<Names, 6> all = kProvinces;
  for (std::size_t n = all.size() - 1; n > 0; --n) {
    std::swap(all[n], all[random_.below(static_cast<std::uint32_t>(n + 1))]);
  }
  const std::size_t provinces = chance(70) ? 3 : 4;
  for (std::size_t n = 0; n < provinces; ++n) {
    world_.provinces.push_back({.code = all[n].code, .number = Participant(all[n].number)});
  }
  world_.partners = {{.code = "AIR1", .number = Participant(101)},
                     {.code = "MER1", .number = Participant(102)}};
  if (chance(40)) {
    world_.partners.push_back({.code = "BNK1", .number = Participant(103)});
  }
  merchant_acquirer_ = random_.below(static_cast<std::uint32_t>(provinces));
  merchant_accumulates_ = chance(50);
  if (chance(40)) {
    world_.later_rulebook_on = world_.first.plus_days(1);
    price_change_ = world_.first.plus_days(static_cast<int>(random_.between(3, 6)));
  }
}

std::string WorldMaker::code_of(Participant number) const {
  for (const Party& party : world_.provinces) {
    if (party.number == number) {
      return party.code;
    }
  }
  for (const Party& party : world_.partners) {
    if (party.number == number) {
      return party.code;
    }
  }
  return "CLR";
}

void WorldMaker::contracts(CsvText& file) const {
  const std::string from = "2000-01-01";
  const auto contract = [&](int partner, const std::string& acquirer, std::string_view types,
                            std::uint64_t netted, std::uint64_t carry, std::string_view unit) {
    file.begin("CONTRACT").text(partner_code(partner)).text(acquirer).text(types);
    file.number(netted).number(carry).text(unit).text(from).none().end();
  };
  contract(kAirline, "CLR", "AX", 1, 0, "mile");
  contract(kMerchant, code_of(merchant_acquirer_), merchant_accumulates_ ? "AU" : "U", 1, 1, "");
  if (world_.partners.size() > 2) {
    contract(kBank, "CLR", "X", 0, 0, "coin");
  }
}

namespace {

struct Price {
  int version;
  std::string_view kind;
  int partner{-1};
  std::string_view form{};
  std::string issuer{};
  std::string acquirer{};
  int num{};
  int den{};
  int block{};
  int min{};
  std::optional<BusinessDate> from{};
  std::optional<BusinessDate> to{};
};

void put_price(CsvText& file, const Price& row, const std::string& partner) {
  file.begin("PRICE").number(static_cast<std::uint64_t>(row.version)).text(row.kind);
  file.text(partner).text(row.form);
  file.text(row.issuer).text(row.acquirer).number(static_cast<std::uint64_t>(row.num));
  file.number(static_cast<std::uint64_t>(row.den));
  file.text(row.block == 0 ? "" : std::to_string(row.block));
  file.text(row.min == 0 ? "" : std::to_string(row.min));
  file.text(row.from ? row.from->text() : "2000-01-01").text(row.to ? row.to->text() : "").end();
}

}  // namespace

void WorldMaker::prices(CsvText& file, bool later) const {
  const auto price = [&](const Price& row) {
    put_price(file, row, row.partner < 0 ? std::string() : partner_code(row.partner));
  };
  const auto change = later ? price_change_ : std::nullopt;
  price({.version = 1, .kind = "INTER", .num = 3, .den = 5});
  price({.version = 2, .kind = "INTER", .form = "OWN_PRODUCT", .num = 11, .den = 20});
  price({.version = 3,
         .kind = "INTER",
         .form = "PHONE_CREDIT",
         .issuer = code_of(std::size_t{0}),
         .acquirer = code_of(std::size_t{1}),
         .num = 29,
         .den = 50});
  price({.version = 10, .kind = "SALE", .partner = kAirline, .num = 4, .den = 5});
  price({.version = 11,
         .kind = "OUT",
         .partner = kAirline,
         .num = 2,
         .den = 25,
         .block = 250,
         .min = 500,
         .to = change});
  if (change) {
    price({.version = 14,
           .kind = "OUT",
           .partner = kAirline,
           .num = 3,
           .den = 40,
           .block = 200,
           .min = 400,
           .from = change});
  }
  price({.version = 12,
         .kind = "IN",
         .partner = kAirline,
         .num = 10,
         .den = 1,
         .block = 10,
         .min = 10});
  price({.version = 13, .kind = "BUY", .partner = kAirline, .num = 7, .den = 1});
  other_prices(file);
}

// Those of merchant and bank, which never change.
void WorldMaker::other_prices(CsvText& file) const {
  const auto price = [&](const Price& row) {
    put_price(file, row, row.partner < 0 ? std::string() : partner_code(row.partner));
  };
  price({.version = 31, .kind = "REIMBURSE", .partner = kMerchant, .num = 3, .den = 5});
  price({.version = 32, .kind = "COMMISSION", .partner = kMerchant, .num = 1, .den = 20});
  if (merchant_accumulates_) {
    price({.version = 30, .kind = "SALE", .partner = kMerchant, .num = 9, .den = 10});
  }
  if (world_.partners.size() > 2) {
    price({.version = 20, .kind = "SALE", .partner = kBank, .num = 4, .den = 5});
    price({.version = 21,
           .kind = "OUT",
           .partner = kBank,
           .num = 5,
           .den = 1,
           .block = 1,
           .min = 100});
    price({.version = 22,
           .kind = "IN",
           .partner = kBank,
           .num = 1,
           .den = 15,
           .block = 150,
           .min = 300});
    price({.version = 23, .kind = "BUY", .partner = kBank, .num = 1, .den = 10});
  }
}

std::string WorldMaker::rulebook_text(bool later) const {
  CsvText file("RULEBOOK", "CLR", first_day(world_.period), 0);
  const auto participant = [&](const Party& party, std::string_view kind) {
    file.begin("PARTICIPANT").text(party.code).number(party.number.number()).text(kind);
    file.text("甲" + party.code).text("Party " + party.code).end();
  };
  for (const Party& party : world_.provinces) {
    participant(party, "PROVINCE");
  }
  participant({.code = "CLR", .number = kClearingHouse}, "CLEARING");
  constexpr std::array<std::string_view, 3> kKinds{"AIRLINE", "MERCHANT", "BANK"};
  for (std::size_t n = 0; n < world_.partners.size(); ++n) {
    participant(world_.partners[n], kKinds[n]);
  }
  contracts(file);
  prices(file, later);
  return file.finish();
}

void WorldMaker::make_calendars() {
  const int first = world_.close.civil().year;
  const int last = world_.next_close.civil().year;
  for (int year = first; year <= last; ++year) {
    CsvText file("CALENDAR", "CLR", BusinessDate::of(year, 1, 1), 0);
    file.begin("YEAR").number(static_cast<std::uint64_t>(year)).end();
    for (const BusinessDate day : holidays_) {
      if (day.civil().year == year) {
        file.begin("HOLIDAY").text(day.text()).end();
      }
    }
    world_.calendars.push_back(file.finish());
  }
}

void WorldMaker::put_opening_lot(CsvText& file, std::uint32_t who, Participant issuer) {
  // Three years and a quarter before the next month: expires on its first day, if a quarter begins.
  const int months_back = chance(30) ? static_cast<int>(random_.between(36, 38))
                                     : static_cast<int>(random_.between(1, 33));
  const Month earned = months_on(world_.period, -months_back);
  BusinessDate expires = ExpiryRules().expiry_of(earned);
  if (expires <= world_.first || chance(10)) {  // Revived by a refund.
    expires = world_.first.plus_days(static_cast<int>(random_.between(1, 9)));
  }
  const std::uint32_t original = random_.between(1, 60) * 50;
  const generate::Lot lot{
      .id = EntryId(issuer, first_day(earned).plus_days(14), ++opening_lots_).packed(),
      .original = original,
      .remaining = chance(60) ? original : random_.between(0, original),
      .expires = expires,
      .earned = earned,
      .source = chance(70) ? Source::kConsumption : Source::kMigration,
      .rating = chance(50)};
  holdings_.add_lot(who, lot);
  file.begin("LOT").text(text_of(lot.name())).text(member_text(who)).text(lot.earned.text());
  file.text(word(lot.source)).number(lot.rating ? 1 : 0).text(lot.expires.text());
  file.points(lot.original).points(lot.remaining).end();
}

void WorldMaker::make_openings() {
  holdings_.reserve(64, 1'024);
  std::uint64_t serial = 0;
  for (std::size_t home = 0; home < world_.provinces.size(); ++home) {
    CsvText file("OPENING_LOTS", code_of(home), first_day(world_.period), 0);
    const std::uint32_t members = random_.between(5, 7);
    for (std::uint32_t n = 0; n < members; ++n) {
      const std::size_t born = chance(80) ? home : other_province(home);
      const std::uint32_t who = holdings_.add_holder(
          {.number = Member::make(world_.provinces[born].number, ++serial).number(),
           .home = static_cast<std::uint8_t>(home)});
      holder(who).set(generate::Holder::kKnown);
      file.begin("MEMBER").text(member_text(who)).end();
      for (std::uint32_t lots = random_.between(1, 3); lots > 0; --lots) {
        put_opening_lot(file, who,
                        world_.provinces[chance(60) ? home : other_province(home)].number);
      }
      if (chance(10)) {
        const std::uint32_t points = random_.between(1, 300);
        const Participant issuer = world_.provinces[home].number;
        holdings_.add_debt(who, {.issuer = issuer, .points = points});
        file.begin("DEBT").text(member_text(who)).text(code_of(home)).points(points).end();
      }
    }
    world_.openings.push_back(file.finish());
  }
}

void WorldMaker::plan_files() {
  const auto days = static_cast<std::size_t>(world_.days);
  has_file_.assign(world_.provinces.size(), std::vector<bool>(days));
  partner_has_file_.assign(world_.partners.size(), std::vector<bool>(days));
  for (std::vector<bool>& province : has_file_) {
    for (std::size_t n = 0; n < days; ++n) {
      province[n] = n == 0 || chance(88);
    }
  }
  for (std::vector<bool>& partner : partner_has_file_) {
    for (std::size_t n = 0; n < days; ++n) {
      partner[n] = chance(70);
    }
  }
  partner_sequence_.assign(world_.partners.size(), 0);
  tasks_.resize(days);
  evening_.resize(days);
}

void WorldMaker::plan_lateness() {
  const BusinessDate month_end = last_day(world_.period);
  const auto some_day = [&] { return month_end.plus_days(-static_cast<int>(random_.below(2))); };
  if (chance(35)) {
    world_.provinces[random_.below(static_cast<std::uint32_t>(world_.provinces.size()))].late_from =
        some_day();
  }
  if (chance(35)) {
    world_.partners[random_.below(static_cast<std::uint32_t>(world_.partners.size()))].late_from =
        some_day();
  }
}

}  // namespace ph::sim
