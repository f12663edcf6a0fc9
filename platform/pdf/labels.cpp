#include "platform/pdf/labels.h"

#include <array>
#include <cstddef>

namespace ph::pdf {

namespace {

struct Entry {
  std::string_view word;
  std::string_view zh;
  std::string_view en;
};

// Reasons that stand alone.
constexpr std::array<Entry, 7> kReasons = {{
    {"PHONE_CREDIT", "抵付话费", "Phone credit"},
    {"OWN_PRODUCT", "兑换自有产品", "Own product"},
    {"GIFT_COST", "礼品成本", "Gift cost"},
    {"MERCHANT_REDEMPTION", "商户积分消费", "Merchant redemption"},
    {"MERCHANT_REIMBURSEMENT", "商户补偿款", "Merchant reimbursement"},
    {"MERCHANT_COMMISSION", "商户佣金", "Merchant commission"},
    {"FIXED_LINE", "兑换固网业务", "Fixed line"},
}};

// Reasons that carry a partner: the code follows the prefix.
constexpr std::array<Entry, 3> kPartnerReasons = {{
    {"EXCHANGE_OUT_", "积分兑出", "Exchange out"},
    {"SALE_POINTS_", "积分销售", "Sale of points"},
    {"FUND_ISSUER_", "补偿发行方", "Funding of issuer"},
}};

constexpr std::string_view kPurchase = "PURCHASE_";  // PURCHASE_<UNIT>S_<partner>

constexpr std::array<Entry, 3> kUnits = {{
    {"point", "积分", "points"},
    {"mile", "里程", "miles"},
    {"night", "房晚", "nights"},
}};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Label with_partner(std::string_view zh, std::string_view en, std::string_view partner) {
  const std::string tail = " · " + std::string(partner);
  return {std::string(zh) + tail, std::string(en) + tail};
}

Label purchase_label(std::string_view rest) {
  const std::size_t bar = rest.rfind('_');
  if (bar == std::string_view::npos || bar < 2) return {"购入单位", "Purchase"};
  const std::string unit = lower(rest.substr(0, bar - 1));
  const Label label = unit_label(unit);
  return with_partner("购入" + (label.zh.empty() ? label.en : label.zh), "Purchase of " + label.en,
                      rest.substr(bar + 1));
}

}  // namespace

Label reason_label(std::string_view reason) {
  for (const Entry& entry : kReasons) {
    if (reason == entry.word) return {std::string(entry.zh), std::string(entry.en)};
  }
  for (const Entry& entry : kPartnerReasons) {
    if (reason.starts_with(entry.word)) {
      return with_partner(entry.zh, entry.en, reason.substr(entry.word.size()));
    }
  }
  if (reason.starts_with(kPurchase)) return purchase_label(reason.substr(kPurchase.size()));
  return {std::string(reason), {}};
}

Label kind_label(ParticipantKind kind) {
  switch (kind) {
    case ParticipantKind::kProvince:
      return {"省公司", "Province"};
    case ParticipantKind::kClearing:
      return {"结算中心", "Clearing"};
    case ParticipantKind::kAirline:
      return {"航空公司", "Airline"};
    case ParticipantKind::kBank:
      return {"银行", "Bank"};
    case ParticipantKind::kHotel:
      return {"酒店", "Hotel"};
    case ParticipantKind::kMerchant:
      return {"商户", "Merchant"};
  }
  return {};
}

Label unit_label(std::string_view unit) {
  for (const Entry& entry : kUnits) {
    if (unit == entry.word) return {std::string(entry.zh), std::string(entry.en)};
  }
  return {{}, std::string(unit) + "s"};
}

SuspenseWords suspense_words(std::string_view reason) {
  if (reason == "MISSING_HOME") {
    return {"归属省未报",
            {"另一方已报，归属省没有对应记录。",
             "The other side has reported it; the home has no counterpart."}};
  }
  if (reason == "MISSING_ACQUIRER") {
    return {"受理方未报",
            {"归属省已报，受理方或合作伙伴没有对应记录。",
             "The home has reported it; the acquirer or partner has no counterpart."}};
  }
  if (reason == "AMOUNT") {
    return {"数量不符",
            {"双方的积分或单位数不同，或退回超过原交易的余额。",
             "Points or units differ, or a refund is more than is left of its parent."}};
  }
  if (reason == "RATE") {
    return {"比率不符",
            {"比率或价格在业务日未生效，或换算与比率不一致。",
             "A rate or price was not in force on the day, or the units do not follow from it."}};
  }
  if (reason == "AUTHORISATION") {
    return {"授权码不符",
            {"缺少归属省的授权码，或与其不同。",
             "The home's authorisation code is absent, or another one."}};
  }
  if (reason == "PARENT") {
    return {"原交易不符",
            {"退回或冲正所引的原交易尚未结算，或与之不符。",
             "The transaction that a refund cites has not settled, or is not like it."}};
  }
  return {std::string(reason), {}};
}

}  // namespace ph::pdf
