#include "platform/files/encoding.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ph {
namespace PH_FILE {

TEST(ScanText, SeesAnOddByteAtEveryPlace) {
  for (std::size_t place = 0; place < 40; ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text(40, 'x');
      text.at(place) = static_cast<char>(byte);
      const bool odd = byte < 0x20 || byte > 0x7E || byte == '"';
      const TextScan scan = scan_text(text);
      ASSERT_EQ(scan.plain, !odd || byte == '\n') << place << ' ' << byte;
      ASSERT_EQ(scan.newlines, byte == '\n' ? 1U : 0U);
    }
  }
}

TEST(ScanText, CountsAdjacentNewlines) {
  EXPECT_EQ(scan_text(std::string(1001, '\n')).newlines, 1001U);
  EXPECT_TRUE(scan_text(std::string(1001, '\n')).plain);
  EXPECT_EQ(scan_text("").newlines, 0U);
}

TEST(CheckEncoding, NamesTheEncoding) {
  const auto code_of = [](std::string_view text) {
    std::vector<Fault> faults;
    FaultSink sink("test", faults);
    EncodedText out;
    const bool readable = check_encoding(InputFile("test", as_bytes(text)), sink, out);
    EXPECT_EQ(readable, faults.empty());
    return faults.empty() ? FaultCode::kNone : faults.front().code;
  };
  EXPECT_EQ(code_of("\xB1\xB1\xBE\xA9\n"), FaultCode::kEncodingGb18030);
  EXPECT_EQ(code_of("\xFF\xFEP"), FaultCode::kEncodingUtf16);
  EXPECT_EQ(code_of("北京\n"), FaultCode::kNone);
  EXPECT_EQ(code_of("北京\n上海\n\xB1\xB1\n"),
            FaultCode::kNone);  // A line's fault, not the file's.
}

TEST(FaultTable, AscendsAndNamesEachCodeOnce) {
  std::vector<std::string_view> names;
  for (const FaultInfo& fault : all_faults()) {
    names.push_back(fault.name);
    EXPECT_EQ(&info(fault.code), &fault);
    EXPECT_FALSE(fault.meaning.empty());
    EXPECT_FALSE(fault.remedy.empty());
    EXPECT_EQ(fault.meaning.find('|'), std::string_view::npos);
  }
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

TEST(FaultSink, ClipsValuesBetweenCharacters) {
  std::vector<Fault> faults;
  std::string value(58, 'x');
  FaultSink("test", faults).add(FaultCode::kTextLength, 1, "x", value + "京京", "");
  EXPECT_EQ(faults.front().value, value + "...");
}

}  // namespace PH_FILE
}  // namespace ph
