// Requests from anybody: reading ends, in whatever pieces they come, and comes to the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/types/check.h"
#include "platform/http/request_reader.h"
#include "platform/http/target.h"

namespace {

using ph::http::RequestReader;

const std::vector<ph::http::Route>& routes() {
  static const std::vector<ph::http::Route> all{
      {"GET", "/health", {}, {}}, {"GET", "/batches/{sequence}", {}, {}}, {"POST", "/a", {}, {}}};
  return all;
}

std::string all_of(std::string_view bytes, std::size_t piece) {
  RequestReader reader(512);
  std::string out;
  while (true) {
    switch (reader.next()) {
      case RequestReader::Step::kHead: {
        const auto target = ph::http::parse_target(reader.head().target);
        if (target) {
          const auto match = ph::http::match_route(routes(), reader.head().method, target->path);
          out += match.route != nullptr ? match.route->pattern : "none";
        }
        if (!reader.allow_body(64)) return out + "413";
        break;
      }
      case RequestReader::Step::kDone: {
        const std::string body = reader.take_body();
        ph::check(body.size() == reader.head().content_length, "a body of the length told");
        out += "|" + body;
        reader.start();
        break;
      }
      case RequestReader::Step::kBad:
        return out + std::to_string(reader.fault_status());
      case RequestReader::Step::kNeedMore:
        if (bytes.empty()) return out;
        reader.add(bytes.substr(0, piece));
        bytes.remove_prefix(std::min(piece, bytes.size()));
        break;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = all_of(bytes, size + 1);
  ph::check(all_of(bytes, 1) == whole, "the same from any pieces");
  ph::check(all_of(bytes, 5) == whole, "the same from any pieces");
  return 0;
}
