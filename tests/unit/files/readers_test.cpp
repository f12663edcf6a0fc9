#include <algorithm>

#include "tests/unit/files/support.h"

namespace ph {
namespace PH_FILE {

using test::codes;
using test::good_book;
using test::in_memory;
using test::open_good;

TEST(ReadDay, HoldsEveryRowOfTheGoodFile) {
  const RuleBook book = good_book();
  std::vector<Fault> faults;
  const auto day = read_day(open_good("province-day.csv"), book, faults);
  ASSERT_TRUE(day.has_value()) << codes(faults);
  EXPECT_TRUE(faults.empty());
  EXPECT_EQ(day->sender, Participant(1));
  EXPECT_EQ(day->date, BusinessDate::of(2007, 4, 5));
  EXPECT_EQ(day->sequence, 5U);
  ASSERT_EQ(day->rows.size(), 29U);
  ASSERT_EQ(day->children.size(), 4U);

  const DayRow& bill = day->rows[0];
  EXPECT_EQ(bill.kind, RowKind::kBill);
  EXPECT_EQ(bill.line, 2U);
  EXPECT_EQ(bill.serial, 1U);
  EXPECT_EQ(std::string(bill.account.data()), "A-1001");
  EXPECT_EQ(bill.member, Member::make(Participant(1), 1));
  EXPECT_EQ(bill.month, *Month::parse("2007-03"));
  EXPECT_EQ(bill.fen, 18650);
  EXPECT_EQ(bill.id, TransactionId::of(EntryId(Participant(1), day->date, 1)));

  const DayRow& gift = day->rows[7];
  EXPECT_EQ(gift.form, Form::kGift);
  EXPECT_EQ(gift.giver, Participant(1));
  EXPECT_EQ(gift.cost, 3000);
  EXPECT_EQ(gift.freight, 500);
  EXPECT_EQ(gift.cash, 0);

  const DayRow& capture = day->rows[11];
  EXPECT_EQ(capture.kind, RowKind::kCapture);
  EXPECT_EQ(capture.flag, 1);
  EXPECT_EQ(capture.partner, Participant(103));
  EXPECT_EQ(capture.parent.reference_text(), "H-9");

  const DayRow& move = day->rows[21];
  EXPECT_EQ(move.kind, RowKind::kMoveIn);
  EXPECT_EQ(move.other, Participant(2));
  ASSERT_EQ(move.child_count, 3U);
  const ChildRow& debt = day->children[move.first_child + 2];
  EXPECT_EQ(debt.source, Source::kDebt);
  EXPECT_EQ(debt.lot.packed(), std::uint64_t{2} << 48);
  EXPECT_EQ(debt.points, 7);

  EXPECT_EQ(day->rows[24].cited_sequence, 0U);
  EXPECT_EQ(day->rows[25].cited_sequence, 3U);
  EXPECT_EQ(day->rows[25].cited_entry, 12U);
  EXPECT_EQ(day->rows[28].kind, RowKind::kWithdraw);
  EXPECT_EQ(day->rows[28].cited_entry, 5U);
}

TEST(ReadPartnerDay, GivesItemsNamedByLine) {
  const RuleBook book = good_book();
  std::vector<Fault> faults;
  const auto day = read_partner_day(open_good("partner-day.csv"), book, faults);
  ASSERT_TRUE(day.has_value()) << codes(faults);
  EXPECT_EQ(day->sender, Participant(101));
  ASSERT_EQ(day->items.size(), 9U);
  EXPECT_EQ(day->items[0].kind, Kind::kPartnerAccrual);
  EXPECT_EQ(day->items[0].entry, 2U);
  EXPECT_EQ(day->items[0].partner, Participant(101));
  EXPECT_TRUE(day->items[0].counterparty.none());
  EXPECT_EQ(day->items[1].authorisation, EntryId(Participant(1), day->date, 8));
  EXPECT_EQ(day->items[3].units, 100);
  EXPECT_EQ(day->items[3].rate_version, 5U);
  EXPECT_EQ(day->items[6].kind, Kind::kNotCredited);
  EXPECT_EQ(day->items[6].points, 0);
  EXPECT_EQ(day->items[7].action, Action::kCorrect);
  EXPECT_EQ(day->items[7].entry, 10U);
  EXPECT_EQ(day->items[7].cited_sequence, 8U);
  EXPECT_EQ(day->items[8].action, Action::kWithdraw);
  EXPECT_EQ(day->items[8].kind, Kind::kNone);
  EXPECT_EQ(day->items[8].cited_entry, 3U);
}

TEST(ReadOpening, HoldsMembersLotsAndDebts) {
  const RuleBook book = good_book();
  std::vector<Fault> faults;
  const auto opening = read_opening(open_good("opening.csv"), book, faults);
  ASSERT_TRUE(opening.has_value()) << codes(faults);
  EXPECT_EQ(opening->members.size(), 1U);
  ASSERT_EQ(opening->lots.size(), 2U);
  EXPECT_EQ(opening->lots[0].remaining, 120);
  EXPECT_EQ(opening->lots[1].lot.participant(), Participant(2));
  ASSERT_EQ(opening->debts.size(), 1U);
  EXPECT_EQ(opening->debts[0].points, 15);
}

TEST(ReadOpening, IsCheckedAndVisitedWithoutAPlaceForAllRows) {
  const RuleBook book = good_book();
  std::vector<Fault> faults;
  const InputFile file = open_good("opening.csv");
  const auto whole = read_opening(file, book, faults);
  const auto checked = check_opening(file, book, faults);
  ASSERT_TRUE(whole.has_value() && checked.has_value()) << codes(faults);
  EXPECT_EQ(checked->province, whole->province);
  EXPECT_EQ(checked->date, whole->date);
  EXPECT_TRUE(checked->lots.empty());
  Opening visited;
  ASSERT_TRUE(
      visit_opening(file, book,
                    {.member = [&](Member member) { visited.members.push_back(member); },
                     .lot = [&](const OpeningLot& lot) { visited.lots.push_back(lot); },
                     .debt = [&](const OpeningDebt& debt) { visited.debts.push_back(debt); }}));
  EXPECT_EQ(visited.members, whole->members);
  ASSERT_EQ(visited.lots.size(), whole->lots.size());
  for (std::size_t n = 0; n < visited.lots.size(); ++n) {
    EXPECT_EQ(visited.lots[n].lot, whole->lots[n].lot);
    EXPECT_EQ(visited.lots[n].member, whole->lots[n].member);
    EXPECT_EQ(visited.lots[n].remaining, whole->lots[n].remaining);
  }
  ASSERT_EQ(visited.debts.size(), 1U);
  EXPECT_EQ(visited.debts[0].points, 15);
}

TEST(ReadOpening, FindsTheSameDoublesWhenNothingIsKept) {
  const RuleBook book = good_book();
  const std::string lot =
      "LOT,P01/20070105/3,01000000000012,2006-12,CONSUMPTION,1,2010-01-01,500,120\n";
  const std::string text =
      "POINTHOUSE,OPENING_LOTS,1,P01,2007-04-01,0\n" + lot + lot + "END,2,1240,0\n";
  const InputFile file("twice", as_bytes(text));
  std::vector<Fault> faults;
  EXPECT_FALSE(check_opening(file, book, faults).has_value());
  ASSERT_EQ(faults.size(), 1U) << codes(faults);
  EXPECT_EQ(faults[0].code, FaultCode::kDuplicateRow);
  EXPECT_EQ(faults[0].line, 3U);
}

// Rows of the first day make lots under that day's names.
TEST(ReadOpening, RefusesALotOfItsFirstDayButReadsOneThatWasTaken) {
  const RuleBook book = good_book();
  const std::string text =
      "POINTHOUSE,OPENING_LOTS,1,P01,2007-04-01,0\n"
      "LOT,P01/20070401/3,01000000000012,2006-12,LEVEL,1,2010-01-01,500,120\nEND,1,620,0\n";
  const InputFile file("first day", as_bytes(text));
  std::vector<Fault> faults;
  EXPECT_FALSE(check_opening(file, book, faults).has_value());
  ASSERT_EQ(faults.size(), 1U) << codes(faults);
  EXPECT_EQ(faults[0].code, FaultCode::kDateAfterFile);
  faults.clear();
  EXPECT_TRUE(read_opening(file, book, faults).has_value());
  std::size_t lots = 0;
  EXPECT_TRUE(visit_opening(file, book,
                            {.member = [](Member) {},
                             .lot = [&lots](const OpeningLot&) { ++lots; },
                             .debt = [](const OpeningDebt&) {}}));
  EXPECT_EQ(lots, 1U);
}

TEST(ReadCalendar, SortsItsDays) {
  const RuleBook book = good_book();
  std::vector<Fault> faults;
  const auto year = read_calendar(open_good("calendar.csv"), book, faults);
  ASSERT_TRUE(year.has_value()) << codes(faults);
  EXPECT_EQ(year->year, 2007);
  EXPECT_EQ(year->holidays.size(), 18U);
  EXPECT_EQ(year->workdays.size(), 6U);
  EXPECT_TRUE(std::ranges::is_sorted(year->holidays));
  EXPECT_EQ(Calendar({*year}).dates_of(*Month::parse("2007-04"))->close,
            BusinessDate::of(2007, 5, 10));
}

TEST(ReadCutoff, ResolvesItsSenders) {
  const RuleBook book = good_book();
  std::vector<Fault> faults;
  const auto cutoff = read_cutoff(open_good("cutoff.csv"), book, faults);
  ASSERT_TRUE(cutoff.has_value()) << codes(faults);
  EXPECT_EQ(cutoff->period, *Month::parse("2007-04"));
  EXPECT_EQ(cutoff->close, BusinessDate::of(2007, 5, 10));
  EXPECT_EQ(cutoff->openings.size(), 2U);
  EXPECT_EQ(cutoff->sequence_of(Participant(101)), 9U);
  EXPECT_EQ(cutoff->sequence_of(Participant(2)), 0U);
  EXPECT_EQ(cutoff->rulebook[0], std::byte{0xA1});
}

TEST(ReadHeader, LooksAtTheFirstLineAlone) {
  std::vector<Fault> faults;
  const auto header =
      read_header(in_memory("POINTHOUSE,PARTNER_DAY,1,AIR1,2007-04-05,9\nnot,\x80read\n"), faults);
  ASSERT_TRUE(header.has_value()) << codes(faults);
  EXPECT_EQ(header->type, FileType::kPartnerDay);
  EXPECT_EQ(header->sender, "AIR1");
  EXPECT_EQ(header->sequence, 9U);
  EXPECT_FALSE(header->binary);
  EXPECT_FALSE(read_header(in_memory("POINTHOUSE,X,1,AIR1,2007-04-05,9\n"), faults).has_value());
  EXPECT_FALSE(read_header(in_memory(""), faults).has_value());
  EXPECT_EQ(codes(faults), "1:TYPE_UNKNOWN 0:EMPTY_FILE");
}

TEST(Readers, RefuseAFileOfAnotherType) {
  const RuleBook book = good_book();
  std::vector<Fault> faults;
  EXPECT_FALSE(read_day(open_good("opening.csv"), book, faults).has_value());
  EXPECT_FALSE(read_rulebook(open_good("calendar.csv"), faults).has_value());
  EXPECT_EQ(codes(faults), "1:TYPE_UNKNOWN 1:TYPE_UNKNOWN");
}

TEST(Readers, TakeNothingOfAFileWithOneFaultAndListThemAll) {
  const RuleBook book = good_book();
  std::vector<Fault> faults;
  const auto day = read_day(in_memory("POINTHOUSE,PROVINCE_DAY,1,P01,2007-04-05,5\n"
                                      "TRANSFER,2,01000000000012\n"
                                      "TRANSFER,2,01000000000013\n"
                                      "TRANSFER,1,01000000000012\n"
                                      "END,4,0,0\n"),
                            book, faults);
  EXPECT_FALSE(day.has_value());
  EXPECT_EQ(codes(faults), "3:MEMBER_CHECK_DIGIT 4:SERIAL_ORDER 5:TRAILER_ROWS");
}

TEST(ReadDay, ADeliveryMayNameTheIdThatItsCounterAskedUnder) {
  const RuleBook book = good_book();
  const auto read = [&book](const std::string& end, std::vector<Fault>& faults) {
    const std::string text =
        "POINTHOUSE,PROVINCE_DAY,1,P01,2007-04-05,5\n"
        "DELIVERY,1,02000000000015,P02,P02/20070405/7,50,PHONE_CREDIT,,," +
        end + "\nEND,1,50,0\n";
    return read_day(in_memory(text), book, faults);
  };
  std::vector<Fault> faults;
  for (const char* none : {"", ","}) {  // The last column may be left out.
    const auto day = read(none, faults);
    ASSERT_TRUE(day.has_value()) << codes(faults);
    EXPECT_EQ(day->rows[0].id.reference_text(), "1");
  }
  const auto asked = read(",P01/20070404/A-1", faults);
  ASSERT_TRUE(asked.has_value()) << codes(faults);
  EXPECT_EQ(asked->rows[0].id.reference_text(), "A-1");
  EXPECT_EQ(asked->rows[0].id.date, BusinessDate::of(2007, 4, 4));
  for (const char* bad : {",P02/20070405/A-1", ",P01/20070405/17"}) {
    EXPECT_FALSE(read(bad, faults).has_value()) << bad;
  }
  EXPECT_FALSE(read(",P01/20070404/A-1,", faults).has_value());
  EXPECT_EQ(codes(faults), "2:ID_STARTER 2:ID_STARTER 2:COLUMN_COUNT");
}

TEST(Readers, StopListingAtTheLimit) {
  const RuleBook book = good_book();
  std::string text = "POINTHOUSE,PROVINCE_DAY,1,P01,2007-04-05,5\n";
  for (int i = 0; i < 5000; ++i) {
    text += "BILL\n";
  }
  std::vector<Fault> faults;
  EXPECT_FALSE(read_day(in_memory(text), book, faults).has_value());
  ASSERT_EQ(faults.size(), kFaultsPerFileMax + 1);
  EXPECT_EQ(faults.back().code, FaultCode::kMoreFaults);
}

TEST(Readers, CopyBytesThatAreNotAligned) {
  const std::string text = " POINTHOUSE,PARTNER_DAY,1,AIR1,2007-04-05,9\nEND,0,0,0\n";
  const RuleBook book = good_book();
  std::vector<Fault> faults;
  InputFile file("test", as_bytes(std::string_view(text).substr(1)));
  const InputFile moved = std::move(file);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(moved.bytes().data()) % 8, 0U);
  EXPECT_TRUE(read_partner_day(moved, book, faults).has_value()) << codes(faults);
}

}  // namespace PH_FILE
}  // namespace ph
