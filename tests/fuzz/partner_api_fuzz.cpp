// A partner's request: any bytes give a request within its bounds or a problem, and the same again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/types/check.h"
#include "partners/api.h"
#include "partners/request_signature.h"

namespace {

using namespace ph;

// `text` up to the next line feed; the rest stays in it.
std::string_view line_of(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return line;
}

void check_request(const ApiRequest& request) {
  check(request.points.count() >= 0 && request.points.count() <= 100'000'000'000, "points");
  check(request.units.count() >= 0 && request.units.count() <= 100'000'000'000, "units");
  check(request.hold_seconds <= kApiHoldSecondsMax, "a hold's time");
  check(!moves(request.action) || ApiId::parse(request.id.text()) == request.id, "an id");
  check(request.member.none() || Member::parse(request.member.text()) == request.member,
        "a member's number");
}

}  // namespace

// Method, path, key, query's name, its value, Signature-Input, Content-Digest, a line each; a body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view method = line_of(rest);
  const std::string_view path = line_of(rest);
  const std::string key(line_of(rest));
  const std::string name(line_of(rest));
  const std::string value(line_of(rest));
  const std::string_view signature_input = line_of(rest);
  const std::string_view digest = line_of(rest);

  const auto parameters = parse_signature_input(signature_input);
  if (parameters) {
    check(signature_input == parameters->label + "=" + parameters->text, "what was signed");
  }
  if (const auto parsed = parse_content_digest(digest)) {
    check(content_digest(*parsed) == digest, "one form of a digest");
  }
  const auto target = parse_target_of_api(method, path);
  if (!target) {
    (void)problem_reply(target.error().problem);
    return 0;
  }
  ApiInput input{.target = *target, .content_type = "application/json", .body = rest};
  if (!key.empty()) input.idempotency_key = key;
  if (!name.empty()) input.query.emplace(name, value);
  const auto request = parse_api_request(input, "MER1", BusinessDate::of(2026, 3, 5));
  if (request) {
    check_request(*request);
  } else {
    check(!problem_reply(request.error()).body.empty(), "a problem that can be said");
  }
  return 0;
}
