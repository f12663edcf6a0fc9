#include "tests/unit/pdf/samples.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace ph::test {

namespace {

constexpr std::int64_t kHuge = 9'000'000'000'000'000;

struct Province {
  std::string_view zh;
  std::string_view en;
};
constexpr std::array<Province, 20> kProvinces = {{
    {"北京公司", "Beijing"},        {"上海公司", "Shanghai"}, {"广东公司", "Guangdong"},
    {"四川公司", "Sichuan"},        {"浙江公司", "Zhejiang"}, {"江苏公司", "Jiangsu"},
    {"湖北公司", "Hubei"},          {"安徽公司", "Anhui"},    {"福建公司", "Fujian"},
    {"陕西公司", "Shaanxi"},        {"云南公司", "Yunnan"},   {"贵州公司", "Guizhou"},
    {"甘肃公司", "Gansu"},          {"青海公司", "Qinghai"},  {"山西公司", "Shanxi"},
    {"黑龙江公司", "Heilongjiang"}, {"辽宁公司", "Liaoning"}, {"海南公司", "Hainan"},
    {"广西公司", "Guangxi"},        {"新疆公司", "Xinjiang"},
}};

std::string code_of(std::size_t i) {
  return "P" + std::string(i < 10 ? "0" : "") + std::to_string(i);
}

// A line whose exact amount is quantity x num/10 fen.
StatementLine line(const std::string& counterparty, const std::string& reason,
                   std::int64_t quantity, std::int64_t tenths, std::uint64_t items) {
  StatementLine out;
  out.counterparty = counterparty;
  out.reason = reason;
  out.version = "1";
  out.unit = reason.starts_with("PURCHASE_MILES") ? "mile" : "point";
  out.quantity = quantity;
  out.price = std::to_string(tenths) + "/10";
  const std::int64_t exact = quantity * tenths;
  out.exact = std::to_string(exact) + "/10";
  const std::int64_t magnitude = ((exact < 0 ? -exact : exact) + 5) / 10;
  out.fen = exact < 0 ? -magnitude : magnitude;
  out.residue = std::to_string(exact - out.fen * 10) + "/10";
  out.items = items;
  return out;
}

Sample frame(const std::string& code, std::uint16_t number) {
  Sample sample;
  Statement& statement = sample.statement;
  statement.period = *Month::parse("2007-04");
  statement.participant = code;
  statement.number = Participant(number);
  statement.kind = ParticipantKind::kProvince;
  statement.name_zh = "北京公司";
  statement.name_en = "Beijing";
  statement.calendar = {BusinessDate::of(2007, 5, 10), BusinessDate::of(2007, 5, 14),
                        BusinessDate::of(2007, 5, 21), BusinessDate::of(2007, 5, 23),
                        BusinessDate::of(2007, 5, 28)};
  for (std::size_t i = 1; i <= 99; ++i) {
    const Province& province = kProvinces[(i - 1) % kProvinces.size()];
    sample.names[code_of(i)] = {std::string(province.zh), std::string(province.en)};
  }
  sample.names["CLR"] = {"积分结算中心", "Central clearing"};
  sample.names["AIR1"] = {"航空常旅客计划", "Air Miles"};
  sample.names["SHOP1"] = {"百货连锁", "Department Stores"};
  for (std::size_t i = 0; i < statement.root.size(); ++i) {
    statement.root[i] = static_cast<std::byte>(i * 37 + 11);
    statement.cutoff[i] = static_cast<std::byte>(i * 91 + 5);
  }
  statement.rollforward =
      RollForward{18'250'400, 2'410'733, -1'204'550, -310'200, -4'120, 0, 19'142'263, 188'592};
  return sample;
}

}  // namespace

void close_sample(Statement& statement) {
  statement.receivable_total = 0;
  statement.payable_total = 0;
  for (const StatementLine& one : statement.receivable)
    statement.receivable_total += one.fen;
  for (const StatementLine& one : statement.payable)
    statement.payable_total += one.fen;
  statement.net = statement.receivable_total - statement.payable_total;
  const std::int64_t due = statement.net + statement.brought_forward;
  statement.pays = due < 0 ? -due : 0;
  statement.receives = due > 0 ? due : 0;
  for (const auto* side : {&statement.receivable, &statement.payable}) {
    for (const StatementLine& one : *side)
      statement.tree_size += one.items;
  }
}

Sample typical_sample() {
  Sample sample = frame("P01", 1);
  Statement& statement = sample.statement;
  auto& in = statement.receivable;
  in.push_back(line("P02", "PHONE_CREDIT", 1'245'300, 6, 812));
  in.push_back(line("P02", "OWN_PRODUCT", 88'201, 7, 64));
  in.push_back(line("P02", "GIFT_COST", 400'000, 3, 9));
  in.back().version.clear();
  in.back().price = "cost";
  in.back().residue = "0";
  in.push_back(line("P03", "PHONE_CREDIT", 402'117, 6, 240));
  in.back().prior_items = 3;
  in.back().prior_quantity = 12'400;
  in.push_back(line("P04", "PHONE_CREDIT", 9'113, 6, 12));
  in.push_back(line("P04", "FIXED_LINE", -1'200, 5, 1));
  in.push_back(line("CLR", "FUND_ISSUER_AIR1", 221'000, 9, 77));
  auto& out = statement.payable;
  out.push_back(line("P02", "PHONE_CREDIT", 310'001, 6, 155));
  out.push_back(line("P03", "GIFT_COST", 120'000, 5, 4));
  out.push_back(line("P05", "OWN_PRODUCT", 77'003, 7, 40));
  out.push_back(line("CLR", "MERCHANT_REDEMPTION", 2'030'550, 8, 4'120));
  out.back().prior_items = 41;
  out.back().prior_quantity = -20'500;
  out.push_back(line("CLR", "EXCHANGE_OUT_AIR1", 640'000, 9, 61));
  out.back().version = "12+104";
  statement.suspense = {{"MISSING_HOME", 2, 300}, {"AMOUNT", 1, 4'500}, {"PARENT", 3, 1'200}};
  close_sample(statement);
  return sample;
}

Sample empty_sample() {
  Sample sample = frame("P02", 2);
  sample.statement.rollforward = RollForward{};
  close_sample(sample.statement);
  return sample;
}

Sample long_sample(std::size_t lines, std::size_t counterparties) {
  constexpr std::array<std::string_view, 6> kReasons = {"PHONE_CREDIT", "OWN_PRODUCT",
                                                        "GIFT_COST",    "MERCHANT_REDEMPTION",
                                                        "FIXED_LINE",   "EXCHANGE_OUT_AIR1"};
  Sample sample = frame("P01", 1);
  Statement& statement = sample.statement;
  const std::size_t in = lines * 2 / 3;
  const auto put = [&](std::vector<StatementLine>& side, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t party = 2 + i * counterparties / count;
      const auto quantity = static_cast<std::int64_t>((i * 7919 + 13) % 90'001 * (i % 7 + 1));
      side.push_back(line(code_of(party), std::string(kReasons[i % kReasons.size()]), quantity,
                          static_cast<std::int64_t>(5 + i % 5), 1 + i * 31 % 500));
      if (i % 9 == 4) {
        side.back().prior_items = i % 5 + 1;
        side.back().prior_quantity = quantity / 10;
      }
      side.back().version = std::to_string(1 + i % 3);
    }
  };
  put(statement.receivable, in);
  put(statement.payable, lines - in);
  for (const char* reason :
       {"MISSING_HOME", "MISSING_ACQUIRER", "AMOUNT", "RATE", "AUTHORISATION", "PARENT"}) {
    statement.suspense.push_back({reason, 1 + statement.suspense.size() * 7, 1'000});
  }
  close_sample(statement);
  return sample;
}

Sample negative_sample() {
  Sample sample = frame("P01", 1);
  Statement& statement = sample.statement;
  statement.receivable.push_back(line("P02", "PHONE_CREDIT", 120'000, 6, 40));
  statement.receivable.push_back(line("P03", "PHONE_CREDIT", -90'001, 6, 12));
  statement.receivable.push_back(line("P04", "OWN_PRODUCT", -20'000, 7, 3));
  statement.payable.push_back(line("P02", "OWN_PRODUCT", -45'003, 7, 9));
  statement.payable.push_back(line("P05", "OWN_PRODUCT", 80'000, 7, 11));
  statement.brought_forward = -50'000;
  close_sample(statement);
  return sample;
}

Sample huge_sample() {
  Sample sample = frame("P01", 1);
  Statement& statement = sample.statement;
  for (auto* side : {&statement.receivable, &statement.payable}) {
    const bool in = side == &statement.receivable;
    StatementLine one = line("P02", "MERCHANT_REIMBURSEMENT", 1, 6, 9);
    one.version = "2147483647+2147483646";
    one.quantity = kHuge;
    one.price = "999999/1000000";
    one.exact = "26999999999999999/3";
    one.fen = in ? kHuge : kHuge / 3;
    one.residue = "-1/3";
    one.items = 9'000'000'000;
    one.prior_items = 8'999'999'999;
    one.prior_quantity = -kHuge;
    side->push_back(one);
    one.reason = "PURCHASE_MILES_AIRCHINA1234";
    one.counterparty = "AIRCHINA1234";
    one.unit = "mile";
    one.fen = in ? -kHuge / 2 : kHuge / 3;
    side->push_back(one);
    side->push_back(line("P03", "PHONE_CREDIT", 12'345, 6, 3));
  }
  statement.suspense = {{"AUTHORISATION", 9'000'000'000, kHuge}};
  statement.rollforward = RollForward{kHuge, kHuge, -kHuge, -kHuge, -kHuge, kHuge, 0, kHuge};
  close_sample(statement);
  return sample;
}

Sample long_names_sample() {
  Sample sample = typical_sample();
  std::string zh;
  std::string en;
  for (int i = 0; i < 6; ++i)
    zh += "西南区域积分联合运营公司";
  zh.resize(60 * 3);
  for (int i = 0; i < 6; ++i)
    en += "Long Names ";
  en.resize(60);
  for (auto& [code, names] : sample.names)
    names = {zh, en};
  sample.statement.name_zh = zh;
  sample.statement.name_en = en;
  return sample;
}

Sample partner_sample() {
  Sample sample = frame("SHOP1", 131);
  Statement& statement = sample.statement;
  statement.kind = ParticipantKind::kMerchant;
  statement.name_zh = "百货连锁";
  statement.name_en = "Department Stores";
  statement.rollforward.reset();
  statement.receivable.push_back(line("CLR", "MERCHANT_REIMBURSEMENT", 2'030'550, 8, 4'120));
  statement.payable.push_back(line("CLR", "MERCHANT_COMMISSION", 2'030'550, 1, 4'120));
  statement.payable.back().version = "7+9";
  close_sample(statement);
  statement.pays = statement.payable_total;
  statement.receives = statement.receivable_total;
  return sample;
}

}  // namespace ph::test
