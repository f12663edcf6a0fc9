// manifest.csv: the SHA-256 of every file that a settlement read and wrote (docs/proof.md, section
// 3).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/types/digest.h"
#include "core/types/result.h"

namespace ph {

enum class ManifestRole { kInput, kOutput };

struct ManifestRow {
  ManifestRole role{};
  // An output's path below the directory, with `/`; an input's identity (`input_identity`).
  std::string name;
  Digest digest{};
  std::uint64_t bytes{};
};

inline constexpr std::string_view kManifestName = "manifest.csv";
inline constexpr std::string_view kManifestKind = "MANIFEST";

// `<type>/<sender>/<date>/<sequence>` of an input file's header: what it is, whatever its name.
[[nodiscard]] std::string input_identity(std::string_view type, std::string_view sender,
                                         std::string_view date, std::uint32_t sequence);

// The file's text. Rows may come in any order; no two of one role have one name.
[[nodiscard]] std::string manifest_text(std::vector<ManifestRow> rows);

// The rows, in their order, if the text is a manifest to the byte; else what is wrong, and where.
// rows[i] is line i + 2.
[[nodiscard]] Result<std::vector<ManifestRow>, std::string> parse_manifest(std::string_view text);

}  // namespace ph
