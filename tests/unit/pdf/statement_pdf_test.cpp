#include "platform/pdf/statement_pdf.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include "tests/unit/pdf/samples.h"

namespace ph::test {
namespace PH_FILE {

std::string print(const Sample& sample) {
  return statement_pdf(sample.statement, sample.names);
}

// The page objects are not compressed.
std::size_t page_count(const std::string& pdf) {
  std::size_t count = 0;
  for (std::size_t at = pdf.find("/Type /Page\n"); at != std::string::npos;
       at = pdf.find("/Type /Page\n", at + 1)) {
    ++count;
  }
  for (std::size_t at = pdf.find("/Type /Page "); at != std::string::npos;
       at = pdf.find("/Type /Page ", at + 1)) {
    ++count;
  }
  return count;
}

// What a program that reads the PDF finds; empty where pdftotext is not installed.
class Extracted {
 public:
  explicit Extracted(const std::string& pdf) {
    std::string path = ::testing::TempDir() + "statement-XXXXXX";
    const int file = mkstemp(path.data());
    if (file < 0) throw std::runtime_error("no temporary file");
    const std::unique_ptr<FILE, int (*)(FILE*)> out(fdopen(file, "wb"), &std::fclose);
    std::fwrite(pdf.data(), 1, pdf.size(), out.get());
    std::fflush(out.get());
    const std::string command = "pdftotext -layout -enc UTF-8 '" + path + "' - 2>/dev/null";
    const std::unique_ptr<FILE, int (*)(FILE*)> in(popen(command.c_str(), "r"), &pclose);
    char buffer[4096];
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, in.get())) > 0;) {
      text_.append(buffer, n);
    }
    std::remove(path.c_str());
  }
  [[nodiscard]] bool available() const { return !text_.empty(); }
  [[nodiscard]] bool has(const std::string& words) const {
    return text_.find(words) != std::string::npos;
  }
  [[nodiscard]] std::size_t count(const std::string& words) const {
    std::size_t found = 0;
    for (std::size_t at = text_.find(words); at != std::string::npos;
         at = text_.find(words, at + 1)) {
      ++found;
    }
    return found;
  }

 private:
  std::string text_{};
};

TEST(StatementPdf, IsTheSameBytesEveryTime) {
  for (const Sample& sample : {typical_sample(), empty_sample(), long_sample(60, 11)}) {
    const std::string first = print(sample);
    EXPECT_EQ(first.substr(0, 5), "%PDF-");
    EXPECT_EQ(first, print(sample));
    StatementPrinter printer;
    EXPECT_EQ(first, printer.print(sample.statement, sample.names));
    EXPECT_EQ(first, printer.print(sample.statement, sample.names));
  }
}

TEST(StatementPdf, DoesNotDependOnWhatWasPrintedBefore) {
  StatementPrinter printer;
  const Sample large = long_sample(120, 20);
  const Sample small = typical_sample();
  const std::string alone = print(small);
  (void)printer.print(large.statement, large.names);
  EXPECT_EQ(printer.print(small.statement, small.names), alone);
}

TEST(StatementPdf, SaysTheCloseAsItsDate) {
  EXPECT_NE(print(typical_sample()).find("/CreationDate (20070510000000+08'00)"),
            std::string::npos);
}

TEST(StatementPdf, TakesAsManyPagesAsItNeeds) {
  EXPECT_EQ(page_count(print(empty_sample())), 2U);
  EXPECT_EQ(page_count(print(typical_sample())), 3U);
  EXPECT_EQ(page_count(print(long_sample(240, 40))), 13U);
}

TEST(StatementPdf, GivesItsFiguresAndChineseToWhoExtractsText) {
  const Sample sample = typical_sample();
  const Extracted text(print(sample));
  if (!text.available()) GTEST_SKIP() << "pdftotext is not installed";
  EXPECT_TRUE(text.has("积分结算单"));
  EXPECT_TRUE(text.has("北京公司"));
  EXPECT_TRUE(text.has("13,739.59"));
  EXPECT_TRUE(text.has("25,003.43"));
  EXPECT_TRUE(text.has("-11,263.84"));
  EXPECT_TRUE(text.has("人民币（大写）壹万壹仟贰佰陆拾叁元捌角肆分"));
  EXPECT_TRUE(text.has("归属省未报"));
  EXPECT_TRUE(text.has(hex(sample.statement.root)));
  EXPECT_TRUE(text.has(hex(sample.statement.cutoff)));
  EXPECT_TRUE(text.has("第 3 页，共 3 页"));
}

TEST(StatementPdf, CarriesItsTotalsFromPageToPage) {
  const Extracted text(print(long_sample(240, 40)));
  if (!text.available()) GTEST_SKIP() << "pdftotext is not installed";
  EXPECT_TRUE(text.has("Page 13 of 13"));
  EXPECT_GE(text.count("过次页"), 9U);
  EXPECT_EQ(text.count("过次页"), text.count("承前页"));
  EXPECT_TRUE(text.has("其他 33 方"));
}

TEST(StatementPdf, WritesTheLargestAmountsInFull) {
  const Extracted text(print(huge_sample()));
  if (!text.available()) GTEST_SKIP() << "pdftotext is not installed";
  EXPECT_TRUE(text.has("90,000,000,000,000.00"));
  EXPECT_TRUE(text.has("9,000,000,000,000,000"));
  EXPECT_TRUE(text.has("8,999,999,999,999,999 2/3"));
}

TEST(StatementPdf, TakesNegativeLinesAndNamesOfSixtyCharacters) {
  const Extracted negative(print(negative_sample()));
  const Extracted names(print(long_names_sample()));
  if (!names.available()) GTEST_SKIP() << "pdftotext is not installed";
  EXPECT_TRUE(negative.has("-540.01"));
  EXPECT_TRUE(negative.has("红色虚线"));
  EXPECT_TRUE(names.has("西南区域积分联合"));
  EXPECT_TRUE(names.has("…"));
}

TEST(StatementPdf, ShowsBothPaymentsOfAPartnerThatIsNotNetted) {
  const Extracted text(print(partner_sample()));
  if (!text.available()) GTEST_SKIP() << "pdftotext is not installed";
  EXPECT_TRUE(text.has("本期应付"));
  EXPECT_TRUE(text.has("本期应收"));
  EXPECT_FALSE(text.has("积分滚存"));
}

TEST(StatementPdfDeathTest, StopsWhenTheLinesAreNotTheTotal) {
  Sample sample = typical_sample();
  ++sample.statement.receivable_total;
  EXPECT_DEATH((void)print(sample), "add up");
}

}  // namespace PH_FILE
}  // namespace ph::test
