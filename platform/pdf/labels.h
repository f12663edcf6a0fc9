// The words of a statement in Chinese and English: reasons, kinds, units, and what suspense means.
#pragma once

#include <string>
#include <string_view>

#include "core/types/words.h"

namespace ph::pdf {

struct Label {
  std::string zh{};
  std::string en{};
};

// Of a line's reason with its partner (`EXCHANGE_OUT_AIR1`); an unknown one stands for itself.
[[nodiscard]] Label reason_label(std::string_view reason);

[[nodiscard]] Label kind_label(ParticipantKind kind);

// Of a line's unit; an unknown one has no Chinese.
[[nodiscard]] Label unit_label(std::string_view unit);

struct SuspenseWords {
  std::string name{};  // Chinese; the reason itself is the English one.
  Label meaning{};
};

[[nodiscard]] SuspenseWords suspense_words(std::string_view reason);

}  // namespace ph::pdf
