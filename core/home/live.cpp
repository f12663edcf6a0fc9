#include "core/home/live.h"

#include <algorithm>
#include <set>

#include "core/types/amount.h"

namespace ph {

namespace {

// Of a province, digits alone name an entry of its own days.
bool names_entry(const TransactionId& id) {
  return std::ranges::all_of(id.reference_text(), [](char c) { return c >= '0' && c <= '9'; });
}

// The giver, or with form MERCHANT the partner.
bool right_goods(const DayRow& row) {
  const bool merchant = row.form == Form::kMerchant;
  return row.form >= Form::kPhoneCredit && row.form <= Form::kFixedLine &&
         (merchant ? row.giver.none() && !row.partner.none()
                   : valid_province(row.giver) && row.partner.none());
}

// A kind that comes live: what its ids are unique in, and its columns beside id, serial and points.
struct Columns {
  EntryClass class_{};
  bool parent{};
  bool member{true};
  bool goods{};     // form, giver or partner, costs
  bool partner{};   // alone
  bool exchange{};  // units, rate
  bool children{};  // of a refund
  bool lot{};
  bool home{};  // other, form, authorisation
  bool final_flag{};
  bool move{};  // other, no points; a move in has children
};

std::optional<Columns> columns_of(RowKind kind) {
  switch (kind) {
    case RowKind::kRedeem:
      return Columns{.class_ = EntryClass::kRedemption, .goods = true};
    case RowKind::kHold:
      return Columns{.class_ = EntryClass::kHold};
    case RowKind::kCapture:
      return Columns{.class_ = EntryClass::kRedemption,
                     .parent = true,
                     .member = false,
                     .goods = true,
                     .final_flag = true};
    case RowKind::kVoid:
      return Columns{.class_ = EntryClass::kVoid, .parent = true, .member = false};
    case RowKind::kExchangeOut:
      return Columns{.class_ = EntryClass::kExchangeOut, .partner = true, .exchange = true};
    case RowKind::kAccrual:
      return Columns{.class_ = EntryClass::kAccrual, .partner = true};
    case RowKind::kExchangeIn:
      return Columns{.class_ = EntryClass::kExchangeIn, .partner = true, .exchange = true};
    case RowKind::kRefund:
      return Columns{.class_ = EntryClass::kRefund, .parent = true, .children = true};
    case RowKind::kUnissue:
      return Columns{.class_ = EntryClass::kReversal, .parent = true, .partner = true, .lot = true};
    case RowKind::kDelivery:
      return Columns{.class_ = EntryClass::kDelivery, .home = true};
    case RowKind::kDeliveryRefund:
      return Columns{.class_ = EntryClass::kDeliveryRefund, .parent = true, .home = true};
    case RowKind::kMoveOut:
      return Columns{.class_ = EntryClass::kMoveOut, .move = true};
    case RowKind::kMoveIn:
      return Columns{.class_ = EntryClass::kMoveIn, .move = true};
    case RowKind::kBill:
    case RowKind::kRebill:
    case RowKind::kEarn:
    case RowKind::kUnearn:
    case RowKind::kTransfer:
    case RowKind::kLeave:
    case RowKind::kConfirm:
    case RowKind::kWithdraw:
      break;
  }
  return std::nullopt;
}

bool right_parties(const DayRow& row, const Columns& has, Participant province) {
  if (has.goods) {
    return right_goods(row) && (row.form != Form::kFixedLine || row.giver == province);
  }
  if (has.partner) {
    return !row.partner.none() && row.giver.none();
  }
  if (has.children) {
    return row.giver.none() != row.partner.none();
  }
  return row.giver.none() && row.partner.none();
}

bool right_amounts(const DayRow& row, const Columns& has) {
  const bool delivery = row.kind == RowKind::kDelivery;
  const bool costs = (has.goods || delivery) && row.form == Form::kGift;
  const bool none = row.cost == 0 && row.freight == 0 && row.cash == 0;
  return is_amount(row.points) && is_amount(row.units) && is_amount(row.cost) &&
         is_amount(row.freight) && is_amount(row.cash) && (costs || none) &&
         row.rate <= kPriceVersionMax && (has.exchange || (row.units == 0 && row.rate == 0)) &&
         ((row.kind != RowKind::kVoid && !has.move) || row.points == 0);
}

bool right_form(const DayRow& row, const Columns& has) {
  if (row.kind == RowKind::kDelivery) {
    return row.form >= Form::kPhoneCredit && row.form <= Form::kGift;
  }
  return has.goods || row.form == Form::kNone;
}

// Each lot or debt once.
bool right_children(const LiveCommand& command, const Columns& has) {
  const std::vector<ChildRow>& children = command.children;
  const bool comes = command.row.kind == RowKind::kMoveIn;
  const std::size_t most = comes ? kSlicesPerMoveMax : has.children ? kSlicesPerAskMax : 0;
  if (command.row.child_count != children.size() || children.size() > most) {
    return false;
  }
  std::set<LotId> lots;
  return std::ranges::all_of(children, [&](const ChildRow& child) {
    return (comes ? valid_lot_row(child) || valid_debt_row(child) : valid_left_row(child)) &&
           lots.insert(child.lot).second;
  });
}

// Columns that no live kind has.
bool nothing_else(const DayRow& row) {
  return row.source == Source::kNone && row.serial == 0 && row.line == 0 && row.month == Month() &&
         row.expires == BusinessDate() && row.account == decltype(row.account){} &&
         row.cited_sequence == 0 && row.cited_entry == 0 && row.first_child == 0 && row.fen == 0 &&
         row.corrected == 0;
}

}  // namespace

std::optional<EntryClass> live_class(RowKind kind) {
  const auto columns = columns_of(kind);
  return columns ? std::optional(columns->class_) : std::nullopt;
}

bool well_formed(const LiveCommand& command, Participant province) {
  const DayRow& row = command.row;
  const auto columns = columns_of(row.kind);
  if (!columns || !valid_id(row.id) || (row.id.participant == province && names_entry(row.id))) {
    return false;
  }
  const Columns& has = *columns;
  const bool parent =
      has.parent ? valid_id(row.parent) && row.parent != row.id : row.parent == TransactionId{};
  const bool member = has.member ? valid_member(row.member) : row.member.none();
  const bool lot = has.lot ? valid_entry(row.lot) : row.lot.none();
  const bool home =
      has.home || has.move ? valid_province(row.other) && row.other != province : row.other.none();
  const bool code = row.authorisation.none() ||
                    (row.kind == RowKind::kDelivery && valid_entry(row.authorisation));
  const std::uint32_t seconds_max = row.kind == RowKind::kHold ? kHoldSecondsMax : 0;
  const bool standing = command.standing.empty() || (row.kind == RowKind::kMoveIn &&
                                                     command.standing.size() <= kStandingBytesMax);
  const bool tells = !command.tells_standing || row.kind == RowKind::kMoveOut;
  return parent && member && lot && home && code && standing && tells &&
         command.hold_seconds <= seconds_max && row.flag <= (has.final_flag ? 1 : 0) &&
         right_parties(row, has, province) && right_form(row, has) && right_amounts(row, has) &&
         right_children(command, has) && nothing_else(row);
}

Fingerprint content_of(const LiveCommand& command) {
  DayRow row = command.row;
  row.first_child = 0;
  if (row.kind == RowKind::kHold) {
    row.units = command.hold_seconds;
  }
  if (row.kind == RowKind::kRefund) {
    row.child_count = 0;
    return fingerprint(row, {});
  }
  return fingerprint(row, command.children);
}

namespace {

ChildRow get_child(ByteReader& in) {
  ChildRow child;
  child.lot = LotId(in.get<std::uint64_t>());
  child.earned_month = Month(in.get<std::uint16_t>());
  child.expires_on = BusinessDate(in.get<std::uint16_t>());
  child.source = static_cast<Source>(in.get<std::uint8_t>());
  child.rating = in.get<std::uint8_t>();
  child.original = in.get<std::int64_t>();
  child.points = in.get<std::int64_t>();
  return child;
}

}  // namespace

void put_children(ByteWriter& out, const std::vector<ChildRow>& children) {
  out.put(static_cast<std::uint32_t>(children.size()));
  for (const ChildRow& child : children) {
    out.put(child.lot.packed());
    out.put(child.earned_month.count());
    out.put(child.expires_on.count());
    out.put(static_cast<std::uint8_t>(child.source));
    out.put(child.rating);
    out.put(child.original);
    out.put(child.points);
  }
}

std::vector<ChildRow> get_children(ByteReader& in) {
  std::vector<ChildRow> children;
  const auto count = in.get<std::uint32_t>();
  for (std::uint32_t n = 0; n < count && in.good(); ++n) {
    children.push_back(get_child(in));
  }
  return children;
}

void put_live(ByteWriter& out, const LiveCommand& command) {
  const DayRow& row = command.row;
  for (const std::uint8_t one :
       {static_cast<std::uint8_t>(row.kind), static_cast<std::uint8_t>(row.form), row.flag}) {
    out.put(one);
  }
  for (const Participant one : {row.giver, row.partner, row.other}) {
    out.put(one.number());
  }
  out.put(row.rate);
  out.put(row.member.number());
  out.put(row.lot.packed());
  out.put(row.authorisation.packed());
  out.put_record(row.id);
  out.put_record(row.parent);
  for (const std::int64_t amount : {row.points, row.units, row.cost, row.freight, row.cash}) {
    out.put(amount);
  }
  out.put(command.hold_seconds);
  put_children(out, command.children);
}

LiveCommand get_live(ByteReader& in) {
  LiveCommand command;
  DayRow& row = command.row;
  row.kind = static_cast<RowKind>(in.get<std::uint8_t>());
  row.form = static_cast<Form>(in.get<std::uint8_t>());
  row.flag = in.get<std::uint8_t>();
  for (Participant* one : {&row.giver, &row.partner, &row.other}) {
    *one = Participant(in.get<std::uint16_t>());
  }
  row.rate = in.get<std::uint32_t>();
  row.member = Member(in.get<std::uint64_t>());
  row.lot = LotId(in.get<std::uint64_t>());
  row.authorisation = EntryId(in.get<std::uint64_t>());
  row.id = in.get<TransactionId>();
  row.parent = in.get<TransactionId>();
  for (std::int64_t* amount : {&row.points, &row.units, &row.cost, &row.freight, &row.cash}) {
    *amount = in.get<std::int64_t>();
  }
  command.hold_seconds = in.get<std::uint32_t>();
  command.children = get_children(in);
  row.child_count = static_cast<std::uint32_t>(command.children.size());
  return command;
}

}  // namespace ph
