#include "platform/files/fault.h"

#include <algorithm>

#include "core/types/check.h"

namespace ph {

namespace {

constexpr std::size_t kValueBytesMax = 60;

// The beginning of a value, cut between characters.
std::string clip(std::string_view value) {
  if (value.size() <= kValueBytesMax) {
    return std::string(value);
  }
  std::size_t size = kValueBytesMax;
  while (size > 0 && (static_cast<unsigned char>(value[size]) & 0xC0U) == 0x80U) {
    --size;
  }
  return std::string(value.substr(0, size)) + "...";
}

}  // namespace

const FaultInfo& info(FaultCode code) {
  const std::span<const FaultInfo> all = all_faults();
  const auto found = std::ranges::lower_bound(all, code, {}, &FaultInfo::code);
  check(found != all.end() && found->code == code, "a fault code of the table");
  return *found;
}

void FaultSink::add(FaultCode code, std::uint32_t line, std::string_view column,
                    std::string_view value, std::string expected) {
  if (full_) {
    return;
  }
  if (out_.size() - first_ == kFaultsPerFileMax) {
    full_ = true;
    out_.push_back({.code = FaultCode::kMoreFaults,
                    .file = file_,
                    .line = line,
                    .column = {},
                    .value = {},
                    .expected = "at most " + std::to_string(kFaultsPerFileMax) + " faults"});
    return;
  }
  out_.push_back({.code = code,
                  .file = file_,
                  .line = line,
                  .column = std::string(column),
                  .value = clip(value),
                  .expected = std::move(expected)});
}

void FaultSink::sort() {
  const auto first = out_.begin() + static_cast<std::ptrdiff_t>(first_);
  const auto last = full_ ? out_.end() - 1 : out_.end();
  std::stable_sort(first, last, [](const Fault& a, const Fault& b) { return a.line < b.line; });
}

void print_faults(std::string& out) {
  for (const FaultInfo& fault : all_faults()) {
    out += std::to_string(static_cast<unsigned>(fault.code));
    for (const std::string_view part : {fault.name, fault.meaning, fault.remedy}) {
      out += '|';
      out += part;
    }
    out += '\n';
  }
}

}  // namespace ph
