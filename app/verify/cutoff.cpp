#include "app/verify/cutoff.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/types/date.h"
#include "platform/crypto/keys.h"
#include "platform/crypto/sha256.h"

namespace ph::verify {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCutoffName = "cutoff.csv";

bool add_cutoff_row(const std::vector<std::string_view>& row, CutoffFile& cutoff) {
  const auto digest_ok = [](std::string_view text) { return parse_key(text).has_value(); };
  if (row[0] == "PERIOD" && row.size() == 2 && cutoff.period.empty() && Month::parse(row[1])) {
    cutoff.period = row[1];
  } else if (row[0] == "RULEBOOK" && row.size() == 2 && cutoff.rulebook.empty() &&
             digest_ok(row[1])) {
    cutoff.rulebook = row[1];
  } else if (row[0] == "CALENDAR" && row.size() == 2 && cutoff.calendar.empty() &&
             digest_ok(row[1])) {
    cutoff.calendar = row[1];
  } else if (row[0] == "OPENING" && row.size() == 3 && valid_code(row[1]) && digest_ok(row[2])) {
    cutoff.openings.emplace_back(row[1], row[2]);
  } else if (row[0] == "SENDER" && row.size() == 4 && valid_code(row[1]) && digest_ok(row[3])) {
    const auto sequence = parse_integer(row[2]);
    if (!sequence || *sequence < 0 || *sequence > UINT32_MAX) return false;
    cutoff.senders.emplace_back(row[1], static_cast<std::uint32_t>(*sequence));
  } else {
    return false;
  }
  return true;
}

// type, sender, date, sequence of an identity.
struct Identity {
  std::string_view type;
  std::string_view sender;
  std::optional<std::int64_t> sequence;
};

Identity identity_of(const ManifestRow& row) {
  const auto parts = split(row.name, '/');
  if (row.role != ManifestRole::kInput || parts.size() != 4) return {};
  return {parts[0], parts[1], parse_integer(parts[3])};
}

std::uint64_t little_endian(std::string_view text, std::size_t at, std::size_t bytes) {
  std::uint64_t n = 0;
  for (std::size_t i = bytes; i != 0; --i) {
    n = n << 8 | static_cast<unsigned char>(text[at + i - 1]);
  }
  return n;
}

// What an input file says it is; empty when it isn't one. A binary batch names its sender by
// number.
std::string identity_of(std::string_view text, const RulebookFile* book) {
  if (text.starts_with("PHB1") && text.size() >= 96) {
    if (book == nullptr) return {};
    const auto code = book->codes.find(little_endian(text, 6, 2));
    const auto days = little_endian(text, 8, 2);
    if (code == book->codes.end() || days >= BusinessDate::kCount) return {};
    return input_identity("BATCH", code->second,
                          BusinessDate(static_cast<std::uint16_t>(days)).text(),
                          static_cast<std::uint32_t>(little_endian(text, 12, 4)));
  }
  const auto header = split(text.substr(0, std::min(text.find('\n'), std::size_t{1024})), ',');
  if (header.size() != 6 || header[0] != "POINTHOUSE") return {};
  const auto sequence = parse_integer(header[5]);
  if (!sequence || *sequence < 0 || *sequence > UINT32_MAX) return {};
  return input_identity(header[1], header[3], header[4], static_cast<std::uint32_t>(*sequence));
}

// Adds what a rule book or calendar says; false when it isn't one.
bool read_rules(std::string_view text, RulebookFile& book) {
  for (const std::string_view line : split(text, '\n')) {
    const auto row = split(line, ',');
    if (row[0] == "PRICE" && row.size() == 13) {
      const auto num = parse_integer(row[7]);
      const auto den = parse_integer(row[8]);
      if (!num || !den || *den < 1) return false;
      book.prices[std::string(row[1])] = reduced(*num, *den);
    } else if (row[0] == "PARTICIPANT" && row.size() == 6) {
      const auto number = parse_integer(row[2]);
      if (!number || *number < 1) return false;
      book.codes[static_cast<std::uint64_t>(*number)] = row[1];
      book.participants[std::string(row[1])] = line.substr(row[0].size() + row[1].size() + 2);
    } else if ((row[0] == "HOLIDAY" || row[0] == "WORKDAY") && row.size() == 2) {
      book.days[std::string(row[1])] = row[0] == "WORKDAY";
    }
  }
  return true;
}

// The working days of a month, in their order.
std::vector<std::string> working_days(Month month, const RulebookFile& book) {
  std::vector<std::string> days;
  for (BusinessDate day = first_day(month); day.month() == month; day = day.plus_days(1)) {
    const auto exception = book.days.find(day.text());
    if (exception == book.days.end() ? day.weekday() < 5 : exception->second) {
      days.push_back(day.text());
    }
  }
  return days;
}

struct InputOnDisk {
  std::string name;
  fs::path path;
  std::string head;  // Enough of it to tell what it is.
  Digest digest{};
  std::uint64_t bytes{};
};

std::vector<InputOnDisk> read_inputs(const fs::path& directory) {
  constexpr std::size_t kHeadBytes = 1024;
  std::vector<InputOnDisk> files;
  for (const auto& entry : fs::directory_iterator(directory)) {
    const auto extension = entry.path().extension();
    if (!entry.is_regular_file() || (extension != ".csv" && extension != ".phb")) continue;
    const InputFile file = open_file(entry.path());
    files.push_back({entry.path().filename().string(), entry.path(),
                     std::string(file.text().substr(0, kHeadBytes)), sha256(file.bytes()),
                     file.text().size()});
  }
  std::sort(files.begin(), files.end(),
            [](const InputOnDisk& a, const InputOnDisk& b) { return a.name < b.name; });
  return files;
}

std::size_t differing_bytes(std::string_view a, std::string_view b) {
  std::size_t count = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a[i] != b[i]) ++count;
  }
  return count;
}

