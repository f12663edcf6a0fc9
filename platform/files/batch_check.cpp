#include "platform/files/batch_check.h"

#include <algorithm>

#include "core/batch/seal.h"
#include "core/types/ratio.h"
#include "platform/files/values.h"

namespace ph {

namespace {

using enum FaultCode;

bool is_home_kind(Kind kind) {
  return kind >= Kind::kRedeem && kind <= Kind::kMoveIn;
}
bool is_giver_kind(Kind kind) {
  return kind == Kind::kDelivery || kind == Kind::kDeliveryRefund;
}
bool is_partner_kind(Kind kind) {
  return kind >= Kind::kPartnerRedemption && kind <= Kind::kNotCredited;
}
bool has_parent(Kind kind) {
  return kind == Kind::kRefund || kind == Kind::kUnissue || kind == Kind::kDeliveryRefund ||
         kind == Kind::kPartnerRefund || kind == Kind::kNotCredited;
}
// Kinds that a CORRECT, or a WITHDRAW, may replace.
bool may_correct(Kind kind) {
  return is_giver_kind(kind) || is_partner_kind(kind);
}
bool may_withdraw(Kind kind) {
  return may_correct(kind) || kind == Kind::kRedeem || kind == Kind::kExchangeOut;
}

class BatchChecker {
 public:
  BatchChecker(const BatchView& batch, const RecordContext& context, FaultSink& faults)
      : batch_(batch), context_(context), faults_(faults) {}

  void run() {
    check_header();
    for (std::size_t i = 0; i < batch_.movements.size() && !faults_.full(); ++i) {
      check_movement(batch_.movements[i], i);
      check_pair(batch_.movements[i], i);
    }
    if (half_ != nullptr) {
      no_pair(batch_.movements.size() - 1);
    }
    std::size_t slice = 0;
    for (std::size_t i = 0; i < batch_.items.size() && !faults_.full(); ++i) {
      const Item& item = batch_.items[i];
      check_item(item, i);
      Int128 sum = 0;  // Of what the item says it moves; debts and repayments stand beside it.
      for (std::uint32_t n = 0; n < item.slice_count && slice < batch_.slices.size(); ++n) {
        at(Section::kSlice, slice);
        const Slice& one = batch_.slices[slice];
        check_slice(one, item.kind, item.action);
        check_made(one, item.kind, item.entry);
        const bool beside = one.source == Source::kDebt || one.account == Account::kRepaid;
        sum += beside ? 0 : one.delta;
        ++slice;
      }
      at(Section::kItem, i);
      check_slice_sum(item, sum);
    }
    std::uint64_t counted = 0;
    for (const Item& item : batch_.items) {
      counted += item.slice_count;
    }
    if (counted != batch_.slices.size()) {
      faults_.add(kSliceCount, 0, "slices", std::to_string(batch_.slices.size()),
                  std::to_string(counted) + ", the sum over the items");
    }
  }

 private:
  enum class Section : std::uint8_t { kHeader, kMovement, kItem, kSlice };

  // Faults that follow are about this record.
  void at(Section section, std::size_t index) {
    section_ = section;
    index_ = index;
  }

  void fault(FaultCode code, std::string_view field, const std::string& value,
             std::string expected) {
    if (context_.lines != nullptr && section_ != Section::kHeader) {
      const auto& lines = section_ == Section::kMovement ? context_.lines->movements
                          : section_ == Section::kItem   ? context_.lines->items
                                                         : context_.lines->slices;
      faults_.add(code, lines.at(index_), field, value, std::move(expected));
      return;
    }
    constexpr std::string_view kNames[] = {"header", "movement ", "item ", "slice "};
    std::string column(kNames[static_cast<std::size_t>(section_)]);
    if (section_ != Section::kHeader) {
      column += std::to_string(index_ + 1);
    }
    faults_.add(code, 0, column + " " + std::string(field), value, std::move(expected));
  }

  void need(bool right, std::string_view field, auto value, std::string_view expected) {
    if (!right) [[unlikely]] {
      fault(section_ == Section::kHeader ? kHeaderValue : kRecordValue, field,
            std::to_string(static_cast<std::int64_t>(value)), std::string(expected));
    }
  }

