// The rule book: participants, contracts, prices and ratios, dated and versioned. Data, never code.
// A RuleBook is a proof type: only `RuleBook::build` makes one, from rows it has checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/rules/expiry.h"
#include "core/types/id.h"
#include "core/types/ratio.h"
#include "core/types/result.h"
#include "core/types/words.h"

namespace ph {

struct ParticipantRow {
  std::string code{};
  Participant participant{};
  ParticipantKind kind{};
  std::string name_zh{};
  std::string name_en{};
  std::uint32_t line{};
};

// `to` is exclusive; kCount days when open.
struct ContractRow {
  Participant partner{};
  Participant acquirer{};
  bool accumulating{};
  bool use{};
  bool discount{};
  bool exchanging{};
  bool netted{};
  bool carry{};
  std::string unit{};
  BusinessDate from{};
  BusinessDate to{};
  std::uint32_t line{};
};

struct PriceRow {
  std::uint32_t version{};
  PriceKind kind{};
  Participant partner{};
  Form form{};
  Participant issuer{};
  Participant acquirer{};
  std::int64_t num{};
  std::int64_t den{1};
  std::int64_t block{};
  std::int64_t min{};
  BusinessDate from{};
  BusinessDate to{};
  std::uint32_t line{};

  [[nodiscard]] Ratio ratio() const { return {num, den}; }
};

// At most so many points in one day or month; of live transactions alone.
struct CapRow {
  Participant partner{};
  CapKind kind{};
  CapSpan span{};
  std::int64_t points{};
  BusinessDate from{};
  BusinessDate to{};
  std::uint32_t line{};
};

// When points expire that are earned from this month on; the next row's month ends it.
struct ExpiryRuleRow {
  ExpiryRule rule{};
  Month from{};
  std::uint32_t line{};
};

struct RuleRows {
  std::vector<ParticipantRow> participants{};
  std::vector<ContractRow> contracts{};
  std::vector<PriceRow> prices{};
  std::vector<CapRow> caps{};
  std::vector<ExpiryRuleRow> expiries{};
};

// What is wrong between rows (a single row's values are checked by the reader).
enum class RuleFaultCode : std::uint8_t {
  kDuplicateCode,
  kDuplicateNumber,
  kNumberOfKind,  // a province beyond 1..99, the clearing not 100, a partner below 101
  kNoClearing,
  kUnknownParticipant,  // a contract or price names nobody
  kRoleOfParticipant,   // a province as partner, a bank as acquirer, ...
  kEmptyInterval,       // to <= from
  kOverlap,             // two rows of one key in force together
  kDuplicateVersion,
  kColumnsOfKind,  // columns given or missing against the price kind or contract types
  kRoundTrip,      // out x in above 1
  kExpiryOrder,    // an expiry row isn't behind the one above it
};

struct RuleFault {
  RuleFaultCode code{};
  std::uint32_t line{};        // of the row at fault (the later one of two)
  std::uint32_t other_line{};  // of the row it conflicts with, or 0
};

class RuleBook {
 public:
  [[nodiscard]] static Result<RuleBook, std::vector<RuleFault>> build(RuleRows rows);

  // All participants, ascending by number.
  [[nodiscard]] const std::vector<ParticipantRow>& participants() const { return participants_; }
  [[nodiscard]] const ParticipantRow* find(Participant participant) const;
  [[nodiscard]] std::optional<Participant> by_code(std::string_view code) const;
  // Code of a participant; "?" and the number for one that is unknown.
  [[nodiscard]] std::string code(Participant participant) const;
  [[nodiscard]] bool is_province(Participant participant) const;
  [[nodiscard]] bool is_partner(Participant participant) const;

  // The partner's contract on a date; nullptr if none.
  [[nodiscard]] const ContractRow* contract(Participant partner, BusinessDate date) const;
  // p_s: form and pair, else form, else default; nullptr if none is in force.
  [[nodiscard]] const PriceRow* inter_price(Form form, Participant issuer, Participant acquirer,
                                            BusinessDate date) const;
  [[nodiscard]] const PriceRow* partner_price(PriceKind kind, Participant partner,
                                              BusinessDate date) const;
  // nullptr if the partner has no such cap on that date.
  [[nodiscard]] const CapRow* cap(Participant partner, CapKind kind, CapSpan span,
                                  BusinessDate date) const;
  // When points of an earned month expire.
  [[nodiscard]] const ExpiryRules& expiry() const { return expiry_; }
  [[nodiscard]] ExpiryRule expiry_rule(Month earned) const { return expiry_.rule(earned); }
  // Version is unique in the book; nullptr if unknown.
  [[nodiscard]] const PriceRow* by_version(std::uint32_t version) const;

  [[nodiscard]] const RuleRows& rows() const { return rows_; }

 private:
  RuleBook() = default;

  [[nodiscard]] const PriceRow* price_in_force(std::uint64_t key, BusinessDate date) const;

  RuleRows rows_;
  std::vector<ParticipantRow> participants_;  // by number
  std::vector<std::uint32_t> by_number_;      // index in participants_ + 1, by participant number
  std::vector<std::uint32_t> by_code_;        // indexes into participants_, by code
  std::vector<ContractRow> contracts_;        // by (partner, from)
  std::vector<CapRow> caps_;                  // by (partner, kind, span, from)
  ExpiryRules expiry_;
  std::vector<PriceRow> prices_;           // by (kind, partner, form, issuer, acquirer, from)
  std::vector<std::uint64_t> price_keys_;  // of prices_: the same order in one number
  std::vector<std::uint32_t> by_version_;  // indexes into prices_, by version
};

}  // namespace ph
