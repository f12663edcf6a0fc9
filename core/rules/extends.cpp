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

}  // namespace

std::optional<ExtensionFault> extension_fault(const RuleBook& before, const RuleBook& after,
                                              BusinessDate today) {
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
  return rows_fault(
      before.rows().prices, after.rows().prices, today,
      [](const PriceRow& a, const PriceRow& b) { return a.version == b.version; },
      [](const PriceRow& row) { return "price version " + std::to_string(row.version); });
}

}  // namespace ph
