// How a line of the log is written: escaping, and what a value looks like.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "platform/sys/log.h"

namespace ph {

namespace {

constexpr char kHex[] = "0123456789abcdef";

std::string_view word(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
    case LogLevel::kOff:
      break;
  }
  return "error";
}

// Bytes of the UTF-8 character that `text` starts with; 0 when it starts with none.
std::size_t character_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0U) == 0x80U; };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first < 0xF0) {
    const bool good = follows(1) && follows(2) && !(first == 0xE0 && byte(1) < 0xA0) &&
                      !(first == 0xED && byte(1) >= 0xA0);
    return good ? 3 : 0;
  }
  if (first >= 0xF0 && first < 0xF5) {
    const bool good = follows(1) && follows(2) && follows(3) &&
                      !(first == 0xF0 && byte(1) < 0x90) && !(first == 0xF4 && byte(1) >= 0x90);
    return good ? 4 : 0;
  }
  return 0;
}

// In quotes, as in JSON. What isn't UTF-8 becomes U+FFFD. Control characters are escaped, those
// beyond ASCII (C1) too: a terminal may obey them.
void add_quoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    const auto code = static_cast<unsigned char>(text[0]);
    if (size == 0) {
      out += "\\ufffd";
    } else if (code == '"' || code == '\\') {
      out += '\\';
      out += text[0];
    } else if (code == '\n') {
      out += "\\n";
    } else if (code < 0x20 || code == 0x7F) {
      out += "\\u00";
      out += kHex[code >> 4U];
      out += kHex[code & 15U];
    } else if (size == 2 && code == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0) {
      const auto second = static_cast<unsigned char>(text[1]);
      out += "\\u00";
      out += kHex[second >> 4U];
      out += kHex[second & 15U];
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  out += '"';
}

// May stand in logfmt without quotes.
bool plain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '=' && c != '\\';
  });
}

std::string_view cut(std::string_view text) {
  if (text.size() <= kLogValueBytesMax) return text;
  text = text.substr(0, kLogValueBytesMax);
  // Not within a character.
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) {
    text.remove_suffix(1);
  }
  if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0U) text.remove_suffix(1);
  return text;
}

// [a-z0-9_], and none of the line's own names.
std::string key_of(std::string_view key) {
  std::string out(key);
  for (char& c : out) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (!good) c = '_';
  }
  static constexpr std::array<std::string_view, 4> kOwn{"ts", "utc", "level", "event"};
  if (out.empty() || std::find(kOwn.begin(), kOwn.end(), out) != kOwn.end()) out += '_';
  return out;
}

class Line {
 public:
  explicit Line(LogFormat format) : json_(format == LogFormat::kJson) {
    if (json_) text_ += '{';
  }

  void add_text(std::string_view key, std::string_view value) {
    begin(key);
    value = cut(value);
    if (json_ || !plain(value)) {
      add_quoted(text_, value);
    } else {
      text_ += value;
    }
  }
  void add_bare(std::string_view key, std::string_view value) {
    begin(key);
    text_ += value;
  }
  void add(std::string_view key, const LogValue& value) {
    std::visit(
        [&](const auto& v) {
          using T = std::decay_t<decltype(v)>;
          if constexpr (std::is_same_v<T, bool>) {
            add_bare(key, v ? "true" : "false");
          } else if constexpr (std::is_integral_v<T>) {
            add_bare(key, std::to_string(v));
          } else if constexpr (!std::is_same_v<T, std::string_view>) {
            add_text(key, v.text());
          } else {
            add_text(key, v);
          }
        },
        value.get());
  }
  [[nodiscard]] std::size_t size() const { return text_.size(); }
  void truncate(std::size_t size) { text_.resize(size); }
  [[nodiscard]] std::string take() {
    if (json_) text_ += '}';
    return std::move(text_);
  }

 private:
  void begin(std::string_view key) {
    if (json_) {
      if (text_.size() > 1) text_ += ',';
      text_ += '"';
      text_ += key;
      text_ += "\":";
    } else {
      if (!text_.empty()) text_ += ' ';
      text_ += key;
      text_ += '=';
    }
  }
  bool json_;
  std::string text_{};
};

// `2026-03-04T22:00:00.123Z`.
std::string utc_text(std::int64_t ms) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(ms)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss of_day(time - day);
  std::array<char, 40> text{};
  const int size = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(of_day.hours().count()),
      static_cast<int>(of_day.minutes().count()), static_cast<int>(of_day.seconds().count()),
      static_cast<int>(of_day.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::string log_line(LogFormat format, BusinessTime time, std::int64_t utc_ms, LogLevel level,
                     std::string_view event, std::initializer_list<LogField> fields) {
  Line line(format);
  line.add_text("ts", time.text());
  line.add_text("utc", utc_text(utc_ms));
  line.add_text("level", word(level));
  line.add_text("event", key_of(event));
  std::size_t left_out = 0;
  for (const LogField& field : fields) {
    const std::size_t before = line.size();
    line.add(key_of(field.key), field.value);
    if (line.size() > kLogLineBytesMax) {
      line.truncate(before);
      ++left_out;
    }
  }
  if (left_out > 0) line.add("fields_left_out", left_out);
  return line.take();
}

}  // namespace ph
