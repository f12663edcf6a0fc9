#include "tests/support/small_world.h"

#include "core/types/id.h"

namespace ph::test {

namespace {

std::string two(int n) {
  return (n < 10 ? "0" : "") + std::to_string(n);
}

}  // namespace

std::string file_text(std::string_view header, const std::vector<std::string>& rows,
                      std::int64_t points, std::int64_t fen) {
  std::string out = std::string(header) + "\n";
  for (const std::string& row : rows) {
    out += row + "\n";
  }
  return out + "END," + std::to_string(rows.size()) + "," + std::to_string(points) + "," +
         std::to_string(fen) + "\n";
}

std::string rulebook_text(std::string_view more_rows) {
  std::vector<std::string> rows{
      "PARTICIPANT,P01,1,PROVINCE,甲,First",
      "PARTICIPANT,P02,2,PROVINCE,乙,Second",
      "PARTICIPANT,P03,3,PROVINCE,丙,Third",
      "PARTICIPANT,CLR,100,CLEARING,清算,Clearing",
      "PARTICIPANT,AIR1,101,AIRLINE,航空,Airline",
      "PARTICIPANT,MER1,102,MERCHANT,商户,Merchant",
      "CONTRACT,AIR1,CLR,AX,1,0,mile,2026-01-01,",
      "CONTRACT,MER1,P02,AU,1,1,,2026-01-01,",
      "PRICE,1,INTER,,,,,3,5,,,2026-01-01,",
      "PRICE,2,SALE,AIR1,,,,4,5,,,2026-01-01,",
      "PRICE,3,OUT,AIR1,,,,2,25,100,1000,2026-01-01,",
      "PRICE,4,IN,AIR1,,,,10,1,1,1,2026-01-01,",
      "PRICE,5,BUY,AIR1,,,,7,1,,,2026-01-01,",
      "PRICE,6,SALE,MER1,,,,4,5,,,2026-01-01,",
      "PRICE,7,REIMBURSE,MER1,,,,3,5,,,2026-01-01,",
      "PRICE,8,COMMISSION,MER1,,,,1,20,,,2026-01-01,",
  };
  if (!more_rows.empty()) {
    rows.emplace_back(more_rows);
  }
  return file_text("POINTHOUSE,RULEBOOK,1,CLR,2026-01-01,0", rows, 0, 0);
}

std::string calendar_text() {
  return file_text("POINTHOUSE,CALENDAR,1,CLR,2026-01-01,0", {"YEAR,2026"}, 0, 0);
}

std::string member_text(int province, std::uint64_t serial) {
  return Member::make(Participant(static_cast<std::uint16_t>(province)), serial).text();
}

std::string opening_text(int province) {
  const std::string code = "P" + two(province);
  std::vector<std::string> rows;
  for (int n = 1; n <= 2; ++n) {
    const std::string member = member_text(province, static_cast<std::uint64_t>(n));
    rows.push_back("LOT," + code + "/20260110/" + std::to_string(n) + "," + member +
                   ",2026-01,CONSUMPTION,1,2029-04-01,1000,1000");
  }
  return file_text("POINTHOUSE,OPENING_LOTS,1," + code + ",2026-03-01,0", rows, 4000, 0);
}

std::string day_text(int province, BusinessDate date, std::uint32_t sequence, std::int64_t fen) {
  const std::string code = "P" + two(province);
  return file_text(
      "POINTHOUSE,PROVINCE_DAY,1," + code + "," + date.text() + "," + std::to_string(sequence),
      {"BILL,1,A-" + date.compact_text() + "," + member_text(province, 1) + ",2026-02," +
       std::to_string(fen)},
      0, fen);
}

Keys::Keys() : registry_("CLR", BusinessDate::of(2026, 1, 1)) {
  const BusinessDate date = BusinessDate::of(2026, 1, 1);
  for (const char* code : {"P01", "P02", "P03", "AIR1", "MER1", "CLR"}) {
    const bool clearing = std::string_view(code) == "CLR";
    SecretKey key = SecretKey::generate(clearing ? KeyRole::kClearing : KeyRole::kSender, code);
    const auto fault = registry_.add(
        {.participant = code, .key = key.open().key, .from = clearing ? 202601U : 1U, .to = {}},
        date);
    check(!fault.has_value(), "a fresh key can be added");
    secrets_.emplace(code, std::move(key));
  }
}

}  // namespace ph::test
