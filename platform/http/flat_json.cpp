#include "platform/http/flat_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/types/text.h"

namespace ph::http {

namespace {

// The name as it may be shown to people and programs.
std::string shown(std::string_view name) {
  return std::string(name.substr(0, kFieldNameMax));
}

// nlohmann's parser calls these, one after the other, and ends at the first `false`.
class FlatReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  // NOLINTBEGIN(readability-identifier-naming): the library's names.
  bool null() override { return wrong_type("a value, or leave the field out"); }
  bool boolean(bool value) override { return keep(FlatValue(value)); }
  bool number_integer(number_integer_t) override { return out_of_range("no negative number"); }
  bool number_unsigned(number_unsigned_t value) override {
    return keep(FlatValue(std::uint64_t{value}));
  }
  bool number_float(number_float_t, const string_t& text) override {
    const bool whole = text.find_first_of(".eE") == string_t::npos;
    return whole ? out_of_range("a smaller number")
                 : wrong_type("an integer, without point and exponent");
  }
  bool string(string_t& value) override {
    if (value.size() > kFieldTextMax || !is_clean_text(value)) {
      return fail(JsonFault::kText, "a text of at most " + std::to_string(kFieldTextMax) +
                                        " bytes without control characters");
    }
    return keep(FlatValue(std::move(value)));
  }
  bool binary(binary_t&) override { return syntax("one JSON object"); }
  bool start_object(std::size_t) override {
    if (std::exchange(inside_, true)) return wrong_type("a text, an integer or a flag");
    return true;
  }
  bool key(string_t& name) override {
    if (name.size() > kFieldNameMax || !is_clean_text(name)) {
      return syntax("names of at most " + std::to_string(kFieldNameMax) + " bytes");
    }
    name_ = std::move(name);
    if (fields_.size() == kFieldsMax) {
      return syntax("at most " + std::to_string(kFieldsMax) + " fields");
    }
    const bool twice = std::any_of(fields_.begin(), fields_.end(),
                                   [this](const auto& field) { return field.first == name_; });
    return !twice || fail(JsonFault::kTwice, {});
  }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return wrong_type("a text, an integer or a flag"); }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    return syntax("at byte " + std::to_string(position));
  }
  // NOLINTEND(readability-identifier-naming)

  Result<FlatObject, FlatFault> take(bool good) {
    if (fault_) return Fail{std::move(*fault_)};
    if (!good || !inside_) return Fail{FlatFault{JsonFault::kSyntax, "one JSON object", {}}};
    return std::move(fields_);
  }

 private:
  bool fail(JsonFault code, std::string detail) {
    fault_ = FlatFault{code, std::move(detail), shown(name_)};
    return false;
  }
  bool syntax(std::string detail) {
    fault_ = FlatFault{JsonFault::kSyntax, std::move(detail), {}};
    return false;
  }
  bool wrong_type(std::string detail) {
    return inside_ ? fail(JsonFault::kType, std::move(detail)) : syntax("one JSON object");
  }
  bool out_of_range(std::string detail) {
    return inside_ ? fail(JsonFault::kRange, std::move(detail)) : syntax("one JSON object");
  }
  bool keep(FlatValue value) {
    if (!inside_) return syntax("one JSON object");
    fields_.emplace_back(name_, std::move(value));
    return true;
  }

  bool inside_{};
  std::string name_{};
  FlatObject fields_{};
  std::optional<FlatFault> fault_{};
};

}  // namespace

Result<FlatObject, FlatFault> parse_flat_json(std::string_view text) {
  // The library would skip a byte order mark, and take a zero byte for the end.
  if (text.starts_with("\xEF\xBB\xBF") || first_not_utf8(text) != std::string_view::npos ||
      text.find('\0') != std::string_view::npos) {
    return Fail{FlatFault{JsonFault::kSyntax, "UTF-8 without byte order mark", {}}};
  }
  FlatReader reader;
  const bool good = nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
  return reader.take(good);
}

}  // namespace ph::http
