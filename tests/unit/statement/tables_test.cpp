// Tables and statements to the byte, over a small settled month.
#include "core/statement/tables.h"

#include <gtest/gtest.h>

#include "tests/unit/intake/world.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const TransactionId kGoods = id_of(kP2, kDay, "1");

// P02 gave a product for 3 points of P01 and a gift of P03; the shop took 15 points; one delivery
// has no home.
class Tables : public testing::Test {
 protected:
  Tables() : names_(world_.rules()) {
    world_.opened();
    const TransactionId gift = id_of(kP2, kDay, "2");
    const TransactionId sale = id_of(kShop, kDay, "S");
    world_.send(kP1, kDay,
                {redeemed(kGoods, kAnn, {{kP1, 3}}, kP2, Form::kOwnProduct),
                 redeemed(gift, kAnn, {{kP3, 4}}, kP2, Form::kGift),
                 redeemed(sale, kAnn, {{kP1, 15}}, kShop, Form::kMerchant)});
    world_.send(kP2, kDay,
                {delivered(kGoods, kAnn, 3, kP1, Form::kOwnProduct),
                 gift_costs(delivered(gift, kAnn, 4, kP1, Form::kGift), 90, 10, 20),
                 delivered(id_of(kP2, kDay, "3"), kAnn, 7)});
    world_.send(kShop, kDay, {at_shop(sale, kAnn, 15)});
    result_ = world_.closed(kApril);
  }
  std::vector<const SenderBook*> books() { return world_.settlement().books(); }

  World world_;
  Names names_;
  PeriodResult result_;
};

TEST_F(Tables, ItemsStandInTheOrderOfTheirLines) {
  EXPECT_EQ(items_csv(result_, world_.rules(), names_),
            "debtor,creditor,reason,version,id,quantity,fen,prior\n"
            "P01,P02,OWN_PRODUCT,1,P02/20070405/1,3,,0\n"
            "P01,P02,MERCHANT_REDEMPTION,1,SHOP/20070405/S,15,,0\n"
            "P02,SHOP,MERCHANT_REIMBURSEMENT,20,SHOP/20070405/S,15,,0\n"
            "P03,P02,GIFT_COST,,P02/20070405/2,4,80,0\n"
            "SHOP,P02,MERCHANT_COMMISSION,20+21,SHOP/20070405/S,15,,0\n");
}

TEST_F(Tables, LinesShowPriceExactAmountAndResidue) {
  EXPECT_EQ(lines_csv(result_, world_.rules(), names_),
            "debtor,creditor,reason,version,unit,quantity,price,exact,fen,residue,items,"
            "prior_items,prior_quantity\n"
            "P01,P02,OWN_PRODUCT,1,point,3,7/10,21/10,2,1/10,1,0,0\n"
            "P01,P02,MERCHANT_REDEMPTION,1,point,15,7/10,21/2,11,-1/2,1,0,0\n"
            "P02,SHOP,MERCHANT_REIMBURSEMENT,20,point,15,4/5,12,12,0,1,0,0\n"
            "P03,P02,GIFT_COST,,point,4,cost,80,80,0,1,0,0\n"
            "SHOP,P02,MERCHANT_COMMISSION,20+21,point,15,1/25,3/5,1,-2/5,1,0,0\n");
}

TEST_F(Tables, TheMatrixHasACellForEachPairWithALine) {
  EXPECT_EQ(matrix_csv(result_, names_),
            "debtor,creditor,fen\nP01,P02,13\nP02,SHOP,12\nP03,P02,80\nSHOP,P02,1\n");
}

TEST_F(Tables, PositionsShowWhoPaysAndReceives) {
  EXPECT_EQ(positions_csv(result_, names_),
            "participant,receivable,payable,net,brought_forward,carried_forward,pays,receives\n"
            "P01,0,13,-13,0,0,13,0\n"
            "P02,94,12,82,0,0,0,82\n"
            "P03,0,80,-80,0,0,80,0\n"
            "CLR,0,0,0,0,0,94,94\n"
            "AIR1,0,0,0,0,0,0,0\n"
            "SHOP,12,1,11,0,0,1,12\n"
            "BANK,0,0,0,0,0,0,0\n"
            "INN,0,0,0,0,0,0,0\n");
}

TEST_F(Tables, TheLedgerBooksEachLineFourTimes) {
  const std::string ledger = ledger_csv(result_, world_.rules(), names_);
  EXPECT_EQ(ledger.substr(0, ledger.find("2,P01")),
            "line,entity,account,counterparty,debit,credit\n"
            "1,P01,COST:OWN_PRODUCT,P02,2,0\n"
            "1,P01,PAYABLE:P02,P02,0,2\n"
            "1,P02,RECEIVABLE:P01,P01,2,0\n"
            "1,P02,INCOME:OWN_PRODUCT,P01,0,2\n");
}

