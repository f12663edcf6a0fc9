// What can be said about a text file's bytes before its lines are read.
#pragma once

#include <cstdint>
#include <string_view>

#include "platform/files/fault.h"
#include "platform/files/input_file.h"

namespace ph {

struct TextScan {
  std::uint64_t newlines{};
  // Nothing but printable ASCII other than the double quote, and LF: lines need no look at their
  // bytes.
  bool plain{};
};

[[nodiscard]] TextScan scan_text(std::string_view text);

// The text of a file whose encoding can be read at all: `text` without byte order mark.
struct EncodedText {
  std::string_view text{};
  TextScan scan{};
  bool crlf{};  // Lines may end in CR LF: that has been listed, and is passed over.
};

// Lists what is wrong with the file as a whole. False: no line can be read.
[[nodiscard]] bool check_encoding(const InputFile& file, FaultSink& faults, EncodedText& out);

// Lists what is wrong with the bytes of a line (without its LF). True: nothing.
[[nodiscard]] bool check_line_bytes(std::string_view line, std::uint32_t number, FaultSink& faults);

}  // namespace ph
