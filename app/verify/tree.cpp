#include "app/verify/tree.h"

#include <algorithm>
#include <utility>

#include "app/verify/json.h"
#include "core/types/date.h"
#include "platform/crypto/sha256.h"

namespace ph::verify {

namespace {

std::string id_of(std::string_view row) {
  const auto fields = split(row, ',');
  return fields.size() > 4 ? std::string(fields[4]) : "(no id)";
}

std::vector<Digest> leaf_hashes(std::string_view rows) {
  std::vector<Digest> hashes;
  while (!rows.empty()) {
    const auto end = std::min(rows.find('\n'), rows.size());
    hashes.push_back(leaf_hash(&sha256, as_bytes(rows.substr(0, end))));
    rows.remove_prefix(std::min(end + 1, rows.size()));
  }
  return hashes;
}

bool gives_root(std::string_view rows, const LineProof& line, const Period& period) {
  const auto leaves = leaf_hashes(rows);
  return leaves.size() == line.line.items &&
         root_from_range(&sha256, leaves, line.line.first_leaf, period.tree_size, line.proof) ==
             period.root;
}

// The two copies of a line's items differ: says which row, and which of the two the root
// contradicts.
void tell_difference(const ParticipantProof& proof, const LineProof& line, std::string_view copy,
                     std::string_view original, std::uint64_t copy_line, const Period& period,
                     Report& report) {
  const auto place = std::mismatch(copy.begin(), copy.end(), original.begin(), original.end());
  const auto same = copy.substr(0, static_cast<std::size_t>(place.first - copy.begin()));
  const auto i = static_cast<std::uint64_t>(std::count(same.begin(), same.end(), '\n'));
  const std::size_t start = same.rfind('\n') + 1;  // npos + 1 = 0
  const auto row_of = [start](std::string_view rows) {
    return start < rows.size() ? rows.substr(start, rows.find('\n', start) - start)
                               : std::string_view("(nothing)");
  };
  const std::uint64_t original_line = line.line.first_leaf + 2 + i;
  const std::string of = " of line " + line.line.name();
  if (gives_root(copy, line, period)) {
    report.fault("items.csv", original_line,
                 "item " + id_of(row_of(original)) + of +
                     " doesn't fit the root of proof/period.json; " + proof.items_file + " line " +
                     std::to_string(copy_line + i) + " fits: `" + std::string(row_of(copy)) + "`");
  } else {
    report.fault(proof.items_file, copy_line + i,
                 "item " + id_of(row_of(copy)) + of +
                     " doesn't fit the root of proof/period.json; items.csv line " +
                     std::to_string(original_line) + " has `" + std::string(row_of(original)) +
                     "`");
  }
}

void compare_lines(const ParticipantProof& proof, const std::vector<Line>& expected,
                   std::string_view told_by, Report& report) {
  const auto key = [](const Line& line) {
    return std::tie(line.debtor, line.creditor, line.reason, line.version, line.first_leaf,
                    line.items);
  };
  const std::size_t both = std::min(expected.size(), proof.lines.size());
  for (std::size_t i = 0; i < both; ++i) {
    if (key(expected[i]) != key(proof.lines[i].line)) {
      report.fault(proof.file, 0,
                   "lines[" + std::to_string(i) + "], " + proof.lines[i].line.name() +
                       ", isn't line " + expected[i].name() + " of " + std::string(told_by));
      return;
    }
  }
  if (expected.size() != proof.lines.size()) {
    report.fault(proof.file, 0,
                 "has " + std::to_string(proof.lines.size()) + " lines; " + std::string(told_by) +
                     " has " + std::to_string(expected.size()));
  }
}

// The first `count` lines of `rest` with their ends, taken off it; fewer when there are fewer.
std::string_view take_lines(std::string_view& rest, std::uint64_t count) {
  std::size_t at = 0;
  for (; count != 0 && at < rest.size(); --count) {
    at = std::min(rest.find('\n', at), rest.size() - 1) + 1;
  }
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at);
  return taken;
}

}  // namespace

std::optional<Period> read_period(std::string_view text, Report& report) {
  const auto json = parse_canonical(kPeriodFile, text, report);
  if (!json) return std::nullopt;
  Members m(*json,
            {"version", "period", "tree_size", "root", "cutoff", "lines", "total_fen", "log_size",
             "log_root", "log_consistency"},
            kPeriodFile, report);
  Period period{m.text("period"),    m.count("tree_size"), m.digest("root"),
                m.digest("cutoff"),  m.count("lines"),     m.integer("total_fen"),
                m.count("log_size"), m.digest("log_root"), m.digests("log_consistency")};
  if (m.integer("version") != 1) m.wrong("version isn't 1");
  if (!Month::parse(period.period)) m.wrong("period isn't a month");
  if (!m.ok()) return std::nullopt;
  return period;
}