// An input whose header was changed says that it is something else. Which of the strangers, files
// that the manifest doesn't know, is nearest to the header that is missed; empty when none is near.
std::string nearest(const ManifestRow& row, const std::vector<const InputOnDisk*>& strangers) {
  constexpr std::size_t kNear = 4;
  const auto parts = split(row.name, '/');
  if (parts.size() != 4) return {};
  std::string header = "POINTHOUSE," + std::string(parts[0]) + ",1";
  for (std::size_t i = 1; i < parts.size(); ++i) {
    header.append(",").append(parts[i]);
  }
  std::size_t least = kNear;
  std::string names;
  for (const InputOnDisk* file : strangers) {
    const bool binary = parts[0] == "BATCH" && file->bytes == row.bytes &&
                        differing_bytes(file->head.substr(0, 4), "PHB1") <= 1;
    const std::string_view head = file->head;
    const std::size_t end = std::min(head.find('\n'), header.size() + 1);
    const std::size_t distance = binary ? 1 : differing_bytes(head.substr(0, end), header);
    if (distance < least) {
      names.clear();
    }
    if (distance <= least && distance < kNear) {
      least = distance;
      names.append(names.empty() ? "" : " or ").append(file->name);
    }
  }
  return names;
}

// `same`: the file with the row's digest, if there is one.
void check_input(const ManifestRow& row, std::uint64_t line, const InputOnDisk* same,
                 const std::vector<const InputOnDisk*>& strangers, const RulebookFile* book,
                 Report& report) {
  if (same != nullptr) {
    const std::string identity = identity_of(same->head, book);
    if ((!identity.empty() && identity != row.name) || same->bytes != row.bytes) {
      report.fault(kManifestName, line,
                   "input " + row.name + " has the digest of " + same->name + ", which is " +
                       identity + " of " + std::to_string(same->bytes) + " bytes");
    }
    return;
  }
  const std::string of = "manifest.csv line " + std::to_string(line) + " has the digest of";
  for (const InputOnDisk* file : strangers) {
    if (identity_of(file->head, book) == row.name) {
      report.fault(file->name, 0,
                   "was changed: it is " + row.name + ", but not the bytes that " + of);
      return;
    }
  }
  const std::string changed = nearest(row, strangers);
  if (changed.empty()) {
    report.fault(kManifestName, line, "input " + row.name + " is missing");
  } else {
    report.fault(changed, 0,
                 "its header was changed: nothing else is near to " + row.name + ", which " + of);
  }
}

}  // namespace

