#include "core/home/live.h"

#include <algorithm>
#include <set>

namespace ph {

namespace {

constexpr std::uint64_t kFirstMember = 1'000'000'000'000;
constexpr std::uint32_t kVersionMax = 2'147'483'647;

bool right_member(Member member) {
  const std::uint64_t number = member.number();
  return number >= kFirstMember && number < 100 * kFirstMember &&
         Member::check_digit(number / 10) == static_cast<int>(number % 10);
}

bool right_id(const TransactionId& id) {
  const std::string_view text = id.reference_text();
  const bool padded = std::all_of(id.reference.begin() + static_cast<std::ptrdiff_t>(text.size()),
                                  id.reference.end(), [](char c) { return c == '\0'; });
  return !id.participant.none() && id.date.count() < BusinessDate::kCount && padded &&
         valid_reference(text);
}

// Of a province, digits alone name an entry of its own days.
bool names_entry(const TransactionId& id) {
  return std::ranges::all_of(id.reference_text(), [](char c) { return c >= '0' && c <= '9'; });
}

bool right_province(Participant one) {
  return one.number() >= 1 && one.number() <= kProvinceNumberMax;
}

bool right_lot(LotId lot) {
  return right_province(lot.participant()) && lot.date().count() < BusinessDate::kCount;
}

bool is_amount(std::int64_t value) {
  return value >= 0 && value <= kLiveAmountMax;
}

bool right_child(const ChildRow& child) {
  const auto source = static_cast<int>(child.source);
  return right_lot(child.lot) && child.earned_month.count() < Month::kCount &&
         child.expires_on.count() < BusinessDate::kCount && source >= 1 && source <= 9 &&
         child.rating <= 1 && child.points > 0 && child.points <= child.original &&
         child.original <= kLiveAmountMax;
}

// The giver, or with form MERCHANT the partner.
bool right_goods(const DayRow& row) {
  const bool merchant = row.form == Form::kMerchant;
  return row.form >= Form::kPhoneCredit && row.form <= Form::kFixedLine &&
         (merchant ? row.giver.none() && !row.partner.none()
                   : right_province(row.giver) && row.partner.none());
}

// Columns that a kind has, beside id, serial and points.
struct Columns {
  bool parent{};
  bool member{true};
  bool goods{};     // form, giver or partner, costs
  bool partner{};   // alone
  bool exchange{};  // units, rate
  bool children{};
  bool lot{};
  bool home{};  // other, form, authorisation
  bool final_flag{};
};

Columns columns_of(RowKind kind) {
  switch (kind) {
    case RowKind::kRedeem:
      return {.goods = true};
    case RowKind::kHold:
      return {};
    case RowKind::kCapture:
      return {.parent = true, .member = false, .goods = true, .final_flag = true};
    case RowKind::kVoid:
      return {.parent = true, .member = false};
    case RowKind::kExchangeOut:
    case RowKind::kExchangeIn:
      return {.partner = true, .exchange = true};
    case RowKind::kAccrual:
      return {.partner = true};
    case RowKind::kRefund:
      return {.parent = true, .children = true};
    case RowKind::kUnissue:
      return {.parent = true, .partner = true, .lot = true};
    case RowKind::kDelivery:
      return {.home = true};
    case RowKind::kDeliveryRefund:
      return {.parent = true, .home = true};
    case RowKind::kBill:
    case RowKind::kRebill:
    case RowKind::kEarn:
    case RowKind::kUnearn:
    case RowKind::kTransfer:
    case RowKind::kLeave:
    case RowKind::kMoveOut:
    case RowKind::kMoveIn:
    case RowKind::kConfirm:
    case RowKind::kWithdraw:
      break;
  }
  return {};
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
         row.rate <= kVersionMax && (has.exchange || (row.units == 0 && row.rate == 0)) &&
         (row.kind != RowKind::kVoid || row.points == 0);
}

bool right_form(const DayRow& row, const Columns& has) {
  if (row.kind == RowKind::kDelivery) {
    return row.form >= Form::kPhoneCredit && row.form <= Form::kGift;
  }
  return has.goods || row.form == Form::kNone;
}

bool right_children(const LiveCommand& command, bool may) {
  const std::vector<ChildRow>& children = command.children;
  if (command.row.child_count != children.size() || children.size() > kLiveChildrenMax ||
      (!may && !children.empty())) {
    return false;
  }
  std::set<LotId> lots;
  return std::ranges::all_of(children, [&lots](const ChildRow& child) {
    return right_child(child) && lots.insert(child.lot).second;
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
  switch (kind) {
    case RowKind::kRedeem:
    case RowKind::kCapture:
      return EntryClass::kRedemption;
    case RowKind::kHold:
      return EntryClass::kHold;
    case RowKind::kVoid:
      return EntryClass::kVoid;
    case RowKind::kExchangeOut:
      return EntryClass::kExchangeOut;
    case RowKind::kAccrual:
      return EntryClass::kAccrual;
    case RowKind::kExchangeIn:
      return EntryClass::kExchangeIn;
    case RowKind::kRefund:
      return EntryClass::kRefund;
    case RowKind::kUnissue:
      return EntryClass::kReversal;
    case RowKind::kDelivery:
      return EntryClass::kDelivery;
    case RowKind::kDeliveryRefund:
      return EntryClass::kDeliveryRefund;
    case RowKind::kBill:
    case RowKind::kRebill:
    case RowKind::kEarn:
    case RowKind::kUnearn:
    case RowKind::kTransfer:
    case RowKind::kLeave:
    case RowKind::kMoveOut:
    case RowKind::kMoveIn:
    case RowKind::kConfirm:
    case RowKind::kWithdraw:
      break;
  }
  return std::nullopt;
}

bool well_formed(const LiveCommand& command, Participant province) {
  const DayRow& row = command.row;
  if (!live_class(row.kind) || !right_id(row.id) ||
      (row.id.participant == province && names_entry(row.id))) {
    return false;
  }
  const Columns has = columns_of(row.kind);
  const bool parent =
      has.parent ? right_id(row.parent) && row.parent != row.id : row.parent == TransactionId{};
  const bool member = has.member ? right_member(row.member) : row.member.none();
  const bool lot = has.lot ? right_lot(row.lot) : row.lot.none();
  const bool home =
      has.home ? right_province(row.other) && row.other != province : row.other.none();
  const bool code =
      row.authorisation.none() || (row.kind == RowKind::kDelivery && right_lot(row.authorisation));
  const std::uint32_t seconds_max = row.kind == RowKind::kHold ? kHoldSecondsMax : 0;
  return parent && member && lot && home && code && command.hold_seconds <= seconds_max &&
         row.flag <= (has.final_flag ? 1 : 0) && right_parties(row, has, province) &&
         right_form(row, has) && right_amounts(row, has) && right_children(command, has.children) &&
         nothing_else(row);
}

Fingerprint content_of(const LiveCommand& command) {
  DayRow row = command.row;
  row.first_child = 0;
  if (row.kind == RowKind::kHold) {
    row.units = command.hold_seconds;
  }
  return fingerprint(row, command.children);
}

namespace {

void put_id(ByteWriter& out, const TransactionId& id) {
  out.put(id.participant.number());
  out.put(id.date.count());
  out.put_record(id.reference);
}

TransactionId get_id(ByteReader& in) {
  TransactionId id;
  id.participant = Participant(in.get<std::uint16_t>());
  id.date = BusinessDate(in.get<std::uint16_t>());
  id.reference = in.get<std::array<char, TransactionId::kReferenceMax>>();
  return id;
}

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
  put_id(out, row.id);
  put_id(out, row.parent);
  for (const std::int64_t amount : {row.points, row.units, row.cost, row.freight, row.cash}) {
    out.put(amount);
  }
  out.put(command.hold_seconds);
  out.put(static_cast<std::uint32_t>(command.children.size()));
  for (const ChildRow& child : command.children) {
    out.put(child.lot.packed());
    out.put(child.earned_month.count());
    out.put(child.expires_on.count());
    out.put(static_cast<std::uint8_t>(child.source));
    out.put(child.rating);
    out.put(child.original);
    out.put(child.points);
  }
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
  row.id = get_id(in);
  row.parent = get_id(in);
  for (std::int64_t* amount : {&row.points, &row.units, &row.cost, &row.freight, &row.cash}) {
    *amount = in.get<std::int64_t>();
  }
  command.hold_seconds = in.get<std::uint32_t>();
  const auto count = in.get<std::uint32_t>();
  for (std::uint32_t n = 0; n < count && in.good(); ++n) {
    command.children.push_back(get_child(in));
  }
  row.child_count = static_cast<std::uint32_t>(command.children.size());
  return command;
}

}  // namespace ph
