// What a journal and its store say when they don't belong to each other.
#pragma once

#include <string>

#include "platform/journal/recover.h"

namespace ph {

[[noreturn]] inline void damaged(const std::string& what) {
  throw Damaged("the journal and its store do not fit together: " + what +
                "; bring back a copy of both from the same moment");
}

}  // namespace ph
