#include "app/proofs.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>
#include <system_error>

#include "core/types/check.h"
#include "core/types/date.h"
#include "platform/crypto/keys.h"
#include "platform/crypto/sha256.h"

namespace ph {

namespace {

constexpr std::string_view kLogColumns = "period,tree_size,root,cutoff,entry\n";

std::string log_fields(const LogRow& row) {
  return row.period + "," + std::to_string(row.tree_size) + "," + hex(row.root) + "," +
         hex(row.cutoff);
}

std::optional<LogRow> parse_log_row(std::string_view line) {
  // period, 1 or more digits, and three digests of fixed length, from the right.
  constexpr std::size_t kTail = 3 * 65;
  if (line.size() < 8 + 1 + kTail || line[7] != ',') return std::nullopt;
  LogRow row;
  row.period = line.substr(0, 7);
  const std::string_view size = line.substr(8, line.size() - 8 - kTail);
  const char* last = size.data() + size.size();
  const auto [end, error] = std::from_chars(size.data(), last, row.tree_size);
  const std::string_view tail = line.substr(line.size() - kTail);
  const auto root = parse_key(tail.substr(1, 64));
  const auto cutoff = parse_key(tail.substr(66, 64));
  if (!Month::parse(row.period) || error != std::errc() || end != last || !root || !cutoff) {
    return std::nullopt;
  }
  row.root = *root;
  row.cutoff = *cutoff;
  return row;
}

std::string read_whole(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw std::system_error(errno, std::generic_category(), file.string());
  return text;
}

// Canonical JSON: no text here needs an escape, they are codes, words, numbers and digits.
class Json {
 public:
  Json& name(std::string_view name) {
    comma();
    out_.append("\"").append(name).append("\":");
    fresh_ = true;
    return *this;
  }
  void text(std::string_view value) {
    comma();
    out_.append("\"").append(value).append("\"");
  }
  template <class Integer>
  void number(Integer value) {
    comma();
    out_.append(std::to_string(value));
  }
  void open(char bracket) {
    comma();
    out_.push_back(bracket);
    fresh_ = true;
  }
  void close(char bracket) {
    out_.push_back(bracket);
    fresh_ = false;
  }
  void hashes(std::span<const Digest> digests) {
    open('[');
    for (const Digest& digest : digests) {
      text(hex(digest));
    }
    close(']');
  }
  [[nodiscard]] std::string take() { return std::move(out_.append("\n")); }

 private:
  void comma() {
    if (!fresh_) out_.push_back(',');
    fresh_ = false;
  }