std::optional<CutoffFile> read_cutoff_file(std::string_view text, Report& report) {
  const std::uint64_t before = report.faults();
  auto lines = split(text, '\n');
  const auto header = split(lines.front(), ',');
  CutoffFile cutoff;
  if (header.size() != 6 || header[0] != "POINTHOUSE" || header[1] != "CUTOFF" ||
      header[2] != "1" || !valid_code(header[3]) || !BusinessDate::parse(header[4]) ||
      header[5] != "0") {
    report.fault(kCutoffName, 1, "isn't the header of a cut-off record");
    return std::nullopt;
  }
  cutoff.clearing = header[3];
  cutoff.close = header[4];
  if (lines.size() < 3 || !lines.back().empty()) {
    report.fault(kCutoffName, 0, "doesn't end in a trailer and a line feed");
    return std::nullopt;
  }
  lines.pop_back();
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    if (!add_cutoff_row(split(lines[i], ','), cutoff)) {
      report.fault(kCutoffName, i + 1, "not a row of a cut-off record");
    }
  }
  if (lines.back() != "END," + std::to_string(lines.size() - 2) + ",0,0") {
    report.fault(kCutoffName, lines.size(), "not the trailer of the rows above");
  }
  if (report.faults() != before) return std::nullopt;
  return cutoff;
}

void check_outputs(Directory& directory, const std::vector<ManifestRow>& rows, Report& report) {
  const Claim claim(report);
  std::set<std::string, std::less<>> known{
      std::string(kManifestName), std::string(kManifestName) + ".sig", "proof/period.json.sig"};
  std::uint64_t outputs = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ManifestRow& row = rows[i];
    if (row.role != ManifestRole::kOutput) continue;
    known.insert(row.name);
    ++outputs;
    const auto text = directory.need(row.name, report);
    if (!text) continue;
    const Digest digest = sha256(as_bytes(*text));
    if (digest != row.digest || text->size() != row.bytes) {
      report.fault(row.name, 0,
                   "was changed: it has " + std::to_string(text->size()) + " bytes of SHA-256 " +
                       hex(digest) + "; manifest.csv line " + std::to_string(i + 2) + " says " +
                       std::to_string(row.bytes) + " of " + hex(row.digest));
    }
  }
  for (const std::string& name : directory.names()) {
    if (!known.contains(name)) {
      report.fault(name, 0, "is in no row of manifest.csv: a file too many");
    }
  }
  claim.proven("manifest.csv: the " + std::to_string(outputs) +
               " output files are there, unchanged, and no others");
}

void check_cutoff_inputs(const CutoffFile& cutoff, const std::vector<ManifestRow>& rows,
                         Report& report) {
  const Claim claim(report);
  std::set<std::pair<std::string, std::string>> digests;  // `type/sender` or type, digest
  std::map<std::string, std::set<std::int64_t>> sequences;
  for (const ManifestRow& row : rows) {
    const Identity identity = identity_of(row);
    if (!identity.sequence) continue;
    digests.emplace(identity.type, hex(row.digest));
    digests.emplace(std::string(identity.type) + "/" + std::string(identity.sender),
                    hex(row.digest));
    if (*identity.sequence > 0) {
      sequences[std::string(identity.sender)].insert(*identity.sequence);
    }
  }
  const auto need = [&](const std::string& what, const std::string& digest) {
    if (!digests.contains({what, digest})) {
      report.fault(kCutoffName, 0, what + " " + digest + " is no input of manifest.csv");
    }
  };
  need("RULEBOOK", cutoff.rulebook);
  need("CALENDAR", cutoff.calendar);
  for (const auto& [province, digest] : cutoff.openings) {
    need("OPENING_LOTS/" + province, digest);
  }
  for (const auto& [sender, last] : cutoff.senders) {
    const auto& have = sequences[sender];
    for (std::int64_t n = 1; n <= last; ++n) {
      if (!have.contains(n)) {
        report.fault(kCutoffName, 0,
                     "sender " + sender + ": sequence " + std::to_string(n) +
                         " is no input of manifest.csv");
        break;
      }
    }
  }
  claim.proven(
      "cutoff.csv: the inputs it names, and all sequences of all senders, are in the "
      "manifest");
}

