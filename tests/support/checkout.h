// Files of the checkout that tests read: golden bytes, pages, programmes that ship.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ph::test {

// The path of a file in the checkout that the tests were built from.
[[nodiscard]] std::filesystem::path in_checkout(std::string_view path);

// Its bytes; an absent one fails the test and gives none.
[[nodiscard]] std::string checkout_text(std::string_view path);

}  // namespace ph::test
