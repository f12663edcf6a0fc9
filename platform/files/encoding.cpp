#include "platform/files/encoding.h"

#include <algorithm>
#include <cstring>

#include "core/types/text.h"
#include "platform/files/read.h"

namespace ph {

namespace {

using enum FaultCode;

unsigned byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

// Whether all bytes are characters of GB18030 (GBK is part of it).
bool is_gb18030(std::string_view text) {
  const auto within = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && byte_at(text, i) >= low && byte_at(text, i) <= high;
  };
  for (std::size_t i = 0; i < text.size();) {
    if (byte_at(text, i) < 0x80) {
      ++i;
    } else if (!within(i, 0x81, 0xFE)) {
      return false;
    } else if (within(i + 1, 0x40, 0x7E) || within(i + 1, 0x80, 0xFE)) {
      i += 2;
    } else if (within(i + 1, 0x30, 0x39) && within(i + 2, 0x81, 0xFE) &&
               within(i + 3, 0x30, 0x39)) {
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

// Of the lines that are not ASCII most are no UTF-8: then the file is in another encoding. Else a
// few lines of a UTF-8 file are broken.
bool mostly_not_utf8(std::string_view text) {
  std::int64_t balance = 0;
  while (!text.empty()) {
    const std::size_t size = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, size);
    text.remove_prefix(size);
    if (first_not_utf8(line) != std::string_view::npos) {
      ++balance;
    } else if (std::ranges::any_of(line, [](char c) { return (c & '\x80') != 0; })) {
      --balance;
    }
  }
  return balance > 0;
}

std::string hex_bytes(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out += i == 0 ? "" : " ";
    out += kDigits[byte_at(bytes, i) >> 4];
    out += kDigits[byte_at(bytes, i) & 15U];
  }
  return out;
}

std::uint32_t line_of(std::string_view text, std::size_t offset) {
  return static_cast<std::uint32_t>(std::ranges::count(text.substr(0, offset), '\n') + 1);
}

// "LE", "BE", or nothing: by the mark, or by the zero byte beside the first letter.
std::string_view utf16_order(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || (text.size() > 1 && text[0] == 'P' && text[1] == '\0')) {
    return "UTF-16LE";
  }
  if (text.starts_with("\xFE\xFF") || (text.size() > 1 && text[0] == '\0' && text[1] == 'P')) {
    return "UTF-16BE";
  }
  return {};
}

void check_line_ends(EncodedText& file, FaultSink& faults) {
  const std::string_view text = file.text;
  if (!text.ends_with('\n')) {
    faults.add(kNoFinalNewline, static_cast<std::uint32_t>(file.scan.newlines + 1), {}, {},
               "LF after the last line");
  }
  const std::size_t first = file.scan.plain ? std::string_view::npos : text.find("\r\n");
  if (first == std::string_view::npos) {
    return;
  }
  file.crlf = true;
  std::uint64_t count = 0;
  for (std::size_t at = first; at != std::string_view::npos; at = text.find("\r\n", at + 2)) {
    ++count;
  }
  faults.add(kCrlf, line_of(text, first), {}, std::to_string(count) + " lines end in CR LF",
             "LF alone");
}

// Eight bytes at a time: the high bit of each byte that is zero.
constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighBits = kOnes * 0x80;
std::uint64_t zero_bytes(std::uint64_t word) {
  constexpr std::uint64_t kLowBits = ~kHighBits;
  return ~(((word & kLowBits) + kLowBits) | word) & kHighBits;
}

}  // namespace

TextScan scan_text(std::string_view text) {
  TextScan scan{.newlines = 0, .plain = true};
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    const std::uint64_t newlines = zero_bytes(word ^ (kOnes * '\n'));
    const std::uint64_t odd = (word & kHighBits) | zero_bytes(word & (kOnes * 0xE0)) |
                              zero_bytes(word ^ (kOnes * '"')) | zero_bytes(word ^ (kOnes * 0x7F));
    scan.newlines += (newlines >> 7U) * kOnes >> 56U;  // The bytes' ones, summed in the top one.
    scan.plain = scan.plain && odd == newlines;
  }
  for (; at < text.size(); ++at) {
    const unsigned c = byte_at(text, at);
    scan.newlines += c == '\n' ? 1U : 0U;
    scan.plain = scan.plain && (c == '\n' || (c >= 0x20 && c < 0x7F && c != '"'));
  }
  return scan;
}

bool check_encoding(const InputFile& file, FaultSink& faults, EncodedText& out) {
  out.text = file.text();
  if (out.text.empty()) {
    faults.add(kEmptyFile, 0, {}, {}, "a header, rows and a trailer");
    return false;
  }
  if (const std::string_view order = utf16_order(out.text); !order.empty()) {
    faults.add(kEncodingUtf16, 1, {}, order, "UTF-8");
    return false;
  }
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (out.text.starts_with(kMark)) {
    faults.add(kByteOrderMark, 1, {}, hex_bytes(kMark), "POINTHOUSE as the first bytes");
    out.text.remove_prefix(kMark.size());
  }
  out.scan = scan_text(out.text);
  if (out.scan.newlines > kRowsPerFileMax + 2) {
    faults.add(kTooManyRows, 0, {}, std::to_string(out.scan.newlines) + " lines",
               "at most " + std::to_string(kRowsPerFileMax) + " rows");
    return false;
  }
  if (!out.scan.plain) {
    const std::size_t bad = first_not_utf8(out.text);
    if (bad != std::string_view::npos && is_gb18030(out.text) && mostly_not_utf8(out.text)) {
      faults.add(kEncodingGb18030, line_of(out.text, bad), {}, hex_bytes(out.text.substr(bad, 4)),
                 "UTF-8");
      return false;
    }
  }
  check_line_ends(out, faults);
  return true;
}

bool check_line_bytes(std::string_view line, std::uint32_t number, FaultSink& faults) {
  const std::size_t bad = first_not_utf8(line);
  if (bad != std::string_view::npos) {
    faults.add(kNotUtf8, number, {},
               hex_bytes(line.substr(bad, 4)) + " at byte " + std::to_string(bad + 1), "UTF-8");
    return false;
  }
  bool right = true;
  if (const std::size_t at = first_control_character(line); at != std::string_view::npos) {
    const std::size_t size = byte_at(line, at) == 0xC2 ? 2 : 1;
    faults.add(kControlCharacter, number, {},
               hex_bytes(line.substr(at, size)) + " at byte " + std::to_string(at + 1),
               "no control character");
    right = false;
  }
  if (const std::size_t quote = line.find('"'); quote != std::string_view::npos) {
    faults.add(kQuote, number, {}, "\" at byte " + std::to_string(quote + 1),
               "the value without quotes");
    right = false;
  }
  return right;
}

}  // namespace ph
