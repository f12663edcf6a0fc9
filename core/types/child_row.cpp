#include "core/types/child_row.h"

#include "core/types/amount.h"

namespace ph {

bool valid_left_row(const ChildRow& row) {
  return valid_entry(row.lot) && row.earned_month.count() < Month::kCount &&
         row.expires_on.count() < BusinessDate::kCount && row.source >= Source::kConsumption &&
         row.source <= Source::kMigration && row.rating <= 1 && row.points <= row.original &&
         row.points >= -row.original && row.original >= 0 && row.original <= kAmountMax;
}

bool valid_lot_row(const ChildRow& row) {
  return valid_left_row(row) && row.points > 0;
}

bool valid_debt_row(const ChildRow& row) {
  const ChildRow debt{.lot = LotId(row.lot.participant(), BusinessDate(), 0),
                      .source = Source::kDebt,
                      .points = row.points};
  return row == debt && valid_province(row.lot.participant()) && row.points > 0 &&
         is_amount(row.points);
}

}  // namespace ph
