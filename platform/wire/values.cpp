#include "platform/wire/values.h"

#include <algorithm>

#include "core/types/amount.h"
#include "core/types/check.h"
#include "core/types/text.h"
#include "core/types/time.h"

namespace ph::wire {

namespace {

using enum DecodeFault;

constexpr std::int64_t kTimeEnd = std::int64_t{BusinessDate::kCount} * BusinessTime::kDaySeconds;

// The first that isn't kNone.
template <class... Rest>
DecodeFault first_of(DecodeFault fault, Rest... rest) {
  if constexpr (sizeof...(rest) > 0) {
    return fault != kNone ? fault : first_of(rest...);
  }
  return fault;
}

DecodeFault right(bool holds) {
  return holds ? kNone : kMalformed;
}
DecodeFault within(bool holds) {
  return holds ? kNone : kLimit;
}

DecodeFault sequence(std::uint32_t n) {
  return right(n >= 1 && n <= kSequenceMax);
}

DecodeFault date(BusinessDate d) {
  return right(d.count() < BusinessDate::kCount);
}

DecodeFault text(std::string_view t) {
  return first_of(within(t.size() <= kTextBytesMax), right(is_clean_text(t)));
}

DecodeFault line(std::string_view t) {
  return first_of(right(!t.empty()), text(t));
}

DecodeFault values(const Offer& m) {
  // A size beyond kBatchBytesMax is for the clearing to refuse, by the batch's name.
  return first_of(sequence(m.sequence), date(m.date), right(m.size > 0), line(m.signature));
}

DecodeFault values(const Want& m) {
  return first_of(sequence(m.sequence), right(m.offset <= m.until),
                  within(m.offset <= kBatchBytesMax));
}

DecodeFault values(const Chunk& m) {
  return first_of(sequence(m.sequence), right(!m.bytes.empty()),
                  within(m.bytes.size() <= kChunkBytesMax),
                  within(m.offset <= kBatchBytesMax - m.bytes.size()));
}

DecodeFault values(const Returned& m) {
  const std::string_view reference = m.id.reference_text();
  const bool id = m.id.none() ? reference.empty() : valid_reference(reference);
  return first_of(right(m.kind > 0 && m.code > 0 && id), date(m.id.date));
}

DecodeFault values(const Receipt& m) {
  auto fault = first_of(sequence(m.sequence), line(m.text), line(m.signature),
                        within(m.returned.size() <= kReturnedPerReceiptMax));
  for (const Returned& item : m.returned) {
    fault = first_of(fault, values(item));
  }
  return fault;
}

DecodeFault values(const Refusal& m) {
  return first_of(right(m.sequence <= kSequenceMax), right(m.code > 0), text(m.detail));
}

DecodeFault values(const Held& m) {
  return first_of(sequence(m.sequence), sequence(m.missing), right(m.missing < m.sequence));
}

DecodeFault values(const Heartbeat& m) {
  return right(m.last_receipted <= kSequenceMax && m.at >= 0 && m.at < kTimeEnd);
}

DecodeFault values(const AdviceRequest&) {
  return kNone;
}

DecodeFault values(const Advice& m) {
  return first_of(right(m.number > 0), right(valid_province(m.home)), sequence(m.sequence),
                  date(m.date));
}

DecodeFault values(const Advices& m) {
  auto fault = within(m.advices.size() <= kAdvicesPerMessageMax);
  for (std::size_t i = 0; i < m.advices.size(); ++i) {
    const bool ascends = i == 0 || m.advices[i].number > m.advices[i - 1].number;
    fault = first_of(fault, right(ascends), values(m.advices[i]));
  }
  return fault;
}

// Words of core have none for a number that isn't one.
template <class E>
bool known(E value) {
  return !ph::word(value).empty();
}

// Of the kinds that cite what came before.
bool has_parent(AskKind kind) {
  return cites_hold(kind) || kind == AskKind::kRefund || kind == AskKind::kReversal;
}

// What is given: a partner's goods are a merchant's; a province's are credit, products and gifts.
bool form_fits(const Ask& m) {
  if (m.kind != AskKind::kRedeem && m.kind != AskKind::kCapture) {
    return m.form == Form::kNone;
  }
  return m.giver.none()
             ? m.form == Form::kMerchant
             : m.form == Form::kPhoneCredit || m.form == Form::kOwnProduct || m.form == Form::kGift;
}

DecodeFault id(const TransactionId& m) {
  return right(valid_id(m));
}

DecodeFault amount(std::int64_t n) {
  return right(is_amount(n));
}

// A partner's capture or void need not say whose hold it is.
bool member_fits(const Ask& m) {
  const bool of_hold = cites_hold(m.kind);
  return valid_member(m.member) || (m.member.none() && of_hold && m.giver.none());
}

bool is_partner(Participant m) {
  return m > kClearingHouse;
}

// A move names the member and the new home, nothing else.
bool move_fits(const Ask& m) {
  return m.kind != AskKind::kMove || (!m.giver.none() && m.points == 0 && m.units == 0);
}

DecodeFault values(const Ask& m) {
  const bool hold = m.kind == AskKind::kHold;
  auto fault = first_of(
      right(known(m.kind) && form_fits(m) && move_fits(m)), id(m.id),
      right(m.parent.none() != has_parent(m.kind)),
      has_parent(m.kind) ? id(m.parent) : right(m.parent == TransactionId{}), right(member_fits(m)),
      right(m.giver.none() || valid_province(m.giver)),
      right(m.partner.none() || is_partner(m.partner)), right(m.giver.none() != m.partner.none()),
      right(hold ? m.seconds >= 1 && m.seconds <= kHoldSecondsMax : m.seconds == 0),
      right(m.authorisation.none() || (has_parent(m.kind) && valid_entry(m.authorisation))),
      right(!m.final || m.kind == AskKind::kCapture), amount(m.points), amount(m.units),
      within(m.slices.size() <= kSlicesPerAskMax),
      right(m.slices.empty() || m.kind == AskKind::kRefund));
  for (const AskSlice& slice : m.slices) {
    fault = first_of(fault, right(valid_left_row(slice)));
  }
  return fault;
}

// What leaves with a move that is done; or what a former home says of a refund's parent.
DecodeFault slices(const Answer& m) {
  const bool leaves = m.kind == AskKind::kMove && m.definite && m.code == 0;
  const bool left = m.kind == AskKind::kRefund && m.code == static_cast<int>(AskCode::kMoved);
  auto fault = first_of(right(m.slices.empty() || leaves || left),
                        within(m.slices.size() <= (left ? kSlicesPerAskMax : kSlicesPerMoveMax)));
  for (const AskSlice& slice : m.slices) {
    fault = first_of(
        fault, right(left ? valid_left_row(slice) : valid_lot_row(slice) || valid_debt_row(slice)));
  }
  return fault;
}

DecodeFault values(const Answer& m) {
  const auto time = [](std::int64_t at) { return right(at >= 0 && at < kTimeEnd); };
  const bool moved = m.code == static_cast<int>(AskCode::kMoved);
  const bool left = m.kind == AskKind::kMove && m.definite && m.code == 0;
  return first_of(right(!m.definite || !moved), slices(m), right(m.standing.empty() || left),
                  within(m.standing.size() <= kStandingBytesMax), right(known(m.kind)), id(m.id),
                  right(m.definite || m.code > 0), right(m.home.none() || valid_province(m.home)),
                  time(m.at), time(m.ends), amount(m.points), text(m.detail),
                  m.left == Answer::kNotSaid ? kNone : amount(m.left),
                  right(m.member.none() || valid_member(m.member)));
}

DecodeFault values(const LookUp& m) {
  return first_of(id(m.id), right(is_partner(m.id.participant)));
}

DecodeFault values(const Found& m) {
  if (!m.ask) {
    return right(m.answer.code == 0 || m.answer.code == static_cast<int>(AskCode::kTooOld));
  }
  return first_of(values(*m.ask), values(m.answer),
                  right(m.ask->kind == m.answer.kind && m.ask->id == m.answer.id));
}

DecodeFault values(const QuoteRequest& m) {
  const bool exchange = m.kind == AskKind::kExchangeOut || m.kind == AskKind::kExchangeIn;
  const bool redemption = m.kind == AskKind::kRedeem;
  const int given = (m.points > 0 ? 1 : 0) + (m.units > 0 ? 1 : 0) + (m.fen > 0 ? 1 : 0);
  return first_of(right(exchange || redemption || m.kind == AskKind::kAccrual),
                  right(is_partner(m.partner)), date(m.date), amount(m.points), amount(m.units),
                  amount(m.fen), right(given == 1 && (exchange || m.units == 0)),
                  right(redemption || m.fen == 0));
}

DecodeFault values(const Quote& m) {
  return first_of(amount(m.points), amount(m.units), amount(m.fen), amount(m.num), amount(m.den),
                  amount(m.block), amount(m.min),
                  right(m.code != AskCode::kDone || (m.rate > 0 && m.den > 0)));
}

DecodeFault values(const RosterRequest&) {
  return kNone;
}

DecodeFault values(const Roster& m) {
  auto fault = first_of(within(m.rows.size() <= kRosterMax), right(!m.more || !m.rows.empty()));
  Participant last = m.after;
  for (const Roster::Row& row : m.rows) {
    fault = first_of(fault, right(row.participant > last && valid_code(row.code)));
    last = row.participant;
  }
  return fault;
}

DecodeFault values(const DayFilePart& m) {
  return first_of(right(is_partner(m.partner)), date(m.date), right(m.size > 0),
                  within(m.size <= kDayFileBytesMax), line(m.signature),
                  within(m.bytes.size() <= kChunkBytesMax),
                  right(m.offset <= m.size && m.bytes.size() <= m.size - m.offset));
}

DecodeFault values(const DayFileRequest& m) {
  return first_of(right(is_partner(m.partner)), date(m.date));
}

DecodeFault values(const DayFileFault& m) {
  const auto clean = [](std::string_view t) {
    return first_of(within(t.size() <= kFaultTextBytesMax), right(is_clean_text(t)));
  };
  return first_of(clean(m.column), clean(m.value), clean(m.expected));
}

DecodeFault values(const DayFile& m) {
  auto fault = first_of(right(m.state <= DayFileState::kBusy), right(m.sequence <= kSequenceMax),
                        within(m.offset <= kDayFileBytesMax), text(m.why),
                        within(m.faults.size() <= kFaultsPerDayFileMax));
  for (const DayFileFault& one : m.faults) {
    fault = first_of(fault, values(one));
  }
  return fault;
}

DecodeFault rating(std::string_view grading, Month month) {
  const bool name = !grading.empty() && std::ranges::all_of(grading, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  return first_of(within(grading.size() <= kGradingBytesMax), right(name),
                  right(month.count() < Month::kCount));
}

DecodeFault values(const Scores& m) {
  return first_of(rating(m.grading, m.month), right(m.revision > 0),
                  right(m.size >= kScoresBytesMin), within(m.size <= kScoresBytesMax),
                  line(m.signature), within(m.bytes.size() <= kChunkBytesMax),
                  right(m.offset <= m.size && m.bytes.size() <= m.size - m.offset),
                  sequence(m.sequence));
}

DecodeFault values(const ScoresTaken& m) {
  return first_of(rating(m.grading, m.month), right(!ph::wire::word(m.state).empty()),
                  within(m.offset <= kScoresBytesMax),
                  right(m.offset == 0 || m.state == ScoresState::kWanted), text(m.detail));
}

DecodeFault values(const ThresholdsRequest& m) {
  return rating(m.grading, m.month);
}

DecodeFault values(const Thresholds& m) {
  const bool published = m.state == ThresholdsState::kPublished;
  const bool waits = m.state == ThresholdsState::kWaits;
  auto fault = first_of(rating(m.grading, m.month),
                        right(published || waits || m.state == ThresholdsState::kNotOpen),
                        text(m.text), text(m.signature), right(m.text.empty() != published),
                        right(m.signature.empty() != published), right(m.waiting.empty() || waits),
                        within(m.waiting.size() <= kProvinceNumberMax));
  Participant last;
  for (const Participant province : m.waiting) {
    fault = first_of(fault, right(valid_province(province) && province > last));
    last = province;
  }
  return fault;
}

}  // namespace

std::size_t bytes_enough(const Message& message) {
  std::size_t bytes = 512 + 2 * kTextBytesMax;
  if (const auto* chunk = std::get_if<Chunk>(&message)) {
    bytes += chunk->bytes.size();
  } else if (const auto* receipt = std::get_if<Receipt>(&message)) {
    bytes += receipt->returned.size() * 64;
  } else if (const auto* advices = std::get_if<Advices>(&message)) {
    bytes += advices->advices.size() * 80;
  } else if (const auto* ask = std::get_if<Ask>(&message)) {
    bytes += ask->slices.size() * 40;
  } else if (const auto* answer = std::get_if<Answer>(&message)) {
    bytes += answer->slices.size() * 40 + answer->standing.size();
  } else if (const auto* roster = std::get_if<Roster>(&message)) {
    bytes += roster->rows.size() * 40;
  } else if (const auto* part = std::get_if<DayFilePart>(&message)) {
    bytes += part->bytes.size();
  } else if (const auto* scores = std::get_if<Scores>(&message)) {
    bytes += scores->bytes.size();
  } else if (const auto* day = std::get_if<DayFile>(&message)) {
    bytes += day->faults.size() * (64 + 3 * kFaultTextBytesMax);
  }
  return bytes;
}

DecodeFault check_values(const Message& message) {
  return std::visit([](const auto& m) { return values(m); }, message);
}

RefusalCode refusal_of(DecodeFault fault) {
  switch (fault) {
    case DecodeFault::kTooLarge:
    case DecodeFault::kLimit:
      return RefusalCode::kTooLarge;
    case DecodeFault::kVersion:
      return RefusalCode::kVersion;
    case DecodeFault::kNone:
    case DecodeFault::kMalformed:
      break;
  }
  check(fault != DecodeFault::kNone, "a fault that is one");
  return RefusalCode::kMalformed;
}

std::string clean_text(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    std::size_t end = bytes_max;  // Not within a character: back over its continuation bytes.
    while (end > bytes_max - 4 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
      --end;
    }
    text = text.substr(0, end);
  }
  std::string out;
  while (!text.empty()) {
    const std::size_t odd = first_not_utf8(text);
    const std::string_view characters = text.substr(0, odd);
    const std::size_t control = first_control_character(characters);
    if (control != std::string_view::npos) {
      out.append(text.substr(0, control)).append("?");
      text.remove_prefix(control + (text[control] == '\xC2' ? 2 : 1));
    } else {
      out.append(characters).append(odd == std::string_view::npos ? "" : "?");
      text.remove_prefix(std::min(characters.size() + 1, text.size()));
    }
  }
  return out;
}

}  // namespace ph::wire
