#include "core/types/ask.h"

namespace ph {

std::string_view word(AskKind kind) {
  switch (kind) {
    case AskKind::kRedeem:
      return "REDEEM";
    case AskKind::kHold:
      return "HOLD";
    case AskKind::kCapture:
      return "CAPTURE";
    case AskKind::kVoid:
      return "VOID";
    case AskKind::kExchangeOut:
      return "EXCHANGE_OUT";
    case AskKind::kAccrual:
      return "ACCRUAL";
    case AskKind::kExchangeIn:
      return "EXCHANGE_IN";
    case AskKind::kRefund:
      return "REFUND";
    case AskKind::kReversal:
      return "REVERSAL";
    case AskKind::kMove:
      return "MOVE";
  }
  return "";
}

bool cites_hold(AskKind kind) {
  return kind == AskKind::kCapture || kind == AskKind::kVoid;
}

}  // namespace ph
