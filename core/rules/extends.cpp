#include "core/rules/extends.h"

#include <algorithm>

namespace ph {

namespace {

constexpr BusinessDate kOpen{BusinessDate::kCount};

// The row's interval may only have been closed, today or later.
bool closed_at_most(BusinessDate before, BusinessDate after, BusinessDate today) {
  return before == after || (before == kOpen && after >= today);
}

bool same_but_to(const ContractRow& a, const ContractRow& b) {
  return a.partner == b.partner && a.acquirer == b.acquirer && a.accumulating == b.accumulating &&
         a.use == b.use && a.discount == b.discount && a.exchanging == b.exchanging &&
         a.netted == b.netted && a.carry == b.carry && a.unit == b.unit && a.from == b.from;
}

bool same_but_to(const PriceRow& a, const PriceRow& b) {
  return a.version == b.version && a.kind == b.kind && a.partner == b.partner && a.form == b.form &&
         a.issuer == b.issuer && a.acquirer == b.acquirer && a.num == b.num && a.den == b.den &&
         a.block == b.block && a.min == b.min && a.from == b.from;
}

bool same_but_to(const CapRow& a, const CapRow& b) {
  return a.partner == b.partner && a.kind == b.kind && a.span == b.span && a.points == b.points &&
         a.from == b.from;
}

std::optional<ExtensionFault> participants_fault(const RuleBook& before, const RuleBook& after) {
  for (const ParticipantRow& old : before.participants()) {
    const ParticipantRow* row = after.find(old.participant);
    if (row == nullptr) {
      return ExtensionFault{.what = "participant " + old.code, .expected = "its row, as it was"};
    }
    if (row->code != old.code || row->kind != old.kind || row->name_zh != old.name_zh ||
        row->name_en != old.name_en) {
      return ExtensionFault{.line = row->line,
                            .what = "participant " + row->code,
                            .expected = "the row of " + old.code + " as it was"};
    }
  }
  return std::nullopt;
}

// Rows of one list: each old one is there, each new one begins today or later.
template <class Row, class Same, class Name>
std::optional<ExtensionFault> rows_fault(const std::vector<Row>& before,
                                         const std::vector<Row>& after, BusinessDate today,
                                         Same same_key, Name name) {
  for (const Row& old : before) {
    const auto row =
        std::ranges::find_if(after, [&](const Row& other) { return same_key(old, other); });
    if (row == after.end()) {
      return ExtensionFault{.what = name(old), .expected = "its row, as it was"};
    }
    if (!same_but_to(old, *row) || !closed_at_most(old.to, row->to, today)) {
      return ExtensionFault{.line = row->line,
                            .what = name(*row),
                            .expected = "the row as it was; an open `to` may be filled in with " +
                                        today.text() + " or later"};
    }
  }
  for (const Row& row : after) {
    const bool old =
        std::ranges::any_of(before, [&](const Row& other) { return same_key(other, row); });
    if (!old && row.from < today) {
      return ExtensionFault{.line = row.line,
                            .what = name(row) + " from " + row.from.text(),
                            .expected = "a row that begins on " + today.text() + " or later"};
    }
  }
  return std::nullopt;
}

std::string text_of(const ExpiryRuleRow& row) {
  const bool year = row.rule.policy == ExpiryPolicy::kYear;
  return std::string("EXPIRY ") + (year ? "YEAR" : "QUARTER") + ", " +
         std::to_string(row.rule.years) + " years, from " + row.from.text();
}

// Points up to the month `last` may be there, each with the day on which it expires: rows that
// begin so early stay as they are, and none joins them. A row of a later month may still change.
std::optional<ExtensionFault> expiry_fault(const RuleBook& before, const RuleBook& after,
                                           Month last) {
  const auto find = [](const std::vector<ExpiryRuleRow>& rows, Month from) {
    const auto found = std::ranges::find(rows, from, &ExpiryRuleRow::from);
    return found == rows.end() ? nullptr : &*found;
  };
  for (const ExpiryRuleRow& old : before.rows().expiries) {
    const ExpiryRuleRow* row = find(after.rows().expiries, old.from);
    if (old.from <= last && (row == nullptr || row->rule != old.rule)) {
      return ExtensionFault{.line = row == nullptr ? 0 : row->line,
                            .what = row == nullptr ? "no row for " + text_of(old) : text_of(*row),
                            .expected = "the row " + text_of(old) +
                                        ", as it was: points of that month may have been made"};
    }
  }
  for (const ExpiryRuleRow& row : after.rows().expiries) {
    if (row.from <= last && find(before.rows().expiries, row.from) == nullptr) {
      return ExtensionFault{.line = row.line,
                            .what = text_of(row),
                            .expected = "an EXPIRY row that begins behind " + last.text() +
                                        ": points up to that month may have been made"};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<ExtensionFault> extension_fault(const RuleBook& before, const RuleBook& after,
                                              BusinessDate today, std::optional<Month> used) {
  if (auto fault = participants_fault(before, after)) {
    return fault;
  }
  if (auto fault = rows_fault(
          before.rows().contracts, after.rows().contracts, today,
          [](const ContractRow& a, const ContractRow& b) {
            return a.partner == b.partner && a.from == b.from;
          },
          [&](const ContractRow& row) { return "contract of " + after.code(row.partner); })) {
    return fault;
  }
  if (auto fault = rows_fault(
          before.rows().caps, after.rows().caps, today,
          [](const CapRow& a, const CapRow& b) {
            return a.partner == b.partner && a.kind == b.kind && a.span == b.span &&
                   a.from == b.from;
          },
          [&](const CapRow& row) { return "cap of " + after.code(row.partner); })) {
    return fault;
  }
  if (used) {
    if (auto fault = expiry_fault(before, after, *used)) {
      return fault;
    }
  }
  return rows_fault(
      before.rows().prices, after.rows().prices, today,
      [](const PriceRow& a, const PriceRow& b) { return a.version == b.version; },
      [](const PriceRow& row) { return "price version " + std::to_string(row.version); });
}

}  // namespace ph
