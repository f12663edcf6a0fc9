#include "platform/files/codes.h"

#include <cstring>
#include <limits>

namespace ph {

namespace {

constexpr std::size_t kFirstSlots = 256;

std::size_t hash(const std::array<std::uint64_t, 2>& key) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;
  const std::uint64_t mixed = (key[0] ^ (key[1] * kOdd)) * kOdd;
  return static_cast<std::size_t>(mixed >> 32);
}

}  // namespace

Codes::Codes(const RuleBook* book) : book_(book), slots_(kFirstSlots) {}

Participant Codes::find(std::string_view valid_code) {
  std::array<std::uint64_t, 2> key{};
  std::memcpy(key.data(), valid_code.data(), valid_code.size());
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = hash(key) & mask;
  for (; slots_[i].key[0] != 0; i = (i + 1) & mask) {
    if (slots_[i].key == key) {
      return slots_[i].participant;
    }
  }
  const Participant participant = resolve(valid_code);
  if (!participant.none()) {  // What is unknown is a fault: it needs no speed.
    slots_[i] = {.key = key, .participant = participant};
    if (++used_ * 2 > slots_.size()) {
      grow();
    }
  }
  return participant;
}

Participant Codes::resolve(std::string_view code) {
  if (book_ != nullptr) {
    return book_->by_code(code).value_or(Participant());
  }
  if (given_ == std::numeric_limits<std::uint16_t>::max()) {
    return {};  // More than any rule book can hold.
  }
  return Participant(++given_);
}

void Codes::grow() {
  std::vector<Slot> old = std::move(slots_);
  slots_.assign(old.size() * 2, {});
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.key[0] == 0) {
      continue;
    }
    std::size_t i = hash(slot.key) & mask;
    while (slots_[i].key[0] != 0) {
      i = (i + 1) & mask;
    }
    slots_[i] = slot;
  }
}

}  // namespace ph
