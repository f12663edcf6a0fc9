#include "core/home/member_columns.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/types/amount.h"
#include "core/types/check.h"

namespace ph {

namespace {

using F = MemberField;
using Words = std::span<const std::string_view>;

constexpr std::int64_t kU32Max = 4'294'967'295;
constexpr std::int64_t kRegionMax = 9;

constexpr MemberColumn may(std::string_view name, MemberField field) {
  return {.name = name, .field = field, .optional = true};
}
constexpr MemberColumn one_of(std::string_view name, Words words) {
  return {.name = name, .field = F::kWord, .words = words};
}
constexpr MemberColumn number(std::string_view name, MemberField field, std::int64_t min,
                              std::int64_t max) {
  return {.name = name, .field = field, .min = min, .max = max};
}
// 0 stands for none, so it can't be given.
constexpr MemberColumn may_number(std::string_view name, MemberField field) {
  return {.name = name, .field = field, .optional = true, .min = 1, .max = kU32Max};
}

// --- Words: the first is 1 ----------------------------------------------------------------------

constexpr std::string_view kServices[] = {"MOBILE_2G", "MOBILE_3G", "MOBILE_4G",
                                          "CONVERGED", "DATA_CARD", "FIXED_LINE"};
constexpr std::string_view kArrears[] = {"NONE", "ONE_WAY", "BOTH_WAYS"};
constexpr std::string_view kVipWhy[] = {"RANK", "KEY_PERSON"};
constexpr std::string_view kOrderStates[] = {"SHIPPED", "DELIVERED", "RETURNED", "FAILED"};
constexpr std::uint8_t kDelivered = 2;
constexpr std::string_view kComplaintWhy[] = {"BROKEN", "WRONG", "LATE", "OTHER"};
constexpr std::string_view kComplaintEnds[] = {"REFUSED", "REPLACED", "REFUNDED"};
constexpr std::string_view kRegisterWhy[] = {"NO_POINTS", "PARTNER", "OTHER"};
constexpr std::string_view kRegisterEnds[] = {"CREDITED", "REFUSED"};

// --- Columns, in the order of MemberKind --------------------------------------------------------

constexpr MemberColumn kAccount{.name = "account", .field = F::kAccount};
constexpr MemberColumn kMember{.name = "member", .field = F::kMember};
constexpr MemberColumn kBillMonth{.name = "bill_month", .field = F::kMonth};
constexpr MemberColumn kMayId = may("id", F::kId);

constexpr MemberColumn kAccountRow[] = {kAccount,
                                        kMember,
                                        {.name = "joined", .field = F::kMonth},
                                        one_of("service", kServices),
                                        {.name = "prepaid", .field = F::kFlag0},
                                        {.name = "real_name", .field = F::kFlag1},
                                        number("region", F::kNumber0, 1, kRegionMax)};
constexpr MemberColumn kAccountMember[] = {kAccount, kMember};
constexpr MemberColumn kProfile[] = {kMayId, kMember};
constexpr MemberColumn kBillSplit[] = {kAccount,
                                       kMember,
                                       kBillMonth,
                                       {.name = "total", .field = F::kFen0},
                                       {.name = "third_party", .field = F::kFen1},
                                       {.name = "collected", .field = F::kFen2}};
constexpr MemberColumn kSpSpend[] = {kAccount,
                                     kMember,
                                     kBillMonth,
                                     {.name = "service", .field = F::kName0},
                                     {.name = "fen", .field = F::kFen0}};
constexpr MemberColumn kPartnerSpend[] = {{.name = "id", .field = F::kId},
                                          kMember,
                                          {.name = "partner", .field = F::kPartner},
                                          {.name = "fen", .field = F::kFen0}};
constexpr MemberColumn kFixedIn[] = {kMayId, kMember, {.name = "units", .field = F::kUnits}};
constexpr MemberColumn kEvent[] = {kAccount,
                                   kMember,
                                   may("service", F::kName0),
                                   may("channel", F::kName1),
                                   may("plan", F::kName2),
                                   may_number("credit", F::kNumber0)};
constexpr MemberColumn kPlan[] = {kAccount, kMember, may("plan", F::kName0)};
constexpr MemberColumn kBrand[] = {kAccount, kMember, {.name = "brand", .field = F::kName0}};
constexpr MemberColumn kMerge[] = {
    kMayId, kMember, may("account", F::kAccount), {.name = "into", .field = F::kOther}};
constexpr MemberColumn kUnmerge[] = {{.name = "merge", .field = F::kParent}, kMember};
constexpr MemberColumn kArrearsRow[] = {kAccount, kMember, one_of("state", kArrears)};
constexpr MemberColumn kBlacklist[] = {kMember, {.name = "on", .field = F::kFlag0}};
constexpr MemberColumn kVipPropose[] = {kMayId,
                                        kMember,
                                        {.name = "flag", .field = F::kName0},
                                        one_of("why", kVipWhy),
                                        {.name = "until", .field = F::kUntilMonth},
                                        {.name = "officer", .field = F::kOfficer}};
constexpr MemberColumn kVipDecide[] = {{.name = "proposal", .field = F::kParent},
                                       {.name = "approve", .field = F::kFlag0},
                                       {.name = "officer", .field = F::kOfficer}};
constexpr MemberColumn kLegacy[] = {
    kMember, {.name = "flag", .field = F::kName0}, {.name = "until", .field = F::kUntilMonth}};
constexpr MemberColumn kApply[] = {kMayId,
                                   kMember,
                                   {.name = "grading", .field = F::kName0},
                                   {.name = "level", .field = F::kName1},
                                   {.name = "from", .field = F::kMonth}};
constexpr MemberColumn kGrade[] = {kMember,
                                   {.name = "grading", .field = F::kName0},
                                   {.name = "level", .field = F::kName1},
                                   {.name = "from", .field = F::kDate},
                                   may("to", F::kUntilDate)};
constexpr MemberColumn kSheet[] = {
    kMember, {.name = "sheet", .field = F::kName0}, may("grading", F::kName1)};
constexpr MemberColumn kOrder[] = {kMayId,
                                   kMember,
                                   {.name = "item", .field = F::kName0},
                                   number("quantity", F::kNumber0, 1, kU32Max),
                                   {.name = "points", .field = F::kPoints},
                                   {.name = "cash", .field = F::kFen0},
                                   may("beneficiary", F::kOther)};
constexpr MemberColumn kOrderState[] = {{.name = "order", .field = F::kParent},
                                        one_of("state", kOrderStates),
                                        may("cost", F::kFen0),
                                        may("freight", F::kFen1)};
constexpr MemberColumn kStock[] = {{.name = "item", .field = F::kName0},
                                   {.name = "change", .field = F::kChange}};
constexpr MemberColumn kComplaint[] = {
    kMayId, {.name = "order", .field = F::kParent}, one_of("why", kComplaintWhy)};
constexpr MemberColumn kComplaintEnd[] = {{.name = "complaint", .field = F::kParent},
                                          one_of("outcome", kComplaintEnds)};
constexpr MemberColumn kClaim[] = {kMayId, kMember, {.name = "benefit", .field = F::kName0}};
constexpr MemberColumn kRegister[] = {kMayId, kMember, kAccount, kBillMonth,
                                      one_of("why", kRegisterWhy)};
constexpr MemberColumn kRegisterEnd[] = {{.name = "register", .field = F::kParent},
                                         one_of("outcome", kRegisterEnds)};
constexpr MemberColumn kCall[] = {kMayId,
                                  kMember,
                                  number("seconds", F::kNumber0, 0, kU32Max),
                                  {.name = "answered", .field = F::kFlag0},
                                  may_number("called_back", F::kNumber1)};
constexpr MemberColumn kSpent[] = {kAccount,
                                   kMember,
                                   kBillMonth,
                                   {.name = "fen", .field = F::kFen0},
                                   {.name = "earned", .field = F::kFlag0}};

struct KindColumns {
  std::string_view word{};
  std::span<const MemberColumn> columns{};
};
constexpr std::array<KindColumns, kMemberKinds> kKinds{{
    {"ACCOUNT", kAccountRow},
    {"ACCOUNT_END", kAccountMember},
    {"PROFILE", kProfile},
    {"BILL_SPLIT", kBillSplit},
    {"SP_SPEND", kSpSpend},
    {"PARTNER_SPEND", kPartnerSpend},
    {"FIXED_IN", kFixedIn},
    {"EVENT", kEvent},
    {"PLAN", kPlan},
    {"BRAND", kBrand},
    {"MERGE", kMerge},
    {"UNMERGE", kUnmerge},
    {"OWNER", kAccountMember},
    {"ARREARS", kArrearsRow},
    {"BLACKLIST", kBlacklist},
    {"VIP_PROPOSE", kVipPropose},
    {"VIP_DECIDE", kVipDecide},
    {"LEGACY", kLegacy},
    {"APPLY", kApply},
    {"GRADE", kGrade},
    {"SHEET", kSheet},
    {"ORDER", kOrder},
    {"ORDER_STATE", kOrderState},
    {"STOCK", kStock},
    {"COMPLAINT", kComplaint},
    {"COMPLAINT_END", kComplaintEnd},
    {"CLAIM", kClaim},
    {"REGISTER", kRegister},
    {"REGISTER_END", kRegisterEnd},
    {"CALL", kCall},
    {"SPENT", kSpent},
}};

// --- Values -------------------------------------------------------------------------------------

constexpr bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}
constexpr bool is_officer_char(char c) {
  return is_name_char(c) || (c >= 'A' && c <= 'Z');
}

// The text before the first zero byte; nullopt when other bytes follow that.
template <std::size_t N>
std::optional<std::string_view> padded_text(const std::array<char, N>& text) {
  const auto end = std::ranges::find(text, '\0');
  if (!std::all_of(end, text.end(), [](char c) { return c == '\0'; })) {
    return std::nullopt;
  }
  return std::string_view(text.data(), static_cast<std::size_t>(end - text.begin()));
}

template <std::size_t N>
std::string_view text_of_padded(const std::array<char, N>& text) {
  return {text.data(), static_cast<std::size_t>(std::ranges::find(text, '\0') - text.begin())};
}

bool right_name(const NameText& name, bool optional) {
  const auto text = padded_text(name);
  return text && (valid_name(*text) || (optional && text->empty()));
}

// Takes value after value out of a copy of the row: what is left has no place in its kind.
class Taking {
 public:
  explicit Taking(const MemberRow& row) : rest_(row) {}

