// What an operator sees of one member of a programme: grades, flags, the grade that counts, how
// they came to be. As JSON from the process, as a table from that JSON.
#pragma once

#include <string>

#include "core/home/home.h"
#include "platform/http/http.h"

namespace ph {

// `asked`: a member number, then, behind a comma, the day; without one `today`. 404 of whom this
// home doesn't know, or without a programme on that day.
[[nodiscard]] http::Response standing_response(const Home& home, const std::string& asked,
                                               BusinessDate today);
// `asked`: a month. Of each queue, and in it of each grade that called.
[[nodiscard]] http::Response calls_response(const Home& home, const std::string& asked);
// Of their bodies.
[[nodiscard]] std::string standing_table(const std::string& json);
[[nodiscard]] std::string calls_table(const std::string& json);

}  // namespace ph
