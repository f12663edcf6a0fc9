// What a partner is told of what he asked: whose points, what is left of it, and what is known
// under an id.
#include <algorithm>
#include <array>

#include "core/programme/earning.h"
#include "core/switch/switch_book.h"
#include "core/types/check.h"

namespace ph {

namespace {

constexpr std::array kOneOfEachClass{AskKind::kRedeem,      AskKind::kHold,    AskKind::kVoid,
                                     AskKind::kExchangeOut, AskKind::kAccrual, AskKind::kExchangeIn,
                                     AskKind::kRefund};

}  // namespace

const SwitchRecord* SwitchBook::find(const TransactionId& id) const {
  for (const AskKind kind : kOneOfEachClass) {
    if (const SwitchRecord* record = find(kind, id)) {
      return record;
    }
  }
  return nullptr;
}

void SwitchBook::complete(Ask& ask) const {
  const SwitchRecord* hold =
      ask.member.none() && cites_hold(ask.kind) ? find(AskKind::kHold, ask.parent) : nullptr;
  ask.member = hold == nullptr ? ask.member : hold->member;
}

// Of a refund or reversal: what was carried out under the id that it cites; kNone when the book
// doesn't know it (it came by file).
std::uint32_t SwitchBook::parent_of(AskKind kind, const TransactionId& id) const {
  const bool refund = kind == AskKind::kRefund;
  if (!refund && kind != AskKind::kReversal) {
    return FlatIndex::kNone;
  }
  const auto kinds = refund ? std::array{AskKind::kRedeem, AskKind::kExchangeOut}
                            : std::array{AskKind::kAccrual, AskKind::kExchangeIn};
  for (const AskKind of : kinds) {
    const std::uint32_t parent = find_number(of, id);
    if (parent != FlatIndex::kNone && records_[parent].carried_out()) {
      return parent;
    }
  }
  return FlatIndex::kNone;
}

void SwitchBook::cite_parent(Ask& ask) const {
  const std::uint32_t parent = parent_of(ask.kind, ask.parent);
  if (ask.authorisation.none() && parent != FlatIndex::kNone) {
    ask.authorisation = records_[parent].authorisation;
  }
}

std::int64_t SwitchBook::left_of(const SwitchRecord& record) const {
  if (record.kind == AskKind::kHold) {
    const bool ended = record.has(SwitchRecord::kEnded) || record.has(SwitchRecord::kOver);
    return ended ? 0 : record.points - record.used;
  }
  if (cites_hold(record.kind)) {  // One that is forgotten is over.
    return records_.has(record.hold) ? left_of(records_[record.hold]) : 0;
  }
  const std::uint32_t parent = parent_of(record.kind, record.parent);
  return parent == FlatIndex::kNone ? Answer::kNotSaid
                                    : records_[parent].points - records_[parent].used;
}

Answer SwitchBook::answer_of(const SwitchRecord& record) const {
  check(!record.has(SwitchRecord::kPending), "what is pending has no answer");
  return {.kind = record.kind,
          .id = record.id,
          .definite = true,
          .code = record.code,
          .home = record.home,
          .authorisation = record.authorisation,
          .at = record.at,
          .ends = record.ends,
          .points = record.kind == AskKind::kVoid ? record.used : record.points,
          .left = record.carried_out() ? left_of(record) : Answer::kNotSaid,
          .member = record.member};
}

Found SwitchBook::look_up(const LookUp& asked, BusinessDate today) const {
  const SwitchRecord* record = find(asked.id);
  if (record == nullptr) {
    Found out{.number = asked.number};
    if (today.count() - asked.id.date.count() > kLateDaysMax) {
      out.answer.code = static_cast<std::uint8_t>(AskCode::kTooOld);
    }
    return out;
  }
  Ask ask = ask_of(*record);
  ask.authorisation = {};  // Of the answer, not what was asked.
  const bool pending = record->has(SwitchRecord::kPending);
  return {.number = asked.number,
          .ask = ask,
          .answer = pending ? Answer{.kind = ask.kind,
                                     .id = ask.id,
                                     .code = static_cast<std::uint8_t>(AskCode::kAgainLater),
                                     .at = record->at}
                            : answer_of(*record)};
}

}  // namespace ph
