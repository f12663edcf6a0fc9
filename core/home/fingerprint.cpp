#include "core/home/fingerprint.h"

#include <cstring>

#include "core/types/flat_index.h"

namespace ph {

namespace {

// Two chains of the finalizer of splitmix64 over 64-bit words.
class Mixer {
 public:
  void add(std::uint64_t word) {
    a_ = mix(a_ ^ word) + kStep;
    b_ = mix(b_ + kStep) ^ word;
  }
  template <std::size_t N>
  void add(const std::array<char, N>& text) {
    static_assert(N % 8 == 0);
    std::array<std::uint64_t, N / 8> words{};
    std::memcpy(words.data(), text.data(), N);
    for (const std::uint64_t word : words) {
      add(word);
    }
  }
  // Whole words, as they lie in memory: little-endian.
  void add(std::span<const std::byte> bytes) {
    for (std::size_t at = 0; at + sizeof(std::uint64_t) <= bytes.size(); at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data() + at, sizeof word);
      add(word);
    }
  }
  void add(const TransactionId& id) {
    add(std::uint64_t{id.participant.number()} << 16U | id.date.count());
    add(id.reference);
  }
  [[nodiscard]] Fingerprint done() const {
    const std::uint64_t a = mix(a_);
    const std::uint64_t b = mix(b_);
    return {static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(a >> 32U),
            static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(b >> 32U)};
  }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;
  std::uint64_t a_{1};
  std::uint64_t b_{2};
};

template <class... Small>
std::uint64_t packed(Small... parts) {
  std::uint64_t word = 0;
  ((word = word << 16U | parts), ...);
  return word;
}

}  // namespace

Fingerprint fingerprint(const DayRow& row, const std::vector<ChildRow>& children) {
  Mixer mixer;
  mixer.add(
      packed(std::uint8_t(row.kind), std::uint8_t(row.form), std::uint8_t(row.source), row.flag));
  mixer.add(packed(row.month.count(), row.expires.count()));
  mixer.add(packed(row.giver.number(), row.partner.number(), row.other.number()));
  mixer.add(row.member.number());
  mixer.add(row.lot.packed());
  mixer.add(row.authorisation.packed());
  mixer.add(row.id);
  mixer.add(row.parent);
  mixer.add(row.account);
  mixer.add(std::uint64_t{row.cited_sequence} << 32U | row.cited_entry);
  mixer.add(std::uint64_t{row.rate} << 32U | row.child_count);
  for (const std::int64_t amount :
       {row.points, row.units, row.fen, row.corrected, row.cost, row.freight, row.cash}) {
    mixer.add(static_cast<std::uint64_t>(amount));
  }
  for (std::uint32_t n = 0; n < row.child_count; ++n) {
    const ChildRow& child = children[row.first_child + n];
    mixer.add(child.lot.packed());
    mixer.add(packed(child.earned_month.count(), child.expires_on.count(),
                     std::uint8_t(child.source), child.rating));
    mixer.add(static_cast<std::uint64_t>(child.original));
    mixer.add(static_cast<std::uint64_t>(child.points));
  }
  return mixer.done();
}

Fingerprint fingerprint(const MemberRow& row, std::span<const SheetInputRow> inputs) {
  static_assert(sizeof(MemberRow) % 8 == 0 && sizeof(SheetInputRow) % 8 == 0);
  Mixer mixer;
  mixer.add(std::as_bytes(std::span(&row, 1)));
  mixer.add(std::as_bytes(inputs));
  return mixer.done();
}

}  // namespace ph
