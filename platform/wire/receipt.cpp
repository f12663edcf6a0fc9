#include "platform/wire/receipt.h"

#include <array>
#include <charconv>

#include "core/types/id.h"

namespace ph::wire {

namespace {

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::optional<Digest> digest(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  Digest out{};
  if (text.size() != out.size() * 2) {
    return std::nullopt;
  }
  for (std::size_t n = 0; n < out.size(); ++n) {
    const std::size_t high = kDigits.find(text[2 * n]);
    const std::size_t low = kDigits.find(text[2 * n + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) {
      return std::nullopt;
    }
    out[n] = static_cast<std::byte>(high << 4U | low);
  }
  return out;
}

}  // namespace

std::string receipt_text(const ReceiptText& receipt) {
  std::string out = "RECEIPT,1,";
  for (const std::string& part :
       {receipt.clearing, receipt.sender, std::to_string(receipt.sequence), receipt.date.text(),
        hex(receipt.digest), receipt.taken_at.text(), std::to_string(receipt.returned)}) {
    out += part;
    out += ',';
  }
  return out + hex(receipt.returned_digest);
}

std::optional<ReceiptText> parse_receipt(std::string_view text) {
  constexpr std::size_t kFields = 10;
  std::array<std::string_view, kFields> fields{};
  std::string_view rest = text;
  for (std::size_t n = 0; n < kFields; ++n) {
    const std::size_t comma = rest.find(',');
    if ((comma == std::string_view::npos) != (n == kFields - 1)) {
      return std::nullopt;
    }
    fields.at(n) = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  const auto sequence = number<std::uint32_t>(fields[4]);
  const auto date = BusinessDate::parse(fields[5]);
  const auto batch = digest(fields[6]);
  const auto taken_at = BusinessTime::parse(fields[7]);
  const auto returned = number<std::uint64_t>(fields[8]);
  const auto returned_digest = digest(fields[9]);
  if (!sequence || !date || !batch || !taken_at || !returned || !returned_digest ||
      !valid_code(fields[2]) || !valid_code(fields[3])) {
    return std::nullopt;
  }
  ReceiptText out{.clearing = std::string(fields[2]),
                  .sender = std::string(fields[3]),
                  .sequence = *sequence,
                  .date = *date,
                  .digest = *batch,
                  .taken_at = *taken_at,
                  .returned = *returned,
                  .returned_digest = *returned_digest};
  return receipt_text(out) == text ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace ph::wire
