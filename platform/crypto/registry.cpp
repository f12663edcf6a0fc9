#include "platform/crypto/registry.h"

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

namespace ph {

namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  for (auto at = text.find(separator); at != text.npos; at = text.find(separator, start)) {
    parts.push_back(text.substr(start, at - start));
    start = at + 1;
  }
  parts.push_back(text.substr(start));
  return parts;
}

// 1 to kSequenceMax, without sign or leading zero.
std::optional<std::uint32_t> parse_sequence(std::string_view text) {
  std::uint32_t n = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, n);
  if (error != std::errc() || end != last || text[0] == '0' || n > RegistryKey::kSequenceMax) {
    return std::nullopt;
  }
  return n;
}

constexpr std::string_view kTransportKind = "TRANSPORT";
constexpr std::string_view kApiKind = "API";

void append_dated(std::string& out, std::string_view kind, const DatedKey& row) {
  out.append(kind).append(",").append(row.participant).append(",").append(key_text(row.key));
  out.append(",").append(row.from.text()).append(",");
  out.append(row.to ? row.to->text() : "").append("\n");
}

bool overlap(const RegistryKey& a, const RegistryKey& b) {
  return (!a.to || b.from < *a.to) && (!b.to || a.from < *b.to);
}

std::optional<DatedKey> parse_dated(const std::vector<std::string_view>& fields,
                                    std::string_view kind) {
  if (fields.size() != 5 || fields[0] != kind || !valid_code(fields[1])) return std::nullopt;
  const auto key = parse_key(fields[2]);
  const auto from = BusinessDate::parse(fields[3]);
  if (!key || !from) return std::nullopt;
  DatedKey row{std::string(fields[1]), *key, *from, std::nullopt};
  if (!fields[4].empty()) {
    row.to = BusinessDate::parse(fields[4]);
    if (!row.to) return std::nullopt;
  }
  return row;
}

std::optional<RegistryKey> parse_row(const std::vector<std::string_view>& fields) {
  if (fields.size() != 5 || fields[0] != "KEY" || !valid_code(fields[1])) return std::nullopt;
  const auto key = parse_key(fields[2]);
  const auto from = parse_sequence(fields[3]);
  if (!key || !from) return std::nullopt;
  RegistryKey row{std::string(fields[1]), *key, *from, std::nullopt};
  if (!fields[4].empty()) {
    row.to = parse_sequence(fields[4]);
    if (!row.to) return std::nullopt;
  }
  return row;
}

}  // namespace

Result<KeyRegistry, std::string> KeyRegistry::parse(std::string_view text) {
  if (text.empty() || text.back() != '\n') return Fail{std::string("doesn't end in a line feed")};
  const auto lines = split(text.substr(0, text.size() - 1), '\n');
  const auto header = split(lines.front(), ',');
  if (lines.size() < 2 || header.size() != 6 || header[0] != "POINTHOUSE" ||
      header[1] != kRegistryKind || header[2] != "1" || !valid_code(header[3])) {
    return Fail{std::string("line 1: not the header of a REGISTRY of version 1")};
  }
  const auto date = BusinessDate::parse(header[4]);
  const auto revision = parse_sequence(header[5]);
  if (!date || !revision) {
    return Fail{std::string("line 1: the header's date or sequence isn't one")};
  }
  KeyRegistry registry{std::string(header[3]), *date};
  registry.revision_ = *revision;
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    const std::string where = "line " + std::to_string(i + 1) + ": ";
    const auto fields = split(lines[i], ',');
    std::optional<std::string> why = "neither a KEY row nor a TRANSPORT row nor an API row";
    if (auto key = parse_row(fields)) {
      why = registry.insert(std::move(*key));
    } else if (auto transport = parse_dated(fields, kTransportKind)) {
      why = registry.insert(&KeyRegistry::transports_, std::move(*transport));
    } else if (auto api = parse_dated(fields, kApiKind)) {
      why = registry.insert(&KeyRegistry::apis_, std::move(*api));
    }
    if (why) return Fail{where + *why};
  }
  const std::string where = "line " + std::to_string(lines.size()) + ": ";
  if (lines.back() != "END," + std::to_string(lines.size() - 2) + ",0,0") {
    return Fail{where + "not the trailer of the rows above"};
  }
  if (registry.text() != text) return Fail{std::string("the rows aren't in their order")};
  return registry;
}

std::string KeyRegistry::text() const {
  std::string out = "POINTHOUSE,REGISTRY,1," + clearing_ + "," + date_.text() + "," +
                    std::to_string(revision_) + "\n";
  for (const RegistryKey& row : keys_) {
    out.append("KEY,").append(row.participant).append(",").append(key_text(row.key));
    out.append(",").append(std::to_string(row.from)).append(",");
    out.append(row.to ? std::to_string(*row.to) : "").append("\n");
  }
  for (const TransportRow& row : transports_) {
    append_dated(out, kTransportKind, row);
  }
  for (const ApiRow& row : apis_) {
    append_dated(out, kApiKind, row);
  }
  const std::size_t rows = keys_.size() + transports_.size() + apis_.size();
  return out.append("END,").append(std::to_string(rows)).append(",0,0\n");
}

