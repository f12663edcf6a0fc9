#include "app/clearing/inputs.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "app/manifest.h"
#include "platform/crypto/keys.h"
#include "platform/crypto/sha256.h"
#include "platform/http/client.h"

namespace ph {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCutoffName = "cutoff.csv";
constexpr std::int64_t kAskMs = 60'000;

std::string read_whole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw std::runtime_error(file.string() + " can't be read");
  return text;
}

std::vector<ManifestRow> manifest_of(const fs::path& folder, Month period) {
  const fs::path file = folder / kManifestName;
  if (!fs::exists(file)) {
    throw std::runtime_error("there is no " + file.string() + ": " + period.text() +
                             " isn't closed; pointhouse close " + period.text() +
                             " --dry-run says what is missing");
  }
  auto rows = parse_manifest(read_whole(file));
  if (!rows) throw std::runtime_error(file.string() + ": " + rows.error());
  return std::move(rows).value();
}

std::string blob_of(const http::Endpoint& clearing, const ManifestRow& row) {
  std::string content;
  while (content.size() < row.bytes) {
    const auto answer = http::http_get(clearing, blob_target(row.digest, content.size()), kAskMs);
    if (answer.status != 200 || answer.body.empty()) {
      throw std::runtime_error("the clearing's store lacks " + row.name + " (" + hex(row.digest) +
                               "): " + answer.body);
    }
    content += answer.body;
  }
  if (content.size() != row.bytes || sha256(as_bytes(content)) != row.digest) {
    throw std::runtime_error("what the clearing's store holds of " + row.name +
                             " isn't what the manifest says: bring it back from a copy");
  }
  return content;
}

// `BATCH/P01/2026-03-01/1`: `BATCH-P01-2026-03-01-1.phb`.
std::string file_name(const ManifestRow& row, std::string_view content) {
  std::string name = row.name;
  std::ranges::replace(name, '/', '-');
  return name + (content.starts_with("POINTHOUSE,") ? ".csv" : ".phb");
}

void write(const fs::path& file, std::string_view content) {
  const fs::path part = file.string() + ".part";
  {
    std::ofstream out(part, std::ios::binary);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    out.close();
    if (!out) throw std::runtime_error("can't write " + part.string());
  }
  fs::rename(part, file);
}

}  // namespace

std::string blob_target(const Digest& digest, std::uint64_t offset) {
  return "/v1/blobs/" + hex(digest) + "-" + std::to_string(offset);
}

std::optional<BlobPart> parse_blob_part(std::string_view parameter) {
  const auto dash = parameter.find('-');
  const auto digest = parse_key(parameter.substr(0, dash));
  if (!digest || dash == std::string_view::npos) return std::nullopt;
  BlobPart part{.digest = *digest};
  const char* last = parameter.data() + parameter.size();
  const auto [end, error] = std::from_chars(parameter.data() + dash + 1, last, part.offset);
  return error == std::errc() && end == last ? std::optional(part) : std::nullopt;
}

std::size_t fetch_inputs(const fs::path& periods, const fs::path& control, Month period,
                         const fs::path& out) {
  const fs::path folder = periods / period.text();
  const auto rows = manifest_of(folder, period);
  fs::create_directories(out);
  if (!fs::is_empty(out)) {
    throw std::runtime_error(out.string() + " isn't empty: name a folder that is, or none yet");
  }
  const auto clearing = http::Endpoint::at_socket(control);
  std::size_t count = 0;
  for (const ManifestRow& row : rows) {
    if (row.role == ManifestRole::kInput) {
      const std::string content = blob_of(clearing, row);
      write(out / file_name(row, content), content);
      ++count;
    }
  }
  write(out / ("CUTOFF-of-" + period.text() + ".csv"), read_whole(folder / kCutoffName));
  return count + 1;
}

}  // namespace ph