void check_log(std::string_view log, const Period& period, Report& report) {
  const Claim claim(report);
  const auto rows = parse_log(log);
  if (!rows) {
    report.fault(kLogFile, 0, rows.error());
    return;
  }
  const LogRow* last = rows->empty() ? nullptr : &rows->back();
  if (last == nullptr || last->period != period.period || last->tree_size != period.tree_size ||
      last->root != period.root || last->cutoff != period.cutoff) {
    report.fault(kLogFile, rows->size() + 1,
                 "the last row must have period, tree_size, root and cutoff of proof/period.json");
    return;
  }
  const MerkleTree tree = log_tree(*rows);
  if (tree.size() != period.log_size || tree.root() != period.log_root) {
    report.fault(kLogFile, 0,
                 "its " + std::to_string(tree.size()) + " entries give the root " +
                     hex(tree.root()) + "; proof/period.json has another log_size or log_root");
    return;
  }
  const std::uint64_t before = tree.size() - 1;
  const bool follows = before == 0 ? period.log_consistency.empty()
                                   : consistent(&sha256, before, tree.root(before), tree.size(),
                                                period.log_root, period.log_consistency);
  if (!follows) {
    report.fault(kPeriodFile, 0,
                 "log_consistency doesn't show that the log before this period is kept");
  }
  claim.proven("proof/log.csv: " + std::to_string(tree.size()) +
               " periods give log_root, and nothing before this one was changed since log_size " +
               std::to_string(before));
}

void check_previous_log(std::string_view log, std::string_view previous_log,
                        std::string_view previous_period, Report& report) {
  const Claim claim(report);
  Report theirs;
  const auto before = read_period(previous_period, theirs);
  const auto old_rows = parse_log(previous_log);
  const auto rows = parse_log(log);
  if (!before || !old_rows || log_tree(*old_rows).root() != before->log_root) {
    report.fault("the previous proof/log.csv", 0, "isn't the log of its period.json");
    return;
  }
  if (!rows) return;  // Reported where the log itself is checked.
  if (rows->size() <= before->log_size ||
      log_tree(*rows).root(before->log_size) != before->log_root) {
    report.fault(kLogFile, 0,
                 "doesn't start with the log of period " + before->period +
                     ": a root that was given out has been changed or left out");
  }
  claim.proven("proof/log.csv starts with the whole log of period " + before->period);
}

std::optional<ParticipantProof> read_proof(std::string_view text, const std::string& code,
                                           const Period& period, Report& report) {
  ParticipantProof proof{"proof/" + code + ".json", "proof/" + code + ".items.csv", {}};
  const auto json = parse_canonical(proof.file, text, report);
  if (!json) return std::nullopt;
  Members m(*json, {"version", "period", "participant", "tree_size", "root", "items", "lines"},
            proof.file, report);
  if (m.integer("version") != 1) m.wrong("version isn't 1");
  if (m.text("period") != period.period) m.wrong("period isn't that of proof/period.json");
  if (m.text("participant") != code) m.wrong("participant isn't " + code);
  if (m.count("tree_size") != period.tree_size) {
    m.wrong("tree_size isn't that of proof/period.json");
  }
  if (m.digest("root") != period.root) m.wrong("root isn't that of proof/period.json");
  std::uint64_t items = 0;
  for (const Json& entry : m.array("lines")) {
    Members line(entry, {"debtor", "creditor", "reason", "version", "first_leaf", "count", "proof"},
                 proof.file, report);
    LineProof read;
    read.line.debtor = line.text("debtor");
    read.line.creditor = line.text("creditor");
    read.line.reason = line.text("reason");
    read.line.version = line.text("version");
    read.line.first_leaf = line.count("first_leaf");
    read.line.items = line.count("count");
    read.proof = line.digests("proof");
    if (!line.ok()) return std::nullopt;
    items += read.line.items;
    proof.lines.push_back(std::move(read));
  }
  if (m.count("items") != items) m.wrong("items isn't the sum of the lines' counts");
  if (!m.ok()) return std::nullopt;
  return proof;
}

void check_proof(const ParticipantProof& proof, std::string_view items,
                 const std::vector<Line>& expected, std::string_view told_by, const Period& period,
                 const PeriodTree* tree, Report& report) {
  compare_lines(proof, expected, told_by, report);
  if (!items.starts_with(kItemsHeader) || items.back() != '\n') {
    report.fault(proof.items_file, 1, "doesn't start with the columns' names, or end in LF");
    return;
  }
  std::string_view rest = items.substr(kItemsHeader.size());
  std::uint64_t at_line = 2;
  for (const LineProof& line : proof.lines) {
    const std::string_view copy = take_lines(rest, line.line.items);
    const std::uint64_t last = line.line.first_leaf + line.line.items;
    const bool within = tree != nullptr && last <= tree->size();
    const std::string_view original =
        within ? tree->lines(line.line.first_leaf, line.line.items) : copy;
    if (copy != original) {
      tell_difference(proof, line, copy, original, at_line, period, report);
    } else if (!gives_root(copy, line, period)) {
      report.fault(proof.file, 0,
                   "line " + line.line.name() + ": its proof and its items in " + proof.items_file +
                       " from line " + std::to_string(at_line) +
                       " on don't give the root of proof/period.json");
    }
    at_line += line.line.items;
  }
  if (!rest.empty()) {
    report.fault(proof.items_file, at_line, "more items than the lines have");
  }
}

}  // namespace ph::verify
