// What a province brings along for its programme on the first day: accounts, the spend of the year
// before and of the month behind it, the levels of that year (docs/generator.md).
#include "app/generate/month.h"

namespace ph::generate {

void MonthMaker::bring_programme() {
  // The level of the year before; it holds until that year's run has given another one.
  const BusinessDate from = BusinessDate::of(options_.period.year() - 1, 1, 1);
  const BusinessDate to = BusinessDate::of(options_.period.year() + 1, 1, 1);
  for (std::uint32_t holder = 0; holder < holdings_.size(); ++holder) {
    const Holder& who = holdings_.holder(holder);
    if (!who.is(Holder::kKnown)) continue;
    for (std::uint32_t account = 0; account < who.accounts; ++account) {
      bring_account(holder, account);
    }
    if (const std::string_view level = population_.level_before(who, holder); !level.empty()) {
      CsvFile& file = files_.row(Row::kGrade, files_.next_entry(who.home));
      file.member(who.number).text("level").text(level).date(from).date(to).end();
    }
  }
}

void MonthMaker::bring_account(std::uint32_t holder, std::uint32_t account) {
  const Holder& who = holdings_.holder(holder);
  const AccountBefore before = population_.account_before(holder, account);
  CsvFile& file = files_.row(Row::kAccount, files_.next_entry(who.home));
  put_account(file, who, account);
  file.member(who.number).month(before.joined).text(before.service);
  file.number(before.prepaid ? 1 : 0).number(before.real_name ? 1 : 0).number(before.region).end();
  // The bill of the month before comes as a bill.
  const Month january(static_cast<std::uint16_t>((options_.period.year() - 2001) * 12));
  for (Month month = std::max(january, before.joined); month.next() < options_.period;
       month = month.next()) {
    CsvFile& spent = files_.row(Row::kSpent, files_.next_entry(who.home));
    put_account(spent, who, account);
    spent.member(who.number).month(month);
    spent.fen(population_.spent_fen(who, holder, account, month)).number(1).end();
  }
}

}  // namespace ph::generate
