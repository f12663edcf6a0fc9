// What a day's orders of an item with `credit` top up, as its sealed batch has them.
#include <algorithm>

#include "core/batch/seal.h"
#include "core/programme/catalogue.h"
#include "core/statement/names.h"
#include "node/province.h"

namespace ph {

std::optional<Fen> Province::credit_of(std::string_view item, Points points,
                                       BusinessDate date) const {
  const Programme* version = book() == nullptr ? nullptr : book()->programmes().of_day(date);
  if (version == nullptr) {
    return std::nullopt;
  }
  const auto& items = version->rows().items;
  const auto found = std::ranges::find_if(items, [&](const programme::CatalogueItem& one) {
    return one.name == item && one.in_force.holds(date);
  });
  return found == items.end() ? std::nullopt : programme::credit_of(*found, points);
}

std::optional<std::string> Province::top_up_file(const SealedDay& day) const {
  const Programme* version = book() == nullptr ? nullptr : book()->programmes().of_day(day.date);
  const auto has_credit = [](const programme::CatalogueItem& item) {
    return item.credit.has_value();
  };
  if (version == nullptr || std::ranges::none_of(version->rows().items, has_credit)) {
    return std::nullopt;
  }
  const Blob blob = blob_of(day.blob, "batch");
  const Names names(*rules_);
  const OrderBook& orders = book()->orders();
  std::string out = "POINTHOUSE,TOP_UP,1," + code_ + "," + day.date.text() + "," +
                    std::to_string(day.sequence) + "\n";
  std::uint64_t rows = 0;
  std::int64_t sum = 0;
  for (const Item& item : view_of(blob.bytes()).items) {
    const std::uint32_t number = item.kind == Kind::kRedeem && item.form == Form::kPhoneCredit
                                     ? orders.find(item.id)
                                     : OrderBook::kNone;
    if (number == OrderBook::kNone) {
      continue;
    }
    const book::OrderRecord& order = orders.order(number);
    const auto credit =
        credit_of(book()->names().items.name(order.item), Points::of(item.points), day.date);
    if (!credit) {
      continue;
    }
    out += "CREDIT," + names.text(item.id) + "," + item.member.text() + "," +
           Member(order.beneficiary).text() + "," + std::to_string(credit->count()) + "\n";
    sum += credit->count();
    ++rows;
  }
  return out + "END," + std::to_string(rows) + ",0," + std::to_string(sum) + "\n";
}

std::string Province::top_up_file_name(const SealedDay& day) const {
  return code_ + "-" + day.date.text() + "-TOP_UP.csv";
}

}  // namespace ph
