#include "app/verify/report.h"

#include <utility>

namespace ph::verify {

void Report::fault(std::string_view file, std::uint64_t line, std::string_view what) {
  ++count_;
  if (faults_.size() == kFaultsMax) return;
  std::string text(file);
  if (line != 0) {
    text.append(" line ").append(std::to_string(line));
  }
  text.append(": ").append(what.substr(0, kFaultBytesMax));
  for (char& c : text) {  // What is quoted may be anything.
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      c = '?';
    }
  }
  faults_.push_back(std::move(text));
}

std::string Report::text() const {
  std::string out;
  for (const std::string& what : faults_) {
    out.append("WRONG       ").append(what).append("\n");
  }
  if (count_ > faults_.size()) {
    out.append("WRONG       and ").append(std::to_string(count_ - faults_.size()));
    out.append(" more\n");
  }
  for (const std::string& what : proven_) {
    out.append("proven      ").append(what).append("\n");
  }
  for (const std::string& what : open_) {
    out.append("not proven  ").append(what).append("\n");
  }
  return out.append(count_ == 0 ? "verified\n" : "NOT VERIFIED\n");
}

}  // namespace ph::verify