std::optional<RulebookFile> check_inputs(const std::string& input,
                                         const std::vector<ManifestRow>& rows, Report& report) {
  const Claim claim(report);
  const auto files = read_inputs(input);
  std::map<Digest, const InputOnDisk*> by_digest;
  for (const InputOnDisk& file : files) {
    by_digest.emplace(file.digest, &file);
  }
  RulebookFile book;
  bool have_book = false;
  std::map<Digest, std::int64_t> surplus;  // Files less rows of that digest.
  for (const InputOnDisk& file : files) {
    ++surplus[file.digest];
  }
  for (const ManifestRow& row : rows) {
    if (row.role != ManifestRole::kInput) continue;
    --surplus[row.digest];
    const auto at = by_digest.find(row.digest);
    const bool is_book = row.name.starts_with("RULEBOOK/");
    if (at == by_digest.end() || (!is_book && !row.name.starts_with("CALENDAR/"))) continue;
    have_book = (read_rules(open_file(at->second->path).text(), book) && is_book) || have_book;
  }
  std::vector<const InputOnDisk*> strangers;
  for (const InputOnDisk& file : files) {
    if (surplus[file.digest] > 0) {  // Both of a pair: the change may have made it one.
      strangers.push_back(&file);
    }
  }
  std::uint64_t inputs = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].role != ManifestRole::kInput) continue;
    ++inputs;
    const auto same = by_digest.find(rows[i].digest);
    check_input(rows[i], i + 2, same == by_digest.end() ? nullptr : same->second, strangers,
                have_book ? &book : nullptr, report);
  }
  claim.proven("manifest.csv: the " + std::to_string(inputs) + " input files are in " + input +
               ", unchanged");
  if (claim.holds() && !strangers.empty()) {
    report.open("anything about " + std::to_string(strangers.size()) + " more files in " + input +
                ", the first of which is " + strangers.front()->name +
                ": they are no inputs of this settlement, or copies");
  }
  if (!have_book) return std::nullopt;
  return book;
}

void check_heads(const StatementHeads& heads, std::string_view period, const RulebookFile& book,
                 Report& report) {
  const Claim claim(report);
  for (const auto& [code, head] : heads.participants) {
    const auto at = book.participants.find(code);
    if (at == book.participants.end() || at->second != head) {
      report.fault("statements/" + code + ".json", 0,
                   "number, kind and names are " + head + "; the rule book says " +
                       (at == book.participants.end() ? "nothing" : at->second));
    }
  }
  const auto month = Month::parse(period);
  const auto days = month && month->count() + 1 < Month::kCount ? working_days(month->next(), book)
                                                                : std::vector<std::string>();
  if (days.size() >= 15) {
    const std::string right =
        days[2] + "," + days[4] + "," + days[9] + "," + days[11] + "," + days[14];
    if (heads.calendar != right) {
      report.fault("statements", 0,
                   "their calendar is " + heads.calendar + "; the working days give " + right);
    }
  }
  claim.proven("statements: numbers, kinds, names and days are those of rule book and calendar");
}

void check_prices(const std::vector<Line>& lines, const RulebookFile& book, Report& report) {
  const Claim claim(report);
  for (const Line& line : lines) {
    if (line.gift()) continue;
    Fraction price{1, 1};
    bool known = true;
    for (const std::string_view version : split(line.version, '+')) {
      const auto at = book.prices.find(std::string(version));
      known = known && at != book.prices.end();
      if (known) {
        price = reduced(price.num * at->second.num, price.den * at->second.den);
      }
    }
    if (!known || text_of(price) != line.price) {
      report.fault("lines.csv", line.at_line,
                   "line " + line.name() + ": price is " + line.price + "; the rule book " +
                       (known ? "says " + text_of(price) : "has no such version"));
    }
  }
  claim.proven("lines.csv: every price is the one of its version in the rule book");
}

}  // namespace ph::verify
