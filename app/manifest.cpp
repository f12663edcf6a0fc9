#include "app/manifest.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <tuple>

#include "core/types/check.h"
#include "platform/crypto/keys.h"
#include "platform/crypto/sha256.h"

namespace ph {

namespace {

constexpr std::string_view kColumns = "role,name,sha256,bytes\n";

std::string_view word(ManifestRole role) {
  return role == ManifestRole::kInput ? "input" : "output";
}

auto order(const ManifestRow& row) {
  return std::tie(row.role, row.name);
}

void append_row(std::string& out, std::string_view role, std::string_view name,
                const Digest& digest, std::uint64_t bytes) {
  out.append(role).append(",").append(name).append(",").append(hex(digest));
  out.append(",").append(std::to_string(bytes)).append("\n");
}

// The last row: it stands for the manifest itself, that is for all bytes above it.
std::string closed(std::string text) {
  const Digest digest = sha256(as_bytes(text));
  append_row(text, "end", kManifestName, digest, text.size());
  return text;
}

std::optional<ManifestRow> parse_row(std::string_view line) {
  ManifestRow row;
  if (line.starts_with("input,")) {
    row.role = ManifestRole::kInput;
  } else if (line.starts_with("output,")) {
    row.role = ManifestRole::kOutput;
  } else {
    return std::nullopt;
  }
  line.remove_prefix(line.find(',') + 1);
  const auto name_end = line.find(',');
  const auto digest_end = name_end == line.npos ? line.npos : line.find(',', name_end + 1);
  if (name_end == 0 || digest_end == line.npos) return std::nullopt;
  row.name = line.substr(0, name_end);
  const auto digest = parse_key(line.substr(name_end + 1, digest_end - name_end - 1));
  const std::string_view bytes = line.substr(digest_end + 1);
  const char* last = bytes.data() + bytes.size();
  const auto [end, error] = std::from_chars(bytes.data(), last, row.bytes);
  if (!digest || error != std::errc() || end != last) return std::nullopt;
  row.digest = *digest;
  return row;
}

}  // namespace

std::string input_identity(std::string_view type, std::string_view sender, std::string_view date,
                           std::uint32_t sequence) {
  std::string out(type);
  out.append("/").append(sender).append("/").append(date).append("/");
  return out.append(std::to_string(sequence));
}

std::string manifest_text(std::vector<ManifestRow> rows) {
  std::sort(rows.begin(), rows.end(),
            [](const ManifestRow& a, const ManifestRow& b) { return order(a) < order(b); });
  std::string out(kColumns);
  const ManifestRow* previous = nullptr;
  for (const ManifestRow& row : rows) {
    check(previous == nullptr || order(*previous) != order(row), "one row a file");
    append_row(out, word(row.role), row.name, row.digest, row.bytes);
    previous = &row;
  }
  return closed(std::move(out));
}

Result<std::vector<ManifestRow>, std::string> parse_manifest(std::string_view text) {
  if (!text.starts_with(kColumns)) return Fail{std::string("line 1: not the columns' names")};
  const auto last_start = text.size() < 2 ? text.npos : text.rfind('\n', text.size() - 2);
  if (text.back() != '\n' || last_start == text.npos) {
    return Fail{std::string("doesn't end with its end row")};
  }
  std::vector<ManifestRow> rows;
  std::size_t start = kColumns.size();
  for (std::size_t number = 2; start <= last_start; ++number) {
    const auto end = text.find('\n', start);
    auto row = parse_row(text.substr(start, end - start));
    if (!row || (!rows.empty() && order(rows.back()) >= order(*row))) {
      return Fail{"line " + std::to_string(number) + ": not a row of a manifest, in its order"};
    }
    rows.push_back(std::move(*row));
    start = end + 1;
  }
  if (closed(std::string(text.substr(0, last_start + 1))) != text) {
    return Fail{std::string("its end row isn't the digest of the rows above: one was changed")};
  }
  return rows;
}

}  // namespace ph
