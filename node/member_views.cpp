// What a member has and when it expires; orders, and what is open.
#include "node/member_views.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/home/member_columns.h"
#include "core/programme/expiry.h"
#include "core/programme/order.h"
#include "platform/http/json_writer.h"

namespace ph {

namespace {

constexpr std::size_t kBytesOfAnswer = 1'024;
constexpr std::size_t kShownOfAccount = 4;

// Points of a member that are cancelled on one day.
struct ExpiringPoints {
  BusinessDate on{};
  std::int64_t points{};
  std::int64_t held{};
};

// By their day, ascending: lots lie in taking order.
std::vector<ExpiringPoints> expiring_of(const Home& home, Member member) {
  std::vector<ExpiringPoints> out;
  for (const Lot& lot : home.lots(member)) {
    if (lot.remaining == 0) continue;
    if (out.empty() || out.back().on != lot.expires_on) out.push_back({.on = lot.expires_on});
    out.back().points += lot.remaining;
    out.back().held += lot.held;
  }
  return out;
}

void add_expiring(http::JsonWriter& json, const ExpiringPoints& row) {
  json.add("expires_on", row.on.text());
  json.add("points", row.points);
  json.add("held", row.held);
}

http::JsonWriter opened_view(const MemberView& view) {
  http::JsonWriter json(kBytesOfAnswer);
  json.add("member", view.member.text());
  json.add("time", view.now.text());
  return json;
}

// Of an account nobody has to see more than its last characters.
std::string shown_account(const std::array<char, 16>& account) {
  const std::string text(account.data(), std::find(account.begin(), account.end(), '\0'));
  return text.size() <= kShownOfAccount ? text : "..." + text.substr(text.size() - kShownOfAccount);
}

// The word of a row's column of words.
std::string_view column_word(MemberKind kind, std::uint8_t value) {
  for (const MemberColumn& column : columns_of(kind)) {
    if (column.field == MemberField::kWord && value >= 1 && value <= column.words.size()) {
      return column.words[value - 1];
    }
  }
  return {};
}

void add_day(http::JsonWriter& json, std::string_view name, std::uint16_t day) {
  if (day != 0) json.add(name, BusinessDate(day).text());
}

void add_complaint(http::JsonWriter& json, const Province& province,
                   const book::ComplaintRecord& complaint) {
  json.add("complaint", id_text(province, complaint.id));
  json.add("why", column_word(MemberKind::kComplaint, complaint.why));
  add_day(json, "opened_on", complaint.opened);
  if (complaint.outcome != 0) {
    json.add("outcome", column_word(MemberKind::kComplaintEnd, complaint.outcome));
    add_day(json, "ended_on", complaint.ended);
  }
}

void add_order(http::JsonWriter& json, const Province& province, const book::OrderRecord& order) {
  json.add("order", id_text(province, order.id));
  json.add("item", province.book()->names().items.name(order.item));
  json.add("quantity", std::int64_t{order.quantity});
  json.add("points", order.points);
  json.add("cash", order.cash);
  const BusinessDate created(order.dates[book::OrderRecord::kCreated]);
  const std::string& item = province.book()->names().items.name(order.item);
  if (const auto credit = province.credit_of(item, Points::of(order.points), created)) {
    json.add("credit", credit->count());
  }
  json.add("state", programme::word(static_cast<programme::OrderState>(order.state)));
  add_day(json, "created_on", order.dates[book::OrderRecord::kCreated]);
  add_day(json, "shipped_on", order.dates[book::OrderRecord::kShipped]);
  add_day(json, "delivered_on", order.dates[book::OrderRecord::kDelivered]);
  add_day(json, "ended_on", order.dates[book::OrderRecord::kEnded]);
}

std::string member_text(const Province& province, std::uint32_t number) {
  return province.poster()->home().member_at(number).text();
}

void add_open_orders(http::JsonWriter& json, const Province& province) {
  const OrderBook& orders = province.book()->orders();
  json.add("orders_open", static_cast<std::int64_t>(orders.open().size()));
  json.begin_list("orders");
  std::size_t told = 0;
  for (const std::uint32_t number : orders.open()) {
    if (told++ == kMemberRowsMax) break;
    json.begin_object();
    json.add("member", member_text(province, orders.order(number).member));
    add_order(json, province, orders.order(number));
    json.end_object();
  }
  json.end_list();
  json.add("complaints_open", static_cast<std::int64_t>(orders.open_complaints().size()));
  json.begin_list("complaints");
  told = 0;
  for (const std::uint32_t number : orders.open_complaints()) {
    if (told++ == kMemberRowsMax) break;
    const book::ComplaintRecord& complaint = orders.complaint(number);
    const book::OrderRecord& order = orders.order(complaint.order);
    json.begin_object();
    json.add("member", member_text(province, order.member));
    json.add("order", id_text(province, order.id));
    add_complaint(json, province, complaint);
    json.end_object();
  }
  json.end_list();
}

void add_open_proposals(http::JsonWriter& json, const Province& province) {
  const MemberBook& book = *province.book();
  json.add("proposals_open", static_cast<std::int64_t>(book.open_proposals().size()));
  json.begin_list("proposals");
  std::size_t told = 0;
  for (const std::uint32_t number : book.open_proposals()) {
    if (told++ == kMemberRowsMax) break;
    const book::ProposalRecord& proposal = book.proposal(number);
    json.begin_object();
    json.add("proposal", id_text(province, proposal.id));
    json.add("member", member_text(province, proposal.member));
    json.add("flag", book.names().flags.name(proposal.flag));
    json.add("why", column_word(MemberKind::kVipPropose, proposal.why));
    json.add("until", Month(proposal.until).text());
    add_day(json, "proposed_on", proposal.proposed);
    json.add("officer", text_of(proposal.maker));
    json.end_object();
  }
  json.end_list();
}

void add_open_registrations(http::JsonWriter& json, const Province& province) {
  const RegisterBook& book = province.book()->registrations();
  json.add("registrations_open", static_cast<std::int64_t>(book.open().size()));
  json.begin_list("registrations");
  std::size_t told = 0;
  for (const std::uint32_t number : book.open()) {
    if (told++ == kMemberRowsMax) break;
    const book::RegistrationRecord& record = book.at(number);
    json.begin_object();
    json.add("register", id_text(province, record.id));
    json.add("member", member_text(province, record.member));
    json.add("account", shown_account(province.book()->account(record.account).account));
    json.add("bill_month", Month(record.month).text());
    json.add("why", column_word(MemberKind::kRegister, record.why));
    add_day(json, "opened_on", record.opened);
    json.end_object();
  }
  json.end_list();
}

}  // namespace

http::Response balance_answer(const MemberView& view, const Balance& balance) {
  http::JsonWriter json = opened_view(view);
  json.add("state", balance.state == MemberState::kClosed ? "CLOSED" : "HOME");
  json.add("points", balance.points);
  json.add("available", balance.available);
  json.add("held", balance.held);
  json.add("debts", balance.debts);
  if (view.programme != nullptr && balance.state != MemberState::kClosed) {
    if (const std::uint32_t now = view.book().present(view.number); now != view.number) {
      json.add("merged_into", view.home.member_at(now).text());
    } else if (const auto kept = view.book().kept_back(view.number, view.today())) {
      json.add("kept_back", *kept);
    }
  }
  json.begin_list("expiry");
  for (const ExpiringPoints& row : expiring_of(view.home, view.member)) {
    json.begin_object();
    add_expiring(json, row);
    json.end_object();
  }
  json.end_list();
  return {.body = json.take()};
}

// Both runs, and in between the days of points that were given back after their run, of which no
// notice is made.
http::Response expiring_answer(const MemberView& view) {
  const BusinessDate today = view.today();
  const auto runs = next_runs(view.province.rules()->expiry(), today);
  std::vector<ExpiringPoints> rows = expiring_of(view.home, view.member);
  std::erase_if(rows,
                [&](const ExpiringPoints& row) { return row.on <= today || row.on > runs.second; });
  for (const BusinessDate run : {runs.first, runs.second}) {
    const auto place = std::find_if(rows.begin(), rows.end(),
                                    [run](const ExpiringPoints& row) { return row.on >= run; });
    if (place == rows.end() || place->on != run) rows.insert(place, {.on = run});
  }
  http::JsonWriter json = opened_view(view);
  json.begin_list("expiring");
  for (const ExpiringPoints& row : rows) {
    json.begin_object();
    add_expiring(json, row);
    if (view.programme != nullptr && (row.on == runs.first || row.on == runs.second)) {
      const int months = view.programme->rows().expiry.notice_months;
      json.add("notice_on", programme::notice_day(months, row.on).text());
    }
    json.end_object();
  }
  json.end_list();
  return {.body = json.take()};
}

http::Response order_answer(const Province& province, std::uint32_t number, BusinessTime now) {
  const OrderBook& orders = province.book()->orders();
  const book::OrderRecord& order = orders.order(number);
  http::JsonWriter json(kBytesOfAnswer);
  json.add("member", member_text(province, order.member));
  json.add("time", now.text());
  add_order(json, province, order);
  if (Member(order.beneficiary) != province.poster()->home().member_at(order.member)) {
    json.add("beneficiary", Member(order.beneficiary).text());
  }
  const programme::OrderSteps steps = steps_of(order);
  const Programme* version = province.book()->programmes().of_day(now.date());
  if (version != nullptr && steps.state == programme::OrderState::kDelivered) {
    const int days = version->rows().orders.complaint_days;
    json.add("complaints_until", steps.delivered.plus_days(days).text());
  }
  if (version != nullptr && orders.open().contains(number)) {
    json.add("held_until", steps.created.plus_days(version->rows().orders.hold_days).text());
  }
  json.begin_list("complaints");
  orders.visit_complaints(number, [&](const book::ComplaintRecord& complaint) {
    json.begin_object();
    add_complaint(json, province, complaint);
    json.end_object();
  });
  json.end_list();
  return {.body = json.take()};
}

http::Response open_answer(const Province& province, BusinessTime now) {
  http::JsonWriter json(kBytesOfAnswer);
  json.add("time", now.text());
  add_open_proposals(json, province);
  add_open_registrations(json, province);
  add_open_orders(json, province);
  return {.body = json.take()};
}

std::string id_text(const Province& province, const TransactionId& id) {
  const RuleBook& rules = *province.rules();
  const auto* row = rules.find(id.participant);
  std::string date = id.date.text();
  std::erase(date, '-');
  return (row == nullptr ? province.code() : row->code) + "/" + date + "/" +
         std::string(id.reference_text());
}

std::optional<TransactionId> own_id_of(const Province& province, std::string_view text) {
  constexpr std::size_t kDateDigits = 8;
  const std::string begin = province.code() + "/";
  if (!text.starts_with(begin) || text.size() < begin.size() + kDateDigits + 2 ||
      text[begin.size() + kDateDigits] != '/') {
    return std::nullopt;
  }
  const std::string_view digits = text.substr(begin.size(), kDateDigits);
  const std::string_view reference = text.substr(begin.size() + kDateDigits + 1);
  const auto date = BusinessDate::parse_compact(digits);
  if (!date || !valid_reference(reference)) return std::nullopt;
  TransactionId id{.participant = province.number(), .date = *date};
  std::ranges::copy(reference, id.reference.begin());
  return id;
}

std::pair<BusinessDate, BusinessDate> next_runs(const ExpiryRules& rules, BusinessDate today) {
  // Points live a year at least, so those of the second run are earned by next year's end.
  constexpr int kBefore = 12 * (kExpiryYearsMax + 1);
  constexpr int kBehind = 12;
  const int now = today.month().count();
  std::pair<BusinessDate, BusinessDate> out{BusinessDate(BusinessDate::kCount),
                                            BusinessDate(BusinessDate::kCount)};
  const int last = std::min(now + kBehind, Month::kCount - 1);
  for (int month = std::max(now - kBefore, 0); month <= last; ++month) {
    const BusinessDate run = rules.expiry_of(Month(static_cast<std::uint16_t>(month)));
    if (run <= today || run == out.first) continue;
    if (run < out.first) {
      out = {run, out.first};
    } else {
      out.second = std::min(out.second, run);
    }
  }
  return out;
}

}  // namespace ph
