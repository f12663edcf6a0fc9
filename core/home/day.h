// A province's day as its node takes it in: the rows of a PROVINCE_DAY file (docs/formats.md,
// section 2) as plain values. The reader of files makes them; core/home carries them out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/home/member_row.h"
#include "core/types/child_row.h"
#include "core/types/id.h"
#include "core/types/words.h"

namespace ph {

// Numbers from 21 on are those of MemberKind.
enum class RowKind : std::uint8_t {
  kBill,
  kRebill,
  kEarn,
  kUnearn,
  kTransfer,
  kLeave,
  kRedeem,
  kHold,
  kCapture,
  kVoid,
  kExchangeOut,
  kAccrual,
  kExchangeIn,
  kRefund,
  kUnissue,
  kMoveOut,
  kMoveIn,
  kConfirm,
  kDelivery,
  kDeliveryRefund,
  kWithdraw,
};
[[nodiscard]] constexpr bool is_of_member(RowKind kind) {
  return kind > RowKind::kWithdraw;
}

// A row; what its kind doesn't have is zero. Each field names the columns it holds.
struct DayRow {
  RowKind kind{};
  Form form{};
  Source source{};
  std::uint8_t flag{};  // rating, final
  std::uint32_t serial{};
  std::uint32_t line{};    // 1 = header
  Month month{};           // bill_month, earned_month
  BusinessDate expires{};  // of a hold
  Participant giver{};
  Participant partner{};
  Participant other{};  // to, from, home
  Member member{};
  LotId lot{};
  EntryId authorisation{};
  TransactionId id{};      // never none but for kinds without one: an empty id column is filled in
  TransactionId parent{};  // parent, hold, move
  std::array<char, 16> account{};  // padded with zero bytes
  std::uint32_t rate{};
  std::uint32_t cited_sequence{};  // WITHDRAW; or the CORRECT row above
  std::uint32_t cited_entry{};     // 0 with cited_sequence 0: none; of SHEET index in inputs
  std::uint32_t first_child{};     // index in DayFile::children; of a member's row in member_rows
  std::uint32_t child_count{};
  std::int64_t points{};
  std::int64_t units{};
  std::int64_t fen{};  // fen of BILL, billed of REBILL
  std::int64_t corrected{};
  std::int64_t cost{};
  std::int64_t freight{};
  std::int64_t cash{};

  friend bool operator==(const DayRow&, const DayRow&) = default;
};

// What a MOVE_IN brings besides its lots: the STANDING rows below it, joined.
struct DayStanding {
  std::uint32_t row{};    // index of the MOVE_IN in DayFile::rows
  std::uint32_t first{};  // in DayFile::standing_bytes
  std::uint32_t size{};
};

struct DayFile {
  Participant sender{};
  BusinessDate date{};
  std::uint32_t sequence{};
  std::vector<DayRow> rows{};
  std::vector<ChildRow> children{};
  // Of rows of kinds from 21 on, which have besides these their kind, serial, line, member and id;
  // PARTNER_SPEND its partner, too.
  std::vector<MemberRow> member_rows{};
  std::vector<SheetInputRow> inputs{};   // of the SHEET rows, in their order
  std::vector<DayStanding> standings{};  // in the order of their rows
  std::vector<std::byte> standing_bytes{};
  // By its DAY command: 1, of before rulings 185 to 188 and 190 (docs/journal.md, section 4).
  static constexpr std::uint16_t kRulesOfToday = 2;

  std::uint16_t rules{kRulesOfToday};
};

// Of a row of a member.
[[nodiscard]] inline const MemberRow& member_row_of(const DayFile& file, const DayRow& row) {
  return file.member_rows[row.first_child];
}
[[nodiscard]] inline std::span<const SheetInputRow> inputs_of(const DayFile& file,
                                                              const DayRow& row) {
  const MemberRow& out = member_row_of(file, row);
  return out.inputs == 0 ? std::span<const SheetInputRow>()
                         : std::span(file.inputs).subspan(row.cited_entry, out.inputs);
}

// A province's state on the first day that the system keeps (OPENING_LOTS).
struct OpeningLot {
  LotId lot{};
  Member member{};
  Month earned_month{};
  BusinessDate expires_on{};
  Source source{};
  std::uint8_t rating{};
  std::int64_t original{};
  std::int64_t remaining{};
};
struct OpeningDebt {
  Member member{};
  Participant issuer{};
  std::int64_t points{};
};
struct Opening {
  Participant province{};
  BusinessDate date{};
  std::vector<Member> members{};
  std::vector<OpeningLot> lots{};
  std::vector<OpeningDebt> debts{};
};

}  // namespace ph