  [[nodiscard]] bool take(const MemberColumn& column) {
    const bool optional = column.optional;
    switch (column.field) {
      case F::kMember:
        return valid_member(out(rest_.member));
      case F::kOther: {
        const Member other = out(rest_.other);
        return valid_member(other) || (optional && other.none());
      }
      case F::kPartner:
        return true;  // It's the id's.
      case F::kAccount:
        return take_account(optional);
      case F::kMonth:
        return out(rest_.month).count() < Month::kCount;
      case F::kDate:
        return out(rest_.date).count() < BusinessDate::kCount;
      case F::kUntilMonth:
        return out(rest_.until) < Month::kCount;
      case F::kUntilDate:
        return out(rest_.until) < BusinessDate::kCount;
      case F::kWord: {
        const std::uint8_t word = out(rest_.word);
        return word >= 1 && word <= column.words.size();
      }
      case F::kFlag0:
      case F::kFlag1:
        return out(rest_.flag.at(place(column.field, F::kFlag0))) <= 1;
      case F::kNumber0:
      case F::kNumber1:
      case F::kNumber2:
        return take_number(column);
      case F::kName0:
      case F::kName1:
      case F::kName2:
        return right_name(out(rest_.name.at(place(column.field, F::kName0))), optional);
      case F::kId:
        return valid_id(out(rest_.id));
      case F::kParent:
        return valid_id(out(rest_.parent));
      case F::kPoints:
      case F::kUnits:
        return within(out(rest_.points), 0, kAmountMax);
      case F::kChange:
        return within(out(rest_.points), -kAmountMax, kAmountMax);
      case F::kFen0:
      case F::kFen1:
      case F::kFen2:
        return take_fen(place(column.field, F::kFen0), optional);
      case F::kOfficer: {
        const OfficerText officer = out(rest_.officer);
        const auto text = padded_text(officer);
        return text && valid_officer(*text);
      }
    }
    return false;
  }
  [[nodiscard]] const MemberRow& rest() const { return rest_; }

