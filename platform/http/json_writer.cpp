#include "platform/http/json_writer.h"

#include <charconv>
#include <system_error>
#include <utility>

#include "core/types/check.h"
#include "core/types/text.h"

namespace ph::http {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::size_t kDigitsMax = 20;

void append_utf8(std::string_view text, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (code < 0x20) {
      out += "\\u00";
      out += kHex[code >> 4U];
      out += kHex[code & 15U];
    } else {
      out += c;
    }
  }
}

void append_text(std::string_view text, std::string& out) {
  out += '"';
  while (true) {
    const std::size_t wrong = first_not_utf8(text);
    append_utf8(text.substr(0, wrong), out);
    if (wrong == std::string_view::npos) break;
    out += kReplacement;
    text.remove_prefix(wrong + 1);
  }
  out += '"';
}

}  // namespace

std::string json_text(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_text(text, out);
  return out;
}

void JsonWriter::separate() {
  if (!std::exchange(first_, false)) text_ += ',';
}

void JsonWriter::name(std::string_view name) {
  separate();
  text_ += '"';
  text_ += name;
  text_ += "\":";
}

void JsonWriter::add(std::string_view name, std::string_view value) {
  this->name(name);
  append_text(value, text_);
}

void JsonWriter::add(std::string_view name, std::int64_t value) {
  this->name(name);
  char digits[kDigitsMax];
  const auto [end, error] = std::to_chars(digits, digits + kDigitsMax, value);
  check(error == std::errc(), "20 characters hold 64 bits");
  text_.append(digits, end);
}

void JsonWriter::add_flag(std::string_view name, bool value) {
  this->name(name);
  text_ += value ? "true" : "false";
}

void JsonWriter::add_item(std::string_view value) {
  separate();
  append_text(value, text_);
}

void JsonWriter::begin_list(std::string_view name) {
  this->name(name);
  text_ += '[';
  first_ = true;
}

void JsonWriter::end_list() {
  text_ += ']';
  first_ = false;
}

void JsonWriter::begin_object() {
  separate();
  text_ += '{';
  first_ = true;
}

void JsonWriter::end_object() {
  text_ += '}';
  first_ = false;
}

std::string JsonWriter::take() {
  text_ += "}\n";
  return std::move(text_);
}

}  // namespace ph::http
