#include "app/verify/json.h"

#include <algorithm>

#include "core/types/amount.h"
#include "platform/crypto/keys.h"

namespace ph::verify {

namespace {

constexpr int kDepthMax = 8;

// So that what walks the document can be recursive.
bool too_deep(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDepthMax) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

std::string differs(const std::string& path, const Json& actual, const Json& expected) {
  return (path.empty() ? "the document" : path) + " is " + compact(actual) + "; " +
         compact(expected) + " follows from the rest";
}

std::string array_difference(const Json& actual, const Json& expected, const std::string& path) {
  for (std::size_t i = 0; i < std::min(actual.size(), expected.size()); ++i) {
    auto found = difference(actual[i], expected[i], path + "[" + std::to_string(i) + "]");
    if (!found.empty()) return found;
  }
  if (actual.size() == expected.size()) return {};
  return path + " has " + std::to_string(actual.size()) + " entries; " +
         std::to_string(expected.size()) + " follow from the rest";
}

}  // namespace

std::string compact(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Json> parse_canonical(std::string_view name, std::string_view text, Report& report) {
  auto json = too_deep(text) ? Json(Json::value_t::discarded) : Json::parse(text, nullptr, false);
  if (json.is_discarded()) {
    report.fault(name, 0, "isn't JSON");
    return std::nullopt;
  }
  const std::string canonical = compact(json) + "\n";
  if (canonical != text) {
    const auto place = std::mismatch(text.begin(), text.end(), canonical.begin(), canonical.end());
    report.fault(
        name, 0,
        "isn't canonical JSON from byte " + std::to_string(place.first - text.begin()) + " on");
  }
  return json;
}

std::string difference(const Json& actual, const Json& expected, const std::string& path) {
  if (actual.is_array() && expected.is_array()) {
    return array_difference(actual, expected, path);
  }
  if (!actual.is_object() || !expected.is_object()) {
    return actual == expected ? std::string() : differs(path, actual, expected);
  }
  auto a = actual.begin();
  auto e = expected.begin();
  for (; a != actual.end() && e != expected.end(); ++a, ++e) {
    const std::string member = path.empty() ? a.key() : path + "." + a.key();
    if (a.key() != e.key()) return member + " stands where " + e.key() + " must";
    auto found = difference(*a, *e, member);
    if (!found.empty()) return found;
  }
  if (a != actual.end()) return path + " has a member too many: " + a.key();
  if (e != expected.end()) return path + " lacks its member " + e.key();
  return {};
}

Members::Members(const Json& object, std::initializer_list<std::string_view> keys,
                 std::string_view name, Report& report)
    : object_(object), name_(name), report_(report) {
  if (!object.is_object() || object.size() != keys.size()) {
    wrong("has other members than it must");
    return;
  }
  auto key = keys.begin();
  for (auto member = object.begin(); member != object.end(); ++member, ++key) {
    if (member.key() != *key) {
      wrong(member.key() + " stands where " + std::string(*key) + " must");
      return;
    }
  }
}

void Members::wrong(const std::string& what) {
  ok_ = false;
  report_.fault(name_, 0, what);
}

std::string Members::text(const char* key) {
  if (!ok_) return {};
  const Json& value = object_.at(key);
  if (!value.is_string()) {
    wrong(std::string(key) + " isn't a text");
    return {};
  }
  return value.get<std::string>();
}

std::int64_t Members::integer(const char* key) {
  if (!ok_) return 0;
  const Json& value = object_.at(key);
  if (!value.is_number_integer() || (value.is_number_unsigned() && value > Fen::kMax) ||
      value.get<std::int64_t>() < -Fen::kMax) {
    wrong(std::string(key) + " isn't an integer within its bound");
    return 0;
  }
  return value.get<std::int64_t>();
}

std::uint64_t Members::count(const char* key) {
  const std::int64_t n = integer(key);
  if (n < 0) {
    wrong(std::string(key) + " is negative");
  }
  return n < 0 ? 0 : static_cast<std::uint64_t>(n);
}

Digest Members::digest(const char* key) {
  const std::string value = text(key);
  const auto digest = parse_key(value);
  if (ok_ && !digest) {
    wrong(std::string(key) + " isn't a digest");
  }
  return digest.value_or(Digest{});
}

const Json& Members::array(const char* key) {
  static const Json kEmpty = Json::array();
  if (!ok_) return kEmpty;
  const Json& value = object_.at(key);
  if (!value.is_array()) {
    wrong(std::string(key) + " isn't an array");
    return kEmpty;
  }
  return value;
}

std::vector<Digest> Members::digests(const char* key) {
  std::vector<Digest> digests;
  for (const Json& value : array(key)) {
    const auto digest = value.is_string() ? parse_key(value.get_ref<const std::string&>())
                                          : std::optional<Digest>();
    if (!digest) {
      wrong(std::string(key) + " holds something that isn't a digest");
      return {};
    }
    digests.push_back(*digest);
  }
  return digests;
}

}  // namespace ph::verify