 private:
  template <class T>
  static T out(T& value) {
    T taken = value;
    value = T{};
    return taken;
  }
  static bool within(std::int64_t value, std::int64_t min, std::int64_t max) {
    return value >= min && value <= max;
  }
  static std::size_t place(F field, F first) {
    return static_cast<std::size_t>(field) - static_cast<std::size_t>(first);
  }
  bool take_account(bool optional) {
    const std::array<char, 16> account = out(rest_.account);
    const auto text = padded_text(account);
    return text && (valid_reference(*text) || (optional && text->empty()));
  }
  bool take_number(const MemberColumn& column) {
    const std::int64_t value = out(rest_.number.at(place(column.field, F::kNumber0)));
    return within(value, column.min, column.max) || (column.optional && value == 0);
  }
  bool take_fen(std::size_t n, bool optional) {
    const std::int64_t fen = out(rest_.fen.at(n));
    if (!optional) {
      return within(fen, 0, kAmountMax);
    }
    const std::uint8_t given = out(rest_.flag.at(n));
    return given <= 1 && within(fen, 0, given == 1 ? kAmountMax : 0);
  }

  MemberRow rest_;
};

bool right_inputs(const MemberRow& row, std::span<const SheetInputRow> inputs) {
  if (row.inputs != inputs.size() || row.inputs > kSheetInputsMax ||
      (row.kind == MemberKind::kSheet) != (row.inputs > 0)) {
    return false;
  }
  std::array<NameText, kSheetInputsMax> names{};
  for (std::size_t n = 0; n < inputs.size(); ++n) {
    const SheetInputRow& input = inputs[n];
    if (!right_name(input.name, false) || input.value < 0 || input.value > kAmountMax ||
        input.points < -1 || input.points > kSheetPointsMax) {
      return false;
    }
    names[n] = input.name;
  }
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(inputs.size());
  std::sort(names.begin(), end);
  return std::adjacent_find(names.begin(), end) == end;
}

}  // namespace

