#include "platform/files/schema.h"

#include <algorithm>
#include <array>

#include "core/rules/expiry.h"
#include "core/types/check.h"
#include "core/types/words.h"
#include "platform/files/day_slots.h"
#include "platform/files/member_schema.h"

namespace ph {

namespace {

using enum ValueType;

constexpr std::int64_t kU32Max = 4'294'967'295;
constexpr std::int64_t kFractionMax = 1'000'000;
constexpr std::int64_t kBlockMax = 100'000'000'000;

constexpr ColumnSpec need(std::string_view name, ValueType type) {
  return {name, type};
}
constexpr ColumnSpec may(std::string_view name, ValueType type) {
  return {name, type, true};
}
constexpr ColumnSpec words(std::string_view name, std::span<const WordSpec> list) {
  return {name, kWord, false, list};
}
constexpr ColumnSpec may_words(std::string_view name, std::span<const WordSpec> list) {
  return {name, kWord, true, list};
}
constexpr ColumnSpec number(std::string_view name, std::int64_t min, std::int64_t max) {
  return {name, kNumber, false, {}, min, max};
}
constexpr ColumnSpec may_number(std::string_view name, std::int64_t min, std::int64_t max) {
  return {name, kNumber, true, {}, min, max};
}
template <class E>
constexpr WordSpec as(std::string_view text, E value) {
  return {text, static_cast<std::uint8_t>(value)};
}

// --- Words --------------------------------------------------------------------------------------

constexpr WordSpec kForms[] = {as("PHONE_CREDIT", Form::kPhoneCredit),
                               as("OWN_PRODUCT", Form::kOwnProduct),
                               as("GIFT", Form::kGift),
                               as("MERCHANT", Form::kMerchant),
                               as("FIXED_LINE", Form::kFixedLine),
                               as("EXCHANGE_OUT", Form::kExchangeOut),
                               as("FUNDING", Form::kFunding)};
constexpr std::span<const WordSpec> kRedeemForms = std::span(kForms).first(5);
constexpr std::span<const WordSpec> kGoodsForms = std::span(kForms).first(3);

constexpr WordSpec kSources[] = {as("CONSUMPTION", Source::kConsumption),
                                 as("TENURE", Source::kTenure),
                                 as("LEVEL", Source::kLevel),
                                 as("AWARD", Source::kAward),
                                 as("FIXED_LINE", Source::kFixedLine),
                                 as("SP", Source::kSp),
                                 as("PARTNER", Source::kPartner),
                                 as("EXCHANGE_IN", Source::kExchangeIn),
                                 as("MIGRATION", Source::kMigration),
                                 as("DEBT", Source::kDebt)};
constexpr std::span<const WordSpec> kLotSources = std::span(kSources).first(9);
constexpr WordSpec kEarnSources[] = {
    as("TENURE", Source::kTenure), as("LEVEL", Source::kLevel),
    as("AWARD", Source::kAward),   as("FIXED_LINE", Source::kFixedLine),
    as("SP", Source::kSp),         as("MIGRATION", Source::kMigration)};

constexpr WordSpec kAccounts[] = {
    as("ISSUED", Account::kIssued),   as("REDEEMED", Account::kRedeemed),
    as("EXPIRED", Account::kExpired), as("FORFEITED", Account::kForfeited),
    as("MOVED", Account::kMoved),     as("REPAID", Account::kRepaid)};
constexpr WordSpec kParticipantKinds[] = {
    as("PROVINCE", ParticipantKind::kProvince), as("CLEARING", ParticipantKind::kClearing),
    as("AIRLINE", ParticipantKind::kAirline),   as("BANK", ParticipantKind::kBank),
    as("HOTEL", ParticipantKind::kHotel),       as("MERCHANT", ParticipantKind::kMerchant)};
constexpr WordSpec kPriceKinds[] = {as("INTER", PriceKind::kInter),
                                    as("SALE", PriceKind::kSale),
                                    as("REIMBURSE", PriceKind::kReimburse),
                                    as("COMMISSION", PriceKind::kCommission),
                                    as("OUT", PriceKind::kOut),
                                    as("IN", PriceKind::kIn),
                                    as("BUY", PriceKind::kBuy)};
constexpr WordSpec kCapKinds[] = {as("TAKEN", CapKind::kTaken), as("SOLD", CapKind::kSold)};
constexpr WordSpec kCapSpans[] = {as("DAY", CapSpan::kDay), as("MONTH", CapSpan::kMonth)};
constexpr WordSpec kExpiryPolicies[] = {as("QUARTER", ExpiryPolicy::kQuarter),
                                        as("YEAR", ExpiryPolicy::kYear)};
constexpr WordSpec kMovementKinds[] = {
    as("EARN", Kind::kEarn),        as("UNEARN", Kind::kUnearn), as("EXPIRE", Kind::kExpire),
    as("FORFEIT", Kind::kForfeit),  as("REPAY", Kind::kRepay),   as("WRITE_OFF", Kind::kWriteOff),
    as("REASSIGN", Kind::kReassign)};
constexpr WordSpec kItemKinds[] = {as("REDEEM", Kind::kRedeem),
                                   as("EXCHANGE_OUT", Kind::kExchangeOut),
                                   as("ACCRUAL", Kind::kAccrual),
                                   as("EXCHANGE_IN", Kind::kExchangeIn),
                                   as("REFUND", Kind::kRefund),
                                   as("UNISSUE", Kind::kUnissue),
                                   as("MOVE_OUT", Kind::kMoveOut),
                                   as("MOVE_IN", Kind::kMoveIn),
                                   as("DELIVERY", Kind::kDelivery),
                                   as("DELIVERY_REFUND", Kind::kDeliveryRefund),
                                   as("PARTNER_REDEMPTION", Kind::kPartnerRedemption),
                                   as("PARTNER_EXCHANGE_OUT", Kind::kPartnerExchangeOut),
                                   as("PARTNER_ACCRUAL", Kind::kPartnerAccrual),
                                   as("PARTNER_EXCHANGE_IN", Kind::kPartnerExchangeIn),
                                   as("PARTNER_REFUND", Kind::kPartnerRefund),
                                   as("NOT_CREDITED", Kind::kNotCredited)};
constexpr WordSpec kActions[] = {as("NEW", Action::kNew), as("CORRECT", Action::kCorrect),
                                 as("WITHDRAW", Action::kWithdraw)};

// --- Columns that several kinds share -----------------------------------------------------------

constexpr ColumnSpec kSerialColumn = need("serial", kSerial);
constexpr ColumnSpec kMemberColumn = need("member", kMember);
constexpr ColumnSpec kIdColumn = need("id", kId);
constexpr ColumnSpec kMayId = may("id", kId);
constexpr ColumnSpec kParent = need("parent", kId);
constexpr ColumnSpec kPointsColumn = need("points", kPoints);
constexpr ColumnSpec kUnitsColumn = need("units", kUnits);
constexpr ColumnSpec kPartner = need("partner", kCode);
constexpr ColumnSpec kMayPartner = may("partner", kCode);
constexpr ColumnSpec kMayGiver = may("giver", kCode);
constexpr ColumnSpec kLot = need("lot", kEntryId);
constexpr ColumnSpec kRate = number("rate", 1, kPriceVersionMax);
constexpr ColumnSpec kCost = may("cost", kFen);
constexpr ColumnSpec kFreight = may("freight", kFen);
constexpr ColumnSpec kCash = may("cash", kFen);
constexpr ColumnSpec kRedeemForm = words("form", kRedeemForms);
constexpr ColumnSpec kEarnedMonth = need("earned_month", kMonth);
constexpr ColumnSpec kRating = need("rating", kFlag);
constexpr ColumnSpec kExpiresOn = need("expires_on", kDate);
constexpr ColumnSpec kOriginal = need("original", kPoints);
constexpr ColumnSpec kIssuer = need("issuer", kCode);
constexpr ColumnSpec kLotSource = words("source", kLotSources);
constexpr ColumnSpec kSequence = number("sequence", 1, kU32Max);
constexpr ColumnSpec kEntry = number("entry", 1, kU32Max);
constexpr ColumnSpec kDigestColumn = need("digest", kDigest);
constexpr ColumnSpec kMayAuthorisation = may("authorisation", kEntryId);

// --- PROVINCE_DAY -------------------------------------------------------------------------------

constexpr ColumnSpec kBill[] = {kSerialColumn, need("account", kAccount), kMemberColumn,
                                need("bill_month", kMonth), need("fen", kFen)};
constexpr ColumnSpec kRebill[] = {
    kSerialColumn, need("account", kAccount), kMemberColumn,          need("bill_month", kMonth),
    kLot,          need("billed", kFen),      need("corrected", kFen)};
constexpr ColumnSpec kEarn[] = {kSerialColumn, kMemberColumn, words("source", kEarnSources),
                                kEarnedMonth,  kPointsColumn, kRating};
constexpr ColumnSpec kUnearn[] = {kSerialColumn, kMemberColumn, kLot, kPointsColumn};
constexpr ColumnSpec kSerialMember[] = {kSerialColumn, kMemberColumn};
constexpr ColumnSpec kRedeem[] = {kSerialColumn, kMayId,    kMemberColumn, kPointsColumn,
                                  kRedeemForm,   kMayGiver, kMayPartner,   kCost,
                                  kFreight,      kCash};
constexpr ColumnSpec kHold[] = {kSerialColumn, kMayId, kMemberColumn, kPointsColumn,
                                need("expires", kDate)};
constexpr ColumnSpec kCapture[] = {
    kSerialColumn, kMayId,    need("hold", kId), kPointsColumn, need("final", kFlag),
    kRedeemForm,   kMayGiver, kMayPartner,       kCost,         kFreight,
    kCash};
constexpr ColumnSpec kVoid[] = {kSerialColumn, need("hold", kId)};
constexpr ColumnSpec kExchangeOut[] = {kSerialColumn, kMayId,       kMemberColumn, kPartner,
                                       kPointsColumn, kUnitsColumn, kRate};
constexpr ColumnSpec kAccrual[] = {kSerialColumn, kIdColumn, kMemberColumn, kPartner,
                                   kPointsColumn};
constexpr ColumnSpec kExchangeIn[] = {kSerialColumn, kIdColumn,    kMemberColumn, kPartner,
                                      kPointsColumn, kUnitsColumn, kRate};
constexpr ColumnSpec kRefund[] = {kSerialColumn, kMayId,    kParent,    kMemberColumn,
                                  kPointsColumn, kMayGiver, kMayPartner};
constexpr ColumnSpec kUnissue[] = {kSerialColumn, kMayId, kParent,      kMemberColumn,
                                   kPartner,      kLot,   kPointsColumn};
constexpr ColumnSpec kMoveOut[] = {kSerialColumn, kIdColumn, kMemberColumn, need("to", kCode)};
constexpr ColumnSpec kMoveIn[] = {kSerialColumn, kMemberColumn, need("from", kCode)};
constexpr ColumnSpec kConfirm[] = {kSerialColumn, need("move", kId)};
constexpr ColumnSpec kDelivery[] = {kSerialColumn,
                                    kMemberColumn,
                                    need("home", kCode),
                                    kMayAuthorisation,
                                    kPointsColumn,
                                    words("form", kGoodsForms),
                                    kCost,
                                    kFreight,
                                    kCash,
                                    kMayId};
constexpr ColumnSpec kDeliveryRefund[] = {kSerialColumn,       kMayId,       kParent, kMemberColumn,
                                          need("home", kCode), kPointsColumn};
constexpr ColumnSpec kWithdraw[] = {kSerialColumn, kSequence, kEntry};
constexpr ColumnSpec kCited[] = {kSequence, kEntry};
constexpr ColumnSpec kLotRow[] = {kLot,       kEarnedMonth, kLotSource,   kRating,
                                  kExpiresOn, kOriginal,    kPointsColumn};
constexpr ColumnSpec kDebtRow[] = {kIssuer, kPointsColumn};

constexpr KindSpec kDayKinds[] = {
    {"BILL", 0, kBill},
    {"REBILL", 1, kRebill},
    {"EARN", 2, kEarn},
    {"UNEARN", 3, kUnearn},
    {"TRANSFER", 4, kSerialMember},
    {"LEAVE", 5, kSerialMember},
    {"REDEEM", 6, kRedeem},
    {"HOLD", 7, kHold},
    {"CAPTURE", 8, kCapture},
    {"VOID", 9, kVoid},
    {"EXCHANGE_OUT", 10, kExchangeOut},
    {"ACCRUAL", 11, kAccrual},
    {"EXCHANGE_IN", 12, kExchangeIn},
    {"REFUND", 13, kRefund},
    {"UNISSUE", 14, kUnissue},
    {"MOVE_OUT", 15, kMoveOut},
    {"MOVE_IN", 16, kMoveIn},
    {"CONFIRM", 17, kConfirm},
    {"DELIVERY", 18, kDelivery, true},
    {"DELIVERY_REFUND", 19, kDeliveryRefund},
    {"WITHDRAW", 20, kWithdraw},
};
static_assert(std::size(kDayKinds) == kMemberKindFirst);

// Those of DayRow, then the rows of members, then what belongs to a row beside it.
using DayKinds = std::array<KindSpec, kDayKindCount>;
DayKinds make_day_kinds() {
  DayKinds kinds;
  auto at = std::ranges::copy(kDayKinds, kinds.begin()).out;
  at = std::ranges::copy(member_kinds(), at).out;
  for (const KindSpec& kind :
       {KindSpec{"CORRECT", kDayCorrect, kCited}, KindSpec{"LOT", kDayLot, kLotRow},
        KindSpec{"DEBT", kDayDebt, kDebtRow}, KindSpec{"INPUT", kDayInput, sheet_input_columns()},
        KindSpec{"STANDING", kDayStanding, standing_columns()}}) {
    *at++ = kind;
  }
  check(at == kinds.end(), "every kind of a day has its place");
  return kinds;
}

std::span<const KindSpec> day_kinds() {
  static const DayKinds kAll = make_day_kinds();
  return kAll;
}

// --- PARTNER_DAY --------------------------------------------------------------------------------

constexpr ColumnSpec kPartnerAccrual[] = {kIdColumn, kMemberColumn, kPointsColumn};
constexpr ColumnSpec kRedemption[] = {kIdColumn, kMemberColumn, kPointsColumn, kMayAuthorisation};
constexpr ColumnSpec kPartnerExchange[] = {kIdColumn, kMemberColumn, kPointsColumn, kUnitsColumn,
                                           kRate};
constexpr ColumnSpec kPartnerRefund[] = {kIdColumn, kParent, kMemberColumn, kPointsColumn};
constexpr ColumnSpec kNotCredited[] = {kIdColumn, kParent, kMemberColumn};

constexpr KindSpec kPartnerDay[] = {
    {"ACCRUAL", 0, kPartnerAccrual},
    {"REDEMPTION", 1, kRedemption},
    {"EXCHANGE_OUT", 2, kPartnerExchange},
    {"EXCHANGE_IN", 3, kPartnerExchange},
    {"REFUND", 4, kPartnerRefund},
    {"NOT_CREDITED", 5, kNotCredited},
    {"WITHDRAW", 6, kCited},
    {"CORRECT", 7, kCited},
};

// --- OPENING_LOTS, RULEBOOK, CALENDAR, CUTOFF ---------------------------------------------------

constexpr ColumnSpec kOpeningMember[] = {kMemberColumn};
constexpr ColumnSpec kOpeningLot[] = {
    kLot,    kMemberColumn, kEarnedMonth, kLotSource,
    kRating, kExpiresOn,    kOriginal,    need("remaining", kPoints)};
constexpr ColumnSpec kOpeningDebt[] = {kMemberColumn, kIssuer, kPointsColumn};
constexpr KindSpec kOpeningLots[] = {
    {"MEMBER", 0, kOpeningMember}, {"LOT", 1, kOpeningLot}, {"DEBT", 2, kOpeningDebt}};

constexpr ColumnSpec kParticipantRow[] = {need("code", kNewCode), number("number", 1, 65'535),
                                          words("kind", kParticipantKinds), need("name_zh", kText),
                                          need("name_en", kText)};
constexpr ColumnSpec kContract[] = {kPartner,
                                    need("acquirer", kCode),
                                    need("types", kTypes),
                                    need("netted", kFlag),
                                    need("carry", kFlag),
                                    may("unit", kUnit),
                                    need("from", kDate),
                                    may("to", kDate)};
constexpr ColumnSpec kPrice[] = {number("version", 1, kPriceVersionMax),
                                 words("kind", kPriceKinds),
                                 kMayPartner,
                                 may_words("form", kForms),
                                 may("issuer", kCode),
                                 may("acquirer", kCode),
                                 number("num", 0, kFractionMax),
                                 number("den", 1, kFractionMax),
                                 may_number("block", 1, kBlockMax),
                                 may_number("min", 1, kBlockMax),
                                 need("from", kDate),
                                 may("to", kDate)};
constexpr ColumnSpec kCap[] = {kPartner,      words("kind", kCapKinds), words("span", kCapSpans),
                               kPointsColumn, need("from", kDate),      may("to", kDate)};
constexpr ColumnSpec kExpiry[] = {words("policy", kExpiryPolicies),
                                  number("years", 1, kExpiryYearsMax), need("from", kMonth)};
constexpr KindSpec kRulebook[] = {{"PARTICIPANT", 0, kParticipantRow},
                                  {"CONTRACT", 1, kContract},
                                  {"PRICE", 2, kPrice},
                                  {"CAP", 3, kCap},
                                  {"EXPIRY", 4, kExpiry}};

constexpr ColumnSpec kYear[] = {number("year", 2000, 2099)};
constexpr ColumnSpec kDay[] = {need("day", kDate)};
constexpr KindSpec kCalendar[] = {{"YEAR", 0, kYear}, {"HOLIDAY", 1, kDay}, {"WORKDAY", 2, kDay}};

constexpr ColumnSpec kPeriod[] = {need("period", kMonth)};
constexpr ColumnSpec kDigestRow[] = {kDigestColumn};
constexpr ColumnSpec kOpeningRow[] = {need("province", kCode), kDigestColumn};
constexpr ColumnSpec kSenderRow[] = {need("sender", kCode), number("sequence", 0, kU32Max),
                                     kDigestColumn};
constexpr KindSpec kCutoff[] = {{"PERIOD", 0, kPeriod},
                                {"RULEBOOK", 1, kDigestRow},
                                {"CALENDAR", 2, kDigestRow},
                                {"OPENING", 3, kOpeningRow},
                                {"SENDER", 4, kSenderRow}};

// --- BATCH --------------------------------------------------------------------------------------

constexpr ColumnSpec kSliceSource = words("source", kSources);
constexpr ColumnSpec kAccountOfSlice = words("account", kAccounts);
constexpr ColumnSpec kMovementRow[] = {kEntry,
                                       words("kind", kMovementKinds),
                                       kMemberColumn,
                                       kLot,
                                       may("earned_month", kMonth),
                                       may("expires_on", kDate),
                                       kSliceSource,
                                       may("rating", kFlag),
                                       kAccountOfSlice,
                                       may("original", kPoints),
                                       need("delta", kSigned)};
constexpr std::span<const ColumnSpec> kSliceRow = std::span(kMovementRow).subspan(3);
constexpr ColumnSpec kItemRow[] = {kEntry,
                                   may_words("kind", kItemKinds),
                                   words("action", kActions),
                                   kMayId,
                                   may("parent", kId),
                                   may("member", kMember),
                                   may("counterparty", kCode),
                                   kMayPartner,
                                   may_words("form", kForms),
                                   kPointsColumn,
                                   may("units", kUnits),
                                   may_number("rate", 0, kPriceVersionMax),
                                   kCost,
                                   kFreight,
                                   kCash,
                                   kMayAuthorisation,
                                   may_number("cited_sequence", 0, kU32Max),
                                   may_number("cited_entry", 0, kU32Max)};
constexpr KindSpec kBatch[] = {{"PREVIOUS", 0, kDigestRow},
                               {"MOVEMENT", 1, kMovementRow},
                               {"ITEM", 2, kItemRow},
                               {"SLICE", 3, kSliceRow},
                               {"DIGEST", 4, kDigestRow}};

static_assert(std::size(kItemRow) <= kColumnsMax);

constexpr FileType kAllTypes[] = {
    FileType::kProvinceDay, FileType::kPartnerDay, FileType::kBatch, FileType::kOpeningLots,
    FileType::kRulebook,    FileType::kCalendar,   FileType::kCutoff};

}  // namespace

std::span<const FileType> all_file_types() {
  return kAllTypes;
}

std::span<const KindSpec> kinds_of(FileType type) {
  switch (type) {
    case FileType::kProvinceDay:
      return day_kinds();
    case FileType::kPartnerDay:
      return kPartnerDay;
    case FileType::kBatch:
      return kBatch;
    case FileType::kOpeningLots:
      return kOpeningLots;
    case FileType::kRulebook:
      return kRulebook;
    case FileType::kCalendar:
      return kCalendar;
    case FileType::kCutoff:
      return kCutoff;
  }
  check_failed("file type", __FILE__, __LINE__);
}

std::string_view word(FileType type) {
  constexpr std::string_view kNames[] = {"PROVINCE_DAY", "PARTNER_DAY", "BATCH", "OPENING_LOTS",
                                         "RULEBOOK",     "CALENDAR",    "CUTOFF"};
  return kNames[static_cast<std::size_t>(type)];
}

std::string_view word(ValueType type) {
  constexpr std::string_view kNames[] = {
      "code",   "code", "member", "serial", "id",     "entry id", "date",    "month",
      "points", "fen",  "units",  "signed", "number", "flag",     "account", "word",
      "word",   "unit", "text",   "digest", "name",   "officer",  "hex"};
  return kNames[static_cast<std::size_t>(type)];
}

void print_formats(std::string& out) {
  for (const FileType type : kAllTypes) {
    for (const KindSpec& kind : kinds_of(type)) {
      for (const ColumnSpec& column : kind.columns) {
        for (const std::string_view part :
             {word(type), kind.name, column.name, word(column.type)}) {
          out += part;
          out += ',';
        }
        out += column.optional ? "optional\n" : "required\n";
      }
    }
  }
}

}  // namespace ph