  std::string out_;
  bool fresh_{true};
};

std::string period_json(const ProofInput& input, const MerkleTree& log) {
  Json json;
  json.open('{');
  json.name("version").number(1);
  json.name("period").text(input.period);
  json.name("tree_size").number(input.tree.size());
  json.name("root").text(hex(input.tree.root()));
  json.name("cutoff").text(hex(input.cutoff));
  json.name("lines").number(input.lines.size());
  json.name("total_fen").number(input.total_fen);
  json.name("log_size").number(log.size());
  json.name("log_root").text(hex(log.root()));
  json.name("log_consistency");
  json.hashes(log.size() > 1 ? log.consistency_proof(log.size() - 1) : std::vector<Digest>{});
  json.close('}');
  return json.take();
}

std::uint64_t count_items(const std::vector<const ProofLine*>& lines) {
  std::uint64_t items = 0;
  for (const ProofLine* line : lines) {
    items += line->count;
  }
  return items;
}

std::string participant_json(const ProofInput& input, const std::string& code,
                             const std::vector<const ProofLine*>& lines) {
  Json json;
  json.open('{');
  json.name("version").number(1);
  json.name("period").text(input.period);
  json.name("participant").text(code);
  json.name("tree_size").number(input.tree.size());
  json.name("root").text(hex(input.tree.root()));
  json.name("items").number(count_items(lines));
  json.name("lines").open('[');
  for (const ProofLine* line : lines) {
    json.open('{');
    json.name("debtor").text(line->debtor);
    json.name("creditor").text(line->creditor);
    json.name("reason").text(line->reason);
    json.name("version").text(line->version);
    json.name("first_leaf").number(line->first_leaf);
    json.name("count").number(line->count);
    json.name("proof");
    json.hashes(input.tree.tree().range_proof(line->first_leaf, line->first_leaf + line->count));
    json.close('}');
  }
  json.close(']');
  json.close('}');
  return json.take();
}

}  // namespace

PeriodTree::PeriodTree(std::string_view items_csv) : text_(items_csv), tree_(&sha256) {
  check(text_.starts_with(kItemsHeader) && text_.back() == '\n', "items.csv with its first line");
  std::size_t start = kItemsHeader.size();
  while (start < text_.size()) {
    if (tree_.size() % kStride == 0) {
      offsets_.push_back(start);
    }
    const std::size_t end = text_.find('\n', start);
    tree_.append(as_bytes(text_.substr(start, end - start)));
    start = end + 1;
  }
  root_ = tree_.root();
}

std::size_t PeriodTree::offset(std::uint64_t leaf) const {
  if (leaf == tree_.size()) return text_.size();
  std::size_t at = offsets_[leaf / kStride];
  for (std::uint64_t i = leaf % kStride; i != 0; --i) {
    at = text_.find('\n', at) + 1;
  }
  return at;
}

std::string_view PeriodTree::lines(std::uint64_t first, std::uint64_t count) const {
  check(first <= size() && count <= size() - first, "lines of items.csv");
  const std::size_t start = offset(first);
  return text_.substr(start, offset(first + count) - start);
}

Digest LogRow::entry() const {
  return leaf_hash(&sha256, as_bytes(log_fields(*this)));
}

std::string log_text(const std::vector<LogRow>& rows) {
  std::string out(kLogColumns);
  for (const LogRow& row : rows) {
    out.append(log_fields(row)).append(",").append(hex(row.entry())).append("\n");
  }
  return out;
}

Result<std::vector<LogRow>, std::string> parse_log(std::string_view text) {
  if (!text.starts_with(kLogColumns) || text.back() != '\n') {
    return Fail{std::string("line 1: not the columns' names, or the last line has no end")};
  }
  std::vector<LogRow> rows;
  std::size_t start = kLogColumns.size();
  for (std::size_t number = 2; start < text.size(); ++number) {
    const auto end = text.find('\n', start);
    const std::string_view line = text.substr(start, end - start);
    const std::string where = "line " + std::to_string(number) + ": ";
    auto row = parse_log_row(line);
    if (!row) return Fail{where + "not a row of the log"};
    if (line != log_fields(*row) + "," + hex(row->entry())) {
      return Fail{where + "the entry isn't the leaf hash of the row: one of them was changed"};
    }
    if (!rows.empty() && rows.back().period >= row->period) {
      return Fail{where + "the periods don't ascend"};
    }
    rows.push_back(std::move(*row));
    start = end + 1;
  }
  return rows;
}

MerkleTree log_tree(const std::vector<LogRow>& rows) {
  MerkleTree tree(&sha256);
  for (const LogRow& row : rows) {
    tree.append(row.entry());
  }
  return tree;
}

Result<std::vector<LogRow>, std::string> load_previous_log(const std::filesystem::path& directory) {
  const auto log_file = directory / "proof" / "log.csv";
  const auto period_file = directory / "proof" / "period.json";
  auto rows = parse_log(read_whole(log_file));
  if (!rows) return Fail{log_file.string() + ": " + rows.error()};
  const auto json = nlohmann::json::parse(read_whole(period_file), nullptr, false);
  const auto root = json.find("log_root");
  if (!json.is_object() || root == json.end() || *root != hex(log_tree(*rows).root())) {
    return Fail{log_file.string() + " isn't the log whose root " + period_file.string() + " has"};
  }
  return rows;
}

std::optional<std::string> write_proofs(const ProofInput& input, const OutputSink& sink) {
  std::vector<LogRow> log = input.previous_log;
  if (!log.empty() && log.back().period >= input.period) {
    return "the log of period roots goes to " + log.back().period + " already; " + input.period +
           " can't follow";
  }
  log.push_back({input.period, input.tree.size(), input.tree.root(), input.cutoff});
  sink("proof/period.json", period_json(input, log_tree(log)));
  sink("proof/log.csv", log_text(log));
  // One pass: which lines are whose.
  std::vector<std::vector<const ProofLine*>> lines(input.participants.size());
  std::vector<std::pair<std::string_view, std::size_t>> places;
  for (std::size_t i = 0; i < input.participants.size(); ++i) {
    places.emplace_back(input.participants[i], i);
  }
  std::sort(places.begin(), places.end());
  const auto place = [&](std::string_view code) {
    const auto at = std::lower_bound(places.begin(), places.end(), std::pair(code, std::size_t{0}));
    check(at != places.end() && at->first == code, "a line's participant is one of them");
    return at->second;
  };
  for (const ProofLine& line : input.lines) {
    lines[place(line.debtor)].push_back(&line);
    lines[place(line.creditor)].push_back(&line);
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& code = input.participants[i];
    sink("proof/" + code + ".json", participant_json(input, code, lines[i]));
    std::string items(kItemsHeader);
    for (const ProofLine* line : lines[i]) {
      items.append(input.tree.lines(line->first_leaf, line->count));
    }
    sink("proof/" + code + ".items.csv", std::move(items));
  }
  return std::nullopt;
}

}  // namespace ph
