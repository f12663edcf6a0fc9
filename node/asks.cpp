#include "node/asks.h"

#include "core/home/home.h"
#include "core/types/check.h"

namespace ph {

namespace {

RowKind row_kind(AskKind kind) {
  switch (kind) {
    case AskKind::kRedeem:
      return RowKind::kRedeem;
    case AskKind::kHold:
      return RowKind::kHold;
    case AskKind::kCapture:
      return RowKind::kCapture;
    case AskKind::kVoid:
      return RowKind::kVoid;
    case AskKind::kExchangeOut:
      return RowKind::kExchangeOut;
    case AskKind::kAccrual:
      return RowKind::kAccrual;
    case AskKind::kExchangeIn:
      return RowKind::kExchangeIn;
    case AskKind::kRefund:
      return RowKind::kRefund;
    case AskKind::kReversal:
      return RowKind::kUnissue;
    case AskKind::kMove:
      return RowKind::kMoveOut;
  }
  check(false, "every kind of ask is a row's");
  return RowKind::kRedeem;
}

// Rows of these kinds have no member: it is that of the hold.
bool names_member(AskKind kind) {
  return kind != AskKind::kCapture && kind != AskKind::kVoid;
}

// A hold and a void say nothing of who gives the goods; of a move it is the new home.
bool names_giver(AskKind kind) {
  return kind != AskKind::kHold && kind != AskKind::kVoid && kind != AskKind::kMove;
}

}  // namespace

EntryClass class_of(AskKind kind) {
  return *live_class(row_kind(kind));
}

LiveCommand command_of(const Ask& ask) {
  return {.row = {.kind = row_kind(ask.kind),
                  .form = ask.form,
                  .flag = ask.final ? std::uint8_t{1} : std::uint8_t{0},
                  .giver = names_giver(ask.kind) ? ask.giver : Participant(),
                  .partner = names_giver(ask.kind) ? ask.partner : Participant(),
                  .other = ask.kind == AskKind::kMove ? ask.giver : Participant(),
                  .member = names_member(ask.kind) ? ask.member : Member(),
                  .lot = ask.kind == AskKind::kReversal ? ask.authorisation : LotId(),
                  .id = ask.id,
                  .parent = ask.parent,
                  .rate = ask.rate,
                  .child_count = static_cast<std::uint32_t>(ask.slices.size()),
                  .points = ask.points,
                  .units = ask.units},
          .children = ask.slices,
          .hold_seconds = ask.seconds};
}

Answer answer_to(const Ask& ask, const LiveAnswer& decided, Participant home) {
  const auto code = static_cast<ReturnCode>(decided.code);
  const bool makes_lot = ask.kind == AskKind::kAccrual || ask.kind == AskKind::kExchangeIn;
  return {.kind = ask.kind,
          .id = ask.id,
          .definite = code != ReturnCode::kAgainLater,
          .code = decided.code,
          .home = home,
          .authorisation = makes_lot ? decided.entry : decided.authorisation,
          .at = decided.at.seconds(),
          .ends = decided.ends.seconds(),
          .points = decided.code == 0 ? decided.points : 0,
          .detail = decided.code == 0 ? "" : std::string(word(code))};
}

Answer moved_answer(const Ask& ask, const Home& home, BusinessTime now) {
  Answer answer{.kind = ask.kind,
                .id = ask.id,
                .code = static_cast<std::uint8_t>(AskCode::kMoved),
                .home = home.province(),
                .at = now.seconds(),
                .detail = "the member has moved"};
  if (ask.kind != AskKind::kRefund) {
    return answer;
  }
  if (home.is_less_than_whole(ask.parent, ask.member, ask.points)) {
    answer.definite = true;  // Whoever is asked, whenever: it needs no record.
    answer.code = static_cast<std::uint8_t>(ReturnCode::kWholeOnly);
    answer.detail = std::string(word(ReturnCode::kWholeOnly));
  } else {
    answer.slices = home.left_of(ask.parent, ask.member);
  }
  return answer;
}

}  // namespace ph
