// Standard output.
#pragma once

#include <cstdio>
#include <string_view>

namespace ph {

inline void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

}  // namespace ph
