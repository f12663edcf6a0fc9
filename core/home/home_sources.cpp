// Rows that bring points from elsewhere than a bill: spend on services and at partners, fixed-line
// points, events that campaigns award. The member book and the programme say what each gives.
#include "core/home/home.h"
#include "core/home/member_columns.h"
#include "core/programme/earning.h"
#include "core/programme/sources.h"

namespace ph {

// Before a row's lots are made: behind merges of the day.
void Home::note_made(std::span<const MemberBook::Given> all) {
  for (const MemberBook::Given& given : all) {
    if (book_ && by_rules_of_today() && given.rating != 0 && given.source != Source::kConsumption) {
      book_->merges().note_made(given.account, static_cast<std::uint32_t>(lots_.size()), date_);
    }
  }
}

// Lots under entries that the home makes; but for the bill's own, which its row names.
void Home::earn_all(std::uint32_t account, const std::vector<MemberBook::Given>& all,
                    std::uint32_t named) {
  note_made(all);
  for (const MemberBook::Given& given : all) {
    const bool by_row = named != 0 && given.source == Source::kConsumption;
    earn_lot(account, by_row ? named : next_generated(), given);
  }
}

Home::Outcome Home::bill_split(const DayRow& row, const MemberRow& says) {
  const auto fen =
      programme::eligible(Fen::of(says.fen[0]), Fen::of(says.fen[1]), Fen::of(says.fen[2]));
  return fen ? bill_account(row, {says.account}, says.month, fen->count()) : ReturnCode::kInvalid;
}

// The account of a row that earns no more than what it says, for a month: its member's, not ended
// before.
Home::Outcome Home::own_account(const DayRow& row, const AccountText& text, Month month,
                                std::uint32_t& device) const {
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  device = book_->find(text);
  return device == MemberBook::kNone ? ReturnCode::kNoAccount
                                     : book_->may_earn(device, account, month);
}

Home::Outcome Home::sp_spend(const DayRow& row, const MemberRow& says) {
  if (!has_begun(says.month)) {
    return ReturnCode::kInvalid;
  }
  std::uint32_t device = MemberBook::kNone;
  if (const Outcome fault = own_account(row, {says.account}, says.month, device); fault != kDone) {
    return fault;
  }
  const auto made = programme::sp_source(book_->programmes(), says.month, text_of(says.name[0]),
                                         Fen::of(says.fen[0]));
  if (!made) {
    return ReturnCode::kUnknownName;
  }
  if (made->points == 0) {
    return ReturnCode::kZeroPoints;
  }
  earn_lot(find_account(row.member), row.serial,
           {.account = device,
            .month = says.month,
            .points = made->points,
            .rating = made->rating,
            .source = Source::kSp});
  return kDone;
}

// As an ACCRUAL, of the points that the programme makes of the spend.
Home::Outcome Home::partner_spend(const DayRow& row, const MemberRow& says) {
  if (const Outcome id = check_id(row, Class::kAccrual); id != kDone) {
    return id;
  }
  if (const Outcome state = may_earn(row.member); state != kDone) {
    return state;
  }
  const auto made = programme::partner_source(book_->programmes(), row.id.date,
                                              code_of(row.id.participant), Fen::of(says.fen[0]));
  if (!made) {
    return ReturnCode::kUnknownName;
  }
  if (made->points == 0) {
    return ReturnCode::kZeroPoints;
  }
  DayRow accrual = row;
  accrual.partner = row.id.participant;
  accrual.points = made->points;
  const std::uint32_t account = account_for_earning(row.member);
  const std::uint32_t entry = add_entry(accrual, Class::kAccrual, account);
  entries_[entry].left = made->points;
  make_issued(account, item_of(accrual, Kind::kAccrual, row.member), made->rating);
  return kDone;
}

Home::Outcome Home::fixed_in(const DayRow& row, const MemberRow& says) {
  if (const Outcome state = may_earn(row.member); state != kDone) {
    return state;
  }
  const Month month = row.id.date.month();
  const auto made = programme::fixed_source(book_->programmes(), month, Units::of(says.points));
  if (!made) {
    return ReturnCode::kUnknownName;
  }
  if (made->points == 0) {
    return ReturnCode::kZeroPoints;
  }
  earn_lot(account_for_earning(row.member), row.serial,
           {.month = month,
            .points = made->points,
            .rating = made->rating,
            .source = Source::kFixedLine});
  return kDone;
}

Home::Outcome Home::event(const DayRow& row, const MemberRow& says) {
  std::uint32_t device = MemberBook::kNone;
  if (const Outcome fault = own_account(row, {says.account}, date_.month(), device);
      fault != kDone) {
    return fault;
  }
  const programme::Event event{
      .service = text_of(says.name[0]),
      .channel = text_of(says.name[1]),
      .plan = text_of(says.name[2]),
      .credit = says.number[0] == 0 ? std::nullopt : std::optional<std::int64_t>(says.number[0])};
  earn_all(find_account(row.member), book_->campaign_points(device, event, date_), 0);
  return kDone;
}

}  // namespace ph
