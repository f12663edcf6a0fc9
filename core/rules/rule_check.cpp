#include "core/rules/rule_check.h"

#include <algorithm>
#include <tuple>

namespace ph {

namespace {

// Kinds of participants by number, from the rows alone.
class Roles {
 public:
  explicit Roles(const std::vector<ParticipantRow>& rows) {
    for (const ParticipantRow& row : rows) {
      kinds_.emplace_back(row.participant, row.kind);
    }
    std::ranges::sort(kinds_);
  }
  [[nodiscard]] bool known(Participant participant) const { return find(participant) != nullptr; }
  [[nodiscard]] bool province(Participant participant) const {
    const Entry* entry = find(participant);
    return entry != nullptr && entry->second == ParticipantKind::kProvince;
  }
  // A province, or the clearing for partners that it contracts itself.
  [[nodiscard]] bool acquirer(Participant participant) const {
    const Entry* entry = find(participant);
    return entry != nullptr && (entry->second == ParticipantKind::kProvince ||
                                entry->second == ParticipantKind::kClearing);
  }
  [[nodiscard]] bool partner(Participant participant) const {
    const Entry* entry = find(participant);
    return entry != nullptr && entry->second != ParticipantKind::kProvince &&
           entry->second != ParticipantKind::kClearing;
  }

 private:
  using Entry = std::pair<Participant, ParticipantKind>;
  [[nodiscard]] const Entry* find(Participant participant) const {
    const auto found = std::ranges::lower_bound(kinds_, participant, {}, &Entry::first);
    return found != kinds_.end() && found->first == participant ? &*found : nullptr;
  }
  std::vector<Entry> kinds_;
};

class Checker {
 public:
  explicit Checker(const RuleRows& rows) : rows_(rows), roles_(rows.participants) {}

  std::vector<RuleFault> run() {
    check_participants();
    for (const ContractRow& row : rows_.contracts) {
      check_contract(row);
    }
    check_overlaps(rows_.contracts, [](const ContractRow& row) { return std::tuple(row.partner); });
    for (const PriceRow& row : rows_.prices) {
      check_price(row);
    }
    check_overlaps(rows_.prices, [](const PriceRow& row) {
      return std::tuple(row.kind, row.partner, row.form, row.issuer, row.acquirer);
    });
    for (const CapRow& row : rows_.caps) {
      check_cap(row);
    }
    check_overlaps(rows_.caps,
                   [](const CapRow& row) { return std::tuple(row.partner, row.kind, row.span); });
    check_expiries();
    refuse_doubles(rows_.prices, RuleFaultCode::kDuplicateVersion,
                   [](const PriceRow& row) { return row.version; });
    check_round_trips();
    std::ranges::stable_sort(faults_, {}, &RuleFault::line);
    return std::move(faults_);
  }

 private:
  void add(RuleFaultCode code, std::uint32_t line, std::uint32_t other = 0) {
    faults_.push_back({.code = code, .line = line, .other_line = other});
  }

  // Each value of `key` once; of several rows the first in the file is right.
  template <class Row, class Key>
  void refuse_doubles(const std::vector<Row>& rows, RuleFaultCode code, Key key) {
    std::vector<const Row*> sorted;
    for (const Row& row : rows) {
      sorted.push_back(&row);
    }
    std::ranges::sort(sorted, {}, [&](const Row* row) { return std::pair(key(*row), row->line); });
    for (std::size_t i = 1, first = 0; i < sorted.size(); ++i) {
      if (key(*sorted[i]) == key(*sorted[first])) {
        add(code, sorted[i]->line, sorted[first]->line);
      } else {
        first = i;
      }
    }
  }

  void check_participants() {
    bool clearing = false;
    for (const ParticipantRow& row : rows_.participants) {
      const std::uint16_t number = row.participant.number();
      bool right = number > kClearingHouse.number();
      if (row.kind == ParticipantKind::kProvince) {
        right = number >= 1 && number <= kProvinceNumberMax;
      } else if (row.kind == ParticipantKind::kClearing) {
        right = row.participant == kClearingHouse;
        clearing = true;
      }
      if (!right) {
        add(RuleFaultCode::kNumberOfKind, row.line);
      }
    }
    if (!clearing) {
      add(RuleFaultCode::kNoClearing, 0);
    }
    refuse_doubles(rows_.participants, RuleFaultCode::kDuplicateCode,
                   [](const ParticipantRow& row) { return std::string_view(row.code); });
    refuse_doubles(rows_.participants, RuleFaultCode::kDuplicateNumber,
                   [](const ParticipantRow& row) { return row.participant; });
  }