  void participant(std::string_view field, Participant one) {
    if (context_.book != nullptr && context_.book->find(one) == nullptr) [[unlikely]] {
      fault(kUnknownParticipant, field, std::to_string(one.number()),
            "the number of a participant of the rule book");
    }
  }

  void check_header();
  void check_movement(const Movement& movement, std::size_t index);
  void check_pair(const Movement& movement, std::size_t index);
  void no_pair(std::size_t index);
  void check_item(const Item& item, std::size_t index);
  void check_item_values(const Item& item);
  void check_own_code(const Item& item);
  void check_item_action(const Item& item);
  void check_item_roles(const Item& item);
  void check_slice(const Slice& slice, Kind kind, Action action);
  void check_slice_sum(const Item& item, Int128 sum);
  void check_lot(const Slice& slice);
  void check_made(const Slice& slice, Kind kind, std::uint32_t entry);

  const BatchView& batch_;
  const RecordContext& context_;
  FaultSink& faults_;
  Section section_{Section::kHeader};
  std::size_t index_{0};
  const Movement* half_{nullptr};  // the first of two REASSIGN, whose second one is to come
};

void BatchChecker::check_header() {
  const BatchHeader& header = batch_.header;
  need(!header.sender.none(), "sender", header.sender.number(), "the number of a participant");
  need(header.date.count() < BusinessDate::kCount, "date", header.date.count(), "below 36525");
  need(header.zero == 0, "zero", header.zero, "0");
  need(header.zero_end == 0, "zero", header.zero_end, "0");
  need(header.sequence != 0, "sequence", header.sequence, "1 or more");
  if (context_.book != nullptr) {
    if (context_.book->find(header.sender) == nullptr) {
      participant("sender", header.sender);
    } else if (header.sender == kClearingHouse) {
      faults_.add(kSenderRole, context_.lines != nullptr ? 1 : 0, "sender", "100",
                  "a province or a partner");
    }
  }
  if ((header.previous == Digest{}) != (header.sequence == 1)) {
    faults_.add(kPreviousDigest, context_.lines != nullptr ? 2 : 0, "previous",
                hex(header.previous),
                header.sequence == 1 ? "64 zeros" : "the digest of the sender's batch before");
  }
}

void BatchChecker::check_movement(const Movement& movement, std::size_t index) {
  at(Section::kMovement, index);
  need(valid_member(movement.member), "member", movement.member.number(),
       "a member number with its check digit");
  need(movement.entry != 0, "entry", movement.entry, "1 or more");
  need(movement.kind >= Kind::kEarn && movement.kind <= Kind::kReassign, "kind",
       static_cast<int>(movement.kind), "1 to 7");
  const bool zeros = std::ranges::all_of(movement.zero, [](std::uint8_t z) { return z == 0; });
  need(zeros, "zero", 1, "0");
  check_slice(movement.slice, movement.kind, Action::kNew);
  check_made(movement.slice, movement.kind, movement.entry);
  if (context_.book != nullptr && context_.book->is_partner(batch_.header.sender)) {
    fault(kParticipantRole, "kind", std::to_string(static_cast<int>(movement.kind)),
          "items of a partner: it keeps no lots");
  }
  if (index > 0 && movement.entry < batch_.movements[index - 1].entry) {
    fault(kSortOrder, "entry", std::to_string(movement.entry), "movements ascending by entry");
  }
}

// A lot or debt passes whole: two movements side by side under one entry, of two numbers, that
// differ in the sign alone. The first one takes: points off a lot, or a debt off its number.
void BatchChecker::check_pair(const Movement& movement, std::size_t index) {
  const bool passes = movement.kind == Kind::kReassign;
  if (half_ == nullptr) {
    const bool takes = (movement.slice.delta < 0) != (movement.slice.source == Source::kDebt);
    if (passes && !takes) {
      no_pair(index);
    } else if (passes) {
      half_ = &movement;
    }
    return;
  }
  Slice second = movement.slice;
  second.delta = half_->slice.delta;
  if (!passes || movement.entry != half_->entry || movement.member == half_->member ||
      second != half_->slice || movement.slice.delta != -half_->slice.delta) {
    no_pair(index);
  }
  half_ = nullptr;
}

void BatchChecker::no_pair(std::size_t index) {
  at(Section::kMovement, index);
  fault(kRecordValue, "kind", std::to_string(static_cast<int>(batch_.movements[index].kind)),
        "REASSIGN in pairs under one entry: from the old number, then to the new one");
}

void BatchChecker::check_item(const Item& item, std::size_t index) {
  at(Section::kItem, index);
  check_item_values(item);
  check_item_action(item);
  check_item_roles(item);
  if (context_.numbers_known && index > 0 && item_before(item, batch_.items[index - 1])) {
    fault(kSortOrder, "id", std::string(item.id.reference_text()),
          "items ascending by counterparty, id, entry");
  }
}

void BatchChecker::check_item_values(const Item& item) {
  const Kind kind = item.kind;
  const bool unresolved = kind == Kind::kNone && item.action == Action::kWithdraw;
  need(is_home_kind(kind) || is_giver_kind(kind) || is_partner_kind(kind) || unresolved, "kind",
       static_cast<int>(kind), "16 to 23, 32 to 39");
  need(item.form <= Form::kFunding, "form", static_cast<int>(item.form), "0 to 7");
  need(item.zero == 0, "zero", item.zero, "0");
  need(item.zero_end == 0, "zero", item.zero_end, "0");
  need(unresolved ? item.id.none() : valid_id(item.id), "id", item.id.participant.number(),
       "an id of participant, days and reference, padded with zeros");
  const bool cites = has_parent(kind) && item.action != Action::kWithdraw;
  need(valid_id(item.parent) || (!cites && item.parent == TransactionId{}), "parent",
       item.parent.participant.number(), cites ? "the parent's id" : "an id, or zeros");
  need(valid_member(item.member) || (item.action == Action::kWithdraw && item.member.none()),
       "member", item.member.number(), "a member number with its check digit");
  const bool code = item.authorisation.date().count() < BusinessDate::kCount &&
                    (item.authorisation.none() || !item.authorisation.participant().none());
  need(code, "authorisation", item.authorisation.packed(), "an entry id, or 0");
  check_own_code(item);
  need(item.entry != 0, "entry", item.entry, "1 or more");
  need(item.rate_version <= kPriceVersionMax, "rate", item.rate_version, "at most 2147483647");
  const std::string_view amount = "0 to 100000000000";
  need(is_amount(item.points), "points", item.points, amount);
  need(is_amount(item.units), "units", item.units, amount);
  need(is_amount(item.cost), "cost", item.cost, amount);
  need(is_amount(item.freight), "freight", item.freight, amount);
  need(is_amount(item.cash), "cash", item.cash, amount);
}

// A home redeems by a code that it gave itself: an entry of its own, of that day or before.
void BatchChecker::check_own_code(const Item& item) {
  if (item.kind != Kind::kRedeem || item.action != Action::kNew) {
    return;
  }
  const EntryId code = item.authorisation;
  const bool own = !context_.numbers_known || code.participant() == batch_.header.sender;
  need(own && code.number() != 0 && code.date() <= batch_.header.date, "authorisation",
       code.packed(), "the code that this home gave: an entry id of its own, up to this date");
}

void BatchChecker::check_item_action(const Item& item) {
  need(item.action <= Action::kWithdraw, "action", static_cast<int>(item.action), "0 to 2");
  if (item.action == Action::kNew) {
    need(item.cited_sequence == 0, "cited_sequence", item.cited_sequence, "0");
    need(item.cited_entry == 0, "cited_entry", item.cited_entry, "0");
    return;
  }
  const bool correct = item.action == Action::kCorrect;
  const bool unresolved = !correct && item.kind == Kind::kNone;
  need(correct ? may_correct(item.kind) : may_withdraw(item.kind) || unresolved, "action",
       static_cast<int>(item.action), "0: entries of this kind are not corrected so");
  need(item.cited_entry != 0, "cited_entry", item.cited_entry, "1 or more");
  const std::uint32_t own = batch_.header.sequence;
  if (own != 0 && (item.cited_sequence == 0 || item.cited_sequence >= own)) {
    fault(kSequenceNotEarlier, "cited_sequence", std::to_string(item.cited_sequence),
          "1 or more, and below this batch's " + std::to_string(own));
  }
  const bool zero =
      item.points == 0 && item.units == 0 && item.cost == 0 && item.freight == 0 && item.cash == 0;
  need(correct || zero, "points", item.points, "all amounts 0 in a withdrawal");
}

void BatchChecker::check_item_roles(const Item& item) {
  if (is_partner_kind(item.kind) || item.kind == Kind::kNone) {
    need(item.counterparty.none(), "counterparty", item.counterparty.number(), "0");
  } else {
    need(!item.counterparty.none(), "counterparty", item.counterparty.number(),
         "the other participant");
  }
  if (context_.book == nullptr) {
    return;
  }
  for (const auto& [field, one] :
       {std::pair("counterparty", item.counterparty), std::pair("partner", item.partner),
        std::pair("id", item.id.participant), std::pair("parent", item.parent.participant),
        std::pair("authorisation", item.authorisation.participant())}) {
    if (!one.none()) {
      participant(field, one);
    }
  }
  const bool by_partner = is_partner_kind(item.kind) || item.kind == Kind::kNone;
  if (context_.book->find(batch_.header.sender) != nullptr &&
      by_partner != context_.book->is_partner(batch_.header.sender)) {
    fault(kParticipantRole, "kind", std::to_string(static_cast<int>(item.kind)),
          by_partner ? "kinds 16 to 33 of a province" : "kinds 34 to 39 of a partner");
  }
}

void BatchChecker::check_slice(const Slice& slice, Kind kind, Action action) {
  need(slice.zero == 0, "zero", slice.zero, "0");
  const auto source = static_cast<int>(slice.source);
  need((source >= 1 && source <= 9) || slice.source == Source::kDebt, "source", source,
       "1 to 9, or 15");
  need(slice.rating <= 1, "rating", slice.rating, "0 or 1");
  need(slice.delta >= -kAmountMax && slice.delta <= kAmountMax && slice.delta != 0, "delta",
       slice.delta, "1 to 100000000000, or the same negative");
  if (slice.source == Source::kDebt) {
    const bool plain = slice.earned_month == Month() && slice.expires_on == BusinessDate() &&
                       slice.rating == 0 && slice.original == 0;
    need(plain && slice.lot == LotId(slice.lot.participant(), BusinessDate(), 0), "lot",
         slice.lot.packed(), "of a debt the issuer, account and delta alone");
  } else {
    check_lot(slice);
  }
  if (context_.numbers_known) {
    need(valid_province(slice.lot.participant()), "lot", slice.lot.participant().number(),
         "a province as issuer");
    participant("lot", slice.lot.participant());
  }
  const bool judged = !word(kind).empty() && slice.delta != 0;
  if (judged && !slice_fits(kind, action, slice)) {
    fault(kSliceAccount, "account",
          std::string(word(slice.account)) + (slice.delta < 0 ? " -" : " +"),
          "the account and sign of its kind: see section 6");
  }
}

// A refund whose slices don't add up waits in suspense; a reversal may find nothing to take.
void BatchChecker::check_slice_sum(const Item& item, Int128 sum) {
  const bool out =
      item.kind == Kind::kRedeem || item.kind == Kind::kExchangeOut || item.kind == Kind::kMoveOut;
  const bool in =
      item.kind == Kind::kAccrual || item.kind == Kind::kExchangeIn || item.kind == Kind::kMoveIn;
  if (item.action == Action::kNew && (out || in) &&
      sum != (out ? -Int128{item.points} : item.points)) {
    fault(kSliceSum, "points", std::to_string(item.points),
          Ratio(out ? -sum : sum, 1).text() + ", the sum of its slices");
  }
}

void BatchChecker::check_lot(const Slice& slice) {
  need(slice.lot.date().count() < BusinessDate::kCount, "lot", slice.lot.date().count(),
       "days below 36525");
  need(slice.earned_month.count() < Month::kCount, "earned_month", slice.earned_month.count(),
       "below 1200");
  need(slice.expires_on.count() < BusinessDate::kCount, "expires_on", slice.expires_on.count(),
       "below 36525");
  need(is_amount(slice.original), "original", slice.original, "0 to 100000000000");
}

// A lot that is made is its sender's own, named by its entry, whole, and expires by the rule:
// nobody makes points that another has to answer for.
void BatchChecker::check_made(const Slice& slice, Kind kind, std::uint32_t entry) {
  const bool makes = slice.account == Account::kIssued && slice.delta > 0 &&
                     (kind == Kind::kEarn || kind == Kind::kAccrual || kind == Kind::kExchangeIn);
  if (!makes || !context_.numbers_known || slice.earned_month.count() >= Month::kCount) {
    return;
  }
  const LotId own(batch_.header.sender, batch_.header.date, entry);
  if (slice.lot != own) {
    fault(
        kLotMade, "lot", std::to_string(slice.lot.packed()),
        std::to_string(own.packed()) + ": this sender, this date, entry " + std::to_string(entry));
  }
  if (slice.original != slice.delta) {
    fault(kLotMade, "original", std::to_string(slice.original), std::to_string(slice.delta));
  }
  if (context_.book == nullptr) {
    if (!may_expire(slice.earned_month, slice.expires_on)) {
      fault(kLotMade, "expires_on", slice.expires_on.text(),
            ExpiryRules().expiry_of(slice.earned_month).text() + ", or as the rule book says");
    }
    return;
  }
  const BusinessDate expires_on = context_.book->expiry().expiry_of(slice.earned_month);
  if (slice.expires_on != expires_on && expires_on.count() < BusinessDate::kCount) {
    fault(kLotMade, "expires_on", slice.expires_on.text(), expires_on.text());
  }
}

}  // namespace

bool slice_fits(Kind kind, Action action, const Slice& slice) {
  const bool plus = slice.delta > 0;
  const bool debt = slice.source == Source::kDebt;
  const Account account = slice.account;
  switch (kind) {
    case Kind::kEarn:
      return account == Account::kIssued && plus && !debt;
    case Kind::kUnearn:
    case Kind::kUnissue:
      return account == Account::kIssued && !plus;
    case Kind::kExpire:
      return account == Account::kExpired && !plus && !debt;
    case Kind::kForfeit:
      return account == Account::kForfeited && !plus && !debt;
    case Kind::kRepay:
      return account == Account::kRepaid && plus == debt;
    case Kind::kWriteOff:
      return account == Account::kForfeited && plus && debt;
    case Kind::kReassign:
      return account == Account::kMoved;
    case Kind::kRedeem:
    case Kind::kExchangeOut:
      return account == Account::kRedeemed && !debt && plus == (action == Action::kWithdraw);
    case Kind::kAccrual:
    case Kind::kExchangeIn:
      return (account == Account::kIssued && plus && !debt) ||
             (account == Account::kRepaid && plus == debt);
    case Kind::kRefund:
      return account == Account::kRedeemed && plus && !debt;
    case Kind::kMoveOut:
      return account == Account::kMoved && plus == debt;
    case Kind::kMoveIn:
      return account == Account::kMoved && plus != debt;
    case Kind::kNone:
    case Kind::kDelivery:
    case Kind::kDeliveryRefund:
    case Kind::kPartnerRedemption:
    case Kind::kPartnerExchangeOut:
    case Kind::kPartnerAccrual:
    case Kind::kPartnerExchangeIn:
    case Kind::kPartnerRefund:
    case Kind::kNotCredited:
      break;
  }
  return false;
}

void check_batch(const BatchView& batch, const RecordContext& context, FaultSink& faults) {
  BatchChecker(batch, context, faults).run();
}

}  // namespace ph