std::optional<std::string> KeyRegistry::refuse(const std::string& participant,
                                               const PublicKey& key) const {
  if (!valid_code(participant)) return participant + " isn't a participant's code";
  if (keys_.size() + transports_.size() + apis_.size() == kKeysMax) return "the registry is full";
  const auto same = [&](const auto& row) { return row.key == key; };
  if (std::any_of(keys_.begin(), keys_.end(), same) ||
      std::any_of(transports_.begin(), transports_.end(), same) ||
      std::any_of(apis_.begin(), apis_.end(), same)) {
    return "key " + key_id(key) + " is registered already";
  }
  return std::nullopt;
}

std::optional<std::string> KeyRegistry::insert(RegistryKey key) {
  if (auto why = refuse(key.participant, key.key)) return why;
  const std::uint32_t last = key.to.value_or(key.from + 1);
  if (key.from == 0 || key.from > RegistryKey::kSequenceMax || last > RegistryKey::kSequenceMax) {
    return "sequences go from 1 to " + std::to_string(RegistryKey::kSequenceMax);
  }
  if (last <= key.from) return "the range of sequences is empty";
  for (const RegistryKey& row : keys_) {
    if (row.participant == key.participant && overlap(row, key)) {
      return "the range overlaps that of key " + key_id(row.key) + " of " + row.participant;
    }
  }
  const auto order = [](const RegistryKey& a, const RegistryKey& b) {
    return std::tie(a.participant, a.from) < std::tie(b.participant, b.from);
  };
  keys_.insert(std::upper_bound(keys_.begin(), keys_.end(), key, order), std::move(key));
  return std::nullopt;
}

std::optional<std::string> KeyRegistry::insert(Dated KeyRegistry::*rows, DatedKey row) {
  if (auto why = refuse(row.participant, row.key)) return why;
  if (row.to && *row.to < row.from) return "the range of days ends before it starts";
  const auto order = [](const DatedKey& a, const DatedKey& b) {
    return std::tie(a.participant, a.from, a.key) < std::tie(b.participant, b.from, b.key);
  };
  Dated& all = this->*rows;
  all.insert(std::upper_bound(all.begin(), all.end(), row, order), std::move(row));
  return std::nullopt;
}

std::optional<std::string> KeyRegistry::revise(BusinessDate date) {
  if (date < date_) return "the date lies before the registry's, " + date_.text();
  if (revision_ == RegistryKey::kSequenceMax) return "no revision is left";
  date_ = date;
  ++revision_;
  return std::nullopt;
}

std::optional<std::string> KeyRegistry::add(RegistryKey key, BusinessDate date) {
  KeyRegistry changed = *this;
  auto why = changed.insert(std::move(key));
  if (!why) why = changed.revise(date);
  if (!why) *this = std::move(changed);
  return why;
}

std::optional<std::string> KeyRegistry::end(std::string_view participant, std::uint32_t to,
                                            BusinessDate date) {
  const auto row = std::find_if(keys_.begin(), keys_.end(), [&](const RegistryKey& key) {
    return key.participant == participant && !key.to;
  });
  if (row == keys_.end()) return std::string(participant) + " has no key in use";
  if (to <= row->from || to > RegistryKey::kSequenceMax) {
    return "the key counts from " + std::to_string(row->from) + "; it must end after that";
  }
  if (auto why = revise(date)) return why;
  row->to = to;
  return std::nullopt;
}

std::optional<std::string> KeyRegistry::add_transport(TransportRow row, BusinessDate date) {
  return add(&KeyRegistry::transports_, std::move(row), date);
}

std::optional<std::string> KeyRegistry::add_api(ApiRow row, BusinessDate date) {
  return add(&KeyRegistry::apis_, std::move(row), date);
}

std::optional<std::string> KeyRegistry::add(Dated KeyRegistry::*rows, DatedKey row,
                                            BusinessDate date) {
  if (row.to && *row.to <= row.from) return "the range of days is empty";
  KeyRegistry changed = *this;
  auto why = changed.insert(rows, std::move(row));
  if (!why) why = changed.revise(date);
  if (!why) *this = std::move(changed);
  return why;
}

std::optional<std::string> KeyRegistry::end_transport(std::string_view id, BusinessDate to,
                                                      BusinessDate date) {
  return end(transports_, "transport", id, to, date);
}

std::optional<std::string> KeyRegistry::end_api(std::string_view id, BusinessDate to,
                                                BusinessDate date) {
  return end(apis_, "API", id, to, date);
}

std::optional<std::string> KeyRegistry::end(Dated& rows, const std::string& what,
                                            std::string_view id, BusinessDate to,
                                            BusinessDate date) {
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const DatedKey& r) { return key_id(r.key) == id; });
  if (row == rows.end()) return "there is no " + what + " key " + std::string(id);
  if (to < row->from) {
    return "the key counts from " + row->from.text() + "; it can't end before that";
  }
  if (row->to && *row->to <= to) return "the key ends on " + row->to->text() + " already";
  if (auto why = revise(date)) return why;
  row->to = to;
  return std::nullopt;
}

const RegistryKey* KeyRegistry::at(std::string_view participant, std::uint32_t sequence) const {
  for (const RegistryKey& row : keys_) {
    if (row.participant == participant && row.from <= sequence && (!row.to || sequence < *row.to)) {
      return &row;
    }
  }
  return nullptr;
}

}  // namespace ph
