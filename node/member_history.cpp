#include "node/member_history.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "core/types/check.h"
#include "node/member_problem.h"
#include "platform/http/json_writer.h"

namespace ph {

namespace {

constexpr std::size_t kBytesOfLine = 320;
constexpr std::string_view kLimitText = "limit is a whole number from 1 to 100";
constexpr std::string_view kBeforeText =
    "before is the field entry of the last line of the page before, such as 20260305-17";

struct Change {
  std::int64_t points{};  // of lots
  std::int64_t debts{};   // as the balance has them: more is worse

  void add(const Slice& slice) {
    if (slice.source == Source::kDebt) {
      debts -= slice.delta;
    } else {
      points += slice.delta;
    }
  }
};

struct IssuerChange {
  Participant issuer{};
  Change change{};
};

std::vector<IssuerChange> by_issuer(std::span<const Slice> slices) {
  std::vector<IssuerChange> out;
  for (const Slice& slice : slices) {
    const Participant issuer = slice.lot.participant();
    auto place = std::ranges::lower_bound(out, issuer, {}, &IssuerChange::issuer);
    if (place == out.end() || place->issuer != issuer) place = out.insert(place, {issuer, {}});
    place->change.add(slice);
  }
  return out;
}

// nullptr: it changes none, or several.
const Slice* only_lot(std::span<const Slice> slices) {
  const Slice* only = nullptr;
  for (const Slice& slice : slices) {
    if (slice.source == Source::kDebt) continue;
    if (only != nullptr && only->lot != slice.lot) return nullptr;
    only = &slice;
  }
  return only;
}

std::string code_text(const Province& province, Participant one) {
  const auto* row = province.rules()->find(one);
  return row == nullptr ? std::to_string(one.number()) : row->code;
}

void add_item(http::JsonWriter& json, const Province& province, const Item& item) {
  if (item.action != Action::kNew) json.add("action", word(item.action));
  if (!item.parent.none()) json.add("parent", id_text(province, item.parent));
  if (item.form != Form::kNone) json.add("form", word(item.form));
  if (!item.counterparty.none() && item.counterparty != province.number()) {
    json.add("counterparty", code_text(province, item.counterparty));
  }
  if (item.units != 0) json.add("units", item.units);
  if (item.cash != 0) json.add("cash", item.cash);
}

void add_change(http::JsonWriter& json, const Change& change) {
  json.add("points", change.points);
  if (change.debts != 0) json.add("debts", change.debts);
}

void add_line(http::JsonWriter& json, const Province& province, const HistoryLine& line) {
  const std::uint32_t entry = line.movement ? line.movement->entry : line.item->entry;
  const TransactionId id = line.movement
                               ? TransactionId::of(EntryId(province.number(), line.at.day, entry))
                               : line.item->id;
  json.add("entry", line.at.text());
  json.add("day", line.at.day.text());
  json.add("kind", word(line.movement ? line.movement->kind : line.item->kind));
  json.add("id", id_text(province, id));
  Change sum;
  for (const Slice& slice : line.slices)
    sum.add(slice);
  add_change(json, sum);
  if (const Slice* lot = only_lot(line.slices); lot != nullptr) {
    json.add("source", word(lot->source));
    json.add("earned_month", lot->earned_month.text());
    json.add("expires_on", lot->expires_on.text());
  }
  if (line.item) add_item(json, province, *line.item);
  if (!line.other.none()) json.add("other_number", line.other.text());
  json.begin_list("issuers");
  for (const IssuerChange& of : by_issuer(line.slices)) {
    json.begin_object();
    json.add("issuer", code_text(province, of.issuer));
    add_change(json, of.change);
    json.end_object();
  }
  json.end_list();
}

http::Response problem_of(HistoryFault fault) {
  switch (fault) {
    case HistoryFault::kNotReady:
      return member_problem(MemberProblem::kUnavailable, "the history is being made");
    case HistoryFault::kNoSuchEntry:
      return member_problem(MemberProblem::kInvalid, kBeforeText, "before");
    case HistoryFault::kDamaged:
      return member_problem(MemberProblem::kUnavailable,
                            "a part of the history is being made again");
    case HistoryFault::kLacks:
      return member_problem(MemberProblem::kUnavailable,
                            "a part of the history can't be read at present");
  }
  return member_problem(MemberProblem::kInternal);
}

}  // namespace

Result<HistoryAsk, http::Response> history_ask(const std::map<std::string, std::string>& query) {
  HistoryAsk out;
  if (const auto limit = query.find("limit"); limit != query.end()) {
    const std::string& text = limit->second;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out.limit);
    const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
    if (!whole || out.limit < 1 || out.limit > kMemberRowsMax) {
      return Fail{member_problem(MemberProblem::kInvalid, kLimitText, "limit")};
    }
  }
  if (const auto before = query.find("before"); before != query.end()) {
    out.before = HistoryPlace::parse(before->second);
    if (!out.before) return Fail{member_problem(MemberProblem::kInvalid, kBeforeText, "before")};
  }
  return out;
}

http::Response history_answer(const MemberView& view, HistoryBook* book, const HistoryAsk& ask) {
  if (book == nullptr) return problem_of(HistoryFault::kNotReady);
  const auto page = book->page(view.member, ask.before, ask.limit, view.province.sealed());
  if (!page) return problem_of(page.error());
  http::JsonWriter json(kBytesOfLine * (page->lines.size() + 1));
  json.add("member", view.member.text());
  json.add("time", view.now.text());
  if (const auto as_of = book->as_of()) json.add("as_of", as_of->text());
  json.begin_list("entries");
  for (const HistoryLine& line : page->lines) {
    json.begin_object();
    add_line(json, view.province, line);
    json.end_object();
  }
  json.end_list();
  json.add_flag("more", page->more);
  return {.body = json.take()};
}

}  // namespace ph
