// A request's target taken apart: path, query, and which route it means. Any bytes may come.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/http/http.h"

namespace ph::http {

// `%41` -> `A`; nullopt for a broken escape or a control character. `plus`: `+` is a blank.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text, bool plus);

struct Target {
  std::string path{};
  std::map<std::string, std::string> query{};
};
// nullopt when it isn't `/path` or `/path?a=1&b=2`, with names that stand once.
[[nodiscard]] std::optional<Target> parse_target(std::string_view text);

struct Route {
  std::string method{};
  std::string pattern{};  // `/x/y` or `/x/{name}`
  Handler handler{};
  RouteOptions options{};
};

struct Match {
  const Route* route{};  // nullptr: none
  std::optional<std::string> parameter{};
  std::vector<std::string> allowed{};  // when the path is known, but not with this method
};
// HEAD means the route of GET. An exact path goes before one with a parameter.
[[nodiscard]] Match match_route(const std::vector<Route>& routes, std::string_view method,
                                std::string_view path);

}  // namespace ph::http
