// A small country for counters: rule book, calendar, openings, and days with a row or none.
#include "tests/simulation/counters.h"
#include "tests/simulation/csv_text.h"

namespace ph::sim {

namespace {

constexpr int kDays = 6;
constexpr BusinessDate kFirst = BusinessDate::of(2026, 3, 30);

struct Province {
  const char* code;
  std::uint16_t number;
};
constexpr Province kLiveProvinces[] = {{"P11", 11}, {"P44", 44}, {"P31", 31}};

std::string member_of(const Party& party, std::uint64_t serial) {
  return Member::make(party.number, serial).text();
}

std::string rulebook(const World& world) {
  CsvText file("RULEBOOK", "CLR", BusinessDate::of(2026, 1, 1), 0);
  for (const Party& party : world.provinces) {
    file.begin("PARTICIPANT").text(party.code).number(party.number.number()).text("PROVINCE");
    file.text("甲" + party.code).text("Party " + party.code).end();
  }
  file.begin("PARTICIPANT").text("CLR").number(kClearingHouse.number()).text("CLEARING");
  file.text("清算").text("Clearing").end();
  file.begin("PRICE").number(1).text("INTER").none(4).number(3).number(5).none(2);
  file.text("2026-01-01").none().end();
  return file.finish();
}

std::string opening(const Party& party, generate::Random& random) {
  CsvText file("OPENING_LOTS", party.code, first_day(kFirst.month()), 0);
  std::uint64_t lots = 0;
  for (std::uint64_t serial = 1; serial <= kMembersAtHome; ++serial) {
    for (std::uint32_t n = random.between(1, 3); n > 0; --n) {
      const std::uint64_t points = std::uint64_t{random.between(1, 20)} * 50;
      file.begin("LOT").text(party.code + "/20260110/" + std::to_string(++lots));
      file.text(member_of(party, serial)).text("2026-01").text("CONSUMPTION").number(1);
      file.text("2029-0" + std::to_string(random.between(1, 9)) + "-01");
      file.points(points).points(points).end();
    }
  }
  return file.finish();
}

// Some points for one member; or no row.
std::string day(const Party& party, BusinessDate date, std::uint32_t sequence,
                generate::Random& random) {
  CsvText file("PROVINCE_DAY", party.code, date, sequence);
  if (random.below(2) == 0) {
    file.begin("EARN").number(1).text(member_of(party, random.between(1, kMembersAtHome)));
    file.text("AWARD").text("2026-02").points(random.between(1, 100)).number(0).end();
  }
  return file.finish();
}

}  // namespace

World make_live_world(std::uint64_t seed) {
  generate::Random random(seed ^ 0x11'7EU);
  World world{.seed = seed,
              .first = kFirst,
              .days = kDays,
              .period = kFirst.month(),
              .close = BusinessDate::of(2026, 4, 3),
              .next_close = BusinessDate::of(2026, 5, 5)};
  for (const Province& province : kLiveProvinces) {
    Party party{.code = province.code, .number = Participant(province.number)};
    for (int n = 0; n < kDays; ++n) {
      const auto sequence = static_cast<std::uint32_t>(n + 1);
      const bool file = n == 0 || random.below(100) < 60;
      party.days.push_back(
          {.date = world.date_of(n),
           .sequence = sequence,
           .text = file ? day(party, world.date_of(n), sequence, random) : std::string()});
    }
    world.openings.push_back(opening(party, random));
    world.provinces.push_back(std::move(party));
  }
  world.rulebook = rulebook(world);
  CsvText calendar("CALENDAR", "CLR", BusinessDate::of(2026, 1, 1), 0);
  calendar.begin("YEAR").number(2026).end();
  world.calendars.push_back(calendar.finish());
  return world;
}

}  // namespace ph::sim