  void check_contract(const ContractRow& row) {
    if (!roles_.known(row.partner) || !roles_.known(row.acquirer)) {
      add(RuleFaultCode::kUnknownParticipant, row.line);
    } else if (!roles_.partner(row.partner) || !roles_.acquirer(row.acquirer)) {
      add(RuleFaultCode::kRoleOfParticipant, row.line);
    }
    if (row.to <= row.from) {
      add(RuleFaultCode::kEmptyInterval, row.line);
    }
    const bool any = row.accumulating || row.use || row.discount || row.exchanging;
    if (!any || row.exchanging == row.unit.empty()) {
      add(RuleFaultCode::kColumnsOfKind, row.line);
    }
  }

  void check_cap(const CapRow& row) {
    if (!roles_.known(row.partner)) {
      add(RuleFaultCode::kUnknownParticipant, row.line);
    } else if (!roles_.partner(row.partner)) {
      add(RuleFaultCode::kRoleOfParticipant, row.line);
    }
    if (row.to <= row.from) {
      add(RuleFaultCode::kEmptyInterval, row.line);
    }
  }

  // A row holds until the next one begins, so they ascend: none is twice or hidden among others.
  void check_expiries() {
    const ExpiryRuleRow* last = nullptr;
    for (const ExpiryRuleRow& row : rows_.expiries) {
      if (last != nullptr && row.from <= last->from) {
        add(RuleFaultCode::kExpiryOrder, row.line, last->line);
      } else {
        last = &row;
      }
    }
  }

  // Which columns a kind of price has (docs/formats.md, section 4).
  static bool columns_of_kind(const PriceRow& row) {
    const bool inter = row.kind == PriceKind::kInter;
    const bool exchange = row.kind == PriceKind::kOut || row.kind == PriceKind::kIn;
    const bool pair = !row.issuer.none();
    if (inter == !row.partner.none() || pair == row.acquirer.none()) {
      return false;
    }
    if (inter ? pair && row.form == Form::kNone : pair || row.form != Form::kNone) {
      return false;
    }
    return exchange ? row.block >= 1 && row.min >= 1 && row.num >= 1
                    : row.block == 0 && row.min == 0;
  }

  void check_price(const PriceRow& row) {
    const auto missing = [&](Participant one) { return !one.none() && !roles_.known(one); };
    if (missing(row.partner) || missing(row.issuer) || missing(row.acquirer)) {
      add(RuleFaultCode::kUnknownParticipant, row.line);
    } else if ((!row.issuer.none() && !roles_.province(row.issuer)) ||
               (!row.acquirer.none() && !roles_.acquirer(row.acquirer)) ||
               (!row.partner.none() && !roles_.partner(row.partner))) {
      add(RuleFaultCode::kRoleOfParticipant, row.line);
    }
    if (row.to <= row.from) {
      add(RuleFaultCode::kEmptyInterval, row.line);
    }
    if (!columns_of_kind(row)) {
      add(RuleFaultCode::kColumnsOfKind, row.line);
    }
  }

  // No two rows of one key are in force together. A row is held against the one before it in time
  // that lasts longest, so that none is missed.
  template <class Row, class Key>
  void check_overlaps(const std::vector<Row>& rows, Key key) {
    std::vector<const Row*> sorted;
    for (const Row& row : rows) {
      if (row.from < row.to) {
        sorted.push_back(&row);
      }
    }
    std::ranges::sort(sorted, {},
                      [&](const Row* row) { return std::tuple(key(*row), row->from, row->line); });
    const Row* longest = nullptr;
    for (const Row* row : sorted) {
      if (longest == nullptr || key(*longest) != key(*row)) {
        longest = row;
        continue;
      }
      if (row->from < longest->to) {
        add(RuleFaultCode::kOverlap, std::max(row->line, longest->line),
            std::min(row->line, longest->line));
      }
      longest = row->to > longest->to ? row : longest;
    }
  }

  // Points to units and back never give more points: out x in <= 1 where both are in force
  // together.
  void check_round_trips() {
    std::vector<const PriceRow*> in;
    for (const PriceRow& row : rows_.prices) {
      if (row.kind == PriceKind::kIn) {
        in.push_back(&row);
      }
    }
    std::ranges::sort(in, {}, &PriceRow::partner);
    for (const PriceRow& out : rows_.prices) {
      if (out.kind != PriceKind::kOut) {
        continue;
      }
      auto back = std::ranges::lower_bound(in, out.partner, {}, &PriceRow::partner);
      for (; back != in.end() && (*back)->partner == out.partner; ++back) {
        const bool together = out.from < (*back)->to && (*back)->from < out.to;
        if (together && Int128{out.num} * (*back)->num > Int128{out.den} * (*back)->den) {
          add(RuleFaultCode::kRoundTrip, std::max(out.line, (*back)->line),
              std::min(out.line, (*back)->line));
        }
      }
    }
  }

  const RuleRows& rows_;
  Roles roles_;
  std::vector<RuleFault> faults_;
};

}  // namespace

std::vector<RuleFault> check_rules(const RuleRows& rows) {
  return Checker(rows).run();
}

}  // namespace ph
