// LMDB trusts its file: a page with other bytes than it wrote ends the process in a fault of
// memory. So the tree of pages is looked at before LMDB may.
#pragma once

#include <string>

#include "platform/journal/journal.h"

namespace ph {

// Walks all pages that the newest commit reaches, except the content of values: their numbers,
// kinds, bounds, order and counts (LMDB's data version 1, 64 bits). Throws Damaged naming the file,
// the page and what is wrong with it.
void check_lmdb_file(const std::string& path);

}  // namespace ph
