#include "core/types/child_row.h"

#include "core/types/amount.h"

namespace ph {

bool valid_lot_row(const ChildRow& row) {
  return valid_entry(row.lot) && row.earned_month.count() < Month::kCount &&
         row.expires_on.count() < BusinessDate::kCount && row.source >= Source::kConsumption &&
         row.source <= Source::kMigration && row.rating <= 1 && row.points > 0 &&
         row.points <= row.original && row.original <= kAmountMax;
}

}  // namespace ph