std::string_view word(MemberKind kind) {
  check(valid_member_kind(kind), "a kind of row of members");
  return kKinds[static_cast<std::size_t>(kind) - kMemberKindFirst].word;
}

std::span<const MemberColumn> columns_of(MemberKind kind) {
  check(valid_member_kind(kind), "a kind of row of members");
  return kKinds[static_cast<std::size_t>(kind) - kMemberKindFirst].columns;
}

bool valid_name(std::string_view text) {
  return !text.empty() && text.size() <= std::tuple_size_v<NameText> &&
         std::ranges::all_of(text, is_name_char);
}

bool valid_officer(std::string_view text) {
  return !text.empty() && text.size() <= std::tuple_size_v<OfficerText> &&
         std::ranges::all_of(text, is_officer_char);
}

std::string_view text_of(const NameText& name) {
  return text_of_padded(name);
}

std::string_view text_of(const OfficerText& officer) {
  return text_of_padded(officer);
}

std::optional<MemberBreach> breach_of(const MemberRow& row) {
  if (row.kind == MemberKind::kBillSplit) {
    if (row.fen[1] > row.fen[0]) {
      return MemberBreach{MemberRule::kSplitNotBelowZero, "third_party"};
    }
    if (row.fen[2] > row.fen[0] - row.fen[1]) {
      return MemberBreach{MemberRule::kSplitNotBelowZero, "collected"};
    }
  }
  if (row.kind == MemberKind::kMerge && row.other == row.member) {
    return MemberBreach{MemberRule::kIntoAnother, "into"};
  }
  if (row.kind == MemberKind::kGrade && row.until != 0 && row.until <= row.date.count()) {
    return MemberBreach{MemberRule::kEndsAfterItBegins, "to"};
  }
  if (row.kind == MemberKind::kOrderState && row.word != kDelivered &&
      (row.flag[0] != 0 || row.flag[1] != 0)) {
    return MemberBreach{MemberRule::kCostsWhenDelivered, row.flag[0] != 0 ? "cost" : "freight"};
  }
  if (row.kind == MemberKind::kComplaint && row.parent == row.id) {
    return MemberBreach{MemberRule::kCitesAnother, "order"};
  }
  return std::nullopt;
}

bool right_member_row(const MemberRow& row, std::span<const SheetInputRow> inputs) {
  if (!valid_member_kind(row.kind) || !right_inputs(row, inputs)) {
    return false;
  }
  Taking taking(row);
  for (const MemberColumn& column : columns_of(row.kind)) {
    if (!taking.take(column)) {
      return false;
    }
  }
  return taking.rest() == MemberRow{.kind = row.kind, .inputs = row.inputs} && !breach_of(row);
}

bool right_live_row(const MemberRow& row, std::span<const SheetInputRow> inputs) {
  if (!valid_member_kind(row.kind)) {
    return false;
  }
  MemberRow in_file = row;
  const auto columns = columns_of(row.kind);
  if (valid_id(row.id) &&
      std::ranges::find(columns, F::kId, &MemberColumn::field) == columns.end()) {
    in_file.id = {};
  }
  return right_member_row(in_file, inputs);
}

std::optional<MemberRequest> right_member_row(std::span<const std::byte> bytes) {
  MemberRequest out;
  if (bytes.size() < sizeof out.row) {
    return std::nullopt;
  }
  std::memcpy(&out.row, bytes.data(), sizeof out.row);
  const auto behind = bytes.subspan(sizeof out.row);
  if (out.row.inputs > kSheetInputsMax || behind.size() != out.row.inputs * sizeof(SheetInputRow)) {
    return std::nullopt;
  }
  out.inputs.resize(out.row.inputs);
  if (!behind.empty()) {
    std::memcpy(out.inputs.data(), behind.data(), behind.size());
  }
  return right_live_row(out.row, out.inputs) ? std::optional(std::move(out)) : std::nullopt;
}

std::vector<std::byte> bytes_of(const MemberRow& row, std::span<const SheetInputRow> inputs) {
  check(row.inputs == inputs.size(), "a row counts its inputs");
  std::vector<std::byte> out(sizeof row + inputs.size_bytes());
  std::memcpy(out.data(), &row, sizeof row);
  if (!inputs.empty()) {
    std::memcpy(out.data() + sizeof row, inputs.data(), inputs.size_bytes());
  }
  return out;
}

}  // namespace ph