TEST_F(Tables, TheLedgerTurnsANegativeLineRoundAndLeavesOutAZeroOne) {
  result_.lines.resize(2);
  result_.lines[0].fen = 0;
  result_.lines[1].fen = -5;
  EXPECT_EQ(ledger_csv(result_, world_.rules(), names_),
            "line,entity,account,counterparty,debit,credit\n"
            "2,P01,COST:MERCHANT_REDEMPTION,P02,0,5\n"
            "2,P01,PAYABLE:P02,P02,5,0\n"
            "2,P02,RECEIVABLE:P01,P01,0,5\n"
            "2,P02,INCOME:MERCHANT_REDEMPTION,P01,5,0\n");
}

TEST_F(Tables, SuspenseShowsTheItemAndItsAge) {
  EXPECT_EQ(suspense_csv(result_, names_),
            "reason,sender,sequence,entry,kind,id,parent,member,counterparty,partner,points,units,"
            "age_days\n"
            "MISSING_HOME,P02,1,3,DELIVERY,P02/20070405/3,," +
                kAnn.text() + ",P01,,7,,28\n");
}

TEST_F(Tables, ReturnedRowsOfTheHomeComeBeforeTheClearings) {
  const ReturnedLine clearing{.by_clearing = true,
                              .sender = kP1,
                              .sequence = 2,
                              .entry = 5,
                              .kind = "DELIVERY",
                              .id = kGoods,
                              .code = ReturnCode::kNoContract};
  ReturnedLine home = clearing;
  home.by_clearing = false;
  home.code = ReturnCode::kCopy;
  ReturnedLine first = clearing;
  first.entry = 4;
  EXPECT_EQ(returned_csv({clearing, home, first}, names_),
            "by,sender,sequence,entry,kind,id,code\n"
            "clearing,P01,2,4,DELIVERY,P02/20070405/1,NO_CONTRACT\n"
            "home,P01,2,5,DELIVERY,P02/20070405/1,COPY\n"
            "clearing,P01,2,5,DELIVERY,P02/20070405/1,NO_CONTRACT\n");
}

TEST_F(Tables, TheRollForwardCountsAnIssuersPointsAtAllHomes) {
  const RollForward one = rollforward_of(kP1, books(), world_.rules());
  EXPECT_EQ(one.opening, 3 * kDeep / 2);
  EXPECT_EQ(one.redeemed, -18);
  EXPECT_EQ(one.closing, one.opening - 18);
  EXPECT_EQ(rollforward_of(kP3, books(), world_.rules()).redeemed, -4);
}

TEST_F(Tables, QuartersLeaveOutRowsWithoutAValueAndEndWithDebts) {
  Slice debt{.lot = LotId(kP1, BusinessDate(), 0), .source = Source::kDebt};
  debt.account = Account::kIssued;
  debt.delta = -7;
  world_.send(kP1, kDay, {}, {{.member = kAnn, .entry = 1, .kind = Kind::kUnearn, .slice = debt}});
  const std::string csv = quarters_csv(books(), world_.rules(), names_);
  EXPECT_EQ(csv.substr(0, csv.find("P02")),
            "issuer,quarter,opening,issued,redeemed,expired,forfeited,moved,closing\n"
            "P01,2006Q4,1500000000,0,-18,0,0,0,1499999982\n"
            "P01,-,0,-7,0,0,0,0,-7\n");
  EXPECT_EQ(closing_debts_csv(books(), names_),
            "home,member,issuer,points\nP01," + kAnn.text() + ",P01,7\n");
}

TEST_F(Tables, BreakageIsRoundedOnceOverAllHomesAndDates) {
  Slice expired = slice_of(kP1, Account::kExpired, -1);
  const auto expire = [&](Participant home, BusinessDate date) {
    world_.send(home, date, {},
                {{.member = kAnn, .entry = 1, .kind = Kind::kExpire, .slice = expired}});
  };
  expire(kP1, on(2007, 4, 30));  // 7/10
  expire(kP3, on(2007, 4, 30));  // 7/10
  expire(kP1, on(2007, 5, 1));   // 8/10: 2.2 in all
  EXPECT_EQ(rollforward_of(kP1, books(), world_.rules()).breakage_fen, 2);
}

TEST_F(Tables, RepaidPointsStandAmongTheIssuedAndCancelOut) {
  Slice lot = slice_of(kP1, Account::kRepaid, -5);
  Slice debt{.lot = LotId(kP1, BusinessDate(), 0), .source = Source::kDebt};
  debt.account = Account::kIssued;
  debt.delta = -9;
  Slice repaid = debt;
  repaid.account = Account::kRepaid;
  repaid.delta = 5;
  std::vector<Movement> movements;
  for (const Slice& slice : {debt, lot, repaid}) {
    movements.push_back({.member = kAnn, .entry = 1, .kind = Kind::kRepay, .slice = slice});
  }
  world_.send(kP1, kDay, {}, movements);
  const RollForward roll = rollforward_of(kP1, books(), world_.rules());
  EXPECT_EQ(roll.issued, -9);
  EXPECT_EQ(roll.closing, roll.opening - 9 - 18);
}

