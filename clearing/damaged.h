// What is said when the journal cites something that isn't there, or can't be one of its state's.
#pragma once

#include <string>

#include "platform/journal/journal.h"

namespace ph {

[[noreturn]] inline void damaged(const std::string& what) {
  throw Damaged("the journal and its store do not fit together: " + what +
                "; bring back a copy of both from the same moment");
}

}  // namespace ph
