#include "platform/http/target.h"

#include <algorithm>
#include <utility>

namespace ph::http {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool add_pair(std::string_view pair, std::map<std::string, std::string>& query) {
  const std::size_t equals = std::min(pair.find('='), pair.size());
  auto name = percent_decoded(pair.substr(0, equals), true);
  auto value =
      percent_decoded(equals == pair.size() ? std::string_view() : pair.substr(equals + 1), true);
  return name && value && !name->empty() &&
         query.emplace(std::move(*name), std::move(*value)).second;
}

// The parameter of the pattern in the path, as it came; nullopt when it isn't of the pattern.
std::optional<std::string_view> parameter_of(std::string_view pattern, std::string_view path) {
  const std::size_t brace = pattern.find('{');
  if (brace == std::string_view::npos || !path.starts_with(pattern.substr(0, brace))) {
    return std::nullopt;
  }
  path.remove_prefix(brace);
  if (path.empty() || path.find('/') != std::string_view::npos) return std::nullopt;
  return path;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text, bool plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus) {
      c = ' ';
    }
    if (control(c)) return std::nullopt;
    out += c;
  }
  return out;
}

std::optional<Target> parse_target(std::string_view text) {
  if (!text.starts_with('/') || text.find('#') != std::string_view::npos ||
      std::any_of(text.begin(), text.end(), control)) {
    return std::nullopt;
  }
  const std::size_t mark = std::min(text.find('?'), text.size());
  Target target{std::string(text.substr(0, mark)), {}};
  std::string_view rest = mark == text.size() ? std::string_view() : text.substr(mark + 1);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    if (end > 0 && !add_pair(rest.substr(0, end), target.query)) return std::nullopt;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return target;
}

Match match_route(const std::vector<Route>& routes, std::string_view method,
                  std::string_view path) {
  Match match;
  if (method == "HEAD") method = "GET";
  for (const bool exact : {true, false}) {
    for (const Route& route : routes) {
      const auto parameter = parameter_of(route.pattern, path);
      if (exact ? route.pattern != path : !parameter) continue;
      if (route.method != method) {
        match.allowed.push_back(route.method);
        if (route.method == "GET") match.allowed.emplace_back("HEAD");
        continue;
      }
      match.route = &route;
      if (parameter) match.parameter = percent_decoded(*parameter, false);
      return match;
    }
    // The exact path is known: what has a parameter isn't asked.
    if (!match.allowed.empty()) return match;
  }
  return match;
}

}  // namespace ph::http