TEST_F(Tables, ClosingLotsAreByLotWithTheirHome) {
  EXPECT_EQ(closing_lots_of(world_.book(kP1), names_),
            "P01,P01/20061231/1," + kAnn.text() +
                ",P01,2006-12,2010-01-01,CONSUMPTION,1,1000000000,499999982\n"
                "P01,P02/20061231/1," +
                kAnn.text() +
                ",P02,2006-12,2010-01-01,CONSUMPTION,1,1000000000,500000000\n"
                "P01,P03/20061231/1," +
                kAnn.text() + ",P03,2006-12,2010-01-01,CONSUMPTION,1,1000000000,499999996\n");
}

TEST_F(Tables, AStatementHoldsAParticipantsLinesAndSuspense) {
  const std::vector<Statement> statements = statements_of(result_, books(), world_.rules(), names_);
  ASSERT_EQ(statements.size(), 8U);
  const Statement& two = statements[1];
  EXPECT_EQ(two.participant, "P02");
  EXPECT_EQ(two.receivable.size(), 4U);
  EXPECT_EQ(two.receivable[2].first_leaf, 3U);
  EXPECT_EQ(two.payable.size(), 1U);
  EXPECT_EQ(two.receivable_total, 94);
  EXPECT_EQ(two.net, 82);
  ASSERT_EQ(two.suspense.size(), 1U);
  EXPECT_EQ(two.suspense[0].count, 1U);
  EXPECT_EQ(two.suspense[0].points, 7);
  EXPECT_TRUE(two.rollforward.has_value());
  EXPECT_EQ(statements[0].suspense.size(), 1U);  // Named as counterparty.
  EXPECT_TRUE(statements[2].suspense.empty());
  EXPECT_FALSE(statements[3].rollforward.has_value());
}

TEST(Statement, IsCanonicalJson) {
  Statement statement{.period = kApril, .participant = "P01", .number = kP1};
  statement.kind = ParticipantKind::kProvince;
  statement.name_en = "A \\ B";
  statement.receivable.push_back({.counterparty = "P02",
                                  .reason = "OWN_PRODUCT",
                                  .version = "1",
                                  .unit = "point",
                                  .quantity = -3,
                                  .price = "7/10",
                                  .exact = "-21/10",
                                  .fen = -2,
                                  .residue = "-1/10",
                                  .items = 1,
                                  .first_leaf = 17});
  const std::string json = statement_json(statement);
  EXPECT_EQ(json.substr(0, json.find(",\"calendar\"")),
            "{\"version\":1,\"period\":\"2007-04\",\"participant\":\"P01\",\"number\":1,"
            "\"kind\":\"PROVINCE\",\"name_zh\":\"\",\"name_en\":\"A \\\\ B\"");
  EXPECT_NE(json.find("\"receivable\":[{\"counterparty\":\"P02\",\"reason\":\"OWN_PRODUCT\","
                      "\"version\":\"1\",\"unit\":\"point\",\"quantity\":-3,\"price\":\"7/10\","
                      "\"exact\":\"-21/10\",\"fen\":-2,\"residue\":\"-1/10\",\"items\":1,"
                      "\"prior_items\":0,\"prior_quantity\":0,\"first_leaf\":17}],"
                      "\"receivable_total\":0,\"payable\":[],\"payable_total\":0,\"net\":0,"),
            std::string::npos);
  EXPECT_NE(json.find("\"suspense\":[],\"rollforward\":null,\"tree_size\":0,"), std::string::npos);
  EXPECT_EQ(json.back(), '\n');
  EXPECT_EQ(statement_csv(statement),
            "side,counterparty,reason,version,unit,quantity,price,exact,fen,residue,items,"
            "prior_items,prior_quantity\n"
            "receivable,P02,OWN_PRODUCT,1,point,-3,7/10,-21/10,-2,-1/10,1,0,0\n");
}

TEST(Reasons, AreWrittenWithTheirPartnerAndUnit) {
  EXPECT_EQ(reason_text(Reason::kPurchase, "AIR1", "mile"), "PURCHASE_MILES_AIR1");
  EXPECT_EQ(reason_text(Reason::kExchangeOut, "AIR1", "mile"), "EXCHANGE_OUT_AIR1");
  EXPECT_EQ(reason_text(Reason::kSalePoints, "AIR1", ""), "SALE_POINTS_AIR1");
  EXPECT_EQ(reason_text(Reason::kFundIssuer, "AIR1", ""), "FUND_ISSUER_AIR1");
  EXPECT_EQ(reason_text(Reason::kGiftCost, "", ""), "GIFT_COST");
  EXPECT_EQ(version_text(20, 21), "20+21");
  EXPECT_EQ(version_text(0, 0), "");
}

}  // namespace PH_FILE
}  // namespace ph::test
