// JSON as it is written, without a document tree: for answers that many wait for. Names and the
// order are the caller's; what stands in a text is escaped, and what of it isn't UTF-8 replaced.
//
//   JsonWriter json;
//   json.add("member", "01000000000012");
//   json.begin_list("lots");
//   json.begin_object();
//   json.add("points", std::int64_t{40});
//   json.end_object();
//   json.end_list();
//   std::string text = json.take();  // {"member":"01000000000012","lots":[{"points":40}]} and LF
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ph::http {

// A text as JSON has it, in quotes.
[[nodiscard]] std::string json_text(std::string_view text);

class JsonWriter {
 public:
  static constexpr std::size_t kUsualBytes = 384;

  explicit JsonWriter(std::size_t usual_bytes = kUsualBytes) {
    text_.reserve(usual_bytes);
    text_ += '{';
  }

  void add(std::string_view name, std::string_view value);
  void add(std::string_view name, std::int64_t value);
  void add_flag(std::string_view name, bool value);
  // A text in the list at hand.
  void add_item(std::string_view value);
  // A list in the object at hand, objects in the list at hand.
  void begin_list(std::string_view name);
  void end_list();
  void begin_object();
  void end_object();
  // Ends the outermost object, and the line.
  [[nodiscard]] std::string take();

 private:
  void separate();
  void name(std::string_view name);

  std::string text_{};
  bool first_{true};  // of the object or list at hand
};

}  // namespace ph::http
